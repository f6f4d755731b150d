"""Whatever people press in whatever order, with time passing between: the rules hold. Seeded; a failing seed names itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName
from bot.domain.case_states import CASES, CaseEvent, CaseState
from bot.domain.requests import Origin
from bot.ledger import case_rows
from bot.ledger.case_rows import Step
from bot.ledger.tables import cases
from tests.unit.moderation.ground import ADMIN, ANN, BEN, MIA, MO, Ground

A = ActionName
PEOPLE = (ANN, BEN, MO, MIA, ADMIN)
EVENTS = {event.value for event in CaseEvent}
DECIDING = {"claim", "release", "take_over", "suggest", "ask_rephrase", "deny", "not_policy"}
ROWS_OF_CASES = [
    A.CASE_CLAIM,
    A.CASE_RELEASE,
    A.CASE_TAKE_OVER,
    A.CASE_REWRITE,
    A.CASE_REPHRASE,
    A.CASE_DENY,
    A.CASE_NOT_POLICY,
    A.CASE_COMMENT,
    A.REPHRASE,
    A.APPEAL,
]


async def one_press(ground: Ground, chance: random.Random) -> None:
    """Somebody does something, mostly what makes sense."""
    found = await ground.ledger.read(lambda c: c.execute(select(cases.c.id)).scalars().all())
    roll = chance.random()
    if not found or roll < 0.12:
        await ground.blocked(f"dragon {chance.randrange(40)}", person=chance.choice((ANN, BEN)))
        return
    if roll < 0.2:
        ground.clock.at += chance.choice((1, 300, 601, 13 * 3600, 30 * 3600))
        await ground.sweep()
        return
    case = await ground.case(chance.choice(found))
    if case.asked is not None and roll < 0.4:
        row = case.asked if case.asked != "rephrase" else case.id
        action = chance.choice((A.REWRITE_ACCEPT, A.REWRITE_DECLINE)) if case.asked != "rephrase" else A.REPHRASE
        await ground.press(action, row, chance.choice((case.person, case.person, BEN)), {"prompt": f"kitten {chance.random()}"})
        return
    likely = {CaseState.OPEN: [A.CASE_CLAIM], CaseState.APPEALED: [A.CASE_CLAIM], CaseState.CLAIMED: ROWS_OF_CASES[1:7]}
    actions = likely.get(case.state, ROWS_OF_CASES) if chance.random() < 0.7 else ROWS_OF_CASES
    person = case.holder if case.holder is not None and chance.random() < 0.7 else chance.choice(PEOPLE)
    values = {"prompt": f"meadow {chance.random()}", "reason": "harm", "note": "hm"}
    await ground.press(chance.choice(actions), case.id, person, values)


def replayed(steps: list[Step]) -> CaseState:
    """The state that the trail tells, step by step through the table."""
    state = CaseState.OPEN
    for step in steps:
        if step.outcome == "done" and step.event in EVENTS:
            assert step.facts["from"] == state.value
            state = CASES.next(state, CaseEvent(step.event))
    return state


@pytest.mark.parametrize("seed", range(8))
async def test_the_audit_log_tells_the_whole_story_and_nothing_goes_out_without_consent(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    ground = await Ground.open(tmp_path)
    try:
        for _ in range(50):
            await one_press(ground, chance)
        found = await ground.ledger.read(lambda c: c.execute(select(cases.c.id)).scalars().all())
        every = await ground.requests()
        for case_id in found:
            case = await ground.case(case_id)
            steps = list(await ground.ledger.read(lambda c, i=case_id: case_rows.audit_log(c, i)))
            done = [step for step in steps if step.outcome == "done"]
            assert replayed(steps) is case.state
            assert all(step.actor != case.person.id for step in done if step.event in DECIDING)
            assert all(step.actor in {"mod1", "mod2", "m2", "admin"} for step in done if step.event in DECIDING)
            accepted = [step.facts["request"] for step in done if step.event == "accept"]
            sent = [one for one in every if one.case_id == case_id and one.origin is Origin.REWRITE]
            assert sorted(accepted) == sorted(one.id for one in sent if one.refusal is None)
            offered = {one.prompt for one in await ground.ledger.read(lambda c, i=case_id: case_rows.rewrites_of(c, i))}
            assert {one.prompt for one in sent} <= offered
            assert (case.lease_until is not None) == (case.state is CaseState.CLAIMED)
            assert (case.due_at is None) == (case.state.value.startswith("closed"))
            assert sum(1 for step in done if step.event == "appeal") <= 1
            view = await ground.card(case)
            assert (A.CASE_DENY in {button.action for button in view.buttons}) == (case.state is CaseState.CLAIMED)
    finally:
        await ground.ledger.close()
