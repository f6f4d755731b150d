"""What a member has begun and not decided about: previews of changed pictures, questions about a text, wordings that aren't sent.

All of it are rows. Platforms whose messages to one person are gone after a restart show them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.views import View
from bot.domain.visitor import Visitor
from bot.requests.guide import Guide
from bot.requests.picture_changes import PictureChanges


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Finds and shows what somebody has begun."""

    changes: PictureChanges
    guide: Guide

    async def of(self, who: Visitor) -> Sequence[tuple[str, View]]:
        """The views, oldest first, each with the channel that it belongs to."""
        changed = await self.changes.undecided(who.platform, who.person)
        written = await self.guide.unsent(who.platform, who.community, who.person)
        return [*changed, *((who.channel, view) for view in written)]
