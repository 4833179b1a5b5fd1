"""Contract section 4: Data Access's lists, ranges and bytes."""

import json
import os
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from .control import Emulator
from .probe import EXPORT, Probe

BIG = 5_000_000_000
WORLD = {"page_size": 10, "datasets": [{"id": "a" * 24, "name": "One", "created": 1000,
         "preview": [{"x": n} for n in range(120)], "batches": [
    {"key": "1" * 24, "id": "b1", "generation": 1, "files": [{"created": 77, "parts": [
        {"path": "part-{n:05d}-c000.snappy.parquet", "repeat": 25, "length": 100, "seed": 1},
        {"path": "_SUCCESS", "length": 0},
        {"path": "big.parquet", "length": BIG, "seed": 7},
        {"path": "edge.parquet", "length": 2 ** 63 - 1, "seed": 8},
        {"path": "raw.json", "text": '{"a":1}\n'},
        {"path": "scores.csv", "length": 5, "listed_length": 6},
        {"path": "d/one.parquet", "length": 11, "seed": 3},
        {"path": "d/e/a+b = c&d%é.parquet", "length": 12, "seed": 4}]}]},
    {"key": "B2", "generation": 2, "files": [
        {"id": "B2-{b}", "parts": [{"path": "x.parquet", "length": 2576, "seed": 2}]},
        {"parts": [{"path": "x.parquet", "length": 10, "seed": 5}]},
        {"fields": {"records": "9", "isValid": True}, "omit": ["version"], "files": [
            {"parts": [{"path": "in.parquet", "length": 3, "seed": 6}]}, {"id": "deep"}]},
        {"shape": "C", "parts": [{"path": "x.parquet", "length": 2576, "seed": 2}]}]},
    {"key": "3" * 24, "generation": 3, "files": [{} for _ in range(25)]},
    {"key": "old", "status": "inactive", "files": [{}]},
    {"key": "bad", "status": "failed", "files": [{}],
     "meta": [{"path": "row_errors/conversion_errors_0.json", "text": "{}\n{}\n"},
              {"path": "row_errors_sample.json", "text": "{}"}]},
    {"key": "busy", "status": "processing", "files": [{}]}]}]}


def pages(probe, target):
    """Every page of a listing, by its next links."""
    found = [probe.export(target).json()]
    while "next" in found[-1].get("_links", {}):
        found.append(probe.follow(found[-1]["_links"]["next"]["href"]).json())
    return found


# Batches

def test_files_of_a_batch(probe):
    found = probe.export("batches/b1/files").json()
    assert found == {"data": [{
        "dataSetFileId": "b1-1", "dataSetViewId": "a" * 24, "version": "1.0.0",
        "created": "77", "updated": "77", "isValid": False,
        "_links": {"self": {"href": "https://platform.adobe.io:443" + EXPORT
                            + "/files/b1-1"}}}],
        "_page": {"limit": 10, "count": 1}}


def test_several_files_a_batch(probe):
    found = probe.export("batches/B2/files").json()["data"]
    assert [one["dataSetFileId"] for one in found] == ["B2-{b}", "B2-2", "B2-3", "B2-4"]
    assert found[2]["isValid"] is True and found[2]["records"] == "9"
    assert "version" not in found[2]


def test_which_id_names_a_batch(platform, probe):
    for name, status in (("1" * 24, 404), ("b1", 200), ("B2", 200), ("3" * 24, 200),
                         ("nothing", 404)):
        assert probe.export(f"batches/{name}/files").status == status, name
    platform.switch(accept_any_id=True)
    assert probe.export(f"batches/{'1' * 24}/files").json()["data"]


def test_an_unknown_batch(platform, probe):
    platform.switch(unknown_batch="empty")
    assert probe.export("batches/nothing/files").json() == {
        "data": [], "_page": {"limit": 10, "count": 0}}
    platform.switch(unknown_batch="403")
    assert probe.export("batches/nothing/files").status == 403


def test_statuses(platform, probe):
    assert len(probe.export("batches/old/files").json()["data"]) == 1
    for name in ("bad", "busy"):
        assert probe.export(f"batches/{name}/files").json()["data"] == []
        assert probe.export(f"files/{name}-1").status == 404
    platform.switch(unserved="404")
    assert probe.export("batches/busy/files").status == 404
    platform.switch(served_statuses="all")
    assert len(probe.export("batches/busy/files").json()["data"]) == 1
    assert probe.export("files/busy-1").status == 200


