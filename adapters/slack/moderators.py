"""Moderator checks: members of the private moderators' channel, asked of Slack, cached for less than a minute, False if unsure."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import structlog

from adapters.kit.errors import ErrorClass
from adapters.kit.ttl_cache import TtlCache
from adapters.slack.callers import PLATFORM
from adapters.slack.errors import classify_error, known
from adapters.slack.wire import SlackWire, Who
from bot.ports import Ports

log = structlog.get_logger()

WITHIN = 4.0
"""Timeout of a check in seconds. Without an answer, permission is denied."""
RIGHTS_LIFE = 45.0
"""Seconds for which rights are cached; after that, somebody who left the channel can't decide anymore."""
NAMES_LIFE = 3600.0
_GROUP = re.compile(r"S[A-Z0-9]{2,30}")
CLOSING = (ErrorClass.WAIT, ErrorClass.LOST, ErrorClass.UNAUTHORISED)
"""Errors that deny permission until Slack answers again."""


class SlackModerators:
    """Slack's ModeratorCheck. Membership of the private moderators' channel decides, or of user groups that the community named."""

    def __init__(self, wire: SlackWire, ports: Ports) -> None:
        self._wire = wire
        self._members = TtlCache(PLATFORM, ports, self._of_channel, RIGHTS_LIFE, classify_error)
        self._groups = TtlCache(PLATFORM, ports, wire.group, RIGHTS_LIFE, classify_error)
        self._people = TtlCache(PLATFORM, ports, wire.who, RIGHTS_LIFE, classify_error)
        self._names = TtlCache(PLATFORM, ports, wire.who, NAMES_LIFE, classify_error)
        self.channel_of: Callable[[str], Awaitable[str | None]] | None = None
        """Looks up a community's moderators' channel; set once the core exists."""
        self.bot: str = ""
        """The bot's own user id, which is a member of the channel but not a moderator."""

    async def is_moderator(self, person: str, community: str) -> bool:
        found = await self.list_moderators(community)
        return found is not None and person in found

    async def holds_role(self, person: str, community: str, role: str) -> bool:
        """Whether the person is in a user group (S…) of the workspace."""
        found = await self._groups.get(role, WITHIN) if _GROUP.fullmatch(role) else None
        return found is not None and bool(person) and person in found

    async def is_administrator(self, person: str, community: str) -> bool:
        """Whether the person is an admin or owner of that workspace; in a shared channel, those of another one don't count."""
        who = await self._people.get(person, WITHIN) if person else None
        # Slack names everyone's team and marks people from elsewhere as strangers, who administer nothing.
        return who is not None and who.administers and who.team in (community, "")

    async def list_moderators(self, community: str) -> frozenset[str] | None:
        """See bot.chat.port.ModeratorDirectory."""
        channel = None if self.channel_of is None else await self.channel_of(community)
        if not channel:
            return None
        found = await self._members.get(channel, WITHIN)
        return None if found is None else found - {self.bot}

    async def who_is(self, person: str, within: float) -> Who | None:
        """A person as described by Slack, or an expired answer if it doesn't answer in time; None if there is none."""
        return await self._names.get(person, within) or self._names.last_known(person)

    async def name_of(self, person: str, within: float) -> str:
        """A person's display name; empty if Slack doesn't answer in time."""
        who = await self._names.get(person, within) if person else None
        return "" if who is None else who.name[:80]

    async def _of_channel(self, channel: str) -> frozenset[str]:
        """Members of a private channel; nobody for a public one, because anyone can join it."""
        try:
            public = await self._wire.is_public(channel)
        except Exception as error:
            if (classified := known(error)).error_class in CLOSING:
                raise
            # Slack won't say what kind of channel it is. What counts is who is in it.
            log.warning("slack_channel_kind_unknown", channel=channel, detail=classified.detail)
            public = False
        if public:
            log.warning("slack_moderators_channel_is_public", channel=channel)
            return frozenset()
        return await self._wire.members(channel)
