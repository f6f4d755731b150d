"""A service without code of its own: its dialect is a TOML file (docs/services.md shows one with every entry).

The file names the places of fields; the meaning of an answer is decided as for every other service.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.domain.outcome import Pending
from bot.providers.answer import Item, ParsedAnswer, progress_of, read_answer, task_id_of
from bot.providers.api import HttpCall, ImageApi, edges_of
from bot.providers.body import BodyReader
from bot.providers.port import Call

_PATH = re.compile(r"[A-Za-z0-9_-]+(\[\])?(\.[A-Za-z0-9_-]+(\[\])?)*", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
OPTIONS = ("model", "prompt", "size", "width", "height", "quality", "n", "safety_identifier")
"""What a call can carry, under the bot's own names; `width` and `height` are the numbers in `size`."""
_ENTRIES: Mapping[str, type | tuple[type, ...]] = {
    "name": str,
    "path": str,
    "models_path": str,
    "max_count": int,
    "key": dict,
    "headers": dict,
    "fields": dict,
    "extra": dict,
    "answer": dict,
}
_ANSWER = ("pictures", "error", "task", "status", "running", "poll", "poll_path")


class BadDialect(ValueError):
    """The file is invalid; the text names the entry and the mistake."""


@dataclass(frozen=True, slots=True)
class FileDialect:
    """The contents of a dialect file, checked."""

    name: str
    path: str
    models_path: str | None = None
    max_count: int | None = None
    key_header: str = "authorization"
    key_prefix: str = "Bearer "
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    """The bot's name for an option -> its place in the JSON body (`input.text`)."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Place -> a constant that is always sent."""
    pictures: str | None = None
    error: str | None = None
    task: str | None = None
    status: str | None = None
    running: tuple[str, ...] = ()
    poll: str | None = None
    poll_path: str | None = None


