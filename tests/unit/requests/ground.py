"""A real ledger and a clock that the test moves, with the presses of requests on it: no scheduler, no sender, a few milliseconds a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select, true

from bot.catalogue.load import Catalogue
from bot.chat.views import Act, ActionName, Audience, Reply
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.outcome import Billed, Outcome, Picture
from bot.domain.refusal import Refusal
from bot.domain.requests import Person, Place, Request, Submission
from bot.ledger import message_rows, request_rows
from bot.ledger.store import Ledger, Tx, Wake
from bot.ledger.tables import attempts, spend
from bot.messages.notices import Notices
from bot.requests.accept import accept
from bot.requests.actions import RequestActions
from bot.requests.attempt import Dependencies, Ended, NotNow, Opened, open_attempt, record_outcome
from bot.requests.rules import Rules
from bot.requests.submit import store_submission

NOON = 1_800_000_000.0
PICTURE = Picture("ab" * 32, "png", 1024, 1024, 100)


def failure(kind: Kind, wait: float | None = None) -> Failure:
    rule = KINDS[kind]
    return Failure(rule.group, kind, rule.action, wait, rule.who_can_fix, 1.0, {"code": "x"})


def drew(count: int = 1) -> Outcome:
    return Outcome(pictures=(PICTURE,) * count, billed=Billed.YES, status=200)


@dataclass
class Ground:
    """Ana's requests in the channel `imagine` of the community `home`."""

    ledger: Ledger
    rules: Rules
    at: list[float]
    wakes: list[Wake] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    """Requests for which a case was asked for."""
    broken_off: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    events: int = 0

    @classmethod
    async def open(cls, folder: Path) -> Ground:
        at, made = [NOON], [0]

        def new_id() -> str:
            made[0] += 1
            return f"id{made[0]:014d}"

        ledger = await Ledger.open(folder, lambda: at[0], new_id)
        ground = cls(ledger, Rules(model=Catalogue.load().default()), at)
        ledger.on_commit = ground.wakes.extend
        return ground

    def open_case(self, tx: Tx, request: Request, why: Failure) -> str:
        self.opened.append(request.id)
        return f"case of {request.id}"

    async def _forget(self, sha256: str) -> None:
        self.forgotten.append(sha256)

    @property
    def presses(self) -> RequestActions:
        return RequestActions(self.ledger, self.rules, self.open_case, self.broken_off.append, self._forget)

    @property
    def deps(self) -> Dependencies:
        return Dependencies(self.rules, self.open_case, Notices(), lambda low, high: low)

    async def received(self, prompt: str = "a red bicycle", place: Place | None = None, person: str = "ana", **options: Any) -> str:
        """A command that was stored."""
        where = place or Place("test", "home", "imagine")
        submission = Submission(Person(person, person.title()), where, prompt, **options)

        def body(tx: Tx) -> str:
            made = tx.new_id()
            store_submission(tx, made, f"event of {made}", submission, self.rules)
            return made

        return await self.ledger.write(body)

    async def accept(self, request_id: str) -> Request | Refusal | None:
        return await self.ledger.write(lambda tx: accept(tx, request_id, self.rules, self.open_case))

    async def asked(self, prompt: str = "a red bicycle", **options: Any) -> Request:
        """A command that was stored and accepted, or not."""
        request_id = await self.received(prompt, **options)
        await self.accept(request_id)
        return await self.row(request_id)

    async def begin(self, request_id: str) -> Opened | NotNow | Ended:
        return await self.ledger.write(lambda tx: open_attempt(tx, request_id, self.deps))

    async def called(self, request_id: str) -> str:
        """Its exchange is under way; the attempt's id."""
        opened = await self.begin(request_id)
        assert isinstance(opened, Opened)
        return opened.attempt.id

    async def end(self, attempt_id: str, outcome: Outcome, why: Failure | None = None) -> None:
        await self.ledger.write(lambda tx: record_outcome(tx, attempt_id, outcome, why, self.deps))

    async def drawn(self, **options: Any) -> Request:
        """A request that got its pictures."""
        request = await self.asked(**options)
        await self.end(await self.called(request.id), drew(request.count))
        return await self.row(request.id)

    def act(self, action: ActionName, row: str, person: str = "ana", values: Mapping[str, str] | None = None, **more: Any) -> Act:
        self.events += 1
        made = Act(f"press{self.events}", person, person.title(), "test", "home", "imagine", action, row, values or {}, {"token": "t"})
        return replace(made, **more)

    async def press(self, action: ActionName, row: str, person: str = "ana", values: Mapping[str, str] | None = None, **more: Any) -> Reply:
        return await self.presses.handlers.actions[action](self.act(action, row, person, values, **more))

    async def row(self, request_id: str) -> Request:
        found = await self.ledger.read(lambda c: request_rows.get(c, request_id))
        assert found is not None
        return found

    async def children(self, parent: str) -> list[Request]:
        return [one for one in await self.ledger.read(lambda c: request_rows.requests_where(c, true())) if one.parent == parent]

    async def attempts(self, request_id: str) -> list[Row[Any]]:
        wanted = select(attempts).where(attempts.c.request_id == request_id).order_by(attempts.c.number)
        return list(await self.ledger.read(lambda c: c.execute(wanted).all()))

    async def reserved(self) -> set[int]:
        return {row.reserved for row in await self.ledger.read(lambda c: c.execute(select(spend)).all())}

    async def shown(self, request_id: str) -> dict[Audience, message_rows.Stored]:
        found = await self.ledger.read(lambda c: message_rows.of_subject(c, f"request:{request_id}"))
        return {one.message.audience: one for one in found}
