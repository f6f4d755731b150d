"""Gate memory: the learned state as JSON values. Times are stored relative to now, and values that are too old are ignored."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.gate.breaker import EARLY_PROBE, FIRST_PROBE, LAST_PROBE, Breaker
from bot.gate.bucket import FASTEST, SLOWEST
from bot.gate.concurrency import ConcurrencyLimit
from bot.gate.credit import Credit
from bot.gate.latency import Latency
from bot.gate.limit_trust import BARE, MOST, SHORTEST
from bot.gate.rate_model import RateModel
from bot.gate.restoring import Restoring
from bot.gate.restoring import read as read_stage

VERSION = 1
FRESH = 6 * 3600.0
"""Maximum age in seconds of a memory that is loaded."""


def write(
    now: float,
    rate_model: RateModel,
    concurrency: ConcurrencyLimit,
    latency: Latency,
    breaker: Breaker,
    credit: Credit,
    paused_until: float,
) -> dict[str, object]:
    """Serialise what a new gate would otherwise have to learn from rejections."""
    bucket, window, trust = rate_model.bucket, rate_model.window, rate_model.trust
    found: dict[str, object] = {"version": VERSION}
    if bucket.rate is not None:
        bucket.refill(now)
        found["bucket"] = {
            "rate": round(bucket.rate, 5),
            "told": bucket.stated is not None,  # stored names are older than the code's: "told" is stated, "crowd" the concurrency limit
            "depth": round(bucket.depth(), 2),
            "level": round(bucket.level, 2),
            "refused_last": bucket.in_a_row > 0,
        }
    if window.believed and window.limit is not None:
        window.count(now)
        ages = [round(now - time, 1) for time in window.times][-window.limit :]
        found["window"] = {"limit": window.limit, "named": window.named, "ages": ages}
    if trust.longest < math.inf:
        found["hold"] = {"longest": round(trust.longest, 2), "refused": round(now - trust.rejected, 1), "confirmed": trust.confirmed}
    if concurrency.cap is not None:
        found["crowd"] = {"cap": concurrency.cap, "sure": concurrency.sure, "refused": round(now - concurrency.rejected_at, 1)}
    if latency.samples:
        found["latency"] = [round(seconds, 2) for seconds in latency.samples][-30:]
    if paused_until > now:
        found["paused_for"] = round(paused_until - now, 1)
    if breaker.since is not None:
        found["down"] = {"probe_in": round(breaker.probe_at - now, 1), "interval": round(breaker.interval, 2)}
    if credit.since is not None:
        found["no_credit"] = {"probe_in": round(credit.probe_at - now, 1), "probes": credit.probes}
    return found


def read(
    memory: Mapping[str, object],
    now: float,
    age: float,
    rate_model: RateModel,
    concurrency: ConcurrencyLimit,
    latency: Latency,
    breaker: Breaker,
    credit: Credit,
) -> float:
    """Load values that were stored `age` seconds ago into the parts. Returns the loop time at which a pause ends. Invalid values are
    ignored."""
    age = max(0.0, age)
    if memory.get("version") != VERSION or age > FRESH:
        return -math.inf
    _read_rate_model(memory, now, age, rate_model)
    kept = _part(memory, "crowd")
    if (cap := _number(kept, "cap", 1, 10_000)) is not None:
        concurrency.cap, concurrency.sure, concurrency.rejected_at = int(cap), kept.get("sure") is True, now - age - _ago(kept)
    samples = memory.get("latency")
    for seconds in samples if isinstance(samples, list) else []:
        if isinstance(seconds, (int, float)) and 0 < seconds < 3600:
            latency.add(float(seconds))
    kept = _part(memory, "down")
    if (probe_in := _number(kept, "probe_in", -3600, 3600)) is not None:
        breaker.since, breaker.in_a_row = now, 1
        breaker.interval = _number(kept, "interval", EARLY_PROBE, LAST_PROBE) or FIRST_PROBE
        breaker.probe_at = now + max(0.0, probe_in - age)
    kept = _part(memory, "no_credit")
    if (probe_in := _number(kept, "probe_in", -3600, 3600)) is not None:
        credit.since, credit.probes = now, int(_number(kept, "probes", 0, 1000) or 0)
        credit.probe_at = now + max(0.0, probe_in - age)
    paused = _number(memory, "paused_for", 0, 3600)
    return -math.inf if paused is None else now + paused - age


def stage(memory: Mapping[str, object], age: float) -> Restoring:
    """Load the stage of gradual recovery; none if the memory is too old."""
    return Restoring() if memory.get("version") != VERSION or age > FRESH else read_stage(dict(_part(memory, "restoring")))


def _read_rate_model(memory: Mapping[str, object], now: float, age: float, rate_model: RateModel) -> None:
    kept, bucket, trust = _part(memory, "hold"), rate_model.bucket, rate_model.trust
    trust.longest, trust.confirmed = _number(kept, "longest", SHORTEST, MOST) or BARE, kept.get("confirmed") is True
    trust.launched, trust.rejected = now - age, now - age - _ago(kept)
    kept = _part(memory, "bucket")
    rate = _number(kept, "rate", SLOWEST, 1000)
    if rate is not None:
        bucket.rate, bucket.stated = (rate, rate) if kept.get("told") is True else (min(rate, FASTEST), None)
        bucket.measured, bucket.at, bucket.in_a_row = True, now, int(kept.get("refused_last") is True)
        bucket.least_depth = _number(kept, "depth", 1, 10_000) or 1.0
        bucket.level = min(bucket.least_depth, (_number(kept, "level", -1000, 10_000) or 0.0) + age * rate)
    kept = _part(memory, "window")
    limit = _number(kept, "limit", 1, 100_000)
    if limit is not None:
        ages = kept.get("ages")
        rate_model.window.limit, rate_model.window.believed = int(limit), True
        rate_model.window.named = kept.get("named") is True
        for spent in ages if isinstance(ages, list) else []:
            if isinstance(spent, (int, float)) and 0 <= spent + age < 60:
                rate_model.window.times.append(now - spent - age)


def _ago(kept: Mapping[str, object]) -> float:
    """Seconds from the last rejection to the time of storing; 0 if an older version didn't store it, so the limit is trusted at most ten
    minutes too long."""
    return _number(kept, "refused", 0, FRESH) or 0.0


def _part(memory: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = memory.get(name)
    return part if isinstance(part, Mapping) else {}


def _number(part: Mapping[str, object], name: str, low: float, high: float) -> float | None:
    value = part.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value) if low <= value <= high else None
