"""A card describes attached pictures only as long as they exist."""

from __future__ import annotations

from pathlib import Path

from bot.chat.views import ActionName
from tests.unit.requests.test_attachments import stage
from tests.world import BLOCK, Service, bad


async def test_a_card_forgets_the_pictures_of_a_deleted_request(tmp_path: Path) -> None:
    async with stage(tmp_path, service=Service([bad(BLOCK)])) as s:
        first = await s.sent("photo")

        def cards() -> list[str]:
            now = s.world.chat.now.values()
            return [" ".join(str(fact.value) for fact in view.facts) for view in now if view.title.startswith("Case 1")]

        await s.world.until(lambda: any(first.references[0][:12] in one for one in cards()))
        await s.world.press(ActionName.DELETE, first.id)
        await s.world.until(lambda: cards() and not any(first.references[0][:12] in one for one in cards()))
