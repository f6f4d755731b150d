"""Texts for people in the Fluent syntax, one folder per language and one file per room (`files.py` says which file has which key).

`text(key, field=value)` is a sentence. What a language lacks is said in English. A key or a value that English lacks too is a bug: it's
logged, and something is shown all the same, because an answer with a gap is better than none; tests set `on_bug` so that it raises.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import SupportsIndex

import structlog

from bot.texts.clocks import unmarked
from bot.texts.direction import FSI, balanced, isolate, isolate_latin
from bot.texts.files import OPERATORS, catalogue, folder
from bot.texts.fluent import Template
from bot.texts.locales import DEFAULT_LANGUAGE as DEFAULT_LANGUAGE
from bot.texts.locales import is_right_to_left, plural_form

_BLANK_LINE = "\n\n"
_NAME_FILE = "language.ftl"
_REGIONS = {
    "zh": "zh-hans",
    "zh-cn": "zh-hans",
    "zh-sg": "zh-hans",
    "zh-my": "zh-hans",
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
}
"""Locales whose script isn't in their name."""
_spoken: ContextVar[str] = ContextVar("spoken_language", default=DEFAULT_LANGUAGE)
DEFAULT_ZONE = "UTC"
_zone: ContextVar[str] = ContextVar("readers_zone", default=DEFAULT_ZONE)
_own_clocks: ContextVar[bool] = ContextVar("own_clocks", default=False)

log = structlog.get_logger()


def _log_bug(key: str, lacks: str) -> None:
    log.error("text_unusable", key=key, lacks=lacks)


on_bug: Callable[[str, str], None] = _log_bug
"""Called with a key that English lacks and "", or with a key and the name of the value that its caller left out."""


@functools.cache
def languages() -> frozenset[str]:
    """The languages that are offered: those with a file that says their own name, which comes last, once all member texts are there."""
    return frozenset(one.name for one in folder().iterdir() if one.is_dir() and (one / _NAME_FILE).is_file())


def for_operators(language: str) -> str:
    """The language, if operators' texts are in it too; or the default, because half of a notice in each would be worse."""
    return language if (folder() / language / OPERATORS).is_dir() else DEFAULT_LANGUAGE


def own_name(language: str) -> str:
    """What a language calls itself, for people who choose one."""
    return _rendered("language.name", {}, language)


def language_for(locale: str) -> str:
    """The language for a reader whose locale is `pt-BR` or the like: that one, one of the same family, or the default."""
    return language_or_none(locale) or DEFAULT_LANGUAGE


def language_or_none(locale: str) -> str | None:
    """The offered language that fits a locale, if there is one."""
    named = locale.replace("_", "-").partition(".")[0].lower()
    offered = {one.lower(): one for one in sorted(languages())}
    family = named.partition("-")[0]
    if family == "zh":
        return offered.get(named) or offered.get("-".join(named.split("-")[:2])) or offered.get(_REGIONS.get(_region(named), "zh-hans"))
    wanted = (named, family)
    return next((offered[one] for one in wanted if one in offered), None) or next(
        (one for low, one in offered.items() if low.partition("-")[0] == family), None
    )


def _region(locale: str) -> str:
    parts = locale.split("-")
    return f"{parts[0]}-{parts[-1]}" if len(parts) > 1 else locale


class LocalizedText(str):
    """Words in one language that can be said in another one later: a sentence with its key and values, or several put together.

    It is an ordinary string everywhere else. `+`, a cut (`[:n]`), `joined`, `paragraphs` and `capitalized` keep that ability; an f-string
    and `str.join` don't.
    """

    __slots__ = ("in_language", "language", "tells_time")
    in_language: Callable[[str], str]
    language: str
    """The language of the words as they are."""
    tells_time: bool
    """Whether there is a time in it, which readers see in their own zone (`in_zone`)."""

    def __new__(cls, words: str, in_language: Callable[[str], str], tells_time: bool = False) -> LocalizedText:
        made = super().__new__(cls, words)
        made.in_language, made.language, made.tells_time = in_language, _spoken.get(), tells_time
        return made

    def __add__(self, other: str) -> str:
        return joined("", (self, other))

    def __radd__(self, other: str) -> str:
        return joined("", (other, self))

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        words = super().__getitem__(key)
        if not isinstance(key, slice) or key.start is not None:
            return words
        return self if words == self else LocalizedText(words, lambda language: self.in_language(language)[key], self.tells_time)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def text(key: str, /, **values: object) -> str:
    """The sentence for a key with its fields filled in. Right-to-left words in a field are isolated (see `direction`).

    `on_bug` hears of an unknown key or a missing field.
    """
    words = _rendered(key, values, _spoken.get())
    return LocalizedText(words, lambda language: _rendered(key, values, language), any(map(tells_time, values.values())))


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say texts in a language meanwhile: for the words that a platform's rendering adds to a view, such as Close and Yes."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def begin_in(language: str) -> None:
    """Say texts in a language from now on, in a process with one reader."""
    _spoken.set(language)


