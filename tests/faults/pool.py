"""Plays rows in a few processes at once: most of a row's time is waiting."""

import contextlib
import ctypes
import multiprocessing
import os
import pathlib
import tempfile
import time
import traceback

PR_SET_CHILD_SUBREAPER = 36
JOBS = int(os.environ.get("CAIFS_FAULT_JOBS") or 6)


def _work(program, folder, tasks, answers):
    import mounting  # noqa: F401
    from scene import Outcome, Scene
    # Daemons become children of this process: their exit status can be asked for.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    while True:
        row = tasks.get()
        if row is None:
            return
        try:
            place = tempfile.mkdtemp(dir=folder)
            outcome = Scene(row, program, pathlib.Path(place)).play()
        except BaseException:
            outcome = Outcome(seen="failed", wrong=[traceback.format_exc()])
        answers.put((row.id, outcome))


class Pool:
    """`outcome(row)` waits for that row's turn."""

    def __init__(self, program, folder, rows):
        fork = multiprocessing.get_context("fork")
        self.tasks, self.answers, self.found = fork.SimpleQueue(), fork.Queue(), {}
        self.workers = [fork.Process(target=_work, args=(program, str(folder), self.tasks,
                                                         self.answers))
                        for _ in range(min(JOBS, len(rows)))]
        for worker in self.workers:
            worker.start()
        self.feeder = fork.Process(target=self._feed, args=(rows,))
        self.feeder.start()

    def _feed(self, rows):
        for row in rows + [None] * len(self.workers):
            self.tasks.put(row)

    def outcome(self, row, limit=300):
        end = time.monotonic() + limit
        while row.id not in self.found:
            with contextlib.suppress(Exception):
                name, outcome = self.answers.get(timeout=1)
                self.found[name] = outcome
            if time.monotonic() > end or not any(one.is_alive() for one in self.workers) \
                    and self.answers.empty() and row.id not in self.found:
                raise AssertionError("no outcome: the player is gone")
        return self.found[row.id]

    def close(self):
        self.feeder.kill()
        self.feeder.join()
        for worker in self.workers:
            worker.join(0.5)
            if worker.is_alive():
                worker.terminate()
                worker.join()
