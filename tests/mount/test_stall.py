"""A server that says nothing: who waits for it, for how long, and who does not.

`stalled` makes the emulator answer no more until `release()`. A process is known
to wait when the kernel says so (`stuck`), not after some time.
"""

import errno
import os
import signal
import threading
import time

import pytest

import access
from conftest import until
from emulator import content
from worlds import MIB, NAME, batch, batch_id, dataset, part, world

KILL = 1            # seconds a killed process may take to be gone
SIZE = MIB
# Batch 1 is listed before the stall, batch 2 is not.
KNOWN = NAME + "/" + batch_id(1)
COLD = NAME + "/" + batch_id(2)
SPREAD = [part(f"p{n:02d}", SIZE, n) for n in range(66)]

# What can wait for the server: each takes the mount's path.
ACCESSES = {
    "lookup": lambda m: os.stat(f"{m}/{COLD}/p00"),
    "open": lambda m: os.open(f"{m}/{COLD}/p00", os.O_RDONLY),
    "listing": lambda m: os.listdir(f"{m}/{COLD}"),
    "id": lambda m: os.stat(f"{m}/{NAME}/{batch_id(77)}"),
    "buffered": lambda m: access.read(f"{m}/{KNOWN}/p00", 0, 8192),
    "direct": lambda m: access.read(f"{m}/{KNOWN}/p00", 0, 8192, "direct"),
    "mmap": lambda m: access.read(f"{m}/{KNOWN}/p00", 0, 8192, "mmap"),
    "middle": lambda m: access.read(f"{m}/{KNOWN}/p00", SIZE // 2, 8192, "direct"),
}
READS = ("buffered", "direct", "mmap", "middle")


@pytest.fixture
def prepared(emulator, mount):
    """An emulator that has stalled under a mount: `prepared(**options)`."""
    def begin(stall={"stall": "head"}, **options):
        platform = emulator(world(dataset(1, batch(1, *SPREAD), batch(2, *SPREAD))))
        mounted = mount(platform, **options)
        known(mounted)
        platform.clear()
        stalled(platform, stall)
        return platform, mounted
    return begin


def known(mounted):
    """List batch 1; of batch 2 only that it is there. Two lookups of one name that
    is not would wait for each other in the kernel, unkillably."""
    access.run(access.listing, mounted / NAME)
    access.run(access.tree, mounted / KNOWN)
    access.run(access.status, mounted / COLD)


def stalled(platform, stall={"stall": "head"}):
    platform.rules([{"match": {"op": op}, **stall}
                    for op in ("bytes", "batch_files", "file_list", "batches", "datasets",
                               "batch", "dataset")])


def waiting(platform, *starts):
    """Children of these, each of which waits in the kernel."""
    children = [access.start(*one) for one in starts]
    for child in children:
        place = child.stuck()
        assert place, f"does not wait: {access.settled(child, 1)}"
    until(lambda: platform.state()["in_flight"] > 0, 5, "a request")
    return children


def killed(child, number=signal.SIGKILL):
    """How long the child took to end after a signal."""
    begin = time.monotonic()
    child.signal(number)
    gone = child.reap(KILL)
    took = time.monotonic() - begin
    assert gone, f"alive {took:.1f} s after {signal.Signals(number).name}: {child.where()}"
    assert os.WIFSIGNALED(child.status) and os.WTERMSIG(child.status) == number
    return took


# Signals

@pytest.mark.parametrize("kind", ACCESSES)
def test_a_fatal_signal_ends_it(prepared, kind):
    platform, mounted = prepared()
    for number in (signal.SIGKILL, signal.SIGINT):
        child, = waiting(platform, (ACCESSES[kind], mounted.path))
        killed(child, number)


@pytest.mark.parametrize("kind", ["listing", "buffered", "direct", "mmap"])
def test_each_of_many_who_wait_for_one_thing_can_be_killed(prepared, kind):
    """But for lookups in one directory: with libfuse 3.14, which does not ask for parallel
    ones, the kernel has all but the first wait unkillably, to the first one's end."""
    platform, mounted = prepared()
    starts = [(ACCESSES[kind], mounted.path)] * 8
    children = waiting(platform, *starts)
    for child in children[::2]:
        killed(child)
    # Those who were not killed get what they wait for.
    platform.clear_rules()
    platform.release()
    for child in children[1::2]:
        kind, value = access.settled(child, 10)
        assert kind == "value", value


def handled(act, number, *args):
    """Runs it with a handler for a signal; gives how often that ran, and the answer."""
    count = []
    signal.signal(number, lambda *_: count.append(1))
    if number == signal.SIGINT:
        signal.siginterrupt(number, False)      # SA_RESTART
    answer = act(*args)
    return len(count), answer


@pytest.mark.parametrize("number", [signal.SIGALRM, signal.SIGINT], ids=["alrm", "int"])
@pytest.mark.parametrize("kind", ["lookup", "direct"])
def test_a_handled_signal_fails_nothing(prepared, kind, number):
    platform, mounted = prepared()
    path = f"{mounted.path}/{KNOWN if kind == 'direct' else COLD}/p00"
    act = (access.raw_read, number, path, 0, 8192) if kind == "direct" else \
        (access.raw_stat, number, path)
    child, = waiting(platform, (handled, *act))
    child.signal(number)
    assert not child.answered(0.5), access.settled(child, 1)
    platform.clear_rules()
    platform.release()
    count, answer = child.hear(10)
    assert answer == (content.read(0, 0, 8192) if kind == "direct" else 0)
    assert count >= 1


@pytest.mark.parametrize("kind", ["lookup", "listing", "direct", "buffered"])
def test_after_a_handled_signal_a_fatal_one_still_ends_it(prepared, kind):
    platform, mounted = prepared()
    child, = waiting(platform, (handled, ACCESSES[kind], signal.SIGALRM, mounted.path))
    child.signal(signal.SIGALRM)
    assert not child.answered(0.3)
    killed(child)


def test_a_listing_goes_on_when_who_asked_for_it_is_killed(prepared):
    platform, mounted = prepared()
    child, = waiting(platform, (ACCESSES["listing"], mounted.path))
    killed(child)
    platform.clear_rules()
    platform.release()
    assert len(access.run(access.listing, mounted / COLD)) == len(SPREAD)


# Deadlines

def test_every_wait_ends_with_the_deadline(prepared):
    limit = 3
    platform, mounted = prepared(timeout=limit)
    begin = time.monotonic()
    children = {kind: access.start(act, mounted.path) for kind, act in ACCESSES.items()}
    found = {}
    for kind, child in children.items():
        found[kind] = access.settled(child, max(0.1, begin + limit + 2 - time.monotonic()))
    expected = {"lookup", "open", "listing", "id", *READS}
    for kind in expected:
        if kind == "mmap":
            assert found[kind] == ("signal", "SIGBUS"), found
        else:
            assert found[kind][0] == "errno" and found[kind][1] in ("ETIMEDOUT", "EIO"), found
    # Who comes after a failed listing is told at once, not after a wait of its own.
    begin = time.monotonic()
    assert access.errno_of(os.stat, mounted / COLD + "/p01", limit=5) in ("ETIMEDOUT", "EIO")
    assert time.monotonic() - begin < limit - 1
    # And when the server is back, so is everything.
    platform.clear_rules()
    platform.release()
    until(lambda: access.outcome(access.listing, mounted / COLD)[0] == "value", 10,
          "the listing")
    for kind in READS:
        assert access.outcome(ACCESSES[kind], mounted.path)[0] == "value"


def test_a_stall_in_the_middle_is_never_a_short_read(prepared):
    platform, mounted = prepared({"stall_at": 1000}, timeout=2)
    children = [access.start(access.read, mounted / KNOWN + f"/p0{n}", 0, SIZE, how)
                for n, how in enumerate(("buffered", "direct", "mmap"))]
    for child in children:
        kind, value = access.settled(child, 10)
        assert (kind, value) in (("errno", "ETIMEDOUT"), ("errno", "EIO"),
                                 ("signal", "SIGBUS")), (kind, len(value))


def test_a_read_wakes_when_its_own_bytes_are_there(prepared):
    """The rest of the range need not have come."""
    platform, mounted = prepared({"stall_at": 256 * 1024})
    data = access.run(access.read, mounted / KNOWN + "/p05", 0, 65536, limit=5)
    assert data == content.read(5, 0, 65536)
    data = access.run(access.read, mounted / KNOWN + "/p06", 0, 65536, "direct", limit=5)
    assert data == content.read(6, 0, 65536)


# Other readers are not held up

def test_64_stalled_reads_hold_up_nothing_else(prepared):
    platform, mounted = prepared(max_threads=1)
    names = [f"{mounted.path}/{KNOWN}/p{n:02d}" for n in range(64)]
    children = waiting(platform, *((access.read, name, 0, 8192, "direct") for name in names))

    def timed(act, *args):
        begin = time.monotonic()
        answer = act(*args)
        return time.monotonic() - begin, answer
    other = f"{mounted.path}/{KNOWN}/p65"
    for act in (access.status, access.attributes, os.statvfs):
        took, _ = access.run(timed, act, other, limit=5)
        print(f"{act.__name__} took {took * 1000:.2f} ms beside 64 stalled reads")
    # A listing and a refused name come from the daemon, not from the kernel's memory.
    took, found = access.run(timed, access.listing, mounted / KNOWN, limit=5)
    print(f"listing took {took * 1000:.2f} ms beside 64 stalled reads")
    assert len(found) == len(SPREAD)
    assert access.errno_of(os.stat, mounted / KNOWN + "/_SUCCESS", limit=5) == "ENOENT"
    assert not [child for child in children if child.answered()]
    platform.clear_rules()
    platform.release()
    for n, child in enumerate(children):
        assert child.hear(20) == content.read(n, 0, 8192)


def test_what_is_in_memory_is_read_while_many_reads_stall(prepared):
    """The kernel has so many reads under way and no more, of all processes together."""
    platform, mounted = prepared()
    other = f"{mounted.path}/{KNOWN}/p65"
    platform.clear_rules()
    bytes_of_it = access.run(access.read, other, 0, 8192, "direct")     # not the kernel's
    stalled(platform)
    children = waiting(platform, *((access.read, f"{mounted.path}/{KNOWN}/p{n:02d}", 0, 8192)
                                   for _ in range(2) for n in range(64)))
    assert access.run(access.read, other, 0, 8192, limit=5) == bytes_of_it
    assert not [child for child in children if child.answered()]
    platform.clear_rules()
    platform.release()
    for child in children:
        child.hear(30)


def test_64_stalled_readers_can_all_be_killed(prepared):
    platform, mounted = prepared(max_threads=1)
    children = waiting(platform, *((access.read, f"{mounted.path}/{KNOWN}/p{n:02d}", 0, 8192,
                                    "direct") for n in range(64)))
    for child in children:
        child.signal(signal.SIGKILL)
    end = time.monotonic() + 2 * KILL
    left = [child.where() for child in children if not child.reap(end - time.monotonic())]
    assert not left


def test_bytes_already_there_are_given_during_a_stall(prepared):
    platform, mounted = prepared()
    platform.clear_rules()
    data = content.read(9, 0, SIZE)
    path = mounted / KNOWN + "/p09"
    assert access.run(access.read, path) == data
    stalled(platform)
    assert access.run(access.read, path, 0, SIZE, "direct", limit=5) == data


def closing(path):
    """Closes a descriptor while a thread of its own reads it; the time that took."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECT)

    def reading():
        try:
            access.pread(handle, 0, 8192, True)
        except OSError:
            pass
    reader = threading.Thread(target=reading, daemon=True)
    reader.start()
    place = f"/proc/self/task/{reader.native_id}/wchan"

    def waits():
        with open(place, encoding="ascii") as handle:
            return handle.read() not in ("0", "")
    until(waits, 5, "the reader's wait")
    time.sleep(0.05)
    assert waits()
    begin = time.monotonic()
    os.close(handle)
    return time.monotonic() - begin


def test_close_does_not_wait_for_a_read(prepared):
    platform, mounted = prepared()
    assert access.run(closing, mounted / KNOWN + "/p03", limit=10) < 1


# The end

def ended(mounted, children, limit):
    begin = time.monotonic()
    code = mounted.exit_status(limit)
    took = time.monotonic() - begin
    print(f"the daemon ended after {took:.2f} s")
    assert code == 0
    until(lambda: not mounted.mounted(), 1, "the mount's end")
    for child in children:
        kind, value = access.settled(child, 2)
        assert kind in ("errno", "signal"), (kind, value)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
def test_a_signal_to_the_daemon_ends_it_with_stalled_readers(prepared, number):
    platform, mounted = prepared()
    children = waiting(platform, *((act, mounted.path) for act in ACCESSES.values()))
    mounted.signal(number)
    ended(mounted, children, 3)


def test_unmounting_with_a_listing_under_way(prepared):
    platform, mounted = prepared()
    child, = waiting(platform, (ACCESSES["listing"], mounted.path))
    killed(child)
    assert mounted.unmount() == 0
    ended(mounted, [], 3)


def test_unmounting_a_busy_mount_is_refused_and_changes_nothing(prepared):
    platform, mounted = prepared()
    child, = waiting(platform, (ACCESSES["direct"], mounted.path))
    assert mounted.unmount() != 0
    assert mounted.mounted() and mounted.running()
    platform.clear_rules()
    platform.release()
    assert child.hear(10) == content.read(0, 0, 8192)


def test_a_lazy_unmount_lets_the_reader_finish(prepared):
    platform, mounted = prepared()
    child, = waiting(platform, (ACCESSES["direct"], mounted.path))
    assert mounted.unmount("-u", "-z") == 0
    assert not mounted.mounted() and mounted.running()
    platform.clear_rules()
    platform.release()
    assert child.hear(10) == content.read(0, 0, 8192)
    ended(mounted, [], 5)


def test_a_lazy_unmount_ends_when_its_reader_is_killed(prepared):
    platform, mounted = prepared()
    child, = waiting(platform, (ACCESSES["direct"], mounted.path))
    assert mounted.unmount("-u", "-z") == 0
    killed(child)
    ended(mounted, [], 3)


# A token that does not come

@pytest.mark.parametrize("kind", ["lookup", "direct"])
def test_a_stalled_token_service(emulator, mount, kind):
    limit = 3
    platform = emulator(world(dataset(1, batch(1, *SPREAD), batch(2, *SPREAD))))
    mounted = mount(platform, timeout=limit)
    known(mounted)
    platform.revoke()
    platform.rules([{"match": {"op": "token"}, "stall": "head"}])
    child, other = waiting(platform, (ACCESSES[kind], mounted.path),
                           (ACCESSES["listing"], mounted.path))
    killed(other)
    got, value = access.settled(child, limit + 2)
    assert got == "errno" and value in ("ETIMEDOUT", "EIO", "EACCES"), (got, value)


# An end of the daemon that is none of its own

def test_a_killed_daemon_leaves_errors_and_no_hang(prepared):
    platform, mounted = prepared()
    children = waiting(platform, *((act, mounted.path) for act in ACCESSES.values()))
    mounted.signal(signal.SIGKILL)
    for child in children:
        kind, value = access.settled(child, 3)
        assert kind in ("errno", "signal"), (kind, value)
    assert access.errno_of(os.listdir, mounted.path) == errno.errorcode[errno.ENOTCONN]
    assert mounted.unmount() == 0
    assert mounted.exit_status() == -signal.SIGKILL
    mounted.pid = None
