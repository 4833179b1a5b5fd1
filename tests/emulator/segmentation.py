"""The audiences of a world, their evaluations and exports, and what comes of them."""

from . import exports
from .audiences import Audience
from .evaluations import Evaluation
from .exports import Export
from .parts import numbers


def failing(steps, why):
    """The same life, but its end is a failure."""
    wrong = [{"code": "0090000009", "msg": why, "callStack": "com.adobe.aep.unifiedprofile"}]
    return [{**one, "status": "FAILED", "errors": wrong} if one["status"] == "SUCCEEDED" else one
            for one in steps]


class Segmentation:
    def __init__(self, world):
        self.world = world
        self.audiences = {}
        self.evaluations = {}
        self.exports = {}
        self.made = {"segment_jobs": 0, "export_jobs": 0}

    def load(self, spec):
        for one in spec.get("audiences", []):
            self.add_audience(one)
        for one in spec.get("segment_jobs", []):
            self.add_segment_job(one)
        for one in spec.get("export_jobs", []):
            self.add_export_job(one)

    # Building

    def add_audience(self, spec):
        for counters in [{"n": n} for n in numbers(spec)] if "repeat" in spec else [{}]:
            audience = Audience(self.world, spec, counters, len(self.audiences))
            self.audiences[audience.id] = audience
            if audience.evaluated is not None:
                self.add_segment_job({"segments": [audience.id], "source": "scheduler",
                                      "created": audience.evaluated - 99_678,
                                      "updated": audience.evaluated})

    def add_segment_job(self, spec):
        """One that no client asked for; it has succeeded unless `life` says otherwise."""
        return self._evaluation(spec, spec.get("life", [{"status": "SUCCEEDED"}]))

    def add_export_job(self, spec):
        """One that another client started, with the `body` of its request."""
        exports.check(spec["body"], self.world)
        return self._export(spec, spec.get("life", [{"status": "SUCCEEDED"}]))

    def _evaluation(self, spec, life):
        made = Evaluation(self.world, spec, self.made["segment_jobs"], life)
        self.made["segment_jobs"] += 1
        self.evaluations[made.id] = made
        return made

    def _export(self, spec, life):
        made = Export(self.world, spec, self.made["export_jobs"], life)
        self.made["export_jobs"] += 1
        self.world.later(self.world.switches["created_lag_ms"], lambda: self._enter(made))
        return made

    def _enter(self, job):
        self.exports[job.id] = job
        self._settle(job)

    # What a request asks for

    def evaluate(self, body):
        self.world.moved += 1
        names = ["*"] if isinstance(body, dict) else [one["segmentId"] for one in body]
        return self._evaluation({"segments": names}, self.world.switches["segment_job_life"])

    def export(self, body):
        """A job for a body that `exports.check` has found right."""
        self.world.moved += 1
        life = self.world.switches["export_life"]
        dataset = self.world.datasets[body["destination"]["datasetId"]]
        wanted = [one["segmentId"] for one in body.get("filter", {}).get("segments", [])]
        missing = [name for name in wanted if not self.evaluated(name)]
        if self.world.switches["union_check"] == "failed" and not exports.on_union(dataset):
            life = failing(life, f"Dataset {dataset.id} is not on the union schema")
        elif self.world.switches["unevaluated"] == "failed" and missing:
            life = failing(life, f"No completed segment job for {', '.join(missing)}")
        return self._export({"body": body}, life)

    def cancel_export(self, job):
        if not job.ended:
            self.world.moved += 1
            shown = self.world.switches["cancelled_export"]
            if shown == "gone":
                del self.exports[job.id]
            else:
                job.begin([{"status": job.status, "ms": 0}, {"status": shown, "errors": []}])

    def cancel_evaluation(self, job):
        if not job.ended:
            self.world.moved += 1
            job.begin([{"status": "CANCELLING", "polls": 1}, {"status": "CANCELLED"}])

    # Asking

    def evaluated(self, audience):
        """Whether a segment job of the audience has succeeded."""
        return any(job.covers(audience) and job.member("status") == "SUCCEEDED"
                   for job in self.evaluations.values())

    def running(self):
        return sum(not job.ended for job in self.evaluations.values())

    # Time passes

    def look_at(self, job):
        """Count a look-up of the job: the answer shows where that has brought it."""
        self.world.moved += not job.ended
        job.pass_to(self.world.now(), looked=True)
        self._settle(job)

    def settle(self):
        now = self.world.now()
        for job in [*self.evaluations.values(), *self.exports.values()]:
            if not job.settled:
                job.pass_to(now)
                self._settle(job)

    def _settle(self, job):
        """The consequences of an end: an export that succeeded has made its batches."""
        if not job.ended or job.settled:
            return
        job.settled = True
        if isinstance(job, Export) and job.status == "SUCCEEDED" and not job.written:
            job.written = True
            self.world.later(self.world.switches["export_batch_lag_ms"],
                             lambda: self._deliver(job))

    def _deliver(self, job):
        dataset = self.world.datasets.get(job.dataset)
        if dataset is None:
            return
        before = self._replaced(dataset)
        for n, name in enumerate(job.batches):
            audiences = job.audiences()
            chosen = audiences[n:n + 1] if job.per_batch and job.segments else audiences
            self.world.add_batch(dataset, self._batch(job, name, chosen, before))
        dataset.updated = job.updated
        self.world.version += 1

    def _replaced(self, dataset):
        """A new export takes the place of the one before (contract 6)."""
        if self.world.switches["re_export"] == "append":
            return []
        before = [batch for batch in dataset.batches.values()
                  if batch.member("status") in ("success", "active")]
        for batch in before:
            batch.set({"status": "inactive"})
        return [batch.id for batch in before]

    def _batch(self, job, name, audiences, before):
        parts = []
        if not self._empty(job):
            parts = [part for one in audiences for part in one.parts()]
        spec = {"id": name, "created": job.created, "completed": job.updated,
                "generation": self.world.switches["export_batch_generation"],
                "metrics": "none",
                "fields": {"recordCount": sum(one.profiles for one in audiences),
                           "createdUser": self.world.user},
                "files": [{"parts": parts}]}
        if spec["generation"] == 1:
            spec["key"] = name[-24:]
        if before:
            spec["replaces"] = before
        return spec

    def _empty(self, job):
        """Without an evaluation an audience is empty."""
        return self.world.switches["unevaluated"] == "empty" and not all(
            self.evaluated(one["segmentId"]) for one in job.segments)

    # Commands of a test, by the names of `POST /_control/world`

    def commands(self):
        return {"add_audience": self.add_audience,
                "set_audience": lambda spec: self.audiences[spec["id"]].set(spec["fields"]),
                "remove_audience": self.audiences.pop,
                "add_segment_job": self.add_segment_job,
                "set_segment_job": lambda spec: self._change(self.evaluations, spec),
                "add_export_job": self.add_export_job,
                "set_export_job": lambda spec: self._change(self.exports, spec),
                "remove_export_job": self.exports.pop}

    def _change(self, jobs, spec):
        """Another `life`, or `fields` that are shown whatever the life says."""
        job = jobs[spec["id"]]
        job.set(spec.get("fields", {}))
        if "life" in spec:
            job.begin(spec["life"])
            self._settle(job)

    def shown(self):
        """The jobs as they would be answered now, no look-up counted."""
        return {"segment_jobs": [one.value() for one in self.evaluations.values()],
                "export_jobs": [one.value() for one in self.exports.values()]}
