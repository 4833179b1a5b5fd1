"""Past one machine: an engine whose workers have a mount each, which share
nothing but the platform. See docs/scale.md, whose example is run here."""

import hashlib
import json
import os
import re
import shutil
import textwrap

import pytest

import worlds
from emulator import content
from machines import Cluster, Machine
from test_parquet import OVERSHOOT, TAIL, chunks, make, query
from test_requests import settled
from worlds import FOLDER, MIB, TESTS, part, scores

PAGE = os.path.join(os.path.dirname(TESTS), "docs", "scale.md")
PARTS = 8
FOOTER = 64 << 10          # more than the footers of these parts take up


def program(tmp_path, text):
    """The path of a Python program."""
    path = tmp_path / "job.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def example():
    """The program that stands in docs/scale.md."""
    with open(PAGE, encoding="utf-8") as handle:
        found, = re.findall(r"^```python\n(.*?)^```", handle.read(), re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture
def cluster(mount, tmp_path):
    """Makes one of two machines, with a mount of the platform on each."""
    made = []

    def begin(platform):
        machines = []
        scores_path = tmp_path / "scores"
        scores_path.mkdir()
        for number in range(2):
            folder = tmp_path / f"machine-{number}"
            folder.mkdir()
            machines.append(Machine(mount(platform), str(scores_path), folder))
        made.append(Cluster(machines))
        platform.clear()
        made[0].open()
        return made[0]
    yield begin
    for one in made:
        one.close()


def fetched(platform, before=None):
    """`{mount: {part: [(first, after last)]}}` that was asked for; a mount is
    known by its token. `before`: what starts before that place of a part."""
    found = {}
    for one in settled(platform):
        if one["op"] == "bytes":
            first, last = map(int, re.match(r"bytes=(\d+)-(\d+)$", one["range"]).groups())
            if before is None or first < before:
                found.setdefault(one["token"], {}).setdefault(one["query"], []).append(
                    (first, last + 1))
    return found


def once(parts):
    """No byte of a part is in two of its spans."""
    for spans in parts.values():
        spans.sort()
        for (_, after), (first, _) in zip(spans, spans[1:]):
            assert first >= after, "a byte was fetched twice"


def shared_out(found, count):
    """Both mounts had half of the parts, and none was had by both."""
    assert [len(parts) for parts in found.values()] == [count / 2, count / 2]
    assert len(set().union(*found.values())) == count


def test_two_workers_read_each_byte_once(emulator, cluster, tmp_path):
    sizes = [3 * MIB + n for n in range(PARTS)]
    names = [f"part-{n:05d}.parquet" for n in range(PARTS)]
    platform = emulator(scores(*(part(name, size, n + 1) for n, (name, size)
                                 in enumerate(zip(names, sizes)))))
    two = cluster(platform)
    driver = two.machines[0]
    said = driver.run("driver", program(tmp_path, example()), two.contact,
                      os.path.join(driver.scores, FOLDER))
    assert said.splitlines() == [
        f"{hashlib.sha256(content.read(n + 1, 0, size)).hexdigest()}  {name}"
        for n, (name, size) in enumerate(zip(names, sizes))]
    found = fetched(platform)
    shared_out(found, PARTS)
    for mine in found.values():
        once(mine)
    assert platform.bytes_sent("bytes") == sum(sizes)


COLUMN = textwrap.dedent("""
    import json, subprocess, sys
    from distributed import Client

    def total(path, query):
        sql = f"SELECT count(*) AS rows, sum(id) AS total FROM read_parquet('{path}')"
        done = subprocess.run(["node", query, "--db-threads", "1", sql], capture_output=True,
                              timeout=30, check=True)
        return json.loads(done.stdout)

    with Client(scheduler_file=sys.argv[1], timeout=20) as client:
        client.wait_for_workers(2, timeout=20)
        workers = sorted(client.scheduler_info()["workers"])
        tasks = [client.submit(total, path, sys.argv[2], workers=workers[n % 2])
                 for n, path in enumerate(sys.argv[3:])]
        found = client.gather(tasks)
        print(json.dumps({name: sum(one[name] for one in found) for name in found[0]}))
""")


def test_two_workers_add_up_a_column(emulator, cluster, tmp_path):
    """The column moves once, through the mount of the worker that reads it; the
    footers that tell where it is may be fetched ahead by both."""
    count = 4
    names = [f"part-{n:05d}.parquet" for n in range(count)]
    files = [str(tmp_path / name) for name in names]
    make(files[0], 30_000, 30_000)
    for path in files[1:]:
        shutil.copy(files[0], path)
    size = os.path.getsize(files[0])
    platform = emulator(scores(*(part(name, size, file=path)
                                 for name, path in zip(names, files))))
    two = cluster(platform)
    driver = two.machines[0]
    said = driver.run("driver", program(tmp_path, COLUMN), two.contact,
                      os.path.join(TESTS, "duckdb", "query.mjs"),
                      *(os.path.join(driver.scores, worlds.path(name)) for name in names))
    assert [json.loads(said)] == query(
        f"SELECT count(*) AS rows, sum(id) AS total FROM read_parquet('{tmp_path}/part-*.parquet')")
    shared_out(fetched(platform, before=size - FOOTER), count)
    for mine in fetched(platform).values():
        once(mine)
    (column,) = set(chunks(files[0], "id"))
    assert platform.bytes_sent("bytes") <= count * (column + OVERSHOOT + 2 * TAIL) < count * size / 2
