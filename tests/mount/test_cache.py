"""What a cache keeps, through mounts that come and go."""

import hashlib
import json
import os
import random
import stat
import subprocess
import time

import pytest

import access
import worlds
from conftest import until
from worlds import FOLDER, MIB, batch, dataset, part, path, world

PARTS = 4
SIZE = 3 * MIB + 123


def several(size=SIZE, parts=PARTS):
    """A batch of parts, and one that no test reads by the way."""
    return world(dataset(1, batch(1, *[part(f"part-{n}", length=size, seed=n + 1)
                                       for n in range(parts)]),
                         batch(2, part("other", length=SIZE, seed=99))))


OTHER = path("other", 2)


def right(mounted, platform, size=SIZE, parts=PARTS):
    """Read all parts and hold them to what they are."""
    for n in range(parts):
        wanted = hashlib.sha256(platform.content(n + 1, 0, size)).hexdigest()
        assert access.run(access.sha256, mounted / path(f"part-{n}")) == wanted, n


def gone(mounted):
    assert mounted.unmount() == 0
    assert mounted.exit_status() == 0


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


def files(cache):
    return [os.path.join(folder, name) for folder, _, names in os.walk(cache) for name in names]


# What is kept

def test_a_remount_fetches_no_byte_again(emulator, mount, cache):
    platform = emulator(several())
    first = mount(platform, cache_dir=cache)
    right(first, platform)
    gone(first)
    platform.clear()
    second = mount(platform, cache_dir=cache)
    right(second, platform)
    assert platform.count("bytes") == 0
    counted = json.loads(access.run(access.read, second / ".caifs/status.json", 0, MIB))["cache"]
    assert counted["read_bytes"] >= PARTS * SIZE and counted["missed_pages"] == 0
    assert counted["damaged"] == counted["write_errors"] == 0


def test_samples_in_parquet_too(emulator, mount, cache):
    platform = emulator(os.path.join(worlds.SAMPLES, "world.json"))
    for round in range(2):
        platform.clear()
        mounted = mount(platform, cache_dir=cache, all_datasets=True)
        for one, run in worlds.readable():
            for name, digest in worlds.sums().items():
                if name.startswith(f"{one['id']}/{run['id']}/"):
                    assert access.run(access.sha256, mounted / name) == digest
        gone(mounted)
    assert platform.count("bytes") == 0


def test_without_a_cache_nothing_is_written(emulator, mount, cache):
    platform = emulator(several())
    right(mount(platform), platform)
    assert not os.path.exists(cache)


def test_random_reads_are_kept_and_right(emulator, mount, cache):
    platform = emulator(several(parts=1))
    whole = platform.content(1, 0, SIZE)
    places = [(random.randrange(SIZE), random.randrange(1, 200000)) for _ in range(40)]
    for round in range(2):
        platform.clear()
        mounted = mount(platform, cache_dir=cache)
        for start, length in places:
            got = access.run(access.read, mounted / path("part-0"), start, length)
            assert got == whole[start:start + length]
        gone(mounted)


# The platform away

def test_a_cached_batch_is_there_without_the_platform(emulator, mount, cache):
    platform = emulator(several(), foreign=True)
    first = mount(platform, cache_dir=cache)
    right(first, platform)
    names = access.run(access.listing, first / FOLDER)
    access.run(access.listing, os.path.dirname(first / OTHER))
    gone(first)
    platform.down()
    began = time.monotonic()
    mounted = mount(platform, cache_dir=cache, timeout=10)
    assert access.run(access.listing, mounted / FOLDER) == names
    right(mounted, platform)
    assert time.monotonic() - began < 5
    # What is not there fails, and fast once it is known that all does.
    last = mounted / OTHER
    assert access.errno_of(access.read, last) in ("EIO", "ETIMEDOUT")
    began = time.monotonic()
    assert access.errno_of(access.read, last) in ("EIO", "ETIMEDOUT")
    assert time.monotonic() - began < 1
    time.sleep(5.5)         # it is tried again, and is no slower for that
    began = time.monotonic()
    assert access.errno_of(access.read, last) in ("EIO", "ETIMEDOUT")
    assert time.monotonic() - began < 1
    assert "cannot be reached" in mounted.log()
    platform.up()
    until(lambda: access.outcome(access.sha256, last) ==
          ("value", hashlib.sha256(platform.content(99, 0, SIZE)).hexdigest()), 30, "the other part")


def test_without_a_listing_there_is_no_mount(emulator, runs, cache):
    platform = emulator(several(), foreign=True)
    platform.down()
    assert runs().begin(platform, {"cache_dir": cache, "timeout": 3}, {}) == 1


