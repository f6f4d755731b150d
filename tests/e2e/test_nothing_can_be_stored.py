"""The disk is full, the file isn't writable, or another program keeps it locked, in the moment of a command: what people hear."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.web.actions import TypedLine, WebActions
from adapters.web.room import Room
from adapters.web.uploads import Uploads
from bot.ledger.store import Ledger
from bot.ports import SystemPorts
from bot.texts import text
from tests.discord.process import process as discord_process
from tests.slack.process import process as slack_process
from tests.web.test_actions import Page
from tests.world import World, world

SAID = text("reply.cannot_store")
DEADLINE = 3.0
"""Seconds within which Discord and Slack want their acknowledgement."""


@contextlib.asynccontextmanager
async def locked(folder: Path, pid: int = 0) -> AsyncIterator[None]:
    """Another process (this one) holds the writing lock."""
    with contextlib.closing(sqlite3.connect(folder / "imagine-bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.asynccontextmanager
async def full(folder: Path, pid: int) -> AsyncIterator[None]:
    """No file of that process can grow: what it writes fails as on a full disk."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


FAULTS = [locked, full]


async def soon(check: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
async def test_discord_hears_it_in_time_and_the_bot_recovers(tmp_path: Path, fault: Any) -> None:
    async with discord_process(tmp_path, run=False) as bot:
        operators = bot.discord.world.channel(bot.guild, "operators")
        bot.env["OPERATOR_CHANNEL_DISCORD"] = operators.id
        await bot.start()
        assert bot.child is not None
        everything = lambda: list(bot.discord.world.messages.values())  # noqa: E731
        async with fault(tmp_path / "data", bot.child.pid):
            began = time.monotonic()
            await bot.imagine("a lighthouse")
            await soon(lambda: any(SAID in one.text for one in everything()), DEADLINE)
            assert time.monotonic() - began < DEADLINE
            await soon(lambda: any("cannot_store" in line for line in bot.output), 10)
            await soon(lambda: any(text("notice.title_storage") in one.text and one.channel is operators for one in everything()), 10)
        await soon(lambda: any("can_store_again" in line for line in bot.output), 30)
        assert await bot.generated() == 0
        await bot.picture(await bot.imagine("a lighthouse again"))
        assert await bot.generated() == 1
        assert sum(one.channel is operators for one in everything()) == 1, "one message, edited"
        assert "Traceback" not in "\n".join(bot.output)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.__name__)
async def test_slack_hears_it_in_time_and_the_bot_recovers(tmp_path: Path, fault: Any) -> None:
    async with slack_process(tmp_path) as bot:
        assert bot.child is not None
        async with fault(tmp_path / "data", bot.child.pid):
            began = time.monotonic()
            event = await bot.imagine("a lighthouse")
            await soon(lambda: SAID in repr(event) or any(SAID in one.text for one in bot.seen()), DEADLINE)
            assert time.monotonic() - began < DEADLINE
            await soon(lambda: any("cannot_store" in line for line in bot.output), 10)
            await soon(
                lambda: any(
                    text("notice.title_storage") in one.text for one in bot.slack.world.seen_by(bot.slack.max, bot.slack.operators)
                ),
                10,
            )
        await soon(lambda: any("can_store_again" in line for line in bot.output), 30)
        await bot.imagine("a lighthouse again")
        await bot.until(lambda: bot.pictures(), 20)
        assert await bot.generated() == 1


def only_reading(ledger: Ledger) -> Callable[[bool], None]:
    """The file turns read-only under the running bot, as when a disk reports errors and is mounted anew."""

    def turn(on: bool) -> None:
        ledger._writer._owner._conn.execute(f"PRAGMA query_only={'ON' if on else 'OFF'}")

    return turn


async def test_the_web_chat_hears_it_and_the_bot_recovers(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = Page()
        actions = WebActions(w.bot.core, Room(lambda: 1.0), SystemPorts(), page, Uploads())
        async with locked(tmp_path):
            await actions.send(TypedLine("/imagine a fox", "k" * 20))
            assert page.notices[-1] == (SAID, True)
            assert page.emptied == [], "what was typed stays in the box"
        await actions.send(TypedLine("/imagine a fox", "k" * 20))
        assert page.emptied == ["k" * 20]


async def told(w: World) -> str:
    await w.until(lambda: w.chat.about("notice:storage"), 20)
    view = w.chat.about("notice:storage")
    assert view is not None
    return " ".join([view.title, *view.text, *(fact.value for fact in view.facts)])


async def test_a_ledger_that_can_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.messages.storage.QUIET", 1.0)
    async with world(tmp_path) as w:
        link = w.bot.ledger._writer
        await link._owner._execute(only_reading(w.bot.ledger), True)  # type: ignore[no-untyped-call]
        with pytest.raises(Exception, match="isn't writable"):
            await w.imagine()
        said = await told(w)
        assert "isn't writable" in said
        assert "continues on its own" in said
        await link._owner._execute(only_reading(w.bot.ledger), False)  # type: ignore[no-untyped-call]
        assert (await w.answer(await w.imagine())).pictures
        await w.until(lambda: any(view.title.startswith("Solved") for view in w.chat.now.values()), 20)


async def test_a_press_that_cannot_be_stored_says_the_same(tmp_path: Path) -> None:
    from bot.chat.views import ActionName
    from bot.core import words_for

    async with world(tmp_path) as w:
        request = await w.imagine()
        await w.answer(request)
        async with locked(tmp_path):
            with pytest.raises(Exception, match="locked") as raised:
                await w.press(ActionName.AGAIN, request)
            assert words_for(raised.value) == SAID


async def test_a_bot_that_stops_does_not_call_that_a_full_disk(tmp_path: Path) -> None:
    from bot.core import words_for

    async with world(tmp_path) as w:
        pass
    with pytest.raises(Exception, match="stopping") as raised:
        await w.imagine()
    assert words_for(raised.value) == text("reply.stopping")
