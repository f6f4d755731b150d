"""What bounds attached pictures and uploads, and what follows when taking them is interrupted."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chat.views import ActionName
from bot.core import Received, Visitor
from bot.domain.attachments import MAX_BYTES, Attachment, NotFetched, ReferenceLimits
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Request, Submission
from bot.ledger import picture_rows
from bot.ledger.store import LedgerProblem
from bot.pixels.errors import NotTaken
from bot.requests.attachments import UPLOADS_PER_PERSON, Upload
from tests.unit.pixels.test_reference import file, mask, picture
from tests.unit.requests.jobs import recorded
from tests.unit.requests.test_attachments import MASK, PHOTO, Source, stage
from tests.world import World

ANA = "test:ana"


async def received(w: World, *names: str, **attached: Any) -> str:
    """A request whose pictures nobody has fetched yet."""
    handles = tuple(Attachment(f"{name}.png", handle={"file": name}, **attached) for name in names)
    w.events += 1
    submission = Submission(Person("ana", "Ana"), Place("test", "home", "imagine"), "a red bicycle", attachments=handles, consent=True)
    found = await w.bot.core.receive(f"test:{w.events}", submission)
    assert isinstance(found, Received)
    return found.request_id


async def test_uploads_are_bounded_in_size_and_number(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        attachments = s.world.bot.core.attachments
        largest = await attachments.keep_upload(ANA, "large.png", b"x" * MAX_BYTES, fit=False)
        assert isinstance(largest, Refusal)
        assert largest.reason == "picture_type"
        heavy = await attachments.keep_upload(ANA, "large.png", b"x" * (MAX_BYTES + 1), fit=False)
        assert isinstance(heavy, Refusal)
        assert (heavy.reason, heavy.facts["most"]) == ("picture_heavy", 40)
        for number in range(UPLOADS_PER_PERSON):
            assert isinstance(await attachments.keep_upload(ANA, f"{number}.png", PHOTO, fit=False), Upload)
        full = await attachments.keep_upload(ANA, "one more.png", PHOTO, fit=False)
        assert isinstance(full, Refusal)
        assert (full.reason, full.facts["most"]) == ("pictures_waiting", UPLOADS_PER_PERSON)
        assert isinstance(await attachments.keep_upload("test:ben", "first.png", PHOTO, fit=False), Upload)


async def test_a_mask_of_another_size_is_only_fitted_when_somebody_asks(tmp_path: Path) -> None:
    visitor = Visitor("test", "home", "imagine", "ana")
    async with stage(tmp_path) as s:
        small = file(mask(120, 80), "PNG")
        refused = await s.world.bot.core.keep_upload(visitor, "mask.png", small, (300, 200))
        assert isinstance(refused, str)
        assert "120×80" in refused
        fitted = await s.world.bot.core.keep_upload(visitor, "mask.png", small, (300, 200), fit=True)
        assert isinstance(fitted, Upload)
        assert (fitted.width, fitted.height) == (300, 200)


async def test_retention_removes_what_is_old_and_finished(tmp_path: Path) -> None:
    async with stage(tmp_path, references_kept=5000.0) as s:
        done = await s.sent("photo")
        waiting = await s.ask("other", consent=False, prompt="a dog")
        assert waiting.state is RequestState.AWAITING_MEMBER
        attachments, ledger = s.world.bot.core.attachments, s.world.bot.ledger
        upload = await attachments.keep_upload(ANA, "upload.png", file(picture(90, 90), "PNG"), fit=False)
        assert isinstance(upload, Upload)
        await ledger.write(lambda tx: attachments.sweep(tx))
        await ledger.write(lambda tx: attachments.sweep(dataclasses.replace(tx, now=tx.now + 3000.0)))
        assert await ledger.read(picture_rows.unshown) == []
        await ledger.write(lambda tx: attachments.sweep(dataclasses.replace(tx, now=tx.now + 6000.0)))
        assert set(await ledger.read(picture_rows.unshown)) == {done.references[0], upload.sha256}
        await s.world.bot.orphaned_files.round()
        assert not any(one.startswith((done.references[0], upload.sha256)) for one in s.files())
        assert (await s.world.row(waiting.id)).state is RequestState.AWAITING_MEMBER


async def test_two_callers_wait_for_one_fetch_and_a_failed_one_is_started_again(tmp_path: Path) -> None:
    source = Source()
    async with stage(tmp_path, source) as s:
        request, attachments = await received(s.world, "photo"), s.world.bot.core.attachments
        source.files["photo"] = RuntimeError("a bug in an adapter")
        with capture_logs() as logs:
            with pytest.raises(RuntimeError):
                await attachments.finish(request)
            await asyncio.sleep(0)
        assert [one["error"] for one in logs if one["event"] == "attachments_not_taken"] == ["RuntimeError"]
        source.files["photo"] = PHOTO
        with capture_logs() as logs:
            first, second = await asyncio.gather(attachments.finish(request), attachments.finish(request))
            await asyncio.sleep(0)
        assert isinstance(first, Request)
        assert first == second
        assert source.fetched == ["photo", "photo"]
        assert not any(one["event"] == "attachments_not_taken" for one in logs)


async def test_a_stop_while_fetching_is_no_error(tmp_path: Path) -> None:
    source = Source(hold=asyncio.Event())
    async with stage(tmp_path, source) as s:
        request = await received(s.world, "photo")
        task = asyncio.ensure_future(s.world.bot.core.attachments.finish(request))
        await s.world.until(lambda: source.fetched)
        with capture_logs() as logs:
            await s.world.bot.core.attachments.stop()
            await asyncio.gather(task, return_exceptions=True)
        assert not any(one["event"] == "attachments_not_taken" for one in logs)
        assert (await s.world.row(request)).state is RequestState.RECEIVED


async def test_nothing_is_fetched_for_a_cancelled_request_and_a_late_failure_changes_nothing(tmp_path: Path) -> None:
    source = Source()
    async with stage(tmp_path, source) as s:
        early = await received(s.world, "photo")
        await s.world.press(ActionName.CANCEL, early)
        assert await s.world.bot.core.attachments.finish(early) is None
        assert source.fetched == []
        source.hold, source.files["photo"] = asyncio.Event(), NotFetched("gone")
        late = await received(s.world, "photo")
        task = asyncio.ensure_future(s.world.bot.core.attachments.finish(late))
        await s.world.until(lambda: source.fetched)
        await s.world.press(ActionName.CANCEL, late)
        source.hold.set()
        assert await task is None
        assert (await s.world.row(late)).state is RequestState.ANSWERED


async def test_a_file_that_was_named_and_not_written_is_fetched_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        request, keep = await received(s.world, "photo"), s.store.keep

        async def full(content: bytes, sha256: str, format: str) -> None:
            raise OSError(28, "No space left on device")

        s.store.keep = full  # type: ignore[method-assign]
        with pytest.raises(LedgerProblem):
            await s.world.bot.core.attachments.finish(request)
        s.store.keep = keep  # type: ignore[method-assign]
        assert isinstance(await s.world.bot.core.attachments.finish(request), Request)
        assert s.source.fetched == ["photo", "photo"]
        assert await s.store.read((await s.world.row(request)).references[0])


async def test_the_size_counts_and_not_what_was_declared(tmp_path: Path) -> None:
    source = Source(files={"photo": b"x" * MAX_BYTES, "other": b"x" * (MAX_BYTES + 1), "mask": NotTaken("bytes", "")})
    async with stage(tmp_path, source) as s:
        attachments, refusals = s.world.bot.core.attachments, []
        for name, size in (("photo", MAX_BYTES), ("photo", MAX_BYTES + 1), ("other", 10), ("mask", 10)):
            found = await attachments.finish(await received(s.world, name, size=size))
            assert isinstance(found, Refusal)
            refusals.append((found.reason, found.facts["most"]))
        assert refusals == [("picture_type", 40), ("picture_heavy", 40), ("picture_heavy", 40), ("picture_heavy", 40)]
        assert source.fetched == ["photo", "other", "mask"]


async def test_pictures_share_the_total_and_a_mask_has_its_own_bound(tmp_path: Path) -> None:
    limits = ReferenceLimits(max_bytes=40_000, total_bytes=50_001, mask_bytes=9_000)
    async with stage(tmp_path, service_references=limits) as s:
        seen = recorded(s.store)
        await s.ask("photo")
        assert [one["max_bytes"] for one in seen] == [40_000]
        seen.clear()
        s.source.files["mask"] = MASK
        await s.ask("photo", "other", "mask", prompt="a dog")
        assert [one["max_bytes"] for one in seen] == [25_000, 25_000, 9_000]
        assert (seen[-1]["mask_of"], seen[-1]["fitted"]) == ([300, 200], [300, 200])
