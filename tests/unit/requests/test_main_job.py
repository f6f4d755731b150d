"""The main job through the core's own doors: ask, wait, get a picture or a straight answer."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

from sqlalchemy import select

from bot.chat.views import ActionName, Audience
from bot.core import Duplicate
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Submission
from bot.ledger.tables import blocked_prompts, cases, spend
from bot.providers.port import Call, OnPartial
from bot.requests.sweep import sweep
from tests.world import BAD_KEY, BLOCK, DOWN, PICTURE, RATE, Platform, Service, bad, good, world


async def test_a_request_gets_its_picture(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine("a red bicycle in the rain")
        view = await w.answer(request)
        assert [picture.sha256 for picture in view.pictures] == [PICTURE.sha256]
        assert "a red bicycle in the rain" in view.pictures[0].alt
        assert [call.prompt for call in w.service.calls] == ["a red bicycle in the rain"]


async def test_a_redelivered_event_changes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        submission = Submission(Person("ana"), Place("test", "home", "imagine"), "a cat")
        first = await w.bot.core.receive("test:same", submission)
        again = await w.bot.core.receive("test:same", submission)
        assert again == Duplicate(first.request_id)
        await w.bot.core.accept(first.request_id)
        await w.bot.core.accept(first.request_id)
        await w.answer(first.request_id)
        assert len(w.service.calls) == 1


async def test_a_rate_answer_waits_with_its_reason_and_then_gives_the_picture(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(RATE)])) as w:
        request = await w.imagine()
        view = await w.answer(request)
        assert view.pictures
        assert any("too many requests" in " ".join(shown.text) for _, shown in w.chat.all)
        row = await w.row(request)
        assert (row.attempts, row.unbilled_tries) == (1, 1)


async def test_a_block_is_never_sent_again_and_opens_a_case(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        request = await w.imagine("something terrible")
        view = await w.answer(request)
        assert not view.pictures
        second = await w.imagine("something   TERRIBLE!")
        await w.answer(second)
        assert len(w.service.calls) == 1
        rows = await w.bot.ledger.read(lambda c: c.execute(select(cases)).all())
        assert len(rows) == 1
        memory = await w.bot.ledger.read(lambda c: c.execute(select(blocked_prompts)).all())
        assert len(memory) == 1


async def test_tries_are_bounded_and_the_end_says_what_was_tried(tmp_path: Path, monkeypatch: object) -> None:
    async with world(tmp_path, Service([bad(DOWN, Billed.UNKNOWN)] * 9), max_attempts=1) as w:
        view = await w.answer(await w.imagine())
        assert len(w.service.calls) == 1
        assert next(button.action for button in view.buttons) is ActionName.RETRY


async def test_a_failure_that_only_the_operator_can_fix_is_reported_once_and_resolved(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BAD_KEY), bad(BAD_KEY)])) as w:
        await w.answer(await w.imagine("one"))
        await w.answer(await w.imagine("two"))
        await w.until(lambda: (n := w.chat.about("notice:auth_invalid_key")) is not None and "2 times" in n.text[0])
        await w.answer(await w.imagine("three"))
        await w.until(lambda: (n := w.chat.about("notice:auth_invalid_key")) is not None and n.title.startswith("Solved"))


async def test_partial_success_delivers_what_came_and_says_why_the_rest_did_not(tmp_path: Path) -> None:
    partial = Outcome(pictures=(PICTURE, PICTURE), shortfall=DOWN, billed=Billed.YES, status=200)
    async with world(tmp_path, Service([partial])) as w:
        view = await w.answer(await w.imagine(count=3))
        assert len(view.pictures) == 2
        assert "2 of 3" in view.title


async def test_cancel_while_calling_breaks_the_exchange_off_and_is_final(tmp_path: Path) -> None:
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        request = await w.imagine()
        await w.until(lambda: service.calls)
        said = await w.press(ActionName.CANCEL, request)
        assert "Cancelled" in said
        view = await w.answer(request)
        assert view.title == "Cancelled"
        assert "nothing to cancel" in await w.press(ActionName.CANCEL, request)


async def test_again_twice_at_once_is_one_request(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine()
        await w.answer(request)
        said = await asyncio.gather(*(w.press(ActionName.AGAIN, request) for _ in range(3)))
        assert sum("On its way" in one for one in said) == 1


async def test_foreign_and_forged_presses_do_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine()
        await w.answer(request)
        for row, person in ((request, "ben"), ("2" * 16, "ana"), ("'; drop table", "ana"), ("", "ana")):
            assert "On its way" not in await w.press(ActionName.AGAIN, row, person)
        assert len(w.service.calls) == 1


async def test_a_private_result_is_shown_to_its_member_and_published_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine(private=True)
        await w.answer(request)
        assert w.chat.about(f"request:{request}", Audience.CHANNEL) is None
        await w.press(ActionName.PUBLISH, request)
        await w.until(lambda: w.chat.about(f"request:{request}", Audience.CHANNEL))
        assert "already" in await w.press(ActionName.PUBLISH, request)


async def test_delete_takes_the_pictures_out_of_the_message_and_the_store(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine()
        await w.answer(request)
        await w.press(ActionName.DELETE, request)
        await w.until(lambda: (v := w.chat.about(f"request:{request}")) is not None and not v.pictures)
        assert w.pictures.forgotten == [PICTURE.sha256]


async def test_wrong_values_are_answered_before_the_call_with_the_nearest(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for options in ({"size": "7x7"}, {"count": 99}, {"quality": "ultra"}):
            view = await w.answer(await w.imagine(**options))  # type: ignore[arg-type]
            assert view.buttons[0].action is ActionName.NEAREST
        assert not w.service.calls
        await w.press(ActionName.NEAREST, view.buttons[0].row)
        await w.until(lambda: w.service.calls)


async def test_unusable_prompts_are_refused_in_words(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for prompt in ("", "  \u200b ", "x" * 40_000, "half \ud800 a character"):
            view = await w.answer(await w.imagine(prompt))
            assert view.title == "Not sent"
        assert not w.service.calls


async def test_the_member_pays_for_pictures_and_not_for_failures(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK, Billed.UNKNOWN), good()])) as w:
        await w.answer(await w.imagine("bad"))
        await w.answer(await w.imagine("good"))
        rows = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        member = [row for row in rows if row.scope == "member"]
        community = [row for row in rows if row.scope == "community"]
        assert all(row.reserved == 0 for row in rows)
        assert 0 < member[0].spent < community[0].spent
        assert member[0].pictures == 1


async def test_a_picture_that_was_made_and_lost_on_the_way_is_paid_for_by_everybody_but_its_member(tmp_path: Path) -> None:
    lost = dataclasses.replace(good(), made=2)
    async with world(tmp_path, Service([lost, good()])) as w:
        await w.answer(await w.imagine("two", count="2"))
        await w.answer(await w.imagine("one", person="ben"))
        rows = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        member = {row.owner.rpartition(":")[2]: row.spent for row in rows if row.scope == "member"}
        community = next(row.spent for row in rows if row.scope == "community")
        assert len(member) == 2
        assert community > sum(member.values())
        assert abs(member["ana"] - member["ben"]) < 100


async def test_pictures_beside_one_whose_address_asked_to_wait_are_booked(tmp_path: Path) -> None:
    slow = Evidence(provider="openai", api="download", status=429, body={"error": {"code": "rate_limit_exceeded", "message": "slow down"}})
    made = dataclasses.replace(good(2), made=3, shortfall=slow)
    async with world(tmp_path, Service([made])) as w:
        assert len((await w.answer(await w.imagine(count="3"))).pictures) == 2
        rows = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        assert all(row.spent > 0 for row in rows)


async def test_an_interrupted_exchange_is_answered_and_never_repeated_by_itself(tmp_path: Path) -> None:
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        request = await w.imagine()
        await w.until(lambda: service.calls)
    row_state = None
    async with world(tmp_path, Service()) as w:
        view = await w.answer(request)
        assert view.title == "This was interrupted"
        assert not w.service.calls
        row_state = await w.row(request)
    assert row_state.state is RequestState.ANSWERED


async def test_what_was_received_and_not_accepted_is_finished_or_dropped_at_start(tmp_path: Path) -> None:
    submission = Submission(Person("ana"), Place("test", "home", "imagine"), "a cat")
    async with world(tmp_path) as w:
        kept = await w.bot.core.receive("test:kept", submission)
    async with world(tmp_path) as w:
        await w.answer(kept.request_id)
        dropped = await w.bot.core.receive("test:dropped", submission)
    async with world(tmp_path, platform=Platform(acked=False)) as w:
        row = await w.row(dropped.request_id)
        assert row.state is RequestState.REFUSED
        assert not w.service.calls


async def test_answers_to_one_person_are_whole_views(tmp_path: Path) -> None:
    from bot.core import Visitor

    async with world(tmp_path) as w:
        visitor = Visitor("test", "home", "imagine", "ana")
        assert "haven't asked" in (await w.bot.core.show(visitor)).title
        request = await w.imagine()
        await w.answer(request)
        assert (await w.bot.core.show(visitor)).buttons[0].row == request
        assert (await w.bot.core.show(visitor, request)).pictures
        stranger = Visitor("test", "home", "imagine", "ben")
        assert not (await w.bot.core.show(stranger, request)).pictures
        assert (await w.bot.core.status(visitor)).facts
        assert "/imagine" in " ".join((await w.bot.core.help(visitor)).text)


async def test_a_provider_that_raises_still_gives_the_member_an_answer(tmp_path: Path) -> None:
    class Broken(Service):
        async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
            raise RuntimeError("a bug of ours")

    async with world(tmp_path, Broken(), max_attempts=1) as w:
        view = await w.answer(await w.imagine())
        assert view.title == "No picture this time"
        assert "bug of ours" not in " ".join(view.text)


async def test_an_exchange_that_nobody_works_on_is_found_by_the_sweep(tmp_path: Path) -> None:
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        request = await w.imagine()
        await w.until(lambda: service.calls)
        await w.bot.ledger.write(lambda tx: sweep(tx, lambda request_id: True))
        assert w.bot.scheduler.is_running(request)
        await w.bot.ledger.write(lambda tx: sweep(tx, lambda request_id: False))
        view = await w.answer(request)
        assert view.title == "This was interrupted"


async def test_pictures_beside_a_block_are_not_said_to_be_missing(tmp_path: Path) -> None:
    partial = Outcome(pictures=(PICTURE, PICTURE), shortfall=BLOCK, billed=Billed.YES, status=200)
    async with world(tmp_path, Service([partial])) as w:
        view = await w.answer(await w.imagine(count=3))
        words = " ".join(view.text)
        assert "held back the rest" in words
        assert "there's no picture" not in words
        assert "case 1" in words
