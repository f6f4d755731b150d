"""Phrases for use inside sentences: durations, money, lists, times. Their words are in the texts under `phrase.`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.zones import zone_of
from bot.texts import LocalizedText, on_own_clocks, readers_zone, say, spoken, text
from bot.texts.clocks import marked
from bot.texts.locales import decimal


def duration(seconds: float) -> str:
    """Duration in words, rounded and never zero: "a second", "40 seconds", "2 minutes", "3 hours", "2 days"."""
    if seconds < 10:
        return text("phrase.seconds", count=max(1, round(seconds)))
    if seconds < 55:
        return text("phrase.seconds", count=round(seconds / 5) * 5)
    if seconds < 3300:
        return text("phrase.minutes", count=max(1, round(seconds / 60)))
    if seconds < 36 * 3600:
        return text("phrase.hours", count=round(seconds / 3600))
    return text("phrase.days", count=round(seconds / 86400))


def money(micros: int) -> str:
    """US dollars in cents, with more digits below one cent."""
    dollars = micros / 1_000_000
    return text("phrase.money", amount=number(dollars, 2, 4 if 0 < abs(dollars) < 0.01 else 2))


def number(value: float, least: int, most: int) -> str:
    """A number with `least` to `most` digits after the point, with the reader's signs."""

    def said(language: str) -> str:
        return decimal(value, least, most, language)

    return LocalizedText(said(spoken()), said)


def pictures(count: int) -> str:
    """ "1 picture", "3 pictures"."""
    return text("phrase.pictures", count=count)


def listed(values: Sequence[str], most: int | None = 8) -> str:
    """ "a, b and c"; lists longer than `most` end in "and N more", without it none does."""
    shown = list(values[:most])
    if most is not None and len(values) > most:
        shown = [*shown, text("phrase.more", count=len(values) - most)]
    if len(shown) < 2:
        return "".join(shown)
    first = shown[0]
    for one in shown[1:-1]:
        first = text("phrase.list", first=first, next=one)
    return text("phrase.list_end", first=first, last=shown[-1])


def moment(at: float) -> str:
    """Wall-clock time in the readers' zone, with its name: "21 Nov, 14:05 UTC". Where each reader has a clock of their own, it's marked."""

    def said(language: str) -> str:
        zone = readers_zone()
        local = datetime.fromtimestamp(at, UTC).astimezone(zone_of(zone))
        month = text(f"phrase.month_{local.month}")
        called = local.tzname() or zone
        called = f"UTC{called}" if called[:1] in "+-" else called  # zones without a name are called by their offset
        words = say(text("phrase.moment", day=local.day, month=month, time=f"{local:%H:%M}", zone=called), language)
        return marked(at, words) if on_own_clocks() else words

    return LocalizedText(said(spoken()), said, tells_time=True)


def size(name: str) -> str:
    """Size for people: "1536x1024" -> "1536×1024"."""
    return name.replace("x", "×")
