"""caifs export: from an audience to parquet in a running mount, and what each
thing that can go wrong on the way looks like. The counts are the platform's:
whatever happens, one order makes one job and one dataset at the most."""

import json
import os
import pty
import re
import signal
import subprocess

import pytest

import access
import worlds
from conftest import until
from test_doctor import environment
from test_parquet import query

AUDIENCE = "aud-1"
OTHER = "aud-2"
UNION = worlds.dataset_id(9)
PLAIN = worlds.dataset_id(8)
WAITS = [{"status": "NEW"}]                     # a life that does not end by itself
POSTS = ["create_export_job", "create_dataset"]
# What another user may have ordered.
BODY = {"filter": {"segments": [{"segmentId": AUDIENCE}]}, "destination": {"datasetId": UNION},
        "schema": {"name": "_xdm.context.profile"}}
LOST = {
    "reset": {"reset_at": 0},
    "cut": {"truncate_at": 5},
    "502": {"late": True, "status": 502, "body": "<html>"},
    "504 without a word": {"late": True, "status": 504, "body": ""},
    "503 without a time": {"late": True, "status": 503, "body": ""},
    "no JSON": {"late": True, "status": 200, "body": "done"},
    "is not an ID": {"late": True, "status": 200, "body": {}},
    "silence": {"stall": "head"},
}


def world(**more):
    audiences = [{"id": AUDIENCE, "name": "Likely to churn"},
                 {"id": OTHER, "name": "Likely to buy"},
                 {"id": "aud-3", "name": "Never looked at", "evaluated": None}]
    datasets = [worlds.dataset(1, worlds.batch(1)),
                worlds.dataset(8, name="No profiles"),
                worlds.dataset(9, name="Exports", union=True)]
    return worlds.world(*datasets, **{"audiences": audiences, **more})


@pytest.fixture
def platform(emulator):
    """One whose jobs end at the second look."""
    made = emulator(world())
    made.switch(export_life=[{"status": "NEW", "polls": 1}, {"status": "SUCCEEDED"}])
    return made


class Done:
    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    def says(self, code, *words):
        assert self.code == code, (self.code, self.out, self.err)
        for word in words:
            assert word in self.err, self.err
        assert all(line.startswith("caifs: export: ") for line in self.err.splitlines()), self.err


@pytest.fixture
def export(caifs):
    """Runs it to its end; no secret is ever said."""
    def run(platform, *words, timeout=60, **changes):
        done = subprocess.run([caifs, "export", *words], env=environment(platform, **changes),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout)
        assert worlds.SECRET not in done.stdout + done.stderr
        assert not re.search(r"Sanitizer|runtime error", done.stderr), done.stderr
        return Done(done)
    return run


@pytest.fixture
def start(export):
    def run(platform, *words, to=("--dataset", UNION), **more):
        return export(platform, "start", "--audience", AUDIENCE, *to, *words, **more)
    return run


def posts(platform):
    return [platform.count(op) for op in POSTS]


def made(platform):
    return [len(platform.made(op)) for op in POSTS]


# From one end to the other
# --------------------------------------------------------------------------------------------


def test_from_an_audience_to_a_query_in_a_running_mount(emulator, mount, export):
    """The vendor's guide, in one command; the mount was there before."""
    platform = emulator(os.path.join(worlds.SAMPLES, "world.json"))
    one = mount(platform, ttl=1, all_datasets=True)
    assert "Luma churners" not in access.run(os.listdir, one.path)
    audience = json.loads(export(platform, "audiences", "--json").out)[1]
    assert audience["name"] == "Luma - likely to churn"
    done = export(platform, "start", "--audience", audience["audience"], "--new-dataset",
                  "Luma churners", "--wait")
    assert done.code == 0, done.err
    path = done.out.rstrip("\n")
    batch = platform.jobs()[0]["destination"]["batchId"]
    assert path == one / f"Luma churners/{batch}"
    until(lambda: "Luma churners" in access.run(os.listdir, one.path), 20, "the dataset")
    assert access.run(os.listdir, one / "Luma churners") == [batch]
    names = sorted(access.run(os.listdir, path))
    assert len(names) == 2 and all(name.endswith(".parquet") for name in names)
    sql = "SELECT count(*) AS people, min(_luma.customerAI.score) >= 50 AS likely FROM '{}/*.parquet'"
    there = query(sql.format(path))
    assert there == query(sql.format(os.path.join(worlds.SAMPLES, "audiences",
                                                  audience["audience"])))
    assert there[0]["people"] == audience["profiles"] and there[0]["likely"]
    assert made(platform) == [1, 1]


