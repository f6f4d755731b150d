"""The two transactions around a call: `open_attempt` before it, `record_outcome` after it. Plain functions of a transaction."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict, assert_never

from bot import budgets
from bot.catalogue.cost import cost_from_usage
from bot.domain.failure import Failure
from bot.domain.kinds import NOT_STARTED, SAFETY_REVIEWABLE, Action, Group, Kind
from bot.domain.outcome import SUBMITTED, Outcome, Pending
from bot.domain.own_services import CHANGED, is_own
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import Attempt, Request
from bot.ledger import attempt_rows, batch_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.messages import fallback_notice
from bot.messages.notices import Notices, concerns_operators
from bot.messages.own_notices import OwnNotices
from bot.requests import applied, books, parts, transitions
from bot.requests.affordable import shortage
from bot.requests.block_memory import blocked_before, blocked_member, remember_block, remembered_failure
from bot.requests.decide import (
    CallResult,
    Collect,
    Final,
    Late,
    NextPart,
    OpenCase,
    Queue,
    Ruling,
    TryFewer,
    TryWithout,
    blocked_while_collecting,
    rule,
)
from bot.requests.fallback import may_move
from bot.requests.omitted_options import defaulted_options, proposal, to_leave_out, worked_without
from bot.requests.own_key import UNREADABLE, as_drawn_here
from bot.requests.rules import Rules
from bot.requests.services import DEFAULT, HALF_PRICE, ImageService
from bot.requests.tiers import settings_for
from bot.requests.transitions import CaseOpener

UNHEARD = 0.1
"""Seconds; the news of another key takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The attempt is recorded and its money reserved: make the call."""

    request: Request
    attempt: Attempt
    """`request.left_out` lists the options to omit."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The request is no longer queued and due; nothing to do."""

    pause: float = 0.0
    """Seconds in which this process will hear that the request's community has another key now."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The request was answered instead of sent (deadline, budget, or a block in the meantime)."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Dependencies:
    rules: Rules
    open_case: CaseOpener
    notices: Notices
    uniform: Callable[[float, float], float]
    own_notices: OwnNotices = field(default_factory=OwnNotices)
    """What a community's moderators are told about its own service, in place of the operators."""
    on_pictures: Callable[[Tx, Request], None] = lambda tx, request: None
    """Called in the transaction that answers a request with pictures and without a block; it may settle a case."""


def open_attempt(tx: Tx, request_id: str, deps: Dependencies, service: ImageService | None = None) -> Opened | NotNow | Ended:
    """Check again everything that may have changed while waiting, reserve the maximum cost, insert the attempt, and increment the epoch.
    `service` is the one whose gate granted the call; None for the request's own."""
    request = request_rows.get(tx.connection, request_id)
    if request is None or request.state is not RequestState.QUEUED or request.due_at > tx.now:
        return NotNow()
    place = request.place
    own = settings_for(tx.connection, place.platform, place.community, request.person.id, deps.rules, tx.now)
    if (over := _answer_if_over(tx, request, deps)) is not None:
        return Ended(over)
    here = _as_drawn_now(tx, request, own, deps.rules, service)
    if not isinstance(here, Request):
        return here
    request = here
    rules = deps.rules.in_community(own).for_call(request.service, request.model)
    host = "" if service is None else service.host
    if request.count > 1 and not request.per_call:
        request = dataclasses.replace(request, per_call=parts.learned_limit(tx.connection, host, request.model, tx.now))
    sent = dataclasses.replace(request, left_out=to_leave_out(tx.connection, request, rules, host, tx.now))
    wanted = parts.next_count(sent, rules.model)
    cost = rules.highest_cost(sent.size, sent.quality, wanted, sent.prompt, sent.left_out, len(sent.references))
    limits = rules.limits.within(own)
    reserved = budgets.reserve(tx, request, cost, wanted, limits)
    if isinstance(reserved, budgets.Exhausted):
        refusal = Refusal("budget", budget=shortage(tx.connection, dataclasses.replace(sent, count=wanted), rules, limits, tx.now))
        return Ended(transitions.answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, refusal=refusal, failure=None))
    opened = dataclasses.replace(sent, state=RequestState.CALLING, epoch=request.epoch + 1, attempts=request.attempts + 1)
    request_rows.move(tx, request, RequestEvent.OPEN_ATTEMPT, epoch=opened.epoch, attempts=opened.attempts, service=opened.service)
    number = attempt_rows.next_number(tx.connection, request.id)
    attempt = Attempt(tx.new_id(), request.id, number, opened.epoch, tx.now, wanted, cost, periods=tuple(reserved))
    attempt_rows.add_attempt(tx, attempt)
    if opened.service == HALF_PRICE:
        handed_to = "" if service is None else service.provider.gate_key  # found again there by its name, whatever happens to the answer
        attempt_rows.note_task(tx, attempt.id, Pending(f"{SUBMITTED}{attempt.id}", handed_to=handed_to))
    if opened.left_out != request.left_out:
        request_rows.leave_out(tx, request.id, opened.left_out)
    transitions.show(tx, opened)
    if service is not None and service.shown:
        fallback_notice.begun(tx, deps.notices, service.shown)
    return Opened(opened, attempt)


