"""Worlds for the emulator, in few words, and what a mount should show of them."""

import json
import os

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(TESTS, "samples")
GUIDE = os.path.join(TESTS, "emulator", "worlds", "guide.json")
ORG = "0123456789ABCDEF01234567@AdobeOrg"
KEY = "emulator-key"
# Nothing else holds these words, so that a log that does has them from here.
SECRET = "canary-secret-7Zq1/+x&w=%41"
PREFIX = "Customer AI Scores"
NAME = PREFIX + " - churn"
MIB = 1 << 20


def dataset_id(n):
    return f"{0xdada << 80 | n:024x}"


def batch_id(n):
    """A batch ID of the newer form, 26 characters."""
    return f"01HM{n:022d}"


def part(path="part-00000.snappy.parquet", length=1000, seed=1, **more):
    return {"path": path, "length": length, "seed": seed, **more}


def batch(n=1, *parts, **more):
    made = {"key": batch_id(n), **more}
    if "files" not in made:
        made["files"] = [{"parts": list(parts) or [part()]}]
    return made


def dataset(n=1, *batches, name=NAME, **more):
    return {"id": dataset_id(n), "name": name, "batches": list(batches), **more}


def world(*datasets, **more):
    return {"client_secret": SECRET, "datasets": list(datasets), **more}


def scores(*parts, **more):
    """A world of one batch: `path(...)` is where its parts are."""
    return world(dataset(1, batch(1, *parts)), **more)


def path(name="part-00000.snappy.parquet", number=1):
    return f"{NAME}/{batch_id(number)}/{name}"


FOLDER = path("").rstrip("/")


def samples():
    with open(os.path.join(SAMPLES, "world.json"), encoding="utf-8") as handle:
        return json.load(handle)


def sums():
    """`{"<dataset id>/<batch id>/<part>": sha256}` of the samples."""
    with open(os.path.join(SAMPLES, "sums.sha256"), encoding="ascii") as handle:
        return {name: digest for digest, name in
                (line.rstrip("\n").split("  ", 1) for line in handle)}


def readable():
    """The `(dataset, batch)` of the samples that a mount shows with all_datasets."""
    return [(one, run) for one in samples()["datasets"] for run in one["batches"]
            if run.get("status", "success") in ("success", "active")]