def test_to_a_dataset_that_the_mount_was_told_of(platform, mount, start):
    one = mount(platform, ttl=1, dataset=UNION, only=True)
    assert access.run(os.listdir, one / "Exports") == []
    done = start(platform, "--wait")
    assert done.code == 0, done.err
    assert os.path.dirname(done.out) == one / "Exports"
    until(lambda: access.run(os.listdir, one / "Exports") == [os.path.basename(done.out.strip())],
          20, "the batch")


def test_a_batch_that_comes_late_is_waited_for(platform, mount, start):
    platform.switch(export_batch_lag_ms=1500)
    one = mount(platform, ttl=1, dataset=UNION)
    done = start(platform, "--wait")
    assert done.code == 0, done.err
    assert os.path.dirname(done.out) == one / "Exports"


def test_without_a_mount_it_says_how_to(platform, start):
    done = start(platform, "--wait", "--json")
    done.says(0)
    told = json.loads(done.out)
    assert told["state"] == "succeeded" and told["paths"] == []
    assert told["dataset"] == UNION and told["audiences"] == [AUDIENCE]
    done = start(platform, "--wait")
    assert done.code == 0 and f"caifs -o dataset={UNION}" in done.err
    assert done.out.startswith(UNION + "/") and done.out.count("\n") == 1


def test_a_mount_of_another_platform_is_none(platform, emulator, mount, start):
    mount(emulator(world(client_secret="another")), dataset=UNION)
    done = start(platform, "--wait")
    assert done.code == 0 and "no mount shows it" in done.err


# What is asked for
# --------------------------------------------------------------------------------------------


def test_an_order_as_it_is_sent(platform, export):
    done = export(platform, "start", f"--audience={AUDIENCE}", "--audience", OTHER, "--audience",
                  OTHER, "--dataset", UNION, "--fields", "identityMap,person.name",
                  "--merge-policy", "policy-1:2", "--since", "2026-01-31")
    done.says(0, "started job")
    assert done.out == f"{platform.made('create_export_job')[0]}\n"
    assert json.loads(platform.record("create_export_job")[0]["body"]) == {
        "fields": "identityMap,person.name",
        "mergePolicy": {"id": "policy-1", "version": 2},
        "filter": {"segments": [{"segmentId": one, "segmentNs": "ups", "status": ["realized"]}
                                for one in (AUDIENCE, OTHER)],
                   "fromIngestTimestamp": "2026-01-31T00:00:00Z"},
        "destination": {"datasetId": UNION, "segmentPerBatch": False},
        "schema": {"name": "_xdm.context.profile"}}


