"""Catalog: datasets, batches, lastBatches, dataSetFiles (contract 3)."""

import random
import re

from . import query
from .gateway import problem
from .wire import Answer, Unreadable

BASE = "/data/foundation/catalog/"
CACHED = 64
OBJECT_ID = re.compile("[0-9a-f]{24}")


class Catalog:
    def __init__(self, world):
        self.world = world
        self.cache = {}
        self.version = 0

    def op(self, request, segments):
        kind = segments[0].lower() if segments else ""
        if request.method == "POST":
            return "create_dataset" if kind == "datasets" and len(segments) == 1 else "other"
        if kind == "lastbatches":
            return "last_batches"
        if len(segments) > 2:
            return "other"
        single = len(segments) == 2
        return {"datasets": "dataset" if single else "datasets",
                "batches": "batch" if single else "batches"}.get(kind, "other")

    def answer(self, request, segments):
        kind = segments[0].lower() if segments else ""
        if request.method == "POST" and kind == "datasets" and len(segments) == 1:
            return self._create(request)
        if request.method not in ("GET", "HEAD"):
            return problem(405, "Only reading and the creation of datasets are played here")
        try:
            if kind == "datasets" and len(segments) == 1:
                return self._list(request, "datasets", self.world.datasets)
            if kind == "datasets" and len(segments) == 2:
                return self._single(request, self.world.datasets, segments[1])
            if kind == "batches" and len(segments) == 1:
                return self._list(request, "batches", self._batches(request))
            if kind == "batches" and len(segments) == 2:
                return self._single(request, self.world.batches, segments[1])
            if kind == "lastbatches" and len(segments) == 1:
                return self._last(request)
            if self.world.switches["dataset_files"]:
                if kind == "datasetfiles" and len(segments) == 1:
                    return self._files(request, dict(request.params))
                if kind == "datasets" and len(segments) == 5 and segments[4] == "files":
                    return self._files(request, {"dataSetId": segments[1],
                                                 "dataSetViewId": segments[3]})
        except query.BadQuery as bad:
            return problem(400, str(bad))
        return problem(404, "No such resource")

    # Creation

    def _create(self, request):
        """201 and a reference; which members are required is not documented."""
        try:
            body = request.json(self.world.switches["content_type"] == "enforced")
        except Unreadable as bad:
            return problem(*bad.args)
        schema = body.get("schemaRef") if isinstance(body, dict) else None
        if not isinstance(schema, dict) or not isinstance(schema.get("id"), str):
            return problem(400, "schemaRef.id is required")
        name = body.get("name")
        if not isinstance(name, str) or not name:
            return problem(400, "name is required")
        if self.world.switches["dataset_names"] == "unique" and any(
                one.member("name") == name for one in self.world.datasets.values()):
            return problem(400, f"A dataset of this name exists: {name}")
        if request.param("requestDataSource") == "true":
            body = {**body, "dataSourceId": self.world.now() // 1000 % 100_000}
        made = self.world.create_dataset(body)
        return Answer.json([self.world.switches["created_ref"] + made], 201, {
            "Location": f"{BASE}dataSets/{made}"}).of(made)

    # Lists

    def _batches(self, request):
        """A list of one dataset's batches need not look at all the others."""
        wanted = request.param("dataSet")
        dataset = self.world.datasets.get(wanted)
        return self.world.batches if dataset is None else dataset.candidates()

    def _list(self, request, kind, records):
        ignored = self.world.switches["ignored_params"]
        params = [pair for pair in request.params if pair[0] not in ignored]
        start, limit = query.paging(params)
        key = (kind, tuple(pair for pair in params if pair[0] not in
                           ("start", "offset", "limit", "properties")))
        if self.version != self.world.version:
            self.cache.clear()
            self.version = self.world.version
        found = self.cache.get(key)
        if found is None:
            tests = query.filters(params)
            keys = query.order(params)
            found = [r for r in records.values() if all(test(r) for test in tests)]
            found = query.arranged(found, keys)
            if len(self.cache) >= CACHED:
                self.cache.clear()
            self.cache[key] = found
        return self._object([(r.key if kind == "batches" else r.id,
                              query.projected(r, params))
                             for r in found[start:start + limit]])

    def _object(self, pairs):
        """An object keyed by id, for a list and a look-up alike (contract 3.1)."""
        if not pairs and self.world.switches["empty_list"] == "404":
            return problem(404, "batch responses were not found")
        if self.world.switches["shuffle_members"]:
            random.shuffle(pairs)
        return Answer.json(dict(pairs))

    def _single(self, request, records, names):
        """`/{id}` or `/{id},{id}`: one missing id is a 404 of its own look-up."""
        wanted = names.split(",")
        found = [name for name in wanted if name in records]
        if len(found) < len(wanted):
            if len(wanted) == 1:
                return self._missing(names)
            if not found or self.world.switches["multi_missing"] == "404":
                return problem(404, f"The object was not found: {names}")
        answer = Answer.json({name: query.projected(records[name], request.params)
                              for name in found})
        if len(wanted) == 1 and self.world.switches["object_etag"]:
            answer.headers["E-Tag"] = str(records[names].member("version"))
        return answer

    def _missing(self, name):
        """404 is documented; the other ways are not (contract 3.1, 3.8)."""
        if self.world.switches["malformed_id"] == "400" and not OBJECT_ID.fullmatch(name):
            return problem(400, f"Not an id: {name}")
        if self.world.switches["missing_object"] == "empty":
            return Answer.json({})
        return problem(404, f"The object was not found: {name}")

    def _last(self, request):
        start, limit = query.paging(request.params)
        wanted = request.param("dataSetId", "dataSet")
        names = wanted.split(",") if wanted else list(self.world.datasets)
        made = [(name, self.world.datasets[name].last()) for name in names
                if name in self.world.datasets]
        for member, down in reversed(query.order(request.params)):
            made.sort(key=lambda pair: str(pair[1].get(member, "")), reverse=down)
        only = request.param("properties")
        if only:
            made = [(name, {p: one[p] for p in only.split(",") if p in one})
                    for name, one in made]
        return self._object(made[start:start + limit])

    def _files(self, request, wanted):
        start, limit = query.paging(request.params)
        made = []
        for name, file in self.world.files.items():
            batch = file.batch
            one = {"batchId": batch.id, "dataSetViewId": batch.dataset.view,
                   "imsOrg": self.world.org, "created": batch.created,
                   "updated": batch.updated, "version": "1.0.0"}
            held = {**one, "dataSetId": batch.dataset.id}
            if all(held[member] in wanted[member].split(",")
                   for member in ("batchId", "dataSetId", "dataSetViewId")
                   if member in wanted):
                made.append((name, one))
        return self._object(made[start:start + limit])
