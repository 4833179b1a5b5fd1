"""Contract section 6: a dataset on the union schema, an evaluation, an export."""

import hashlib
import http.client
import json
import os
import time

import pytest

from .control import Emulator
from .probe import CATALOG, UPS, Probe
from .test_samples import MS, differences

UNION = "https://ns.adobe.com/xdm/context/profile__union"
TARGET, OTHER = "a" * 24, "b" * 24
CHURN, BUY, FRESH = (f"52c26d0d-45f2-47a2-ab30-ed06abc981f{n}" for n in "012")
POLICY = "0bf16e61-90e9-4204-b8fa-ad250360957b"
WORLD = {
    "datasets": [{"id": TARGET, "name": "Luma export", "union": True},
                 {"id": OTHER, "name": "Customer AI Scores - Luma"}],
    "audiences": [
        {"id": CHURN, "name": "Likely to churn", "created": 1_600_000_000_000,
         "evaluated": 1_700_000_000_000, "profiles": 600, "merge_policy": POLICY,
         "parts": [{"path": "churn.parquet", "length": 900, "seed": 7}]},
        {"id": BUY, "name": "Likely to buy", "created": 1_600_000_000_001, "profiles": 400,
         "fields": {"evaluationInfo": {"continuous": {"enabled": True}}}},
        {"id": FRESH, "name": "Fresh", "created": 1_600_000_000_002, "evaluated": None}]}
SCHEMA = {"name": "_xdm.context.profile"}
SAMPLES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "samples")
STAY = [{"status": "NEW"}]
DONE = [{"status": "SUCCEEDED"}]
LAG = 1500      # ms: longer than a busy machine takes for the few requests before


@pytest.fixture
def platform():
    with Emulator(WORLD) as one:
        yield one


def order(*audiences, dataset=TARGET, **more):
    """A body of `POST /export/jobs`."""
    return {"filter": {"segments": [{"segmentId": one} for one in audiences or (CHURN,)]},
            "destination": {"datasetId": dataset}, "schema": SCHEMA, **more}


def start(probe, *audiences, **more):
    answer = probe.post(f"{UPS}/export/jobs", order(*audiences, **more))
    assert answer.status == 200, answer.body
    return answer.json()


def job(probe, started):
    return probe.ups(f"export/jobs/{started['id']}").json()


def follow(probe, started, tries=20):
    """The job at its end."""
    for _ in range(tries):
        found = job(probe, started)
        if found["status"] in ("SUCCEEDED", "FAILED"):
            return found
    raise AssertionError("no end")


