"""Every JSON sample of the contract, held against what the emulator answers.

In a sample `...` stands for any text, `0` written as MS for any time in
milliseconds. The guide's own samples are in test_guide.py, those of exports
(contract 6) in test_export.py.
"""

import json
import re

import pytest

from .gateway import MESSAGES
from .probe import EXPORT
from .test_gateway import GRANT, ask_token, payload

MS = object()
DATASET = "5cd9146b31dae914b75f654f"
ULID = "01E5QSWCAASFQ054FNBKYV6TIQ"
BEFORE = "01E5N7EDQQP4JHJ93M7C3WM5SP"
UUID = "035e2520-5e69-11ea-b624-51ecfeba55d1"
HREF = f"https://platform.adobe.io:443{EXPORT}/"
NAME = "part-00000-tid-7597930103898538622-a25f1890.c000.snappy.parquet"
WORLD = {"page_size": 100, "datasets": [{
    "id": DATASET, "name": "Customer AI Scores - Luma", "view": "5e3b2fe3fe4b9f18a8b7a3db",
    "batches": [
        {"key": "5e602f67c2f39715a87f46b1", "id": UUID, "generation": 1,
         "created": 1_583_361_894_479, "files": [{"parts": [{"path": NAME, "length": 16214531}]}]},
        {"key": BEFORE, "files": [{"parts": [{"path": "x.parquet", "length": 2576}],
                                   "shape": "C"}]},
        {"key": ULID, "replaces": [BEFORE], "created": 1_586_715_571_217,
         "completed": 1_586_715_582_735, "metrics": {
             "partitionCount": 1, "outputByteSize": 2380339, "inputFileCount": -1,
             "inputByteSize": 2381007, "outputRecordCount": 24340, "outputFileCount": 1,
             "inputRecordCount": 24340},
         "files": [{"files": [{}, {}]}, {"parts": [
             {"path": "p{n:03d}", "repeat": 150, "length": 14156}]}]},
        {"key": "5c6f332168966814cd81d3d3", "generation": 3, "status": "failed",
         "files": [{}, {}, {}, {}, {}, {}],
         "meta": [{"path": "row_errors/conversion_errors_0.json", "text": "{}\n"},
                  {"path": "input_files/fileMetaData1.json", "text": "{}\n"},
                  {"path": "row_errors_sample.json", "text": "{}\n"}]}]}]}


def differences(sample, real, where="$"):
    """Where an answer differs from a sample: members, types and values."""
    if sample is MS:
        good = not isinstance(real, bool) and re.fullmatch(r"1\d{12}", str(real))
        return [] if good and isinstance(real, int) else [f"{where}: {real!r}"]
    if sample == "...":
        return [] if isinstance(real, str) and real else [f"{where}: {real!r}"]
    if type(sample) is not type(real):
        return [f"{where}: {type(real).__name__}"]
    if isinstance(sample, dict):
        apart = sorted(set(sample) ^ set(real))
        return [f"{where}: {apart}"] if apart else [
            d for k in sample for d in differences(sample[k], real[k], f"{where}.{k}")]
    if isinstance(sample, list):
        if len(sample) != len(real):
            return [f"{where}: {len(real)} entries"]
        return [d for i, one in enumerate(sample)
                for d in differences(one, real[i], f"{where}[{i}]")]
    return [] if sample == real else [f"{where}: {real!r}"]


def test_differences_are_seen():
    assert differences({"a": MS}, {"a": "1583361894479"})
    assert differences({"a": MS}, {"a": 1583361894})
    assert differences({"a": "..."}, {"a": ""}) and differences({"a": 1}, {"a": "1"})
    assert differences({"a": 1}, {}) and differences([1], [1, 2])
    assert not differences({"a": MS, "b": ["..."]}, {"a": 1583361894479, "b": ["x"]})


# 1.4: the gateway's bodies, all of the table

