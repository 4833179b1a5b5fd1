"""`caifs warm`: what it brings, what it asks for, and what is there afterwards."""

import contextlib
import fcntl
import glob
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time

import pytest

import access
import worlds
from conftest import until
from test_cache import PARTS, SIZE, gone, right, several
from test_parquet import OVERSHOOT, TAIL, chunks, make, query, world_of
from worlds import FOLDER, MIB, NAME, path

NAMES = [path(f"part-{n}") for n in range(PARTS)]
PAGE = 4096


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


def warm(caifs, *words, limit=60):
    return subprocess.run(["timeout", "-s", "KILL", str(limit), caifs, "warm", *words],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)


def told(caifs, *words, status=0):
    """What --json says."""
    done = warm(caifs, "--json", *words)
    assert done.returncode == status, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    return json.loads(lines[0])


def ready(emulator, mount, cache, world=None, **options):
    platform = emulator(world or several(), foreign=True)
    return platform, mount(platform, cache_dir=cache, **options)


# What is brought

def test_a_batch_is_there_without_the_platform(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)
    done = told(caifs, mounted / FOLDER)
    assert (done["parts"], done["cached"], done["failed"]) == (PARTS, PARTS, 0)
    assert done["cached_bytes"] == PARTS * SIZE and done["cached_before_bytes"] == 0
    assert platform.bytes_sent("bytes") == PARTS * SIZE
    gone(mounted)
    platform.down()
    again = mount(platform, cache_dir=cache)
    right(again, platform)


def test_a_second_time_asks_for_nothing(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)
    told(caifs, mounted / FOLDER)
    platform.clear()
    done = told(caifs, mounted / FOLDER)
    assert done["cached_before_bytes"] == done["cached_bytes"] == PARTS * SIZE
    assert platform.count("bytes") == 0


def test_datasets_batches_parts_and_latest(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache, show_latest=True)
    # The dataset holds all that is named besides: each part once, the link not.
    done = told(caifs, mounted / NAMES[0], mounted / FOLDER, mounted / NAME)
    assert done["parts"] == done["cached"] == PARTS + 1
    assert platform.bytes_sent("bytes") == (PARTS + 1) * SIZE
    latest = told(caifs, mounted / f"{NAME}/latest")
    assert latest["cached"] in (1, PARTS)
    assert latest["cached_before_bytes"] == latest["cached_bytes"] > 0


def test_what_memory_and_the_kernel_have_is_kept_too(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)
    right(mounted, platform)
    told(caifs, mounted / FOLDER)
    for name in glob.glob(f"{cache}/??/*.part"):
        os.unlink(name)
    right(mounted, platform)            # from memory, or the kernel's pages
    assert not glob.glob(f"{cache}/??/*.part")
    done = told(caifs, mounted / FOLDER)
    assert done["cached"] == PARTS and done["cached_before_bytes"] == 0
    gone(mounted)
    platform.down()
    right(mount(platform, cache_dir=cache), platform)


def test_a_part_that_is_held_open_meanwhile(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)

    def hold(name):
        handle = os.open(name, os.O_RDONLY)
        whole = os.pread(handle, MIB, 0)
        for one in glob.glob(f"{cache}/??/*.part"):
            os.unlink(one)
        done = warm(caifs, os.path.dirname(name))
        assert done.returncode == 0, done.stderr
        return whole == os.pread(handle, MIB, 0)
    assert access.run(hold, mounted / NAMES[0])
    gone(mounted)
    platform.clear()
    again = mount(platform, cache_dir=cache)
    access.run(access.sha256, again / NAMES[0])
    assert platform.count("bytes") == 0


def test_empty_parts_are_no_trouble(emulator, mount, caifs, cache):
    world = worlds.scores(worlds.part("empty", 0), worlds.part("one", 1))
    platform, mounted = ready(emulator, mount, cache, world)
    done = told(caifs, mounted / FOLDER)
    assert (done["cached"], done["cached_bytes"]) == (2, 1)


# Resuming

