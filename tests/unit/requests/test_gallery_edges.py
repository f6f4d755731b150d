"""The gallery at its limits: what's gone or isn't there, the last row of a page, the last byte of a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import update

from bot.chat.views import ActionName, Document, Form, Reply
from bot.core import Visitor
from bot.domain.gallery import GallerySearch
from bot.domain.outcome import Billed, Outcome
from bot.domain.own_services import SETTING
from bot.ledger import gallery_rows, request_rows, settings_rows
from bot.ledger.tables import pictures
from bot.messages.gallery_view import FRESH
from bot.requests.gallery import MOST_BYTES, PAGE
from bot.texts import text
from tests.unit.requests.finished import drawn, rows
from tests.world import BLOCK, PICTURE, Pictures, Service, bad, world

A = ActionName
ANA, MIA = (Visitor("test", "home", "imagine", one) for one in ("ana", "mia"))
SECOND = replace(PICTURE, sha256="cd" * 32, format="webp")
TWO = Outcome(pictures=(PICTURE, SECOND), billed=Billed.YES, status=200)


async def test_what_is_gone_or_of_another_platform_is_nowhere_and_a_note_is_its_owners_alone(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        blocked = await drawn(w, "a dragon")
        kept, gone, reported = [await drawn(w, one) for one in ("a red bicycle", "a gone thing", "a bad thing")]
        await w.press(A.FAVOURITE, kept)
        await w.press(A.DELETE, gone)
        await w.bot.ledger.write(lambda tx: request_rows.annotate(tx, reported, reported="somecase"))
        assert rows(await w.bot.core.show(ANA)) == [reported, kept, blocked]
        for who, hidden in ((ANA, gone), (replace(ANA, platform="else"), kept), (ANA, "2" * 16)):
            assert (await w.bot.core.show(who, hidden)).title == text("show.unknown")
        assert rows(await w.bot.core.show(replace(ANA, platform="else"))) == []
        assert A.DOWNLOAD not in [one.action for one in (await w.bot.core.show(ANA, reported)).buttons]
        page = await w.bot.core.gallery_page(ANA, {})
        assert [(one.id, one.own, one.person, bool(one.pictures)) for one in page.entries] == [
            (reported, True, "", False),
            (kept, True, "", True),
        ]
        public = await w.bot.core.gallery_page(MIA, {"shelf": "public"})
        made = await w.row(kept)
        assert [(one.id, one.own, one.person, one.made_at, one.mark.favourite) for one in public.entries] == [
            (kept, False, "Ana", made.answered_at, False)
        ]
        assert made.answered_at != made.created_at
        assert "\u2605" not in (await w.bot.core.show(MIA, "is:public")).facts[0].label
        page = await w.bot.core.gallery_page(ANA, {"dates": "never"}, 3)
        assert (page.entries, page.page, page.more, page.problem) == ((), 0, False, text("gallery.bad_date", typed="never"))
        page = await w.bot.core.gallery_page(ANA, {"shelf": "public"}, 3)
        assert (page.entries, page.page, page.more) == ((), 0, False)


async def test_a_full_page_is_the_last_one_and_its_form_has_its_search(tmp_path: Path) -> None:
    async with world(tmp_path, max_unfinished=None) as w:
        for _ in range(PAGE):
            await drawn(w, "a red lantern")
        plain = await w.bot.core.show(ANA)
        assert [one.row for one in plain.buttons[PAGE:]] == [FRESH], "one page of everything: nothing to turn, no search to keep"
        assert not (await w.bot.core.gallery_page(ANA, {})).more
        typed = "red since:2026 model:gpt"
        [button] = (await w.bot.core.show(ANA, typed)).buttons[PAGE:]
        form = await w.form(button.action, button.row)
        assert isinstance(form, Form)
        assert (form.row, {one.name: one.value for one in form.fields}) == (
            button.row, {"words": "red", "dates": "2026-01-01..", "model": "gpt", "tag": "", "shelf": "own"},
        )  # fmt: skip
        found = await w.reply(form.action, form.row, values={"words": "red", "dates": "2026.."})
        assert found.view is not None
        assert (len(rows(found.view)), found.changed) == (PAGE, False)
        assert await w.reply(form.action, form.row, values={"dates": "never"}) == Reply(
            text("gallery.bad_date", typed="never"), changed=False
        )
        assert await w.reply(A.GALLERY_NEXT, FRESH) == Reply(text("gallery.over"), changed=False)
        assert not (await w.reply(A.GALLERY_BACK, button.row)).changed
        nobody = await w.form(A.GALLERY_SEARCH, "\ud800")  # what no ledger could look for
        assert isinstance(nobody, Form)
        assert nobody.row == FRESH


async def test_words_in_the_text_on_it_and_the_names_it_was_made_under_are_found_too(tmp_path: Path) -> None:
    async with world(tmp_path, captions=True) as w:
        made = [await drawn(w, "a cat", caption="SPRING SALE", tag="shop", template="Weekly cover") for _ in range(3)][::-1]
        for typed in ("sale", "tag:shop", 'tag:"weekly cover"'):
            assert rows(await w.bot.core.show(ANA, typed)) == made, typed
        who, at = Visitor("test", "home", "imagine", "ana"), (await w.row(made[2])).created_at

        async def find(limit: int, offset: int, **search: object) -> list[str]:
            return list(await w.bot.ledger.read(lambda c: gallery_rows.find(c, who, GallerySearch(**search), limit, offset)))  # type: ignore[arg-type]

        assert await find(1, 2, words="cat") == made[2:]
        assert await find(9, 0, since=at) == made
        assert await find(9, 0, since=at + 3600.0) == []
        assert await find(9, 0, until=at) == []


async def test_a_tag_of_sixty_characters_is_kept_and_an_empty_one_takes_it_off(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        kept, gone = await drawn(w, "a red bicycle"), await drawn(w, "a blue door")
        await w.press(A.DELETE, gone)
        for action in (A.GALLERY_TAG, A.REPRODUCE):
            assert await w.form(action, gone) == Reply(text("gallery.gone"), changed=False)
        assert await w.reply(A.FAVOURITE, gone) == Reply(text("gallery.gone"), changed=False)
        assert await w.reply(A.DOWNLOAD, gone) == Reply(text("reply.not_yours"), changed=False)
        assert await w.reply(A.GALLERY_TAG, kept, values={"tag": "x" * 61}) == Reply(text("gallery.tag_too_long", most=60), changed=False)
        assert await w.press(A.GALLERY_TAG, kept, values={"tag": "x" * 60}) == text("gallery.tag_kept", tag="x" * 60)
        form = await w.form(A.GALLERY_TAG, kept)
        assert isinstance(form, Form)
        assert form.fields[0].value == "x" * 60
        assert await w.press(A.GALLERY_TAG, kept, values={"tag": " "}) == text("gallery.tag_gone")


async def test_reproduce_says_what_goes_along_and_what_it_costs_where_it_was_pressed(tmp_path: Path) -> None:
    async with world(tmp_path, captions=True) as w:
        plain = await drawn(w, "a red bicycle")
        form = await w.form(A.REPRODUCE, plain)
        assert isinstance(form, Form)
        pictures_too, caption = text("gallery.same_pictures", count=1), text("gallery.same_caption", text="SALE")
        assert form.text.startswith(text("gallery.reproduce_text") + "\n")
        assert "attached" not in form.text
        assert text("gallery.same_caption", text="") not in form.text
        await w.bot.ledger.write(lambda tx: request_rows.annotate(tx, plain, references=["ef" * 32], caption="SALE"))
        form = await w.form(A.REPRODUCE, plain)
        assert isinstance(form, Form)
        assert f"{pictures_too}\n{caption}\n" in form.text
        own = {SETTING: {"name": "own-openai-1", "api": "openai", "base_url": "https://art.example/v1", "models": ["gpt-image-1-mini"]}}
        await w.bot.ledger.write(lambda tx: settings_rows.replace(tx, "test", "home", own, "olu"))
        here = await w.form(A.REPRODUCE, plain)
        assert isinstance(here, Form)
        assert here.text != form.text, "the community's own models count"


class Kept(Pictures):
    async def read(self, sha256: str) -> bytes:
        if sha256 in self.forgotten:
            raise LookupError(sha256)
        return f"bytes of {sha256}".encode()


def packed(reply: Reply) -> Mapping[str, bytes]:
    assert reply.document is not None
    with zipfile.ZipFile(io.BytesIO(reply.document.content)) as found:
        return {one: found.read(one) for one in found.namelist()}


async def test_a_download_is_filled_to_its_last_byte_and_says_how_many_pictures_are_missing(tmp_path: Path) -> None:
    kept = Kept()
    async with world(tmp_path, Service([TWO]), pictures=kept) as w:
        made = await drawn(w, "a red bicycle", count=2)
        first, second = [await w.bot.core.gallery_file(ANA, made, one) for one in (1, 2)]
        assert isinstance(first, Document)
        assert isinstance(second, Document)
        assert (first.name[10:], first.content) == ("-a-red-bicycle-1.png", f"bytes of {PICTURE.sha256}".encode())
        assert (second.name[10:], second.content) == ("-a-red-bicycle-2.webp", f"bytes of {SECOND.sha256}".encode())
        whole = await w.reply(A.DOWNLOAD, made)
        files = packed(whole)
        assert (whole.text, whole.changed, [*files][1:]) == (text("gallery.downloaded"), False, [first.name, second.name])
        left = MOST_BYTES - len(next(iter(files.values()))) - len(first.content)
        for size, missing in ((left, 0), (left + 1, 1)):
            change = update(pictures).where(pictures.c.sha256 == SECOND.sha256).values(size=size)
            await w.bot.ledger.write(lambda tx, change=change: tx.connection.execute(change))  # type: ignore[misc]
            reply = await w.reply(A.DOWNLOAD, made)
            assert len(packed(reply)) == 3 - missing
            assert reply.text == (text("gallery.downloaded_without", count=1) if missing else text("gallery.downloaded"))
        kept.forgotten += [PICTURE.sha256, SECOND.sha256]
        reply = await w.reply(A.DOWNLOAD, made)
        assert (reply.text, len(packed(reply))) == (text("gallery.downloaded_without", count=2), 1)
        assert await w.bot.core.gallery_file(ANA, made, 1) == text("gallery.gone")
