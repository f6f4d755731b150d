"""Detection of requests that were already tried again, so that an old message's Retry button doesn't pay twice."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Origin, Request, undrawn
from bot.ledger import request_rows

_AGAIN = (Origin.RETRY, Origin.NEAREST)


def tried_again(connection: Connection, request: Request) -> Request | None:
    """The retry that is in progress or gave pictures; None if trying again is allowed."""
    if request.state not in (RequestState.ANSWERED, RequestState.REFUSED) or (
        request.answer is Answer.PICTURES and not undrawn(request, 0)
    ):
        return None
    parents = [request.id]
    while parents:
        children = request_rows.children(connection, parents, _AGAIN)
        for one in children:
            if one.state in request_rows.UNFINISHED or (one.answer is Answer.PICTURES and not one.deleted):
                return one
        parents = [one.id for one in children]
    return None
