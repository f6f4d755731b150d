"""The other transport: signed requests to the bot's own address, retried as Slack retries them; and requests that must be refused."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from tests.slack.standin.world import ACK_WITHIN, Event

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot's server said."""

    status: int
    body: str
    headers: Mapping[str, str]


class Http:
    """Slack's requests to one address."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.world = standin, standin.world
        self.address = ""
        self.retry_delays = (0.0, 0.2, 0.4)
        """Slack waits 0, 60 and 300 seconds."""
        self.answers: list[Answer] = []
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- delivery ------------------------------------------------------------------------------------------------------------

    async def deliver(self, event: Event) -> None:
        """Send in the background; the caller goes on, as the person does."""
        task = asyncio.get_running_loop().create_task(self._deliver(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def again(self, event: Event) -> None:
        """The same payload once more, in a request of its own."""
        body, content_type = self.body(event)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            await self.send(body, content_type)

    async def _deliver(self, event: Event) -> None:
        body, content_type = self.body(event)
        more: dict[str, str] = {}
        for attempt in range(1 + (len(self.retry_delays) if event.kind == "events_api" else 0)):
            if attempt:
                await asyncio.sleep(self.retry_delays[attempt - 1])
            event.deliveries += 1
            try:
                answer = await self.send(body, content_type, more=more)
            except (aiohttp.ClientError, TimeoutError) as error:
                event.refused = 0
                reason = "http_timeout" if isinstance(error, TimeoutError) else "connection_failed"
            else:
                event.refused = None if answer.status == 200 else answer.status
                if answer.status == 200:
                    self.standin.acks.taken(event, self._payload(answer))
                    break
                reason = "http_error"
                if answer.headers.get("X-Slack-No-Retry") == "1":
                    break
            finally:
                await self.world.notify()
            more = {"X-Slack-Retry-Num": str(attempt + 1), "X-Slack-Retry-Reason": reason}
        await self.world.notify()

    def _payload(self, answer: Answer) -> Any:
        if not answer.body:
            return None
        if answer.headers.get("Content-Type", "").startswith("application/json"):
            return json.loads(answer.body)
        return {"text": answer.body}

    @staticmethod
    def body(event: Event) -> tuple[bytes, str]:
        """A command is a form, an interaction is JSON within a form, an event is JSON."""
        if event.kind == "slash_commands":
            return urlencode({key: "" if value is None else value for key, value in event.payload.items()}).encode(), FORM
        if event.kind == "interactive":
            return urlencode({"payload": json.dumps(event.payload)}).encode(), FORM
        return json.dumps(event.payload).encode(), "application/json"

    # ---- by hand -------------------------------------------------------------------------------------------------------------

    def signed(self, body: bytes, *, at: float | str | None = None, secret: str | None = None) -> dict[str, str]:
        """The two headers."""
        stamp = at if isinstance(at, str) else str(int(time.time() if at is None else at))
        key = (self.world.signing_secret if secret is None else secret).encode()
        base = b"v0:" + stamp.encode("utf-8", "surrogateescape") + b":" + body
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + hmac.new(key, base, hashlib.sha256).hexdigest()}

    async def send(
        self,
        body: bytes,
        content_type: str = "application/json",
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
        method: str = "POST",
        address: str = "",
    ) -> Answer:
        """One request as it stands; right headers unless others are given (an empty mapping: none)."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ACK_WITHIN), trust_env=False)
        given = {**(self.signed(body) if headers is None else headers), **(more or {}), "Content-Type": content_type}
        async with self._session.request(method, address or self.address, data=body, headers=given) as answer:
            found = Answer(answer.status, await answer.text(errors="replace"), dict(answer.headers))
        self.answers.append(found)
        return found

    async def forged(self, event: Event) -> Answer:
        """Signed with another secret."""
        body, content_type = self.body(event)
        return await self.send(body, content_type, headers=self.signed(body, secret="0" * 32))

    async def stale(self, event: Event, age: float = 400.0) -> Answer:
        """Rightly signed, but older than five minutes."""
        body, content_type = self.body(event)
        return await self.send(body, content_type, headers=self.signed(body, at=time.time() - age))

    async def replayed(self, event: Event) -> tuple[Answer, Answer]:
        """The very same request twice: same time, same signature."""
        body, content_type = self.body(event)
        headers = self.signed(body)
        return await self.send(body, content_type, headers=headers), await self.send(body, content_type, headers=headers)

    async def challenge(self, word: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P") -> Answer:
        """The check of the address when an operator types it in."""
        payload = {"token": "stand-in", "challenge": word, "type": "url_verification"}
        return await self.send(json.dumps(payload).encode())

    async def raw(self, request: bytes, timeout: float = 3.0) -> bytes:
        """Bytes straight to the port, for what no HTTP client would send; returns what came back before the end or the timeout."""
        host, port = self.address.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(request)
            await writer.drain()
            async with asyncio.timeout(timeout):
                return await reader.read(65_536)
        finally:
            writer.close()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        if self._session is not None:
            await self._session.close()


FORM = "application/x-www-form-urlencoded"