def begun(caifs, *words, **more):
    return subprocess.Popen([caifs, "warm", *words], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_and_run_again_it_asks_for_what_is_missing(emulator, mount, caifs, cache, number):
    size, parts = 8 * MIB, 4
    platform, mounted = ready(emulator, mount, cache, several(size, parts), connections=2)
    platform.rules([{"match": {"op": "bytes"}, "drip_bps": 8 * MIB}])
    process = begun(caifs, mounted / FOLDER)
    until(lambda: platform.bytes_sent("bytes") > 6 * MIB, 20, "some bytes")
    began = time.monotonic()
    process.send_signal(number)
    out, errors = process.communicate(timeout=10)
    assert process.returncode == 128 + number, errors
    assert time.monotonic() - began < 5
    assert "Run it again" in out and "parts are disk cached" in out
    platform.rules([])
    until(lambda: all(one["done"] for one in platform.record()), 10, "the last answers")
    had = platform.bytes_sent("bytes")
    assert had < size * parts
    platform.clear()
    assert told(caifs, mounted / FOLDER)["cached"] == parts
    # What was cut off on its way may come again.
    assert platform.bytes_sent("bytes") <= size * parts - had + parts * 4 * MIB
    assert platform.bytes_sent("bytes") < size * parts
    gone(mounted)
    platform.clear()
    right(mount(platform, cache_dir=cache), platform, size, parts)
    assert platform.count("bytes") == 0


def test_it_stops_while_a_read_hangs(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache, timeout=60)
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 40000}])
    process = begun(caifs, mounted / FOLDER)
    until(lambda: platform.count("bytes"), 10, "a request")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert time.monotonic() - began < 5


# What goes wrong

def test_a_part_that_cannot_be_read_is_named_and_the_others_come(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)
    platform.rules([{"match": {"op": "bytes", "query": "part-2"}, "status": 403}])
    done = warm(caifs, "--json", mounted / FOLDER)
    assert done.returncode == 1
    assert "part-2: Permission denied" in done.stderr and "part-1" not in done.stderr
    said = json.loads(done.stdout)
    assert (said["cached"], said["failed"]) == (PARTS - 1, 1)


def test_without_a_cache_it_says_so(emulator, mount, caifs):
    mounted = mount(emulator(several()))
    for where in (mounted.path, mounted / NAMES[0]):
        done = warm(caifs, where)
        assert done.returncode == 2 and "cache_dir" in done.stderr


def test_what_is_in_no_mount_is_said(emulator, mount, caifs, cache, tmp_path):
    platform, mounted = ready(emulator, mount, cache)
    for where in (str(tmp_path), __file__):
        done = warm(caifs, where, mounted / FOLDER)
        assert done.returncode == 2 and "not in a mount of caifs" in done.stderr
    assert platform.count("bytes") == 0


def test_what_does_not_exist_fails_and_the_others_come(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)
    done = warm(caifs, mounted / "no/such", mounted / FOLDER)
    assert done.returncode == 1 and "no/such: No such file" in done.stderr
    assert platform.bytes_sent("bytes") == PARTS * SIZE


@pytest.mark.parametrize("words", [[], ["--what", "x"], ["--columns"], ["--columns", "a,,b", "x"],
                                   ["--columns=", "x"], ["--json"]])
def test_wrong_words_are_wrong_usage(caifs, words):
    done = warm(caifs, *words)
    assert done.returncode == 2 and "usage" in done.stderr


def test_more_than_the_cache_holds_is_refused(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache, several(24 * MIB, 3), cache_size="64M")
    done = warm(caifs, mounted / FOLDER)
    assert done.returncode == 2 and "cache_size" in done.stderr
    assert platform.count("bytes") == 0


def test_a_disk_without_room_is_said(emulator, mount, caifs, small):
    platform, mounted = ready(emulator, mount, small, several(12 * MIB, 2))
    done = warm(caifs, mounted / FOLDER)
    assert done.returncode == 1 and "the cache is full" in done.stderr
    right(mounted, platform, 12 * MIB, 2)


