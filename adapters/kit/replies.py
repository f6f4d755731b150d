"""Private replies: sentences as views, and the sentence for an internal error."""

from __future__ import annotations

import structlog

from bot.chat.localize import localize
from bot.chat.views import Tone, View
from bot.core import words_for
from bot.texts import text

log = structlog.get_logger()


def as_view(said: str | View, language: str) -> View:
    """A sentence or a view as a view in the language of the person who reads it."""
    return localize(View(title=said, tone=Tone.NEUTRAL, final=True) if isinstance(said, str) else said, language)


def words_of(error: BaseException, platform: str, **context: str) -> str:
    """The sentence for the person. Bugs are logged with their traceback."""
    if (words := words_for(error)) is not None:
        return words
    log.exception(f"{platform}_event_failed", error=type(error).__name__, exc_info=error, **context)
    return text(f"{platform}.our_fault")
