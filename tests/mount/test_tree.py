"""The tree: what is shown, under which names, and how it changes."""

import ctypes
import hashlib
import os
import socket
import stat

import pytest

import access
import worlds
from conftest import until
from emulator import content
from worlds import (FOLDER, GUIDE, MIB, NAME, PREFIX, SAMPLES, batch, batch_id, dataset,
                    dataset_id, part, scores, world)

STATUSES = ["processing", "success", "failure", "queued", "retrying", "stalled", "aborted",
            "abandoned", "inactive", "failed", "loading", "loaded", "staged", "active",
            "staging", "deleted", "archived", "retained", "some_new_word"]


def names(mounted, below=""):
    return sorted(access.run(access.listing, mounted / below))


def where(mounted, name):
    return access.run(os.readlink, mounted / name)


def missing(mounted, name):
    return access.errno_of(os.lstat, mounted / name) == "ENOENT"


def ids(mounted, names_shown):
    return set(access.run(lambda: [os.getxattr(mounted / name, "user.caifs.dataset_id").decode()
                                   for name in names_shown]))


def parts_of(mounted, folder):
    """`{path: sha256}` of all files below."""
    return access.run(lambda: {name: access.sha256(mounted / folder + "/" + name)
                               for name, one in access.tree(mounted / folder).items()
                               if one["kind"] == "-"})


def many(mounted, act, paths):
    """What `act` gives for each path, all in one child."""
    return access.run(lambda: [act(mounted / path) for path in paths])


def sha(seed, length):
    return hashlib.sha256(content.read(seed, 0, length)).hexdigest()


# What is shown

def test_the_samples_are_shown_as_they_are(emulator, mount):
    platform = emulator(os.path.join(SAMPLES, "world.json"))
    mounted = mount(platform, all_datasets=True)
    expected = {}
    for one in worlds.samples()["datasets"]:
        expected[one["name"]] = ("d", 0o555, None, None)
    for one, run in worlds.readable():
        folder = f"{one['name']}/{run['id']}"
        expected[folder] = ("d", 0o555, None, run["completed"])
        for file in run["files"]:
            for member in file["parts"]:
                size = os.stat(os.path.join(SAMPLES, member["file"])).st_size
                expected[f"{folder}/{member['path']}"] = ("-", 0o444, size, None)
    found = access.run(access.tree, mounted.path)
    assert sorted(found) == sorted(expected)
    for name, (kind, mode, size, time_ms) in expected.items():
        assert found[name]["kind"] == kind, name
        assert stat.S_IMODE(found[name]["mode"]) == mode, name
        if size is not None:
            assert found[name]["size"] == size, name
            assert found[name]["links"] == 1, name
        if time_ms is not None:
            assert found[name]["mtime_ns"] == time_ms * 1_000_000, name
    assert platform.count("bytes") == platform.count("head") == 0
    assert access.run(access.status, mounted.path)["kind"] == "d"
    assert stat.S_IMODE(access.run(access.status, mounted.path)["mode"]) == 0o555


def test_the_time_of_a_batch_is_when_it_completed(emulator, mount):
    mounted = mount(emulator(world(dataset(
        1, batch(1, created=1_600_000_000_000, completed=1_600_000_111_222)))))
    found = access.run(access.status, mounted / FOLDER)
    assert found["mtime_ns"] == 1_600_000_111_222_000_000


def test_only_customer_ai_datasets_are_listed_and_every_id_resolves(emulator, mount):
    mounted = mount(emulator(world(
        dataset(1, batch(1)), dataset(2, batch(2), name="Web events"),
        dataset(3, batch(3), name="Old " + NAME))))
    assert names(mounted) == [NAME]
    for n, name in ((1, NAME), (2, "Web events"), (3, "Old " + NAME)):
        assert where(mounted, dataset_id(n)) == name
        assert names(mounted, dataset_id(n)) == [batch_id(n)]
        assert names(mounted, name) == [batch_id(n)]
    assert names(mounted) == [NAME]


