"""Asks the platform which of the roles that a community's tiers name a member holds, before anything is decided for them.

A role counts only if the platform says yes; without an answer the member has what everyone has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.chat.views import Act, ActionName, Reply
from bot.domain.request_states import RequestState
from bot.domain.requests import Request, is_direct
from bot.domain.visitor import Visitor
from bot.ledger import batch_rows, case_rows, ladder_rows, request_rows, settings_rows
from bot.ledger.store import Ledger, Tx
from bot.moderation.access import AccessCheck
from bot.requests.accept import RolesUnknown
from bot.requests.rules import Rules
from bot.requests.tiers import knows_roles, remember_roles, roles_named, settings_for
from bot.texts import text

T = TypeVar("T")
_A = ActionName
ASKING = frozenset(
    {
        *(_A.AGAIN, _A.EDIT, _A.RETRY, _A.NEAREST, _A.FIT_FEWER, _A.FIT_LOWER, _A.FIT_SMALLER, _A.USE_AS_REFERENCE, _A.EDIT_PICTURE),
        *(_A.CANDIDATES, _A.LADDER_SEND, _A.SEND_ANYWAY, _A.SEND_CLEANED, _A.REWRITE_ACCEPT, _A.REPHRASE),
    }
)
"""Actions that ask for a picture at the community of what they're about."""


@dataclass(frozen=True, slots=True)
class TierRoles:
    """Refreshes what the ledger knows of members' roles."""

    ledger: Ledger
    access: AccessCheck
    rules: Rules

    async def settings(self, visitor: Visitor) -> Mapping[str, Any]:
        """A community's settings as they are now for somebody who asks."""
        await self.of(visitor.platform, visitor.community, visitor.person)
        return await self.ledger.read(
            lambda c: settings_for(c, visitor.platform, visitor.community, visitor.person, self.rules, self.ledger.now())
        )

    async def knowing(self, body: Callable[[Tx, bool], T]) -> T:
        """Run `body` in a transaction; if it raises RolesUnknown, ask the platform and run it again. It's told whether they're known."""
        try:
            return await self.ledger.write(lambda tx: body(tx, False))
        except RolesUnknown as problem:
            place, person = problem.request.place, problem.request.person
        await self.of(place.platform, place.community, person.id)
        return await self.ledger.write(lambda tx: body(tx, True))

    async def of_press(self, platform: str, community: str, person: str, row: str) -> None:
        """Ask about somebody who presses a button, in the community of the press and in that of the request, case or batch that it's
        about: a question in a direct message is answered there, and counts where it was asked. Of a batch, also about its owner, whose
        tiers it goes by whoever presses."""

        def look(connection: Connection) -> set[tuple[str, str]]:
            batch = batch_rows.get(connection, row)
            if batch is not None and batch.place.platform == platform:
                return {(batch.place.community, one) for one in (person, batch.person.id)}
            request = request_of(connection, row)
            about = case_community(connection, row) if request is None else request.place.community
            return {(about, person)} if about else set()

        about = await self.ledger.read(look)
        await asyncio.gather(*(self.of(platform, there, one) for there, one in sorted({(community, person), *about})))

    async def refused(self, act: Act) -> Reply | None:
        """Why a press in a direct message asks for nothing in the community that it's about: whoever pressed isn't in it anymore, or the
        platform can't say. None where nothing is asked for, or nothing outside of the press's own community."""
        if not act.direct or act.action not in ASKING:
            return None

        def look(connection: Connection) -> str:
            request = request_of(connection, act.row)
            if request is None:
                return case_community(connection, act.row)
            there = act.action is ActionName.CANDIDATES or request.private or request.state is RequestState.AWAITING_MEMBER
            return request.place.community if there and request.person.id == act.person else ""

        community = await self.ledger.read(look)
        if not community or is_direct(community) or community == act.community:
            return None
        known = await self.access.belongs(act.platform, community, act.person)
        return None if known else Reply(text("reply.not_there_anymore"), changed=False)

    async def of(self, platform: str, community: str, person: str) -> None:
        """Ask about a member of a community, if it has tiers for roles."""
        named = await self.ledger.read(lambda c: roles_named(settings_rows.of_community(c, platform, community), person))
        if not named or not person:
            return
        held = await self.access.held(platform, community, person, named)
        if not await self.ledger.read(lambda c: knows_roles(c, platform, community, person, held, self.ledger.now())):
            await self.ledger.write(lambda tx: remember_roles(tx, platform, community, person, held))


def request_of(connection: Connection, row: str) -> Request | None:
    """The request that a press with this row is about: its own, or that of a step of Simplify."""
    step = ladder_rows.step(connection, row)
    ladder = None if step is None else ladder_rows.get(connection, step.ladder_id)
    return request_rows.get(connection, row if ladder is None else ladder.request_id)


def case_community(connection: Connection, row: str) -> str:
    """The community of the case, or of the case's offered wording, that a press with this row is about; empty if it's about none."""
    rewrite = case_rows.rewrite(connection, row)
    case = case_rows.get(connection, row if rewrite is None else rewrite.case_id)
    return "" if case is None else case.community
