"""The edge at which views, forms and replies become words of a reader's language."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeVar

from bot.chat.views import Form, Reply, View
from bot.texts import DEFAULT_LANGUAGE, in_zone, say, tells_time
from bot.texts.clocks import unmarked

T = TypeVar("T")
Said = TypeVar("Said", View, Form, Reply, Form | Reply)


def localize(said: Said, language: str) -> Said:
    """The same view, form or reply with all of its sentences in a language."""
    return said if language == DEFAULT_LANGUAGE else _changed(said, lambda words: say(words, language))


def zoned(said: Said, zone: str, own_clocks: bool = False) -> Said:
    """The same view, form or reply with all of its times in a time zone, in whichever language it is said later. `own_clocks`: marked, for
    a platform that shows them to each reader on their own clock."""
    return _changed(said, lambda words: in_zone(words, zone, own_clocks)) if has_times(said) else said


def has_times(said: object) -> bool:
    """Whether a view, form or reply tells a time, or quotes somebody's imitation of one, which `zoned` removes."""
    if isinstance(said, str):
        return tells_time(said) or unmarked(said) != said
    if isinstance(said, tuple):
        return any(map(has_times, said))
    return any(has_times(getattr(said, name)) for name in _fields_of(said))


def _fields_of(value: object) -> tuple[str, ...]:
    """Names of the fields of a dataclass's object; none for other objects."""
    kind: Any = type(value)
    return _field_names(kind)


@functools.cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _changed(value: T, change: Callable[[str], str]) -> T:
    made: object = value
    if isinstance(value, str):
        made = change(value)
    elif isinstance(value, tuple):
        made = tuple(_changed(one, change) for one in value)
    elif names := _fields_of(value):
        made = dataclasses.replace(value, **{name: _changed(getattr(value, name), change) for name in names})  # type: ignore[type-var]
    return made  # type: ignore[return-value]  # of the same type, with other words
