"""Picture uploads to Slack: uploaded without a channel and awaited, so that a message can show them; shared as a last resort.

A file belongs to one message; another audience never gets the same file. Alt texts belong to the message: one sent with the upload prevents
a file from ever being shared (slackapi/python-slack-sdk#1818).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import aiohttp
import structlog
from cachetools import FIFOCache
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.kit.errors import ErrorClass
from adapters.kit.payload import part, parts, word, words
from adapters.slack.errors import FileNotSeen, UploadFailed, known, retry_after
from adapters.slack.image_fitting import FittedImage
from adapters.slack.pacing import CallLog, Limit
from adapters.slack.wire import SlackWire, read
from bot.ports import Ports

log = structlog.get_logger()

DEADLINE = 20.0
"""Seconds for Slack's processing of a file (malware scan, thumbnails)."""
PAUSES = (0.3, 0.6, 1.2, 2.4)
"""Seconds before each check of a file; the last value repeats."""
TRANSFERS = 6
"""Maximum concurrent transfers, of all messages together."""
FEW = 5
"""Number of files that are polled without regard to the rate limits."""
CALL_WITHIN = 10.0
"""Seconds for one call; a gateway that never answers must not use up the picture's time."""
UPLOAD_WITHIN = aiohttp.ClientTimeout(total=40.0)
OUTAGE = 25.0
"""Seconds of failing uploads after which the message goes without the picture, which stays stored; by then it was sent a dozen times."""
CACHE_SIZE = 500
CALLS = Limit(48, 31.0)
"""93 a minute for each of the three methods; they're Tier 4, 100+ a minute."""
ONCE_MORE = (ErrorClass.LOST, ErrorClass.FILE_NOT_READY)
"""Errors after which an upload starts over as a new file; nobody has seen the first one."""

BEGIN, COMPLETE, LOOK = "files.getUploadURLExternal", "files.completeUploadExternal", "files.info"
MAX_WAIT = {BEGIN: 10.0, COMPLETE: 40.0, LOOK: 40.0}
"""Seconds that a call may wait for its turn: short before an upload begins, longer after that."""

Key = tuple[str, str]
T = TypeVar("T")


class NotReady(FileNotSeen):
    """Slack didn't finish a file in time."""


class NotShared(FileNotSeen):
    """A file uploaded to a channel didn't appear there in time."""


