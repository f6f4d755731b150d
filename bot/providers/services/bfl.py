"""Black Forest Labs: submit, then poll the returned URL, which is on the region's own host.

Source: docs.bfl.ai/api_integration (integration guidelines, errors). A finished picture stays at a signed URL for ten minutes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Pending, Usage
from bot.providers.answer import Item, ParsedAnswer, progress_of, read_answer, task_id_of
from bot.providers.api import COMMON_RATIOS, HttpCall, ImageApi, edges_of, nearest_ratio
from bot.providers.body import BodyReader
from bot.providers.port import Call

_BY_RATIO = ("kontext", "ultra")
"""Models that expect a ratio instead of edges."""
_ENDED = re.compile(r"^ready$|moderated|not found|error|fail|cancel|expired|reject")
"""Statuses after which a task doesn't go on; every other one, also a new one, is of a task that was paid for and runs."""
_CREDIT_MICROS = 10_000
"""One credit is a cent."""


class BflApi(ImageApi):
    """Tasks only, one picture each."""

    name = "bfl"
    takes_tasks = True
    max_count = 1
    models_path = None
    trusted_hosts = ("bfl.ai",)
    carries = frozenset({"size"})
    references = ReferenceLimits(count=8, mask=False, max_bytes=4 * 1024 * 1024, total_bytes=16 * 1024 * 1024, max_edge=2048)

    def auth(self, key: str) -> dict[str, str]:
        return {"x-key": key}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        fields: dict[str, object] = {"prompt": call.prompt, "output_format": "png"}
        for place, one in enumerate(call.pictures, 1):
            fields["input_image" if place == 1 else f"input_image_{place}"] = one.base64
        edges = None if "size" in call.leave_out else edges_of(call.size)
        if edges is not None and any(part in call.model for part in _BY_RATIO):
            fields["aspect_ratio"] = nearest_ratio(call.size, COMMON_RATIOS)
        elif edges is not None:
            fields |= {"width": edges[0], "height": edges[1]}
        return HttpCall("POST", f"/{quote(call.model.strip('/'), safe='')}", body=fields)

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        if not isinstance(value, dict):
            return read_answer(value, headers, body)
        address, task_id, status = value.get("polling_url"), task_id_of(value.get("id")), value.get("status")
        if status is None and task_id is not None:
            # Hosts of one region needn't return the URL.
            address = address if isinstance(address, str) else f"get_result?id={quote(task_id, safe='')}"
            return ParsedAnswer(task=Pending(task_id, address), usage=_usage(value))
        state = status.strip().casefold() if isinstance(status, str) else ""
        if state and not _ENDED.search(state) and task_id is not None:
            # The answer to a poll doesn't repeat its URL; the ledger has it.
            _, progress = progress_of(value)
            return ParsedAnswer(task=Pending(task_id, progress=progress), usage=_usage(value))
        result = value.get("result")
        sample = result.get("sample") if isinstance(result, dict) else None
        if state == "ready" and isinstance(sample, str) and sample:
            return ParsedAnswer(items=(Item(url=sample),), usage=_usage(value))
        return ParsedAnswer(usage=_usage(value), left_over=value)


def _usage(value: Mapping[str, Any]) -> Usage | None:
    cost = value.get("cost")
    if not isinstance(cost, int | float) or isinstance(cost, bool) or not 0 < cost < 100_000:
        return None
    return Usage(cost_micros=math.ceil(cost * _CREDIT_MICROS))
