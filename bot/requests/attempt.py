"""The two transactions around an exchange: `open_attempt` before it, `record_outcome` after it; plain functions of a transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from bot import budgets
from bot.catalogue.cost import cost_from_usage
from bot.domain.failure import Failure
from bot.domain.kinds import SAFETY_REVIEWABLE, Action, Fixer, Group, Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Attempt, Request
from bot.gate.backoff import own_wait
from bot.ledger import attempt_rows, block_rows, picture_rows, request_rows, settings_rows
from bot.ledger.codec import failure_from_json, failure_to_json
from bot.ledger.store import Tx
from bot.messages.notices import Notices
from bot.requests.accept import CaseOpener as OpenCaseHook
from bot.requests.accept import blocked_before, blocked_member, case_for, remembered_failure, show
from bot.requests.affordable import shortage
from bot.requests.decide import AttemptLimits, Final, OpenCase, Queue, as_booked, decide, was_free
from bot.requests.recover import show_cost
from bot.requests.rules import Rules
from bot.requests.unchosen import fairly, proposal, refused, to_leave_out, worked_without

BLOCK_MEMORY = 24 * 3600.0
"""Seconds for which a blocked wording is remembered in its community."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The attempt is written and its money reserved: make the exchange."""

    request: Request
    attempt: Attempt
    """`request.left_out` says what the exchange goes without."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """It is not queued and due any more: nothing to do."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The request was answered instead of sent (deadline, budget, a block that came in between)."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the two transactions need beside rows."""

    rules: Rules
    open_case: OpenCaseHook
    notices: Notices
    uniform: Callable[[float, float], float]
    service: str = ""
    """The image service's host, for what is remembered of it."""
    on_pictures: Callable[[Tx, Request], None] = lambda tx, request: None
    """Told within the transaction that answers a request with pictures and without a block: a case may be settled by it."""


def open_attempt(tx: Tx, request_id: str, deps: Dependencies) -> Opened | NotNow | Ended:
    """Re-check everything that may have changed while it waited, reserve the highest cost, write the attempt, raise the epoch."""
    rules = deps.rules
    request = request_rows.get(tx.connection, request_id)
    if request is None or request.state is not RequestState.QUEUED or request.due_at > tx.now:
        return NotNow()
    if tx.now >= request.deadline_at:
        return answer(tx, request, RequestEvent.EXPIRE, Answer.EXPIRED)
    if blocked_before(tx, request) is not None:
        failure = remembered_failure()
        case_id = case_for(tx, request, failure, deps.open_case)
        return answer(tx, request, RequestEvent.ANSWER, Answer.BLOCKED, failure=failure_to_json(failure), case_id=case_id)
    blocked = blocked_member(tx, request)
    if blocked is not None:
        refusal = {"reason": "member_blocked", "until": blocked.until}
        return answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, refusal=refusal, failure=None)
    left_out = to_leave_out(tx.connection, request, rules, deps.service)
    cost = rules.highest_cost(request.size, request.quality, request.count, request.prompt, left_out)
    own = settings_rows.of_community(tx.connection, request.place.platform, request.place.community)
    limits = rules.limits.within(own)
    reserved = budgets.reserve(tx, request, cost, request.count, limits)
    if isinstance(reserved, budgets.Exhausted):
        sent = dataclasses.replace(request, left_out=left_out)
        refusal = {"reason": "budget", **(shortage(tx.connection, sent, rules, limits, tx.now) or {})}
        return answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, refusal=refusal, failure=None)
    number = request.attempts + request.rate_answers + 1
    request_rows.move(tx, request, RequestEvent.OPEN_ATTEMPT, epoch=request.epoch + 1, attempts=request.attempts + 1)
    attempt = Attempt(tx.new_id(), request.id, number, request.epoch + 1, tx.now, request.count, cost, periods=tuple(reserved))
    attempt_rows.add_attempt(tx, attempt)
    if left_out != request.left_out:
        request_rows.leave_out(tx, request.id, left_out)
    opened = dataclasses.replace(
        request, state=RequestState.CALLING, epoch=request.epoch + 1, attempts=request.attempts + 1, left_out=left_out
    )
    show(tx, opened)
    return Opened(opened, attempt)


