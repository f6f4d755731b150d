"""In which communities a press or a request asks for somebody's roles: where it is, and where what it's about is from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.views import Act
from bot.chat.views import ActionName as A
from bot.domain.batches import Batch, BatchPlan, BatchState
from bot.domain.requests import Place
from bot.ledger import batch_rows, ladder_rows, settings_rows
from bot.ledger.ladder_rows import LadderRow
from bot.ledger.store import Tx
from bot.requests.tiers import Tier, as_stored
from tests.unit.moderation.ground import ANN, BEN, HOME, Ground


@pytest.fixture
async def asked(ground: Ground) -> list[tuple[str, str]]:
    """Who is asked about where; tiers name a role in three communities."""
    found: list[tuple[str, str]] = []

    async def holds(person: str, community: str, role: str) -> bool:
        found.append((person, community))
        return True

    ground.check.holds_role = holds  # type: ignore[attr-defined]
    for community in (HOME, "direct", "other"):
        tiers = {"tiers": as_stored([Tier("t", "n", ("77",))])}
        await ground.ledger.write(lambda tx, where=community, tiers=tiers: settings_rows.replace(tx, "web", where, tiers, "olu"))  # type: ignore[misc]
    return found


async def test_a_press_asks_where_it_is_and_where_what_it_is_about_is_from(ground: Ground, asked: list[tuple[str, str]]) -> None:
    case, offer = await ground.suggested()
    request = await ground.ledger.write(lambda tx: ground.request(tx, "tea", ANN, "other"))
    expected = {case.id: HOME, offer: HOME, request.id: "other"}
    for row, community in expected.items():
        asked.clear()
        await ground.room.tier_roles.of_press("web", "direct", ANN.id, row)
        assert sorted(asked) == [(ANN.id, one) for one in sorted({"direct", community})]
        asked.clear()
        await ground.room.tier_roles.of_press("web", community, ANN.id, row)
        assert asked == [(ANN.id, community)]
    asked.clear()
    await ground.room.tier_roles.of_press("web", "direct", ANN.id, "2" * 16)
    assert asked == [(ANN.id, "direct")]


async def test_a_press_on_a_batch_asks_where_it_is_from_about_the_presser_and_its_owner(
    ground: Ground, asked: list[tuple[str, str]]
) -> None:
    def stored(tx: Tx, platform: str) -> str:
        batch = Batch(tx.new_id(), 0, BatchState.PROPOSED, ANN, Place(platform, "other", "c"), "tea", BatchPlan(9, 9), tx.now, tx.now)
        batch_rows.insert(tx, platform, batch)
        return batch.id

    here, elsewhere = [await ground.ledger.write(lambda tx, one=one: stored(tx, one)) for one in ("web", "slack")]  # type: ignore[misc]
    await ground.room.tier_roles.of_press("web", "direct", BEN.id, here)
    assert sorted(asked) == sorted([(BEN.id, "direct"), (BEN.id, "other"), (ANN.id, "other")])
    asked.clear()
    await ground.room.tier_roles.of_press("web", "direct", BEN.id, elsewhere)
    assert asked == [(BEN.id, "direct")]


async def test_a_press_on_a_step_of_simplify_asks_where_what_failed_is_from(ground: Ground, asked: list[tuple[str, str]]) -> None:
    def stored(tx: Tx) -> str:
        request = ground.request(tx, "tea", ANN, "other", private=True)
        ladder_rows.add(tx, LadderRow(tx.new_id(), request.id, "web", ANN.id, [("subject", "tea", "", "")]))
        found = ladder_rows.about(tx.connection, request.id)
        assert found is not None
        return ladder_rows.planned(tx, found.id, [0]).id

    step = await ground.ledger.write(stored)
    await ground.room.tier_roles.of_press("web", "direct", ANN.id, step)
    assert sorted(asked) == [(ANN.id, "direct"), (ANN.id, "other")]


@pytest.mark.parametrize("there", [True, False])
async def test_asking_from_a_direct_message_needs_the_platforms_yes_to_who_is_there(ground: Ground, there: bool) -> None:
    async def member(person: str, community: str) -> bool:
        return there and (person, community) in ((ANN.id, "other"), (ANN.id, HOME))

    ground.check.is_member = member  # type: ignore[attr-defined]
    _, offer = await ground.suggested()

    def stored(tx: Tx) -> tuple[str, str]:
        request = ground.request(tx, "tea", ANN, "other", private=True)
        ladder_rows.add(tx, LadderRow(tx.new_id(), request.id, "web", ANN.id, [("subject", "tea", "", "")]))
        found = ladder_rows.about(tx.connection, request.id)
        assert found is not None
        return request.id, ladder_rows.planned(tx, found.id, [0]).id

    request, step = await ground.ledger.write(stored)
    for action, row in ((A.AGAIN, request), (A.LADDER_SEND, step), (A.REWRITE_ACCEPT, offer)):
        act = Act("k", ANN.id, "Ann", "web", "dm:ann", "d1", action, row, direct=True)
        refused = await ground.room.tier_roles.refused(act)
        assert (refused is None) is there
        assert await ground.room.tier_roles.refused(replace(act, direct=False)) is None
    for action in (A.DELETE, A.CANCEL, A.SHOW, A.REWRITE_DECLINE, A.DISCARD):
        assert await ground.room.tier_roles.refused(Act("k", ANN.id, "Ann", "web", "dm:ann", "d1", action, request, direct=True)) is None
