"""Slack's own errors pass: the answer arrives when Slack works again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slack.stage import stage
from tests.slack.test_faults import FINAL, delivered, held, in_the_channel


@pytest.mark.parametrize("error", ["fatal_error", "internal_error"])
async def test_slacks_own_errors_pass(tmp_path: Path, error: str) -> None:
    async with stage(tmp_path) as s:
        await held(s)
        s.slack.faults.refuse("chat.update", error, **FINAL)
        in_the_channel(s, await delivered(s, 30.0))
