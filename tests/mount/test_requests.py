"""What each access costs in requests, by the emulator's own record."""

import os
import re
import subprocess

import pytest

import access
import worlds
from conftest import until
from emulator import content
from worlds import FOLDER, MIB, NAME, SAMPLES, batch, dataset, part, scores, world

# Asked for by age, not by access: left out of the counts of one access.
LISTS = {"token", "datasets", "dataset", "batches", "batch", "last_batches"}
BIG = 16 * MIB
PART = worlds.path("p")


def settled(platform):
    """The requests so far, when none is under way any more."""
    until(lambda: all(one["done"] for one in platform.record()), 10, "the last answers")
    return platform.record()


def costs(platform):
    """`{op: count}` without those for lists that grow old."""
    found = {}
    for one in settled(platform):
        if one["op"] not in LISTS:
            found[one["op"]] = found.get(one["op"], 0) + 1
    return found


def ranges(platform):
    """The ranges asked for, in order of their start, as (first, after last)."""
    return sorted((int(first), int(last) + 1) for one in settled(platform)
                  if one["op"] == "bytes"
                  for first, last in [re.match(r"bytes=(\d+)-(\d+)$", one["range"]).groups()])


def moved_once(platform, size):
    assert platform.bytes_sent("bytes") == size
    end = 0
    for first, after in ranges(platform):
        assert first == end, "ranges overlap or leave a gap"
        end = after
    assert end == size


def command(*words):
    done = subprocess.run(["timeout", "-s", "KILL", "60", *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def listed(mounted, *folders):
    """List these, so that only what comes after is counted."""
    for folder in folders or (FOLDER,):
        access.run(access.listing, mounted / folder)


def test_a_long_listing_of_2000_parts_costs_its_pages(emulator, mount):
    platform = emulator(scores({**part("part-{n:05d}", 100), "repeat": 2000}))
    mounted = mount(platform)
    platform.clear()
    first = command("ls", "-l", mounted / FOLDER)
    assert first.count(b"part-") == 2000
    assert costs(platform) == {"batch_files": 1, "file_list": 20}
    platform.clear()
    assert command("ls", "-l", mounted / FOLDER) == first
    assert settled(platform) == []


def test_every_kind_of_walk_costs_no_bytes(emulator, mount):
    platform = emulator(os.path.join(SAMPLES, "world.json"))
    mounted = mount(platform)
    command("find", mounted.path, "-ls")
    command("du", "-sb", mounted.path)
    command("find", mounted.path, "-size", "+1k")
    access.run(access.tree, mounted.path)
    assert not {"bytes", "head", "other"} & set(costs(platform))


def test_a_mount_and_a_first_look_cost_few_requests(emulator, mount):
    platform = emulator(os.path.join(SAMPLES, "world.json"))
    mounted = mount(platform)
    command("ls", "-l", mounted.path)
    found = [one["op"] for one in settled(platform)]
    assert found.count("token") == 1
    assert found.count("datasets") <= 2
    assert set(found) <= {"token", "datasets"}


def test_a_cold_batch_is_asked_for_once_by_all(emulator, mount):
    platform = emulator(scores({**part("part-{n:05d}", 100), "repeat": 300}))
    mounted = mount(platform)
    listed(mounted, NAME)
    platform.rules([{"match": {"op": op}, "delay_ms": 300}
                    for op in ("batch_files", "file_list", "batches")])
    platform.clear()
    folder = mounted / FOLDER
    readers = [access.start(access.listing, folder) if n % 2 else
               access.start(access.status, f"{folder}/part-{n:05d}") for n in range(50)]
    for n, reader in enumerate(readers):
        found = reader.hear()
        assert len(found) == 300 if n % 2 else found["size"] == 100
    assert costs(platform) == {"batch_files": 1, "file_list": 3}


def test_a_cold_root_is_asked_for_once_by_all(emulator, mount):
    platform = emulator(world(*(dataset(n, batch(n), name=f"{NAME} {n}") for n in range(3))))
    mounted = mount(platform)
    platform.rules([{"match": {"op": "batches"}, "delay_ms": 300}])
    platform.clear()
    readers = [access.start(access.listing, mounted / f"{NAME} {n % 3}") for n in range(30)]
    for reader in readers:
        assert len(reader.hear()) == 1
    assert platform.count("batches") == 3


def test_cp_moves_each_byte_once(emulator, mount, tmp_path, digest):
    platform = emulator(scores(part("p", BIG, 3)))
    mounted = mount(platform)
    listed(mounted)
    platform.clear()
    command("cp", mounted / PART, str(tmp_path / "copy"))
    assert (tmp_path / "copy").read_bytes() == content.read(3, 0, BIG)
    moved_once(platform, BIG)
    platform.clear()
    assert access.run(access.sha256, mounted / PART) == digest(content.read(3, 0, BIG))
    assert settled(platform) == []


@pytest.mark.parametrize("step", [4096, 65536, 128 * 1024, MIB])
@pytest.mark.parametrize("how", ["buffered", "direct", "mmap"])
def test_a_whole_part_moves_once_by_any_steps(emulator, mount, how, step):
    size = 3 * MIB + 12345
    platform = emulator(scores(part("p", size, 3)))
    mounted = mount(platform)
    listed(mounted)
    platform.clear()

    def steps(path):
        handle = os.open(path, os.O_RDONLY | (os.O_DIRECT if how == "direct" else 0))
        if how == "mmap":
            return access.map_read(handle, 0, size)
        return b"".join(access.pread(handle, at, min(step, size - at), how == "direct")
                        for at in range(0, size, step))
    assert access.run(steps, mounted / PART) == content.read(3, 0, size)
    moved_once(platform, size)


def test_two_readers_at_once_move_a_part_once(emulator, mount, digest):
    platform = emulator(scores(part("p", BIG, 3)))
    mounted = mount(platform)
    listed(mounted)
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 100}])
    platform.clear()
    readers = [access.start(access.sha256, mounted / PART, 1 << 16 << n) for n in range(2)]
    assert {reader.hear() for reader in readers} == {digest(content.read(3, 0, BIG))}
    moved_once(platform, BIG)


