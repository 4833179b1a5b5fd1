"""Every command in the pages for users runs here, or says that it does not; and answers what
stands there. See examples.py."""

import json
import os
import re
import subprocess
import threading
from urllib.parse import unquote

import pytest

import examples
from conftest import until
from worlds import SAMPLES, TESTS, samples

PAGES = examples.pages()
BLOCKS = [block for blocks in PAGES.values() for block in blocks]
SECTIONS = {" ".join(key): blocks for page in PAGES.values()
            for key, blocks in examples.sections(page).items()
            if any(block.is_run() for block in blocks)}
MOUNTS = re.compile(r"^(?:\$ )?caifs (?!doctor|status|wait|warm|export|-[^o])", re.MULTILINE)
CHURN = "659b5e28b92a6eecbfbe7245"
CHURN_NEWEST = samples()["datasets"][0]["batches"][2]
CONVERSION = samples()["datasets"][1]["batches"]
LIMIT = 120
# With pandas, pyarrow and polars: scripts/test makes it.
PYTHON = os.path.join(TESTS, "pandas/venv/bin/python3")

# Other mounts of this machine are out of sight, and what a block mounts and
# leaves goes with its namespace.
DRIVER = """
while read -r path; do
    [ "$path" = "$keep" ] || umount -l "$path"
done < <(awk '$3 == "fuse.caifs" {print $2}' /proc/self/mounts)
for script in "$@"; do
    bash -euo pipefail "$script" >"$script.out" || { echo "$script: $?" >&2; exit 1; }
done
"""


# What stands there

@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_run_or_says_why_not(block):
    assert block.kind in examples.COMMANDS + examples.OTHERS, "a block says what it is"
    by = re.fullmatch(r"run by (\S+)", block.mark)
    if by:
        assert os.access(os.path.join(examples.ROOT, by[1]), os.R_OK)
    elif block.mark:
        assert re.fullmatch(r"not run here: \S.*|file: \S+", block.mark)
    if block.is_run():
        assert block.script().strip()


@pytest.mark.parametrize("page", [page for page in PAGES if page.endswith(".md")])
def test_no_command_stands_outside_of_blocks(page):
    assert not examples.indented(page)


def test_there_are_examples():
    assert all(any(block.is_run() or block.mark.startswith("run by ") for block in blocks)
               for page, blocks in PAGES.items() if page != "docs/troubleshooting.md")
    assert len(SECTIONS) > 20


# What it does

class Home:
    """A home with the samples' platform in its configuration, and ~/scores."""

    def __init__(self, folder, tools, platform, run):
        self.folder, self.platform, self.run = folder, platform, run
        os.rmdir(run.path)
        run.path = str(folder / "scores")
        run.platforms.append(platform)
        run.secrets.append(platform.secret)
        for made in [folder / "scores", folder / ".config/caifs", folder / ".cache", folder / "bin",
                     tools]:
            made.mkdir(parents=True)
        config = folder / ".config/caifs/config.json"
        config.write_text(json.dumps({
            "endpoint": platform.endpoint, "ims_endpoint": platform.endpoint,
            "ims_org": platform.org, "client_id": platform.key,
            "client_secret": platform.secret, "ttl": 1, "log": run.files["log"]}))
        config.chmod(0o600)
        (tools / "caifs").symlink_to(run.program)
        (tools / "duckdb").symlink_to(os.path.join(TESTS, "duckdb/cli.py"))
        if os.access(PYTHON, os.X_OK):
            (tools / "python3").write_text(f'#!/bin/sh\nexec "{PYTHON}" "$@"\n')
            (tools / "python3").chmod(0o755)
        self.variables = {"HOME": str(folder), "XDG_CONFIG_HOME": None, "TZ": "UTC",
                          "LC_ALL": "C.UTF-8", "PATH": f"{tools}:{os.environ['PATH']}"}
        self.environment = run.environment(None, self.variables)

    def mount(self):
        assert self.run.begin(None, {}, self.variables, log=False) == 0, self.run.stderr()
        self.platform.clear()

    def place(self, block):
        """The file that a block is."""
        path = self.folder / block.file().removeprefix("~/")
        path.write_text(block.text)
        path.chmod(0o755)
        return path


@pytest.fixture
def home(emulator, runs, tmp_path):
    return Home(tmp_path / "home", tmp_path / "tools",
                emulator(os.path.join(SAMPLES, "world.json")), runs())


