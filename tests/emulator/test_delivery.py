"""The faults of delivery: slow, stalled, cut and reset answers."""

import http.client
import json
import time

import pytest

from .control import Emulator
from .probe import Probe
from .test_rules import FILE, SIZE, WORLD, only, part, running  # noqa: F401


def everything(sock):
    """All that comes until the end, and whether it ended by a reset."""
    got = b""
    try:
        while more := sock.recv(1 << 16):
            got += more
    except ConnectionResetError:
        return got, True
    return got, False


def split(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    return head.decode().lower(), body


def test_delay(platform, probe):
    only(platform, {"delay_ms": 200})
    start = time.monotonic()
    assert part(probe).status == 206
    assert 0.2 <= time.monotonic() - start < 1


@pytest.mark.parametrize("cut", [0, 1, 600_000])
def test_truncate(platform, probe, cut):
    only(platform, {"truncate_at": cut})
    raw, was_reset = everything(probe.raw(FILE))
    head, body = split(raw)
    assert f"content-length: {SIZE}" in head and not was_reset
    assert body == platform.content(1, 0, cut)
    assert platform.record()[-1]["bytes"] == cut


def test_reset(platform, probe):
    only(platform, {"reset_at": 0})
    assert everything(probe.raw(FILE)) == (b"", True)
    assert platform.record()[-1]["status"] is None
    only(platform, {"reset_at": 1000})
    raw, was_reset = everything(probe.raw(FILE))
    assert was_reset and split(raw)[1] == platform.content(1, 0, 1000)


def test_stall_before_the_head(platform, probe):
    only(platform, {"stall": "head"})
    sock = probe.raw(FILE, Connection="close")
    sock.settimeout(0.2)
    with pytest.raises(TimeoutError):
        sock.recv(1)
    platform.release()
    sock.settimeout(10)
    assert split(everything(sock)[0])[1] == platform.content(1, 0, SIZE)


def test_stall_in_the_body(platform, probe):
    only(platform, {"stall_at": 500})
    sock = probe.raw(FILE, Connection="close")
    sock.settimeout(0.3)
    got = b""
    with pytest.raises(TimeoutError):
        while True:
            got += sock.recv(1 << 16)
    assert split(got)[1] == platform.content(1, 0, 500)
    assert platform.state()["in_flight"] == 1
    assert platform.record()[-1]["done"] is False
    platform.release()
    sock.settimeout(10)
    assert split(got + everything(sock)[0])[1] == platform.content(1, 0, SIZE)


def test_a_stall_ends_when_the_client_leaves(platform, probe):
    only(platform, {"stall_at": 500})
    sock = probe.raw(FILE)
    sock.recv(100)
    assert platform.state()["in_flight"] == 1
    sock.close()
    end = time.monotonic() + 1
    while platform.state()["in_flight"]:
        assert time.monotonic() < end
    assert platform.record()[-1]["bytes"] == 500


def test_stalls_end_when_the_server_stops():
    with Emulator(WORLD) as platform:
        probe = Probe(platform)
        platform.rules([{"match": {}, "stall": "head"}])
        socks = [probe.raw(FILE) for _ in range(20)]
        while platform.state()["in_flight"] < 20:
            pass
        start = time.monotonic()
        assert platform.stop() == 0
        assert all(everything(sock)[0] == b"" for sock in socks)
        assert time.monotonic() - start < 2


def test_drip(platform, probe):
    only(platform, {"drip_bps": 2000})
    start = time.monotonic()
    assert part(probe).body == platform.content(1, 1000, 1000)
    assert 0.4 < time.monotonic() - start < 2


def test_the_response_time_limit(platform, probe):
    platform.switch(response_limit_s=0.3)
    only(platform, {"drip_bps": 1000})
    with pytest.raises(http.client.IncompleteRead):
        part(probe)
    assert 100 <= platform.record()[-1]["bytes"] < 900


def test_close(platform, probe):
    only(platform, {"close": True})
    head, body = split(everything(probe.raw(FILE))[0])
    assert "connection: close" in head and len(body) == SIZE


def test_change(platform, probe):
    only(platform, {"change": {"set_batch": {"key": "b", "fields": {"status": "deleted"}}}})
    assert [part(probe).status for _ in range(2)] == [206, 404]
    platform.clear_rules()
    platform.change({"set_batch": {"key": "b", "fields": {"status": "success"}}})
    assert json.loads(probe.export("files/b-1").body)["data"]
