"""Connections to addresses that a community's administrator typed: public https only, whatever the name resolves to today (SSRF).

Every request is checked by itself: https on port 443, every address of the name public, and the connection pinned to the checked address.
The certificate is verified against the name. Redirects aren't followed, as everywhere.
"""

from __future__ import annotations

from dataclasses import replace

import httpx

from bot.egress import Egress, is_address
from bot.pixels.errors import NotTaken
from bot.providers.download import Resolve, is_public, peer_of, resolve
from bot.providers.routed import RoutedTransport

PORT = 443


def for_communities(egress: Egress) -> Egress:
    """The operator's way out, without what was set for the operator's image service alone."""
    return replace(egress, image_proxy=None, image_ca=None)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Lets requests to public https addresses through, and raises NotTaken for others."""

    def __init__(self, inner: httpx.AsyncBaseTransport, lookup: Resolve = resolve, port: int = PORT) -> None:
        """`inner` connects; `lookup` and `port` are for tests."""
        self._inner, self._lookup, self._port = inner, lookup, port

    @classmethod
    def out(cls, egress: Egress) -> GuardedTransport:
        """The transport by the operator's way out."""
        return cls(RoutedTransport(egress))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "sni_hostname" in request.extensions:
            return await self._inner.handle_async_request(request)  # a download, which is pinned to a checked address already
        url = request.url
        if url.scheme != "https" or url.userinfo or not url.host or is_address(url.host) or (url.port or PORT) != self._port:
            raise NotTaken("address", peer_of(url))
        try:
            addresses = await self._lookup(url.host, self._port)
        except UnicodeError:
            raise NotTaken("address", peer_of(url)) from None
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        if not addresses or not all(is_public(one) for one in addresses):
            raise NotTaken("address", peer_of(url))
        pinned = httpx.Request(
            request.method,
            url.copy_with(host=addresses[0].partition("%")[0]),
            headers=request.headers,  # the Host header still has the name
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.raw_host.decode("ascii")},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        await self._inner.aclose()