def _as_drawn_now(tx: Tx, request: Request, own: Mapping[str, Any], rules: Rules, service: ImageService | None) -> Request | NotNow | Ended:
    """The request as it's drawn now, at the service whose gate granted the call; or why it isn't."""
    drawn = as_drawn_here(request, own, rules)
    if service is not None and service.unreadable and isinstance(drawn, Request) and service.name == drawn.service:
        drawn = Refusal(UNREADABLE)
    if isinstance(drawn, Refusal):
        return Ended(transitions.answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, refusal=drawn, failure=None))
    return _at_service(tx, drawn, service)


def _at_service(tx: Tx, request: Request, service: ImageService | None) -> Request | NotNow:
    if service is None or (service.name == request.service and service.known):
        return request
    if is_own(request.service) or is_own(service.name):
        tx.wake(CHANGED, f"{request.place.platform}:{request.place.community}")
        return NotNow(UNHEARD)
    if service.name != DEFAULT and not may_move(request, service):
        return NotNow()
    return dataclasses.replace(request, service=service.name)


def _answer_if_over(tx: Tx, request: Request, deps: Dependencies) -> Answer | None:
    """The answer to a request that may no longer be sent: deadline, block or pause in the meantime."""
    if tx.now >= request.deadline_at:
        return transitions.answer(tx, request, RequestEvent.EXPIRE, Answer.EXPIRED)
    memory = blocked_before(tx, request)
    if memory is not None:
        failure = remembered_failure(memory.what)
        case_id = deps.open_case(tx, request, failure)
        return transitions.answer(tx, request, RequestEvent.ANSWER, Answer.BLOCKED, failure=failure, case_id=case_id)
    paused = blocked_member(tx, request)
    if paused is not None:
        refusal = Refusal(paused.reason, until=paused.until)
        return transitions.answer(tx, request, RequestEvent.ANSWER, Answer.FAILED, refusal=refusal, failure=None)
    return None


def record_outcome(tx: Tx, attempt_id: str, outcome: Outcome, failure: Failure | None, deps: Dependencies, host: str = "") -> Answer | None:
    """Record the outcome, settle the cost, and move the request on. Returns the final answer, if there is one now.

    Verdict, cost and block memory are always written; only the request's own transition is fenced by the epoch.
    """
    attempt = attempt_rows.attempt_by_id(tx.connection, attempt_id)
    request = request_rows.get(tx.connection, attempt.request_id)
    if request is None:
        return None
    notices = deps.own_notices if is_own(request.service) else deps.notices
    deps = dataclasses.replace(deps, rules=deps.rules.for_call(request.service, request.model), notices=notices)
    asks = failure is not None and failure.group is Group.PARAMETERS
    defaulted = defaulted_options(tx.connection, request, deps.rules, tx.now) if asks else frozenset[str]()
    ruling = rule(CallResult(request, attempt, outcome, failure, defaulted), deps.rules, tx.now, deps.uniform)
    if isinstance(ruling.step, Collect):
        _collect(tx, request, attempt, ruling, ruling.step, deps)
        return None
    late = isinstance(ruling.step, Late)
    if late:
        _keep_late(tx, request, attempt, outcome, failure)
    if not books.close(tx, request, attempt, ruling.outcome, deps.rules, late=late):
        return None
    if ruling.failure is not None and _is_news(ruling, request) and concerns_operators(ruling.failure):
        deps.notices.failed(tx, ruling.failure, request)
    if ruling.outcome.pictures:
        _take_pictures(tx, request, attempt, ruling, deps, host)
    return None if isinstance(ruling.step, Late) else _take_step(tx, request, attempt, ruling, ruling.step, deps, host)


class _Moved(TypedDict):
    """What a step after a call writes to the request."""

    attempts: int
    unbilled_tries: int
    failure: Failure | None


