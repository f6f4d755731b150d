"""A request's message, rendered from its rows and from where it stands in the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import Audience, View
from bot.domain.case_states import Standing
from bot.domain.requests import Request
from bot.ledger import picture_rows, request_rows
from bot.messages.request_view import RequestFacts, render
from bot.ports import Ports
from bot.requests.again import tried_again
from bot.requests.rules import Rules
from bot.requests.scheduler import Scheduler


@dataclass(frozen=True, slots=True)
class RequestProjection:
    """Subject kind `request` of the sender; the same view serves /imagine-show."""

    rules: Rules
    ports: Ports
    scheduler: Scheduler
    standing: Callable[[Connection, Request], Standing | None]
    """Where the request's case stands."""
    reviewed: Callable[[Connection, str, str], bool]
    """Whether a block on this platform, in this community, reaches a human."""

    def project(self, connection: Connection, message: Message, now: float) -> View | None:
        """`request:<id>`; None when its row is gone."""
        request = request_rows.get(connection, message.subject.partition(":")[2])
        return None if request is None else self.view(connection, request, message.audience)

    def view(self, connection: Connection, request: Request, audience: Audience) -> View:
        """How the request stands now."""
        estimate = self.scheduler.estimate(request.id)
        place = request.place
        facts = RequestFacts(
            request=request,
            now=self.ports.now(),
            pictures=picture_rows.of_request(connection, request.id),
            estimate=estimate,
            estimate_until=None if estimate is None else self.scheduler.until_wall(estimate),
            max_attempts=self.rules.max_attempts,
            case=self.standing(connection, request),
            tried_again=tried_again(connection, request) is not None,
            reviewed=request.case_id is None or self.reviewed(connection, place.platform, place.community),
        )
        return render(facts, audience)
