"""Planted bugs in the guide's wordings; see `bugs.py`, whose list they join."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import bot.requests.guide
from bot.chat.views import Act, Reply
from bot.ledger import template_rows
from bot.ledger.template_rows import PromptDraft
from bot.texts import text
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "an_older_wording_sent": ("5-sent-without-the-members-yes",),
    "a_wording_sent_for_every_click": ("3-",),
    "a_wording_that_a_stranger_sends": ("5-sent-without-the-members-yes",),
}


@bug
def an_older_wording_sent() -> Iterator[None]:
    """A wording that was changed or discarded can still be sent."""
    with patch.object(template_rows, "drop_draft", lambda *_: None):
        yield


@bug
def a_wording_sent_for_every_click() -> Iterator[None]:
    """Nobody notes that it was sent."""
    with patch.object(template_rows, "sent", lambda *_: None):
        yield


@bug
def a_wording_that_a_stranger_sends() -> Iterator[None]:
    """Nobody asks whose wording it is."""

    def own_draft(connection: object, act: Act) -> PromptDraft | Reply:
        found = template_rows.draft(connection, act.row)  # type: ignore[arg-type]
        return Reply(text("guide.over"), changed=False) if found is None or found.request_id else found

    with patch.object(bot.requests.guide, "_own_draft", own_draft):
        yield