def until(true, seconds=20):
    """Wait for what only time brings about."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def create(probe, query="", **more):
    return probe.post(f"{CATALOG}/dataSets{query}", {
        "name": "Segment Export",
        "schemaRef": {"id": UNION, "contentType": "application/vnd.adobe.xed+json;version=1"},
        "fileDescription": {"persisted": True, "containerFormat": "parquet",
                            "format": "parquet"},
        "aspect": "production", **more})


# Datasets

def test_a_dataset_is_made(platform, probe):
    before = set(probe.ids("dataSets"))
    answer = create(probe)
    assert answer.status == 201
    [reference] = answer.json()
    assert reference.startswith("@/dataSets/")
    name = reference.rsplit("/", 1)[1]
    assert answer.headers["Location"].endswith("/dataSets/" + name)
    assert set(probe.ids("dataSets")) - before == {name} == set(platform.made("create_dataset"))
    held = probe.catalog("dataSets/" + name).json()[name]
    assert held["name"] == "Segment Export" and held["schemaRef"]["id"] == UNION
    assert held["fileDescription"]["format"] == "parquet" and "aspect" not in held
    assert abs(held["created"] - time.time() * 1000) < 60_000
    assert probe.ids("dataSets?name=Segment%20Export") == [name]
    assert probe.ids("dataSets?property=schemaRef&limit=100")[-1] == name
    assert follow(probe, start(probe, dataset=name))["status"] == "SUCCEEDED"


def test_a_dataset_with_a_source(probe):
    name = create(probe, "?requestDataSource=true").json()[0].rsplit("/", 1)[1]
    assert isinstance(probe.catalog("dataSets/" + name).json()[name]["dataSourceId"], int)


def test_the_spelling_of_the_reference(platform, probe):
    for spelling in ("@/datasets/", "@/DataSet/"):
        platform.switch(created_ref=spelling)
        assert create(probe).json()[0].startswith(spelling)


def test_names_of_datasets(platform, probe):
    """That they must be unique is advice (contract 3.4)."""
    assert [create(probe).status for _ in range(2)] == [201, 201]
    assert len(set(platform.made("create_dataset"))) == 2
    platform.switch(dataset_names="unique")
    assert create(probe).status == 400
    assert create(probe, name="Another").status == 201


def test_what_is_made_may_be_seen_later(platform, probe):
    platform.switch(created_lag_ms=LAG)
    create(probe)
    started = start(probe)
    assert len(probe.ids("dataSets")) == 2
    assert probe.ups("export/jobs").json()["records"] == []
    assert probe.ups(f"export/jobs/{started['id']}").status == 404
    until(lambda: len(probe.ids("dataSets")) == 3)
    until(lambda: len(probe.ups("export/jobs").json()["records"]) == 1)


# Segment jobs

def evaluate(probe, *names):
    return probe.post(f"{UPS}/segment/jobs", [{"segmentId": one} for one in names])


def test_an_evaluation(platform, probe):
    answer = evaluate(probe, FRESH)
    made = answer.json()
    assert (answer.status, made["status"]) == (200, "NEW")
    assert made["segments"][0]["segmentId"] == FRESH
    assert made["_links"]["checkStatus"]["href"] == f"/segment/jobs/{made['id']}"
    seen = [probe.ups("segment/jobs/" + made["id"]).json()["status"] for _ in range(4)]
    assert seen == ["NEW", "PROCESSING", "SUCCEEDED", "SUCCEEDED"]
    assert platform.made("create_segment_job") == [made["id"]]
    assert follow(probe, start(probe, FRESH))["status"] == "SUCCEEDED"
    assert probe.ups("segment/jobs?limit=1&start=1").json()["_links"]["next"]["href"]


def test_an_evaluation_of_all(probe):
    body = {"schema": SCHEMA, "segments": [{"segmentId": "*"}]}
    made = probe.post(f"{UPS}/segment/jobs", body).json()
    assert made["segments"] == [{"segmentId": "*"}]
    for _ in range(3):
        probe.ups("segment/jobs/" + made["id"])
    assert follow(probe, start(probe, FRESH))["status"] == "SUCCEEDED"


def test_an_evaluation_is_cancelled(probe):
    target = f"{UPS}/segment/jobs/{evaluate(probe, FRESH).json()['id']}"
    assert probe.ask("DELETE", target).status == 204
    assert [probe.get(target).json()["status"] for _ in range(2)] == ["CANCELLING", "CANCELLED"]
    assert probe.ask("DELETE", f"{UPS}/segment/jobs/nothing").status == 404


def test_too_many_evaluations(platform, probe):
    platform.switch(segment_jobs_at_most=1)
    assert evaluate(probe, BUY).status == 200
    answer = evaluate(probe, BUY)
    assert answer.status == 429
    assert differences({"message": "...", "cause": "...", "retryAfterMs": "500",
                        "statusCode": "429"}, answer.json()) == []
    assert platform.count("create_segment_job") == 2
    assert len(platform.made("create_segment_job")) == 1


# The life of an export

def test_the_sample_of_an_export(probe):
    """Contract 6: the answer to the POST, and the job when it has succeeded."""
    body = order(fields="identities.id,personalEmail.address",
                mergePolicy={"id": POLICY, "version": 1})
    answer = probe.post(f"{UPS}/export/jobs", body)
    made = answer.json()
    common = {"profileInstanceId": "ups", "jobType": "BATCH", "id": made["id"],
              "fields": body["fields"], "filter": body["filter"], "schema": SCHEMA,
              "mergePolicy": body["mergePolicy"], "requestId": "...", "imsOrgId": "...",
              "creationTime": MS, "updateTime": MS, "destination": {
                  "datasetId": TARGET, "segmentPerBatch": False, "batchId": "..."}}
    assert answer.headers["X-Location"] == f"/export/jobs/{made['id']}"
    assert type(made["id"]) is int
    assert differences({**common, "status": "NEW", "computeGatewayJobId": {},
                        "metrics": {"totalTime": {"startTimeInMs": MS}}}, made) == []
    lasted = {"startTimeInMs": MS, "endTimeInMs": MS, "totalTimeInMs": 0}
    found = follow(probe, made)
    for one in ("totalTime", "profileExportTime", "aCPDatasetWriteTime"):
        found["metrics"][one]["totalTimeInMs"] = 0
    assert differences({
        **common, "status": "SUCCEEDED",
        "computeGatewayJobId": {"exportJob": "...", "pushJob": "..."},
        "metrics": {"totalTime": lasted, "profileExportTime": lasted,
                    "aCPDatasetWriteTime": lasted, "totalExportedProfileCounter": 600,
                    "exportedProfileByNamespaceCounter": {"ecid": 600}}}, found) == []


def test_what_changes_the_world(platform, probe):
    """By this a harness knows that another test needs another emulator."""
    probe.ups("export/jobs"), probe.ups("segment/definitions"), probe.catalog("dataSets")
    probe.post(f"{UPS}/export/jobs", {})
    assert platform.state()["moved"] == 0
    started = start(probe)
    moved = [platform.state()["moved"]]
    for change in (lambda: job(probe, started), lambda: create(probe),
                   lambda: evaluate(probe, FRESH),
                   lambda: probe.ask("DELETE", f"{UPS}/export/jobs/{started['id']}")):
        change()
        moved.append(platform.state()["moved"])
    platform.clear()
    assert moved == [1, 2, 3, 4, 5] and platform.state()["moved"] == 5


def test_the_life_by_look_ups(platform, probe):
    started = start(probe)
    assert [job(probe, started)["status"] for _ in range(5)] == [
        "NEW", "PROCESSING", "PROCESSING", "SUCCEEDED", "SUCCEEDED"]
    # Lists and the control path are no look-ups.
    platform.switch(export_life=[{"status": "NEW", "polls": 1}, {"status": "FAILED"}])
    started = start(probe)
    probe.ups("export/jobs")
    assert platform.jobs()[-1]["status"] == "NEW"
    assert [job(probe, started)["status"] for _ in range(2)] == ["NEW", "FAILED"]


def test_the_life_by_time(platform, probe):
    platform.switch(export_life=[{"status": "NEW", "ms": LAG}, {"status": "PROCESSING", "ms": 50},
                                 *DONE])
    started = start(probe)
    assert job(probe, started)["status"] == "NEW"
    # The batch comes whether the job is polled or not.
    until(lambda: len(probe.ids(f"batches?dataSet={TARGET}&status=success")) == 1)
    assert job(probe, started)["status"] == "SUCCEEDED"


def test_a_life_given_later(platform, probe):
    platform.switch(export_life=STAY)
    started = start(probe)
    assert {job(probe, started)["status"] for _ in range(9)} == {"NEW"}
    platform.change({"set_export_job": {"id": started["id"], "life": DONE}})
    assert platform.jobs()[0]["status"] == "SUCCEEDED"
    assert len(probe.ids(f"batches?dataSet={TARGET}")) == 1
    platform.change({"set_export_job": {"id": started["id"], "fields": {"status": "PAUSED"}}})
    assert job(probe, started)["status"] == "PAUSED"
    # What failed may succeed yet; what has succeeded writes nothing twice.
    for life in ([{"status": "FAILED"}], DONE, [{"status": "NEW"}], DONE):
        platform.change({"set_export_job": {"id": started["id"], "life": life}})
    assert len(probe.ids(f"batches?dataSet={TARGET}")) == 1
    other = start(probe)
    for life in ([{"status": "FAILED"}], DONE):
        platform.change({"set_export_job": {"id": other["id"], "life": life}})
    assert len(probe.ids(f"batches?dataSet={TARGET}")) == 2


def test_counters_grow(platform, probe):
    platform.switch(export_life=[{"status": "NEW", "polls": 1},
                                 {"status": "PROCESSING", "polls": 4}, *DONE])
    started = start(probe)
    assert "totalExportedProfileCounter" not in job(probe, started)["metrics"]
    seen = [job(probe, started)["metrics"]["totalExportedProfileCounter"] for _ in range(5)]
    assert seen == [120, 240, 360, 480, 600]
    platform.switch(export_metrics="times")
    assert "totalExportedProfileCounter" not in job(probe, started)["metrics"]
    platform.switch(export_metrics="none")
    assert "metrics" not in job(probe, started)


def test_the_batch(platform, probe):
    started = start(probe)
    name = started["destination"]["batchId"]
    job(probe, started)
    assert probe.ids(f"batches?dataSet={TARGET}") == []
    assert probe.export(f"batches/{name}/files").status == 404
    found = follow(probe, started)
    assert found["destination"]["batchId"] == name
    held = probe.catalog(f"batches?dataSet={TARGET}&status=success").json()
    assert list(held) == [name] and held[name]["recordCount"] == 600
    [file] = probe.export(f"batches/{name}/files").json()["data"]
    [part] = probe.export(f"files/{file['dataSetFileId']}").json()["data"]
    assert (part["name"], part["length"]) == ("churn.parquet", "900")
    got = probe.bytes(file["dataSetFileId"], "churn.parquet", 0, 899)
    assert got.body == platform.content(7, 0, 900)
    dataset = probe.catalog("dataSets/" + TARGET).json()[TARGET]
    assert dataset["lastSuccessfulBatch"] == name
    assert dataset["updated"] >= found["creationTime"]


def test_the_samples_are_exported():
    """The parts of a batch are the parquet files that were made for its audience."""
    with open(os.path.join(SAMPLES, "audiences.sha256"), encoding="ascii") as handle:
        sums = {os.path.basename(name): digest
                for digest, name in (line.split() for line in handle)}
    with Emulator(os.path.join(SAMPLES, "world.json")) as platform:
        probe, found = Probe(platform), {}
        target = create(probe).json()[0].rsplit("/", 1)[1]
        for audience in probe.ups("segment/definitions").json()["segments"]:
            ended = follow(probe, start(probe, audience["id"], dataset=target))
            file = ended["destination"]["batchId"] + "-1"
            for part in probe.export("files/" + file).json()["data"]:
                got = probe.bytes(file, part["name"], 0, int(part["length"]) - 1).body
                assert got[:4] == got[-4:] == b"PAR1"
                found[part["name"]] = hashlib.sha256(got).hexdigest()
        assert found == sums


def test_the_batch_may_come_later(platform, probe):
    platform.switch(export_batch_lag_ms=LAG)
    follow(probe, start(probe))
    assert probe.ids(f"batches?dataSet={TARGET}") == []
    until(lambda: len(probe.ids(f"batches?dataSet={TARGET}")) == 1)


def test_a_batch_of_generation_one(platform, probe):
    platform.switch(export_batch_generation=1)
    name = follow(probe, start(probe))["destination"]["batchId"]
    [(key, held)] = probe.catalog(f"batches?dataSet={TARGET}").json().items()
    assert key != name and {"type": "batch", "id": name} in held["relatedObjects"]
    assert probe.export(f"batches/{name}/files").json()["data"]


def test_exporting_again_replaces(platform, probe):
    first, second = (follow(probe, start(probe))["destination"]["batchId"] for _ in range(2))
    held = probe.catalog(f"batches?dataSet={TARGET}").json()
    assert held[first]["status"] == "inactive" and held[second]["status"] == "success"
    assert held[second]["replay"]["predecessors"] == [first]
    platform.switch(re_export="append")
    third = follow(probe, start(probe))["destination"]["batchId"]
    assert set(probe.ids(f"batches?dataSet={TARGET}&status=success")) == {second, third}


# Shapes

def several(probe, **destination):
    return start(probe, CHURN, BUY, mergePolicy={"id": POLICY},
                 destination={"datasetId": TARGET, **destination})


def test_a_batch_for_each_audience(platform, probe):
    found = follow(probe, several(probe, segmentPerBatch=True))["destination"]
    assert "datasetId" not in found and "batchId" not in found
    assert found["dataSetId"] == TARGET and found["segmentPerBatch"] is True
    assert [one["segmentId"] for one in found["batches"]] == [CHURN, BUY]
    names = [one["batchId"] for one in found["batches"]]
    assert set(probe.ids(f"batches?dataSet={TARGET}&status=success")) == set(names)
    counts = [probe.catalog("batches/" + one).json()[one]["recordCount"] for one in names]
    assert counts == [600, 400]


def test_one_batch_for_all_audiences(probe):
    found = follow(probe, several(probe))
    assert found["metrics"]["totalExportedProfileCounter"] == 1000
    listed = probe.export(f"files/{found['destination']['batchId']}-1").json()["data"]
    assert [one["name"] for one in listed] == [
        "churn.parquet", f"part-00000-{BUY}-c000.snappy.parquet"]


def test_spellings_and_shapes_of_the_destination(platform, probe):
    started = several(probe, segmentPerBatch=True)
    for key in ("datasetId", "dataSetId"):
        platform.switch(destination_key=key)
        assert job(probe, started)["destination"][key] == TARGET
    platform.switch(destination_batches="object")
    assert job(probe, started)["destination"]["batches"]["segmentId"] == CHURN
    platform.switch(destination_batches="array", single_batch="both", batch_id="late")
    started = start(probe)
    assert set(job(probe, started)["destination"]) == {"dataSetId", "segmentPerBatch"}
    found = follow(probe, started)["destination"]
    assert found["batches"][0]["batchId"] == found["batchId"]


# The list of exports

def listed(probe, target="/export/jobs"):
    """Every page until there is no next: the ids, and the pages' number."""
    seen, pages = [], 0
    while target:
        page = probe.get(UPS + target).json()
        seen += [one["id"] for one in page["records"]]
        target, pages = page["link"].get("next"), pages + 1
        assert pages < 20
    return seen, pages


