"""What tests of the gallery share: a finished request, and what a list offers to show."""

from __future__ import annotations

from bot.chat.views import ActionName, View
from tests.world import World


def rows(view: View) -> list[str]:
    """The rows that a list's buttons show."""
    return [one.row for one in view.buttons if one.action is ActionName.SHOW]


async def drawn(w: World, prompt: str, person: str = "ana", **options: object) -> str:
    """Id of a request that has its answer."""
    request = await w.imagine(prompt, person, **options)
    await w.answer(request)
    return request
