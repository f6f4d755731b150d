"""Bots in one test that share a ledger on a server, each with a part of the work."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import lifecycle
from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, View
from bot.compose import Bot, build
from bot.core import Duplicate
from bot.domain.outcome import Outcome, Pending
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Person, Place, Submission
from bot.domain.roles import read
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.ledger import grant_rows, memory_rows, process_rows
from bot.ledger.server import LedgerServer
from bot.ledger.store import LedgerProblem, Tx
from bot.ledger.tables import messages
from bot.ports import SystemPorts
from bot.processes import fleet
from bot.requests.rules import Rules
from bot.requests.services import ImageService
from tests.world import BAD_KEY, BLOCK, RATE, Pictures, Platform, Service, World, bad

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once


@dataclass
class Town:
    """Processes on one database, and one chat that they share."""

    folder: Path
    server: LedgerServer
    platform: Platform = field(default_factory=Platform)
    bots: list[Bot] = field(default_factory=list)

    async def open(self, roles: str, service: Service | None = None, **limits: int) -> World:
        service, pictures = service or Service(), Pictures()
        bot = await build(
            data_dir=self.folder,
            database=self.server,
            ports=SystemPorts(),
            rules=Rules(model=Catalogue.load().default()),
            gate_settings=GateSettings(**limits),
            provider=service,
            pictures=pictures,  # type: ignore[arg-type]
            roles=read(roles),
        )
        if "chat" in roles:
            bot.add(self.platform)
        self.bots.append(bot)
        await bot.accept_received(await bot.start())
        return World(bot, service, self.platform, pictures)


@pytest.fixture
async def town(server: LedgerServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    made = Town(tmp_path, server)
    yield made
    for bot in reversed(made.bots):
        with contextlib.suppress(Exception):
            await bot.stop(0.0)


async def test_chat_gate_and_work_in_three_processes(town: Town) -> None:
    worker = await town.open("work", Service(script=[bad(RATE)]))
    await town.open("gate")
    chat = await town.open("chat")
    views = [await chat.answer(await chat.imagine(f"a lighthouse {number}")) for number in range(2)]
    assert all(isinstance(view, View) and view.pictures for view in views)
    assert sorted(call.prompt for call in worker.service.calls) == ["a lighthouse 0", "a lighthouse 0", "a lighthouse 1"]
    assert not chat.service.calls
    await asyncio.sleep(2.0)
    assert await chat.bot.ledger.read(grant_rows.all_of) == [], "the gate has heard every verdict"


async def test_a_poll_that_is_turned_away_holds_what_the_gate_of_another_process_would_start(town: Town) -> None:
    task = Pending("a task", poll_after=0.1)
    turned_away = dataclasses.replace(RATE, api="task.poll", headers={"retry-after": "60"})
    script = [Outcome(pending=task), Outcome(pending=task, shortfall=turned_away, status=429)]
    await town.open("work", Service(script=script))
    gate = await town.open("gate")
    chat = await town.open("chat")
    await chat.imagine()
    here = gate.bot.services.default
    await chat.until(lambda: here.gate.snapshot(gate.bot.ports.monotonic()).state == "paused")
    assert 50 < here.gate.snapshot(gate.bot.ports.monotonic()).paused_for < 61
    await asyncio.sleep(2.0)
    assert await chat.bot.ledger.read(grant_rows.all_of) == [], "the gate has heard every verdict"


async def test_calls_are_divided_among_workers_within_one_limit(town: Town) -> None:
    hold = asyncio.Event()
    first = await town.open("chat,work,gate", Service(hold=hold), max_concurrency=2)
    second = await town.open("work", Service(hold=hold), max_concurrency=2)
    await asyncio.sleep(0.5)  # the gate sees the second one
    asked = [await first.imagine(f"a lighthouse {number}") for number in range(5)]
    await first.until(lambda: len(first.service.calls) + len(second.service.calls) == 2)
    await asyncio.sleep(1.0)
    assert (len(first.service.calls), len(second.service.calls)) == (1, 1)
    hold.set()
    for one in asked:
        assert (await first.answer(one)).pictures
    assert len(first.service.calls) + len(second.service.calls) == 5


async def test_a_call_of_a_process_that_is_gone_is_answered_and_never_repeated(town: Town) -> None:
    chat = await town.open("chat,gate")
    worker = await town.open("work", Service(hold=asyncio.Event()))
    await asyncio.sleep(0.5)
    asked = await chat.imagine()
    await chat.until(lambda: worker.service.calls)
    await chat.bot.ledger.write(lambda tx: process_rows.declare_dead(tx, [worker.bot.ledger.participant.id]))  # type: ignore[union-attr]
    sharing = chat.bot.sharing
    assert sharing is not None
    await chat.bot.ledger.write(sharing._recover_dead)
    await chat.answer(asked)
    request = await chat.row(asked)
    assert request.answer is Answer.INTERRUPTED
    worker.service.hold.set()  # type: ignore[union-attr]  # it was only stopped, and goes on
    await asyncio.sleep(1.5)
    again = await chat.row(asked)
    assert again.answer is Answer.INTERRUPTED
    assert len(worker.service.calls) == 1


async def test_a_member_cancels_a_call_that_another_process_makes(town: Town) -> None:
    chat = await town.open("chat,gate")
    worker = await town.open("work", Service(hold=asyncio.Event()))
    await asyncio.sleep(0.5)
    asked = await chat.imagine()
    await chat.until(lambda: worker.service.calls)
    await chat.press(ActionName.CANCEL, asked)
    await chat.answer(asked)
    await chat.until(lambda: not worker.bot.scheduler.running())


async def test_the_next_gate_counts_the_calls_that_the_one_before_let_start(town: Town) -> None:
    first = await town.open("gate", max_concurrency=1)
    chat = await town.open("chat,gate", max_concurrency=1)
    worker = await town.open("work", Service(hold=asyncio.Event()), max_concurrency=1)
    await asyncio.sleep(0.5)
    asked = [await chat.imagine(f"a lighthouse {number}") for number in range(3)]
    await chat.until(lambda: worker.service.calls)
    await first.bot.stop(0.0)
    await chat.until(lambda: chat.bot.scheduler.handover.runs_gate)
    await asyncio.sleep(1.0)
    assert len(worker.service.calls) == 1
    worker.service.hold.set()  # type: ignore[union-attr]
    for one in asked:
        assert (await chat.answer(one)).pictures


async def test_a_worker_without_platforms_reports_to_the_operators_channel(town: Town) -> None:
    chat = await town.open("chat,gate")
    await town.open("work", Service(script=[bad(BAD_KEY)]))
    await asyncio.sleep(0.5)
    await chat.answer(await chat.imagine())
    await chat.until(lambda: any(message.place.channel == "operators" for message in chat.chat.messages.values()))


async def test_a_blocked_prompt_is_a_card_in_the_moderators_channel_whoever_called(town: Town) -> None:
    chat = await town.open("chat,gate")
    await town.open("work", Service(script=[bad(BLOCK)]))
    await asyncio.sleep(0.5)
    await chat.answer(await chat.imagine())
    await chat.until(lambda: any(message.place.channel == "moderators" for message in chat.chat.messages.values()))


async def test_a_command_that_a_process_stored_before_it_was_gone_is_accepted_soon(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "SWEEP_EVERY", 0.3)
    first = await town.open("chat,work,gate")
    place = Place("test", "home", "imagine", reply={"event": "e1"})
    received = await first.bot.core.receive("e1", Submission(Person("ann"), place, "a lighthouse"))
    assert not isinstance(received, Duplicate)
    second = await town.open("chat,work,gate")
    await asyncio.sleep(1.0)
    waiting = await second.row(received.request_id)
    assert waiting.state is RequestState.RECEIVED, "the first one may be about to accept it"
    await first.bot.stop(0.0)
    assert (await second.answer(received.request_id)).pictures


class Unstorable(AdaptiveGate):
    def remember(self) -> Mapping[str, object]:
        return {"no JSON": {1}}


async def test_a_gate_whose_memory_cannot_be_stored_does_not_end_the_others_calls(town: Town) -> None:
    gate = await town.open("gate,chat")
    await gate.until(lambda: gate.bot.scheduler.handover.runs_gate)
    for name, made in (("own-a", Unstorable), ("own-b", AdaptiveGate)):
        provider = Service()
        provider.gate_key = f"{name}.{'long.' * 40}example#1"
        gates = {**gate.bot.services._own, name: ImageService(name, provider, made(GateSettings(), SystemPorts().uniform))}
        gate.bot.services.use_own(gates, {})
    await gate.bot.scheduler.handover.resign()
    second = await town.open("gate")
    await second.until(lambda: second.bot.scheduler.handover.runs_gate, 3.0)
    stored = await second.bot.ledger.read(lambda c: memory_rows.keys(c, memory_rows.GATE))
    assert len(stored) == 2, "the operator's, and the other community's"
    kept = await second.bot.ledger.read(lambda c: memory_rows.recall_gate(c, f"own-b.{'long.' * 40}example#1"))
    assert kept.learned is not None


async def test_a_view_that_may_have_overwritten_another_process_s_is_sent_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process learns that it was replaced only after it couldn't ask, and the other one is done with the message."""
    asked: list[int] = []
    real = fleet.Fleet.is_still_live

    async def silent_once(self: fleet.Fleet, times_replaced: int) -> bool:
        asked.append(times_replaced)
        if len(asked) == 1:
            raise LedgerProblem("The server doesn't answer.")
        return await real(self, times_replaced)

    monkeypatch.setattr(fleet.Fleet, "is_still_live", silent_once)
    only = await town.open("chat")
    await only.imagine()
    await only.until(lambda: asked)

    def taken_over(tx: Tx) -> None:
        process_rows.declare_dead(tx, [only.bot.ledger.participant.id])  # type: ignore[union-attr]
        tx.connection.execute(update(messages).values(settled=True))

    await only.bot.ledger.write(taken_over)
    sent = len(only.chat.all)
    await only.until(lambda: len(only.chat.all) > sent)
