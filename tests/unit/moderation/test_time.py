"""What time alone does: leases end, people are reminded, cases expire; nothing is ever approved by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName, Audience
from bot.domain.case_states import CASES, WAITING, CaseEvent, CaseState
from bot.ledger.case_rows import Case
from bot.ledger.store import Tx
from bot.ledger.tables import messages
from bot.moderation.timers import fire
from tests.unit.moderation.ground import ANN, MIA, MO, Ground

A = ActionName
MINUTE, HOUR = 60.0, 3600.0


def woken_at(ground: Ground, case: Case) -> list[float]:
    return [wake.at for wake in ground.wakes if wake.topic == "case" and wake.id == case.id and wake.at is not None]


async def reminders(ground: Ground) -> list[str]:
    rows = await ground.ledger.read(lambda c: c.execute(select(messages.c.subject).where(messages.c.subject.like("reminder:%"))).all())
    return [row.subject for row in rows]


async def test_a_lease_lasts_ten_minutes_and_comes_back_by_itself_with_a_record(ground: Ground) -> None:
    case = await ground.claimed()
    assert case.lease_until == ground.clock.at + 600
    assert case.lease_until in woken_at(ground, case)
    await ground.later(9.9 / 60)
    assert (await ground.case(case.id)).state is CaseState.CLAIMED
    await ground.later(0.1 / 60)
    case = await ground.case(case.id)
    assert (case.state, case.holder, case.lease_until) == (CaseState.OPEN, None, None)
    assert (await ground.audit_log(case.id))[-1] == ("lease_end", "done")
    assert "open" in (await ground.card(case)).title


async def test_no_lease_runs_while_the_member_thinks(ground: Ground) -> None:
    case, _ = await ground.suggested()
    await ground.later(5)
    assert (await ground.case(case.id)).state is CaseState.WITH_MEMBER


async def test_moderators_are_reminded_at_half_and_whole_of_the_due_time_once_each(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.later(11.9)
    assert await reminders(ground) == []
    await ground.later(0.2)
    assert len(await reminders(ground)) == 1
    await ground.later(6)
    await ground.later(6)
    assert len(await reminders(ground)) == 2
    await ground.later(12)
    assert len(await reminders(ground)) == 2
    assert [line for line in await ground.audit_log(case.id) if line[0] == "remind"] == [("remind", "done")] * 2
    view = await ground.view((await reminders(ground))[0], Audience.MODERATORS)
    assert "12 hours" in view.title


async def test_after_a_time_without_the_bot_one_reminder_is_enough(ground: Ground) -> None:
    await ground.blocked()
    await ground.later(30)
    assert len(await reminders(ground)) == 1


async def test_a_member_who_is_asked_is_reminded_too(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    await ground.later(12.1)
    assert await reminders(ground) == []
    member_view = [
        one for one in await ground.ledger.read(lambda c: c.execute(select(messages.c.subject)).scalars().all()) if "step:" in one
    ]
    assert len(member_view) == 2
    question = await ground.member_view(case)
    assert question.buttons[0].row == rewrite  # the question keeps its buttons, the reminder is a message beside it


@pytest.mark.parametrize("how", ["open", "released", "with_member", "appealed", "claimed"])
async def test_a_case_that_nobody_decides_expires_after_72_hours_with_an_honest_text_and_nothing_sent(ground: Ground, how: str) -> None:
    if how == "with_member":
        case, _ = await ground.suggested()
    elif how == "appealed":
        case = await ground.denied()
        await ground.press(A.APPEAL, case.id, ANN)
    else:
        case = await ground.blocked()
        if how != "open":
            await ground.press(A.CASE_CLAIM, case.id, MO)
        if how == "released":
            await ground.press(A.CASE_RELEASE, case.id, MO)
    await ground.later(71.9)
    assert (await ground.case(case.id)).state in WAITING
    await ground.later(0.2)
    case = await ground.case(case.id)
    assert case.state is CaseState.CLOSED_EXPIRED
    assert await ground.sent() == []
    view = await ground.member_view(case)
    assert "nothing was sent" in " ".join(view.text)
    assert (await ground.audit_log(case.id))[-1] == ("expire", "done")
    assert case.due_at is None


async def test_a_question_that_comes_late_leaves_the_member_a_day(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.later(71)
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    await ground.later(23)
    assert (await ground.case(case.id)).state is CaseState.WITH_MEMBER
    await ground.later(1.1)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED


async def test_a_case_expires_only_after_a_running_lease(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.later(71.95)
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.later(0.1)
    assert (await ground.press(A.CASE_DENY, case.id, MO, {"reason": "harm"})).changed


async def test_accepting_an_expired_offer_sends_nothing(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    ground.clock.at += 73 * HOUR
    assert not (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed
    assert await ground.sent() == []
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED


async def test_ringing_early_or_twice_changes_nothing(ground: Ground) -> None:
    case = await ground.claimed()
    before = await ground.case(case.id)

    def twice(tx: Tx) -> None:
        for _ in range(3):
            fire(tx, case.id, ground.homes.get)
            fire(tx, "2222222222222222", ground.homes.get)

    await ground.ledger.write(twice)
    assert await ground.case(case.id) == before


async def test_a_lease_that_a_wrong_clock_gave_does_not_hold_for_hours(ground: Ground) -> None:
    case = await ground.claimed()
    ground.clock.at -= 30
    assert not (await ground.press(A.CASE_CLAIM, case.id, MIA)).changed
    ground.clock.at -= 5 * HOUR
    assert (await ground.press(A.CASE_CLAIM, case.id, MIA)).changed


def test_no_step_of_time_leads_to_an_accepted_case() -> None:
    for (state, event), following in CASES.table.items():
        if event in (CaseEvent.EXPIRE, CaseEvent.LEASE_END):
            assert following in (CaseState.CLOSED_EXPIRED, CaseState.OPEN), (state, event)
        if following is CaseState.CLOSED_ACCEPTED:
            assert event is CaseEvent.ACCEPT