@pytest.mark.parametrize("switches, pages", [
    ({}, 2), ({"export_offset": "opaque"}, 2), ({"export_next_end": "absent"}, 2),
    ({"full_page_next": True}, 3)])
def test_the_list(platform, probe, switches, pages):
    platform.switch(**switches)
    ids = [start(probe)["id"] for _ in range(4)]
    assert listed(probe, "/export/jobs?limit=2") == (ids[::-1], pages)
    page = probe.ups("export/jobs?limit=2").json()
    assert page["page"]["sortField"] == "createdTime" and page["page"]["pageSize"] == 2
    last = page["records"][-1]
    plain = f"{last['creationTime']}_{last['id']}"
    assert (page["page"]["pageOffset"] == plain) == ("export_offset" not in switches)
    assert page["link"]["next"].startswith("/export/jobs/?limit=2&offset=")
    end = probe.ups("export/jobs").json()["link"]
    assert end == ({} if switches.get("export_next_end") else {"next": ""})


def test_a_job_between_two_pages(probe):
    ids = [start(probe)["id"] for _ in range(3)]
    page = probe.ups("export/jobs?limit=2").json()
    start(probe)
    rest = probe.get(UPS + page["link"]["next"]).json()["records"]
    assert [one["id"] for one in rest] == ids[:1]


