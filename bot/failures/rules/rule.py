"""Definition of a classification rule and when it matches. The tables contain the rules; this file contains no knowledge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.domain.kinds import Action, Kind
from bot.failures.plain import Sentence, Stems, plain
from bot.failures.signals import Signals

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """All given conditions must hold. Structure (codes, fields, flags, shapes, status) is checked first, words last."""

    kind: Kind
    source: str
    """Where this answer was seen or documented."""
    codes: frozenset[str] = frozenset()
    """One of these machine words occurs anywhere (squashed)."""
    fields: tuple[str, ...] = ()
    """Restricts `codes` to the values of these fields (squashed)."""
    says: tuple[str, ...] = ()
    """A value of one of `says_in` contains one of these: `finishReason: IMAGE_SAFETY`."""
    says_in: tuple[str, ...] = ()
    also_codes: frozenset[str] = frozenset()
    """And one of these."""
    keys: frozenset[str] = frozenset()
    """All of these fields exist."""
    true: frozenset[str] = frozenset()
    """One of these fields is true."""
    false: frozenset[str] = frozenset()
    """One of these fields is false."""
    empties: frozenset[str] = frozenset()
    """One of these fields exists and is empty."""
    filled: frozenset[str] = frozenset()
    """All of these fields exist and none is empty."""
    shapes: frozenset[str] = frozenset()
    """All of these shapes."""
    not_shapes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    """HTTP status (0 for none)."""
    apis: tuple[str, ...] = ()
    """The call begins with one of these."""
    exceptions: tuple[str, ...] = ()
    """The exception's text (lower case) contains one of these."""
    words: Groups = ()
    """Each group has a member in the same sentence."""
    never: tuple[str, ...] = ()
    """None of these in that sentence."""
    around: Groups = ()
    """Each group has a member in any sentence."""
    nowhere: tuple[str, ...] = ()
    """None of these anywhere."""
    said: tuple[Stems, ...] = ()
    """Each group of stems has a member in the same sentence, in plain form (`plain.py`)."""
    unsaid: tuple[Stems, ...] = ()
    """No member of these groups in that sentence."""
    spread: bool = False
    """`said` may be spread over several sentences; `unsaid` then applies everywhere."""
    action: Action | None = None
    """Lowers the kind's action for this failure."""
    confidence: float = 0.9
    family: str = "common"

    checks: tuple[Callable[[Signals], bool], ...] = field(default=(), init=False, repr=False, compare=False)
    """The conditions on structure that this rule has, cheapest first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "checks", tuple(self._structure()))

    def holds(self, seen: Signals, text: Text) -> bool:
        """Whether this rule matches the signals."""
        if self.said and not text.says(self.said[0]):
            return False
        for check in self.checks:
            if not check(seen):
                return False
        if (self.words or self.around or self.nowhere or self.never) and not self._words(text):
            return False
        return not self.said or self._said(text)

    def _structure(self) -> Iterator[Callable[[Signals], bool]]:
        if self.codes:
            yield self._code
        if self.says:
            yield lambda seen: any(_any(self.says, value) for name in self.says_in for value in seen.fields.get(name, ()))
        if self.statuses:
            yield lambda seen: (seen.meant or seen.status or 0) in self.statuses
        if self.also_codes:
            yield lambda seen: not self.also_codes.isdisjoint(seen.tokens)
        if self.keys:
            yield lambda seen: self.keys <= seen.keys
        if self.true:
            yield lambda seen: not self.true.isdisjoint(seen.true)
        if self.false:
            yield lambda seen: not self.false.isdisjoint(seen.false)
        if self.empties:
            yield lambda seen: not self.empties.isdisjoint(seen.empties)
        if self.filled:
            yield lambda seen: self.filled <= seen.keys and self.filled.isdisjoint(seen.empties)
        if self.shapes:
            yield lambda seen: self.shapes <= seen.shapes
        if self.not_shapes:
            yield lambda seen: self.not_shapes.isdisjoint(seen.shapes)
        if self.apis:
            yield lambda seen: seen.api.startswith(self.apis)
        if self.exceptions:
            yield lambda seen: _any(self.exceptions, seen.exception)

    def _code(self, seen: Signals) -> bool:
        if not self.fields:
            return not self.codes.isdisjoint(seen.codes)
        return any(value in self.codes for name in self.fields for value in seen.fields.get(name, ()))

    def _words(self, text: Text) -> bool:
        whole = text.whole
        for group in self.words:
            if not _any(group, whole):
                return False
        for group in self.around:
            if not _any(group, whole):
                return False
        if self.nowhere and _any(self.nowhere, whole):
            return False
        if not self.words:
            return not (self.never and _any(self.never, whole))
        if len(self.words) == 1 and not self.never:
            return True
        return any(self._sentence(sentence) for sentence in text.sentences)

    def _sentence(self, sentence: str) -> bool:
        return all(_any(group, sentence) for group in self.words) and not _any(self.never, sentence)

    def _said(self, text: Text) -> bool:
        if not all(map(text.says, self.said)):
            return False
        if self.spread:
            return not any(map(text.says, self.unsaid))
        for sentence in text.plain_sentences:
            for group in self.said:
                if not group.within(sentence):
                    break
            else:
                if not any(group.within(sentence) for group in self.unsaid):
                    return True
        return False


_SHORTENED = re.compile(r"\b(evtl|ggf|bzw|e\.g|i\.e)\. ")
"""Shortened words whose full stop ends no sentence."""


class Text:
    """The words of one answer, as a whole and by sentence."""

    __slots__ = ("_plain", "_said", "_sentences", "whole")

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self._sentences: list[str] | None = None
        self._plain: list[Sentence] | None = None
        self._said: dict[Stems, bool] = {}

    def has_any(self, words: tuple[str, ...]) -> bool:
        """Whether one of these occurs anywhere."""
        return _any(words, self.whole)

    def says(self, group: Stems) -> bool:
        """Whether one of these stems occurs anywhere in plain form."""
        known = self._said.get(group)
        if known is None:
            known = self._said[group] = any(group.within(sentence) for sentence in self.plain_sentences)
        return known

    @property
    def plain_sentences(self) -> list[Sentence]:
        """Sentences in plain form, up to a maximum length: verdicts are at the beginning."""
        if self._plain is None:
            self._plain = []
            left = _MAX_PLAIN
            for sentence in self.sentences:
                if left <= 0:
                    break
                self._plain.append(Sentence(plain(sentence[:left])))
                left -= len(sentence)
        return self._plain

    @property
    def sentences(self) -> list[str]:
        """Split at full stops and the like, but not inside a number or name (`gpt-5.4`, `fal.ai`)."""
        if self._sentences is None:
            marked = _SHORTENED.sub(r"\1 ", self.whole.translate(_ENDS))
            for end in (". ", "! ", "? ", "; "):
                marked = marked.replace(end, "|")
            self._sentences = [f" {part.strip()} " for part in marked.split("|")[:_MAX_SENTENCES] if part.strip()]
        return self._sentences


_ENDS = str.maketrans(dict.fromkeys("。！？；\n", "|"))
_MAX_SENTENCES = 100
_MAX_PLAIN = 1600


def _any(words: tuple[str, ...], text: str) -> bool:
    for word in words:  # noqa: SIM110 - any() with a generator takes twice as long, and this is the hot path
        if word in text:
            return True
    return False
