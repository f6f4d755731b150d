"""The gallery through the core: who sees what, how it's found, and what can be done with it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.chat.views import ActionName, Document, Form, Reply
from bot.core import Visitor
from bot.ledger import request_rows
from bot.ledger.gallery_tables import gallery_marks, gallery_searches
from bot.ledger.tables import requests
from bot.requests.gallery import PAGE
from bot.requests.sweep import sweep
from bot.texts import text
from tests.unit.requests.finished import drawn, rows
from tests.world import BLOCK, Pictures, Service, World, bad, world

A = ActionName
ANA, BEN, MIA = (Visitor("test", "home", "imagine", one) for one in ("ana", "ben", "mia"))


async def act(w: World, action: ActionName, row: str, person: str = "ana", **values: str) -> Reply:
    return await w.reply(action, row, person, values)


async def test_words_are_found_in_any_case_and_script_and_only_ones_own(tmp_path: Path) -> None:
    async with world(tmp_path, captions=True) as w:
        street = await drawn(w, "Eine STRA\u00dfE im Regen")
        greek = await drawn(w, "\u039a\u03cc\u03ba\u03ba\u03b9\u03bd\u03bf \u03c0\u03bf\u03b4\u03ae\u03bb\u03b1\u03c4\u03bf")
        foreign = await drawn(w, "eine Strasse", "ben")
        for typed, found in (
            ("strasse regen", [street]),
            ("\u03ba\u03cc\u03ba\u03ba\u03b9\u03bd\u03bf", [greek]),
            ("nothing like it", []),
            ("model:GPT", [greek, street]),
            ("model:other", []),
            ("since:2020", [greek, street]),
            ("until:2020", []),
        ):
            assert rows(await w.bot.core.show(ANA, typed)) == found, typed
            assert foreign not in rows(await w.bot.core.show(ANA, typed))
        assert rows(await w.bot.core.show(ANA, None, {"words": "REGEN"})) == [street]
        assert (await w.bot.core.show(ANA, "on:never")).text[0] == text("gallery.bad_date", typed="never")


async def test_pages_are_turned_back_and_forth_by_their_owner_alone(tmp_path: Path) -> None:
    async with world(tmp_path, max_unfinished=None) as w:
        made = [await drawn(w, f"lantern {number}") for number in range(PAGE + 3)]
        first = await w.bot.core.show(ANA)
        assert rows(first) == made[::-1][:PAGE]
        following = next(one for one in first.buttons if one.action is A.GALLERY_NEXT)
        assert A.GALLERY_BACK not in [one.action for one in first.buttons]
        for _ in range(2):  # pressing twice is no further page
            second = (await act(w, A.GALLERY_NEXT, following.row)).view
            assert second is not None
            assert rows(second) == made[::-1][PAGE:]
        back = next(one for one in second.buttons if one.action is A.GALLERY_BACK)
        before = (await act(w, A.GALLERY_BACK, back.row)).view
        assert before is not None
        assert rows(before) == rows(first)
        assert (await act(w, A.GALLERY_NEXT, following.row, "ben")).text == text("gallery.over")
        await w.bot.ledger.write(lambda tx: tx.connection.execute(update(gallery_searches).values(created_at=tx.now - 2 * 86400)))
        await w.bot.ledger.write(lambda tx: sweep(tx, lambda request: False))
        assert (await act(w, A.GALLERY_NEXT, following.row)).text == text("gallery.over")


async def test_favourites_and_tags_are_ones_own_and_go_with_the_picture(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        kept, other = await drawn(w, "a red bicycle"), await drawn(w, "a blue door")
        assert (await act(w, A.FAVOURITE, kept)).text == text("gallery.favourite_kept")
        assert not (await act(w, A.FAVOURITE, kept)).changed
        assert (await act(w, A.FAVOURITE, kept, "ben")).text == text("reply.not_yours")
        assert (await act(w, A.GALLERY_TAG, other, tag="  Spring   sale ")).text == text("gallery.tag_kept", tag="Spring sale")
        assert (await act(w, A.GALLERY_TAG, other, tag="x" * 61)).text == text("gallery.tag_too_long", most=60)
        assert rows(await w.bot.core.show(ANA, "is:favourite")) == [kept]
        assert rows(await w.bot.core.show(ANA, 'tag:"spring SALE"')) == [other]
        assert rows(await w.bot.core.show(ANA, "tag:spring")) == []
        shown = await w.bot.core.show(ANA, kept)
        assert text("gallery.is_favourite") in shown.text
        assert A.UNFAVOURITE in [one.action for one in shown.buttons]
        await w.press(A.DELETE, kept)
        assert rows(await w.bot.core.show(ANA, "is:favourite")) == []
        assert (await act(w, A.FAVOURITE, kept)).text == text("gallery.gone")
        assert await w.bot.ledger.read(lambda c: [one.request_id for one in c.execute(select(gallery_marks))]) == [other]
        privacy = next(one for one in (await w.bot.core.privacy(ANA)).buttons if one.action is A.PRIVACY_DELETE)
        await act(w, A.PRIVACY_DELETE, privacy.row, sure="true")
        left = await w.bot.ledger.read(lambda c: (c.execute(select(gallery_marks)).all(), c.execute(select(gallery_searches)).all()))
        assert left == ([], [])


async def test_moderators_see_what_the_channel_has_seen_and_no_more(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        public, private = await drawn(w, "a red bicycle"), await drawn(w, "my secret garden", private=True)
        gone, reported = await drawn(w, "a gone thing"), await drawn(w, "a bad thing", "ben")
        await w.press(A.DELETE, gone)
        await w.bot.ledger.write(lambda tx: request_rows.annotate(tx, reported, reported="somecase"))
        assert rows(await w.bot.core.show(MIA, "is:public")) == [public]
        shown = await w.bot.core.show(MIA, public)
        assert shown.pictures
        assert {one.action for one in shown.buttons} == {A.REPORT}
        for hidden in (private, gone, reported):
            assert (await w.bot.core.show(MIA, hidden)).title == text("show.unknown"), hidden
        for elsewhere in (replace(MIA, channel="art"), replace(MIA, community="other"), replace(MIA, platform="else")):
            assert rows(await w.bot.core.show(elsewhere, "is:public")) == []
            assert (await w.bot.core.show(elsewhere, public)).title == text("show.unknown")
        assert (await w.bot.core.show(BEN, "is:public")).text[0] == text("gallery.not_a_moderator")
        assert (await w.bot.core.show(BEN, public)).title == text("show.unknown")
        await w.press(A.PUBLISH, private)
        assert rows(await w.bot.core.show(MIA, "is:public")) == [private, public]
        form = await w.form(A.GALLERY_SEARCH, "gallery222222222", "mia")
        assert isinstance(form, Form)
        assert [one.value for one in form.fields[-1].choices] == ["own", "favourites", "public"]
        form = await w.form(A.GALLERY_SEARCH, "gallery222222222", "ben")
        assert isinstance(form, Form)
        assert [one.value for one in form.fields[-1].choices] == ["own", "favourites"]
        page = await w.bot.core.gallery_page(BEN, {"shelf": "public"})
        assert (page.entries, page.problem) == ((), text("gallery.not_a_moderator"))
        assert [one.id for one in (await w.bot.core.gallery_page(MIA, {"shelf": "public"})).entries] == [private, public]


async def test_reproduce_opens_the_form_with_the_same_settings_and_sends_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        first = await drawn(w, "a red bicycle", size="1536x1024", quality="low", count=2)
        calls = len(w.service.calls)
        form = await w.form(A.REPRODUCE, first)
        assert isinstance(form, Form)
        values = {one.name: one.value for one in form.fields}
        assert (values["prompt"], values["size"], values["quality"], values["count"]) == ("a red bicycle", "1536x1024", "low", "2")
        assert text("gallery.reproduce_text") in form.text
        assert "$" in form.text
        assert len(w.service.calls) == calls
        assert len(await w.bot.ledger.read(lambda c: c.execute(select(requests)).all())) == 1
        assert (await act(w, form.action, form.row, **values)).changed
        await w.until(lambda: len(w.service.calls) > calls)
        assert (w.service.calls[-1].prompt, w.service.calls[-1].size, w.service.calls[-1].count) == ("a red bicycle", "1536x1024", 2)
        foreign = await w.form(A.REPRODUCE, first, "ben")
        assert isinstance(foreign, Reply)
        assert foreign.text == text("reply.not_yours")


async def test_a_blocked_wording_isnt_reproduced_around_its_block(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        blocked = await w.imagine("a dragon")
        await w.answer(blocked)
        form = await w.form(A.REPRODUCE, blocked)
        assert isinstance(form, Reply)
        listed = await w.bot.core.show(ANA, blocked)
        assert not {A.REPRODUCE, A.DOWNLOAD, A.FAVOURITE} & {one.action for one in listed.buttons}


class Kept(Pictures):
    async def read(self, sha256: str) -> bytes:
        if sha256 in self.forgotten:
            raise LookupError(sha256)
        return f"bytes of {sha256}".encode()


async def test_a_download_has_readable_names_and_says_how_it_was_made(tmp_path: Path) -> None:
    async with world(tmp_path, pictures=Kept()) as w:
        made = await drawn(w, "A red bicycle / in the rain \u2014 ..\\", count=2)
        await act(w, A.GALLERY_TAG, made, tag="shop")
        reply = await act(w, A.DOWNLOAD, made)
        assert reply.document is not None
        with zipfile.ZipFile(io.BytesIO(reply.document.content)) as packed:
            names = packed.namelist()
            said = json.loads(packed.read(names[0]))
            assert packed.testzip() is None
        day = said["made_at"][:10]
        assert names == [f"{day}-a-red-bicycle-in-the-rain{one}" for one in (".json", "-1.png", "-2.png")]
        assert reply.document.name == f"{day}-a-red-bicycle-in-the-rain.zip"
        assert (said["made_with_ai"], said["prompt"], said["tag"], said["pictures_asked_for"]) == (
            True, "A red bicycle / in the rain \u2014 ..\\", "shop", 2,
        )  # fmt: skip
        assert [one["file"] for one in said["pictures"]] == names[1:]
        one = await w.bot.core.gallery_file(ANA, made, 2)
        assert isinstance(one, Document)
        assert (one.name, one.content.startswith(b"bytes of ")) == (names[2], True)
        for number, who in ((3, ANA), (0, ANA), (1, BEN), (None, BEN)):
            assert await w.bot.core.gallery_file(who, made, number) == text("gallery.gone")
        assert (await act(w, A.DOWNLOAD, made, "ben")).document is None
        await w.press(A.DELETE, made)
        assert (await act(w, A.DOWNLOAD, made)).document is None
        assert await w.bot.core.gallery_file(ANA, made, 1) == text("gallery.gone")


@pytest.mark.parametrize("number", [0, 1])
async def test_a_page_has_pictures_with_their_alt_texts_and_nothing_that_is_gone(tmp_path: Path, number: int) -> None:
    async with world(tmp_path, Service([]), max_unfinished=None) as w:
        for one in range(PAGE + 2):
            await drawn(w, f"lantern {one}")
        gone = await drawn(w, "a gone lantern")
        await w.press(A.DELETE, gone)
        page = await w.bot.core.gallery_page(ANA, {"words": "lantern"}, number)
        assert [one.prompt for one in page.entries] == [f"lantern {one}" for one in range(PAGE + 2)][::-1][number * PAGE :][:PAGE]
        assert page.more == (number == 0)
        assert all(one.own and len(one.pictures) == 1 and one.prompt in one.pictures[0].alt for one in page.entries)
