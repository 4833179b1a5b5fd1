"""What the contract leaves open: the same tree and bytes, whichever way it is.

docs/platform.md, "What is unknown, and the tests that cope both ways", says for
each item which of these (or of other) tests shows it.
"""

import os

import pytest

import access
from conftest import until
from emulator import content
from worlds import MIB, NAME, batch, batch_id, dataset, dataset_id, part, world

UUID = "035e2520-5e69-11ea-b624-51ecfeba55d1"
KEY = "5e602f67c2f39715a87f46b1"
OLD = "5c6f332168966814cd81d3d3"
OUTER = "outer-0001"
TWO = batch_id(5)           # of this dataset and, first, of another
SIZE = 300_000
PARTS = {"a/b+c=d &é.parquet": (11, 20), "a/date=2020-04-09/x.parquet": (12, 23),
         "_SUCCESS": (0, 21), "empty": (0, 24), "large.parquet": (SIZE, 22),
         **{f"part-{n:03d}.parquet": (10, 100 + n) for n in range(12)}}


def specs():
    return [part(path, length, seed) for path, (length, seed) in PARTS.items()]


def usual(**more):
    """A dataset with a batch of each kind of id, and what must not be seen."""
    return world(
        dataset(1,
                batch(0, *specs(), key=KEY, id=UUID, generation=1),
                batch(2, *specs(), metrics="none", files=[
                    {"parts": specs(), "created": 7, "fields": {"isValid": True,
                                                                "records": "9", "size": "1"}}]),
                batch(0, key=OLD, generation=3, files=[
                    {"parts": specs(), "omit": ["created", "updated", "version"]}]),
                batch(3, *specs(), omit=["relatedObjects"]),
                # Known to Data Access by its external id alone.
                batch(4, accepts=[OUTER], fields={"externalId": "/adobe/bulkingest/" + OUTER},
                      files=[{"id": OUTER + "-1", "parts": specs()}]),
                batch(6, status="failed"), batch(7, status="a new word"),
                batch(8, status="inactive")),
        dataset(2, batch(5, files=[{"files": [{"parts": specs()}]}], also_in=[dataset_id(1)],
                         status="active", created=1_600_000_000_000), name="Web events"),
        page_size=5, **more)


BATCHES = sorted([UUID, OLD, TWO, batch_id(2), batch_id(3), batch_id(4)])
# Each item's other ways, and the switches they are; the emulator's defaults are
# the one way of all of them.
WAYS = {
    "as documented": {"all": {}},
    "port in links": {"none": {"href_port": ""}},
    "host in links": {"ours": {"href_host": "127.0.0.1"}, "region": {
        "href_host": "platform-nld2.adobe.io"}, "none": {"href_form": "path"},
        "http": {"href_scheme": "http", "href_port": ""}},
    "path in links": {"raw": {"href_path": "raw"}},
    "count of a page": {"total": {"page_count": "total"}, "less": {"page_count": 1},
                        "none": {"page_count": 0}, "more": {"page_count": 1000},
                        "null": {"page_count": None}},
    "limit of a page": {"less": {"page_limit": 1}, "more": {"page_limit": 100},
                        "text": {"page_limit": "10"}},
    "cursor": {"opaque": {"cursor": "opaque"}},
    "shape of listings": {"numbers": {"numeric_length": True}, "bare": {"shape": "C"}},
    "nested parts": {"behind folders": {"nested": "dirs"},
                     "behind folders, bare": {"nested": "dirs", "shape": "C"},
                     "behind folders, raw": {"nested": "dirs", "href_path": "raw"}},
    "compressed JSON": {"none": {"gzip": "none"}, "all": {"gzip": "all"}},
    "version of a part": {"strong": {"etag": True}, "weak": {"etag": "weak"},
                          "time": {"last_modified": True}},
    "Accept-Ranges": {"none": {"accept_ranges": False}},
    "end of a range": {"as asked": {"clamp_range": False}},
    "bytes of a range": {"64 KiB": {"range_at_most": 65536}, "odd": {"range_at_most": 54321}},
    "related objects": {"batch first": {"related_order": "batch_first"}},
    "order of members": {"any": {"shuffle_members": True}},
    "an unknown id": {"empty": {"missing_object": "empty"}, "400": {"malformed_id": "400"},
                      "400 or empty": {"malformed_id": "400", "missing_object": "empty"}},
    "an empty list": {"404": {"empty_list": "404"}},
    "the batch filter": {"ingest": {"batch_filter": "ingest"}},
    "parameters unheard": {"property": {"ignored_params": ["property"]},
                           "status": {"ignored_params": ["status"]},
                           "properties": {"ignored_params": ["property", "status", "properties"]}},
    "an unknown batch": {"empty": {"unknown_batch": "empty"}, "403": {"unknown_batch": "403"},
                         "known": {"accept_any_id": True}},
    "E-Tag of an object": {"none": {"object_etag": False}},
    "Accept": {"enforced": {"accept": "enforced"}},
    "the sandbox": {"not required": {"sandbox_required": False}},
    "order of checks": {"key first": {"gateway_order": ["key", "org", "sandbox", "token"]}},
    "token path": {"v3 alone": {"ims_versions": ["v3"]}, "v2 alone": {"ims_versions": ["v2"]}},
    "token life": {"milliseconds": {"token_unit": "ms"}},
    "errors of Data Access": {"gateway": {"access_errors": "gateway"}, "text": {
        "access_errors": "text"}, "empty": {"access_errors": "empty"}},
    "requests at once": {"two": {"max_in_flight": 2}},
    "the older endpoint": {"there": {"dataset_files": True}},
}


