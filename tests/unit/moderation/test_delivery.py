"""Cards reach the moderators in the end, and what they show is what the rows say."""

from __future__ import annotations

from sqlalchemy import update

from bot.chat.views import ActionName, Audience
from bot.domain.requests import Place
from bot.ledger import case_rows, message_rows, notice_rows, settings_rows
from bot.ledger.store import Tx
from bot.ledger.tables import messages
from tests.unit.moderation.ground import ANN, HOME, MIA, MO, Ground

A = ActionName


async def refuse(ground: Ground, subject: str, why: str, ref: dict[str, str] | None = None) -> None:
    """As the sender does when the platform will not take a card."""

    def body(tx: Tx) -> None:
        [card] = [one for one in message_rows.of_subject(tx.connection, subject) if one.message.audience is Audience.MODERATORS]
        tx.connection.execute(update(messages).where(messages.c.id == card.message.id).values(ref=ref or {}))
        message_rows.refuse(tx, card.message.id, why, sent=card.wanted)
        place = card.message.place
        cause = f"chat_{why}:{place.platform}:{place.channel}"
        ground.room.notices.report(tx, cause, f"chat_{why}", {"channel": place.channel})

    await ground.ledger.write(body)


async def shown(ground: Ground, subject: str) -> None:
    def body(tx: Tx) -> None:
        [card] = [one for one in message_rows.of_subject(tx.connection, subject) if one.message.audience is Audience.MODERATORS]
        message_rows.shown(tx, card.message.id, sent=card.wanted, ref={"id": "1"}, final=True)

    await ground.ledger.write(body)


async def moderators_card(ground: Ground, subject: str) -> message_rows.Stored:
    [card] = [one for one in await ground.messages(subject) if one.message.audience is Audience.MODERATORS]
    return card


async def test_a_card_that_was_refused_is_tried_again_until_it_is_shown_and_the_operator_hears_of_it_once(ground: Ground) -> None:
    case = await ground.blocked()
    subject = f"case:{case.id}"
    for _ in range(3):
        await refuse(ground, subject, "forbidden")
        assert (await moderators_card(ground, subject)).settled
        ground.clock.at += 121
        await ground.sweep()
        assert not (await moderators_card(ground, subject)).settled
    assert len(await ground.messages("notice:chat_forbidden:web:moderators")) == 1
    await shown(ground, subject)
    ground.clock.at += 121
    await ground.sweep()
    notice = await ground.ledger.read(lambda c: notice_rows.get(c, "chat_forbidden:web:moderators"))
    assert notice is not None
    assert notice.resolved_at is not None


async def test_the_notice_about_a_channel_ends_when_its_cards_have_followed_the_moderators_to_another(ground: Ground) -> None:
    case = await ground.blocked(community="guild2")
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", "guild2", {"moderators_channel": "one"}, "x"))
    await ground.sweep()
    cause = "chat_gone:web:one"
    facts = {"platform": "web", "channel": "one", "audience": "moderators"}
    await refuse(ground, f"case:{case.id}", "gone")
    await ground.ledger.write(lambda tx: ground.room.notices.report(tx, cause, "chat_gone", facts))
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", "guild2", {"moderators_channel": "two"}, "x"))
    await ground.sweep()
    notice = await ground.ledger.read(lambda c: notice_rows.get(c, cause))
    assert notice is not None
    assert notice.resolved_at is not None


async def test_a_card_whose_message_was_deleted_is_posted_anew(ground: Ground) -> None:
    case = await ground.blocked()
    await refuse(ground, f"case:{case.id}", "gone", {"id": "old"})
    ground.clock.at += 121
    await ground.sweep()
    card = await moderators_card(ground, f"case:{case.id}")
    assert (card.settled, dict(card.message.ref)) == (False, {})


async def test_where_writing_is_forbidden_for_a_while_the_same_message_is_edited_afterwards(ground: Ground) -> None:
    case = await ground.blocked()
    await refuse(ground, f"case:{case.id}", "forbidden", {"id": "old"})
    ground.clock.at += 121
    await ground.sweep()
    assert dict((await moderators_card(ground, f"case:{case.id}")).message.ref) == {"id": "old"}


