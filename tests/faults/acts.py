"""What a row does to a mount, to be run in a child process (tests/mount/access.py).

Each act gives one word or phrase: "right", the name of an errno, or what was
wrong. Bytes are compared with the emulator's own in the child, as they come, so
that a wrong or short piece before an error is seen too.
"""

import errno
import mmap
import os
import signal

import access
from emulator import content

CHUNK = 1 << 20


def name(error):
    return errno.errorcode.get(error.errno, str(error.errno))


def compare(handle, seed, size, at, length, how="buffered", step=CHUNK):
    """Read `length` bytes at `at` of the open file and compare them."""
    end = min(at + length, size)
    if how == "mmap":
        found = access.map_read(handle, at, end - at)
        return "right" if found == content.read(seed, at, end - at) else "wrong bytes"
    room = mmap.mmap(-1, max(step, 4096)) if how == "direct" else None
    while at < end:
        wanted = min(step, end - at)
        try:
            if room is not None:
                with memoryview(room)[:wanted] as view:
                    count = os.preadv(handle, [view], at)
                    data = bytes(view[:count])
            else:
                data = os.pread(handle, wanted, at)
        except OSError as error:
            return name(error)
        if not data:
            return f"short: ends at {at} of {end}"
        if data != content.read(seed, at, len(data)):
            return f"wrong bytes in {at}+{len(data)}"
        at += len(data)
    return "right"


def read(path, seed, size, at=0, length=None, how="buffered", step=CHUNK):
    """Open a file, look at its size, read and compare."""
    try:
        handle = os.open(path, os.O_RDONLY | (os.O_DIRECT if how == "direct" else 0))
    except OSError as error:
        return name(error)
    listed = os.fstat(handle).st_size
    if listed != size:
        return f"wrong size: {listed} for {size}"
    return compare(handle, seed, size, at, size if length is None else length, how, step)


def readdir(path, names, optional=()):
    """List a directory: exactly these names."""
    try:
        found = os.listdir(path)
    except OSError as error:
        return name(error)
    if len(set(found)) != len(found):
        return "wrong: a name twice"
    missing = sorted(set(names) - set(found))
    more = sorted(set(found) - set(names) - set(optional))
    if missing or more:
        return f"wrong names: {missing[:3]} missing, {more[:3]} too many"
    return "right"


def lookup(path, size):
    """stat of a file."""
    try:
        found = os.stat(path)
    except OSError as error:
        return name(error)
    return "right" if found.st_size == size else f"wrong size: {found.st_size} for {size}"


def handle_of_two_versions(path, seed, size, how):
    """A handle that lives through a change of its file: talks twice."""
    handle = os.open(path, os.O_RDONLY | (os.O_DIRECT if how == "direct" else 0))
    yield compare(handle, seed, size, 0, 65536, how)
    answers = []
    for at in (16 << 20, 16 << 20, 20 << 20, 16 << 20):
        answers.append(compare(handle, seed, size, at, 65536, how))
    yield answers
    answers = []
    for at in (16 << 20, 20 << 20):
        answers.append(compare(handle, seed, size, at, 65536, how))
    yield answers


WRITES = {
    "open to write": lambda path: os.open(path, os.O_WRONLY),
    "truncate": lambda path: os.truncate(path, 0),
    "unlink": os.unlink,
    "mkdir": lambda path: os.mkdir(path + ".new"),
}


def write(path, way):
    """An attempt to change something."""
    try:
        WRITES[way](path)
    except OSError as error:
        return name(error)
    return "wrong: it was let"


def with_handler(path, seed, way):
    """One system call of a process that handles SIGUSR1, and is not made again."""
    signal.signal(signal.SIGUSR1, lambda *_: None)
    if way == "lookup":
        return access.raw_stat(path) or "right"
    found = access.raw_read(path, 0, 65536)
    if isinstance(found, str):
        return found
    return "right" if found == content.read(seed, 0, 65536) else "wrong bytes"


def scenario(folder, names, path, seed, size):
    """List a folder and read a file in it: the first that is not right."""
    found = readdir(folder, names)
    return found if found != "right" else read(path, seed, size, 0, 65536, "direct")
