"""The routes by which a message can be shown, best first. `chat` finds out which of them works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from adapters.discord.handles import Draft, Handle, Home, MessageRef
from adapters.discord.wire import DiscordWire
from adapters.kit.editing_chat import is_staff
from bot.chat.port import Message
from bot.chat.views import Audience, View

BOT_LIMIT = 10 * 1024 * 1024
"""Bytes per file in the bot's own posts; Discord only states a limit in interactions. Rejected files are re-encoded."""
RunRoute = Callable[[DiscordWire, Message, MessageRef, Draft], Awaitable[MessageRef]]


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


def _original(handle: Handle) -> Route:
    async def run(wire: DiscordWire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        found = await wire.edit_answer(handle, "@original", draft)
        return replace(message_ref, route="original", channel=handle.channel, message=found)

    return Route("original", run, handle.limit, handle=handle, home=True)


def _answer(handle: Handle, identity: str) -> Route:
    async def run(wire: DiscordWire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        await wire.edit_answer(handle, identity, draft)
        return message_ref

    return Route("edit_answer", run, handle.limit, handle=handle)


def _as_bot(message_ref: MessageRef, mention: str | None) -> Route:
    async def run(wire: DiscordWire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        await wire.edit_as_bot(message_ref.channel, int(message_ref.message), draft)
        return message_ref

    return Route("edit_as_bot", run, BOT_LIMIT, mention=mention)


def _post(channel: int, mention: str | None) -> Route:
    async def run(wire: DiscordWire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        found = await wire.post(channel, draft, nonce(message, message_ref))
        return replace(message_ref, route="post", channel=channel, message=found, gone=False)

    return Route("post", run, BOT_LIMIT, channel=channel, mention=mention)


def _follow_up(handle: Handle, *, ephemeral: bool) -> Route:
    async def run(wire: DiscordWire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        found = await wire.follow_up(handle, draft, ephemeral=ephemeral)
        return replace(message_ref, route="whisper" if ephemeral else "answer", channel=handle.channel, message=found, gone=False)

    return Route("follow_up", run, handle.limit, handle=handle, once=True)


def _direct(person: int) -> Route:
    async def run(wire: DiscordWire, message: Message, message_ref: MessageRef, draft: Draft) -> MessageRef:
        channel = await wire.direct_channel(person)
        found = await wire.post(channel, draft, nonce(message, message_ref), silent=draft.view.mention is None)
        return replace(message_ref, route="post", channel=channel, message=found, gone=False)

    return Route("direct", run, BOT_LIMIT)


def edit_routes(message: Message, view: View, message_ref: MessageRef, handle: Handle | None, now: float) -> list[Route]:
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
    if message.audience is not Audience.CHANNEL or message.place.is_direct:
        return None
    return message.person or view.mention


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.isascii() and value.isdigit() else None
