"""Rules that a changed line once broke without any test failing: each through the public entry points of moderation."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName, Form, Reply
from bot.domain.case_states import CaseState
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Origin, Person
from bot.ledger import request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import acts, audit, requests
from bot.moderation.access import AccessCheck, AccessLevel
from bot.moderation.card import card, gather
from bot.requests.sweep import ACTS_KEPT, sweep
from bot.texts import text
from tests.unit.moderation.ground import ADMIN, ANN, BEN, HOME, MIA, MO, Ground

A = ActionName
HOUR = 3600.0


async def claim_is_shown_to(ground: Ground, case_id: str, person: Person) -> bool:
    case = await ground.case(case_id)
    view = await ground.ledger.read(lambda c: card(gather(c, case, ground.clock.at)))
    return any(one.action is A.CASE_CLAIM and one.pressers.admit(person.id, administrator=False) for one in view.buttons)


async def test_claiming_taking_over_and_giving_back_leave_the_expiry_where_it_was(ground: Ground) -> None:
    case = await ground.blocked()
    expires = case.expires_at
    assert expires == ground.clock.at + 72 * HOUR
    await ground.later(71.9)
    for action, who in ((A.CASE_CLAIM, MO), (A.CASE_TAKE_OVER, ADMIN), (A.CASE_RELEASE, ADMIN), (A.CASE_CLAIM, MIA)):
        assert (await ground.press(action, case.id, who)).changed
        assert (await ground.case(case.id)).expires_at == expires
    await ground.later(0.09)
    await ground.press(A.CASE_RELEASE, case.id, MIA)
    await ground.later(0.02)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED


async def test_a_lease_that_runs_over_the_expiry_ends_in_it(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.later(71.95)
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.later(0.1)
    assert (await ground.case(case.id)).state is CaseState.CLAIMED
    await ground.later(0.12)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED
    assert [event for event, _ in await ground.audit_log(case.id)][-2:] == ["lease_end", "expire"]


async def test_nobody_holds_a_case_for_longer_by_claiming_it_again(ground: Ground) -> None:
    case = await ground.claimed()
    until = case.lease_until
    ground.clock.at += 300
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    assert (await ground.case(case.id)).lease_until == until


async def answered(ground: Ground, prompt: str, origin: Origin = Origin.COMMAND, parent: str | None = None) -> None:
    """A request of the member gave pictures."""

    def body(tx: Tx) -> None:
        made = ground.request(tx, prompt, origin=origin, parent=parent)
        request_rows.move(tx, made, RequestEvent.ANSWER, answer=Answer.PICTURES.value, answered_at=tx.now)
        ground.room.on_pictures(tx, made)

    await ground.ledger.write(body)


async def test_while_the_member_has_an_offer_another_block_joins_and_leaves_the_offer_open(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    other = await ground.blocked("a dragon bites a knight")
    assert other.id == case.id
    assert ("joined", "done") in await ground.audit_log(case.id)
    assert ("blocked_again", "done") not in await ground.audit_log(case.id)
    now = await ground.case(case.id)
    assert (now.state, now.asked) == (CaseState.WITH_MEMBER, rewrite)
    assert (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed


async def test_an_offer_is_answered_and_not_rephrased(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    before = await ground.requests()
    reply = await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon naps"})
    assert not reply.changed
    assert await ground.requests() == before
    assert isinstance(await ground.form(A.REPHRASE, case.id, ANN), Reply)
    assert A.REPHRASE not in {button.action for button in (await ground.member_view(case)).buttons}
    assert (await ground.case(case.id)).asked == rewrite


async def test_a_question_is_rephrased_and_not_accepted(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    for action in (A.REWRITE_ACCEPT, A.REWRITE_DECLINE):
        assert not (await ground.press(action, case.id, ANN)).changed
    assert isinstance(await ground.form(A.REPHRASE, case.id, ANN), Form)


async def test_an_offer_is_not_settled_by_a_picture_of_much_the_same_words(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    await answered(ground, "a dragon fights a knight gently")
    now = await ground.case(case.id)
    assert (now.state, now.asked) == (CaseState.WITH_MEMBER, rewrite)


@pytest.mark.parametrize("action", [A.REPHRASE, A.APPEAL])
async def test_a_namesake_on_another_platform_answers_no_question(ground: Ground, action: ActionName) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE if action is A.REPHRASE else A.CASE_DENY, case.id, MO, {"reason": "harm"})
    act = dataclasses.replace(ground.act(action, case.id, ANN, {"prompt": "a dragon naps"}), platform="elsewhere")
    before = await ground.case(case.id)
    assert not (await ground.room.handlers.actions[action](act)).changed
    assert isinstance(await ground.room.handlers.forms[action](act), Reply)
    assert await ground.case(case.id) == before


@pytest.mark.parametrize("action", [A.CASE_CLAIM, A.CASE_COMMENT])
async def test_a_moderator_of_the_same_name_on_another_platform_decides_nothing(ground: Ground, action: ActionName) -> None:
    case = await ground.blocked()
    act = dataclasses.replace(ground.act(action, case.id, MO, {"note": "hm"}), platform="elsewhere")
    assert not (await ground.room.handlers.actions[action](act)).changed
    assert (await ground.case(case.id)) == case


async def test_a_press_is_remembered_for_three_days_and_forgotten_then(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.press(A.CASE_COMMENT, case.id, MO, {"note": "first"}, key="same")
    for hours, known in ((0.0, True), (1.0, True), (ACTS_KEPT / HOUR - 1.1, True), (0.2, False)):
        ground.clock.at += hours * HOUR
        await ground.ledger.write(lambda tx: sweep(tx, lambda request: False))
        kept = await ground.ledger.read(lambda c: c.execute(select(acts)).all())
        assert bool(kept) == known
        if known:
            assert not (await ground.press(A.CASE_COMMENT, case.id, MO, {"note": "again"}, key="same")).changed
    assert not await ground.ledger.read(lambda c: c.execute(select(requests.c.id).where(requests.c.state == "calling")).all())


FORMS = [A.CASE_REWRITE, A.CASE_REPHRASE, A.CASE_DENY, A.CASE_BLOCK_MEMBER, A.CASE_COMMENT]
NEED_THE_LEASE = [A.CASE_REWRITE, A.CASE_REPHRASE, A.CASE_DENY]


async def last_record(ground: Ground) -> tuple[str, str, str, str]:
    row = await ground.ledger.read(lambda c: c.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).one())
    return row.actor, row.outcome, row.facts.get("why", ""), row.case_id


@pytest.mark.parametrize("action", FORMS)
async def test_a_form_about_a_forged_case_or_one_of_elsewhere_stays_shut_and_is_on_record(ground: Ground, action: ActionName) -> None:
    case = await ground.claimed()
    assert await ground.form(action, "2222222222222222", MO) == Reply(text("case.no.unknown"), changed=False)
    assert await last_record(ground) == (MO.id, "forged", "unknown", "")
    ground.check.communities.add("guild2")
    assert await ground.form(action, case.id, MO, "guild2") == Reply(text("case.no.foreign"), changed=False)
    assert await last_record(ground) == (MO.id, "refused", "foreign", case.id)


@pytest.mark.parametrize("action", FORMS)
async def test_a_form_about_ones_own_case_stays_shut(ground: Ground, action: ActionName) -> None:
    case = await ground.blocked(person=BEN)  # Ben is a moderator too
    assert isinstance(await ground.form(action, case.id, BEN), Reply)
    assert await last_record(ground) == (BEN.id, "refused", "own_case", case.id)
    await ground.press(A.CASE_CLAIM, case.id, MO)
    assert isinstance(await ground.form(action, case.id, MO), Form)


@pytest.mark.parametrize("action", NEED_THE_LEASE)
async def test_a_form_that_decides_opens_for_who_holds_the_case_alone(ground: Ground, action: ActionName) -> None:
    case = await ground.blocked()
    for who, why in ((MO, "unclaimed"), (MIA, "unclaimed")):
        assert isinstance(await ground.form(action, case.id, who), Reply)
        assert await last_record(ground) == (who.id, "stale", why, case.id)
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    refused = await ground.form(action, case.id, MO)
    assert isinstance(refused, Reply)
    assert "Mia" in refused.text
    assert await last_record(ground) == (MO.id, "stale", "held", case.id)
    assert isinstance(await ground.form(action, case.id, MIA), Form)
    ground.clock.at += 601  # the lease is over
    assert isinstance(await ground.form(action, case.id, MIA), Reply)
    assert (await ground.case(case.id)).state is CaseState.OPEN
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.press(A.CASE_REPHRASE, case.id, MIA)
    assert isinstance(await ground.form(action, case.id, MIA), Reply)
    assert await last_record(ground) == (MIA.id, "stale", "with_member", case.id)
    await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon naps"})
    await ground.later(73)
    assert isinstance(await ground.form(action, case.id, MIA), Reply)
    assert await last_record(ground) == (MIA.id, "stale", "closed", case.id)


async def test_a_comment_needs_no_lease(ground: Ground) -> None:
    case = await ground.claimed()
    assert isinstance(await ground.form(A.CASE_COMMENT, case.id, MIA), Form)
    assert (await ground.press(A.CASE_COMMENT, case.id, MIA, {"note": "hm"})).changed


@pytest.mark.parametrize("roll", [frozenset({"mod1"}), frozenset({"mod1", "mod2"}), None])
@pytest.mark.parametrize("broken", [False, True])
async def test_an_appeal_is_for_another_moderator_as_far_as_the_platform_says(
    ground: Ground, roll: frozenset[str] | None, broken: bool
) -> None:
    asked: list[str] = []

    async def list_moderators(community: str) -> frozenset[str] | None:
        asked.append(community)
        if broken:
            raise ConnectionError("away")
        return roll

    ground.check.list_moderators = list_moderators  # type: ignore[attr-defined]
    case = await ground.denied()
    await ground.press(A.APPEAL, case.id, ANN, {"why": "a chess piece"})
    shown = await claim_is_shown_to(ground, case.id, MO)
    reply = await ground.press(A.CASE_CLAIM, case.id, MO)
    assert asked == [HOME, HOME]  # at the appeal, for the card; at the press
    assert shown == reply.changed
    assert await claim_is_shown_to(ground, case.id, MIA) == (not reply.changed)
    # Alone by the platform's word: the same moderator decides. Without a word: kept for others, of whom nobody is known.
    assert reply.changed == (roll == frozenset({"mod1"}) and not broken)
    if not reply.changed:
        assert await last_record(ground) == (MO.id, "refused", "appeal_of_own", case.id)
        ground.clock.at += 12 * HOUR
        shown = await claim_is_shown_to(ground, case.id, MO)
        again = await ground.press(A.CASE_CLAIM, case.id, MO)
        assert again.changed == (broken or roll is None)
        assert shown == again.changed


async def test_a_platform_that_is_not_connected_lets_nobody_decide(ground: Ground) -> None:
    access = AccessCheck(lambda platform: ground.check if platform == "web" else None, ground.ledger)
    assert await access.of("elsewhere", HOME, MO.id) is AccessLevel.NOBODY
    assert await access.of("web", "", MO.id) is AccessLevel.NOBODY
    assert await access.of("web", HOME, MO.id) is AccessLevel.MODERATOR
    assert await access.of("web", HOME, ADMIN.id) is AccessLevel.ADMINISTRATOR
    assert await access.of("web", HOME, MO.id, AccessLevel.ADMINISTRATOR) is AccessLevel.NOBODY
    assert await access.others("elsewhere", HOME, MO.id, [MIA.id]) is None
    assert await access.others("web", HOME, MO.id, [MO.id]) is None
    assert await access.others("web", HOME, MO.id, [MO.id, "stranger"]) is None
    assert await access.others("web", HOME, MO.id, ["stranger", MIA.id]) is True


async def test_a_platform_that_does_not_answer_in_time_says_no(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.moderation.access.ANSWER_WITHIN", 0.05)

    async def never(*_: str) -> bool:
        await asyncio.sleep(30)
        return True

    case = await ground.blocked()
    ground.check.is_moderator = ground.check.is_administrator = never  # type: ignore[method-assign,assignment]
    async with asyncio.timeout(30):
        assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
