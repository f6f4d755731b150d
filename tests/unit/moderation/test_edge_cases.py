"""Presses and blocks at odd moments: what the presser hears, and which case it ends up in. A mutation run found these lines unguarded."""

from __future__ import annotations

import pytest

from bot.chat.views import ActionName, Audience
from bot.domain.case_states import CaseState
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Origin, Person, Place, Submission
from bot.ledger import request_rows, settings_rows
from bot.ledger.case_rows import audit_log
from bot.moderation.timeouts import EXPIRY, LEASE
from bot.prompts.normalise import fingerprint
from bot.requests.accept import accept
from bot.requests.submit import store_submission
from bot.texts import text
from bot.texts.phrases import moment
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground
from tests.unit.moderation.test_rewording import made, questions
from tests.unit.moderation.test_what_a_step_writes import block_meanwhile, lines

A = ActionName
HOUR = 3600.0


async def test_a_claim_says_why_it_is_not_possible(ground: Ground) -> None:
    case = await ground.claimed(by=MO)

    async def hears(person: Person) -> str:
        reply = await ground.press(A.CASE_CLAIM, case.id, person)
        assert not reply.changed
        return reply.text

    words = {"number": case.number, "holder": "Mo", "until": moment(ground.clock.at + LEASE)}
    assert await hears(MO) == text("case.no.already_yours", **words)
    assert "Mo" in await hears(MIA)
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    with_member = await hears(MIA)
    await ground.later(80)
    closed = await hears(MIA)
    state = text("case.state.closed_expired")
    assert with_member == text("case.no.with_member", number=case.number, state=text("case.state.with_member"), holder="", until="")
    assert closed == text("case.no.closed", number=case.number, state=state, holder="", until="")


async def test_a_name_of_any_length_is_kept_in_part(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.press(A.CASE_CLAIM, case.id, Person(MO.id, "M" * 500))
    holder = (await ground.case(case.id)).holder
    assert holder is not None
    assert holder.name == "M" * 120


@pytest.mark.parametrize("person", [BEN, ANN])
async def test_somebody_elses_picture_is_unknown_also_to_who_was_asked_for_one(ground: Ground, person: Person) -> None:
    case = await ground.claimed(person=ANN)
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    theirs = await made(ground, "a quiet meadow", BEN)
    reply = await ground.press(A.REWORDED, theirs, person)
    assert reply.text == text("case.no.unknown" if person is ANN else "case.no.question_over")


async def test_blocked_again_it_waits_anew_and_whoever_is_there_may_claim_it(ground: Ground) -> None:
    """Denied, appealed, rewritten by another, blocked again: nobody's decision holds any more."""
    case = await ground.denied(by=MO)
    await ground.press(A.APPEAL, case.id, ANN)
    await ground.later(30)
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.press(A.CASE_REWRITE, case.id, MIA, {"prompt": "a quiet meadow"})
    await ground.later(40)
    offer = (await ground.case(case.id)).asked
    assert offer is not None
    assert (await ground.press(A.REWRITE_ACCEPT, offer, ANN)).changed
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    again = await ground.blocked("a quiet meadow", origin=Origin.REWRITE, parent=case.request_id, case_id=case.id)
    assert (again.id, again.state, again.appeals, again.decided_by, again.reminded) == (case.id, CaseState.OPEN, 1, None, 0)
    assert (again.waiting_since, again.expires_at) == (ground.clock.at, ground.clock.at + EXPIRY)
    assert (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    assert sent.case_id == case.id


async def test_a_retry_of_what_a_rewrite_replaced_is_a_case_of_its_own(ground: Ground) -> None:
    case, offer = await ground.suggested()
    await ground.press(A.REWRITE_ACCEPT, offer, ANN)
    retried = await ground.blocked(origin=Origin.RETRY, parent=case.request_id)
    assert retried.id != case.id
    assert (await ground.case(case.id)).state is CaseState.CLOSED_ACCEPTED


async def test_a_second_block_of_an_accepted_rewrite_joins_what_it_opened_again(ground: Ground) -> None:
    case, offer = await ground.suggested()
    await ground.press(A.REWRITE_ACCEPT, offer, ANN)
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    first = await ground.blocked(origin=Origin.RETRY, parent=sent.id)
    second = await ground.blocked(origin=Origin.RETRY, parent=sent.id)
    assert first.id == second.id == case.id
    assert [event for event, _ in await ground.audit_log(case.id)][-2:] == ["blocked_again", "joined"]


async def test_where_nobody_reads_there_is_no_card_also_for_direct_messages(ground: Ground) -> None:
    ground.homes.clear()
    case = await ground.blocked(community="dm:m1")
    assert await ground.messages(f"case:{case.id}") == []
    assert await ground.room.moderators_place("web", HOME) is None


async def test_a_channel_that_is_set_to_nothing_is_none(ground: Ground) -> None:
    for channel, place in (("", Place("web", HOME, "moderators")), ("cards", Place("web", HOME, "cards"))):
        await ground.ledger.write(lambda tx, c=channel: settings_rows.replace(tx, "web", HOME, {"moderators_channel": c}, "x"))
        assert await ground.room.moderators_place("web", HOME) == place


async def test_a_timer_that_rings_does_what_is_due(ground: Ground) -> None:
    case = await ground.blocked()
    ground.clock.at += 80 * HOUR
    ground.room.wake(case.id)
    await ground.room.stop()
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED


@pytest.mark.parametrize(
    ("typed", "own", "expected"),
    [
        ({"size": "1536x1024", "quality": "low", "count": "2"}, {"size": "1024x1536", "quality": "high"}, ("1536x1024", "low", 2)),
        ({}, {"size": "1024x1536", "quality": "high"}, ("1024x1536", "high", 1)),
        ({"size": "", "quality": ""}, {}, ("1024x1024", "medium", 1)),
    ],
)
async def test_what_was_turned_away_at_once_is_offered_with_what_was_typed(
    ground: Ground, typed: dict[str, str], own: dict[str, str], expected: tuple[str, str, int]
) -> None:
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", HOME, own, "x"))
    await block_meanwhile(ground, "a dragon bites")
    submission = Submission(ANN, Place("web", HOME, "imagine"), "a dragon bites", **typed)  # type: ignore[arg-type]
    rules, opener = ground.room.rules, ground.room.cases.open_case
    await ground.ledger.write(lambda tx: store_submission(tx, "2222222222222222", "event", submission, rules))
    await ground.ledger.write(lambda tx: accept(tx, "2222222222222222", rules, opener))
    [request] = await ground.requests()
    assert (request.state, request.size) == (RequestState.REFUSED, "")
    case = await ground.case(request.case_id or "")
    await ground.press(A.CASE_CLAIM, case.id, MO)
    assert (await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "a dragon naps"})).changed
    view, offer = await ground.member_view(case), (await ground.case(case.id)).asked
    cost = rules.highest_cost(*expected, "a dragon naps")
    assert f"${cost / 1_000_000:.2f}" in str(view)
    assert (await ground.press(A.REWRITE_ACCEPT, offer or "", ANN)).changed
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    assert (sent.size, sent.quality, sent.count, sent.fingerprint) == (*expected, fingerprint("a dragon naps"))


