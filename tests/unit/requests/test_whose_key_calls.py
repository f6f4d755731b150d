"""With whose key a call begins: never with the operator's for a community that has its own, nor with another community's."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.own_services import CHANGED, SETTING, CommunityKeys, OwnService, name_for
from bot.domain.request_states import Answer, RequestState
from bot.gate.gate import AdaptiveGate
from bot.gate.settings import GateSettings
from bot.ledger import settings_rows
from bot.ledger.tables import notices
from bot.messages.own_notices import outage
from bot.requests.attempt import Ended, NotNow, Opened, open_attempt
from bot.requests.services import DEFAULT, ImageService
from tests.unit.requests.ground import Ground, drew, failure
from tests.world import Service

MINE, THEIRS = (OwnService(name_for("openai", id), "openai", "https://api.openai.com/v1", ("gpt-image-2",), "1", "olu", 5.0) for id in "ab")


def service(name: str, *, unreadable: bool = False) -> ImageService:
    return ImageService(name, Service(), AdaptiveGate(GateSettings(), lambda low, high: low), unreadable=unreadable)


@pytest.mark.parametrize(
    ("own", "granted", "expected"),
    [
        (None, service(DEFAULT), Opened),
        (MINE, service(MINE.name), Opened),
        (MINE, service(MINE.name, unreadable=True), Ended),
        (MINE, service(DEFAULT), NotNow),
        (MINE, service(THEIRS.name), NotNow),
        (MINE, service(THEIRS.name, unreadable=True), NotNow),
        (None, service(THEIRS.name), NotNow),
        (None, service(THEIRS.name, unreadable=True), NotNow),
    ],
)
async def test_a_call_begins_with_the_key_of_its_community_alone(
    ground: Ground, own: OwnService | None, granted: ImageService, expected: type[object]
) -> None:
    ground.rules = dataclasses.replace(ground.rules, community_keys=CommunityKeys.OPTIONAL)
    if own is not None:
        await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {SETTING: own.as_stored()}, "olu"))
    asked = await ground.asked()
    assert asked.service == (DEFAULT if own is None else own.name)
    ground.wakes.clear()
    begun = await ground.ledger.write(lambda tx: open_attempt(tx, asked.id, ground.deps, granted))
    row = await ground.row(asked.id)
    assert isinstance(begun, expected)
    if expected is Ended:
        assert row.refusal is not None
        assert (begun, row.refusal.reason) == (Ended(Answer.FAILED), "own_unreadable")
    elif expected is NotNow:
        assert (row.state, row.service) == (RequestState.QUEUED, asked.service)
        assert [one.id for one in ground.wakes if one.topic == CHANGED] == ["test:home"]
    else:
        assert (row.state, row.service) == (RequestState.CALLING, granted.name)


@pytest.mark.parametrize("own", [None, MINE])
async def test_operators_hear_of_their_own_key_alone(ground: Ground, own: OwnService | None) -> None:
    ground.rules = dataclasses.replace(ground.rules, community_keys=CommunityKeys.OPTIONAL)
    if own is not None:
        await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {SETTING: own.as_stored()}, "olu"))
    asked = await ground.asked()
    await ground.end(await ground.called(asked.id), Outcome(billed=Billed.NO, status=401), failure(Kind.AUTH_INVALID_KEY))
    told = await ground.ledger.read(lambda c: c.execute(select(notices.c.kind)).scalars().all())
    assert list(told) == ([Kind.AUTH_INVALID_KEY.value] if own is None else [])
    broken = await ground.ledger.read(lambda c: outage(c, "test", "home"))
    assert bool(broken) is (own is not None)


@pytest.mark.parametrize("now", [None, THEIRS])
async def test_what_comes_late_from_an_older_key_says_nothing_about_the_one_of_now(ground: Ground, now: OwnService | None) -> None:
    ground.rules = dataclasses.replace(ground.rules, community_keys=CommunityKeys.OPTIONAL)

    async def key(own: OwnService | None) -> None:
        values = {} if own is None else {SETTING: own.as_stored()}
        await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", values, "olu"))

    async def broken() -> bool:
        found = await ground.ledger.read(lambda c: outage(c, "test", "home"))
        return bool(found) and not found.get("over")

    wrong, refused = failure(Kind.AUTH_INVALID_KEY), Outcome(billed=Billed.NO, status=401)
    await key(MINE)
    late, draws = [await ground.called((await ground.asked(prompt)).id) for prompt in ("a red bicycle", "a blue bicycle")]
    await key(now)
    await ground.end(late, refused, wrong)
    assert not await broken()
    if now is not None:
        await ground.end(await ground.called((await ground.asked("a mill")).id), refused, wrong)
        await ground.end(draws, drew())
        assert await broken(), "a picture of the older key doesn't mend the new one"
