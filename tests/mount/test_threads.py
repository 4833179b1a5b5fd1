"""docs/threading.md names every thread of a mount, and a mount has every one it names."""

import os
import re

import access
import worlds
from worlds import part, scores

DOCUMENT = os.path.join(os.path.dirname(worlds.TESTS), "docs", "threading.md")
ROW = re.compile(r"\| `([^`]+)` +\|")


def documented():
    """The names in the first column of the table of a mount's threads."""
    with open(DOCUMENT, encoding="utf-8") as handle:
        text = handle.read()
    table = text.partition("## Threads of a mount\n")[2].partition("\n## ")[0]
    names = ROW.findall(table)
    assert len(names) == len(set(names)) > 0, names
    return set(names)


def running(pid):
    """The names of its threads, as `ps -T` shows them."""
    names = set()
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as handle:
                names.add(handle.read().rstrip("\n"))
        except FileNotFoundError:       # one of libfuse's workers, which come and go
            pass
    return names


def test_threads_are_as_documented(emulator, mount, tmp_path):
    platform = emulator(scores(part("p", 300_000, 1)))
    token, script = tmp_path / "token", tmp_path / "give"
    token.write_text(platform.mint())
    script.write_text(f"#!/bin/sh\ncat {token}\n")
    script.chmod(0o700)
    mounted = mount(platform, env={"CAIFS_CLIENT_SECRET": None},
                    token_command=script, cache_dir=tmp_path / "cache")
    access.run(access.read, mounted / worlds.path("p"))
    # libfuse from 3.16 on has a name of its own for its workers.
    assert running(mounted.pid) - {"fuse_worker"} == documented()
