"""Checks JSON bodies against Discord's own description of its HTTP API (OpenAPI), where it is at hand. It knows no rule of its own."""

from __future__ import annotations

import copy
import functools
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import referencing
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).resolve().parents[3]
PLACES = (os.environ.get("DISCORD_OPENAPI", ""), str(ROOT.parent / "shared" / "data" / "discord" / "openapi.json"))
ABSENT = (
    "Discord's OpenAPI description is not at ../shared/data/discord/openapi.json (or $DISCORD_OPENAPI): bodies are not checked against it"
)


@functools.cache
def _description() -> dict[str, Any] | None:
    for place in PLACES:
        if place and Path(place).is_file():
            found: dict[str, Any] = json.loads(Path(place).read_text(encoding="utf-8"))
            return found
    return None


def at_hand() -> bool:
    """Whether the description was found."""
    return _description() is not None


@functools.cache
def _validator(pointer: str) -> jsonschema.Draft202012Validator | None:
    description = _description()
    assert description is not None
    node: Any = description
    for part in pointer.split("/"):
        node = node.get(part.replace("~1", "/")) if isinstance(node, dict) else None
        if node is None:
            return None
    registry: referencing.Registry[Any] = referencing.Registry().with_resource(
        "urn:discord", referencing.Resource(contents=description, specification=DRAFT202012)
    )
    return jsonschema.Draft202012Validator({"$ref": f"urn:discord#/{pointer}"}, registry=registry)


def _pointer(method: str, path: str, *rest: str) -> str:
    return "/".join(["paths", path.replace("/", "~1"), method.lower(), *[part.replace("/", "~1") for part in rest]])


def request_problem(method: str, path: str, body: Any) -> str | None:
    """What the description dislikes about a request body; None when it is fine, or when nothing is known about it.

    `path` is the template, as `/channels/{channel_id}/messages`. Multi-part bodies: give the parsed `payload_json`.
    """
    if not at_hand():
        return None
    validator = _validator(_pointer(method, path, "requestBody", "content", "application/json", "schema"))
    if validator is None:
        return None
    return _first_problem(validator, _with_text_ids(body))


def answer_problem(method: str, path: str, status: int, body: Any) -> str | None:
    """What the description dislikes about one of our own answers: keeps the stand-in faithful."""
    if not at_hand() or status >= 300:
        return None
    validator = _validator(_pointer(method, path, "responses", str(status), "content", "application/json", "schema"))
    return None if validator is None else _first_problem(validator, body)


def _with_text_ids(body: Any) -> Any:
    """The documentation allows an integer placeholder as a new attachment's id; the description wants a string."""
    if not isinstance(body, dict):
        return body
    body = copy.deepcopy(body)
    for holder in (body, body.get("data")):
        if isinstance(holder, dict):
            for attachment in holder.get("attachments") or []:
                if isinstance(attachment, dict) and isinstance(attachment.get("id"), int):
                    attachment["id"] = str(attachment["id"])
    return body


def _first_problem(validator: jsonschema.Draft202012Validator, body: Any) -> str | None:
    for error in validator.iter_errors(body):
        return _sentence(error)
    return None


def _sentence(error: jsonschema.ValidationError) -> str:
    """The innermost reason: of a union, the branch that the integer `type` names."""
    if error.validator in ("oneOf", "anyOf") and error.context:
        branches: dict[Any, list[jsonschema.ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        wrong_type = ("type", "enum", "const")
        fitting = [
            found
            for found in branches.values()
            if not any(one.validator in wrong_type and list(one.path)[-1:] in (["type"], []) for one in found)
        ]
        if fitting:
            return _sentence(min(fitting, key=len)[0])
    where = ".".join(str(part) for part in error.absolute_path) or "body"
    return f"{where}: {error.message[:300]}"
