"""Access control of the web chat as an ASGI wrapper: host names, origins and the token.

Another website's page can make a browser talk to 127.0.0.1. Therefore the Host header must name this machine (DNS rebinding), an Origin
must be the chat's own (cross-site WebSockets and posts), and framing is forbidden. With WEB_TOKEN set, nothing is served without it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from adapters.kit.asgi import NO_STORE, WORDS, App, AsgiMessage, Receive, Send, respond
from adapters.web.settings import is_local
from bot.texts import text

COOKIE = "imagine_web"

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No external sources. NiceGUI builds its pages from inline scripts and compiles handlers, hence the two `unsafe` keywords."""

HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


@dataclass(slots=True)
class Guard:
    """Wraps the application. The attribute `app` keeps its name so that NiceGUI finds its server through it."""

    app: App
    port: int
    token: str | None
    any_host: bool
    """Bound to an address with host names that can't be known in advance; the token protects it instead."""

    async def __call__(self, scope: AsgiMessage, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(headers)
        if refusal is not None:
            await _refuse(scope, receive, send, 403, refusal)
            return
        if self.token is not None:
            query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
            if scope["type"] == "http" and "token" in query and _same(query["token"], self.token):
                await self._set_cookie(scope, send, query)
                return
            if not _same(_cookie(headers.get(b"cookie", "")), _proof(self.token)):
                await _refuse(scope, receive, send, 401, text("web.problem.token_needed"))
                return

        async def with_headers(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
            await send(message)

        await self.app(scope, receive, with_headers)

    def _refusal(self, headers: dict[bytes, str]) -> str | None:
        host = headers.get(b"host", "")
        if not self.any_host and not is_local(_name(host)):
            return text("web.problem.wrong_host", port=self.port)
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return text("web.problem.wrong_origin")
        return None

    async def _set_cookie(self, scope: AsgiMessage, send: Send, query: dict[str, str]) -> None:
        """Exchange the token in the URL for a cookie, so that it stays out of history and logs."""
        assert self.token is not None
        rest = urlencode({name: value for name, value in query.items() if name != "token"})
        where = quote(scope["path"]) if not scope["path"].startswith("//") else "/"
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        headers = [
            (b"location", (where + ("?" + rest if rest else "")).encode("latin-1")),
            (b"set-cookie", f"{COOKIE}={_proof(self.token)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000{secure}".encode("latin-1")),
        ]
        await respond(send, 303, [*headers, NO_STORE, *HEADERS])


def _name(host: str) -> str:
    """The host without its port. The port isn't compared: DNS rebinding forges the name, and tunnels change ports."""
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.partition(":")[0]


def _proof(token: str) -> str:
    return hashlib.sha256(b"imagine-bot web chat\0" + token.encode()).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value


async def _refuse(scope: AsgiMessage, receive: Receive, send: Send, status: int, sentence: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await respond(send, status, [*WORDS, *HEADERS], f"{sentence}\n".encode())
