"""Audiences: the segment definitions of the profile service (contract 6)."""

from .objects import MISSING, STEP_MS, Record, moment
from .parts import fill

MINUTES_10 = 600_000
PROFILE = {"name": "_xdm.context.profile"}


def sandbox(world):
    return {"sandboxId": world.sandbox_id, "sandboxName": world.sandbox,
            "type": "production", "default": True}


class Audience(Record):
    __slots__ = ("id", "created", "updated", "merge_policy", "profiles", "evaluated")

    def __init__(self, world, spec, counters, index):
        super().__init__(world, spec, counters)
        self.id = fill(spec.get("id", f"4afe34ae-8c98-4513-8a1d-{index + 1:012x}"), counters)
        n = counters.get("n")
        self.created = moment(spec, "created", 1_561_073_779_000 + index * STEP_MS, n)
        self.updated = moment(spec, "updated", self.created, n)
        self.merge_policy = spec.get("merge_policy", "25c548a0-ca7f-4dcd-81d5-997642f178b9")
        self.profiles = spec.get("profiles", 1033)
        # The end of its last successful evaluation; None: there was none.
        self.evaluated = moment(spec, "evaluated", self.created + MINUTES_10, n)

    def parts(self):
        """What an export of it holds; without `parts`, bytes that are no parquet."""
        given = self.spec.get("parts")
        if given is not None:
            return fill(given, self.counters)
        return [{"path": f"part-00000-{self.id}-c000.snappy.parquet", "length": 4096}]

    def name(self):
        name = self.spec.get("name", MISSING)
        return name if name is MISSING else fill(name, self.counters)

    # Nothing in it says when it was last evaluated: its segment jobs do.
    MEMBERS = {
        "id": lambda a: a.id,
        "schema": lambda a: PROFILE,
        "profileInstanceId": lambda a: "ups",
        "imsOrgId": lambda a: a.world.org,
        "sandbox": lambda a: sandbox(a.world),
        "name": name,
        "description": lambda a: a.spec.get("description", ""),
        "expression": lambda a: {"type": "PQL", "format": "pql/text",
                                 "value": "_luma.customerAI.score > 50"},
        "mergePolicyId": lambda a: a.merge_policy,
        "evaluationInfo": lambda a: {"batch": {"enabled": True},
                                     "continuous": {"enabled": False},
                                     "synchronous": {"enabled": False}},
        "dataGovernancePolicy": lambda a: {"excludeOptOut": True},
        "creationTime": lambda a: a.created,
        "updateEpoch": lambda a: a.updated // 1000,
        "updateTime": lambda a: a.updated,
    }
