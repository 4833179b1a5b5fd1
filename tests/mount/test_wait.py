"""`caifs wait`: it returns when there is a newer batch, and asks little for it."""

import datetime
import json
import os
import re
import signal
import subprocess

import pytest

import access
from conftest import until
from worlds import NAME, batch, batch_id, dataset, dataset_id, world

PROGRAM = os.path.abspath(os.environ.get("CAIFS_BINARY", ""))
FIRST = 1706000000250       # when the first batch completed, in ms
SECOND = FIRST + 86400000
LIMIT = 60                  # seconds; nothing here is near it


def rfc3339(ms, form="%Y-%m-%dT%H:%M:%S.%fZ"):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime(form)


def finished(n, completed, **more):
    return batch(n, created=completed - 600000, completed=completed, **more)


def come(platform, n=2, completed=SECOND, **more):
    platform.change({"add_batch": {"dataset": dataset_id(1),
                                   "batch": finished(n, completed, **more)}})


@pytest.fixture
def ready(emulator, mount):
    """A dataset of one batch, mounted."""
    def begin(*batches, ttl=1, **more):
        platform = emulator(world(dataset(1, *(batches or [finished(1, FIRST)]))))
        mounted = mount(platform, ttl=ttl, **more)
        platform.clear()
        return platform, mounted
    return begin


@pytest.fixture
def waiting():
    """Begins `caifs wait`; whatever is left of it ends with the test."""
    begun = []

    def begin(*words, **more):
        begun.append(subprocess.Popen([PROGRAM, "wait", *words], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, **more))
        return begun[-1]
    yield begin
    for one in begun:
        one.kill()
        one.communicate()


def ended(process):
    """Its exit status, and what it said."""
    out, errors = process.communicate(timeout=LIMIT)
    return process.returncode, out, errors


def has_looked(platform, times=2):
    """The second look has begun: what the first one saw is settled."""
    until(lambda: platform.count("batches") >= times, LIMIT, "a look")


# A batch comes

@pytest.mark.parametrize("name", [NAME, dataset_id(1), NAME + "/"])
def test_it_names_the_batch_that_comes(ready, waiting, name):
    platform, mounted = ready()
    process = waiting(mounted / name)
    has_looked(platform)
    assert process.poll() is None
    come(platform)
    path = f"{(mounted / name).rstrip('/')}/{batch_id(2)}"
    assert ended(process) == (0, path + "\n", "")
    assert access.run(os.listdir, path)


def test_the_first_of_a_dataset_is_new(emulator, mount, waiting):
    platform = emulator(world(dataset(1)))
    mounted = mount(platform, ttl=1)
    platform.clear()
    process = waiting(mounted / NAME)
    has_looked(platform)
    come(platform, 1, FIRST)
    assert ended(process)[:2] == (0, f"{mounted / NAME}/{batch_id(1)}\n")


def test_one_that_has_failed_or_goes_is_not_new(ready, waiting):
    platform, mounted = ready(finished(1, FIRST), finished(2, SECOND))
    process = waiting(mounted / NAME, "--timeout=4s")
    has_looked(platform)
    come(platform, 3, SECOND + 1000, status="failed")
    platform.change({"remove_batch": batch_id(2)})
    status, out, errors = ended(process)
    assert (status, out) == (124, "") and "no newer batch within" in errors


def test_json_tells_what_the_next_call_wants(ready, waiting):
    _, mounted = ready(finished(1, FIRST), finished(2, SECOND))
    status, out, _ = ended(waiting("--json", "--since", "0", mounted / NAME))
    told = json.loads(out)
    assert status == 0 and out.count("\n") == 1
    assert told == {"path": f"{mounted / NAME}/{batch_id(2)}", "dataset_id": dataset_id(1),
                    "batch_id": batch_id(2), "completed": "2024-01-24T08:53:20.250Z"}
    for word in [told["completed"], told["path"], told["batch_id"]]:
        assert ended(waiting("--since", word, "--timeout", "0", mounted / NAME))[0] == 124


# Since

EARLIER = [
    "0", "1706000000", "1706000000.24", rfc3339(FIRST - 1), "2024-01-23T08:53:20Z",
    "2024-01-23T09:53:20+01:00", "2024-01-23 03:53:20.249-05:00", "2024-01-23t08:53:20z"]
NOT_EARLIER = [
    "1706000000.25", "1706000001", rfc3339(FIRST), "2024-01-23T09:53:20.25+01:00",
    batch_id(1), batch_id(1) + "/", f"elsewhere/{batch_id(1)}", "latest"]


