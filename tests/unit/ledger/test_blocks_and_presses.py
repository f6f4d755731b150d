"""Rows of blocked wordings, paused members and handled presses: whose they are, and when they end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ledger import act_rows, block_rows, spend_rows
from bot.ledger.block_rows import BY_COOL_DOWN, BlockedPrompt, MemberPause
from bot.ledger.store import Ledger, Tx
from bot.ledger.tables import acts, blocked_prompts, spend

NOW = 1_800_000_000.0
MEMBERS = [("home", "ana"), ("home", "ben"), ("elsewhere", "ana")]


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    made = await Ledger.open(tmp_path, lambda: NOW, lambda: "id")
    yield made
    await made.close()


def paused(tx: Tx, now: float = NOW) -> list[tuple[str, str]]:
    return [one for one in MEMBERS if block_rows.member_pause(tx.connection, *one, now)]


@pytest.mark.parametrize("one", MEMBERS)
async def test_a_pause_ends_for_the_one_member_in_the_one_community_that_is_meant(ledger: Ledger, one: tuple[str, str]) -> None:
    def body(tx: Tx) -> None:
        for each in MEMBERS:
            block_rows.pause_member(tx, *each, NOW + 60, "mia")
        assert block_rows.member_pause(tx.connection, *one, NOW) == MemberPause(NOW + 60, "mia")
        block_rows.end_cool_down(tx, *one)
        assert paused(tx) == MEMBERS  # a moderator's pause is not a cool-down
        assert block_rows.end_pause(tx, *one)
        assert paused(tx) == [each for each in MEMBERS if each != one]
        assert not block_rows.end_pause(tx, *one)
        for each in MEMBERS:
            block_rows.pause_member(tx, *each, NOW + 60, BY_COOL_DOWN)
        block_rows.end_cool_down(tx, *one)
        assert paused(tx) == [each for each in MEMBERS if each != one]
        assert paused(tx, NOW + 60) == []
        block_rows.pause_member(tx, *one, NOW, "mia")
        assert not block_rows.end_pause(tx, *one)  # it ran out by itself

    await ledger.write(body)


async def test_a_wording_is_allowed_again_where_it_was_freed_and_until_then_nowhere_else(ledger: Ledger) -> None:
    def body(tx: Tx) -> None:
        for community in ("home", "elsewhere"):
            for wording in ("one", "two"):
                block_rows.remember_prompt(tx, community, wording, "ana", "case", NOW + 60)
        block_rows.forget_prompts(tx, "home", ["one", "three"])
        known = {(row.community, row.fingerprint) for row in tx.connection.execute(select(blocked_prompts))}
        assert known == {("home", "two"), ("elsewhere", "one"), ("elsewhere", "two")}
        assert block_rows.blocked_prompt(tx.connection, "home", "two", NOW + 59) == BlockedPrompt("ana", "case")
        assert block_rows.blocked_prompt(tx.connection, "home", "two", NOW + 60) is None

    await ledger.write(body)


async def test_what_no_longer_counts_is_removed_and_nothing_before(ledger: Ledger) -> None:
    def body(tx: Tx) -> None:
        for number, until in enumerate((NOW - 1, NOW, NOW + 1)):
            block_rows.remember_prompt(tx, "home", str(number), "ana", "case", until)
        block_rows.remove_expired_prompts(tx)
        assert [row.fingerprint for row in tx.connection.execute(select(blocked_prompts))] == ["2"]
        assert act_rows.claim_act(tx, "press")
        assert not act_rows.claim_act(tx, "press")
        act_rows.remove(tx, before=NOW)
        assert not act_rows.claim_act(tx, "press")
        act_rows.remove(tx, before=NOW + 1)
        assert tx.connection.execute(select(acts)).all() == []

    await ledger.write(body)


async def test_amounts_add_up_in_the_row_they_belong_to(ledger: Ledger) -> None:
    def body(tx: Tx) -> None:
        rows = [("member", "test:ana", "d1"), ("member", "test:ana", "m1")]
        spend_rows.add(tx, [], reserved=7, spent=7, pictures=7)
        spend_rows.add(tx, rows, reserved=10, spent=0, pictures=2)
        spend_rows.add(tx, rows[:1], reserved=-10, spent=4, pictures=-1)
        found = {row.period: (row.reserved, row.spent, row.pictures) for row in tx.connection.execute(select(spend))}
        assert found == {"d1": (0, 4, 1), "m1": (10, 0, 2)}

    await ledger.write(body)
