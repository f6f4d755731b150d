"""Which of a request's options an answer names. Pure; for rejections whose kind says that an option was wrong."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.failures.classify import judge
from bot.failures.rules import tables
from bot.failures.rules.rule import Text
from bot.failures.signals import read

LEAVABLE = ("quality", "size", "n", "response_format", "safety_identifier", "stream")
"""Everything besides model and prompt that a request can carry, under the bot's own names."""
SPELLINGS: dict[str, tuple[str, ...]] = {
    "n": ("n", "batch_size", "num_images", "number of images"),
    "stream": ("stream", "partial_images"),
    "size": ("size", "image_size", "width", "height", "dimensions", "resolution"),
}
"""The bot's option name -> services' names; other options have the same name everywhere."""
_FIELDS = ("param", "parameter", "field", "loc", "argument", "property")
_NAMED_ARGUMENT = re.compile(r"unexpected keyword argument [`'\"]?(\w+)", re.IGNORECASE)
"""Python's own words for a name that a function doesn't take."""
_NO_NAME = frozenset({"none", "null", "body", ""})


def named_options(evidence: Evidence, candidates: Collection[str], *, by_words: bool = True) -> frozenset[str]:
    """The subset of `candidates` that the answer names, in its parameter field or, if `by_words`, in its text; empty if it names something
    else. Words alone may be the prompt's own, quoted by an unrecognised rejection."""
    seen = read(evidence)
    fields = {raw.casefold() for field in _FIELDS for raw in seen.raw_by_field.get(field, ())} - _NO_NAME
    fields |= {match[1].casefold() for match in _NAMED_ARGUMENT.finditer(seen.words)}
    by_field = {one for one in candidates if fields & set(SPELLINGS.get(one, (one,)))}
    if by_field or fields or not by_words:
        return frozenset(by_field)
    words = seen.words.casefold()
    return frozenset(one for one in candidates if any(_says(words, spelled) for spelled in SPELLINGS.get(one, (one,))))


def kind_by_rules(evidence: Evidence) -> Kind:
    """The kind that the rules alone give, without what was learned from similar sentences."""
    seen = read(evidence)
    return judge(seen, Text(f" {seen.words} "), tables())[0]


def _says(words: str, name: str) -> bool:
    if len(name) == 1:
        return re.search(rf"(?:'{name}'|\"{name}\"|parameter {name}\b|\b{name}\s?=)", words) is not None
    return re.search(rf"(?<![a-z0-9_]){'[ _-]?'.join(map(re.escape, re.split('[ _]', name)))}(?![a-z0-9_])", words) is not None
