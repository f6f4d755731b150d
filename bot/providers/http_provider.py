"""Provider over HTTP: makes one call, parses the answer and stores the pictures.

It never retries, never waits for a turn and never classifies: missing pictures and network errors are returned as evidence.
Service-specific parts are in its `ImageApi`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import ssl
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog

from bot.domain.failure import MAX_EVIDENCE_BYTES, Evidence, Phase
from bot.domain.outcome import DOWNLOAD, Billed, Outcome, Pending, Picture, Usage
from bot.domain.statuses import may_have_started
from bot.egress import Egress
from bot.failures.evidence import FETCHED, from_exception, from_response
from bot.pixels.errors import BadPicture, NotTaken
from bot.ports import Ports
from bot.providers.answer import Item, ParsedAnswer, is_final, lists_pictures
from bot.providers.answer_body import read_body
from bot.providers.api import HttpCall, ImageApi
from bot.providers.body import BodyReader, NotJson, events, looks_like_events, parse
from bot.providers.download import Downloader, Resolve, peer_of, resolve
from bot.providers.encoding import first_bytes
from bot.providers.input_pictures import with_pictures
from bot.providers.picture_intake import PictureIntake
from bot.providers.picture_port import PicturePort
from bot.providers.polls import says_nothing
from bot.providers.port import Call, OnPartial
from bot.providers.routed import RoutedTransport
from bot.providers.service_words import request_id_of, without_key
from bot.providers.services.registry import api_for
from bot.providers.stream import OnData, as_answer, is_stream, read_stream

log = structlog.get_logger()

CONNECT_TIMEOUT = 15.0
SUBMIT_GRACE = 5.0
"""Seconds for which a cancelled submission may still be answered."""
LIST_TIMEOUT = 30.0
"""Seconds allowed for the model list."""
_BYTES_PER_PICTURE = 40 * 1024 * 1024
_MAX_BYTES = 200 * 1024 * 1024
_MAX_FETCHES = 6
"""About a minute of doubling pauses. The picture is paid for, and a download is free."""
_POLL_AGAIN = 5.0
_API, _EDITS = "images.generations", "images.edits"


@dataclass(slots=True)
class Exchange:
    """Progress of one HTTP request and its response."""

    api: str
    started: float
    sent: bool = False
    """Bytes of the request have been sent; from here on it may be billed."""
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    on_partial: OnData | None = None

    @property
    def reached(self) -> bool:
        """Whether the provider may have received the request."""
        return self.sent or self.status is not None


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer received as an event stream."""

    value: Any


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed answer, with the body that holds its long strings."""

    answer: ParsedAnswer
    body: BodyReader
    billed: Billed


class HttpProvider:
    """A provider at one base address with one key."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        pictures: PicturePort,
        ports: Ports,
        *,
        api: ImageApi | None = None,
        egress: Egress | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        verify: ssl.SSLContext | None = None,
        lookup: Resolve = resolve,
        longest: int = _MAX_BYTES,
    ) -> None:
        """Create a provider.

        `base_url` is the prefix of the service's paths; if `api` is None, the host decides. `egress` selects certificates and proxy.
        No answer has more than `longest` bytes. `transport`, `verify` and `lookup` are for tests and simulations. Raises ValueError for an
        address or key that settings validation should have rejected.
        """
        try:
            self._base = httpx.URL(base_url.rstrip("/") + "/")
        except httpx.InvalidURL as error:
            raise ValueError(f"no base address: {error}") from None
        if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
            raise ValueError("a key of characters that no HTTP header can carry")  # h11 would quote the key in its error
        self._api = api or api_for(base_url)
        self._ports = ports
        egress = egress or Egress()
        self._via_proxy = egress.proxy(base_url, image=True) is not None
        self._auth = self._api.auth(api_key) if api_key else {}
        # No redirects: httpx drops Authorization across hosts, but not api-key. No environment: the bot has its own proxy rule.
        self._client = httpx.AsyncClient(
            transport=transport or RoutedTransport(egress, verify),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(None, connect=CONNECT_TIMEOUT),
            headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "imagine-bot"},
        )
        self.name = self._api.name
        self.references_for, self.published_path = self._api.references_for, self._api.published_path
        self._pictures, self._longest = pictures, longest
        self._intake = PictureIntake(pictures, Downloader(self._client, self._base, self._auth, lookup), self.name)
        self.gate_key = _gate_key(self._base, api_key) + self._api.gate_suffix

    def use_key(self, api_key: str) -> bool:
        """Switch to another key from the next call on; learned limits stay. Returns False if it's the key in use."""
        before = dict(self._auth)
        self._auth.update(self._api.auth(api_key))  # the downloader has the same dictionary
        self.gate_key = _gate_key(self._base, api_key) + self._api.gate_suffix
        return self._auth != before

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        """POST one call for pictures. Raises only asyncio.CancelledError; cancelling closes the connection."""
        exchange = Exchange(_EDITS if call.references else _API, self._ports.monotonic())
        try:
            call = await with_pictures(call, self._pictures, self._api.references_for(call.model))
        except (LookupError, BadPicture, NotTaken) as error:
            return self._broken(exchange, error)  # never sent
        if call.partials and on_partial is not None:
            exchange.on_partial = lambda data: self._show(data, on_partial)
        work = self._whole(exchange, call, self._api.generate(call, self._base.path))
        outcome = await (self._submit(work) if self._api.takes_tasks else work)
        return dataclasses.replace(outcome, carried=self._api.carried(call))

    async def _show(self, data: str, on_partial: OnPartial) -> None:
        """Store an unfinished picture and pass it on. An unusable one is dropped, because it's only a preview."""
        try:
            picture = await self._pictures.add_base64([data.encode("utf-8", "surrogatepass")])
        except (BadPicture, NotTaken, OSError) as error:
            log.info("partial_not_shown", error=type(error).__name__)
            return
        await on_partial(picture)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        """Poll a running task once, or retry the download of a finished picture once."""
        tried = pending.task_id.removeprefix(DOWNLOAD)
        if pending.is_download and tried.isascii() and tried.isdigit() and pending.poll_url:
            return await self._fetch_again(call, pending.poll_url.split(" "), int(tried[:3]))
        exchange = Exchange("task.poll", self._ports.monotonic(), sent=True)
        outcome = dataclasses.replace(await self._whole(exchange, call, self._api.poll(pending)), carried=self._api.carried(call))
        if (said := outcome.pending) is not None:
            # Some services only return the name and the URL once, when the task begins.
            kept = dataclasses.replace(said, task_id=said.task_id or pending.task_id, poll_url=said.poll_url or pending.poll_url)
            outcome = dataclasses.replace(outcome, pending=kept)
        if outcome.pictures or outcome.pending is not None:
            return outcome
        if says_nothing(outcome):  # keep polling until the request's own deadline
            return dataclasses.replace(outcome, pending=dataclasses.replace(pending, poll_after=_POLL_AGAIN), billed=Billed.UNKNOWN)
        # The task was accepted, so a rejection now doesn't make it free.
        return dataclasses.replace(outcome, billed=Billed.UNKNOWN if outcome.billed is Billed.NO else outcome.billed)

    async def cancel(self, pending: Pending) -> bool:
        """Ask the service to stop a running task. Returns whether it accepted. Never raises: the task may be over, or the network down."""
        wanted = None if pending.is_download else self._api.cancel(pending)
        if wanted is None:
            return False
        try:
            async with asyncio.timeout(LIST_TIMEOUT):
                response = await self._client.send(self._request(wanted, {}), stream=True)
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, NotTaken, OSError, TimeoutError, ValueError):
            return False
        return response.status_code < 300

    @property
    def has_models(self) -> bool:
        """Whether the service has a model list that shows if the key works."""
        return self._api.models_path is not None

    async def list_models(self, *, with_key: bool = True) -> Evidence:
        """Fetch the model list, which is free and shows whether the key works. Returns any failure as evidence; never raises."""
        try:
            response, body = await self.get(self._api.models_path or "/models", MAX_EVIDENCE_BYTES, with_key=with_key)
            return from_response(response.status_code, response.headers, body, provider=self.name, api="models")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            return from_exception(error, provider=self.name, api="models", via_proxy=self._via_proxy)

    async def get(self, path: str, limit: int, *, with_key: bool = True) -> tuple[httpx.Response, bytes]:
        """The answer of a free look-up, cut off after about `limit` bytes. Raises httpx errors, OSError and TimeoutError."""
        url, headers, body = self._base.copy_with(path=f"{self._base.path.rstrip('/')}{path}"), self._auth if with_key else {}, bytearray()
        async with asyncio.timeout(LIST_TIMEOUT), self._client.stream("GET", url, headers=headers) as response:
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > limit:
                    break
        return response, bytes(body)

    async def aclose(self) -> None:
        """Close the HTTP client."""
        await self._client.aclose()

    async def _submit(self, work: Coroutine[None, None, Outcome]) -> Outcome:
        """Submit a task. Cancelling waits a moment for the answer: without the task's name, nobody could stop it."""
        submission = asyncio.ensure_future(work)
        try:
            return await asyncio.shield(submission)
        except asyncio.CancelledError:
            try:
                await asyncio.wait([submission], timeout=SUBMIT_GRACE)
            finally:
                submission.cancel()
            await asyncio.wait([submission])
            if submission.cancelled():
                raise
            return dataclasses.replace(submission.result(), cancelled=True)

    async def _whole(self, exchange: Exchange, call: Call, wanted: HttpCall) -> Outcome:
        try:
            # The timeout is for the provider; a slow disk here must not discard what arrived in time.
            async with asyncio.timeout(call.timeout):
                received = await self._exchange(exchange, call, wanted)
                answer = received if isinstance(received, Outcome | Item) else self._parse(exchange, received)
                if isinstance(answer, Parsed) and answer.answer.result_at is not None:
                    received = await self._exchange(exchange, call, HttpCall("GET", address=answer.answer.result_at))
                    answer = received if isinstance(received, Outcome | Item) else self._parse(exchange, received)
            if isinstance(answer, Item):
                return await self._take(exchange, call, ParsedAnswer(items=(answer,)), BodyReader(0), Billed.YES)
            return answer if isinstance(answer, Outcome) else await self._take(exchange, call, answer.answer, answer.body, answer.billed)
        except TimeoutError:
            return self._broken(exchange, httpx.ReadTimeout("") if exchange.reached else httpx.ConnectTimeout(""))
        except Exception as error:  # the port's contract: everything except cancellation is an Outcome
            return self._broken(exchange, error)

    async def _exchange(self, exchange: Exchange, call: Call, wanted: HttpCall) -> Outcome | BodyReader | Item | Streamed:
        async def trace(event: str, info: Mapping[str, Any]) -> None:
            # A CONNECT goes to the proxy, not to the provider.
            if event.endswith("send_request_headers.started") and getattr(info.get("request"), "method", b"") != b"CONNECT":
                exchange.sent = True

        response = await self._client.send(self._request(wanted, {"trace": trace}), stream=True)
        try:
            exchange.status = response.status_code
            exchange.headers = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code not in (200, 201, 202):
                return self._refused(exchange, await first_bytes(response, MAX_EVIDENCE_BYTES))
            if is_stream(response.headers):
                limit = _BYTES_PER_PICTURE * (call.count + 1) * (call.partials + 1)
                return Streamed(as_answer(await read_stream(response, min(self._longest, limit), exchange.on_partial)))
            return await read_body(response, min(self._longest, _BYTES_PER_PICTURE * (call.count + 1)))
        finally:
            await response.aclose()

    def _request(self, wanted: HttpCall, extensions: dict[str, Any]) -> httpx.Request:
        """The request with its key. Raises NotTaken for a URL that must not receive the key, and httpx errors for malformed ones."""
        if wanted.address is None:
            url = self._base.copy_with(raw_path=self._base.raw_path.rstrip(b"/") + wanted.path.encode("ascii"))
        elif not self._is_trusted(url := self._base.join(wanted.address)):
            raise NotTaken("address", peer_of(url))  # the key would be sent to an untrusted host
        if wanted.files:
            fields = {name: str(value).lower() if value is True else str(value) for name, value in (wanted.body or {}).items()}
            parts = [(name, (f"{place}.{one.format}", one.content, one.media_type)) for place, (name, one) in enumerate(wanted.files)]
            headers = {**self._auth, **wanted.headers}
            return self._client.build_request(wanted.method, url, headers=headers, data=fields, files=parts, extensions=extensions)
        # ASCII escapes let any accepted text through.
        content = wanted.content if wanted.body is None else json.dumps(wanted.body).encode("ascii")
        kind = {} if content is None else {"content-type": "application/json"}
        headers = {**self._auth, **kind, **wanted.headers}
        return self._client.build_request(wanted.method, url, headers=headers, content=content, extensions=extensions)

    def _is_trusted(self, url: httpx.URL) -> bool:
        if url.userinfo:
            return False
        if (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port):
            return True
        ours = url.scheme == "https" and url.port is None and _ends_in(self._base.host, self._api.trusted_hosts)
        return ours and _ends_in(url.host, self._api.trusted_hosts)

    def _parse(self, exchange: Exchange, received: BodyReader | Streamed) -> Outcome | Parsed:
        body = BodyReader(0) if isinstance(received, Streamed) else received
        text = body.rest()
        try:
            stream = exchange.headers.get("content-type", "").startswith("text/event-stream") or looks_like_events(text)
            value = [event for event in events(text) if is_final(event)] if stream else None
            value = received.value if isinstance(received, Streamed) else parse(text) if value is None else value
        except NotJson:
            return self._outcome(exchange, shortfall=self._evidence(exchange, text), billed=Billed.UNKNOWN)
        answer = self._api.read(value, exchange.headers, body)
        if answer.task is not None and (answer.task.task_id or exchange.api == "task.poll"):
            return self._outcome(exchange, billed=Billed.UNKNOWN, pending=answer.task, usage=answer.usage)
        billed = Billed.YES if answer.items or answer.usage or lists_pictures(value) else Billed.UNKNOWN
        return Parsed(answer, body, billed)

    async def _take(self, exchange: Exchange, call: Call, answer: ParsedAnswer, body: BodyReader, billed: Billed) -> Outcome:
        try:
            taken = await self._intake.take(answer.items[: call.count], body, exchange.api, exchange.status, exchange.headers)
        except asyncio.CancelledError:
            # The call is over. Its pictures are no longer wanted, but its cost and whether it was blocked still count.
            missing = self._why(exchange, answer, []) if len(answer.items) < call.count else None
            outcome = self._outcome(exchange, shortfall=missing, usage=answer.usage, billed=billed)
            return dataclasses.replace(outcome, cancelled=True)
        shortfall = self._why(exchange, answer, taken.lost) if len(taken.pictures) < call.count else None
        again = Pending(f"{DOWNLOAD}1", " ".join(taken.addresses)) if taken.addresses and not taken.pictures else None
        outcome = self._outcome(exchange, taken.pictures, pending=again, shortfall=shortfall, usage=answer.usage, billed=billed)
        outcome = dataclasses.replace(outcome, made=min(len(answer.items), call.count), applied=answer.applied)
        return without_key(outcome, self._auth)

    async def _fetch_again(self, call: Call, addresses: list[str], tried: int) -> Outcome:
        exchange = Exchange(FETCHED, self._ports.monotonic(), sent=True)
        items = [Item(url=address) for address in addresses[: call.count]]
        try:
            taken = await self._intake.take(items, BodyReader(0), FETCHED, None, {})
        except Exception as error:
            return dataclasses.replace(self._broken(exchange, error), billed=Billed.YES)
        again = None
        if taken.addresses and not taken.pictures and tried < _MAX_FETCHES:
            again = Pending(f"{DOWNLOAD}{tried + 1}", " ".join(taken.addresses), poll_after=2.0**tried)
        shortfall = taken.lost[0] if taken.lost else None
        return self._outcome(exchange, taken.pictures, pending=again, shortfall=shortfall, billed=Billed.YES, made=len(items))

    def _why(self, exchange: Exchange, answer: ParsedAnswer, lost: list[Evidence]) -> Evidence:
        """Why pictures are missing: the provider's own reason first, then what happened to a picture, then the bare gap."""
        left_over = json.dumps(answer.left_over).encode()
        said = any(word in left_over for word in (b'"error', b"moderation", b"nsfw", b'_reason"'))
        return lost[0] if lost and not said else self._evidence(exchange, left_over)

    def _evidence(self, exchange: Exchange, body: bytes) -> Evidence:
        evidence = from_response(exchange.status or 0, exchange.headers, body, provider=self.name, api=exchange.api)
        return dataclasses.replace(evidence, via_proxy=self._via_proxy)

    def _refused(self, exchange: Exchange, body: bytes) -> Outcome:
        status = exchange.status or 0
        billed = Billed.UNKNOWN if may_have_started(status) else Billed.NO
        return self._outcome(exchange, shortfall=self._evidence(exchange, body), billed=billed)

    def _broken(self, exchange: Exchange, error: Exception) -> Outcome:
        seen = from_exception(
            error, provider=self.name, api=exchange.api, via_proxy=self._via_proxy, status=exchange.status, headers=exchange.headers
        )
        phase, billed = (Phase.AFTER_SEND, Billed.UNKNOWN) if exchange.reached else (Phase.BEFORE_SEND, Billed.NO)
        return self._outcome(exchange, shortfall=dataclasses.replace(seen, phase=phase), billed=billed)

    def _outcome(
        self,
        exchange: Exchange,
        pictures: Sequence[Picture] = (),
        *,
        pending: Pending | None = None,
        shortfall: Evidence | None = None,
        usage: Usage | None = None,
        billed: Billed,
        made: int = 0,
    ) -> Outcome:
        outcome = Outcome(
            made=made,
            pictures=tuple(pictures),
            pending=pending,
            shortfall=shortfall,
            usage=usage,
            billed=billed,
            status=exchange.status,
            provider_request_id=request_id_of(exchange.headers),
            latency=self._ports.monotonic() - exchange.started,
            rate_headers={name: value for name, value in exchange.headers.items() if name.startswith(("x-ratelimit", "retry-after"))},
        )
        return without_key(outcome, self._auth)  # here, so that no way of calling leaves it out


def _gate_key(base: httpx.URL, api_key: str | None) -> str:
    return f"{base.host}{f':{base.port}' if base.port else ''}#{hashlib.sha256((api_key or '').encode()).hexdigest()[:8]}"


def _ends_in(host: str, ends: tuple[str, ...]) -> bool:
    return any(host == end or host.endswith("." + end) for end in ends)
