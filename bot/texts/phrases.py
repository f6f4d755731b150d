"""Phrases for use inside sentences: durations, money, lists, times. English, like en.toml."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.zones import zone_of


def duration(seconds: float) -> str:
    """Duration in words, rounded and never zero: "a second", "40 seconds", "2 minutes", "3 hours", "2 days"."""
    if seconds < 1.5:
        return "a second"
    if seconds < 10:
        return f"{round(seconds)} seconds"
    if seconds < 55:
        return f"{round(seconds / 5) * 5} seconds"
    if seconds < 90:
        return "a minute"
    if seconds < 3300:
        return f"{round(seconds / 60)} minutes"
    if seconds < 5400:
        return "an hour"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} hours"
    return f"{round(seconds / 86400)} days"


def money(micros: int) -> str:
    """US dollars in cents, with more digits below one cent."""
    dollars = micros / 1_000_000
    if 0 < abs(dollars) < 0.01:
        return f"${dollars:.4f}".rstrip("0")
    return f"${dollars:,.2f}"


def pictures(count: int) -> str:
    """ "1 picture", "3 pictures"."""
    return "1 picture" if count == 1 else f"{count} pictures"


def listed(values: Sequence[str], most: int = 8) -> str:
    """ "a, b and c"; long lists end in "and N more"."""
    shown = list(values[:most])
    if len(values) > most:
        shown = [*shown, f"{len(values) - most} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def moment(at: float, zone: str = "UTC") -> str:
    """Wall-clock time with its zone: "21 Nov, 14:05 UTC"."""
    local = datetime.fromtimestamp(at, UTC).astimezone(zone_of(zone))
    return f"{local.day} {local:%b, %H:%M} {local.tzname() or zone}"


def size(name: str) -> str:
    """Size for people: "1536x1024" -> "1536×1024"."""
    return name.replace("x", "×")
