"""Building blocks of the page: plain HTML through NiceGUI, no Quasar widgets, so that names, roles and focus are the browser's own.

Inputs are never controlled from the server, because a re-render must not touch what somebody is typing. Initial values are set as defaults.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import Client, context
from nicegui.elements.mixins.text_element import TextElement

from adapters.web.people import Persona
from bot.chat.views import PictureView
from bot.texts import DEFAULT_LANGUAGE, say
from bot.texts.direction import balanced

_LANGUAGES: MutableMapping[Client, str] = WeakKeyDictionary()


def speak(client: Client, language: str) -> None:
    """Say everything on a page in a language."""
    _LANGUAGES[client] = language


def language() -> str:
    return _LANGUAGES.get(context.client, DEFAULT_LANGUAGE)


class Part(TextElement):
    """One HTML element with optional text. Vue escapes the text."""

    def __init__(self, tag: str, text: str, classes: str, attributes: dict[str, object]) -> None:
        super().__init__(tag=tag, text=clean(text))
        if classes:
            self.classes(classes)
        for name, value in attributes.items():
            if value is not None and value is not False:
                self.props[name.rstrip("_").replace("_", "-")] = clean(value) if isinstance(value, str) else value


def part(tag: str, text: str = "", classes: str = "", **attributes: object) -> Part:
    """Create an element in the current slot, with its words in the page's language.

    `aria_label` becomes `aria-label`, `for_` becomes `for`; None and False omit an attribute.
    """
    return Part(tag, text, classes, attributes)


def select(choices: Iterable[tuple[str, str]], chosen: str, **attributes: Any) -> Part:
    """A list of (value, label), with the chosen one selected."""
    with part("select", **attributes) as found:
        for value, label in choices:
            part("option", label, value=value, selected=value == chosen)
    return found


def picture(one: PictureView, **attributes: Any) -> Part:
    return part("img", src=f"/pictures/{one.sha256}", alt=one.alt, width=one.width, height=one.height, **attributes)


def clean(words: str) -> str:
    """The words in the page's language, without lone surrogates, which can't be sent to the browser, or changes to the direction of what
    follows."""
    text = say(words, language())
    return balanced(text.encode("utf-8", "replace").decode() if any("\ud800" <= one <= "\udfff" for one in text) else text)


def avatar(who: Persona | None) -> Part:
    """An initial in the persona's colour, or the bot's mark. Decorative: the name is beside it."""
    if who is None:
        return part("span", "", "avatar bot", aria_hidden="true")
    return part("span", who.name[:1], f"avatar tint-{zlib.crc32(who.id.encode()) % 5}", aria_hidden="true")


def clock(at: float) -> Part:
    when = datetime.fromtimestamp(at, tz=UTC).astimezone()
    return part("time", when.strftime("%H:%M"), "", datetime=when.isoformat(timespec="seconds"))
