"""What is measured. A workload says what a mount's reader does, and what curl
does at the origin for the same bytes."""

import os
import shutil
import subprocess

import clients
import origin

MIB = 1 << 20


def scatter(n):
    """The places of bench/reader.c: splitmix64."""
    mask = (1 << 64) - 1
    n = (n + 1) * 0x9e3779b97f4a7c15 & mask
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9 & mask
    n = (n ^ n >> 27) * 0x94d049bb133111eb & mask
    return n ^ n >> 31


class Workload:
    networks = ("local", "cloud")
    connections = (1, 8, 16)    # of curl; none where curl has no part in it
    reference = "curl-16"       # what ratios are against
    mounts_only = ()            # where only these labels, or "caifs", take part
    memory = None               # another budget
    kept = False                # caifs with a disk cache takes part, too

    def __init__(self, name, title, **more):
        self.name, self.title = name, title
        self.__dict__.update(more)

    def prepare(self, bench, mount):
        """Before the clock."""

    def read(self, bench, mount, between):
        raise NotImplementedError

    def raw(self, bench, place, connections, between):
        raise NotImplementedError


def pairs(bench, mount, batch):
    return [word for name in bench.names(batch)
            for word in (os.path.join(mount.batch(batch), name), bench.original(batch, name))]


class Whole(Workload):
    """Files of a batch, each from its start to its end."""

    batch = origin.PARTS
    files = None
    readers = 1
    kept = True

    def read(self, bench, mount, between):
        words = pairs(bench, mount, self.batch)[:self.files and 2 * self.files]
        return clients.reader(bench.reader, ["whole", self.readers, *words], between)

    def raw(self, bench, place, connections, between):
        names = bench.names(self.batch)[:self.files]
        urls = [place.url(self.batch, name) for name in names]
        if len(names) > 1:
            return clients.curl([(url, None, "/dev/null") for url in urls], connections, between)
        ranges = clients.pieces(bench.size(self.batch), connections)
        figures = clients.curl([(urls[0], one, "/dev/null") for one in ranges],
                               connections, between)
        return {**figures, "first": clients.first_byte(urls[0])}