def test_the_list_by_status(platform, probe):
    platform.change([{"add_export_job": {"body": order(), "life": [{"status": one}]}}
                     for one in ("NEW", "FAILED", "PROCESSING", "SUCCEEDED")])
    for status in ("NEW", "FAILED", "SUCCEEDED"):
        found = probe.ups("export/jobs?status=" + status).json()["records"]
        assert [one["status"] for one in found] == [status]
    platform.switch(export_status_filter=["PROCESSING"])
    assert len(probe.ups("export/jobs?status=PROCESSING").json()["records"]) == 1


def test_links_may_be_absolute(platform, probe):
    platform.switch(ups_link="absolute")
    start(probe), start(probe)
    link = probe.ups("export/jobs?limit=1").json()["link"]["next"]
    assert link.startswith("https://platform.adobe.io:443" + UPS)
    assert len(probe.follow(link).json()["records"]) == 1


def test_lies_of_lists(platform, probe):
    ids = [start(probe)["id"] for _ in range(3)][::-1]
    for effect, held, link in (
            ({"drop_entries": 1}, ids[:1], None),
            ({"duplicate_entries": 1}, ids[:2] + ids[:1], None),
            ({"no_next": True}, ids[:2], ""),
            ({"page_loop": True}, ids[:2], "/export/jobs?limit=2"),
            ({"next_host": "evil.example"}, ids[:2], "https://evil.example" + UPS)):
        platform.rules([{"match": {"op": "export_jobs"}, **effect}])
        page = probe.ups("export/jobs?limit=2").json()
        assert [one["id"] for one in page["records"]] == held
        if link is not None:
            assert page["link"].get("next", "").startswith(link)
            assert bool(link) == ("next" in page["link"])


