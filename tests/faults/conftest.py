"""Every fault on purpose, on real mounts.

    CAIFS_BINARY=build/dev/caifs python3 -m pytest -q -n 6 tests/faults

matrix.py holds the conditions, scene.py plays one of them by one way in. The
table of all that was played is written to build/faults.md.
"""

import os
import sys


sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import mounting  # noqa: E402
import report  # noqa: E402
from mounting import fixtures  # noqa: E402

# All fixtures of tests/mount: they need one another.
globals().update({name: made for name, made in vars(fixtures).items()
                  if hasattr(made, "_pytestfixturefunction")
                  or type(made).__name__ == "FixtureFunctionDefinition"})
pytest_runtest_makereport = fixtures.pytest_runtest_makereport
PLAYED = []


def pytest_configure(config):
    fixtures.pytest_configure(config)


def pytest_runtest_logreport(report):
    # In the process that writes, this is called for the tests of all processes.
    if report.when == "call":
        PLAYED.extend(value for name, value in report.user_properties if name == "fault")


def pytest_terminal_summary(terminalreporter):
    if PLAYED:
        rows = report.write(os.path.join(mounting.ROOT, "build", "faults.md"), PLAYED,
                            terminalreporter.config.option.lf)
        for line in report.summary(rows):
            terminalreporter.write_line(line)
