"""The request behind a button that anybody who sees its result may press. A member's own buttons have `RequestActions.on_own`."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.chat.views import Act
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import request_rows


def visible_result(connection: Connection, act: Act) -> Request | None:
    """The pressed request, if it has pictures that the presser can see; None for all others, so that nobody learns whether they exist."""
    request = request_rows.get(connection, act.row)
    if request is None or request.place.platform != act.platform or request.place.community != act.community:
        return None
    if request.private and not request.published and request.person.id != act.person:
        return None
    return None if request.deleted or request.answer is not Answer.PICTURES else request
