"""What the gate learns from a call, also as JSON for the way to another process's gate; and what a bug leaves of an outcome."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any

from bot.domain.failure import Evidence, Failure, certain
from bot.domain.kinds import SAFETY_REVIEWABLE, Action, Kind
from bot.domain.outcome import Billed, Outcome
from bot.failures.classify import classify
from bot.gate.port import Verdict
from bot.ledger.codec import failure_from_json, failure_to_json

NOT_STORED = dataclasses.replace(certain(Kind.MALFORMED_RESPONSE, {}), action=Action.NONE)
"""The failure of an outcome that the ledger can't hold. Its call may have been charged, so it isn't made again."""


def outcome_of_bug(provider: str, bug: BaseException) -> Outcome:
    """The outcome of a call whose provider raised, or whose outcome can't be stored: the request still gets an answer."""
    return Outcome(shortfall=Evidence(provider=provider, exception=type(bug).__name__), billed=Billed.UNKNOWN)


def verdict_on(failure: Failure | None, outcome: Outcome) -> Verdict:
    """What the gate learns from a call."""
    tokens = None if outcome.usage is None else outcome.usage.output_tokens
    return Verdict(failure, outcome.rate_headers, outcome.cancelled, len(outcome.pictures), tokens)


def must_be_recorded(call: asyncio.Task[Outcome]) -> bool:
    """Whether a cancelled call returned a block, or a task to poll, before it ended."""
    if call.cancelled() or call.exception() is not None:
        return False
    result = call.result()
    if result.pending is not None:
        return True
    return result.shortfall is not None and classify(result.shortfall).kind in SAFETY_REVIEWABLE


def to_json(verdict: Verdict) -> Mapping[str, Any]:
    return {
        "failure": None if verdict.failure is None else failure_to_json(verdict.failure),
        "headers": dict(verdict.headers),
        "cancelled": verdict.cancelled,
        "pictures": verdict.pictures,
        "tokens": verdict.tokens,
    }


def from_json(found: Mapping[str, Any]) -> Verdict:
    """From what `to_json` made."""
    failure = None if found["failure"] is None else failure_from_json(found["failure"])
    return Verdict(failure, found["headers"], found["cancelled"], found["pictures"], found["tokens"])
