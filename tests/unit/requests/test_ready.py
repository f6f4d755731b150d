"""Tell me when it is ready: off unless chosen, one message for each late answer, for its requester alone."""

from __future__ import annotations

import dataclasses

import pytest

from bot.chat.views import About, ActionName, Audience, Choice, FieldKind, Form, FormField, Reply, Tone
from bot.domain.kinds import Kind
from bot.ledger import message_rows
from bot.messages.status_view import NOTIFY_ROW
from bot.requests.ready import ROUTES, SLOW, NotifyMe, project_ready
from bot.texts import text
from tests.unit.requests.ground import Ground, drew, failure
from tests.world import DOWN, bad

A = ActionName


async def choose(ground: Ground, way: str, person: str = "ana") -> Reply:
    return await NotifyMe(ground.ledger).handlers.actions[A.NOTIFY_ME](ground.act(A.NOTIFY_ME, NOTIFY_ROW, person, {"way": way}))


async def told(ground: Ground, seconds: float, **options: object) -> list[message_rows.Stored]:
    """The messages that tell about a request whose answer took so long."""
    request = await ground.asked(**options)  # type: ignore[arg-type]
    attempt = await ground.called(request.id)
    ground.at[0] += seconds
    await ground.end(attempt, drew(request.count))
    return list(await ground.ledger.read(lambda c: message_rows.of_subject(c, f"ready:{request.id}")))


async def test_nobody_is_told_who_did_not_choose_it_or_whose_answer_came_soon(ground: Ground) -> None:
    assert await told(ground, SLOW + 1) == []
    assert (await choose(ground, "mention")).changed
    assert await told(ground, SLOW) == []
    assert await told(ground, SLOW + 1, person="ben") == []
    assert (await choose(ground, "off")).text == "Saved. I won't send you a message when an answer is ready."
    assert await told(ground, SLOW + 1) == []
    wrong = await choose(ground, "shout")
    assert (wrong.changed, wrong.text) == (False, "Please choose one of the ways in the list.")


@pytest.mark.parametrize(
    ("way", "private", "audience", "reader"),
    [
        ("mention", False, Audience.CHANNEL, None),
        ("mention", True, Audience.MEMBER, "ana"),
        ("direct", False, Audience.MEMBER, "ana"),
    ],
)
async def test_a_late_answer_tells_its_requester_once(
    ground: Ground, way: str, private: bool, audience: Audience, reader: str | None
) -> None:
    await choose(ground, way)
    [message] = await told(ground, SLOW + 1, private=private)
    assert (message.message.audience, message.message.person) == (audience, reader)
    view = await ground.ledger.read(lambda c: project_ready(c, message.message, 0.0))
    assert view is not None
    assert (view.mention, view.notifies, view.final, view.quote, view.pictures) == ("ana", True, True, "", ())
    assert (view.title, view.tone) == (text("ready.picture"), Tone.DONE)
    assert view.about == About(message.message.subject.replace("ready:", "request:"), text("ready.about"))


async def test_an_answer_without_a_picture_is_called_an_answer_and_one_that_is_gone_nothing(ground: Ground) -> None:
    await choose(ground, "direct")
    request = await ground.asked()
    attempt = await ground.called(request.id)
    ground.at[0] += SLOW + 1
    await ground.end(attempt, bad(DOWN), failure(Kind.BAD_REQUEST_OTHER))
    [message] = await ground.ledger.read(lambda c: message_rows.of_subject(c, f"ready:{request.id}"))
    view = await ground.ledger.read(lambda c: project_ready(c, message.message, 0.0))
    assert view is not None
    assert (view.title, view.tone) == (text("ready.answer"), Tone.NEUTRAL)
    gone = dataclasses.replace(message.message, subject="ready:nowhere")
    assert await ground.ledger.read(lambda c: project_ready(c, gone, 0.0)) is None


async def test_nobody_is_told_what_they_ended_themselves(ground: Ground) -> None:
    await choose(ground, "mention")
    request = await ground.asked()
    ground.at[0] += SLOW + 1
    assert (await ground.press(A.CANCEL, request.id)).changed
    assert await ground.ledger.read(lambda c: message_rows.of_subject(c, f"ready:{request.id}")) == []


@pytest.mark.parametrize("way", ROUTES)
async def test_the_form_shows_what_was_chosen(ground: Ground, way: str) -> None:
    await choose(ground, way)
    form = await NotifyMe(ground.ledger).handlers.forms[A.NOTIFY_ME](ground.act(A.NOTIFY_ME, NOTIFY_ROW))
    assert isinstance(form, Form)
    choices = tuple(Choice(one, text(f"ready.way.{one}")) for one in ROUTES)
    assert form.fields == (FormField("way", text("ready.field"), FieldKind.CHOICE, way, choices),)
    assert (form.action, form.row) == (A.NOTIFY_ME, NOTIFY_ROW)
