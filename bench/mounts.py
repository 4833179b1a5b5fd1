"""The filesystems that are compared: how each is mounted, fresh every time."""

import os
import shutil
import subprocess
import tempfile
import time

import origin

CLOCK = os.sysconf("SC_CLK_TCK")
READ_AHEADS = (1024, 128)   # KiB: what is best for FUSE, and what caifs leaves
DISK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build")


def device(path):
    """MAJOR:MINOR of what is mounted there, or None."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            words = line.split()
            if words[4] == path:
                return words[2]
    return None


class Mount:
    """One mount of a filesystem; a subclass says what to start."""

    label = "?"
    peer = True             # another program
    tree = ""               # where the batches are below the mountpoint
    keeps = False           # with a disk cache: for the workloads about that

    def __init__(self, place, at):
        self.place = place  # the Origin
        self.folder = at
        self.path = os.path.join(at, "mnt")

    def command(self):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def __enter__(self):
        os.makedirs(self.path)
        with open(os.path.join(self.folder, "said"), "wb") as said:
            self.daemon = subprocess.Popen(self.command(), env=self.environment(), stdout=said,
                                           stderr=said, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while device(self.path) is None:
            if self.daemon.poll() is not None or time.monotonic() > end:
                said = self.said()
                self.__exit__()
                raise RuntimeError(f"{self.label} does not mount: {said[-300:]}")
            time.sleep(0.01)
        self.settle()
        return self

    def settle(self):
        """Whatever is to happen before the first use."""

    def __exit__(self, *_):
        if device(self.path) is not None:
            for lazily in ([], ["-z"]):
                done = subprocess.run(["timeout", "10", "fusermount3", "-u", *lazily, self.path],
                                      stderr=subprocess.DEVNULL)
                if done.returncode == 0:
                    break
        try:
            self.daemon.wait(5)
        except subprocess.TimeoutExpired:
            self.daemon.kill()      # which also ends the processes that wait for it
            self.daemon.wait()
        self.end = self.said().strip()
        shutil.rmtree(self.folder)

    def said(self):
        with open(os.path.join(self.folder, "said"), encoding="utf-8", errors="replace") as text:
            return text.read()

    def batch(self, batch):
        return os.path.join(self.path, self.tree, batch)

    def cpu(self):
        """Seconds of processor the daemon has used."""
        with open(f"/proc/{self.daemon.pid}/stat", encoding="utf-8") as line:
            words = line.read().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / CLOCK

    def peak(self):
        """The most memory it has had, in bytes."""
        with open(f"/proc/{self.daemon.pid}/status", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        return 0


class Caifs(Mount):
    peer = False
    tree = origin.DATASET
    program = ""
    options = ""

    def command(self):
        return [self.program, "-f", "-o", "connections=16" + self.options, self.path]

    def environment(self):
        return {**os.environ, "CAIFS_ENDPOINT": self.place.endpoint,
                "CAIFS_IMS_ENDPOINT": self.place.endpoint, "CAIFS_IMS_ORG": origin.ORG,
                "CAIFS_API_KEY": origin.KEY, "CAIFS_CLIENT_SECRET": origin.SECRET}


class Keeping(Caifs):
    """With a cache on disk, an empty one each time."""

    keeps = True

    def command(self):
        return [self.program, "-f", "-o", f"connections=16,cache_dir={self.cache}" + self.options,
                self.path]

    def __enter__(self):
        # On a disk: what else a run makes is in memory.
        self.cache = tempfile.mkdtemp(prefix="bench-cache.", dir=DISK)
        try:
            return super().__enter__()
        except BaseException:
            shutil.rmtree(self.cache, ignore_errors=True)
            raise

    def __exit__(self, *how):
        super().__exit__(*how)
        shutil.rmtree(self.cache, ignore_errors=True)


class Memory(Mount):
    peer = False
    program = ""
    read_ahead = 0          # KiB
    pushes = False

    def command(self):
        return [self.program, *(["--push"] if self.pushes else []), self.place.files, self.path]

    def settle(self):
        # The kernel takes its own value again with the answer to INIT.
        subprocess.run(["timeout", "10", "stat", self.path + "/none"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        window = f"/sys/class/bdi/{device(self.path)}/read_ahead_kb"
        with open(window, "w", encoding="ascii") as made:
            made.write(str(self.read_ahead))


def caifs(program, label):
    return type("Caifs_" + label, (Caifs,), {"program": program, "label": label})


def keeping(kind):
    """The same caifs with a cache."""
    return type(kind.__name__ + "_cache", (Keeping, kind), {"label": kind.label + "-cache"})


def memory(program):
    """FUSE alone: as fast as it gets, as caifs has it, and pushing."""
    wide, usual = READ_AHEADS
    kinds = {"memory_fs": (wide, False), "memory_fs-128": (usual, False),
             "memory_fs-push": (usual, True)}
    return [type("Memory", (Memory,), {"program": program, "label": label, "read_ahead": window,
                                       "pushes": pushes})
            for label, (window, pushes) in kinds.items()]


def limited(kind, memory):
    """The same caifs with another budget."""
    return type(kind.__name__, (kind,), {"options": f",memory={memory}"})
