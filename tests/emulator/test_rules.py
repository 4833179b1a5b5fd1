"""The faults: every effect of a rule, and when a rule applies."""

import gzip

import pytest

from .control import Emulator
from .probe import EXPORT, Probe

SIZE = 1_000_000
WORLD = {"page_size": 5, "datasets": [{"id": "a" * 24, "name": "One", "batches": [
    {"key": "b", "files": [{"parts": [
        {"path": "f.parquet", "length": SIZE, "seed": 1},
        {"path": "g{n}.parquet", "repeat": 9, "length": 10, "seed": 2}]}]}]}]}
FILE = f"{EXPORT}/files/b-1?path=f.parquet"


@pytest.fixture(scope="module")
def running():
    with Emulator(WORLD, foreign=True) as one:
        yield one


def part(probe, first=1000, last=1999, **headers):
    return probe.bytes("b-1", "f.parquet", first, last, **headers)


def only(platform, effects, **match):
    platform.rules([{"match": match, **effects}])


# When a rule applies

@pytest.mark.parametrize("match, first, hit", [
    ({}, 0, True), ({"op": "bytes"}, 0, True), ({"op": "head"}, 0, False),
    ({"method": "GET"}, 0, True), ({"method": "HEAD"}, 0, False),
    ({"path": "/files/b-1$"}, 0, True), ({"path": "/batches/"}, 0, False),
    ({"query": r"path=f\."}, 0, True), ({"query": "limit"}, 0, False),
    ({"range_first": 1000}, 1000, True), ({"range_first": 1000}, 1001, False),
    ({"has_range": True}, 0, True), ({"has_range": False}, 0, False),
    ({"listener": "foreign"}, 0, False)])
def test_match(platform, probe, match, first, hit):
    only(platform, {"status": 500, "name": "r"}, **match)
    assert part(probe, first, first).status == (500 if hit else 206)
    assert platform.record()[-1]["rule"] == ("r" if hit else None)


def test_skip_and_times(platform, probe):
    platform.rules([{"match": {"op": "bytes"}, "skip": 2, "times": 3, "status": 503}])
    assert [part(probe).status for _ in range(7)] == [206, 206, 503, 503, 503, 206, 206]
    [rule] = platform.rule_counters()
    assert (rule["seen"], rule["fired"]) == (7, 3)


def test_probability(platform, probe):
    platform.rules([{"match": {}, "probability": 0.5, "status": 503}])
    seen = {part(probe, 0, 0).status for _ in range(64)}
    assert seen == {206, 503}
    platform.rules([{"match": {}, "probability": 0, "status": 503}])
    assert part(probe).status == 206


def test_the_first_rule_that_applies(platform, probe):
    platform.rules([{"match": {}, "times": 1, "status": 500}])
    platform.add_rules([{"match": {}, "status": 502}])
    assert [part(probe).status for _ in range(2)] == [500, 502]
    platform.clear_rules()
    assert part(probe).status == 206


@pytest.mark.parametrize("rule", [{"statsu": 500}, {"match": {"pth": "x"}, "status": 500},
                                  {"gateway_error": "123456"}])
def test_a_misspelt_rule_is_refused(platform, rule):
    with pytest.raises(ValueError):
        platform.rules([rule])


# Another answer

def test_status_headers_body(platform, probe):
    only(platform, {"status": 429, "headers": {"Retry-After": "2"},
                    "body": {"error_code": "429050", "message": "Too many requests"}})
    answer = part(probe)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
    assert answer.json()["error_code"] == "429050"
    only(platform, {"status": 429})
    assert part(probe).body == b""
    only(platform, {"status": 502, "body": "<html>", "content_type": "text/html"})
    assert (part(probe).body, part(probe).headers["Content-Type"]) == (b"<html>", "text/html")


def test_headers_alone(platform, probe):
    only(platform, {"headers": {"X-More": "1", "accept-ranges": None}})
    answer = part(probe)
    assert (answer.status, answer.headers["X-More"]) == (206, "1")
    assert "Accept-Ranges" not in answer.headers


@pytest.mark.parametrize("code, status", [
    ("401014", 401), ("403011", 403), ("403023", 403), ("429001", 429), ("429050", 429),
    ("503010", 503), ("503020", 403)])
def test_gateway_error(platform, probe, code, status):
    only(platform, {"gateway_error": code})
    answer = part(probe)
    assert (answer.status, answer.json()["error_code"]) == (status, code)
    assert answer.headers["Retry-After"] == ("1" if code == "429050" else None)
    assert answer.headers["X-Request-Id"]
    only(platform, {"gateway_error": code, "headers": {"Retry-After": None}})
    assert "Retry-After" not in part(probe).headers


def test_json(platform, probe):
    only(platform, {"json": '{"data":[}'})
    assert part(probe).body == b'{"data":[}'
    assert part(probe).headers["Content-Type"] == "application/json"


def test_redirect(platform, probe):
    only(platform, {"redirect": "{foreign}{path}?{query}"})
    answer = part(probe)
    assert (answer.status, answer.headers["Location"]) == (307, platform.foreign + FILE)
    only(platform, {"redirect": "/loop", "status": 302})
    assert (part(probe).status, part(probe).headers["Location"]) == (302, "/loop")


