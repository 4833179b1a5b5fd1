"""Accesses to a mount, each in a child process with a time limit.

A filesystem under test may hang a process that touches it, so the process of the tests
never does: it forks a child, which makes the access and sends back what came of
it. `run(function, ...)` waits for that and gives the value, or raises the OSError
(or other exception) of the child; `start` gives the `Child` to watch or signal.

A function that is a generator talks: what it yields is received by
`child.hear()`, and it goes on after `child.go()`.

Paths and buffers are those of the operating system: nothing here knows caifs.
"""

import contextlib
import ctypes
import errno
import hashlib
import mmap
import os
import pickle
import select
import signal
import stat
import struct
import sys
import time
import traceback
import types

LIMIT = 30
PAGE = mmap.PAGESIZE
libc = ctypes.CDLL(None, use_errno=True)


class Hung(Exception):
    """The child did not answer in time; it was sent SIGKILL."""


class Killed(Exception):
    """The child was ended by a signal, `number`, before it answered."""

    def __init__(self, number):
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number


class Failed(Exception):
    """The child raised something that is not an OSError."""


class Child:
    def __init__(self, function, *args, **named):
        self.status = None
        sys.stdout.flush()
        sys.stderr.flush()
        answers, self._answer = os.pipe()
        self._orders, orders = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(function, args, named)
        os.close(self._answer)
        os.close(self._orders)
        self._answer, self._order = answers, orders

    # In the child

    def _live(self, function, args, named):
        try:
            # Nothing of the parent's stays open: an emulator ends with its pipe.
            answer, orders = self._answer, self._orders
            for name in os.listdir("/proc/self/fd"):
                if int(name) > 2 and int(name) not in (answer, orders):
                    with contextlib.suppress(OSError):
                        os.close(int(name))
            for number in (signal.SIGINT, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            try:
                value = function(*args, **named)
                if isinstance(value, types.GeneratorType):
                    talk = value
                    try:
                        word = next(talk)
                        while True:
                            self._tell(answer, ("said", word))
                            if not os.read(orders, 1):
                                os._exit(0)
                            word = next(talk)
                    except StopIteration as end:
                        value = end.value
                told = ("value", value)
            except OSError as error:
                told = ("errno", error.errno)
            except BaseException:
                told = ("failed", traceback.format_exc())
            self._tell(answer, told)
        finally:
            os._exit(0)

    @staticmethod
    def _tell(answer, what):
        body = pickle.dumps(what, 4)
        data = memoryview(struct.pack("<Q", len(body)) + body)
        while data:
            data = data[os.write(answer, data):]

    # In the parent

    def _read(self, length, end):
        pieces = []
        while length:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._answer], [], [], left)[0]:
                raise Hung(f"no answer from the access in time ({self.where()})")
            data = os.read(self._answer, min(length, 1 << 20))
            if not data:
                self.reap(5)
                raise Killed(os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status)
                             else signal.SIGKILL)
            pieces.append(data)
            length -= len(data)
        return b"".join(pieces)

    def hear(self, limit=LIMIT):
        """The next thing the child says: a value, or its error raised here."""
        end = time.monotonic() + limit
        try:
            length, = struct.unpack("<Q", self._read(8, end))
            kind, value = pickle.loads(self._read(length, end))
        except Hung:
            self.kill()
            raise
        if kind == "errno":
            raise OSError(value, os.strerror(value))
        if kind == "failed":
            raise Failed(value)
        return value

    def go(self):
        os.write(self._order, b"g")

    def answered(self, seconds=0):
        """Whether it said something (or ended) within `seconds`."""
        return bool(select.select([self._answer], [], [], seconds)[0])

    def signal(self, number):
        os.kill(self.pid, number)

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def reap(self, limit):
        """Whether the process is gone within `limit` seconds."""
        end = time.monotonic() + limit
        while not self.ended():
            if time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True

    def kill(self):
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)

    def close(self):
        """End it. False when it does not even die of SIGKILL."""
        self.kill()
        gone = self.reap(2)
        for end in (self._answer, self._order):
            os.close(end)
        return gone

    def where(self):
        """What the kernel has the process doing, for messages and `stuck`."""
        try:
            with open(f"/proc/{self.pid}/wchan", encoding="ascii") as handle:
                return handle.read() or "?"
        except OSError:
            return "gone"

    def stuck(self, limit=10):
        """Wait until it waits in the kernel, for something that is no pipe."""
        end = time.monotonic() + limit
        seen = 0
        while time.monotonic() < end:
            place = self.where()
            waits = place not in ("0", "?", "gone") and "pipe" not in place
            seen = seen + 1 if waits else 0
            if seen >= 3:
                return place
            if self.answered():
                return None
            time.sleep(0.003)
        return None


CHILDREN = []


def start(function, *args, **named):
    child = Child(function, *args, **named)
    CHILDREN.append(child)
    return child


