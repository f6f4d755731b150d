"""Operators' notices that are open, as doctor lists them beside its own checks: what, since when, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.cli.ladder import Subject
from bot.cli.screen import say
from bot.ledger import notice_rows, read_only
from bot.ledger.notice_rows import Notice
from bot.ledger.store import LedgerProblem
from bot.messages.notices import how_often, sentence, shown_facts, title
from bot.texts import joined, text

OPEN = 3
"""Exit code: every check passes, and notices are open."""


def open_notices(subject: Subject) -> Sequence[Notice]:
    """Open notices, the longest open first; none if there's no ledger, or one that can't be read, which doctor's own checks name."""
    where = subject.settings.ledger
    if not read_only.is_there(where):
        return ()
    try:
        return read_only.look(where, notice_rows.open_ones)
    except LedgerProblem:
        return ()


def show(notices: Sequence[Notice]) -> None:
    """Print them, each with its count, its facts and the operator's steps."""
    if not notices:
        return
    say()
    say(text("doctor.notices"))
    for one in notices:
        facts = joined("; ", [joined(": ", [fact.label, fact.value]) for fact in shown_facts(one.facts)])
        lines = [
            joined(": ", [title(one.kind), how_often(one)]),
            *([facts] if facts else []),
            text("doctor.fix", fix=sentence(one.kind, one.facts)),
        ]
        say("NOTE " + "\n".join(lines).replace("\n", "\n     "))


def rows(notices: Sequence[Notice]) -> list[Mapping[str, object]]:
    """The same for programs; times are in UTC."""
    return [
        {
            "cause": one.cause,
            "what": title(one.kind),
            "since": _iso(one.first_at),
            "last": _iso(one.last_at),
            "count": one.count,
            "facts": {fact: str(value) for fact, value in one.facts.items()},
            "fix": sentence(one.kind, one.facts),
        }
        for one in notices
    ]


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
