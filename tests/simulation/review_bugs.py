"""Planted bugs in who sees results first, and who lets others see them; see `bugs.py`, whose list they join."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import bot.requests.submit
from bot.chat.views import Act, Reply
from bot.domain.case_states import REVIEW
from bot.ledger import case_rows, request_rows
from bot.ledger.store import Tx
from bot.moderation.decisions import Decisions
from bot.moderation.reviews import Reviews
from bot.requests.publishing import publish
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "published_without_a_reviewer": ("7-published-without-approval",),
    "sent_back_and_published": ("7-published-without-approval",),
    "private_first_ignored": ("7-",),
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