@pytest.mark.parametrize("since", EARLIER)
def test_what_is_newer_already_is_told_at_once(ready, waiting, since):
    _, mounted = ready()
    process = waiting(f"--since={since}", mounted / NAME, "--timeout", "0")
    assert ended(process) == (0, f"{mounted / NAME}/{batch_id(1)}\n", "")


@pytest.mark.parametrize("since", NOT_EARLIER)
def test_what_is_not_newer_is_waited_for(ready, waiting, since):
    platform, mounted = ready()
    assert ended(waiting("--since", since, mounted / NAME, "--timeout", "0"))[0] == 124
    come(platform)
    process = waiting("--since", since if since != "latest" else batch_id(1),
                      mounted / NAME, "--timeout", "1m")
    assert ended(process)[:2] == (0, f"{mounted / NAME}/{batch_id(2)}\n")


def test_another_batch_of_the_same_moment_is_newer_than_a_batch(ready, waiting):
    platform, mounted = ready()
    process = waiting(mounted / NAME)
    has_looked(platform)
    platform.change({"add_batch": {"dataset": dataset_id(1), "batch": batch(
        2, created=FIRST - 1000, completed=FIRST)}})
    assert ended(process)[:2] == (0, f"{mounted / NAME}/{batch_id(2)}\n")


# Requests

def test_while_lists_are_fresh_nothing_is_asked(ready, waiting):
    platform, mounted = ready(ttl=3600)
    assert ended(waiting(mounted / NAME, "--timeout", "3"))[0] == 124
    # One for `latest`. What the dataset is called was asked for the mount.
    assert [one["op"] for one in platform.record()] == ["batches"]


def test_a_look_is_two_requests(ready, waiting):
    platform, mounted = ready(*[finished(n, FIRST + n * 1000) for n in range(1, 301)])
    process = waiting(mounted / NAME)
    has_looked(platform, 3)
    process.kill()
    ops = [one["op"] for one in platform.record()]
    # However many batches there are, one row of them; and is the dataset there?
    assert ops.count("datasets") <= ops.count("batches") + 1
    assert set(ops) <= {"datasets", "batches"}
    assert all("limit=1&" in one["query"] + "&" for one in platform.record("batches"))


# What goes wrong

def test_a_platform_that_is_away_is_waited_for(ready, waiting):
    platform, mounted = ready(timeout=2)
    process = waiting(mounted / NAME, "--timeout", "2m")
    has_looked(platform)
    platform.rules([{"match": {"op": "batches"}, "status": 500}])
    # A look makes four attempts of one request at the most.
    until(lambda: platform.rule_counters()[0]["fired"] > 8, LIMIT, "more than two looks")
    assert process.poll() is None
    platform.clear_rules()
    come(platform)
    status, out, errors = ended(process)
    assert (status, out) == (0, f"{mounted / NAME}/{batch_id(2)}\n")
    assert len(errors.splitlines()) == 1 and "still waiting" in errors


def test_what_cannot_be_looked_at_at_first_is_no_reference(ready, waiting):
    platform, mounted = ready()
    platform.rules([{"match": {"op": "batches"}, "status": 403}])
    status, out, errors = ended(waiting(mounted / NAME))
    assert (status, out) == (1, "") and "Permission denied" in errors


def test_it_does_not_hold_the_mount_and_sees_it_go(ready, waiting):
    platform, mounted = ready()
    process = waiting(mounted / NAME)
    has_looked(platform)
    until(lambda: mounted.unmount() == 0, LIMIT, "unmounting between two looks")
    status, out, errors = ended(process)
    assert (status, out) == (1, "") and "not a dataset" in errors


def test_a_mount_that_died_is_said(ready, waiting):
    platform, mounted = ready()
    process = waiting(mounted / NAME)
    has_looked(platform)
    mounted.signal(signal.SIGKILL)
    assert mounted.exit_status() == -signal.SIGKILL
    status, out, errors = ended(process)
    assert mounted.unmount() == 0
    mounted.pid = None
    assert (status, out) == (1, "") and "not a dataset" in errors


def test_a_dataset_that_goes_is_said(ready, waiting):
    platform, mounted = ready()
    process = waiting(mounted / NAME)
    has_looked(platform)
    platform.change({"remove_dataset": dataset_id(1)})
    status, out, errors = ended(process)
    assert (status, out) == (1, "") and "not a dataset" in errors


