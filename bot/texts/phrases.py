"""Phrases for use inside sentences: durations, money, lists, times. Their words are in the texts under `phrase.`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.zones import zone_of
from bot.texts import joined, text


def duration(seconds: float) -> str:
    """Duration in words, rounded and never zero: "a second", "40 seconds", "2 minutes", "3 hours", "2 days"."""
    if seconds < 1.5:
        return text("phrase.second")
    if seconds < 10:
        return text("phrase.seconds", count=round(seconds))
    if seconds < 55:
        return text("phrase.seconds", count=round(seconds / 5) * 5)
    if seconds < 90:
        return text("phrase.minute")
    if seconds < 3300:
        return text("phrase.minutes", count=round(seconds / 60))
    if seconds < 5400:
        return text("phrase.hour")
    if seconds < 36 * 3600:
        return text("phrase.hours", count=round(seconds / 3600))
    return text("phrase.days", count=round(seconds / 86400))


def money(micros: int) -> str:
    """US dollars in cents, with more digits below one cent."""
    dollars = micros / 1_000_000
    if 0 < abs(dollars) < 0.01:
        return f"${dollars:.4f}".rstrip("0")
    return f"${dollars:,.2f}"


def pictures(count: int) -> str:
    """ "1 picture", "3 pictures"."""
    return text("phrase.picture") if count == 1 else text("phrase.pictures", count=count)


def listed(values: Sequence[str], most: int = 8) -> str:
    """ "a, b and c"; long lists end in "and N more"."""
    shown = list(values[:most])
    if len(values) > most:
        shown = [*shown, text("phrase.more", count=len(values) - most)]
    return joined(" ", (joined(", ", shown[:-1]), text("phrase.and"), shown[-1])) if len(shown) > 1 else "".join(shown)


def moment(at: float, zone: str = "UTC") -> str:
    """Wall-clock time with its zone: "21 Nov, 14:05 UTC"."""
    local = datetime.fromtimestamp(at, UTC).astimezone(zone_of(zone))
    month = text(f"phrase.month_{local.month}")
    return text("phrase.moment", day=local.day, month=month, time=f"{local:%H:%M}", zone=local.tzname() or zone)


def size(name: str) -> str:
    """Size for people: "1536x1024" -> "1536×1024"."""
    return name.replace("x", "×")
