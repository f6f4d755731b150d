"""What fails, with what, and what helps: counts from the ledger, and proposals that each name their numbers.

Words that go with blocks are counted without showing what members wrote: a word is only named if it's in the bot's own lists of brands and
intense words; any other is a salted hash, and all need three members.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from bot.domain.kinds import Kind
from bot.ledger import statistics_rows
from bot.ledger.statistics_rows import FailureCount, RejectionCount, Remedy
from bot.prompts.lint_words import is_listed

MEMBERS = 3
"""Members who must have used a word in blocked prompts before it's counted."""
LIFT = 2.0
"""How many times as often a word must be in blocked prompts as in others."""
MOST_WORDS = 20
_WORD = re.compile(r"[^\W\d_]{3,30}")


@dataclass(frozen=True, slots=True)
class WordCount:
    """A word that is common in blocked prompts."""

    word: str
    """One of the bot's own words, or `#` and a hash."""
    blocked: int
    """Blocked prompts with it."""
    passed: int
    """Prompts with it that gave pictures."""
    members: int


@dataclass(frozen=True, slots=True)
class FailureReport:
    requests: Mapping[str, int]
    """Requests by model, failed or not."""
    failures: Sequence[FailureCount]
    remedies: Sequence[Remedy]
    rejections: Sequence[tuple[str, int]]
    denials: Mapping[str, int]
    """Closed cases by reason."""
    words: Sequence[WordCount]
    rejected: Sequence[RejectionCount] = ()
    """Results that people rejected, by reason; in `failures` they're of kind `output_rejected`."""

    def by(self, field: str) -> list[tuple[str, int, int]]:
        """(value, failures, got pictures all the same) by `kind`, `model`, `size` or `template`, most frequent first."""
        count: Counter[str] = Counter()
        pictures: Counter[str] = Counter()
        for one in self.failures:
            name = str(getattr(one, field)) or "-"
            count[name] += one.count
            pictures[name] += one.pictures
        return [(name, number, pictures[name]) for name, number in count.most_common()]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def failure_report(connection: Connection, since: float, salt: str) -> FailureReport:
    rejected = statistics_rows.rejected_results(connection, since)
    closed = [one.reason or one.state for one in statistics_rows.case_times(connection, since) if one.closed_at is not None]
    return FailureReport(
        requests=statistics_rows.attempts_by_model(connection, since),
        failures=[*statistics_rows.failures(connection, since), *_as_failures(rejected)],
        remedies=statistics_rows.remedies(connection, since),
        rejected=rejected,
        rejections=statistics_rows.rejections(connection, since),
        denials=dict(Counter(closed).most_common()),
        words=words_of_blocks(
            statistics_rows.blocked_wordings(connection, since, blocked=True),
            statistics_rows.blocked_wordings(connection, since, blocked=False),
            salt,
        ),
    )


def _as_failures(rejected: Sequence[RejectionCount]) -> list[FailureCount]:
    """Rejected results as a kind of failure; the ones that helped are those of which a candidate was picked."""
    kind = Kind.OUTPUT_REJECTED.value
    return [FailureCount(kind, one.model, one.size, one.template, one.count, one.picked) for one in rejected]


def words_of_blocks(blocked: Iterable[tuple[str, str]], passed: Iterable[tuple[str, str]], salt: str) -> list[WordCount]:
    """Words that are in blocked prompts more often than in others."""
    in_blocked: Counter[str] = Counter()
    members: dict[str, set[str]] = {}
    total_blocked = total_passed = 0
    for member, prompt in blocked:
        total_blocked += 1
        for word in _words(prompt):
            in_blocked[word] += 1
            members.setdefault(word, set()).add(member)
    in_passed: Counter[str] = Counter()
    for _, prompt in passed:
        total_passed += 1
        in_passed.update(word for word in _words(prompt) if word in in_blocked)
    found = []
    for word, count in in_blocked.most_common():
        expected = in_passed[word] / total_passed if total_passed else 0.0
        if len(members[word]) >= MEMBERS and count / total_blocked >= LIFT * expected:
            found.append(WordCount(_shown(word, salt), count, in_passed[word], len(members[word])))
    return found[:MOST_WORDS]


def _words(prompt: str) -> set[str]:
    return set(_WORD.findall(prompt.casefold()))


def _shown(word: str, salt: str) -> str:
    return word if is_listed(word) else "#" + hashlib.sha256(f"{salt}:{word}".encode()).hexdigest()[:8]
