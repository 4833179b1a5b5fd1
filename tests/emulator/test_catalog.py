"""Contract section 3: Catalog's lists, look-ups and query language."""

import time
from urllib.parse import quote

import pytest

from .control import Emulator
from .probe import Probe

ULID = "01E5QSWCAASFQ054FNBKYV6TIQ"
WORLD = {"datasets": [
    {"id": "a" * 24, "name": "Customer AI Scores - Luma churn", "created": 3000,
     "fields": {"description": "x", "tags": {"unifiedProfile": ["enabled:true"],
                                             "adobe/pqs/table": ["luma"]}},
     "batches": [
         {"key": "1" * 24, "id": "uuid-1", "generation": 1, "created": 10_000,
          "status": "success"},
         {"key": ULID, "generation": 2, "created": 20_000, "status": "active",
          "replaces": ["uuid-1"],
          "fields": {"availableDates": {"startDate": 500, "endDate": 600}}},
         {"key": "3" * 24, "generation": 3, "created": 30_000, "status": "failed",
          "omit": ["metrics"]},
         {"key": "4" * 24, "generation": 2, "created": 40_000, "status": "no such status",
          "fields": {"externalId": "/adobe/bulkingest/x"}, "accepts": ["x"]}]},
    {"id": "b" * 24, "name": "a*b", "created": 1000, "fields": {"state": "DRAFT"}},
    {"id": "c" * 24, "created": 2000, "omit": ["tags"]},
    {"id": "d" * 24, "created": 4000, "fields": {"name": {}}},
    {"id": "e" * 24, "created": 5000, "fields": {"name": 7}},
    {"repeat": 250, "id": "{n:024x}", "name": "Many {n}", "created": 100_000,
     "created_step": 10,
     "batches": [{"key": "m{d:03d}", "generation": 2, "also_in": ["b" * 24]}]}]}
A, B, C, D, E = (letter * 24 for letter in "abcde")


# Lists and look-ups

def test_lists_and_look_ups_are_keyed_by_id(probe):
    listed = probe.catalog("dataSets?limit=1").json()
    assert list(listed) == [A]
    assert "id" not in listed[A]
    assert listed[A]["created"] == 3000
    assert listed[A]["schemaRef"]["contentType"].startswith("application/vnd.adobe.xed")
    single = probe.catalog("dataSets/" + A)
    assert single.json() == listed
    assert single.headers["E-Tag"] == "1.0.0"
    assert "E-Tag" not in probe.catalog("dataSets?limit=1").headers


def test_a_multi_get(platform, probe):
    assert probe.ids(f"dataSets/{B},{A}?properties=name") == [B, A]
    assert probe.ids(f"dataSets/{B},nothing") == [B]
    platform.switch(multi_missing="404")
    assert probe.catalog(f"dataSets/{B},nothing").status == 404
    assert probe.ids(f"batches/{ULID},{'3' * 24}") == [ULID, "3" * 24]


def test_a_look_up_of_what_is_not_there(platform, probe):
    """404 is documented; an empty object or a 400 for what is no id are not."""
    platform.switch(missing_object="empty")
    for target in ("dataSets/" + "9" * 24, "batches/nothing"):
        assert probe.catalog(target).json() == {}
    platform.switch(malformed_id="400")
    assert probe.catalog("batches/nothing").status == 400
    assert probe.catalog("dataSets/" + "9" * 24).json() == {}
    assert probe.catalog("batches/" + ULID).status == 200
    platform.switch(object_etag=False)
    assert "E-Tag" not in probe.catalog("dataSets/" + A).headers


def test_parameters_may_go_unheard(platform, probe):
    platform.switch(ignored_params=["property", "status"])
    assert probe.ids("dataSets?limit=2&orderBy=created&property=name~^Customer") == [B, C]
    assert probe.ids(f"batches?dataSet={A}&status=success&orderBy=created") == [
        "1" * 24, ULID, "3" * 24, "4" * 24]
    platform.switch(ignored_params=[])
    assert probe.ids("dataSets?limit=2&orderBy=created&property=name~^Customer") == [A]