def _take_step(
    tx: Tx,
    request: Request,
    attempt: Attempt,
    ruling: Ruling,
    step: Queue | Final | OpenCase | TryWithout | TryFewer | NextPart,
    deps: Dependencies,
    host: str,
) -> Answer | None:
    """Move the request on. Returns its final answer, if this is one."""
    failure = ruling.failure
    values = _Moved(attempts=ruling.attempts, unbilled_tries=ruling.unbilled_tries, failure=failure)
    match step:
        case OpenCase(result):
            assert failure is not None
            case_id = deps.open_case(tx, request, failure)
            remember_block(tx, request, failure.kind, case_id or "")
            return transitions.answer(tx, request, RequestEvent.ANSWER, result, case_id=case_id, **values)
        case Final(result):
            return _finish(tx, request, result, values, deps)
        case Queue(at):
            transitions.queue(tx, request, RequestEvent.REQUEUE, at, **values)
        case TryWithout(options):
            assert failure is not None
            request_rows.leave_out(tx, request.id, request.left_out | options, refused=True)
            values["failure"] = dataclasses.replace(failure, facts={**failure.facts, "left_out": ", ".join(sorted(options))})
            transitions.queue(tx, request, RequestEvent.REQUEUE, tx.now, **values)
        case TryFewer(per_call):
            parts.learn_limit(tx, host, request.model, per_call)
            request_rows.annotate(tx, request.id, per_call=per_call, option_refused=True)  # so no other service is asked
            transitions.queue(tx, request, RequestEvent.REQUEUE, tx.now, **{**values, "failure": None})
        case NextPart():
            request_rows.settle_part(tx, request, attempt.wanted, failure)
            transitions.queue(tx, request, RequestEvent.NEXT_PART, tx.now, **{**values, "failure": None})
        case _:
            assert_never(step)
    return None


def _is_news(ruling: Ruling, request: Request) -> bool:
    """Whether a failure wasn't foreseen: another option is tried next, and a half-price task may end without its picture."""
    late_task = request.service == HALF_PRICE and ruling.failure is not None and ruling.failure.kind is Kind.TASK_LOST
    return not late_task and not isinstance(ruling.step, TryWithout | TryFewer)


def _keep_late(tx: Tx, request: Request, attempt: Attempt, outcome: Outcome, failure: Failure | None) -> None:
    """Keep what still matters of a call whose request has ended: a task to stop, and a block."""
    if outcome.pending is not None and (attempt.task_id or SUBMITTED).startswith(SUBMITTED):
        # Its member cancelled while the service was taking the task.
        attempt_rows.note_task(tx, attempt.id, outcome.pending)
        transitions.stop_task(tx, attempt.id, outcome.pending)
    if failure is not None and failure.kind in SAFETY_REVIEWABLE:
        remember_block(tx, request, failure.kind)


def _take_pictures(tx: Tx, request: Request, attempt: Attempt, ruling: Ruling, deps: Dependencies, host: str) -> None:
    """Store the pictures unless they came too late, and record what they show about the service."""
    if request.service == DEFAULT:
        if ruling.failure is None or isinstance(ruling.step, TryWithout):
            deps.notices.service_works(tx)
        fallback_notice.ended(tx, deps.notices)
    if is_own(request.service):
        deps.own_notices.works(tx, request)
    worked_without(tx, request, ruling.outcome, deps.rules, host, deps.notices)
    sent = ruling.outcome.carried
    unsent = bool(sent) and "quality" not in sent and "quality" not in defaulted_options(tx.connection, request, deps.rules, tx.now)
    found = applied.compare(request, ruling.outcome, deps.rules.model, unsent=unsent)
    applied.note(tx, request, found, deps.rules.model, host, deps.notices)
    if not isinstance(ruling.step, Late):
        picture_rows.add(tx, request.id, attempt.id, ruling.outcome.pictures)


def _finish(tx: Tx, request: Request, result: Answer, values: _Moved, deps: Dependencies) -> Answer:
    """Give the final answer, with the nearest value that the service would accept."""
    failure = values["failure"]
    nearest = proposal(failure, request) if failure is not None and result is not Answer.PICTURES else None
    also = {} if nearest is None else {"refusal": nearest}
    given = transitions.answer(tx, request, RequestEvent.ANSWER, result, **values, **also)
    if given is Answer.PICTURES:
        deps.on_pictures(tx, request)
    return given


def _collect(tx: Tx, request: Request, attempt: Attempt, ruling: Ruling, step: Collect, deps: Dependencies) -> None:
    """Continue polling. Remember a block that came beside pending pictures now, because its answer won't be seen again."""
    attempt_rows.note_task(tx, attempt.id, step.pending, cost_from_usage(deps.rules.model, ruling.outcome.usage))
    failure, values = ruling.failure, dict[str, object]()
    if failure is not None and failure.kind in SAFETY_REVIEWABLE:
        remember_block(tx, request, failure.kind)
        attempt_rows.note_evidence(tx, attempt.id, ruling.outcome)
        values["failure"] = failure
    elif blocked_while_collecting(request) is None:
        values["failure"] = failure if failure is not None and _is_told(failure) else None
    transitions.collect(tx, request, step.at, **values)
    if request.service == HALF_PRICE and batch_rows.is_unwanted(tx.connection, request.batch):
        transitions.stop_task(tx, attempt.id, step.pending)  # it may only have got its name now, or a kill came between


def _is_told(failure: Failure) -> bool:
    """Whether the member reads about a failure while the task is polled: its picture is downloaded again, or the service asked to wait."""
    return failure.action is Action.FETCH or failure.kind in NOT_STARTED
