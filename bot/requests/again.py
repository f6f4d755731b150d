"""Whether a request was tried again with Retry or a button with an allowed value, so that nobody pays for it twice by an old message."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Origin, Request
from bot.ledger import request_rows

_AGAIN = (Origin.RETRY, Origin.NEAREST)


def tried_again(connection: Connection, request: Request) -> Request | None:
    """What came of it and is under way or gave pictures; None when trying again is open."""
    if request.state not in (RequestState.ANSWERED, RequestState.REFUSED) or request.answer is Answer.PICTURES:
        return None
    parents, seen = [request.id], {request.id}
    while parents:
        found = request_rows.children(connection, parents, _AGAIN)
        children = [one for one in found if one.id not in seen]
        for one in children:
            if one.state in request_rows.LIVE or (one.answer is Answer.PICTURES and not one.deleted):
                return one
        seen |= {one.id for one in children}
        parents = [one.id for one in children]
    return None
