"""A platform that says nothing: nobody hangs, and who is told to die dies.

A default SIGINT counts as SIGKILL; a signal that the caller handles ends no wait.
"""

import errno
import os
import signal
import time

import pytest

import access
import worlds
from conftest import until
from worlds import NAME, batch_id, dataset, part, scores, world

MIB = 1 << 20
FOLDER = f"{NAME}/{batch_id(1)}"
PART = worlds.path("p")
STALL_BYTES = [{"match": {"op": "bytes"}, "stall": "head"}]
STALL_ALL = [{"match": {"path": "^/data/"}, "stall": "head"}]


def signals_by_default():
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def do(path, way):
    """One access, by its name, with the signals' default actions."""
    signals_by_default()
    if way == "lookup":
        return os.lstat(path)
    if way == "open":
        return os.open(path, os.O_RDONLY)
    if way == "readdir":
        return os.listdir(path)
    return access.read(path, 0, 128 * 1024, way)


# The path of each access, and what is known of the tree when it is made.
WAYS = {
    "lookup": FOLDER,
    "open": PART,
    "readdir": FOLDER,
    "buffered": PART,
    "direct": PART,
    "mmap": PART,
}
READS = ("buffered", "direct", "mmap")


@pytest.fixture
def platform(emulator):
    return emulator(scores(part("p", 4 * MIB, 1), part("q", MIB, 2)))


def stalled(platform, mounted, way, function=do):
    """A child that waits for the platform in this way."""
    if way in READS or way == "readdir":
        # What comes before it in the tree is known.
        access.run(access.status, mounted / (PART if way in READS else FOLDER))
    platform.rules(STALL_BYTES if way in READS else STALL_ALL)
    child = access.start(function, mounted / WAYS[way], way)
    child.stuck()
    return child


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("way", WAYS)
def test_a_signal_that_kills_kills_within_a_second(platform, mount, way, number):
    child = stalled(platform, mount(platform), way)
    child.signal(number)
    assert child.reap(1), child.where()


def handle_and_do(path, way):
    """The same with handlers; SIGALRM comes while it waits."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.siginterrupt(signal.SIGINT, False)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    if way == "lookup":
        return os.lstat(path).st_size
    return len(access.read(path, 0, 128 * 1024, way))


@pytest.mark.parametrize("way", ["lookup", "buffered", "direct"])
def test_a_signal_that_is_handled_ends_no_wait(platform, mount, way):
    child = stalled(platform, mount(platform), way, handle_and_do)
    child.signal(signal.SIGINT)
    assert not child.answered(1)
    platform.clear_rules()
    platform.release()
    assert child.hear(20) == (0 if way == "lookup" else 128 * 1024)


@pytest.mark.parametrize("way", ["lookup", "direct"])
def test_after_a_handled_signal_sigkill_still_kills(platform, mount, way):
    """The kernel tells of the first signal only."""
    child = stalled(platform, mount(platform), way, handle_and_do)
    assert not child.answered(1)
    child.kill()
    assert child.reap(1), child.where()


@pytest.mark.parametrize("way", ["lookup", "readdir", "buffered", "direct", "mmap"])
def test_every_wait_has_an_end(platform, mount, way):
    mounted = mount(platform, timeout=3)
    child = stalled(platform, mounted, way)
    kind, value = access.settled(child, 3 + 3)
    if way == "mmap":
        assert (kind, value) == ("signal", "SIGBUS")
    else:
        assert kind == "errno" and value in ("ETIMEDOUT", "EIO"), (kind, value)
    platform.clear_rules()
    platform.release()
    until(lambda: access.outcome(access.listing, mounted / FOLDER)[0] == "value", 10,
          "the recovery")
    assert len(access.run(access.read, mounted / PART)) == 4 * MIB


@pytest.mark.parametrize("stall_at", [0, 1, 70000])
def test_a_stall_in_the_middle_is_asked_for_again(platform, mount, digest, stall_at):
    """On another connection, and the reader sees nothing of it."""
    mounted = mount(platform, timeout=6)
    platform.rules([{"match": {"op": "bytes"}, "stall_at": stall_at, "times": 1}])
    assert access.run(access.sha256, mounted / PART, limit=10) == digest(
        platform.content(1, 0, 4 * MIB))


def test_a_part_of_many_stalled_reads_leaves_the_rest_alone(emulator, mount):
    """64 stalled reads, one worker: a stat of something else answers at once."""
    platform = emulator(scores({**part("p{n:02d}", MIB, 1), "repeat": 80}))
    mounted = mount(platform, max_threads=1)
    assert len(access.run(access.listing, mounted / FOLDER)) == 80
    platform.rules(STALL_BYTES)
    readers = [access.start(do, mounted / worlds.path(f"p{n:02d}"),
                            "direct" if n % 2 else "buffered") for n in range(64)]
    for reader in readers:
        reader.stuck()
    assert platform.state()["in_flight"] > 0
    for n in range(64, 80):
        begun = time.monotonic()
        access.run(access.status, mounted / worlds.path(f"p{n:02d}"), limit=5)
        print(f"stat: {1000 * (time.monotonic() - begun):.1f} ms, with its process")
    assert not any(reader.answered() for reader in readers)
    for reader in readers:
        reader.kill()
    assert all(reader.reap(1) for reader in readers)


def open_then_close(path):
    """Closes a file while a sibling thread's read of it stalls."""
    import threading
    handle = os.open(path, os.O_RDONLY)
    copy = os.dup(handle)
    threading.Thread(target=lambda: os.pread(copy, 4096, 0), daemon=True).start()
    time.sleep(0.5)
    os.close(handle)
    return True