def test_many_readers_of_one_range_are_one_request(emulator, mount):
    platform = emulator(scores(part("p", 8192, 3)))
    mounted = mount(platform)
    listed(mounted)
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 300}])
    platform.clear()
    readers = [access.start(access.read, mounted / PART, 0, 8192, "direct")
               for _ in range(50)]
    assert {reader.hear() for reader in readers} == {content.read(3, 0, 8192)}
    moved_once(platform, 8192)


PROBES = ["_SUCCESS", ".part-00000.crc", "._SUCCESS.crc", "_metadata", "_common_metadata",
          "_delta_log", ".DS_Store", "part-00001", ".hidden", "autorun.inf"]


def test_names_that_are_not_there_cost_nothing(emulator, mount):
    platform = emulator(scores({**part("part-{n:05d}", 100), "repeat": 3, "first": 7}))
    mounted = mount(platform)
    listed(mounted, "", NAME, FOLDER)
    platform.clear()
    absent = [mounted / folder + name for folder in ("", NAME + "/", FOLDER + "/")
              for name in PROBES]
    assert set(access.errnos_of(os.lstat, absent).values()) == {"ENOENT"}
    assert settled(platform) == []


def test_a_probe_of_a_cold_batch_costs_its_listing(emulator, mount):
    platform = emulator(scores(part("p")))
    mounted = mount(platform)
    absent = [mounted / FOLDER + "/" + name for name in PROBES]
    assert set(access.errnos_of(os.lstat, absent).values()) == {"ENOENT"}
    assert costs(platform) == {"batch_files": 1, "file_list": 1}


def test_the_samples_read_twice_are_asked_for_once(emulator, mount):
    platform = emulator(os.path.join(SAMPLES, "world.json"))
    mounted = mount(platform)

    def sums():
        return {name: access.sha256(mounted / name)
                for name, one in access.tree(mounted.path).items() if one["kind"] == "-"}
    first = access.run(sums)
    assert len(first) == 14
    platform.clear()
    assert access.run(sums) == first
    assert settled(platform) == []


def test_stat_costs_no_bytes(emulator, mount):
    platform = emulator(scores(part("p", BIG)))
    mounted = mount(platform)
    assert access.run(access.status, mounted / PART)["size"] == BIG
    access.run(access.attributes, mounted / PART)
    assert costs(platform) == {"batch_files": 1, "file_list": 1}


