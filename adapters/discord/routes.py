"""Message refs, interaction handles, and the routes by which a message can be shown, best first.

`chat` finds out which of them works.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import discord

from adapters.discord.image_fitting import FittedImage
from adapters.kit.editing_chat import is_staff
from adapters.kit.message_ref import StoredRef, shared_fields
from bot.chat.port import COMMUNITYS_LANGUAGE, READERS_LANGUAGE, Message
from bot.chat.views import Audience, Document, View
from bot.texts import DEFAULT_LANGUAGE, language_for

BOT_LIMIT = 10 * 1024 * 1024
"""Bytes per file in the bot's own posts; Discord only states a limit in interactions. Rejected files are re-encoded."""
TOKEN_LIFE = 15 * 60.0
MARGIN = 15.0
"""Seconds before a token expires in which it's no longer used, because an edit with pictures takes time."""


class Home(StrEnum):
    """What an acknowledged interaction's `@original` is."""

    PUBLIC = "public"
    """A placeholder visible to everyone in the channel."""
    EPHEMERAL = "ephemeral"
    """A placeholder visible only to the person."""
    NONE = "none"
    """The message with the pressed button, which must not be overwritten."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Everything needed to answer an interaction, even from another process."""

    application: int
    interaction: int
    token: str
    channel: int
    """Channel of the interaction; in a thread, the thread's id."""
    expires: float
    """Wall-clock time."""
    home: Home
    limit: int
    """Maximum bytes of a file in an answer to this interaction."""
    language: str = DEFAULT_LANGUAGE
    """The language of the person who reads the answer."""
    community_language: str = DEFAULT_LANGUAGE
    """The language that the server states, for messages that others read too."""

    def alive(self, now: float) -> bool:
        """Whether the token is still valid."""
        return now < self.expires - MARGIN

    def reply(self) -> dict[str, str]:
        """The contents of `Place.reply`."""
        spoken = {READERS_LANGUAGE: self.language, COMMUNITYS_LANGUAGE: self.community_language}
        return {
            "application_id": str(self.application),
            "interaction_id": str(self.interaction),
            "token": self.token,
            "channel": str(self.channel),
            "expires": f"{self.expires:.3f}",
            "home": self.home.value,
            "limit": str(self.limit),
            **{name: one for name, one in spoken.items() if one != DEFAULT_LANGUAGE},
        }


def of_interaction(interaction: discord.Interaction, home: Home, now: float) -> Handle:
    """The handle of a new interaction."""
    return Handle(
        application=interaction.application_id,
        interaction=interaction.id,
        token=interaction.token,
        channel=interaction.channel_id or 0,
        expires=now + TOKEN_LIFE,
        home=home,
        limit=interaction.filesize_limit,
        language=language_for(str(interaction.locale)),
        community_language=language_for(str(interaction.guild_locale or interaction.locale)),
    )