async def test_a_picture_from_any_blocked_wording_of_the_case_settles_it(ground: Ground) -> None:
    case = await ground.claimed("a dragon bites")
    await ground.blocked("a wolf bites")
    [joined] = [one for one in await ground.requests() if one.id != case.request_id]
    await ground.ledger.write(lambda tx: request_rows.mark(tx, joined.id, case_id=case.id))
    await made(ground, "a wolf sleeps", origin=Origin.EDIT, parent=joined.id)
    now = await ground.case(case.id)
    assert (now.state, now.asked, now.closed_at) == (CaseState.CLOSED_REPHRASED, None, ground.clock.at)


async def test_a_picture_far_down_the_line_is_no_rewording(ground: Ground) -> None:
    case = await ground.claimed()
    parent = None
    for number in range(12):
        parent = await made(ground, f"kitten number {number}", origin=Origin.EDIT, parent=parent)
    assert (await ground.case(case.id)).state is CaseState.CLAIMED


async def test_each_request_for_another_wording_raises_its_own_question(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    await ground.later(13)  # a reminder stands between
    await made(ground, "three kittens")
    assert len(await questions(ground, case)) == 1
    await ground.blocked("a dragon beats a knight")  # back to the moderators, who ask again
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.press(A.CASE_REPHRASE, case.id, MIA)
    await made(ground, "four kittens")
    assert len(await questions(ground, case)) == 2
    last = (await ground.ledger.read(lambda c: audit_log(c, case.id)))[-1]
    view = await ground.view(f"step:{last.seq}", Audience.MEMBER)
    assert [fact.value for fact in view.facts] == ["four kittens"]
    assert [one.answer for one in await ground.requests()].count(Answer.PICTURES) == 2
    assert len(await lines(ground, "other_picture")) == 2
