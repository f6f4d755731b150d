"""Corners of the main job that were found by reading: each is a history that once ended badly."""

from __future__ import annotations

from pathlib import Path

from bot.domain.outcome import Billed, Outcome, Pending

from .world import DOWN, Service, bad, world


async def test_a_task_that_fails_at_the_provider_is_answered_and_not_submitted_again(tmp_path: Path) -> None:
    task = Outcome(pending=Pending("task-1", poll_after=0.05), billed=Billed.UNKNOWN, status=202)
    async with world(tmp_path, Service([task, *[bad(DOWN, Billed.UNKNOWN)] * 5])) as w:
        request = await w.imagine()
        view = await w.answer(request)
        assert view.title == "No picture this time"
        assert len(w.service.calls) == 1
