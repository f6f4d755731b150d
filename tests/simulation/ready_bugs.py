"""Planted bugs in telling members that a late answer is there; see `bugs.py`, whose list they join."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import bot.requests.ready
import bot.requests.transitions
from bot.chat.views import Audience
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import message_rows
from bot.ledger.store import Tx
from bot.requests.ready import notify_requester
from tests.simulation.bugs import bug

PROMISE: dict[str, tuple[str, ...]] = {
    "told_without_asking": ("7-told-who-did-not-ask",),
    "told_in_the_channel": ("7-told-in-a-channel",),
    "told_twice": ("2-told-twice",),
    "told_too_soon": ("2-told-too-soon",),
    "never_told": ("1-never-told",),
}


@bug
def told_without_asking() -> Iterator[None]:
    """Everybody is told, whatever they chose."""
    with patch.object(bot.requests.ready, "setting_of", lambda *_: "direct"):
        yield


@bug
def told_in_the_channel() -> Iterator[None]:
    """Who wanted a direct message, or asked privately, is named in front of everybody."""
    real = message_rows.want

    def want(tx: Tx, subject: str, audience: Audience, place: object, reader: str | None = None) -> None:
        if subject.startswith("ready:"):
            audience, reader = Audience.CHANNEL, None
        real(tx, subject, audience, place, reader)  # type: ignore[arg-type]

    with patch.object(message_rows, "want", want):
        yield


@bug
def told_twice() -> Iterator[None]:
    """A mention and a direct message."""

    def notify(tx: Tx, request: Request, answer: Answer) -> None:
        for way in ("mention", "direct"):
            with patch.object(bot.requests.ready, "setting_of", lambda *_, way=way: way):
                notify_requester(tx, request, answer)

    with patch.object(bot.requests.transitions, "notify_requester", notify):
        yield


@bug
def told_too_soon() -> Iterator[None]:
    """Every answer counts as late."""
    with patch.object(bot.requests.ready, "SLOW", -1.0):
        yield


@bug
def never_told() -> Iterator[None]:
    with patch.object(bot.requests.transitions, "notify_requester", lambda *_: None):
        yield