@dataclass(slots=True)
class Uploads:
    """Files at Slack, and which of them are ready for which message."""

    wire: SlackWire
    ports: Ports
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _ready: FIFOCache[Key, str] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))
    """(message, sha256) -> file id."""
    _under_way: dict[Key, asyncio.Task[str]] = field(default_factory=dict)
    _failing: FIFOCache[Key, float] = field(default_factory=lambda: FIFOCache(CACHE_SIZE))
    """Since when an upload has been failing, across sends."""
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TRANSFERS))
    _calls: defaultdict[str, CallLog] = field(default_factory=lambda: defaultdict(lambda: CallLog(CALLS)))
    _closed: dict[str, float] = field(default_factory=dict)
    """Method -> time until which Slack wants no calls."""

    async def ready(self, identity: str, picture: FittedImage) -> str:
        """The id of a file that the message with this identity can show. Raises NotReady at the deadline, or the calls' errors.

        Continues if the caller stops waiting, so that the message's next attempt finds the file.
        """
        key = (identity, picture.sha256)
        if key in self._ready:
            return self._ready[key]
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._make_ready(key, picture))
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    async def share(self, pictures: Sequence[FittedImage], channel: str, thread: str | None = None) -> list[str]:
        """Let Slack post new files in a channel, only for what everyone there may see. Raises NotShared if one is missing."""
        files: list[str] = []
        where: dict[str, Any] = {"channel_id": channel, "thread_ts": thread or None}
        try:
            for one in pictures:
                files.append(await _once_more(partial(self._send, one)))
            try:
                await self._complete([(file, one.name) for file, one in zip(files, pictures, strict=True)], **where)
            except Exception as error:
                # Never twice: they may already be there. The files themselves will tell.
                if known(error).error_class is not ErrorClass.LOST:
                    raise
            until = self.ports.monotonic() + DEADLINE
            for file in files:
                await self._wait(file, until, partial(_is_shared, channel=channel), NotShared)
        except Exception:
            await self.forget(files)
            raise
        return files

    async def forget(self, ids: Sequence[str]) -> None:
        """Delete files, ignoring errors: no message shows them anymore, or they were given up."""
        gone = set(ids)
        for key in [key for key, file in self._ready.items() if file in gone]:
            del self._ready[key]
        for one in ids:
            try:
                async with asyncio.timeout(CALL_WITHIN):
                    await read(self.wire.client.files_delete(file=one))
            except Exception as error:
                log.info("slack_file_not_deleted", detail=known(error).detail)

    async def close(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- one file ------------------------------------------------------------------------------------------------------------

    async def _make_ready(self, key: Key, picture: FittedImage) -> str:
        file, done = await self._uploaded(key, picture)
        if not done:
            try:
                await self._wait(file, self.ports.monotonic() + DEADLINE, _is_processed, NotReady)
            except Exception:
                await self.forget([file])
                raise
        self._ready[key] = file
        return file

    async def _uploaded(self, key: Key, picture: FittedImage) -> tuple[str, bool]:
        try:
            found = await _once_more(partial(self._upload, picture))
        except Exception as error:
            since = self._failing.setdefault(key, self.ports.monotonic())
            if known(error).error_class is ErrorClass.LOST and self.ports.monotonic() - since > OUTAGE:
                raise NotReady from error
            raise
        self._failing.pop(key, None)
        return found

    def _ended(self, key: Key, task: asyncio.Task[str]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # waiting callers were told; otherwise nobody needs it

    async def _upload(self, picture: FittedImage) -> tuple[str, bool]:
        """Upload a file without a channel. Returns its id, and whether Slack has already processed it."""
        file = await self._send(picture)
        try:
            found = await self._complete([(file, picture.name)])
        except Exception:
            await self.forget([file])
            raise
        return file, any(_is_processed(one) for one in found if one.get("id") == file)

    async def _send(self, picture: FittedImage) -> str:
        async with self._slots:
            client = self.wire.client
            await self._turn(BEGIN)
            found = await self._call(BEGIN, lambda: client.files_getUploadURLExternal(filename=picture.name, length=len(picture.content)))
            url, file = word(found, "upload_url"), word(found, "file_id")
            if not file or not self.wire.trusts(url):
                raise UploadFailed(0)
            async with self.wire.to_address(url, UPLOAD_WITHIN, data=picture.content) as answer:
                await answer.content.read(4096)
                if answer.status != 200:
                    raise UploadFailed(answer.status, retry_after(answer.headers))
            return file

    async def _complete(self, files: Sequence[tuple[str, str]], **where: Any) -> list[Mapping[str, Any]]:
        named: list[dict[str, str | None]] = [{"id": file, "title": name} for file, name in files]
        await self._turn(COMPLETE)
        found = await self._call(COMPLETE, lambda: self.wire.client.files_completeUploadExternal(files=named, **where))
        return parts(found.get("files"))

    async def _wait(self, file: str, until: float, done: Callable[[Mapping[str, Any]], bool], late: type[FileNotSeen]) -> None:
        # With many files, every check is expensive, so the first one comes when it's likely to be the last.
        pause, looks = PAUSES[0] if len(self._under_way) <= FEW else PAUSES[-1], 0
        while looks == 0 or self.ports.monotonic() + pause <= until:
            await self.sleep(pause)
            looks += 1
            pause = PAUSES[min(looks, len(PAUSES) - 1)]
            began = self.ports.monotonic()
            try:
                await self._turn(LOOK)
                until += self.ports.monotonic() - began  # the bot's own queue doesn't count as Slack's time
                found = part(await self._call(LOOK, lambda: self.wire.client.files_info(file=file)), "file")
            except Exception as error:
                if known(error).error_class not in (ErrorClass.LOST, ErrorClass.WAIT, ErrorClass.FILE_NOT_READY):
                    raise
                continue
            if done(found):
                return
        raise late(file)

    # ---- calls within Slack's limits -----------------------------------------------------------------------------------------

    async def _call(self, method: str, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(CALL_WITHIN):
                return await read(call())
        except Exception as error:
            if (classified := known(error)).error_class is ErrorClass.WAIT:
                self._closed[method] = self.ports.monotonic() + classified.wait
            raise

    async def _turn(self, method: str) -> None:
        """Wait for capacity within the rate limit; raises BackOff if that takes too long."""
        wait = self._calls[method].turn(self.ports.monotonic(), self._closed.get(method, 0.0), MAX_WAIT[method])
        if wait > 0:
            await self.sleep(wait)


async def _once_more(do: Callable[[], Awaitable[T]]) -> T:
    """Retry a lost upload once: nobody has seen a file without a channel, so a second one is harmless."""
    try:
        return await do()
    except Exception as error:
        classified = known(error)
        if classified.error_class not in ONCE_MORE:
            raise
        log.info("slack_upload_once_more", detail=classified.detail)
    return await do()


def _is_processed(file: Mapping[str, Any]) -> bool:
    """Slack sets the type once it has processed the bytes."""
    return bool(word(file, "mimetype"))


def _is_shared(file: Mapping[str, Any], channel: str) -> bool:
    shares = part(file, "shares")
    listed = any(channel in words(file.get(name)) for name in ("channels", "groups", "ims"))
    return listed or any(part(shares, kind).get(channel) for kind in shares)