def is_absent(path):
    try:
        os.lstat(path)
    except FileNotFoundError:       # and no other error
        return True
    return False


def seen(root):
    """What a mount shows: by ids while nothing is listed, then by listing."""
    cold = f"{root}/{dataset_id(1)}"
    found = {"by id": {name: os.path.basename(os.path.realpath(f"{cold}/{name}", strict=True))
                       for name in (KEY, "latest", *BATCHES)}}
    found["by id"][dataset_id(2)] = os.readlink(f"{root}/{dataset_id(2)}")
    found["absent"] = [name for name in (
        f"{cold}/{batch_id(6)}", f"{cold}/{batch_id(7)}", f"{cold}/{batch_id(8)}",
        f"{cold}/{batch_id(99)}", f"{cold}/{UUID[:-1]}f", f"{cold}/{'0' * 24}",
        f"{root}/{'0' * 24}", f"{root}/{UUID}", f"{root}/{batch_id(2)}")
        if is_absent(name)]
    found["root"] = os.listdir(root)
    found["batches"] = sorted(os.listdir(f"{root}/{NAME}"))
    for name in found["batches"]:
        folder = f"{root}/{NAME}/{name}"
        found[name] = {path: access.read(f"{folder}/{path}", one["size"] - 10 if
                                         name != UUID and one["size"] > 10 else 0)
                       for path, one in access.tree(folder).items() if one["kind"] == "-"}
    return found


def truth(name):
    """All bytes of one batch, and the last ones of the others."""
    return {path: content.read(seed, 0 if name == UUID else max(0, length - 10),
                               length if name == UUID else min(length, 10))
            for path, (length, seed) in PARTS.items()}


@pytest.mark.parametrize("item, way", [(item, way) for item, ways in WAYS.items()
                                       for way in ways])
