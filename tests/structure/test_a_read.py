"""docs/a-read.md says what the code does: see "How this page is held to the code" there.

    /usr/bin/python3 -m pytest -q tests/structure
"""

import os
import re

import pytest

import sources

DOCUMENT = sources.text("docs/a-read.md")
CALL = re.compile(r"`(\w+)\(\)`")
STEP = re.compile(r"`(\w+)\(\)`(?: as `(\.?)(\w+)`)?$")
THREAD = re.compile(r"`([\w-]+)`")


class Step:
    """One row: a function, how it is reached, what it calls next, and its thread."""

    def __init__(self, cells):
        self.number, file, function, then, thread = cells
        self.file = file.strip("`")
        found = STEP.match(function)
        assert found, f"step {self.number}: {function}"
        self.function, member, self.slot = found.groups()
        self.member = bool(member)          # of a struct; else what it was handed to
        self.then = CALL.findall(then)
        self.threads = THREAD.findall(thread)

    def __repr__(self):
        return f"{self.number} {self.file} {self.function}()"

    def body(self):
        return sources.functions(self.file).get(self.function, "")

    def folder(self):
        """The files beside this one: a callback may be set there."""
        here = os.path.dirname(self.file)
        return [file for file in sources.all_files() if os.path.dirname(file) == here]


def steps():
    return [Step(cells) for cells in sources.rows(DOCUMENT)
            if len(cells) == 5 and cells[0].rstrip("abcd").isdigit()]


def sides():
    """The rows of the table of callbacks."""
    return [cells for cells in sources.rows(DOCUMENT) if len(cells) == 4]


STEPS = steps()
NAMED = {name for step in STEPS for name in step.then}


def is_set(step):
    """A function is put in the member `.slot` of a struct, by name or by place, or
    is handed to the function (or as the option) `slot`."""
    named = re.compile(rf"\b{step.slot}(\.run)?\s*=\s*{step.function}\b")
    placed = re.compile(rf"=\s*\{{(?:[^{{}};]*,)?\s*{step.function}\s*[,}}]")
    handed = re.compile(rf"\b{step.slot}(\(|,)[^;]*\b{step.function}\b")
    wanted = (named, placed) if step.member else (handed,)
    return any(one.search(sources.text(file)) for one in wanted for file in step.folder())


def test_the_page_has_its_parts():
    assert len(STEPS) > 100
    assert len({step.number for step in STEPS}) == len(STEPS)


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_the_function_is_in_the_file(step):
    assert os.path.exists(sources.path(step.file))
    assert step.function in sources.functions(step.file)


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_it_calls_what_is_named_next(step):
    missing = [name for name in step.then if not re.search(rf"\b{name}\b", step.body())]
    assert not missing


@pytest.mark.parametrize("step", [step for step in STEPS if step.slot], ids=repr)
def test_the_callback_is_set(step):
    assert is_set(step)


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_some_step_leads_to_it(step):
    # What libcurl or a thread calls was handed over, as is_set() checks; the kernel's
    # requests arrive in operations of this name.
    begins = (step.slot and not step.member) or step.function == f"op_{step.slot}"
    assert begins or step.function in NAMED or step.slot in NAMED


def test_threads_are_those_of_threading_md():
    table = sources.text("docs/threading.md")
    assert all(step.threads for step in STEPS)
    unknown = {name for step in STEPS for name in step.threads
               if f"| `{name}` " not in table and name != "caifs-cache-N"}
    assert not unknown


def test_all_that_is_called_is_defined():
    assert [name for name in CALL.findall(DOCUMENT)
            if not sources.defines(name) and name not in NAMED] == []


@pytest.mark.parametrize("cells", sides(), ids=lambda cells: cells[0])
def test_both_sides_of_a_callback(cells):
    struct, header, callers, setters = cells
    name = struct.strip("`")
    assert re.search(rf"^struct {name} \{{", sources.text(header.strip("`")), re.M)
    members = re.search(rf"^struct {name} \{{\n(.*?)^\}};", sources.text(header.strip("`")),
                        re.M | re.S)[1]
    slots = re.findall(r"\(\*(\w+)\)", members)
    for file in re.findall(r"`([^`]+)`", callers):
        assert re.search(rf"(->|\.)({'|'.join(slots)})\(", sources.text(file)), file
    for file in re.findall(r"`([^`]+)`", setters):
        assert re.search(rf"\bstruct {name}\b|\.({'|'.join(slots)})\s*=", sources.text(file)), file