@pytest.mark.parametrize("options,shown", [
    ({"dataset": dataset_id(2)}, [NAME, "B"]),
    ({"dataset": f"{dataset_id(2)}:{dataset_id(3)}"}, [NAME, "B", "C"]),
    ({"dataset": f"{dataset_id(2)}:{dataset_id(3)}", "only": True}, ["B", "C"]),
    ({"dataset": dataset_id(1)}, [NAME]),
    ({"all_datasets": True}, [NAME, "B", "C", "D"]),
])
def test_what_the_root_shows_can_be_chosen(emulator, mount, options, shown):
    mounted = mount(emulator(world(
        dataset(1, batch(1)), *(dataset(n, batch(n), name=name)
                                for n, name in ((2, "B"), (3, "C"), (4, "D"))))), **options)
    assert names(mounted) == sorted(shown)
    for name in shown:
        assert len(names(mounted, name)) == 1


def test_the_environment_names_datasets_too(emulator, mount):
    platform = emulator(world(dataset(1), dataset(2, name="B")))
    mounted = mount(platform, env={"CAIFS_DATASET": dataset_id(2)})
    assert names(mounted) == ["B", NAME]


def test_an_empty_root_is_empty(emulator, mount):
    mounted = mount(emulator(world(dataset(1, name="Web events"))))
    assert names(mounted) == []
    assert mounted.log().strip()


@pytest.mark.parametrize("empty", ["object", "404"])
def test_a_dataset_without_batches_is_an_empty_directory(emulator, mount, empty):
    mounted = mount(emulator(world(dataset(1), switches={"empty_list": empty})))
    assert names(mounted) == [NAME]
    assert names(mounted, NAME) == []
    assert missing(mounted, f"{NAME}/latest")


def test_many_datasets_and_batches_over_pages(emulator, mount):
    mounted = mount(emulator(world(
        {"id": "d{n:023d}", "name": PREFIX + " - {n:03d}", "repeat": 250},
        dataset(1, {**batch(0), "key": "b{n:025d}", "repeat": 250}))))
    assert names(mounted) == sorted([f"{PREFIX} - {n:03d}" for n in range(250)] + [NAME])
    assert names(mounted, NAME) == [f"b{n:025d}" for n in range(250)]


def test_only_finished_batches_are_listed(emulator, mount):
    mounted = mount(emulator(world(dataset(1, *(
        batch(n, status=status) for n, status in enumerate(STATUSES))))))
    assert names(mounted, NAME) == sorted(
        batch_id(STATUSES.index(status)) for status in ("success", "active"))
    for status in ("failed", "loading", "aborted"):
        assert missing(mounted, f"{NAME}/{batch_id(STATUSES.index(status))}")


@pytest.mark.parametrize("order", ["dataset_first", "batch_first"])
def test_three_generations_of_batch_ids(emulator, mount, order):
    uuid = "035e2520-5e69-11ea-b624-51evfeba55d1"
    mounted = mount(emulator(world(dataset(
        1, batch(0, part(seed=1), key="5e602f67c2f39715a87f46b1", id=uuid, generation=1),
        batch(2, part(seed=2)),
        batch(0, part(seed=3), key="5c6f332168966814cd81d3d3", generation=3)),
        switches={"related_order": order})))
    assert names(mounted, NAME) == sorted([uuid, batch_id(2), "5c6f332168966814cd81d3d3"])
    assert where(mounted, f"{NAME}/5e602f67c2f39715a87f46b1") == uuid
    for seed, name in enumerate((uuid, batch_id(2), "5c6f332168966814cd81d3d3",
                                 "5e602f67c2f39715a87f46b1"), 1):
        found = parts_of(mounted, f"{NAME}/{name}")
        assert list(found.values()) == [sha(1 if seed == 4 else seed, 1000)], name


# latest

def test_the_guide_s_answer(emulator, mount):
    for options in ({}, {"dataset": "5cd9146b31dae914b75f654f"},
                    {"dataset": "5cd9146b31dae914b75f654f", "only": True}):
        mounted = mount(emulator(GUIDE), **options)
        latest = access.run(os.path.realpath, mounted / "5cd9146b31dae914b75f654f/latest")
        assert os.path.basename(latest) == "035e2520-5e69-11ea-b624-51evfeba55d1"
        parts = names(mounted, "5cd9146b31dae914b75f654f/latest")
        assert len(parts) == 150
        first = access.run(access.status, mounted / f"5cd9146b31dae914b75f654f/latest/{parts[0]}")
        assert first["size"] == 16214531