def load(path: Path) -> FileDialect:
    """Read and check a dialect file. Raises BadDialect and OSError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadDialect(f"it isn't TOML ({error})") from None
    _check(raw)
    key, answer = raw.get("key", {}), raw.get("answer", {})
    headers = {str(name).lower(): str(value) for name, value in raw.get("headers", {}).items()}
    if wrong := [one for one in (*headers, key.get("header", "x")) if not _HEADER.fullmatch(str(one))]:
        raise BadDialect(f"“{wrong[0]}” isn't the name of a header")
    return FileDialect(
        name=str(raw["name"])[:40],
        path=raw["path"],
        models_path=raw.get("models_path"),
        max_count=raw.get("max_count"),
        key_header=str(key.get("header", "authorization")).lower(),
        key_prefix=str(key.get("prefix", "Bearer " if "header" not in key else "")),
        headers=headers,
        fields=raw["fields"],
        extra=raw.get("extra", {}),
        pictures=answer.get("pictures"),
        error=answer.get("error"),
        task=answer.get("task"),
        status=answer.get("status"),
        running=tuple(str(one).casefold() for one in answer.get("running", ())),
        poll=answer.get("poll"),
        poll_path=answer.get("poll_path"),
    )


def _check(raw: Mapping[str, Any]) -> None:
    for name, value in raw.items():
        if name not in _ENTRIES:
            raise BadDialect(f"there is no entry “{name}”")
        if not isinstance(value, _ENTRIES[name]):
            raise BadDialect(f"“{name}” is of the wrong type")
    answer, fields = raw.get("answer", {}), raw.get("fields", {})
    for name in ("name", "path"):
        if not raw.get(name):
            raise BadDialect(f"“{name}” is missing")
    if unknown := [name for name in answer if name not in _ANSWER]:
        raise BadDialect(f"there is no entry “answer.{unknown[0]}”")
    if unknown := [name for name in fields if name not in OPTIONS]:
        raise BadDialect(f"“fields.{unknown[0]}” is none of {', '.join(OPTIONS)}")
    if "prompt" not in fields:
        raise BadDialect("“fields.prompt” is missing")
    addresses = [raw["path"], raw.get("models_path", "/"), answer.get("poll_path", "/")]
    if wrong := [one for one in addresses if not str(one).startswith("/") or not str(one).isascii()]:
        raise BadDialect(f"“{wrong[0]}” must start with /")
    places = [
        *fields.values(),
        *raw.get("extra", {}),
        *(answer[name] for name in ("pictures", "error", "task", "status", "poll") if name in answer),
    ]
    if wrong := [one for one in places if not isinstance(one, str) or not _PATH.fullmatch(one)]:
        raise BadDialect(f"“{wrong[0]}” isn't a place such as result.images[].url")


class FileApi(ImageApi):
    def __init__(self, dialect: FileDialect) -> None:
        self.dialect = dialect
        self.name = dialect.name
        self.models_path = dialect.models_path
        self.max_count = dialect.max_count

    def auth(self, key: str) -> dict[str, str]:
        return {self.dialect.key_header: f"{self.dialect.key_prefix}{key}"}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        body: dict[str, object] = {}
        for place, value in (
            *self.dialect.extra.items(),
            *((self.dialect.fields[name], value) for name, value in self._sent(call).items()),
        ):
            _put(body, place.split("."), value)
        path = self.dialect.path.replace("{model}", quote(call.model, safe="/"))
        return HttpCall("POST", path, body=body, headers=self.dialect.headers)

    def carried(self, call: Call) -> frozenset[str]:
        sent = {"size" if name in ("width", "height") else name for name in self._sent(call)}
        return frozenset(sent - {"model", "prompt"})

    def poll(self, pending: Pending) -> HttpCall:
        if pending.poll_url is not None:
            return HttpCall("GET", address=pending.poll_url, headers=self.dialect.headers)
        path = (self.dialect.poll_path or f"{self.dialect.path}/{{id}}").replace("{id}", quote(pending.task_id, safe=""))
        return HttpCall("GET", path, headers=self.dialect.headers)

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        usual, dialect = read_answer(value, headers, body), self.dialect
        found = (
            () if dialect.pictures is None else tuple(one for one in _at(value, dialect.pictures) if isinstance(one, str) and one.strip())
        )
        items = tuple(Item(url=one) if re.match(r"https?://|/", one) else Item(base64=one) for one in found) or usual.items
        task = None if items else self._task(value) or usual.task
        error = None if dialect.error is None else next(_at(value, dialect.error), None)
        left_over = {"error": error, "answer": usual.left_over} if error else usual.left_over
        return ParsedAnswer(
            items=() if error and not found else items, task=None if error else task, usage=usual.usage, left_over=left_over
        )

    def _sent(self, call: Call) -> dict[str, object]:
        edges = edges_of(call.size)
        values: dict[str, object | None] = {
            "model": call.model,
            "prompt": call.prompt,
            "size": None if "size" in call.leave_out else call.size,
            "width": None if edges is None or "size" in call.leave_out else edges[0],
            "height": None if edges is None or "size" in call.leave_out else edges[1],
            "quality": None if "quality" in call.leave_out else call.quality,
            "n": None if "n" in call.leave_out and call.count == 1 else call.count,
            "safety_identifier": None if "safety_identifier" in call.leave_out else call.member_hash or None,
        }
        return {name: value for name, value in values.items() if value is not None and name in self.dialect.fields}

    def _task(self, value: Any) -> Pending | None:
        dialect = self.dialect
        if dialect.task is None:
            return None
        task_id = task_id_of(str(next(_at(value, dialect.task), ""))) or ""
        state = "" if dialect.status is None else str(next(_at(value, dialect.status), "")).casefold()
        if state not in dialect.running if dialect.status is not None else not task_id:
            return None  # without its name it's a poll's answer, and only its state says that it goes on
        address = None if dialect.poll is None else next(_at(value, dialect.poll), None)
        ahead, progress = progress_of(value) if isinstance(value, dict) else (None, None)
        return Pending(task_id, address if isinstance(address, str) else None, ahead=ahead, progress=progress)


def _put(body: dict[str, object], place: list[str], value: object) -> None:
    for name in place[:-1]:
        inside = body.setdefault(name, {})
        if not isinstance(inside, dict):
            return
        body = inside
    body[place[-1]] = value


def _at(value: Any, place: str) -> Iterator[Any]:
    """The values at a place; `[]` goes through a list."""
    found = [value]
    for part in place.split("."):
        name = part.removesuffix("[]")
        found = [one[name] for one in found if isinstance(one, dict) and one.get(name) is not None]
        if part.endswith("[]"):
            found = [child for one in found for child in (one if isinstance(one, list) else [one])]
    yield from found