class Again(Whole):
    kept = False
    networks = ("local",)
    connections = ()
    reference = "memory_fs"

    def prepare(self, bench, mount):
        subprocess.run(["timeout", "300", bench.reader, "whole", "1",
                        *pairs(bench, mount, self.batch)[:2]],
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


class Copy(Workload):
    kept = True

    def read(self, bench, mount, between):
        return clients.copy(mount.batch(origin.PARTS), bench.original(origin.PARTS),
                            bench.scratch("copy"), between)

    def raw(self, bench, place, connections, between):
        target = bench.scratch("copy")
        os.mkdir(target)
        return clients.curl([(place.url(origin.PARTS, name), None, os.path.join(target, name))
                             for name in bench.names(origin.PARTS)], connections,
                            bench.then_remove(between, target))


class Random(Workload):
    connections = (1, 8)
    reference = "curl-8"
    at_once = 1

    def read(self, bench, mount, between):
        return clients.reader(bench.reader, [
            "random", self.at_once, bench.preads, self.size,
            *pairs(bench, mount, origin.LARGE)], between)

    def raw(self, bench, place, connections, between):
        if connections != self.at_once:
            return None
        places = bench.size(origin.LARGE) // self.size
        url = place.url(origin.LARGE, bench.names(origin.LARGE)[0])
        starts = [scatter(n) % places * self.size for n in range(bench.preads)]
        return clients.curl([(url, f"{at}-{at + self.size - 1}", "/dev/null") for at in starts],
                            connections, between)


class Column(Workload):
    """DuckDB wants one column."""

    connections = (16,)
    reference = "duckdb"

    def query(self, bench, files, extension, between, begin):
        return clients.query(files, bench.original(origin.PARTS, bench.names(origin.PARTS)[0]),
                             bench.answers.get(self.name), extension, between, begin)

    def read(self, bench, mount, between, begin):
        folder = mount.batch(self.batch)
        return self.query(bench, [os.path.join(folder, name) for name in bench.names(self.batch)],
                          None, between, begin)

    def direct(self, bench, place, between, begin):
        return self.query(bench, [place.url(self.batch, name) for name in bench.names(self.batch)],
                          bench.extension, between, begin)

    def raw(self, bench, place, connections, between):
        """The footers and the column's ranges, all at once, though no program can know them so soon."""
        return clients.curl([(place.url(self.batch, name), one, "/dev/null")
                             for name, one in bench.column_ranges(self.batch)],
                            connections, between)


class List(Workload):
    connections = (1,)
    reference = "curl-1"

    def prepare(self, bench, mount):
        subprocess.run(["timeout", "60", "ls", os.path.dirname(mount.batch(origin.MANY))],
                       stdout=subprocess.DEVNULL, check=True)

    def read(self, bench, mount, between):
        return clients.listing(mount.batch(origin.MANY), len(bench.names(origin.MANY)), between)

    def raw(self, bench, place, connections, between):
        """The platform's pages, one after another."""
        pages = range(0, len(bench.names(origin.MANY)), 100)
        url = f"{place.endpoint}/data/foundation/export/files/{origin.MANY}-1"
        return clients.curl([(f"{url}?start={at}&limit=100", None, "/dev/null") for at in pages],
                            1, between, place.headers())


class Many(Workload):
    """A thousand readers, each of its own stretch of one file."""

    networks = ("local",)
    connections = ()
    mounts_only = ("caifs",)
    memory = "64M"

    def read(self, bench, mount, between):
        return clients.reader(bench.reader, [
            "many", 1000, 256 << 10, *pairs(bench, mount, origin.LARGE)], between)


class Beside(Workload):
    """Pages that are in the filesystem's memory, while a walk of other parts begins."""

    profiles = ("local",)
    connections = ()
    mounts_only = ("caifs",)
    memory = "8G"

    def read(self, bench, mount, between):
        target = bench.scratch("beside")
        walks = []

        def walk():
            walks.append(subprocess.Popen(["timeout", "90", "cp", "-r",
                                           mount.batch(origin.PARTS), target],
                                          stdin=subprocess.DEVNULL))
        try:
            return clients.reader(bench.reader, [
                "cached", 1, 10000, *pairs(bench, mount, origin.LARGE)[:2]], between, walk)
        finally:
            for one in walks:
                one.wait()
            shutil.rmtree(target, ignore_errors=True)


ALL = [
    Whole("part", "one part, 16 MB", files=1),
    Whole("large", "one file of 1 GiB, sequentially", batch=origin.LARGE),
    Copy("copy", "cp -r of 16 parts"),
    Whole("readers-4", "16 parts, 4 readers", readers=4),
    Whole("readers-8", "16 parts, 8 readers", readers=8),
    Random("random-4k", "4 KiB preads, one at a time", size=4 << 10, reference="curl-1"),
    Random("random-4k-8", "4 KiB preads, 8 at a time", size=4 << 10, at_once=8),
    Random("random-64k", "64 KiB preads, one at a time", size=64 << 10, reference="curl-1"),
    Random("random-64k-8", "64 KiB preads, 8 at a time", size=64 << 10, at_once=8),
    Column("column-large", "DuckDB, one column of 1 GiB", batch=origin.LARGE),
    Column("column-parts", "DuckDB, one column of 16 parts", batch=origin.PARTS),
    List("list", "ls -l of 2,000 parts"),
    Again("again", "1 GiB once more", batch=origin.LARGE, files=1),
    Many("many", "1,000 readers, memory=64M"),
    Beside("beside", "10,000 cached reads as a walk of 16 parts begins, memory=8G: the 99.9th"),
]
