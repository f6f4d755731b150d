"""Books of a community that pays with its own key, on both databases: beside the operator's, with the community's limits alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import budgets
from bot.budgets import Limits
from bot.domain.requests import Person, Place
from bot.ledger import spend_rows
from bot.ledger.store import Ledger

HERE, ANA = Place("slack", "T1", "imagine"), Person("ana")
OPERATORS = Limits(
    member_day=100, member_month=200, community_day=300, community_month=400, member_pictures_day=5, community_pictures_day=9
)
OWN = OPERATORS.of_own_key()


async def left(ledger: Ledger, limits: Limits) -> dict[tuple[str, str, str], int]:
    found = await ledger.read(lambda c: budgets.remaining_for(c, HERE, ANA, limits, 1_800_000_000.0))
    return {(one.scope, one.period, one.unit): one.left for one in found}


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(tmp_path, lambda: 1_800_000_000.0, lambda: "x" * 16)
    yield opened
    await opened.close()


async def test_the_two_books_know_nothing_of_each_other(ledger: Ledger) -> None:
    own = budgets.periods(HERE, ANA, 1_800_000_000.0, "UTC", "own-openai-a", own_key=True)
    operators = budgets.periods(HERE, ANA, 1_800_000_000.0, "UTC")
    assert not {one[0] for one in own} & {one[0] for one in operators}
    await ledger.write(lambda tx: spend_rows.add(tx, own, reserved=0, spent=90, pictures=2))
    untouched = await left(ledger, OPERATORS)
    assert untouched["member", "day", "money"] == 100
    assert untouched["community", "day", "pictures"] == 9
    await ledger.write(lambda tx: spend_rows.add(tx, operators, reserved=0, spent=70, pictures=1))
    limited = await left(ledger, OWN.within({"budget_community_day": 500, "budget_member_day": 120}))
    assert limited == {
        ("member", "day", "pictures"): 3,
        ("member", "day", "money"): 30,
        ("community", "day", "pictures"): 7,
        ("community", "day", "money"): 410,
    }


async def test_a_member_pays_only_for_what_came(ledger: Ledger) -> None:
    own = budgets.periods(HERE, ANA, 1_800_000_000.0, "UTC", "own-openai-a", own_key=True)
    await ledger.write(lambda tx: spend_rows.add(tx, own, reserved=50, spent=0, pictures=1))
    await ledger.write(lambda tx: budgets.settle(tx, own, reserved=50, wanted=1, cost=40, delivered=0))
    found = await left(ledger, OWN.within({"budget_community_day": 100, "budget_member_day": 100}))
    assert (found["member", "day", "money"], found["community", "day", "money"]) == (100, 60)


def test_the_communitys_own_amounts_are_the_only_ones() -> None:
    assert Limits(None, None, None, None, 5, 9, own_key=True) == OWN
    assert OWN.within({"budget_member_day": 10_000}).member_day == 10_000
    assert OPERATORS.within({"budget_member_day": 10_000}).member_day == 100
