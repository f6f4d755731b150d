"""In which communities a press or a request asks for somebody's roles: where it is, and where what it's about is from."""

from __future__ import annotations

import pytest

from bot.domain.batches import Batch, BatchPlan, BatchState
from bot.domain.requests import Place
from bot.ledger import batch_rows, settings_rows
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
