"""Every row of the fault matrix: right bytes or the named errno, in time."""

import pytest

from matrix import ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_row(pool, row):
    outcome = pool.outcome(row)
    assert not outcome.wrong, "\n".join(outcome.wrong + ["", outcome.log])
