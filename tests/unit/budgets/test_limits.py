"""Limits to the millionth and to the day: a mutation run found these corners unguarded."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import budgets
from bot.budgets import COMMUNITY, EVERYBODY, MEMBER, Exhausted, Limits
from bot.ledger.store import Ledger
from bot.ledger.tables import spend

from .test_budgets import request

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
DAY = 86400.0
FREE = Limits(None, None, None, None, None, None)
MONEY = ("member_day", "member_month", "community_day", "community_month")


@dataclass
class Books:
    """A ledger and a clock that the test moves."""

    ledger: Ledger
    now: list[float]

    async def reserve(self, micros: int, pictures: int, limits: Limits, person: str = "ana") -> list[budgets.Period] | Exhausted:
        return await self.ledger.write(lambda tx: budgets.reserve(tx, request(person), micros, pictures, limits))

    async def spend(self, micros: int, pictures: int = 1, person: str = "ana") -> None:
        """Something that was drawn and paid."""
        rows = await self.reserve(micros, pictures, FREE, person)
        assert isinstance(rows, list)
        await self.ledger.write(lambda tx: budgets.settle(tx, rows, reserved=micros, wanted=pictures, cost=micros, delivered=pictures))

    async def rows(self) -> dict[tuple[str, str], tuple[int, int, int]]:
        found = await self.ledger.read(lambda c: c.execute(select(spend)).all())
        return {(row.scope, row.period): (row.reserved, row.spent, row.pictures) for row in found}


@pytest.fixture
async def books(tmp_path: Path) -> AsyncIterator[Books]:
    now, ids = [NOON], itertools.count()
    ledger = await Ledger.open(tmp_path, lambda: now[0], lambda: f"{next(ids):016d}")
    yield Books(ledger, now)
    await ledger.close()


@pytest.mark.parametrize(
    ("name", "unit"), [*((name, "money") for name in MONEY), ("member_pictures_day", "pictures"), ("community_pictures_day", "pictures")]
)
async def test_what_is_left_may_be_used_up_to_the_last_bit(books: Books, name: str, unit: str) -> None:
    limits = Limits(**{**dict.fromkeys((*MONEY, "member_pictures_day", "community_pictures_day")), name: 100})  # type: ignore[arg-type]
    await books.spend(*((60, 1) if unit == "money" else (1, 60)))
    ask = (lambda many: (many, 1)) if unit == "money" else (lambda many: (1, many))
    refused = await books.reserve(*ask(41), limits)
    assert isinstance(refused, Exhausted)
    assert (refused.left, refused.limit, refused.unit) == (40, 100, unit)
    assert isinstance(await books.reserve(*ask(40), limits), list)
    refused = await books.reserve(*ask(1), limits)
    assert isinstance(refused, Exhausted)
    assert refused.left == 0


async def test_reserved_and_spent_count_alike_and_more_than_all_is_nothing_left(books: Books) -> None:
    await books.spend(30)
    await books.reserve(30, 1, FREE)
    refused = await books.reserve(50, 1, Limits(member_day=100))
    assert isinstance(refused, Exhausted)
    assert refused.left == 40
    refused = await books.reserve(1, 1, Limits(member_day=50))  # it was lowered meanwhile
    assert isinstance(refused, Exhausted)
    assert refused.left == 0


@pytest.mark.parametrize(("scope", "person"), [("member", "ana"), ("community", "ben")])
async def test_yesterdays_spending_counts_in_the_month_and_not_in_the_day(books: Books, scope: str, person: str) -> None:
    await books.spend(60)
    books.now[0] += DAY
    day, month = Limits(**{f"{scope}_day": 100}), Limits(**{f"{scope}_month": 100})  # type: ignore[arg-type]
    assert isinstance(await books.reserve(100, 1, day, person), list)
    await books.ledger.write(lambda tx: tx.connection.execute(spend.delete().where(spend.c.period == "d2026-11-22")))
    await books.ledger.write(lambda tx: tx.connection.execute(spend.update().where(spend.c.period == "m2026-11").values(reserved=0)))
    refused = await books.reserve(41, 1, month, person)
    assert isinstance(refused, Exhausted)
    assert (refused.scope, refused.period, refused.left) == (scope, "month", 40)
    books.now[0] += 10 * DAY  # December
    assert isinstance(await books.reserve(100, 1, month, person), list)


async def test_without_any_spending_all_of_it_is_left(books: Books) -> None:
    limits = Limits(1, 2, 3, 4, 5, 6)
    place, person = request().place, request().person
    found = await books.ledger.read(lambda c: budgets.remaining_for(c, place, person, limits, NOON))
    assert [(one.scope, one.period, one.unit, one.left, one.limit) for one in found] == [
        ("member", "day", "pictures", 5, 5),
        ("member", "day", "money", 1, 1),
        ("member", "month", "money", 2, 2),
        ("community", "day", "pictures", 6, 6),
        ("community", "day", "money", 3, 3),
        ("community", "month", "money", 4, 4),
    ]


async def test_the_member_is_charged_a_share_and_everybody_else_pays_all(books: Books) -> None:
    rows = await books.reserve(500, 3, FREE)
    assert isinstance(rows, list)
    await books.ledger.write(lambda tx: budgets.settle(tx, rows, reserved=500, wanted=3, cost=300, delivered=2, charged=200))
    found = await books.rows()
    assert {found[MEMBER, period] for period in ("d2026-11-21", "m2026-11")} == {(0, 200, 2)}
    assert {found[scope, period] for scope in (COMMUNITY, EVERYBODY) for period in ("d2026-11-21", "m2026-11")} == {(0, 300, 2)}
    await books.ledger.write(lambda tx: budgets.settle(tx, [], reserved=1, wanted=1, cost=1, delivered=1))
    assert await books.rows() == found


@pytest.mark.parametrize("name", MONEY)
@pytest.mark.parametrize(
    ("most", "own", "kept"),
    [
        (100, 99, 99),
        (100, 100, 100),
        (100, 101, 100),
        (100, 0, 0),
        (100, 1, 1),
        (100, -1, 100),
        (100, None, 100),
        (100, "5", 100),
        (None, 7, 7),
        (None, 0, 0),
        (None, None, None),
        (0, 5, 0),
    ],
)
def test_a_community_can_only_go_below_the_operator(name: str, most: int | None, own: object, kept: int | None) -> None:
    limits = Limits(**{name: most}, zone="Europe/Berlin")  # type: ignore[arg-type]
    found = limits.within({} if own is None else {f"budget_{name}": own})
    assert getattr(found, name) == kept
    assert all(getattr(found, other) == getattr(limits, other) for other in (*MONEY, "member_pictures_day", "zone") if other != name)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-01-31", "2026-02-01"),
        ("2026-01-01", "2026-02-01"),
        ("2026-12-15", "2027-01-01"),
        ("2028-02-29", "2028-03-01"),
        ("2026-11-30", "2026-12-01"),
    ],
)
def test_a_month_ends_with_its_last_day(day: str, following: str) -> None:
    now = datetime.fromisoformat(f"{day}T23:59:59+00:00").timestamp()
    assert budgets.renews(now, "month", "UTC") == datetime.fromisoformat(f"{following}T00:00:00+00:00").timestamp()
