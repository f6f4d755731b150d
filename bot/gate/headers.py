"""Rate limit headers in the format of OpenAI and its imitators: limit, remaining and reset of a request bucket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.failures.hints import duration

_NUMBER = re.compile(r"\d{1,9}")
_MINUTE = 90.0
"""Seconds; a bucket that refills faster is per minute."""


@dataclass(frozen=True, slots=True)
class HeaderLimits:
    per_second: float | None
    remaining: int | None


def read(headers: Mapping[str, str]) -> HeaderLimits | None:
    """Read the limits from headers; None if there are none or they're invalid."""
    for unit in ("requests", "images"):
        limit, remaining = headers.get(f"x-ratelimit-limit-{unit}", ""), headers.get(f"x-ratelimit-remaining-{unit}", "")
        if not _NUMBER.fullmatch(limit) or not int(limit):
            continue
        left = int(remaining) if _NUMBER.fullmatch(remaining) else None
        reset = duration(headers.get(f"x-ratelimit-reset-{unit}", ""))
        if reset is None or reset <= _MINUTE:
            return HeaderLimits(int(limit) / 60.0, left)
        used = int(limit) - left if left is not None else 0
        return HeaderLimits(used / reset if used > 0 else None, left)
    return None


def only_a_clock(headers: Mapping[str, str], wait: float) -> bool:
    """Whether `wait` is only the time until the bucket is full again (`x-ratelimit-reset-*`). The next token arrives long before that."""
    if any(name.startswith("retry-after") for name in headers):
        return False
    stated = read(headers)
    clocks = [duration(headers.get(f"x-ratelimit-reset-{unit}", "")) for unit in ("requests", "images")]
    return stated is not None and any(clock is not None and abs(clock - wait) < 0.01 + 0.01 * wait for clock in clocks)
