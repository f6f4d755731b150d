"""Decision after a call: pure function from rows and a failure to the next step."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.failure import Failure
from bot.domain.kinds import NO_CREDIT, NOT_STARTED, SAFETY_REVIEWABLE, Action, Group
from bot.domain.outcome import Billed, Outcome, Pending
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Attempt, Request
from bot.domain.statuses import GAVE_UP_WAITING, TURNED_AWAY
from bot.gate.backoff import own_wait
from bot.requests import parts
from bot.requests.fallback import stays_with_its_service
from bot.requests.omitted_options import as_told_to_member, refused_options
from bot.requests.rules import Rules
from bot.requests.services import DEFAULT


@dataclass(frozen=True, slots=True)
class Queue:
    """Try again, not before this wall-clock time."""

    at: float


@dataclass(frozen=True, slots=True)
class Final:
    """The final answer; nothing more is sent."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A safety block for a human to look at. `answer` is what the member gets now."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Collect:
    """The service is working on it: poll its task, never submit it again."""

    pending: Pending
    at: float
    """Wall-clock time of the next poll."""


@dataclass(frozen=True, slots=True)
class TryWithout:
    """The service rejected defaulted options free of charge: send the same prompt again immediately without them."""

    options: frozenset[str]


@dataclass(frozen=True, slots=True)
class TryFewer:
    """The service rejected the number of pictures free of charge and named its limit: ask for them in parts."""

    per_call: int


@dataclass(frozen=True, slots=True)
class NextPart:
    """The pictures of this part are there, and more were asked for than one call gives."""


@dataclass(frozen=True, slots=True)
class Late:
    """The request has moved on since the call began: record the outcome and do nothing else."""


Decision = Queue | Final | OpenCase
NextStep = Decision | Collect | TryWithout | TryFewer | NextPart | Late


@dataclass(frozen=True, slots=True)
class CallResult:
    """One finished call with its current rows."""

    request: Request
    attempt: Attempt
    outcome: Outcome
    failure: Failure | None
    """The classification of `outcome.shortfall`."""
    defaulted: frozenset[str] = frozenset()
    """Options of the call that the member didn't choose; only needed if the failure is about parameters."""

    @property
    def is_late(self) -> bool:
        """Whether the request has moved on since the call began."""
        waits = self.request.state in (RequestState.CALLING, RequestState.COLLECTING)
        return self.request.epoch != self.attempt.epoch or not waits


@dataclass(frozen=True, slots=True)
class Ruling:
    """Everything that follows from a call."""

    step: NextStep
    outcome: Outcome
    """As it's booked and stored."""
    failure: Failure | None = None
    """As the member is told."""
    attempts: int = 0
    unbilled_tries: int = 0
    """Both counters of the request, with this call included."""


def rule(result: CallResult, rules: Rules, now: float, uniform: Callable[[float, float], float]) -> Ruling:
    """Everything that follows from a call: the booking, the words for the member, and the next step. Pure; `uniform` adds jitter to the
    back-off."""
    request, pending, late = result.request, result.outcome.pending, result.is_late
    if pending is not None and not result.outcome.pictures and not late:
        return Ruling(Collect(pending, poll_at(request, pending, result.failure, now)), result.outcome, result.failure)
    result = result if late else _with_earlier_block(result)
    outcome, failure = as_booked(result.outcome, result.failure), result.failure
    changed = None if late else _call_differently(result, outcome, rules, now)
    if changed is None and failure is not None and failure.group is Group.PARAMETERS:
        failure = as_told_to_member(request, outcome, failure, result.defaulted, rules.model)
    moves = not late and _may_move(request, outcome, failure, rules)
    counted = _with_call_counted(request, unbilled=changed is not None or moves or was_unbilled(failure, outcome.billed))
    booked = dataclasses.replace(result, request=counted, outcome=outcome, failure=failure)
    step: NextStep = Late() if late else changed or _next_step(booked, rules, now, uniform, moves=moves)
    if isinstance(step, NextPart):
        counted = dataclasses.replace(counted, attempts=0, unbilled_tries=0)  # each part has its own tries
    if request.deleted:
        outcome = dataclasses.replace(outcome, shortfall=None)  # it may quote words that their member has since deleted
    return Ruling(step, outcome, failure, counted.attempts, counted.unbilled_tries)


def _with_earlier_block(result: CallResult) -> CallResult:
    """The same call, failed as an earlier call of its attempt did if that one returned a block."""
    block = blocked_while_collecting(result.request)
    if block is None:
        return result
    shortfall = result.attempt.evidence or result.outcome.shortfall
    return dataclasses.replace(result, failure=block, outcome=dataclasses.replace(result.outcome, shortfall=shortfall))


def _call_differently(result: CallResult, outcome: Outcome, rules: Rules, now: float) -> TryFewer | TryWithout | None:
    """Another call without what the service rejected free of charge, while an unbilled try and time are left."""
    request, failure = result.request, result.failure
    if failure is None or failure.group is not Group.PARAMETERS or request.state is not RequestState.CALLING:
        return None
    if request.unbilled_tries + 1 >= rules.max_unbilled_tries or now >= request.deadline_at:
        return None
    if per_call := parts.named_limit(result.attempt.wanted, outcome, failure):
        return TryFewer(per_call)
    refused = refused_options(request, outcome, failure, result.defaulted)
    return TryWithout(refused) if refused else None


