"""Takes the pictures of one answer into the store: decodes, downloads, and keeps what was paid for through a full disk. What could not be
taken comes back as evidence and, where another try makes sense, as an address."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import structlog

from bot.domain.failure import Evidence, Phase
from bot.domain.outcome import Picture
from bot.failures.evidence import FETCHED, from_exception, from_response
from bot.pixels.errors import BadPicture, NotTaken
from bot.providers.answer import Item
from bot.providers.body import BodyReader
from bot.providers.download import Downloader, UnusableAnswer
from bot.providers.pictures import PictureStore
from bot.providers.routed import was_proxied

log = structlog.get_logger()

DOWNLOAD_TIMEOUT = 60.0
"""Seconds for one picture; the time of the exchange is for the provider's own answer."""
DISK_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between the tries to store a picture while the disk is full: it was paid for."""
_EXPIRED = frozenset({401, 403, 410})
"""Answers of an address that will not get better: a signed link that is too old."""


@dataclass(slots=True)
class Taken:
    """What became of the pictures of an answer."""

    pictures: list[Picture] = field(default_factory=list)
    lost: list[Evidence] = field(default_factory=list)
    """Why others are missing, one each."""
    addresses: list[str] = field(default_factory=list)
    """Of finished pictures whose download failed and may be tried again."""


class _NotFetched(Exception):
    """A picture's address gave no picture."""

    def __init__(self, address: str, evidence: Evidence, *, again: bool) -> None:
        super().__init__()
        self.address = address
        self.evidence = evidence
        self.again = again


class PictureIntake:
    """The way into the store for one provider."""

    def __init__(self, store: PictureStore, downloader: Downloader, provider: str) -> None:
        self._store = store
        self._downloader = downloader
        self._provider = provider

    async def take(self, items: Sequence[Item], body: BodyReader, api: str, status: int | None, headers: Mapping[str, str]) -> Taken:
        """Each picture for itself: one that is broken does not cost the others."""
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
            # The file may be whole where it lies: it is fetched again, not made again.
            raise _NotFetched(address, self._evidence(error, address), again=" " not in address) from None
        except NotTaken as error:
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
        # Addresses that wait for another try are kept in one text, separated by blanks.
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
            raise _NotFetched(address, seen, again=one_word and fetched.status not in _EXPIRED)
        return fetched.pieces

    def _evidence(self, error: Exception, address: str) -> Evidence:
        seen = from_exception(error, provider=self._provider, api=FETCHED, via_proxy=was_proxied(error))
        # The picture was made, whatever became of its file.
        return dataclasses.replace(seen, phase=Phase.AFTER_SEND, peer=self._downloader.peer(address))