def test_the_guide_s_dataset_without_a_customer_ai_name(emulator, mount):
    platform = emulator(GUIDE)
    platform.change({"set_dataset": {"id": "5cd9146b31dae914b75f654f",
                                     "fields": {"name": "Luma"}}})
    mounted = mount(platform)
    assert names(mounted) == []
    assert where(mounted, "5cd9146b31dae914b75f654f/latest") == \
        "035e2520-5e69-11ea-b624-51evfeba55d1"
    shown = mount(platform, dataset="5cd9146b31dae914b75f654f")
    assert names(shown) == ["Luma"]
    assert where(shown, "Luma/latest") == "035e2520-5e69-11ea-b624-51evfeba55d1"


@pytest.mark.parametrize("options,listed", [({}, False), ({"show_latest": True}, True)])
def test_latest_is_listed_only_when_asked_for(emulator, mount, options, listed):
    mounted = mount(emulator(world(dataset(1, batch(1), batch(2)), dataset(2, name=PREFIX))),
                    **options)
    found = access.run(access.tree, mounted.path)
    assert (f"{NAME}/latest" in found) == listed
    assert where(mounted, f"{NAME}/latest") == batch_id(2)
    if listed:
        assert found[f"{NAME}/latest"]["kind"] == "l"
    # A dataset without a finished batch has none.
    assert f"{PREFIX}/latest" not in found and missing(mounted, f"{PREFIX}/latest")


DAY = 1_600_000_000_000
NEWEST = {      # what the batches 1 and 2 have, and which of them is the latest
    "created, not completed": ({"created": DAY, "completed": DAY + 9000},
                               {"created": DAY + 1000, "completed": DAY + 2000}, 2),
    "any order": ({"created": DAY + 1000}, {"created": DAY}, 1),
    "failed": ({"created": DAY}, {"created": DAY + 1000, "status": "failed"}, 1),
    "loading": ({"created": DAY}, {"created": DAY + 1000, "status": "loading"}, 1),
    "inactive": ({"created": DAY}, {"created": DAY + 1000, "status": "inactive"}, 1),
    "another client": ({"created": DAY}, {"created": DAY + 1000,
                                          "fields": {"createdClient": "acp_ui"}}, 1),
}


@pytest.mark.parametrize("shuffle", [False, True])
def test_latest_is_what_the_vendor_s_query_gives(emulator, mount, shuffle):
    mounted = mount(emulator(world(*(
        dataset(n, batch(10 * n + 1, **first), batch(10 * n + 2, **second),
                name=f"{PREFIX} {case}")
        for n, (case, (first, second, _)) in enumerate(NEWEST.items())),
        switches={"shuffle_members": shuffle})))
    for n, (case, (_, _, newest)) in enumerate(NEWEST.items()):
        assert where(mounted, f"{PREFIX} {case}/latest") == batch_id(10 * n + newest), case


def test_latest_moves_on(emulator, mount):
    platform = emulator(world(dataset(1, batch(1))))
    mounted = mount(platform, ttl=1)
    assert where(mounted, f"{NAME}/latest") == batch_id(1)
    platform.change({"add_batch": {"dataset": dataset_id(1), "batch": batch(2)}})
    until(lambda: where(mounted, f"{NAME}/latest") == batch_id(2), 10, "the newer latest")


# IDs

def test_ids_are_symlinks_and_not_listed(emulator, mount):
    mounted = mount(emulator(os.path.join(SAMPLES, "world.json")))
    found = access.run(access.tree, mounted.path)
    for one, run in worlds.readable():
        if not one["name"].startswith(PREFIX):
            continue
        assert where(mounted, one["id"]) == one["name"]
        assert one["id"] not in found
        if run["key"] != run["id"]:
            for folder in (one["name"], one["id"]):
                assert where(mounted, f"{folder}/{run['key']}") == run["id"]
            assert f"{one['name']}/{run['key']}" not in found
    assert not [name for name, one in found.items() if one["kind"] == "l"]


# Names

HOSTILE = [
    ("a/b", "a%2Fb"), ("100%", "100%25"), ("%2F", "%252F"), ("tab\there", "tab%09here"),
    ("line\nline", "line%0Aline"), ("\x1b[31m", "%1B[31m"), ("del\x7f", "del%7F"),
    (".", "%2E"), ("..", "%2E%2E"), ("...", "..."), (".hidden", ".hidden"),
    ("../../etc", "..%2F..%2Fetc"), (" led", " led"), ("-rf", "-rf"), ("trail ", "trail "),
    ("Ünïcode €", "Ünïcode €"), ("latest", "latest"), ("a\\b*?\"<>|:", "a\\b*?\"<>|:"),
    ("~tilde", "~tilde"), ("emoji \U0001f600", "emoji \U0001f600"),
]


