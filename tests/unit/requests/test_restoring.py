"""After a refused key, the operators' channel follows the way back: a few at a time, then all; and no member waits for it in vain."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.core import Visitor
from bot.domain.failure import Evidence
from bot.gate.restoring import FEW
from bot.texts import text
from tests.world import Service, bad, world

REFUSED = Evidence(
    provider="openai", api="images.generations", status=401, body={"error": {"code": "invalid_api_key", "message": "Incorrect API key."}}
)


async def test_the_operators_channel_follows_the_way_back(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(REFUSED), bad(REFUSED)])) as w:
        for person in ("ana", "ben"):
            assert not (await w.answer(await w.imagine(person=person))).pictures
        status = await w.bot.core.status(Visitor("test", "home", "general", "ana"))
        assert "turns the bot away" in status.text[0]
        first = w.service.hold = asyncio.Event()
        requests = [await w.imagine(f"bicycle {number}", person=f"p{number}") for number in range(8)]
        await w.until(lambda: len(w.service.calls) == 3)
        await asyncio.sleep(0.6)
        assert len(w.service.calls) == 3, "one at a time"
        w.service.hold = asyncio.Event()
        first.set()
        await w.until(lambda: w.chat.about("notice:restoring:"))
        await w.until(lambda: len(w.service.calls) == 3 + FEW)
        told = w.chat.about("notice:restoring:")
        assert told is not None
        assert "a few at a time" in told.text[1]
        assert "a few requests at a time" in (await w.bot.core.status(Visitor("test", "home", "general", "ana"))).text[0]
        w.service.hold.set()
        for request in requests:
            assert (await w.answer(request)).pictures
        solved = text("notice.over_restoring")
        await w.until(lambda: any(view.title == solved for view in w.chat.now.values()))
