#!/usr/bin/env python3
"""Finds circles of files inside a layer, as the linker sees them.

    tests/structure/circles.py [BUILD]      (build/dev by default)

In each library libcaifs_*.a below BUILD, a file depends on those that define
the symbols it leaves undefined. Files that depend on each other, directly or
through others, are a circle: none of them can be tested or understood without
the rest. Prints each circle, and the symbols that make it. Only what nm shows
counts: a call through a pointer is not a dependency, nor is a header.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MEMBER = re.compile(r".*\[(.+)\]:$")
LIBRARY = re.compile(r"libcaifs_(.+)\.a")
UNDEFINED = "Uwv"


class Library:
    """The files of one static library, and what each needs of which other."""

    def __init__(self, archive):
        self.name = re.fullmatch(r"lib(?:caifs_)?(.+)\.a", os.path.basename(archive))[1]
        defined, wanted = {}, {}
        for member, symbol, kind in symbols(archive):
            if kind in UNDEFINED:
                wanted.setdefault(member, set()).add(symbol)
            else:
                defined[symbol] = member
        self.edges = {}     # (file, the file it needs): symbols
        for member, names in wanted.items():
            for name in names:
                owner = defined.get(name, member)
                if owner != member:
                    self.edges.setdefault((member, owner), set()).add(name)

    def circles(self):
        """Sorted tuples of files: each reaches each other one."""
        needs = {}
        for one, other in self.edges:
            needs.setdefault(one, set()).add(other)
        reached = {file: reach(needs, file) for file in needs}
        found = {tuple(sorted(other for other in reached[file]
                              if file in reached.get(other, ())))
                 for file in needs if file in reached[file]}
        return sorted(found)

    def edges_within(self, circle):
        return {edge: names for edge, names in sorted(self.edges.items())
                if edge[0] in circle and edge[1] in circle}


def reach(needs, start):
    """All files that `start` needs; itself only if it is in a circle."""
    seen, left = set(), list(needs[start])
    while left:
        file = left.pop()
        if file not in seen:
            seen.add(file)
            left += needs.get(file, ())
    return seen


def symbols(archive):
    """(file, symbol, kind) of each external symbol, undefined ones included."""
    listing = subprocess.run(["nm", "--extern-only", "--format=posix", archive],
                             check=True, capture_output=True, text=True).stdout
    member, seen = None, set()
    for line in listing.splitlines():
        head = MEMBER.match(line)
        if head:
            member = re.sub(r"\.o(bj)?$", "", head[1])
            if member in seen:
                raise ValueError(f"{archive}: two files named {member}")
            seen.add(member)
        elif line:
            symbol, kind = line.split()[:2]
            yield member, symbol, kind


def libraries(build):
    """Each library of a build; ValueError when there is none, or one twice."""
    archives = sorted(os.path.join(folder, file)
                      for folder, _, files in os.walk(build) for file in files
                      if LIBRARY.fullmatch(file))
    found = [Library(archive) for archive in archives]
    if not found:
        raise ValueError(f"{build}: no libcaifs_*.a; build it first")
    if len({one.name for one in found}) < len(found):
        raise ValueError(f"{build}: one library in two places; name one build")
    return found


def report(library, circle):
    """The circle, and a line for each of its files that needs another."""
    lines = [f"{library.name}: {' '.join(circle)}"]
    lines += [f"    {one} -> {other}: {' '.join(sorted(names))}"
              for (one, other), names in library.edges_within(circle).items()]
    return "\n".join(lines)


def main(build=os.path.join(ROOT, "build/dev")):
    for library in libraries(build):
        for circle in library.circles():
            print(report(library, circle))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except ValueError as error:
        sys.exit(f"circles: {error}")
