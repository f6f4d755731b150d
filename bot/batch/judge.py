"""What a request's end means for its item of a batch. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Fixer, Group, Kind
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Request
from bot.requests.own_key import KEY_REASONS
from bot.requests.services import HALF_PRICE
from bot.requests.stranded_tasks import CHANGED

WAITS = frozenset(
    {
        *("budget", "cool_down", "member_blocked", "community_not_allowed", "channel_not_allowed", "too_many_waiting"),
        *("removed", "tier_model", "tier_size", "tier_quality", *KEY_REASONS),
    }
)
"""Refusals that are about the moment, not about the topic: the batch pauses, and the topic keeps its place."""
FREE_AGAIN = frozenset({"cancelled", "abandoned"})
INTERRUPTED, EXPIRED = "interrupted", "expired"
NOT_IN_TIME, CALLED_OFF, TASK_GONE = "not_in_time", "called_off", "task_gone"
"""How a task of the Batch API ended without a picture. Only the last one may have been paid for: the service doesn't know it anymore."""
SERVICE_CHANGED, HALF_PRICE_GONE = CHANGED, "half_price_gone"
"""The operator has changed the image service: while a task was there, which may have been paid for; before it was handed in."""
_TRIED_AGAIN = frozenset({INTERRUPTED, EXPIRED, NOT_IN_TIME, CALLED_OFF, TASK_GONE, SERVICE_CHANGED, HALF_PRICE_GONE})
REFUSED_IN_A_ROW = 2
"""Failures in a row that only the operator can mend, after which the batch pauses instead of using up its topics."""


@dataclass(frozen=True, slots=True)
class ItemDrawn:
    """Its pictures are there."""


@dataclass(frozen=True, slots=True)
class BackInLine:
    """Nothing was drawn, and it may be asked for again."""

    pause: Refusal | None = None
    """Why the batch has to wait for somebody; None if it hasn't to."""
    full: bool = False
    """The Batch API takes no more for now."""


@dataclass(frozen=True, slots=True)
class ItemFailed:
    """It isn't asked for again by itself."""

    reason: str
    operator: bool = False
    """Only the operator can mend it."""


def judge(request: Request) -> ItemDrawn | BackInLine | ItemFailed | None:
    """The meaning of a request's end; None while it hasn't ended."""
    refusal = request.refusal
    if request.state is RequestState.REFUSED:
        reason = "" if refusal is None else refusal.reason
        if reason in FREE_AGAIN:
            return BackInLine()
        return BackInLine(refusal) if reason in WAITS else ItemFailed(reason or "refused")
    if request.state is not RequestState.ANSWERED:
        return None
    match request.answer:
        case Answer.PICTURES:
            return ItemDrawn()
        case Answer.CANCELLED:
            return BackInLine()
        case Answer.EXPIRED:
            return BackInLine() if request.attempts == 0 else ItemFailed(EXPIRED)
        case Answer.INTERRUPTED:
            return ItemFailed(INTERRUPTED)
    if request.failure is None and refusal is not None and refusal.reason in WAITS:
        return BackInLine(refusal)
    if request.failure is None and refusal is not None and refusal.reason == SERVICE_CHANGED:
        return ItemFailed(SERVICE_CHANGED)
    return _failed(request)


def _failed(request: Request) -> ItemFailed | BackInLine:
    failure = request.failure
    if failure is None:
        return ItemFailed("failed")
    if request.service == HALF_PRICE and failure.kind is Kind.RATE_LIMITED:
        return BackInLine(full=True)
    if request.service == HALF_PRICE and failure.kind is Kind.TASK_LOST:
        return ItemFailed(_lost(failure))
    return ItemFailed(failure.kind.value, failure.who_can_fix is Fixer.OPERATOR)


def _lost(failure: Failure) -> str:
    if failure.facts.get("status") in ("404", "410"):
        return TASK_GONE
    return CALLED_OFF if failure.facts.get("code") in ("cancelled", "batch_cancelled") else NOT_IN_TIME


def may_be_tried_again(reason: str) -> bool:
    """Whether a failed item may be drawn once more when somebody asks for that: what was interrupted, failed for the service's sake, or
    waited for the operator. What was blocked, or is wrong with the topic itself, fails again, so it isn't paid for again."""
    if reason not in _KINDS:
        return reason in _TRIED_AGAIN
    kind = KINDS[Kind(reason)]
    return kind.group in (Group.SERVICE, Group.UNUSABLE) or waits_for_operator(reason)


def waits_for_operator(reason: str) -> bool:
    """Whether an item failed because of something that the operator has mended when the batch goes on. Such calls are never billed."""
    return reason in _KINDS and KINDS[Kind(reason)].who_can_fix is Fixer.OPERATOR and KINDS[Kind(reason)].group is not Group.SAFETY


def shows_service_works(reason: str) -> bool:
    """Whether the service looked at the topic itself: a block, a wrong option, or an answer without a usable picture."""
    return reason in _KINDS and KINDS[Kind(reason)].group is not Group.SERVICE


_KINDS = frozenset(one.value for one in Kind)