def close_all():
    """End every child of the test; gives those that could not be ended."""
    left = [child for child in CHILDREN if not child.close()]
    CHILDREN.clear()
    return left


def run(function, *args, limit=LIMIT, **named):
    child = start(function, *args, **named)
    try:
        return child.hear(limit)
    finally:
        if child.reap(1):
            CHILDREN.remove(child)
            child.close()


def outcome(function, *args, limit=LIMIT, **named):
    """`("value", v)`, `("errno", name)`, `("signal", name)` or `("hung", where)`."""
    return settled(start(function, *args, **named), limit)


def settled(child, limit=LIMIT):
    try:
        return "value", child.hear(limit)
    except OSError as error:
        return "errno", errno.errorcode.get(error.errno, str(error.errno))
    except Killed as end:
        return "signal", signal.Signals(end.number).name
    except Hung as hung:
        return "hung", str(hung)


def errno_of(function, *args, **named):
    """The name of the errno an access ends with; None when it succeeds."""
    kind, value = outcome(function, *args, **named)
    assert kind in ("value", "errno"), (kind, value)
    return value if kind == "errno" else None


def errnos_of(act, paths):
    """`{path: errno's name or None}`, all of them in one child."""
    def each():
        found = {}
        for path in paths:
            try:
                act(path)
                found[path] = None
            except OSError as error:
                found[path] = errno.errorcode[error.errno]
        return found
    return run(each)


# What to run. Each opens what it needs itself.

def read(path, offset=0, length=None, how="buffered"):
    """Bytes of a file: `how` is buffered, direct or mmap. No length: to the end."""
    direct = os.O_DIRECT if how == "direct" else 0
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | direct)
    if length is None:
        length = max(0, os.fstat(handle).st_size - offset)
    if how == "mmap":
        return map_read(handle, offset, length)
    return pread(handle, offset, length, how == "direct")


def pread(handle, offset, length, direct=False):
    """All `length` bytes or those to the end: a short answer is asked on."""
    room = mmap.mmap(-1, max(PAGE, length)) if direct else None
    pieces = []
    while length > 0:
        if direct:
            # The room is page-aligned; FUSE itself asks for no alignment.
            view = memoryview(room)[:length]
            count = os.preadv(handle, [view], offset)
            data = bytes(view[:count])
            view.release()
        else:
            data = os.pread(handle, length, offset)
        if not data:
            break
        pieces.append(data)
        offset += len(data)
        length -= len(data)
    return b"".join(pieces)


def map_read(handle, offset, length):
    if length <= 0:
        return b""
    skip = offset % PAGE
    with mmap.mmap(handle, skip + length, mmap.MAP_SHARED, mmap.PROT_READ,
                   offset=offset - skip) as view:
        return view[skip:skip + length]


def read_once(path, offset, length):
    """What one call of pread gives: at most `length` bytes."""
    handle = os.open(path, os.O_RDONLY)
    return os.pread(handle, length, offset)


def sha256(path, step=1 << 20):
    digest = hashlib.sha256()
    handle = os.open(path, os.O_RDONLY)
    while True:
        data = os.read(handle, step)
        if not data:
            return digest.hexdigest()
        digest.update(data)


def listing(path):
    """The names of a directory, in the order they come."""
    return os.listdir(path)


def status(path):
    """stat, of a symlink itself."""
    found = os.lstat(path)
    return {"mode": found.st_mode, "size": found.st_size, "inode": found.st_ino,
            "links": found.st_nlink, "mtime_ns": found.st_mtime_ns,
            "kind": stat.filemode(found.st_mode)[0]}


def tree(path):
    """`{relative path: status}` of everything below a directory."""
    found = {}

    def walk(folder, under):
        for entry in os.scandir(folder):
            name = under + entry.name
            found[name] = status(entry.path)
            if entry.is_dir(follow_symlinks=False):
                walk(entry.path, name + "/")
    walk(path, "")
    return found


def attributes(path):
    """The extended attributes, as text."""
    return {name: os.getxattr(path, name).decode() for name in os.listxattr(path)}


def raw_stat(path):
    """stat by the C library, which retries nothing: 0, or the errno's name."""
    room = ctypes.create_string_buffer(512)
    return _raw(libc.stat(os.fsencode(path), room))


def raw_read(path, offset, length):
    """One O_DIRECT pread by the C library: bytes, or the errno's name."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECT)
    room = ctypes.create_string_buffer(length + PAGE)
    place = (ctypes.addressof(room) + PAGE - 1) & ~(PAGE - 1)
    libc.pread.restype = ctypes.c_ssize_t
    count = libc.pread(handle, ctypes.c_void_p(place), ctypes.c_size_t(length),
                       ctypes.c_long(offset))
    return ctypes.string_at(place, count) if count >= 0 else _raw(count)


def _raw(answer):
    return 0 if answer == 0 else errno.errorcode[ctypes.get_errno()]