CODES = {
    "400003": (400, "Missing header"), "401013": (401, "Oauth token is not valid"),
    "401014": (401, "Token not allowed in the current context"),
    "401015": (401, "Scope mismatch"), "403000": (403, "Api Key is required"),
    "403003": (403, "Api Key is invalid"), "403010": (403, "Oauth token is missing."),
    "403011": (403, "Scope mismatch"), "403020": (403, "Oauth token missing or invalid"),
    "403023": (403, "Profile is not valid"), "403025": (403, "Profile is not valid"),
    "403024": (403, "Not allowed to read the profile"),
    "403027": (403, "User region is missing"), "503020": (403, "Could not read the profile"),
    "429001": (429, "Service usage limit reached"),
    "429002": (429, "Developer key usage limit reached"), "429050": (429, "Too many requests"),
    "503000": (503, "Could not validate Api Key"),
    "503010": (503, "Could not validate oauth token"),
}


@pytest.mark.parametrize("code", CODES)
def test_a_body_of_the_gateway(platform, probe, code):
    status, message = CODES[code]
    platform.rules([{"gateway_error": code}])
    answer = probe.catalog("dataSets")
    assert answer.status == status
    assert answer.json() == {"error_code": code, "message": message}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Request-Id"]
    assert ("Retry-After" in answer.headers) == (code == "429050")


def test_the_table_is_whole():
    assert set(MESSAGES) - {"404000"} == set(CODES)


# 2: tokens

def test_a_token(platform, probe):
    sample = {"access_token": "...", "token_type": "bearer", "expires_in": 86399}
    answer = ask_token(probe, GRANT).json()
    assert differences(sample, answer) == []
    assert answer["access_token"].count(".") == 2
    held = payload(answer["access_token"])
    assert held["type"] == "access_token"
    assert held["expires_in"] == "86399000"     # a string, and milliseconds (contract 2.3)
    assert re.fullmatch(r"1\d{12}", held["created_at"])
    # The older grant's, which counts in milliseconds (contract 2.2).
    platform.tokens(lifetime_s=86399.992, unit="ms")
    assert ask_token(probe, GRANT).json()["expires_in"] == 86399992


@pytest.mark.parametrize("status", [400, 401])
def test_an_error_of_ims(platform, probe, status):
    platform.switch(ims_error_status=status)
    answer = ask_token(probe, {**GRANT, "scope": "openid,other"})
    assert answer.status == status
    assert differences({"error": "invalid_scope", "error_description": "..."},
                       answer.json()) == []


# 3: Catalog

def test_a_batch_of_the_newer_kind(probe):
    """Contract 3.5 and 3.6: who writes scores, and whom a run replaces."""
    sample = {ULID: {
        "status": "success", "tags": {"acp_enableErrorDiagnostics": True},
        "relatedObjects": [{"type": "dataSet", "id": DATASET}],
        "id": ULID, "externalId": ULID,
        "replay": {"predecessors": [BEFORE], "reason": "Replacing for 2020-04-09",
                   "predecessorListingType": "IMMEDIATE"},
        "inputFormat": {"format": "parquet"}, "imsOrg": "...", "started": MS,
        "metrics": WORLD["datasets"][0]["batches"][2]["metrics"],
        "completed": 1586715582735, "created": 1586715571217,
        "createdClient": "acp_foundation_push",
        "createdUser": "sensei_exp_attributionai@AdobeID", "updatedUser": "...",
        "updated": 1586715582735, "version": "...", "sandboxId": "...", "errors": []}}
    assert differences(sample, probe.catalog("batches/" + ULID).json()) == []
    listed = probe.catalog(f"batches?dataSet={DATASET}&createdClient=acp_foundation_push"
                           "&status=success&orderBy=desc:created&limit=1").json()
    assert differences(sample, listed) == []


def test_what_a_projection_leaves(probe):
    assert probe.catalog(f"dataSets/{DATASET}?properties=nothing").json() == {DATASET: {}}
    assert probe.catalog(f"dataSets/{DATASET}?properties=name").json() == {
        DATASET: {"name": "Customer AI Scores - Luma"}}


