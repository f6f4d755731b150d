"""Asks the platform which of the roles that a community's tiers name a member holds, before anything is decided for them.

A role counts only if the platform says yes; without an answer the member has what everyone has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.ledger import batch_rows, case_rows, request_rows, settings_rows
from bot.ledger.store import Ledger, Tx
from bot.moderation.access import AccessCheck
from bot.moderation.community import Asker
from bot.requests.accept import RolesUnknown
from bot.requests.rules import Rules
from bot.requests.tiers import knows_roles, remember_roles, roles_named, settings_for

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TierRoles:
    """Refreshes what the ledger knows of members' roles."""

    ledger: Ledger
    access: AccessCheck
    rules: Rules

    async def settings(self, asker: Asker) -> Mapping[str, Any]:
        """A community's settings as they are now for somebody who asks."""
        await self.of(asker.platform, asker.community, asker.person)
        return await self.ledger.read(
            lambda c: settings_for(c, asker.platform, asker.community, asker.person, self.rules, self.ledger.now())
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
            request = request_rows.get(connection, row)
            rewrite = case_rows.rewrite(connection, row) if request is None else None
            case = case_rows.get(connection, row if rewrite is None else rewrite.case_id) if request is None else None
            where = ({request.place.community} if request is not None else set()) | ({case.community} if case is not None else set())
            return {(one, person) for one in where}

        about = await self.ledger.read(look)
        await asyncio.gather(*(self.of(platform, there, one) for there, one in sorted({(community, person), *about})))

    async def of(self, platform: str, community: str, person: str) -> None:
        """Ask about a member of a community, if it has tiers for roles."""
        named = await self.ledger.read(lambda c: roles_named(settings_rows.of_community(c, platform, community), person))
        if not named or not person:
            return
        held = await self.access.held(platform, community, person, named)
        if not await self.ledger.read(lambda c: knows_roles(c, platform, community, person, held, self.ledger.now())):
            await self.ledger.write(lambda tx: remember_roles(tx, platform, community, person, held))
