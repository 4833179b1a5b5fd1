"""docs/semantics.md: what it promises and no other file of tests shows, and that
the tests it names, and those of docs/scale.md, are there."""

import ast
import ctypes
import fcntl
import json
import os
import re
import select
import stat

import pytest

import access
import worlds
from conftest import ROOT, until
from emulator import content
from worlds import FOLDER, MIB, NAME, batch, batch_id, dataset, dataset_id, part, scores, world

PART = worlds.path("p")
TEST = re.compile(r"(tests/\w+/test_\w+\.py)::(\w+)")


# The page

def named(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as handle:
        return set(TEST.findall(handle.read()))


def defined_in(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as handle:
        return {one.name for one in ast.parse(handle.read()).body
                if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


@pytest.mark.parametrize("page", ["docs/semantics.md", "docs/scale.md"])
def test_the_tests_that_a_page_names_are_there(page):
    found = named(page)
    assert len(found) > 5
    assert [one for one in sorted(found) if one[1] not in defined_in(one[0])] == []


def promises():
    """Rows of the tables whose second column is "shown by"."""
    found, counted = [], False
    with open(os.path.join(ROOT, "docs/semantics.md"), encoding="utf-8") as handle:
        for line in handle:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not line.startswith("|"):
                counted = False
            elif cells[1:] == ["shown by"]:
                counted = True
            elif counted and not line.startswith("|--"):
                found.append(cells)
    return found


def test_each_promise_names_a_test_or_says_that_none_does():
    found = promises()
    assert len(found) > 40
    assert [what for what, by in found
            if not (re.search(r"::test_\w+`", by) or by.startswith("no test"))] == []


# Freshness

def names(mounted, below=NAME):
    return sorted(access.run(access.listing, mounted / below))


def add(platform, number):
    platform.change({"add_batch": {"dataset": dataset_id(1), "batch": batch(number)}})


def test_each_mount_looks_again_after_its_own_ttl(emulator, mount):
    """Within it a listing costs nothing and shows what it showed."""
    platform = emulator(world(dataset(1, batch(1))))
    slow, quick = mount(platform, ttl=3600), mount(platform, ttl=1)
    assert names(slow) == names(quick) == [batch_id(1)]
    add(platform, 2)
    until(lambda: names(quick) == [batch_id(1), batch_id(2)], 10, "the batch")
    platform.clear()
    assert names(slow) == [batch_id(1)]
    assert platform.count() == 0


def test_an_old_list_is_shown_when_no_newer_one_can_be_had(emulator, mount):
    platform = emulator(world(dataset(1, batch(1))))
    mounted = mount(platform, ttl=1, timeout=2)
    assert names(mounted) == [batch_id(1)]
    platform.rules([{"match": {"op": "batches"}, "status": 500}])
    until(lambda: names(mounted) == [batch_id(1)] and "the old listing is used" in mounted.log(),
          20, "a refresh that fails")


# What stat says

def test_a_part_of_another_length_is_another_inode(emulator, mount):
    platform = emulator(scores(part("p", 1000), part("q", 1000)))
    first = access.run(access.tree, mount(platform) / FOLDER)
    platform.change({"set_batch": {"key": batch_id(1), "files": [
        {"parts": [part("p", 1001), part("q", 1000)]}]}})
    second = access.run(access.tree, mount(platform) / FOLDER)
    assert first["p"]["inode"] != second["p"]["inode"]
    assert first["q"]["inode"] == second["q"]["inode"]


def test_all_times_are_one_and_stay(emulator, mount):
    """A batch's: when it completed; a part's: when its file was made."""
    mounted = mount(emulator(world(dataset(1, batch(
        1, created=1_600_000_000_000, completed=1_600_000_111_222,
        files=[{"parts": [part("p")], "created": 1_600_000_055_444}])))))
    for _ in range(2):
        for name, time_ms in ((FOLDER, 1_600_000_111_222), (PART, 1_600_000_055_444)):
            found = access.run(os.stat, mounted / name)
            assert {found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns} == \
                {time_ms * 1_000_000}
        assert len(access.run(access.read, mounted / PART)) == 1000


def test_the_time_of_a_dataset_is_when_it_was_updated(emulator, mount):
    mounted = mount(emulator(world(
        dataset(1, fields={"created": 1_600_000_000_000, "updated": 1_600_000_333_444}))))
    assert access.run(os.stat, mounted / NAME).st_mtime_ns == 1_600_000_333_444_000_000


def test_blocks_are_the_size_of_the_content(emulator, mount):
    mounted = mount(emulator(scores(part("p", 1000), part("empty", 0))))
    for name, size, blocks in (("p", 1000, 2), ("empty", 0, 0)):
        found = access.run(os.stat, mounted / worlds.path(name))
        assert (found.st_size, found.st_blocks, found.st_nlink) == (size, blocks, 1)


def test_there_is_no_room_and_none_is_free(emulator, mount):
    found = access.run(os.statvfs, mount(emulator(scores())).path)
    assert found.f_blocks == found.f_bfree == found.f_bavail == found.f_files == 0


# Permissions

def test_owner_and_mode_are_what_was_asked_for(emulator, mount):
    mounted = mount(emulator(scores()), uid=12345, gid=54321, umask="027")
    for name, mode in (("", 0o550), (FOLDER, 0o550), (worlds.path(), 0o440)):
        found = access.run(os.stat, mounted / name)
        assert stat.S_IMODE(found.st_mode) == mode, name
        assert (found.st_uid, found.st_gid) == (12345, 54321)


def as_nobody(act, *args):
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    return act(*args)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("options, answer", [
    ({}, "EACCES"), ({"allow_other": True}, None),
    ({"allow_other": True, "umask": "077"}, "EACCES")], ids=["alone", "all", "umask"])
def test_others_are_let_in_by_allow_other_and_the_mode(emulator, mount, options, answer):
    mounted = mount(emulator(scores()), **options)
    assert access.errno_of(as_nobody, os.listdir, mounted.path) == answer


def test_nothing_there_can_be_run(emulator, mount):
    mounted = mount(emulator(scores()))
    assert access.errno_of(os.execv, mounted / worlds.path(), ["x"]) == "EACCES"


# Errors

def test_the_cause_of_an_error_is_in_the_log(emulator, mount):
    platform = emulator(scores(part("p", 1000)))
    mounted = mount(platform)
    names(mounted, FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "gateway_error": "403025"}])
    assert access.errno_of(access.read, mounted / PART) == "EACCES"
    lines = mounted.log().splitlines()
    assert [line for line in lines if "op=read" in line and "/p " in line and "errno=EACCES" in line]
    assert [line for line in lines if "403025" in line and "errno=EACCES" in line]
    said = json.loads(access.run(access.read, mounted / ".caifs/status.json", 0, MIB))
    assert "403025" in json.dumps(said)


def test_a_map_that_cannot_be_read_is_sigbus_and_can_be_read_later(emulator, mount):
    platform = emulator(scores(part("p", 100_000, 3)))
    mounted = mount(platform)
    names(mounted, FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "gateway_error": "403025"}])
    assert access.outcome(access.read, mounted / PART, how="mmap") == ("signal", "SIGBUS")
    platform.clear_rules()
    assert access.run(access.read, mounted / PART, how="mmap") == content.read(3, 0, 100_000)


