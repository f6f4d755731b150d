"""Multi-call requests: more pictures than one call gives are requested in parts, and delivered together.

Each part is an attempt with its own reservation, cost and tries. A part is settled in the transaction that records its call, so a kill
leaves it either open, to be answered as interrupted, or settled with the next part queued.
"""

from __future__ import annotations

from sqlalchemy import Connection

from bot.catalogue.model import Model
from bot.domain.failure import Failure
from bot.domain.kinds import Group, Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.requests import Request
from bot.ledger.store import Tx
from bot.requests.learned_values import Learned, recall, remember


def next_count(request: Request, model: Model) -> int:
    """Pictures that the request's next call asks for."""
    limits = [one for one in (request.per_call, model.per_call) if one]
    return max(1, min(request.count - request.settled, *limits, request.count))


def count_after(request: Request, asked: int) -> int:
    """Pictures still to request after a call that asked for `asked`."""
    return max(0, request.count - request.settled - asked)


def named_limit(asked: int, outcome: Outcome, failure: Failure | None) -> int | None:
    """The service's limit on pictures per call, if it rejected this call free of charge and named one."""
    if failure is None or failure.kind is not Kind.UNSUPPORTED_COUNT or failure.is_guess or outcome.pictures:
        return None
    limit = failure.facts.get("limit", "")
    if outcome.billed is not Billed.NO or not (limit.isascii() and limit.isdigit()):
        return None
    return int(limit) if 1 <= int(limit[:9]) < asked else None


def has_next(request: Request, asked: int, pictures: int, failure: Failure | None, now: float) -> bool:
    """Whether another part follows after a call: not after a block, nor after one that gave nothing."""
    blocked = failure is not None and failure.group is Group.SAFETY
    return pictures > 0 and not blocked and count_after(request, asked) > 0 and now < request.deadline_at


def learned_limit(connection: Connection, service: str, model: str, now: float) -> int:
    """The limit on pictures per call that this service named for this model within the last days; 0 if none."""
    return int(recall(connection, Learned.PER_CALL, service, model, now) or 0)


def learn_limit(tx: Tx, service: str, model: str, limit: int) -> None:
    remember(tx, Learned.PER_CALL, service, model, limit)
