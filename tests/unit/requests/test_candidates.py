"""Not right: a reason, what it calls for with its price, candidates as one ordinary request, and one of them picked."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select, update

from bot.budgets import Limits
from bot.chat.views import Act, ActionName, Form, Reply
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed, Outcome, Picture
from bot.domain.rejections import KEPT_ASIDE
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Origin, Request
from bot.ledger import picture_rows, rejection_rows, request_rows, sheet_rows
from bot.ledger.statistics_rows import RejectionCount
from bot.ledger.tables import contact_sheets, pictures, requests, spend
from bot.pixels.errors import BadPicture
from bot.prompts.normalise import fingerprint
from bot.reports.failures import failure_report
from bot.reports.proposals import proposals
from bot.requests.block_memory import remember_block
from bot.requests.questions import ask_about
from bot.requests.sweep import sweep
from tests.unit.pixels.test_reference import file
from tests.unit.requests.test_picture_changes import Stage, stage

A = ActionName
SHADES = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30)]


@contextlib.asynccontextmanager
async def results(folder: Path, **rules: Any) -> AsyncIterator[tuple[Stage, str]]:
    """A member's result, and the stage it is on."""
    async with stage(folder, **rules) as s:
        yield s, await s.result()


async def draws(s: Stage, count: int) -> None:
    """The service's next answer: as many different pictures."""
    found = []
    for shade in SHADES[:count]:
        content = file(Image.new("RGB", (300, 200), shade), "PNG")
        sha256 = hashlib.sha256(content).hexdigest()
        await s.store.keep(content, sha256, "png")
        found.append(Picture(sha256, "png", 300, 200, len(content)))
    s.world.service.script.append(Outcome(pictures=tuple(found), billed=Billed.YES, status=200))


async def children(s: Stage, parent: str) -> list[Request]:
    return list(await s.world.bot.ledger.read(lambda c: request_rows.requests_where(c, requests.c.parent == parent)))


async def made(s: Stage, parent: str, count: int = 3, **values: str) -> str:
    """Candidates, once the sheet is there as well."""
    await draws(s, count)
    await s.press(A.NOT_RIGHT, parent, reason="composition", words="")
    reply = await s.press(A.CANDIDATES, parent, prompt="a red bicycle, all of it", count=str(count), **values)
    assert reply.text == "On its way. You'll pick one when they're there."
    child = (await children(s, parent))[-1].id
    await s.shown(child, count + 1)
    return child


async def choices(s: Stage, request_id: str) -> dict[str, str]:
    """Button -> its row."""
    view = s.world.chat.about(f"request:{request_id}")
    assert view is not None
    return {one.label: one.row for one in view.buttons}


async def swept(s: Stage, later: float = 0.0) -> None:
    """The sweep, so many seconds later as far as what was set aside goes."""

    def body(tx: Any) -> None:
        tx.connection.execute(update(pictures).where(pictures.c.aside_at.is_not(None)).values(aside_at=pictures.c.aside_at - later))
        sweep(tx, lambda request_id: True)

    await s.world.bot.ledger.write(body)
    await s.world.bot.orphaned_files.round()