@pytest.mark.parametrize("words, says", [
    ([], "audiences, start, status"),
    (["begin"], "unknown subcommand"),
    (["start"], "--audience"),
    (["start", "--audience"], "needs a value"),
    (["start", "--audience", "a"], "--new-dataset"),
    (["start", "--audience", "a", "--dataset", "d", "--new-dataset", "n"], "either --dataset"),
    (["start", "--audience", "../a", "--dataset", "d"], "is not an ID"),
    (["start", "--audience", "a", "--dataset", ".."], "is not an ID"),
    (["start", "--audience", "a", "--dataset", "d", "--since", "yesterday"], "must be a time"),
    (["start", "--audience", "a", "--dataset", "d", "--since", "2026-02-30"], "must be a time"),
    (["start", "--audience", "a", "--dataset", "d", "--since", "2026-01-01T00:00:00"],
     "must be a time"),
    (["start", "--audience", "a", "--dataset", "d", "--since", "2026-01-01x"], "must be a time"),
    (["start", "--audience", "a", "--dataset", "d", "--fields", "a b"], "names of fields"),
    (["start", "--audience", "a", "--audience", "b", "--dataset", "d"], "--merge-policy"),
    (["start", "--audience", "a", "--dataset", "d", "--merge-policy", "p:x"], "ID:VERSION"),
    (["start", "--audience", "a", "--new-dataset", ""], "is not a name"),
    (["start", "--audience", "a", "--dataset", "d", "--wait=1"], "takes no value"),
    (["status"], "no job"), (["cancel"], "no job"), (["status", "a/b"], "is not an ID"),
])
def test_wrong_usage_is_told_before_anything_is_asked(platform, export, words, says):
    platform.clear()
    export(platform, *words).says(2, says)
    assert platform.record() == []


def test_a_profile_follows_the_words(platform, export, tmp_path):
    (tmp_path / "caifs").mkdir()
    configuration = tmp_path / "caifs" / "luma.json"
    configuration.write_text(json.dumps({
        "endpoint": platform.endpoint, "ims_endpoint": platform.endpoint,
        "ims_org": platform.org, "api_key": platform.key, "client_secret": platform.secret}))
    configuration.chmod(0o600)
    unset = {f"CAIFS_{name}": None for name in (
        "ENDPOINT", "IMS_ENDPOINT", "IMS_ORG", "API_KEY", "CLIENT_SECRET")}
    platform.change({"add_export_job": {"id": 5, "body": BODY}})
    for words in (["list", "luma"], ["status", "5", "-o", "timeout=20", "luma"]):
        done = export(platform, *words, XDG_CONFIG_HOME=str(tmp_path), **unset)
        assert done.code == 0 and UNION in done.out, done.err


def test_words_of_others_are_unknown(platform, export):
    done = export(platform, "list", "--audience", AUDIENCE)
    assert done.code == 2 and "--audience" in done.err
    done = export(platform, "list", CAIFS_API_KEY=None)
    assert done.code == 2 and "api_key" in done.err


def test_help(platform, export):
    for words in (["--help"], ["start", "-h"]):
        done = export(platform, *words)
        assert done.code == 0 and "caifs export start" in done.out and not done.err


# Lists
# --------------------------------------------------------------------------------------------


def test_audiences(platform, export):
    rows = json.loads(export(platform, "audiences", "--json").out)
    assert [(row["audience"], row["name"]) for row in rows] == [
        (OTHER, "Likely to buy"), (AUDIENCE, "Likely to churn"), ("aud-3", "Never looked at")]
    assert rows[0]["evaluated"] and rows[0]["profiles"] == 1033
    assert rows[2]["evaluated"] is None and rows[2]["profiles"] is None
    table = export(platform, "audiences").out.splitlines()
    assert len(table) == 4 and table[1].split()[0] == OTHER


def test_audiences_without_their_evaluations(platform, export):
    platform.rules([{"match": {"op": "segment_jobs"}, "ups_error": 403}])
    done = export(platform, "audiences", "--json")
    done.says(0, "cannot be read", "403")
    assert len(json.loads(done.out)) == 3


@pytest.mark.parametrize("no_next", [False, True])
def test_audiences_of_several_pages(emulator, export, no_next):
    platform = emulator(world(audiences=[
        {"id": "aud-{n}", "name": "Audience {n:03d}", "repeat": 250}]))
    platform.rules([{"match": {"op": "audiences"}, "no_next": True}] if no_next else [])
    rows = json.loads(export(platform, "audiences", "--json").out)
    assert [row["name"] for row in rows] == [f"Audience {n:03d}" for n in range(250)]


