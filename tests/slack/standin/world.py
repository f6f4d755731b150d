"""The state of the stand-in: who and what there is, the secrets that open it, and what may go wrong in it."""

from __future__ import annotations

import asyncio
import itertools
import time

from tests.slack.standin.things import ACK_WITHIN, Channel, Event, File, Message, User, View, Workspace

__all__ = ["ACK_WITHIN", "Channel", "Event", "File", "Message", "User", "View", "Workspace", "World"]

TRIGGER_LIFE = 3.0
RESPONSE_LIFE = 30 * 60.0
RESPONSE_USES = 5
SCOPES = {"commands", "chat:write", "app_mentions:read", "files:write", "files:read", "im:write", "im:history"}
SCOPES |= {"channels:history", "groups:history", "channels:read", "groups:read", "users:read", "usergroups:read"}


class World:
    """Everything there is."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._last_ts = 0
        self.skew = 0.0
        self.workspaces: dict[str, Workspace] = {}
        self.channels: dict[str, Channel] = {}
        self.users: dict[str, User] = {}
        self.groups: dict[str, set[str]] = {}
        """User group -> people."""
        self.messages: list[Message] = []
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.events: list[Event] = []
        self.triggers: dict[str, Event] = {}
        self.responses: dict[str, Event] = {}
        self.app_token = f"xapp-1-A0STANDIN1-{10**12}-{'a1' * 32}"
        self.signing_secret = "5f" * 16
        self.scopes: set[str] = set(SCOPES)
        self.app_scopes: set[str] = {"connections:write"}
        self.token_error: str | None = None
        """`invalid_auth`, `token_revoked` or `account_inactive`: what every call with a bot's token is told."""
        self.app_token_error: str | None = None
        self.page_size: int | None = None
        """Smaller pages than were asked for, as Slack is free to send."""
        self.processing_seconds = 0.02
        self.processing_polls = 0
        self.never_processed = False
        self.never_shared = False
        self.hidden_files = False
        """`slack_file` of a file that was not shared is refused for good."""
        self.violations: list[str] = []
        self.wants_pings: set[str] = set()
        """Ids of people who asked to be mentioned; a mention of anybody else is a violation."""
        """What the bot did against the rules."""
        self.changed = asyncio.Condition()

    def now(self) -> float:
        return time.monotonic() + self.skew

    def new_id(self, prefix: str) -> str:
        digits, number = "", next(self._ids) + 46_656 * 36
        while number:
            number, left = divmod(number, 36)
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[left] + digits
        return f"{prefix}0{digits.rjust(9, '0')}"

    def new_ts(self) -> str:
        self._last_ts = max(int(time.time() * 1_000_000), self._last_ts + 100)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def workspace(self, name: str) -> Workspace:
        found = Workspace(self.new_id("T"), name, name.lower())
        found.bot = self.user("imagine", found, is_bot=True)
        found.bot_id = self.new_id("B")
        found.token = f"xoxb-{10**11 + len(self.workspaces)}-{10**12}-{'Zx9' * 8}"
        self.workspaces[found.id] = found
        return found

    def user(self, name: str, workspace: Workspace, **more: bool) -> User:
        user = User(self.new_id("U"), name, workspace, **more)
        self.users[user.id] = user
        return user

    def channel(self, workspace: Workspace, name: str, *members: User, private: bool = False, bot: bool = True) -> Channel:
        ids = [one.id for one in members] + ([workspace.bot.id] if bot else [])
        channel = Channel(self.new_id("C"), workspace, name, private, ids)
        self.channels[channel.id] = channel
        return channel

    def dm(self, user: User, other: User | None = None) -> Channel:
        """The direct channel between a user and the bot, or between two users; made when there is none."""
        wanted = {user.id, (other or user.workspace.bot).id}
        for channel in self.channels.values():
            if channel.direct and set(channel.members) == wanted:
                return channel
        channel = Channel(self.new_id("D"), user.workspace, user.username, True, sorted(wanted), direct=True)
        self.channels[channel.id] = channel
        return channel

    def message(self, channel: Channel, ts: str) -> Message | None:
        return next((one for one in self.messages if one.ts == ts and one.channel is channel and not one.deleted), None)

    def seen_by(self, user: User, channel: Channel | None = None) -> list[Message]:
        """What a user can read now, oldest first."""
        return [
            one
            for one in self.messages
            if not one.deleted and channel in (None, one.channel) and one.only_for in (None, user.id) and self.reads(user, one.channel)
        ]

    @staticmethod
    def reads(user: User, channel: Channel) -> bool:
        return user.id in channel.members or (not channel.private and channel.workspace is user.workspace)

    def violation(self, sentence: str) -> None:
        self.violations.append(sentence)

    async def notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()