def record_outcome(tx: Tx, attempt_id: str, outcome: Outcome, failure: Failure | None, deps: Dependencies) -> Answer | None:
    """Write what the provider said, settle the money, and move the request on. Returns the answer when there is one now.

    The verdict, the money and the block memory are always written; only the request's own step is fenced by the epoch.
    """
    attempt = attempt_rows.attempt_by_id(tx.connection, attempt_id)
    request = request_rows.get(tx.connection, attempt.request_id)
    if request is None:
        return None
    fenced = request.epoch != attempt.epoch or request.state not in (RequestState.CALLING, RequestState.COLLECTING)
    if failure is not None and failure.kind in SAFETY_REVIEWABLE and fenced:
        _remember_block(tx, request)
    if outcome.pending is not None and not outcome.pictures and not fenced:
        _collect(tx, request, attempt_id, outcome, failure)
        return None
    known = _blocked_while_collecting(request)
    if known is not None and not fenced:
        said = attempt.evidence or outcome.shortfall
        failure, outcome = known, dataclasses.replace(outcome, shortfall=said)
    outcome = as_booked(outcome, failure)
    without = frozenset() if fenced else _without(tx, request, outcome, failure, deps.rules)
    if failure is not None and not without:
        failure = fairly(tx.connection, request, outcome, failure, deps.rules)
    if request.deleted:
        outcome = dataclasses.replace(outcome, shortfall=None)  # it may repeat the words that their member had deleted meanwhile
    cost = cost_of(request, outcome, attempt.reserved_micros, deps.rules)
    if not attempt_rows.close_attempt(tx, attempt_id, outcome, cost):
        return None  # it was recorded before, or written off when its member cancelled
    # Pictures that came after the request had ended are shown to nobody: its member does not pay for them.
    delivered = 0 if fenced else len(outcome.pictures)
    charged = cost * delivered // max(outcome.made, delivered, 1)  # what was made and lost on the way is no cost of the member's
    budgets.settle(
        tx, attempt.periods, reserved=attempt.reserved_micros, wanted=attempt.wanted, cost=cost, delivered=delivered, charged=charged
    )
    show_cost(tx, request)
    if failure is not None and not without:
        _remember(tx, request, failure, deps)
    elif outcome.pictures:
        deps.notices.service_works(tx)
    if outcome.pictures:
        worked_without(tx, request, deps.rules, deps.service, deps.notices)
    if fenced:
        return None
    if without and failure is not None:
        _try_without(tx, request, without, failure)
        return None
    picture_rows.add(tx, request.id, attempt_id, outcome.pictures)
    return _step(tx, request, failure, outcome, deps)


def _without(tx: Tx, request: Request, outcome: Outcome, failure: Failure | None, rules: Rules) -> frozenset[str]:
    """The options without which the exchange is tried once more; none when the request has no free answer left."""
    if request.state is not RequestState.CALLING or request.rate_answers + 1 >= rules.max_rate_answers or tx.now >= request.deadline_at:
        return frozenset()
    return refused(tx.connection, request, outcome, failure, rules)


def _try_without(tx: Tx, request: Request, without: frozenset[str], failure: Failure) -> None:
    """The service refused, for nothing, what nobody chose: the same prompt goes out at once without it, counted as a free answer."""
    request_rows.leave_out(tx, request.id, request.left_out | without)
    failure = dataclasses.replace(failure, facts={**failure.facts, "left_out": ", ".join(sorted(without))})
    counts = {"attempts": request.attempts - 1, "rate_answers": request.rate_answers + 1}
    request_rows.move(tx, request, RequestEvent.REQUEUE, due_at=tx.now, failure=failure_to_json(failure), **counts)
    show(tx, request)
    tx.wake("request", request.id, tx.now)


def _step(tx: Tx, request: Request, failure: Failure | None, outcome: Outcome, deps: Dependencies) -> Answer | None:
    rules = deps.rules
    counted = request
    if was_free(failure, outcome.billed):
        counted = dataclasses.replace(request, attempts=request.attempts - 1, rate_answers=request.rate_answers + 1)
    wait = 0.0 if failure is None else own_wait(failure, counted.attempts + counted.rate_answers, deps.uniform)
    values: dict[str, object] = {
        "attempts": counted.attempts,
        "rate_answers": counted.rate_answers,
        "failure": None if failure is None else failure_to_json(failure),
    }
    tries = AttemptLimits(rules.max_attempts, rules.max_rate_answers)
    match decide(counted, failure, len(outcome.pictures), tx.now, wait, tries):
        case Queue(at):
            request_rows.move(tx, request, RequestEvent.REQUEUE, due_at=at, **values)
            show(tx, request)
            tx.wake("request", request.id, at)
            return None
        case OpenCase(result):
            assert failure is not None
            case_id = case_for(tx, request, failure, deps.open_case)
            _remember_block(tx, request, case_id or "")
            answer(tx, request, RequestEvent.ANSWER, result, case_id=case_id, **values)
            return result
        case Final(result):
            nearest = None if failure is None or result is Answer.PICTURES else proposal(failure, request, rules)
            if nearest is not None:
                values["refusal"] = nearest
            answer(tx, request, RequestEvent.ANSWER, result, **values)
            if result is Answer.PICTURES:
                deps.on_pictures(tx, request)
            return result


