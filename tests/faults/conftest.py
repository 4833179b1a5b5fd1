"""The fault matrix on real mounts.

    CAIFS_BINARY=build/dev/caifs python3 -m pytest -q tests/faults

CAIFS_FAULT_JOBS says how many rows are played at once. The table of all rows is
written to build/faults.md.
"""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import mounting  # noqa: E402
import report  # noqa: E402
from mounting import fixtures  # noqa: E402
from pool import Pool  # noqa: E402

# All fixtures of tests/mount: they need one another.
globals().update({name: made for name, made in vars(fixtures).items()
                  if hasattr(made, "_pytestfixturefunction")
                  or type(made).__name__ == "FixtureFunctionDefinition"})
pytest_runtest_makereport = fixtures.pytest_runtest_makereport


def pytest_configure(config):
    fixtures.pytest_configure(config)


@pytest.fixture(scope="session")
def pool(request, caifs, tmp_path_factory):
    rows = [item.callspec.params["row"] for item in request.session.items
            if "row" in getattr(getattr(item, "callspec", None), "params", {})]
    made = Pool(caifs, tmp_path_factory.mktemp("rows"), rows)
    yield made
    made.close()
    report.write(os.path.join(mounting.ROOT, "build", "faults.md"), rows, made.found)


def pytest_terminal_summary(terminalreporter):
    if report.LINES:
        terminalreporter.write_line(report.LINES[-1])
