"""Contract section 6: audiences, and all that is refused. Nothing is made here."""

import pytest

from .control import Emulator
from .probe import CATALOG, UPS, Probe
from .test_export import (BUY, CHURN, FRESH, OTHER, POLICY, SCHEMA, UNION, WORLD, order)  # noqa: F401
from .test_samples import MS, differences


# Audiences

def test_audiences(probe):
    answer = probe.ups("segment/definitions?limit=2").json()
    assert [one["id"] for one in answer["segments"]] == [FRESH, BUY]
    assert answer["page"] == {"totalCount": 3, "totalPages": 2, "sortField": "creationTime",
                              "sort": "desc", "pageSize": 2, "limit": 2}
    assert answer["link"]["next"].startswith("/segment/definitions?")
    rest = probe.get(UPS + answer["link"]["next"]).json()
    assert [one["id"] for one in rest["segments"]] == [CHURN] and rest["link"] == {}
    assert differences({
        "id": CHURN, "schema": SCHEMA, "profileInstanceId": "ups", "imsOrgId": "...",
        "sandbox": {"sandboxId": "...", "sandboxName": "prod", "type": "production",
                    "default": True},
        "name": "Likely to churn", "description": "",
        "expression": {"type": "PQL", "format": "pql/text", "value": "..."},
        "mergePolicyId": POLICY,
        "evaluationInfo": {"batch": {"enabled": True}, "continuous": {"enabled": False},
                           "synchronous": {"enabled": False}},
        "dataGovernancePolicy": {"excludeOptOut": True},
        "creationTime": MS, "updateEpoch": 1_600_000_000, "updateTime": MS},
        rest["segments"][0]) == []
    assert probe.ups("segment/definitions/" + CHURN).json() == rest["segments"][0]
    assert probe.ups("segment/definitions/nothing").status == 404


@pytest.mark.parametrize("query, names", [
    ("start=1", [BUY, CHURN]), ("start=9", []), ("limit=1&page=1", [BUY]),
    ("limit=1&page=0", [FRESH]), ("sort=name:asc", [FRESH, BUY, CHURN]),
    ("sort=creationTime:asc", [CHURN, BUY, FRESH]),
    ("evaluationInfo.continuous.enabled=true", [BUY])])
def test_lists_of_audiences(probe, query, names):
    found = probe.ups("segment/definitions?" + query).json()["segments"]
    assert [one["id"] for one in found] == names


def test_the_first_page_may_be_one(platform, probe):
    platform.switch(first_page=1)
    found = probe.ups("segment/definitions?limit=1&page=1").json()["segments"]
    assert found[0]["id"] == FRESH
    assert probe.ups("segment/definitions?page=0").status == 400


def test_many_audiences():
    world = {"audiences": [{"repeat": 250, "name": "Audience {n:03d}", "evaluated": None}]}
    with Emulator(world) as platform:
        probe, seen, target = Probe(platform), [], "/segment/definitions"
        while target:
            page = probe.get(UPS + target).json()
            seen += [one["name"] for one in page["segments"]]
            target = page["link"].get("next")
        assert sorted(seen) == [f"Audience {n:03d}" for n in range(250)]
        assert platform.count("audiences") == 3


def test_the_last_evaluation(probe):
    query = f"segment/jobs?property=segments~segmentId=={CHURN}&status=SUCCEEDED"
    found = probe.ups(query).json()
    assert found["_page"] == {"totalCount": 1, "pageSize": 1}
    assert found["_links"] == {"next": {}}
    [one] = found["children"]
    assert one["updateTime"] == 1_700_000_000_000 == one["metrics"]["totalTime"]["endTimeInMs"]
    assert one["source"] == "scheduler"
    assert one["metrics"]["segmentedProfileCounter"] == {CHURN: 600}
    assert probe.ups(query.replace(CHURN, FRESH)).json()["children"] == []


# Refusals

