"""What each step of a case leaves in the rows and the trail: a mutation run found these lines unguarded."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Row, select

from bot.chat.views import ActionName, Audience, Form
from bot.domain.case_states import CaseState
from bot.domain.requests import Origin, Person
from bot.ledger import case_rows
from bot.ledger.store import Wake
from bot.ledger.tables import audit, blocked_prompts
from bot.moderation.timeouts import LEASE
from bot.moderation.timers import fire
from bot.prompts.normalise import fingerprint
from bot.texts import text
from bot.texts.phrases import moment
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground

A = ActionName
HOUR = 3600.0


async def lines(ground: Ground, event: str) -> list[Row[tuple[object, ...]]]:
    return list(await ground.ledger.read(lambda c: c.execute(select(audit).where(audit.c.event == event).order_by(audit.c.seq)).all()))


async def notes(ground: Ground, case_id: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in await ground.ledger.read(lambda c: case_rows.notes_of(c, case_id))]


async def block_meanwhile(ground: Ground, prompt: str, until: float = 86400.0) -> None:
    """The same wording of somebody else was blocked here."""
    row = {"community": HOME, "fingerprint": fingerprint(prompt), "person": BEN.id, "case_id": "", "until": ground.clock.at + until}
    await ground.ledger.write(lambda tx: tx.connection.execute(blocked_prompts.insert().values(row)))


async def test_a_press_from_elsewhere_is_on_record_in_the_cases_own_community(ground: Ground) -> None:
    case = await ground.blocked()
    ground.check.communities.add("guild2")
    await ground.press(A.CASE_CLAIM, case.id, MO, community="guild2")
    [line] = await lines(ground, "claim")
    assert (line.community, line.facts["from"], line.actor_name) == (HOME, "guild2", "")


async def test_who_comes_too_late_hears_until_when_somebody_holds_the_case(ground: Ground) -> None:
    case = await ground.claimed(by=MIA)
    assert moment(ground.clock.at + LEASE) in (await ground.press(A.CASE_CLAIM, case.id, MO)).text


@pytest.mark.parametrize("name", ["", "Ann"])
async def test_a_moderator_reads_whom_they_have_asked(ground: Ground, name: str) -> None:
    for action, values in ((A.CASE_REWRITE, {"prompt": "a meadow"}), (A.CASE_REPHRASE, {})):
        who = Person(f"asked by {action.value}", name)
        case = await ground.claimed(person=who)
        assert (name or who.id) in (await ground.press(action, case.id, MO, values)).text


async def test_an_offer_that_comes_late_leaves_the_member_a_day(ground: Ground) -> None:
    case = await ground.blocked()
    for hours in (1.0, 70.0):
        await ground.later(hours)
        await ground.press(A.CASE_CLAIM, case.id, MO)
        await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": f"a meadow after {hours} hours"})
        now = await ground.case(case.id)
        assert now.asked is not None
        assert now.expires_at == max(case.expires_at, ground.clock.at + 24 * HOUR)
        if hours == 1.0:  # it comes back, and the expiry stays
            await block_meanwhile(ground, f"a meadow after {hours} hours")
            await ground.press(A.REWRITE_ACCEPT, now.asked, ANN)
            case = await ground.case(case.id)


async def test_what_a_moderator_and_a_member_write_is_kept(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_DENY, case.id, MO, {"reason": "harm", "note": "too much blood"})
    await ground.press(A.APPEAL, case.id, ANN, {"why": "it is a chess piece"})
    assert await notes(ground, case.id) == [("denial", "too much blood"), ("appeal", "it is a chess piece")]
    [denied], [appealed] = await lines(ground, "deny"), await lines(ground, "appeal")
    ids = [one.id for one in await ground.ledger.read(lambda c: case_rows.notes_of(c, case.id))]
    assert [denied.facts["note"], appealed.facts["note"]] == ids
    assert "chess piece" in str(await ground.card(case))


async def test_no_matter_of_policy_is_a_decision_of_somebody_at_some_time(ground: Ground) -> None:
    case = await ground.claimed()
    ground.clock.at += 60
    await ground.press(A.CASE_NOT_POLICY, case.id, MO)
    now = await ground.case(case.id)
    assert (now.decided_by, now.closed_at, now.lease_until) == (MO, ground.clock.at, None)


async def test_an_offer_that_was_overtaken_goes_back_with_all_its_time_and_to_anybody(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a wild party")
    await ground.later(13)  # reminded once
    assert (await ground.case(case.id)).reminded == 1
    await block_meanwhile(ground, "a wild party")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    now = await ground.case(case.id)
    assert (now.state, now.asked, now.reminded) == (CaseState.OPEN, None, 0)
    assert (now.waiting_since, now.expires_at) == (ground.clock.at, ground.clock.at + 72 * HOUR)
    assert (await ground.press(A.CASE_CLAIM, case.id, MO)).changed  # who wrote it may write another: this is no appeal
    await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "a quiet meadow"})
    assert not (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed  # an older offer that was never answered
    assert await ground.sent() == []
    newest = (await ground.case(case.id)).asked
    assert newest is not None
    assert (await ground.press(A.REWRITE_ACCEPT, newest, ANN)).changed
    line = (await lines(ground, "accept"))[-1]
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    assert {key: line.facts[key] for key in ("rewrite", "request")} == {"rewrite": newest, "request": sent.id}


async def test_an_appeal_begins_to_wait_anew_and_there_is_one(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.later(13)
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.denied(case=case)
    assert (await ground.case(case.id)).reminded == 1
    ground.clock.at += HOUR
    await ground.press(A.APPEAL, case.id, ANN)
    now = await ground.case(case.id)
    assert (now.appeals, now.reminded, now.waiting_since, now.expires_at, now.closed_at) == (
        1,
        0,
        ground.clock.at,
        ground.clock.at + 72 * HOUR,
        None,
    )
    assert (await ground.press(A.APPEAL, case.id, ANN)).text == text("case.no.appealed_before")


async def test_there_is_no_appeal_before_a_denial(ground: Ground) -> None:
    case = await ground.claimed()
    assert (await ground.press(A.APPEAL, case.id, ANN)).text == text("case.no.question_over")


async def open_twice(ground: Ground, action: ActionName, case_id: str) -> Form:
    act = ground.act(action, case_id, ANN, key="one and the same click")
    first, second = [await ground.room.handlers.forms[action](act) for _ in range(2)]
    assert isinstance(first, Form)
    assert first == second
    return first


async def test_a_members_form_may_be_opened_again_and_sent_once(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    await open_twice(ground, A.REPHRASE, case.id)
    assert (await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon naps"}, key="sent")).changed
    assert not (await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon sings"}, key="sent")).changed
    assert await ground.sent() == ["a dragon naps"]


async def test_an_appeal_may_be_opened_again_and_needs_no_words(ground: Ground) -> None:
    case = await ground.denied()
    form = await open_twice(ground, A.APPEAL, case.id)
    assert [(field.name, field.required) for field in form.fields] == [("why", False)]
    assert (await ground.press(A.APPEAL, case.id, ANN, key="sent")).changed


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("1024x1024", "medium", 1, False)),
        ({"size": "1536x1024", "quality": "low", "count": "2", "private": "true"}, ("1536x1024", "low", 2, True)),
    ],
)
async def test_a_rewording_has_the_options_of_its_form(ground: Ground, values: Mapping[str, str], expected: tuple[object, ...]) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon naps", **values})
    [sent] = [one for one in await ground.requests() if one.origin is Origin.EDIT]
    assert (sent.size, sent.quality, sent.count, sent.private) == expected


async def test_an_accepted_offer_has_the_options_that_it_was_shown_with(ground: Ground) -> None:
    _, rewrite = await ground.suggested("a meadow")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN, {"prompt": "a battle", "size": "1536x1024", "count": "4", "private": "true"})
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    assert (sent.prompt, sent.size, sent.quality, sent.count, sent.private) == ("a meadow", "1024x1024", "medium", 1, False)


@pytest.mark.parametrize(("left", "offered"), [(-1.0, True), (0.0, True), (1.0, False)])
async def test_a_block_is_remembered_until_its_time_is_over(ground: Ground, left: float, offered: bool) -> None:
    case = await ground.claimed()
    await block_meanwhile(ground, "a meadow", left)
    assert (await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "a meadow"})).changed == offered


@pytest.mark.parametrize(("early", "reminded"), [(1.0, 0), (0.0, 1)])
async def test_a_reminder_comes_when_it_is_due_and_the_timer_is_set_again(ground: Ground, early: float, reminded: int) -> None:
    case = await ground.blocked()
    ground.clock.at = case.waiting_since + 12 * HOUR - early
    shown = [one.wanted for one in await ground.messages(f"case:{case.id}")]
    ground.wakes.clear()
    await ground.ledger.write(lambda tx: fire(tx, case.id, ground.homes.get))
    now = await ground.case(case.id)
    assert now.reminded == reminded
    assert now.due_at == case.waiting_since + (24 if reminded else 12) * HOUR
    assert Wake("case", case.id, now.due_at) in ground.wakes
    if not reminded:  # rung too early: nothing is shown anew
        assert [one.wanted for one in await ground.messages(f"case:{case.id}") if one.message.audience is Audience.MODERATORS] == shown
        assert [one.topic for one in ground.wakes] == ["case"]


async def test_each_step_changes_the_card_and_what_the_member_was_told(ground: Ground) -> None:
    case = await ground.claimed()

    async def member_view(subject: str) -> dict[Audience, int]:
        return {one.message.audience: one.wanted for one in await ground.messages(subject)}

    quiet = await member_view(f"case:{case.id}")
    assert Audience.MODERATORS in quiet
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    asked = (await ground.case(case.id)).shown_step
    question = await member_view(f"step:{asked}")
    assert all(after > quiet[audience] for audience, after in (await member_view(f"case:{case.id}")).items())
    await ground.later(73)  # nobody answered
    after = await member_view(f"step:{asked}")
    assert after[Audience.MEMBER] > question[Audience.MEMBER]
    assert (await ground.case(case.id)).shown_step != asked


async def test_an_older_offer_keeps_the_wording_that_it_was_an_answer_to(ground: Ground) -> None:
    case, first = await ground.suggested("a wild party")
    member_view = (await ground.case(case.id)).shown_step
    await ground.press(A.REWRITE_ACCEPT, first, ANN)
    await ground.blocked("a wild party", origin=Origin.REWRITE, parent=case.request_id, case_id=case.id)
    again = await ground.case(case.id)
    assert again.request_id != case.request_id
    view = await ground.view(f"step:{member_view}", Audience.MEMBER)
    assert [fact.value for fact in view.facts] == ["a dragon fights a knight", "a wild party"]
    assert view.about is not None
    assert view.about.subject == f"request:{case.request_id}"
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.press(A.CASE_REWRITE, case.id, MIA, {"prompt": "a quiet meadow"})
    assert [fact.value for fact in (await ground.member_view(case)).facts] == ["a wild party", "a quiet meadow"]
