"""Add text and Crop: made here, seen by their member alone before anybody else, at no cost, and gone with their request."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from bot.chat.views import ActionName, Audience, Form, Reply, View
from bot.core import Visitor
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Picture
from bot.domain.picture_changes import COLOURS, RATIOS, ChangeKind, PictureChange
from bot.domain.requests import Request
from bot.ledger import block_rows, draft_rows, picture_rows, request_rows
from bot.ledger.tables import attempts, picture_drafts, spend
from bot.pixels.marks import COMPOSITE
from bot.pixels.workers import Here
from bot.prompts.normalise import fingerprint
from bot.providers.pictures import PictureStore
from bot.requests.block_memory import remember_block
from bot.requests.change_choices import ChangeProblem, WantedChange, wanted_of
from bot.requests.questions import ask_about
from bot.requests.sweep import DRAFTS_KEPT, sweep
from tests.unit.pixels.test_reference import file, picture
from tests.world import Service, World, world

A = ActionName
DRAWN = [file(picture(300, 200), "PNG"), file(picture(200, 300), "PNG")]


@dataclass
class Stage:
    world: World
    store: PictureStore
    folder: Path

    async def result(self, count: int = 1, **options: Any) -> str:
        """A request with pictures."""
        found = []
        for content in DRAWN[:count]:
            sha256 = hashlib.sha256(content).hexdigest()
            await self.store.keep(content, sha256, "png")
            width, height = Image.open(self.store.path(sha256) or "").size
            found.append(Picture(sha256, "png", width, height, len(content)))
        self.world.service.script.append(Outcome(pictures=tuple(found), billed=Billed.YES, status=200))
        made = await self.world.imagine("a red bicycle", count=str(count), **options)
        await self.world.answer(made)
        return made

    async def press(self, action: ActionName, row: str, person: str = "ana", key: str = "", **values: str) -> Reply:
        return await self.world.reply(action, row, person, values, key)

    async def preview(self, action: ActionName, row: str, **values: str) -> View:
        reply = await self.press(action, row, **values)
        assert reply.view is not None, reply.text
        return reply.view

    async def pictures(self, request_id: str) -> list[Picture]:
        return list(await self.world.bot.ledger.read(lambda c: picture_rows.of_request(c, request_id)))

    async def drafts(self) -> int:
        return await self.world.bot.ledger.read(lambda c: c.execute(select(func.count()).select_from(picture_drafts)).scalar_one())

    async def shown(self, request_id: str, count: int) -> View:
        """The request's message, once it shows this many pictures."""
        await self.world.until(lambda: len((self.world.chat.about(f"request:{request_id}") or View("")).pictures) == count)
        view = self.world.chat.about(f"request:{request_id}")
        assert view is not None
        return view

    def files(self) -> set[str]:
        return {path.stem for path in self.folder.rglob("pictures/*/*") if path.is_file() and len(path.stem) == 64}


@contextlib.asynccontextmanager
async def stage(folder: Path, store: PictureStore | None = None, **rules: Any) -> AsyncIterator[Stage]:
    store = store or PictureStore(folder, workers=Here())
    async with world(folder, Service(), pictures=store, **({"captions": True} | rules)) as made:
        yield Stage(made, store, folder)


def row_of(view: View) -> str:
    return view.buttons[0].row


