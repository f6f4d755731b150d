"""Provider for half the price: hands a call in as a task of the service's Batch API and collects the answer later.

A task's name isn't known before the service has answered. Until then its request is collected under its attempt's own name, by which the
batch is looked up: so neither a lost answer nor a kill in between makes a second batch.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import httpx

from bot.domain.failure import Evidence
from bot.domain.outcome import SUBMITTED, Billed, Outcome, Pending
from bot.pixels.errors import BadPicture, NotTaken
from bot.providers.answer import read_answer
from bot.providers.body import BodyReader, NotJson, parse
from bot.providers.http_provider import LIST_TIMEOUT, Exchange, HttpProvider, Parsed, Streamed
from bot.providers.input_pictures import with_pictures
from bot.providers.polls import says_nothing
from bot.providers.port import Call, OnPartial
from bot.providers.services.openai_batches import OpenAIBatches, as_full, is_batch, is_full, marked, next_page, pending_of, what_went_wrong

PAGES = 20
"""Most pages of batches to look through for one whose name was lost."""
LOOK_AGAIN, LOOKS = 5.0, 4
"""Seconds to the second look for a batch whose name isn't known, doubled for each further one; and how many looks without a trace mean
that it was never begun."""
UNSURE = 60.0
"""Seconds to the next look if the service didn't say which batches there are, or doesn't take the key."""
_GONE = frozenset({404, 410})
_NO_BATCH = b'{"error": {"message": "No batch found with this id.", "type": "invalid_request_error", "code": null}}'
"""What these statuses of a poll mean, however a service words them: the address works for other tasks."""
_ABOUT_THE_KEY = frozenset({401, 403})
"""Statuses of a poll that say nothing about its task, which goes on at the service: it's collected once the key works again."""


@dataclasses.dataclass(slots=True)
class _Polled(Exchange):
    over: bool = False
    """The task has ended, whatever came of it; otherwise a poll without a picture says nothing about it."""


