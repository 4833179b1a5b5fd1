"""How rows are played: most are `plain`; a few conditions move by themselves."""

import json
import os
import signal
import time

import access
import acts
import disks
import places
import worlds
from row import RIGHT, TIMEOUT
from scene import LENGTH, NAMES, REST, SIDE, SMALL, P
from worlds import MIB


def begin(scene):
    code = scene.mount()
    if code != 0 or not scene.mounted.mounted():
        raise AssertionError(f"not mounted: exit status {code}")
    scene.warm()


def plain(scene):
    """The fault, the access, the other file at the same time and after it."""
    begin(scene)
    scene.spoil()
    found = access.start(timed, scene.words())
    begun = time.monotonic()
    found, seconds = watch(scene, found, begun)
    scene.note(found, seconds)
    scene.counted()
    if not scene.watched:
        scene.other("under the fault")
    scene.repair()
    scene.recovered()


def timed(words):
    begun = time.monotonic()
    return words[0](*words[1:]), time.monotonic() - begun


def watch(scene, child, begun):
    """Read the other file while the child waits; then what the child gives."""
    if not child.answered(0.15):
        scene.other("during the fault", SIDE)
        scene.watched = True
    limit = scene.condition.bound + 15
    kind, value = access.settled(child, max(0.1, limit - (time.monotonic() - begun)))
    if kind == "value":
        return value
    return (f"hung: {value}" if kind == "hung" else value), time.monotonic() - begun


def down(scene):
    """The endpoint refuses connections, and then takes them again."""
    begin(scene)
    scene.platform.clear()
    scene.platform.down()
    found, seconds = scene.access()
    scene.note(found, seconds)
    scene.other("while refused")
    for _ in range(2):          # enough failures to connect: no more is tried
        found, seconds = scene.access()
    if found not in scene.row.expected or seconds > 1:
        scene.bad(f"after many failures: {found} in {seconds:.1f} s")
    scene.platform.up()
    scene.recovered()


def cached(scene):
    """Read into a cache, and mounted again when the disk or the platform is not well."""
    condition = scene.condition
    disk = disks.Disk(scene.folder, condition.disk in disks.OWN)
    try:
        fill_cache(scene, disk)
        happen = getattr(disk, condition.disk, lambda: None)
        if condition.disk in disks.BEFORE:
            happen()
        scene.spoil()
        if condition.away:
            scene.platform.down()
        code = scene.mount(cache_dir=disk.path)
        if code != 0:
            raise AssertionError(f"not mounted again: {code}: {scene.mounted.stderr()}")
        if condition.disk not in disks.BEFORE:
            happen()
        if condition.away and not condition.cached:
            scene.access()          # whether it is away is to be found out
        found, seconds = scene.access()
        scene.note(found, seconds)
        scene.counted()
        if condition.disk in disks.DAMAGE and damage(scene) == 0:
            scene.bad("no damage is counted")
        scene.other("under the fault")
        if condition.away:
            scene.platform.up()
        scene.repair()
        scene.recovered()
    finally:
        scene.leave()
        disk.close()


def fill_cache(scene, disk):
    """What is listed and read in a first mount is there for the next."""
    scene.mount(cache_dir=disk.path, offline=None)
    scene.warm()

    def read():
        os.listdir(scene.mounted / worlds.FOLDER)
        found = acts.read(scene.mounted / REST, 3, SMALL)
        if found == "right" and scene.condition.cached:
            found = acts.read(scene.mounted / worlds.path("p"), 1, LENGTH)
        return found
    found = access.run(read)
    if found != "right":
        scene.bad(f"before: {found}")
    scene.leave()


def damage(scene):
    said = access.run(access.read, scene.mounted / ".caifs/status.json", 0, MIB)
    return json.loads(said)["cache"]["damaged"]


def flip(scene):
    """The part's bytes and ETag change under an open handle."""
    begin(scene)
    platform, how = scene.platform, scene.row.way
    match, size = {"op": "bytes", "query": P}, scene.condition.part[2]
    platform.rules([{"match": match, "etag": '"one"'}])
    path = scene.mounted / worlds.path("p")
    child = access.start(acts.handle_of_two_versions, path, 1, size, how)
    if child.hear() != "right":
        scene.bad("the first version is not read")
    platform.change({"set_batch": {"key": worlds.batch_id(1), "files": [
        {"parts": [worlds.part("p", size, 9)]}]}})
    platform.rules([{"match": match, "etag": '"two"'}])
    child.go()
    begun = time.monotonic()
    answers = child.hear(60)
    scene.note(answers[0], time.monotonic() - begun)
    for one in answers[1:]:
        if one not in scene.row.expected:
            scene.bad(f"later on that handle: {one}")
    child.go()
    for one in child.hear(30):
        if one not in scene.row.expected:
            scene.bad(f"at last on that handle: {one}")
    child.close()
    access.CHILDREN.remove(child)
    scene.other("after the access")
    found, _ = scene.act(acts.read, path, 9, size, 0, size, how, limit=20)
    if found != "right":
        scene.bad(f"a new open: {found}")