# Cancelling

def test_an_export_is_cancelled(platform, probe):
    platform.switch(export_life=STAY)
    started = start(probe)
    target = f"{UPS}/export/jobs/{started['id']}"
    answer = probe.ask("DELETE", target)
    assert (answer.status, answer.json()) == (200, {
        "status": True, "message": "Export job has been marked for cancelling"})
    assert job(probe, started)["status"] == "FAILED"
    assert probe.ids(f"batches?dataSet={TARGET}") == []
    for shown in ("CANCELLED", "gone"):
        platform.switch(cancelled_export=shown)
        started = start(probe)
        probe.ask("DELETE", f"{UPS}/export/jobs/{started['id']}")
        answer = probe.ups(f"export/jobs/{started['id']}")
        assert answer.status == 404 if shown == "gone" else answer.json()["status"] == shown
    assert probe.ask("DELETE", f"{UPS}/export/jobs/1").status == 404
    assert platform.count("cancel_export_job") == 4


def test_what_has_ended_is_not_cancelled(probe):
    started = start(probe)
    follow(probe, started)
    assert probe.ask("DELETE", f"{UPS}/export/jobs/{started['id']}").status == 200
    assert job(probe, started)["status"] == "SUCCEEDED"


# Faults

def test_a_failed_export(platform, probe):
    errors = [{"code": "0090000009", "msg": "Error writing profiles", "callStack": "x"},
              {"code": "unknown", "msg": "Job aborted.", "callStack": "y"}]
    platform.switch(export_life=[{"status": "NEW", "polls": 1},
                                 {"status": "FAILED", "errors": errors}])
    found = follow(probe, start(probe))
    assert found["errors"] == errors and found["destination"]["batchId"] == ""
    assert "pushJob" not in found["computeGatewayJobId"]
    assert probe.ids(f"batches?dataSet={TARGET}") == []
    platform.switch(export_life=[{"status": "FAILED"}])
    assert follow(probe, start(probe))["errors"][0]["code"] == "0100000003"


