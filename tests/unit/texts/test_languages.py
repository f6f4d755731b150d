"""A view carries keys and values to the edge, where it becomes words of a language."""

from __future__ import annotations

import copy
import pickle

import pytest

from bot import texts
from bot.chat.localize import localize
from bot.chat.views import ActionName, Button, Fact, Reply, View
from bot.texts import catalogue, say, text

SHOUTED = {key: f"!{template}" for key, template in catalogue().items()}


@pytest.fixture(autouse=True)
def _shouting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "catalogue", lambda language="en": SHOUTED if language == "xx" else catalogue(language))


def test_every_sentence_of_a_view_is_said_in_the_language_and_nothing_else_changes() -> None:
    inner = View(title=text("request.queued"), quote="a red bicycle", mention="ana", final=True)
    view = View(
        title=text("request.drawing"),
        text=(text("waiting.trying_again_in", wait=text("request.next")), "plain"),
        facts=(Fact(text("held.cleaned"), "typed"),),
        buttons=(Button(ActionName.AGAIN, "a" * 16, text("button.again")),),
    )
    said = localize(view, "xx")
    assert said.title == "!" + text("request.drawing")
    assert said.text == ("!" + text("waiting.trying_again_in", wait="!" + text("request.next")), "plain")
    assert said.facts == (Fact("!" + text("held.cleaned"), "typed"),)
    assert said.buttons[0].label == "!" + text("button.again")
    reply = localize(Reply(text("reply.published"), view=inner), "xx")
    assert (reply.text, reply.view) == ("!" + text("reply.published"), localize(inner, "xx"))
    assert localize(view, "en") is view


def test_a_sentence_is_an_ordinary_string() -> None:
    words = text("request.queued")
    assert type(pickle.loads(pickle.dumps(words))) is str
    assert copy.deepcopy(words) == words == str(words)
    assert say(words + ".", "xx") == words + "."
