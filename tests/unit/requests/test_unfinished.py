"""What somebody has begun and not decided about, shown again after a restart."""

from __future__ import annotations

import errno
from pathlib import Path

from bot.core import Visitor
from bot.ledger import draft_rows
from bot.pixels.workers import Here
from bot.providers.pictures import PictureStore
from bot.requests.change_choices import ChangeProblem
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


class Unread(PictureStore):
    """A store that can't read some of its files for now, as a bucket that doesn't answer."""

    unread: frozenset[str] = frozenset()

    async def read(self, sha256: str) -> bytes:
        if sha256 in self.unread:
            raise OSError(errno.EIO, "bucket: TimeoutError")
        return await super().read(sha256)


async def test_a_preview_whose_file_is_missing_or_unreadable_stays_away_and_hinders_no_other(tmp_path: Path) -> None:
    ana = Visitor("test", "home", "art", "ana")
    async with stage(tmp_path, store := Unread(tmp_path, workers=Here())) as s:
        made = await s.result()
        views = [await s.preview(A.CROP, made, ratio=ratio) for ratio in ("16:9", "1:1", "4:5")]
        lost, unread, there = [view.pictures[0].sha256 for view in views]
        drafts = {one.preview: one for one in await s.world.bot.ledger.read(lambda c: draft_rows.of_person(c, "test", "ana"))}
        assert await store.delete(lost)  # killed between the two files
        files = drafts[unread].made
        assert files is not None
        for hidden in (unread, files.sha256):
            store.unread = frozenset([hidden])
            found = await s.world.bot.core.unfinished(ana)
            assert [one.pictures[0].sha256 for _, one in found] == [there]
        store.unread = frozenset()
        assert [one.pictures[0].sha256 for _, one in await s.world.bot.core.unfinished(ana)] == [unread, there]


async def test_a_change_asked_for_again_while_its_file_cannot_be_read_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path, store := Unread(tmp_path, workers=Here())) as s:
        made = await s.result()
        await s.preview(A.CROP, made, ratio="1:1")
        [draft] = await s.world.bot.ledger.read(lambda c: draft_rows.of_person(c, "test", "ana"))
        assert draft.made is not None
        store.unread = frozenset([draft.made.sha256])
        said = await s.press(A.CROP, made, ratio="1:1")
        assert (said.text, said.view) == (ChangeProblem("disk").sentence, None)