def test_right_exports(platform, probe):
    """What is optional may lack, and what is known is taken."""
    times = {"fromIngestTimestamp": "2018-10-25T13:22:04-07:00", "emptyProfiles": False,
             "segmentQualificationTime": {"startTime": "2019-09-01T00:00:00Z"}}
    for body in (order(), {**order(), "filter": times}, order(evaluationInfo={"segmentation": True}),
                 {k: v for k, v in order().items() if k != "filter"}):
        assert probe.post(f"{UPS}/export/jobs", body).status == 200
    platform.switch(merge_policy="optional")
    assert start(probe, CHURN, BUY)["mergePolicy"]["id"] == POLICY


def test_a_dataset_that_is_not_on_the_union_schema(platform, probe):
    platform.switch(union_check="failed")
    assert "union" in follow(probe, start(probe, dataset=OTHER))["errors"][0]["msg"]
    platform.switch(union_check="none")
    assert follow(probe, start(probe, dataset=OTHER))["status"] == "SUCCEEDED"


def test_an_audience_that_was_never_evaluated(platform, probe):
    assert FRESH in follow(probe, start(probe, FRESH))["errors"][0]["msg"]
    platform.switch(unevaluated="400")
    assert probe.post(f"{UPS}/export/jobs", order(FRESH)).status == 400
    platform.switch(unevaluated="empty")
    name = follow(probe, start(probe, FRESH))["destination"]["batchId"]
    assert probe.export(f"files/{name}-1").json()["data"] == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_errors_of_the_service(platform, probe, status):
    platform.rules([{"match": {"op": "create_export_job"}, "ups_error": status, "times": 1}])
    answer = probe.post(f"{UPS}/export/jobs", order())
    assert answer.status == status
    if status == 429:
        assert answer.json()["retryAfterMs"] == "500"
        assert "Retry-After" not in answer.headers
    else:
        assert str(status) in answer.json()["errors"]
    assert platform.jobs() == []
    assert start(probe)["id"] and len(platform.made("create_export_job")) == 1


