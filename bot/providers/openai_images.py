"""One exchange with an API that speaks OpenAI's Images API, or nearly. It makes one call, reads what came and stores the pictures; it never
repeats, never waits for a turn and never judges: a shortfall goes out as evidence. Errors of the network become evidence too."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.domain.failure import MAX_EVIDENCE_BYTES, Evidence, Phase
from bot.domain.outcome import Billed, Outcome, Pending, Picture, Usage
from bot.egress import Egress
from bot.failures.evidence import FETCHED, from_exception, from_response
from bot.pixels.errors import NotTaken
from bot.pixels.kinds import is_decoded, kind_of
from bot.ports import Ports
from bot.providers.answer import Item, ParsedAnswer, read_answer
from bot.providers.body import BodyReader, NotJson, TooBig, events, parse
from bot.providers.dialects import carried, dialect_for, path, payload
from bot.providers.download import MAX_BYTES, Downloader, Resolve, peer_of, resolve
from bot.providers.encoding import body_of, first_bytes
from bot.providers.picture_intake import PictureIntake
from bot.providers.pictures import PictureStore
from bot.providers.port import Call, OnPartial
from bot.providers.routed import RoutedTransport

CONNECT_TIMEOUT = 15.0
LIST_TIMEOUT = 30.0
"""Seconds for the model list."""
_BYTES_PER_PICTURE = 40 * 1024 * 1024
_MAX_BYTES = 200 * 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-oneapi-request-id", "apim-request-id", "x-litellm-call-id", "x-ms-request-id")
_FETCH = "fetch"
_MAX_FETCHES = 6
"""A minute of pauses that double: what was paid for is worth it, and a fetch costs nothing."""
_POLL_AGAIN = 5.0
_API = "images.generations"


@dataclass(slots=True)
class _Exchange:
    """What is known of one exchange while it goes on."""

    api: str
    started: float
    sent: bool = False
    """The request began to leave: from now on it may be billed."""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def reached(self) -> bool:
        """Whether the provider may have got the request."""
        return self.sent or self.status is not None


class OpenAIImages:
    """A provider at one base address with one key."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        pictures: PictureStore,
        ports: Ports,
        *,
        egress: Egress | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        verify: ssl.SSLContext | None = None,
        lookup: Resolve = resolve,
    ) -> None:
        """`base_url` ends before `/images/...`; `egress` says which certificates count and which proxy is used. `transport`, `verify` and
        `lookup` are for tests and simulations. Raises ValueError for an address or a key that the settings should have refused."""
        try:
            self._base = httpx.URL(base_url.rstrip("/") + "/")
        except httpx.InvalidURL as error:
            raise ValueError(f"no base address: {error}") from None
        if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
            raise ValueError("a key of characters that no HTTP header can carry")  # h11 would put the key into its error
        self._dialect = dialect_for(self._base.host)
        self._ports = ports
        egress = egress or Egress()
        self._via_proxy = egress.proxy(base_url, image=True) is not None
        self._auth = {self._dialect.auth_header: f"{self._dialect.auth_prefix}{api_key}"} if api_key else {}
        # No redirects: httpx drops Authorization across hosts, but not api-key. No environment: the rule for proxies is ours.
        self._client = httpx.AsyncClient(
            transport=transport or RoutedTransport(egress, verify),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT),
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "imagine-bot"},
        )
        self.name = self._dialect.name
        downloader = Downloader(self._client, self._base, self._auth, lookup)
        self._intake = PictureIntake(pictures, downloader, self.name)
        port = f":{self._base.port}" if self._base.port else ""
        self.gate_key = f"{self._base.host}{port}#{hashlib.sha256((api_key or '').encode()).hexdigest()[:8]}"

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        """One POST of images/generations. Raises only asyncio.CancelledError; cancelling closes the connection."""
        raw_path = self._base.raw_path.rstrip(b"/") + path(self._dialect, self._base.path, call.model).encode("ascii")
        url = self._base.copy_with(raw_path=raw_path)
        # Escaped to ASCII, so that whatever text was accepted can be sent.
        content = json.dumps(payload(self._dialect, call, self._base.path)).encode("ascii")
        exchange = _Exchange(_API, self._ports.monotonic())
        outcome = await self._whole(exchange, call, "POST", url, content)
        return dataclasses.replace(outcome, carried=carried(self._dialect, call))

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        """Ask once for a running task, or fetch once more a finished picture whose download failed."""
        tried, _, rest = pending.task_id.partition(":")
        if tried == _FETCH and rest.isascii() and rest.isdigit() and pending.poll_url:
            return await self._fetch_again(call, pending.poll_url.split(" "), int(rest[:3]))
        exchange = _Exchange("task.poll", self._ports.monotonic(), sent=True)
        try:
            url = self._base.join(pending.poll_url or f"images/tasks/{pending.task_id}")
        except (httpx.InvalidURL, ValueError) as error:
            return self._broken(exchange, error)
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port) or url.userinfo:
            # The key would go to a stranger.
            return self._broken(exchange, NotTaken("address", peer_of(url)))
        outcome = await self._whole(exchange, call, "GET", url, None)
        if outcome.pictures or outcome.pending is not None:
            return outcome
        if outcome.status is None or outcome.status >= 500 or outcome.status in (408, 425, 429):
            # A poll that failed says nothing about the task: ask again until the request's own deadline.
            return dataclasses.replace(outcome, pending=dataclasses.replace(pending, poll_after=_POLL_AGAIN), billed=Billed.UNKNOWN)
        # The task was accepted, so a refusal now does not make it free.
        return dataclasses.replace(outcome, billed=Billed.UNKNOWN if outcome.billed is Billed.NO else outcome.billed)

    async def list_models(self) -> Evidence:
        """Ask for the model list, which costs nothing and shows whether the key is accepted. What came, whatever it was; never raises."""
        url = self._base.copy_with(path=f"{self._base.path.rstrip('/')}/models")
        try:
            async with asyncio.timeout(LIST_TIMEOUT), self._client.stream("GET", url, headers=self._auth) as response:
                body = bytearray()
                async for piece in response.aiter_raw():
                    body += piece
                    if len(body) > MAX_EVIDENCE_BYTES:
                        break
                return from_response(response.status_code, response.headers, bytes(body), provider=self.name, api="models")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            return from_exception(error, provider=self.name, api="models", via_proxy=self._via_proxy)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def _whole(self, exchange: _Exchange, call: Call, method: str, url: httpx.URL, content: bytes | None) -> Outcome:
        try:
            # The time is for the provider; what it sent in time is not lost because this machine is slow.
            async with asyncio.timeout(call.timeout):
                received = await self._exchange(exchange, call, method, url, content)
            return received if isinstance(received, Outcome) else await self._read(exchange, call, received)
        except TimeoutError:
            return self._broken(exchange, httpx.ReadTimeout("") if exchange.reached else httpx.ConnectTimeout(""))
        except Exception as error:  # the port's promise: everything but a cancellation is an outcome
            return self._broken(exchange, error)

    async def _exchange(
        self, exchange: _Exchange, call: Call, method: str, url: httpx.URL, content: bytes | None
    ) -> Outcome | BodyReader | Item:
        async def trace(event: str, info: Mapping[str, Any]) -> None:
            # A CONNECT goes to the proxy, not to the provider.
            if event.endswith("send_request_headers.started") and getattr(info.get("request"), "method", b"") != b"CONNECT":
                exchange.sent = True

        headers = {**self._auth, "content-type": "application/json"} if content is not None else self._auth
        request = self._client.build_request(method, url, headers=headers, content=content, extensions={"trace": trace})
        response = await self._client.send(request, stream=True)
        try:
            exchange.status = response.status_code
            exchange.headers = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code not in (200, 201, 202):
                return self._refused(exchange, await first_bytes(response, MAX_EVIDENCE_BYTES))
            return await _body(response, min(_MAX_BYTES, _BYTES_PER_PICTURE * (call.count + 1)))
        finally:
            await response.aclose()

    async def _read(self, exchange: _Exchange, call: Call, received: BodyReader | Item) -> Outcome:
        if isinstance(received, Item):
            return await self._take(exchange, call, ParsedAnswer(items=(received,)), BodyReader(0), Billed.YES)
        body, text = received, received.rest()
        try:
            stream = exchange.headers.get("content-type", "").startswith("text/event-stream")
            value = [event for event in events(text) if _is_final(event)] if stream else parse(text)
        except NotJson:
            return self._outcome(exchange, shortfall=self._evidence(exchange, text), billed=Billed.UNKNOWN)
        answer = read_answer(value, exchange.headers, body)
        if answer.task is not None:
            return self._outcome(exchange, billed=Billed.UNKNOWN, pending=answer.task)
        billed = Billed.YES if answer.items or answer.usage or _lists_pictures(value) else Billed.UNKNOWN
        return await self._take(exchange, call, answer, body, billed)

    async def _take(self, exchange: _Exchange, call: Call, answer: ParsedAnswer, body: BodyReader, billed: Billed) -> Outcome:
        try:
            taken = await self._intake.take(answer.items[: call.count], body, exchange.api, exchange.status, exchange.headers)
        except asyncio.CancelledError:
            # The exchange itself is over. Nobody wants its pictures, but what it cost and whether it was blocked counts.
            missing = self._why(exchange, answer, []) if len(answer.items) < call.count else None
            outcome = self._outcome(exchange, shortfall=missing, usage=answer.usage, billed=billed)
            return dataclasses.replace(outcome, cancelled=True)
        shortfall = self._why(exchange, answer, taken.lost) if len(taken.pictures) < call.count else None
        again = Pending(f"{_FETCH}:1", " ".join(taken.addresses)) if taken.addresses and not taken.pictures else None
        made = min(len(answer.items), call.count)
        return self._outcome(exchange, taken.pictures, pending=again, shortfall=shortfall, usage=answer.usage, billed=billed, made=made)

    async def _fetch_again(self, call: Call, addresses: list[str], tried: int) -> Outcome:
        exchange = _Exchange(FETCHED, self._ports.monotonic(), sent=True)
        items = [Item(url=address) for address in addresses[: call.count]]
        try:
            taken = await self._intake.take(items, BodyReader(0), FETCHED, None, {})
        except Exception as error:
            return dataclasses.replace(self._broken(exchange, error), billed=Billed.YES)
        again = None
        if taken.addresses and not taken.pictures and tried < _MAX_FETCHES:
            again = Pending(f"{_FETCH}:{tried + 1}", " ".join(taken.addresses), poll_after=2.0**tried)
        shortfall = taken.lost[0] if taken.lost else None
        return self._outcome(exchange, taken.pictures, pending=again, shortfall=shortfall, billed=Billed.YES, made=len(items))

    def _why(self, exchange: _Exchange, answer: ParsedAnswer, lost: list[Evidence]) -> Evidence:
        """Why pictures are missing: the provider's own words where it has some, then what happened to a picture, then the plain gap."""
        left_over = json.dumps(answer.left_over).encode()
        said = any(word in left_over for word in (b'"error', b"moderation", b"nsfw", b'_reason"'))
        return lost[0] if lost and not said else self._evidence(exchange, left_over)

    def _evidence(self, exchange: _Exchange, body: bytes) -> Evidence:
        evidence = from_response(exchange.status or 0, exchange.headers, body, provider=self.name, api=exchange.api)
        return dataclasses.replace(evidence, via_proxy=self._via_proxy)

    def _refused(self, exchange: _Exchange, body: bytes) -> Outcome:
        status = exchange.status or 0
        billed = Billed.UNKNOWN if status >= 500 or status in (408, 499) else Billed.NO
        return self._outcome(exchange, shortfall=self._evidence(exchange, body), billed=billed)

    def _broken(self, exchange: _Exchange, error: Exception) -> Outcome:
        seen = from_exception(
            error, provider=self.name, api=exchange.api, via_proxy=self._via_proxy, status=exchange.status, headers=exchange.headers
        )
        phase, billed = (Phase.AFTER_SEND, Billed.UNKNOWN) if exchange.reached else (Phase.BEFORE_SEND, Billed.NO)
        return self._outcome(exchange, shortfall=dataclasses.replace(seen, phase=phase), billed=billed)

    def _outcome(
        self,
        exchange: _Exchange,
        pictures: Sequence[Picture] = (),
        *,
        pending: Pending | None = None,
        shortfall: Evidence | None = None,
        usage: Usage | None = None,
        billed: Billed,
        made: int = 0,
    ) -> Outcome:
        return Outcome(
            made=made,
            pictures=tuple(pictures),
            pending=pending,
            shortfall=shortfall,
            usage=usage,
            billed=billed,
            status=exchange.status,
            provider_request_id=_request_id(exchange.headers),
            latency=self._ports.monotonic() - exchange.started,
            rate_headers={name: value for name, value in exchange.headers.items() if name.startswith(("x-ratelimit", "retry-after"))},
        )


