"""The bytes: every way of reading gives those of the platform."""

import hashlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import time

import pytest

import access
import worlds
from emulator import content
from worlds import MIB, NAME, SAMPLES, part, scores

PART = worlds.path("p")
CASES = 256


def seed():
    given = int(os.environ.get("CAIFS_TEST_SEED") or time.time_ns() % 1_000_000_007)
    print(f"seed: CAIFS_TEST_SEED={given}")
    return given


# The samples

def test_the_sums_of_the_samples(emulator, mount):
    mounted = mount(emulator(os.path.join(SAMPLES, "world.json")))
    expected = {}
    for one, run in worlds.readable():
        for name, digest in worlds.sums().items():
            if name.startswith(f"{one['id']}/{run['id']}/"):
                expected[name] = digest
    assert len(expected) == 16
    found = access.run(lambda: {name: access.sha256(mounted / name) for name in expected})
    assert found == expected


# Anywhere

def places(rng, size, count):
    """Offsets and lengths with a liking for edges."""
    edges = [0, 1, 4095, 4096, 65536, MIB, 8 * MIB, size - 1, size, size - 4096, size - 16384]
    for _ in range(count):
        at = rng.choice(edges) + rng.randrange(-2, 3) if rng.random() < 0.4 \
            else rng.randrange(size)
        length = rng.choice([1, 7, 4096, 65536, 131072, MIB, rng.randrange(1, 300_000)])
        yield max(0, at), length


def wrong_reads(path, size, number, how, rng, count):
    """The cases whose answer is not the oracle's."""
    handle = os.open(path, os.O_RDONLY | (os.O_DIRECT if how == "direct" else 0))
    wrong = []
    for at, length in places(rng, size, count):
        if how == "mmap":
            length = max(0, min(length, size - at))
            data = access.map_read(handle, at, length)
        else:
            data = access.pread(handle, at, length, how == "direct")
        if data != content.read(number, at, max(0, min(length, size - at))):
            wrong.append((at, length, len(data)))
    return wrong


@pytest.mark.parametrize("how", ["buffered", "direct", "mmap"])
@pytest.mark.parametrize("memory", ["256M", "8M"])
def test_random_places(emulator, mount, how, memory):
    size = 24 * MIB + 4321
    mounted = mount(emulator(scores(part("p", size, 3))), memory=memory)
    rng = random.Random(seed())
    assert access.run(wrong_reads, mounted / PART, size, 3, how, rng, CASES) == []


def test_random_places_of_small_files_by_many_at_once(emulator, mount):
    rng = random.Random(seed())
    sizes = [1, 2, 4095, 4096, 4097, 65535, 65537, 100_000, 16383, 16384, 16385, 1_000_001]
    mounted = mount(emulator(scores(*(part(f"p{n}", size, n) for n, size in enumerate(sizes)))))
    readers = [access.start(wrong_reads, mounted / worlds.path(f"p{n}"), size, n,
                            rng.choice(["buffered", "direct"]), random.Random(rng.random()), 64)
               for n, size in enumerate(sizes)]
    assert [reader.hear() for reader in readers] == [[] for _ in sizes]


@pytest.mark.parametrize("how", ["buffered", "direct"])
def test_across_and_past_the_end(emulator, mount, how):
    size = 100_001
    mounted = mount(emulator(scores(part("p", size, 3))))
    for at, length in ((size - 10, 4096), (size - 1, 1), (size - 1, 2), (0, size + 1),
                       (size, 1), (size + 1, 10), (size + MIB, 10), (1 << 40, 4096),
                       ((1 << 63) - 8192, 4096)):
        assert access.run(access.read, mounted / PART, at, length, how) == \
            content.read(3, 0, size)[at:at + length], (at, length)
    # One call gives all there is, not some of it.
    assert access.run(access.read_once, mounted / PART, 0, size + 5) == content.read(3, 0, size)


def test_an_empty_file(emulator, mount):
    mounted = mount(emulator(scores(part("p", 0), part("q", 10))))
    for how in ("buffered", "direct", "mmap"):
        assert access.run(access.read, mounted / PART, how=how) == b""
    assert access.run(access.status, mounted / PART)["size"] == 0


