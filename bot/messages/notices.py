"""Operator notices: one per cause, counted, updated in place, marked as resolved. Without an operators' channel they go to the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import ActionName, Audience, Button, Fact, Tone, View
from bot.domain.failure import Failure, certain
from bot.domain.kinds import KINDS, Action, Fixer, Group, Kind
from bot.domain.requests import Place, Request
from bot.events import EventStream, NoticeOpened, NoticeResolved
from bot.failures.explain import explain
from bot.ledger import message_rows, notice_rows
from bot.ledger.store import Tx
from bot.messages import weekly
from bot.pixels.errors import WHYS
from bot.texts import has, paragraphs, text
from bot.texts.phrases import moment

SHOWN_FACTS = (
    *("case", "status", "code", "request_id", "model", "param", "limit", "platform", "task", "channel", "people", "detail"),
    *("way", "address", "type", "pixels", "ends", "instead", "service", "asked", "used"),
)
EXPLAINING_FACTS = ("unchosen", "guard", "tls", "proxy", "why", *WHYS)
"""Facts that aren't shown themselves; they select the sentence that says what to do."""

WEEKLY = "weekly"
"""Kind of the weekly message: nothing is wrong, so there's nothing to resolve."""


@dataclass(slots=True)
class Notices:
    """Raises and resolves notices in the transaction of what caused them."""

    places: Callable[[], Sequence[Place]] = lambda: ()
    """The operators' channels of the connected platforms."""
    events: EventStream = field(default_factory=EventStream)
    hint: Callable[[], str] = str
    """What the provider's status page reports, in a sentence; empty if nothing."""
    open: set[str] = field(default_factory=set)
    """Open causes, cached so that the hot path only queries the database if there's something to resolve."""

    def load(self, connection: Connection) -> None:
        self.open = set(notice_rows.open_causes(connection))

    def failed(self, tx: Tx, failure: Failure, request: Request) -> None:
        facts = {key: failure.facts[key] for key in (*SHOWN_FACTS, *EXPLAINING_FACTS) if key in failure.facts}
        self.report(tx, failure.kind.value, failure.kind.value, {**facts, "model": request.model})

    def report(self, tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
        """Raise a notice or increment its count, and show it."""
        notice_rows.report(tx, cause, kind, facts)
        known = cause in self.open
        self.open.add(cause)
        places = self.places()
        for place in places:
            message_rows.want(tx, f"notice:{cause}", Audience.OPERATORS, place, f"operators@{place.platform}")
        if not known:
            shown = {key: value for key, value in facts.items() if key in SHOWN_FACTS}
            self.events.publish(NoticeOpened(cause, kind, shown, "" if places else sentence(kind, facts)))

    def inform(self, tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
        """Show a message about nothing that needs to be fixed."""
        notice_rows.report(tx, cause, kind, facts)
        notice_rows.resolve(tx, cause)
        for place in self.places():
            message_rows.want(tx, f"notice:{cause}", Audience.OPERATORS, place, f"operators@{place.platform}")

    def resolve(self, tx: Tx, cause: str) -> None:
        if cause in self.open:
            self.open.discard(cause)
            if notice_rows.resolve(tx, cause):
                message_rows.bump(tx, f"notice:{cause}")
                self.events.publish(NoticeResolved(cause))

    def service_works(self, tx: Tx) -> None:
        """A picture arrived: resolve everything that said the service wasn't working, including a wrong model and a rejected request."""
        for cause in [one for one in self.open if one in KINDS]:
            self.resolve(tx, cause)

    def project(self, connection: Connection, message: Message, now: float) -> View | None:
        cause = message.subject.partition(":")[2]
        row = notice_rows.get(connection, cause)
        if row is None:
            return None
        if row.kind == WEEKLY:
            return View(
                title=title(row.kind),
                text=(sentence(row.kind, row.facts),),
                facts=weekly.facts_in_words(row.facts),
                tone=Tone.NEUTRAL,
                final=True,
            )
        if row.resolved_at is not None:
            return View(
                title=_resolved_title(row.kind),
                text=(how_often(row), text("notice.resolved_at", at=moment(row.resolved_at))),
                tone=Tone.DONE,
                final=True,
            )
        hint = self.hint() if row.kind in KINDS else ""
        words = (how_often(row), *([hint] if hint else []), *paragraphs(sentence(row.kind, row.facts)))
        collect = (Button(ActionName.EVIDENCE, message.id, text("evidence.button")),) if row.kind in KINDS else ()
        return View(title=title(row.kind), text=words, facts=shown_facts(row.facts), buttons=collect, tone=Tone.PROBLEM, final=True)


def how_often(row: notice_rows.Notice) -> str:
    """How often it happened, and when."""
    if row.count == 1:
        return text("notice.once", at=moment(row.last_at))
    return text("notice.times", count=row.count, first=moment(row.first_at), last=moment(row.last_at))


def shown_facts(facts: Mapping[str, str]) -> tuple[Fact, ...]:
    """What operators see of a notice's facts."""
    return tuple(Fact(text(f"notice.fact_{key}"), str(value)) for key, value in facts.items() if key in SHOWN_FACTS and value)


def concerns_operators(failure: Failure) -> bool:
    """Whether only the operator can fix a failure, or a picture was paid for and never seen."""
    if failure.kind is Kind.DOWNLOAD_FAILED:
        return True
    usable = failure.group is not Group.UNUSABLE or (failure.action is Action.NONE and failure.kind is not Kind.EMPTY_RESULT)
    return usable and failure.who_can_fix is Fixer.OPERATOR


def title(kind: str) -> str:
    return text(f"notice.title_{kind}") if kind not in KINDS else text("notice.title", kind=kind.replace("_", " "))


def _resolved_title(kind: str) -> str:
    """Title once it's resolved; a notice about the way back says that it's at its end."""
    key = f"notice.over_{kind}"
    return text(key) if has(key) else text("notice.resolved", what=title(kind))


def sentence(kind: str, facts: Mapping[str, str]) -> str:
    """What the operator should do."""
    if kind in KINDS:
        known = {key: str(facts[key]) for key in EXPLAINING_FACTS if key in facts}
        return explain(certain(Kind(kind), known), "operator")
    return text(f"notice.{kind}", **facts)
