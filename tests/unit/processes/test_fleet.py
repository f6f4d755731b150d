"""Processes that share a ledger on a server: who is taken for gone and who isn't, and that only one holds what only one may hold."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.domain.requests import Place
from bot.domain.roles import ALL, ProcessRole, read, written
from bot.ledger import process_rows
from bot.ledger.process_rows import GATE
from bot.ledger.server import LedgerServer
from bot.ledger.store import Ledger
from bot.ports import SystemPorts
from bot.processes import fleet
from bot.processes.fleet import Fleet

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once
HOME = Place("test", "home", "imagine")
_ids = itertools.count()


@dataclass
class Clock(SystemPorts):
    """Loop time that a test moves."""

    at: float = 100.0

    def monotonic(self) -> float:
        return self.at


@dataclass
class Crew:
    """Two processes."""

    server: LedgerServer
    clock: Clock
    first: Fleet
    second: Fleet

    def end_session(self, one: Fleet) -> None:
        """What kill -9 does to a process's writing session."""
        with psycopg.connect(self.server.url, autocommit=True) as other:
            ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s"
            assert other.execute(ended, (f"imagine-bot {one.participant.id[:12]}",)).fetchall()

    def expire(self, one: Fleet) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as other:
            other.execute("UPDATE processes SET lease_until = 1.0 WHERE id = %s", (one.participant.id,))

    async def look(self) -> None:
        """The second one looks twice, far enough apart; the first one writes nothing meanwhile."""
        await self.second.beat()
        self.clock.at += fleet.SILENT_FOR
        await self.second.beat()


@pytest.fixture
async def crew(server: LedgerServer, tmp_path: Path) -> AsyncIterator[Crew]:
    clock, made = Clock(), []
    for _ in range(2):
        ledger = await Ledger.open(tmp_path, clock.now, clock.new_id, server)
        assert ledger.participant is not None
        made.append(Fleet(ledger, clock, ledger.participant, platforms=lambda: ("test",)))
    await made[0].beat(first=True)
    await made[1].beat(first=True)
    yield Crew(server, clock, *made)
    for one in made:
        await one.ledger.close()


async def test_one_process_is_the_gate_until_it_leaves(crew: Crew) -> None:
    assert (crew.first.leader_token, crew.second.leader_token) == (1, None)
    await crew.first.beat()
    assert crew.first.leader_token == 1
    await crew.first.ledger.close()
    await crew.second.beat()
    assert crew.second.leader_token == 2


async def test_who_resigns_is_followed_at_once_and_never_elected_again(crew: Crew) -> None:
    left: list[bool] = []
    await crew.first.resign(lambda tx: left.append(True))
    await crew.second.beat()
    await crew.first.beat()
    assert (left, crew.first.leader_token, crew.second.leader_token) == ([True], None, 2)


async def test_a_killed_process_is_gone_after_a_second_look_and_not_before(crew: Crew) -> None:
    crew.end_session(crew.first)
    await crew.second.beat()
    assert crew.second.leader_token is None
    crew.clock.at += fleet.SILENT_FOR
    await crew.second.beat()
    assert crew.second.leader_token == 2


async def test_a_stopped_process_is_gone_when_its_lease_is_over(crew: Crew) -> None:
    await crew.look()
    assert crew.second.leader_token is None, "its lease still runs"
    crew.expire(crew.first)
    await crew.look()
    assert crew.second.leader_token == 2


async def test_a_process_that_writes_is_here_whatever_its_lease_says(crew: Crew) -> None:
    """A step of the server's clock makes every lease look expired."""
    await crew.second.beat()
    crew.clock.at += fleet.SILENT_FOR
    await crew.first.ledger.write(lambda tx: None)
    crew.expire(crew.first)
    await crew.second.beat()
    assert (crew.first.leader_token, crew.second.leader_token) == (1, None)


async def test_who_was_stopped_itself_trusts_nothing_that_it_saw_before(crew: Crew) -> None:
    crew.expire(crew.first)
    await crew.second.beat()
    crew.clock.at += fleet.STALE + 1
    await crew.second.beat()
    assert crew.second.leader_token is None


async def test_a_process_that_comes_back_joins_under_another_name_and_holds_nothing(crew: Crew) -> None:
    before, token = crew.first.participant.id, crew.first.leader_token
    assert await crew.first.claim_delivery(HOME) == (True, False)
    crew.expire(crew.first)
    await crew.look()
    assert not await crew.first.ledger.write(lambda tx: process_rows.holds(tx, GATE, token or 0))
    assert crew.first.participant.id != before
    await crew.first.beat()
    assert (crew.first.leader_token, crew.second.leader_token) == (None, 2)
    assert await crew.second.claim_delivery(HOME) == (True, True)
    assert await crew.first.claim_delivery(HOME) == (False, False)


async def test_any_transaction_tells_it_that_another_one_delivers_now(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    crew.expire(crew.first)
    await crew.look()
    assert await crew.second.claim_delivery(HOME) == (True, True)
    await crew.first.ledger.write(lambda tx: None)
    assert await crew.first.claim_delivery(HOME) == (False, False)


async def test_who_lost_its_session_asks_as_soon_as_the_others_may_have_given_it_up(crew: Crew) -> None:
    """It may well be alive: a connection that broke ends its session, too."""
    await crew.first.beat()
    crew.end_session(crew.first)
    await crew.look()
    assert crew.second.leader_token == 2
    assert not await crew.first.is_still_live(0)


async def test_one_process_sends_to_a_community_at_a_time(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    assert await crew.second.claim_delivery(HOME) == (False, False)
    assert await crew.second.claim_delivery(Place("test", "elsewhere", "imagine")) == (True, False)
    assert await crew.first.claim_delivery(Place("other", "home", "imagine")) == (False, False)


async def test_many_messages_that_ask_at_once_take_one_transaction(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    before = crew.second.ledger.commits
    asked = await asyncio.gather(*(crew.second.claim_delivery(HOME) for _ in range(50)))
    assert set(asked) == {(False, False)}
    assert crew.second.ledger.commits == before + 1
    assert crew.second.is_delivered_elsewhere(HOME)
    assert not crew.first.is_delivered_elsewhere(HOME)
    crew.clock.at += fleet.BEAT
    assert not crew.second.is_delivered_elsewhere(HOME), "it has to ask again"


async def test_who_sees_that_another_one_left_asks_again_at_once(crew: Crew) -> None:
    changed: list[bool] = []
    crew.second.on_change = lambda: changed.append(True)
    assert await crew.first.claim_delivery(HOME) == (True, False)
    await crew.second.beat()
    assert await crew.second.claim_delivery(HOME) == (False, False)
    await crew.first.ledger.close()
    changed.clear()
    await crew.second.beat()
    assert changed
    assert await crew.second.claim_delivery(HOME) == (True, True)


def test_roles_as_they_are_typed() -> None:
    assert read(" Work ,gate") == {ProcessRole.WORK, ProcessRole.GATE}
    assert written(read("gate,chat")) == "chat,gate"
    assert read(written(ALL)) == ALL
    with pytest.raises(ValueError, match="'wrok'"):
        read("wrok")
