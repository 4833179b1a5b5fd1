"""Plays one row: a platform, a mount, the access under the fault, and after it.

Gives an `Outcome`; nothing here asserts, so that all that went wrong is told.
"""

import dataclasses
import json
import os
import time

import mounting
import access
import acts
import places
import worlds
from emulator import Emulator
from row import TIMEOUT
from worlds import MIB, NAME, batch, dataset, part, world

LENGTH = 2 * MIB + 4321
SMALL = 100000
OTHER = NAME + " other"
REST = f"{OTHER}/{worlds.batch_id(2)}/r"
PATIENCE = 15               # beyond the bound, before a child is called hung
SIDE = TIMEOUT              # seconds an access to another file may take
P = r"path=p(&|$)"


def usual(**more):
    """Batch 1 has the parts the faults are about; another dataset has none."""
    return world(dataset(1, batch(1, part("p", LENGTH, 1), part("q", SMALL, 2),
                                  part("long", SMALL, 4, listed_length=105000),
                                  part("short", SMALL, 5, listed_length=95000))),
                 dataset(2, batch(2, part("r", SMALL, 3)), name=OTHER), **more)


STANDING = {}


def standing(made):
    """The platform of a world that no row changes: the rows of a process share it."""
    key = json.dumps(made, sort_keys=True)
    if key not in STANDING:
        STANDING[key] = Emulator(made, foreign=True).start()
    return STANDING[key]


NAMES = ("p", "q", "long", "short")
SIZES = {"p": LENGTH}


@dataclasses.dataclass
class Outcome:
    seen: str = ""
    seconds: float = 0.0
    wrong: list = dataclasses.field(default_factory=list)
    died: bool = False
    log: str = ""


