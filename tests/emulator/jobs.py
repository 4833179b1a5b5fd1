"""Jobs: what runs on its own, by look-ups or by time (contract 6)."""

from .objects import Record

ENDS = ("SUCCEEDED", "FAILED", "CANCELLED")


class Life:
    """The statuses a job goes through.

    A step is `{"status", "polls": n}`: shown in n look-ups; `{"status", "ms": n}`:
    lasts so long, watched or not; or `{"status"}`: lasts until the test gives the
    job another life. A step may carry the `errors` of a failure.
    """

    __slots__ = ("steps", "at", "since", "polls")

    def __init__(self, steps, now):
        for step in steps:
            if set(step) - {"status", "polls", "ms", "errors"} or "status" not in step \
                    or {"polls", "ms"} <= set(step):
                raise ValueError(f"no step of a life: {step}")
        if not steps:
            raise ValueError("a life has a step at least")
        self.steps = steps
        self.at = 0
        self.since = now        # when the step began, ms
        self.polls = 0          # look-ups that have shown it

    @property
    def step(self):
        return self.steps[self.at]

    def _over(self, now):
        step = self.step
        if self.at + 1 == len(self.steps):
            return False
        if "polls" in step:
            return self.polls >= step["polls"]
        return "ms" in step and now - self.since >= step["ms"]

    def pass_to(self, now, looked=False):
        """Move on to where the job is now; `looked` when a look-up will show it."""
        while "ms" in self.step and self._over(now):
            self.since += self.step["ms"]
            self._next()
        while looked and "polls" in self.step and self._over(now):
            self.since = now
            self._next()
        if looked:
            self.polls += 1

    def _next(self):
        self.at += 1
        self.polls = 0

    def share(self, now):
        """How much of the step is done, 0 to 1: it grows from look-up to look-up."""
        if self.step.get("ms"):
            return min(1, (now - self.since) / self.step["ms"])
        return self.polls / (self.step.get("polls", self.polls) + 1)


class Job(Record):
    """A record with a life; what it shows follows from where that has come to."""

    __slots__ = ("id", "created", "updated", "life", "settled")

    def __init__(self, world, spec, name, life):
        super().__init__(world, spec, {})
        self.id = name
        self.created = spec.get("created", world.now())
        self.updated = spec.get("updated", self.created)
        self.life = Life(life, world.now())
        self.settled = False    # its end has had its consequences

    @property
    def status(self):
        return self.life.step["status"]

    @property
    def ended(self):
        return self.status in ENDS

    def pass_to(self, now, looked=False):
        before = self.status
        self.life.pass_to(now, looked)
        if self.status != before:
            self.updated = self.life.since

    def begin(self, steps):
        """Another life from now on."""
        self.settled = False
        self.life = Life(steps, self.world.now())
        self.updated = self.life.since

    def time(self, done=None):
        """A metric of contract 6: `startTimeInMs`, and the rest once it is `done`."""
        made = {"startTimeInMs": self.created}
        if self.ended if done is None else done:
            made["endTimeInMs"] = self.updated
            made["totalTimeInMs"] = self.updated - self.created
        return made