def test_batch_files_page_by_number(platform, probe):
    name = "3" * 24
    found = pages(probe, f"batches/{name}/files")
    assert [len(page["data"]) for page in found] == [10, 10, 5]
    assert [page["_page"]["count"] for page in found] == [10, 10, 5]
    ids = [one["dataSetFileId"] for page in found for one in page["data"]]
    assert ids == [f"{name}-{n}" for n in range(1, 26)]
    assert found[0]["_links"]["page"]["templated"] is True
    assert len(probe.export(f"batches/{name}/files?start=20&limit=3").json()["data"]) == 3
    platform.switch(page_count="total")
    assert probe.export(f"batches/{name}/files?limit=1").json()["_page"]["count"] == 25
    platform.switch(page_count=6)
    assert probe.export(f"batches/{name}/files").json()["_page"]["count"] == 6


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "start=-1", "start=x"])
def test_a_bad_page(probe, query):
    assert probe.export("batches/b1/files?" + query).status == 400


# Directories

def test_shape_a(probe):
    found = pages(probe, "files/b1-1")
    assert [len(page["data"]) for page in found] == [10, 10, 10, 2]
    entries = [one for page in found for one in page["data"]]
    names = [one["name"] for one in entries]
    assert names[:4] == ["_SUCCESS", "big.parquet", "a+b = c&d%é.parquet", "one.parquet"]
    by_name = {one["name"]: one for one in entries}
    assert by_name["_SUCCESS"]["length"] == "0"
    assert by_name["big.parquet"]["length"] == "5000000000"
    assert by_name["edge.parquet"]["length"] == "9223372036854775807"
    assert by_name["scores.csv"]["length"] == "6"
    assert len(names) == len(set(names)) == 32


def test_next_is_a_file_name(platform, probe):
    href = probe.export("files/b1-1").json()["_links"]["next"]["href"]
    assert parse_qs(urlsplit(href).query)["start"] == ["part-00005-c000.snappy.parquet"]
    # A position is no cursor: it names nothing, so the list starts again.
    assert probe.export("files/b1-1?start=10").json()["data"][0]["name"] == "_SUCCESS"
    platform.switch(cursor="opaque")
    assert [len(page["data"]) for page in pages(probe, "files/b1-1")] == [10, 10, 10, 2]
    assert "part-" not in probe.export("files/b1-1").json()["_links"]["next"]["href"]


def test_shape_b(probe):
    found = probe.export("files/B2-3").json()["data"]
    assert [one["dataSetFileId"] for one in found] == ["B2-3-1", "deep"]
    assert "name" not in found[0] and "length" not in found[0]
    inner = probe.follow(found[0]["_links"]["self"]["href"]).json()["data"]
    assert [one["name"] for one in inner] == ["in.parquet"]


def test_shape_c(platform, probe):
    [entry] = probe.export("files/B2-4").json()
    assert (entry["name"], entry["length"]) == ("x.parquet", 2576)
    assert probe.follow(entry["_links"]["self"]["href"]).status == 200
    platform.switch(shape="C")
    assert len(probe.export("files/b1-1").json()) == 32
    platform.switch(shape="A", numeric_length=True)
    assert probe.export("files/B2-2").json()["data"][0]["length"] == 10


def test_hrefs(platform, probe):
    def href():
        return probe.export("files/b1-1").json()["data"][2]["_links"]["self"]["href"]
    name = "d/e/a+b = c&d%é.parquet"
    assert href() == (f"https://platform.adobe.io:443{EXPORT}/files/b1-1?path="
                      "d%2Fe%2Fa%2Bb%20%3D%20c%26d%25%C3%A9.parquet")
    assert len(probe.follow(href()).body) == 12
    platform.switch(href_port="", href_host="platform-nld2.adobe.io", href_path="raw")
    assert href() == (f"https://platform-nld2.adobe.io{EXPORT}/files/b1-1?path="
                      "d/e/a+b%20=%20c%26d%25%C3%A9.parquet")
    assert len(probe.export("files/b1-1?path=" + quote(name, safe="")).body) == 12


def test_links_may_have_no_host(platform, probe):
    platform.switch(href_form="path")
    first = probe.export("files/b1-1").json()
    assert first["data"][0]["_links"]["self"]["href"].startswith(f"{EXPORT}/files/b1-1?path=")
    assert first["_links"]["next"]["href"].startswith(f"{EXPORT}/files/b1-1?start=")
    assert len(probe.follow(first["_links"]["next"]["href"]).json()["data"]) == 10
    platform.switch(page_limit=100)
    assert probe.export("files/b1-1").json()["_page"] == {"limit": 100, "count": 10}