def test_it_can_be_ended(ready, waiting):
    platform, mounted = ready()
    process = waiting(mounted / NAME)
    has_looked(platform)
    process.send_signal(signal.SIGINT)
    assert ended(process)[0] == -signal.SIGINT


def test_where_nothing_is_asked_nothing_is_waited_for(emulator, mount, waiting, tmp_path):
    platform = emulator(world(dataset(1, finished(1, FIRST))))
    mounted = mount(platform, cache_dir=str(tmp_path / "cache"))
    assert access.run(os.listdir, mounted / NAME + "/latest")
    assert mounted.unmount() == 0
    mounted.exit_status()
    mounted = mount(platform, cache_dir=str(tmp_path / "cache"), offline=True)
    status, out, errors = ended(waiting(mounted / NAME))
    assert (status, out) == (1, "") and "is mounted offline" in errors


@pytest.mark.parametrize("name", ["", f"{NAME}/{batch_id(1)}", f"{NAME}/latest", "none",
                                  f"{NAME}/{batch_id(1)}/part-00000.snappy.parquet"])
def test_what_is_no_dataset_is_refused(ready, waiting, name):
    _, mounted = ready()
    for more in [[], ["--since", "0"], ["--since", batch_id(1)]]:
        status, out, errors = ended(waiting(mounted / name, *more))
        assert (status, out) == (1, "") and "not a dataset" in errors


def test_a_folder_that_is_no_mount_is_refused(waiting, tmp_path):
    status, _, errors = ended(waiting(str(tmp_path)))
    assert status == 1 and "not a dataset" in errors


def test_a_batch_that_is_not_there_is_named(ready, waiting):
    _, mounted = ready()
    status, _, errors = ended(waiting(mounted / NAME, "--since", batch_id(9)))
    assert status == 1 and batch_id(9) in errors and "give a time" in errors


@pytest.mark.parametrize("words", [
    [], ["--since"], ["--since", "", "x"], ["--since="], ["--timeout", "x", "y"], ["x", "y"],
    ["--timeout", "-1", "x"], ["--timeout", "1w", "x"], ["--timeout", "1hm", "x"],
    ["--timeout", "99999999999999999999", "x"], ["--timeout", "4000d", "x"], ["--loud", "x"],
    ["--sinceandbeyond", "0", "x"]])
def test_wrong_words_are_wrong_usage(waiting, words):
    status, out, errors = ended(waiting(*words))
    assert (status, out) == (2, "") and errors.startswith("caifs: wait: ")


@pytest.mark.parametrize("since", [
    "2024-02-31T00:00:00Z", "2024-01-23T", "2024-01-23T08:53:20", "2024-01-23T08:53:20Zz", "+1",
    "1706000000.2x", "2024-01-23T08:53:20.5.5Z"])
def test_what_is_no_time_is_taken_for_a_batch(ready, waiting, since):
    _, mounted = ready()
    status, _, errors = ended(waiting("--since", since, mounted / NAME))
    assert status == 1 and re.search("neither a time nor a batch", errors)


# A word that is no path

ONLY = """while read -r _ _ _ _ path _; do
    case " $* " in *" $path "*) ;; *) umount -l "$path" ;; esac
done < <(grep ' - fuse.caifs ' /proc/self/mountinfo)
shift "$count"
exec "$@"
"""


def alone_with(mounts, *words):
    """A command that sees these mounts of caifs and no other."""
    paths = [one.path for one in mounts]
    return subprocess.run(
        ["unshare", "--mount", "bash", "-c", ONLY, "bash", *paths, *words], cwd="/",
        env={**os.environ, "count": str(len(paths))}, capture_output=True, text=True,
        timeout=LIMIT, check=False)


@pytest.mark.parametrize("name", [NAME, dataset_id(1)])
def test_a_name_is_looked_for_in_the_mount_there_is(ready, name):
    _, mounted = ready()
    told = alone_with([mounted], PROGRAM, "wait", "--since", "0", name)
    assert (told.returncode, told.stdout) == (0, f"{mounted / name}/{batch_id(1)}\n")


def test_a_name_is_not_guessed(ready):
    _, mounted = ready()
    told = alone_with([], PROGRAM, "wait", "--since", "0", NAME)
    assert told.returncode == 1 and "caifs is not mounted" in told.stderr
    _, other = ready()
    told = alone_with([mounted, other], PROGRAM, "wait", "--since", "0", NAME)
    assert told.returncode == 1 and "several" in told.stderr
