"""Programs that read: the timed reader, cp, ls, DuckDB, and curl at the origin.

Each gives a dict: wall and cpu in seconds, and whether the bytes were `right`
(None where there is no telling). `between` is called when the clock has
stopped and before anything is compared.
"""

import filecmp
import json
import os
import resource
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 90                  # seconds; who needs more is not tried again
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}


class Failure(Exception):
    """No answer, or a wrong one."""


class TooSlow(Failure):
    """It did not end within the limit."""


def failure(command, status, said):
    name = os.path.basename(command[0])
    if status == 124:       # timeout(1)
        return TooSlow(f"{name} does not end in {LIMIT} s")
    return Failure(f"{name} {status}: {said[-200:]}")


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command, **more):
    """Wall and processor time of one program."""
    used, begun = children_cpu(), time.monotonic()
    done = subprocess.run(["timeout", str(LIMIT), *command],
                          stderr=subprocess.PIPE, text=True, **{**QUIET, **more})
    wall = time.monotonic() - begun
    if done.returncode:
        raise failure(command, done.returncode, done.stderr)
    return {"wall": wall, "cpu": children_cpu() - used, "right": None}


def converse(command, ready, between):
    """A program that times itself, in two steps, a line on its input before each."""
    with subprocess.Popen(["timeout", str(LIMIT), *command], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as talk:
        def ask(text):
            talk.stdin.write(text)
            talk.stdin.flush()

        try:
            if ready:
                talk.stdout.readline()
                ready()
                ask("go\n")
            first = talk.stdout.readline()
            between()
            if not first:
                said = talk.stderr.read()
                raise failure(command, talk.wait(), said)
            ask("go\n")
            second = talk.stdout.read().strip()
        except BaseException:
            talk.terminate()
            raise
    return json.loads(first), second


def reader(program, words, between, ready=None):
    figures, second = converse([program, *map(str, words)], ready, between)
    return {**figures, "right": second == "same", "wrong": second}


def copy(source, original, target, between):
    """cp -r, in tmpfs; then the copies are compared."""
    figures = timed(["cp", "-r", source, target])
    between()
    names = sorted(os.listdir(original))
    right = sorted(os.listdir(target)) == names and not any(
        filecmp.cmpfiles(target, original, names, shallow=False)[1:])
    shutil.rmtree(target)
    return {**figures, "right": right}


def listing(folder, expected, between):
    with open("/dev/shm/caifs-bench-ls", "w+", encoding="utf-8") as said:
        os.unlink(said.name)
        figures = timed(["ls", "-l", folder], stdout=said)
        between()
        said.seek(0)
        lines = sum(line.startswith("-") for line in said)
    return {**figures, "right": lines == expected}


def query(files, warm, expected, extension, between, begin):
    """One column of a few files; `expected` is None for the first time it is asked."""
    def sql(names):
        # Integers, as the order in which doubles are added shows in their sum.
        listed = ", ".join(f"'{name}'" for name in names)
        return ("SELECT count(*), sum((score * 100000)::BIGINT), min(score), max(score) "
                f"FROM read_parquet([{listed}])")
    figures, _ = converse(["node", os.path.join(HERE, "query.mjs"),
                           *(["--load", extension] if extension else []),
                           sql([warm]), sql(files)], begin, between)
    rows = figures.pop("rows")
    return {**figures, "rows": rows, "right": expected is None or rows == expected}


def curl(transfers, connections, between, headers=()):
    """Transfers are (URL, range or None, where to): at once as far as connections allow."""
    lines = []
    for url, part, target in transfers:
        lines += [f'url = "{url}"', f'output = "{target}"', "silent", "show-error", "fail"]
        lines += [f'range = "{part}"'] if part else []
        lines += [f'header = "{one}"' for one in headers] + ["next"]
    lines.pop()
    command = ["curl", "-q", "--no-progress-meter", "-K", "-"]
    if connections > 1:
        command += ["-Z", "--parallel-immediate", "--parallel-max", str(connections)]
    figures = timed(command, stdin=None, input="\n".join(lines))
    between()
    return figures


def first_byte(url):
    """The origin's time to the first byte, on a new connection."""
    said = subprocess.run(["curl", "-q", "-s", "-o", "/dev/null", "-r", "0-4095",
                           "-w", "%{time_starttransfer}", url], capture_output=True, text=True)
    return float(said.stdout)


def pieces(size, count):
    """A file in as many ranges as there are connections."""
    step = -(-size // count)
    return [f"{at}-{min(at + step, size) - 1}" for at in range(0, size, step)]
