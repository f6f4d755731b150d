"""Doctor's checks of the way to the image service, one after the other: name (DNS), port (TCP), proxy, encryption (TLS).

They only connect; nothing is sent that the service could charge for.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from bot.adapter import Finding
from bot.cli import layers
from bot.cli.ladder import Subject, bad
from bot.egress import is_address, place_of, warnings
from bot.failures.classify import classify
from bot.failures.evidence import from_exception
from bot.failures.explain import explain, steps
from bot.texts import joined, text

WITHIN = 10.0
"""Seconds for each of them."""
CERTIFICATE_DAYS = 14
"""Days before a certificate's end from which doctor says so."""
_ANYWHERE = "https://chat.example"
"""Placeholder for the platforms' addresses; their own checks report NO_PROXY per address."""


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    port: int
    variable: str

    @property
    def shown(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


async def way_out(subject: Subject) -> AsyncIterator[Finding]:
    """Which proxy and certificates the next checks use. Connects to nothing."""
    rule = subject.settings.egress
    service, rest = rule.route(subject.settings.image_base_url, image=True), rule.route(_ANYWHERE)
    others = text("egress.others_direct")
    if rest.proxy is not None:
        others = text("egress.others_proxied", proxy=place_of(rest.proxy), name=rest.decided_by)
    facts = {"others": others, "trusts": rule.trusts()}
    if service.proxy is not None:
        said = text("egress.proxied", proxy=place_of(service.proxy), name=service.decided_by, **facts)
    else:
        said = text("egress.bypassed" if service.decided_by == "NO_PROXY" else "egress.direct", **facts)
    # What is set and ignored may be why the next check fails, so it's said here and not only in the notes.
    yield Finding(True, text("egress.what"), joined(" ", (said, *warnings(subject.settings.env))))


async def way(subject: Subject) -> AsyncIterator[Finding]:
    """Findings for each step to the service; with a proxy, for the steps to the proxy and for what it lets through."""
    settings = subject.settings
    service = _place(settings.image_base_url, settings.used.get("IMAGE_BASE_URL", "IMAGE_BASE_URL"))
    secure = urlsplit(settings.image_base_url).scheme == "https"
    route = settings.egress.route(settings.image_base_url, image=True)
    first = service if route.proxy is None else _place(route.proxy, route.decided_by or "IMAGE_PROXY")
    async for step in _connected(first, subject):
        yield step
        if not step.ok:
            subject.blocked = step.sentence
            return
    if not secure:
        return  # plain HTTP has nothing more to try without a request
    finding = await (_encrypted(service, subject) if route.proxy is None else _tunnel(first, service, route.proxy))
    yield finding
    if finding.ok:
        subject.speaks_for(layers.NETWORK, finding.sentence)
    else:
        subject.blocked = finding.sentence


async def _connected(place: _Place, subject: Subject) -> AsyncIterator[Finding]:
    """The name, then the port."""
    loop, what = asyncio.get_running_loop(), text("doctor.dns")
    facts = {"host": place.host, "name": place.variable}
    only_ipv6 = ":" in place.host
    if not is_address(place.host):
        try:
            found = await asyncio.wait_for(loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM), WITHIN)
        except (socket.gaierror, UnicodeError) as error:
            silent = getattr(error, "errno", None) == socket.EAI_AGAIN
            yield bad(what, "doctor.dns_silent" if silent else "doctor.dns_unknown", layers.NETWORK, **facts)
            return
        except TimeoutError:
            yield bad(what, "doctor.dns_silent", layers.NETWORK, **facts)
            return
        addresses = ", ".join(dict.fromkeys(str(one[4][0]) for one in found))
        only_ipv6 = all(one[0] is socket.AF_INET6 for one in found)
        yield Finding(True, what, text("doctor.dns_ok", host=place.host, addresses=addresses))
    what = text("doctor.tcp")
    try:
        async with _opened(place.host, place.port):
            pass
    except OSError as error:  # TimeoutError is one
        if isinstance(error, ConnectionRefusedError):
            key = "doctor.tcp_refused"
        else:
            unreachable = "doctor.tcp_ipv6" if only_ipv6 else "doctor.tcp_unreachable"
            key = "doctor.tcp_silent" if isinstance(error, TimeoutError) else unreachable
        yield bad(what, key, layers.NETWORK, place=place.shown, name=place.variable)
        return
    said = text("doctor.tcp_ok", place=place.shown)
    subject.speaks_for(layers.NETWORK, said)
    yield Finding(True, what, said)


async def _encrypted(place: _Place, subject: Subject) -> Finding:
    """The handshake, with the certificates that the bot trusts."""
    what = text("doctor.tls")
    try:
        async with _opened(place.host, place.port, ssl=subject.settings.egress.context(), server_hostname=place.host) as (_, writer):
            certificate = writer.get_extra_info("peercert") or {}
            version = writer.get_extra_info("ssl_object").version()
    except OSError as error:  # ssl.SSLError and TimeoutError are ones
        failure = classify(from_exception(error, api="models"))
        ladder = steps(failure)
        reason = explain(failure, "operator").removesuffix("\n\n".join(ladder)).strip()
        return Finding(
            False, what, text("doctor.tls_failed", place=place.shown), reason=reason, fix="\n\n".join(ladder), layer=layers.NETWORK
        )
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC) if "notAfter" in certificate else None
    if ends is not None and (days := (ends.timestamp() - subject.ports.now()) / 86_400) < CERTIFICATE_DAYS:
        subject.notes.append(text("doctor.tls_ends", place=place.shown, days=max(0, int(days))))
    return Finding(True, what, text("doctor.tls_ok", place=place.shown, version=version, until="?" if ends is None else ends.date()))


async def _tunnel(proxy: _Place, service: _Place, address: str) -> Finding:
    what, parts = text("doctor.proxy"), urlsplit(address)
    facts = {"proxy": place_of(address), "name": proxy.variable, "place": service.shown}
    login = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
    try:
        async with _opened(proxy.host, proxy.port) as (reader, writer):
            writer.write(f"CONNECT {service.shown} HTTP/1.1\r\nHost: {service.shown}\r\n{login}\r\n".encode())
            line = (await asyncio.wait_for(reader.readline(), WITHIN)).decode("latin-1")
    except OSError:
        line = ""
    words = line.split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[0].startswith("HTTP/") and words[1].isdigit() else None
    if status is None:
        return bad(what, "doctor.proxy_silent", layers.NETWORK, **facts)
    if 200 <= status < 300:
        return Finding(True, what, text("doctor.proxy_ok", **facts))
    key = {407: "doctor.proxy_login", 502: "doctor.proxy_lost", 503: "doctor.proxy_lost", 504: "doctor.proxy_lost"}
    return bad(what, key.get(status, "doctor.proxy_refused"), layers.NETWORK, **facts, status=status)


@contextlib.asynccontextmanager
async def _opened(host: str, port: int, **more: object) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that is closed again. Raises OSError."""
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port, **more), WITHIN)  # type: ignore[arg-type]
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 1.0)


def _place(address: str, variable: str) -> _Place:
    parts = urlsplit(address)
    return _Place(parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80), variable)
