"""Parts that change at the platform while they are mounted: no two versions behind one handle."""

import mmap
import os

import pytest

import access
import worlds
from conftest import until
from emulator import content
from worlds import FOLDER, MIB, part, scores

SIZE = 16 * MIB     # what is fetched ahead of a first read does not reach the middle
FIRST, SECOND = '"first"', '"second"'
PART = worlds.path("p0")
HALF = SIZE // 2


def other(data):
    """What the rule `corrupt` makes of it: another byte in each page."""
    changed = bytearray(data)
    for place in range(0, len(changed), 4096):
        changed[place] ^= 0xFF
    return bytes(changed)


OLD = content.read(3, 0, SIZE)


def new(offset, size):
    """Of the second version; a range of the tests begins with a page."""
    return other(OLD[offset:offset + size])


def first_version(platform):
    platform.rules([{"match": {"op": "bytes"}, "etag": FIRST}])


def second_version(platform, **more):
    platform.rules([{"match": {"op": "bytes"}, "etag": SECOND, "corrupt": True, **more}])


def mounted_with(emulator, mount, parts=1, **options):
    platform = emulator(scores({**part("p{n}", SIZE, 3), "repeat": parts}))
    first_version(platform)
    mounted = mount(platform, no_parquet=True, **{"memory": "8M", **options})
    access.run(access.listing, mounted / FOLDER)
    return platform, mounted


def one_page(path, offset=0, how="direct"):
    return access.read(path, offset, 4096, how)


def held_open(path):
    """Reads where it is told to, from one handle; gives the bytes or the errno's name."""
    handle = os.open(path, os.O_RDONLY)
    told = yield os.fstat(handle).st_ino
    for offset in (0, HALF, 0, HALF + 65536):
        try:
            told = access.pread(handle, offset, 4096)
        except OSError as error:
            told = error.strerror
        yield told
    os.close(handle)
    return None


def inode(path):
    return os.stat(path).st_ino


def test_a_changed_part_is_another_at_once(emulator, mount):
    platform, mounted = mounted_with(emulator, mount)
    reader = access.start(held_open, mounted / PART)
    number = reader.hear()
    reader.go()
    assert reader.hear() == OLD[:4096]
    second_version(platform)
    reader.go()
    assert reader.hear() == "Stale file handle"
    # Whoever opens it now has the second, while the old handle is still open.
    assert access.run(one_page, mounted / PART, HALF) == new(HALF, 4096)
    assert access.run(one_page, mounted / PART, 0, "buffered") == new(0, 4096)
    assert access.run(inode, mounted / PART) != number
    reader.go()
    assert reader.hear() in ("Stale file handle", OLD[:4096])
    reader.go()
    assert reader.hear() == "Stale file handle"
    reader.go()
    reader.hear()


def test_a_part_that_changes_again_and_again(emulator, mount):
    platform, mounted = mounted_with(emulator, mount)
    numbers = set()
    for turn in range(6):
        tag = f'"{turn}"'
        platform.rules([{"match": {"op": "bytes"}, "etag": tag,
                         **({"corrupt": True} if turn % 2 else {})}])
        # The first to read of the old one is told; then it is another.
        access.outcome(one_page, mounted / PART, HALF + turn * 65536)
        assert access.run(one_page, mounted / PART, 0) == (
            new(0, 4096) if turn % 2 else OLD[:4096])
        numbers.add(access.run(inode, mounted / PART))
    assert len(numbers) == 6


def test_the_first_number_is_the_same_in_every_mount(emulator, mount):
    platform, mounted = mounted_with(emulator, mount)
    again = mount(platform, no_parquet=True)
    assert access.run(inode, mounted / PART) == access.run(inode, again / PART)


@pytest.mark.parametrize("many", [40, 6500])
def test_a_version_is_known_as_long_as_the_kernel_has_pages(emulator, mount, many):
    """However many other parts are read meanwhile, and whoever's sibling it is."""
    platform, mounted = mounted_with(emulator, mount, parts=many)
    target = mounted / worlds.path("p1")
    old = content.read(4, 0, SIZE)

    def read_others():
        for n in range(2, many):
            one_page(mounted / worlds.path(f"p{n}"), 0, "buffered")

    def two_places():
        before = os.open(mounted / worlds.path("p0"), os.O_RDONLY)
        handle = os.open(target, os.O_RDONLY)
        try:
            first = access.pread(handle, 0, 4096)
            try:
                return first, access.pread(handle, HALF, 4096)
            except OSError as error:
                return first, error.strerror
        finally:
            os.close(handle)
            os.close(before)
    assert access.run(one_page, target, 0, "buffered") == old[:4096]
    access.run(read_others, limit=120)
    second_version(platform)
    first, second = access.run(two_places)
    if second == "Stale file handle":
        assert first == old[:4096]
    else:
        assert (first, second) == (other(old[:4096]), other(old[HALF:HALF + 4096]))