def test_directories(platform, probe):
    found = probe.export("files/b1-1?path=d")
    assert (found.status, found.headers["Content-Type"]) == (200, "application/json")
    assert [one["name"] for one in found.json()["data"]] == ["a+b = c&d%é.parquet",
                                                            "one.parquet"]
    assert "Content-Range" not in probe.bytes("b1-1", "d", 0, 9).headers
    platform.switch(nested="dirs")
    assert [one["name"] for one in probe.export("files/b1-1?path=d/").json()["data"]] == [
        "e", "one.parquet"]
    names = [one["name"] for page in pages(probe, "files/b1-1") for one in page["data"]]
    assert len(names) == 31 and "d" in names


def test_what_is_not_there(platform, probe):
    for target in ("files/none", "files/b1-1?path=none", "files/b1-1?path=", "none",
                   "datasets/none/preview"):
        answer = probe.export(target)
        assert (answer.status, answer.json()["title"]) == (404, "NotFoundError"), target
    platform.switch(access_errors="gateway")
    assert set(probe.export("files/none").json()) == {"error_code", "message"}
    platform.switch(access_errors="empty")
    assert probe.export("files/none").body == b""
    platform.switch(access_errors="text")
    assert probe.export("files/none").headers["Content-Type"] == "text/plain"


# Bytes

def test_head(probe):
    answer = probe.ask("HEAD", f"{EXPORT}/files/b1-1?path=big.parquet")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(BIG)
    assert answer.headers["Content-Type"] == "application/parquet"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert probe.ask("HEAD", f"{EXPORT}/files/b1-1?path=scores.csv").headers[
        "Content-Type"] == "application/csv"
    assert probe.ask("HEAD", f"{EXPORT}/files/b1-1?path=none").status == 404
    assert probe.ask("HEAD", f"{EXPORT}/files/b1-1").status == 400


def test_the_whole_file(probe, platform):
    answer = probe.export("files/B2-2?path=x.parquet")
    assert (answer.status, answer.body) == (200, platform.content(5, 0, 10))
    assert answer.headers["Content-Length"] == "10"
    assert "Content-Range" not in answer.headers
    assert "ETag" not in answer.headers
    assert probe.export("files/b1-1?path=raw.json").json() == {"a": 1}
    assert probe.export("files/b1-1?path=_SUCCESS").body == b""


@pytest.mark.parametrize("first, last", [
    (0, 0), (0, 4095), (4090, 4100), (1_000_000, 3_000_000),
    (2 ** 32 - 10, 2 ** 32 + 10), (BIG - 1, BIG - 1)])
def test_a_range(platform, probe, first, last):
    answer = probe.bytes("b1-1", "big.parquet", first, last)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{BIG}"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.body == platform.content(7, first, last - first + 1)


def test_the_last_bytes_of_the_largest_file(platform, probe):
    answer = probe.bytes("b1-1", "edge.parquet", 2 ** 63 - 10, 2 ** 63 - 2)
    assert answer.headers["Content-Range"].endswith("/9223372036854775807")
    assert answer.body == platform.content(8, 2 ** 63 - 10, 9)


def test_a_range_may_be_answered_in_part(platform, probe):
    """"Content-Range ... can be different from what user requested"."""
    platform.switch(range_at_most=100)
    answer = probe.bytes("b1-1", "big.parquet", 1000, 9999)
    assert (answer.status, answer.headers["Content-Range"]) == (206, f"bytes 1000-1099/{BIG}")
    assert answer.body == platform.content(7, 1000, 100)
    assert len(probe.bytes("b1-1", "big.parquet", 1000, 1009).body) == 10


def test_beyond_the_end(platform, probe):
    assert probe.bytes("B2-2", "x.parquet", 4, 99).headers["Content-Range"] == "bytes 4-9/10"
    past = probe.bytes("B2-2", "x.parquet", 10, 19)
    assert (past.status, past.headers["Content-Range"]) == (416, "bytes */10")
    assert probe.bytes("b1-1", "_SUCCESS", 0, 0).status == 416
    platform.switch(clamp_range=False, past_end="empty")
    loose = probe.bytes("B2-2", "x.parquet", 4, 99)
    assert (loose.headers["Content-Range"], len(loose.body)) == ("bytes 4-99/10", 6)
    past = probe.bytes("B2-2", "x.parquet", 10, 19)
    assert (past.status, past.headers["Content-Range"]) == (206, "bytes 10-19/10")
    assert past.body == b""


