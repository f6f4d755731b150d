"""Look before publishing: where a community wants it, a reviewer decides whether a member's result may be seen by everybody in its channel.

A review is a case of its own kind, with the same card, lease, checks, audit log and expiry. Nothing is published by a time-out.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.views import Reply
from bot.domain.case_states import REVIEW, WAITING
from bot.domain.publishing import Results
from bot.domain.requests import Request
from bot.ledger import case_rows, message_rows, request_rows
from bot.ledger.store import Tx
from bot.moderation.routing import HomeOf, card_place
from bot.moderation.timeouts import EXPIRY, REMINDERS
from bot.moderation.transitions import settle, show_card, unnamed
from bot.requests.publishing import results_here
from bot.texts import text


@dataclass(frozen=True, slots=True)
class Reviews:
    home: HomeOf

    def ask(self, tx: Tx, request: Request) -> Reply | None:
        """Ask a reviewer to publish this result. None where its member decides."""
        if results_here(tx.connection, request.place) is not Results.REVIEWED:
            return None
        known = case_rows.get(tx.connection, request.review)
        if known is not None and known.state in WAITING:
            return Reply(text("review.waiting", number=known.number), changed=False)
        place = card_place(tx.connection, REVIEW, request.place.platform, request.place.community, self.home)
        if place is None:
            return Reply(text("review.nobody"), changed=False)
        case = case_rows.open_new(tx, request, REVIEW, {}, due_at=tx.now + REMINDERS[0], expires_at=tx.now + EXPIRY)
        case_rows.write_audit(tx, case.id, case.community, unnamed(request.person.id), REVIEW, facts={"request": request.id})
        request_rows.annotate(tx, request.id, review=case.id)
        message_rows.bump(tx, f"request:{request.id}")
        settle(tx, case)
        show_card(tx, case.id, place)
        return Reply(text("review.asked", number=case.number))
