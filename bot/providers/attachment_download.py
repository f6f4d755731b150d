"""Guarded download of files that members attached on a chat platform.

The same guard as for pictures from an image service: a member can make a platform report any address.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from bot.domain.attachments import MAX_BYTES, NotFetched
from bot.domain.statuses import EXPIRED_ADDRESS
from bot.egress import Egress
from bot.providers.download import Downloader, Resolve, UnusableAnswer, resolve
from bot.providers.routed import RoutedTransport

NOWHERE = "https://none.invalid"
"""Own origin of a download without one: nothing has this address, so no header is ever sent."""
_GONE = EXPIRED_ADDRESS | {404}


class AttachmentDownload:
    """Implements `bot.adapter.Download`."""

    def __init__(self, egress: Egress | None = None, transport: httpx.AsyncBaseTransport | None = None, lookup: Resolve = resolve) -> None:
        self._egress, self._transport, self._lookup = egress or Egress(), transport, lookup

    async def __call__(self, address: str, *, own: str = "", headers: Mapping[str, str] | None = None, most: int = MAX_BYTES) -> bytes:
        """The file's bytes. `headers` go to the origin of `own` only. Raises NotFetched, and NotTaken as soon as there are more than `most`
        bytes."""
        transport = self._transport or RoutedTransport(self._egress)
        async with httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=httpx.Timeout(20.0)) as client:
            downloader = Downloader(client, httpx.URL(own or NOWHERE), dict(headers or {}), self._lookup)
            try:
                fetched = await downloader.fetch(address, most)
            except (httpx.HTTPError, UnusableAnswer):
                raise NotFetched("failed") from None
        if fetched.status != 200:
            raise NotFetched("gone" if fetched.status in _GONE else "failed")
        return b"".join(fetched.pieces)