def test_hostile_names_are_mapped_and_reachable(emulator, mount):
    mounted = mount(emulator(world(*(
        dataset(n, batch(n), name=name) for n, (name, _) in enumerate(HOSTILE)))),
        all_datasets=True)
    names_shown = [shown for _, shown in HOSTILE]
    assert names(mounted) == sorted(names_shown)
    assert many(mounted, os.listdir, names_shown) == \
        [[batch_id(n)] for n in range(len(HOSTILE))]
    assert many(mounted, os.readlink, map(dataset_id, range(len(HOSTILE)))) == names_shown


def test_equal_names_carry_their_ids(emulator, mount):
    mounted = mount(emulator(world(dataset(1), dataset(2), dataset(3, name=NAME + " 3"))))
    assert names(mounted) == sorted([f"{NAME} [{dataset_id(1)}]", f"{NAME} [{dataset_id(2)}]",
                                     NAME + " 3"])
    assert where(mounted, dataset_id(2)) == f"{NAME} [{dataset_id(2)}]"


LONG = PREFIX + " " + "x" * 300


@pytest.mark.parametrize("given", [
    [NAME, NAME, f"{NAME} [{dataset_id(1)}]"],
    [LONG], [LONG, LONG], [LONG + "1", LONG + "2"],
    [PREFIX + "€" * 100], [PREFIX + "x" + "€" * 100], [PREFIX + "\U0001f600" * 80],
    [PREFIX + "/" * 100], [PREFIX + " " + "%" * 78],
    [PREFIX + "x" * (255 - len(PREFIX)), PREFIX + "x" * (256 - len(PREFIX))],
    [(PREFIX + "x" * 255)[:250]] * 2,
    [dataset_id(2), "b"], [dataset_id(1), "b"], [f"{NAME}~{dataset_id(2)}", NAME],
], ids=range(14))
def test_names_are_unique_legal_and_all_reachable(emulator, mount, given):
    mounted = mount(emulator(world(*(
        dataset(n, batch(n), name=name) for n, name in enumerate(given, 1)))),
        all_datasets=True)
    shown = names(mounted)
    assert len(shown) == len(set(shown)) == len(given)
    for name in shown:
        assert len(os.fsencode(name)) <= 255
        os.fsencode(name).decode("utf-8")
    every = [dataset_id(n) for n in range(1, len(given) + 1)]
    assert ids(mounted, shown) == set(every)
    assert many(mounted, lambda path: os.getxattr(path, "user.caifs.dataset_id").decode(),
                every) == every
    assert many(mounted, os.listdir, every) == \
        [[batch_id(n)] for n in range(1, len(given) + 1)]


def test_a_name_over_255_bytes_is_cut_and_closed_with_the_id(emulator, mount):
    mounted = mount(emulator(world(dataset(1, name=LONG), dataset(2, name=PREFIX + "€" * 100))))
    for shown in names(mounted):
        assert shown.endswith(("~" + dataset_id(1), "~" + dataset_id(2)))
        assert 250 <= len(os.fsencode(shown)) <= 255
    assert ids(mounted, names(mounted)) == {dataset_id(1), dataset_id(2)}


UNUSABLE = [{"omit": ["name"]}, {"fields": {"name": {}}}, {"fields": {"name": None}},
            {"fields": {"name": 7}}, {"fields": {"name": ""}}, {"fields": {"name": ["a"]}},
            {"fields": {"name": "nul\u0000nul"}}]


def test_a_dataset_without_a_usable_name_spoils_nothing(emulator, mount):
    mounted = mount(emulator(world(
        dataset(0, batch(0), name="B"),
        *(dataset(n, batch(n), **wrong) for n, wrong in enumerate(UNUSABLE, 1)))),
        all_datasets=True)
    shown = names(mounted)
    assert "B" in shown
    assert ids(mounted, shown) == {dataset_id(n) for n in range(len(UNUSABLE) + 1)}
    every = range(len(UNUSABLE) + 1)
    assert many(mounted, os.listdir, map(dataset_id, every)) == [[batch_id(n)] for n in every]


