"""What follows from the outcome of an exchange. Pure: rows and a failure in, one decision out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from bot.domain.failure import Failure
from bot.domain.kinds import RATE_ANSWERS, SAFETY_REVIEWABLE, Action
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Request


@dataclass(frozen=True, slots=True)
class Queue:
    """Try again, not before this wall-clock time."""

    at: float


@dataclass(frozen=True, slots=True)
class Final:
    """This is the answer; nothing is sent any more."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A safety block: a human looks at it. `answer` is what the member gets now."""

    answer: Answer


Decision = Queue | Final | OpenCase


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How often a request may be tried: `attempts` exchanges that may have been billed, `free` answers that were not."""

    attempts: int = 3
    free: int = 10


GAVE_UP_WAITING = frozenset({408, 499, 504, 520, 524})
"""Statuses of a gateway that had passed the request on: whatever its page says of load, a picture may have been made behind it."""


def as_booked(outcome: Outcome, failure: Failure | None) -> Outcome:
    """Turned away at the door (429, 503, 529, "overloaded" in other words, or by a guard in front of the service, whatever its status) was
    not billed, so it is counted and booked as free. Any other 5xx may have been billed."""
    at_the_door = failure is not None and (failure.kind in RATE_ANSWERS or "guard" in failure.facts)
    if not at_the_door or outcome.billed is Billed.YES or outcome.status in GAVE_UP_WAITING:
        return outcome
    return dataclasses.replace(outcome, billed=Billed.NO)


def was_free(failure: Failure | None, billed: Billed) -> bool:
    """Whether a bad answer, as it is booked, uses up a free answer instead of an attempt: turned away at the door, or never sent. Not when
    pictures were made and only their file's address asked to wait."""
    return failure is not None and billed is Billed.NO and (failure.kind in RATE_ANSWERS or failure.action is Action.GENERATE)


def decide(request: Request, failure: Failure | None, pictures: int, now: float, wait: float, tries: AttemptLimits) -> Decision:
    """The request as it stands after this exchange was counted; `wait` is its own back-off in seconds.

    Pictures that came are delivered at once, with the reason for those that did not: a member who asked for three and gets two now is
    better served than one who waits. A safety block opens a case even beside pictures, and the rest is never asked for again.
    """
    if failure is None:
        return Final(Answer.PICTURES if pictures else Answer.FAILED)
    if failure.kind in SAFETY_REVIEWABLE:
        return OpenCase(Answer.PICTURES if pictures else Answer.BLOCKED)
    if pictures:
        return Final(Answer.PICTURES)
    if failure.action is not Action.GENERATE or request.state is RequestState.COLLECTING:
        return Final(Answer.FAILED)  # a task that was taken is polled, never submitted again: it may have been paid
    if request.attempts >= tries.attempts or request.rate_answers >= tries.free:
        return Final(Answer.FAILED)
    at = now + wait
    if max(at, now + (failure.wait or 0.0)) >= request.deadline_at:
        return Final(Answer.FAILED)
    return Queue(at)
