"""The question about a held prompt: whom it goes to, and what it says when it is asked, answered and over."""

from __future__ import annotations

import dataclasses

import pytest

from bot.chat.port import Message
from bot.chat.views import About, ActionName, Audience, Reply, View
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.ledger import message_rows, request_rows
from bot.ledger.store import Wake
from bot.ledger.tables import blocked_members
from bot.messages.question_view import project_question, question
from bot.requests.rules import Question
from bot.texts import text
from tests.unit.requests.ground import NOON, Ground

A = ActionName
TYPED = "mail to ana@example.org"


async def held(ground: Ground, *, private: bool = False) -> str:
    ground.rules = dataclasses.replace(ground.rules, lint=lambda prompt: Question("email", cleaned="a cat") if "@" in prompt else None)
    return (await ground.asked(TYPED, private=private)).id


async def question_of(ground: Ground, request: str) -> Message | None:
    found = await ground.ledger.read(lambda c: message_rows.of_subject(c, f"question:{request}"))
    return found[0].message if found else None


async def shown(ground: Ground, request: str) -> View:
    message = await question_of(ground, request)
    assert message is not None
    view = await ground.ledger.read(lambda c: project_question(c, message, NOON))
    assert view is not None
    assert (view.final, view.about) == (True, About(f"request:{request}", text("held.about")))
    return view


async def test_it_goes_to_the_member_alone_and_what_they_read_alone_already_holds_it(ground: Ground) -> None:
    message = await question_of(ground, await held(ground))
    assert message is not None
    assert (message.audience, message.person) == (Audience.MEMBER, "ana")
    assert await question_of(ground, await held(ground, private=True)) is None


async def test_while_it_is_open_it_can_be_answered(ground: Ground) -> None:
    request = await held(ground)
    view, asked = await shown(ground, request), question(await ground.row(request))
    assert (view.title, view.text, view.facts, view.buttons, view.amends) == (asked.title, asked.text, asked.facts, asked.buttons, False)


@pytest.mark.parametrize(
    ("action", "said"), [(A.SEND_ANYWAY, "held.answered"), (A.SEND_CLEANED, "held.answered"), (A.DISCARD, "refusal.discarded")]
)
async def test_when_it_is_answered_no_word_and_no_button_is_left(ground: Ground, action: ActionName, said: str) -> None:
    request = await held(ground)
    await ground.press(action, request)
    view = await shown(ground, request)
    assert (view.title, view.text, view.buttons, view.facts, view.quote) == (text("held.over"), (text(said),), (), (), "")
    assert view.amends


async def test_what_is_turned_down_after_it_was_answered_says_nothing_more_in_the_question(ground: Ground) -> None:
    request = await held(ground)
    await ground.press(A.SEND_ANYWAY, request)
    stop = {"community": "home", "person": "ana", "until": NOON + 60, "by": "olu"}
    await ground.ledger.write(lambda tx: tx.connection.execute(blocked_members.insert().values(stop)))
    await ground.begin(request)
    assert (await ground.row(request)).refusal is not None
    assert (await shown(ground, request)).text == (text("held.answered"),)


async def test_an_edited_prompt_names_what_became_of_it(ground: Ground) -> None:
    request = await held(ground)
    await ground.press(A.EDIT, request, values={"prompt": "a cat"})
    assert (await shown(ground, request)).text == (text("refusal.edited"),)


async def test_a_question_about_nothing_has_no_view(ground: Ground) -> None:
    message = await question_of(ground, await held(ground))
    assert message is not None
    gone = dataclasses.replace(message, subject="question:gone")
    assert await ground.ledger.read(lambda c: project_question(c, gone, NOON)) is None


async def test_a_further_question_is_open_as_long_as_the_first_one_was(ground: Ground) -> None:
    """Whether the uploads may be sent was asked first; then the wording is in question."""
    request = await held(ground)
    await ground.ledger.write(lambda tx: request_rows.mark(tx, request, refusal=Refusal("uploads_first")))
    ground.at[0] += 100
    ground.wakes.clear()
    assert await ground.press(A.SEND_ANYWAY, request) == Reply(text("reply.one_more_question"))
    row, until = await ground.row(request), ground.at[0] + ground.rules.held_for
    assert (row.state, row.deadline_at, row.consent) == (RequestState.AWAITING_MEMBER, until, True)
    assert row.refusal is not None
    assert not row.refusal.reason.startswith("uploads_")
    assert Wake("request", request, until) in ground.wakes
