"""build/bench.md: medians, ratios within each round, and the targets."""

import collections
from statistics import median

import origin
from workloads import ALL

BY_NAME = {one.name: one for one in ALL}
CEILING = "memory_fs"
SAME = "memory_fs-128"      # with the read-ahead that caifs leaves


class Figures:
    """The runs of one bench, by network, workload and contestant."""

    def __init__(self, bench):
        self.bench = bench
        self.runs = collections.defaultdict(list)
        for one in bench.results:
            self.runs[one["network"], one["workload"], one["label"]].append(one)

    def good(self, network, workload, label):
        return [one for one in self.runs.get((network, workload, label), [])
                if "failed" not in one]

    def labels(self, network, workload):
        return [label for p, w, label in self.runs if (p, w) == (network, workload)]

    def value(self, network, workload, label, name):
        values = [one[name] for one in self.good(network, workload, label) if name in one]
        return median(values) if values else None

    def wall(self, network, workload, label):
        return self.value(network, workload, label, "wall")

    def cpu(self, network, workload, label):
        values = [one["cpu"] + one.get("daemon_cpu", 0)
                  for one in self.good(network, workload, label)]
        return median(values) if values else None

    def ratio(self, network, workload, label, other, name="wall"):
        """Median of the quotients of runs in the same round."""
        theirs = {one["round"]: one for one in self.good(network, workload, other)}
        quotients = [one[name] / theirs[one["round"]][name]
                     for one in self.good(network, workload, label)
                     if one["round"] in theirs and theirs[one["round"]].get(name)]
        return median(quotients) if quotients else None

    def reference(self, network, workload):
        """What ratios are against: what the workload says, or the raw client."""
        labels = self.labels(network, workload)
        wanted = BY_NAME[workload].reference
        if network == "local" and wanted == "curl-16":
            wanted = "curl-1"       # without delay more connections gain nothing
        for label in (wanted, "curl-16", CEILING, *labels):
            if label in labels:
                return label
        return None


def show(value, form="{:.3f}"):
    return "–" if value is None else form.format(value)


def table(figures, network, workload):
    reference = figures.reference(network, workload)
    lines = [f"### {BY_NAME[workload].title}, `{network}`", "",
             f"| | wall, s | ÷ {reference} | first byte, ms | requests | MB | CPU, s | peak, MB |",
             "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for label in figures.labels(network, workload):
        def of(name, form, scale=1):
            value = figures.value(network, workload, label, name)
            return show(value and value / scale, form)

        failed = [one["failed"] for one in figures.runs[network, workload, label]
                  if "failed" in one]
        if failed:
            said = " ".join(failed[0].split())[:100]
            lines.append(f"| {label} | failed {len(failed)} ×: {said} | | | | | | |")
        if not figures.good(network, workload, label):
            continue
        lines.append(
            f"| {label} | {show(figures.wall(network, workload, label))} | "
            f"{show(figures.ratio(network, workload, label, reference), '{:.2f}')} | "
            f"{of('first', '{:.1f}', 0.001)} | {of('requests', '{:.0f}')} | "
            f"{of('bytes', '{:.1f}', 1e6)} | "
            f"{show(figures.cpu(network, workload, label), '{:.2f}')} | "
            f"{of('peak', '{:.0f}', 1 << 20)} |")
    return lines + [""]


def write(bench, path, targets):
    figures = Figures(bench)
    rounds = 1 + max((one["round"] for one in bench.results), default=0)
    delay, rate = origin.NETWORKS["cloud"]
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
        for network in bench.options.networks:
            if figures.labels(network, workload.name):
                lines += table(figures, network, workload.name)
    for label in (kind.label for kind in bench.options.mounts
                  if not kind.peer and not kind.keeps):
        if not label.startswith(CEILING):
            lines += targets(figures, label)
    with open(path, "w", encoding="utf-8") as made:
        made.write("\n".join(lines))
    return figures