async def test_a_reason_leads_to_candidates_of_which_one_is_kept(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        form = await s.world.form(A.NOT_RIGHT, result)
        assert isinstance(form, Form)
        assert [one.value for one in form.fields[0].choices] == ["text", "composition", "crop", "brand", "other"]
        assert not form.fields[1].required
        helps = await s.preview(A.NOT_RIGHT, result, reason="composition", words="the  wheel is gone")
        assert [(one.action, one.row, one.pressers.only) for one in helps.buttons] == [(A.CANDIDATES, result, "ana")]
        assert helps.text[1].startswith("2 to 4 candidates cost at most $0.")
        wording = await s.world.form(A.CANDIDATES, result)
        assert isinstance(wording, Form)
        assert wording.fields[0].value == "a red bicycle\nthe wheel is gone"
        prices = [one.label for one in wording.fields[1].choices]
        assert [one[: one.index(",")] for one in prices] == ["2 pictures", "3 pictures", "4 pictures"]
        assert "$" in prices[0]

        child = await made(s, result)
        [row] = await children(s, result)
        assert (row.origin, row.parent, row.count, row.candidates, row.picked) == (Origin.CANDIDATES, result, 3, True, False)
        view = await s.shown(child, 4)
        assert view.title == "Which of these 3 is it?"
        assert [one.alt.partition(":")[0] for one in view.pictures] == [
            "Contact sheet of candidates 1 to 3, made with AI",
            *(f"Candidate {n}, made with AI" for n in (1, 2, 3)),
        ]
        assert [one.label for one in view.buttons] == ["Pick 1", "Pick 2", "Pick 3", "Edit prompt", "Not right", "Report", "Delete"]
        sheet = Image.open(io.BytesIO(await s.store.read(view.pictures[0].sha256)))
        assert b"compositeWithTrainedAlgorithmicMedia" in await s.store.read(view.pictures[0].sha256)
        assert sheet.width > 2 * sheet.height * 0.6

        reply = await s.press(A.PICK, (await choices(s, child))["Pick 2"])
        assert reply.text == "Number 2 it is."
        kept = await s.shown(child, 1)
        assert kept.title == "Here is your picture"
        assert kept.pictures[0].sha256 == view.pictures[2].sha256
        assert {A.AGAIN, A.ADD_TEXT, A.CROP, A.NOT_RIGHT, A.OTHERS, A.REPORT, A.DELETE} <= {one.action for one in kept.buttons}
        assert A.PICK not in {one.action for one in kept.buttons}
        assert view.pictures[0].sha256 not in s.files()  # the sheet


async def test_the_others_can_be_fetched_for_a_day_and_then_go(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        child = await made(s, result)
        first = await s.shown(child, 4)
        rows = await choices(s, child)
        await s.press(A.PICK, rows["Pick 2"])
        await s.shown(child, 1)
        await swept(s, KEPT_ASIDE - 60)
        others = await s.preview(A.OTHERS, child)
        assert [one.label for one in others.buttons] == ["Pick 1", "Pick 3"]
        assert [one.sha256 for one in others.pictures] == [first.pictures[1].sha256, first.pictures[3].sha256]
        assert (await s.press(A.PICK, rows["Pick 3"])).text == "Number 3 it is."
        await s.world.until(lambda: s.world.chat.about(f"request:{child}").pictures[0].sha256 == first.pictures[3].sha256)  # type: ignore[union-attr]
        assert [one.label for one in (await s.preview(A.OTHERS, child)).buttons] == ["Pick 1", "Pick 2"]
        await swept(s, KEPT_ASIDE + 1)
        kept = await s.shown(child, 1)
        await s.world.until(lambda: A.OTHERS not in {one.action for one in s.world.chat.about(f"request:{child}").buttons})  # type: ignore[union-attr]
        gone = {one.sha256 for one in first.pictures} - {kept.pictures[0].sha256}
        assert not gone & s.files()
        assert kept.pictures[0].sha256 in s.files()
        assert (await s.press(A.OTHERS, child)).text.startswith("The other candidates aren't there anymore")
        assert (await s.press(A.PICK, rows["Pick 1"])).text.startswith("That candidate isn't there anymore")


async def test_candidates_are_paid_like_any_request(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        before = await _spent(s)
        child = await made(s, result, 4)
        await s.press(A.PICK, (await choices(s, child))["Pick 1"])
        assert await _spent(s) - before == 4
        assert [one.count for one in s.world.service.calls] == [1, 4]


async def _spent(s: Stage) -> int:
    days = select(func.sum(spend.c.pictures)).where(spend.c.scope == "member", spend.c.period.startswith("d"))
    return int(await s.world.bot.ledger.read(lambda c: c.execute(days).scalar() or 0))


async def test_a_budget_a_block_and_a_question_hold_for_candidates_too(tmp_path: Path) -> None:
    async with results(tmp_path, limits=Limits(member_pictures_day=3), lint=ask_about) as (s, result):
        await s.press(A.CANDIDATES, result, prompt="a red bicycle", count="4")
        [child] = await children(s, result)
        assert child.refusal is not None
        assert child.refusal.reason == "budget"
        view = await s.world.answer(child.id)
        fewer = next(one for one in view.buttons if one.action is A.FIT_FEWER)
        await draws(s, 2)
        await s.press(A.FIT_FEWER, fewer.row)
        [cheaper] = await children(s, child.id)
        assert (cheaper.candidates, cheaper.count) == (True, 2)
        await s.shown(cheaper.id, 3)

    async with results(tmp_path / "more", lint=ask_about) as (s, result):
        await s.press(A.CANDIDATES, result, prompt="call +49 151 2345 6789", count="2")
        [asked] = await children(s, result)
        assert asked.state is RequestState.AWAITING_MEMBER

    async with results(tmp_path / "last") as (s, result):
        row = await s.world.row(result)
        await s.world.bot.ledger.write(
            lambda tx: remember_block(tx, replace(row, fingerprint=fingerprint("a blue bicycle")), Kind.SAFETY_PROMPT, "")
        )
        await s.press(A.CANDIDATES, result, prompt="a blue bicycle", count="2")
        [blocked] = await children(s, result)
        assert blocked.refusal is not None
        assert blocked.refusal.reason == "blocked_before"
        assert len(s.world.service.calls) == 1


async def test_a_second_press_makes_nothing_and_a_stranger_is_told_so(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        for action in (A.NOT_RIGHT, A.CANDIDATES):
            said = await s.world.form(action, result, person="ben")
            assert isinstance(said, Reply)
            assert said.text.startswith("Only the person who asked")
            assert (await s.press(action, result, person="ben", reason="text")).text.startswith("Only the person who asked")
        s.world.service.hold = asyncio.Event()
        await s.press(A.CANDIDATES, result, key="one", prompt="a bicycle", count="2")
        assert (await s.press(A.CANDIDATES, result, key="one", prompt="a bicycle", count="2")).text == "That's already done."
        assert (await s.press(A.CANDIDATES, result, key="two", prompt="a bicycle", count="2")).text == "That's already on its way."
        await draws(s, 2)
        s.world.service.hold.set()
        [child] = await children(s, result)
        await s.shown(child.id, 3)
        row = (await choices(s, child.id))["Pick 1"]
        assert (await s.press(A.PICK, row, person="ben")).text.startswith("Only the person who asked")
        assert (await s.press(A.PICK, row)).changed
        again = await s.press(A.PICK, row)
        assert (again.text, again.changed) == ("You've picked that one already.", False)
        assert (await s.press(A.OTHERS, child.id, person="ben")).text.startswith("Only the person who asked")
        assert (await s.press(A.PICK, "2222222222222222")).text.startswith("That candidate isn't there")
        assert not await children(s, child.id)


async def test_a_picture_of_another_result_cannot_be_picked(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        [only] = await s.world.bot.ledger.read(lambda c: picture_rows.candidates(c, result, aside=False))
        assert (await s.press(A.PICK, only.id)).text.startswith("That candidate isn't there")
        assert len(await s.pictures(result)) == 1


@pytest.mark.parametrize(
    ("reason", "buttons", "added"),
    [
        ("text", ["Clean background", "Add text"], "\nNo lettering, letters or numbers anywhere."),
        ("crop", ["Crop", "New candidates"], "\nShow all of the subject"),
        ("brand", ["New candidates"], ""),
    ],
)
async def test_each_reason_offers_what_helps_the_free_thing_first(tmp_path: Path, reason: str, buttons: list[str], added: str) -> None:
    async with results(tmp_path) as (s, result):
        view = await s.preview(A.NOT_RIGHT, result, reason=reason)
        assert [one.label for one in view.buttons] == buttons
        form = await s.world.form(A.CANDIDATES, result)
        assert isinstance(form, Form)
        assert form.fields[0].value.startswith("a red bicycle" + added)


async def test_without_fonts_no_text_is_offered_and_wrong_reasons_are_told(tmp_path: Path) -> None:
    async with results(tmp_path, captions=False) as (s, result):
        view = await s.preview(A.NOT_RIGHT, result, reason="text")
        assert [one.label for one in view.buttons] == ["Clean background"]
        assert "Add text" not in " ".join(view.text)
        assert (await s.press(A.NOT_RIGHT, result, reason="ugly")).text == "Please choose what isn't right from the list."
        said = await s.press(A.NOT_RIGHT, result, reason="other", words=" \u200b ")
        assert said.text.startswith("Please say in a few words")
        assert (await s.press(A.CANDIDATES, result, prompt="a bicycle", count="40")).changed
        [child] = await children(s, result)
        assert child.refusal is not None
        assert child.refusal.reason == "unsupported_count"


async def test_what_was_added_is_deleted_with_the_request_and_the_reason_counted(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        await s.press(A.NOT_RIGHT, result, reason="other", words="my cat Tilda is missing")
        child = await made(s, result)
        await s.press(A.PICK, (await choices(s, child))["Pick 1"])
        for one in (result, child):
            await s.press(A.DELETE, one)
        said = await s.world.bot.ledger.read(lambda c: rejection_rows.of_request(c, result))
        assert said is not None
        assert said.words == ""
        assert not s.files()
        assert (await s.press(A.OTHERS, child)).text.startswith("That picture isn't there anymore")
        assert (await s.press(A.CANDIDATES, result, prompt="x", count="2")).text.startswith("That picture isn't there anymore")


async def test_reasons_are_counted_by_model_size_and_way_and_what_helped(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        for reason in ("text", "brand"):  # the latest one counts
            await s.press(A.NOT_RIGHT, result, reason=reason)
        child = await made(s, result, reason="ignored")
        await s.press(A.NOT_RIGHT, child, reason="crop")
        await s.press(A.PICK, (await choices(s, child))["Pick 1"])
        found = await s.world.bot.ledger.read(lambda c: failure_report(c, 0.0, "salt"))
        row = await s.world.row(result)
        assert list(found.rejected) == [
            RejectionCount("composition", row.model, row.size, "command", 1, 1),
            RejectionCount("crop", row.model, row.size, "candidates", 1, 0),
        ]
        assert ("output_rejected", 2, 1) in found.by("kind")
        often = replace(found, rejected=[replace(found.rejected[0], count=9)], requests={row.model: 20})
        assert [one.about for one in proposals(often)] == ["rejected"]


async def test_a_kill_before_the_sheet_is_made_up_for(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        bot = s.world.bot
        bot.wakeups.on("sheet", lambda request_id: None)
        await draws(s, 2)
        await s.press(A.CANDIDATES, result, prompt="a bicycle", count="2")
        [child] = await children(s, result)
        await s.shown(child.id, 2)
        assert await bot.ledger.read(sheet_rows.to_make) == [child.id]
    async with stage(tmp_path) as s:
        await swept(s)
        await s.shown(child.id, 3)
        assert not await s.world.bot.ledger.read(sheet_rows.to_make)


async def test_a_damaged_candidate_leaves_the_choice_without_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with results(tmp_path) as (s, result):

        async def broken(job: str, values: object, content: bytes) -> Any:
            raise BadPicture("broken")

        monkeypatch.setattr(s.store, "work", broken)
        await draws(s, 2)
        await s.press(A.CANDIDATES, result, prompt="a bicycle", count="2")
        [child] = await children(s, result)
        view = await s.shown(child.id, 2)
        assert [one.label for one in view.buttons][:2] == ["Pick 1", "Pick 2"]
        sheets = select(func.count()).select_from(contact_sheets)
        await _until_none(s, sheets)


async def _until_none(s: Stage, sheets: Any) -> None:
    for _ in range(500):
        if not await s.world.bot.ledger.read(lambda c: c.execute(sheets).scalar_one()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the sheet is still wanted")


async def test_one_candidate_alone_is_an_ordinary_result(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        await draws(s, 1)
        await s.press(A.CANDIDATES, result, prompt="a bicycle", count="3")
        [child] = await children(s, result)
        view = await s.world.answer(child.id)
        row = await s.world.row(child.id)
        assert row.answer is Answer.PICTURES
        assert [one.label for one in view.buttons][:3] == ["Again", "Edit prompt", "Not right"]


async def test_from_a_direct_message_they_go_where_the_result_is(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        values = {"prompt": "a bicycle", "count": "2"}
        act = Act("direct", "ana", "Ana", "test", "dm:ana", "d1", A.CANDIDATES, result, values, {"token": "t"}, direct=True)
        await s.world.bot.core.act(act)
        [child] = await children(s, result)
        assert (child.place.community, child.place.channel, child.place.reply) == ("home", "imagine", {"token": "t"})