@pytest.mark.parametrize("link", [{}, {"next": "/segment/definitions?start=1700000000000"}])
def test_a_list_of_audiences_whose_pages_are_all_the_same(platform, export, link):
    page = {"segments": [{"id": f"aud-{n}", "name": "a"} for n in range(100)],
            "page": {"totalCount": 250}, "link": link}
    platform.rules([{"match": {"op": "audiences"}, "json": json.dumps(page)}])
    export(platform, "audiences").says(1, "list of audiences")
    assert platform.count("audiences") == 2


def jobs_world(count):
    return world(export_jobs=[
        {"body": BODY,
         "id": 100 + n, "created": 1700000000000 + n * 60000} for n in range(count)])


@pytest.mark.parametrize("switches", [
    {}, {"export_offset": "opaque"}, {"export_next_end": "absent"}, {"full_page_next": True},
    {"ups_link": "absolute"}], ids=str)
def test_list_goes_on_by_opaque_offsets(emulator, export, switches):
    platform = emulator(jobs_world(300))
    platform.switch(**switches)
    platform.clear()
    rows = json.loads(export(platform, "list", "--json").out)
    assert [row["job"] for row in rows] == [str(399 - n) for n in range(300)]
    assert platform.count("export_jobs") == (4 if "full_page_next" in switches else 3)
    assert rows[-1]["created"] == "2023-11-14T22:13:20Z"
    table = export(platform, "list").out.splitlines()
    assert len(table) == 301 and table[1].split()[:2] == ["399", "SUCCEEDED"]


def test_a_list_that_goes_round(emulator, export):
    platform = emulator(jobs_world(300))
    platform.clear()
    platform.rules([{"match": {"op": "export_jobs"}, "skip": 1, "page_loop": True}])
    export(platform, "list").says(1, "already read")
    assert platform.count("export_jobs") == 2


@pytest.mark.parametrize("link", [
    "string", "/segment/jobs?offset=1", "/export/jobs/../../../foundation?x=1",
    "https://platform.adobe.io/data/foundation/catalog/dataSets"])
def test_a_list_that_goes_on_in_no_known_way(emulator, export, link):
    platform = emulator(jobs_world(1))
    platform.rules([{"match": {"op": "export_jobs"},
                     "json": json.dumps({"records": [], "link": {"next": link}})}])
    export(platform, "list").says(1, "unusable link")


# Shapes of answers
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switches", [
    {"destination_key": "datasetId"}, {"destination_key": "dataSetId"},
    {"single_batch": "both"}, {"destination_batches": "object", "single_batch": "both"},
    {"batch_id": "late"}, {"export_metrics": "none"}, {"export_metrics": "times"}], ids=str)