@pytest.mark.parametrize("how", ["buffered", "direct", "mmap"])
def test_beyond_four_gigabytes(emulator, mount, how):
    size = (5 << 30) + 123
    mounted = mount(emulator(scores(part("p", size, 3))))
    assert access.run(access.status, mounted / PART)["size"] == size
    for at, length in ((size - 100_000, 100_000), (0, 5000), ((4 << 30) - 5000, 10_000),
                       ((1 << 31) - 5, 10), ((1 << 32) - 1, 2), (size - 1, 1)):
        assert access.run(access.read, mounted / PART, at, length, how) == \
            content.read(3, at, length), (at, length)
    if how != "mmap":
        assert access.run(access.read, mounted / PART, size - 5, 100, how) == \
            content.read(3, size - 5, 5)


# System calls

def sent(path, size):
    source = os.open(path, os.O_RDONLY)
    with tempfile.TemporaryFile() as target:
        at = 0
        while at < size:
            count = os.sendfile(target.fileno(), source, at, size - at)
            if not count:
                break
            at += count
        return os.pread(target.fileno(), size + 1, 0)


def copied(path, size):
    source = os.open(path, os.O_RDONLY)
    with tempfile.TemporaryFile() as target:
        at = 0
        while at < size:
            count = os.copy_file_range(source, target.fileno(), size - at, at, at)
            if not count:
                break
            at += count
        return os.pread(target.fileno(), size + 1, 0)


def spliced(path, size):
    source = os.open(path, os.O_RDONLY)
    out, into = os.pipe()
    pieces, at = [], 0
    while at < size:
        count = os.splice(source, into, 65536, at)
        if not count:
            break
        pieces.append(os.read(out, count))
        at += count
    return b"".join(pieces)


@pytest.mark.parametrize("act", [sent, copied, spliced])
def test_calls_that_move_bytes_in_the_kernel(emulator, mount, act):
    size = 2 * MIB + 99
    mounted = mount(emulator(scores(part("p", size, 3))))
    kind, found = access.outcome(act, mounted / PART, size)
    if act is copied and (kind, found) in (("errno", "EXDEV"), ("errno", "EOPNOTSUPP")):
        return      # not between these two filesystems, says the kernel
    assert (kind, found) == ("value", content.read(3, 0, size))


def test_a_descriptor_and_its_copy_share_their_place(emulator, mount):
    size = MIB
    mounted = mount(emulator(scores(part("p", size, 3))))

    def act():
        first = os.open(mounted / PART, os.O_RDONLY)
        second = os.dup(first)
        pieces = [os.read(first, 1000), os.read(second, 1000)]
        child = os.fork()
        if child == 0:
            os.read(second, 1000)
            os._exit(0)
        os.waitpid(child, 0)
        os.close(first)
        os.lseek(second, -10, os.SEEK_END)
        return pieces, os.read(second, 100), os.pread(second, 10, 3000)
    pieces, tail, other = access.run(act)
    assert b"".join(pieces) == content.read(3, 0, 2000)
    assert tail == content.read(3, size - 10, 10)
    assert other == content.read(3, 3000, 10)


def test_seeking(emulator, mount):
    size = 5 << 30
    mounted = mount(emulator(scores(part("p", size, 3))))

    def act():
        handle = os.open(mounted / PART, os.O_RDONLY)
        return (os.lseek(handle, 0, os.SEEK_END), os.lseek(handle, -7, os.SEEK_END),
                os.lseek(handle, 100, os.SEEK_SET), os.lseek(handle, 5, os.SEEK_DATA),
                os.lseek(handle, 5, os.SEEK_HOLE))
    assert access.run(act) == (size, size - 7, 100, 5, size)


@pytest.mark.parametrize("advice", ["SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE"])
def test_advice_changes_no_byte(emulator, mount, advice):
    size = MIB + 5
    mounted = mount(emulator(scores(part("p", size, 3))))

    def act():
        handle = os.open(mounted / PART, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, getattr(os, "POSIX_FADV_" + advice))
        return access.pread(handle, 0, size)
    assert access.run(act) == content.read(3, 0, size)


def test_a_batch_by_all_its_names_is_the_same_file(emulator, mount):
    mounted = mount(emulator(scores(part("p", 100, 3))))
    inodes = {access.run(os.stat, mounted / name).st_ino
              for name in (PART, f"{worlds.dataset_id(1)}/{worlds.batch_id(1)}/p",
                           f"{NAME}/latest/p", f"{worlds.dataset_id(1)}/latest/p")}
    assert len(inodes) == 1


# A small memory

BIG = 64 * MIB


def backwards(path, step=MIB):
    """The sum of a file read from its end to its start."""
    handle = os.open(path, os.O_RDONLY)
    room = bytearray(BIG)
    for at in range(BIG - step, -1, -step):
        room[at:at + step] = access.pread(handle, at, step)
    return hashlib.sha256(room).hexdigest()


