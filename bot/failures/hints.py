"""Wait hints: every spelling of "wait this long" or "don't repeat" that providers use, parsed into one `Hint`.

No clock of its own: dates are compared with the answer's `date` header, or with the time passed in. Values are as stated by the provider,
capped; minimums for millisecond hints are up to the caller (docs/gate.md).
"""

from __future__ import annotations

import math
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_tz

from bot.failures.waits import spoken_wait

MAX_WAIT = 24 * 3600.0
"""Maximum wait in seconds; members never wait more than a day for a picture."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What an answer says about repeating the request."""

    seconds: float | None = None
    """Seconds to wait; finite, positive, at most MAX_WAIT. None if no wait was stated."""
    do_not_repeat: bool = False
    """The provider says that the same request won't work."""
    order: bool = True
    """False for a bucket's refill clock (`x-ratelimit-reset-*`), which only matters for a rate limit answer."""
    not_billed: bool = False
    """The provider says that the failed call was free (`x-fal-billable-units: 0`)."""
    source: str = ""
    """Name of the header or field, for logs."""


_DURATION = re.compile(
    r"(?<![\w.])(?:(\d{1,4}(?:\.\d{1,9})?)d)?(?:(\d{1,5}(?:\.\d{1,9})?)h)?(?:(\d{1,6}(?:\.\d{1,9})?)m(?!s))?"
    r"(?:(\d{1,9}(?:\.\d{1,12})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?(?![\w])"
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$")
_FALSE = frozenset({"false", "0", "no"})
_NEVER = frozenset({"no", "never", "false"})
_MAY_REPEAT = frozenset(
    {"retryable", "isretryable", "canretry", "shouldretry", "retry", "temporary", "transient", "istransient", "recoverable"}
)
"""Members (squashed) by which an answer says whether another try can help."""


def duration(text: str) -> float | None:
    """Parse `1h23m31s`, `6m0s`, `20ms`, `34.4s`, `12` or `1.5` to seconds; None for anything else."""
    text = text.strip()
    if not text or len(text) > 40:
        return None
    match = _DURATION.fullmatch(text)
    if match and any(match.groups()):
        days, hours, minutes, seconds, millis = (float(part) if part else 0.0 for part in match.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds + millis / 1000
    return number(text)


def number(value: object) -> float | None:
    """A finite number from a number or plain ASCII numeral; None for anything else, including `inf`, `nan` and `²`."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        if not text or len(text) > 32 or not text.isascii() or not text.replace(".", "", 1).replace("-", "", 1).isdigit():
            return None
        value = text
    if not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(text: str) -> float | None:
    """Parse an HTTP date or ISO 8601 timestamp to seconds since the epoch."""
    text = text.strip()[:64]
    iso = _ISO.match(text)
    try:
        if iso:
            year, month, day, hour, minute, second = (int(part) for part in iso.groups()[:6])
            return timegm((year, month, day, hour, minute, second)) - _offset(iso[7])
        if not text or not text[0].isalpha():
            return None
        parsed = parsedate_tz(text)
        return None if parsed is None else timegm((*parsed[:6], 0, 0, 0)) - (parsed[9] or 0)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def wait_hint(headers: Mapping[str, object], body: object = None, now_epoch: float | None = None) -> Hint:
    """The strongest hint of an answer. `body` is a text, or named scalar values (squashed names) with the text under `""`.

    Order: "don't repeat", `retry-after-ms`, `retry-after`, body fields, text, then refill clocks.
    """
    lowered = {name.lower(): value for name, value in headers.items() if isinstance(value, str)}
    values: Mapping[str, object] = body if isinstance(body, Mapping) else {"": body}
    now = moment(lowered.get("date", ""))
    now = now_epoch if now is None else now
    free = number(lowered.get("x-fal-billable-units")) == 0
    if _forbidden(lowered, values):
        return Hint(do_not_repeat=True, not_billed=free, source="do-not-repeat")
    text = values.get("")
    said = spoken_wait(text) if isinstance(text, str) else None
    for source, seconds in (*_from_headers(lowered, now), *_from_fields(values, now), ("text", said)):
        good = _good(seconds)
        if good is not None:
            return Hint(good, not_billed=free, source=source)
    clocks = [good for _, seconds in _clocks(lowered, now) if (good := _good(seconds)) is not None]
    if clocks:
        return Hint(max(clocks), order=False, not_billed=free, source="x-ratelimit-reset")
    return Hint(not_billed=free)


def _offset(zone: str | None) -> int:
    if not zone or zone == "Z":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)


def _good(seconds: float | None) -> float | None:
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return None
    return min(seconds, MAX_WAIT)


def _forbidden(headers: Mapping[str, str], values: Mapping[str, object]) -> bool:
    said = (headers.get("x-should-retry"), headers.get("x-fal-needs-retry"), headers.get("x-fal-retryable"))
    if any(value is not None and value.strip().lower() in _FALSE for value in said):
        return True
    return any(values[name] is False or str(values[name]).strip().lower() in _NEVER for name in _MAY_REPEAT & values.keys())


def _from_headers(headers: Mapping[str, str], now: float | None) -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for name in ("retry-after-ms", "x-ms-retry-after-ms", "x-retry-after-ms"):
        if name in headers:
            millis = number(headers[name])
            found.append((name, None if millis is None else millis / 1000))
    for name in ("retry-after", "x-retry-after", "x-ratelimit-retry-after", "ratelimit-retry-after"):
        if name in headers:
            found.append((name, _duration_or_date(headers[name], now)))
    return found


def _duration_or_date(text: str, now: float | None) -> float | None:
    seconds = duration(text)
    if seconds is not None:
        return seconds - now if now is not None and seconds > 1e9 else (None if seconds > 1e9 else seconds)
    when = moment(text)
    return None if when is None or now is None else when - now


_FIELDS = (
    "retrydelay",
    "retryafter",
    "retryafterseconds",
    "retryinseconds",
    "retryin",
    "waitseconds",
    "quotaresetdelay",
    "estimatedtime",
    "resetsinseconds",
    "resetinseconds",
    "resetafter",
    "cooldownseconds",
    "waittime",
)
_MILLI_FIELDS = ("retryafterms", "retryinms")
_MOMENT_FIELDS = ("quotaresettimestamp", "resetsat", "resetat", "retryat", "nextavailableat")


def _from_fields(values: Mapping[str, object], now: float | None) -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for name in _MILLI_FIELDS:
        millis = number(values.get(name))
        if millis is not None:
            found.append((name, millis / 1000))
    for name in _FIELDS:
        value = values.get(name)
        if value is not None:
            found.append((name, _duration_or_date(value, now) if isinstance(value, str) else number(value)))
    if now is not None:
        for name in _MOMENT_FIELDS:
            value = values.get(name)
            when = moment(value) if isinstance(value, str) else number(value)
            if when is not None:
                found.append((name, (when / 1000 if when > 1e11 else when) - now))
    return found


def _clocks(headers: Mapping[str, str], now: float | None) -> list[tuple[str, float | None]]:
    """Refill clocks: only those of empty buckets, or all if none is said to be empty. Azure's -1/-1/0 means nothing."""
    found: list[tuple[str, float | None]] = []
    for name, value in headers.items():
        if "ratelimit" not in name or "reset" not in name:
            continue
        left = number(headers.get(name.replace("reset", "remaining")))
        if left is not None and left != 0:
            continue
        seconds = duration(value)
        if seconds is None:
            when = moment(value)
            seconds = None if when is None or now is None else when - now
        elif seconds > 1e9:
            seconds = None if now is None else (seconds / 1000 if seconds > 1e11 else seconds) - now
        found.append((name, seconds))
    return found
