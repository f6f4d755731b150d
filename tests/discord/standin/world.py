"""The state of the stand-in: guilds, channels, people, messages, interactions, and how each of them looks as JSON."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.discord.standin import rules
from tests.discord.standin.files import File

EPOCH_MS = 1_420_070_400_000
VIEW, SEND, EMBED, ATTACH, HISTORY, THREADS = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16, 1 << 38
ADMINISTRATOR, MANAGE_GUILD, MANAGE_MESSAGES, USE_COMMANDS = 1 << 3, 1 << 5, 1 << 13, 1 << 31
MEMBER_DEFAULT = VIEW | SEND | EMBED | ATTACH | HISTORY | THREADS | USE_COMMANDS
BOT_DEFAULT = VIEW | SEND | ATTACH | THREADS
TOKEN_LIFE = 15 * 60.0
ANSWER_WITHIN = 3.0


@dataclass(slots=True)
class User:
    id: str
    name: str
    bot: bool = False
    takes_dms: bool = True
    locale: str = "en-US"

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "username": self.name.lower(),
            "global_name": self.name,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            "bot": self.bot,
            "primary_guild": None,
        }


@dataclass(slots=True)
class Role:
    id: str
    name: str
    permissions: int

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(self.permissions),
            "position": 0,
            "color": 0,
            "hoist": False,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "managed": False,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(slots=True)
class Channel:
    id: str
    guild: Guild | None
    name: str
    type: int = 0
    parent: str | None = None
    bot_permissions: int = BOT_DEFAULT
    recipient: User | None = None

    def json(self) -> dict[str, Any]:
        if self.guild is None:
            assert self.recipient is not None
            return {"id": self.id, "type": 1, "flags": 0, "last_message_id": None, "recipients": [self.recipient.json()]}
        common = {"id": self.id, "type": self.type, "flags": 0, "guild_id": self.guild.id, "name": self.name, "parent_id": self.parent}
        if self.type == 11:
            thread = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": "2026-09-01T00:00:00+00:00", "locked": False}
            counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0}
            return {**common, "owner_id": self.guild.owner, "thread_metadata": thread, **counts}
        return {
            **common,
            "position": 0,
            "permission_overwrites": [self._overwrite()],
            "nsfw": False,
            "rate_limit_per_user": 0,
            "topic": None,
        }

    def _overwrite(self) -> dict[str, Any]:
        """The bot's rights in this channel, said as Discord says them."""
        assert self.guild is not None
        return {"id": self.guild.bot, "type": 1, "allow": str(self.bot_permissions), "deny": str(MEMBER_DEFAULT & ~self.bot_permissions)}


@dataclass(slots=True)
class Guild:
    id: str
    name: str
    owner: str
    bot: str
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    """User id -> ids of roles."""
    channels: dict[str, Channel] = field(default_factory=dict)
    file_limit: int = rules.DEFAULT_LIMIT
    locale: str = "en-US"
    commands_scope: bool = True
    """Installed with the scope applications.commands."""

    def permissions(self, user: User) -> int:
        if user.id == self.owner:
            return (1 << 53) - 1
        total = self.roles[self.id].permissions
        for role in self.members.get(user.id, []):
            total |= self.roles[role].permissions
        return (1 << 53) - 1 if total & ADMINISTRATOR else total

    def member_json(self, user: User) -> dict[str, Any]:
        return {
            "user": user.json(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": list(self.members[user.id]),
            "flags": 0,
            "joined_at": "2026-01-01T00:00:00+00:00",
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "communication_disabled_until": None,
        }

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "description": None,
            "home_header": None,
            "splash": None,
            "discovery_splash": None,
            "features": [],
            "banner": None,
            "owner_id": self.owner,
            "application_id": None,
            "region": "x",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "widget_enabled": False,
            "widget_channel_id": None,
            "verification_level": 0,
            "roles": [role.json() for role in self.roles.values()],
            "default_message_notifications": 0,
            "mfa_level": 0,
            "explicit_content_filter": 0,
            "max_presences": None,
            "max_members": 1000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "vanity_url_code": None,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": self.locale,
            "rules_channel_id": None,
            "safety_alerts_channel_id": None,
            "public_updates_channel_id": None,
            "premium_progress_bar_enabled": False,
            "nsfw": False,
            "nsfw_level": 0,
            "emojis": [],
            "stickers": [],
            "incidents_data": None,
        }


