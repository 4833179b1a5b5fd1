"""Every row of the fault matrix: right bytes or the named errno, in time."""

import pytest

import report
from matrix import ROWS
from scene import Scene


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_row(caifs, tmp_path, row, record_property):
    outcome = Scene(row, caifs, tmp_path).play()
    record_property("fault", report.row(
        row.condition.words, row.way,
        f"{' or '.join(sorted(row.expected))}, ≤ {row.condition.bound:g} s",
        outcome.seen, outcome.seconds, outcome.wrong, outcome.died))
    assert not outcome.wrong, "\n".join(outcome.wrong + ["", outcome.log])
