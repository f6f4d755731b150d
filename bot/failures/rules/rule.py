"""Definition of a classification rule and when it matches. The tables contain the rules; this file contains no knowledge."""

from __future__ import annotations

from dataclasses import dataclass

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

    def holds(self, seen: Signals, text: Text) -> bool:
        """Whether this rule matches the signals."""
        if self.said and not text.says(self.said[0]):
            return False
        if self.codes and not self._code(seen):
            return False
        if self.says and not any(_any(self.says, value) for name in self.says_in for value in seen.fields.get(name, ())):
            return False
        if self.statuses and (seen.meant or seen.status or 0) not in self.statuses:
            return False
        if self.also_codes and self.also_codes.isdisjoint(seen.tokens):
            return False
        if self.keys and not self.keys <= seen.keys:
            return False
        if (self.true and self.true.isdisjoint(seen.true)) or (self.false and self.false.isdisjoint(seen.false)):
            return False
        if self.empties and self.empties.isdisjoint(seen.empties):
            return False
        if self.filled and not (self.filled <= seen.keys and self.filled.isdisjoint(seen.empties)):
            return False
        if not self.shapes <= seen.shapes or not self.not_shapes.isdisjoint(seen.shapes):
            return False
        if self.apis and not seen.api.startswith(self.apis):
            return False
        if self.exceptions and not any(part in seen.exception for part in self.exceptions):
            return False
        return self._words(text) and (not self.said or self._said(text))

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
            marked = self.whole.translate(_ENDS)
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
