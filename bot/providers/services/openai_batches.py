"""OpenAI's Batch API for pictures: the same calls at half the price, answered within a day.

Each picture is a batch of its own, with one line, so that a request's task is a batch and its answer is a file with one line. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.outcome import Pending
from bot.providers.answer import ParsedAnswer, read_answer, task_id_of
from bot.providers.api import HttpCall
from bot.providers.body import BodyReader
from bot.providers.port import Call
from bot.providers.services.openai import OpenAIApi, payload

WINDOW = "24h"
POLL_AFTER = 60.0
"""Seconds between two looks at a batch, unless the service names another wait."""
PAGE = 100
RUNNING = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_BOUNDARY = "imagine-bot-batch-line"
_FULL = "token_limit_exceeded"
"""Code of a batch that wasn't accepted because too much waits already: the limit on enqueued tokens. Nothing of it was begun."""
_MARK = "attempt"
"""Name of the attempt in a batch's metadata: what a lost answer is found again by."""


class OpenAIBatches(OpenAIApi):
    """The Batch API of a service that speaks OpenAI's language."""

    takes_tasks = True
    gate_suffix = "-batches"

    def upload(self, call: Call) -> HttpCall:
        line = json.dumps({"custom_id": call.attempt_id, "method": "POST", "url": self._endpoint(call), "body": self._body(call)})
        fields = b"".join(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
            for name, more, content in (
                ("purpose", "", b"batch"),
                ("file", '; filename="line.jsonl"\r\nContent-Type: application/jsonl', line.encode("ascii") + b"\n"),
            )
        )
        kind = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return HttpCall("POST", "/files", content=fields + f"--{_BOUNDARY}--\r\n".encode(), headers=kind)

    def begin(self, call: Call, file_id: str) -> HttpCall:
        """The call that begins a batch with a stored line."""
        body = {"input_file_id": file_id, "endpoint": self._endpoint(call), "completion_window": WINDOW}
        return HttpCall("POST", "/batches", body={**body, "metadata": {_MARK: call.attempt_id}})

    def latest(self, after: str = "") -> HttpCall:
        """The call that lists batches, newest first."""
        return HttpCall("GET", f"/batches?limit={PAGE}" + (f"&after={quote(after, safe='')}" if after else ""))

    def poll(self, pending: Pending) -> HttpCall:
        return HttpCall("GET", f"/batches/{quote(pending.task_id, safe='')}")

    def cancel(self, pending: Pending) -> HttpCall:
        return HttpCall("POST", f"/batches/{quote(pending.task_id, safe='')}/cancel")

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        if not is_batch(value):
            return read_answer(value, headers, body)
        if value.get("status") in RUNNING:
            return ParsedAnswer(task=pending_of(value, headers))
        file = task_id_of(value.get("output_file_id")) or task_id_of(value.get("error_file_id"))
        return ParsedAnswer(result_at=None if file is None else f"files/{file}/content", left_over=value)

    def _endpoint(self, call: Call) -> str:
        return f"/v1/images/{'edits' if call.pictures else 'generations'}"

    def _body(self, call: Call) -> dict[str, object]:
        fields = {name: value for name, value in payload(self.dialect, call).items() if name not in ("stream", "partial_images")}
        if call.pictures:
            fields["images"] = [{"image_url": one.data_uri} for one in call.pictures]
        if call.mask_picture is not None:
            fields["mask"] = {"image_url": call.mask_picture.data_uri}
        return fields


def is_batch(value: Any) -> bool:
    return isinstance(value, dict) and value.get("object") == "batch"


def pending_of(value: Mapping[str, Any], headers: Mapping[str, str]) -> Pending | None:
    name, hint = task_id_of(value.get("id")), headers.get("retry-after", "")
    after = float(hint) if hint.isascii() and hint.isdigit() and 0 < len(hint) < 4 else POLL_AFTER
    return None if name is None else Pending(name, poll_after=max(1.0, min(after, POLL_AFTER)))


def marked(value: Any, attempt_id: str) -> Mapping[str, Any] | None:
    """The batch of an attempt in a list of batches; None if it isn't there."""
    listed = value.get("data") if isinstance(value, dict) else None
    for one in listed if isinstance(listed, list) else ():
        notes = one.get("metadata") if is_batch(one) else None
        if isinstance(notes, dict) and notes.get(_MARK) == attempt_id:
            return dict(one)
    return None


def next_page(value: Any) -> str:
    """Where a list of batches goes on; empty if it doesn't."""
    more = isinstance(value, dict) and value.get("has_more") is True
    return task_id_of(value.get("last_id")) or "" if more else ""


def what_went_wrong(value: Mapping[str, Any]) -> tuple[int, object]:
    """Status and body that say why a batch, or a line of one, brought no picture, as an ordinary call would say it."""
    answer = value.get("response")
    if isinstance(answer, dict) and isinstance(status := answer.get("status_code"), int) and status >= 300:
        return status, answer.get("body")
    error = value.get("error")
    if isinstance(error, dict):
        code = str(error.get("code"))
        if code == _FULL:
            return 429, as_full(error)
        over = code.removeprefix("batch_")
        return (200, {"status": over}) if over in ("expired", "cancelled") else (400, {"error": error})
    found = value.get("errors")
    listed = found.get("data") if isinstance(found, dict) else None
    if value.get("status") == "failed" and isinstance(listed, list) and listed and isinstance(listed[0], dict):
        if listed[0].get("code") == _FULL:
            return 429, as_full(listed[0])
        return 400, {"error": {"code": listed[0].get("code"), "message": listed[0].get("message"), "type": "invalid_request_error"}}
    return 200, {"status": str(value.get("status") or "expired")}


def as_full(error: Mapping[str, Any]) -> object:
    """The body of an ordinary call's answer that says the same as a full queue: too much at once, later it works. By its own code it would
    be taken for a key without quota."""
    return {"error": {"code": "rate_limit_exceeded", "message": error.get("message"), "type": "batch_queue"}}


def is_full(value: Any) -> bool:
    """Whether the answer to a batch's beginning says that too much waits already."""
    error = value.get("error") if isinstance(value, dict) else None
    return isinstance(error, dict) and error.get("code") == _FULL