def test_a_name_once_given_stays(emulator, mount):
    platform = emulator(world(dataset(1, batch(1))))
    mounted = mount(platform, ttl=1)
    before = access.run(access.status, mounted / NAME)
    platform.change({"add_dataset": dataset(2, batch(2))})
    until(lambda: len(names(mounted)) == 2, 10, "the namesake")
    assert names(mounted) == [NAME, f"{NAME} [{dataset_id(2)}]"]
    assert access.run(access.status, mounted / NAME)["inode"] == before["inode"]
    assert names(mounted, NAME) == [batch_id(1)]


# Parts

def test_nested_paths_are_directories(emulator, mount):
    mounted = mount(emulator(scores(
        part("a/b.parquet", 10, 1), part("a/c/d.parquet", 20, 2), part("e.parquet", 30, 3))))
    found = parts_of(mounted, FOLDER)
    assert found == {"a/b.parquet": sha(1, 10), "a/c/d.parquet": sha(2, 20),
                     "e.parquet": sha(3, 30)}
    assert sorted(access.run(access.listing, mounted / FOLDER)) == ["a", "e.parquet"]


SHAPES = {
    "equal": [{"parts": [part("p", 10, 1)]}, {"parts": [part("p", 11, 2)]}],
    "equal and other": [{"parts": [part("p", 10, 1), part("q", 12, 3)]},
                        {"parts": [part("p", 11, 2)]}],
    "equal below": [{"parts": [part("a/p", 10, 1)]}, {"parts": [part("a/p", 11, 2)]}],
    "file and folder": [{"parts": [part("a", 10, 1)]}, {"parts": [part("a/p", 11, 2)]}],
    "file and folder in one": [{"parts": [part("a", 10, 1), part("a/p", 11, 2)]}],
    "nested": [{"files": [{"parts": [part("p", 10, 1)]}, {"parts": [part("p", 11, 2)]}]}],
    "nested twice": [{"files": [{"files": [{"parts": [part("p", 10, 1)]}]}],
                      "parts": [part("q", 11, 2)]}],
    "bare array": [{"parts": [part("p", 10, 1)], "shape": "C"}],
    "escaping": [{"parts": [part("x/../../p", 10, 1), part("..", 11, 2),
                            part("../p", 12, 3)]}],
    "odd": [{"parts": [part("x//y", 10, 1), part("x/./z", 11, 2),
                       part("100%/+=& ?#.p", 12, 3), part("/root", 13, 4)]}],
    "strange": [{"parts": [part("latest", 10, 1), part("n" * 300, 11, 2),
                           part("a\nb", 12, 3), part("m" * 300 + "/p", 13, 4)]}],
    "empty marker": [{"parts": [part("_SUCCESS", 0, 1), part("p", 11, 2)]}],
}


def sums_of_spec(file):
    found = [sha(one["seed"], one["length"]) for one in file.get("parts", [])]
    for inner in file.get("files", []):
        found += sums_of_spec(inner)
    return found


@pytest.mark.parametrize("links", ["encoded", "raw"])
def test_all_files_of_a_batch_become_one_tree(emulator, mount, links):
    """Whatever the names become: each part is there once, with its own bytes."""
    mounted = mount(emulator(world(
        dataset(1, *(batch(n, files=files) for n, files in enumerate(SHAPES.values()))),
        switches={"href_path": links})))
    wrong = []
    for n, (shape, files) in enumerate(SHAPES.items()):
        found = parts_of(mounted, f"{NAME}/{batch_id(n)}")
        if sorted(found.values()) != sorted(sum(map(sums_of_spec, files), [])):
            wrong.append((shape, sorted(found)))
    assert not wrong
    assert names(mounted) == [NAME]
    assert names(mounted, NAME) == sorted(map(batch_id, range(len(SHAPES))))


LENGTHS = [-1, 1 << 63, 1 << 64, "12x", "1e3", "NaN", 1.5, "", " 12", "+12", "0x10"]


@pytest.mark.parametrize("numeric", [False, True])
def test_a_length_that_is_none_leaves_out_that_part(emulator, mount, numeric):
    """The others of its listing are not affected."""
    good = [part("a", 10, 1), part("b", 11, 2)]
    mounted = mount(emulator(world(
        dataset(1, *(batch(n, *good, part("wrong", 12, 3, listed_length=length))
                     for n, length in enumerate(LENGTHS))),
        switches={"numeric_length": numeric})))
    found = many(mounted, os.listdir, [f"{NAME}/{batch_id(n)}" for n in range(len(LENGTHS))])
    assert {str(length): sorted(one) for length, one in zip(LENGTHS, found)} == \
        {str(length): ["a", "b"] for length in LENGTHS}
    assert access.run(access.read, mounted / (NAME + f"/{batch_id(0)}/b")) == \
        content.read(2, 0, 11)


