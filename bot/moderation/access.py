"""Who may decide, asked of the platform at the moment of the click. An error, a time-out or an unknown platform mean "no"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

import structlog

from bot.chat.port import ModeratorCheck, ModeratorRoll, RoleCheck
from bot.ledger import settings_rows
from bot.ledger.store import Ledger

log = structlog.get_logger()

ANSWER_WITHIN = 5.0
"""Seconds; the platform waits for our answer to the click meanwhile."""


class AccessLevel(IntEnum):
    """What somebody is in a community."""

    NOBODY = 0
    MODERATOR = 1
    ADMINISTRATOR = 2


@dataclass(frozen=True, slots=True)
class AccessCheck:
    """Asks the platforms."""

    check: Callable[[str], ModeratorCheck | None]
    ledger: Ledger

    async def of(self, platform: str, community: str, person: str, wanted: AccessLevel = AccessLevel.MODERATOR) -> AccessLevel:
        """Somebody's rank now, as far as it matters for what is `wanted`: an administrator may do what a moderator may."""
        check = self.check(platform)
        if check is None or not community:
            return AccessLevel.NOBODY
        if wanted is not AccessLevel.ADMINISTRATOR and await self._moderates(check, platform, community, person):
            return AccessLevel.MODERATOR
        if await _sure(check.is_administrator(person, community), platform):
            return AccessLevel.ADMINISTRATOR
        return AccessLevel.NOBODY

    async def _moderates(self, check: ModeratorCheck, platform: str, community: str, person: str) -> bool:
        """Whom the platform counts as a moderator; where the community names people or roles, only those."""
        own = (await self.ledger.read(lambda c: settings_rows.of_community(c, platform, community))).get("moderators")
        named = [str(one) for one in own] if isinstance(own, list) else []
        if isinstance(check, RoleCheck):
            for role in named:
                if await _sure(check.holds_role(person, community, role), platform):
                    return True
        return (not named or person in named) and await _sure(check.is_moderator(person, community), platform)

    async def others(self, platform: str, community: str, person: str, known: Iterable[str]) -> bool | None:
        """Whether there is another moderator than `person`; None when the platform cannot say and none of the `known` ones is one now."""
        check = self.check(platform)
        if check is None:
            return None
        if isinstance(check, ModeratorRoll):
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    roll = await check.list_moderators(community)
            except Exception as error:
                log.warning("moderator_roll_failed", platform=platform, error=type(error).__name__)
                roll = None
            if roll is not None:
                return bool(set(roll) - {person})
        for one in known:
            if one != person and await self._moderates(check, platform, community, one):
                return True
        return None


async def _sure(question: Awaitable[bool], platform: str) -> bool:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            return await question is True
    except Exception as error:
        log.warning("moderator_check_failed", platform=platform, error=type(error).__name__)
        return False
