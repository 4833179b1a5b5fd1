"""No layer has a circle of files that is not on the list below.

    CAIFS_BUILD=build/asan /usr/bin/python3 -m pytest -q tests/structure
"""

import os
import subprocess

import pytest

import circles

BUILD = os.path.join(circles.ROOT, os.environ.get("CAIFS_BUILD", "build/dev"))

# By library and files; the value is why the circle stands.
ALLOWED = {}


@pytest.fixture(scope="module")
def found():
    """What makes each circle of the build, by library and files."""
    return {(library.name, " ".join(circle)): circles.report(library, circle)
            for library in circles.libraries(BUILD) for circle in library.circles()}


def test_no_circle_but_those_allowed(found):
    new = [text for circle, text in found.items() if circle not in ALLOWED]
    assert not new, "\n".join(new)


def test_each_circle_allowed_is_there(found):
    gone = set(ALLOWED) - set(found)
    assert not gone, "take it off the list"


def archive(folder, files):
    """libcaifs_planted.a of these sources: a file's name to its text."""
    for name, text in files.items():
        (folder / name).write_text(text)
        subprocess.run(["cc", "-c", name, "-o", f"{name}.o"], cwd=folder, check=True)
    subprocess.run(["ar", "rc", "libcaifs_planted.a", *(f"{name}.o" for name in files)],
                   cwd=folder, check=True)


PLANTED = {
    "top.c": "int one(void); int top(void) { return one(); }",
    "one.c": "int two(void); int one(void) { return two(); } int base = 1;",
    "two.c": "extern int base; int bottom(void); int two(void) { return base + bottom(); }",
    "bottom.c": "int bottom(void) { return 0; }",
}


def test_a_planted_circle_is_found(tmp_path):
    archive(tmp_path, PLANTED)
    library, = circles.libraries(tmp_path)
    assert library.circles() == [("one.c", "two.c")]
    assert library.edges_within(("one.c", "two.c")) == {
        ("one.c", "two.c"): {"two"}, ("two.c", "one.c"): {"base"}}


def test_a_circle_of_three_is_one(tmp_path):
    archive(tmp_path, PLANTED | {"bottom.c": "int one(void); int bottom(void) { return one(); }"})
    library, = circles.libraries(tmp_path)
    assert library.circles() == [("bottom.c", "one.c", "two.c")]


def test_what_only_goes_down_is_no_circle(tmp_path):
    archive(tmp_path, PLANTED | {"two.c": "int two(void) { static int base; return base; }"})
    library, = circles.libraries(tmp_path)
    assert library.circles() == []


def test_a_build_without_libraries_is_no_answer(tmp_path):
    with pytest.raises(ValueError, match="build it first"):
        circles.libraries(tmp_path)


def test_files_of_one_name_are_no_answer(tmp_path):
    archive(tmp_path, PLANTED)
    subprocess.run(["ar", "q", "libcaifs_planted.a", "top.c.o"], cwd=tmp_path, check=True)
    with pytest.raises(ValueError, match="two files named top.c"):
        circles.libraries(tmp_path)