def spoken() -> str:
    """The language that texts are said in meanwhile."""
    return _spoken.get()


def say(words: str, language: str) -> str:
    """The words in a language. What isn't a text is returned unchanged, such as names and prompts."""
    return words.in_language(language) if isinstance(words, LocalizedText) and language != words.language else words


def tells_time(words: object) -> bool:
    """Whether there is a time in the words, which readers see in their own zone."""
    return isinstance(words, LocalizedText) and words.tells_time


def in_zone(words: str, zone: str, own_clocks: bool = False) -> str:
    """The words with their times as the clocks of an IANA time zone show them, in whichever language they are said. `own_clocks`: the
    platform shows them to each reader on their own clock, so they are marked (`bot.texts.clocks`).

    What isn't a text, such as a name, loses what looks like such a mark.
    """
    if not isinstance(words, LocalizedText):
        return unmarked(words)
    if not words.tells_time:
        return words

    def said(language: str) -> str:
        before = _zone.set(zone), _own_clocks.set(own_clocks)
        try:
            return words.in_language(language)
        finally:
            _zone.reset(before[0])
            _own_clocks.reset(before[1])

    return LocalizedText(said(_spoken.get()), said, tells_time=True)


def readers_zone() -> str:
    """The time zone in which times are said meanwhile."""
    return _zone.get()


def on_own_clocks() -> bool:
    """Whether readers see times on their own clock meanwhile."""
    return _own_clocks.get()


def joined(separator: str, parts: Iterable[str]) -> str:
    """`str.join` that keeps texts texts: they can still be said in another language."""
    found = tuple(one if isinstance(one, LocalizedText) else unmarked(one) for one in parts)
    words = separator.join(found)
    if not separator.strip() and not any(isinstance(one, LocalizedText) for one in found):
        return words

    def said(language: str) -> str:
        # From right to left, "1024×1024 · medium" would otherwise be one run of words from left to right.
        apart = isolate_latin if separator.strip() and is_right_to_left(language) else str
        return separator.join(apart(_say_now(one, language)) for one in found)

    return LocalizedText(words, said, any(map(tells_time, found)))


def paragraphs(words: str) -> tuple[str, ...]:
    parts = words.split(_BLANK_LINE)
    if not isinstance(words, LocalizedText):
        return tuple(parts)
    last = len(parts) - 1

    def part(language: str, number: int) -> str:
        # A translation may have fewer paragraphs, or more: the last one takes the rest.
        found = _say_now(words, language).split(_BLANK_LINE, last)
        return found[number] if number < len(found) else ""

    return tuple(LocalizedText(one, functools.partial(part, number=number), words.tells_time) for number, one in enumerate(parts))


def capitalized(words: str) -> str:
    made = str(words[:1]).upper() + str(words)[1:]
    if not isinstance(words, LocalizedText):
        return made
    return LocalizedText(made, lambda language: capitalized(str(_say_now(words, language))), words.tells_time)


def _say_now(words: str, language: str) -> str:
    """The words in a language and in the zone of the moment, which may differ from the one in which they were made."""
    return words.in_language(language) if isinstance(words, LocalizedText) and words.tells_time else say(words, language)


def _rendered(key: str, values: Mapping[str, object], language: str) -> str:
    for one in (language, DEFAULT_LANGUAGE):
        template = catalogue(one).template(key)
        if template is not None and (one == DEFAULT_LANGUAGE or template.fields <= values.keys()):
            return _filled(key, template, values, one)
    on_bug(key, "")
    return key


def _filled(key: str, template: Template, values: Mapping[str, object], language: str) -> str:
    lacking = template.fields - values.keys()
    if lacking:
        on_bug(key, ", ".join(sorted(lacking)))
        values = {**dict.fromkeys(lacking, "…"), **values}
    said = {name: _field(value, language) if isinstance(value, str) else str(value) for name, value in values.items()}
    return template.filled(values, said, plural_form(language))


def _field(value: str, language: str) -> str:
    """A value within a sentence, kept from turning what is around it."""
    words = _say_now(value, language) if isinstance(value, LocalizedText) else unmarked(value)
    if not is_right_to_left(language):
        return isolate(words)
    # What was put together of parts has kept them apart already; wrapped once more, it would run from left to right.
    return balanced(words) if FSI in words else isolate_latin(words)


def has(key: str) -> bool:
    return catalogue(DEFAULT_LANGUAGE).has(key)


def keys(prefix: str = "") -> tuple[str, ...]:
    """The keys of all texts that begin like that."""
    return tuple(one for one in catalogue(DEFAULT_LANGUAGE).every() if one.startswith(prefix))
