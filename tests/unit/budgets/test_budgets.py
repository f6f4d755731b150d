"""Money on a real ledger: reserved before, settled after, never past a limit, never from the member for nothing."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import budgets
from bot.budgets import BATCH, COMMUNITY, EVERYBODY, MEMBER, Exhausted, Limits
from bot.domain.batches import Batch, BatchPlan, BatchState
from bot.domain.request_states import RequestState
from bot.domain.requests import LOCAL, Person, Place, Request
from bot.ledger import batch_rows
from bot.ledger.store import Ledger
from bot.ledger.tables import spend

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
ids = (f"{number:016d}" for number in itertools.count())


def request(person: str = "ana") -> Request:
    return Request(
        "r", RequestState.QUEUED, Person(person), Place("test", "home", "imagine"), "p", "f", "m", "1024x1024", "low", 1, False, 0, 0, 0
    )


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    made = await Ledger.open(tmp_path, lambda: NOON, lambda: next(ids))
    yield made
    await made.close()


async def sums(ledger: Ledger) -> dict[tuple[str, str], tuple[int, int, int]]:
    rows = await ledger.read(lambda c: c.execute(select(spend)).all())
    return {(row.scope, row.period[0]): (row.reserved, row.spent, row.pictures) for row in rows}


async def test_a_reservation_counts_at_once_in_every_scope_and_period(ledger: Ledger) -> None:
    rows = await ledger.write(lambda tx: budgets.reserve(tx, request(), 500, 2, Limits()))
    assert isinstance(rows, list)
    found = await sums(ledger)
    assert found == {(scope, period): (500, 0, 2) for scope in (MEMBER, COMMUNITY, EVERYBODY) for period in "dm"}


def test_the_total_is_counted_for_each_service_and_the_configured_one_has_no_name() -> None:
    for service, owner in (("", "*"), ("other", "other")):
        found = budgets.periods(Place("test", "home", "imagine"), Person("ana"), NOON, "UTC", service)
        assert [row[1] for row in found if row[0] == EVERYBODY] == [owner, owner]
        assert [row[1] for row in found if row[0] != EVERYBODY] == ["test:ana", "test:ana", "test:home", "test:home"]
        assert {row[2] for row in found} == {"d2026-11-21", "m2026-11"}


async def test_a_limit_is_never_passed_and_the_refusal_says_what_is_left(ledger: Ledger) -> None:
    limits = Limits(member_day=1000)
    await ledger.write(lambda tx: budgets.reserve(tx, request(), 700, 1, limits))
    refused = await ledger.write(lambda tx: budgets.reserve(tx, request(), 400, 1, limits))
    assert refused == Exhausted(MEMBER, "day", "money", 300, 1000, datetime(2026, 11, 22, tzinfo=UTC).timestamp())
    assert (await sums(ledger))[MEMBER, "d"] == (700, 0, 1)
    assert isinstance(await ledger.write(lambda tx: budgets.reserve(tx, request("ben"), 400, 1, limits)), list)


async def test_the_community_limit_holds_for_all_members_together(ledger: Ledger) -> None:
    limits = Limits(community_day=1000)
    await ledger.write(lambda tx: budgets.reserve(tx, request("ana"), 700, 1, limits))
    refused = await ledger.write(lambda tx: budgets.reserve(tx, request("ben"), 700, 1, limits))
    assert isinstance(refused, Exhausted)
    assert refused.scope == COMMUNITY


async def test_the_member_pays_only_for_what_was_delivered(ledger: Ledger) -> None:
    rows = await ledger.write(lambda tx: budgets.reserve(tx, request(), 500, 2, Limits()))
    assert isinstance(rows, list)
    await ledger.write(lambda tx: budgets.settle(tx, rows, reserved=500, wanted=2, cost=500, delivered=0))
    found = await sums(ledger)
    assert found[MEMBER, "d"] == (0, 0, 0)
    assert found[COMMUNITY, "d"] == (0, 500, 0)


async def test_a_settlement_releases_what_was_reserved_too_much(ledger: Ledger) -> None:
    rows = await ledger.write(lambda tx: budgets.reserve(tx, request(), 500, 2, Limits()))
    assert isinstance(rows, list)
    await ledger.write(lambda tx: budgets.settle(tx, rows, reserved=500, wanted=2, cost=120, delivered=1))
    assert (await sums(ledger))[MEMBER, "m"] == (0, 120, 1)


async def test_no_limit_means_no_limit(ledger: Ledger) -> None:
    free = Limits(None, None, None, None, None, None)
    assert isinstance(await ledger.write(lambda tx: budgets.reserve(tx, request(), 10**12, 10**6, free)), list)


@pytest.mark.parametrize(
    ("now", "period", "zone", "then"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "month", "UTC", datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "day", "Europe/Berlin", datetime(2026, 11, 22, 23, tzinfo=UTC)),
        (datetime(2026, 2, 15, tzinfo=UTC), "month", "UTC", datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_periods_end_where_people_expect(now: datetime, period: str, zone: str, then: datetime) -> None:
    assert budgets.renews(now.timestamp(), period, zone) == then.timestamp()


async def test_the_operator_at_the_command_line_is_no_member_but_the_community_s_limits_count(ledger: Ledger) -> None:
    limits = Limits()
    found = await ledger.read(lambda c: budgets.remaining_for(c, Place(LOCAL, "home", ""), Person("ana"), limits, NOON))
    assert [(one.scope, one.period, one.unit, one.left) for one in found] == [
        (COMMUNITY, "day", "pictures", limits.community_pictures_day),
        (COMMUNITY, "day", "money", limits.community_day),
        (COMMUNITY, "month", "money", limits.community_month),
    ]


async def test_what_is_being_drawn_counts_against_the_budget_of_its_batch(ledger: Ledger) -> None:
    asked, free = dataclasses.replace(request(), batch="b"), Limits(*[None] * 6)
    batch = Batch("b", 0, BatchState.RUNNING, asked.person, asked.place, "t", BatchPlan(max_pictures=5, budget=1000), NOON, NOON)

    async def left() -> list[int]:
        found = await ledger.read(lambda c: budgets.remaining_for(c, asked.place, asked.person, free, NOON, "b"))
        assert {(one.scope, one.period) for one in found} == {(BATCH, "total")}
        return [one.left for one in found]

    await ledger.write(lambda tx: batch_rows.insert(tx, "e", batch))
    assert await left() == [5, 1000]
    rows = await ledger.write(lambda tx: budgets.reserve(tx, asked, 600, 2, free))
    assert isinstance(rows, list)
    assert await left() == [3, 400]
    assert isinstance(await ledger.write(lambda tx: budgets.reserve(tx, asked, 401, 1, free)), Exhausted)
    await ledger.write(lambda tx: budgets.settle(tx, rows, reserved=600, wanted=2, cost=500, delivered=1))
    assert await left() == [4, 500]
