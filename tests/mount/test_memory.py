"""Many readers in a small memory: bytes moved are bytes asked for, by the emulator's record."""

import os
import signal

import pytest

import access
import worlds
from conftest import until
from emulator import content
from worlds import FOLDER, MIB, part, scores

READERS = 150
# What may be moved beside what was asked for.
MORE = 1.1


def read_in_steps(path, offset, size, how):
    """What is read of a part by its program, a step at a time."""
    step = 128 * 1024
    handle = os.open(path, os.O_RDONLY | (os.O_DIRECT if how == "direct" else 0))
    try:
        if how == "mmap":
            return access.map_read(handle, offset, size)
        return b"".join(access.pread(handle, at, step, how == "direct")
                        for at in range(offset, offset + size, step))
    finally:
        os.close(handle)


def world_of(kind):
    """The parts, and where each reader reads: its path, seed, and offset there."""
    if kind == "a part each":
        return (scores({**part("p{n}", MIB, 3), "repeat": READERS}),
                [(worlds.path(f"p{n}"), 3 + n, 0) for n in range(READERS)])
    return (scores(part("p", READERS * MIB, 3)),
            [(worlds.path("p"), 3, n * MIB) for n in range(READERS)])


def settled(platform):
    until(lambda: all(one["done"] for one in platform.record()), 20, "the last answers")
    return platform.bytes_sent("bytes")


@pytest.mark.parametrize("memory", ["8M", "16M"])
@pytest.mark.parametrize("how", ["buffered", "direct", "mmap"])
@pytest.mark.parametrize("kind", ["a part each", "one part"])
def test_many_readers_move_what_they_ask_for(emulator, mount, kind, how, memory):
    world, places = world_of(kind)
    platform = emulator(world)
    mounted = mount(platform, memory=memory, no_parquet=True)
    access.run(access.listing, mounted / FOLDER)
    platform.clear()
    readers = [access.start(read_in_steps, mounted / path, offset, MIB, how)
               for path, _, offset in places]
    for reader, (_, seed, offset) in zip(readers, places):
        assert reader.hear(90) == content.read(seed, offset, MIB)
    moved = settled(platform)
    print(f"{moved / MIB:.1f} MiB moved for {READERS}")
    assert moved <= READERS * MIB * MORE


@pytest.mark.parametrize("memory", ["8M", "16M"])
@pytest.mark.parametrize("how", ["buffered", "direct"])
def test_readers_that_are_killed_cost_no_more(emulator, mount, how, memory):
    """Every third is, while it waits; those who are left get their bytes."""
    world, places = world_of("a part each")
    platform = emulator(world)
    mounted = mount(platform, memory=memory, no_parquet=True)
    access.run(access.listing, mounted / FOLDER)
    platform.clear()
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 30}])
    readers = [access.start(read_in_steps, mounted / path, offset, MIB, how)
               for path, _, offset in places]
    for reader in readers[::3]:
        reader.signal(signal.SIGKILL)
    for n, (reader, (_, seed, offset)) in enumerate(zip(readers, places)):
        if n % 3:
            assert reader.hear(90) == content.read(seed, offset, MIB)
    moved = settled(platform)
    print(f"{moved / MIB:.1f} MiB moved for {READERS}")
    assert moved <= READERS * MIB * MORE


def test_what_was_read_stays_while_there_is_memory(emulator, mount):
    """A stream that begins drops nothing where most of the memory holds nothing."""
    few = 8
    platform = emulator(scores({**part("p{n}", 4 * MIB, 3), "repeat": few}))
    mounted = mount(platform, memory="1G", no_parquet=True)
    for n in range(few):
        access.run(read_in_steps, mounted / worlds.path(f"p{n}"), 0, 4 * MIB, "direct")
    settled(platform)
    platform.clear()
    for n in range(few):
        assert access.run(read_in_steps, mounted / worlds.path(f"p{n}"), 0, 4 * MIB, "direct") \
            == content.read(3 + n, 0, 4 * MIB)
    assert [one for one in platform.record() if one["op"] == "bytes"] == []
