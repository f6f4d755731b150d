"""Which service a waiting request goes to: the configured one, or a fallback while that one is down or out of credit.

A request only changes services if its prompt can't have been refused or paid for: never after a block, a wrong value, or a call that may
have been billed, and only for a model that the operator declared equal. Pure bookkeeping: the ledger's transactions check the same again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.kinds import KINDS, Group, Kind
from bot.domain.own_services import is_own
from bot.domain.requests import Request
from bot.ledger.request_rows import Queued
from bot.requests.services import DEFAULT, HALF_PRICE, ImageService, ImageServices

CLOSED = frozenset({"down", "no_credit"})
"""States of a gate that let a fallback begin; a pause is short and says when it ends."""


@dataclass(slots=True)
class Fallback:
    """The choice for every waiting request, renewed when a gate opens or closes."""

    _closed_since: float | None = None
    """Loop time at which the configured service's gate closed."""
    _active: str = DEFAULT

    def look(self, services: ImageServices, now: float) -> bool:
        """Look at the gates. Returns whether requests now go elsewhere than before."""
        before, self._active = self._active, self._choose(services, now)
        return before != self._active

    def when(self, services: ImageServices, now: float) -> float:
        """Loop time at which a fallback may begin; `inf` if none is due."""
        if self._closed_since is None or self._active != DEFAULT:
            return float("inf")
        return min((self._ready_at(one, now) for one in services.fallbacks), default=float("inf"))

    def group(self, services: ImageServices, rows: Sequence[Queued]) -> dict[str, list[Queued]]:
        """Rows by the name of the service whose gate they wait for. While a fallback draws, the configured service is still offered a
        request for its probe: one that can't go elsewhere if there is any, since a probe that fails may have been billed."""
        found: dict[str, list[Queued]] = {}
        fallback = services.of(self._active)
        movable = (
            [row for row in rows if _may_move(row, fallback) and not services.own_of(row.community)] if self._active != DEFAULT else []
        )
        elsewhere = {row.id for row in movable}
        for row in rows:
            own = services.own_of(row.community)
            home = own or (self._active if row.id in elsewhere else _home(services, row))
            found.setdefault(home, []).append(row)
        if movable and not found.get(DEFAULT):
            found[DEFAULT] = [row for row in movable if not row.unbilled_tries] or movable
        return found

    def _choose(self, services: ImageServices, now: float) -> str:
        first = services.default
        state = first.gate.snapshot(now).state if services.fallbacks else "open"
        if state not in CLOSED and not (state == "probing" and self._closed_since is not None):
            self._closed_since = None
            return DEFAULT
        if self._closed_since is None:
            self._closed_since = now
        return next((one.name for one in services.fallbacks if self._ready_at(one, now) <= now), DEFAULT)

    def _ready_at(self, one: ImageService, now: float) -> float:
        """Loop time at which a fallback may draw. One that is closed itself first shows with a probe that it's back."""
        assert self._closed_since is not None
        return max(self._closed_since + one.after, one.gate.snapshot(now).probe_at)


def _home(services: ImageServices, row: Queued) -> str:
    """The service of a row that no fallback takes now: the one it was sent to, or the configured one if that call left no trace and it may
    return."""
    if row.service == HALF_PRICE:
        return HALF_PRICE
    if is_own(row.service):
        return DEFAULT  # its key was removed; `open_attempt` says whether the operator's draws it
    service = services.of(row.service)
    return DEFAULT if row.unbilled_tries and _may_move(row, service) else service.name


def _may_move(row: Queued, service: ImageService) -> bool:
    failure = None if row.failure is None else Kind(row.failure)
    stays = bool(row.attempts or row.settled or row.option_refused or row.service == HALF_PRICE)
    return _movable(service, row.model, failure, stays=stays, references=row.references or 0, mask=bool(row.mask))


def may_move(request: Request, service: ImageService) -> bool:
    """Whether another service may draw this request."""
    failure = None if request.failure is None else request.failure.kind
    return _movable(
        service, request.model, failure, stays=stays_with_its_service(request), references=len(request.references), mask=bool(request.mask)
    )


def stays_with_its_service(request: Request) -> bool:
    """Whether a request stays with its service, which may have charged for it, drawn a part of it, or refused an option, or draws it for
    half the price."""
    return bool(request.attempts or request.settled or request.option_refused or request.service == HALF_PRICE)


def _movable(service: ImageService, model: str, failure: Kind | None, *, stays: bool, references: int, mask: bool) -> bool:
    if stays or service.model_for(model) is None or not service.takes(model, references, mask=mask):
        return False
    return failure is None or KINDS[failure].group is Group.SERVICE
