"""Planted bugs in who sees results first, and who lets others see them; see `bugs.py`, whose list they join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import bot.requests.submit
from bot.chat.views import Act, Reply
from bot.domain.case_states import REVIEW, CaseEvent
from bot.ledger import case_rows, request_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Tx
from bot.moderation import timers
from bot.moderation.decisions import Decisions
from bot.moderation.reviews import Reviews
from bot.requests.publishing import publish
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "published_without_a_reviewer": ("7-published-without-approval",),
    "sent_back_and_published": ("7-published-without-approval",),
    "private_first_ignored": ("7-",),
    "a_review_published_by_its_time_out": ("7-published-without-approval",),
    "a_review_that_never_times_out": ("1-case-never-ended",),
}


@bug
def published_without_a_reviewer() -> Iterator[None]:
    """A member who asks a reviewer publishes at once."""
    with patch.object(Reviews, "ask", lambda *_: None):
        yield


@bug
def sent_back_and_published() -> Iterator[None]:
    """Whatever a reviewer decides, others see it."""
    real = Decisions.deny

    async def deny(self: Decisions, act: Act) -> Reply:
        reply = await real(self, act)

        def show(tx: Tx) -> None:
            case = case_rows.get(tx.connection, act.row)
            request = None if case is None else request_rows.get(tx.connection, case.request_id)
            if case is not None and request is not None and case.kind == REVIEW:
                publish(tx, request)

        if reply.changed:
            await self.guard.ledger.write(show)
        return reply

    with patch.object(Decisions, "deny", deny):
        yield


@bug
def private_first_ignored() -> Iterator[None]:
    """The community's setting is not looked at."""
    with patch.object(bot.requests.submit, "first_private", lambda _, submission: submission):
        yield


@bug
def a_review_published_by_its_time_out() -> Iterator[None]:
    """Nobody decides for three days, and that counts as a yes."""
    real = timers.step

    def step(tx: Tx, case: Case, event: CaseEvent, *rest: Any, **named: Any) -> Case | None:
        request = request_rows.get(tx.connection, case.request_id)
        if event is CaseEvent.EXPIRE and case.kind == REVIEW and request is not None:
            publish(tx, request)
        return real(tx, case, event, *rest, **named)

    with patch.object(timers, "step", step):
        yield


@bug
def a_review_that_never_times_out() -> Iterator[None]:
    """Its member waits forever."""
    real = timers.step

    def step(tx: Tx, case: Case, event: CaseEvent, *rest: Any, **named: Any) -> Case | None:
        return None if event is CaseEvent.EXPIRE and case.kind == REVIEW else real(tx, case, event, *rest, **named)

    with patch.object(timers, "step", step):
        yield
