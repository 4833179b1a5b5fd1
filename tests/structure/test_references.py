"""What the documents name is there, and the layers are as docs/architecture.md has them."""

import glob
import os
import re

import pytest

import sources

DOCUMENTS = sorted(os.path.relpath(one, sources.ROOT)
                   for pattern in ("docs/*.md", "*.md", "tests/emulator/README.md")
                   for one in glob.glob(sources.path(pattern)))
# Of the repository, not of a directory that happens to end so. NAME and MODULE in one
# stand for anything.
PATH = re.compile(r"(?<![\w./~-])(?:fs|include|tests|scripts|cmake)/[\w./*-]*[\w*/]")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
FILE = re.compile(r"`([a-z_0-9]+\.[ch])`")
CALL = re.compile(r"`(\w+)\(\)`")
BREAK = re.compile(r"\bbreak (\w+)")
# In these, what is written as a call is a function of the program.
FOR_DEVELOPERS = ("docs/architecture.md", "docs/threading.md", "docs/a-read.md")
# The system's and libraries' functions.
FOREIGN = re.compile(r"fork$|fuse_reply_|curl_multi_")
LAYER = re.compile(r"^caifs_(cli_)?layer\((\w+)\n([^)]*)\)", re.M)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_path_is_there(document):
    text = sources.text(document)
    missing = {path for path in PATH.findall(text)
               if not glob.glob(sources.path(re.sub("NAME|MODULE", "*", path)))}
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_file_without_a_path_is_there(document):
    assert not set(FILE.findall(sources.text(document))) - known_names()


def known_names():
    return {os.path.basename(file) for file in sources.all_files()}


@pytest.mark.parametrize("folder", sorted({os.path.dirname(one) for one in sources.all_files()}))
def test_each_file_that_a_comment_names_is_there(folder):
    named = {name for file in sources.all_files() if os.path.dirname(file) == folder
             for comment in COMMENT.findall(sources.text(file))
             for name in re.findall(r"\b([a-z_0-9]+\.[ch])\b", comment)}
    assert not named - known_names() - {"uthash.h"}     # a library's


@pytest.mark.parametrize("document", FOR_DEVELOPERS)
def test_each_function_is_there(document):
    missing = {name for name in CALL.findall(sources.text(document))
               if not sources.defines(name) and not FOREIGN.match(name)
               and not re.search(rf"\(\*{name}\)", headers())}
    assert not missing


def test_each_breakpoint_is_a_function():
    named = BREAK.findall(sources.text("docs/debugging.md"))
    assert named and not [name for name in named if not sources.defines(name)]


def headers():
    """All headers: where members are declared that point to functions."""
    return "".join(sources.text(file) for file in sources.all_files() if file.endswith(".h"))


def place(layer):
    """Where a layer of the build is; the gateway's writing calls are one of one file."""
    if layer == "gateway_write":
        return "fs/gateway/gateway_write.c"
    return "fs/" + re.sub("^cli_", "cli/", layer)


def built():
    """Each layer's place, and those of the layers that it may use, as CMake has them."""
    found = {}
    for file in glob.glob(sources.path("fs/**/CMakeLists.txt"), recursive=True):
        for cli, name, words in LAYER.findall(sources.text(os.path.relpath(file, sources.ROOT))):
            uses = re.search(r"\bUSES\b([^A-Z]*)", words)
            found[place(("cli_" if cli else "") + name)] = {
                place(one) for one in (uses[1].split() if uses else [])}
    return found


def written():
    """The same, as the table of layers has them."""
    table = sources.text("docs/architecture.md").partition("## Layers\n")[2].partition("\n## ")[0]
    return {folder.strip("`"): {"fs/" + one for one in re.findall(r"`([^`]+)`", uses)}
            for folder, _, _, uses in sources.rows(table)}


def test_the_layers_are_as_written():
    assert written() == built()


def test_each_folder_has_a_layer():
    folders = {os.path.dirname(file) for file in sources.all_files() if file.startswith("fs/")}
    assert folders - {"fs/cli"} == {one for one in built() if not one.endswith(".c")}
