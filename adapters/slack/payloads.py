"""Shape checks of Slack's HTTP payloads before bolt sees them: events are JSON, commands and presses are forms.

Only genuine requests get here, so this catches mistakes, not attacks: an unreadable body is rejected instead of guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MOST_FIELDS = 100
"""Maximum form fields; a command has about fifteen."""

Shape = tuple[tuple[str, type], ...]

SHAPES: Mapping[str, Shape] = {
    "event_callback": (("event", dict), ("event.type", str), ("event_id", str)),
    "url_verification": (("challenge", str),),
    "block_actions": (("user.id", str), ("actions", list), ("actions.0.action_id", str)),
    "block_suggestion": (("user.id", str), ("action_id", str)),
    "view_submission": (("user.id", str), ("view.callback_id", str)),
    "view_closed": (("user.id", str), ("view.callback_id", str)),
    "shortcut": (("user.id", str), ("callback_id", str)),
    "message_action": (("user.id", str), ("callback_id", str)),
}
"""Payload type -> required values, by path. bolt rejects other types."""
COMMAND = ("command", "user_id", "channel_id")
"""Fields of a command that can't be empty."""


class Malformed(Exception):
    """The text is a short machine token for the log."""


def check(content_type: bytes, body: bytes) -> str:
    """Returns the normalised content type. Raises Malformed."""
    kind = content_type.partition(b";")[0].strip().lower().decode("latin-1")
    try:
        readable = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not_utf8") from None
    if kind == JSON:
        _payload(readable)
    elif kind == FORM:
        _form(readable)
    else:
        raise Malformed("content_type")
    return kind


def fields_of(form: str) -> dict[str, str]:
    """Parse a form's fields. Raises Malformed for invalid data and duplicate fields."""
    if form.startswith("{"):  # bolt parses it as JSON, whatever its content type
        raise Malformed("form")
    try:
        pairs = parse_qsl(form, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Malformed("form") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("twice")
    return found


def _form(readable: str) -> None:
    fields = fields_of(readable)
    if "payload" in fields:
        _payload(fields["payload"])
    elif fields.get("ssl_check") != "1" and not (all(fields.get(name) for name in COMMAND) and fields["command"].startswith("/")):
        raise Malformed("command")


def _payload(raw: str) -> None:
    try:
        found = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
        if "\\u" in raw:
            json.dumps(found, ensure_ascii=False).encode()  # lone surrogates break the database, the log and every hash
    except (ValueError, RecursionError):
        raise Malformed("json") from None
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise Malformed("type")
    for path, kind in SHAPES.get(found["type"], ()):
        if not isinstance(_at(found, path), kind):
            raise Malformed("shape")


def _at(found: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field comes twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(name)
