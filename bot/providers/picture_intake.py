"""Intake of one answer's pictures into the store: decode, download, and retry while the disk is full.

A picture that fails is returned as evidence and, if retrying makes sense, as a URL.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import structlog

from bot.domain.failure import Evidence, Phase
from bot.domain.outcome import Picture
from bot.domain.statuses import EXPIRED_ADDRESS
from bot.failures.evidence import FETCHED, from_exception, from_response
from bot.pixels.errors import BadPicture, NotTaken
from bot.providers.answer import Item
from bot.providers.body import BodyReader
from bot.providers.download import Downloader, UnusableAnswer
from bot.providers.picture_port import PicturePort
from bot.providers.routed import was_proxied

log = structlog.get_logger()

DOWNLOAD_TIMEOUT = 60.0
"""Seconds per picture, separate from the timeout of the call."""
DISK_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between attempts to store a picture while the disk is full. The picture is paid for."""

PAGES = ("html", "xml", "json", "text")
"""What stands at a picture's address when the picture doesn't."""


@dataclass(slots=True)
class Taken:
    pictures: list[Picture] = field(default_factory=list)
    lost: list[Evidence] = field(default_factory=list)
    """One piece of evidence per missing picture."""
    addresses: list[str] = field(default_factory=list)
    """URLs of finished pictures whose download failed and can be retried."""


class _NotFetched(Exception):
    """A URL returned no picture."""

    def __init__(self, address: str, evidence: Evidence, *, again: bool) -> None:
        super().__init__()
        self.address = address
        self.evidence = evidence
        self.again = again


class PictureIntake:
    def __init__(self, store: PicturePort, downloader: Downloader, provider: str) -> None:
        self._store = store
        self._downloader = downloader
        self._provider = provider

    async def take(self, items: Sequence[Item], body: BodyReader, api: str, status: int | None, headers: Mapping[str, str]) -> Taken:
        """Store each picture independently, so that one broken picture doesn't cost the others."""
        taken = Taken()
        for item in items:
            try:
                taken.pictures.append(await self._one(item, body))
            except (BadPicture, NotTaken) as error:
                seen = from_exception(error, provider=self._provider, api=api, status=status, headers=headers)
                taken.lost.append(dataclasses.replace(seen, phase=Phase.AFTER_SEND))
            except _NotFetched as failed:
                taken.lost.append(failed.evidence)
                taken.addresses += [failed.address] if failed.again else []
        return taken

    async def _one(self, item: Item, body: BodyReader) -> Picture:
        if item.raw is not None:
            return await self._store_one(item.raw, item, base64=False)
        if item.base64 is not None:
            return await self._store_one(body.pieces(item.base64), item, base64=True)
        address = item.url or ""
        pieces = await self._download(address)
        try:
            return await self._store_one(pieces, item, base64=False)
        except BadPicture as error:
            # The file at the URL may be intact: retry the download, not the generation.
            raise _NotFetched(address, self._evidence(error, address), again=" " not in address) from None
        except NotTaken as error:
            if error.why == "type" and error.value.lower() in PAGES:
                # The address shows a page, such as a sign-in: the picture itself was made, and may be there later.
                page = httpx.DecodingError(f"{error.value.lower()} instead of a picture")
                raise _NotFetched(address, self._evidence(page, address), again=" " not in address) from None
            raise _NotFetched(address, self._evidence(error, address), again=False) from None

    async def _store_one(self, pieces: Sequence[bytes], item: Item, *, base64: bool) -> Picture:
        for wait in (*DISK_WAITS, None):
            try:
                add = self._store.add_base64 if base64 else self._store.add_bytes
                return await add(pieces, item.revised_prompt)
            except OSError as error:
                log.error("picture_not_stored", error=type(error).__name__, errno=error.errno, next_try=wait)
                if wait is None:
                    raise NotTaken("disk", type(error).__name__) from None
                await asyncio.sleep(wait)
        raise AssertionError("the last wait is None")

    async def _download(self, address: str) -> Sequence[bytes]:
        # URLs to retry are stored in one space-separated string.
        one_word = " " not in address
        try:
            async with asyncio.timeout(DOWNLOAD_TIMEOUT):
                fetched = await self._downloader.fetch(address)
        except TimeoutError:
            raise _NotFetched(address, self._evidence(httpx.ReadTimeout(""), address), again=one_word) from None
        except (httpx.HTTPError, NotTaken, UnusableAnswer) as error:
            raise _NotFetched(address, self._evidence(error, address), again=isinstance(error, httpx.HTTPError) and one_word) from None
        if fetched.status != 200:
            seen = from_response(fetched.status, fetched.headers, b"".join(fetched.pieces), provider=self._provider, api=FETCHED)
            seen = dataclasses.replace(seen, peer=self._downloader.peer(address))
            raise _NotFetched(address, seen, again=one_word and fetched.status not in EXPIRED_ADDRESS)
        return fetched.pieces

    def _evidence(self, error: Exception, address: str) -> Evidence:
        seen = from_exception(error, provider=self._provider, api=FETCHED, via_proxy=was_proxied(error))
        # The picture was generated, whatever happened to its file.
        return dataclasses.replace(seen, phase=Phase.AFTER_SEND, peer=self._downloader.peer(address))
