"""Fetches a picture from an address that a provider named. The address is a stranger's: only https on its usual port, every address behind
the name checked and the connection made to a checked one, no second look-up, no key, bounded bytes and time. The one exception is the
operator's own base address, which may be private: from there the provider's own files are taken as they are."""

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
    """An answer came and is no picture file: redirects without end."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave. A status other than 200 has its first bytes as evidence."""

    status: int
    headers: dict[str, str]
    pieces: list[bytes]


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, as the machine's resolver gives them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(text: str) -> bool:
    """Whether an address belongs to the open internet, also after unpacking the IPv4 addresses that IPv6 can carry. `ipaddress` alone is
    wrong for NAT64, 6to4 and the old IPv4-compatible form."""
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
    """Fetches pictures for one provider."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        own: httpx.URL,
        own_headers: dict[str, str],
        lookup: Resolve = resolve,
        port: int = 443,
    ) -> None:
        """`client` follows no redirects and trusts no environment. `own` is the operator's base address; `own_headers` go only there."""
        self._client = client
        self._own = own
        self._own_headers = own_headers
        self._lookup = lookup
        self._port = port

    def peer(self, address: str) -> str:
        """Host and port of an address; empty when it is none."""
        try:
            return peer_of(self._own.join(address))
        except (httpx.InvalidURL, ValueError, UnicodeError):
            return ""

    async def fetch(self, address: str) -> Fetched:
        """One picture's bytes. Raises NotTaken (an address that is not visited, to which nothing is connected; too many bytes; an unknown
        encoding), UnusableAnswer and what httpx raises."""
        url = _joined(self._own, address)
        for _ in range(MAX_HOPS + 1):
            answer = await self._hop(url)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise UnusableAnswer("too many redirects")

    async def _hop(self, url: httpx.URL) -> Fetched | httpx.URL:
        request = await self._request(url)
        response = await self._client.send(request, stream=True)
        try:
            location = response.headers.get("location")
            if response.status_code in (301, 302, 303, 307, 308) and location:
                return _joined(url, location)
            return await self._read(response)
        finally:
            await response.aclose()

    async def _request(self, url: httpx.URL) -> httpx.Request:
        if _origin(url) == _origin(self._own):
            return self._client.build_request("GET", url, headers={**self._own_headers, "accept-encoding": "identity"})
        if url.scheme != "https" or url.userinfo or not url.host or (url.port or 443) != self._port:
            raise NotTaken("address", peer_of(url))  # only https on its usual port, without a name and password
        try:
            addresses = await self._lookup(url.host, self._port)
        except UnicodeError:
            raise NotTaken("address", peer_of(url)) from None
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        if not addresses or not all(is_public(address) for address in addresses):
            raise NotTaken("address", peer_of(url))  # the name leads to an address that is not public
        # The connection goes to the checked address itself; the certificate is still checked against the name.
        pinned = url.copy_with(host=addresses[0].partition("%")[0])
        headers = {"host": url.netloc.decode("ascii"), "accept-encoding": "identity"}
        return self._client.build_request("GET", pinned, headers=headers, extensions={"sni_hostname": url.raw_host.decode("ascii")})

    async def _read(self, response: httpx.Response) -> Fetched:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code != 200:
            return Fetched(response.status_code, headers, [await first_bytes(response, MAX_EVIDENCE_BYTES)])
        pieces, total = [], 0
        async for piece in body_of(response):
            total += len(piece)
            if total > MAX_BYTES:
                raise NotTaken("bytes", f"{MAX_BYTES >> 20} mb")
            pieces.append(piece)
        return Fetched(response.status_code, headers, pieces)


def peer_of(url: httpx.URL) -> str:
    """Host and port, for the operator; the scheme where it is not the web's."""
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
