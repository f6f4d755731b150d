"""Pictures that members attach: files of forms, messages and threads, and their download.

A file travels as its id. What it is, and whether the bot may open it, is asked when it's fetched: files of shared channels come without
details, and links can't be trusted with the token.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import structlog

from adapters.kit.attachments import fetch_with_retries
from adapters.kit.errors import ErrorClass
from adapters.kit.payload import Payload, part, parts, word
from adapters.slack.errors import NotConnected, known
from adapters.slack.wire import SlackWire
from bot.adapter import Download
from bot.domain.attachments import MAX_BYTES, Attachment, AttachmentRole, NotFetched
from bot.pixels.errors import NotTaken
from bot.texts import text

log = structlog.get_logger()

MOST_IN_FORM = 10
"""Slack's limit of files in one field."""
HOSTS = (".slack.com", ".slack-gov.com")
"""Where Slack keeps files; only these get the token."""
WHY: Mapping[ErrorClass, str] = {ErrorClass.SCOPE: "scope", ErrorClass.LOST: "failed", ErrorClass.UNAUTHORISED: "failed"}
"""Errors of files.info -> why a file didn't arrive; after all others it's gone, or not for the bot."""
CONNECTED_WITHIN = 45.0
"""Seconds; the core allows a minute for a file."""
LINKED, DELETED = "external", ("tombstone", "hidden_by_limit")
"""Modes of a file: a link to another service; deleted, or hidden because the workspace's plan keeps no more."""
PAGES = (b"<!doctype html", b"<html")
"""How a page begins. Slack answers a download that isn't allowed with its sign-in page, and with status 200."""


def of_files(files: object, role: AttachmentRole = AttachmentRole.PICTURE, *, made_here: bool = False) -> tuple[Attachment, ...]:
    """Attachments from Slack's JSON. Files of the wrong kind are included, because the core decides what is allowed."""
    found: dict[str, Attachment] = {}
    for one in parts(files):
        if identity := word(one, "id"):
            name = word(one, "name") or word(one, "title") or text("slack.unnamed_file")
            size = one.get("size")
            known = size if isinstance(size, int) and size > 0 else None
            found.setdefault(identity, Attachment(name[:120], role, known, {"file": identity}, made_here=made_here))
    return tuple(found.values())


def of_workspace(found: Sequence[Attachment], team: str) -> tuple[Attachment, ...]:
    """The same with the workspace whose token opens them."""
    return tuple(replace(one, handle={**one.handle, "team": team}) for one in found)


def of_message(message: Payload, bot_user: str) -> tuple[Attachment, ...]:
    """The pictures of a message: its files, those of a message that it shares, and those that the bot itself shows in it."""
    own = bool(bot_user) and word(message, "user") == bot_user
    shared = [file for one in parts(message.get("attachments")) for file in parts(one.get("files"))]
    files = [one for one in [*parts(message.get("files")), *shared] if _may_be_picture(one)]
    return of_files([*files, *_shown(message.get("blocks"))], made_here=own)


def was_deleted(message: Payload) -> bool:
    """Whether the message had a file that isn't there anymore."""
    return any(one.get("mode") in DELETED for one in parts(message.get("files")))


def of_thread(messages: object, thread: str, person: str) -> tuple[Attachment, ...]:
    """The pictures that a mention without its own is about: of this person's latest message in the thread that has any, or of the message
    that started it. The bot's own results are left out; their buttons say what to do with them."""
    for one in reversed(parts(messages)):
        if word(one, "bot_id") or (person != word(one, "user") and word(one, "ts") != thread):
            continue
        if found := of_files([file for file in parts(one.get("files")) if word(file, "mimetype").startswith("image/")]):
            return found
    return ()


def packed(attachments: Sequence[Attachment]) -> str:
    """The pictures that a form is about, for its metadata, which holds 3,000 characters."""
    found = [[one.handle["file"], _brief(one.name), one.size, one.made_here] for one in attachments[:MOST_IN_FORM]]
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


def _brief(name: str) -> str:
    """A name without signs that take more room in JSON than on a screen."""
    return "".join(one for one in name if one.isprintable() and one not in '"\\')[:50]


def unpacked(text: str) -> tuple[Attachment, ...]:
    try:
        return tuple(
            Attachment(str(name), size=size if isinstance(size, int) else None, handle={"file": str(file)}, made_here=own is True)
            for file, name, size, own in json.loads(text or "[]")
        )
    except (ValueError, TypeError):
        return ()


def _may_be_picture(one: Payload) -> bool:
    """A file of a shared channel, whose kind Slack doesn't tell here, may be one; fetching it finds out."""
    kind = word(one, "mimetype")
    return kind.startswith("image/") if kind else one.get("mode") not in DELETED


def _shown(blocks: object) -> Iterator[Payload]:
    """Files in a message's image blocks."""
    for one in parts(blocks):
        if one.get("type") == "image" and (file := part(one, "slack_file")):
            yield {"id": file.get("id"), "name": word(part(one, "title"), "text")}


@dataclass(slots=True)
class SlackAttachments:
    wire: SlackWire
    download: Download
    token: str
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether calls can be made; a fetch after a restart waits for it."""

    async def fetch(self, handle: Mapping[str, str], most: int = MAX_BYTES) -> bytes:
        """A file of at most so many bytes. Raises NotFetched and NotTaken, and NotConnected if Slack isn't reached."""
        try:
            async with asyncio.timeout(CONNECTED_WITHIN):
                await self.connected.wait()
        except TimeoutError:
            raise NotConnected from None  # it isn't the picture's fault: the request stays received, and is taken up again
        return await fetch_with_retries(lambda: self._fetch(handle.get("file", ""), most))

    async def _fetch(self, identity: str, most: int) -> bytes:
        file = await self._looked_up(identity)
        mode, url = word(file, "mode"), word(file, "url_private_download") or word(file, "url_private")
        if mode in DELETED or file.get("file_access") == "access_denied":
            raise NotFetched("gone")
        own = self._own(url)
        if mode == LINKED or file.get("is_external") is True or (url and not own):
            raise NotTaken("address", "not at Slack")
        if not own:
            raise NotFetched("gone")
        if isinstance(size := file.get("size"), int) and size > most:
            raise NotTaken("bytes", f"{most >> 20} mb")
        content = await self.download(url, own=own, headers={"authorization": f"Bearer {self.token}"}, most=most)
        if content[:64].lstrip().lower().startswith(PAGES) and not word(file, "mimetype").startswith("text/"):
            raise NotFetched("gone")
        return content

    async def _looked_up(self, identity: str) -> Payload:
        while True:
            try:
                return await self.wire.file(identity)
            except Exception as error:
                classified = known(error)
                log.info("slack_file_not_open", detail=classified.detail)
                if classified.error_class is not ErrorClass.WAIT:
                    raise NotFetched(WHY.get(classified.error_class, "gone")) from None
            await asyncio.sleep(classified.wait)

    def _own(self, url: str) -> str:
        """Origin of a file at Slack's own host; empty for any other address."""
        try:
            wanted, base = urlsplit(url), urlsplit(self.wire.client.base_url)
            origin, api = f"{wanted.scheme}://{wanted.netloc}", f"{base.scheme}://{base.netloc}"
            at_slack = wanted.scheme == "https" and wanted.port in (None, 443) and wanted.username is None
        except ValueError:
            return ""
        if f".{base.hostname or ''}".endswith(HOSTS):
            return origin if at_slack and f".{wanted.hostname or ''}".endswith(HOSTS) else ""
        return origin if origin == api else ""
