"""The vendor's guide "Downloading scores in Customer AI", request by request.

The JSON below is what the guide prints. Its `{...}` and `...` stand for any
text; where it says it is condensed, the rest of the list is not compared.
"""

import json
import os
from urllib.parse import urlsplit

import pytest

from .control import Emulator
from .probe import EXPORT

WORLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worlds", "guide.json")
HREF = "https://platform.adobe.io:443/data/foundation/export/files/"
FILE = "035e2520-5e69-11ea-b624-51ecfeba55d0-1"
PART = ("part-00000-tid-7597930103898538622-a25f1890-efa9-40eb-a2cb-1b378e93d582"
        "-528-1-c000.snappy.parquet")

BATCHES = json.loads("""
{
    "5e602f67c2f39715a87f46b1": {
        "imsOrg": "{IMS_ORG}",
        "relatedObjects": [
            {
                "id": "5c01a91863540e14cd3d0432",
                "type": "dataSet"
            },
            {
                "id": "035e2520-5e69-11ea-b624-51evfeba55d1",
                "type": "batch"
            }
        ],
        "status": "success",
        "metrics": {
            "recordsRead": 46721830,
            "recordsWritten": 46721830,
            "avgNumExecutorsPerTask": 33,
            "startTime": 1583362385336,
            "inputSizeInKb": 10242034,
            "endTime": 1583363197517
        },
        "errors": [],
        "created": 1550791457173,
        "createdClient": "{CLIENT_CREATED}",
        "createdUser": "{CREATED_BY}",
        "updatedUser": "{CREATED_BY}",
        "updated": 1550792060301,
        "version": "1.0.116"
    }
}""")
FILES = json.loads("""
{
    "data": [
        {
            "dataSetFileId": "035e2520-5e69-11ea-b624-51ecfeba55d0-1",
            "dataSetViewId": "5e3b2fe3fe4b9f18a8b7a3db",
            "version": "1.0.0",
            "created": "1583361894479",
            "updated": "1583361894479",
            "isValid": false,
            "_links": {
                "self": {
                    "href": "https://platform.adobe.io:443/data/foundation/export/files/035e2520-5e69-11ea-b624-51ecfeba55d0-1"
                }
            }
        }
    ],
    "_page": {
        "limit": 100,
        "count": 1
    }
}""")
DIRECTORY = json.loads("""
{
    "data": [
        {
            "name": "part-00000-tid-7597930103898538622-a25f1890-efa9-40eb-a2cb-1b378e93d582-528-1-c000.snappy.parquet",
            "length": "16214531",
            "_links": {
                "self": {
                    "href": "https://platform.adobe.io:443/data/foundation/export/files/035e2520-5e69-11ea-b624-51ecfeba55d0-1?path=part-00000-tid-7597930103898538622-a25f1890-efa9-40eb-a2cb-1b378e93d582-528-1-c000.snappy.parquet"
                }
            }
        },
        {
            "name": "...",
            "length": "16235375",
            "_links": {
                "self": {
                    "href": "..."
                }
            }
        }
    ],
    "_page": {
        "limit": 100,
        "count": 100
    },
    "_links": {
        "next": {
            "href": "..."
        },
        "page": {
            "href": "...",
            "templated": true
        }
    }
}""")


def differences(printed, real, where="$"):
    """Where the answer differs from what the guide prints."""
    if isinstance(printed, str) and (printed == "..." or printed[:1] == "{"):
        return [] if isinstance(real, str) and real else [where]
    if type(printed) is not type(real):
        return [where]
    if isinstance(printed, dict):
        if set(printed) != set(real):
            return [f"{where}: {sorted(set(printed) ^ set(real))}"]
        return [d for k in printed for d in differences(printed[k], real[k], f"{where}.{k}")]
    if isinstance(printed, list):
        if len(printed) != len(real):
            return [f"{where}: {len(real)} entries"]
        return [d for i, one in enumerate(printed)
                for d in differences(one, real[i], f"{where}[{i}]")]
    return [] if printed == real else [f"{where}: {real!r}"]


@pytest.fixture(scope="module")
def platform():
    with Emulator(WORLD) as running:
        yield running


def test_differences_are_seen():
    assert differences({"a": "1"}, {"a": 1})
    assert differences({"a": 1}, {"a": 1, "b": 2})
    assert differences([1], [1, 2])
    assert not differences({"a": "{ANY}", "b": "..."}, {"a": "x", "b": "y"})


@pytest.mark.parametrize("query", [
    "?dataSet=5cd9146b31dae914b75f654f&orderBy=desc:created&limit=1",
    "?&dataSet=5cd9146b31dae914b75f654f&orderBy=desc:created&limit=1"])
def test_retrieve_your_batch_id(probe, query):
    answer = probe.catalog("batches" + query)
    assert answer.status == 200
    assert differences(BATCHES, answer.json()) == []


def test_retrieve_the_next_call_with_your_batch_id(probe):
    answer = probe.export("batches/035e2520-5e69-11ea-b624-51evfeba55d1/files")
    assert answer.status == 200
    assert differences(FILES, answer.json()) == []


def test_retrieve_your_files(probe):
    answer = probe.follow(HREF + FILE)
    assert answer.status == 200
    listing = answer.json()
    assert len(listing["data"]) == 100
    condensed = {**listing, "data": listing["data"][:2]}
    assert differences(DIRECTORY, condensed) == []


def test_the_directory_goes_on(probe):
    first = probe.export(f"files/{FILE}").json()
    second = probe.follow(first["_links"]["next"]["href"]).json()
    assert len(second["data"]) == 50
    assert "_links" not in second or "next" not in second["_links"]
    names = [one["name"] for one in first["data"] + second["data"]]
    assert len(set(names)) == 150


def test_download_your_file_data(platform, probe):
    answer = probe.follow(HREF + FILE + "?path=" + PART)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/parquet"
    assert len(answer.body) == 16214531
    assert answer.body == platform.content(528, 0, 16214531)


def test_the_key_is_no_id_for_data_access(probe):
    assert probe.export("batches/5e602f67c2f39715a87f46b1/files").status == 404


def test_the_guide_calls_are_recorded(platform, probe):
    platform.clear()
    probe.follow(HREF + FILE + "?path=" + PART, Range="bytes=10-19")
    [seen] = platform.record()
    assert seen["path"] == urlsplit(HREF).path + FILE == f"{EXPORT}/files/{FILE}"
    assert (seen["op"], seen["status"], seen["bytes"], seen["range"]) == (
        "bytes", 206, 10, "bytes=10-19")
    assert seen["done"] and seen["rule"] is None
