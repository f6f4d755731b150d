"""Reading a view's stored pictures for upload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.chat.views import PictureView
from bot.texts import text

MOST_PICTURES = 10
"""Maximum pictures per message; no request has more."""


async def read_pictures(
    read: Callable[[str], Awaitable[bytes]], pictures: Sequence[PictureView], platform: str
) -> tuple[list[tuple[PictureView, bytes]], list[str]]:
    """The pictures' bytes, and a sentence for each missing one."""
    found, notes = [], []
    for one in pictures[:MOST_PICTURES]:
        try:
            found.append((one, await read(one.sha256)))
        except LookupError as problem:
            notes.append(str(problem.args[0]) if problem.args else text(f"{platform}.picture_gone"))
    return found, notes