@pytest.mark.parametrize("switches", [
    {"numeric_length": True, "page_count": 1, "gzip": "all"},
    {"page_count": "total", "cursor": "opaque", "href_port": "", "gzip": "none"},
    {"page_count": 999999, "href_host": "elsewhere.example", "shuffle_members": True},
    {"href_scheme": "http", "access_errors": "empty", "last_modified": True, "etag": True},
], ids=str)
def test_a_long_listing_in_every_dialect(emulator, mount, switches):
    mounted = mount(emulator(scores(
        {**part("part-{n:05d}", 10, 5), "repeat": 250}, switches=switches)))
    assert names(mounted, FOLDER) == [f"part-{n:05d}" for n in range(250)]
    assert access.run(access.read, mounted / (FOLDER + "/part-00249")) == \
        content.read(5 + 249, 0, 10)


# Answers

ABSENT = {
    "nothing": "ENOENT", "0" * 24: "ENOENT", NAME + "/nothing": "ENOENT",
    f"{NAME}/{batch_id(99)}": "ENOENT", f"{NAME}/{'0' * 24}": "ENOENT",
    NAME + "/5e602f67-c2f3-9715-a87f-46b1035e2520": "ENOENT",
    FOLDER + "/nothing": "ENOENT", FOLDER + "/_SUCCESS": "ENOENT",
    FOLDER + "/.part-00000.snappy.parquet.crc": "ENOENT", FOLDER + "/latest": "ENOENT",
    "latest": "ENOENT", worlds.path() + "/x": "ENOTDIR", "x" * 256: "ENAMETOOLONG",
    "x" * 255: "ENOENT", NAME.upper(): "ENOENT", NAME + " ": "ENOENT",
    # Another dataset's batch, and names that mean something to a query.
    f"{NAME}/{batch_id(2)}": "ENOENT", "Customer*": "ENOENT", "a,b": "ENOENT",
    f"{NAME}/{batch_id(1)},{batch_id(2)}": "ENOENT", f"{NAME}/!{batch_id(2)}": "ENOENT",
    f"{dataset_id(1)},{dataset_id(2)}": "ENOENT",
}


def test_what_is_not_there(emulator, mount):
    mounted = mount(emulator(world(dataset(1, batch(1)),
                                   dataset(2, batch(2), name=PREFIX + " B"))))
    for act in (os.lstat, os.stat, lambda name: os.open(name, os.O_RDONLY)):
        found = access.errnos_of(act, [mounted / name for name in ABSENT])
        assert found == {mounted / name: answer for name, answer in ABSENT.items()}


def test_a_directory_is_no_file(emulator, mount):
    mounted = mount(emulator(scores()))
    assert access.errno_of(access.read_once, mounted / FOLDER, 0, 10) == "EISDIR"
    assert access.errno_of(os.listdir, mounted / worlds.path()) == "ENOTDIR"
    assert access.errno_of(os.readlink, mounted / FOLDER) == "EINVAL"


def test_attributes_tell_where_it_comes_from(emulator, mount):
    platform = emulator(world(dataset(1, batch(
        1, part(), key="5e602f67c2f39715a87f46b1", id="035e2520", generation=1,
        created=1_600_000_000_000, fields={"recordCount": 46721830}))))
    mounted = mount(platform)
    found = access.run(access.attributes, mounted / NAME)
    assert found["user.caifs.dataset_id"] == dataset_id(1)
    found = access.run(access.attributes, mounted / f"{NAME}/035e2520")
    assert found["user.caifs.dataset_id"] == dataset_id(1)
    assert found["user.caifs.batch_id"] == "035e2520"
    assert found["user.caifs.status"] == "success"
    assert found["user.caifs.record_count"] == "46721830"
    assert found["user.caifs.created"] == "1600000000000"
    name = mounted / f"{NAME}/035e2520/part-00000.snappy.parquet"
    found = access.run(access.attributes, name)
    assert found["user.caifs.dataset_id"] == dataset_id(1)
    assert found["user.caifs.batch_id"] == "035e2520"
    assert found["user.caifs.file_id"] == "035e2520-1"
    assert found["user.caifs.cached_bytes"] == "0"
    assert platform.count("bytes") == 0
    access.run(access.read, name)
    assert access.run(access.attributes, name)["user.caifs.cached_bytes"] == "1000"
    assert access.errno_of(os.getxattr, name, "user.none") == "ENODATA"
    assert access.errno_of(os.getxattr, name, "security.capability") in ("ENOTSUP",
                                                                         "EOPNOTSUPP")
    assert not [value for value in found.values() if platform.secret in value]


