"""Whatever is not allowed changes nothing and is on record."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName, Form, Reply
from bot.domain.case_states import CaseState
from bot.domain.requests import Person
from bot.ledger import settings_rows
from bot.ledger.case_rows import Case
from bot.ledger.tables import audit, cases, requests
from tests.unit.moderation.ground import ADMIN, ANN, BEN, HOME, MIA, MO, Ground

A = ActionName
MODERATORS_ACTIONS = [
    A.CASE_CLAIM,
    A.CASE_RELEASE,
    A.CASE_TAKE_OVER,
    A.CASE_REWRITE,
    A.CASE_REPHRASE,
    A.CASE_DENY,
    A.CASE_NOT_POLICY,
    A.CASE_BLOCK_MEMBER,
    A.CASE_UNBLOCK_MEMBER,
    A.CASE_COMMENT,
    A.CASE_PROMPT,
]
VALUES = {"prompt": "a meadow", "reason": "harm", "pause": "3600", "note": "hm"}


async def everything(ground: Ground) -> list[object]:
    """All that a press could change, without the record of presses."""
    return [await ground.ledger.read(lambda c, t=table: [tuple(row) for row in c.execute(select(t))]) for table in (cases, requests)]


async def last_record(ground: Ground) -> tuple[str, str, str, str]:
    row = await ground.ledger.read(lambda c: c.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).one())
    return row.actor, row.outcome, row.facts.get("why", ""), row.case_id


@pytest.mark.parametrize("action", MODERATORS_ACTIONS)
@pytest.mark.parametrize(
    ("person", "community", "why"),
    [
        (ANN, HOME, "not_moderator"),
        (BEN, "guild2", "foreign"),
        (MO, "guild2", "foreign"),
        (Person("stranger", "X"), HOME, "not_moderator"),
    ],
)
async def test_who_is_no_moderator_of_that_community_changes_nothing(
    ground: Ground, action: ActionName, person: Person, community: str, why: str
) -> None:
    case = await ground.claimed()
    ground.check.communities.add("guild2")
    before = await everything(ground)
    reply = await ground.press(action, case.id, person, VALUES, community)
    assert not reply.changed
    assert await everything(ground) == before
    expected = "not_administrator" if action is A.CASE_TAKE_OVER and why == "not_moderator" else why
    assert await last_record(ground) == (person.id, "refused", expected, case.id)


@pytest.mark.parametrize("action", MODERATORS_ACTIONS)
async def test_a_moderator_who_was_removed_is_turned_away_at_the_next_click(ground: Ground, action: ActionName) -> None:
    case = await ground.claimed()
    ground.check.moderators.discard(MO.id)
    before = await everything(ground)
    assert not (await ground.press(action, case.id, MO, VALUES)).changed
    assert await everything(ground) == before


@pytest.mark.parametrize("broken", [RuntimeError("gateway"), TimeoutError(), asyncio.IncompleteReadError(b"", 1)])
async def test_when_the_platform_cannot_say_nobody_decides(ground: Ground, broken: Exception) -> None:
    case = await ground.claimed()
    ground.check.broken = broken
    before = await everything(ground)
    assert not (await ground.press(A.CASE_DENY, case.id, MO, VALUES)).changed
    assert await everything(ground) == before


async def test_only_a_plain_yes_of_the_platform_counts(ground: Ground) -> None:
    case = await ground.blocked()

    async def perhaps(person: str, community: str) -> bool:
        return "yes"  # type: ignore[return-value]

    ground.check.is_moderator = perhaps  # type: ignore[method-assign]
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed


@pytest.mark.parametrize("action", MODERATORS_ACTIONS)
async def test_a_forged_case_changes_nothing_and_is_on_record(ground: Ground, action: ActionName) -> None:
    await ground.claimed()
    before = await everything(ground)
    assert not (await ground.press(action, "2222222222222222", MO, VALUES)).changed
    assert await everything(ground) == before
    assert await last_record(ground) == (MO.id, "forged", "unknown", "")


@pytest.mark.parametrize("action", [A.REWRITE_ACCEPT, A.REWRITE_DECLINE, A.REPHRASE, A.APPEAL])
async def test_forged_and_foreign_answers_change_nothing_and_are_on_record(ground: Ground, action: ActionName) -> None:
    case, rewrite = await ground.suggested()
    before = await everything(ground)
    row = rewrite if action in (A.REWRITE_ACCEPT, A.REWRITE_DECLINE) else case.id
    assert not (await ground.press(action, row, BEN, {"prompt": "x y"})).changed
    assert await last_record(ground) == (BEN.id, "refused", "not_yours", case.id)
    assert not (await ground.press(action, "3333333333333333", ANN)).changed
    assert await last_record(ground) == (ANN.id, "forged", "unknown", "")
    assert await everything(ground) == before


async def test_a_replayed_press_changes_nothing_and_is_on_record(ground: Ground) -> None:
    case = await ground.blocked()
    assert (await ground.press(A.CASE_CLAIM, case.id, MO, key="same")).changed
    await ground.press(A.CASE_RELEASE, case.id, MO)
    before = await everything(ground)
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO, key="same")).changed
    assert await everything(ground) == before
    assert await last_record(ground) == (MO.id, "stale", "repeated", case.id)


async def test_nobody_decides_about_their_own_request(ground: Ground) -> None:
    case = await ground.blocked(person=BEN)  # Ben is a moderator too
    for action in MODERATORS_ACTIONS:
        if action is not A.CASE_TAKE_OVER:
            assert not (await ground.press(action, case.id, BEN, VALUES)).changed
            assert (await last_record(ground))[2] == "own_case"


@pytest.mark.parametrize("action", [A.CASE_RELEASE, A.CASE_REWRITE, A.CASE_REPHRASE, A.CASE_DENY, A.CASE_NOT_POLICY, A.CASE_BLOCK_MEMBER])
async def test_acting_needs_the_lease(ground: Ground, action: ActionName) -> None:
    case = await ground.blocked()
    before = await everything(ground)
    assert not (await ground.press(action, case.id, MO, VALUES)).changed
    assert await everything(ground) == before
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    before = await everything(ground)
    reply = await ground.press(action, case.id, MO, VALUES)
    assert "Mia" in reply.text
    assert await everything(ground) == before


async def test_a_moderator_acts_without_the_lease_no_more_once_it_ended(ground: Ground) -> None:
    case = await ground.claimed()
    ground.clock.at += 600
    reply = await ground.press(A.CASE_DENY, case.id, MO, VALUES)
    assert not reply.changed
    assert (await ground.case(case.id)).state is CaseState.OPEN
    assert ("lease_end", "done") in await ground.audit_log(case.id)


@pytest.mark.parametrize("action", [A.CASE_REWRITE, A.CASE_REPHRASE, A.CASE_DENY, A.CASE_BLOCK_MEMBER, A.CASE_COMMENT])
async def test_a_form_with_the_blocked_wording_opens_for_moderators_only(ground: Ground, action: ActionName) -> None:
    case = await ground.claimed()
    refused = await ground.form(action, case.id, ANN)
    assert isinstance(refused, Reply)
    assert await last_record(ground) == (ANN.id, "refused", "not_moderator", case.id)
    assert isinstance(await ground.form(action, case.id, MO), Form)


async def test_the_form_that_pauses_a_member_is_the_holders_while_the_case_waits(ground: Ground) -> None:
    case = await ground.blocked()
    assert isinstance(await ground.form(A.CASE_BLOCK_MEMBER, case.id, MIA), Reply)
    assert (await last_record(ground))[1:3] == ("stale", "unclaimed")
    await ground.press(A.CASE_CLAIM, case.id, MO)
    assert isinstance(await ground.form(A.CASE_BLOCK_MEMBER, case.id, MIA), Reply)
    assert isinstance(await ground.form(A.CASE_BLOCK_MEMBER, case.id, MO), Form)
    await ground.press(A.CASE_DENY, case.id, MO, VALUES)
    assert isinstance(await ground.form(A.CASE_BLOCK_MEMBER, case.id, MIA), Form)  # over: any moderator's


async def test_an_administrator_takes_a_case_over_and_the_first_moderator_loses_it(ground: Ground) -> None:
    case = await ground.claimed()
    assert not (await ground.press(A.CASE_TAKE_OVER, case.id, MIA)).changed
    assert (await ground.press(A.CASE_TAKE_OVER, case.id, ADMIN)).changed
    assert not (await ground.press(A.CASE_DENY, case.id, MO, VALUES)).changed
    assert (await ground.press(A.CASE_DENY, case.id, ADMIN, VALUES)).changed


async def test_a_community_can_name_its_moderators(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", HOME, {"moderators": ["mod2", "role7"]}, "admin"))
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    assert (await ground.press(A.CASE_CLAIM, case.id, MIA)).changed
    await ground.press(A.CASE_RELEASE, case.id, MIA)

    async def holds(person: str, community: str, role: str) -> bool:
        return (person, community, role) == ("helper", HOME, "role7")

    ground.check.holds_role = holds  # type: ignore[attr-defined]
    assert (await ground.press(A.CASE_CLAIM, case.id, Person("helper", "Hel"))).changed


async def test_the_audit_log_holds_ids_and_tokens_but_no_wording(ground: Ground) -> None:
    _, rewrite = await ground.suggested("a harmless tea party")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    rows = await ground.ledger.read(lambda c: [str(tuple(row)) for row in c.execute(select(audit))])
    assert rows
    assert not [row for row in rows if "tea party" in row or "dragon" in row]


async def two_at_once(ground: Ground, case: Case) -> list[Reply]:
    return list(await asyncio.gather(*(ground.press(A.CASE_CLAIM, case.id, one) for one in (MO, MIA, ADMIN, MO))))


async def test_two_moderators_at_once_and_one_holds_it(ground: Ground) -> None:
    for number in range(10):
        case = await ground.blocked(f"dragon {number}", person=Person(f"p{number}", "P"))
        replies = await two_at_once(ground, case)
        assert sum(reply.changed for reply in replies) == 1
        holder = (await ground.case(case.id)).holder
        assert holder is not None
        assert [line for line in await ground.audit_log(case.id) if line[0] == "claim"].count(("claim", "done")) == 1


async def test_two_decisions_at_once_and_one_counts(ground: Ground) -> None:
    case = await ground.claimed()
    replies = await asyncio.gather(
        ground.press(A.CASE_DENY, case.id, MO, VALUES),
        ground.press(A.CASE_NOT_POLICY, case.id, MO),
        ground.press(A.CASE_REWRITE, case.id, MO, VALUES),
        ground.press(A.CASE_RELEASE, case.id, MO),
    )
    assert sum(reply.changed for reply in replies) == 1


async def test_a_double_click_on_accept_makes_one_request(ground: Ground) -> None:
    _, rewrite = await ground.suggested()
    replies = await asyncio.gather(*(ground.press(A.REWRITE_ACCEPT, rewrite, ANN) for _ in range(4)))
    assert sum(reply.changed for reply in replies) == 1
    assert await ground.sent() == ["a dragon and a knight have tea"]


async def test_accept_and_decline_at_once_and_one_counts(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    replies = await asyncio.gather(ground.press(A.REWRITE_DECLINE, rewrite, ANN), ground.press(A.REWRITE_ACCEPT, rewrite, ANN))
    assert sum(reply.changed for reply in replies) == 1
    state = (await ground.case(case.id)).state
    assert (state is CaseState.CLOSED_ACCEPTED) == (len(await ground.sent()) == 1)
