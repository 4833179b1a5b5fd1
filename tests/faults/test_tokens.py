"""The life of tokens, in fast motion."""

import json
import os
import threading
import time

import pytest

import access
import acts
import report
import worlds
from mounting import until
from worlds import MIB, part, scores

PART = worlds.path("p")
BIG = 1024 * MIB
MANY = 1000


@pytest.fixture
def noted(record_property):
    """`noted(condition, way, expected, seen, begun)`: a row of the report."""
    def note(condition, way, expected, seen, begun):
        record_property("fault", report.row(condition, way, expected, seen,
                                            time.monotonic() - begun))
    return note


def whole(path, size, seed):
    """All bytes in order, compared as they come."""
    return acts.read(path, seed, size)


def served_again(record):
    """The last token, once all that was refused before has been served with it."""
    answered = [one for one in record if one["status"] is not None]
    refused = {one["range"] for one in answered if one["status"] == 401}
    served = [one for one in answered if one["status"] == 206]
    refused -= {one["range"] for one in served}
    return served[-1]["token"] if served and not refused else None


def tokens_asked_for(mounted):
    status = json.loads(access.run(access.read, mounted / ".caifs/status.json", 0, MIB))
    return status["token"]["requests"]


def test_a_gibibyte_across_fifty_renewals(emulator, mount, noted):
    """Each token is revoked as soon as all that waited for it has been served."""
    platform = emulator(scores(part("p", BIG, 3)), foreign=True)
    # A request that met two revocations would rightly be refused: one at a time.
    mounted = mount(platform, connections=1, memory="8M")
    access.run(os.listdir, mounted / worlds.FOLDER)
    before = tokens_asked_for(mounted)
    # Time to see that a request was served before all of them are.
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 60}])
    platform.clear()
    begun = time.monotonic()
    child = access.start(whole, mounted / PART, BIG, 3)
    used, statuses = set(), set()
    while not child.answered(0.002) and len(used) < 55 and time.monotonic() < begun + 100:
        record = platform.record("bytes")
        token = served_again(record)
        if token and token not in used:
            used.add(token)
            statuses |= {one["status"] for one in record}
            platform.clear()        # a long record takes long to be asked for
            platform.revoke()
    seen, revoked = child.hear(60), len(used)
    renewed = tokens_asked_for(mounted) - before
    noted("the token is revoked again and again in a read of 1 GiB", "buffered",
          "right, a token request each",
          f"{seen}, revoked {revoked} times, {renewed} token requests", begun)
    assert seen == "right"
    assert revoked >= 50 and renewed == revoked
    assert statuses <= {206, 401, None}     # None: not answered yet


@pytest.mark.parametrize("way", ["buffered", "direct"])
def test_a_token_that_dies_in_the_middle_of_a_body(emulator, mount, noted, way):
    """The body comes to its end; what is asked for next comes with a new token."""
    size = 48 * MIB
    platform = emulator(scores(part("p", size, 3)), foreign=True)
    mounted = mount(platform, connections=1)
    access.run(os.listdir, mounted / worlds.FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "times": 1, "stall_at": 10000}])
    platform.clear()
    begun = time.monotonic()
    child = access.start(acts.read, mounted / PART, 3, size, 0, None, way)
    until(lambda: any(one["bytes"] >= 10000 for one in platform.record("bytes")), 10,
          "the middle of a body")
    platform.revoke()
    platform.release()
    seen = child.hear(30)
    noted("the token dies in the middle of a body", way, "right, one token request",
          f"{seen}, {platform.count('token')} token request", begun)
    assert seen == "right"
    assert platform.count("token") == 1
    assert platform.state()["statuses"].get("401", 0) >= 1


def test_tokens_that_end_are_renewed_ahead_of_it(emulator, mount):
    size = 64 * MIB
    platform = emulator(scores(part("p", size, 3)), foreign=True)
    platform.tokens(lifetime_s=1)
    mounted = mount(platform, memory="8M")
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 300}])
    platform.clear()
    begun = time.monotonic()
    assert access.run(whole, mounted / PART, size, 3, limit=100) == "right"
    seconds = time.monotonic() - begun
    record = platform.record()
    renewed = sum(one["op"] == "token" for one in record)
    assert 3 <= renewed <= seconds / 0.85 + 2
    assert all(one["status"] in (206, 401) for one in record if one["op"] == "bytes")


