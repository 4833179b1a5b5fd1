"""build/bench.md: medians, ratios within each round, and the targets."""

import collections
from statistics import median

import origin
from workloads import ALL

BY_NAME = {one.name: one for one in ALL}
CEILING = "memory_fs"
SAME = "memory_fs-128"      # with the read-ahead that caifs leaves


class Figures:
    """The runs of one bench, by profile, workload and contestant."""

    def __init__(self, bench):
        self.bench = bench
        self.runs = collections.defaultdict(list)
        for one in bench.results:
            self.runs[one["profile"], one["workload"], one["label"]].append(one)

    def good(self, profile, workload, label):
        return [one for one in self.runs.get((profile, workload, label), [])
                if "failed" not in one]

    def labels(self, profile, workload):
        return [label for p, w, label in self.runs if (p, w) == (profile, workload)]

    def value(self, profile, workload, label, name):
        values = [one[name] for one in self.good(profile, workload, label) if name in one]
        return median(values) if values else None

    def wall(self, profile, workload, label):
        return self.value(profile, workload, label, "wall")

    def cpu(self, profile, workload, label):
        values = [one["cpu"] + one.get("daemon_cpu", 0)
                  for one in self.good(profile, workload, label)]
        return median(values) if values else None

    def ratio(self, profile, workload, label, other, name="wall"):
        """Median of the quotients of runs in the same round."""
        theirs = {one["round"]: one for one in self.good(profile, workload, other)}
        quotients = [one[name] / theirs[one["round"]][name]
                     for one in self.good(profile, workload, label)
                     if one["round"] in theirs and theirs[one["round"]].get(name)]
        return median(quotients) if quotients else None

    def reference(self, profile, workload):
        """What ratios are against: what the workload says, or the raw client."""
        labels = self.labels(profile, workload)
        wanted = BY_NAME[workload].reference
        if profile == "local" and wanted == "curl-16":
            wanted = "curl-1"       # without delay more connections gain nothing
        for label in (wanted, "curl-16", CEILING, *labels):
            if label in labels:
                return label
        return None


def show(value, form="{:.3f}"):
    return "–" if value is None else form.format(value)


def table(figures, profile, workload):
    reference = figures.reference(profile, workload)
    lines = [f"### {BY_NAME[workload].title}, `{profile}`", "",
             f"| | wall, s | ÷ {reference} | first byte, ms | requests | MB | CPU, s | peak, MB |",
             "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for label in figures.labels(profile, workload):
        def of(name, form, scale=1):
            value = figures.value(profile, workload, label, name)
            return show(value and value / scale, form)

        failed = [one["failed"] for one in figures.runs[profile, workload, label]
                  if "failed" in one]
        if failed:
            said = " ".join(failed[0].split())[:100]
            lines.append(f"| {label} | failed {len(failed)} ×: {said} | | | | | | |")
        if not figures.good(profile, workload, label):
            continue
        lines.append(
            f"| {label} | {show(figures.wall(profile, workload, label))} | "
            f"{show(figures.ratio(profile, workload, label, reference), '{:.2f}')} | "
            f"{of('first', '{:.1f}', 0.001)} | {of('requests', '{:.0f}')} | "
            f"{of('bytes', '{:.1f}', 1e6)} | "
            f"{show(figures.cpu(profile, workload, label), '{:.2f}')} | "
            f"{of('peak', '{:.0f}', 1 << 20)} |")
    return lines + [""]


def write(bench, path, targets):
    figures = Figures(bench)
    rounds = 1 + max((one["round"] for one in bench.results), default=0)
    delay, rate = origin.PROFILES["cloud"]
    lines = ["# Measured", "",
             f"{rounds} rounds{', quick' if bench.options.quick else ''}; medians, and medians of "
             "the ratios within a round. `local`: an origin that neither waits nor limits; "
             f"`cloud`: {delay * 1000:.0f} ms to the first byte of every request, "
             f"{rate // 1_000_000} MB/s a connection. CPU is that of reader and daemon together, "
             "without the origin's. How it is measured: `docs/performance.md`.", ""]
    if not bench.extension:
        lines += ["DuckDB's httpfs extension was not to be had: nothing here of DuckDB reading "
                  "URLs directly.", ""]
    for workload in ALL:
        for profile in bench.options.profiles:
            if figures.labels(profile, workload.name):
                lines += table(figures, profile, workload.name)
    for label in (kind.label for kind in bench.options.mounts
                  if not kind.peer and not kind.keeps):
        if not label.startswith(CEILING):
            lines += targets(figures, label)
    with open(path, "w", encoding="utf-8") as made:
        made.write("\n".join(lines))
    return figures
