"""How a mount says that it is: `.caifs`, and the command that reads it."""

import json
import os
import re
import subprocess

import access
import worlds
from conftest import until
from worlds import FOLDER, MIB, SECRET, part, scores

PART = worlds.path("p")


def ready(emulator, mount):
    platform = emulator(scores(part("p", 3 * MIB, 1)))
    mounted = mount(platform)
    assert len(access.run(access.read, mounted / PART)) == 3 * MIB
    return platform, mounted


def status_of(mounted):
    return json.loads(access.run(access.read, mounted / ".caifs/status.json", 0, MIB))


def command(mounted, *words):
    program = os.environ["CAIFS_BINARY"]
    return subprocess.run(["timeout", "20", program, "status", *words, mounted.path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_can_be_opened_and_is_not_listed(emulator, mount):
    _, mounted = ready(emulator, mount)
    assert ".caifs" not in access.run(os.listdir, mounted.path)
    assert sorted(access.run(os.listdir, mounted / ".caifs")) == ["metrics", "status.json"]
    assert access.run(access.errno_of, os.stat, mounted / ".caifs/other") == "ENOENT"
    assert access.run(access.errno_of, os.open, mounted / ".caifs/metrics",
                      os.O_WRONLY) == "EROFS"


def test_it_counts_what_the_platform_counted(emulator, mount):
    platform, mounted = ready(emulator, mount)
    status = status_of(mounted)
    record = platform.record()
    assert status["platform"]["requests"] == sum(one["op"] != "token" for one in record)
    assert status["ranges"]["requests"] == sum(one["op"] == "bytes" for one in record)
    assert status["token"]["requests"] == sum(one["op"] == "token" for one in record)
    assert status["platform"]["received_bytes"] >= 3 * MIB
    assert status["platform"]["reachable"] == 1
    assert 0 < status["token"]["expires_in_seconds"] <= 86400
    assert status["reads"]["total"] > 0
    assert 3 * MIB <= status["memory"]["used_bytes"] <= status["memory"]["total_bytes"]


def test_the_first_byte_is_told_from_connecting(emulator, mount):
    """Over a connection that is there already, too."""
    platform, mounted = ready(emulator, mount)
    platform.rules([{"match": {"op": "batches"}, "delay_ms": 1000}])
    assert access.run(access.errno_of, os.stat, mounted / f"{worlds.NAME}/latest") is None
    listings = status_of(mounted)["listings"]
    assert listings["first_byte_seconds"] >= 0.95
    # Name, TCP and TLS took less than that.
    assert listings["connect_seconds"] < 0.95


def test_it_says_what_failed_last_and_no_secret(emulator, mount):
    platform, mounted = ready(emulator, mount)
    platform.rules([{"match": {"op": "batches"}, "status": 403,
                     "json": '{"error_code":"403003","message":"Api Key is invalid"}'}])
    assert access.run(access.errno_of, os.stat,
                      mounted / f"{worlds.dataset_id(1)}/{worlds.batch_id(9)}") is not None
    said = access.run(access.read, mounted / ".caifs/status.json", 0, MIB).decode()
    assert SECRET not in said and "Bearer" not in said
    assert json.loads(said)["about"]["sandbox"] == "prod"


def test_metrics_are_what_prometheus_reads(emulator, mount):
    _, mounted = ready(emulator, mount)
    text = access.run(access.read, mounted / ".caifs/metrics", 0, MIB).decode()
    kinds, helped, values = {}, set(), {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped.add(line.split()[2])
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            kinds[name] = kind
        else:
            found = re.fullmatch(r"(caifs_[a-z_]+) (-?[0-9.e+]+)", line)
            assert found, line
            values[found[1]] = float(found[2])
    assert set(values) == set(kinds) == helped
    for name, kind in kinds.items():
        assert kind in ("counter", "gauge")
        assert name.endswith("_total") == (kind == "counter")
    assert values["caifs_platform_received_bytes_total"] >= 3 * MIB


def test_each_opening_is_of_its_own_moment(emulator, mount):
    _, mounted = ready(emulator, mount)

    def twice(path, part_path):
        with open(path, encoding="utf-8") as handle:
            first = handle.read(100)
            with open(part_path, "rb") as other:
                other.read()
            whole = first + handle.read()
        return whole
    json.loads(access.run(twice, mounted / ".caifs/status.json", mounted / PART))


def test_the_command_prints_a_table_or_json(emulator, mount):
    _, mounted = ready(emulator, mount)
    told = command(mounted)
    assert told.returncode == 0, told.stderr
    for word in [mounted.path, "platform", "sandbox prod", "ranges", "memory", "token ends"]:
        assert word in told.stdout
    assert re.search(r"^  received {4}\d\.\d MiB(, [\d.]+ [KMG]iB/s per connection)?$", told.stdout,
                     re.MULTILINE), told.stdout
    told = command(mounted, "--json")
    assert told.returncode == 0 and json.loads(told.stdout)["reads"]["total"] > 0


def test_a_cache_is_in_the_table_and_the_metrics(emulator, mount, tmp_path):
    platform = emulator(scores(part("p", 3 * MIB, 1)))
    cache = str(tmp_path / "cache")
    for round in range(2):
        mounted = mount(platform, cache_dir=cache, cache_size="1G")
        access.run(access.read, mounted / PART)
        until(lambda: status_of(mounted)["cache"].get("held_bytes", 0) >= 3 * MIB, 10, "its size")
        told = command(mounted)
        assert re.search(r"cache +3\.\d MiB of 1\.0 GiB; "
                         + ("0", "100")[round] + r" % of pages read from it, 0 files evicted, "
                         r"0 damaged\n", told.stdout), told.stdout
        text = access.run(access.read, mounted / ".caifs/metrics", 0, MIB).decode()
        for name in ("held_bytes", "limit_bytes", "hit_pages_total", "missed_pages_total",
                     "evicted_files_total", "damaged_total", "write_errors_total"):
            assert f"\ncaifs_cache_{name} " in text
        assert mounted.unmount() == 0 and mounted.exit_status() == 0


def test_the_command_finds_the_mounts_there_are(emulator, mount):
    _, mounted = ready(emulator, mount)
    told = subprocess.run(["timeout", "20", os.environ["CAIFS_BINARY"], "status"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert mounted.path in told.stdout


def test_the_command_says_what_is_no_mount(tmp_path):
    program = os.environ["CAIFS_BINARY"]
    told = subprocess.run([program, "status", str(tmp_path)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    assert told.returncode == 1 and "not a mountpoint of caifs" in told.stderr
    told = subprocess.run([program, "status", "--what"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    assert told.returncode == 2 and "usage" in told.stderr


def test_opening_all_of_it_leaks_nothing(emulator, mount):
    _, mounted = ready(emulator, mount)

    def many(path):
        for _ in range(300):
            with open(path, "rb") as handle:
                handle.read()
    access.run(many, mounted / ".caifs/status.json")
    assert access.run(os.listdir, mounted / FOLDER) == ["p"]