def a_batch_comes(platform):
    """Later, as if there were news: the samples' first one again."""
    until(lambda: platform.count("batches") >= 2, LIMIT, "a program that waits")
    spec = dict(samples()["datasets"][0]["batches"][0], key="01HNC000000000000000000000",
                id="01HNC000000000000000000000", created=1706500000000, completed=1706500600000,
                generation=2)
    for file in spec["files"]:
        for part in file["parts"]:
            part["file"] = os.path.join(SAMPLES, part["file"])
    platform.change({"add_batch": {"dataset": CHURN, "batch": spec}})


def look_for_readers(text):
    if "duckdb " in text and not os.path.isdir(os.path.join(TESTS, "duckdb/node_modules")):
        pytest.skip("npm ci was not run in tests/duckdb")
    if "python3 - " in text and not os.access(PYTHON, os.X_OK):
        pytest.skip("there is no tests/pandas/venv: scripts/test makes it")


def perform(home, blocks, tmp_path):
    """Runs them, one after the other; each must answer what stands there."""
    for block in blocks:
        if block.file():
            home.place(block)
    blocks = [block for block in blocks if block.is_run()]
    scripts = [tmp_path / f"block-{number}" for number in range(len(blocks))]
    for block, script in zip(blocks, scripts):
        script.write_text(block.script())
    text = "".join(block.script() for block in blocks)
    look_for_readers(text)
    if not MOUNTS.search(text):
        home.mount()
    news = threading.Thread(target=a_batch_comes, args=(home.platform,))
    if "caifs wait" in text and "--since" not in text:
        news.start()
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-uc", DRIVER, "bash", *scripts],
        env={**home.environment, "keep": home.run.path}, cwd=home.folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr
    if news.ident:
        news.join(LIMIT)
    for block, script in zip(blocks, scripts):
        said = script.with_suffix(".out").read_text()
        assert block.answered(said), f"{block}: {said}"


@pytest.mark.parametrize("name", SECTIONS)
def test_examples_do_what_they_say(home, tmp_path, name):
    perform(home, SECTIONS[name], tmp_path)


def test_batches_that_hive_columns_leave_out_are_not_read(home, tmp_path):
    (name,) = [one for one in SECTIONS if "across batches" in one]
    blocks = [block for block in SECTIONS[name] if "hive_partitioning" in block.text]
    perform(home, blocks, tmp_path)
    read = {unquote(one["query"]).removeprefix("path=") for one in home.platform.record("bytes")}
    for run, all_of_it in [(CONVERSION[0], False), (CHURN_NEWEST, True), (CONVERSION[1], True)]:
        parts = {part["path"] for file in run["files"] for part in file["parts"]}
        assert parts & read == (parts if all_of_it else set())


def test_a_copy_that_fails_leaves_nothing_behind(home, tmp_path):
    """The export, while the bytes of a part cannot be had; and again after that."""
    export_folder = home.folder / "export"
    export_folder.mkdir()
    (script,) = [block for block in BLOCKS if (block.file() or "").endswith("export-latest")]
    program = home.place(script)
    home.mount()

    def export():
        done = subprocess.run([program, f"{home.run.path}/{CHURN}", export_folder],
                              env=home.environment, capture_output=True, text=True,
                              timeout=LIMIT, check=False)
        return done.returncode, done.stdout, bool(done.stderr)

    home.platform.rules([{"match": {"op": "bytes", "query": "part-00002"}, "status": 403}])
    assert export() == (1, "", True)
    assert os.listdir(export_folder) == []
    home.platform.clear_rules()
    assert export() == (0, CHURN_NEWEST["key"] + "\n", False)
    assert export() == (0, "", False)
    original = os.path.join(SAMPLES, CHURN, CHURN_NEWEST["key"])
    copy = export_folder / CHURN_NEWEST["key"]
    assert sorted(os.listdir(copy)) == sorted(os.listdir(original))
    for name in os.listdir(original):
        with open(os.path.join(original, name), "rb") as handle:
            assert (copy / name).read_bytes() == handle.read()


def test_the_line_for_cron_calls_what_is_there():
    (line,) = [block.text.split(None, 5) for block in BLOCKS if block.kind == "crontab"]
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in line[:5])
    (script,) = [block.file() for block in BLOCKS if (block.file() or "").startswith("~/bin/")]
    assert script in line[5].split()
    # In a crontab '%' is the end of a line.
    assert "%" not in line[5]