@pytest.mark.parametrize("target", [
    "segment/definitions?limit=0", "segment/definitions?limit=101", "segment/definitions?start=-1",
    "segment/definitions?sort=name", "segment/definitions?page=x", "segment/jobs?limit=x",
    "segment/jobs?property=x", "export/jobs?limit=0", "export/jobs?offset=2",
    "export/jobs?status=PROCESSING"])
def test_bad_queries(probe, target):
    assert probe.ups(target).status == 400


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", {"name": "x"}, {"schemaRef": {"id": UNION}},
                                  {"name": 7, "schemaRef": {"id": UNION}},
                                  {"name": "x", "schemaRef": {}}])
def test_no_dataset_is_made_of_a_wrong_body(platform, probe, body):
    answer = probe.post(f"{CATALOG}/dataSets", body)
    assert (answer.status, answer.json()["title"]) == (400, "BadRequestError")
    assert platform.count("create_dataset") == 1 and platform.made("create_dataset") == []
    assert len(probe.ids("dataSets")) == 2


@pytest.mark.parametrize("body", ["x", [], {}, [{}], ["x"], [{"segmentId": "nothing"}]])
def test_wrong_evaluations(platform, probe, body):
    assert probe.post(f"{UPS}/segment/jobs", body).status == 400
    assert platform.made("create_segment_job") == []


@pytest.mark.parametrize("body", [
    "x", [], {}, {**order(), "schema": {"name": "other"}}, {**order(), "destination": {}},
    {**order(), "destination": {"datasetId": "c" * 24}}, order(dataset=OTHER), order("nothing"),
    order(CHURN, BUY), order(fields=["a"]), order(mergePolicy={"version": 1}),
    {**order(), "filter": {"segments": [{"segmentId": CHURN, "status": ["gone"]}]}},
    {**order(), "filter": {"segments": [{"segmentId": CHURN, "status": [{}]}]}},
    {**order(), "filter": {"fromIngestTimestamp": "yesterday"}},
    {**order(), "filter": {"segmentQualificationTime": {"startTime": "2019-09-01"}}}])
def test_wrong_exports(platform, probe, body):
    answer = probe.post(f"{UPS}/export/jobs", body)
    held = answer.json()
    assert answer.status == 400 == held["status"]
    assert held["title"] == held["errors"]["400"][0]["message"] != ""
    assert held["type"].startswith("https://ns.adobe.com/aep/errors/") and held["requestId"]
    assert platform.count("create_export_job") == 1 and platform.made("create_export_job") == []
    assert platform.jobs() == []


@pytest.mark.parametrize("life", [[], [{}], [{"status": "NEW", "polls": 1, "ms": 1}],
                                  [{"status": "NEW", "looks": 1}]])
def test_no_life(platform, life):
    with pytest.raises(ValueError):
        platform.change({"add_export_job": {"body": order(), "life": life}})


def test_a_body_says_that_it_is_json(platform, probe):
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    for target in (f"{CATALOG}/dataSets", f"{UPS}/export/jobs", f"{UPS}/segment/jobs"):
        assert probe.post(target, {}, **form).status == 415
        platform.switch(content_type="any")
        assert probe.post(target, {}, **form).status == 400
        platform.switch(content_type="enforced")


def test_only_who_has_credentials(platform, probe):
    for method, target in (("GET", "export/jobs"), ("POST", "export/jobs"),
                           ("GET", "segment/definitions")):
        assert probe.ask(method, f"{UPS}/{target}", without=("Authorization",)).status == 403
    for method, target in (("PUT", "export/jobs"), ("POST", "export/jobs/1"),
                           ("DELETE", "segment/definitions")):
        assert probe.ask(method, f"{UPS}/{target}").status == 405
    assert probe.ups("config/schedules").status == 404


def test_shapes_of_errors(platform, probe):
    for shape, title in (("problem", b"NotFoundError"), ("empty", b"")):
        platform.switch(ups_errors=shape)
        answer = probe.ups("export/jobs/1")
        assert answer.status == 404 and title in answer.body
    assert answer.body == b""
    with pytest.raises(ValueError):
        platform.rules([{"ups_error": 418}])
