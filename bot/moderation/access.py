"""Permission checks, asked of the platform at the moment of the click. An error, a timeout or an unknown platform means "no"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import structlog

from bot.chat.port import MemberCheck, ModeratorCheck, ModeratorDirectory, RoleCheck
from bot.ledger import settings_rows
from bot.ledger.store import Ledger

log = structlog.get_logger()

ANSWER_WITHIN = 5.0
"""Seconds; the platform is waiting for the answer to the click."""


class AccessLevel(IntEnum):
    """A person's standing in a community."""

    NOBODY = 0
    MODERATOR = 1
    ADMINISTRATOR = 2


@dataclass(frozen=True, slots=True)
class AccessCheck:
    """Queries the platforms for permissions."""

    check: Callable[[str], ModeratorCheck | None]
    ledger: Ledger

    async def of(self, platform: str, community: str, person: str, wanted: AccessLevel = AccessLevel.MODERATOR) -> AccessLevel:
        """A person's current access level, up to `wanted`; administrators have moderators' rights too."""
        check = self.check(platform)
        if check is None or not community:
            return AccessLevel.NOBODY
        if wanted is not AccessLevel.ADMINISTRATOR and await self._moderates(check, platform, community, person):
            return AccessLevel.MODERATOR
        if await _sure(check.is_administrator(person, community), platform):
            return AccessLevel.ADMINISTRATOR
        return AccessLevel.NOBODY

    async def reviews(self, platform: str, community: str, person: str) -> bool:
        """Whether the community named this person, or one of their roles, as a reviewer of results."""
        check = self.check(platform)
        own = (await self.ledger.read(lambda c: settings_rows.of_community(c, platform, community))).get("reviewers")
        if check is None or not isinstance(own, list):
            return False
        return person in own or await self._holds_one(check, platform, community, person, [str(one) for one in own])

    @staticmethod
    async def _holds_one(check: ModeratorCheck, platform: str, community: str, person: str, roles: Iterable[str]) -> bool:
        if isinstance(check, RoleCheck):
            for role in roles:
                if await _sure(check.holds_role(person, community, role), platform):
                    return True
        return False

    async def held(self, platform: str, community: str, person: str, roles: Sequence[str]) -> frozenset[str]:
        """Which of these roles somebody holds for certain; none if the platform doesn't answer in time."""
        check: object = self.check(platform)
        if not isinstance(check, RoleCheck):
            return frozenset()
        answers = await asyncio.gather(*(_sure(check.holds_role(person, community, role), platform) for role in roles))
        return frozenset(role for role, yes in zip(roles, answers, strict=True) if yes)

    async def belongs(self, platform: str, community: str, person: str) -> bool:
        """Whether the platform says now that somebody is in a community."""
        check: object = self.check(platform)
        return isinstance(check, MemberCheck) and await _sure(check.is_member(person, community), platform)

    async def _moderates(self, check: ModeratorCheck, platform: str, community: str, person: str) -> bool:
        """Whether the platform counts the person as a moderator; if the community names people or roles, only those count."""
        own = (await self.ledger.read(lambda c: settings_rows.of_community(c, platform, community))).get("moderators")
        named = [str(one) for one in own] if isinstance(own, list) else []
        if await self._holds_one(check, platform, community, person, named):
            return True
        return (not named or person in named) and await _sure(check.is_moderator(person, community), platform)

    async def others(self, platform: str, community: str, person: str, known: Iterable[str]) -> bool | None:
        """Whether there is a moderator other than `person`. None if the platform can't say and none of the `known` people is a moderator
        now."""
        check = self.check(platform)
        if check is None:
            return None
        if isinstance(check, ModeratorDirectory):
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    listed = await check.list_moderators(community)
            except Exception as error:
                log.warning("moderator_roll_failed", platform=platform, error=type(error).__name__)
                listed = None
            if listed is not None:
                return bool(set(listed) - {person})
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
