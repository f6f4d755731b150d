"""Projection of a request's message from its rows and its position in the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import Audience, View
from bot.domain.case_states import Standing
from bot.domain.own_services import is_own
from bot.domain.publishing import Results
from bot.domain.rejections import Candidates
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import attempt_rows, case_rows, picture_rows, request_rows, sheet_rows
from bot.messages.published_lines import Review
from bot.messages.request_facts import RequestFacts
from bot.messages.request_view import render
from bot.ports import Ports
from bot.requests.again import tried_again
from bot.requests.publishing import results_here
from bot.requests.rules import Rules
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageServices
from bot.texts import text


@dataclass(frozen=True, slots=True)
class RequestProjection:
    """Subject kind `request` of the sender; /imagine-show uses the same view."""

    rules: Rules
    ports: Ports
    scheduler: Scheduler
    standing: Callable[[Connection, Request], Standing | None]
    """Returns the public state of the request's case."""
    reviewed: Callable[[Connection, str, str], bool]
    """Whether a human looks at blocks in this community of this platform."""
    services: ImageServices

    def project(self, connection: Connection, message: Message, now: float) -> View | None:
        """Projection of `request:<id>`; None if its row is gone."""
        request = request_rows.get(connection, message.subject.partition(":")[2])
        return None if request is None else self.view(connection, request, message.audience)

    def view(self, connection: Connection, request: Request, audience: Audience) -> View:
        estimate = self.scheduler.estimates.of(request.id)
        place = request.place
        rules = self.rules.for_call(request.service, request.model) if is_own(request.service) else self.rules
        facts = RequestFacts(
            request=request,
            now=self.ports.now(),
            pictures=picture_rows.of_request(connection, request.id),
            estimate=estimate,
            cost=attempt_rows.cost_of(connection, [request.id]) if self.rules.show_prices else None,
            drawn_by=self._drawn_by(request),
            preview=self.scheduler.previews.of(request.id),
            task=self.scheduler.task(request.id),
            estimate_until=None if estimate is None else self.scheduler.estimates.until_wall(estimate),
            max_attempts=self.rules.max_attempts,
            case=self.standing(connection, request),
            tried_again=tried_again(connection, request) is not None,
            report=case_rows.standing(connection, request.reported) if request.reported else None,
            review=_review(connection, request),
            asks_to_publish=request.private and results_here(connection, place) is Results.REVIEWED,
            candidates=_candidates(connection, request),
            others=request.picked and picture_rows.aside_since(connection, request.id) is not None,
            captions=self.rules.captions,
            takes_pictures=rules.references.count > 0,
            reviewed=request.case_id is None or self.reviewed(connection, place.platform, place.community),
        )
        return render(facts, audience)

    def _drawn_by(self, request: Request) -> str:
        service = self.services.of(request.service)
        model = service.model_for(request.model)
        named = service.shown and model is not None and model != request.model
        return text("request.drawn_by_model", service=service.shown, model=model) if named else service.shown


def _review(connection: Connection, request: Request) -> Review | None:
    case = case_rows.get(connection, request.review) if request.review else None
    if case is None:
        return None
    by = case.decided_by
    return Review(case.number, case.state, "" if by is None else by.name or by.id)


def _candidates(connection: Connection, request: Request) -> Candidates | None:
    """What there is to pick from; None if nothing is, or not anymore."""
    if not request.candidates or request.picked or request.answer is not Answer.PICTURES:
        return None
    found = [one for one in picture_rows.candidates(connection, request.id, aside=False) if one.picture.change is None]
    return Candidates(found, sheet_rows.of_request(connection, request.id))
