"""What a JSON object of Slack's may look like, said in tables: rules for single values and for objects, with sentences like Slack's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Say = Callable[[str, str], None]
Rule = Callable[[Say, str, Any], None]
Together = Callable[[Say, str, Mapping[str, Any]], None]


# ---- Rules for single values ------------------------------------------------------------------------------------------------


def string(most: int, least: int = 1, pattern: str = "") -> Rule:
    def check(say: Say, at: str, value: Any) -> None:
        if not isinstance(value, str):
            say(at, "must be a string")
        elif len(value) < least:
            say(at, f"must be more than {least - 1} characters")
        elif len(value) > most:
            say(at, f"must be less than {most + 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            say(at, "invalid value")

    return check


def number(low: int, high: int) -> Rule:
    def check(say: Say, at: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            say(at, "must be an integer")
        elif value < low:
            say(at, f"must be more than {low - 1}")
        elif value > high:
            say(at, f"must be less than {high + 1}")

    return check


def flag(say: Say, at: str, value: Any) -> None:
    if not isinstance(value, bool):
        say(at, "must be a boolean")


def anything(say: Say, at: str, value: Any) -> None:
    """Known, and not looked into."""


def choice(*allowed: str) -> Rule:
    def check(say: Say, at: str, value: Any) -> None:
        if value not in allowed:
            say(at, f"must be a valid enum value, one of: {', '.join(allowed)}")

    return check


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    def check(say: Say, at: str, value: Any) -> None:
        if not isinstance(value, list):
            say(at, "must be an array")
            return
        if len(value) < least:
            say(at, f"no less than {least} items allowed")
        if len(value) > most:
            say(at, f"no more than {most} items allowed")
        for index, one in enumerate(value):
            rule(say, f"{at}/{index}", one)

    return check


def text(most: int, *kinds: str) -> Rule:
    """A text object; without kinds, both."""
    allowed = kinds or ("plain_text", "mrkdwn")

    def check(say: Say, at: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            say(at, "must be an object")
        elif value.get("type") not in allowed:
            say(f"{at}/type", f"must be a valid text type, one of: {', '.join(allowed)}")
        else:
            own = "emoji" if value["type"] == "plain_text" else "verbatim"
            matches(ObjectShape({"text": string(most)}, {own: flag}), say, at, value)

    return check


def plain(most: int) -> Rule:
    return text(most, "plain_text")


# ---- Objects ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """What an object must and may hold, and what its fields mean together."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    together: Together | None = None


def matches(shape: ObjectShape, say: Say, at: str, value: Any) -> None:
    if not isinstance(value, Mapping):
        say(at, "must be an object")
        return
    for name, rule in shape.required.items():
        if name in value:
            rule(say, f"{at}/{name}", value[name])
        else:
            say(at, f"missing required field: {name}")
    for name, one in value.items():
        if name in shape.optional:
            shape.optional[name](say, f"{at}/{name}", one)
        elif name not in shape.required and name != "type":
            say(at, f"invalid additional property: {name}")
    if shape.together is not None:
        shape.together(say, at, value)


def shaped(shape: ObjectShape) -> Rule:
    return lambda say, at, value: matches(shape, say, at, value)


def typed(table: Callable[[], Mapping[str, ObjectShape]], allowed: Iterable[str] = ()) -> Rule:
    """An object whose `type` names its shape; `allowed` narrows the table."""
    names = frozenset(allowed)

    def check(say: Say, at: str, value: Any) -> None:
        kind = value.get("type") if isinstance(value, Mapping) else None
        shape = table().get(kind) if isinstance(kind, str) and (not names or kind in names) else None
        if shape is None:
            say(at, f"unsupported type: {kind}")
        else:
            matches(shape, say, at, value)

    return check


def exactly_one(*names: str) -> Together:
    def check(say: Say, at: str, value: Mapping[str, Any]) -> None:
        if sum(name in value for name in names) != 1:
            say(at, f"must provide exactly one of: {', '.join(names)}")

    return check


def at_least_one(*names: str) -> Together:
    def check(say: Say, at: str, value: Mapping[str, Any]) -> None:
        if not any(value.get(name) for name in names):
            say(at, f"must provide at least one of: {', '.join(names)}")

    return check
