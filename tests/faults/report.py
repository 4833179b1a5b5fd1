"""The table of all faults played, in Markdown: build/faults.md.

Each test hands over its rows with `record_property("fault", row)`, so that they
reach the process that writes, whichever process played them.
"""

import collections
import json
import os

COLUMNS = ("condition", "way", "expected", "seen", "seconds")
HEAD = ["# Fault matrix", "",
        "Real mounts, a platform that misbehaves on purpose; "
        "`./scripts/test faults` writes this.", ""]


def row(condition, way, expected, seen, seconds, wrong=(), died=False):
    return {"condition": condition, "way": way, "expected": expected, "seen": seen,
            "seconds": round(seconds, 2), "wrong": list(wrong), "died": died}


def bad_bytes(one):
    return any(text in " ".join([one["seen"], *one["wrong"]])
               for text in ("wrong bytes", "wrong size", "wrong names", "short:"))


def summary(rows):
    """What all rows come to, in lines of Markdown."""
    seen = collections.Counter(one["seen"] for one in rows)
    errors = sorted(((n, name) for name, n in seen.items()
                     if name.isupper() or name.startswith("exit")), reverse=True)
    return [f"- rows: {len(rows)}",
            f"- right bytes: {sum(n for name, n in seen.items() if name.startswith('right'))}",
            "- errors: " + (", ".join(f"{name} {n}" for n, name in errors) or "none"),
            f"- wrong bytes: {sum(map(bad_bytes, rows))}",
            f"- deaths: {sum(one['died'] for one in rows)}",
            f"- rows that failed: {sum(bool(one['wrong']) for one in rows)}"]


def text(rows):
    rows = sorted(rows, key=lambda one: (one["condition"], one["way"]))
    lines = HEAD + summary(rows) + [
        "", "| condition | way in | expected | seen | seconds |", "|---|---|---|---|---|"]
    for one in rows:
        cells = [str(one[name]).replace("|", "\\|").replace("\n", " ") for name in COLUMNS]
        if one["wrong"]:
            cells[3] += " **FAILED**"
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def write(path, rows, again=False):
    """Write the table; what is played `again` replaces its row of the last time,
    unless that was wrong bytes or a death: no second try makes these good."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    kept = path.replace(".md", ".json")
    if again and os.path.exists(kept):
        with open(kept, encoding="utf-8") as handle:
            fresh = {(one["condition"], one["way"]): one for one in rows}
            rows = []
            for one in json.load(handle):
                now = fresh.pop((one["condition"], one["way"]), one)
                rows.append(one if one["died"] or bad_bytes(one) else now)
            rows += fresh.values()
    with open(kept, "w", encoding="utf-8") as handle:
        json.dump(rows, handle)
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(text(rows))
    return rows
