"""A view carries keys and values to the edge, where it becomes words of a language."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from bot import texts
from bot.chat.localize import localize
from bot.chat.views import ActionName, Button, Fact, Reply, View
from bot.domain.gallery import NO_MARK, GallerySearch
from bot.domain.kinds import Kind
from bot.messages.gallery_view import Turning, list_view
from bot.messages.help_view import Drawing, help_view
from bot.texts import capitalized, joined, language_for, paragraphs, say, text
from bot.texts.fluent import Template
from tests.languages import Changed, shouted, speak, x_ed
from tests.slack.core_views import of_everything, request


def own_list() -> View:
    return list_view([request("1234 5678")], {request("1").id: NO_MARK}, GallerySearch(), Turning("", 0, more=False))


DATA = {"Ada", "UTC", "medium", "moderation", "blocked", "violence", "other", "req", "gpt", "image", "abcdefgh23456789", "U0000ADA"}
DATA |= {word for kind in Kind for word in kind.value.split("_")} | {"status", "code", "stage", "input", "categories", "0a1b2c"}
"""Names, options and machine tokens, which views show as they are."""


@pytest.fixture(autouse=True)
def _shouting(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "xx", Changed(shouted))


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


def test_a_locale_is_a_language_that_has_texts_or_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language_for("tlh") == language_for("") == language_for("en-US") == language_for("C.UTF-8") == "en"
    monkeypatch.setattr(texts, "languages", lambda: frozenset({"en", "pt", "pt-BR", "es", "zh-Hans", "zh-Hant"}))
    assert [language_for(one) for one in ("pt-BR", "pt_PT", "PT", "es-419", "es_ES.UTF-8")] == ["pt-BR", "pt", "pt", "es", "es"]
    chinese = ("zh", "zh-CN", "zh_SG", "zh-Hans-HK", "zh-TW", "zh_HK.UTF-8", "zh-Hant-TW", "zh-hant")
    assert [language_for(one) for one in chinese] == ["zh-Hans"] * 4 + ["zh-Hant"] * 4
    monkeypatch.setattr(texts, "languages", lambda: frozenset({"en", "pt-BR", "zh-Hans"}))
    assert [language_for(one) for one in ("pt-PT", "zh-TW", "zh-CN")] == ["pt-BR", "en", "zh-Hans"]


def test_a_sentence_is_an_ordinary_string() -> None:
    words = text("request.queued")
    assert type(pickle.loads(pickle.dumps(words))) is str
    assert copy.deepcopy(words) == words == str(words)


def test_words_that_were_put_together_are_said_in_the_language_too() -> None:
    one, two = text("request.queued"), text("reply.published")
    assert say(one + ".", "xx") == f"!{one}."
    assert say("1. " + one, "xx") == f"1. !{one}"
    assert say(joined(" · ", ("a cat", one, two)), "xx") == f"a cat · !{one} · !{two}"
    assert say(one + " " + joined(" ", (two, two)), "xx") == f"!{one} !{two} !{two}"
    assert say(text("waiting.for_about", wait=joined(", ", (one, two))), "xx") == "!" + text("waiting.for_about", wait=f"!{one}, !{two}")
    assert say(one[:5], "xx") == f"!{one}"[:5]
    assert say(capitalized(one), "xx") == f"!{one}"
    assert capitalized("ab") == "Ab"
    help_text = text("help.text", sizes="1", qualities="2", count=3)
    parts = paragraphs(help_text)
    assert parts == tuple(help_text.split("\n\n"))
    assert [say(part, "xx") for part in parts] == ("!" + help_text).split("\n\n")
    assert paragraphs("a\n\nb") == ("a", "b")
    for ordinary in (joined(" ", ("a", "b")), one[1:], one[0], f"{one}"):
        assert type(ordinary) is str


def test_a_translation_may_have_other_paragraphs(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = paragraphs(text("help.text", sizes="1", qualities="2", count=3))
    for templates, expected in (("one", ("one", "")), ("1\n\n2\n\n" * len(parts) + "3", ("1", "2"))):
        speak(monkeypatch, "xx", Changed(shouted, {"help.text": Template((templates,))}))
        said = [say(part, "xx") for part in parts]
        assert tuple(said[:2]) == expected
        assert "\n\n".join(one for one in said if one) == templates


def test_no_sentence_of_any_view_stays_in_the_default_language(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "xx", Changed(x_ed))
    left: dict[str, set[str]] = {}
    for name, view in [*of_everything("1234 5678"), ("own", own_list()), ("help", help_view(Drawing(["1x1"], ["2"], 3, 1, ["4"])))]:
        said = localize(view, "xx")
        words = [said.title, *said.text, *(one.label for one in said.buttons), *(one.alt for one in said.pictures)]
        words += [part for one in said.facts for part in (one.label, one.value)] + ([] if said.about is None else [said.about.label])
        found = {one for one in re.findall(r"[A-Za-z0-9]{3,}", " ".join(words)) if not re.fullmatch(r"[xX0-9]+|[CT]0+[0-9]*", one)} - DATA
        if found:
            left[name] = found
    assert left == {}
