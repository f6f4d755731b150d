"""Moderator checks, asked of Discord at the click; False if unsure.

A click carries the member's current roles and permissions; for other questions they're fetched.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import discord
import structlog

from adapters.discord.answers import AnyInteraction
from adapters.discord.wire import Session
from adapters.kit.errors import NETWORK

log = structlog.get_logger()

WITHIN = 8.0
"""Timeout of a check in seconds. Without an answer, permission is denied."""


@dataclass(frozen=True, slots=True)
class Rights:
    permissions: discord.Permissions
    roles: frozenset[str]

    def moderates(self) -> bool:
        return self.permissions.administrator or self.permissions.manage_messages

    def administers(self) -> bool:
        return self.permissions.administrator or self.permissions.manage_guild


NONE = Rights(discord.Permissions.none(), frozenset())
_click: ContextVar[tuple[str, str, Rights] | None] = ContextVar("discord_click", default=None)


class Clicks:
    """Rights carried by a click, kept while it's being answered."""

    @contextlib.contextmanager
    def of(self, interaction: AnyInteraction) -> Iterator[None]:
        member = interaction.user
        if interaction.guild_id is None or not isinstance(member, discord.Member):
            yield
            return
        roles = frozenset(str(one) for one in member._roles)
        rights = Rights(interaction.permissions, roles)
        token = _click.set((str(member.id), str(interaction.guild_id), rights))
        try:
            yield
        finally:
            _click.reset(token)


@dataclass(slots=True)
class DiscordModerators:
    session: Session

    async def is_moderator(self, person: str, community: str) -> bool:
        """Whether the person has Manage Messages in that server."""
        return (await self._rights(person, community) or NONE).moderates()

    async def holds_role(self, person: str, community: str, role: str) -> bool:
        """Whether the person has a role that the community named for moderators, reviewers or a tier."""
        return role in (await self._rights(person, community) or NONE).roles

    async def is_member(self, person: str, community: str) -> bool:
        return await self._rights(person, community) is not None

    async def is_administrator(self, person: str, community: str) -> bool:
        """Whether the person has Manage Server in that server."""
        return (await self._rights(person, community) or NONE).administers()

    async def _rights(self, person: str, community: str) -> Rights | None:
        click = _click.get()
        if click is not None and click[:2] == (person, community):
            return click[2]
        if not (person.isascii() and person.isdigit() and community.isascii() and community.isdigit()):
            return None
        try:
            async with asyncio.timeout(WITHIN):
                return await self._fetched(int(person), int(community))
        except (discord.HTTPException, *NETWORK, KeyError, ValueError) as error:
            log.warning("discord_rights_unknown", community=community, error=type(error).__name__)
            return None

    async def _fetched(self, person: int, guild: int) -> Rights | None:
        client = await self.session.get(2.0)
        if client is None:
            return None
        return await rights_of(client.http, guild, person)


async def rights_of(http: Any, guild: int, person: int) -> Rights:
    """A member's rights in a server: everything for its owner, otherwise what everyone's role and the member's roles allow."""
    member = await http.get_member(guild, person)
    server = await http.get_guild(guild, with_counts=False)
    roles = frozenset(str(one) for one in member["roles"])
    if str(server["owner_id"]) == str(person):
        return Rights(discord.Permissions.all(), roles)
    total = 0
    for role in server["roles"]:
        if str(role["id"]) in {*roles, str(guild)}:
            total |= int(role["permissions"])
    return Rights(discord.Permissions(total), roles)
