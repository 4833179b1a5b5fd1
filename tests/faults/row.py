"""A row of the matrix: one condition, one way in, what must come of it.

`expect` holds what an act may give: "right" (the true bytes, names or sizes) or
names of errnos. By mmap an errno is SIGBUS. For a mount, "exit 1" is a refusal.
"""

import dataclasses

RIGHT = frozenset({"right"})
TIMEOUT = 3                     # the mount's `timeout`, in seconds


@dataclasses.dataclass(frozen=True)
class Condition:
    id: str
    words: str
    ways: tuple
    expect: frozenset = RIGHT
    bound: float = TIMEOUT + 1.5      # seconds, for the access itself
    rules: tuple = ()
    switches: dict = dataclasses.field(default_factory=dict)
    world: dict | None = None       # None: scene.usual()
    options: dict = dataclasses.field(default_factory=dict)
    env: dict = dataclasses.field(default_factory=dict)
    part: tuple = ("p", 1, None)    # name, seed, listed length; None: the usual one
    at: int = 0
    length: int = 65536
    names: tuple | None = None      # what the batch's folder must show
    optional: tuple = ()            # and may
    folder: str | None = None       # of that listing, where it is not batch 1
    other: str = "fresh"            # the other file: "fresh", "cached" or None
    lifted: bool = True             # the access succeeds when the fault is gone
    recovery: float = 8             # seconds that may take
    count: dict | None = None       # {op: (least, most)} asked for by the direct way
    foreign: tuple = (0, 0)         # requests at the foreign listener
    scene: str = "plain"            # the function of scenes.py that plays it
    disk: str = ""                  # what happens to the cache's disk (disks.py)
    cached: bool = True             # the part was read into the cache before
    away: bool = False              # the platform refuses connections
    says: str = ""                  # a word that the log or stderr must hold


@dataclasses.dataclass(frozen=True)
class Row:
    condition: Condition
    way: str

    @property
    def id(self):
        return f"{self.condition.id}-{self.way}"

    @property
    def expected(self):
        found = set(self.condition.expect)
        errnos = {one for one in found if one.startswith("E")}
        return found - errnos | {"SIGBUS"} if errnos and self.way == "mmap" else found