async def test_cards_of_waiting_cases_appear_when_a_channel_is_set_later_and_follow_it(ground: Ground) -> None:
    case = await ground.blocked(community="guild2")
    assert await ground.messages(f"case:{case.id}") == []
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", "guild2", {"moderators_channel": "one"}, "x"))
    await ground.sweep()
    assert (await moderators_card(ground, f"case:{case.id}")).message.place.channel == "one"
    await shown(ground, f"case:{case.id}")
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", "guild2", {"moderators_channel": "two"}, "x"))
    await ground.sweep()
    moved = await moderators_card(ground, f"case:{case.id}")
    assert (moved.message.place.channel, dict(moved.message.ref), moved.settled) == ("two", {}, False)


async def test_cards_follow_the_operators_own_channel(ground: Ground) -> None:
    case = await ground.blocked(community="dm:m1")
    ground.homes["web"] = Place("web", HOME, "new-moderators")
    await ground.sweep()
    assert (await moderators_card(ground, f"case:{case.id}")).message.place.channel == "new-moderators"


async def test_the_sweep_leaves_cards_alone_that_are_where_they_belong(ground: Ground) -> None:
    case = await ground.blocked()
    await shown(ground, f"case:{case.id}")
    before = await moderators_card(ground, f"case:{case.id}")
    for _ in range(3):
        ground.clock.at += 30
        await ground.sweep()
    assert await moderators_card(ground, f"case:{case.id}") == before


async def test_the_card_has_what_a_moderator_needs(ground: Ground) -> None:
    await ground.denied(case=await ground.claimed("an older one"))
    case = await ground.blocked(facts={"code": "moderation_blocked", "stage": "prompt", "categories": "violence", "request_id": "req_1"})
    view = await ground.card(case)
    facts = {fact.label: fact for fact in view.facts}
    assert facts["Prompt"].hidden
    assert facts["Prompt"].value == "a dragon fights a knight"
    shown_text = " ".join(f"{fact.label} {fact.value}" for fact in view.facts)
    for part in (
        "moderation_blocked",
        "prompt",
        "violence",
        "req_1",
        "Ann",
        "earlier cases here: 1",
        "imagine",
        "gpt-image-2",
        "1024×1024",
        "$",
    ):
        assert part in shown_text, part
    assert "can't overrule" in " ".join(view.text)
    assert [button.action for button in view.buttons] == [A.CASE_CLAIM, A.CASE_COMMENT, A.CASE_PROMPT]


async def test_the_card_names_who_decided_and_when(ground: Ground) -> None:
    case = await ground.denied(by=MIA)
    await ground.press(A.CASE_COMMENT, case.id, MO, {"note": "I agree"})
    view = await ground.card(case)
    assert "denied by Mia" in view.title
    assert "UTC" in view.title
    history = next(fact.value for fact in view.facts if fact.label == "What happened")
    assert "Mia: claimed it" in history
    assert "Ann: request blocked" in history
    assert any("I agree (Mo" in fact.value for fact in view.facts)
    assert {button.action for button in view.buttons} == {A.CASE_BLOCK_MEMBER, A.CASE_COMMENT, A.CASE_PROMPT}


async def test_every_view_of_a_case_fits_the_platforms(ground: Ground) -> None:
    case = await ground.claimed("word " * 800)
    for number in range(30):
        await ground.press(A.CASE_COMMENT, case.id, MO, {"note": f"{number} " + "long " * 150})
    view = await ground.card(case)
    assert len(view.facts) <= 25
    assert all(len(fact.value) <= 1024 for fact in view.facts)
    assert all(len(button.label) <= 80 for button in view.buttons)
    assert len(view.title) <= 256


async def test_two_members_and_their_names_stay_apart(ground: Ground) -> None:
    one, two = await ground.blocked("same words"), await ground.blocked("same words", community="dm:m1")
    assert one.id != two.id
    steps = await ground.ledger.read(lambda c: case_rows.audit_log(c, one.id))
    assert {step.actor for step in steps} == {ANN.id}
