"""Work on pictures in the background: one request after another, and what its end leaves in the log. A mutation run found it unguarded."""

from __future__ import annotations

import asyncio
from typing import Any

from structlog.testing import capture_logs

from bot.requests.picture_work import PictureWork


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def unexpected() -> list[dict[str, Any]]:
    """What callbacks of the loop raise from now on."""
    found: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: found.append(context))
    return found


async def test_one_request_after_another_and_each_once_at_a_time() -> None:
    began: list[str] = []
    go = asyncio.Event()

    async def one(request_id: str) -> None:
        began.append(request_id)
        await go.wait()

    work = PictureWork(one, "not_made")
    for request_id in ("a", "b", "a"):
        work.wake(request_id)
    await settled()
    assert began == ["a"]
    go.set()
    await settled()
    assert began == ["a", "b"]
    work.wake("a")
    await settled()
    assert began == ["a", "b", "a"]


async def test_only_what_failed_is_logged_and_it_can_be_woken_again() -> None:
    raised, began = unexpected(), []

    async def one(request_id: str) -> None:
        began.append(request_id)
        if request_id == "bad":
            raise OSError("disk")

    work = PictureWork(one, "not_made")
    with capture_logs() as logged:
        for request_id in ("bad", "good"):
            work.wake(request_id)
        await settled()
        work.wake("bad")
        await settled()
    failed = {"event": "not_made", "request": "bad", "error": "OSError", "log_level": "warning"}
    assert (began, logged, raised) == (["bad", "good", "bad"], [failed, failed], [])


async def test_stopping_waits_for_what_runs_and_says_nothing() -> None:
    raised, ended = unexpected(), []

    async def one(request_id: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(request_id)

    work = PictureWork(one, "not_made")
    with capture_logs() as logged:
        for request_id in ("a", "b"):
            work.wake(request_id)
        await settled()
        await work.stop()
    assert (ended, logged, raised) == (["a"], [], [])
