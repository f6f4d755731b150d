"""Each step of Simplify as its member reads it: title, lines, wording and buttons; and what a press says when it sends nothing."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import true

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, Reply, View
from bot.domain.kinds import Kind
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Request
from bot.ledger import request_rows, settings_rows
from bot.messages.refusal_view import refusal_sentence
from bot.requests.prices import price_view
from bot.requests.rules import Rules
from bot.requests.simplify import Simplify
from bot.requests.transitions import end_waiting
from bot.texts import text
from bot.texts.phrases import listed
from tests.unit.requests.ground import Ground, drew, failure
from tests.world import BLOCK, DOWN, bad

A = ActionName
CARS = """Subject: a red Ferrari, with a lantern
Scene: a harbour at night
Style: watercolour, oil painting
Constraints: no text"""
SMALL = "a red robot with a lantern, watercolour"
SEND, SIMPLER, MINIMAL = text("simplify.send"), text("simplify.simpler"), text("simplify.minimal")
KEPT = text("simplify.kept")
Step = tuple[str, list[str], list[str]]
"""Title, lines but for the price, and labels of the buttons."""


def quoted(*words: str) -> str:
    return listed([f"“{one}”" for one in words])


def left_out(*words: str) -> str:
    return text("simplify.left_out", details=quoted(*words))


def added(*words: str) -> str:
    return text("simplify.added", details=quoted(*words))


def still_out(*words: str) -> str:
    return text("simplify.still_out", details=quoted(*words))


def add_one(words: str) -> str:
    return text("simplify.add_one", detail=words)


async def press(ground: Ground, action: ActionName, row: str, **more: str) -> Reply:
    return await Simplify(ground.presses).handlers.actions[action](ground.act(action, row, **more))


async def said(ground: Ground, action: ActionName, row: str) -> str:
    """The sentence of a press that changes and shows nothing."""
    reply = await press(ground, action, row)
    assert (reply.changed, reply.view) == (False, None)
    return reply.text


async def shown(ground: Ground, action: ActionName, row: str) -> View:
    reply = await press(ground, action, row)
    assert reply.view is not None, reply.text
    assert (reply.changed, reply.text) == (False, reply.view.title)
    return reply.view


def row_of(view: View, label: str) -> str:
    [found] = [one.row for one in view.buttons if one.label == label]
    return found


def step_of(view: View) -> Step:
    typed = {"size": "1024x1536", "quality": "high", "count": "1"}
    price = price_view(view.quote, typed, {}, Rules(Catalogue.load().default())).text[0]
    assert view.text[-1] == price
    return view.title, list(view.text[:-1]), [one.label for one in view.buttons]


async def ended(ground: Ground, request: Request, kind: Kind | None = None) -> Request:
    """A request that got its picture, or failed for good."""
    attempt = await ground.called(request.id)
    await (ground.end(attempt, drew()) if kind is None else ground.end(attempt, bad(DOWN), failure(kind)))
    found = await ground.row(request.id)
    assert found.state is RequestState.ANSWERED
    return found


async def sent(ground: Ground, view: View) -> Request:
    """The request that the step above the button became."""
    reply = await press(ground, A.LADDER_SEND, row_of(view, SEND))
    assert (reply.changed, reply.text) == (True, text("simplify.sent"))
    rows = await ground.ledger.read(lambda c: request_rows.requests_where(c, true()))
    [found] = [one for one in rows if one.state is RequestState.QUEUED]
    assert (found.prompt, found.size, found.quality, found.count) == (view.quote, "1024x1536", "high", 1)
    return found


async def tried(ground: Ground, view: View, kind: Kind | None = None) -> Request:
    return await ended(ground, await sent(ground, view), kind)


async def root_of(ground: Ground, prompt: str, kind: Kind | None = Kind.BAD_REQUEST_OTHER) -> Request:
    return await ended(ground, await ground.asked(prompt, size="1024x1536", quality="high"), kind)


async def test_down_to_the_subject_alone(ground: Ground) -> None:
    root = await root_of(ground, CARS)
    one = await shown(ground, A.SIMPLIFY, root.id)
    gone = ["a red Ferrari", "with a lantern"]
    instead = text("simplify.instead", words="“a red sports car”")
    assert step_of(one) == (text("simplify.step_one_subject"), [left_out(gone[1]), KEPT], [SEND, SIMPLER, MINIMAL])
    assert one.quote == CARS.replace(", with a lantern", "")
    two = await shown(ground, A.LADDER_SHOW, row_of(one, SIMPLER))
    assert step_of(two) == (text("simplify.step_risky"), [left_out(*gone), instead, KEPT], [SEND, SIMPLER, MINIMAL])
    three = await shown(ground, A.LADDER_SHOW, row_of(two, SIMPLER))
    assert step_of(three) == (text("simplify.step_styles"), [left_out(*gone, "oil painting"), instead, KEPT], [SEND, MINIMAL])
    four = await shown(ground, A.LADDER_SHOW, row_of(three, MINIMAL))
    lines = [left_out(*gone, "watercolour", "oil painting"), instead, KEPT]
    assert step_of(four) == (text("simplify.step_minimal"), lines, [SEND])
    assert four.quote == "Subject: a red sports car\nScene: a harbour at night\nConstraints: no text"
    running = await sent(ground, four)
    for action, row in ((A.SIMPLIFY, root.id), (A.LADDER_SHOW, row_of(one, SEND))):
        assert await said(ground, action, row) == text("reply.still_running")
    assert await said(ground, A.LADDER_SEND, row_of(one, SEND)) == text("reply.already_started")
    await ended(ground, running, Kind.BAD_REQUEST_OTHER)
    for action in (A.LADDER_SHOW, A.LADDER_SEND):
        assert await said(ground, action, row_of(four, SEND)) == text("reply.already_started")
    last = await shown(ground, A.SIMPLIFY, running.id)
    lines = [left_out(*gone, "a harbour at night", "watercolour", "oil painting", "no text"), instead, KEPT]
    assert step_of(last) == (text("simplify.step_subject"), lines, [SEND])
    again = await shown(ground, A.LADDER_SHOW, row_of(await shown(ground, A.LADDER_SHOW, row_of(three, SEND)), MINIMAL))
    assert step_of(again)[2] == [SEND, text("simplify.subject_only")]
    assert (await shown(ground, A.LADDER_SHOW, row_of(again, text("simplify.subject_only")))).quote == "Subject: a red sports car"
    await tried(ground, last, Kind.BAD_REQUEST_OTHER)
    for action, row in ((A.SIMPLIFY, root.id), (A.LADDER_SEND, row_of(one, SEND))):
        end = await shown(ground, action, row)
        assert (end.title, end.text) == (text("simplify.subject_fails"), (text("simplify.subject_fails_why"),))
        assert end.buttons == ()


async def test_back_up_to_the_detail_that_made_it_fail(ground: Ground) -> None:
    root = await root_of(ground, CARS)
    one = await shown(ground, A.SIMPLIFY, root.id)
    two = await shown(ground, A.SIMPLIFY, (await tried(ground, one, Kind.BAD_REQUEST_OTHER)).id)
    assert two.title == text("simplify.step_risky"), "one step further down than the one that failed"
    first = await shown(ground, A.SIMPLIFY, (await tried(ground, await shown(ground, A.LADDER_SHOW, row_of(two, MINIMAL)))).id)
    works, rest = text("simplify.works_so_far"), ("a red Ferrari", "watercolour", "oil painting")
    lines = [added("a red Ferrari", "watercolour"), still_out("with a lantern", "oil painting")]
    assert step_of(first) == (works, lines, [SEND, *map(add_one, rest)])
    single = await shown(ground, A.LADDER_SHOW, row_of(first, add_one("a red Ferrari")))
    assert single.quote == "Subject: a red Ferrari\nScene: a harbour at night\nConstraints: no text"
    second = await shown(ground, A.SIMPLIFY, (await tried(ground, first)).id)
    back = await shown(ground, A.LADDER_SHOW, row_of(single, SEND))
    found = text("simplify.found", details=quoted("oil painting"))
    assert step_of(back)[1] == [found, still_out("with a lantern", "watercolour")], "nothing new is in it"
    assert step_of(second) == (text("simplify.all_but"), [found, added("with a lantern")], [SEND])
    end = await shown(ground, A.SIMPLIFY, (await tried(ground, second)).id)
    assert (end.title, end.text, end.buttons) == (found, (text("simplify.found_rest"),), ())


async def test_all_of_it_works_at_the_second_time(ground: Ground) -> None:
    view = await shown(ground, A.SIMPLIFY, (await root_of(ground, SMALL)).id)
    assert step_of(view) == (text("simplify.step_one_subject"), [left_out("with a lantern")], [SEND, MINIMAL])
    view = await shown(ground, A.SIMPLIFY, (await tried(ground, view)).id)
    assert step_of(view) == (text("simplify.whole"), [added("with a lantern"), text("simplify.whole_why")], [SEND])
    end = await shown(ground, A.SIMPLIFY, (await tried(ground, view)).id)
    assert (end.title, end.text, end.buttons) == (text("simplify.all_works"), (text("simplify.all_works_why"),), ())


async def test_a_step_that_says_nothing_about_its_wording_is_shown_again(ground: Ground) -> None:
    view = await shown(ground, A.SIMPLIFY, (await root_of(ground, SMALL)).id)
    outside = await tried(ground, view, Kind.QUOTA_EXHAUSTED)
    again = await shown(ground, A.SIMPLIFY, outside.id)
    assert (again.title, again.quote) == (view.title, view.quote)
    cancelled = await sent(ground, again)
    await ground.press(A.CANCEL, cancelled.id)
    third = await shown(ground, A.SIMPLIFY, cancelled.id)
    assert (third.title, third.quote) == (view.title, view.quote)


async def test_a_step_that_was_blocked_ends_it_also_without_a_case(ground: Ground) -> None:
    view = await shown(ground, A.SIMPLIFY, (await root_of(ground, SMALL)).id)
    step = await sent(ground, view)
    await ground.end(await ground.called(step.id), bad(BLOCK), failure(Kind.SAFETY_PROMPT))
    end = await shown(ground, A.LADDER_SEND, row_of(view, MINIMAL))
    assert (end.title, end.text, end.buttons) == (text("simplify.blocked"), (text("simplify.not_a_block"),), ())


async def test_what_has_no_ladder_is_told_why(ground: Ground) -> None:
    waiting = await ground.asked(SMALL)
    assert await said(ground, A.SIMPLIFY, waiting.id) == text("reply.still_running")
    short = await root_of(ground, "a cat")
    assert await said(ground, A.SIMPLIFY, short.id) == text("simplify.nothing")
    await ground.ledger.write(lambda tx: end_waiting(tx, "test", "home"))
    received = await ground.received(SMALL)
    await ground.ledger.write(lambda tx: end_waiting(tx, "test", "home"))
    emptied = await ground.row(received)
    assert (emptied.state, emptied.prompt, emptied.deleted) == (RequestState.REFUSED, "", False)
    assert await said(ground, A.SIMPLIFY, received) == text("simplify.gone")
    blocked = await ground.asked(SMALL + ", wide shot")
    await ground.end(await ground.called(blocked.id), bad(BLOCK), failure(Kind.SAFETY_PROMPT))
    assert await said(ground, A.SIMPLIFY, blocked.id) == text("simplify.not_a_block")


@pytest.mark.parametrize("begun", [False, True])
async def test_a_deleted_picture_is_not_simplified(ground: Ground, begun: bool) -> None:
    root = await root_of(ground, SMALL, None)
    view = await shown(ground, A.SIMPLIFY, root.id) if begun else None
    assert (await ground.press(A.DELETE, root.id)).changed
    assert (await ground.row(root.id)).prompt == SMALL
    assert await said(ground, A.SIMPLIFY, root.id) == text("simplify.gone")
    for action in (A.LADDER_SHOW, A.LADDER_SEND) if view is not None else ():
        assert await said(ground, action, row_of(view, SEND)) == text("simplify.gone")  # type: ignore[arg-type]


@pytest.mark.parametrize(("typed", "stored"), [("Ana B.", "Ana B."), ("", "Ana")])
async def test_a_step_carries_the_name_of_today(ground: Ground, typed: str, stored: str) -> None:
    view = await shown(ground, A.SIMPLIFY, (await root_of(ground, SMALL)).id)
    assert (await press(ground, A.LADDER_SEND, row_of(view, SEND), person_name=typed)).changed
    rows = await ground.ledger.read(lambda c: request_rows.requests_where(c, true()))
    assert [one.person.name for one in rows if one.state is RequestState.QUEUED] == [stored]


async def test_a_press_that_comes_twice_sends_one_step(ground: Ground) -> None:
    first, other = [await shown(ground, A.SIMPLIFY, (await root_of(ground, one)).id) for one in (SMALL, CARS)]
    assert (await press(ground, A.LADDER_SEND, row_of(first, SEND), event_key="same")).changed
    reply = await press(ground, A.LADDER_SEND, row_of(other, SEND), event_key="same")
    assert (reply.changed, reply.text) == (False, text("reply.already_done"))


async def test_a_step_has_the_model_of_its_request_and_the_community_says_whether_it_is_offered(ground: Ground) -> None:
    models = {one: Catalogue.load().models[one] for one in (ground.rules.model.id, "gpt-image-1.5")}
    ground.rules = dataclasses.replace(ground.rules, models=models)
    request = await ground.asked(SMALL, model="gpt-image-1.5")
    root = await ended(ground, request, Kind.BAD_REQUEST_OTHER)
    view = await shown(ground, A.SIMPLIFY, root.id)
    assert "gpt-image-1.5" in view.text[-1]
    await press(ground, A.LADDER_SEND, row_of(view, SEND))
    [step] = await ground.children(root.id)
    assert step.model == "gpt-image-1.5"
    await ended(ground, step, Kind.QUOTA_EXHAUSTED)
    await ground.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", {"models": [ground.rules.model.id]}, "olu"))
    refused = (await shown(ground, A.SIMPLIFY, root.id)).text[-1]
    assert refused == refusal_sentence(Refusal("invalid_model", {"value": "gpt-image-1.5", "allowed": [ground.rules.model.id]}))