def test_a_slow_list_is_served_from_the_cache(emulator, mount, cache):
    platform = emulator(several())
    gone(mount(platform, cache_dir=cache))
    platform.rules([{"match": {"op": "datasets"}, "delay_ms": 6000}])
    began = time.monotonic()
    mounted = mount(platform, cache_dir=cache)
    assert access.run(access.listing, mounted.path) == [worlds.NAME]
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_not_masked(emulator, runs, mount, cache, status):
    platform = emulator(several())
    first = mount(platform, cache_dir=cache)
    access.run(access.listing, first / FOLDER)
    gone(first)
    platform.rules([{"match": {"op": "datasets"}, "status": status}])
    assert runs().begin(platform, {"cache_dir": cache}, {}) == 1


def test_a_list_that_is_not_there_is_not_masked(emulator, mount, cache):
    platform = emulator(several())
    gone(mount(platform, cache_dir=cache))
    platform.rules([{"match": {"op": "datasets"}, "status": 404}])
    assert access.run(access.listing, mount(platform, cache_dir=cache).path) == []


def test_a_refused_byte_is_not_masked(emulator, mount, cache):
    platform = emulator(several())
    mounted = mount(platform, cache_dir=cache)
    access.run(access.read, mounted / path("part-0"), 0, 4096)
    platform.rules([{"match": {"op": "bytes"}, "status": 403}])
    assert access.errno_of(access.read, mounted / path("part-1")) == "EACCES"


# Offline

def test_offline_asks_for_nothing(emulator, mount, cache):
    platform = emulator(several())
    first = mount(platform, cache_dir=cache)
    right(first, platform)
    access.run(access.listing, os.path.dirname(first / OTHER))
    gone(first)
    platform.clear()
    # Not even for a token.
    mounted = mount(platform, cache_dir=cache, offline=True, env={"CAIFS_CLIENT_SECRET": None})
    right(mounted, platform)
    began = time.monotonic()
    assert access.errno_of(access.read, mounted / OTHER) == "EIO"
    assert time.monotonic() - began < 1
    assert platform.record() == []


def test_offline_needs_a_cache(emulator, runs):
    one = runs()
    assert one.begin(emulator(several()), {"offline": True}, {}) == 2
    assert "cache_dir" in one.stderr()


# The directory

def test_it_is_private(emulator, mount, cache):
    platform = emulator(several())
    mounted = mount(platform, cache_dir=cache)
    right(mounted, platform)
    gone(mounted)
    assert stat.S_IMODE(os.stat(cache).st_mode) == 0o700
    for name in files(cache):
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o600
        assert "part-0" not in os.path.basename(name)
        with open(name, "rb") as handle:
            assert platform.secret.encode() not in handle.read()


def refusal(runs, platform, cache, where=None):
    one = runs()
    assert one.begin(platform, {"cache_dir": cache or one / "cache"}, {}) == 2
    assert "cache_dir" in one.stderr()
    return one.stderr()


def test_what_others_may_read_is_refused(emulator, runs, cache):
    os.mkdir(cache, 0o755)
    os.chmod(cache, 0o755)
    assert "chmod 700" in refusal(runs, emulator(several()), cache)


def test_a_link_is_refused(emulator, runs, cache, tmp_path):
    os.mkdir(tmp_path / "real", 0o700)
    os.symlink(tmp_path / "real", cache)
    assert "link" in refusal(runs, emulator(several()), cache)


def test_one_in_the_mountpoint_is_refused(emulator, runs):
    assert "mountpoint" in refusal(runs, emulator(several()), None)


def test_a_missing_parent_is_refused(emulator, runs, cache):
    refusal(runs, emulator(several()), cache + "/no/such")


@pytest.fixture
def small(tmp_path):
    """A cache directory of its own that is soon full."""
    where = str(tmp_path / "small")
    os.mkdir(where, 0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", where]).returncode:
        pytest.skip("no right to mount a tmpfs")
    yield where
    assert subprocess.run(["umount", where]).returncode == 0


def test_a_cache_that_is_too_small_does_no_harm(emulator, mount, small):
    platform = emulator(several(12 * MIB, 4))
    for _ in range(2):
        mounted = mount(platform, cache_dir=small)
        right(mounted, platform, 12 * MIB, 4)
        gone(mounted)


# Several

def test_two_mounts_fetch_once(emulator, mount, cache):
    size, parts = 16 * MIB, 4
    platform = emulator(several(size, parts))
    mounts = [mount(platform, cache_dir=cache) for _ in range(2)]
    children = [access.start(access.sha256, one / path(f"part-{n}"))
                for n in range(parts) for one in mounts]
    for number, child in enumerate(children):
        wanted = hashlib.sha256(platform.content(number // 2 + 1, 0, size)).hexdigest()
        assert access.settled(child) == ("value", wanted)
    assert platform.bytes_sent("bytes") <= 1.05 * size * parts