def test_every_spelling_and_shape(platform, start, switches):
    platform.switch(**switches)
    done = start(platform, "--wait", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["dataset"] == UNION and len(told["batches"]) == 1
    assert "--dataset" not in done.err


@pytest.mark.parametrize("shape", ["array", "object"])
def test_a_batch_for_each_audience(platform, export, shape):
    """As another user may have ordered it."""
    platform.switch(destination_batches=shape)
    platform.change({"add_export_job": {
        "id": 7, "body": {"filter": {"segments": [{"segmentId": AUDIENCE}, {"segmentId": OTHER}]},
                          "mergePolicy": {"id": "m", "version": 1},
                          "destination": {"datasetId": UNION, "segmentPerBatch": True},
                          "schema": {"name": "_xdm.context.profile"}}}})
    told = json.loads(export(platform, "status", "7", "--json").out)
    assert told["dataset"] == UNION
    assert len(told["batches"]) == (2 if shape == "array" else 1)


def test_a_status_that_nobody_knows_is_one_that_goes_on(platform, start):
    platform.switch(export_life=[{"status": "QUEUED\x1b[2J", "polls": 1}, {"status": "SUCCEEDED"}])
    done = start(platform, "--wait")
    assert done.code == 0 and "QUEUED?[2J" in done.err and "\x1b" not in done.err


def test_an_answer_without_an_id_of_a_job(platform, export):
    platform.rules([{"match": {"op": "export_job"}, "json": '{"status":"NEW"}'}])
    export(platform, "status", "24115").says(1, "cannot read")


# Lost answers
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("op", POSTS)
def test_a_lost_answer_makes_one_of_each(platform, start, op, how):
    platform.rules([{"match": {"op": op}, "times": 1, **LOST[how]}])
    done = start(platform, "--json", "-o", "timeout=6", to=("--new-dataset", "Made once"))
    platform.release()
    assert done.code == 0, done.err
    assert posts(platform) == [1, 1] and made(platform) == [1, 1]
    assert json.loads(done.out)["job"] == str(platform.made("create_export_job")[0])
    assert json.loads(done.out)["dataset"] == platform.made("create_dataset")[0]


def test_a_job_that_is_seen_late_is_found(platform, start):
    platform.switch(created_lag_ms=1500)
    platform.rules([{"match": {"op": "create_export_job"}, "times": 1, "reset_at": 0}])
    done = start(platform, "-o", "timeout=10")
    done.says(0, "started job")
    assert posts(platform) == [1, 0] and made(platform) == [1, 0]


@pytest.mark.parametrize("op, noun", zip(POSTS, ["job", "dataset"]))
def test_what_was_never_made_is_not_known(platform, start, op, noun):
    platform.rules([{"match": {"op": op}, "status": 502, "body": ""}])
    done = start(platform, "-o", "timeout=3", to=("--new-dataset", "Not made"))
    done.says(4, "502", f"no matching {noun} was found")
    if noun == "job":
        done.says(4, "caifs export list", "next time give --dataset " + platform.made(POSTS[1])[0])
    assert posts(platform)[POSTS.index(op)] == 1 and made(platform)[POSTS.index(op)] == 0


def test_two_that_may_be_it_are_not_guessed_at(platform, start):
    twin = {"add_export_job": {"body": BODY, "life": WAITS}}
    platform.rules([{"match": {"op": "create_export_job"}, "times": 1, "reset_at": 0,
                     "change": twin}])
    start(platform, "-o", "timeout=3").says(4, "2 match")
    assert posts(platform) == [1, 0]


def test_an_older_job_of_the_same_is_not_it(platform, start):
    platform.change({"add_export_job": {"id": 5, "created": 1700000000000, "body": BODY}})
    platform.rules([{"match": {"op": "create_export_job"}, "status": 500, "body": ""}])
    start(platform, "-o", "timeout=3").says(4, "no matching job was found")


def test_a_redirect_is_not_followed(emulator, start):
    platform = emulator(world(), foreign=True)
    platform.rules([{"match": {"op": "create_export_job"}, "redirect": "{foreign}{path}"}])
    start(platform, "-o", "timeout=3").says(4, "307")
    assert posts(platform) == [1, 0] and made(platform) == [0, 0]


# Refusals that come before anything is made
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [
    {"ups_error": 429}, {"gateway_error": "429050", "headers": {"Retry-After": "1"}},
    {"gateway_error": "503010"}, {"status": 503, "headers": {"Retry-After": "0"}, "body": ""},
    {"gateway_error": "503020"}, {"revoke_token": True}], ids=str)
@pytest.mark.parametrize("op", POSTS)
def test_what_was_certainly_not_done_is_asked_again(platform, start, op, rule):
    platform.rules([{"match": {"op": op}, "times": 1, **rule}])
    done = start(platform, to=("--new-dataset", "Made once"))
    assert done.code == 0, done.err
    assert posts(platform)[POSTS.index(op)] == 2 and made(platform) == [1, 1]


def test_a_wait_that_is_too_long_is_not_begun(platform, start):
    """retryAfterMs is believed: there is no second POST before it."""
    platform.rules([{"match": {"op": "create_export_job"}, "status": 429,
                     "body": {"message": "too many", "retryAfterMs": "50000",
                              "statusCode": "429"}}])
    start(platform, "-o", "timeout=20").says(1, "429", "too many")
    assert posts(platform) == [1, 0]


