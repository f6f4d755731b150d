"""Timers, removed texts and cards that were refused, at their exact moments. A mutation run found these lines unguarded."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.chat.port import RefusedWhy
from bot.chat.views import ActionName, Audience, ButtonStyle, Form, Reply
from bot.domain.case_states import CaseState
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Origin, Person
from bot.ledger import message_rows, privacy_rows, request_rows, settings_rows
from bot.ledger.store import Tx
from bot.ledger.tables import messages
from bot.moderation.delivery import AT_ONCE, TRY_AGAIN
from bot.moderation.retention import PRIVACY_ROW, remove_old_texts
from bot.moderation.timeouts import EXPIRY, LEASE, REMINDERS
from bot.texts import text
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground
from tests.unit.moderation.test_community_and_privacy import Visitor, made_picture, texts
from tests.unit.moderation.test_what_a_step_writes import lines

A = ActionName
DAY = 86400.0
SURE = {"sure": "true"}


async def test_a_timer_is_set_to_what_comes_first_and_an_expiry_waits_for_the_lease(ground: Ground) -> None:
    case = await ground.blocked()
    began = ground.clock.at
    assert case.due_at == began + REMINDERS[0]
    ground.clock.at = began + REMINDERS[0] - 60
    await ground.press(A.CASE_CLAIM, case.id, MO)
    assert (await ground.case(case.id)).due_at == began + REMINDERS[0]
    await ground.press(A.CASE_RELEASE, case.id, MO)
    await ground.later(13)  # reminded once
    await ground.press(A.CASE_CLAIM, case.id, MO)
    assert (await ground.case(case.id)).due_at == ground.clock.at + LEASE, "the lease ends before the next reminder"
    ground.clock.at = began + EXPIRY - 60
    await ground.sweep()
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    now = await ground.case(case.id)
    assert (now.state, now.due_at) == (CaseState.CLAIMED, ground.clock.at + LEASE), "nobody looks at the expiry while somebody decides"
    ground.clock.at = began + EXPIRY + 30
    await ground.sweep()
    assert (await ground.case(case.id)).state is CaseState.CLAIMED
    ground.clock.at = now.due_at or 0.0
    await ground.sweep()
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED
    assert [line.facts["holder"] for line in await lines(ground, "lease_end")] == [MO.id, MIA.id]


@pytest.mark.parametrize(("left", "state"), [(1.0, CaseState.OPEN), (0.0, CaseState.CLOSED_EXPIRED)])
async def test_a_case_expires_at_its_very_moment(ground: Ground, left: float, state: CaseState) -> None:
    case = await ground.blocked()
    ground.clock.at = case.expires_at - left
    await ground.sweep()
    assert (await ground.case(case.id)).state is state


@pytest.mark.parametrize(("left", "held"), [(0.5, True), (0.0, False)])
async def test_a_lease_holds_to_its_last_second(ground: Ground, left: float, held: bool) -> None:
    case = await ground.claimed()
    ground.clock.at = (case.lease_until or 0.0) - left
    assert (await ground.press(A.CASE_COMMENT, case.id, MO, {"note": "hm"})).text
    await ground.sweep()
    assert ((await ground.case(case.id)).state is CaseState.CLAIMED) is held


async def test_only_a_step_to_another_state_shows_the_request_anew(ground: Ground) -> None:
    case = await ground.blocked()

    def want(tx: Tx) -> None:
        request = request_rows.get(tx.connection, case.request_id)
        assert request is not None
        message_rows.want(tx, f"request:{case.request_id}", Audience.CHANNEL, request.place)

    async def shown() -> int:
        [found] = await ground.messages(f"request:{case.request_id}")
        return found.wanted

    await ground.ledger.write(want)
    before = await shown()
    await ground.press(A.CASE_CLAIM, case.id, MO)
    claimed = await shown()
    await ground.press(A.CASE_DENY, case.id, MO, {"reason": "harm"})
    assert before < claimed < await shown()


@pytest.mark.parametrize(("days", "kept"), [(3 - 1 / DAY, True), (3.0, False)])
async def test_texts_go_on_the_day_that_the_community_named(ground: Ground, days: float, kept: bool) -> None:
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", HOME, {"retention_days": 3}, "x"))
    for person in (ANN, BEN):
        await ground.denied(case=await ground.claimed(f"a dragon for {person.id}", person=person))
    ground.clock.at += days * DAY
    assert await ground.ledger.write(remove_old_texts) == (0 if kept else 2)
    assert ("a dragon for" in await texts(ground)) is kept


async def test_messages_of_a_case_s_requests_are_shown_anew_once_without_their_words(ground: Ground) -> None:
    case = await ground.denied(case=await ground.claimed("a dragon at dawn"))
    [request] = await ground.requests()
    await ground.ledger.write(lambda tx: message_rows.want(tx, f"request:{request.id}", Audience.CHANNEL, request.place))
    await ground.later(40 * 24)
    await ground.sweep()
    await ground.ledger.write(remove_old_texts)
    [message] = await ground.messages(f"request:{request.id}")
    assert (await ground.case(case.id)).texts_removed
    assert message.wanted == 2


async def test_what_is_drawn_of_a_case_is_not_emptied_before_it_is_sent(ground: Ground) -> None:
    case, offer = await ground.suggested("a quiet meadow")
    other = await ground.denied(case=await ground.claimed("a bear bites", person=BEN))
    await ground.press(A.REWRITE_ACCEPT, offer, ANN)
    await ground.later(40 * 24)
    assert (await ground.case(case.id)).texts_removed is False
    assert (await ground.case(other.id)).texts_removed is True
    await ground.end_live_requests(Answer.PICTURES)
    await ground.sweep()
    assert (await ground.case(case.id)).texts_removed is True
    assert [one.prompt for one in await ground.requests() if one.origin is Origin.REWRITE] == ["a quiet meadow"], (
        "a picture is its member's"
    )


async def test_deleting_everything_while_an_offer_is_drawn_keeps_the_picture_only(ground: Ground) -> None:
    case, offer = await ground.suggested("a quiet meadow")
    await ground.press(A.REWRITE_ACCEPT, offer, ANN)
    ground.clock.at -= 3600  # a clock that was put back tells nothing about what was there before
    reply = await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, SURE, key="one press")
    assert reply.text == text("case.privacy.done_but")
    again = await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, SURE, key="one press")
    assert again == Reply(text("reply.already_done"), changed=False)
    [line] = await lines(ground, "privacy_delete")
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    assert line.facts["drawn"] == [sent.id]
    await ground.end_live_requests(Answer.PICTURES)
    await ground.sweep()
    by_id = {one.id: one for one in await ground.requests()}
    assert (by_id[case.request_id].deleted, by_id[case.request_id].prompt) == (True, "")
    assert (by_id[sent.id].deleted, by_id[sent.id].prompt) == (False, "a quiet meadow")
    assert (await ground.case(case.id)).forget


async def test_deleting_everything_says_so_when_nothing_stays_and_shows_every_message_anew_once(ground: Ground) -> None:
    await made_picture(ground, ANN, "aa")
    [request] = await ground.requests()
    await ground.ledger.write(lambda tx: message_rows.want(tx, f"request:{request.id}", Audience.CHANNEL, request.place))
    for wanted in (2, 2):
        reply = await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, SURE)
        assert reply.text == text("case.privacy.done")
        [message] = await ground.messages(f"request:{request.id}")
        assert message.wanted == wanted, "a second time there is nothing new to show"


async def test_a_refusal_stays_and_a_cleaned_wording_goes(ground: Ground) -> None:
    def refused(tx: Tx) -> str:
        request = ground.request(tx, "call 555-0100")
        request_rows.move(tx, request, RequestEvent.ANSWER, answer=Answer.FAILED.value, answered_at=tx.now)
        request_rows.mark(tx, request.id, refusal=Refusal("discarded", cleaned="call me"))
        return request.id

    made = await ground.ledger.write(refused)
    await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, SURE)
    [found] = [one for one in await ground.requests() if one.id == made]
    assert found.refusal == Refusal("discarded")


async def test_the_button_that_deletes_asks_once_more_and_is_there_when_something_is_stored(ground: Ground) -> None:
    assert (await ground.room.privacy.overview(Visitor(ANN.id))).buttons == ()
    await made_picture(ground, ANN, "aa")
    view = await ground.room.privacy.overview(Visitor(ANN.id))
    [button] = view.buttons
    assert (button.row, button.style, button.opens_form, view.final) == (PRIVACY_ROW, ButtonStyle.DANGER, True, True)
    form = await ground.form(A.PRIVACY_DELETE, PRIVACY_ROW, ANN)
    assert isinstance(form, Form)
    assert [(one.name, one.value) for one in form.fields] == [("sure", "false")]
    assert await ground.form(A.PRIVACY_DELETE, "2" * 16, ANN) == Reply(text("reply.unknown_button"), changed=False)


async def test_only_ones_own_deletions_are_looked_at(ground: Ground) -> None:
    await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, BEN, SURE)
    await ground.blocked()
    found = [await ground.ledger.read(lambda c, who=who: privacy_rows.steps_by(c, who, "privacy_delete")) for who in (ANN.id, BEN.id)]
    assert [len(one) for one in found] == [0, 1]


async def refuse(ground: Ground, *cases: str, why: RefusedWhy = RefusedWhy.FORBIDDEN) -> None:
    rows = update(messages).where(messages.c.subject.in_([f"case:{one}" for one in cases]))
    await ground.ledger.write(lambda tx: tx.connection.execute(rows.values(refused=why.value, ref={"id": "old"}, settled=True)))


async def test_refused_cards_are_tried_again_after_a_while_a_few_at_a_time(ground: Ground) -> None:
    people = [Person(f"m{number}", "M") for number in range(AT_ONCE + 2)]
    ids = [(await ground.blocked("a dragon", community="guild", person=person)).id for person in people]
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", "guild", {"moderators_channel": "cards"}, "x"))
    await ground.sweep()
    await refuse(ground, *ids)

    async def under_way() -> int:
        found = [await ground.messages(f"case:{one}") for one in ids]
        return sum(not card.settled for shown in found for card in shown)

    for wait, tried in ((TRY_AGAIN, AT_ONCE), (0.0, AT_ONCE), (TRY_AGAIN - 1, AT_ONCE)):
        ground.clock.at += wait
        await ground.sweep()
        assert await under_way() == tried
    arrived = update(messages).where(messages.c.settled.is_(False)).values(refused=None, settled=True)
    await ground.ledger.write(lambda tx: tx.connection.execute(arrived))
    await ground.sweep()
    assert await under_way() == 0
    ground.clock.at += 1.0
    await ground.sweep()
    assert await under_way() == 2


async def test_a_case_without_a_channel_does_not_keep_cards_from_the_others(ground: Ground) -> None:
    ground.homes.clear()
    nowhere = await ground.blocked("a dragon", community="guild1")
    later = await ground.blocked("a dragon", community="guild2")
    for place in ("guild2", "guild1"):
        await ground.ledger.write(lambda tx, p=place: settings_rows.replace(tx, "web", p, {"moderators_channel": "cards"}, "x"))
        await ground.sweep()
        shown = [one.id for one in (nowhere, later) if await ground.messages(f"case:{one.id}")]
        assert shown == ([later.id] if place == "guild2" else [nowhere.id, later.id])
        for one in await ground.messages(f"case:{later.id}"):
            assert one.message.place.community == "guild2"