def test_the_members_of_a_dataset(probe):
    found = probe.catalog("dataSets/" + DATASET).json()[DATASET]
    sample = {"version": "...", "imsOrg": "...", "sandboxId": "...", "name": "...",
              "created": MS, "updated": MS, "createdClient": "...", "createdUser": "...",
              "updatedUser": "...", "viewId": "5e3b2fe3fe4b9f18a8b7a3db",
              "files": f"@/dataSetFiles?dataSetId={DATASET}",
              "schemaRef": {"id": "...", "contentType": "..."},
              "fileDescription": {"persisted": True, "containerFormat": "parquet",
                                  "format": "parquet"},
              "classification": {"dataBehavior": "record", "managedBy": "CUSTOMER"},
              "lastBatchId": "5c6f332168966814cd81d3d3", "lastBatchStatus": "failed",
              "lastSuccessfulBatch": ULID, "lastFailedBatch": "5c6f332168966814cd81d3d3",
              "tags": {"adobe/pqs/table": ["..."], "adobe/siphon/table/format": ["parquet"],
                       "unifiedProfile": ["enabled:true"]}}
    assert differences(sample, found) == []


def test_last_batches(probe):
    sample = {DATASET: {"lastBatchId": "...", "lastBatchStatus": "failed",
                        "lastSuccessfulBatchId": ULID, "lastFailedBatchId": "...",
                        "imsOrg": "...", "sandboxId": "...", "created": MS, "updated": MS}}
    assert differences(sample, probe.catalog("lastBatches?dataSetId=" + DATASET).json()) == []


def test_dataset_files(platform, probe):
    platform.switch(dataset_files=True)
    found = probe.catalog("dataSetFiles?batchId=" + UUID).json()
    sample = {UUID + "-1": {"batchId": UUID, "dataSetViewId": "...", "imsOrg": "...",
                            "created": MS, "updated": MS, "version": "..."}}
    assert differences(sample, found) == []


@pytest.mark.parametrize("status, target, headers, title", [
    (400, "dataSets?limit=0", {}, "BadRequestError"),
    (403, "dataSets", {"x-sandbox-name": "other"}, "ForbiddenError"),
    (404, "dataSets/nothing", {}, "NotFoundError")])
def test_an_error_of_catalog(probe, status, target, headers, title):
    answer = probe.catalog(target, **headers)
    sample = {"type": "/placeholder/type/uri", "status": status, "title": title, "detail": "..."}
    assert answer.status == status
    assert differences(sample, answer.json()) == []


# 4: Data Access

def file_entry(name):
    return {"dataSetFileId": name, "dataSetViewId": "5e3b2fe3fe4b9f18a8b7a3db",
            "version": "1.0.0", "created": "...", "updated": "...", "isValid": False,
            "_links": {"self": {"href": f"{HREF}files/{name}"}}}


def test_the_files_of_a_batch(probe):
    sample = {"data": [file_entry(UUID + "-1")], "_page": {"limit": 100, "count": 1}}
    found = probe.export(f"batches/{UUID}/files").json()
    assert differences(sample, found) == []
    assert found["data"][0]["created"] == "1583361894479"


def test_counts_that_are_not_to_be_relied_on(platform, probe):
    """Contract 4.2: 1 element and 6; 100, 100 and a next; 2 elements and 1, or 2."""
    target = "batches/5c6f332168966814cd81d3d3/files"
    platform.switch(served_statuses="all", page_count="total")
    one = probe.export(target + "?limit=1").json()
    assert (len(one["data"]), one["_page"]["count"]) == (1, 6)
    platform.switch(page_count="page")
    full = probe.export(f"files/{ULID}-2").json()
    assert (full["_page"], len(full["data"])) == ({"limit": 100, "count": 100}, 100)
    assert "next" in full["_links"] and full["_links"]["page"]["templated"] is True
    assert "_links" not in probe.export(target).json()
    two = probe.export(f"batches/{ULID}/files").json()
    assert (len(two["data"]), two["_page"]["count"]) == (2, 2)
    platform.switch(page_count=1)
    two = probe.export(f"batches/{ULID}/files").json()
    assert (len(two["data"]), two["_page"]["count"]) == (2, 1)


