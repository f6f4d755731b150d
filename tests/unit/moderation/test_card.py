"""What moderators read on a case's card beside its state: which wordings were blocked, what the member did, what it has cost."""

from __future__ import annotations

from bot.chat.views import ActionName, Reply
from tests.unit.moderation.ground import ANN, MO, Ground

A = ActionName


async def revisions(ground: Ground, case_id: str) -> int:
    """How often the card was asked to show its newest state."""
    return max(one.wanted for one in await ground.messages(f"case:{case_id}"))


async def test_an_accepted_wording_is_not_called_a_blocked_one(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a dragon and a knight have tea")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    assert all("tea" not in fact.value for fact in (await ground.card(case)).facts)
    shown = await ground.press(A.CASE_PROMPT, case.id, MO)
    assert isinstance(shown, Reply)
    assert shown.view is not None
    assert shown.view.facts == ()


async def test_a_wording_that_was_blocked_too_is_on_the_card(ground: Ground) -> None:
    case = await ground.blocked("a dragon fights a knight")
    await ground.blocked("a dragon beats a knight")
    assert any("a dragon beats a knight" in fact.value for fact in (await ground.card(case)).facts)


async def test_the_card_tells_of_the_members_own_new_wording(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": ""})
    before = await revisions(ground, case.id)
    await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon greets a knight"})
    assert await revisions(ground, case.id) > before
    assert any("another wording" in fact.value for fact in (await ground.card(case)).facts)
