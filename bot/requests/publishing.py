"""Publishing of a private result: the same message for everybody in its channel, whoever let it happen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from bot.chat.views import Audience, Reply
from bot.domain.case_states import WAITING, CaseState
from bot.domain.publishing import Results, results_of
from bot.domain.request_states import Answer
from bot.domain.requests import Place, Request, Submission
from bot.ledger import case_rows, memory_rows, message_rows, picture_rows, request_rows, settings_rows
from bot.ledger.store import Tx
from bot.requests.transitions import CAPTION_DUE
from bot.texts import text

AskReview = Callable[[Tx, Request], Reply | None]
"""Asks a reviewer to publish a result; None where its member may. Passed in by the composition root."""


def results_here(connection: Connection, place: Place) -> Results:
    """Who sees results first in a place; in direct messages there is nobody else."""
    if place.is_direct:
        return Results.PUBLIC
    return results_of(settings_rows.of_community(connection, place.platform, place.community))


def first_private(tx: Tx, submission: Submission) -> Submission:
    """The submission as its community wants it: its result may be the member's alone for now."""
    if submission.private or results_here(tx.connection, submission.place) is Results.PUBLIC:
        return submission
    return dataclasses.replace(submission, private=True)


def unpublishable(tx: Tx, request: Request) -> Reply | None:
    """Why a result can't be published now, whoever wants it."""
    if request.published or not request.private:
        return Reply(text("reply.already_done"), changed=False)
    if request.answer is not Answer.PICTURES or request.deleted or request.reported:
        return Reply(text("reply.nothing_to_publish"), changed=False)
    undecided = request.candidates and not request.picked and len(picture_rows.of_request(tx.connection, request.id)) > 1
    if undecided:
        return Reply(text("candidates.pick_first"), changed=False)
    # Otherwise a picture with words that no reviewer saw would join what was published.
    drawing = memory_rows.recall(tx.connection, CAPTION_DUE + request.id) is not None
    return Reply(text("change.still_drawn"), changed=False) if drawing else None


def why_unchangeable(tx: Tx, request: Request) -> Reply | None:
    """Why a result can't change now: a reviewer is looking at it, or others see it as a reviewer has seen it."""
    case = case_rows.standing(tx.connection, request.review) if request.review else None
    kept = case is not None and (case.state in WAITING or (request.published and case.state is CaseState.CLOSED_PUBLISHED))
    return Reply(text("review.fixed"), changed=False) if kept else None


def publish(tx: Tx, request: Request, reply: Mapping[str, str] | None = None) -> None:
    """Show a private result in its channel. `reply` is a press's own handle, if it happened there."""
    request_rows.mark(tx, request.id, published=True)
    place = dataclasses.replace(request.place, reply=reply) if reply else request.place
    message_rows.bump(tx, f"request:{request.id}")
    message_rows.want(tx, f"request:{request.id}", Audience.CHANNEL, place)
