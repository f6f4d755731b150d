"""Slack over HTTP: bolt behind a guard, at one address, inside the bot's event loop.

Events, commands and presses all arrive at `/slack/events`. Only complete, fresh, genuine requests from Slack pass the guard, each of them
once: bolt answers 500 to a non-numeric timestamp and to a non-ASCII signature, accepts the same request twice within five minutes, and
reads bodies of any size. Nothing is parsed before the signature is verified; no body or secret is ever logged. Anything bolt doesn't
acknowledge gets an error, so that Slack sends events again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

import structlog
import uvicorn
from cachetools import TLRUCache, TTLCache
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.asgi.http_request import AsgiHttpRequest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.kit import serving
from adapters.kit.asgi import WORDS, App, AsgiMessage, Header, Receive, Send, respond
from adapters.kit.listening import listening
from adapters.slack import payloads
from adapters.slack.install import InstallSite
from bot.adapter import SetupProblem
from bot.ports import Ports
from bot.texts import text

log = structlog.get_logger()

STOP_WITHIN = 0.5
"""Seconds for requests in progress at shutdown; after that they're told to retry."""
MOST_AT_ONCE = 500
"""Maximum connections; further ones are told to retry, so that strangers can't fill the memory with bodies."""


class EventsHandler(AsyncSlackRequestHandler):
    """bolt's ASGI handler with two fixes to its request parsing."""

    async def dispatch(self, request: AsgiHttpRequest) -> BoltResponse:
        body = await request.get_raw_body()
        try:
            found = AsyncBoltRequest(body=body, headers=request.get_headers())
        except Exception as error:  # bolt looks for team and channel in fields of any type
            log.warning("slack_request_unreadable", error=type(error).__name__)
            return BoltResponse(status=400)
        if not found.body:
            # bolt treats every form that contains the word "payload" as an interaction, and fails on `/imagine a rocket's payload`
            found.body = payloads.fields_of(body)
            found.context = build_async_context(AsyncBoltContext({}), found.body)
        return await self.app.async_dispatch(found)


async def serve(
    app: AsyncApp,
    *,
    signing_secret: str,
    host: str,
    port: int,
    ports: Ports,
    ready: Callable[[int], None],
    site: InstallSite | None = None,
) -> None:
    """Serve until cancelled, then close within a second. Calls `ready(port)` once requests are accepted. `site` has pages for browsers.

    Raises SetupProblem if the address isn't available or there is no secret.
    """
    if not signing_secret.strip():
        raise SetupProblem(text("slack.setup.http.no_secret"))
    sock = listening(host, port, "slack.setup.http")
    guard = Guard(cast(App, EventsHandler(app, PATH)), signing_secret, ports, site=site)
    config = uvicorn.Config(
        guard,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=1,
    )
    await serving.serve(
        config,
        sock,
        ready=lambda: ready(int(sock.getsockname()[1])),
        failed=text("slack.setup.http.start_failed"),
        stop_within=STOP_WITHIN,
        stop=guard.stop,
    )


Headers = Mapping[bytes, bytes]


PATH, HEALTH = "/slack/events", "/healthz"
MOST_BYTES = 1024 * 1024
"""Slack's largest payloads, forms with their state, have 250 kB."""
MOST_READING = 32 * MOST_BYTES
"""Total for all bodies being read, so that unsigned requests can't fill the memory."""
BODY_WITHIN = 5.0
"""Seconds for a whole body; Slack itself gives up after three."""
WINDOW = 300
"""Allowed clock difference in seconds, a Slack rule."""
MAX_SEEN = 50_000
"""Maximum signatures kept against replay. Slack sends an app at most 30,000 events an hour, so about 5,000 within two windows."""
COMPLAIN_EVERY = 60.0
"""Seconds between two warnings of a kind: scanners must not fill the log, but a wrong signing secret must show up in it."""

TIMESTAMP, SIGNATURE, LENGTH = b"x-slack-request-timestamp", b"x-slack-signature", b"content-length"
RETRY = b"x-slack-retry-num"
_PASSED_ON = frozenset({TIMESTAMP, SIGNATURE, RETRY, b"x-slack-retry-reason"})
"""Headers passed to bolt, besides a normalised content type. It obeys more (x-slack-bolt-lazy-only), and headers aren't signed."""
_DIGITS = re.compile(rb"[0-9]{9,11}")
_HEX = re.compile(rb"v0=[0-9a-f]{64}")


@dataclass(slots=True, eq=False)
class RejectedRequest(Exception):
    """Why a request is rejected."""

    status: int
    why: str
    """Short machine token for the log."""


class Gone(Exception):
    """The client disconnected."""