@pytest.mark.parametrize("text, status, shown", [
    ("bytes=4-", 206, "bytes 4-9/10"), ("bytes=-3", 206, "bytes 7-9/10"),
    ("bytes=0-1,4-5", 200, None), ("bytes=5-4", 200, None), ("lines=0-1", 200, None)])
def test_other_ranges(probe, text, status, shown):
    answer = probe.export("files/B2-2?path=x.parquet", Range=text)
    assert (answer.status, answer.headers["Content-Range"]) == (status, shown)


def test_no_ranges(platform, probe):
    platform.switch(ranges=False, accept_ranges=False)
    answer = probe.bytes("B2-2", "x.parquet", 4, 5)
    assert (answer.status, len(answer.body)) == (200, 10)
    assert "Accept-Ranges" not in answer.headers


def test_etags(platform, probe):
    platform.switch(etag=True, last_modified=True)
    one = probe.bytes("B2-2", "x.parquet", 0, 1)
    tag = one.headers["ETag"]
    assert tag.startswith('"') and one.headers["Last-Modified"].endswith("GMT")
    assert probe.bytes("B2-2", "x.parquet", 2, 3, If_Match=tag).status == 206
    assert probe.bytes("B2-2", "x.parquet", 2, 3, If_Match='"other"').status == 412
    assert probe.bytes("B2-2", "x.parquet", 2, 3, If_Range='"other"').status == 200
    assert probe.bytes("B2-2", "x.parquet", 2, 3, If_Range=tag).status == 206
    assert probe.bytes("b1-1", "big.parquet", 0, 1).headers["ETag"] != tag
    platform.switch(etag="weak")
    assert probe.bytes("B2-2", "x.parquet", 0, 1).headers["ETag"] == "W/" + tag


def test_bytes_of_a_real_file(tmp_path):
    data = os.urandom(200_000)
    (tmp_path / "scores.parquet").write_bytes(data)
    (tmp_path / "world.json").write_text(json.dumps({"datasets": [{"id": "a" * 24, "batches": [
        {"key": "k", "files": [{"parts": [{"path": "p", "file": "scores.parquet"}]}]}]}]}))
    with Emulator(tmp_path / "world.json") as platform:
        probe = Probe(platform)
        assert probe.export("files/k-1").json()["data"][0]["length"] == "200000"
        assert probe.bytes("k-1", "p", 777, 150_000).body == data[777:150_001]


# Diagnostics and preview

def test_failed(probe):
    found = probe.export("batches/bad/failed").json()["data"]
    assert [one["name"] for one in found] == ["_SUCCESS", "part-00000-failed.json"]
    assert found[0]["_links"]["self"]["href"].endswith("/batches/bad/failed?path=_SUCCESS")
    assert probe.follow(found[1]["_links"]["self"]["href"]).json() == {"row": 1}
    assert probe.export("batches/b1/failed").status == 404


def test_meta(probe):
    found = probe.export("batches/bad/meta").json()["data"]
    assert [one["name"] for one in found] == ["row_errors", "row_errors_sample.json"]
    inner = probe.follow(found[0]["_links"]["self"]["href"]).json()["data"]
    assert inner[0]["_links"]["self"]["href"].endswith(
        "/meta?path=row_errors%2Fconversion_errors_0.json")
    assert probe.follow(inner[0]["_links"]["self"]["href"]).body == b"{}\n{}\n"
    assert probe.export("batches/b1/meta").status == 404


def test_preview(probe):
    found = probe.export(f"datasets/{'a' * 24}/preview").json()
    assert len(found["data"]) == 100 and found["data"][99] == {"x": 99}


def test_new_files_for_a_batch(platform, probe):
    platform.change({"set_batch": {"key": "old", "files": [
        {"id": "fresh", "parts": [{"path": "y", "length": 4, "seed": 9}]}]}})
    [one] = probe.export("batches/old/files").json()["data"]
    assert one["dataSetFileId"] == "fresh"
    assert probe.bytes("fresh", "y", 0, 3).body == platform.content(9, 0, 4)
    assert probe.export("files/old-1").status == 404
    platform.change({"set_batch": {"key": "old", "fields": {"status": "deleted"}}})
    assert probe.bytes("fresh", "y", 0, 3).status == 404
