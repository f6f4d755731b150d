"""The edge at which views, forms and replies become words of a reader's language."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

from bot.chat.views import Form, Reply, View
from bot.texts import DEFAULT_LANGUAGE, say

T = TypeVar("T")
Said = TypeVar("Said", View, Form, Reply, Form | Reply)


def localize(said: Said, language: str) -> Said:
    """The same view, form or reply with all of its sentences in a language."""
    return said if language == DEFAULT_LANGUAGE else _localized(said, language)


def _localized(value: T, language: str) -> T:
    made: object = value
    if isinstance(value, str):
        made = say(value, language)
    elif isinstance(value, tuple):
        made = tuple(_localized(one, language) for one in value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        made = dataclasses.replace(value, **{one.name: _localized(getattr(value, one.name), language) for one in dataclasses.fields(value)})
    return made  # type: ignore[return-value]  # of the same type, with other words
