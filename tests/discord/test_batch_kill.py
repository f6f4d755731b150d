"""kill -9 while a batch of a chat is drawn, chosen from and finished: nothing is paid twice, and its one message goes on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start
from tests.discord.process import Process, process
from tests.discord.standin.files import upload
from tests.discord.standin.world import Interaction, Message

pytestmark = pytest.mark.slow
TOPICS = [f"topic {number}" for number in range(8)]
GENEROUS = {f"BUDGET_{who}_DAY_{unit}": "1000" for who in ("MEMBER", "COMMUNITY") for unit in ("USD", "PICTURES")}
AGAIN = "Try the failed ones again, for at most"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    """A service that takes most of a second for a picture."""
    service = await start(pace=Delays(latency=0.8))
    yield service
    await service.stop()


async def calls(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(sandbox.base_url.removesuffix("/v1") + "/_sandbox/log") as answer:
        return list((await answer.json())["calls"])


def drawn(found: list[dict[str, Any]]) -> Counter[str]:
    """How often each topic was asked for. A kill may cut off a call before its words have arrived."""
    return Counter(one["prompt"] for one in found if "prompt" in one)


async def called(sandbox: RunningSandbox, count: int) -> None:
    async with asyncio.timeout(60.0):
        while len(await calls(sandbox)) < count:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.02)


def costs(folder: Path) -> tuple[int, int, int]:
    """What the batch has spent and reserved, and what its calls cost by themselves."""
    with sqlite3.connect(folder / "data" / "imagine-bot.db") as books:
        spent, reserved = books.execute("SELECT spent, reserved FROM spend WHERE scope = 'batch'").fetchone()
        (cost,) = books.execute(
            "SELECT sum(a.cost) FROM attempts a JOIN requests r ON r.id = a.request_id WHERE r.lane = 'batch'"
        ).fetchone()
    return spent, reserved, cost


async def pressed(p: Process, message: Message, label: str) -> Interaction:
    """Press a button by the beginning of its label."""
    await p.until(lambda: [one for one in message.buttons if one.startswith(label)], 60.0, label)
    (name,) = [one for one in message.buttons if one.startswith(label)]
    event = await p.discord.people.press(p.ada, message, name)
    await p.until(lambda: event.callback is not None, what="an answer to the press")
    return event


async def whispered(p: Process, event: Interaction, words: str) -> Message:
    """What only the presser was told."""

    def look() -> list[Message]:
        return [one for one in [event.original, *event.followups] if one is not None and one.ephemeral and words in one.text]

    await p.until(look, what=words)
    return look()[0]


async def whole(p: Process, batch: Message, words: str) -> None:
    """Wait until the batch's message says so, and try again what a kill cut off."""
    await p.until(lambda: words in batch.text, 60.0, words)
    if [one for one in batch.buttons if one.startswith(AGAIN)]:
        await pressed(p, batch, AGAIN)
        await p.until(lambda: words in batch.text and not [one for one in batch.buttons if one.startswith(AGAIN)], 60.0, words)


async def test_a_batch_goes_on_after_kills_and_pays_for_nothing_twice(sandbox: RunningSandbox, tmp_path: Path) -> None:
    async with process(tmp_path, service=sandbox.base_url, **GENEROUS) as p:
        file = upload(p.discord.world, "covers.txt", "\n".join(TOPICS).encode())
        event = await p.discord.people.slash(p.ada, p.channel, "imagine-batch", topics=file, budget="5", max_pictures=40)
        await p.until(lambda: event.original is not None and "waiting for your start" in event.original.text, what="the price")
        batch = event.original
        assert batch is not None
        await pressed(p, batch, "Start")
        await called(sandbox, 3)
        await p.restart()  # while drafts are drawn
        await p.until(lambda: "ready to choose from" in batch.text, 60.0, "the drafts")
        assert set(drawn(await calls(sandbox)).values()) == {1}, "what a kill cut off isn't drawn again by itself"
        await whole(p, batch, "ready to choose from")
        drafts = len(await calls(sandbox))
        picking = await pressed(p, batch, "Pick")
        await p.discord.people.submit(picking, numbers="all")
        await p.until(lambda: "Picked: 1, 2" in batch.text, what="the choice")
        await p.restart()  # while people choose
        offered = await pressed(p, batch, "Finish")
        offer = await whispered(p, offered, "in high quality")
        await pressed(p, offer, "Draw 8 pictures")
        await called(sandbox, drafts + 3)
        await p.restart()  # while it finishes
        await p.until(lambda: ": finished" in batch.text, 60.0, "the end")
        assert set(drawn((await calls(sandbox))[drafts:]).values()) == {1}
        await whole(p, batch, ": finished")
        assert "8 of 8" in batch.text
        shown = [one for one in p.discord.visible(p.ada) if "finished" in one.text and one.pictures]
        await p.until(lambda: sum(len(one.pictures) for one in shown) == 8, 30.0, "the finished pictures")
        titles = [one for one in p.discord.visible(p.ada) if "topic" not in one.text and "Batch 1 (covers.txt)" in one.text]
        assert titles == [batch], "its one message goes on"
        assert await p.end() == 0
    spent, reserved, cost = costs(tmp_path)
    assert (spent, reserved) == (cost, 0)