class Scene:
    def __init__(self, row, program, folder):
        self.row, self.condition = row, row.condition
        self.program, self.folder = program, folder
        self.outcome = Outcome()
        self.platform = self.mounted = None
        self.watched = False        # the other file was read during the fault

    # Accesses

    def act(self, function, *args, limit):
        """What an act gives, and how long it took."""
        begun = time.monotonic()
        kind, value = access.outcome(function, *args, limit=limit)
        if kind == "value":
            found = value
        elif kind == "errno":
            found = value
        else:
            found = value if kind == "signal" else f"hung: {value}"
        return found, time.monotonic() - begun

    def words(self):
        """The act of the row's way in, and its arguments."""
        c, way = self.condition, self.row.way
        folder = c.folder or worlds.FOLDER
        name, seed, listed = c.part
        size = listed or SIZES.get(name, SMALL)
        path = self.mounted / f"{folder}/{name}"
        if way == "readdir":
            return acts.readdir, self.mounted / folder, \
                NAMES if c.names is None else c.names, c.optional
        if way == "lookup":
            return acts.lookup, path, size
        if way in acts.WRITES:
            return acts.write, path, way
        if way == "open":
            return acts.read, path, seed, size, 0, min(size, 65536)
        return acts.read, path, seed, size, c.at, c.length, way

    def access(self, limit=None):
        return self.act(*self.words(), limit=limit or self.condition.bound + PATIENCE)

    def other(self, when, limit=TIMEOUT + 1):
        """The other file is read, whatever is wrong with the first."""
        if self.condition.other is None:
            return
        how = "direct" if self.condition.other == "fresh" else "buffered"
        found, seconds = self.act(acts.read, self.mounted / REST, 3, SMALL, 0, 65536, how,
                                  limit=limit + PATIENCE)
        if found != "right":
            self.bad(f"the other file {when}: {found}")
        elif seconds > limit:
            self.bad(f"the other file {when}: {seconds:.1f} s")

    def bad(self, what):
        self.outcome.wrong.append(what)

    # Steps

    def mount(self, **more):
        options = {"timeout": TIMEOUT, **self.condition.options, **more}
        mounted = self.mounted = mounting.Mount(self.program, self.folder, 0, [])
        env = {name: places.named(value) for name, value in self.condition.env.items()}
        # In the foreground: its process is known without a search.
        code = mounted.begin(self.platform, options, env, foreground=True)
        if code is not None:
            mounted.pid = None      # it has refused, and is gone
        return 0 if code is None else code

    def warm(self):
        """List what the row does not list cold, and read what must be in memory."""
        here, other = self.mounted / worlds.FOLDER, self.mounted / REST

        def look():
            if self.row.way not in ("readdir", "lookup", "open", *acts.WRITES):
                os.listdir(here)
            if self.condition.other is None:
                return "right"
            os.listdir(os.path.dirname(other))
            return acts.read(other, 3, SMALL) if self.condition.other == "cached" else "right"
        found = access.run(look)
        if found != "right":
            self.bad(f"the other file before: {found}")

    def spoil(self):
        self.platform.clear()
        if self.condition.switches:
            self.platform.switch(**self.condition.switches)
        self.platform.rules(json.loads(places.named(json.dumps(self.condition.rules))))

    def repair(self):
        """The platform is well again, as it was at its start."""
        self.platform.clear_rules()
        if any("stall" in name for rule in self.condition.rules for name in rule):
            self.platform.release()
        if self.condition.switches or self.condition.scene == "expiry":
            self.platform._call("DELETE", "switches")

    def note(self, found, seconds):
        """Compare what was seen with what must be."""
        self.outcome.seen, self.outcome.seconds = found, seconds
        if found not in self.row.expected:
            self.bad(f"seen {found}, expected {' or '.join(sorted(self.row.expected))}")
        if seconds > self.condition.bound:
            self.bad(f"took {seconds:.2f} s, bound {self.condition.bound} s")

    def counted(self):
        if self.condition.count is None or self.row.way != "direct":
            return
        record = self.platform.record()
        for op, (least, most) in self.condition.count.items():
            if op == "p":       # how often the same bytes were asked for
                asked = [one["range"] for one in record if one["op"] == "bytes"
                         and "path=p" in one["query"].split("&")]
                found = max(map(asked.count, asked), default=0)
            else:
                found = sum(one["op"] == op for one in record)
            if not least <= found <= most:
                self.bad(f"{found} requests of {op}, not {least} to {most}")

    def recovered(self):
        """The same access, until it succeeds, and the other file."""
        words, again = self.words(), self.condition.lifted
        other = self.condition.other and self.mounted / REST
        limit = self.condition.recovery

        def look():
            found, end = "right", time.monotonic() + limit
            while again:
                found = words[0](*words[1:])
                if found == "right" or found.startswith(("wrong", "short")) \
                        or time.monotonic() > end:
                    break
                time.sleep(0.2)
            more = acts.read(other, 3, SMALL) if other else "right"
            return found, more
        if not again and not other:
            return
        kind, value = access.outcome(look, limit=limit + PATIENCE)
        end = time.monotonic() + limit
        while kind == "signal" and time.monotonic() < end:      # a fault of mmap ends it
            time.sleep(0.2)
            kind, value = access.outcome(look, limit=limit + PATIENCE)
        if kind != "value":
            self.bad(f"after the fault: {kind} {value}")
        elif value != ("right", "right"):
            self.bad(f"after the fault: {value[0]}; the other file: {value[1]}")

    def credential_leak(self):
        """How often the other host was asked; with what, credential_leak.py looks at."""
        seen = [one for one in self.platform.record() if one["listener"] == "foreign"]
        least, most = self.condition.foreign
        if not least <= len(seen) <= most:
            self.bad(f"{len(seen)} requests at the other host, not {least} to {most}")

    def leave(self):
        """Unmount, and look at how it went."""
        mounted, self.mounted = self.mounted, None
        if mounted is None:
            return
        if mounted.pid is not None and not mounted.running():
            self.outcome.died = True
            self.bad("the daemon died")
        if access.close_all():
            self.bad("a process that touched the mount does not die")
        self.outcome.wrong += mounted.end()
        self.outcome.log = mounted.log()[-6000:] + mounted.stderr()[-2000:]

    def end(self):
        if self.mounted is None and not self.outcome.log:
            return
        self.leave()
        if self.condition.says not in self.outcome.log:
            self.bad(f"nothing says: {self.condition.says}")

    def play(self):
        import scenes
        made = self.condition.world or usual()
        own = self.condition.scene == "flip" or any("change" in one
                                                    for one in self.condition.rules)
        platform = self.platform = Emulator(made, foreign=True).start() if own \
            else standing(made)
        platform.org, platform.key, platform.secret = worlds.ORG, worlds.KEY, worlds.SECRET
        try:
            getattr(scenes, self.condition.scene)(self)
            self.credential_leak()
        except Exception as wrong:          # a hung child, a mount refused
            self.bad(f"{type(wrong).__name__}: {wrong}")
        finally:
            self.end()
            if own:
                platform.stop()
            else:
                self.repair()
                platform.clear()
        return self.outcome
