"""The line in the log for a read that was answered late: where the time went.

That something took at least as long as it was held up is sure; nothing here says
how quick the rest was.
"""

import json
import re
import time

import pytest

import access
import worlds
from conftest import until
from worlds import MIB, part, scores

TIMEOUT = 10                # so that a second is slow
PARTS = [part(f"p{n}", MIB, n) for n in range(4)]
LINE = re.compile(r"slow op=read file=(?P<file>\S+) off=(?P<off>\d+) len=(?P<len>\d+) "
                  r"ms=(?P<ms>\d+) waited=(?P<waited>\d+) for=(?P<first>\d+)-(?P<last>\d+) "
                  r"memory_wait=(?P<memory_wait>\d+) retry=(?P<retry>\d+) queue=(?P<queue>\d+) "
                  r"connect=(?P<connect>\d+) first_byte=(?P<first_byte>\d+) body=(?P<body>\d+) "
                  r"asked=(?P<asked>\d+) concurrency_limit=(?P<concurrency_limit>\d+) suppressed=(?P<suppressed>\d+)$",
                  re.MULTILINE)
HALF = {"match": {"op": "bytes", "range_first": MIB // 2}}


def lines(mounted):
    found = [{name: int(value) if value.isdigit() else value
              for name, value in one.groupdict().items()}
             for one in LINE.finditer(mounted.log())]
    assert len(found) == mounted.log().count("slow op=")
    return found


def middle(mounted, name="p0"):
    """A read of its own range, which nothing else brings."""
    data = access.run(access.read, mounted / worlds.path(name), MIB // 2, 8192, "direct")
    assert len(data) == 8192


def status(mounted):
    return json.loads(access.run(access.read, mounted / ".caifs/status.json", 0, MIB))


@pytest.fixture
def ready(emulator, mount):
    def begin(rules=(), **options):
        platform = emulator(scores(*PARTS))
        mounted = mount(platform, timeout=TIMEOUT, **options)
        access.run(access.tree, mounted / worlds.FOLDER)
        platform.rules(list(rules))
        return platform, mounted
    return begin


CAUSES = {
    "first_byte": {"delay_ms": 1200},
    # The platform says when to come again.
    "retry": {"status": 429, "headers": {"Retry-After": "2"}},
    # A third of the deadline without a byte ends an attempt.
    "stall": {"stall": "head"},
    "body": {"drip_bps": 4000, "truncate_at": 8192},
}


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("cause", CAUSES)
def test_it_says_where_the_time_went(ready, tmp_path, cause, cached):
    options = {"cache_dir": str(tmp_path / "cache")} if cached else {}
    _, mounted = ready([{**HALF, "times": 1, **CAUSES[cause]}], **options)
    middle(mounted)
    (line,) = lines(mounted)
    member, least = {"stall": ("retry", TIMEOUT * 1000 // 3), "retry": ("retry", 1900),
                     "body": ("body", 1000)}.get(cause, (cause, 1100))
    assert line[member] >= least
    assert line["file"].endswith(worlds.FOLDER.partition("/")[2] + "/p0")
    assert line["off"] == line["first"] == MIB // 2
    assert line["asked"] == (2 if member == "retry" else 1)
    parts = sum(line[one] for one in ("memory_wait", "retry", "queue", "connect", "first_byte", "body"))
    # Each is rounded down.
    assert line["ms"] >= line["waited"] >= parts - 6 >= least - 6
    assert line["concurrency_limit"] >= 1 and (cause != "retry" or line["concurrency_limit"] == 4)


def test_its_turn_is_counted(ready):
    """Others have all the connections there are, until they go."""
    platform, mounted = ready(connections=1)
    (at_once,) = {1, 2, 3} & {int(status(mounted)["platform"]["concurrency_limit"])}
    platform.rules([{**HALF, "times": at_once, "stall": "head"}])
    others = [access.start(access.read, mounted / worlds.path(f"p{n}"), MIB // 2, 8192, "direct")
              for n in range(at_once)]
    until(lambda: platform.count("bytes") == at_once, 20, "as many requests as there may be")
    last = access.start(access.read, mounted / worlds.path("p3"), MIB // 2, 8192, "direct")
    last.stuck()
    time.sleep(1.3)
    assert platform.count("bytes") == at_once
    for one in others:
        one.kill()
    assert len(last.hear()) == 8192
    (line,) = lines(mounted)
    assert line["memory_wait"] + line["queue"] >= 1200


def test_one_line_stands_for_many(ready):
    _, mounted = ready([{**HALF, "delay_ms": 1500}])
    children = [access.start(access.read, mounted / worlds.path(f"p{n}"), MIB // 2, 8192, "direct")
                for n in range(4)]
    assert [len(one.hear()) for one in children] == [8192] * 4
    assert len(lines(mounted)) == 1


def test_a_quick_read_is_not_told(ready):
    _, mounted = ready()
    middle(mounted)
    assert access.run(access.sha256, mounted / worlds.path("p1"))
    assert not lines(mounted)
