"""Corners of the main job that were found by reading: each is a history that once ended badly."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from sqlalchemy import select

from bot.chat.views import Act, ActionName, Audience
from bot.domain.outcome import Billed, Outcome, Pending
from bot.ledger import attempt_rows
from bot.ledger.tables import spend
from bot.providers.port import Call, OnPartial
from bot.requests.rules import Question
from bot.texts import text
from tests.world import BLOCK, DOWN, Service, World, bad, good, world


async def collecting(w: World, request: str) -> None:
    """Wait until the provider's task is polled."""
    await w.until(lambda: (view := w.chat.about(f"request:{request}")) is not None and view.title == text("request.collecting"))


async def test_a_task_that_fails_at_the_provider_is_answered_and_not_submitted_again(tmp_path: Path) -> None:
    task = Outcome(pending=Pending("task-1", poll_after=0.05), billed=Billed.UNKNOWN, status=202)
    async with world(tmp_path, Service([task, *[bad(DOWN, Billed.UNKNOWN)] * 5])) as w:
        request = await w.imagine()
        view = await w.answer(request)
        assert view.title == "No picture this time"
        assert len(w.service.calls) == 1


async def test_cancelling_a_running_task_books_it_and_frees_the_reservation(tmp_path: Path) -> None:
    task = Outcome(pending=Pending("task-1", poll_after=600.0), billed=Billed.UNKNOWN, status=202)
    async with world(tmp_path, Service([task])) as w:
        request = await w.imagine()
        await collecting(w, request)
        assert "Cancelled" in await w.press(ActionName.CANCEL, request)
        rows = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        assert all(row.reserved == 0 and row.pictures == 0 for row in rows)
        assert all(row.spent == 0 for row in rows if row.scope == "member")
        assert all(row.spent > 0 for row in rows if row.scope != "member")
        assert not await w.bot.ledger.read(attempt_rows.open_attempts)


class Stubborn(Service):
    """Its answer is complete at the very moment of the cancellation."""

    late: Outcome = good()

    async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
        self.calls.append(call)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return self.late
        raise AssertionError


async def cancelled_while_calling(w: World) -> str:
    request = await w.imagine()
    await w.until(lambda: w.service.calls)
    await w.press(ActionName.CANCEL, request)
    assert (await w.answer(request)).title == "Cancelled"
    await w.until(lambda: not w.bot.scheduler.is_running(request))
    return request


async def test_a_task_that_begins_after_the_cancellation_is_booked_and_not_left_open(tmp_path: Path) -> None:
    service = Stubborn()
    service.late = Outcome(pending=Pending("task-1", poll_after=1.0), billed=Billed.UNKNOWN, status=202)
    async with world(tmp_path, service) as w:
        await cancelled_while_calling(w)
        rows = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        assert all(row.reserved == 0 for row in rows)
        assert not await w.bot.ledger.read(attempt_rows.open_attempts)


async def test_a_picture_that_came_too_late_is_not_charged_to_who_cancelled_it(tmp_path: Path) -> None:
    async with world(tmp_path, Stubborn()) as w:
        await cancelled_while_calling(w)
        rows = await w.bot.ledger.read(lambda c: c.execute(select(spend)).all())
        assert all(row.reserved == 0 and row.pictures == 0 for row in rows)
        assert all(row.spent == 0 for row in rows if row.scope == "member")
        assert all(row.spent > 0 for row in rows if row.scope != "member")


async def test_a_block_that_arrives_after_the_cancellation_is_remembered_all_the_same(tmp_path: Path) -> None:
    class Polled(Stubborn):
        async def call(self, call: Call, on_partial: OnPartial | None = None) -> Outcome:
            self.calls.append(call)
            return Outcome(pending=Pending("task-1", poll_after=0.0), billed=Billed.UNKNOWN, status=202)

        async def collect(self, call: Call, pending: Pending) -> Outcome:
            return await super().call(call)

    service = Polled()
    service.late = bad(BLOCK)
    async with world(tmp_path, service) as w:
        request = await w.imagine("something terrible")
        await w.until(lambda: len(service.calls) == 2)
        await w.press(ActionName.CANCEL, request)
        await w.until(lambda: not w.bot.scheduler.is_running(request))
        assert (await w.answer(await w.imagine("something terrible"))).title == text("request.refused")
        assert len(service.calls) == 2


async def test_the_gate_is_touched_by_the_loops_own_thread_alone(tmp_path: Path) -> None:
    class Watched:
        def __init__(self, gate: object) -> None:
            self.gate, self.threads = gate, set[tuple[str, int]]()

        def __getattr__(self, name: str) -> object:
            self.threads.add((name, threading.get_ident()))
            return getattr(self.gate, name)

    async with world(tmp_path, Service(hold=asyncio.Event())) as w:
        watched = Watched(w.bot.services.default.gate)
        w.bot.services.default.gate = watched  # type: ignore[assignment]
        request = await w.imagine()
        await w.until(lambda: w.service.calls)
        await w.imagine("another", person="ben")
        await w.until(lambda: w.chat.about(f"request:{request}"))
        assert {ident for _, ident in watched.threads} == {threading.get_ident()}


async def test_an_edited_wording_answers_the_question_about_the_old_one(tmp_path: Path) -> None:
    def ask(prompt: str) -> Question | None:
        return Question("private") if "secret" in prompt else None

    async with world(tmp_path, lint=ask) as w:
        held = await w.imagine("a secret number")
        await w.until(lambda: (view := w.chat.about(f"question:{held}")) is not None and view.title == text("request.held"))
        await w.press(ActionName.EDIT, held, values={"prompt": "a plain number", "count": "99"})
        assert text("reply.sent_on") != await w.press(ActionName.SEND_ANYWAY, held, person="ben")
        await w.press(ActionName.EDIT, held, values={"prompt": "a plain number"})
        view = await w.answer(held)
        assert "secret" not in str(view)
        assert await w.press(ActionName.SEND_ANYWAY, held) == text("reply.question_over")
        await w.until(lambda: w.service.calls)
        assert [call.prompt for call in w.service.calls] == ["a plain number"]


async def test_publishing_from_elsewhere_shows_the_picture_where_it_was_asked_for(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        request = await w.imagine(private=True)
        await w.answer(request)
        act = Act("elsewhere", "ana", "Ana", "test", "other", "lobby", ActionName.PUBLISH, request, reply={"token": "of the lobby"})
        await w.bot.core.act(act)
        await w.until(lambda: w.chat.about(f"request:{request}", Audience.CHANNEL))
        place = next(message.place for message in w.chat.messages.values() if message.audience is Audience.CHANNEL)
        assert (place.community, place.channel, dict(place.reply)) == ("home", "imagine", {})


async def test_a_refusal_does_not_quote_private_data_in_the_channel(tmp_path: Path) -> None:
    def lint(prompt: str) -> Question | None:
        return Question("private") if "4111" in prompt else None

    async with world(tmp_path, lint=lint) as w:
        secret = await w.answer(await w.imagine("my card 4111 1111 1111 1111", size="7x7"))
        plain = await w.answer(await w.imagine("a cat", size="7x7"))
        assert secret.quote == ""
        assert plain.quote == "a cat"
