"""What there is in a Slack: workspaces, people, channels, files, messages, modals and events, and how each of them looks as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.slack.standin import text as reading

if TYPE_CHECKING:
    from tests.slack.standin.world import World

ACK_WITHIN = 3.0


@dataclass(slots=True, eq=False, repr=False)
class Workspace:
    id: str
    name: str
    domain: str
    bot: User = field(init=False)
    token: str = ""
    bot_id: str = ""
    enterprise: str = ""  # id of its Enterprise Grid organisation
    installed: bool = True

    def __repr__(self) -> str:
        return f"<workspace {self.name}>"


@dataclass(slots=True, eq=False, repr=False)
class User:
    id: str
    name: str
    workspace: Workspace
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False
    takes_dms: bool = True
    guest: bool = False
    locale: str = "en-US"
    tz: str = "Europe/London"

    @property
    def username(self) -> str:
        return self.name.lower().replace(" ", ".")

    def json(self) -> dict[str, Any]:
        app = {"api_app_id": "A0STANDIN1", "bot_id": self.workspace.bot_id} if self.is_bot else {}
        profile = {"real_name": self.name, "display_name": self.username, "team": self.workspace.id} | app
        return {
            "id": self.id,
            "team_id": self.workspace.id,
            "name": self.username,
            "deleted": self.deleted,
            "real_name": self.name,
            "tz": self.tz,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }

    def short(self) -> dict[str, Any]:
        """As interactions name their user."""
        return {"id": self.id, "username": self.username, "name": self.username, "team_id": self.workspace.id}

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    id: str
    workspace: Workspace
    name: str
    private: bool = False
    members: list[str] = field(default_factory=list)
    archived: bool = False
    direct: bool = False
    locale: str = "en-US"

    @property
    def has_bot(self) -> bool:
        return self.workspace.bot.id in self.members

    @property
    def shown_name(self) -> str:
        """As commands and clicks name the channel."""
        return "directmessage" if self.direct else "privategroup" if self.private else self.name

    def json(self) -> dict[str, Any]:
        if self.direct:
            other = next((one for one in self.members if one != self.workspace.bot.id), self.workspace.bot.id)
            return {"id": self.id, "created": 1_700_000_000, "is_im": True, "is_archived": False, "is_org_shared": False, "user": other}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_general": False,
            "is_member": self.has_bot,
            "is_shared": False,
            "created": 1_700_000_000,
            "context_team_id": self.workspace.id,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }

    def __repr__(self) -> str:
        return f"<#{self.name} {self.id}>"


@dataclass(slots=True, eq=False, repr=False)
class File:
    id: str
    name: str
    length: int
    upload_url: str
    content: bytes | None = None
    alt_txt: str = ""
    title: str = ""
    completed_at: float | None = None
    target: Channel | None = None
    """Where it is to be shared, when it was completed with a channel."""
    target_thread: str | None = None
    comment: str = ""
    polls: int = 0
    processed: bool = False
    shared: Message | None = None
    deleted: bool = False
    owner: User | None = None
    """Who uploaded it, unless the bot did."""
    url: str = ""
    """Where a person's file is downloaded."""
    mode: str = "hosted"
    details: bool = True
    """False for a file of a shared channel, about which an event says nothing: `check_file_info`."""
    hidden: bool = False
    """The bot may not see it."""
    redirect: str = ""
    """Address that a download is sent on to."""

    @property
    def mimetype(self) -> str:
        kinds = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
        return kinds.get(self.name.rsplit(".", 1)[-1].lower(), "application/octet-stream")

    def told(self) -> dict[str, Any]:
        """As an event or a form names it."""
        if self.deleted:
            return {"id": self.id, "mode": "tombstone"}
        return self.json() if self.details else {"id": self.id, "created": 1_700_000_000, "file_access": "check_file_info"}

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": self.id,
            "created": 1_700_000_000,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype if self.processed else "",
            "filetype": self.name.rsplit(".", 1)[-1] if self.processed else "",
            "size": self.length,
            "mode": self.mode,
            "is_public": self.shared is not None and not self.shared.channel.private,
            "channels": [],
            "groups": [],
            "ims": [],
            "shares": {},
        }
        if self.owner is not None:
            found |= {"user": self.owner.id, "is_external": self.mode == "external", "url_private": self.url}
            found |= {} if self.mode == "external" else {"url_private_download": self.url}
        if self.shared is not None:
            where = self.shared.channel
            kind = "private" if where.private or where.direct else "public"
            share = {"ts": self.shared.ts, "channel_name": where.name, "team_id": where.workspace.id}
            found["shares"] = {kind: {where.id: [share | ({"thread_ts": self.shared.thread_ts} if self.shared.thread_ts else {})]}}
            found["ims" if where.direct else "groups" if where.private else "channels"] = [where.id]
        return found

    def __repr__(self) -> str:
        return f"<file {self.id} {self.name} processed={self.processed}>"


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """One message; `history` holds every body that it ever showed, oldest first."""

    ts: str
    channel: Channel
    author: User
    body: dict[str, Any]
    thread_ts: str | None = None
    only_for: str | None = None
    """The one user who sees an ephemeral message."""
    route: str = "post"
    """`post`, `ephemeral`, `respond`, `ack`, `share` or `typed`."""
    metadata: dict[str, Any] | None = None
    files: list[File] = field(default_factory=list)
    deleted: bool = False
    edited: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return self.body.get("blocks") or []

    @property
    def raw(self) -> str:
        """The fallback text as it was sent."""
        return self.body.get("text") or ""

    @property
    def text(self) -> str:
        """Everything a person reads in it: marks and entities resolved, labels of buttons and alt texts left out."""
        if self.blocks:
            return "\n".join(one for one in reading.texts(self.blocks) if one)
        return reading.mrkdwn(self.raw)

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> action id."""
        return {reading.plain(one["text"]): one.get("action_id", "") for one in reading.buttons(self.blocks) if "url" not in one}

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """(file id, alt text) of every picture in it, also of a shared file."""
        return reading.pictures(self.blocks) + [(one.id, one.alt_txt) for one in self.files if one.processed]

    @property
    def identity(self) -> str:
        """Which message of ours it says it is: by metadata, else by its first block."""
        payload = (self.metadata or {}).get("event_payload") or {}
        first = str(self.blocks[0].get("block_id", "")) if self.blocks else ""
        return str(payload.get("id") or (first.removeprefix("m:") if first.startswith("m:") else ""))

    def json(self, *, with_metadata: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": "message",
            "user": self.author.id,
            "ts": self.ts,
            "text": self.raw,
            "team": self.channel.workspace.id,
        }
        if self.author.is_bot:
            found |= {"bot_id": self.channel.workspace.bot_id, "app_id": "A0STANDIN1"}
        if self.blocks:
            found["blocks"] = self.blocks
        if self.thread_ts is not None:
            found["thread_ts"] = self.thread_ts
        if self.edited:
            found["edited"] = {"user": self.author.id, "ts": self.ts}
        if self.files:
            found |= {"files": [one.told() for one in self.files], "upload": False}
        if with_metadata and self.metadata:
            found["metadata"] = self.metadata
        return found

    def show(self, body: dict[str, Any]) -> None:
        self.body = body
        self.history.append(body)

    def __repr__(self) -> str:
        return f"<message {self.route} #{self.channel.name} {self.text[:80]!r} {list(self.buttons)} {self.pictures}>"


@dataclass(slots=True, eq=False, repr=False)
class View:
    """A modal as its user sees it."""

    id: str
    user: User
    body: dict[str, Any]
    hash: str
    event: Event
    """What opened it."""
    root: str = ""
    previous: str | None = None
    open: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    """Shown under the fields, by block id."""
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return self.body.get("blocks") or []

    @property
    def text(self) -> str:
        return "\n".join(one for one in reading.texts(self.blocks) if one)

    @property
    def title(self) -> str:
        return reading.plain(self.body.get("title") or {})

    @property
    def fields(self) -> dict[str, dict[str, Any]]:
        """Block id -> input block."""
        return {str(one.get("block_id", "")): one for one in self.blocks if one.get("type") == "input"}

    @property
    def buttons(self) -> dict[str, str]:
        return {reading.plain(one["text"]): one.get("action_id", "") for one in reading.buttons(self.blocks)}

    @property
    def pictures(self) -> list[tuple[str, str]]:
        return reading.pictures(self.blocks)

    def json(self, values: dict[str, Any] | None = None) -> dict[str, Any]:
        workspace = self.user.workspace
        given: dict[str, Any] = {"blocks": [], "private_metadata": "", "callback_id": "", "external_id": "", "close": None, "submit": None}
        flags = {"clear_on_close": False, "notify_on_close": False}
        return {
            **given,
            **flags,
            **self.body,
            "id": self.id,
            "team_id": workspace.id,
            "app_id": "A0STANDIN1",
            "bot_id": workspace.bot_id,
            "app_installed_team_id": workspace.id,
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous,
            "state": {"values": values or {}},
        }

    def __repr__(self) -> str:
        return f"<modal {self.title!r} open={self.open} {list(self.fields)}>"


@dataclass(slots=True, eq=False, repr=False)
class Event:
    """One payload sent to the bot, and what became of it."""

    kind: str
    """`slash_commands`, `interactive` or `events_api`."""
    what: str
    user: User
    channel: Channel | None
    payload: dict[str, Any]
    sent_at: float
    source: Message | None = None
    """The message of the pressed button; what was typed, for a mention."""
    view: View | None = None
    """The modal that was submitted, or in which something was pressed."""
    ephemeral_source: Message | None = None
    deliveries: int = 0
    acked_at: float | None = None
    ack: dict[str, Any] | None = None
    refused: int | None = None
    """An HTTP answer that was not 200; 0 when nobody listened."""
    opened: View | None = None
    answers: list[Message] = field(default_factory=list)
    """Messages made through its response URL or its acknowledgement."""
    errors: dict[str, str] = field(default_factory=dict)
    """What `response_action: errors` said, by block id."""
    response_uses: int = 0
    trigger_used: bool = False
    world: World | None = None

    @property
    def acked(self) -> bool:
        return self.acked_at is not None

    @property
    def took(self) -> float | None:
        return None if self.acked_at is None else self.acked_at - self.sent_at

    @property
    def failed(self) -> bool:
        """The person was told that it did not work: refused, or not acknowledged in time."""
        if self.refused is not None and self.kind != "events_api":
            return True
        assert self.world is not None
        until = self.acked_at if self.acked_at is not None else self.world.now()
        return until - self.sent_at > ACK_WITHIN

    @property
    def trigger_id(self) -> str:
        return str(self.payload.get("trigger_id", ""))

    def __repr__(self) -> str:
        return f"<{self.what} by {self.user.name} acked={self.acked} deliveries={self.deliveries} answers={self.answers}>"
