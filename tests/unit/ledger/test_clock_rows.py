"""The wall clock is set: what is waited for keeps its length, in the process that lives and over a start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.chat.views import Audience
from bot.domain.request_states import RequestState
from bot.domain.requests import Lane, Person, Place, Submission
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.clock_rows import Longest, bound, shift
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import attempts, blocked_members, blocked_prompts, cases, memory, messages, requests
from bot.ports import SystemPorts
from bot.ports.steady import SteadyPorts

NOW = 1_800_000_000.0
HOUR = 3600.0
LONGEST = Longest(request=840.0, question=900.0, block_memory=24 * HOUR, lease=600.0, cool_down=HOUR, pause=7 * 24 * HOUR)
PLACE = Place("web", "1", "2")


class Clocks(SystemPorts):
    """A wall clock and a monotonic one that tests push."""

    wall, steady = NOW, 5.0

    def now(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.steady


def test_a_step_of_the_wall_clock_does_not_reach_the_processs_time_until_it_is_adopted() -> None:
    clocks = Clocks()
    ports = SteadyPorts(clocks)
    clocks.wall, clocks.steady = NOW - HOUR, 15.0
    assert ports.now() == NOW + 10
    assert ports.step() == -HOUR - 10
    ports.adopt(ports.step())
    assert ports.now() == clocks.wall
    assert ports.step() == 0.0
    clocks.wall += 0.9
    assert ports.step() == 0.0, "the slow corrections of NTP are no step"
    clocks.wall += 0.2
    assert ports.step() == pytest.approx(1.1)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    clocks = Clocks()
    made = await Ledger.open(tmp_path, clocks.now, clocks.new_id)
    yield made
    await made.close()


def stored(tx: Tx) -> None:
    """One of everything that waits, and one of everything that is over."""
    for identity, kept in (("waiting", RequestState.QUEUED), ("over", RequestState.ANSWERED)):
        submission = Submission(Person("ada", "Ada"), PLACE, "a cat")
        request_rows.insert_received(tx, identity, f"web:{identity}", submission, deadline_at=NOW + 840)
        tx.connection.execute(requests.update().where(requests.c.id == identity).values(state=kept.value, due_at=NOW + 30))
    row: dict[str, Any] = dict.fromkeys(("wanted", "reserved", "cost", "epoch"), 0)
    for identity, closed in (("open", None), ("closed", NOW - 5)):
        number = 1 if closed is None else 2
        row |= {"id": identity, "request_id": "waiting", "number": number, "periods": [], "opened_at": NOW - 10, "closed_at": closed}
        tx.connection.execute(insert(attempts).values(row))
    case: dict[str, Any] = dict.fromkeys(("version", "reminded", "appeals"), 0) | dict.fromkeys(("forget", "texts_removed"), False)
    case |= {"platform": "web", "community": "1", "person": "ada", "person_name": "Ada", "request_id": "over", "kind": "safety_prompt"}
    for identity, state, opened in (("claimed", "claimed", NOW), ("done", "closed_denied", NOW - HOUR), ("old", "closed_denied", 9e8)):
        times = {"opened_at": opened, "waiting_since": opened, "due_at": opened + HOUR, "lease_until": opened + 600}
        tx.connection.execute(
            insert(cases).values({**case, **times, "id": identity, "state": state, "facts": {}, "expires_at": opened + 72 * HOUR})
        )
    block = {"community": "1", "fingerprint": "f", "person": "ada", "case_id": "claimed", "until": NOW + 24 * HOUR}
    tx.connection.execute(insert(blocked_prompts).values(block))
    tx.connection.execute(insert(blocked_members).values(community="1", person="ada", until=NOW + HOUR, by="cool_down"))
    tx.connection.execute(insert(memory).values(key="gate:x", value={}, saved_at=NOW))


def times(tx: Tx) -> dict[str, float]:
    found: dict[str, float] = {}
    for table, key in (
        (requests, "id"),
        (attempts, "id"),
        (cases, "id"),
        (blocked_prompts, "fingerprint"),
        (blocked_members, "by"),
        (memory, "key"),
    ):
        for row in tx.connection.execute(select(table)).mappings():
            for name, value in row.items():
                if isinstance(value, float) and value > NOW / 2:
                    found[f"{row[key]}.{name}"] = value - NOW
    return found


@pytest.mark.parametrize("by", [HOUR, -HOUR, 86400.0 * 365, 1.5])
async def test_what_is_waited_for_moves_along_and_what_is_over_stays(ledger: Ledger, by: float) -> None:
    await ledger.write(stored)
    before = await ledger.write(times)
    await ledger.write(lambda tx: shift(tx, by))
    after = await ledger.write(times)
    moved = {name for name in before if after[name] != before[name]}
    assert {after[name] - before[name] for name in moved} == {by}
    assert moved == {
        *("waiting.created_at", "waiting.due_at", "waiting.deadline_at", "open.opened_at"),
        *(f"claimed.{name}" for name in ("opened_at", "waiting_since", "due_at", "lease_until", "expires_at")),
        *("f.until", "cool_down.until", "gate:x.saved_at"),
    }


def waiting_shown(tx: Tx) -> None:
    """Everything that says when something ends, and the message of a request that is over."""
    stored(tx)
    told, reminder = (case_rows.write_audit(tx, "claimed", "1", Person("mo"), event) for event in ("ask_rephrase", "remind"))
    tx.connection.execute(cases.update().where(cases.c.id == "claimed").values(shown_step=told))
    for subject in ("request:waiting", "question:waiting", "request:over", "case:claimed"):
        message_rows.want(tx, subject, Audience.MEMBER, PLACE, "ada")
    for subject in (f"step:{told}", f"step:{reminder}", f"reminder:{reminder}"):
        message_rows.want(tx, subject, Audience.MEMBER, PLACE, "ada")
    message_rows.want(tx, "case:done", Audience.MODERATORS, PLACE)  # a decided case's card says until when the member is paused


@pytest.mark.parametrize("started", [False, True])
async def test_whatever_says_when_something_ends_says_it_anew(ledger: Ledger, started: bool) -> None:
    await ledger.write(waiting_shown)
    ledger.now = lambda: NOW - HOUR if started else NOW
    await ledger.write(lambda tx: bound(tx, LONGEST) if started else shift(tx, -HOUR))
    rows = await ledger.read(lambda c: c.execute(select(messages.c.subject, messages.c.wanted_revision)).all())
    assert {row.subject: row.wanted_revision - 1 for row in rows} == {
        **dict.fromkeys(("request:waiting", "question:waiting", "case:claimed", "case:done", "step:1", "step:2", "reminder:2"), 1),
        "request:over": 0,
    }


async def test_after_a_start_with_a_clock_put_back_nothing_lasts_longer_than_was_agreed(ledger: Ledger) -> None:
    await ledger.write(stored)
    ledger.now = lambda: NOW - HOUR
    await ledger.write(lambda tx: bound(tx, LONGEST))
    found = await ledger.write(times)
    left = {name: value + HOUR for name, value in found.items()}
    assert left["waiting.due_at"] == 35.0, "since the attempt before it ended"
    assert left["waiting.deadline_at"] == 840.0
    assert left["claimed.due_at"] == HOUR
    assert left["claimed.expires_at"] == 72 * HOUR
    assert left["claimed.lease_until"] <= 600.0
    assert left["f.until"] == 24 * HOUR
    assert left["cool_down.until"] <= HOUR
    assert left["gate:x.saved_at"] == 0.0


@pytest.mark.parametrize(
    ("state", "lane", "deadline", "due"),
    [
        (RequestState.QUEUED, Lane.INTERACTIVE, 840.0, 0.0),
        (RequestState.AWAITING_MEMBER, Lane.INTERACTIVE, 900.0, 0.0),
        (RequestState.QUEUED, Lane.BATCH, HOUR, 0.0),
    ],
)
async def test_an_answered_question_is_bounded_by_the_length_that_its_request_then_got(
    ledger: Ledger, state: RequestState, lane: Lane, deadline: float, due: float
) -> None:
    """Asked at NOW and answered 660 s later; its whole time began anew then. The clock was put back before the process ended."""

    def answered(tx: Tx) -> None:
        request_rows.insert_received(tx, "asked", "web:asked", Submission(Person("ada", "Ada"), PLACE, "a cat"), deadline_at=NOW + HOUR)
        row = {"state": state.value, "lane": lane.value, "due_at": NOW + 660}
        tx.connection.execute(requests.update().where(requests.c.id == "asked").values(row))

    await ledger.write(answered)
    ledger.now = lambda: NOW - HOUR
    await ledger.write(lambda tx: bound(tx, LONGEST))
    found = await ledger.write(times)
    assert (found["asked.deadline_at"] + HOUR, found["asked.due_at"] + HOUR) == (deadline, due)


@pytest.mark.parametrize("later", [0.0, 10.0, 5 * HOUR])
async def test_after_a_start_with_a_right_clock_nothing_changes(ledger: Ledger, later: float) -> None:
    await ledger.write(stored)
    before = await ledger.write(times)
    ledger.now = lambda: NOW + later
    await ledger.write(lambda tx: bound(tx, LONGEST))
    assert await ledger.write(times) == before
