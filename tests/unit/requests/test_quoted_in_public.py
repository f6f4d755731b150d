"""A channel never reads a prompt that may hold private data before its member was asked, however the request ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.chat.views import ActionName, View
from bot.domain.attachments import NotFetched
from bot.domain.request_states import RequestState
from bot.requests.questions import ask_about
from tests.unit.requests.test_attachments import Source, Stage, stage
from tests.world import BLOCK, Service, bad

PRIVATE = "a birthday card for anna.smith@example.org"
PLAIN = "a birthday card with balloons"


async def started(s: Stage, prompt: str, *names: str) -> str:
    """/imagine without waiting for what is attached."""
    task = asyncio.ensure_future(s.ask(*names, prompt=prompt))
    await s.world.until(lambda: s.source.fetched)
    del task
    return (await s.world.bot.ledger.read(lambda c: c.exec_driver_sql("SELECT id FROM requests").scalars().all()))[-1]


def shown(s: Stage, request: str) -> list[View]:
    """What stood in the channel about a request."""
    chat = s.world.chat
    return [view for message, view in chat.all if chat.messages[message].subject == f"request:{request}"]


@pytest.mark.parametrize("prompt", [PRIVATE, PLAIN])
async def test_nothing_is_quoted_while_attachments_are_fetched_and_a_cancel_tells_nothing(tmp_path: Path, prompt: str) -> None:
    source = Source(hold=asyncio.Event())
    async with stage(tmp_path, source, lint=ask_about) as s:
        request = await started(s, prompt, "photo")
        assert "Looking at what you attached" in (await s.view(request)).title
        await s.world.press(ActionName.CANCEL, request)
        await s.world.until(lambda: "Cancelled" in (s.world.chat.about(f"request:{request}") or View()).title)
        assert source.hold is not None
        source.hold.set()
        assert [view.quote for view in shown(s, request)][-1] == ("" if prompt == PRIVATE else PLAIN)
        assert not any(view.quote for view in shown(s, request)[:-1])


async def test_a_picture_that_is_refused_does_not_quote_it(tmp_path: Path) -> None:
    async with stage(tmp_path, Source(files={"photo": NotFetched("gone")}), lint=ask_about) as s:
        for prompt, quote in ((PRIVATE, ""), (PLAIN, PLAIN)):
            request = await s.ask("photo", prompt=prompt)
            assert request.state is RequestState.REFUSED
            assert (await s.world.answer(request.id)).quote == quote


async def test_a_remembered_block_and_a_held_edit_do_not_quote_it(tmp_path: Path) -> None:
    async with stage(tmp_path, service=Service([bad(BLOCK)]), lint=ask_about) as s:
        first = await s.world.imagine(PRIVATE)
        await s.world.press(ActionName.SEND_ANYWAY, first)
        await s.world.answer(first)
        remembered = await s.world.row(await s.world.imagine(PRIVATE, person="ben"))
        assert remembered.refusal is not None
        assert remembered.refusal.reason == "blocked_before"
        assert (await s.world.answer(remembered.id)).quote == ""
        held = await s.ask("photo", prompt=f"undress {PRIVATE}")
        assert held.refusal is not None
        assert held.refusal.reason == "held_for_moderator"
        assert (await s.world.answer(held.id)).quote == ""
