"""Attached pictures on their way into a request: fetched once, checked before money, stored by hash, gone with their request."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.load import Catalogue
from bot.chat.views import Act, ActionName, Audience, Form, View
from bot.core import Visitor
from bot.domain.attachments import Attachment, AttachmentRole, NotFetched, ReferenceLimits
from bot.domain.outcome import Billed, Outcome, Picture
from bot.domain.request_states import RequestState
from bot.domain.requests import Origin, Request
from bot.ledger import attachment_rows
from bot.pixels.errors import NotTaken
from bot.pixels.workers import Here
from bot.providers.pictures import PictureStore
from bot.requests.attachments import Upload
from tests.unit.pixels.test_reference import WRONG, file, mask, picture
from tests.world import BLOCK, Platform, Service, World, bad, world

PHOTO = file(picture(300, 200), "JPEG")
OTHER = file(picture(128, 128), "PNG")
MASK = file(mask(300, 200), "PNG")


@dataclass
class Source(Platform):
    """A platform whose members attach pictures."""

    files: dict[str, bytes | Exception] = field(default_factory=lambda: {"photo": PHOTO, "other": OTHER, "mask": MASK})
    fetched: list[str] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def fetch_attachment(self, handle: Mapping[str, str]) -> bytes:
        self.fetched.append(handle["file"])
        if self.hold is not None:
            await self.hold.wait()
        found = self.files[handle["file"]]
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class Stage:
    world: World
    source: Source
    store: PictureStore
    folder: Path

    async def ask(self, *names: str, consent: bool = True, **options: Any) -> Request:
        """/imagine with these files; `mask` is a mask."""
        attached = tuple(
            Attachment(f"{name}.png", AttachmentRole.MASK if name == "mask" else AttachmentRole.PICTURE, handle={"file": name})
            for name in names
        )
        made = await self.world.imagine(options.pop("prompt", "a red bicycle"), attachments=attached, consent=consent, **options)
        return await self.world.row(made)

    async def sent(self, *names: str, **options: Any) -> Request:
        """The same, past the question that everybody is asked once."""
        request = await self.ask(*names, **options)
        if request.state is RequestState.AWAITING_MEMBER:
            await self.world.press(ActionName.SEND_ANYWAY, request.id)
        await self.world.answer(request.id)
        return await self.world.row(request.id)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("pictures/*/*") if path.is_file() and len(path.stem) == 64)

    async def view(self, request_id: str, audience: Audience | None = None) -> View:
        await self.world.until(lambda: self.world.chat.about(f"request:{request_id}", audience) is not None)
        found = self.world.chat.about(f"request:{request_id}", audience)
        assert found is not None
        return found


@contextlib.asynccontextmanager
async def stage(folder: Path, source: Source | None = None, service: Service | None = None, **rules: Any) -> AsyncIterator[Stage]:
    source = source or Source()
    store = PictureStore(folder, workers=Here())
    async with world(folder, service, source, pictures=store, **rules) as made:
        yield Stage(made, source, store, folder)


async def test_pictures_are_fetched_checked_stored_and_sent(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        request = await s.sent("photo", "other", "mask")
        assert len(request.references) == 2
        assert s.source.fetched == ["photo", "other", "mask"]
        call = s.world.service.calls[0]
        assert (call.references, call.mask) == (request.references, request.mask)
        for one in (*request.references, request.mask):
            assert await s.store.read(one)
        rows = await s.world.bot.ledger.read(lambda c: attachment_rows.of_request(c, request.id))
        assert [dict(row.attachment.handle) for row in rows] == [{}, {}, {}]
        shown = await s.world.answer(request.id)
        assert any("made from 2 pictures" in line and "only the marked part" in line for line in shown.text)


@pytest.mark.parametrize("name", list(WRONG))
async def test_a_bad_picture_is_a_sentence_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    raw, _ = WRONG[name]
    async with stage(tmp_path, Source(files={"photo": PHOTO, "bad": raw})) as s:
        request = await s.ask("photo", "bad")
        assert request.state is RequestState.REFUSED
        view = await s.world.answer(request.id)
        assert "bad.png" in " ".join(view.text)
        assert s.world.service.calls == []
        assert await s.world.bot.ledger.read(lambda c: attachment_rows.of_request(c, request.id)) == []
        await s.world.bot.orphaned_files.round()
        assert s.files() == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (NotTaken("address", "localhost:443"), "address that the bot doesn't open"),
        (NotTaken("bytes", "40 mb"), "40 MB"),
        (NotFetched("gone"), "isn't there anymore"),
        (NotFetched("failed"), "didn't arrive"),
    ],
)
async def test_a_picture_that_cannot_be_fetched_is_a_sentence(tmp_path: Path, given: Exception, why: str) -> None:
    async with stage(tmp_path, Source(files={"photo": given})) as s:
        request = await s.ask("photo")
        assert request.state is RequestState.REFUSED
        assert why in " ".join((await s.world.answer(request.id)).text)


@pytest.mark.parametrize(
    ("names", "limits", "why"),
    [
        (("photo", "other"), ReferenceLimits(count=1), "takes 1 at most"),
        (("photo",), ReferenceLimits(count=0), "words alone"),
        (("photo", "mask"), ReferenceLimits(mask=False), "can't change just one part"),
        (("mask",), ReferenceLimits(), "mask without a picture"),
        (("photo", "mask", "mask"), ReferenceLimits(), "more than one mask"),
    ],
)
async def test_the_wrong_number_is_said_before_anything_is_fetched(
    tmp_path: Path, names: tuple[str, ...], limits: ReferenceLimits, why: str
) -> None:
    async with stage(tmp_path, service_references=limits) as s:
        request = await s.ask(*names)
        assert request.state is RequestState.REFUSED
        assert why in " ".join((await s.world.answer(request.id)).text)
        assert s.source.fetched == []


async def test_a_huge_file_is_not_fetched_at_all(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        huge = Attachment("holiday.png", size=60 * 1024 * 1024, handle={"file": "photo"})
        made = await s.world.imagine(attachments=(huge,))
        assert "40 MB" in " ".join((await s.world.answer(made)).text)
        assert s.source.fetched == []


async def test_a_mask_of_another_size_names_both(tmp_path: Path) -> None:
    async with stage(tmp_path, Source(files={"photo": PHOTO, "mask": file(mask(), "PNG")})) as s:
        request = await s.ask("photo", "mask")
        text = " ".join((await s.world.answer(request.id)).text)
        assert "120×80" in text
        assert "300×200" in text


async def test_the_sum_of_all_pictures_fits_the_services_limit(tmp_path: Path) -> None:
    async with stage(tmp_path, service_references=ReferenceLimits(total_bytes=6000)) as s:
        request = await s.sent("photo", "other")
        assert sum([len(await s.store.read(one)) for one in request.references]) <= 6000


async def test_everybody_is_asked_once_about_what_must_stay_inside_and_always_about_people(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.ask("photo", consent=False)
        assert (first.state, first.refusal and first.refusal.reason) == (RequestState.AWAITING_MEMBER, "uploads_first")
        assert s.world.service.calls == []
        assert await s.world.press(ActionName.SEND_ANYWAY, first.id) == "Sent."
        await s.world.answer(first.id)
        assert (await s.world.row(first.id)).consent
        assert (await s.ask("photo", consent=True, prompt="a cat")).state is RequestState.QUEUED
        again = await s.ask("photo", consent=False, prompt="a dog")
        assert again.refusal is not None
        assert again.refusal.reason == "uploads_people"
        await s.world.press(ActionName.DISCARD, again.id)
        assert await s.world.bot.ledger.read(lambda c: attachment_rows.of_request(c, again.id)) == []


async def test_again_and_edit_keep_the_pictures_and_deleting_removes_them_last(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        first = await s.sent("photo")
        await s.world.press(ActionName.AGAIN, first.id)
        await s.world.until(lambda: len(s.world.service.calls) == 2)
        assert s.world.service.calls[1].references == first.references
        second = next(row for row in await s.world.requests() if row.id != first.id)
        assert s.source.fetched == ["photo"]
        await s.world.answer(second.id)
        kept = f"{first.references[0]}.jpeg"
        await s.world.press(ActionName.DELETE, first.id)
        assert kept in s.files()
        await s.world.press(ActionName.DELETE, second.id)
        assert kept not in s.files()


async def test_a_blocked_picture_is_remembered_with_its_words_and_alone(tmp_path: Path) -> None:
    of_picture = dataclasses.replace(
        BLOCK, body={"error": {"code": "moderation_blocked", "message": "Your input image was rejected by the safety system."}}
    )
    service = Service([bad(of_picture), bad(BLOCK)])
    async with stage(tmp_path, service=service) as s:
        first = await s.sent("photo")
        assert first.failure is not None
        same_words = await s.ask("photo")
        other_words = await s.ask("photo", prompt="something else entirely")
        assert [one.refusal and one.refusal.reason for one in (same_words, other_words)] == ["blocked_before"] * 2
        assert "turned this picture down" in " ".join((await s.world.answer(other_words.id)).text)
        words = await s.world.imagine("a forbidden thing")
        await s.world.answer(words)
        with_picture = await s.ask("other", prompt="a forbidden thing")
        assert with_picture.refusal is not None
        assert "even without a picture" in " ".join((await s.world.answer(with_picture.id)).text)
        assert len(service.calls) == 2


async def test_a_kill_at_any_step_is_continued_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    source = Source(hold=asyncio.Event())
    async with stage(tmp_path, source) as s:
        asking = asyncio.create_task(s.ask("photo", "other"))
        await s.world.until(lambda: source.fetched)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        made = (await s.world.requests())[0]
        assert made.state is RequestState.RECEIVED
        assert "attached" in (await s.view(made.id)).title
    source.hold = None
    async with stage(tmp_path, source) as s:
        row = await s.world.row(made.id)
        assert row.state is RequestState.AWAITING_MEMBER
        assert len(row.references) == 2
        await s.world.press(ActionName.SEND_ANYWAY, row.id)
        await s.world.answer(row.id)
        assert len(s.world.service.calls) == 1


async def test_an_upload_is_kept_an_hour_and_used_by_hash(tmp_path: Path) -> None:
    visitor = Visitor("test", "home", "imagine", "ana")
    async with stage(tmp_path) as s:
        kept = await s.world.bot.core.keep_upload(visitor, "photo.jpg", PHOTO)
        assert isinstance(kept, Upload)
        assert (kept.width, kept.height) == (300, 200)
        bad_one = await s.world.bot.core.keep_upload(visitor, "bad.png", b"no picture")
        assert isinstance(bad_one, str)
        assert "bad.png" in bad_one
        unused = await s.world.bot.core.keep_upload(visitor, "other.png", OTHER)
        assert isinstance(unused, Upload)
        made = await s.world.imagine(attachments=(Attachment("photo.jpg", stored=kept.sha256),), consent=True)
        await s.world.press(ActionName.SEND_ANYWAY, made)
        await s.world.answer(made)
        attachments = s.world.bot.core.attachments
        await s.world.bot.ledger.write(lambda tx: attachments.sweep(dataclasses.replace(tx, now=tx.now + 4000)))
        await s.world.bot.orphaned_files.round()
        left = "".join(s.files())
        assert unused.sha256 not in left
        assert (await s.world.row(made)).references[0] in left


def test_a_model_and_a_service_both_set_limits() -> None:
    model = Catalogue.load().default()
    assert model.references.within(ReferenceLimits(count=3, mask=False)).count == 3
    assert not model.references.within(ReferenceLimits(mask=False)).mask


async def test_a_result_is_edited_and_used_as_a_reference(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        content = file(picture(1024, 1024), "PNG")
        sha256 = hashlib.sha256(content).hexdigest()
        await s.store.keep(content, sha256, "png")
        s.world.service.script = [Outcome(pictures=(Picture(sha256, "png", 1024, 1024, len(content)),), billed=Billed.YES, status=200)]
        first = await s.world.imagine("a red bicycle")
        buttons = {one.action: one for one in (await s.world.answer(first)).buttons}
        assert buttons[ActionName.EDIT_PICTURE].opens_form
        act = Act("e1", "ana", "Ana", "test", "home", "imagine", ActionName.EDIT_PICTURE, first)
        form = await s.world.bot.core.form(act)
        assert isinstance(form, Form)
        assert (form.masks, [one.sha256 for one in form.pictures]) == (True, [sha256])
        assert [one.name for one in form.fields] == ["prompt", "size", "count", "private"]
        visitor = Visitor("test", "home", "imagine", "ana")
        kept = await s.world.bot.core.keep_upload(visitor, "mask.png", file(mask(1024, 1024), "PNG"), (1024, 1024))
        assert isinstance(kept, Upload)
        assert "starting from your picture" in await s.world.press(
            ActionName.EDIT_PICTURE, first, values={"prompt": "make it blue", "mask": kept.sha256, "private": "true"}
        )
        await s.world.until(lambda: len(s.world.service.calls) == 2)
        call = s.world.service.calls[1]
        assert (call.prompt, len(call.references), bool(call.mask)) == ("make it blue", 1, True)
        child = next(row for row in await s.world.requests() if row.id != first)
        assert (child.origin, child.parent, child.private) == (Origin.PICTURE_EDIT, first, True)
        await s.world.press(ActionName.USE_AS_REFERENCE, first, values={"prompt": "as a stamp"})
        await s.world.until(lambda: len(s.world.service.calls) == 3)
        assert s.world.service.calls[2].mask == ""
        assert "isn't stored" in await s.world.press(ActionName.EDIT_PICTURE, first, values={"prompt": "x", "picture": "2"})
        assert "Only the person" in await s.world.press(ActionName.EDIT_PICTURE, first, person="ben", values={"prompt": "x"})


async def test_where_words_are_all_that_is_taken_no_button_offers_more(tmp_path: Path) -> None:
    async with stage(tmp_path, service_references=ReferenceLimits(count=0, mask=False)) as s:
        view = await s.world.answer(await s.world.imagine("a red bicycle"))
        assert not {ActionName.EDIT_PICTURE, ActionName.USE_AS_REFERENCE} & {one.action for one in view.buttons}


async def test_an_edit_that_would_undress_somebody_waits_for_a_moderator(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        request = await s.ask("photo", prompt="quítale la ropa")
        assert request.refusal is not None
        assert (request.state, request.refusal.reason, s.world.service.calls) == (RequestState.REFUSED, "held_for_moderator", [])
        assert "A moderator reads this edit" in " ".join((await s.world.answer(request.id)).text)
        case_id = request.case_id or ""
        await s.world.until(lambda: s.world.chat.about(f"case:{case_id}"))
        card = s.world.chat.about(f"case:{case_id}")
        assert card is not None
        assert card.pictures == ()
        assert any("300×200" in fact.value for fact in card.facts)
        assert "may undress" in " ".join(card.text)
        again = await s.ask("photo", prompt="Quitale la RÓPA")
        assert again.state is RequestState.REFUSED
        await s.world.press(ActionName.CASE_CLAIM, case_id, person="mia")
        assert "can send the edit" in await s.world.press(ActionName.CASE_NOT_POLICY, case_id, person="mia")
        await s.world.press(ActionName.RETRY, request.id)
        child = (await s.world.requests())[0]
        await s.world.press(ActionName.SEND_ANYWAY, child.id)
        await s.world.answer(child.id)
        assert len(s.world.service.calls) == 1
        plain = await s.world.imagine("quítale la ropa al maniquí")  # words alone are no edit of somebody's picture
        await s.world.answer(plain)
        assert len(s.world.service.calls) == 2


async def test_anybody_can_report_a_result_and_only_a_moderator_shows_it_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.world.imagine("a red bicycle")
        assert any(one.action is ActionName.REPORT for one in (await s.world.answer(made)).buttons)
        said = await s.world.press(ActionName.REPORT, made, person="ben", values={"reason": "people", "note": "that is my sister"})
        assert "hidden" in said
        await s.world.until(lambda: (view := s.world.chat.about(f"request:{made}")) is not None and not view.pictures)
        case_id = (await s.world.row(made)).reported
        await s.world.until(lambda: s.world.chat.about(f"case:{case_id}"))
        card = s.world.chat.about(f"case:{case_id}")
        assert card is not None
        shown = " ".join((*card.text, *(fact.value for fact in card.facts)))
        assert "a real person who may not want it" in shown
        assert "that is my sister" in shown
        assert "already reported" in await s.world.press(ActionName.REPORT, made, person="mia", values={"reason": "hate"})
        assert "isn't stored" in await s.world.press(ActionName.EDIT_PICTURE, made, values={"prompt": "x"})
        await s.world.press(ActionName.CASE_CLAIM, case_id, person="mia")
        claimed = s.world.chat.about(f"case:{case_id}")
        await s.world.until(lambda: (view := s.world.chat.about(f"case:{case_id}")) is not None and len(view.buttons) > 3)
        claimed = s.world.chat.about(f"case:{case_id}")
        assert claimed is not None
        assert {"Keep it hidden", "Show it again"} <= {one.label for one in claimed.buttons}
        assert "Suggest a rewrite" not in {one.label for one in claimed.buttons}
        assert "shown again" in await s.world.press(ActionName.CASE_NOT_POLICY, case_id, person="mia")
        await s.world.until(lambda: (view := s.world.chat.about(f"request:{made}")) is not None and bool(view.pictures))
        blocked_after = await s.world.imagine("something else")  # a report is no block of words
        await s.world.answer(blocked_after)


async def test_a_report_that_is_upheld_or_forgotten_keeps_it_hidden(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.world.imagine("a red bicycle", private=True)
        await s.world.answer(made)
        assert "isn't there" in await s.world.press(ActionName.REPORT, made, person="ben", values={"reason": "people"})
        public = await s.world.imagine("a green bicycle")
        await s.world.answer(public)
        assert "choose a reason" in await s.world.press(ActionName.REPORT, public, person="ben", values={"reason": "x"})
        await s.world.press(ActionName.REPORT, public, person="ben", values={"reason": "sexual"})
        case_id = (await s.world.row(public)).reported
        await s.world.press(ActionName.CASE_CLAIM, case_id, person="mia")
        assert "stays hidden" in await s.world.press(ActionName.CASE_DENY, case_id, person="mia", values={"reason": "sexual"})
        await s.world.until(lambda: (v := s.world.chat.about(f"request:{public}")) is not None and v.title == "Hidden after a report")