def test_the_same_whichever_way(emulator, mount, item, way):
    platform = emulator(usual())
    platform.switch(**WAYS[item][way])
    mounted = mount(platform)
    found = access.run(seen, mounted.path)
    assert found.pop("by id") == {**{name: name for name in BATCHES}, KEY: UUID,
                                  "latest": TWO, dataset_id(2): "Web events"}
    assert len(found.pop("absent")) == 9
    assert found.pop("root") == [NAME]
    assert found.pop("batches") == BATCHES
    for name, parts in found.items():
        assert parts == truth(name), name
    # Whichever way: what a service may miss is always sent, and bytes come as they are.
    for one in platform.record():
        if one["op"] != "token":
            assert len(one["credential_headers"]) == 4
        if one["range"]:
            assert one["accept_encoding"] == "identity"
        elif one["op"] == "bytes":      # of what has no bytes, and may be a folder
            assert one["query"].split("&")[0] in ("path=empty", "path=a",
                                                  "path=a%2Fdate%3D2020-04-09")


# The gateway is busy, or says so

BUSY = {
    "400 that is 429": {"status": 400, "body": {"error_code": "429050", "message": "x"}},
    "429 without a body": {"status": 429, "body": ""},
    "429 of a service": {"gateway_error": "429001"},
    "429 of a developer": {"gateway_error": "429002"},
    "429 of UPS": {"status": 429, "body": {"message": "x", "cause": "y", "retryAfterMs": "500",
                                           "statusCode": "429"}},
    "429 with a lost header": {"status": 429, "headers": {"Retry_After": "600"}, "body": ""},
    "403 that passes": {"gateway_error": "503020"},
    "503 of the key": {"gateway_error": "503000"},
    "503 of the token": {"gateway_error": "503010"},
    "503 without a body": {"status": 503, "body": ""},
    "503 that delays": {"status": 503, "body": {"error_cod": "503071"}},
    "504 in HTML": {"status": 504, "body": "<html><body>Gateway Timeout</body></html>"},
    "500 of too many calls": {"status": 500, "body": {"status": 500, "title": "x"}},
}


@pytest.mark.parametrize("answer", BUSY)
def test_a_gateway_that_is_busy_is_asked_again(emulator, mount, answer):
    platform = emulator(usual())
    mounted = mount(platform)
    platform.rules([{"match": {"op": op}, "times": 1, **BUSY[answer]}
                    for op in ("dataset", "batch", "batch_files", "file_list", "bytes")])
    path = mounted / f"{dataset_id(2)}/{TWO}/part-000.parquet"
    assert access.run(access.read, path) == content.read(100, 0, 10)
    assert all(rule["fired"] == 1 for rule in platform.rule_counters())


REFUSED = {     # what looks alike, and is not passing
    "400 of the gateway": ({"gateway_error": "400003"}, "EIO"),
    "403 of the gateway": ({"gateway_error": "403025"}, "EACCES"),
    "403 of the service": ({"status": 403, "body": {"status": 403, "title": "x"}}, "EACCES"),
    "403 without a body": ({"status": 403, "body": ""}, "EACCES"),
}


@pytest.mark.parametrize("answer", REFUSED)
def test_a_refusal_is_not_asked_again(emulator, mount, answer):
    spec, errno = REFUSED[answer]
    platform = emulator(usual())
    mounted = mount(platform)
    platform.rules([{"match": {"op": op}, **spec} for op in ("dataset", "batch")])
    platform.clear()
    for name in (dataset_id(2), f"{dataset_id(1)}/{TWO}"):
        assert access.errno_of(os.lstat, mounted / name) == errno
        assert access.errno_of(os.lstat, mounted / name) == errno
    assert (platform.count("dataset"), platform.count("batch")) == (1, 1)


@pytest.mark.parametrize("shape", ["problem", "gateway", "404", "400"])
def test_an_unknown_sandbox_is_told(emulator, runs, shape):
    platform = emulator(usual())
    platform.switch(sandbox_error=shape)
    one = runs()
    code = one.begin(platform, {"sandbox_name": "other"}, {})
    if shape == "404":      # which is also what an empty list may be answered with
        assert code == 0 and access.run(access.listing, one.path) == []
        assert "sandbox other has no dataset" in one.log()
        return
    assert code == 1
    [line] = one.stderr().strip().splitlines()
    assert {"problem": "403", "gateway": "403"}.get(shape, shape) in line


