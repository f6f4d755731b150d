from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from bot.chat.views import ActionName
from bot.domain.case_states import CaseState, Standing
from bot.domain.kinds import Kind
from bot.ledger import case_rows, settings_rows
from bot.ledger.store import Tx
from bot.ledger.tables import audit, blocked_members
from tests.unit.moderation.ground import ANN, BEN, HOME, MO, Ground


async def test_a_block_opens_a_case_with_its_facts_and_a_card_for_the_moderators(ground: Ground) -> None:
    case = await ground.blocked(kind=Kind.SAFETY_OUTPUT, facts={"code": "moderation_blocked", "stage": "output"})
    assert (case.state, case.number, case.kind, case.person.id) == (CaseState.OPEN, 1, "safety_output", "m1")
    assert case.facts == {"code": "moderation_blocked", "stage": "output"}
    assert await ground.audit_log(case.id) == [("opened", "done")]
    cards = [one.message for one in await ground.messages(f"case:{case.id}")]
    assert [(card.audience.value, card.place.channel) for card in cards] == [("moderators", "moderators")]


async def test_repeats_and_rewordings_of_the_same_member_join_the_waiting_case(ground: Ground) -> None:
    first = await ground.blocked("a dragon")
    second = await ground.blocked("a red dragon")
    other = await ground.blocked("a dragon", person=BEN)
    elsewhere = await ground.blocked("a dragon", community="guild2")
    assert second.id == first.id
    assert len({first.id, other.id, elsewhere.id}) == 3
    assert await ground.audit_log(first.id) == [("opened", "done"), ("joined", "done")]


async def test_five_blocks_within_an_hour_stop_the_member_for_an_hour_and_nobody_else(ground: Ground) -> None:
    async def stopped() -> list[tuple[str, float, str]]:
        rows = await ground.ledger.read(lambda c: c.execute(select(blocked_members)).all())
        return [(row.person, row.until, row.by) for row in rows]

    for number in range(4):
        await ground.blocked(f"dragon {number}")
        await ground.blocked(f"knight {number}", person=BEN, community=f"guild{number}")
    assert await stopped() == []
    await ground.blocked("dragon 5")
    assert await stopped() == [("m1", ground.clock.at + 3600, "cool_down")]


async def test_a_pause_and_its_end_show_on_all_of_the_members_cards(ground: Ground) -> None:
    async def behind() -> list[str]:
        stored = [one for case in cases for one in await ground.messages(f"case:{case.id}")]
        found = [one.message.subject for one in stored if one.wanted > revisions.get(one.message.id, 0)]
        revisions.update({one.message.id: one.wanted for one in stored})
        return [name.partition(":")[2] for name in found]

    revisions: dict[str, int] = {}
    decided = await ground.denied(case=await ground.claimed("a dragon"))
    cases = [decided, await ground.claimed("a knight"), await ground.blocked("a dragon", person=BEN)]
    ids = [case.id for case in cases]
    await behind()
    assert (await ground.press(ActionName.CASE_BLOCK_MEMBER, decided.id, MO, {"pause": "86400"})).changed
    assert await behind() == ids[:2]
    assert (await ground.press(ActionName.CASE_UNBLOCK_MEMBER, decided.id, MO)).changed
    assert await behind() == ids[:2]
    assert (await ground.press(ActionName.CASE_BLOCK_MEMBER, decided.id, MO, {"pause": "86400"})).changed
    await behind()
    await ground.later(23)
    assert decided.id not in await behind()
    await ground.later(1)
    assert decided.id in await behind(), "the pause ended by itself"
    assert ActionName.CASE_BLOCK_MEMBER in {button.action for button in (await ground.card(decided)).buttons}


async def test_a_pause_that_a_moderator_imposed_is_not_shortened_by_a_cool_down(ground: Ground) -> None:
    case = await ground.claimed("dragon 0")
    assert (await ground.press(ActionName.CASE_BLOCK_MEMBER, case.id, MO, {"pause": "86400"})).changed
    for number in range(1, 6):
        await ground.blocked(f"dragon {number}")
    [pause] = await ground.ledger.read(lambda c: c.execute(select(blocked_members)).all())
    assert (pause.person, pause.until, pause.by) == (ANN.id, ground.clock.at + 86400, MO.id)


async def test_blocks_of_an_hour_ago_do_not_count_towards_the_cool_down(ground: Ground) -> None:
    for number in range(4):
        await ground.blocked(f"dragon {number}")
    ground.clock.at += 3601
    await ground.blocked("dragon 5")
    assert await ground.ledger.read(lambda c: c.execute(select(blocked_members)).all()) == []


async def test_direct_messages_are_decided_in_the_operators_community(ground: Ground) -> None:
    case = await ground.blocked(community="dm:m1")
    [card] = await ground.messages(f"case:{case.id}")
    assert (card.message.place.community, card.message.place.channel) == (HOME, "moderators")


async def test_a_community_without_a_channel_is_not_promised_a_review_and_its_administrators_are_told_once(ground: Ground) -> None:
    case = await ground.blocked(community="guild2")
    await ground.blocked("another", community="guild2", person=BEN)
    assert await ground.messages(f"case:{case.id}") == []
    [setup] = await ground.messages("setup:web:guild2")
    assert setup.wanted == 1
    assert not await ground.ledger.read(lambda c: ground.cases.reviewed(c, "web", "guild2"))
    assert await ground.ledger.read(lambda c: ground.cases.reviewed(c, "web", HOME))


async def test_a_communitys_own_channel_is_where_its_card_goes(ground: Ground) -> None:
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", "guild2", {"moderators_channel": "mods2"}, "admin"))
    case = await ground.blocked(community="guild2")
    [card] = await ground.messages(f"case:{case.id}")
    assert (card.message.place.community, card.message.place.channel) == ("guild2", "mods2")


@pytest.mark.parametrize("change", [update(audit).values(actor="x"), delete(audit)])
async def test_the_audit_log_can_only_grow(ground: Ground, change: object) -> None:
    case = await ground.blocked()

    def tamper(tx: Tx) -> None:
        tx.connection.execute(change)  # type: ignore[call-overload]

    with pytest.raises(DBAPIError, match="append-only"):
        await ground.ledger.write(tamper)
    assert await ground.audit_log(case.id) == [("opened", "done")]


async def test_a_case_is_found_by_its_number(ground: Ground) -> None:
    case = await ground.blocked(person=ANN)
    found = await ground.ledger.read(lambda c: (case_rows.by_number(c, case.number), case_rows.standing(c, case.id)))
    assert found == (case, Standing(case.number, CaseState.OPEN))