@pytest.fixture
def small(tmp_path):
    where = str(tmp_path / "small")
    os.mkdir(where, 0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", where]).returncode:
        pytest.skip("no right to mount a tmpfs")
    yield where
    assert subprocess.run(["umount", "-l", where]).returncode == 0


def test_other_ioctls_are_none(emulator, mount, cache):
    _, mounted = ready(emulator, mount, cache)
    ask = 3 << 30 | 32 << 16 | 0xca << 8 | 1

    def call(number, offset=0, size=0):
        handle = os.open(mounted / NAMES[0], os.O_RDONLY)
        return struct.unpack("qqqq", fcntl.ioctl(handle, number,
                                                 struct.pack("qqqq", offset, size, 0, 0)))
    assert access.run(call, ask, 0, 1 << 62)[2:] == (0, 10 << 30)
    assert access.run(call, ask, 1 << 62, 1 << 62)[2] == 0
    access.run(access.read, mounted / NAMES[0], 0, 1)
    assert access.run(call, ask, 1, 1)[2] == 1
    assert access.errno_of(call, ask, -1, 5) == "EINVAL"
    assert access.errno_of(call, ask, 0, -1) == "EINVAL"
    assert access.errno_of(call, ask + 1) == "ENOTTY"


# What is shown

def test_a_line_a_file_where_there_is_no_terminal(emulator, mount, caifs, cache):
    _, mounted = ready(emulator, mount, cache)
    for there in ("", ", was cached before"):
        done = warm(caifs, mounted / FOLDER)
        lines = done.stdout.splitlines()
        assert sorted(lines[:-1]) == [f"{mounted / name}: 3.0 MiB{there}" for name in NAMES]
        assert f"{PARTS} of {PARTS} parts are disk cached: 12 MiB" in lines[-1]
        assert done.stderr == ""


def on_terminal(words, columns=100):
    """What a program writes to a terminal on its stderr, and its exit status."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    process = subprocess.Popen(["timeout", "-s", "KILL", "60", *words], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=theirs,
                               env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):
        while True:
            piece = os.read(ours, 4096)
            if not piece:
                break
            said += piece
    os.close(ours)
    out = process.stdout.read().decode()
    return said.decode(), out, process.wait()


def test_a_bar_on_a_terminal(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache, several(4 * MIB, 4), connections=1)
    platform.rules([{"match": {"op": "bytes"}, "drip_bps": 6 * MIB}])
    said, out, status = on_terminal([caifs, "warm", mounted / FOLDER])
    assert status == 0
    drawn = said.replace("\x1b[K", "").split("\r")
    assert all(len(line) < 100 for line in drawn)
    assert any(re.fullmatch(r" *\d+ % \[#*\.*\] [\d.]+ [KM]?i?B of 16 MiB, [\d.]+ [KM]iB/s, "
                            r"\d+:\d\d left", line) for line in drawn), drawn
    percents = [int(found[1]) for found in (re.match(r" *(\d+) %", line) for line in drawn) if found]
    assert percents == sorted(percents) and percents[-1] <= 100
    assert said.endswith("\r\x1b[K")        # and nothing is left of it
    assert "part-" not in out and "4 of 4 parts are disk cached" in out


def test_what_fails_is_said_beside_the_bar(emulator, mount, caifs, cache):
    platform, mounted = ready(emulator, mount, cache)
    platform.rules([{"match": {"op": "bytes", "query": "part-2"}, "status": 403},
                    {"match": {"op": "bytes"}, "drip_bps": 6 * MIB}])
    said, _, status = on_terminal([caifs, "warm", mounted / FOLDER], columns=30)
    assert status == 1
    assert "part-2: Permission denied" in said


# Columns

ROWS = 80_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    made = {name: str(folder / name) for name in ("a.parquet", "b.parquet")}
    for name in made.values():
        make(name, ROWS, ROWS // 4)
    return made


def spans(tables, *columns):
    """The most that the chunks of some columns may cost."""
    sizes = [size for name in tables.values() for column in columns
             for size in chunks(name, column)]
    return sum(sizes) + len(sizes) * (OVERSHOOT + 2 * PAGE) + len(tables) * TAIL


def test_columns_alone_are_brought(emulator, mount, caifs, cache, tables):
    platform, mounted = ready(emulator, mount, cache, world_of(tables, *tables))
    done = told(caifs, "--columns", "score", mounted / FOLDER)
    assert done["cached"] == 2
    whole = sum(os.path.getsize(name) for name in tables.values())
    assert platform.bytes_sent("bytes") <= spans(tables, "score") < whole / 2
    assert platform.bytes_sent("bytes") >= sum(
        size for name in tables.values() for size in chunks(name, "score"))
    gone(mounted)
    platform.clear()
    again = mount(platform, cache_dir=cache)
    sql = "SELECT count(*) AS n, bit_xor(hash(score)) AS total FROM read_parquet('{}/*.parquet')"
    assert query(sql.format(again / FOLDER)) \
        == query(sql.format(os.path.dirname(tables["a.parquet"])))
    assert platform.count("bytes") == 0
    # And again: nothing new is wanted.
    assert told(caifs, "--columns=score", again / FOLDER)["cached_before_bytes"] == done["cached_bytes"]
    assert platform.count("bytes") == 0


def test_columns_with_the_platform_gone(emulator, mount, caifs, cache, tables):
    platform, mounted = ready(emulator, mount, cache, world_of(tables, *tables))
    told(caifs, "--columns", "id,percentile", mounted / FOLDER)
    gone(mounted)
    platform.down()
    again = mount(platform, cache_dir=cache)
    sql = "SELECT sum(id) AS i, sum(percentile) AS p FROM read_parquet('{}/*.parquet')"
    assert query(sql.format(again / FOLDER)) \
        == query(sql.format(os.path.dirname(tables["a.parquet"])))


def test_an_unknown_column_is_an_error_that_names_those_there_are(emulator, mount, caifs, cache,
                                                                  tables):
    platform, mounted = ready(emulator, mount, cache, world_of(tables, *tables))
    done = warm(caifs, "--columns", "score,scroe", mounted / FOLDER)
    assert done.returncode == 2
    assert "'scroe'" in done.stderr and "id, score, percentile, reason0" in done.stderr
    assert platform.bytes_sent("bytes") <= len(tables) * TAIL


def test_nested_columns_by_their_path_or_what_they_are_in(emulator, mount, caifs, cache, tmp_path):
    name = str(tmp_path / "nested.parquet")
    query("COPY (SELECT i AS id, {'churn': {'score': i / 7.0, 'why': md5(i::VARCHAR)}, "
          "'seen': md5((i * 3)::VARCHAR)} AS t, md5((i * 5)::VARCHAR) AS rest "
          f"FROM range(100000) r(i)) TO '{name}' (FORMAT parquet, COMPRESSION snappy)")
    made = {"nested.parquet": name}
    moved = {}
    for columns in ("t.churn.score", "t.churn", "t"):
        platform, mounted = ready(emulator, mount, f"{cache}-{columns}", world_of(made, *made))
        done = told(caifs, "--columns", columns, mounted / FOLDER)
        moved[columns] = done["cached_bytes"]
        gone(mounted)
    # DuckDB writes paths with ", " between names.
    score, why, seen = (sum(chunks(name, f"t, {leaf}"))
                        for leaf in ("churn, score", "churn, why", "seen"))
    assert moved["t.churn.score"] >= score
    assert moved["t.churn"] >= score + why and moved["t"] >= score + why + seen
    assert moved["t.churn.score"] < moved["t.churn"] < moved["t"] < os.path.getsize(name)


def test_what_is_no_parquet_is_left_out_and_said(emulator, mount, caifs, cache, tables):
    world = world_of(tables, "a.parquet")
    world["datasets"][0]["batches"][0]["files"][0]["parts"].append(worlds.part("notes", MIB, 5))
    platform, mounted = ready(emulator, mount, cache, world)
    done = warm(caifs, "--json", "--columns", "score", mounted / FOLDER)
    assert done.returncode == 0
    assert "notes: skipped: not a parquet file" in done.stderr
    assert json.loads(done.stdout)["skipped"] == 1
