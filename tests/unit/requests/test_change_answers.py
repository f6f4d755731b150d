"""What Add text and Crop answer when something speaks against them, or changes while they are made."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.chat.views import ActionName, Form, Reply, View
from bot.domain.outcome import Billed, Outcome, Picture
from bot.ledger import block_rows, draft_rows
from bot.requests.questions import ask_about
from bot.texts import text
from tests.unit.pixels.test_reference import file, picture
from tests.unit.requests.jobs import recorded
from tests.unit.requests.test_picture_changes import Stage, row_of, stage

A = ActionName
OVER, GONE = text("change.over"), text("reply.no_picture_there")


def refused(reply: Reply | Form) -> str:
    """The sentence of an answer that changed nothing."""
    assert isinstance(reply, Reply)
    assert not reply.changed
    return reply.text


async def asked(s: Stage, made: str, words: str) -> str:
    """Draft of a text that the member is asked about."""
    return row_of(await s.preview(A.ADD_TEXT, made, text=words))


async def test_a_form_opens_for_pictures_only(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        assert isinstance(await s.world.form(A.ADD_TEXT, made), Form)
        await s.world.press(A.DELETE, made)
        assert refused(await s.world.form(A.ADD_TEXT, made)) == GONE


async def test_a_question_is_answered_once_and_only_if_something_is_left(tmp_path: Path) -> None:
    async with stage(tmp_path, lint=ask_about) as s:
        made = await s.result()
        alone = await asked(s, made, "anna.smith@example.org")
        assert refused(await s.press(A.DRAW_CLEANED, alone)) == text("change.problem_empty", value="", most=0, allowed="")
        await s.world.bot.ledger.write(lambda tx: block_rows.pause_member(tx, "home", "ana", by="mia", until=tx.now + 900))
        assert "paused" in refused(await s.press(A.DRAW_ANYWAY, alone))
        await s.world.bot.ledger.write(lambda tx: block_rows.end_pause(tx, "home", "ana"))
        drawn = await s.press(A.DRAW_ANYWAY, alone)
        assert isinstance(drawn.view, View)
        assert refused(await s.press(A.DRAW_ANYWAY, row_of(drawn.view))) == OVER


@pytest.mark.parametrize(("by", "reason"), [(block_rows.BY_COOL_DOWN, "cool_down"), ("mia", "member_blocked")])
async def test_a_paused_member_reads_why(tmp_path: Path, by: str, reason: str) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        await s.world.bot.ledger.write(lambda tx: block_rows.pause_member(tx, "home", "ana", by=by, until=tx.now + 900))
        said = refused(await s.press(A.CROP, made, ratio="1:1"))
        assert said.split("{")[0].startswith(text(f"refusal.{reason}", until="|", window="an hour").split("|")[0][:40])


async def test_a_brands_font_comes_first(tmp_path: Path) -> None:
    async with stage(tmp_path, caption_font="/fonts/brand.ttf") as s:
        made, seen = await s.result(), recorded(s.store)
        await s.press(A.ADD_TEXT, made, text="Grand opening")
        assert [one["font"] for one in seen] == ["/fonts/brand.ttf"]


async def test_too_little_of_a_picture_is_said(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        content = file(picture(300, 20), "PNG")
        sha256 = hashlib.sha256(content).hexdigest()
        await s.store.keep(content, sha256, "png")
        drawn = Outcome(pictures=(Picture(sha256, "png", 300, 20, len(content)),), billed=Billed.YES, status=200)
        s.world.service.script.append(drawn)
        made = await s.world.imagine("a red bicycle")
        await s.world.answer(made)
        said = refused(await s.press(A.CROP, made, ratio="9:16"))
        assert said == text("change.problem_small", value="9:16", most=0, allowed="")


async def test_a_result_that_goes_while_it_is_changed_is_not_shown(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made, work = await s.result(), s.store.work

        async def meanwhile(job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
            await s.world.press(A.DELETE, made)
            return await work(job, values, content)

        s.store.work = meanwhile  # type: ignore[method-assign]
        assert refused(await s.press(A.CROP, made, ratio="1:1")) == GONE
        assert await s.drafts() == 0


async def test_a_reported_result_takes_no_draft(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        crop = await s.preview(A.CROP, made, ratio="1:1")
        await s.world.press(A.REPORT, made, person="ben", values={"reason": "people", "note": ""})
        assert refused(await s.press(A.USE_CHANGE, row_of(crop))) == GONE


async def test_two_people_are_served_at_once_and_one_person_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        mine, work, hold = await s.result(), s.store.work, asyncio.Event()
        theirs = await s.result(person="ben")

        async def slow(job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
            await hold.wait()
            return await work(job, values, content)

        s.store.work = slow  # type: ignore[method-assign]
        first, other = [
            asyncio.ensure_future(s.press(A.CROP, row, person, ratio="1:1")) for row, person in ((mine, "ana"), (theirs, "ben"))
        ]
        await asyncio.sleep(0.05)
        assert refused(await s.press(A.CROP, mine, ratio="4:5")) == text("change.busy")
        hold.set()
        assert all(isinstance(one.view, View) for one in await asyncio.gather(first, other))


async def test_a_draft_is_discarded_once_and_kept_to_the_second(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        made = await s.result()
        crop = row_of(await s.preview(A.CROP, made, ratio="1:1"))
        replies = await asyncio.gather(*(s.press(A.DROP_CHANGE, crop) for _ in range(4)))
        assert sorted((one.text, one.changed) for one in replies) == sorted([(text("change.dropped"), True)] + [(OVER, False)] * 3)
        kept = row_of(await s.preview(A.CROP, made, ratio="1:1"))

        def exactly(tx: Any) -> set[str]:
            draft = draft_rows.get(tx.connection, kept)
            assert draft is not None
            draft_rows.remove(tx, draft)
            draft_rows.add(tx, draft)
            return draft_rows.drop_older(tx, tx.now)

        assert await s.world.bot.ledger.write(exactly) == set()
        assert await s.drafts() == 1
