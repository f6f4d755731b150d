"""View of /imagine-help."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.views import View
from bot.texts import paragraphs, text
from bot.texts.phrases import listed, size

SIZES_NAMED = 6


def help_view(sizes: Sequence[str], qualities: Sequence[str], most: int, references: int = 0) -> View:
    """How to use the bot, with the configured model's options; `references` is the most pictures that can be attached."""
    named = listed([size(one) for one in sizes[:SIZES_NAMED]])
    words = text("help.text", sizes=named, qualities=listed(qualities), count=most)
    pictures = (text("help.references", most=references),) if references else ()
    return View(title=text("help.title"), text=(*paragraphs(words), *pictures), final=True)