@dataclass(slots=True)
class Message:
    """One message; `history` holds every body that it ever showed, oldest first."""

    id: str
    channel: Channel
    author: User
    body: dict[str, Any]
    files: dict[str, File] = field(default_factory=dict)
    flags: int = 0
    only_for: str | None = None
    """The one user who sees an ephemeral message."""
    route: str = "post"
    """`post`, `callback` or `followup`."""
    nonce: str | None = None
    pings: set[str] = field(default_factory=set)
    metadata: dict[str, Any] | None = None
    deleted: bool = False
    edited: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def thinking(self) -> bool:
        return bool(self.flags & rules.LOADING)

    @property
    def components(self) -> list[dict[str, Any]]:
        return list(rules.walk(self.body.get("components")))

    @property
    def raw(self) -> str:
        """All text as it was sent, with markdown."""
        parts = [self.body.get("content") or "", *(one["content"] for one in self.components if one["type"] == rules.TEXT)]
        return "\n".join(part for part in parts if part)

    @property
    def text(self) -> str:
        """All text roughly as a reader sees it: escapes, bold marks, quote marks and spoilers taken away."""
        return shown(self.raw)

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> custom id."""
        return {one.get("label", ""): one["custom_id"] for one in self.components if one["type"] == rules.BUTTON and "custom_id" in one}

    @property
    def pictures(self) -> list[tuple[str, str, bytes]]:
        """(file name, alt text, bytes) of every picture in a gallery, in order."""
        found = []
        for one in self.components:
            for item in one.get("items", []) if one["type"] == rules.GALLERY else []:
                file = self.files[item["media"]["attachment_id"]]
                found.append((file.name, item.get("description") or "", file.content))
        return found

    def json(self, base: str, epoch: int = 0) -> dict[str, Any]:
        edited = "2026-09-01T00:00:00.000000+00:00" if self.edited else None
        found = {
            "id": self.id,
            "channel_id": self.channel.id,
            "type": 20 if self.route == "callback" else 0,
            "author": self.author.json(),
            "content": self.body.get("content") or "",
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "embeds": [],
            "attachments": [file.json(base, epoch) for file in self.files.values()],
            "edited_timestamp": edited,
            "timestamp": "2026-09-01T00:00:00.000000+00:00",
            "flags": self.flags,
            "pinned": False,
            "tts": False,
            "components": self.body.get("components") or [],
        }
        if self.nonce is not None:
            found["nonce"] = self.nonce
        if self.metadata is not None:
            found["interaction_metadata"] = self.metadata
        return found


def shown(raw: str) -> str:
    """What a reader sees of markdown text, roughly."""
    out, index = [], 0
    while index < len(raw):
        if raw[index] == "\\" and index + 1 < len(raw) and not raw[index + 1].isalnum():
            out.append(raw[index + 1])
            index += 2
            continue
        for mark in ("**", "||", "### ", "-# "):
            if raw.startswith(mark, index) and (mark[-1] != " " or index == 0 or raw[index - 1] == "\n"):
                index += len(mark)
                break
        else:
            if raw.startswith("> ", index) and (index == 0 or raw[index - 1] == "\n"):
                index += 2
                continue
            out.append(raw[index])
            index += 1
    return "".join(out)


@dataclass(slots=True)
class Interaction:
    """One event sent to the bot, and what became of it."""

    id: str
    token: str
    type: int
    user: User
    channel: Channel
    payload: dict[str, Any]
    sent_at: float
    source: Message | None = None
    """The message of the pressed button, also for the form it opened."""
    callback: int | None = None
    callback_at: float | None = None
    original: Message | None = None
    modal: dict[str, Any] | None = None
    choices: list[dict[str, Any]] | None = None
    followups: list[Message] = field(default_factory=list)
    expired: bool = False


class World:
    """Everything that the stand-in knows. `changed` wakes whoever waits for something to become true."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self.skew = 0.0
        self.application = self.new_id()
        self.bot = User(self.application, "imagine", bot=True)
        self.token = f"token-{self.application}"
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.users: dict[str, User] = {self.bot.id: self.bot}
        self.messages: dict[str, Message] = {}
        self.interactions: dict[str, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.uploads: dict[str, File] = {}
        """Files attached to commands, by id."""
        self.epoch = 1
        """Links to files that were handed out before it changed have expired."""
        self.commands: list[dict[str, Any]] = []
        self.command_writes = 0
        self.interactions_endpoint_url: str | None = None
        self.changed = asyncio.Condition()

    def now(self) -> float:
        return time.monotonic() + self.skew

    def new_id(self) -> str:
        return str((int(time.time() * 1000) - EPOCH_MS << 22) + next(self._ids))

    def user(self, name: str, *, takes_dms: bool = True) -> User:
        user = User(self.new_id(), name, takes_dms=takes_dms)
        self.users[user.id] = user
        return user

    def guild(self, name: str = "Studio") -> Guild:
        guild = Guild(self.new_id(), name, owner="1", bot=self.bot.id)
        guild.roles[guild.id] = Role(guild.id, "@everyone", MEMBER_DEFAULT)
        guild.members[self.bot.id] = []
        self.guilds[guild.id] = guild
        return guild

    def role(self, guild: Guild, name: str, permissions: int = 0) -> Role:
        role = Role(self.new_id(), name, permissions)
        guild.roles[role.id] = role
        return role

    def join(self, guild: Guild, user: User, *roles: Role) -> None:
        guild.members[user.id] = [role.id for role in roles]

    def channel(self, guild: Guild, name: str, *, parent: Channel | None = None, bot_permissions: int = BOT_DEFAULT) -> Channel:
        channel = Channel(self.new_id(), guild, name, 11 if parent else 0, parent.id if parent else None, bot_permissions)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def dm(self, user: User) -> Channel:
        """The direct channel between the bot and a user; made when there is none."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.new_id(), None, user.name, 1, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def say(self, user: User, channel: Channel, content: str = "", *files: File) -> Message:
        """A person's message."""
        message = Message(self.new_id(), channel, user, {"content": content}, {one.id: one for one in files}, route="typed")
        self.messages[message.id] = message
        return message

    def seen_by(self, user: User, channel: Channel | None = None) -> list[Message]:
        """What a user can read now, oldest first."""

        def reads(one: Message) -> bool:
            home = one.channel.guild
            there = one.channel.recipient is user if home is None else user.id in home.members
            return there and not one.deleted and (channel is None or one.channel is channel) and one.only_for in (None, user.id)

        return [one for one in self.messages.values() if reads(one)]

    async def notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()
