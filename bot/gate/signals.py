"""What a verdict says about the provider as a whole; the single request doesn't matter here."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.failure import Failure
from bot.domain.kinds import Kind
from bot.gate.port import Verdict


class Signal(StrEnum):
    SERVED = "served"
    """The provider works: a picture, a safety block, a wrong parameter. It processed the request and answered."""
    RATE = "rate"
    """Too many requests; the limit has to be learned."""
    CONCURRENCY = "concurrency"
    """Too many requests at the same time."""
    UNAVAILABLE = "unavailable"
    """Down, overloaded or unreachable."""
    NO_CREDIT = "no_credit"
    """Quota or billing limit: waiting alone doesn't help, the operator must act."""
    NOTHING = "nothing"
    """The bot aborted the call: no information about the provider."""


_KINDS: dict[Kind, Signal] = {
    Kind.RATE_LIMITED: Signal.RATE,
    Kind.QUOTA_EXHAUSTED: Signal.NO_CREDIT,
    Kind.BILLING_LIMIT: Signal.NO_CREDIT,
    Kind.OVERLOADED: Signal.UNAVAILABLE,
    Kind.SERVER_ERROR: Signal.UNAVAILABLE,
    Kind.GATEWAY_ERROR: Signal.UNAVAILABLE,
    Kind.TIMEOUT: Signal.UNAVAILABLE,
    Kind.NETWORK_DNS: Signal.UNAVAILABLE,
    Kind.NETWORK_CONNECT: Signal.UNAVAILABLE,
    Kind.NETWORK_RESET: Signal.UNAVAILABLE,
    Kind.NETWORK_TLS: Signal.UNAVAILABLE,
    Kind.NETWORK_PROXY: Signal.UNAVAILABLE,
    Kind.MALFORMED_RESPONSE: Signal.UNAVAILABLE,
}

CONCURRENCY = "concurrency"


def signal_of(verdict: Verdict) -> Signal:
    """The signal of a verdict."""
    if verdict.cancelled:
        return Signal.NOTHING
    if verdict.failure is None:
        return Signal.SERVED
    signal = _KINDS.get(verdict.failure.kind, Signal.SERVED)
    if signal is Signal.RATE and verdict.failure.facts.get("limit") == CONCURRENCY:
        return Signal.CONCURRENCY
    return signal


def named_rate(failure: Failure) -> float | None:
    """Requests per second stated in a rejection's text: `limit` as `20/60s`."""
    count, slash, span = failure.facts.get("limit", "").partition("/")
    if not slash or not span.endswith("s") or not _number(count) or not _number(span[:-1]):
        return None
    return int(count) / int(span[:-1])


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0
