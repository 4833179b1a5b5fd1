"""Many of everything: complete, each once, and for its pages' worth of requests."""

import os

import pytest

import access
from conftest import until
from emulator import content
from worlds import MIB, NAME, PREFIX, batch, batch_id, dataset, dataset_id, part, world

PAGE = 100


def pages(rows):
    """Each page begins at the last row of the one before; the last one is short."""
    return (rows - 1) // (PAGE - 1) + 1 if rows else 1


def counted(platform, act, *args):
    """What it gives, and what it cost."""
    platform.clear()
    found = access.run(act, *args)
    return found, {op: n for op, n in platform.state()["counts"].items() if n}


def names_once(path):
    """How many names, how many of them different, the first and the last."""
    found = os.listdir(path)
    return len(found), len(set(found)), min(found), max(found)


def exists(path):
    try:
        os.lstat(path)
    except FileNotFoundError:       # and no other error
        return False
    return True


DATASETS = 10_000


def test_a_root_of_10_000_datasets(emulator, mount):
    platform = emulator(world(
        {"id": "d{n:023d}", "name": PREFIX + " - {n:05d}", "repeat": DATASETS},
        {**dataset(1, batch(1)), "id": "e" * 24, "name": "Web events"}))
    platform.clear()
    mounted = mount(platform)
    # By its ID, before anything has been listed but by the mount itself.
    cost = platform.count("datasets")
    assert pages(DATASETS) <= cost <= pages(DATASETS) + 1
    found, cost = counted(platform, names_once, mounted.path)
    assert found == (DATASETS, DATASETS, f"{PREFIX} - 00000", f"{PREFIX} - {DATASETS - 1:05d}")
    assert cost == {}
    link, cost = counted(platform, os.readlink, mounted / f"d{7777:023d}")
    assert (link, cost) == (f"{PREFIX} - 07777", {})
    link, cost = counted(platform, os.readlink, mounted / ("e" * 24))
    assert (link, cost) == ("Web events", {"dataset": 1})


BATCHES = 100_000


def test_a_dataset_of_100_000_batches(emulator, mount):
    uuid, key = "035e2520-5e69-11ea-b624-51ecfeba55d1", "5e602f67c2f39715a87f46b1"
    platform = emulator(world(dataset(
        1, {"key": "01HM{n:022d}", "repeat": BATCHES - 1,
            "files": [{"parts": [part("p", 10, 1)]}]},
        batch(0, part("p", 10, 2), key=key, id=uuid, generation=1,
              created=1_700_000_000_000))))
    mounted = mount(platform, ttl=3600)
    folder = f"{NAME}/"
    # Names that look like ids cost a row, not the list; what is not there, two questions.
    for name, cost in ((batch_id(77_777), {"batch": 1}), (key, {"batch": 1}),
                       (uuid, {"batch": 0}), ("latest", {"batches": 1}),
                       (batch_id(200_000), {"batch": 1, "batches": 1})):
        there, found = counted(platform, exists, mounted / (folder + name))
        assert there == (name != batch_id(200_000))
        assert found == {op: n for op, n in cost.items() if n}, name
        again, found = counted(platform, exists, mounted / (folder + name))
        assert (again, found) == (there, {}), name
    rows = sum(one["bytes"] for one in platform.record())
    assert rows < 4096
    # The whole list: complete, each once.
    found, cost = counted(platform, names_once, mounted / NAME)
    assert found == (BATCHES, BATCHES, batch_id(0), uuid)
    assert cost == {"batches": pages(BATCHES)}
    # And then nothing but the parts of what is looked into.
    data, cost = counted(platform, access.read, mounted / f"{folder}{batch_id(99_998)}/p")
    seed = content.seed_of(1, 0, 99_998, 0)
    assert data == content.read(seed, 0, 10)
    assert cost == {"batch_files": 1, "file_list": 1, "bytes": 1}
    link, cost = counted(platform, os.readlink, mounted / (folder + key))
    assert (link, cost) == (uuid, {})
    # All of it, of a budget of blocks of which next to nothing is used.
    held = mounted.memory()
    assert held is None or held < 64 * MIB


# A list that moves while its pages are read

def at(start, *changes):
    """Once, after the page that begins at row `start` has been made."""
    return {"match": {"op": "batches", "query": f"start={start}(&|$)"}, "times": 1,
            "change": list(changes)}


def inactive(n):
    return {"set_batch": {"key": batch_id(n), "fields": {"status": "inactive"}}}


def added(n, created):
    return {"add_batch": {"dataset": dataset_id(1), "batch": batch(n, created=created)}}


ROWS = 350
FIRST = 1_500_000_000_000
LAST = 1_900_000_000_000
MOVES = {       # the rules; batches that must be there besides, and that must not
    "one more at the end": ([at(99, added(900, LAST))], {900}, set()),
    "one more in front": ([at(99, added(900, FIRST))], set(), set()),
    "a hundred more in front": ([at(99, *(added(900 + n, FIRST) for n in range(100)))],
                                set(), set()),
    "one fewer in front": ([at(99, inactive(0))], set(), {0}),
    "a hundred fewer in front": ([at(198, *map(inactive, range(100)))], set(),
                                 set(range(100))),
    "one fewer further on": ([at(0, inactive(300))], set(), {300}),
    "the row that joins two pages": ([at(0, inactive(99))], set(), {99}),
    "one for another": ([at(99, inactive(0), added(900, LAST))], {900}, {0}),
    "a run replaces the one before": (
        [at(99, inactive(198), {"add_batch": {"dataset": dataset_id(1), "batch": batch(
            900, created=LAST, replaces=[batch_id(198), batch_id(197)])}})], {900}, {197, 198}),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_list_that_moves_while_it_is_paged(emulator, mount, move):
    """Whatever was there all the time is there, once."""
    rules, more, gone = MOVES[move]
    platform = emulator(world(dataset(1, {
        **batch(0), "key": "01HM{n:022d}", "repeat": ROWS})))
    mounted = mount(platform)
    platform.rules(rules)
    shown = access.run(access.listing, mounted / NAME)
    assert len(shown) == len(set(shown))
    expected = {batch_id(n) for n in (set(range(ROWS)) | more) - gone}
    early = {batch_id(900 + n) for n in range(100)} - expected
    assert set(shown) - early == expected
    assert all(rule["fired"] == 1 for rule in platform.rule_counters())


def test_a_root_that_moves_while_it_is_paged(emulator, mount):
    platform = emulator(world({"id": "d{n:023d}", "name": PREFIX + " - {n:03d}", "repeat": ROWS}))
    platform.rules([{"match": {"op": "datasets", "query": "start=99(&|$)"}, "times": 1,
                     "change": [{"remove_dataset": f"d{5:023d}"},
                                {"add_dataset": dataset(1, name=NAME, created=LAST)}]}])
    mounted = mount(platform)
    until(lambda: platform.rule_counters()[0]["fired"], 5, "the change")
    assert sorted(access.run(access.listing, mounted.path)) == sorted(
        [f"{PREFIX} - {n:03d}" for n in range(ROWS) if n != 5] + [NAME])