def mount(scene):
    """The fault stands before the mount is begun."""
    for value in scene.condition.env.values():
        places.named(value)     # the making of a place is not the mount's time
    scene.spoil()
    begun = time.monotonic()
    code = scene.mount()
    seconds = time.monotonic() - begun
    if code == 0:
        scene.warm()
        found, _ = scene.act(acts.read, scene.mounted / worlds.path("p"), 1, LENGTH, 0, 65536,
                             limit=20)
        scene.note(found, seconds)
    else:
        scene.note(f"exit {code}", seconds)
        if not scene.mounted.stderr().strip():
            scene.bad("it refuses without a word")
    scene.counted()
    if scene.condition.expect == RIGHT and scene.condition.count:
        asked = sum(one["op"] == "token" for one in scene.platform.record())
        least, most = scene.condition.count["token"]
        if not least <= asked <= most:
            scene.bad(f"{asked} token requests")


def renewal(scene):
    """The token service fails while mounted; the token in hand is taken away."""
    begin(scene)
    scene.spoil()
    scene.platform.revoke()
    found, seconds = scene.access()
    scene.note(found, seconds)
    scene.other("while without a token")
    scene.repair()
    scene.recovered()


def refresh(scene):
    """A list that was had once cannot be had again: the old one goes on."""
    begin(scene)
    access.run(acts.readdir, scene.mounted / worlds.NAME, (worlds.batch_id(1),))
    time.sleep(float(scene.condition.options["ttl"]) + 0.2)
    scene.spoil()
    found, seconds = scene.access()
    scene.note(found, seconds)
    scene.other("after the access")
    scene.repair()
    scene.recovered()


def expiry(scene):
    """The token service is away, the token in hand still lives."""
    scene.platform.tokens(lifetime_s=TIMEOUT * 4)
    begin(scene)
    scene.spoil()
    found, seconds = scene.access()
    scene.note(found, seconds)
    scene.repair()


def next_host(scene):
    """As `plain`, with the other host's real address in the links."""
    place = scene.platform.foreign
    rules = [{**one, "next_host": place} for one in scene.condition.rules]
    real, scene.platform.rules = scene.platform.rules, lambda _: real(rules)
    plain(scene)


def killed(scene):
    """The reader waits for what does not come, and dies when it is told to."""
    begin(scene)
    scene.spoil()
    child = access.start(timed, scene.words())
    if not child.stuck():
        scene.bad("it does not wait")
    scene.other("during the fault", SIDE)
    begun = time.monotonic()
    child.kill()
    gone = child.reap(5)
    scene.note("killed" if gone else f"alive: {child.where()}", time.monotonic() - begun)
    scene.repair()
    scene.recovered()


def signalled(scene):
    """A signal that the reader handles does not end what it waits for."""
    begin(scene)
    scene.spoil()
    begun = time.monotonic()
    child = access.start(acts.with_handler, scene.mounted / worlds.path("p"), 1, scene.row.way)
    if not child.stuck():
        scene.bad("it does not wait")
    child.signal(signal.SIGUSR1)
    scene.other("during the fault", SIDE)
    scene.repair()
    kind, value = access.settled(child, 15)
    scene.note(value if kind in ("value", "errno", "signal") else f"hung: {value}",
               time.monotonic() - begun)
    scene.recovered()


def scenario(scene):
    """Mount, list and read, with a fault at the n-th request of all."""
    scene.spoil()
    begun = time.monotonic()
    code = scene.mount()
    if code != 0:
        scene.note(f"exit {code}", time.monotonic() - begun)
        if not scene.mounted.stderr().strip():
            scene.bad("it refuses without a word")
        return
    m = scene.mounted
    found, _ = scene.act(acts.scenario, m / worlds.FOLDER, NAMES, m / worlds.path("p"), 1,
                         LENGTH, limit=20)
    scene.note(found, time.monotonic() - begun)
    if all(one["fired"] for one in scene.platform.rule_counters()):
        scene.repair()
    else:
        scene.bad("there is no such request")
    scene.recovered()
