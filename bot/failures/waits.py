"""Wait times in sentences, in many languages: `resets in 21 hours`, `1時間後にお試しください`. The words are data: `tables/waits.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.failures.data import table
from bot.failures.tokens import phrases

_SEARCHED = 8000
_CLOCK = re.compile(r"(\d{1,3}):(\d\d):(\d\d)(?!\d)")
_DIGIT = re.compile(r"\d")
_AMOUNT = r"(?<![\d.])({0}\d{{1,9}}(?:\.\d{{1,12}})?)\s?-?({0}{1})(?![a-zà-ÿа-я])"


@dataclass(frozen=True, slots=True)
class _Patterns:
    before: re.Pattern[str]
    """A word that asks to wait, then a duration; no other number or end of sentence in between."""
    behind: re.Pattern[str]
    part: re.Pattern[str]
    near: re.Pattern[str]
    """A digit beside a unit, for a cheap look before the searches."""
    units: dict[str, float]


@cache
def _patterns() -> _Patterns:
    data = table("waits")
    units = {name: float(seconds) for seconds, names in data["units"].items() for name in names.split()}
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    duration = rf"(\d{{1,3}}:\d\d:\d\d|(?:{_AMOUNT.format('?:', unit)}[ ,]{{0,2}}(?:(?:and|und|et|y|e) )?){{1,4}})"
    before, behind = ("|".join(map(re.escape, phrases(data[name]))) for name in ("before", "behind"))
    return _Patterns(
        before=re.compile(rf"(?:{before})[^\d.;|()]{{0,28}}?{duration}", re.IGNORECASE),
        behind=re.compile(rf"{duration}\s{{0,2}}(?:{behind})(?!超时|过期|失效|タイムアウト)", re.IGNORECASE),
        part=re.compile(_AMOUNT.format("", unit), re.IGNORECASE),
        near=re.compile(rf"\d\s?-?(?:{unit})", re.IGNORECASE),
        units=units,
    )


def spoken_wait(text: str) -> float | None:
    """Seconds in a sentence that asks to wait (`Please try again in 6m0s`); other durations don't count."""
    text = text[:_SEARCHED]
    if not _DIGIT.search(text):
        return None
    known = _patterns()
    if not (known.near.search(text) and known.part.search(text)) and not _CLOCK.search(text):
        return None
    found = known.before.search(text) or known.behind.search(text)
    if found is None:
        return None
    clock = _CLOCK.match(found[1])
    if clock:
        return int(clock[1]) * 3600.0 + int(clock[2]) * 60 + int(clock[3])
    return sum(float(amount) * known.units[unit.lower()] for amount, unit in known.part.findall(found[1]))