async def _body(response: httpx.Response, limit: int) -> BodyReader | Item:
    """The JSON of an answer, or the bare picture that some services send instead. Raises NotTaken for more than `limit` bytes."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    body: BodyReader | None = None if kind.startswith("image/") else BodyReader(limit)
    undeclared = kind in ("", "application/octet-stream", "binary/octet-stream")
    raw: list[bytes] = []
    total = 0
    try:
        async for piece in body_of(response):
            total += len(piece)
            if undeclared and total == len(piece) and is_decoded(kind_of(piece)):
                body = None
            if body is not None:
                body.feed(piece)
            elif total > MAX_BYTES:
                raise NotTaken("bytes", f"{MAX_BYTES >> 20} mb")
            else:
                raw.append(piece)
    except TooBig as error:
        if error.pictures:
            raise NotTaken("bytes", f"{limit >> 20} mb") from None
        assert body is not None
    return Item(raw=raw) if body is None else body


def _request_id(headers: Mapping[str, str]) -> str | None:
    return next((headers[name] for name in _REQUEST_ID_HEADERS if _REQUEST_ID.fullmatch(headers.get(name, ""))), None)


def _is_final(event: Any) -> bool:
    return isinstance(event, dict) and not str(event.get("type", "")).endswith("partial_image")


def _lists_pictures(value: Any) -> bool:
    """An OpenAI answer whose list is empty: the call went through and produced nothing."""
    return isinstance(value, dict) and isinstance(value.get("data"), list)
