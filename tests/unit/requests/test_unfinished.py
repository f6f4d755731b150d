"""What somebody has begun and not decided about, shown again after a restart."""

from __future__ import annotations

from pathlib import Path

from bot.core import Visitor
from bot.ledger import draft_rows
from bot.requests.guide import USE_ROWS
from bot.requests.questions import ask_about
from tests.unit.requests.test_picture_changes import A, row_of, stage


async def test_what_somebody_has_begun_is_shown_to_them_again(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        made = await s.result()
        begun = [
            await s.preview(A.CROP, made, ratio="16:9"),
            await s.preview(A.ADD_TEXT, made, text="Open"),
            await s.preview(A.ADD_TEXT, made, text="Call +49 151 2345 6789"),
        ]
        begun.append(await s.preview(A.GUIDE, USE_ROWS["cover"], subject="a red robot"))
        lost = await s.preview(A.CROP, made, ratio="1:1")
        await s.press(A.DROP_CHANGE, row_of(await s.preview(A.CROP, made, ratio="4:5")))
    [hidden] = [one.sha256 for one in lost.pictures]
    async with stage(tmp_path, lint=ask_about) as s:
        [draft] = [one for one in await s.world.bot.ledger.read(lambda c: draft_rows.of_person(c, "test", "ana")) if one.preview == hidden]
        assert draft.made is not None
        assert await s.store.delete(draft.made.sha256)  # killed between row and file
        found = await s.world.bot.core.unfinished(Visitor("test", "home", "art", "ana"))
        assert [channel for channel, _ in found] == ["imagine", "imagine", "imagine", "art"]
        assert [(view.title, view.buttons, view.quote) for _, view in found] == [(one.title, one.buttons, one.quote) for one in begun]
        assert [[one.sha256 for one in view.pictures] for _, view in found] == [[one.sha256 for one in view.pictures] for view in begun]
        assert await s.world.bot.core.unfinished(Visitor("test", "home", "imagine", "ben")) == []
        await s.press(A.DELETE, made)
        assert [view.quote for _, view in await s.world.bot.core.unfinished(Visitor("test", "home", "art", "ana"))] == [begun[3].quote]