async def test_text_is_previewed_changed_as_often_as_one_likes_and_then_shown(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        [original] = await s.pictures(made)
        before = await s.world.answer(made)
        assert {one.action: one.opens_form for one in before.buttons if one.action in (A.ADD_TEXT, A.CROP)} == {
            A.ADD_TEXT: True,
            A.CROP: True,
        }
        money = await s.world.bot.ledger.read(lambda c: (c.execute(select(attempts)).all(), c.execute(select(spend)).all()))
        sent = len(s.world.chat.all)

        first = await s.preview(A.ADD_TEXT, made, text="Grand  opening\n\n today")
        assert "Only you can see this" in " ".join(first.text)
        assert first.pictures[0].alt == "Picture made with AI, with the text “Grand opening today”: a red bicycle"
        assert [(one.action, one.pressers.only) for one in first.buttons] == [
            (one, "ana") for one in (A.USE_CHANGE, A.ADD_TEXT, A.DROP_CHANGE)
        ]
        form = await s.world.form(A.ADD_TEXT, row_of(first))
        assert isinstance(form, Form)
        assert [(one.name, one.value) for one in form.fields] == [
            ("text", "Grand opening\ntoday"),
            ("place", "auto"),
            ("size", "auto"),
            ("colour", "auto"),
        ]
        for colour in ("yellow", "#123456"):
            second = await s.preview(A.ADD_TEXT, row_of(first), text="Open!", place="top-left", size="small", colour=colour)
            first = second
        assert await s.drafts() == 1, "an earlier preview is gone"
        assert [len(s.world.chat.all), len(await s.pictures(made))] == [sent, 1], "nobody else has seen anything"

        assert "with your result" in (await s.press(A.USE_CHANGE, row_of(first))).text
        view = await s.shown(made, 2)
        changed = (await s.pictures(made))[1]
        assert (await s.pictures(made))[0] == original, "the original stays"
        assert changed.change == PictureChange(ChangeKind.CAPTION, original.sha256, "Open!", "top-left", "small", "#123456")
        assert view.pictures[1].alt == "Picture 2 of 2, made with AI, with the text “Open!”: a red bicycle"
        assert view.title == before.title, "one picture was drawn"
        assert "Picture 2: with text." in view.text
        assert "made with AI" in view.text[-1]
        assert COMPOSITE.encode() in await s.store.read(changed.sha256)
        now = await s.world.bot.ledger.read(lambda c: (c.execute(select(attempts)).all(), c.execute(select(spend)).all()))
        assert (len(s.world.service.calls), now) == (1, money), "no call, no cost"

        again = await s.preview(A.ADD_TEXT, made, picture="2", text="Open now!")
        await s.press(A.USE_CHANGE, row_of(again))
        await s.world.until(lambda: "Open now!" in ((s.world.chat.about(f"request:{made}") or View("")).pictures[-1].alt))
        assert len(await s.pictures(made)) == 2, "a corrected text takes its own place"
        await s.world.bot.orphaned_files.round()
        assert s.files() == {one.sha256 for one in await s.pictures(made)}


async def test_a_crop_shows_its_safe_area_first_and_keeps_the_words_of_what_it_cuts(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        await s.press(A.USE_CHANGE, row_of(await s.preview(A.ADD_TEXT, made, text="Hello")))
        view = await s.preview(A.CROP, made, picture="2", ratio="1:1", part="start")
        assert (view.pictures[0].format, view.pictures[0].width, view.pictures[0].height) == ("jpeg", 200, 200)
        assert "frame" in view.text[0]
        await s.press(A.USE_CHANGE, row_of(view))
        shown = await s.shown(made, 3)
        assert (shown.pictures[2].format, shown.pictures[2].width) == ("png", 200)
        assert shown.pictures[2].alt == "Picture 3 of 3, made with AI, with the text “Hello”, cropped to 1:1: a red bicycle"
        assert "Picture 2: with text. Picture 3: with text, cropped to 1:1." in shown.text
        await s.press(A.USE_CHANGE, row_of(await s.preview(A.ADD_TEXT, made, picture="2", text="Bye")))
        await s.press(A.USE_CHANGE, row_of(await s.preview(A.CROP, made, picture="3", ratio="16:9")))
        await s.world.until(lambda: "16:9" in ((s.world.chat.about(f"request:{made}") or View("")).pictures[-1].alt))
        assert len(await s.pictures(made)) == 3, "a crop is cut anew from what it was cut from, which is kept for it"


@pytest.mark.parametrize(
    ("action", "values", "expected"),
    [
        (A.ADD_TEXT, {"text": ""}, "no text yet"),
        (A.ADD_TEXT, {"text": " \u200b\n\u2066 "}, "no text yet"),
        (A.ADD_TEXT, {"text": "\ud800"}, "can't be read"),
        (A.ADD_TEXT, {"text": "a\nb\nc\nd"}, "has 4 lines"),
        (A.ADD_TEXT, {"text": "long " * 60}, "has 299 characters, and 240"),
        (A.ADD_TEXT, {"text": "x" * 100_000}, "has 100,000 characters"),
        (A.ADD_TEXT, {"text": "word " * 40}, "too long for this picture"),
        (A.ADD_TEXT, {"text": "\U00012000 hi"}, "no font here for some of your characters (Cuneiform)"),
        (A.ADD_TEXT, {"text": "a", "colour": "red; drop table"}, "“red; drop table” isn't a colour"),
        (A.ADD_TEXT, {"text": "a", "place": "../../etc"}, "isn't one of the positions"),
        (A.ADD_TEXT, {"text": "a", "size": "9999"}, "isn't one of the sizes"),
        (A.ADD_TEXT, {"text": "a", "picture": "2"}, "isn't stored"),
        (A.CROP, {"ratio": "3:2"}, "“3:2” isn't one of the shapes. You can choose 16:9, 1:1, 4:5, 9:16 and 2.35:1"),
        (A.CROP, {}, "“” isn't one of the shapes"),
        (A.CROP, {"ratio": "1:1", "part": "left"}, "I can't crop to"),
        (A.CROP, {"ratio": "1:1", "picture": "²"}, "isn't stored"),
        (A.CROP, {"ratio": "9:16", "picture": "0"}, "isn't stored"),
        (A.CROP, {"ratio": "9:16", "picture": "-1"}, "isn't stored"),
        (A.CROP, {"ratio": "0:0"}, "“0:0” isn't one of the shapes"),
        (A.CROP, {"ratio": "16:9; drop table"}, "isn't one of the shapes"),
        (A.CROP, {"ratio": "9" * 100_000}, "isn't one of the shapes"),
        (A.CROP, {"ratio": "1:1", "part": "../.."}, "I can't crop to"),
    ],
)
async def test_what_cannot_be_made_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, action: ActionName, values: Mapping[str, str], expected: str
) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        reply = await s.press(action, made, **values)
        assert expected in reply.text
        assert (reply.changed, reply.view, await s.drafts(), len(s.files())) == (False, None, 0, 1)


async def test_only_the_requester_presses_and_a_double_press_makes_one(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result(private=True)
        row = row_of(await s.preview(A.ADD_TEXT, made, text="Mine"))
        for action, about in (
            (A.ADD_TEXT, made),
            (A.CROP, made),
            (A.USE_CHANGE, row),
            (A.DROP_CHANGE, row),
            (A.ADD_TEXT, row),
            (A.DRAW_ANYWAY, row),
        ):
            said = await s.press(action, about, person="ben", text="Yours", ratio="1:1")
            assert (said.changed, said.view) == (False, None)
            assert "Only the person" in said.text
        for action, about in ((A.ADD_TEXT, made), (A.CROP, row)):
            refused = await s.world.form(action, about, person="ben")
            assert isinstance(refused, Reply)
            assert "Only the person" in refused.text
        assert await s.drafts() == 1
        twice = await asyncio.gather(*(s.press(A.ADD_TEXT, made, text="Again") for _ in range(2)))
        assert sorted(one.changed for one in twice) == [False, True]
        used = await asyncio.gather(*(s.press(A.USE_CHANGE, row) for _ in range(3)))
        assert sorted(one.changed for one in used) == [False, False, True]
        assert "is over" in (await s.press(A.ADD_TEXT, row, text="late")).text
        assert len(await s.pictures(made)) == 2
        view = await s.shown(made, 2)
        assert view is s.world.chat.about(f"request:{made}", Audience.MEMBER), "a private result stays private"
        assert s.world.chat.about(f"request:{made}", Audience.CHANNEL) is None


async def test_private_words_are_asked_about_before_they_are_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        made = await s.result()
        asked = await s.preview(A.ADD_TEXT, made, text="Garage sale on Sunday morning\nCall +49 151 2345 6789", colour="red")
        assert (asked.pictures, "something private" in asked.text[0]) == ((), True)
        assert [one.action for one in asked.buttons] == [A.DRAW_CLEANED, A.ADD_TEXT, A.DRAW_ANYWAY, A.DROP_CHANGE]
        assert "is over" in (await s.press(A.USE_CHANGE, row_of(asked))).text, "nothing was drawn that could be used"
        form = await s.world.form(A.ADD_TEXT, row_of(asked))
        assert isinstance(form, Form)
        assert "+49" in form.fields[0].value
        cleaned = await s.press(A.DRAW_CLEANED, row_of(asked))
        assert cleaned.view is not None
        assert "with the text “Garage sale on Sunday morning”" in cleaned.view.pictures[0].alt
        asked = await s.preview(A.ADD_TEXT, made, text="Call +49 151 2345 6789")
        typed = await s.press(A.DRAW_ANYWAY, row_of(asked))
        assert typed.view is not None
        assert "6789" in typed.view.pictures[0].alt
        brand = await s.preview(A.ADD_TEXT, made, text="Mickey Mouse drinks Coca-Cola")
        assert "yours to use" in brand.text[0]
        assert "Discarded" in (await s.press(A.DROP_CHANGE, row_of(brand))).text


async def test_blocked_words_and_paused_members_stay_out(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        ready = await s.preview(A.ADD_TEXT, made, text="Some  bad WORDS")

        def block(tx: Any) -> None:
            request = request_rows.get(tx.connection, made)
            assert isinstance(request, Request)
            remember_block(tx, with_words(request, "some bad words"), Kind.SAFETY_PROMPT)

        await s.world.bot.ledger.write(block)
        for reply in (await s.press(A.ADD_TEXT, made, text="some bad words"), await s.press(A.USE_CHANGE, row_of(ready))):
            assert "blocked these words" in reply.text
            assert not reply.changed
        fine = await s.preview(A.CROP, made, ratio="1:1")
        await s.world.bot.ledger.write(lambda tx: block_rows.pause_member(tx, "home", "ana", by="mia", until=tx.now + 900))
        for reply in (await s.press(A.CROP, made, ratio="4:5"), await s.press(A.USE_CHANGE, row_of(fine))):
            assert "paused" in reply.text
        assert len(await s.pictures(made)) == 1


def with_words(request: Request, words: str) -> Request:
    return dataclasses.replace(request, prompt=words, fingerprint=fingerprint(words), case_id=None)


async def test_a_deleted_or_reported_result_takes_its_drafts_along(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        await s.press(A.USE_CHANGE, row_of(await s.preview(A.ADD_TEXT, made, text="Used")))
        crop = await s.preview(A.CROP, made, ratio="1:1")
        await s.world.press(A.REPORT, made, person="ben", values={"reason": "people", "note": ""})
        for action, row in ((A.ADD_TEXT, made), (A.USE_CHANGE, row_of(crop)), (A.CROP, row_of(crop))):
            assert "isn't stored" in (await s.press(action, row, text="x", ratio="1:1")).text
        view = s.world.chat.about(f"request:{made}")
        await s.world.until(lambda: not (s.world.chat.about(f"request:{made}") or View("")).pictures)
        assert view is not None
        await s.world.press(A.DELETE, made)
        assert (await s.drafts(), await s.pictures(made)) == (0, [])
        await s.world.bot.orphaned_files.round()
        assert s.files() == set()
        assert "is over" in (await s.press(A.USE_CHANGE, row_of(crop))).text


async def test_privacy_takes_changed_pictures_and_drafts_and_a_day_takes_drafts(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        await s.press(A.USE_CHANGE, row_of(await s.preview(A.CROP, made, ratio="1:1")))
        await s.preview(A.ADD_TEXT, made, text="Waiting")
        await s.world.bot.ledger.write(lambda tx: sweep(tx, lambda _: True))
        assert await s.drafts() == 1
        late = await s.world.bot.ledger.read(lambda c: draft_rows.uses(c, list(s.files())))
        await s.world.bot.ledger.write(lambda tx: sweep(dataclasses.replace(tx, now=tx.now + DRAFTS_KEPT + 1), lambda _: True))
        await s.world.bot.orphaned_files.round()
        assert (await s.drafts(), late & s.files(), len(late)) == (0, set(), 1)
        await s.preview(A.ADD_TEXT, made, text="Waiting")
        view = await s.world.bot.core.privacy(Visitor("test", "home", "imagine", "ana"))
        await s.press(A.PRIVACY_DELETE, view.buttons[0].row, sure="true")
        await s.world.bot.orphaned_files.round()
        assert (await s.drafts(), s.files()) == (0, set())


async def test_after_a_restart_every_button_does_what_it_says(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        made = await s.result()
        asked = row_of(await s.preview(A.ADD_TEXT, made, text="Call +49 151 2345 6789"))
        ready = row_of(await s.preview(A.CROP, made, ratio="16:9"))
        lost = await s.preview(A.ADD_TEXT, made, text="Lost")
    (tmp_path / "pictures" / lost.pictures[0].sha256[:2] / f"{lost.pictures[0].sha256}.png").unlink()  # killed between row and file
    async with stage(tmp_path, lint=ask_about) as s:
        again = await s.preview(A.ADD_TEXT, made, text="Lost")
        assert row_of(again) == row_of(lost), "the same draft, with its file"
        assert await s.store.read(again.pictures[0].sha256)
        assert (await s.press(A.USE_CHANGE, ready)).changed
        assert (await s.press(A.DRAW_ANYWAY, asked)).view is not None
        assert "is over" in (await s.press(A.DRAW_ANYWAY, asked)).text
    async with stage(tmp_path) as s:
        assert "is over" in (await s.press(A.USE_CHANGE, ready)).text
        assert len(await s.pictures(made)) == 2
        assert (await s.press(A.DROP_CHANGE, row_of(again))).changed


async def test_a_full_message_and_a_damaged_file_are_told(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result(2)
        for number in range(8):
            await s.press(A.USE_CHANGE, row_of(await s.preview(A.CROP, made, picture=str(number % 2 + 1), ratio=list(RATIOS)[number // 2])))
        assert len(await s.pictures(made)) == 10
        assert "already has ten pictures" in (await s.press(A.ADD_TEXT, made, text="x")).text
        assert (await s.press(A.CROP, made, picture="10", ratio="1:1")).view is not None, "one can still be changed"
        path = s.store.path((await s.pictures(made))[0].sha256)
        assert path is not None
        path.write_bytes(b"damaged")
        assert "can't be opened" in (await s.press(A.CROP, made, picture="3", ratio="1:1")).text


async def test_without_its_libraries_add_text_is_not_offered(tmp_path: Path) -> None:
    async with stage(tmp_path, captions=False) as s:
        made = await s.result()
        actions = {one.action for one in (await s.world.answer(made)).buttons}
        assert (A.ADD_TEXT in actions, A.CROP in actions) == (False, True)
        assert "imagine-bot doctor" in (await s.press(A.ADD_TEXT, made, text="x")).text


ONE, TWO = (Picture(name * 64, "png", 300, 200, 9) for name in "ab")
CAPTIONED = Picture("c" * 64, "png", 300, 200, 9, change=PictureChange(ChangeKind.CAPTION, ONE.sha256, "Hi", ratio="1:1"))


@pytest.mark.parametrize(
    ("number", "kind", "source", "replaces"),
    [
        ("", ChangeKind.CAPTION, ONE.sha256, ""),
        ("2", ChangeKind.CROP, TWO.sha256, ""),
        ("3", ChangeKind.CAPTION, ONE.sha256, CAPTIONED.sha256),
        ("3", ChangeKind.CROP, CAPTIONED.sha256, ""),
    ],
)
def test_the_same_kind_of_change_starts_over_and_another_one_goes_on(number: str, kind: ChangeKind, source: str, replaces: str) -> None:
    found = wanted_of((ONE, TWO, CAPTIONED), kind, {"picture": number, "text": "New", "ratio": "4:5"})
    assert isinstance(found, WantedChange)
    assert (found.change.source, found.replaces) == (source, replaces)
    assert (found.change.text, found.change.ratio) == (
        "New" if kind is ChangeKind.CAPTION else "Hi" if number == "3" else "",
        found.change.ratio,
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("", ""), ("AUTO", ""), ("Gray", COLOURS["grey"]), (" #AbCdEf ", "#abcdef"), ("1d4ed8", "#1d4ed8"), ("#fff", None), ("reddish", None)],
)
def test_colours_are_names_or_codes(typed: str, expected: str | None) -> None:
    found = wanted_of((ONE,), ChangeKind.CAPTION, {"text": "Hi", "colour": typed})
    if expected is None:
        assert found == ChangeProblem("colour", typed)
    else:
        assert isinstance(found, WantedChange)
        assert found.change.colour == expected