def read_many(folder, count, length=65536):
    """Read so many parts at once; what each gave, as a set."""
    found = set()

    def one(n):
        found.add(acts.read(f"{folder}/part-{n:05d}", 5 + n, length, 0, length, "direct"))
    threading.stack_size(256 * 1024)
    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_thousand_401s_at_once_are_one_token_request(emulator, mount, noted):
    """A thousand reads wait, all of them with the token that has been revoked."""
    platform = emulator(scores({**part("part-{n:05d}", 4096, 5), "repeat": MANY}),
                        foreign=True)
    mounted = mount(platform, connections=32)
    access.run(os.listdir, mounted / worlds.FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "stall": "head", "gateway_error": "401013"}])
    platform.clear()
    begun = time.monotonic()
    child = access.start(read_many, mounted / worlds.FOLDER, MANY, 4096)
    until(lambda: platform.count("bytes") >= 16, 20, "requests")
    platform.revoke()
    time.sleep(1)                           # all thousand readers wait by now
    platform.clear_rules()                  # for requests to come: these are refused
    platform.release()
    seen = child.hear(60)
    refused = platform.state()["statuses"].get("401", 0)
    noted("1000 reads at once, the token revoked", "direct", "right, one token request",
          f"{' '.join(seen)}, {platform.count('token')} token request, {refused} refused",
          begun)
    assert seen == {"right"}
    assert platform.count("token") == 1
    assert refused >= 16


def test_revocations_while_many_read(emulator, mount):
    """Each wave of refusals is one token request, and no reader sees an error."""
    platform = emulator(scores({**part("part-{n:05d}", 65536, 5), "repeat": 220}),
                        foreign=True)
    mounted = mount(platform, connections=16)
    access.run(os.listdir, mounted / worlds.FOLDER)
    platform.rules([{"match": {"op": "bytes"}, "delay_ms": 100}])
    platform.clear()
    child = access.start(read_many, mounted / worlds.FOLDER, 220)
    until(lambda: platform.count("bytes") >= 40, 20, "requests")
    platform.revoke()
    until(lambda: platform.count("token") == 1, 20, "a new token")
    asked = platform.count("bytes")
    until(lambda: platform.count("bytes") >= asked + 60, 20, "requests with it")
    platform.revoke()
    assert child.hear(60) == {"right"}
    assert platform.count("token") == 2


def put(path, token):
    """Replace a token's file as a careful program does."""
    fresh = f"{path}.new"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(token + "\n")
    os.replace(fresh, path)


NO_SECRET = {"CAIFS_CLIENT_SECRET": None}


def parts(count):
    return scores({**part("part-{n:05d}", 65536, 5), "repeat": count})


def one(mounted, n):
    return access.run(acts.read, mounted / f"{worlds.FOLDER}/part-{n:05d}", 5 + n, 65536)


def test_a_token_file_replaced_while_mounted(emulator, mount, tmp_path):
    platform = emulator(parts(6), foreign=True)
    held = tmp_path / "token"
    put(held, platform.mint())
    mounted = mount(platform, env=NO_SECRET, token_file=held)
    assert one(mounted, 0) == "right"
    put(held, platform.mint())              # before the old one ends
    first = {entry["token"] for entry in platform.record() if entry["token"]}
    platform.clear()
    assert one(mounted, 1) == "right"
    assert not first & {entry["token"] for entry in platform.record()}
    fresh = platform.mint()
    platform.revoke()                       # all, and nothing in its place
    assert one(mounted, 2) == "EACCES"
    assert one(mounted, 0) == "right"       # in memory
    put(held, platform.mint())
    end = time.monotonic() + 5
    while one(mounted, 3) != "right":
        assert time.monotonic() < end, "the new token is not taken"
    put(held, "")                           # torn: the old one goes on
    assert one(mounted, 4) == "right"
    assert fresh and platform.count("token") == 0


def test_a_token_of_a_command_is_renewed(emulator, mount, tmp_path):
    platform = emulator(parts(6), foreign=True)
    held, runs = tmp_path / "token", tmp_path / "runs"
    script = tmp_path / "command"
    script.write_text(f"#!/bin/sh\necho run >> {runs}\ncat {held}\n")
    script.chmod(0o700)
    put(held, platform.mint())
    mounted = mount(platform, env=NO_SECRET, token_command=script)
    assert one(mounted, 0) == "right"
    assert runs.read_text().count("run") == 1
    platform.revoke()
    put(held, platform.mint())
    assert one(mounted, 1) == "right"
    assert runs.read_text().count("run") == 2
    platform.revoke()
    script.write_text("#!/bin/sh\nexit 3\n")
    assert one(mounted, 2) in ("EACCES", "EIO")
    assert platform.count("token") == 0
