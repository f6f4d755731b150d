"""What an accepted offer becomes: where its picture is shown and to whom, and which wordings cannot be offered."""

from __future__ import annotations

import dataclasses

import pytest

from bot.chat.views import ActionName
from bot.domain.requests import Origin, Person, Request
from bot.ledger import request_rows
from bot.texts import text
from tests.unit.moderation.ground import ANN, MO, Ground

A = ActionName


async def accepted(ground: Ground, channel: str, private: bool = False, name: str = "Ann") -> Request:
    case, offer = await ground.suggested()
    await ground.ledger.write(lambda tx: request_rows.mark(tx, case.request_id, private=private))
    act = ground.act(A.REWRITE_ACCEPT, offer, Person(ANN.id, name))
    assert (await ground.room.handlers.actions[A.REWRITE_ACCEPT](dataclasses.replace(act, channel=channel, reply={"token": "t"}))).changed
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    return sent


@pytest.mark.parametrize(("channel", "reply"), [("imagine", {"token": "t"}), ("dm:m1", {})])
async def test_its_picture_is_shown_where_the_blocked_one_was_asked_for(ground: Ground, channel: str, reply: dict[str, str]) -> None:
    sent = await accepted(ground, channel)
    assert (sent.place.channel, sent.place.reply) == ("imagine", reply)


@pytest.mark.parametrize("private", [False, True])
async def test_it_is_seen_by_those_who_would_have_seen_the_blocked_one(ground: Ground, private: bool) -> None:
    assert (await accepted(ground, "imagine", private)).private is private


@pytest.mark.parametrize(("name", "called"), [("Annie", "Annie"), ("", "Ann")])
async def test_the_member_is_called_as_they_are_called_now(ground: Ground, name: str, called: str) -> None:
    assert (await accepted(ground, "imagine", name=name)).person == Person(ANN.id, called)


async def test_no_blocked_wording_of_the_case_is_offered_again(ground: Ground) -> None:
    case = await ground.claimed("a dragon bites")
    await ground.blocked("a wolf bites")  # joins the same case
    for wording in ("A dragon bites!", "A wolf bites!"):
        reply = await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": wording})
        assert (reply.changed, reply.text) == (False, text("case.no.rewrite_same"))
    assert (await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "a dragon naps"})).changed