def test_the_batch_filter_may_know_ingest_ids_alone(platform, probe):
    for name, any_id, ingest in (("1" * 24, ["1" * 24], []),
                                 ("uuid-1", ["1" * 24], ["1" * 24])):
        platform.switch(batch_filter="any")
        assert probe.ids(f"batches?dataSet={A}&batch={name}") == any_id
        platform.switch(batch_filter="ingest")
        assert probe.ids(f"batches?dataSet={A}&batch={name}") == ingest


def test_a_problem(probe):
    answer = probe.catalog("dataSets/nothing")
    assert answer.status == 404
    body = answer.json()
    assert body["type"] == "/placeholder/type/uri"
    assert (body["status"], body["title"]) == (404, "NotFoundError")
    assert body["detail"]
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["datasets", "DataSets", "dataSets/", "DATASETS/?",
                                  "dataSets?&limit=20", "dataSets?limit=20&&"])
def test_spellings_of_a_collection(probe, path):
    assert len(probe.catalog(path).json()) == 20


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=x",
                                   "start=-1", "start=x", "orderBy=up:created",
                                   "limit=21&properties=observableSchema",
                                   "property=name~(", "property=", "createdAfter=x",
                                   "tags=nocolon"])
def test_a_bad_query(probe, query):
    answer = probe.catalog("dataSets?" + query)
    assert (answer.status, answer.json()["title"]) == (400, "BadRequestError")


def test_paging(probe):
    whole = [probe.ids(f"dataSets?limit=100&start={n}") for n in (0, 100, 200, 300)]
    assert [len(page) for page in whole] == [100, 100, 55, 0]
    assert len({name for page in whole for name in page}) == 255
    assert probe.ids("dataSets?limit=3&offset=250") == whole[2][50:53]
    assert len(probe.ids("dataSets")) == 20


def test_an_empty_list(platform, probe):
    assert probe.catalog("batches?dataSet=nothing").json() == {}
    platform.switch(empty_list="404")
    assert probe.catalog("batches?dataSet=nothing").status == 404


def test_members_may_come_in_any_order(platform, probe):
    sorted_ids = probe.ids("dataSets?limit=100&orderBy=created")
    platform.switch(shuffle_members=True)
    mixed = probe.ids("dataSets?limit=100&orderBy=created")
    assert mixed != sorted_ids and set(mixed) == set(sorted_ids)


# Order

@pytest.mark.parametrize("query, ids", [
    ("orderBy=created", [B, C, A, D, E]),
    ("orderBy=asc:created", [B, C, A, D, E]),
    ("orderBy=desc:created", [E, D, A, C, B]),
    ("sort=desc:created", [E, D, A, C, B]),
    ("orderBy=created&sort=desc:created", [B, C, A, D, E]),
    ("orderBy=version,desc:created", [E, D, A, C, B]),
    ("orderBy=asc:version,created", [B, C, A, D, E]),
    ("orderBy=state,desc:created", [B, E, D, A, C])])
def test_order(probe, query, ids):
    assert probe.ids(f"dataSets?createdBefore=100000&{query}") == ids


# Filters

