"""A real ledger on a real file, a clock that the test moves, and blocked requests to put into it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import true

from bot.catalogue.load import Catalogue
from bot.chat.views import Act, ActionName, Audience, Form, Reply, View
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Lineage, Origin, Person, Place, Request, Submission
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Ledger, Tx, Wake
from bot.messages.notices import Notices
from bot.moderation.opening import Cases
from bot.moderation.service import Moderation
from bot.prompts.normalise import fingerprint
from bot.requests.rules import Question, Rules

T = TypeVar("T")
ANN, BEN = Person("m1", "Ann"), Person("m2", "Ben")
MO, MIA = Person("mod1", "Mo"), Person("mod2", "Mia")
ADMIN = Person("admin", "Ada")
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
class Check:
    """The platform's answer to "may this person decide?"."""

    moderators: set[str] = field(default_factory=lambda: {"mod1", "mod2", "m2"})
    administrators: set[str] = field(default_factory=lambda: {"admin"})
    communities: set[str] = field(default_factory=lambda: {HOME})
    broken: Exception | None = None

    async def is_moderator(self, person: str, community: str) -> bool:
        if self.broken is not None:
            raise self.broken
        return community in self.communities and person in self.moderators

    async def is_administrator(self, person: str, community: str) -> bool:
        if self.broken is not None:
            raise self.broken
        return community in self.communities and person in self.administrators


@dataclass
class Ground:
    """Everything a test of moderation needs."""

    ledger: Ledger
    clock: Clock
    homes: dict[str, Place] = field(default_factory=lambda: {"web": Place("web", HOME, "moderators")})
    wakes: list[Wake] = field(default_factory=list)
    events: int = 0
    check: Check = field(default_factory=lambda: Check())
    platforms: set[str] = field(default_factory=lambda: {"web"})
    """Where that check is asked."""
    forgotten: list[str] = field(default_factory=list)
    lint: Callable[[str], Question | None] | None = None
    rules: Rules = field(default_factory=lambda: Rules(model=Catalogue.load().default()))
    _room: Moderation | None = None

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

    @property
    def room(self) -> Moderation:
        """The whole room, as the composition root wires it."""
        if self._room is None:
            self._room = Moderation(
                ledger=self.ledger,
                rules=dataclasses.replace(self.rules, lint=self.lint),
                notices=Notices(lambda: [Place("web", HOME, "operators")]),
                home=self.homes.get,
                check=lambda platform: self.check if platform in self.platforms else None,
                forget_picture=self._forget,
            )
        return self._room

    async def _forget(self, sha256: str) -> None:
        self.forgotten.append(sha256)

    def act(
        self, action: ActionName, row: str, person: Person, values: Mapping[str, str] | None = None, community: str = HOME, key: str = ""
    ) -> Act:
        """A press that the platform delivered."""
        self.events += 1
        return Act(key or f"press{self.events}", person.id, person.name, "web", community, "moderators", action, row, values or {})

    async def press(
        self, action: ActionName, row: str, person: Person, values: Mapping[str, str] | None = None, community: str = HOME, key: str = ""
    ) -> Reply:
        """Somebody presses a button or submits a form."""
        return await self.room.handlers.actions[action](self.act(action, row, person, values, community, key))

    async def form(self, action: ActionName, row: str, person: Person, community: str = HOME) -> Form | Reply:
        """Somebody presses a button that opens a form."""
        return await self.room.handlers.forms[action](self.act(action, row, person, None, community))

    async def claimed(self, prompt: str = "a dragon fights a knight", by: Person = MO, **options: Any) -> Case:
        """A case that a moderator holds."""
        case = await self.blocked(prompt, **options)
        await self.press(ActionName.CASE_CLAIM, case.id, by)
        return await self.case(case.id)

    async def suggested(self, wording: str = "a dragon and a knight have tea") -> tuple[Case, str]:
        """A case with an open offer to the member, and the offer's id."""
        case = await self.claimed()
        await self.press(ActionName.CASE_REWRITE, case.id, MO, {"prompt": wording})
        case = await self.case(case.id)
        assert case.asked is not None
        return case, case.asked

    async def denied(self, by: Person = MO, case: Case | None = None) -> Case:
        """A denied case."""
        case = case or await self.claimed(by=by)
        await self.press(ActionName.CASE_DENY, case.id, by, {"reason": "harm"})
        return await self.case(case.id)

    async def view(self, subject: str, audience: Audience) -> View:
        """A message as it would be sent now."""
        [message] = [one.message for one in await self.messages(subject) if one.message.audience is audience]
        project = self.room.projections[subject.partition(":")[0]]
        view = await self.ledger.read(lambda c: project(c, message, self.clock.at))
        assert view is not None
        return view

    async def card(self, case: Case) -> View:
        return await self.view(f"case:{case.id}", Audience.MODERATORS)

    async def member_view(self, case: Case) -> View:
        """The member's newest message about a case."""
        return await self.view(f"step:{(await self.case(case.id)).shown_step}", Audience.MEMBER)

    async def end_live_requests(self, answer: Answer) -> None:
        """Answer every request that is under way."""

        def body(tx: Tx) -> None:
            for request in request_rows.requests_where(tx.connection, request_rows.UNFINISHED_ROWS):
                request_rows.move(tx, request, RequestEvent.ANSWER, answer=answer.value, answered_at=tx.now)

        await self.ledger.write(body)

    async def requests(self) -> list[Request]:
        return list(await self.ledger.read(lambda c: request_rows.requests_where(c, true())))

    async def sent(self) -> list[str]:
        """Prompts that are on their way to the image service."""
        return [one.prompt for one in await self.requests() if one.state is RequestState.QUEUED]

    async def sweep(self) -> None:
        await self.ledger.write(self.room.sweep)

    async def later(self, hours: float) -> None:
        """Time passes, and the sweep looks at what is due."""
        self.clock.at += hours * 3600
        await self.sweep()

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
        private: bool = False,
    ) -> Case:
        """A request that was blocked, and its case."""
        return await self.ledger.write(lambda tx: self.block(tx, prompt, person, community, kind, facts, origin, parent, case_id, private))

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
        private: bool = False,
    ) -> Case:
        request = self.request(tx, prompt, person, community, origin, parent, case_id, private)
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
        private: bool = False,
    ) -> Request:
        """A queued request."""
        identity = tx.new_id()
        place = Place("web", community, "imagine")
        submission = Submission(person, place, prompt, private=private)
        lineage = Lineage(origin, parent, case_id)
        request_rows.insert_received(tx, identity, f"web:{identity}", submission, deadline_at=tx.now + 840, lineage=lineage)
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

    async def audit_log(self, case_id: str) -> list[tuple[str, str]]:
        return [(step.event, step.outcome) for step in await self.ledger.read(lambda c: case_rows.audit_log(c, case_id))]

    async def messages(self, subject: str) -> list[message_rows.Stored]:
        return list(await self.ledger.read(lambda c: message_rows.of_subject(c, subject)))
