"""Parser for image API answers: pictures, tasks and usage, from any vendor.

Pure and total: anything unknown counts as "no picture". `bot.failures` uses the leftover evidence to decide whether a missing picture was
blocked, lost or broken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.outcome import Applied, Pending, Usage
from bot.providers.body import BodyReader

_BASE64_FIELDS = ("b64_json", "b64", "base64", "image_base64", "b64_image")
_ADDRESS_FIELDS = ("url", "image_url", "image")
_CONTAINERS = ("data", "images", "output", "result", "results", "choices", "message")
_MAX_LEVELS = 6
_FAILED_FIELDS = ("error", "error_code", "fail_reason")
_TASK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}", re.ASCII)
_TASK_RUNNING = frozenset(
    ("pending", "queued", "queueing", "in_queue", "not_start", "waiting", "submitted", "created", "starting", "started")
) | frozenset(("processing", "in_progress", "running", "generating"))
_TASK_DONE = frozenset(("completed", "complete", "succeeded", "success", "finished", "done", "ready"))
_MAX_COUNT = 10**12
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@-]{0,79}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """One picture in an answer: exactly one of `base64`, `url` and `raw` is set."""

    base64: str | None = None
    """The string in the parsed JSON; `BodyReader.pieces` returns its bytes."""
    url: str | None = None
    revised_prompt: str | None = None
    raw: Sequence[bytes] | None = None
    """The response body itself, for services that send a bare image file."""


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    items: tuple[Item, ...] = ()
    task: Pending | None = None
    """A running task; None if it has finished or there is none."""
    usage: Usage | None = None
    applied: Applied = field(default_factory=Applied)
    result_at: str | None = None
    """Where the pictures of a finished task lie, for services that keep them at another address than its state."""
    left_over: Any = None
    """The JSON without its pictures; evidence when some are missing."""


def read_answer(value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
    """Parse an answer. A task is only looked for if there are no pictures."""
    items = tuple(_items(value, 0))
    return ParsedAnswer(
        items=items,
        task=None if items else _task(value, headers),
        usage=_usage(value, headers),
        applied=applied_of(value),
        left_over=_without_pictures(value, body, 0),
    )


def _items(value: Any, level: int) -> list[Item]:
    if level > _MAX_LEVELS:
        return []
    if isinstance(value, list):
        return [item for child in value for item in (_named(child) if isinstance(child, str) else _items(child, level + 1))]
    if not isinstance(value, dict):
        return []
    found = _picture(value)
    if found is not None:
        return [] if _refused(value) else [found]
    blocked = value.get("has_nsfw_concepts")
    for name in _CONTAINERS:
        inside = value.get(name)
        items = _named(inside) if isinstance(inside, str) else _items(inside, level + 1)
        if items:
            # fal replaces a blocked picture with a black one and flags its index in a second list.
            return [item for at, item in enumerate(items) if not (isinstance(blocked, list) and at < len(blocked) and blocked[at] is True)]
    return []


def _picture(value: dict[str, Any]) -> Item | None:
    revised = value.get("revised_prompt")
    revised = revised if isinstance(revised, str) and revised.strip() else None
    for name in _BASE64_FIELDS:
        text = value.get(name)
        if isinstance(text, str) and text.strip():
            return Item(base64=text, revised_prompt=revised)
    for name in _ADDRESS_FIELDS:
        address = value.get(name)
        if isinstance(address, dict):
            address = address.get("url")
        if isinstance(address, str) and address.strip():
            item = _addressed(address.strip())
            return Item(base64=item.base64, url=item.url, revised_prompt=revised)
    return None


def _named(text: str) -> list[Item]:
    """A bare string in a list of pictures: a URL, or base64 that was long enough to be set aside."""
    text = text.strip()
    if re.match(r"(?:https?:/)?/", text, re.IGNORECASE) or text[:5].lower() == "data:":
        return [_addressed(text)]
    return [Item(base64=text)] if text.startswith("(long string ") or (len(text) > 200 and " " not in text) else []


def _addressed(address: str) -> Item:
    if address[:5].lower() == "data:" or address.startswith("(long string "):
        return Item(base64=address)
    return Item(url=address)


def _refused(value: dict[str, Any]) -> bool:
    """Whether the provider withdrew this picture: xAI's flag, or an error beside it."""
    return value.get("respect_moderation") is False or any(value.get(name) for name in _FAILED_FIELDS)


def _status(value: Any) -> str:
    for level in (value, value.get("data") if isinstance(value, dict) else None, value.get("output") if isinstance(value, dict) else None):
        if isinstance(level, dict):
            for name in ("status", "task_status", "state"):
                if isinstance(level.get(name), str):
                    return str(level[name]).strip().lower().replace("-", "_").replace(" ", "_")
    return ""


