"""One run of the bench: the files, the origins, the rounds, and what came out."""

import json
import os
import shutil
import subprocess
import tempfile

import clients
import mounts
import origin
from workloads import ALL, MIB, Column

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TAIL = 16 << 10             # of a parquet file, that surely holds its footer


class Bench:
    def __init__(self, options):
        self.options = options
        self.programs = os.path.join(ROOT, "build", "release", "bench")
        self.reader = os.path.join(self.programs, "reader")
        self.preads = 40 if options.quick else 200
        self.megabytes = 256 if options.quick else 1024
        self.extension = options.httpfs
        self.results = []       # one dict a run
        self.answers = {}       # of the queries, on the original files
        self.given_up = set()   # (network, workload, label)
        self.made = 0

    # ---- files ------------------------------------------------------------

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="caifs-bench.", dir="/dev/shm")
        os.chmod(self.folder, 0o755)    # nginx's workers are another user
        self.files = os.path.join(self.folder, "files")
        subprocess.run(["node", os.path.join(HERE, "dataset.mjs"), self.files,
                        str(self.megabytes), "16", "16", "2000"], check=True)
        self.size_of_large = self.size(origin.LARGE)
        self.many = len(self.names(origin.MANY))
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def names(self, batch):
        return sorted(os.listdir(self.original(batch)))

    def original(self, batch, *name):
        return os.path.join(self.files, batch, *name)

    def size(self, batch):
        return os.path.getsize(self.original(batch, self.names(batch)[0]))

    def scratch(self, name):
        self.made += 1
        return os.path.join(self.folder, f"{name}-{self.made}")

    def then_remove(self, between, folder):
        def after():
            between()
            shutil.rmtree(folder)
        return after

    def column_ranges(self, batch):
        """(part, range) of every footer and of every chunk of the column."""
        sql = ("SELECT file_name, least(data_page_offset, coalesce(dictionary_page_offset, "
               "data_page_offset))::INTEGER AS start, total_compressed_size::INTEGER AS length "
               "FROM parquet_metadata('%s/*') WHERE path_in_schema = 'score'")
        said = subprocess.run(["node", os.path.join(ROOT, "tests", "duckdb", "query.mjs"),
                               sql % self.original(batch)], check=True, capture_output=True)
        ranges = [(name, f"-{TAIL}") for name in self.names(batch)]
        for row in map(json.loads, said.stdout.splitlines()):
            ranges.append((os.path.basename(row["file_name"]),
                           f"{row['start']}-{row['start'] + row['length'] - 1}"))
        return ranges

    def warm_memory(self):
        """Memory that is touched for the first time may be slow: let that be over."""
        size = (self.megabytes * 2 + 1024) * MIB
        subprocess.run(["python3", "-c", f"m = bytearray({size})\n"
                        f"for at in range(0, {size}, 4096): m[at] = 1"], check=True)

    # ---- contestants ------------------------------------------------------

    def contestants(self, workload, place):
        """(label, how to run it once), in the order in which they take turns."""
        def taken(label):
            return not self.options.contestants or label in self.options.contestants

        for count in workload.connections:
            if taken(f"curl-{count}"):
                yield f"curl-{count}", lambda count=count: self.run_curl(workload, place, count)
        if isinstance(workload, Column) and self.extension and taken("duckdb"):
            yield "duckdb", lambda: self.run_direct(workload, place)
        for kind in self.options.mounts:
            if kind.keeps and not workload.kept:
                continue
            if workload.mounts_only == ("caifs",) and not issubclass(kind, mounts.Caifs):
                continue
            if taken(kind.label):
                if workload.memory:
                    kind = mounts.limited(kind, workload.memory)
                yield kind.label, lambda kind=kind: self.run_mount(workload, place, kind)

    def run_curl(self, workload, place, count):
        mark, seen = place.mark(), {}
        figures = workload.raw(self, place, count, lambda: seen.update(self.seen(place, mark)))
        return figures and {**figures, **seen}

    def run_direct(self, workload, place):
        seen, mark = {}, []
        figures = workload.direct(self, place, lambda: seen.update(self.seen(place, mark[0])),
                                  lambda: mark.append(place.mark()))
        return {**figures, **seen}

    def run_mount(self, workload, place, kind):
        seen, start = {}, []

        def begin():
            start[:] = [place.mark(), mount.cpu()]

        def between():
            seen.update(self.seen(place, start[0]), daemon_cpu=mount.cpu() - start[1],
                        peak=mount.peak())

        with kind(place, self.scratch("mount")) as mount:
            workload.prepare(self, mount)
            begin()
            try:
                figures = workload.read(self, mount, between,
                                        *([begin] if isinstance(workload, Column) else []))
            except clients.Failure as error:
                if mount.daemon.poll() is None:
                    raise
                raise clients.Failure(f"{kind.label} ended with {mount.daemon.returncode}: "
                                      f"{mount.said()[-600:]}") from error
        if mount.end.isdigit():
            seen["asked"] = int(mount.end)
        return {**figures, **seen}

    @staticmethod
    def seen(place, mark):
        count = place.since(mark)
        return {"requests": count.requests, "others": count.others, "bytes": count.bytes}

    # ---- rounds -----------------------------------------------------------

    def find_extension(self):
        """DuckDB's client for URLs, if it is there."""
        wanted = self.extension or "httpfs"
        query = ["node", os.path.join(HERE, "query.mjs"), "--load", wanted, "SELECT 1", "SELECT 1"]
        found = subprocess.run(query, input="go\ngo\n", text=True, stdout=subprocess.DEVNULL,
                               stderr=None if self.extension else subprocess.DEVNULL)
        self.extension = wanted if found.returncode == 0 else None

    def answer(self):
        """The queries' right answers."""
        for workload in ALL:
            if isinstance(workload, Column):
                files = [self.original(workload.batch, name)
                         for name in self.names(workload.batch)]
                self.answers[workload.name] = clients.query(
                    files, files[0], None, None, lambda: None, lambda: None)["rows"]

    def run(self):
        self.warm_memory()
        self.find_extension()
        self.answer()
        for network in self.options.networks:
            place = origin.Origin(network, self.folder, self.files).start()
            try:
                for number in range(self.options.rounds):
                    self.round(place, number)
            finally:
                place.stop()

    def round(self, place, number):
        for workload in self.options.workloads:
            if place.network not in workload.networks:
                continue
            turns = list(self.contestants(workload, place))
            # Each begins once, so that none is always the first or the last.
            turns = turns[number % len(turns):] + turns[:number % len(turns)] if turns else []
            for label, once in turns:
                if (place.network, workload.name, label) in self.given_up:
                    continue
                try:
                    figures = once()
                except (clients.Failure, RuntimeError, ValueError, OSError,
                        subprocess.SubprocessError) as error:
                    figures = {"failed": str(error)}
                    if isinstance(error, clients.TooSlow):
                        self.given_up.add((place.network, workload.name, label))
                if figures is None:
                    continue
                if figures.get("right") is False:
                    figures["failed"] = "wrong bytes: " + str(figures.get("wrong", "differs"))
                self.results.append({"network": place.network, "round": number,
                                     "workload": workload.name, "label": label, **figures})
                said = figures.get("failed") or (
                    f"{figures['wall']:.3f} s, {figures['requests']} requests, "
                    f"{figures['bytes'] / 1e6:.1f} MB")
                print(f"{place.network} {number + 1} {workload.name:13} {label:16} {said}",
                      flush=True)