class HalfPriceProvider(HttpProvider):
    """The Batch API of one service. Its `ImageApi` is `OpenAIBatches`."""

    @property
    def batches(self) -> OpenAIBatches:
        assert isinstance(self._api, OpenAIBatches)
        return self._api

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        """Hand a call in. Returns its task, or why the service didn't take it."""
        exchange = Exchange("files", self._ports.monotonic())
        try:
            call = await with_pictures(call, self._pictures, self._api.references_for(call.model))
        except (LookupError, BadPicture, NotTaken) as error:
            return self._broken(exchange, error)
        outcome = await self._submit(self._hand_in(exchange, call))
        return dataclasses.replace(outcome, carried=self._api.carried(call))

    async def _hand_in(self, exchange: Exchange, call: Call) -> Outcome:
        try:
            async with asyncio.timeout(call.timeout):
                stored = await self._exchange(exchange, call, self.batches.upload(call))
            if isinstance(stored, Outcome):
                return dataclasses.replace(stored, billed=Billed.NO)
            name = str(parse(stored.rest())["id"]) if isinstance(stored, BodyReader) else ""
        except TimeoutError:
            return dataclasses.replace(self._broken(exchange, httpx.ReadTimeout("")), billed=Billed.NO)
        except Exception as error:  # a stored file costs nothing, whatever happened to the answer
            return dataclasses.replace(self._broken(exchange, error), billed=Billed.NO)
        handed_to = self.gate_key
        begun = await self._whole(Exchange("batches", self._ports.monotonic()), call, self.batches.begin(call, name))
        if begun.pending is None and begun.billed is Billed.NO:
            return begun
        unnamed = Pending(f"{SUBMITTED}{call.attempt_id}", poll_after=LOOK_AGAIN)
        return dataclasses.replace(begun, pending=dataclasses.replace(begun.pending or unnamed, handed_to=handed_to), shortfall=None)

    async def collect(self, call: Call, pending: Pending) -> Outcome:
        """Look at a task once, and take its picture if it's there."""
        if pending.is_download:
            return await super().collect(call, pending)
        exchange = _Polled("task.poll", self._ports.monotonic(), sent=True)
        if pending.task_id.startswith(SUBMITTED):
            return await self._look_up(exchange, pending)
        outcome = dataclasses.replace(await self._whole(exchange, call, self._api.poll(pending)), carried=self._api.carried(call))
        if outcome.pictures or outcome.pending is not None or exchange.over:
            return outcome
        if outcome.status in _ABOUT_THE_KEY:
            return dataclasses.replace(outcome, pending=dataclasses.replace(pending, poll_after=UNSURE), billed=Billed.UNKNOWN)
        if says_nothing(outcome):
            return dataclasses.replace(outcome, pending=dataclasses.replace(pending, poll_after=LOOK_AGAIN), billed=Billed.UNKNOWN)
        return dataclasses.replace(outcome, billed=Billed.UNKNOWN if outcome.billed is Billed.NO else outcome.billed)

    async def cancel(self, pending: Pending) -> bool:
        """Ask the service to stop a task; what it has drawn by then, it hands over. Never raises."""
        if pending.task_id.startswith(SUBMITTED):
            found = await self._find(pending.task_id.removeprefix(SUBMITTED).partition("#")[0])
            if not isinstance(found, Pending):
                return False
            pending = found
        return await super().cancel(pending)

    async def _look_up(self, exchange: Exchange, pending: Pending) -> Outcome:
        """The name of a task that was handed in, if it was."""
        attempt_id, _, looked = pending.task_id.removeprefix(SUBMITTED).partition("#")
        found, looks = await self._find(attempt_id), int(looked or 0) + 1
        if isinstance(found, Evidence) and looks >= LOOKS and pending.handed_to not in ("", self.gate_key):
            # Another account's list says nothing about it: it may have been begun, and paid for.
            exchange.status = 404
            return self._outcome(exchange, shortfall=self._evidence(exchange, _NO_BATCH), billed=Billed.UNKNOWN)
        if isinstance(found, Evidence) and looks >= LOOKS:
            return self._outcome(exchange, shortfall=found, billed=Billed.NO)
        if found is None:
            found = dataclasses.replace(pending, poll_after=UNSURE)
        elif isinstance(found, Pending):
            found = dataclasses.replace(found, poll_after=LOOK_AGAIN)
        else:
            found = Pending(f"{SUBMITTED}{attempt_id}#{looks}", poll_after=LOOK_AGAIN * 2 ** (looks - 1))
        return self._outcome(exchange, pending=found, billed=Billed.UNKNOWN)

    async def _find(self, attempt_id: str) -> Pending | Evidence | None:
        """The batch of an attempt; evidence if there is none; None if the service doesn't say."""
        after, call = "", Call(attempt_id, "", "", "", "", 1, LIST_TIMEOUT, "")
        exchange = Exchange("task.poll", self._ports.monotonic(), sent=True)
        try:
            for _ in range(PAGES):
                async with asyncio.timeout(LIST_TIMEOUT):
                    page = await self._exchange(exchange, call, self.batches.latest(after))
                if not isinstance(page, BodyReader):
                    return None
                value = parse(page.rest())
                if (found := marked(value, attempt_id)) is not None:
                    return pending_of(found, {})
                if not (after := next_page(value)):
                    break
            else:  # it may be on a later page
                return None
        except Exception:
            return None
        return self._evidence(exchange, b'{"status": "expired"}')

    def _parse(self, exchange: Exchange, received: BodyReader | Streamed) -> Outcome | Parsed:
        if isinstance(received, Streamed):
            return super()._parse(exchange, received)
        try:
            value = parse(received.rest())
        except NotJson:
            return super()._parse(exchange, received)
        line = isinstance(value, dict) and "custom_id" in value
        ended = is_batch(value) and self._api.read(value, exchange.headers, received)
        if isinstance(exchange, _Polled):
            exchange.over = line or bool(ended and ended.task is None and ended.result_at is None)
        if line:
            return self._line(exchange, value, received)
        if ended and ended.task is None and ended.result_at is None:
            return self._nothing(exchange, value)
        return super()._parse(exchange, received)

    def _line(self, exchange: Exchange, value: Mapping[str, Any], body: BodyReader) -> Outcome | Parsed:
        answer = value.get("response")
        if not isinstance(answer, dict) or answer.get("status_code") not in (200, 201):
            return self._nothing(exchange, value)
        exchange.headers = {**exchange.headers, "x-request-id": str(answer.get("request_id", ""))}
        return Parsed(read_answer(answer.get("body"), {}, body), body, Billed.YES)

    def _refused(self, exchange: Exchange, body: bytes) -> Outcome:
        """A failed exchange. That too much waits already is said at a batch's beginning, or as its end."""
        if isinstance(exchange, _Polled) and exchange.status in _GONE:
            return super()._refused(exchange, _NO_BATCH)
        try:
            value = parse(body)
        except NotJson:
            value = None
        if not is_full(value):
            return super()._refused(exchange, body)
        exchange.status = 429
        return super()._refused(exchange, json.dumps(as_full(value["error"])).encode())

    def _nothing(self, exchange: Exchange, value: Mapping[str, Any]) -> Outcome:
        """A task that brought no picture costs nothing."""
        exchange.status, body = what_went_wrong(value)
        return self._outcome(exchange, shortfall=self._evidence(exchange, json.dumps(body).encode()), billed=Billed.NO)