def test_statfs_answers(emulator, mount):
    mounted = mount(emulator(scores()))
    for name in ("", NAME, FOLDER, worlds.path()):
        found = access.run(os.statvfs, mounted / name)
        assert found.f_namemax == 255 and found.f_flag & os.ST_RDONLY
        assert found.f_bsize > 0
    assert access.run(lambda: os.system(f"df '{mounted.path}' >/dev/null")) == 0


def test_inode_numbers_last_over_a_remount(emulator, mount):
    platform = emulator(os.path.join(SAMPLES, "world.json"))
    first, second = mount(platform), mount(platform)
    found = [{name: one["inode"] for name, one in access.run(access.tree, m.path).items()}
             for m in (first, second)]
    assert found[0] == found[1]
    assert len(set(found[0].values())) == len(found[0])


class Dirent(ctypes.Structure):
    _fields_ = [("inode", ctypes.c_uint64), ("offset", ctypes.c_int64),
                ("length", ctypes.c_ushort), ("kind", ctypes.c_ubyte),
                ("name", ctypes.c_char * 256)]


def reading_a_directory(path):
    """Reads some, waits, reads on, goes back to a place, and to the start."""
    libc = access.libc
    libc.opendir.restype = ctypes.c_void_p
    libc.readdir.restype = ctypes.POINTER(Dirent)
    libc.telldir.restype = ctypes.c_long

    def some(count=1 << 30):
        found = []
        while len(found) < count:
            entry = libc.readdir(stream)
            if not entry:
                break
            found.append(entry.contents.name.decode())
        return found
    stream = ctypes.c_void_p(libc.opendir(os.fsencode(path)))
    head = some(100)
    place = libc.telldir(stream)
    yield head
    rest = some()
    libc.seekdir(stream, ctypes.c_long(place))
    again = some()
    libc.rewinddir(stream)
    return head, rest, again, some()


def test_a_directory_being_read_is_not_disturbed(emulator, mount):
    many = 1500
    platform = emulator(world(dataset(
        1, {**batch(0), "key": "b{n:025d}", "repeat": many})))
    mounted = mount(platform, ttl=1)
    before = access.run(access.listing, mounted / NAME)
    assert access.run(access.listing, mounted / NAME) == before
    reader = access.start(reading_a_directory, mounted / NAME)
    reader.hear()
    platform.change([{"add_batch": {"dataset": dataset_id(1), "batch": batch(1)}},
                     {"set_batch": {"key": f"b{700:025d}", "fields": {"status": "inactive"}}}])
    until(lambda: batch_id(1) in names(mounted, NAME), 10, "the new batch")
    reader.go()
    head, rest, again, anew = reader.hear()
    old = {".", ".."} | {f"b{n:025d}" for n in range(many)}
    assert len(head + rest) == len(set(head + rest)) and set(head + rest) == old
    assert again == rest
    new = old - {f"b{700:025d}"} | {batch_id(1)}
    assert len(anew) == len(set(anew)) and set(anew) in (old, new)


# Change

def test_a_batch_appears(emulator, mount):
    platform = emulator(world(dataset(1, batch(1))))
    mounted = mount(platform, ttl=1)
    assert names(mounted, NAME) == [batch_id(1)]
    assert missing(mounted, f"{NAME}/{batch_id(2)}")
    platform.change({"add_batch": {"dataset": dataset_id(1), "batch": batch(2)}})
    until(lambda: names(mounted, NAME) == [batch_id(1), batch_id(2)], 10, "the batch")
    assert names(mounted, f"{NAME}/{batch_id(2)}") == ["part-00000.snappy.parquet"]


