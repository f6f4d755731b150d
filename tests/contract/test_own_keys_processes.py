"""A community's key with several processes on PostgreSQL, and with tasks that outlive it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.own_services import CHANGED, is_own
from bot.domain.request_states import RequestState
from bot.domain.roles import read
from bot.ledger import own_rows
from bot.ledger.server import LedgerServer
from bot.processes import fleet
from tests.own_keys import ALPHA, BETA, OPERATOR, Door, Town, encryption_key, open_bot, town
from tests.world import Platform

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once


@contextlib.asynccontextmanager
async def processes(folder: Path, door: Door, server: LedgerServer, *roles: str) -> AsyncIterator[list[Town]]:
    """One bot for each set of roles, on one database, with one chat."""
    key, platform, made = encryption_key(), Platform(), list[Town]()
    try:
        for one in roles:
            made.append(await open_bot(folder, door, [key], database=server, platform=platform, roles=read(one)))
        yield made
    finally:
        for one in reversed(made):
            with contextlib.suppress(Exception):
                await one.bot.stop(0.0)


async def test_a_key_that_one_process_stores_is_used_by_the_others_at_once(
    tmp_path: Path, door: Door, server: LedgerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    async with processes(tmp_path, door, server, "chat", "gate", "work") as (chat, gate, work):
        assert (await chat.answer(await chat.ask("alpha", "a red bicycle"))).pictures
        assert (await chat.set_key("alpha", ALPHA)).startswith("Saved.")
        assert (await chat.answer(await chat.ask("alpha", "a blue bicycle"))).pictures
        await chat.until(lambda: all(is_own(one.bot.services.own_of("test:alpha")) for one in (chat, gate, work)), 2.0)
        assert (await chat.set_key("alpha", BETA)).startswith("Saved.")
        assert (await chat.answer(await chat.ask("alpha", "a green bicycle"))).pictures
        await chat.remove_key("alpha")
        assert (await chat.answer(await chat.ask("alpha", "a black bicycle"))).pictures
        assert door.billed() == [
            (OPERATOR, "a red bicycle"),
            (ALPHA, "a blue bicycle"),
            (BETA, "a green bicycle"),
            (OPERATOR, "a black bicycle"),
        ]


async def test_a_process_that_heard_nothing_sends_nothing_with_a_key_that_is_gone(
    tmp_path: Path, door: Door, server: LedgerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every process but the one that stored the key is deaf to the wake-up; the transaction that opens the attempt knows better."""
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    async with processes(tmp_path, door, server, "chat,gate", "work") as (chat, work):
        await chat.set_key("alpha", ALPHA)
        assert (await chat.answer(await chat.ask("alpha", "a blue bicycle"))).pictures
        for one in (chat, work):
            one.bot.wakeups.on(CHANGED, lambda _: None)
        await chat.set_key("alpha", BETA)
        waiting = await chat.ask("alpha", "a green bicycle")
        await asyncio.sleep(1.5)
        assert door.sent(OPERATOR) == []
        assert door.sent(ALPHA) == ["a blue bicycle"]
        for one in (chat, work):
            one.bot.wakeups.on(CHANGED, one.bot.own_services.wake)
        assert (await chat.answer(waiting)).pictures
        assert door.billed()[-1] == (BETA, "a green bicycle")


async def test_the_next_gate_knows_the_communitys_service(
    tmp_path: Path, door: Door, server: LedgerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    async with processes(tmp_path, door, server, "gate", "chat,gate", "work") as (first, chat, _):
        await chat.set_key("alpha", ALPHA)
        assert (await chat.answer(await chat.ask("alpha", "a blue bicycle"))).pictures
        await first.bot.stop(0.0)
        await chat.until(lambda: chat.bot.scheduler.handover.runs_gate)
        assert (await chat.answer(await chat.ask("alpha", "a green bicycle"))).pictures
        assert door.billed() == [(ALPHA, "a blue bicycle"), (ALPHA, "a green bicycle")]


async def polled(t: Town, request_id: str) -> str:
    """Wait until a request's task is polled. Returns the name of its service."""
    async with asyncio.timeout(30):
        while True:
            row = await t.row(request_id)
            if row.state is RequestState.COLLECTING:
                return row.service
            await asyncio.sleep(0.02)


async def test_a_task_is_looked_up_with_the_key_that_made_it_after_a_restart_and_a_new_key(tmp_path: Path, door: Door) -> None:
    key = encryption_key()
    async with town(tmp_path, door, [key]) as t:
        await t.set_key("alpha", ALPHA)
        asked = await t.ask("alpha", "a red bicycle sandbox:task")
        service = await polled(t, asked)
        await t.set_key("alpha", BETA)
        assert {row.key for row in await t.bot.ledger.read(lambda c: own_rows.sealed(c, 0.0))} >= {service}
    before = len(door.seen)
    async with town(tmp_path, door, [key]) as t:
        await asyncio.sleep(2.2)
        t.bot.scheduler.wake("*")  # the queue is read every 20 s
        assert (await t.answer(asked)).pictures
        polls = {(call.partition("/v1")[2].rpartition("/")[0], used) for call, used, _ in door.seen[before:]}
        assert polls == {("/images/tasks", ALPHA)}
        assert (await t.answer(await t.ask("alpha", "a blue bicycle"))).pictures
        assert door.billed()[-1] == (BETA, "a blue bicycle")
        await t.bot.own_services.refresh()
        assert len(await t.bot.ledger.read(lambda c: own_rows.sealed(c, 0.0))) == 1, "the older key is deleted once nothing needs it"
        await t.bot.own_services.refresh()
        assert [one.name for one in t.bot.services.own] == [t.bot.services.own_of("test:alpha")]
