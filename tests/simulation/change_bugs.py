"""Planted bugs in changes of finished pictures; see `bugs.py`, whose list they join."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from unittest.mock import patch

from bot.chat.views import Act, ActionName, Reply
from bot.domain.requests import Origin
from bot.ledger import draft_rows, message_rows, picture_rows
from bot.ledger.store import Tx
from bot.requests.picture_changes import Made, PictureChanges
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "a_changed_picture_that_is_paid_for": ("3-asked-again-after-the-end", "3-two-exchanges-at-once"),
    "a_draft_shown_before_it_is_used": ("2-two-different-answers",),
}


@bug
def a_changed_picture_that_is_paid_for() -> Iterator[None]:
    """The service is asked for the picture once more."""
    real = PictureChanges._shown

    async def shown(self: PictureChanges, act: Act, planned: draft_rows.PictureDraft, made: Made) -> Reply:
        again = dataclasses.replace(act, action=ActionName.AGAIN, row=planned.request_id, event_key=f"{act.event_key}.again")
        await self.requests._child(again, Origin.AGAIN)
        return await real(self, act, planned, made)

    with patch.object(PictureChanges, "_shown", shown):
        yield


@bug
def a_draft_shown_before_it_is_used() -> Iterator[None]:
    """Everybody sees what its member hasn't decided about."""
    real = PictureChanges._shown

    async def shown(self: PictureChanges, act: Act, planned: draft_rows.PictureDraft, made: Made) -> Reply:
        reply = await real(self, act, planned, made)

        def show(tx: Tx) -> None:
            picture_rows.put_changed(tx, planned.request_id, made.picture, planned.replaces)
            message_rows.bump(tx, f"request:{planned.request_id}")

        await self.requests.ledger.write(show)
        return reply

    with patch.object(PictureChanges, "_shown", shown):
        yield
