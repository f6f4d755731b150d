"""Storing of submissions: the only place that handles raw text before normalisation. A press's one is accepted at once."""

from __future__ import annotations

import dataclasses

from bot.domain.refusal import Refusal
from bot.domain.requests import COMMAND, Lineage, Request, Submission
from bot.ledger import attachment_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.accept import RAW_PROMPT, Unfetched, accept
from bot.requests.change_choices import TYPED
from bot.requests.publishing import first_private
from bot.requests.rules import Rules
from bot.requests.transitions import CaseOpener

TAG = 60
"""Characters of a cost tag."""


def store_submission(
    tx: Tx,
    request_id: str,
    event_key: str,
    submission: Submission,
    rules: Rules,
    lineage: Lineage = COMMAND,
) -> str | None:
    """Insert a request in state `received`, private if its community wants results to be so at first.

    Returns None, or the id that the same event created before. Text that can't be encoded is marked.
    """
    submission = first_private(tx, submission)
    clean = dataclasses.replace(
        submission,
        prompt=_storable(submission.prompt[:RAW_PROMPT]),
        person=dataclasses.replace(submission.person, name=_storable(submission.person.name)),
        size=None if submission.size is None else _storable(submission.size[:100]),
        caption=_storable(submission.caption[:TYPED]),
        tag=" ".join(_storable(submission.tag).split())[:TAG],
        model=None if submission.model is None else _storable(submission.model[:200]),
        quality=None if submission.quality is None else _storable(submission.quality[:100]),
        count=_storable(submission.count[:100]) if isinstance(submission.count, str) else submission.count,
    )
    known = request_rows.insert_received(
        tx,
        request_id,
        event_key,
        clean,
        deadline_at=tx.now + rules.deadline_in(submission.lane),
        lineage=lineage,
        unreadable=clean.prompt != submission.prompt[:RAW_PROMPT],
    )
    if known is None:
        _attach(tx, request_id, clean, lineage)
    return known


def submit_press(
    tx: Tx, press: str, submission: Submission, rules: Rules, opener: CaseOpener, lineage: Lineage = COMMAND
) -> tuple[str, Request | Refusal | Unfetched | None]:
    """Store and accept what a press asks for. Returns the request's id, and what `accept` said; pictures are fetched after the commit."""
    request_id = tx.new_id()
    store_submission(tx, request_id, f"act:{press}", submission, rules, lineage)
    taken = accept(tx, request_id, rules, opener)
    if isinstance(taken, Unfetched):
        tx.wake("attachments", request_id)
    return request_id, taken


def _attach(tx: Tx, request_id: str, submission: Submission, lineage: Lineage) -> None:
    """Store the request's pictures: those of its parent, then the new ones."""
    person = f"{submission.place.platform}:{submission.person.id}"
    if submission.references and lineage.parent is not None:
        attachment_rows.copy(tx, attachment_rows.of_request(tx.connection, lineage.parent), request_id, person)
    clean = [dataclasses.replace(one, name=_storable(one.name)) for one in submission.attachments]
    attachment_rows.add(tx, request_id, person, clean)


def _storable(value: str) -> str:
    """Replace lone surrogates, which crash sqlite, httpx and hashing, with a replacement character, and NUL, which ends strings in C."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