@pytest.mark.parametrize("op, to", [
    ("audience", UNION), ("segment_jobs", UNION), ("dataset", UNION), ("create_export_job", UNION),
    ("datasets", None), ("create_dataset", None)])
def test_no_permission(platform, start, op, to):
    platform.rules([{"match": {"op": op}, "ups_error": 403}])
    done = start(platform, to=("--dataset", to) if to else ("--new-dataset", "Mine"))
    done.says(1, "403", "administrator")
    assert made(platform) == [0, 0]
    assert sum(posts(platform)) == (1 if op in POSTS else 0)


def test_a_dataset_that_was_made_is_not_forgotten(platform, start, export):
    platform.rules([{"match": {"op": "create_export_job"}, "times": 1, "ups_error": 403}])
    done = start(platform, to=("--new-dataset", "Mine"))
    dataset, = platform.made("create_dataset")
    done.says(1, f"next time give --dataset {dataset}")
    start(platform, to=("--new-dataset", "Mine")).says(1, "exists", f"--dataset {dataset}")
    start(platform, to=("--dataset", dataset)).says(0)
    assert made(platform) == [1, 1]


def test_an_unknown_audience(platform, export):
    export(platform, "start", "--audience", "aud-9", "--dataset", UNION).says(
        1, "no audience aud-9")
    assert posts(platform) == [0, 0]


@pytest.mark.parametrize("jobs, says", [
    ([], "yet"), ([{"segments": ["aud-3"], "life": [{"status": "PROCESSING"}]}], "PROCESSING"),
    ([{"segments": ["aud-3"], "life": [{"status": "FAILED"}]}], "FAILED")])
def test_an_audience_that_is_not_evaluated(platform, export, jobs, says):
    platform.change([{"add_segment_job": job} for job in jobs])
    export(platform, "start", "--audience", "aud-3", "--new-dataset", "None").says(
        3, "aud-3", "no segment job", says, "segment/jobs")
    assert posts(platform) == [0, 0]


def test_an_evaluation_of_all_is_one_of_each(platform, export):
    platform.change({"add_segment_job": {"segments": ["*"]}})
    export(platform, "start", "--audience", "aud-3", "--dataset", UNION).says(0)


def test_an_unknown_dataset(platform, start):
    for switch in ("404", "{}"):
        platform.reset()
        start(platform, to=("--dataset", worlds.dataset_id(77))).says(1, "no dataset")
    assert posts(platform) == [0, 0]


def test_a_dataset_of_another_schema(platform, start):
    start(platform, to=("--dataset", PLAIN)).says(1, "schema", "profile__union")
    assert posts(platform) == [0, 0]


def test_the_platform_s_own_words_for_a_wrong_schema(emulator, start):
    """Where Catalog does not say what schema a dataset has."""
    platform = emulator(world(datasets=[worlds.dataset(8, name="?", omit=["schemaRef"])]))
    done = start(platform, to=("--dataset", PLAIN))
    done.says(1, "400")
    assert posts(platform) == [1, 0] and made(platform) == [0, 0]


def test_an_unknown_job(platform, export):
    for verb in ("status", "cancel"):
        export(platform, verb, "99").says(1, "no export job 99")


# How jobs end
# --------------------------------------------------------------------------------------------


def test_a_failed_job(platform, start, export):
    platform.switch(export_life=[{"status": "PROCESSING", "polls": 1}, {"status": "FAILED",
                    "errors": [{"code": "0100000003", "msg": "Not enough of\x07 anything",
                                "callStack": "com.adobe.aep"}]}])
    done = start(platform, "--wait")
    assert done.code == 1 and not done.out
    assert "FAILED: 0100000003 Not enough of? anything" in done.err
    job = str(platform.made("create_export_job")[0])
    done = export(platform, "status", job, "--json")
    assert done.code == 1 and json.loads(done.out)["state"] == "failed"
    assert "Not enough" in export(platform, "status", job).out