def test_a_dataset_appears(emulator, mount):
    platform = emulator(world(dataset(1)))
    mounted = mount(platform, ttl=1)
    assert names(mounted) == [NAME]
    assert missing(mounted, PREFIX + " B")
    platform.change({"add_dataset": dataset(2, batch(2), name=PREFIX + " B")})
    until(lambda: names(mounted) == [NAME, PREFIX + " B"], 10, "the dataset")
    assert names(mounted, PREFIX + " B") == [batch_id(2)]


def test_a_new_batch_resolves_at_once_by_its_id(emulator, mount):
    """A name that looks like an ID is asked for though the list is fresh."""
    platform = emulator(world(dataset(1, batch(1))))
    mounted = mount(platform, ttl=3600)
    assert names(mounted, NAME) == [batch_id(1)]
    platform.change({"add_batch": {"dataset": dataset_id(1), "batch": batch(2)}})
    assert names(mounted, f"{NAME}/{batch_id(2)}") == ["part-00000.snappy.parquet"]


def reading_on(path, first, length):
    handle = os.open(path, os.O_RDONLY)
    yield access.pread(handle, 0, first)
    return access.pread(handle, first, length - first)


def test_a_superseded_batch_leaves_but_an_open_file_stays(emulator, mount):
    size = 24 * MIB
    platform = emulator(world(dataset(1, batch(1, part("p", size, 7)), batch(2))))
    mounted = mount(platform, ttl=1, memory="8M")
    reader = access.start(reading_on, mounted / worlds.path("p"), 4096, size)
    head = reader.hear()
    platform.change({"set_batch": {"key": batch_id(1), "fields": {"status": "inactive"}}})
    until(lambda: names(mounted, NAME) == [batch_id(2)], 10, "the batch leaving")
    reader.go()
    assert head + reader.hear() == content.read(7, 0, size)


# Writing

def bound(path):
    socket.socket(socket.AF_UNIX).bind(path)


FILE = worlds.path()
WRITES = {
    "open-write": lambda m: os.open(m / FILE, os.O_WRONLY),
    "open-both": lambda m: os.open(m / FILE, os.O_RDWR),
    "open-append": lambda m: os.open(m / FILE, os.O_WRONLY | os.O_APPEND),
    "open-truncate": lambda m: os.open(m / FILE, os.O_RDONLY | os.O_TRUNC),
    "create": lambda m: os.open(m / FOLDER + "/new", os.O_WRONLY | os.O_CREAT, 0o644),
    "create-read": lambda m: os.open(m / NAME + "/new", os.O_RDONLY | os.O_CREAT, 0o644),
    "unnamed": lambda m: os.open(m / FOLDER, os.O_TMPFILE | os.O_RDWR, 0o600),
    "unlink": lambda m: os.unlink(m / FILE),
    "mkdir": lambda m: os.mkdir(m / "new"),
    "mkdir-below": lambda m: os.mkdir(m / FOLDER + "/new"),
    "rmdir": lambda m: os.rmdir(m / FOLDER),
    "link": lambda m: os.link(m / FILE, m / FOLDER + "/new"),
    "symlink": lambda m: os.symlink("x", m / FOLDER + "/new"),
    "rename": lambda m: os.rename(m / FILE, m / FOLDER + "/new"),
    "mkfifo": lambda m: os.mkfifo(m / FOLDER + "/new"),
    "mknod": lambda m: os.mknod(m / "new", 0o600 | stat.S_IFREG),
    "bind": lambda m: (os.chdir(m.path), bound("new")),
    "chmod": lambda m: os.chmod(m / FILE, 0o777),
    "chown": lambda m: os.chown(m / FILE, 1, 1),
    "lchown": lambda m: os.lchown(m / (NAME + "/latest"), 1, 1),
    "truncate": lambda m: os.truncate(m / FILE, 1),
    "utimes": lambda m: os.utime(m / FILE, (1, 1)),
    "setxattr": lambda m: os.setxattr(m / FILE, "user.x", b"1"),
    "removexattr": lambda m: os.removexattr(m / FILE, "user.caifs.file_id"),
}


def test_every_write_is_refused(emulator, mount):
    mounted = mount(emulator(scores()))
    before = access.run(access.tree, mounted.path)
    found = {name: access.errno_of(act, mounted) for name, act in WRITES.items()}
    assert found == {name: "EROFS" for name in WRITES}
    assert access.run(access.tree, mounted.path) == before
