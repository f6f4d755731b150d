"""Download of pictures from URLs that a provider returned.

The URLs are untrusted (SSRF): only https on port 443, every resolved address must be public, the connection is pinned to a checked address,
no key is sent, and bytes and time are bounded. The one exception is the operator's own base address, which may be private.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx

from bot.domain.failure import MAX_EVIDENCE_BYTES
from bot.pixels.errors import NotTaken
from bot.providers.encoding import body_of, first_bytes

MAX_BYTES = 40 * 1024 * 1024
MAX_HOPS = 3
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NEVER = tuple(ipaddress.ip_network(text) for text in ("192.88.99.0/24", "5f00::/16", "64:ff9b:1::/48"))

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnusableAnswer(Exception):
    """The server answered without a picture file, for example with endless redirects."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result of a download. For a status other than 200, `pieces` is the beginning of the body, as evidence."""

    status: int
    headers: dict[str, str]
    pieces: list[bytes]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Resolve a host name to all of its addresses with the system resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(text: str) -> bool:
    """Whether an IP address is public, including IPv4 addresses embedded in IPv6. `ipaddress` alone gets NAT64, 6to4 and the old
    IPv4-compatible form wrong."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if (
        not address.is_global
        or address.is_multicast
        or address.is_reserved
        or any(address in net for net in _NEVER if net.version == address.version)
    ):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return not address.is_site_local and all(is_public(str(inner)) for inner in _embedded(address))
    return True


class Downloader:
    def __init__(
        self,
        client: httpx.AsyncClient,
        own: httpx.URL,
        own_headers: dict[str, str],
        lookup: Resolve = resolve,
        port: int = 443,
    ) -> None:
        """`client` must not follow redirects or read proxies from the environment. `own` is the operator's base address; only it receives
        `own_headers`."""
        self._client = client
        self._own = own
        self._own_headers = own_headers
        self._lookup = lookup
        self._port = port

    def peer(self, address: str) -> str:
        """Host and port of a URL; empty if it isn't a valid one."""
        try:
            return peer_of(self._own.join(address))
        except (httpx.InvalidURL, ValueError, UnicodeError):
            return ""

    async def fetch(self, address: str, most: int = MAX_BYTES) -> Fetched:
        """Download one file of at most so many bytes.

        Raises NotTaken (address not allowed and not contacted, too many bytes, unknown content-encoding), UnusableAnswer, and httpx errors.
        """
        url = _joined(self._own, address)
        for _ in range(MAX_HOPS + 1):
            answer = await self._hop(url, most)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise UnusableAnswer("too many redirects")

    async def _hop(self, url: httpx.URL, most: int) -> Fetched | httpx.URL:
        request = await self._request(url)
        response = await self._client.send(request, stream=True)
        try:
            location = response.headers.get("location")
            if response.status_code in (301, 302, 303, 307, 308) and location:
                return _joined(url, location)
            return await self._read(response, most)
        finally:
            await response.aclose()

    async def _request(self, url: httpx.URL) -> httpx.Request:
        if _origin(url) == _origin(self._own):
            return self._client.build_request("GET", url, headers={**self._own_headers, "accept-encoding": "identity"})
        if url.scheme != "https" or url.userinfo or not url.host or (url.port or 443) != self._port:
            raise NotTaken("address", peer_of(url))  # https on port 443 only, no user name or password
        try:
            addresses = await self._lookup(url.host, self._port)
        except UnicodeError:
            raise NotTaken("address", peer_of(url)) from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotTaken("address", peer_of(url))  # the name resolves to an address that isn't public
        # Connect to the checked address itself; the certificate is still verified against the host name.
        pinned = url.copy_with(host=addresses[0].partition("%")[0])
        headers = {"host": url.netloc.decode("ascii"), "accept-encoding": "identity"}
        return self._client.build_request("GET", pinned, headers=headers, extensions={"sni_hostname": url.raw_host.decode("ascii")})

    async def _read(self, response: httpx.Response, most: int) -> Fetched:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code != 200:
            return Fetched(response.status_code, headers, [await first_bytes(response, MAX_EVIDENCE_BYTES)])
        stated = headers.get("content-length", "")
        if stated.isdecimal() and int(stated) > most:
            raise _too_large(most)
        pieces, total = [], 0
        async for piece in body_of(response):
            total += len(piece)
            if total > most:
                raise _too_large(most)
            pieces.append(piece)
        return Fetched(response.status_code, headers, pieces)


def _too_large(most: int) -> NotTaken:
    return NotTaken("bytes", f"{most >> 20} mb")


def peer_of(url: httpx.URL) -> str:
    """Host and port for the operator's notice, with the scheme unless it's https."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return f"{host or '-'}:{url.port or {'https': 443, 'http': 80}.get(url.scheme, url.scheme)}"


def _joined(base: httpx.URL, address: str) -> httpx.URL:
    try:
        return base.join(address)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise NotTaken("address", "unreadable") from None


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _embedded(address: ipaddress.IPv6Address) -> list[Address]:
    inner: list[Address] = [found for found in (address.ipv4_mapped, address.sixtofour) if found]
    if address.teredo:
        inner += address.teredo
    if address in _NAT64 or int(address) >> 32 == 0:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return inner
