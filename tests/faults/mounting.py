"""The mounts and accesses of tests/mount, for use from here.

Its conftest has a name that this folder's has too, so it is loaded by its path.
"""

import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
ROOT = os.path.dirname(TESTS)
MOUNT = os.path.join(TESTS, "mount")
for folder in (TESTS, MOUNT):
    if folder not in sys.path:
        sys.path.insert(0, folder)

_spec = importlib.util.spec_from_file_location("mount_conftest",
                                               os.path.join(MOUNT, "conftest.py"))
fixtures = importlib.util.module_from_spec(_spec)
sys.modules["mount_conftest"] = fixtures
_spec.loader.exec_module(fixtures)

Mount = fixtures.Mount
until = fixtures.until
