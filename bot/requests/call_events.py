"""Events about calls and gates, for logs and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.failure import Failure
from bot.domain.outcome import Outcome
from bot.domain.own_services import is_own
from bot.domain.requests import Attempt, Request
from bot.events import CallEnded, EventStream, GateChanged, GateState
from bot.requests.decide import as_booked
from bot.requests.services import ImageService


def publish_changes(events: EventStream, service: ImageService, waiting: int, now: float) -> bool:
    """Publish the gate's changes since the last call, unless it's a community's own. Returns False if there were none."""
    changes = service.gate.changes()
    if is_own(service.name):
        return bool(changes)  # the operator's log and metrics are about the operator's services
    for change in changes:
        events.publish(GateChanged(change.name, change.facts))
    if changes:
        seen = service.gate.snapshot(now)
        events.publish(
            GateState(
                state=seen.state,
                in_flight=seen.in_flight,
                waiting=waiting,
                per_minute=None if seen.per_minute is None else round(seen.per_minute, 1),
                concurrency=seen.concurrency,
                paused_for=round(seen.paused_for, 1),
                failures_in_a_row=seen.failures_in_a_row,
                latency_p95=seen.latency_p95,
                timeout=round(seen.timeout, 1),
            )
        )
    return bool(changes)


@dataclass(frozen=True, slots=True)
class CallMade:
    request: Request
    attempt: Attempt
    outcome: Outcome
    service: ImageService


def publish_call(events: EventStream, made: CallMade, failure: Failure | None) -> None:
    """Publish `CallEnded`. It never contains the prompt, a key or raw text of the provider."""
    request, attempt, outcome, service = made.request, made.attempt, made.outcome, made.service
    events.publish(
        CallEnded(
            request=request.id,
            attempt=attempt.number,
            status=outcome.status,
            kind=None if failure is None else failure.kind.value,
            code=None if failure is None else failure.facts.get("code"),
            provider=service.provider.name,
            provider_request=outcome.provider_request_id,
            model=service.model_for(request.model) or request.model,
            size=request.size,
            quality=request.quality,
            count=attempt.wanted,
            pictures=len(outcome.pictures),
            fingerprint=request.fingerprint[:12],
            latency=round(outcome.latency, 3),
            billed=as_booked(outcome, failure).billed.value,
            cancelled=outcome.cancelled,
            references=tuple(one[:12] for one in request.references),
            own_key=is_own(service.name),
        )
    )