class Guard:
    def __init__(self, app: App, signing_secret: str, ports: Ports, site: InstallSite | None = None) -> None:
        if not signing_secret.strip():
            raise ValueError("without a signing secret nothing can be checked")
        self._app, self._secret, self._ports, self._site = app, signing_secret.encode(), ports, site
        self._seen: TLRUCache[bytes, int] = TLRUCache(MAX_SEEN, lambda signature, until, now: until, timer=ports.now)
        """Signature -> when its timestamp has left the window. Genuine ones alone, so that strangers can't fill the memory."""
        self._under_way: set[bytes] = set()
        """Signatures of requests in progress."""
        self._limits: set[asyncio.Timeout] = set()
        self._reading = 0
        self._complained: TTLCache[str, None] = TTLCache(100, COMPLAIN_EVERY, timer=ports.monotonic)

    async def __call__(self, scope: AsgiMessage, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return
        try:
            await self._serve(scope, receive, send)
        except RejectedRequest as refusal:
            self._complain(refusal)
            await _answer(send, refusal.status, [(b"allow", b"POST")] if refusal.status == 405 else [])
        except Gone:
            log.info("slack_request_gone")

    def stop(self) -> None:
        """Abort requests in progress with an error that makes Slack send them again."""
        for limit in self._limits:
            limit.reschedule(asyncio.get_running_loop().time())

    async def _serve(self, scope: AsgiMessage, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if path == HEALTH and method in ("GET", "HEAD"):
            await _answer(send, 200)
            return
        if self._site is not None and path in self._site.paths and method == "GET":
            await self._site(scope, receive, send)
            return
        if path != PATH:
            raise RejectedRequest(404, "path")
        if method != "POST":
            raise RejectedRequest(405, "method")
        headers = _by_name([*scope["headers"]])
        timestamp, signature = self._signed(headers)
        body = await self._body(headers, receive)
        if not hmac.compare_digest(self._sign(timestamp, body), signature):
            raise RejectedRequest(401, "signature")
        if signature in self._seen:
            if headers.get(RETRY) is None or signature in self._under_way:
                raise RejectedRequest(401, "replayed")
            # Slack missed the answer and retries within the same second, so with the same signature. Don't process it twice.
            await _answer(send, 200)
            return
        self._seen[signature] = int(timestamp) + WINDOW + 1
        self._under_way.add(signature)
        accepted = False
        try:
            kind = payloads.check(headers.get(b"content-type") or b"", body)
            passed = [(name, value) for name, value in scope["headers"] if name.lower() in _PASSED_ON and value.isascii()]
            inner = {**scope, "headers": [*passed, (b"content-type", kind.encode())], "query_string": b""}
            accepted = await self._pass_on(inner, body, receive, send)
        except payloads.Malformed as malformed:
            raise RejectedRequest(400, str(malformed)) from None
        finally:
            self._under_way.discard(signature)
            if not accepted:  # Slack may retry an unaccepted request within the same second, with the same signature
                self._seen.pop(signature, None)

    # ---- is it Slack, and is it new --------------------------------------------------------------------------------------------

    def _signed(self, headers: Headers) -> tuple[bytes, bytes]:
        """Timestamp and signature, checked for format and age; the signature itself can only be verified with the body."""
        timestamp, signature = headers.get(TIMESTAMP), headers.get(SIGNATURE)
        if timestamp is None or signature is None or not _DIGITS.fullmatch(timestamp) or not _HEX.fullmatch(signature):
            raise RejectedRequest(401, "headers")
        if abs(self._ports.now() - int(timestamp)) > WINDOW:
            raise RejectedRequest(401, "stale")
        return timestamp, signature

    def _sign(self, timestamp: bytes, body: bytes) -> bytes:
        return b"v0=" + hmac.new(self._secret, b"v0:" + timestamp + b":" + body, hashlib.sha256).hexdigest().encode()

    # ---- the body, and what comes after ----------------------------------------------------------------------------------------

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        declared = headers.get(LENGTH) or b"0"
        if not declared.isdigit():
            raise RejectedRequest(400, "length")
        if len(declared) > 9 or int(declared) > MOST_BYTES:
            raise RejectedRequest(413, "length")
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_WITHIN) as limit:
                with _listed(limit, self._limits):
                    while await self._more(body, receive):
                        pass
        except TimeoutError:
            raise RejectedRequest(408, "slow") from None
        finally:
            self._reading -= len(body)
        return bytes(body)

    async def _more(self, body: bytearray, receive: Receive) -> bool:
        """Read one chunk. Returns whether there are more."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        self._reading += len(chunk)
        body += chunk
        if len(body) > MOST_BYTES:
            raise RejectedRequest(413, "body")
        if self._reading > MOST_READING:
            raise RejectedRequest(503, "too_many")
        return bool(message.get("more_body", False))

    async def _pass_on(self, scope: AsgiMessage, body: bytes, receive: Receive, send: Send) -> bool:
        """Let bolt answer. Returns whether it accepted the request."""
        status = 0
        given = False

        async def again() -> AsgiMessage:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def watched(message: AsgiMessage) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            async with asyncio.timeout(None) as limit:
                with _listed(limit, self._limits):
                    await self._app(scope, again, watched)
        except TimeoutError:
            if not status:
                raise RejectedRequest(503, "stopping") from None
        except Exception as error:
            log.warning("slack_request_failed", error=type(error).__name__)
            if not status:
                raise RejectedRequest(500, "failed") from None
        if not 200 <= status < 300:
            log.warning("slack_not_acknowledged", status=status)
        return 200 <= status < 300

    def _complain(self, refusal: RejectedRequest) -> None:
        if refusal.why not in self._complained:
            self._complained[refusal.why] = None
            log.warning("slack_request_refused", status=refusal.status, why=refusal.why)


@contextlib.contextmanager
def _listed(one: asyncio.Timeout, among: set[asyncio.Timeout]) -> Iterator[None]:
    among.add(one)
    try:
        yield
    finally:
        among.discard(one)


def _by_name(pairs: Sequence[Header]) -> Headers:
    """Headers by name. A duplicate counts as missing, because the next parser might use the other one."""
    count = Counter(name.lower() for name, _ in pairs)
    return {name.lower(): value for name, value in pairs if count[name.lower()] == 1}


async def _answer(send: Send, status: int, more: Iterable[Header] = ()) -> None:
    """Send a bare status; the reason is only logged. A rejection closes the connection, because its body may not have been read."""
    body = b"ok\n" if status == 200 else HTTPStatus(status).phrase.encode() + b"\n"
    end = [] if status == 200 else [(b"connection", b"close")]
    await respond(send, status, [*WORDS, *end, *more], body)
