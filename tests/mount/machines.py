"""Machines of a cluster, on this one: each a mount namespace whose mount of
scores is at the same path as the others', and the processes of an engine there.

Nothing listens but on the loopback interface, and nothing outlives `close`.
"""

import os
import subprocess
import sys

from conftest import until

START = 20                  # seconds that a process may take to be there
END = 5                     # and to be gone
# Mounts of tests that run beside these would not end while they are here too.
MACHINE = """
mount --bind "$1" "$2" &&
awk -v own="$2" '$3 == "fuse.caifs" && $2 != own {print $2}' /proc/self/mounts |
    xargs -r -n 1 umount -l &&
shift 2 && exec "$@"
"""


class Machine:
    """Where `scores` is this mount, and no other mount of caifs is to be seen."""

    def __init__(self, mounted, scores, folder):
        self.mounted, self.scores, self.folder = mounted, scores, folder

    def start(self, name, *words):
        """A process there, which may be anything that Python runs."""
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith(("DASK_", "CAIFS_"))
                       and not key.lower().endswith("_proxy")}
        environment.update(HOME=str(self.folder), DASK_CONFIG=str(self.folder))
        with open(self.folder / f"{name}.log", "wb") as log:
            return subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", MACHINE, "sh", self.mounted.path, self.scores,
                 sys.executable, *words],
                env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)

    def said(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def run(self, name, *words, limit=60):
        """What a process there prints; it must succeed."""
        process = self.start(name, *words)
        try:
            assert process.wait(limit) == 0, self.said(name)
        finally:
            end(process)
        return self.said(name)


def end(process):
    process.terminate()
    try:
        process.wait(END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Cluster:
    """A scheduler of Dask's, and a worker of one thread on each machine."""

    def __init__(self, machines):
        self.machines = machines
        self.processes = []
        self.contact = str(machines[0].folder / "scheduler.json")

    def open(self):
        ours = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0",
                "--scheduler-file", self.contact)
        self.processes.append(self.machines[0].start(
            "scheduler", "-m", "dask", "scheduler", "--port", "0", "--idle-timeout", "120", *ours))
        until(lambda: os.path.exists(self.contact), START, "the scheduler")
        for number, machine in enumerate(self.machines):
            self.processes.append(machine.start(
                f"worker-{number}", "-m", "dask", "worker", "--name", f"worker-{number}",
                "--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--death-timeout",
                str(START), "--local-directory", str(machine.folder), *ours))

    def close(self):
        for process in reversed(self.processes):
            end(process)
