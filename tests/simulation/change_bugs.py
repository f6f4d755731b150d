"""Planted bugs in changes of finished pictures; see `bugs.py`, whose list they join."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from unittest.mock import patch

import bot.requests.accept
import bot.requests.sweep
from bot.chat.views import Act, ActionName, Reply
from bot.domain.requests import Origin
from bot.ledger import draft_rows, message_rows, picture_rows
from bot.ledger.store import Tx
from bot.requests.choices import Choices
from bot.requests.picture_changes import Made, PictureChanges
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "a_changed_picture_that_is_paid_for": ("3-asked-again-after-the-end", "3-two-exchanges-at-once"),
    "a_draft_shown_before_it_is_used": ("2-two-different-answers",),
    "a_text_asked_of_the_service": ("5-other-wording",),
    "a_text_forgotten_by_a_kill": ("1-text-never-drawn",),
}


@bug
def a_changed_picture_that_is_paid_for() -> Iterator[None]:
    """The service is asked for the picture once more."""
    real = PictureChanges._store_and_show

    async def shown(self: PictureChanges, act: Act, planned: draft_rows.PictureDraft, made: Made) -> Reply:
        again = dataclasses.replace(act, action=ActionName.AGAIN, row=planned.request_id, event_key=f"{act.event_key}.again")
        await self.requests._child(again, Origin.AGAIN)
        return await real(self, act, planned, made)

    with patch.object(PictureChanges, "_store_and_show", shown):
        yield


@bug
def a_draft_shown_before_it_is_used() -> Iterator[None]:
    """Everybody sees what its member hasn't decided about."""
    real = PictureChanges._store_and_show

    async def shown(self: PictureChanges, act: Act, planned: draft_rows.PictureDraft, made: Made) -> Reply:
        reply = await real(self, act, planned, made)

        def show(tx: Tx) -> None:
            picture_rows.put_changed(tx, planned.request_id, made.picture, planned.replaces)
            message_rows.bump(tx, f"request:{planned.request_id}")

        await self.requests.ledger.write(show)
        return reply

    with patch.object(PictureChanges, "_store_and_show", shown):
        yield


@bug
def a_text_asked_of_the_service() -> Iterator[None]:
    """The words for the picture become part of the prompt, as if the model could write."""
    real = bot.requests.accept._with_caption

    def with_caption(tx: Tx, *rest: object) -> object:
        wanted = real(tx, *rest)  # type: ignore[arg-type]
        if not isinstance(wanted, Choices) or not wanted.caption:
            return wanted
        return dataclasses.replace(wanted, prompt=f"{wanted.prompt}, with the words {wanted.caption}")

    with patch.object(bot.requests.accept, "_with_caption", with_caption):
        yield


@bug
def a_text_forgotten_by_a_kill() -> Iterator[None]:
    """What wasn't drawn before a kill isn't looked for."""
    with patch.object(bot.requests.sweep, "uncaptioned", lambda _: []):
        yield
