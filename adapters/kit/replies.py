"""Words for one person: a sentence as a view, and what is said when something of ours went wrong."""

from __future__ import annotations

import structlog

from bot.chat.views import Tone, View
from bot.core import words_for
from bot.texts import text

log = structlog.get_logger()


def as_view(said: str | View) -> View:
    """A sentence as a view; a view as it is."""
    return View(title=said, tone=Tone.NEUTRAL, final=True) if isinstance(said, str) else said


def words_of(error: BaseException, platform: str, **context: str) -> str:
    """The sentence for the person; a bug of ours is logged with its traceback."""
    if (words := words_for(error)) is not None:
        return words
    log.exception(f"{platform}_event_failed", error=type(error).__name__, exc_info=error, **context)
    return text(f"{platform}.our_fault")