def test_the_foreign_host(platform, probe):
    away = Probe(platform, endpoint=platform.foreign)
    bare = away.ask("GET", FILE, without=away.credentials, Range="bytes=5-9")
    assert (bare.status, bare.body) == (206, platform.content(1, 5, 5))
    away.ask("GET", FILE, without=["x-api-key"])
    first, second = platform.record()
    assert first["listener"] == second["listener"] == "foreign"
    assert first["credential_headers"] == []
    assert second["credential_headers"] == ["authorization", "x-gw-ims-org-id",
                                            "x-sandbox-name"]
    assert first["headers"]["range"] == "bytes=5-9"
    platform.rules([{"match": {"listener": "foreign"}, "status": 500}])
    assert away.get(FILE).status == 500 and part(probe).status == 206


def test_revoke_token(platform, probe):
    platform.rules([{"match": {}, "revoke_token": True, "times": 1}])
    for _ in range(2):
        assert (part(probe).status, part(probe).json()["error_code"]) == (401, "401013")
    assert part(Probe(platform)).status == 206


# Altered listings

def test_listing_lies(platform, probe):
    target = f"{EXPORT}/files/b-1?limit=3"

    def listing(**effects):
        only(platform, effects)
        return probe.get(target).json()
    honest = probe.get(target).json()
    names = [one["name"] for one in honest["data"]]
    assert listing(page_loop=True)["_links"]["next"]["href"].endswith(target)
    assert "next" not in listing(no_next=True)["_links"]
    assert listing(page_count=7)["_page"]["count"] == 7
    other = listing(next_host="elsewhere.example:1")["_links"]["next"]["href"]
    assert other == honest["_links"]["next"]["href"].replace(
        "platform.adobe.io:443", "elsewhere.example:1")
    assert listing(next_host="http://x")["_links"]["next"]["href"].startswith("http://x/data/")
    assert [one["name"] for one in listing(drop_entries=1)["data"]] == names[:2]
    assert [one["name"] for one in listing(duplicate_entries=1)["data"]] == names + names[:1]


# Altered ranges

def test_shift_range(platform, probe):
    only(platform, {"shift_range": 10})
    answer = part(probe)
    assert answer.headers["Content-Range"] == f"bytes 1010-2009/{SIZE}"
    assert answer.body == platform.content(1, 1010, 1000)


def test_shorten_range(platform, probe):
    only(platform, {"shorten_range": 400})
    answer = part(probe)
    assert answer.headers["Content-Range"] == f"bytes 1000-1599/{SIZE}"
    assert answer.headers["Content-Length"] == "600"
    assert answer.body == platform.content(1, 1000, 600)


def test_unclamped_range(platform, probe):
    only(platform, {"unclamped_range": True})
    answer = part(probe, SIZE - 10, SIZE + 90)
    assert answer.headers["Content-Range"] == f"bytes {SIZE - 10}-{SIZE + 90}/{SIZE}"
    assert answer.body == platform.content(1, SIZE - 10, 10)
    inside = part(probe, SIZE - 10, SIZE - 1)
    assert inside.headers["Content-Range"] == f"bytes {SIZE - 10}-{SIZE + 4095}/{SIZE}"
    assert part(probe).headers["Content-Range"] == f"bytes 1000-1999/{SIZE}"


def test_ignore_range(platform, probe):
    only(platform, {"ignore_range": True})
    answer = part(probe)
    assert (answer.status, answer.headers["Content-Range"]) == (200, None)
    assert answer.body == platform.content(1, 0, SIZE)


def test_extra_bytes(platform, probe):
    only(platform, {"extra_bytes": 5})
    answer = part(probe)
    assert answer.headers["Content-Range"] == f"bytes 1000-1999/{SIZE}"
    assert answer.body == platform.content(1, 1000, 1005)
    assert len(part(probe, SIZE - 3, SIZE - 1).body) == 8


def test_content_range(platform, probe):
    only(platform, {"content_range": None})
    assert "Content-Range" not in part(probe).headers
    only(platform, {"content_range": "bytes 0-1/*"})
    assert part(probe).headers["Content-Range"] == "bytes 0-1/*"
    only(platform, {"total": 5})
    assert part(probe).headers["Content-Range"] == "bytes 1000-1999/5"
    assert probe.ask("HEAD", FILE).headers["Content-Length"] == "5"


def test_gzip(platform, probe):
    only(platform, {"gzip": True})
    answer = part(probe, Accept_Encoding="identity")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == platform.content(1, 1000, 1000)


def test_etag(platform, probe):
    only(platform, {"etag": '"one"'})
    assert part(probe).headers["ETag"] == part(probe).headers["ETag"] == '"one"'
    only(platform, {"etag": "flip"})
    assert part(probe).headers["ETag"] != part(probe).headers["ETag"]


def test_corrupt(platform, probe):
    true = platform.content(1, 1000, 1000)
    only(platform, {"corrupt": 7})
    body = part(probe).body
    assert body[:7] == true[:7] and body[7] != true[7] and body[8:] == true[8:]
    only(platform, {"corrupt": True})
    assert part(probe).body != true


def test_chunked(platform, probe):
    only(platform, {"chunked": True})
    answer = part(probe, 0, 699_999)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in answer.headers
    assert answer.body == platform.content(1, 0, 700_000)
    assert platform.record()[-1]["bytes"] == 700_000
