"""Where a press's new request belongs, which field of its form goes first where there's no room for all, and what gets a sheet."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.chat.views import ActionName, FieldKind
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.requests import Place
from bot.requests.actions import imagine_fields, place_of_new_request
from bot.requests.transitions import SHEET
from tests.unit.requests.ground import Ground, drew, failure

HOME, DM = Place("test", "home", "imagine", "t1", {"old": "1"}), "dm:ana"
REPLY = {"token": "t"}


@pytest.mark.parametrize(
    ("was_private", "home", "press", "private", "there"),
    [
        (False, HOME, {}, False, Place("test", "home", "imagine", "t1", REPLY)),
        (False, HOME, {"channel": "art"}, False, Place("test", "home", "art", None, REPLY)),
        (True, HOME, {"community": "other"}, True, Place("test", "other", "imagine", "t1", REPLY)),
        (False, HOME, {"community": DM, "channel": "d1", "direct": True}, True, Place("test", DM, "d1", None, REPLY)),
        (True, HOME, {"community": DM, "channel": "d1", "direct": True}, True, dataclasses.replace(HOME, reply={})),
        (True, HOME, {"community": DM, "channel": "d1", "direct": True}, False, dataclasses.replace(HOME, reply=REPLY)),
        (True, Place("test", DM, "d1"), {"community": DM, "channel": "d1", "direct": True}, True, Place("test", DM, "d1", None, REPLY)),
    ],
)
async def test_a_new_request_belongs_where_it_was_asked_for_and_a_private_one_to_its_community(
    ground: Ground, was_private: bool, home: Place, press: dict[str, Any], private: bool, there: Place
) -> None:
    request = await ground.drawn(place=home, private=was_private)
    assert place_of_new_request(ground.act(ActionName.AGAIN, request.id, **press), request, private=private) == there


async def test_the_text_goes_first_where_there_is_none_yet_and_the_model_where_there_is(ground: Ground) -> None:
    rules = dataclasses.replace(ground.rules, captions=True, models={ground.rules.model.id: ground.rules.model})
    request = await ground.drawn()
    for one, text, spare in (
        (None, "", "caption"),
        (request, "", "caption"),
        (dataclasses.replace(request, caption="SALE"), "SALE", "model"),
    ):
        fields = {each.name: each for each in imagine_fields(rules, one)}
        assert (fields["caption"].value, fields["caption"].kind) == (text, FieldKind.PARAGRAPH)
        assert [name for name, each in fields.items() if each.spare] == [spare]
    assert "caption" not in [one.name for one in imagine_fields(ground.rules)]


@pytest.mark.parametrize(("candidates", "drawn", "due"), [(True, True, True), (True, False, False), (False, True, False)])
async def test_a_sheet_is_made_for_candidates_that_are_there(ground: Ground, candidates: bool, drawn: bool, due: bool) -> None:
    request = await ground.asked(candidates=candidates)
    attempt = await ground.called(request.id)
    if drawn:
        await ground.end(attempt, drew())
    else:
        await ground.end(attempt, Outcome(billed=Billed.NO, status=400), failure(Kind.UNSUPPORTED_SIZE))
    assert (SHEET in [one.topic for one in ground.wakes]) is due