@pytest.mark.parametrize("query, ids", [
    ("name=Customer AI Scores - Luma churn", [A]),
    ("name=Customer AI Scores*", [A]),
    ("name=*churn", [A]),
    ("name=a**b", [B]),
    ("name=a*b", [B]),
    ("name=x*b", []),
    ("name=7", [E]),
    ("description=x", [A]),
    ("description=*", []),
    ("created=1000,2000", [B, C]),
    ("created=!1000,2000&createdBefore=100000", [A, D, E]),
    ("createdAfter=3000&createdBefore=5000", [D]),
    ("createdAfter=2999&createdBefore=5001", [A, D, E]),
    ("property=state", [B]),
    ("property=!name", [C]),
    ("property=name~^Customer AI Scores", [A]),
    ("property=name~luma", []),
    ("property=name==Customer AI*", [A]),
    ("property=name==a**b", [B]),
    ("property=name!=Many*&createdBefore=100000", [A, B, D, E]),
    ("property=created<2000", [B]),
    ("property=created<=2000", [B, C]),
    ("property=created>4000&property=created<100000", [E]),
    ("property=created>=4000&property=created<100000", [D, E]),
    ("property=created==3000", [A]),
    ("property=description<y", [A]),
    ("tags=unifiedProfile:enabled:true&createdBefore=5000", [A, B, D]),
    ("tags=adobe/pqs/table:lu*", [A]),
    ("tags=adobe/pqs/table:lu*,unifiedProfile:enabled:false", []),
    ("tags=adobe/pqs/table:*&createdBefore=5000", [A, B, D]),
    ("version=1.0.0&description=x", [A])])
def test_filters(probe, query, ids):
    encoded = "&".join("=".join(quote(half, safe="") for half in one.split("=", 1))
                       for one in query.split("&"))
    assert sorted(probe.ids("dataSets?" + encoded)) == ids


def test_projection(probe):
    found = probe.catalog("dataSets?limit=5&properties=name,state").json()
    assert found == {A: {"name": "Customer AI Scores - Luma churn"},
                     B: {"name": "a*b", "state": "DRAFT"}, C: {}, D: {"name": {}},
                     E: {"name": 7}}


# Batches

def test_batch_members_by_generation(probe):
    found = probe.catalog(f"batches?dataSet={A}").json()
    one, two, three = (found[key] for key in ("1" * 24, ULID, "3" * 24))
    dataset = {"type": "dataSet", "id": A}
    assert one["relatedObjects"] == [dataset, {"type": "batch", "id": "uuid-1"}]
    assert "id" not in one and "completed" not in one
    assert two["relatedObjects"] == [dataset]
    assert two["id"] == two["externalId"] == ULID
    assert two["completed"] > two["created"]
    assert two["replay"]["predecessors"] == ["uuid-1"]
    assert three["relatedObjects"] == [dataset] and "id" not in three
    assert "recordsRead" in one["metrics"] and "inputFileCount" in two["metrics"]
    assert "metrics" not in three


def test_related_objects_in_the_other_order(platform, probe):
    platform.switch(related_order="batch_first")
    found = probe.catalog("batches/" + "1" * 24).json()["1" * 24]
    assert [one["type"] for one in found["relatedObjects"]] == ["batch", "dataSet"]


@pytest.mark.parametrize("query, keys", [
    ("status=success", ["1" * 24]),
    ("status=success,active", ["1" * 24, ULID]),
    ("status=!success,active", ["3" * 24, "4" * 24]),
    ("status=failed&createdClient=acp_foundation_push", ["3" * 24]),
    ("batch=uuid-1", ["1" * 24]),
    ("batch=" + ULID, [ULID]),
    ("batch=x", ["4" * 24]),
    ("externalId=%2Fadobe%2Fbulkingest%2Fx", ["4" * 24]),
    ("createdAfter=10000&createdBefore=40000", [ULID, "3" * 24]),
    ("startAfter=499&endBefore=601", [ULID]),
    ("startAfter=500", []),
    ("endBefore=600", []),
    ("orderBy=desc:created&limit=1", ["4" * 24])])
def test_batch_filters(probe, query, keys):
    assert probe.ids(f"batches?dataSet={A}&{query}") == keys


def test_a_batch_of_two_datasets(probe):
    assert len(probe.ids(f"batches?dataSet={B}&limit=100")) == 100
    assert probe.ids(f"batches?dataSet={'0' * 24}") == ["m000"]
    assert probe.catalog("batches/m000").json()["m000"]["relatedObjects"] == [
        {"type": "dataSet", "id": "0" * 24}, {"type": "dataSet", "id": B}]


