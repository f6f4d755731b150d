"""Pictures on their way to Slack: uploaded without a channel and waited for, so that a message can show them; or shared as a last resort.

A file belongs to one message: another audience never gets the same one. Alt texts are the message's: one that is sent with the upload
keeps a file from ever being shared (slackapi/python-slack-sdk#1818).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
import structlog

from adapters.slack.pace import Limit, Log
from adapters.slack.troubles import FileNotSeen, Judged, Trouble, UploadFailed, judge, retry_after
from adapters.slack.wire import SlackWire, read
from bot.ports import Ports

log = structlog.get_logger()

DEADLINE = 20.0
"""Seconds for what Slack does with a file (a malware scan, thumbnails)."""
PAUSES = (0.3, 0.6, 1.2, 2.4)
"""Seconds before each look at a file; the last one repeats."""
TRANSFERS = 6
"""Files under way to Slack at once; three of one message."""
OF_ONE = 3
UPLOAD_WITHIN = aiohttp.ClientTimeout(total=40.0)
REMEMBERED = 500
CALLS = Limit(20, 12.5)
"""96 a minute for each method below; they are Tier 4, 100 and more a minute."""
ONCE_MORE = (Trouble.LOST, Trouble.FILE_NOT_READY)
"""After these an upload begins once more, as another file: nobody has seen the first one."""

Key = tuple[str, str]


class Picture(Protocol):
    """What is uploaded; `adapters.slack.fitting.Fitted` is one."""

    @property
    def sha256(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


class NotReady(FileNotSeen):
    """Slack did not finish a file in time."""


class NotShared(FileNotSeen):
    """A file was uploaded for a channel and did not appear there in time."""


@dataclass(slots=True)
class Uploads:
    """Files at Slack, and which of them are ready for which message."""

    wire: SlackWire
    ports: Ports
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _ready: dict[Key, str] = field(default_factory=dict)
    """(message, sha256) -> file id."""
    _under_way: dict[Key, asyncio.Task[str]] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TRANSFERS))
    _calls: dict[str, Log] = field(default_factory=dict)

    async def ready(self, identity: str, picture: Picture) -> str:
        """The id of a file that the message with this identity can show. Raises NotReady at the deadline, or what the calls raise.

        Goes on when the caller stops waiting, so that the next attempt at the same message finds the file.
        """
        key = (identity, picture.sha256)
        if key in self._ready:
            return self._ready[key]
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._make_ready(key, picture))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    async def share(self, pictures: Sequence[Picture], channel: str, thread: str | None = None, comment: str = "") -> list[str]:
        """New files that Slack itself posts in a channel: only for what everybody there may see. Raises NotShared when one is missing."""
        files: list[str] = []
        try:
            for one in pictures:
                files.append(await self._sent(one))
            until = self.ports.monotonic() + DEADLINE
            more: dict[str, Any] = {
                "channel_id": channel,
                **({"thread_ts": thread} if thread else {}),
                **({"initial_comment": comment} if comment else {}),
            }
            try:
                await self._complete([(file, one.name) for file, one in zip(files, pictures, strict=True)], **more)
            except Exception as error:
                # Never a second time: it may be there already. Whether it is, the files themselves will tell.
                if (judged := judge(error)) is None or judged.trouble is not Trouble.LOST:
                    raise
            for file in files:
                await self._wait(file, until, lambda found: _is_shared(found, channel), NotShared)
        except BaseException:
            await self.forget(files)
            raise
        return files

    async def forget(self, ids: Sequence[str]) -> None:
        """Delete files, quietly: when no message shows them any more, or when they were given up."""
        gone = set(ids)
        self._ready = {key: file for key, file in self._ready.items() if file not in gone}
        for one in ids:
            try:
                await read(self.wire.client.files_delete(file=one))
            except Exception as error:
                log.info("slack_file_not_deleted", detail=_known(error).detail)

    async def close(self) -> None:
        """Stop what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make_ready(self, key: Key, picture: Picture) -> str:
        file = await self._completed(picture)
        try:
            await self._wait(file, self.ports.monotonic() + DEADLINE, _is_processed, NotReady)
        except BaseException:
            await self.forget([file])
            raise
        while len(self._ready) >= REMEMBERED:
            del self._ready[next(iter(self._ready))]
        self._ready[key] = file
        return file

    async def _completed(self, picture: Picture) -> str:
        """A file without a channel, for which a second attempt is harmless."""
        for last in (False, True):
            file = ""
            try:
                file = await self._sent(picture)
                await self._complete([(file, picture.name)])
                return file
            except Exception as error:
                judged = _known(error)
                if file:
                    await self.forget([file])
                if last or judged.trouble not in ONCE_MORE:
                    raise
                log.info("slack_upload_once_more", detail=judged.detail)
        raise AssertionError("unreachable")

    async def _sent(self, picture: Picture) -> str:
        """The bytes are at Slack's upload host."""
        async with self._slots:
            await self._turn("files.getUploadURLExternal")
            found = await read(self.wire.client.files_getUploadURLExternal(filename=picture.name, length=len(picture.content)))
            url, file = found.get("upload_url"), found.get("file_id")
            if not isinstance(url, str) or not isinstance(file, str) or not self.wire.trusts(url):
                raise UploadFailed(0)
            options: Any = {"proxy": self.wire.client.proxy or None, "allow_redirects": False, "timeout": UPLOAD_WITHIN}
            if self.wire.client.ssl is not None:
                options["ssl"] = self.wire.client.ssl
            if self.wire.session is None:
                raise ConnectionError("not connected to Slack")
            async with self.wire.session.post(url, data=picture.content, **options) as answer:
                await answer.content.read(4096)
                if answer.status != 200:
                    raise UploadFailed(answer.status, retry_after(answer.headers))
            return file

    async def _complete(self, files: Sequence[tuple[str, str]], **where: Any) -> None:
        await self._turn("files.completeUploadExternal")
        named: list[dict[str, str | None]] = [{"id": file, "title": name} for file, name in files]
        await read(self.wire.client.files_completeUploadExternal(files=named, **where))

    async def _wait(self, file: str, until: float, done: Callable[[Mapping[str, Any]], bool], late: type[FileNotSeen]) -> None:
        """Look at a file until it is as it should be."""
        pause, looks = PAUSES[0], 0
        while looks == 0 or self.ports.monotonic() + pause <= until:
            await self.sleep(pause)
            await self._turn("files.info")
            looks += 1
            pause = PAUSES[min(looks, len(PAUSES) - 1)]
            try:
                found = (await read(self.wire.client.files_info(file=file))).get("file")
            except Exception as error:
                judged = _known(error)
                if judged.trouble not in (Trouble.LOST, Trouble.WAIT, Trouble.FILE_NOT_READY):
                    raise
                pause = max(pause, judged.wait)
                continue
            if isinstance(found, Mapping) and done(found):
                return
        raise late(file)

    async def _turn(self, method: str) -> None:
        """Wait until one more call of a method is within its limit."""
        calls, now = self._calls.setdefault(method, Log(CALLS)), self.ports.monotonic()
        calls.forget(now)
        moment = calls.earliest(now)
        calls.add(moment)
        if moment > now:
            await self.sleep(moment - now)


def _known(error: Exception) -> Judged:
    judged = judge(error)
    if judged is None:
        raise error
    return judged


def _is_processed(file: Mapping[str, Any]) -> bool:
    """Slack fills in the type when it has looked at the bytes."""
    return isinstance(file.get("mimetype"), str) and bool(file["mimetype"])


def _is_shared(file: Mapping[str, Any], channel: str) -> bool:
    shares = file.get("shares")
    kinds = shares.values() if isinstance(shares, Mapping) else ()
    return any(isinstance(one, Mapping) and one.get(channel) for one in kinds)
