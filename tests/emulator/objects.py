"""Catalog's objects: datasets and batches with their members.

A member is computed when it is asked for, so that a hundred thousand batches
cost little more than their ids.
"""

from .parts import File, fill

MISSING = object()
STEP_MS = 60_000
UNION = "https://ns.adobe.com/xdm/context/profile__union"


def moment(spec, name, default, n):
    """A time of the world file; a repeated object moves on by `<name>_step`."""
    value = spec.get(name, MISSING)
    if value is MISSING:
        return default
    if value is None or n is None:
        return value
    return value + n * spec.get(name + "_step", STEP_MS)


class Record:
    """What datasets and batches share: members, overrides, omissions."""

    __slots__ = ("spec", "fields", "omit", "counters", "world")
    MEMBERS = {}

    def __init__(self, world, spec, counters):
        self.world = world
        self.spec = spec
        self.counters = counters
        self.fields = spec.get("fields") or {}
        self.omit = spec.get("omit") or ()

    def member(self, name):
        """The value of one top-level member, or MISSING."""
        if name in self.omit:
            return MISSING
        if name in self.fields:
            return fill(self.fields[name], self.counters)
        maker = self.members().get(name)
        return MISSING if maker is None else maker(self)

    def members(self):
        return self.MEMBERS

    def values(self, name):
        """What a simple filter on `name` looks at."""
        return (self.member(name),)

    def value(self):
        """The whole object, as Catalog sends it (without its id: it is the key)."""
        made = {}
        for name in list(self.members()) + [n for n in self.fields if n not in self.members()]:
            value = self.member(name)
            if value is not MISSING:
                made[name] = value
        return made

    def set(self, changes):
        """Override members; a world member of the same name follows."""
        self.fields = {**self.fields, **changes}
        self.omit = tuple(name for name in self.omit if name not in changes)


def _given(name):
    return lambda record: record.spec.get(name, MISSING)


class Dataset(Record):
    __slots__ = ("id", "created", "updated", "view", "batches")

    def __init__(self, world, spec, counters, index):
        super().__init__(world, spec, counters)
        self.id = fill(spec.get("id", f"{index + 1:024x}"), counters)
        n = counters.get("n")
        self.created = moment(spec, "created", 1_550_791_457_173 + index * STEP_MS, n)
        self.updated = moment(spec, "updated", self.created, n)
        self.view = fill(spec.get("view", self.id[::-1]), counters)
        self.batches = {}

    def _last(self, *statuses):
        for batch in reversed(list(self.batches.values())):
            if not statuses or batch.member("status") in statuses:
                return batch
        return None

    def last_batch(self, *statuses):
        last = self._last(*statuses)
        return MISSING if last is None else last.key

    def last_status(self):
        last = self._last()
        return MISSING if last is None else last.member("status")

    def name(self):
        name = self.spec.get("name", MISSING)
        return name if name is MISSING else fill(name, self.counters)

    def schema(self):
        """Its own, or with `union` the one that audiences can be exported to."""
        if self.spec.get("union"):
            return {"id": UNION, "contentType": "application/vnd.adobe.xed+json;version=1"}
        return {"id": f"https://ns.adobe.com/tenant/schemas/{self.id}",
                "contentType": "application/vnd.adobe.xed-full+json;version=1"}

    MEMBERS = {
        "name": name,
        "description": _given("description"),
        "version": lambda d: "1.0.0",
        "imsOrg": lambda d: d.world.org,
        "sandboxId": lambda d: d.world.sandbox_id,
        "created": lambda d: d.created,
        "updated": lambda d: d.updated,
        "createdClient": lambda d: "acp_ui_platform",
        "createdUser": lambda d: d.world.user,
        "updatedUser": lambda d: d.world.user,
        "tags": lambda d: {"adobe/pqs/table": [f"dataset_{d.id}"],
                           "adobe/siphon/table/format": ["parquet"],
                           "unifiedProfile": ["enabled:true"]},
        "viewId": lambda d: d.view,
        "files": lambda d: f"@/dataSetFiles?dataSetId={d.id}",
        "schemaRef": schema,
        "fileDescription": lambda d: {"persisted": True, "containerFormat": "parquet",
                                      "format": "parquet"},
        "classification": lambda d: {"dataBehavior": "record", "managedBy": "CUSTOMER"},
        "lastBatchId": lambda d: d.last_batch(),
        "lastBatchStatus": lambda d: d.last_status(),
        "lastSuccessfulBatch": lambda d: d.last_batch("success", "active"),
        "lastFailedBatch": lambda d: d.last_batch("failed", "failure"),
    }

    def candidates(self):
        """Its batches by key, with those of other datasets that relate to it."""
        shared = {key: batch for key, batch in self.world.shared.items()
                  if self.id in batch.spec["also_in"]}
        return {**self.batches, **shared} if shared else self.batches

    def last(self):
        """The object of `lastBatches` (contract 3.6)."""
        made = {"imsOrg": self.world.org, "sandboxId": self.world.sandbox_id,
                "lastBatchId": self.last_batch(),
                "lastBatchStatus": self.last_status(),
                "lastSuccessfulBatchId": self.last_batch("success", "active"),
                "lastFailedBatchId": self.last_batch("failed", "failure"),
                "created": self.created, "updated": self.updated}
        return {name: value for name, value in made.items() if value is not MISSING}


