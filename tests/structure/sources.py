"""Where C functions are defined, and what stands in them. The sources are
clang-formatted: a definition begins at the start of a line and ends with the
next "}" there."""

import functools
import glob
import os
import re

import circles

ROOT = circles.ROOT
DEFINITION = re.compile(r"^[a-z](?:[^;{}()=]*[ *])?(\w+)\((?:[^;{}]*)\)\n\{\n.*?^\}", re.M | re.S)


def path(*parts):
    return os.path.join(ROOT, *parts)


@functools.lru_cache(maxsize=None)
def text(file):
    """A file's text; `file` is relative to the root."""
    with open(path(file), encoding="utf-8") as handle:
        return handle.read()


@functools.lru_cache(maxsize=None)
def functions(file):
    """What a C file defines: a function's name to its whole text."""
    return {found[1]: found[0] for found in DEFINITION.finditer(text(file))}


@functools.lru_cache(maxsize=None)
def all_files():
    """Every C file of the program."""
    return [os.path.relpath(one, ROOT)
            for pattern in ("fs/**/*.[ch]", "include/**/*.h")
            for one in glob.glob(path(pattern), recursive=True)]


def defines(name):
    """The files that define a function of that name."""
    return [file for file in all_files() if name in functions(file)]


def rows(markdown):
    """The cells of each row of the tables of a document, heads and rules left out."""
    lines = markdown.splitlines()
    for number, line in enumerate(lines):
        under = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("|") and not line.startswith("|-") and not under.startswith("|-"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
