"""A crowd in one channel, over a stand-in that enforces Slack's rates: everybody is answered once, and Slack has to refuse nothing."""

from __future__ import annotations

import pytest

from tests.slack.load import run

pytestmark = pytest.mark.slow


async def test_a_burst_is_answered_once_each_below_slacks_rates() -> None:
    found = await run(12, 1, 0.5)
    assert found.finals == [1] * 12
    assert found.refused == {}
    assert found.slack.violations == []
    assert found.waits[-1] < 40.0
    assert max(found.acks) < 1.0
