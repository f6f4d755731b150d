"""A real ledger on a real file, a clock that the test moves, and blocked requests to put into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Origin, Person, Place, Request, Submission
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Ledger, Tx, Wake
from bot.moderation.opening import Cases
from bot.prompts.normalise import fingerprint

T = TypeVar("T")
ANN, BEN = Person("m1", "Ann"), Person("m2", "Ben")
MO, MIA = Person("mod1", "Mo"), Person("mod2", "Mia")
HOME = "club"


@dataclass
class Clock:
    at: float = 1_800_000_000.0
    made: int = 0

    def now(self) -> float:
        return self.at

    def new_id(self) -> str:
        self.made += 1
        return f"id{self.made:014d}"


@dataclass
class Ground:
    """Everything a test of moderation needs."""

    ledger: Ledger
    clock: Clock
    homes: dict[str, Place] = field(default_factory=lambda: {"web": Place("web", HOME, "moderators")})
    wakes: list[Wake] = field(default_factory=list)
    events: int = 0

    @classmethod
    async def open(cls, folder: Path) -> Ground:
        clock = Clock()
        ledger = await Ledger.open(folder, clock.now, clock.new_id)
        ground = cls(ledger, clock)
        ledger.on_commit = ground.wakes.extend
        return ground

    @property
    def cases(self) -> Cases:
        return Cases(self.homes.get)

    async def blocked(
        self,
        prompt: str = "a dragon fights a knight",
        person: Person = ANN,
        community: str = HOME,
        kind: Kind = Kind.SAFETY_PROMPT,
        facts: Mapping[str, str] | None = None,
        origin: Origin = Origin.COMMAND,
        parent: str | None = None,
        case_id: str | None = None,
    ) -> Case:
        """A request that was blocked, and its case."""
        return await self.ledger.write(lambda tx: self.block(tx, prompt, person, community, kind, facts, origin, parent, case_id))

    def block(
        self,
        tx: Tx,
        prompt: str,
        person: Person,
        community: str,
        kind: Kind,
        facts: Mapping[str, str] | None,
        origin: Origin,
        parent: str | None,
        case_id: str | None,
    ) -> Case:
        request = self.request(tx, prompt, person, community, origin, parent, case_id)
        rule = KINDS[kind]
        failure = Failure(rule.group, kind, rule.action, None, rule.who_can_fix, 1.0, facts or {"code": "moderation_blocked"})
        found = self.cases.open_case(tx, request, failure)
        request_rows.move(tx, request, RequestEvent.ANSWER, answer=Answer.BLOCKED.value, answered_at=tx.now, case_id=found)
        case = case_rows.get(tx.connection, found)
        assert case is not None
        return case

    def request(
        self,
        tx: Tx,
        prompt: str,
        person: Person = ANN,
        community: str = HOME,
        origin: Origin = Origin.COMMAND,
        parent: str | None = None,
        case_id: str | None = None,
    ) -> Request:
        """A queued request."""
        identity = tx.new_id()
        place = Place("web", community, "imagine")
        submission = Submission(person, place, prompt)
        request_rows.insert_received(
            tx, identity, f"web:{identity}", submission, deadline_at=tx.now + 840, origin=origin, parent=parent, case_id=case_id
        )
        received = request_rows.get(tx.connection, identity)
        assert received is not None
        request_rows.move(
            tx,
            received,
            RequestEvent.ACCEPT,
            prompt=prompt,
            fingerprint=fingerprint(prompt),
            model="gpt-image-2",
            size="1024x1024",
            quality="medium",
            count=1,
        )
        queued = request_rows.get(tx.connection, identity)
        assert queued is not None
        return queued

    async def case(self, case_id: str) -> Case:
        found = await self.ledger.read(lambda c: case_rows.get(c, case_id))
        assert found is not None
        return found

    async def trail(self, case_id: str) -> list[tuple[str, str]]:
        return [(step.event, step.outcome) for step in await self.ledger.read(lambda c: case_rows.trail(c, case_id))]

    async def messages(self, subject: str) -> list[message_rows.Stored]:
        return list(await self.ledger.read(lambda c: message_rows.of_subject(c, subject)))
