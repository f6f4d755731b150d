"""A Retry that worked is gone, and pressing it on an old message pays nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.views import ActionName
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed
from bot.texts import text
from tests.world import BAD_KEY, DOWN, Service, World, bad, good, world

A = ActionName


@pytest.fixture(autouse=True)
def _long_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """No press here counts as the second half of a double click."""
    monkeypatch.setattr("bot.requests.actions.DOUBLE_CLICK", 0.0)


def other(w: World, first: str) -> str:
    """The request that is not the first one."""
    found = (one.subject.partition(":") for one in w.chat.messages.values())
    return next(row for kind, _, row in found if kind == "request" and row != first)


TOO_BIG = Evidence(
    provider="openai",
    api="images.generations",
    status=400,
    body={"error": {"message": "Invalid size. Supported sizes: 1024x1024", "param": "size", "code": "invalid_value"}},
)


@pytest.mark.parametrize("failure", [bad(BAD_KEY), bad(DOWN, Billed.UNKNOWN)])
async def test_a_retry_that_worked_is_gone_and_refused_on_the_old_message(tmp_path: Path, failure: object) -> None:
    async with world(tmp_path, Service([failure]), max_attempts=1) as w:  # type: ignore[list-item]
        request = await w.imagine()
        await w.answer(request)
        assert await w.press(A.RETRY, request) == text("reply.started_retry")
        await w.until(lambda: any(one.pictures for one in w.chat.now.values()))
        await w.until(lambda: A.RETRY not in {one.action for one in w.chat.about(f"request:{request}").buttons})  # type: ignore[union-attr]
        assert "newer message" in await w.press(A.RETRY, request)
        assert len(w.service.calls) == 2


async def test_a_retry_that_failed_too_can_be_tried_again_and_the_first_message_knows_of_the_last(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY), bad(BAD_KEY), good()])) as w:
        first = await w.imagine()
        await w.answer(first)
        await w.press(A.RETRY, first)
        await w.until(lambda: len([one for one in w.chat.now.values() if one.title == "No picture this time"]) == 2)
        second = other(w, first)
        assert await w.press(A.RETRY, second) == text("reply.started_retry")
        await w.until(lambda: any(one.pictures for one in w.chat.now.values()))
        for old in (first, second):
            assert "newer message" in await w.press(A.RETRY, old)
        assert len(w.service.calls) == 3


@pytest.mark.parametrize(("size", "calls"), [("1536x1024", 1), ("7x7", 0)])
async def test_a_button_with_an_allowed_value_buys_once(tmp_path: Path, size: str, calls: int) -> None:
    async with world(tmp_path, Service([bad(TOO_BIG)] * calls)) as w:
        request = await w.imagine(size=size)
        await w.answer(request)
        assert await w.press(A.NEAREST, request) == text("reply.started_nearest")
        await w.until(lambda: any(one.pictures for one in w.chat.now.values()))
        assert "newer message" in await w.press(A.NEAREST, request)
        assert len(w.service.calls) == calls + 1


async def test_a_retried_picture_that_was_deleted_can_be_had_again(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY)])) as w:
        first = await w.imagine()
        await w.answer(first)
        await w.press(A.RETRY, first)
        await w.until(lambda: any(one.pictures for one in w.chat.now.values()))
        second = other(w, first)
        await w.press(A.DELETE, second)
        assert await w.press(A.RETRY, first) == text("reply.started_retry")