# Batches that Data Access does not serve

@pytest.mark.parametrize("answer, found", [("404", "ENOENT"), ("403", "EACCES"), ("empty", [])])
@pytest.mark.parametrize("which", ["unserved", "unknown_batch"])
def test_a_batch_that_is_not_served(emulator, mount, which, answer, found):
    """Listed as finished by Catalog all the same."""
    platform = emulator(usual())
    platform.switch(**{which: answer, "served_statuses": ["active"]})
    if which == "unknown_batch":
        platform.switch(served_statuses="all")
        platform.rules([{"match": {"op": "batch_files"}, **({
            "404": {"status": 404}, "403": {"status": 403},
            "empty": {"json": {"data": [], "_page": {"limit": 100, "count": 0}}}}[answer])}])
    mounted = mount(platform)
    kind, value = access.outcome(access.listing, mounted / f"{NAME}/{batch_id(4)}")
    assert value == found, kind


@pytest.mark.parametrize("served", [True, False])
def test_a_batch_that_turns_inactive_while_it_is_read(emulator, mount, served):
    """Its parts go on, or are gone: never anything else."""
    size = 12 * MIB
    platform = emulator(world(dataset(1, batch(1, part("p", size, 7)), batch(2))))
    mounted = mount(platform, ttl=1, memory="8M")

    def reading(path):
        handle = os.open(path, os.O_RDONLY)
        yield access.pread(handle, 0, 4096)
        return access.pread(handle, size - MIB, MIB)
    reader = access.start(reading, mounted / f"{NAME}/{batch_id(1)}/p")
    assert reader.hear() == content.read(7, 0, 4096)
    if not served:
        platform.switch(served_statuses=["success", "active"])
    platform.change({"set_batch": {"key": batch_id(1), "fields": {"status": "inactive"}}})
    until(lambda: access.run(access.listing, mounted / NAME) == [batch_id(2)], 10, "its leaving")
    reader.go()
    assert access.settled(reader) == (("value", content.read(7, size - MIB, MIB)) if served
                                      else ("errno", "ESTALE"))
    until(lambda: access.errno_of(os.lstat, mounted / f"{NAME}/{batch_id(1)}") == "ENOENT", 10,
          "the end of its name")


# Batches whose place another has taken

def replaced(named, status="success", fields=None):
    replay = {"predecessors": [named], "predecessorListingType": "IMMEDIATE",
              "reason": "Replacing for 2020-04-09", **(fields or {})}
    return world(dataset(
        1, batch(0, part("p", 10, 1), key=KEY, id=UUID, generation=1,
                 fields={"externalId": "/adobe/bulkingest/" + OUTER}),
        batch(2, part("p", 10, 2), status=status, fields={"replay": replay})))


@pytest.mark.parametrize("named", [UUID, KEY, OUTER, "/adobe/bulkingest/" + OUTER])
@pytest.mark.parametrize("status", ["success", "active"])
def test_a_batch_that_a_finished_one_replaces_is_not_listed(emulator, mount, named, status):
    mounted = mount(emulator(replaced(named, status)))
    assert access.run(access.listing, mounted / NAME) == [batch_id(2)]
    assert access.run(os.readlink, mounted / f"{NAME}/latest") == batch_id(2)
    # It is called finished still: who has pinned its path keeps it.
    assert access.run(access.read, mounted / f"{NAME}/{UUID}/p") == content.read(1, 0, 10)


@pytest.mark.parametrize("status, fields", [
    ("loading", None), ("failed", None), ("inactive", None), ("success", {
        "reason": "consolidation"}), ("success", {"predecessors": []}),
    ("success", {"predecessors": "x"}), ("success", {"predecessors": [batch_id(2)]})], ids=str)
def test_a_batch_that_none_has_replaced_yet_is_listed(emulator, mount, status, fields):
    mounted = mount(emulator(replaced(UUID, status, fields)))
    shown = access.run(access.listing, mounted / NAME)
    assert sorted(shown) == [batch_id(2)] * (status == "success") + [UUID]


