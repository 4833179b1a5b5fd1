"""A cache whose process is killed, whose disk is small, whose platform is gone."""

import os
import random
import signal
import subprocess
import time

import pytest

import access
from emulator import content
from test_cache import PARTS, SIZE, gone, right, several
from test_parquet import make, query, world_of
from worlds import FOLDER, MIB, batch, dataset, part, path, world

# Seconds of killing, unless it is said how often.
KILLING = 35


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


def compare(name, seed, size, step=4 * MIB):
    """Whether a file has the bytes that it should; and how much of it was read."""
    handle = os.open(name, os.O_RDONLY)
    at = 0
    while at < size:
        try:
            found = os.pread(handle, step, at)
        except OSError:
            return True, at         # an error is no wrong byte, as an end would be
        if not found or found != content.read(seed, at, len(found)):
            return False, at
        at += len(found)
    return True, size


def kill_once(one, platform, cache, chance):
    """One life: what is read until its end must be right."""
    assert one.begin(platform, {"cache_dir": cache}, {}, foreground=True) is None
    numbers = chance.sample(range(PARTS), 2)
    readers = [access.start(compare, one / path(f"part-{n}"), n + 1, SIZE, MIB) for n in numbers]
    time.sleep(chance.uniform(0, 0.12))
    one.signal(signal.SIGKILL)
    one.exit_status()
    one.pid = None
    one.unmount("-u", "-z")
    for reader in readers:
        kind, value = access.settled(reader)
        # A reader that opens too late finds no mount: that is an errno.
        assert kind == "errno" or kind == "value" and value[0], (kind, value)
    access.close_all()


def test_killed_at_any_instant(emulator, runs, mount, cache):
    """CAIFS_TEST_KILLS=1000 kills so often, CAIFS_TEST_SEED=N at the instants of then."""
    platform = emulator(several())
    seed = int(os.environ.get("CAIFS_TEST_SEED", "0")) or random.randrange(1, 1 << 32)
    wanted = int(os.environ.get("CAIFS_TEST_KILLS", "0"))
    print(f"CAIFS_TEST_SEED={seed}")
    chance, done, end = random.Random(seed), 0, time.monotonic() + KILLING
    while done < wanted if wanted else time.monotonic() < end:
        kill_once(runs(), platform, cache, chance)
        done += 1
    print(f"killed {done} times")
    mounted = mount(platform, cache_dir=cache)
    right(mounted, platform)
    gone(mounted)
    platform.clear()
    right(mount(platform, cache_dir=cache), platform)
    assert platform.count("bytes") == 0
    assert done >= 20, "a machine too slow to tell anything"


@pytest.fixture
def small(tmp_path):
    """A disk of 64 MiB of its own."""
    where = str(tmp_path / "small")
    os.mkdir(where, 0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "none",
                       where]).returncode:
        pytest.skip("no right to mount a tmpfs")
    yield where
    assert subprocess.run(["umount", where]).returncode == 0


def test_a_gib_through_a_cache_of_64_mib(emulator, mount, small):
    size, parts = 64 * MIB, 16
    platform = emulator(several(size, parts))
    mounted = mount(platform, cache_dir=small)
    for n in range(parts):
        assert access.run(compare, mounted / path(f"part-{n}"), n + 1, size, limit=60) \
            == (True, size)
    gone(mounted)
    assert "errno=" not in mounted.log()
    used = os.statvfs(small)
    assert used.f_bavail > 0 and used.f_bavail < used.f_blocks


def test_duckdb_on_a_cached_batch_while_the_platform_is_away(emulator, mount, cache,
                                                             tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    made = {name: str(folder / name) for name in ("a.parquet", "b.parquet")}
    for name in made.values():
        make(name, 30_000, 15_000)
    tables = world_of(made, *made)["datasets"][0]["batches"]
    platform = emulator(world(dataset(1, *tables, batch(2, part("other", SIZE, 9)))), foreign=True)
    sql = "SELECT count(*) AS n, bit_xor(hash(t)) AS sum FROM read_parquet('{}/*.parquet') t"
    first = mount(platform, cache_dir=cache)
    here = query(sql.format(folder))
    assert query(sql.format(first / FOLDER)) == here
    other = path("other", 2)
    access.run(os.stat, first / other)
    gone(first)
    platform.down()
    mounted = mount(platform, cache_dir=cache)
    assert access.run(access.listing, mounted / FOLDER) == sorted(made)
    for name, place in made.items():
        copy = str(folder / f"copy of {name}")
        subprocess.run(["timeout", "-s", "KILL", "20", "cp", mounted / path(name), copy], check=True)
        assert access.sha256(copy) == access.sha256(place)
        os.unlink(copy)
    assert query(sql.format(mounted / FOLDER)) == here
    # What is not there: it is known by now, or soon, that all fails.
    access.errno_of(access.read, mounted / other)
    began = time.monotonic()
    assert access.errno_of(access.read, mounted / other) == "EIO"
    assert time.monotonic() - began < 1