def test_closing_does_not_wait(platform, mount):
    mounted = mount(platform)
    access.run(access.status, mounted / PART)
    platform.rules(STALL_BYTES)
    assert access.run(open_then_close, mounted / PART, limit=5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_mount_with_a_stalled_read(platform, mount, number):
    mounted = mount(platform)
    child = stalled(platform, mounted, "buffered")
    mounted.signal(number)
    assert mounted.exit_status(3) == 0
    assert not mounted.mounted()
    kind, value = access.settled(child, 3)
    assert kind == "errno" and value in ("EIO", "EINTR", "ENOTCONN", "ECONNABORTED"), value


def test_a_busy_mount_can_be_detached(platform, mount, digest):
    """`fusermount3 -u` says that it is busy; with -z it goes when the last file is closed."""
    mounted = mount(platform)
    child = access.start(hold, mounted / PART)
    assert child.hear() == "open"
    assert mounted.unmount() != 0
    assert mounted.unmount("-u", "-z") == 0
    assert not mounted.mounted() and mounted.running()
    child.go()
    assert child.hear() == digest(platform.content(1, 0, 4 * MIB))
    child.go()
    assert child.reap(5)
    assert mounted.exit_status() == 0


def hold(path):
    import hashlib
    with open(path, "rb") as handle:
        yield "open"
        yield hashlib.sha256(handle.read()).hexdigest()


def test_a_listing_that_failed_answers_at_once_for_a_while(emulator, mount):
    """Ten callers do not wait ten deadlines."""
    platform = emulator(world(dataset(1, worlds.batch(1, part("p", 10, 1)))))
    mounted = mount(platform, timeout=3)
    platform.rules([{"match": {"op": "batches"}, "stall": "head"}])
    callers = [access.start(access.listing, mounted / NAME) for _ in range(10)]
    assert {access.settled(caller, 6) for caller in callers} <= {
        ("errno", "ETIMEDOUT"), ("errno", "EIO")}
    begun = time.monotonic()
    with pytest.raises(OSError) as refused:
        access.run(access.listing, mounted / NAME)
    assert refused.value.errno in (errno.ETIMEDOUT, errno.EIO)
    assert time.monotonic() - begun < 2