def test_last_batches(probe):
    found = probe.catalog(f"lastBatches?dataSetId={A},{B},nothing").json()
    assert list(found) == [A, B]
    assert found[A]["lastBatchId"] == "4" * 24
    assert found[A]["lastBatchStatus"] == "no such status"
    assert found[A]["lastSuccessfulBatchId"] == ULID
    assert found[A]["lastFailedBatchId"] == "3" * 24
    assert "lastBatchId" not in found[B]
    assert probe.catalog(f"lastBatches?dataSetId={A}&properties=lastBatchId").json() == {
        A: {"lastBatchId": "4" * 24}}


def test_dataset_files_only_when_switched_on(platform, probe):
    platform.change({"add_batch": {"dataset": C, "batch": {
        "key": "with-file", "files": [{}]}}})
    assert probe.catalog(f"dataSetFiles?dataSetId={C}").status == 404
    platform.switch(dataset_files=True)
    found = probe.catalog(f"dataSetFiles?dataSetId={C}").json()
    assert list(found) == ["with-file-1"]
    assert found["with-file-1"]["batchId"] == "with-file"
    assert probe.ids(f"dataSets/{C}/views/{C}/files") == ["with-file-1"]
    platform.change({"remove_batch": "with-file"})


# The world moves on

def test_changes(platform, probe):
    platform.change([
        {"add_dataset": {"id": "f" * 24, "name": "New", "created": 9000}},
        {"add_batch": {"dataset": "f" * 24, "batch": {"key": "n1", "created": 1}}},
        {"set_batch": {"key": "n1", "fields": {"status": "inactive"}}}])
    assert probe.ids("dataSets?name=New") == ["f" * 24]
    assert probe.catalog("batches?dataSet=" + "f" * 24).json()["n1"]["status"] == "inactive"
    assert probe.ids("batches?status=success&dataSet=" + "f" * 24) == []
    platform.change({"remove_batch": "n1"})
    assert probe.catalog("batches/n1").status == 404
    platform.change({"remove_dataset": "f" * 24})
    assert probe.catalog("dataSets/" + "f" * 24).status == 404


def test_a_batch_arrives_between_two_pages(platform, probe):
    platform.rules([{"match": {"op": "batches"}, "times": 1, "change": {"add_batch": {
        "dataset": A, "batch": {"key": "late", "created": 50_000}}}}])
    first = probe.ids(f"batches?dataSet={A}&orderBy=desc:created&limit=2")
    second = probe.ids(f"batches?dataSet={A}&orderBy=desc:created&limit=2&start=2")
    platform.change({"remove_batch": "late"})
    assert first == ["4" * 24, "3" * 24]
    assert second == ["3" * 24, ULID]


def test_a_hundred_thousand_batches():
    world = {"datasets": [
        {"repeat": 1000, "id": "{n:024x}", "name": "D {n}"},
        {"id": A, "name": "Large", "batches": [
            {"repeat": 100_000, "key": "{n:024x}", "id": "u-{n}", "generation": 1,
             "created": 1_600_000_000_000, "files": [
                 {"parts": [{"path": "p-{n}-{b}.parquet", "length": 10, "seed": 1}]}]}]}]}
    with Emulator(world) as platform:
        probe = Probe(platform)
        target = f"batches?dataSet={A}&status=success&orderBy=desc:created&limit=100"
        assert probe.ids(target)[0] == f"{99_999:024x}"
        start = time.monotonic()
        for n in range(20):
            page = probe.ids(target + f"&start={n * 100}&properties=created,status")
            assert page[0] == f"{99_999 - n * 100:024x}"
        assert time.monotonic() - start < 2
        listing = probe.export("files/u-77777-1").json()
        assert listing["data"][0]["name"] == "p-77777-77777.parquet"