def answer(tx: Tx, request: Request, event: RequestEvent, result: Answer, **values: object) -> Ended:
    """Give the one final answer and show it."""
    request_rows.move(tx, request, event, answer=result.value, answered_at=tx.now, **values)
    show(tx, request)
    return Ended(result)


def cost_of(request: Request, outcome: Outcome, reserved: int, rules: Rules) -> int:
    """What an exchange cost, in micros: nothing when not billed, the reservation when unknown, usage or the price table otherwise."""
    if outcome.billed is Billed.NO:
        return 0
    if outcome.billed is Billed.UNKNOWN:
        return reserved
    if outcome.usage is not None:
        known = cost_from_usage(rules.model, outcome.usage)
        if known is not None:
            return known
    if rules.model.known and "size" in request.left_out and len(outcome.pictures) >= max(outcome.made, 1):
        # Reserved as the dearest size, because the service chose; the pictures themselves say which one it was.
        drawn = (f"{picture.width}x{picture.height}" for picture in outcome.pictures)
        others = request.left_out - {"size"}
        return min(reserved, sum(rules.highest_cost(size, request.quality, 1, request.prompt, others) for size in drawn))
    count = max(len(outcome.pictures), outcome.made) if outcome.pictures else request.count
    # By the reservation, not by the row: the prompt, which costs too, may have been deleted while it was drawn.
    return min(reserved, -(-reserved * count // request.count))


def _collect(tx: Tx, request: Request, attempt_id: str, outcome: Outcome, failure: Failure | None) -> None:
    """Poll on. What was blocked beside the pictures that are still to come is remembered now: its answer will not be seen again."""
    assert outcome.pending is not None
    attempt_rows.note_task(tx, attempt_id, outcome.pending)
    values: dict[str, object] = {}
    if failure is not None and failure.kind in SAFETY_REVIEWABLE:
        _remember_block(tx, request)
        attempt_rows.note_evidence(tx, attempt_id, outcome)
        values["failure"] = failure_to_json(failure)
    elif failure is not None and failure.action is Action.FETCH and _blocked_while_collecting(request) is None:
        values["failure"] = failure_to_json(failure)  # the member reads that it is made, and is being fetched
    due = tx.now + outcome.pending.poll_after
    request_rows.move(tx, request, RequestEvent.COLLECT, due_at=due, **values)
    show(tx, request)
    tx.wake("request", request.id, due)


def _blocked_while_collecting(request: Request) -> Failure | None:
    """The block that an earlier exchange of this attempt brought."""
    if request.state is not RequestState.COLLECTING or request.failure is None:
        return None
    failure = failure_from_json(request.failure)
    return failure if failure.kind in SAFETY_REVIEWABLE else None


def _remember(tx: Tx, request: Request, failure: Failure, deps: Dependencies) -> None:
    """Tell the operator where only the operator can help, and of pictures that were paid for and never seen."""
    for_the_operator = failure.group is not Group.UNUSABLE or (failure.action is Action.NONE and failure.kind is not Kind.EMPTY_RESULT)
    if failure.kind is Kind.DOWNLOAD_FAILED or (failure.who_can_fix is Fixer.OPERATOR and for_the_operator):
        deps.notices.failed(tx, failure, request)


def _remember_block(tx: Tx, request: Request, case_id: str = "") -> None:
    """Without a case (nobody waits for this one any more) what is remembered with one stays as it is."""
    if not case_id and blocked_before(tx, request) is not None:
        return
    block_rows.remember_prompt(tx, request.place.community, request.fingerprint, request.person.id, case_id, until=tx.now + BLOCK_MEMORY)
