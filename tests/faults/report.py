"""The table of the fault matrix, in Markdown."""

import os

LINES = []


def write(path, rows, found):
    """One line a row, and the sum of them."""
    right = wrong = deaths = 0
    lines = ["# Fault matrix", "", "| condition | way in | expected | seen | seconds | |",
             "|---|---|---|---|---|---|"]
    for row in rows:
        outcome = found.get(row.id)
        if outcome is None:
            continue
        good = not outcome.wrong
        right += good
        deaths += outcome.died
        wrong += any(text in " ".join([outcome.seen, *outcome.wrong])
                     for text in ("wrong bytes", "short:"))
        lines.append(f"| {row.condition.words} | {row.way} | "
                     f"{' or '.join(sorted(row.expected))}, ≤ {row.condition.bound:g} s | "
                     f"{outcome.seen} | {outcome.seconds:.2f} | {'' if good else 'FAILED'} |")
    LINES[:] = lines + ["", f"{len(rows)} rows, {right} right, {wrong} wrong bytes, "
                            f"{deaths} deaths"]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as handle:
        handle.write("\n".join(LINES) + "\n")
