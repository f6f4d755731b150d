"""Planted bugs in rejected results and their candidates; see `bugs.py`, whose list they join."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from unittest.mock import patch

from bot.chat.views import Act, ActionName, Reply
from bot.domain.requests import Origin
from bot.ledger import message_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.contact_sheets import ContactSheets
from bot.requests.rejections import Rejections
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "a_rejection_that_is_paid_for_at_once": ("3-asked-again-after-the-end", "3-two-exchanges-at-once"),
    "candidates_for_every_click": ("3-asked-again-after-the-end", "3-two-exchanges-at-once", "3-more-pictures-than-were-asked-for"),
    "a_candidate_that_nobody_picked": ("2-two-different-answers",),
    "a_stranger_picks": ("2-two-different-answers",),
}


@bug
def a_rejection_that_is_paid_for_at_once() -> Iterator[None]:
    """Saying that something isn't right asks for another picture, before anybody has seen a price."""
    real = Rejections._reject

    async def reject(self: Rejections, act: Act) -> Reply:
        await self.requests._child(dataclasses.replace(act, action=ActionName.AGAIN, event_key=f"{act.event_key}.again"), Origin.AGAIN)
        return await real(self, act)

    with patch.object(Rejections, "_reject", reject):
        yield


@bug
def candidates_for_every_click() -> Iterator[None]:
    """A double click asks for candidates twice."""
    with patch.object(request_rows, "unfinished_child", lambda *_: None):
        yield


@bug
def a_candidate_that_nobody_picked() -> Iterator[None]:
    """The first one is kept as soon as the sheet is there."""
    real = ContactSheets._make

    async def make(self: ContactSheets, request_id: str) -> None:
        await real(self, request_id)

        def first(tx: Tx) -> None:
            found = picture_rows.candidates(tx.connection, request_id, aside=False)
            if len(found) > 1:
                picture_rows.pick(tx, request_id, found[0].id)
                request_rows.annotate(tx, request_id, picked=True)
                message_rows.bump(tx, f"request:{request_id}")

        await self.ledger.write(first)

    with patch.object(ContactSheets, "_make", make):
        yield


@bug
def a_stranger_picks() -> Iterator[None]:
    """Nobody asks whose result it is."""
    real = Rejections._pick

    async def pick(self: Rejections, act: Act) -> Reply:
        owner = await self.requests.ledger.read(lambda c: picture_rows.owner_of(c, act.row))
        request = None if owner is None else await self.requests.ledger.read(lambda c: request_rows.get(c, owner))
        return await real(self, act if request is None else dataclasses.replace(act, person=request.person.id))

    with patch.object(Rejections, "_pick", pick):
        yield