def test_cancel(platform, start, export):
    platform.switch(export_life=WAITS)
    job = start(platform).out.strip()
    done = export(platform, "cancel", job)
    assert done.code == 0 and "FAILED" in done.out
    assert platform.count("cancel_export_job") == 1
    assert export(platform, "status", job, "--wait").code == 1


def test_cancel_what_is_gone_then(platform, start, export):
    platform.switch(export_life=WAITS, cancelled_export="gone")
    job = start(platform).out.strip()
    export(platform, "cancel", job).says(0, "exists no more")


def test_cancel_what_has_ended(platform, start, export):
    job = start(platform, "--wait", "--json")
    job = json.loads(job.out)["job"]
    export(platform, "cancel", job).says(1, "already succeeded")


def test_ctrl_c_ends_the_waiting_not_the_job(platform, caifs, export):
    platform.switch(export_life=WAITS)
    process = subprocess.Popen(
        [caifs, "export", "start", "--audience", AUDIENCE, "--dataset", UNION, "--wait"],
        env=environment(platform), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: platform.count("export_job") >= 1, 20, "a look at the job")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert process.returncode == 130 and not out
    assert "caifs export status 24115 --wait" in err
    assert platform.jobs()[0]["status"] == "NEW" and not platform.count("cancel_export_job")
    platform.change({"set_export_job": {"id": 24115, "life": [{"status": "SUCCEEDED"}]}})
    done = export(platform, "status", "24115", "--wait")
    assert done.code == 0 and done.out.startswith(UNION)


def test_ctrl_c_before_anything_is_made(platform, caifs):
    platform.rules([{"match": {"op": "segment_jobs"}, "stall": "head"}])
    process = subprocess.Popen(
        [caifs, "export", "start", "--audience", AUDIENCE, "--dataset", UNION],
        env=environment(platform), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: platform.count("segment_jobs") == 1, 20, "the question")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=8)
    finally:
        process.kill()
        platform.release()
    assert process.returncode == 130 and "stopped" in err and not out
    assert posts(platform) == [0, 0]


def test_what_passes_does_not_end_the_waiting(platform, start):
    platform.rules([{"match": {"op": "export_job"}, "times": 5, "ups_error": 503}])
    done = start(platform, "--wait", "-o", "timeout=4")
    assert done.code == 0, done.err
    assert made(platform) == [1, 0]


def test_a_platform_that_is_away_ends_the_waiting(platform, start):
    platform.rules([{"match": {"op": "export_job"}, "ups_error": 403}])
    done = start(platform, "--wait")
    assert done.code == 1 and "403" in done.err and not done.out
    assert "job 24115 goes on: caifs export status 24115 --wait" in done.err


def test_on_a_terminal_it_is_one_line(platform, caifs):
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [caifs, "export", "start", "--audience", AUDIENCE, "--dataset", UNION, "--wait"],
        env=environment(platform), stdin=follower, stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    said = b""
    try:
        while process.poll() is None or b"no mount" not in said:
            more = os.read(leader, 4096)
            said += more
    except OSError:
        pass        # the other end is closed
    finally:
        os.close(leader)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and out.startswith(UNION.encode())
    assert said.count(b"\r\x1b[K") >= 2 and b"min 0 s" in said
    assert b"SUCCEEDED" in said


def test_a_mount_changes_nothing_there(platform, mount):
    """Reading, listing and failing at both: GETs, and the token's POST."""
    one = mount(platform, all_datasets=True)
    access.run(os.listdir, one.path)
    access.run(os.listdir, one / worlds.NAME)
    with pytest.raises(OSError):
        access.run(os.mkdir, one / "new")
    methods = {(row["method"], row["op"]) for row in platform.record()}
    assert {op for method, op in methods if method != "GET"} == {"token"}
