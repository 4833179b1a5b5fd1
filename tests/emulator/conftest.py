"""An emulator for each module, of the module's WORLD, as it was at its start before
each test."""

import pytest

from .control import Emulator
from .probe import Probe


@pytest.fixture(scope="module")
def running(request):
    with Emulator(request.module.WORLD) as one:
        yield one


@pytest.fixture
def platform(running):
    running.reset()
    return running


@pytest.fixture
def probe(platform):
    return Probe(platform)
