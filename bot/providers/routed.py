"""HTTP transport of the image service: direct or through the proxy that the egress rule picks per host.

Downloads stay pinned to the checked IP address even through a proxy: the proxy gets that address, never the name, so it can't be tricked
into resolving an internal host. httpcore verifies a tunnel's certificate against the tunnel's address, so the SSL context for tunnels
restores the host name.
"""

from __future__ import annotations

import ssl
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

import httpx

from bot.egress import Egress, is_address

_NAME: ContextVar[str | None] = ContextVar("name", default=None)
"""Host name that the certificate behind a tunnel to a pinned address must match."""
_PROXIED = "imagine_bot_proxied"


_SHARED: WeakValueDictionary[tuple[object, ...], ssl.SSLContext] = WeakValueDictionary()
"""Contexts in use, by what they trust: each takes 30 ms and a megabyte for the system's certificates."""


def shared_context(egress: Egress, kind: type[ssl.SSLContext] = ssl.SSLContext) -> ssl.SSLContext:
    """The context for these certificates, one for all services; another one once the certificates on disk have changed."""
    key = (kind, *egress.certificates())
    found = _SHARED.get(key)
    if found is None:
        found = _SHARED[key] = egress.context(kind)
    return found


class RoutedTransport(httpx.AsyncBaseTransport):
    """Direct and proxied connections to the image service and to its picture URLs."""

    def __init__(self, egress: Egress, verify: ssl.SSLContext | bool | None = None) -> None:
        """`verify` replaces the configured certificates in tests."""
        self._egress = egress
        self._context = shared_context(egress) if verify is None else verify
        self._verify = verify
        self._direct = httpx.AsyncHTTPTransport(verify=self._context, trust_env=False, limits=LIMITS)
        self._proxied: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = request.extensions.get("sni_hostname")
        host = name or request.url.host
        shown = f"[{host}]" if ":" in host else host
        proxy = self._egress.proxy(f"{request.url.scheme}://{shown}:{request.url.port or ''}", image=True)
        if proxy is None:
            return await self._direct.handle_async_request(request)
        request.extensions[_PROXIED] = True
        reset = _NAME.set(name)
        try:
            return await self._through(proxy).handle_async_request(request)
        finally:
            _NAME.reset(reset)

    def _through(self, proxy: str) -> httpx.AsyncHTTPTransport:
        if proxy not in self._proxied:
            own = self._context if proxy.startswith("https:") and isinstance(self._context, ssl.SSLContext) else None
            via = httpx.Proxy(proxy, ssl_context=own)
            named = shared_context(self._egress, _TunnelContext) if self._verify is None else self._verify
            self._proxied[proxy] = httpx.AsyncHTTPTransport(verify=named, proxy=via, trust_env=False, limits=LIMITS)
        return self._proxied[proxy]

    async def aclose(self) -> None:
        for transport in (self._direct, *self._proxied.values()):
            await transport.aclose()


LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=0)
"""No keep-alive: reusing a connection while the server closes it looks like a call that broke after sending."""


class _TunnelContext(ssl.SSLContext):
    def wrap_bio(self, incoming: Any, outgoing: Any, server_side: bool = False, server_hostname: Any = None, session: Any = None) -> Any:
        name = _NAME.get()
        asked = server_hostname.decode("ascii") if isinstance(server_hostname, bytes) else server_hostname or ""
        if name is not None and is_address(asked):
            server_hostname = name
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


def was_proxied(error: BaseException) -> bool:
    """Whether a failed connection went through a proxy."""
    request = getattr(error, "_request", None)
    return isinstance(request, httpx.Request) and _PROXIED in request.extensions
