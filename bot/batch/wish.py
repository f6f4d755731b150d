"""What somebody wants of a batch, as they filled in the form or the command's options. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.batch.steps import BatchProblem
from bot.batch.topics import MAX_FIELD, PLACEHOLDER

MOST_MONEY = 1_000_000
"""Dollars; anything above is a slip of the finger."""
MOST_PICTURES, MOST_DRAFTS = 100_000, 4
NAMES = ("template", "style", "size", "tag")
_TAG = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """Choices for a batch; None for a limit that wasn't named."""

    template: str = ""
    style: str = ""
    size: str = ""
    tag: str = ""
    drafts: int = 1
    max_pictures: int | None = None
    budget: int | None = None
    """In micros."""


def wish_of(values: Mapping[str, str]) -> Wish:
    """Read the form's values. Raises BatchProblem."""
    words = {name: " ".join(values.get(name, "").encode("utf-8", "replace").decode("utf-8").replace("\0", "").split()) for name in NAMES}
    for name, most in (("template", MAX_FIELD), ("style", MAX_FIELD), ("size", 40), ("tag", _TAG)):
        if len(words[name]) > most:
            raise BatchProblem("long", field=name, count=len(words[name]), most=most)
    if words["template"] and PLACEHOLDER not in words["template"]:
        raise BatchProblem("template", placeholder=PLACEHOLDER)
    drafts = _whole(values.get("drafts", ""), "drafts", MOST_DRAFTS) or 1
    pictures, budget = limits_of(values)
    return Wish(words["template"], words["style"], words["size"], words["tag"], drafts, pictures, budget)


def limits_of(values: Mapping[str, str]) -> tuple[int | None, int | None]:
    """The most pictures and the budget. Raises BatchProblem."""
    pictures = _whole(values.get("max_pictures", ""), "max_pictures_value", MOST_PICTURES)
    return pictures, _money(values.get("budget", ""))


def _whole(typed: str, key: str, most: int) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isdecimal() and len(typed) < 10 and 1 <= int(typed) <= most):
        raise BatchProblem(key, value=typed[:20], most=most)
    return int(typed)


def _money(typed: str) -> int | None:
    """Dollars as people type them: `5`, `5.50`, `$5`, `5,50`."""
    plain = typed.strip().lstrip("$").removesuffix("$").strip()
    if not plain:
        return None
    try:
        found = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 < found <= MOST_MONEY:
        raise BatchProblem("budget_value", value=typed.strip()[:20])
    return max(1, round(found * 1_000_000))