class Batch(Record):
    __slots__ = ("key", "id", "generation", "dataset", "created", "completed",
                 "updated", "files")

    def __init__(self, world, spec, counters, index, dataset):
        super().__init__(world, spec, counters)
        self.dataset = dataset
        self.generation = spec.get("generation", 2)
        self.key = fill(spec.get("key") or spec["id"], counters)
        self.id = fill(spec.get("id") or spec["key"], counters)
        n = counters.get("b")
        self.created = moment(spec, "created", dataset.created + (index + 1) * STEP_MS, n)
        done = MISSING
        if self.generation != 1 and spec.get("status", "success") in ("success", "active",
                                                                      "inactive"):
            done = self.created + 600_000
        self.completed = moment(spec, "completed", done, n)
        if self.completed is None:
            self.completed = MISSING
        self.updated = moment(spec, "updated", self.created if self.completed is MISSING
                              else self.completed, n)
        self.files = [File(one, i + 1, self, world.base)
                      for i, one in enumerate(spec.get("files", []))]

    def accepted(self):
        """The ids under which Data Access knows the batch (contract 3.6).

        Generation 1: only the related batch id. 2: the id, which is the key.
        3: the 24-hex key itself.
        """
        if "accepts" in self.spec:
            return fill(self.spec["accepts"], self.counters)
        return [self.key] if self.generation == 3 else [self.id]

    def values(self, name):
        if name == "dataSet":
            # The owner, whatever relatedObjects says: the vendor's own sample
            # names another dataset there than the one asked for (contract 3.6).
            return (self.dataset.id, *self.spec.get("also_in", ()))
        if name == "batch":
            if self.world.switches["batch_filter"] == "ingest":
                return set(self.accepted())
            return {self.key, self.id, *self.accepted()}
        return (self.member(name),)

    def related(self):
        datasets = [{"type": "dataSet", "id": one}
                    for one in (self.dataset.id, *self.spec.get("also_in", ()))]
        if self.generation != 1:
            return datasets
        batch = {"type": "batch", "id": self.id}
        if self.spec.get("batch_first", self.world.switches["related_order"] == "batch_first"):
            return [batch, *datasets]
        return [*datasets, batch]

    def metrics(self):
        """Old, new or no metrics, as producers vary (contract 3.6)."""
        kind = self.spec.get("metrics", "new" if self.generation == 2 else "old")
        if not isinstance(kind, str):
            return kind
        if kind == "new":
            return {"inputByteSize": 46721830, "outputByteSize": 47721830,
                    "inputFileCount": -1, "outputFileCount": len(self.files),
                    "inputRecordCount": 46721830, "outputRecordCount": 46721830,
                    "partitionCount": 33, "failedRecordCount": 0}
        if kind == "old":
            return {"recordsRead": 46721830, "recordsWritten": 46721830,
                    "recordsFailed": 0, "startTime": self.created,
                    "endTime": self.updated, "inputSizeInKb": 10242034}
        return MISSING

    def replay(self):
        before = self.spec.get("replaces")
        if before is None:
            return MISSING
        return {"predecessors": fill(before, self.counters),
                "predecessorListingType": "IMMEDIATE", "reason": "Replacing for 2020-04-09"}

    OLD = {
        "imsOrg": lambda b: b.world.org,
        "relatedObjects": related,
        "status": lambda b: b.spec.get("status", "success"),
        "metrics": metrics,
        "errors": lambda b: [],
        "created": lambda b: b.created,
        "createdClient": lambda b: "acp_foundation_push",
        "createdUser": lambda b: "sensei_exp_attributionai@AdobeID",
        "updatedUser": lambda b: "sensei_exp_attributionai@AdobeID",
        "updated": lambda b: b.updated,
        "completed": lambda b: b.completed,
        "version": lambda b: "1.0.116",
        "replay": replay,
    }
    NEW = {
        **OLD,
        "id": lambda b: b.id,
        "externalId": lambda b: b.id,
        "sandboxId": lambda b: b.world.sandbox_id,
        "started": lambda b: b.created,
        "inputFormat": lambda b: {"format": "parquet"},
        "tags": lambda b: {"acp_enableErrorDiagnostics": True},
    }

    def members(self):
        return self.NEW if self.generation == 2 else self.OLD