def test_a_batch_is_replaced_while_it_is_read(emulator, mount):
    size = 12 * MIB
    platform = emulator(world(dataset(1, batch(1, part("p", size, 7)))))
    mounted = mount(platform, ttl=1, memory="8M")

    def reading(path):
        handle = os.open(path, os.O_RDONLY)
        yield access.pread(handle, 0, 4096)
        return access.pread(handle, 4096, size - 4096)
    reader = access.start(reading, mounted / f"{NAME}/{batch_id(1)}/p")
    head = reader.hear()
    platform.change({"add_batch": {"dataset": dataset_id(1), "batch": batch(
        2, replaces=[batch_id(1)], status="loading")}})
    assert access.run(os.path.exists, mounted / f"{NAME}/{batch_id(1)}/p")
    platform.change({"set_batch": {"key": batch_id(2), "fields": {"status": "success"}}})
    until(lambda: access.run(access.listing, mounted / NAME) == [batch_id(2)], 10, "the successor")
    until(lambda: access.run(os.readlink, mounted / f"{NAME}/latest") == batch_id(2), 10, "latest")
    reader.go()
    assert head + reader.hear() == content.read(7, 0, size)
    platform.change({"set_batch": {"key": batch_id(1), "fields": {"status": "inactive"}}})
    until(lambda: access.errno_of(os.lstat, mounted / f"{NAME}/{batch_id(1)}") == "ENOENT", 10,
          "its end")


# Ranges and the 60 seconds

def test_answers_that_are_cut_at_the_time_limit(emulator, mount):
    size = 600_000
    platform = emulator(world(dataset(1, batch(1, part("p", size, 7)))))
    platform.switch(response_limit_s=1)
    platform.rules([{"match": {"op": "bytes"}, "drip_bps": 400_000}])
    mounted = mount(platform)
    assert access.run(access.read, mounted / f"{NAME}/{batch_id(1)}/p") == \
        content.read(7, 0, size)


def test_ranges_that_are_not_heard(emulator, mount):
    """200 and the whole: what starts where it should is used, the rest is EIO."""
    platform = emulator(world(dataset(1, batch(1, part("p", 3000, 7), part("q", 4 * MIB, 8)))))
    platform.switch(ranges=False)
    mounted = mount(platform, timeout=3)
    folder = mounted / f"{NAME}/{batch_id(1)}"
    assert access.run(access.read, folder + "/p") == content.read(7, 0, 3000)
    kind, value = access.outcome(access.read, folder + "/q", 3 * MIB, 4096, "direct")
    assert (kind, value) in (("errno", "EIO"), ("value", content.read(8, 3 * MIB, 4096)))


# What is large

def test_a_schema_that_is_not_asked_for_is_not_sent(emulator, mount):
    platform = emulator(world(dataset(1, batch(1), fields={
        "observableSchema": {"type": "object", "properties": {"x": "y" * (9 * MIB)}}})))
    mounted = mount(platform)
    assert access.run(access.listing, mounted.path) == [NAME]
    assert access.run(os.readlink, mounted / f"{dataset_id(1)}/latest") == batch_id(1)
    assert sum(one["bytes"] for one in platform.record()) < MIB


@pytest.mark.parametrize("count, found", [(10_000, 10_000), (10_001, "EIO")])
def test_a_bare_array_has_a_ceiling(emulator, mount, count, found):
    """It comes in one answer, however long: 1,500 files are the most a batch should have."""
    mounted = mount(emulator(world(dataset(1, batch(1, files=[{
        "shape": "C", "parts": [{**part("p{n:05d}", 1), "repeat": count}]}])))))
    kind, value = access.outcome(access.listing, mounted / f"{NAME}/{batch_id(1)}")
    assert (len(value) if kind == "value" else value) == found
    said = [line for line in mounted.log().splitlines() if "the answer exceeds a limit" in line]
    assert len(said) == (found == "EIO")