LOST = [{"reset_at": 0}, {"truncate_at": 0}, {"truncate_at": 10},
        {"status": 504, "late": True}, {"ups_error": 503, "late": True}]


@pytest.mark.parametrize("effect", LOST, ids=str)
@pytest.mark.parametrize("op", ["create_export_job", "create_dataset", "create_segment_job"])
def test_an_answer_lost_after_the_deed(platform, probe, op, effect):
    platform.rules([{"match": {"op": op}, "times": 1, **effect}])
    ask = {"create_export_job": lambda: probe.post(f"{UPS}/export/jobs", order()),
           "create_dataset": lambda: create(probe),
           "create_segment_job": lambda: evaluate(probe, FRESH)}[op]
    try:
        answer = ask()
        assert answer.status == effect.get("status", effect.get("ups_error"))
    except (OSError, http.client.HTTPException):
        assert "late" not in effect
    assert platform.count(op) == 1
    [made] = platform.made(op)
    known = {"create_export_job": lambda: [one["id"] for one in platform.jobs()],
             "create_dataset": lambda: probe.ids("dataSets?name=Segment%20Export"),
             "create_segment_job": lambda: [one["id"] for one in platform.jobs("segment_jobs")]}
    assert made in known[op]()
    assert ask().status in (200, 201)
    assert platform.count(op) == 2 and len(set(platform.made(op))) == 2


def test_what_was_asked_for_is_recorded(platform, probe):
    body = order(fields="identityMap")
    probe.post(f"{UPS}/export/jobs", body)
    [seen] = platform.record("create_export_job")
    assert json.loads(seen["body"]) == body
    probe.ask("POST", "/ims/token/v3", "client_secret=x", without=probe.credentials)
    assert "body" not in platform.record("token")[0]
    platform.clear()
    assert platform.made("create_export_job") == [] and len(platform.jobs()) == 1
