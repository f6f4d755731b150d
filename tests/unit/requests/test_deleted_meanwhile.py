"""A member has everything deleted while something of theirs is still under way: what is drawn keeps its words until it is over, the books
are right, and what comes back later brings no deleted word with it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from bot.chat.views import ActionName
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome
from bot.ledger.tables import attempts, cases, requests
from bot.moderation.retention import PRIVACY_ROW
from bot.providers.port import Call, OnPartial
from tests.world import BLOCK, DOWN, PICTURE, Service, World, bad, good, world

OFFERED = "a dragon and a knight have tea"


async def delete_everything(w: World) -> None:
    await w.press(ActionName.PRIVACY_DELETE, PRIVACY_ROW, values={"sure": "true"})


async def accept_an_offer(w: World, service: Service) -> None:
    """A blocked prompt, another wording by a moderator, the member's yes; the service is thinking about it now."""
    await w.answer(await w.imagine("a dragon fights a knight"))
    case = (await w.bot.ledger.read(lambda c: c.execute(select(cases)).all()))[0].id
    await w.press(ActionName.CASE_CLAIM, case, "mia")
    await w.press(ActionName.CASE_REWRITE, case, "mia", {"prompt": OFFERED})
    offer = (await w.bot.ledger.read(lambda c: c.execute(select(cases)).all()))[0].asked
    service.hold = asyncio.Event()
    await w.press(ActionName.REWRITE_ACCEPT, offer)
    await w.until(lambda: len(service.calls) == 2)


async def test_an_accepted_wording_is_sent_as_it_was_accepted_also_at_the_second_try(tmp_path: Path) -> None:
    service = Service([bad(BLOCK), bad(DOWN, Billed.UNKNOWN), good()])
    async with world(tmp_path, service) as w:
        await accept_an_offer(w, service)
        await delete_everything(w)
        assert service.hold is not None
        service.hold.set()
        await w.until(lambda: len(service.calls) == 3)
        assert [call.prompt for call in service.calls[1:]] == [OFFERED, OFFERED]
        sent = next(one for one in await w.bot.ledger.read(lambda c: c.execute(select(requests)).all()) if one.origin == "rewrite")
        assert (await w.answer(sent.id)).pictures
        await w.bot.ledger.write(w.bot.moderation.sweep)
        case = (await w.bot.ledger.read(lambda c: c.execute(select(cases)).all()))[0]
        assert case.texts_removed


async def test_a_picture_costs_what_its_prompt_made_it_cost_although_the_words_are_gone(tmp_path: Path) -> None:
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        request = await w.imagine("a long prompt " * 50, count=2)
        await w.until(lambda: service.calls)
        service.script.append(Outcome(pictures=(PICTURE,), billed=Billed.YES, status=200))
        await w.bot.ledger.write(lambda tx: tx.connection.execute(requests.update().values(prompt="")))
        assert service.hold is not None
        service.hold.set()
        await w.answer(request)
        row = (await w.bot.ledger.read(lambda c: c.execute(select(attempts)).all()))[0]
        assert row.cost == row.reserved / 2


class Stubborn(Service):
    """Its answer is on its way already when the exchange is broken off."""

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        try:
            return await super().call(call, on_partial)
        except asyncio.CancelledError:
            assert self.hold is not None
            await self.hold.wait()
            return self.script.pop(0)


async def test_what_a_service_repeats_after_the_deletion_is_not_kept(tmp_path: Path) -> None:
    echo = Evidence(provider="openai", api="images.generations", status=400, body={"error": {"message": "no secret unicorn here"}})
    service = Stubborn([bad(echo)], hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        request = await w.imagine("a secret unicorn")
        await w.until(lambda: service.calls)
        await w.press(ActionName.CANCEL, request)
        await delete_everything(w)
        assert service.hold is not None
        service.hold.set()
        rows: list[Row[Any]] = []
        while not rows or rows[0].closed_at is None:
            rows = list(await w.bot.ledger.read(lambda c: c.execute(select(attempts)).all()))
        assert rows[0].status == 400
        assert "unicorn" not in str(rows)
