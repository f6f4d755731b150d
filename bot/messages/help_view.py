"""View of /imagine-help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.views import View
from bot.texts import paragraphs, text
from bot.texts.phrases import listed, size

SIZES_NAMED = 6


@dataclass(frozen=True, slots=True)
class Drawing:
    sizes: Sequence[str]
    qualities: Sequence[str]
    most: int
    """Pictures of one request."""
    references: int = 0
    """The most pictures that can be attached."""
    own: Sequence[str] = ()
    """Models of the community's own service; empty if it has none."""


def help_view(what: Drawing | str) -> View:
    """How to use the bot, with the options of what draws in the reader's community, or the sentence that says why nobody does."""
    if isinstance(what, str):
        first, pictures = [what], []
    else:
        sizes = listed([size(one) for one in what.sizes[:SIZES_NAMED]])
        first = [text("help.options", sizes=sizes, qualities=listed(what.qualities), count=what.most)]
        if what.own:
            first.append(text("help.own", models=listed(what.own)))
        pictures = [text("help.references", most=what.references)] if what.references else []
    return View(title=text("help.title"), text=(text("help.start"), *first, *paragraphs(text("help.text")), *pictures), final=True)
