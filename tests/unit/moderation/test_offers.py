"""What an accepted offer becomes: where its picture is shown and to whom, and which wordings cannot be offered."""

from __future__ import annotations

import dataclasses

import pytest

from bot.chat.views import ActionName, Form
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Origin, Person, Place, Request, Submission
from bot.ledger import request_rows
from bot.ledger.store import Tx
from bot.requests.accept import accept
from bot.requests.submit import store_submission
from bot.texts import text
from tests.unit.moderation.ground import ANN, HOME, MO, Ground

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


@pytest.mark.parametrize(("wording", "offered"), [("A dragon bites!", False), ("a dragon naps", True)])
async def test_a_wording_with_reference_pictures_is_compared_with_them(ground: Ground, wording: str, offered: bool) -> None:
    submission = Submission(ANN, Place("web", HOME, "imagine"), "a dragon bites", references=("aa",))
    rules, opener, identity = ground.room.rules, ground.room.cases.open_case, "2222222222222222"
    await ground.ledger.write(lambda tx: store_submission(tx, identity, "event", submission, rules))
    queued = await ground.ledger.write(lambda tx: accept(tx, identity, rules, opener))
    assert isinstance(queued, Request)
    kind = KINDS[Kind.SAFETY_PROMPT]
    why = Failure(kind.group, Kind.SAFETY_PROMPT, kind.action, None, kind.who_can_fix, 1.0)

    def block(tx: Tx) -> str:
        found = opener(tx, queued, why)
        request_rows.move(tx, queued, RequestEvent.ANSWER, answer=Answer.BLOCKED.value, answered_at=tx.now, case_id=found)
        return found

    case = await ground.ledger.write(block)
    await ground.press(A.CASE_CLAIM, case, MO)
    assert (await ground.press(A.CASE_REWRITE, case, MO, {"prompt": wording})).changed is offered


async def test_an_offer_that_the_model_of_today_does_not_take_names_no_price(ground: Ground) -> None:
    case, _ = await ground.suggested("a dragon and a knight have tea")
    assert "$" in str(await ground.member_view(case))
    ground.rules = dataclasses.replace(ground.rules, model=dataclasses.replace(ground.rules.model, prompt_max_chars=5))  # type: ignore[type-var]
    ground._room = None
    assert "$" not in str(await ground.member_view(case))


async def test_a_moderators_form_may_be_opened_again_and_an_appeal_is_made_once(ground: Ground) -> None:
    case = await ground.claimed()
    act = ground.act(A.CASE_DENY, case.id, MO, key="one click")
    for _ in range(2):
        assert isinstance(await ground.room.handlers.forms[A.CASE_DENY](act), Form)
    assert (await ground.press(A.CASE_DENY, case.id, MO, {"reason": "harm"}, key="one click")).changed
    assert (await ground.press(A.APPEAL, case.id, ANN, key="appealed")).changed
    again = await ground.press(A.APPEAL, case.id, ANN, key="appealed")
    assert (again.changed, again.text) == (False, text("case.no.repeated"))
