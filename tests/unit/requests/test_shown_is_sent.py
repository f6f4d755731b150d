"""What the guide and Simplify send is what was shown: whatever else a press carries, whoever presses elsewhere, and who may see it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.chat.views import Act, ActionName, Reply, View
from bot.domain.request_states import Answer
from bot.requests.guide import USE_ROWS
from bot.requests.ready import SLOW, setting_of
from bot.texts import text
from tests.unit.requests.ground import Ground
from tests.unit.requests.test_ready import choose, told
from tests.unit.requests.test_simplify import REFUSED
from tests.world import BLOCK, Service, World, bad, world

A = ActionName
OTHER = {"prompt": "something else", "wording": "something else", "text": "something else"}


async def press(w: World, action: ActionName, row: str, values: dict[str, str] | None = None, **where: str) -> Reply:
    w.events += 1
    act = Act(f"p{w.events}", "ana", "Ana", "test", "home", "imagine", action, row, values or {})
    return await w.bot.core.act(dataclasses.replace(act, **where))  # type: ignore[arg-type]


async def view_of(w: World, action: ActionName, row: str, values: dict[str, str] | None = None) -> View:
    reply = await press(w, action, row, values)
    assert reply.view is not None, reply.text
    return reply.view


async def test_the_guide_sends_the_shown_wording_whatever_its_press_carries(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        view = await view_of(w, A.GUIDE, USE_ROWS["any"], {"subject": "a red robot"})
        [send] = [one for one in view.buttons if one.action is A.GUIDE_SEND]
        for action in (A.GUIDE_SEND, A.GUIDE_SEND_PRIVATE, A.GUIDE_DROP, A.GUIDE_WORDING):
            elsewhere = await press(w, action, send.row, {"prompt": "mine"}, platform="other")
            assert (elsewhere.text, elsewhere.changed) == (text("guide.not_yours"), False)
        assert await w.requests() == []
        assert (await press(w, A.GUIDE_SEND, send.row, OTHER)).changed
        assert [one.prompt for one in await w.requests()] == [view.quote]


@pytest.mark.parametrize("private", [True, False])
async def test_simplify_sends_the_shown_wording_and_to_nobody_new(tmp_path: Path, private: bool) -> None:
    async with world(tmp_path, Service([bad(REFUSED)])) as w:
        row = await w.imagine("a knight with a sword, a castle, oil painting", private=private)
        await w.answer(row)
        view = await view_of(w, A.SIMPLIFY, row)
        send = next(one for one in view.buttons if one.action is A.LADDER_SEND)
        elsewhere = await press(w, A.LADDER_SEND, send.row, platform="other")
        assert (elsewhere.text, elsewhere.changed) == (text("reply.not_yours"), False)
        assert len(await w.requests()) == 1
        assert (await press(w, A.LADDER_SEND, send.row, OTHER)).changed
        step = next(one for one in await w.requests() if one.parent == row)
        assert (step.prompt, step.private, step.count) == (view.quote, private, 1)


async def test_a_ladder_is_over_for_every_step_once_one_was_blocked(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(REFUSED), bad(BLOCK)])) as w:
        row = await w.imagine("a knight with a sword, a castle, oil painting")
        await w.answer(row)
        first = await view_of(w, A.SIMPLIFY, row)
        steps = [one for one in first.buttons if one.action is A.LADDER_SHOW]
        later = [(await view_of(w, A.LADDER_SHOW, one.row)).buttons[0].row for one in steps]
        assert later
        await press(w, A.LADDER_SEND, first.buttons[0].row)
        await w.until(lambda: len(w.service.calls) == 2)
        for _ in range(200):
            if any(one.answer is Answer.BLOCKED for one in await w.requests()):
                break
            await w.answer(row)
        for one in later:
            reply = await press(w, A.LADDER_SEND, one)
            assert (reply.changed, reply.text) == (False, text("simplify.blocked"))
        assert len(w.service.calls) == 2


async def test_how_somebody_is_told_is_theirs_on_one_platform(ground: Ground) -> None:
    await choose(ground, "direct")
    for platform, person, way in (("test", "ana", "direct"), ("other", "ana", "off"), ("test", "ben", "off")):
        assert await ground.ledger.read(lambda c, who=(platform, person): setting_of(c, *who)) == way  # type: ignore[misc]
    assert len(await told(ground, SLOW + 1)) == 1
