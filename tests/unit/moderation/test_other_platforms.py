"""Ids of people and communities are a platform's own: the same ones elsewhere are somebody else, whatever they may do there."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName, Form
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Person
from bot.ledger import request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import audit, cases, requests, rewrites
from bot.moderation.retention import PRIVACY_ROW
from tests.unit.moderation.ground import ADMIN, ANN, MO, Ground

A = ActionName
DECIDING = [action for action in ActionName if action.value.startswith("case_")]
VALUES = {"prompt": "a meadow", "reason": "harm", "pause": "3600", "note": "hm", "why": "hm", "sure": "true"}


async def everything(ground: Ground) -> list[object]:
    tables = (cases, requests, rewrites)
    return [await ground.ledger.read(lambda c, t=table: [tuple(row) for row in c.execute(select(t))]) for table in tables]


async def from_elsewhere(ground: Ground, action: ActionName, row: str, person: Person) -> None:
    """Press a button and open its form on another platform: nothing changes, nothing is shown."""
    before = await everything(ground)
    act = dataclasses.replace(ground.act(action, row, person, VALUES), platform="other")
    assert not (await ground.room.handlers.actions[action](act)).changed
    if action in ground.room.handlers.forms:
        assert not isinstance(await ground.room.handlers.forms[action](act), Form)
    assert await everything(ground) == before


@pytest.mark.parametrize("person", [MO, ADMIN])
async def test_who_decides_on_another_platform_decides_nothing_here(ground: Ground, person: Person) -> None:
    ground.platforms.add("other")
    ground.check.moderators.add(ADMIN.id)
    case = await ground.claimed(by=person)
    for action in DECIDING:
        await from_elsewhere(ground, action, case.id, person)
    rows = await ground.ledger.read(lambda c: c.execute(select(audit.c.facts).where(audit.c.outcome == "refused")).all())
    assert {row.facts["why"] for row in rows} == {"foreign"}


async def test_a_namesake_answers_nothing_in_a_members_case(ground: Ground) -> None:
    case, offer = await ground.suggested()
    for action in (A.REWRITE_ACCEPT, A.REWRITE_DECLINE):
        await from_elsewhere(ground, action, offer, ANN)
    await ground.press(A.REWRITE_DECLINE, offer, ANN)
    asked = await ground.claimed("a wolf bites")
    await ground.press(A.CASE_REPHRASE, asked.id, MO)
    await from_elsewhere(ground, A.REPHRASE, asked.id, ANN)
    ground.clock.at += 60

    def draw(tx: Tx) -> str:
        made = ground.request(tx, "a wolf sleeps")
        request_rows.move(tx, made, RequestEvent.ANSWER, answer=Answer.PICTURES.value, answered_at=tx.now)
        return made.id

    picture = await ground.ledger.write(draw)
    await from_elsewhere(ground, A.REWORDED, picture, ANN)
    assert (await ground.press(A.REWORDED, picture, ANN)).changed
    denied = await ground.denied(case=await ground.claimed("a bear bites"))
    await from_elsewhere(ground, A.APPEAL, denied.id, ANN)
    assert (await ground.press(A.APPEAL, denied.id, ANN)).changed
    assert (await ground.case(case.id)).closed_at is not None


async def test_deleting_everything_elsewhere_deletes_nothing_here(ground: Ground) -> None:
    await ground.denied()
    before = await everything(ground)
    act = dataclasses.replace(ground.act(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"}), platform="other")
    await ground.room.handlers.actions[A.PRIVACY_DELETE](act)
    assert await everything(ground) == before
