"""The Range header of a part (contract 4.5)."""

import re

IGNORED = "ignored"             # answered with 200 and the whole
UNSATISFIABLE = "unsatisfiable"


def parse(text, total):
    """(first, asked last) or one of the words above.

    `last` is what was asked for, perhaps beyond the end. Open and suffix ranges
    are served although a reader should not send them: nothing documents them.
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", text.replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return IGNORED          # several ranges, or no byte range at all
    if not found[1]:
        count = min(int(found[2]), total)
        return (total - count, total - 1) if count else UNSATISFIABLE
    first = int(found[1])
    last = int(found[2]) if found[2] else max(total - 1, first)
    if last < first:
        return IGNORED
    return UNSATISFIABLE if first >= total else (first, last)