def strided(path, start, count=8, step=MIB):
    """The sum of every `count`th step."""
    digest = hashlib.sha256()
    handle = os.open(path, os.O_RDONLY)
    for at in range(start * step, BIG, count * step):
        digest.update(access.pread(handle, at, step))
    return digest.hexdigest()


@pytest.fixture(scope="module")
def truth():
    return content.read(3, 0, BIG)


def bounded(mounted, budget):
    held = mounted.memory()
    if held is None:    # a sanitizer's own memory says nothing
        return
    print(f"peak memory {held / MIB:.1f} MiB of a budget of {budget / MIB:.0f}")
    assert held <= budget + 32 * MIB


@pytest.mark.parametrize("manner", ["forwards", "backwards", "eight at once", "eight whole"])
def test_a_file_larger_than_the_memory(emulator, mount, truth, manner):
    mounted = mount(emulator(scores(part("p", BIG, 3))), memory="8M")
    whole = hashlib.sha256(truth).hexdigest()
    if manner == "forwards":
        assert access.run(access.sha256, mounted / PART) == whole
    elif manner == "backwards":
        assert access.run(backwards, mounted / PART) == whole
    elif manner == "eight at once":
        readers = [access.start(strided, mounted / PART, n) for n in range(8)]
        for n, reader in enumerate(readers):
            digest = hashlib.sha256()
            for at in range(n * MIB, BIG, 8 * MIB):
                digest.update(truth[at:at + MIB])
            assert reader.hear(60) == digest.hexdigest()
    else:
        readers = [access.start(access.sha256, mounted / PART, 4096 << n) for n in range(8)]
        assert {reader.hear(60) for reader in readers} == {whole}
    bounded(mounted, 8 * MIB)


def test_many_files_at_once_in_a_small_memory(emulator, mount):
    size, many = 256 * 1024 + 1, 100
    mounted = mount(emulator(scores({**part("p{n}", size, 3), "repeat": many})), memory="8M")
    readers = [access.start(access.sha256, mounted / worlds.path(f"p{n}")) for n in range(many)]
    for n, reader in enumerate(readers):
        assert reader.hear(60) == hashlib.sha256(content.read(3 + n, 0, size)).hexdigest()
    bounded(mounted, 8 * MIB)


# DuckDB

QUERY = os.path.join(worlds.TESTS, "duckdb", "query.mjs")
QUERIES = {
    "aggregate": "SELECT _luma.customerAI.propensityType AS type, count(*) AS n,"
                 " min(_luma.customerAI.score) AS low, max(_luma.customerAI.percentile) AS high,"
                 " sum(_luma.customerAI.score) AS total FROM read_parquet({files})"
                 " GROUP BY type ORDER BY type",
    "one column": "SELECT md5(string_agg(_luma.customerAI.score::VARCHAR, ',' ORDER BY"
                  " identityMap::VARCHAR, _luma::VARCHAR)) AS sum FROM read_parquet({files})",
    "all columns": "SELECT count(*) AS n, bit_xor(hash(t)) AS sum"
                   " FROM read_parquet({files}) AS t",
    "metadata": "SELECT sum(num_values) AS n, sum(total_compressed_size) AS size"
                " FROM parquet_metadata({files})",
}


def test_duckdb_gives_the_same_rows(emulator, mount):
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not os.path.isdir(os.path.join(os.path.dirname(QUERY), "node_modules", "@duckdb")):
        pytest.skip("tests/duckdb is not installed: npm ci --prefix tests/duckdb")
    mounted = mount(emulator(os.path.join(SAMPLES, "world.json")))
    folders = [(one, run) for one, run in worlds.readable()
               if one["name"].startswith(worlds.PREFIX)]
    local = json.dumps([f"{SAMPLES}/{one['id']}/{run['id']}/*.parquet"
                        for one, run in folders]).replace('"', "'")
    there = f"'{mounted.path}/*/*/*.parquet'"

    def rows(sql, files):
        return subprocess.Popen(["timeout", "-s", "KILL", "60", "node", QUERY,
                                 sql.format(files=files)], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for name, sql in QUERIES.items():
        pair = [rows(sql, files) for files in (local, there)]
        found = [one.communicate() for one in pair]
        assert found[0][0] and not found[0][1], (name, found[0][1].decode())
        assert found[1] == found[0], name
