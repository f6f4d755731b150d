"""Pictures that members attach: options of /imagine, the pictures of a message, and their download.

Discord's links expire. A picture in a message can be looked up again where the bot can read that message; a picture that was attached to a
command is nowhere else, so its expired link means that it's gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import discord

from adapters.discord.wire import Session
from adapters.kit.attachments import fetch_with_retries
from adapters.kit.errors import NETWORK
from adapters.kit.payload import Payload, part, parts, word
from bot.adapter import Download
from bot.domain.attachments import MAX_BYTES, Attachment, AttachmentRole, NotFetched

PICTURES, MASK = ("picture", "picture2", "picture3", "picture4"), "mask"
"""Options of /imagine."""
MOST_IN_MESSAGE = 10
"""Discord's limit of attachments per message."""
ENDINGS = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".avif", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".svg")
"""Of pictures for which Discord names no content type."""
SESSION_WITHIN = 30.0
"""Seconds that a look-up waits for a connection, for example right after a start."""
EPHEMERAL = 1 << 6


def of_options(given: Mapping[str, object]) -> tuple[Attachment, ...]:
    """The files in the options of a command, the mask last."""
    files = [(name, given.get(name)) for name in (*PICTURES, MASK)]
    return tuple(
        Attachment(one.filename, AttachmentRole.MASK if name == MASK else AttachmentRole.PICTURE, one.size, {"url": one.url})
        for name, one in files
        if isinstance(one, discord.Attachment)
    )


def of_message(message: Payload, bot: str) -> tuple[Attachment, ...]:
    """The pictures of a message as Discord's JSON: attached, in a gallery, or in what it forwards. `bot` is the bot's own id."""
    where = {} if is_ephemeral(message) else {"channel": word(message, "channel_id"), "message": word(message, "id")}
    own = word(part(message, "author"), "id") == bot
    found: dict[str, Attachment] = {}
    for shown in (message, *(part(one, "message") for one in parts(message.get("message_snapshots")))):
        for one in parts(shown.get("attachments")):
            if _is_picture(one):
                found.setdefault(word(one, "id"), _attachment(one, word(one, "id"), where, own=own))
        for media in _media(shown.get("components")):
            if not word(media, "content_type").startswith("video/"):
                identity = word(media, "attachment_id") or word(media, "url")
                found.setdefault(identity, _attachment(media, identity, where, own=own))
    return tuple(found.values())


def is_ephemeral(message: Payload) -> bool:
    flags = message.get("flags")
    return isinstance(flags, int) and bool(flags & EPHEMERAL)


def _attachment(one: Payload, identity: str, where: Mapping[str, str], *, own: bool) -> Attachment:
    url, size = word(one, "url"), one.get("size")
    name = word(one, "filename") or unquote(urlsplit(url).path.rpartition("/")[2])
    handle = {"url": url, "id": identity, **where}
    return Attachment(name[:120], size=size if isinstance(size, int) else None, handle=handle, made_here=own)


def _is_picture(one: Payload) -> bool:
    kind = word(one, "content_type")
    return kind.startswith("image/") if kind else word(one, "filename").lower().endswith(ENDINGS)


def _media(components: object) -> Iterator[Payload]:
    """What galleries and thumbnails show, at any depth."""
    for one in parts(components):
        yield from (media for holder in [one, *parts(one.get("items"))] if (media := part(holder, "media")))
        yield from _media([*parts(one.get("components")), *parts([one.get("accessory")])])


@dataclass(frozen=True, slots=True)
class DiscordAttachments:
    session: Session
    download: Download
    own: str
    """Address of Discord's API: its host may be any address, so that stand-ins work. No header is sent."""

    async def fetch(self, handle: Mapping[str, str], most: int = MAX_BYTES) -> bytes:
        """A file of at most so many bytes. Raises NotFetched and NotTaken, and ConnectionError if a message can't be looked up yet."""
        return await fetch_with_retries(lambda: self._fetch(handle, most))

    async def _fetch(self, handle: Mapping[str, str], most: int) -> bytes:
        url = handle.get("url", "")
        if not url:
            raise NotFetched("gone")
        try:
            return await self.download(url, own=self.own, most=most)
        except NotFetched as problem:
            if problem.why != "gone" or not handle.get("message"):
                raise
        return await self.download(await self._looked_up(handle), own=self.own, most=most)

    async def _looked_up(self, handle: Mapping[str, str]) -> str:
        """A fresh link to a picture in a message. Without the message-content intent, Discord only shows the bot messages in direct
        channels, its own, and those that mention it."""
        client = await self.session.get(SESSION_WITHIN)
        if client is None:
            raise ConnectionError("not logged in to Discord")  # the request stays received, and is taken up again
        try:
            message: Any = await client.http.get_message(int(handle["channel"]), int(handle["message"]))
        except (discord.Forbidden, discord.NotFound, ValueError, KeyError):
            raise NotFetched("gone") from None
        except (discord.HTTPException, *NETWORK):
            raise NotFetched("failed") from None
        for one in of_message(message, "") if isinstance(message, Mapping) else ():
            if one.handle["id"] == handle.get("id"):
                return one.handle["url"]
        raise NotFetched("gone")
