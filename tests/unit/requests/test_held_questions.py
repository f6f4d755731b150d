"""A question about a held prompt is for the asker alone; the channel sees that one was asked, and nothing of what was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.views import ActionName, Audience, View
from bot.core import Visitor
from bot.requests.questions import ask_about
from bot.texts import text
from tests.simulation.checker import view_text
from tests.world import World, world

A = ActionName
PROMPT = "a poster with a sun, jane.doe@example.com"


def question(w: World, request: str) -> View | None:
    return w.chat.about(f"question:{request}", Audience.MEMBER)


async def asked(w: World, prompt: str = PROMPT, **more: object) -> tuple[str, View]:
    request = await w.imagine(prompt, **more)
    await w.until(lambda: question(w, request) is not None and w.chat.about(f"request:{request}") is not None)
    found = question(w, request)
    assert found is not None
    return request, found


def public_words(w: World) -> str:
    """Everything that the channel was ever shown."""
    return "\n".join(view_text(view) for key, view in w.chat.all if w.chat.messages[key].audience is Audience.CHANNEL)


async def test_the_channel_sees_neither_the_prompt_nor_what_was_found(tmp_path: Path) -> None:
    async with world(tmp_path, lint=ask_about) as w:
        request, private = await asked(w)
        assert "email address" in " ".join(private.text)
        assert [fact.value for fact in private.facts] == ["a poster with a sun"]
        assert private.about is not None
        [message] = [one for one in w.chat.messages.values() if one.subject == f"question:{request}"]
        assert message.person == "ana"
        words = public_words(w)
        for secret in ("jane", "poster", "mail", "sun,"):
            assert secret not in words
        assert "Waiting for an answer from Ana" in words
        assert not w.service.calls


@pytest.mark.parametrize(
    ("action", "sent"),
    [(A.SEND_CLEANED, ["a poster with a sun"]), (A.SEND_ANYWAY, [PROMPT]), (A.DISCARD, [])],
)
async def test_every_answer_closes_the_question_in_its_own_message(tmp_path: Path, action: ActionName, sent: list[str]) -> None:
    async with world(tmp_path, lint=ask_about) as w:
        request, _ = await asked(w)
        await w.press(action, request)
        await w.until(lambda: (view := question(w, request)) is not None and not view.buttons)
        closed = question(w, request)
        assert closed is not None
        assert closed.title == text("held.over")
        assert "jane" not in view_text(closed)
        await w.answer(request)
        assert [call.prompt for call in w.service.calls] == sent


async def test_who_did_not_get_it_sees_it_through_the_button_and_nobody_else_does(tmp_path: Path) -> None:
    async with world(tmp_path, lint=ask_about) as w:
        request, private = await asked(w)
        public = w.chat.about(f"request:{request}", Audience.CHANNEL)
        assert public is not None
        assert [(one.action, one.row, one.pressers.only) for one in public.buttons] == [(A.SHOW, request, "ana")]
        shown = await w.bot.core.show(Visitor("test", "home", "imagine", "ana"), request)
        assert {one.action for one in shown.buttons} == {one.action for one in private.buttons}
        other = await w.bot.core.show(Visitor("test", "home", "imagine", "ben"), request)
        assert "jane" not in view_text(other)
        assert not other.buttons


async def test_a_private_request_has_its_question_in_its_own_message_alone(tmp_path: Path) -> None:
    async with world(tmp_path, lint=ask_about) as w:
        request = await w.imagine(PROMPT, private=True)
        await w.until(lambda: (view := w.chat.about(f"request:{request}")) is not None and len(view.buttons) == 4)
        assert question(w, request) is None


async def test_where_too_little_would_be_left_no_cleaned_wording_is_offered(tmp_path: Path) -> None:
    async with world(tmp_path, lint=ask_about) as w:
        _, private = await asked(w, "mail jane.doe@example.com or bob@example.org")
        assert {one.action for one in private.buttons} == {A.EDIT, A.SEND_ANYWAY, A.DISCARD}
        assert private.buttons[0].action is A.EDIT
        assert private.facts == ()
