"""Signals: what a verdict says about the provider as a whole, not about the single request."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.failure import Failure
from bot.domain.kinds import Kind
from bot.gate.port import Verdict


class Signal(StrEnum):
    SERVED = "served"
    """The provider works: it processed the request and answered with a picture, a safety block or a parameter error."""
    RATE = "rate"
    """Too many requests per time."""
    CONCURRENCY = "concurrency"
    """Too many calls at the same time."""
    UNAVAILABLE = "unavailable"
    """Down, overloaded or unreachable."""
    NO_CREDIT = "no_credit"
    """Quota or billing limit: only the operator can end it."""
    NOTHING = "nothing"
    """The bot aborted the call, which says nothing about the provider."""


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
    if verdict.cancelled:
        return Signal.NOTHING
    if verdict.failure is None:
        return Signal.SERVED
    signal = _KINDS.get(verdict.failure.kind, Signal.SERVED)
    if signal is Signal.RATE and verdict.failure.facts.get("limit") == CONCURRENCY:
        return Signal.CONCURRENCY
    return signal


def slows_the_account(verdict: Verdict) -> bool:
    """Whether an answer to something else than a granted call, such as a poll, asks the whole account to wait."""
    return signal_of(verdict) is Signal.RATE and verdict.failure is not None and verdict.failure.wait is not None


def named_rate(failure: Failure) -> float | None:
    """Requests per second stated in a rejection's text: `limit` as `20/60s`."""
    count, slash, span = failure.facts.get("limit", "").partition("/")
    if not slash or not span.endswith("s") or not _number(count) or not _number(span[:-1]):
        return None
    return int(count) / int(span[:-1])


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0