def _with_call_counted(request: Request, *, unbilled: bool) -> Request:
    """The request with this call counted. `open_attempt` has counted it as an attempt, in case nothing more is heard of it."""
    if not unbilled:
        return request
    return dataclasses.replace(request, attempts=request.attempts - 1, unbilled_tries=request.unbilled_tries + 1)


def _next_step(
    booked: CallResult, rules: Rules, now: float, uniform: Callable[[float, float], float], *, moves: bool
) -> NextPart | Decision:
    """The step after a call that isn't made differently: another service, the next part, or what `decide` says."""
    request, failure, pictures = booked.request, booked.failure, len(booked.outcome.pictures)
    if moves and request.unbilled_tries < rules.max_unbilled_tries and now < request.deadline_at:
        return Queue(now)
    if parts.has_next(request, booked.attempt.wanted, pictures, failure, now):
        return NextPart()
    wait = 0.0 if failure is None else own_wait(failure, request.attempts + request.unbilled_tries, uniform)
    return decide(request, failure, pictures, rules, now, wait)


SOONEST_POLL = 1.0
"""Seconds; a shorter wait that a service asks for is rounding."""
LONGEST_DOWNLOAD_WAIT = 60.0
"""Seconds that a picture's host may ask to wait: the picture's address may expire meanwhile."""
LAST_LOOK = 5.0
"""Seconds before the deadline: the last poll of a task whose service asks to wait for longer."""


def poll_at(request: Request, pending: Pending, failure: Failure | None, now: float) -> float:
    """When to poll again: not before the wait that the service asked for is over, but once more before the deadline."""
    wait, asked = pending.poll_after, None if failure is None else failure.wait
    if asked is not None:
        wait = max(wait, min(asked, LONGEST_DOWNLOAD_WAIT)) if pending.is_download else max(SOONEST_POLL, asked)
    last = request.deadline_at - LAST_LOOK
    return now + wait if now + wait <= last else max(now + pending.poll_after, last)


def blocked_while_collecting(request: Request) -> Failure | None:
    """The block that an earlier call of this attempt returned."""
    failure = request.failure if request.state is RequestState.COLLECTING else None
    return failure if failure is not None and failure.kind in SAFETY_REVIEWABLE else None


def _may_move(request: Request, outcome: Outcome, failure: Failure | None, rules: Rules) -> bool:
    """Whether the configured service has no credit left, charged nothing, and another one may draw this instead."""
    gone = failure is not None and failure.kind in NO_CREDIT and outcome.billed is Billed.NO and not outcome.pictures
    if stays_with_its_service(dataclasses.replace(request, attempts=request.attempts - 1)):  # this call was free
        return False
    return gone and request.service == DEFAULT and request.state is RequestState.CALLING and rules.has_fallback(request.model)


def as_booked(outcome: Outcome, failure: Failure | None) -> Outcome:
    """The outcome as booked. Rejections before generation (429, 503, 529, other wordings of "overloaded", or a security check in front of
    the service with any status) weren't billed; any other 5xx may have been, and so may one whose words only resemble these."""
    certain = outcome.status in TURNED_AWAY or (failure is not None and not failure.is_guess)
    at_the_door = failure is not None and ((failure.kind in NOT_STARTED and certain) or "guard" in failure.facts)
    if not at_the_door or outcome.billed is Billed.YES or outcome.status in GAVE_UP_WAITING:
        return outcome
    return dataclasses.replace(outcome, billed=Billed.NO)


def was_unbilled(failure: Failure | None, billed: Billed) -> bool:
    """Whether the failure counts as an unbilled try, not as an attempt: rejected before generation, or never sent. False if pictures were
    made and only their download has to wait."""
    return failure is not None and billed is Billed.NO and (failure.kind in NOT_STARTED or failure.action is Action.GENERATE)


def decide(request: Request, failure: Failure | None, pictures: int, rules: Rules, now: float, wait: float) -> Decision:
    """The next step, with this call already counted; `wait` is the request's own back-off in seconds.

    Pictures are delivered immediately, with the reason for missing ones: a member who asked for three is better served by two now than by
    waiting. A safety block opens a case even next to pictures, and the rest is never requested again.
    """
    if failure is None:
        return Final(Answer.PICTURES if pictures else Answer.FAILED)
    if failure.kind in SAFETY_REVIEWABLE:
        return OpenCase(Answer.PICTURES if pictures else Answer.BLOCKED)
    if pictures:
        return Final(Answer.PICTURES)
    if failure.action is not Action.GENERATE or request.state is RequestState.COLLECTING:
        return Final(Answer.FAILED)  # an accepted task is polled, never submitted again: it may have been paid for
    if request.attempts >= rules.max_attempts or request.unbilled_tries >= rules.max_unbilled_tries:
        return Final(Answer.FAILED)
    at = now + wait
    if max(at, now + (failure.wait or 0.0)) >= request.deadline_at:
        return Final(Answer.FAILED)
    return Queue(at)
