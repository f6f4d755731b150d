"""The room's front: everything that the composition root wires and that other rooms may ask of moderation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.chat.desk import FormMaker, Handler
from bot.chat.port import ModeratorCheck
from bot.chat.views import ActionName, Form, Reply, View
from bot.domain.failure import Failure
from bot.domain.requests import Request
from bot.ledger.store import Ledger, Tx
from bot.messages.notices import Notices
from bot.messages.sender import Project
from bot.moderation.courts import Home
from bot.moderation.opening import Cases
from bot.ports import Ports
from bot.requests.rules import Rules
from bot.texts import text


@dataclass(frozen=True, slots=True)
class Presses:
    """The desk of this room."""

    actions: Mapping[ActionName, Handler] = field(default_factory=dict)
    forms: Mapping[ActionName, FormMaker] = field(default_factory=dict)


@dataclass(slots=True)
class Moderation:
    """Cases from their opening to their end."""

    ledger: Ledger
    rules: Rules
    ports: Ports
    notices: Notices
    home: Home
    check: Callable[[str], ModeratorCheck | None]
    cases: Cases = field(init=False)
    desk: Presses = field(default_factory=Presses)
    projections: Mapping[str, Project] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cases = Cases(self.home)

    def open_case(self, tx: Tx, request: Request, failure: Failure) -> str:
        """See `Cases.open_case`."""
        return self.cases.open_case(tx, request, failure)

    def case_number(self, connection: Connection, case_id: str) -> int | None:
        """What people call a case."""
        return self.cases.case_number(connection, case_id)

    def reviewed(self, connection: Connection, platform: str, community: str) -> bool:
        """Whether a block in this community reaches a human."""
        return self.cases.reviewed(connection, platform, community)

    def wake(self, case_id: str) -> None:
        """A case's timer rang."""

    def sweep(self, tx: Tx) -> None:
        """Look at every case whose time has come."""

    async def settings_for(self, visitor: object) -> Form | Reply:
        """The community's settings."""
        return Reply(text("reply.unknown_button"), changed=False)

    async def privacy_for(self, visitor: object) -> View:
        """What is stored about a visitor."""
        return View(title=text("reply.unknown_button"))
