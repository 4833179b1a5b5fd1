"""Parquet by the column: what a query through the mount moves, and in how many
requests. The files are DuckDB's own; the counts are the platform's."""

import json
import os
import re
import subprocess

import pytest

import access
import worlds
from test_requests import ranges, settled
from worlds import FOLDER, TESTS, part, scores

KIB = 1024
ROWS, GROUPS = 200_000, 8
PARTS = 6
# What the kernel may have asked for past a column's end: its two windows.
OVERSHOOT = 2 * 128 * KIB
TAIL = 24 * KIB

MAKE = """
COPY (SELECT i AS id, (i * 7919 % 1000003) / 1000003.0 AS score,
             i * 31 % 101 AS percentile, {reasons}
      FROM range({rows}) t(i))
TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {group_rows})
"""


def query(sql):
    """The rows that DuckDB answers."""
    if not os.path.isdir(os.path.join(TESTS, "duckdb", "node_modules")):
        pytest.skip("npm ci was not run in tests/duckdb")
    done = subprocess.run(["timeout", "-s", "KILL", "60", "node",
                           os.path.join(TESTS, "duckdb", "query.mjs"), sql],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return [json.loads(line) for line in done.stdout.splitlines()]


def make(path, rows, group_rows):
    reasons = ", ".join(f"md5((i + {n})::VARCHAR) AS reason{n}" for n in range(8))
    query(MAKE.format(rows=rows, path=path, group_rows=group_rows, reasons=reasons))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """A part of several row groups, and some of one: paths by name."""
    folder = tmp_path_factory.mktemp("tables")
    names = ["big.parquet"] + [f"part-{n:05d}.parquet" for n in range(PARTS)]
    made = {name: str(folder / name) for name in names}
    make(made["big.parquet"], ROWS, ROWS // GROUPS)
    for name in names[1:]:
        make(made[name], 30_000, 30_000)
    return made


def world_of(made, *names):
    return scores(*(part(name, os.path.getsize(made[name]), file=made[name]) for name in names))


def chunks(path, column):
    """Bytes of each chunk of a column."""
    return [row["size"] for row in query(
        "SELECT total_compressed_size AS size FROM parquet_metadata("
        f"'{path}') WHERE path_in_schema = '{column}'")]


def asked(platform):
    """Bytes sent, requests, and no byte twice."""
    found = ranges(platform)
    by_part = {}
    for one in settled(platform):
        if one["op"] == "bytes":
            first, last = map(int, re.match(r"bytes=(\d+)-(\d+)", one["range"]).groups())
            by_part.setdefault(one["query"], []).append((first, last + 1))
    for spans in by_part.values():
        spans.sort()
        for (_, end), (start, _) in zip(spans, spans[1:]):
            assert start >= end, "a byte was asked for twice"
    return platform.bytes_sent("bytes"), len(found)


def ready(emulator, mount, made, names, **options):
    platform = emulator(world_of(made, *names))
    mounted = mount(platform, **options)
    access.run(os.listdir, mounted / FOLDER)
    platform.clear()
    return platform, mounted


def test_one_column_of_a_part_moves_that_column(emulator, mount, tables):
    platform, mounted = ready(emulator, mount, tables, ["big.parquet"])
    sql = "SELECT count(*) AS n, bit_xor(hash(score)) AS total FROM read_parquet('{}')"
    assert query(sql.format(mounted / worlds.path("big.parquet"))) \
        == query(sql.format(tables["big.parquet"]))
    sizes = chunks(tables["big.parquet"], "score")
    moved, requests = asked(platform)
    assert moved <= sum(sizes) + len(sizes) * OVERSHOOT + TAIL
    assert moved < os.path.getsize(tables["big.parquet"]) / 2
    # The end, then for each row group its chunk and what the kernel reads on.
    assert requests <= 2 + 3 * len(sizes)


def test_one_column_of_many_parts_moves_that_column(emulator, mount, tables):
    names = [name for name in tables if name.startswith("part")]
    platform, mounted = ready(emulator, mount, tables, names)
    sql = "SELECT count(*) AS n, bit_xor(hash(score)) AS total FROM read_parquet('{}/part-*.parquet')"
    assert query(sql.format(mounted / FOLDER)) \
        == query(sql.format(os.path.dirname(tables[names[0]])))
    sizes = [size for name in names for size in chunks(tables[name], "score")]
    moved, requests = asked(platform)
    assert moved <= sum(sizes) + len(sizes) * (OVERSHOOT + TAIL)
    assert requests <= 4 * len(names)


def test_all_columns_move_every_byte_once(emulator, mount, tables):
    platform, mounted = ready(emulator, mount, tables, ["big.parquet"])
    sql = "SELECT count(*) AS n, bit_xor(hash(t)) AS sum FROM read_parquet('{}') t"
    assert query(sql.format(mounted / worlds.path("big.parquet"))) \
        == query(sql.format(tables["big.parquet"]))
    moved, _ = asked(platform)
    assert moved <= os.path.getsize(tables["big.parquet"])


def test_a_copy_pays_nothing_for_columns(emulator, mount, tables):
    names = [name for name in tables if name.startswith("part")]
    platform, mounted = ready(emulator, mount, tables, names)
    for name in names:
        assert access.run(access.sha256, mounted / worlds.path(name)) \
            == access.run(access.sha256, tables[name])
    moved, _ = asked(platform)
    assert moved == sum(os.path.getsize(tables[name]) for name in names)


def test_without_it_a_column_is_read_too(emulator, mount, tables):
    platform, mounted = ready(emulator, mount, tables, ["big.parquet"], no_parquet=True)
    sql = "SELECT bit_xor(hash(score)) AS total FROM read_parquet('{}')"
    assert query(sql.format(mounted / worlds.path("big.parquet"))) \
        == query(sql.format(tables["big.parquet"]))
    asked(platform)


FOOTERS = {
    "no magic": lambda b: b[:-4] + b"PAR2",
    "a length beyond the file": lambda b: b[:-8] + b"\xff\xff\xff\x7f" + b[-4:],
    "a length of nothing": lambda b: b[:-8] + b"\0\0\0\0" + b[-4:],
    "bytes of nothing": lambda b: b[:-4096] + bytes(4088) + b[-8:],
    "ones": lambda b: b[:-4096] + b"\xff" * 4088 + b[-8:],
    "encrypted": lambda b: b[:-4] + b"PARE",
}


@pytest.mark.parametrize("wrong", FOOTERS)
def test_a_footer_that_makes_no_sense_fails_no_read(emulator, mount, tables, tmp_path, wrong):
    with open(tables["part-00000.parquet"], "rb") as handle:
        broken = FOOTERS[wrong](handle.read())
    path = tmp_path / "broken.parquet"
    path.write_bytes(broken)
    made = {"broken.parquet": str(path)}
    platform, mounted = ready(emulator, mount, made, ["broken.parquet"])
    here = mounted / worlds.path("broken.parquet")
    size = len(broken)
    # By the end first, as a reader of columns does, then all over.
    for offset, length in [(size - 8, 8), (size - 4096, 4096), (size // 2, 65536),
                           (4, 100), (0, size)]:
        found = access.run(access.read, here, offset, length)
        assert found == broken[offset:offset + length]
    asked(platform)
