"""build/bench.svg: a panel for each workload, a bar for each contestant."""

from xml.sax.saxutils import escape

from report import BY_NAME

PANELS = [("large", "cloud"), ("copy", "cloud"), ("column-large", "cloud"),
          ("column-parts", "cloud"), ("random-64k-8", "cloud"), ("list", "cloud"),
          ("large", "local"), ("again", "local")]
WIDTH, COLUMNS = 880, 2
LABEL, VALUE, BAR, GAP, TITLE, MARGIN = 118, 62, 12, 4, 30, 16
COLOURS = {"own": "#c8102e", "raw": "#8a8f98", "ceiling": "#c9ccd1", "peer": "#5b7fa6"}
STYLE = ("text{font:11px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:12px}"
         ".end{text-anchor:end}"
         "@media(prefers-color-scheme:dark){text{fill:#d7dce2}}")


def kind_of(bench, label):
    for mount in bench.options.mounts:
        if mount.label == label:
            return "peer" if mount.peer else "ceiling" if label.startswith("memory_fs") else "own"
    return "raw"


def panel(figures, workload, network, left, top):
    """(its lines, its height)"""
    bars = [(label, figures.wall(network, workload, label))
            for label in figures.labels(network, workload)]
    bars = [one for one in bars if one[1]]
    if not bars:
        return [], 0
    room = WIDTH / COLUMNS - LABEL - VALUE - 2 * MARGIN
    # A bar many times as long as caifs's says no more when it is cut.
    own = [wall for label, wall in bars if kind_of(figures.bench, label) == "own"]
    most = min(max(wall for _, wall in bars), 12 * min(own) if own else float("inf"))
    title = f"{BY_NAME[workload].title}, {network}"
    lines = [f'<text class="title" x="{left}" y="{top + 14}">{escape(title)}</text>']
    y = top + TITLE - 6
    for label, wall in bars:
        long = max(1, room * min(wall, most) / most)
        colour = COLOURS[kind_of(figures.bench, label)]
        cut = " →" if wall > most else ""
        lines += [
            f'<text class="end" x="{left + LABEL - 6}" y="{y + 10}">{escape(label)}</text>',
            f'<rect x="{left + LABEL}" y="{y}" width="{long:.1f}" height="{BAR}" '
            f'fill="{colour}"/>',
            f'<text x="{left + LABEL + long + 5:.1f}" y="{y + 10}">{wall:.3g} s{cut}</text>']
        y += BAR + GAP
    return lines, y - top + MARGIN


def write(figures, path):
    lines, tops, at = [], [MARGIN] * COLUMNS, 0
    for workload, network in PANELS:
        column = at % COLUMNS
        made, height = panel(figures, workload, network,
                             MARGIN + column * WIDTH // COLUMNS, tops[column])
        if made:
            lines += made
            tops[column] += height
            at += 1
            if at % COLUMNS == 0:
                tops = [max(tops)] * COLUMNS
    height = max(tops)
    with open(path, "w", encoding="utf-8") as made:
        made.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                   f'viewBox="0 0 {WIDTH} {height}">\n<title>Seconds, shorter is better</title>\n'
                   f"<style>{STYLE}</style>\n" + "\n".join(lines) + "\n</svg>\n")