def of_reply(reply: Mapping[str, str]) -> Handle | None:
    """The handle stored in a place; None if there is none, or one of an unknown version."""
    try:
        return Handle(
            application=int(reply["application_id"]),
            interaction=int(reply["interaction_id"]),
            token=reply["token"],
            channel=int(reply["channel"]),
            expires=float(reply["expires"]),
            home=Home(reply["home"]),
            limit=int(reply["limit"]),
            language=reply.get(READERS_LANGUAGE, DEFAULT_LANGUAGE),
            community_language=reply.get(COMMUNITYS_LANGUAGE, DEFAULT_LANGUAGE),
        )
    except (KeyError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Draft:
    """A view with its pictures as they will be uploaded."""

    view: View
    pictures: Sequence[FittedImage]
    notes: tuple[str, ...] = ()
    """Sentences about pictures that can't be shown."""
    mention: str | None = None
    """The only person whom a new post notifies."""
    neutral: bool = False
    documents: tuple[Document, ...] = ()
    bare: bool = False
    """Without pictures, because their upload wasn't answered."""
    until: float = float("inf")
    """Loop time by which the send must end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRef(StoredRef):
    """Location of a message on Discord. A stale copy is `route/channel/message`."""

    channel: int = 0
    message: str = ""
    posts: int = 0
    """Number of new posts; part of the nonce."""

    @property
    def identity(self) -> str:
        return self.message

    @staticmethod
    def of(ref: Mapping[str, str]) -> MessageRef:
        """The route is `original`, `answer`, `whisper` or `post`."""
        try:
            channel, posts = int(ref.get("channel", "0")), int(ref.get("posts", "0"))
        except ValueError:
            return MessageRef()
        return MessageRef(channel=channel, message=ref.get("message", ""), posts=posts, **shared_fields(ref))

    def anew(self, *, gone: bool = False) -> MessageRef:
        """A new post has a new nonce; its retries share it."""
        return MessageRef(posts=self.posts + 1, final=self.final, gone=gone, stale=self.stale)

    def left(self, handle: Handle | None) -> MessageRef:
        """The ref after unanswered edits: the message is shown elsewhere, and its old copy is deleted once Discord answers again."""
        route = self.route
        if not route and handle is not None and handle.home is not Home.NONE and self.posts == 0:
            route = "original"  # its placeholder
        copies = [f"{route}/{self.channel}/{self.message}"] if route else []
        return replace(self.anew(), stale=tuple(dict.fromkeys([*self.stale, *copies])))

    def ref(self) -> dict[str, str]:
        found = {"way": self.route, "channel": str(self.channel), "message": self.message, "posts": str(self.posts)}
        return {**found, **self.shared_words()}


class Wire(Protocol):
    """Calls to Discord (`adapters.discord.wire`). Each returns the id of the edited or created message."""

    async def online(self) -> bool:
        """Whether there is a session; waits a moment for one."""
        ...

    def server_locale(self, server: int) -> str:
        """The locale that Discord states for a server, such as `pt-BR`; empty while the server isn't known."""
        ...

    async def edit_answer(self, handle: Handle, message: str, draft: Draft) -> str: ...

    async def edit_as_bot(self, channel: int, message: int, draft: Draft) -> str: ...

    async def post(self, channel: int, draft: Draft, nonce: str, *, silent: bool = False) -> str: ...

    async def follow_up(self, handle: Handle, draft: Draft, *, ephemeral: bool) -> str: ...

    async def direct_channel(self, person: int) -> int: ...

    async def delete_answer(self, handle: Handle, message: str) -> None: ...

    async def delete_as_bot(self, channel: int, message: int) -> None: ...


RunRoute = Callable[[Wire, Message, MessageRef, Draft], Awaitable[MessageRef]]


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    run: RunRoute
    limit: int
    """Bytes per file."""
    handle: Handle | None = None
    """The interaction token it needs."""
    channel: int | None = None
    """The channel it posts to."""
    mention: str | None = None
    home: bool = False
    """It overwrites the interaction's `@original`."""
    once: bool = False
    """Discord doesn't recognise a retry of it."""


def nonce(message: Message, message_ref: MessageRef) -> str:
    """Nonce that is stable across processes, so that Discord recognises a repeated post; at most 25 characters."""
    return message.id[:20] if message_ref.posts == 0 else f"{message.id[:20]}-{message_ref.posts % 1000}"


# ---- routes ---------------------------------------------------------------------------------------------------------------------


def _original(handle: Handle) -> Route:
    async def run(wire: Wire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        found = await wire.edit_answer(handle, "@original", draft)
        return replace(message_ref, route="original", channel=handle.channel, message=found)

    return Route("original", run, handle.limit, handle=handle, home=True)


def _answer(handle: Handle, identity: str) -> Route:
    async def run(wire: Wire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        await wire.edit_answer(handle, identity, draft)
        return message_ref

    return Route("edit_answer", run, handle.limit, handle=handle)


def _as_bot(message_ref: MessageRef, mention: str | None) -> Route:
    async def run(wire: Wire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        await wire.edit_as_bot(message_ref.channel, int(message_ref.message), draft)
        return message_ref

    return Route("edit_as_bot", run, BOT_LIMIT, mention=mention)


def _post(channel: int, mention: str | None) -> Route:
    async def run(wire: Wire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        found = await wire.post(channel, draft, nonce(message, message_ref))
        return replace(message_ref, route="post", channel=channel, message=found, gone=False)

    return Route("post", run, BOT_LIMIT, channel=channel, mention=mention)


def _follow_up(handle: Handle, *, ephemeral: bool) -> Route:
    async def run(wire: Wire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        found = await wire.follow_up(handle, draft, ephemeral=ephemeral)
        return replace(message_ref, route="whisper" if ephemeral else "answer", channel=handle.channel, message=found, gone=False)

    return Route("follow_up", run, handle.limit, handle=handle, once=True)


def _direct(person: int) -> Route:
    async def run(wire: Wire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        channel = await wire.direct_channel(person)
        found = await wire.post(channel, draft, nonce(message, message_ref), silent=draft.view.mention is None)
        return replace(message_ref, route="post", channel=channel, message=found, gone=False)

    return Route("direct", run, BOT_LIMIT)


# ---- their order -------------------------------------------------------------------------------------------------------------


def edit_routes(message: Message, view: View, message_ref: MessageRef, handle: Handle | None, now: float) -> list[Route]:
    """Routes for editing a message that is already shown."""
    routes: list[Route] = []
    if message_ref.route in ("original", "answer", "whisper") and handle is not None and handle.alive(now):
        routes.append(_answer(handle, "@original" if message_ref.route == "original" else message_ref.message))
    if message_ref.message.isdigit() and not _hidden(message_ref, handle):
        routes.append(_as_bot(message_ref, _mentioned(message, view) if message_ref.route == "post" else None))
    return routes


def _hidden(message_ref: MessageRef, handle: Handle | None) -> bool:
    """Whether only an interaction's token reaches it."""
    return message_ref.route == "whisper" or (message_ref.route == "original" and handle is not None and handle.home is Home.EPHEMERAL)


def address(message: Message, handle: Handle | None) -> str:
    """URL of the message in Discord's clients; empty if there is none."""
    message_ref = MessageRef.of(message.ref)
    if not message_ref.message.isdigit() or not message_ref.channel or message_ref.gone or _hidden(message_ref, handle):
        return ""
    own = str(message_ref.channel) in (message.place.channel, message.place.thread)
    server = message.place.community if own and message.place.community.isdigit() else "@me"
    return f"https://discord.com/channels/{server}/{message_ref.channel}/{message_ref.message}"


def new_message_routes(message: Message, view: View, handle: Handle | None, now: float, closed: Callable[[int], bool]) -> list[Route]:
    """Routes for a new message, best first; none of them widens the audience."""
    channel = _number(message.place.thread or message.place.channel)
    if is_staff(message):
        return [] if channel is None or closed(channel) else [_post(channel, None)]
    direct_place = message.place.is_direct
    request = message.subject.startswith(("request:", "batch:"))  # the answer to a command
    open_here = message.audience is Audience.CHANNEL or direct_place
    alive = handle if handle is not None and handle.alive(now) else None
    routes: list[Route] = []
    if request and alive is not None and alive.channel == channel and _fits(alive.home, message.audience, direct_place):
        routes.append(_original(alive))
    if open_here and channel is not None and not closed(channel):
        routes.append(_post(channel, _mentioned(message, view)))
    whisper = [] if alive is None else [_follow_up(alive, ephemeral=not open_here)]
    person = _number(message.person or view.mention)
    direct = [] if person is None or direct_place else [_direct(person)]
    # A case may send a message long after the command: direct messages stay, but whispers vanish when the client restarts.
    return [*routes, *whisper, *direct] if request else [*routes, *direct, *whisper]


def _fits(home: Home, audience: Audience, direct_place: bool) -> bool:
    """Whether exactly the message's audience can read `@original`."""
    if home is Home.NONE:
        return False
    return direct_place or (home is Home.EPHEMERAL) == (audience is Audience.MEMBER)


def _mentioned(message: Message, view: View) -> str | None:
    """The person whom a channel post mentions."""
    if message.audience is not Audience.CHANNEL or message.place.is_direct:
        return None
    return message.person or view.mention


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.isascii() and value.isdigit() else None