def test_the_three_shapes(probe):
    parts = {"data": [{"name": NAME, "length": "16214531", "_links": {"self": {
        "href": f"{HREF}files/{UUID}-1?path={NAME}"}}}], "_page": {"limit": 100, "count": 1}}
    assert differences(parts, probe.export(f"files/{UUID}-1").json()) == []
    nested = {"data": [file_entry(f"{ULID}-1-1"), file_entry(f"{ULID}-1-2")],
              "_page": {"limit": 100, "count": 2}}
    assert differences(nested, probe.export(f"files/{ULID}-1").json()) == []
    bare = [{"name": "x.parquet", "length": 2576, "_links": {"self": {
        "href": f"{HREF}files/{BEFORE}-1?path=x.parquet"}}}]
    assert differences(bare, probe.export(f"files/{BEFORE}-1").json()) == []


def test_heads_of_bytes(platform, probe):
    answer = probe.ask("HEAD", f"{EXPORT}/files/{UUID}-1?path={NAME}")
    assert (answer.status, answer.headers["Content-Length"]) == (200, "16214531")
    assert answer.headers["Content-Type"] == "application/parquet"
    assert answer.headers["Accept-Ranges"] == "bytes"
    part = probe.bytes(f"{ULID}-2", "p000", 0, 4095)
    assert (part.status, part.headers["Content-Range"]) == (206, "bytes 0-4095/14156")
    assert part.headers["Content-Length"] == "4096"
    # What Adobe's own reader expects of an end beyond the total.
    platform.switch(clamp_range=False)
    part = probe.bytes(f"{ULID}-2", "p000", 10241, 20480)
    assert part.headers["Content-Range"] == "bytes 10241-20480/14156"
    assert len(part.body) == 14156 - 10241


def test_diagnostics(platform, probe):
    """Contract 4.6: the root of /meta, its directories, and both spellings of a path."""
    batch = "batches/5c6f332168966814cd81d3d3/"
    found = probe.export(batch + "meta").json()
    assert sorted(one["name"] for one in found["data"]) == [
        "input_files", "row_errors", "row_errors_sample.json"]
    inner = probe.export(batch + "meta?path=row_errors").json()["data"]
    assert differences([{"name": "conversion_errors_0.json", "length": "3", "_links": {"self": {
        "href": f"{HREF}{batch}meta?path=row_errors%2Fconversion_errors_0.json"}}}], inner) == []
    platform.switch(href_path="raw")
    inner = probe.export(batch + "meta?path=input_files").json()["data"]
    assert inner[0]["_links"]["self"]["href"].endswith("path=input_files/fileMetaData1.json")
    assert probe.follow(inner[0]["_links"]["self"]["href"]).body == b"{}\n"
    failed = probe.export(batch + "failed").json()["data"]
    assert {"name": "_SUCCESS", "length": "0", "_links": {"self": {
        "href": f"{HREF}{batch}failed?path=_SUCCESS"}}} in failed


def test_the_preview(probe):
    found = probe.export(f"datasets/{DATASET}/preview").json()
    assert set(found) == {"data"} and len(found["data"]) == 100
    assert all(isinstance(row, dict) for row in found["data"])


def test_what_has_no_place_here_can_still_be_said(platform, probe):
    """The body of another service's 429 (contract 5), by a rule."""
    body = {"message": "x", "cause": "y", "retryAfterMs": "500", "statusCode": "429"}
    platform.rules([{"status": 429, "body": body}])
    answer = probe.catalog("dataSets")
    assert (answer.status, json.loads(answer.body)) == (429, body)