def sample(emulator):
    platform = emulator(os.path.join(SAMPLES, "world.json"))
    one, run = worlds.readable()[0]
    member = run["files"][0]["parts"][0]
    with open(os.path.join(SAMPLES, member["file"]), "rb") as handle:
        return platform, f"{one['name']}/{run['id']}", member["path"], handle.read()


def made_up(emulator):
    return emulator(scores(part("p", BIG, 3))), FOLDER, "p", content.read(3, 0, BIG)


@pytest.mark.parametrize("how", ["buffered", "direct"])
@pytest.mark.parametrize("place", ["start", "middle", "tail"])
@pytest.mark.parametrize("kind", [sample, made_up])
def test_a_cold_open_and_first_read_is_two_requests(emulator, mount, kind, place, how):
    platform, folder, name, data = kind(emulator)
    mounted = mount(platform)
    listed(mounted, folder)
    at = {"start": 0, "middle": len(data) // 2 & ~4095, "tail": len(data) - 8}[place]
    platform.clear()
    length = min(4096, len(data) - at)
    assert access.run(access.read, mounted / f"{folder}/{name}", at, length, how) == \
        data[at:at + length]
    # Beside it, the ends of those that follow may be fetched.
    asked = [one for one in settled(platform) if one["op"] == "bytes"
             and f"path={name}" in one["query"].split("&")]
    assert 1 <= len(asked) <= 2


def parts_asked_for(platform):
    return {re.search(r"path=([^&]*)", one["query"])[1] for one in settled(platform)
            if one["op"] == "bytes"}


def four_parts(emulator, mount):
    platform = emulator(scores(*(part(f"p{n}", 2 * MIB, n) for n in range(4))))
    mounted = mount(platform)
    listed(mounted)
    platform.clear()
    return platform, mounted / FOLDER


def test_a_reader_of_one_part_moves_that_part_alone(emulator, mount):
    platform, folder = four_parts(emulator, mount)
    command("cp", folder + "/p0", "/dev/null")
    command("tail", "-c", "1500000", folder + "/p3")
    assert parts_asked_for(platform) == {"p0", "p3"}
    assert platform.bytes_sent("bytes") <= 2 * MIB + 1500000 + MIB


def test_whoever_walks_has_the_parts_fetched_before_he_opens_them(emulator, mount, tmp_path):
    platform, folder = four_parts(emulator, mount)
    command("python3", "-c", "import os, sys\n"
            "first = sorted(os.listdir(sys.argv[1]))[0]\n"
            "open(os.path.join(sys.argv[1], first), 'rb').read()", folder)
    until(lambda: parts_asked_for(platform) == {"p0", "p1", "p2", "p3"}, 10, "the parts")
    command("cp", "-r", folder, str(tmp_path / "copy"))
    settled(platform)
    assert platform.bytes_sent("bytes") == 8 * MIB, "not once"


@pytest.mark.parametrize("name, asked", [("p.parquet", 0), ("_SUCCESS", 0), ("p", 1)])
def test_the_bytes_of_an_empty_part_are_never_asked_for(emulator, mount, name, asked):
    """One without a suffix might be a folder: the listing asks for it, once."""
    platform = emulator(scores(part(name, 0)))
    mounted = mount(platform)
    path = mounted / worlds.path(name)
    assert access.run(access.read, path) == b""
    assert access.run(access.read_once, path, 0, 100) == b""
    assert access.run(access.read_once, path, 5000, 100) == b""
    assert costs(platform) == {"batch_files": 1, "file_list": 1, **({"bytes": 1} if asked else {})}
    assert not any(one["range"] for one in platform.record("bytes"))


def test_only_closed_ranges_inside_the_file_are_asked_for(emulator, mount):
    platform = emulator(scores(part("p", 3 * MIB + 17)))
    mounted = mount(platform)
    access.run(access.read, mounted / PART)
    access.run(access.read_once, mounted / PART, 3 * MIB, 4096)
    for one in settled(platform):
        if one["op"] == "bytes":
            first, last = map(int, re.match(r"bytes=(\d+)-(\d+)$", one["range"]).groups())
            assert 0 <= first <= last < 3 * MIB + 17