def _task(value: Any, headers: Mapping[str, str]) -> Pending | None:
    if not isinstance(value, dict):
        return None
    status = _status(value)
    says_task = "task" in str(value.get("object", ""))[:80]
    if status in _TASK_DONE or (status not in _TASK_RUNNING and not (says_task and status == "")):
        return None
    levels = [level for level in (value, value.get("data"), value.get("output")) if isinstance(level, dict)]
    for name in ("task_id", "taskId", "id", "request_id"):  # a request id names the task only if nothing else does
        for level in levels:
            if (task_id := task_id_of(level.get(name))) is not None:
                return Pending(task_id, _poll_address(level, headers), _poll_after(headers), *progress_of(value))
    return None


def task_id_of(value: Any) -> str | None:
    """A task's name as an answer has it; None for anything that no service would use."""
    return value if isinstance(value, str) and _TASK_ID.fullmatch(value) else None


def progress_of(value: Any) -> tuple[int | None, float | None]:
    """Number of tasks ahead of a running one, and its progress (0 to 1), if the answer states them."""
    levels = [level for level in (value, value.get("data"), value.get("output")) if isinstance(level, dict)]
    ahead = next((count for level in levels if (count := token_count(level.get("queue_position"))) is not None), None)
    return ahead, next((share for level in levels if (share := _share(level.get("progress"))) is not None), None)


def _share(value: Any) -> float | None:
    """A number from 0 to 1, or a percentage such as `45` or `"45%"`. None for zero, which services send before they know anything."""
    if isinstance(value, str) and (found := re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%", value.strip(), re.ASCII)):
        value = float(found[1]) / 100
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 100:
        return None
    return float(value) if value <= 1 else value / 100


def _poll_address(value: dict[str, Any], headers: Mapping[str, str]) -> str | None:
    for address in (value.get("poll_url"), value.get("polling_url"), value.get("status_url"), headers.get("location")):
        if isinstance(address, str) and 0 < len(address) <= 2000:
            return address
    return None


def _poll_after(headers: Mapping[str, str]) -> float:
    hint = headers.get("retry-after", "").strip()
    return min(max(float(hint), 1.0), 60.0) if hint.isascii() and hint.isdigit() and len(hint) < 6 else 2.0


def _usage(value: Any, headers: Mapping[str, str]) -> Usage | None:
    levels = (value, value.get("result"), value.get("data")) if isinstance(value, dict) else ()
    found = (level["usage"] for level in levels if isinstance(level, dict) and isinstance(level.get("usage"), dict))
    usage: dict[str, Any] = next(found, {})
    cost = _dollars(usage.get("cost")) or _dollars(headers.get("x-litellm-response-cost"))
    counted = Usage(
        input_tokens=token_count(usage.get("input_tokens", usage.get("prompt_tokens"))),
        output_tokens=token_count(usage.get("output_tokens", usage.get("completion_tokens"))),
        cost_micros=cost,
        image_input_tokens=token_count(_details(usage).get("image_tokens")),
    )
    return None if counted == Usage() else counted


def applied_of(value: Any) -> Applied:
    levels = [value] if isinstance(value, dict) else []
    if levels and isinstance(events := value.get("data"), list):
        levels += [event for event in events if isinstance(event, dict) and "type" in event]  # a stream's events
    quality, model = (next((word for one in levels if (word := _word(one.get(name)))), "") for name in ("quality", "model"))
    return Applied(quality, model)


def _word(value: Any) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _details(usage: Mapping[str, Any]) -> Mapping[str, Any]:
    found = usage.get("input_tokens_details")
    return found if isinstance(found, dict) else {}


def token_count(value: Any) -> int | None:
    """A number of tokens as an answer has it; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_COUNT else None


def _dollars(value: Any) -> int | None:
    """Micro-dollars. None for missing and for zero, which gateways send when they don't know the price."""
    try:
        dollars = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return None
    return math.ceil(dollars * 1e6) if 0 < dollars < 10_000 else None


def _without_pictures(value: Any, body: BodyReader, level: int) -> Any:
    """A copy without the delivered pictures, so that two good pictures don't hide why the third is missing."""
    if level > 2 * _MAX_LEVELS:
        return None
    if isinstance(value, list):
        return [_without_pictures(child, body, level + 1) for child in value if not (isinstance(child, dict) and _is_place(child))]
    if isinstance(value, dict):
        return {name: _without_pictures(child, body, level + 1) for name, child in value.items()}
    if isinstance(value, str) and body.length(value) > 4096:
        return value[:100]
    return value


def _is_place(item: dict[str, Any]) -> bool:
    """A delivered picture, or an empty slot; new-api sends empty strings for missing values."""
    if _picture(item) is not None:
        return not _refused(item)
    return any(name in item for name in (*_BASE64_FIELDS, *_ADDRESS_FIELDS)) and all(
        value is None or value == "" for value in item.values()
    )


def is_final(event: Any) -> bool:
    """Whether an event of a stream is more than an unfinished picture."""
    return isinstance(event, dict) and not str(event.get("type", "")).endswith("partial_image")


def lists_pictures(value: Any) -> bool:
    """Whether this is an OpenAI answer with an empty list: the call succeeded and produced nothing."""
    return isinstance(value, dict) and isinstance(value.get("data"), list)
