"""The targets caifs has set itself, and how near a run comes."""

import math

from report import CEILING, SAME, show

PAGE = 100                  # entries of a listing's page
CONNECTIONS = 16
RATE = 40e6
DELAY = 0.030


class Targets:
    def __init__(self, figures, label):
        self.figures, self.label = figures, label
        self.lines = []

    def add(self, target, reached, met):
        mark = "–" if met is None else "yes" if met else "**no**"
        self.lines.append(f"| {target} | {reached} | {mark} |")

    def limit(self, target, value, most, form="{:.2f}"):
        """A value that may not be above another."""
        if value is not None and most is not None:
            self.add(f"{target} = {form.format(most)}", form.format(value), value <= most)
        else:
            self.add(target, show(value, form), None)

    def of(self, network, workload, name, label=None):
        return self.figures.value(network, workload, label or self.label, name)

    def best_peer(self, network, workload):
        """The fastest of the other filesystems: (wall, label)."""
        peers = {kind.label for kind in self.figures.bench.options.mounts if kind.peer}
        walls = [(self.figures.wall(network, workload, label), label)
                 for label in self.figures.labels(network, workload) if label in peers]
        return min((one for one in walls if one[0] is not None), default=(None, "no peer"))

    def large(self):
        wall, size = self.of("cloud", "large", "wall"), self.of("cloud", "large", "bytes")
        if wall is None:
            return
        trips = self.of("cloud", "large", "others")
        least = self.figures.bench.size_of_large / (CONNECTIONS * RATE)
        self.limit("1 GiB, `cloud`: bytes ÷ (16 × 40 MB/s) + 120 ms + "
                   f"{trips:.0f} round trips, s", wall, least + 0.120 + trips * DELAY)
        peer, name = self.best_peer("cloud", "large")
        self.limit(f"1 GiB, `cloud`: best peer ({name}), s", wall, peer)
        raw = self.of("cloud", "large", "first", "curl-1")
        self.limit("first byte: origin's + 5 ms, ms", self.of("cloud", "large", "first") * 1000,
                   raw and raw * 1000 + 5, "{:.1f}")
        self.limit("bytes fetched ÷ the file's, for 1 GiB",
                   size / self.figures.bench.size_of_large, 1.01)

    def large_local(self):
        self.limit("1 GiB, `local`: ÷ curl with one connection",
                   self.figures.ratio("local", "large", self.label, "curl-1"), 1.65)
        raw = self.figures.cpu("local", "large", "curl-1")
        fuse = self.figures.cpu("local", "large", CEILING)
        self.limit("CPU for it: 1.2 × (curl's + memory_fs's), s",
                   self.figures.cpu("local", "large", self.label),
                   1.2 * (raw + fuse) if raw and fuse else None)

    def copy(self):
        self.limit("`cp -r`, `cloud`: ÷ curl with 16 connections",
                   self.figures.ratio("cloud", "copy", self.label, "curl-16"), 1.25)
        peer, name = self.best_peer("cloud", "copy")
        self.limit(f"a third of the best peer's ({name}), s", self.of("cloud", "copy", "wall"),
                   peer and peer / 3)

    def cache(self):
        for workload in ("large", "copy"):
            self.limit(f"cold with a disk cache ÷ without, {workload}, `cloud`",
                       self.figures.ratio("cloud", workload, self.label + "-cache", self.label),
                       1.1)

    def columns(self):
        for workload, files in (("column-large", 1), ("column-parts", 16)):
            self.limit(f"{workload}, `cloud`: DuckDB's own client, s",
                       self.of("cloud", workload, "wall"),
                       self.of("cloud", workload, "wall", "duckdb"))
            asked = self.of("cloud", workload, "asked", SAME)
            sent = self.of("cloud", workload, "bytes")
            self.limit(f"{workload}: 1.10 × (the kernel's reads + 8 KiB a file), MB",
                       sent and sent / 1e6, asked and 1.10 * (asked + files * 8192) / 1e6)

    def random(self):
        for workload in ("random-64k", "random-4k"):
            # Looking the file up is no pread.
            alone, many = ((self.of("cloud", name, "wall") or 0)
                           - (self.of("cloud", name, "listed") or 0)
                           for name in (workload, workload + "-8"))
            speed = alone / many if alone and many else None
            sent = self.of("cloud", workload + "-8", "bytes")
            size = 65536 if workload == "random-64k" else 4096
            if workload == "random-64k":
                self.add("64 KiB preads, 8 at a time, `cloud`: ≥ 7 × one at a time",
                         show(speed, "{:.2f}"), speed and speed >= 7)
            self.limit(f"{size // 1024} KiB preads: bytes ÷ bytes asked for",
                       sent and sent / size / self.figures.bench.preads, 1.5)

    def again(self):
        self.limit("warm re-read: requests", self.of("local", "again", "requests"), 0, "{:.0f}")
        self.limit("warm re-read: ÷ memory_fs",
                   self.figures.ratio("local", "again", self.label, CEILING), 1.1)
        self.limit("warm re-read: ÷ memory_fs with caifs's read-ahead",
                   self.figures.ratio("local", "again", self.label, SAME), 1.1)

    def listing(self):
        pages = math.ceil(self.figures.bench.many / PAGE)
        self.limit("`ls -l`, `cloud`: requests, pages + 1",
                   self.of("cloud", "list", "requests"), pages + 1, "{:.0f}")
        raw = self.of("cloud", "list", "wall", "curl-1")
        self.limit("`ls -l`, `cloud`: (pages + 3) × time to a page's first byte + 10 %, s",
                   self.of("cloud", "list", "wall"), raw and (pages + 3) * raw / pages * 1.1)

    def memory(self):
        for workload, budget in (("large", 256), ("many", 64)):
            peak = self.of("local", workload, "peak")
            self.limit(f"peak memory, {workload}: budget + 32 MiB, MiB",
                       peak and peak / (1 << 20), budget + 32, "{:.0f}")


def rows(figures, label):
    made = Targets(figures, label)
    for part in (made.large, made.large_local, made.copy, made.cache, made.columns, made.random, made.again,
                 made.listing, made.memory):
        part()
    return [f"## Targets: {label}", "", "| target | reached | met |", "|---|--:|--:|",
            *made.lines, ""]