# What there is not

def test_locks_are_of_this_machine_alone(emulator, mount):
    platform = emulator(scores(part("p", 1000)))
    first, second = mount(platform), mount(platform)

    def locked(path):
        handle = os.open(path, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
        return True
    holder = access.start(locked, first / PART)
    assert holder.hear()
    assert access.errno_of(lambda: list(locked(first / PART))) == "EAGAIN"
    assert access.run(lambda: list(locked(second / PART))) == [True]


def test_inotify_tells_of_nothing_that_the_platform_does(emulator, mount):
    platform = emulator(world(dataset(1, batch(1))))
    mounted = mount(platform, ttl=1)

    def watching(path):
        libc = ctypes.CDLL(None, use_errno=True)
        handle = libc.inotify_init1(os.O_NONBLOCK)
        # IN_CREATE | IN_MODIFY | IN_DELETE | IN_MOVED_TO
        assert libc.inotify_add_watch(handle, os.fsencode(path), 0x100 | 0x2 | 0x200 | 0x80) >= 0
        yield True
        return bool(select.select([handle], [], [], 0)[0])
    watcher = access.start(watching, mounted / NAME)
    assert watcher.hear()
    add(platform, 2)
    until(lambda: len(names(mounted)) == 2, 10, "the batch")
    watcher.go()
    assert watcher.hear() is False
