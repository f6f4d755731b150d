"""Processes that share a ledger on a server: who is taken for gone and who isn't, and that only one holds what only one may hold."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import psycopg
import pytest
from structlog.testing import capture_logs

from bot.cli import checks
from bot.domain.requests import Place
from bot.domain.roles import ALL, ProcessRole, read, written
from bot.ledger import process_rows
from bot.ledger.process_rows import GATE
from bot.ledger.store import LedgerProblem, Tx
from bot.processes import fleet
from bot.processes.fleet import Fleet
from tests.unit.processes.crew import HOME, Crew

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once


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


async def test_a_refused_lock_is_asked_for_again_after_a_while_or_when_a_process_has_died(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    assert await crew.second.claim_delivery(HOME) == (False, False)
    await crew.first.ledger.close()
    crew.clock.at += fleet.BEAT - 0.1
    assert await crew.second.claim_delivery(HOME) == (False, False), "it was refused a moment ago"
    crew.clock.at += 0.1
    assert await crew.second.claim_delivery(HOME) == (True, True)
    assert await crew.second.claim_delivery(HOME) == (True, False), "taken over once"


async def test_the_lock_of_a_process_that_left_is_taken_over_after_the_next_heartbeat(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    await crew.second.beat()
    assert not crew.second.is_delivered_elsewhere(HOME), "it hasn't asked"
    assert await crew.second.claim_delivery(HOME) == (False, False)
    assert crew.second.is_delivered_elsewhere(HOME)
    assert not crew.first.is_delivered_elsewhere(HOME)
    await crew.first.ledger.close()
    await crew.second.beat()
    assert not crew.second.is_delivered_elsewhere(HOME)
    assert await crew.second.claim_delivery(HOME) == (True, True)


async def test_many_that_ask_at_once_are_answered_by_one_transaction(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    await crew.first.ledger.close()
    [before] = [one.beat for one in await crew.second.ledger.read(process_rows.live)]
    found = await asyncio.gather(*(crew.second.claim_delivery(HOME) for _ in range(5)))
    assert sorted(found) == [(True, False)] * 4 + [(True, True)]
    [after] = [one.beat for one in await crew.second.ledger.read(process_rows.live)]
    assert after == before + 1


async def test_who_was_replaced_and_delivers_again_takes_over_once(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    crew.expire(crew.first)
    await crew.look()
    assert await crew.second.claim_delivery(HOME) == (True, True)
    await crew.second.ledger.close()
    assert [await crew.first.claim_delivery(HOME) for _ in range(2)] == [(True, False), (True, False)], "it hasn't heard of it yet"
    await crew.first.beat()
    assert [await crew.first.claim_delivery(HOME) for _ in range(2)] == [(True, True), (True, False)]
    await crew.first.beat()
    assert await crew.first.claim_delivery(HOME) == (True, False)


async def test_the_lock_of_a_dead_process_is_taken_over_at_once(crew: Crew) -> None:
    assert await crew.first.claim_delivery(HOME) == (True, False)
    crew.expire(crew.first)
    await crew.second.beat()
    crew.clock.at += fleet.SILENT_FOR
    assert await crew.second.claim_delivery(HOME) == (False, False)
    await crew.second.beat()
    assert await crew.second.claim_delivery(HOME) == (True, True)


async def test_who_does_not_chat_sends_nothing(crew: Crew) -> None:
    crew.first.roles = ALL - {ProcessRole.CHAT}
    assert await crew.first.claim_delivery(HOME) == (False, False)
    assert await crew.second.claim_delivery(HOME) == (True, False)


async def test_locks_go_to_processes_with_the_role(crew: Crew) -> None:
    await crew.first.ledger.close()
    crew.second.roles = frozenset({ProcessRole.CHAT})
    await crew.second.beat()
    assert (crew.second.leader_token, crew.second.picture_jobs_token) == (None, None)
    crew.second.roles = frozenset({ProcessRole.WORK})
    await crew.second.beat()
    assert (crew.second.leader_token, crew.second.picture_jobs_token) == (None, 2)
    crew.second.roles = frozenset({ProcessRole.GATE})
    await crew.second.beat()
    assert (crew.second.leader_token, crew.second.picture_jobs_token) == (2, None)


async def test_observations_may_be_as_old_as_two_missed_heartbeats(crew: Crew) -> None:
    crew.expire(crew.first)
    await crew.second.beat()
    crew.clock.at += fleet.STALE
    await crew.second.beat()
    assert crew.second.leader_token == 2


async def test_who_wrote_lately_does_not_ask_whether_it_lives(crew: Crew) -> None:
    async def beats() -> list[int]:
        return [one.beat for one in await crew.second.ledger.read(process_rows.live)]

    await crew.first.beat()
    before = await beats()
    crew.clock.at += fleet.SILENT_FOR - 0.1
    assert await crew.first.is_still_live(0)
    assert await beats() == before
    assert not await crew.first.is_still_live(1)


async def test_who_lost_the_lead_before_it_resigns_leaves_nothing_to_the_next_one(crew: Crew) -> None:
    crew.expire(crew.first)
    await crew.look()
    assert (crew.first.leader_token, crew.second.leader_token) == (1, 2)
    left: list[bool] = []
    await crew.first.resign(lambda tx: left.append(True))
    await crew.second.beat()
    assert (left, crew.second.leader_token) == ([], 2)


async def test_changes_of_locks_and_deaths_are_told_once(crew: Crew) -> None:
    told: list[str] = []
    crew.second.on_change = lambda: told.append("changed")
    crew.second.on_dead = lambda tx: told.append("dead")
    crew.second.on_elected = lambda tx, token: told.append(f"elected {token}")
    await crew.second.beat()
    assert told == []
    crew.expire(crew.first)
    await crew.second.beat()
    crew.clock.at += fleet.SILENT_FOR
    with capture_logs() as logs:
        await crew.second.beat()
        await crew.second.beat()
    assert told == ["dead", "elected 2", "changed"]
    assert [(one["event"], one.get("term")) for one in logs] == [("processes_gone", None), ("gate_elected", 2)]
    assert [one.id for one in crew.second.live] == [crew.second.participant.id]
    told.clear()
    crew.first.on_change = lambda: told.append("changed")
    with capture_logs() as logs:
        await crew.first.beat()
        await crew.first.beat()
    assert told == ["changed"]
    assert [(one["event"], one.get("term")) for one in logs] == [("process_was_replaced", None), ("gate_lost", 1)]


async def test_the_gate_without_picture_jobs_logs_its_own_changes_alone(crew: Crew) -> None:
    crew.first.roles = frozenset({ProcessRole.GATE})
    await crew.first.beat()
    assert (crew.first.leader_token, crew.first.picture_jobs_token) == (1, None)
    crew.expire(crew.first)
    await crew.look()
    with capture_logs() as logs:
        await crew.first.beat()
    assert [(one["event"], one.get("term")) for one in logs] == [("process_was_replaced", None), ("gate_lost", 1)]
    await crew.second.ledger.close()
    await crew.first.beat()
    assert crew.first.leader_token == 3
    crew.first.live = [*crew.first.live, replace(crew.first.live[0], id="another")]
    with capture_logs() as logs:
        await crew.first.beat()
    assert logs == [], "another one left, and it still leads"


async def test_a_first_heartbeat_that_brings_no_lock_changes_nothing(crew: Crew) -> None:
    told: list[str] = []
    assert crew.second.ledger.participant is not None
    one = Fleet(crew.second.ledger, crew.clock, crew.second.ledger.participant, frozenset({ProcessRole.CHAT}))
    one.on_change = lambda: told.append("changed")
    await one.beat(first=True)
    assert told == []


async def test_a_process_that_left_may_have_cut_off_a_call(crew: Crew) -> None:
    told: list[str] = []
    await crew.second.resign(lambda tx: None)
    crew.second.roles = frozenset({ProcessRole.CHAT})
    await crew.second.beat()
    crew.second.on_dead, crew.second.on_change = lambda tx: told.append("dead"), lambda: told.append("changed")
    await crew.first.ledger.close()
    await crew.second.beat()
    await crew.second.beat()
    assert told == ["dead", "changed"], "once"


async def test_a_death_is_told_also_where_no_lock_changes(crew: Crew) -> None:
    told: list[str] = []
    crew.second.roles = frozenset({ProcessRole.CHAT})
    crew.second.on_change = lambda: told.append("changed")
    crew.expire(crew.first)
    await crew.look()
    assert told == ["changed"]


async def test_heartbeats_go_on_by_themselves_and_after_one_that_failed(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "BEAT", 0.01)
    fails, beaten = [True], asyncio.Event()

    def elected(tx: Tx, token: int) -> None:
        if fails:
            fails.clear()
            raise LedgerProblem("The server doesn't answer.")

    crew.first.on_elected, crew.first.on_change = elected, beaten.set
    setattr(crew.first, "leader_token", None)  # noqa: B010 - the type checker would believe it for ever
    running = asyncio.create_task(crew.first.run())
    await asyncio.wait_for(beaten.wait(), 10.0)
    running.cancel()
    assert (fails, crew.first.leader_token) == ([], 1)


async def test_workers_are_the_live_processes_with_that_role(crew: Crew) -> None:
    await crew.first.beat()
    assert set(crew.first.workers()) == {crew.first.participant.id, crew.second.participant.id}
    crew.first.live = [replace(one, roles=frozenset({ProcessRole.CHAT})) for one in crew.first.live]
    assert crew.first.workers() == []


def test_roles_as_they_are_typed() -> None:
    assert read(" Work ,gate") == {ProcessRole.WORK, ProcessRole.GATE}
    assert written(read("gate,chat")) == "chat,gate"
    assert read(written(ALL)) == ALL
    with pytest.raises(ValueError, match="'wrok'"):
        read("wrok")


async def test_a_role_that_nobody_has_is_logged_once_after_a_while(crew: Crew) -> None:
    for one in (crew.first, crew.second):
        one.roles = read("chat,gate")
        one.participant.roles = "chat,gate"
        with psycopg.connect(crew.server.url, autocommit=True) as other:
            other.execute("UPDATE processes SET roles = 'chat,gate'")
    with capture_logs() as logged:
        for waited in (0.0, fleet.LACKING_FOR - 1.0, 1.0, fleet.LACKING_FOR):
            crew.clock.at += waited
            await crew.second.beat()
            await crew.first.beat()
            due = crew.clock.at >= 100.0 + fleet.LACKING_FOR
            assert [one["event"] for one in logged].count("roles_lacking") == (2 if due else 0)
    assert {one["roles"] for one in logged if one["event"] == "roles_lacking"} == {"work"}
    [finding] = [one for one in checks._server("Database", crew.server) if one.what == "Processes"]
    assert (finding.ok, "none does work" in finding.sentence, "--roles work" in finding.fix) == (False, True, True)


async def test_processes_that_do_everything_are_fine(crew: Crew) -> None:
    assert (crew.first.lacking(), crew.second.lacking()) == (frozenset(), frozenset())
    [finding] = [one for one in checks._server("Database", crew.server) if one.what == "Processes"]
    assert (finding.ok, finding.sentence.startswith("2 processes use the ledger")) == (True, True)
