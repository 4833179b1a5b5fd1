"""Segment jobs: the evaluation of audiences, without which none is exported."""

from .audiences import PROFILE, sandbox
from .jobs import Job

EVERY = "*"


def refusal(body, world):
    """What is wrong with the body of `POST /segment/jobs`, or None."""
    if isinstance(body, dict):      # the spelling for all audiences at once
        if body.get("segments") != [{"segmentId": EVERY}]:
            return f"segments must be {EVERY} alone"
        if body.get("schema") != PROFILE:
            return "schema.name is invalid"
        return None
    if not isinstance(body, list) or not body:
        return "At least one segmentId must be supplied"
    for one in body:
        name = one.get("segmentId") if isinstance(one, dict) else None
        if not isinstance(name, str):
            return "segmentId is required"
        if name not in world.segmentation.audiences:
            return f"The segment definition {name} is not found."
    return None


class Evaluation(Job):
    """`segments`: the ids of its audiences, or `["*"]`."""

    __slots__ = ("segments", "source", "number")

    def __init__(self, world, spec, index, life):
        number = index + 1
        super().__init__(world, spec, spec.get("id", f"d3b4a50d-dfea-43eb-9fca-{number:012x}"),
                         life)
        self.segments = spec["segments"]
        self.source = spec.get("source", "api")
        self.number = 8810 + number

    def covers(self, audience):
        return audience in self.segments or EVERY in self.segments

    def _audiences(self):
        known = self.world.segmentation.audiences
        return [one for name, one in known.items() if self.covers(name)]

    def _segment(self, name):
        audience = self.world.segmentation.audiences.get(name)
        if audience is None:
            return {"segmentId": name}
        return {"segmentId": name, "segment": {
            "id": name, "expression": audience.member("expression"),
            "mergePolicyId": audience.merge_policy,
            "mergePolicy": {"id": audience.merge_policy, "version": 1}}}

    def metrics(self):
        made = {"totalTime": self.time(), "profileSegmentationTime": {}}
        if self.status == "SUCCEEDED":
            held = {one.id: one.profiles for one in self._audiences()}
            made.update({
                "profileSegmentationTime": self.time(),
                "totalProfiles": 13_146_432,
                "segmentedProfileCounter": held,
                "segmentedProfileByNamespaceCounter": {k: {"ecid": n} for k, n in held.items()},
                "segmentedProfileByStatusCounter": {k: {"realized": n, "exited": 0}
                                                    for k, n in held.items()}})
        return made

    def links(self):
        href = f"/segment/jobs/{self.id}"
        return {"cancel": {"href": href, "method": "DELETE"},
                "checkStatus": {"href": href, "method": "GET"}}

    MEMBERS = {
        "id": lambda e: e.id,
        "imsOrgId": lambda e: e.world.org,
        "sandbox": lambda e: sandbox(e.world),
        "profileInstanceId": lambda e: "ups",
        "source": lambda e: e.source,
        "status": lambda e: e.status,
        "batchId": lambda e: f"651fc109-3963-48d2-aa98-{e.number:012x}",
        "computeJobId": lambda e: e.number,
        "computeGatewayJobId": lambda e: f"a0099ab6-11ab-4c2b-a0ea-{e.number:012x}",
        "segments": lambda e: [e._segment(name) for name in e.segments],
        "errors": lambda e: e.life.step.get("errors", []),
        "metrics": metrics,
        "requestId": lambda e: f"Hw1jdAHeuWHVKVxcAPFrLCbb{e.number:08d}",
        "schema": lambda e: PROFILE,
        "_links": links,
        "updateTime": lambda e: e.updated,
        "creationTime": lambda e: e.created,
        "updateEpoch": lambda e: e.updated // 1000,
    }
