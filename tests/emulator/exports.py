"""Export jobs: audiences written to a dataset (contract 6)."""

import re

from .audiences import PROFILE
from .jobs import Job
from .objects import MISSING, UNION

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
STATUSES = ("realized", "existing", "exited")
# The sample of contract 6: what a job that failed without more says.
ERRORS = [{"code": "0100000003", "msg": "Error in Export Job",
           "callStack": "com.adobe.aep.unifiedprofile.common.logging.Logger"}]


def on_union(dataset):
    """Whether an audience may be exported to the dataset."""
    held = dataset.member("schemaRef")
    return isinstance(held, dict) and held.get("id") == UNION


def _part(body, name, kind, wanted=False):
    """A member of a body that must be of a kind; an empty one where it may lack."""
    held = body.get(name)
    if held is None and not wanted:
        return kind()
    if not isinstance(held, kind):
        raise ValueError(f"{name} is missing or invalid")
    return held


def _segments(found, world):
    for one in found:
        name = one.get("segmentId") if isinstance(one, dict) else None
        if not isinstance(name, str):
            raise ValueError("segmentId is missing or invalid")
        if name not in world.segmentation.audiences:
            raise ValueError(f"The segment definition {name} is not found.")
        if not all(held in STATUSES for held in _part(one, "status", list)):
            raise ValueError(f"status of {name} is invalid")


def _times(held, *names):
    for name in names:
        if held.get(name) is not None and not TIME.fullmatch(str(held[name])):
            raise ValueError(f"{name} is no RFC 3339 time: {held[name]}")


def check(body, world):
    """Raise a ValueError that says what is wrong with a body of `POST /export/jobs`."""
    if not isinstance(body, dict):
        raise ValueError("The body is no object")
    if _part(body, "schema", dict, True).get("name") != PROFILE["name"]:
        raise ValueError("schema.name is invalid")
    name = _part(_part(body, "destination", dict, True), "datasetId", str, True)
    _part(body["destination"], "segmentPerBatch", bool)
    dataset = world.datasets.get(name)
    if dataset is None:
        raise ValueError(f"Dataset {name} cannot be retrieved from Catalog")
    if world.switches["union_check"] == "400" and not on_union(dataset):
        raise ValueError(f"Dataset {name} is not based on the schema {UNION}")
    _part(body, "fields", str)
    held = _part(body, "filter", dict)
    segments = _part(held, "segments", list)
    _segments(segments, world)
    _times(held, "fromIngestTimestamp")
    _times(_part(held, "segmentQualificationTime", dict), "startTime", "endTime")
    _part(held, "emptyProfiles", bool)
    policy = _part(body, "mergePolicy", dict)
    if policy:
        _part(policy, "id", str, True)
    elif len(segments) > 1 and world.switches["merge_policy"] == "several":
        raise ValueError("mergePolicy is needed when several segments are exported")
    if world.switches["unevaluated"] == "400":
        for one in segments:
            if not world.segmentation.evaluated(one["segmentId"]):
                raise ValueError(f"{one['segmentId']} has not been evaluated")


class Export(Job):
    """`body` is the request that made it, `batches` the ids of its batches."""

    __slots__ = ("body", "batches", "profiles", "written")

    def __init__(self, world, spec, index, life):
        number = 24115 + index
        super().__init__(world, spec, spec.get("id", number), life)
        self.body = spec["body"]
        count = max(1, len(self.segments)) if self.per_batch else 1
        self.batches = spec.get("batches") or [
            f"da5cfb4de32c4b93a09f{number:06x}{n:06x}" for n in range(count)]
        self.written = False    # its batches are in the dataset, or on their way
        self.profiles = sum(one.profiles for one in self.audiences())

    @property
    def segments(self):
        return self.body.get("filter", {}).get("segments", [])

    @property
    def per_batch(self):
        return self.body["destination"].get("segmentPerBatch", False)

    @property
    def dataset(self):
        return self.body["destination"]["datasetId"]

    @property
    def cursor(self):
        """Its place in the list, newest first."""
        return self.created, self.id

    def audiences(self):
        """Those it exports; without a filter all profiles are exported."""
        known = self.world.segmentation.audiences
        names = [one["segmentId"] for one in self.segments] or list(known)
        return [known[name] for name in names if name in known]

    def _batch(self, n):
        """A batch id as it is shown: empty for a failed job (contract 6)."""
        return "" if self.status == "FAILED" else self.batches[n]

    def _segment_batches(self):
        made = [{"segmentId": one["segmentId"], "segmentNs": one.get("segmentNs", "ups"),
                 "status": one.get("status", ["realized", "existing"]),
                 "batchId": self._batch(min(n, len(self.batches) - 1))}
                for n, one in enumerate(self.segments)]
        one_only = self.world.switches["destination_batches"] == "object"
        return made[0] if one_only and made else made

    def destination(self):
        """Both spellings and both shapes of the documentation (contract 6)."""
        key = self.world.switches["destination_key"]
        if key == "documented":
            key = "dataSetId" if self.per_batch else "datasetId"
        made = {key: self.dataset, "segmentPerBatch": self.per_batch}
        if self.world.switches["batch_id"] == "late" and not self.ended:
            return made
        if self.per_batch:
            made["batches"] = self._segment_batches()
        else:
            made["batchId"] = self._batch(0)
            if self.world.switches["single_batch"] == "both":
                made["batches"] = self._segment_batches()
        return made

    def metrics(self):
        kind = self.world.switches["export_metrics"]
        if kind == "none":
            return MISSING
        made = {"totalTime": self.time()}
        if self.status == "NEW":
            return made
        made["profileExportTime"] = self.time()
        if self.status == "SUCCEEDED":
            made["aCPDatasetWriteTime"] = self.time()
        if kind == "full":
            done = self.profiles
            if not self.ended:
                done = int(done * self.life.share(self.world.now()))
            elif self.status != "SUCCEEDED":
                done = 0
            made["totalExportedProfileCounter"] = done
            made["exportedProfileByNamespaceCounter"] = {"ecid": done}
        return made

    def compute(self):
        if self.status == "NEW":
            return {}
        made = {"exportJob": f"305a2e5c-2cf3-4746-9b3d-{self.id:012x}"}
        if self.status == "SUCCEEDED":
            made["pushJob"] = f"963f275e-91a3-4fa1-8417-{self.id:012x}"
        return made

    def errors(self):
        return self.life.step.get("errors", ERRORS if self.status == "FAILED" else MISSING)

    def policy(self):
        given = self.body.get("mergePolicy")
        if given:
            return {"version": 1, **given}
        found = self.audiences()
        return {"id": found[0].merge_policy, "version": 1} if found else MISSING

    def _sent(name):
        return lambda e: e.body.get(name, MISSING)

    MEMBERS = {
        "profileInstanceId": lambda e: "ups",
        "errors": errors,
        "jobType": lambda e: "BATCH",
        "fields": _sent("fields"),
        "filter": _sent("filter"),
        "additionalFields": _sent("additionalFields"),
        "id": lambda e: e.id,
        "schema": lambda e: PROFILE,
        "mergePolicy": policy,
        "status": lambda e: e.status,
        "requestId": lambda e: f"YwMt1H8QbVlGT2pzyxgwFHTw{e.id:08d}",
        "computeGatewayJobId": compute,
        "metrics": metrics,
        "destination": destination,
        "updateTime": lambda e: e.updated,
        "imsOrgId": lambda e: e.world.org,
        "creationTime": lambda e: e.created,
    }
