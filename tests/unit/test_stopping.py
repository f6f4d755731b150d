"""A stop in the middle of what somebody does: it comes to its end and is on record, and who comes later hears it in words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName, Form
from bot.core import Received
from bot.domain.requests import Person, Place, Submission
from bot.ledger.store import LedgerProblem
from bot.ledger.tables import cases
from bot.texts import text
from tests.world import BLOCK, Everybody, Platform, Service, World, bad, world


@dataclass
class Thinking(Everybody):
    """A platform that takes its time to say who moderates."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_moderator(self, person: str, community: str) -> bool:
        self.asked.set()
        await self.go.wait()
        return await super().is_moderator(person, community)


def submission(prompt: str = "a red bicycle") -> Submission:
    return Submission(Person("ana", "Ana"), Place("test", "home", "imagine"), prompt)


async def case_of(w: World) -> str:
    await w.answer(await w.imagine("something terrible"))
    return str((await w.bot.ledger.read(lambda c: c.execute(select(cases.c.id)).all()))[0].id)


async def test_a_claim_that_waits_for_the_platform_when_the_stop_comes_is_kept(tmp_path: Path) -> None:
    crew = Thinking()
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(moderators=crew)) as w:
        case = await case_of(w)
        claim = asyncio.create_task(w.press(ActionName.CASE_CLAIM, case, "mia"))
        await crew.asked.wait()
        stop = asyncio.create_task(w.bot.stop(10.0))
        await asyncio.sleep(0.2)
        assert not stop.done()
        crew.go.set()
        assert "is yours" in await claim
        await stop
    async with world(tmp_path) as w:
        row = (await w.bot.ledger.read(lambda c: c.execute(select(cases)).all()))[0]
        assert (row.state, row.holder) == ("claimed", "mia")


async def test_what_is_pressed_or_typed_after_the_stop_is_answered_in_words(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        case = await case_of(w)
        stored = await w.bot.core.receive("test:late", submission())
        assert isinstance(stored, Received)
        await w.bot.stop(0.0)
        for action, row in ((ActionName.CASE_CLAIM, case), (ActionName.SHOW, stored.request_id), (ActionName.AGAIN, stored.request_id)):
            assert await w.press(action, row, "mia") == text("reply.stopping")
        form = await w.form(ActionName.CASE_DENY, case, "mia")
        assert not isinstance(form, Form)
        assert form.text == text("reply.stopping")
        assert await w.bot.core.accept(stored.request_id) is None
        await w.bot.core.abandon(stored.request_id)
        with pytest.raises(LedgerProblem, match="stopping"):
            await w.bot.core.receive("test:later", submission("a blue bicycle"))
    async with world(tmp_path) as w:  # stored and acknowledged before: the next start draws it
        assert (await w.answer(stored.request_id)).pictures


async def test_a_press_whose_platform_never_answers_does_not_hold_the_stop_for_ever(tmp_path: Path) -> None:
    crew = Thinking()
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(moderators=crew)) as w:
        case = await case_of(w)
        claim = asyncio.create_task(w.press(ActionName.CASE_CLAIM, case, "mia"))
        await crew.asked.wait()
        async with asyncio.timeout(30):
            await w.bot.stop(0.3)
        claim.cancel()
