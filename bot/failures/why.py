"""Reasons within a kind, which select the words for people: a plan that has to be bought isn't a spending limit that was reached."""

from __future__ import annotations

from functools import cache

from bot.domain.kinds import Kind
from bot.failures.rules.load import rules_of
from bot.failures.rules.rule import Rule, Text
from bot.failures.signals import Signals

RESET = "reset"
"""A limit that clears at a known time."""
KNOWN_RESET = 60.0
"""Seconds; a money or daily limit that states at least this wait says when it renews."""


@cache
def _reasons() -> dict[Kind, tuple[Rule, ...]]:
    by_kind: dict[Kind, list[Rule]] = {}
    for rule in rules_of("reasons")["reasons"]:
        by_kind.setdefault(rule.kind, []).append(rule)
    return {kind: tuple(rules) for kind, rules in by_kind.items()}


def reason(kind: Kind, seen: Signals, text: Text, wait: float | None) -> str:
    """The reason (`plan`, `terms`, `route`, `copyright`, `words`, `reset`), or an empty string if the kind says enough."""
    if kind is Kind.QUOTA_EXHAUSTED and wait is not None and wait >= KNOWN_RESET:
        return RESET
    return next((rule.family for rule in _reasons().get(kind, ()) if rule.holds(seen, text)), "")