def test_the_kernel_s_pages_go_with_the_version(emulator, mount):
    platform, mounted = mounted_with(emulator, mount)

    def mapped():
        handle = os.open(mounted / PART, os.O_RDONLY)
        map_ = mmap.mmap(handle, SIZE, prot=mmap.PROT_READ)
        yield map_[:4096]
        # Its page is gone, and is not to be had again.
        return map_[:4096]
    reader = access.start(mapped)
    assert reader.hear() == OLD[:4096]
    second_version(platform)
    assert access.errno_of(one_page, mounted / PART, HALF) == "ESTALE"
    until(lambda: "the part has changed" in mounted.log(), 5, "the line in the log")

    reader.go()
    assert access.settled(reader) in [("signal", "SIGBUS"), ("value", OLD[:4096])]


def test_a_listing_opened_before_shows_the_new_one(emulator, mount):
    platform, mounted = mounted_with(emulator, mount, parts=3)
    assert access.run(one_page, mounted / PART) == OLD[:4096]
    second_version(platform)
    assert access.errno_of(one_page, mounted / PART, HALF) == "ESTALE"
    assert access.run(one_page, mounted / PART) == new(0, 4096)
    number = access.run(inode, mounted / PART)

    def listed():
        return {one.name: one.inode() for one in os.scandir(mounted / FOLDER)}
    assert access.run(listed)[os.path.basename(PART)] == number
    assert access.run(one_page, mounted / PART, HALF) == new(HALF, 4096)


# Answers that tell no version

def unnamed(**more):
    return {"match": {"op": "bytes"}, "headers": {"ETag": None}, **more}


@pytest.mark.parametrize("cached", [False, True])
def test_an_answer_without_a_version_proves_nothing(emulator, mount, tmp_path, cached):
    options = {"cache_dir": tmp_path / "cache"} if cached else {}
    platform, mounted = mounted_with(emulator, mount, **options)
    assert access.run(one_page, mounted / PART) == OLD[:4096]
    # Once: it is asked for again.
    platform.rules([unnamed(times=1), {"match": {"op": "bytes"}, "etag": FIRST}])
    assert access.run(one_page, mounted / PART, HALF) == OLD[HALF:HALF + 4096]
    # Always, and of other content: an error, neither wrong bytes nor a change.
    platform.rules([unnamed(corrupt=True)])
    assert access.errno_of(one_page, mounted / PART, HALF + 131072) == "EIO"
    first_version(platform)
    assert access.run(one_page, mounted / PART, HALF + 131072) == \
        OLD[HALF + 131072:HALF + 131072 + 4096]


def test_an_answer_without_a_version_wipes_no_cache(emulator, mount, tmp_path):
    options = {"cache_dir": tmp_path / "cache"}
    platform, mounted = mounted_with(emulator, mount, **options)
    assert access.run(access.read, mounted / PART, 0, HALF, "direct") == OLD[:HALF]
    mounted.unmount()
    mounted = mount(platform, no_parquet=True, **options)
    platform.rules([unnamed()])
    access.outcome(one_page, mounted / PART, SIZE - 65536)
    mounted.unmount()
    first_version(platform)
    mounted = mount(platform, no_parquet=True, **options)
    platform.clear()
    assert access.run(access.read, mounted / PART, 0, HALF - 65536, "direct") == \
        OLD[:HALF - 65536]
    assert [one for one in platform.record() if one["op"] == "bytes"] == []


def test_bytes_without_a_version_do_not_mix_with_those_of_one(emulator, mount):
    platform, mounted = mounted_with(emulator, mount)
    platform.rules([unnamed()])

    def two_places():
        handle = os.open(mounted / PART, os.O_RDONLY | os.O_DIRECT)
        first = access.pread(handle, 0, 4096, True)
        yield first
        return access.pread(handle, HALF, 4096, True)
    reader = access.start(two_places)
    assert reader.hear() == OLD[:4096]
    second_version(platform)
    reader.go()
    kind, value = access.settled(reader)
    assert (kind, value) in (("errno", "ESTALE"), ("errno", "EIO"))
