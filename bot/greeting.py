"""Check of the image service at start, so that a rejected key is reported before the first member notices."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

import structlog

from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import Kind
from bot.failures.classify import recognise
from bot.failures.explain import explain
from bot.ledger.store import Ledger, LedgerProblem, Tx
from bot.messages.notices import Notices

log = structlog.get_logger()

REFUSED = (Kind.AUTH_MISSING_KEY, Kind.AUTH_INVALID_KEY)
"""Failures that a rejected model list proves; a bare 403 may only be about the list."""


class ModelList(Protocol):
    """Fetches the image service's model list; never raises."""

    def __call__(self, *, with_key: bool = True) -> Awaitable[Evidence]: ...


async def greet(ask: ModelList, ledger: Ledger, notices: Notices) -> None:
    """Request the model list once and report a problem: a log line, and a notice if only the operator can fix it. Never stops the start."""
    seen = await ask()
    failure = None if seen.status is not None and seen.status < 300 else recognise(seen)
    if failure is not None and _is_wrong(failure):
        first = explain(failure, "operator").partition("\n\n")[0]
        log.error("image_service_check_failed", kind=failure.kind.value, status=seen.status, what_to_do=first)
    open_ = [kind.value for kind in REFUSED if kind.value in notices.open]
    accepted = bool(open_) and seen.status == 200 and await _needs_a_key(ask)
    try:
        await ledger.write(lambda tx: _note(tx, notices, failure, open_ if accepted else ()))
    except LedgerProblem as problem:
        log.error("ledger_problem", problem=str(problem))


async def _needs_a_key(ask: ModelList) -> bool:
    """Whether the list needs a key; a public list says nothing about the key."""
    return (await ask(with_key=False)).status in (401, 403)


def _note(tx: Tx, notices: Notices, failure: Failure | None, over: Sequence[str]) -> None:
    if failure is not None and _is_wrong(failure) and (failure.kind in REFUSED or "guard" in failure.facts):
        notices.report(tx, failure.kind.value, failure.kind.value, dict(failure.facts))
    for cause in over:  # a new key since the last start
        notices.resolve(tx, cause)


def _is_wrong(failure: Failure) -> bool:
    """Whether this also affects pictures: a rejected key, a security check in front of the service, or no connection at all."""
    return (
        failure.kind in REFUSED or "guard" in failure.facts or (failure.kind.startswith("network_") and failure.kind != Kind.NETWORK_RESET)
    )
