"""Asks the platform which of the roles that a community's tiers name a member holds, before anything is decided for them.

A role counts only if the platform says yes; without an answer the member has what everyone has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.domain.requests import Place
from bot.ledger import batch_rows, case_rows, request_rows, settings_rows
from bot.ledger.store import Ledger
from bot.moderation.access import AccessCheck
from bot.moderation.community import Asker
from bot.requests.rules import Rules
from bot.requests.tiers import knows_roles, remember_roles, settings_for, tiers_of


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

    async def of_request(self, request_id: str) -> None:
        """Ask about the member of a received request."""

        def look(connection: Connection) -> tuple[Place, str, Sequence[str]] | None:
            request = request_rows.get(connection, request_id)
            if request is None:
                return None
            place, person = request.place, request.person.id
            return place, person, _named(settings_rows.of_community(connection, place.platform, place.community), person)

        found = await self.ledger.read(look)
        if found is not None:
            place, person, named = found
            await self._ask(place.platform, place.community, person, named)

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
        named = await self.ledger.read(lambda c: _named(settings_rows.of_community(c, platform, community), person))
        await self._ask(platform, community, person, named)

    async def _ask(self, platform: str, community: str, person: str, named: Sequence[str]) -> None:
        if not named or not person:
            return
        held = await self.access.held(platform, community, person, named)
        if not await self.ledger.read(lambda c: knows_roles(c, platform, community, person, held, self.ledger.now())):
            await self.ledger.write(lambda tx: remember_roles(tx, platform, community, person, held))


def _named(own: Mapping[str, Any], person: str) -> Sequence[str]:
    """The roles that a community's tiers name."""
    return sorted({one for tier in tiers_of(own) for one in tier.who} - {person})
