"""A due queued row as the gate sees it."""

from __future__ import annotations

from bot.domain.requests import Lane
from bot.gate.port import Waiting
from bot.ledger.request_rows import Queued
from bot.requests.rules import Rules


def as_waiting(row: Queued, rules: Rules, service: str) -> Waiting:
    """How many pictures its next call asks for at the service that it waits for, and whether that's its last try."""
    most = rules.model_at(service, row.model).per_call or row.count
    last = row.attempts + 1 >= rules.max_attempts or row.unbilled_tries + 1 >= rules.max_unbilled_tries
    return Waiting(
        row.id,
        row.person,
        row.community,
        Lane(row.lane),
        row.created_at,
        min(row.count - (row.settled or 0), most),
        row.attempts + row.unbilled_tries,
        last and rules.max_attempts > 1,
    )
