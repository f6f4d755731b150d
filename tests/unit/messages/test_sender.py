"""Delivery through a chat that fails in every way a platform can: what is shown in the end is the newest view, in the right place."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import select

from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import View
from bot.core import Visitor
from bot.ledger.tables import messages
from bot.messages import request_view
from bot.messages import sender as sender_module
from bot.requests.sweep import sweep
from tests.world import Platform, Room, Service, world


async def test_a_lost_final_answer_is_sent_again_until_it_is_certain_and_once_more(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sender_module, "REPEAT_FINAL_AFTER", 0.05)
    room = Room()
    finals: list[SendResult] = []

    def answers(message: Message, view: View) -> SendResult:
        if not view.final:
            return Sent({"id": message.id})
        finals.append(Unknown() if not finals else Sent({"id": message.id}))
        return finals[-1]

    room.answers = answers
    async with world(tmp_path, platform=Platform(chat=room)) as w:
        request = await w.imagine()
        await w.answer(request)
        await w.until(lambda: len(finals) == 3)
        await w.bot.sender.idle()
        rows = await w.bot.ledger.read(lambda c: c.execute(select(messages)).all())
        assert [row.settled for row in rows] == [True]


async def test_an_answer_that_was_not_shown_before_a_restart_is_shown_after_it(tmp_path: Path) -> None:
    silent = Platform(chat=Room(answers=lambda message, view: Later(3600.0)))
    async with world(tmp_path, platform=silent) as w:
        request = await w.imagine()
        await w.until(lambda: len(w.service.calls) == 1 and not w.bot.scheduler._running)
    async with world(tmp_path) as w:
        view = await w.answer(request)
        assert view.pictures
        assert not w.service.calls


async def test_a_place_that_refuses_keeps_the_answer_fetchable_and_tells_the_operator(tmp_path: Path) -> None:
    def answers(message: Message, view: View) -> SendResult:
        return Refused(RefusedWhy.FORBIDDEN, "50013") if message.subject.startswith("request:") else Sent({})

    async with world(tmp_path, platform=Platform(chat=Room(answers=answers))) as w:
        request = await w.imagine()
        await w.until(lambda: (n := w.chat.about("notice:chat_forbidden:test:imagine")) is not None and "permission" in " ".join(n.text))
        await w.until(lambda: w.service.calls and not w.bot.scheduler._running)
        shown = await w.bot.core.show(Visitor("test", "home", "imagine", "ana"), request)
        assert shown.pictures


async def test_progress_is_paced_and_the_final_view_comes_at_once(tmp_path: Path) -> None:
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        request = await w.imagine()
        await w.until(lambda: service.calls)
        for _ in range(20):
            w.bot.sender.wake(w.chat.all[0][0])
            await asyncio.sleep(0)
        assert service.hold is not None
        service.hold.set()
        await w.answer(request)
        assert len(w.chat.all) <= 3


async def test_a_view_that_did_not_change_is_not_sent_again(tmp_path: Path) -> None:
    service = Service(hold=asyncio.Event())
    async with world(tmp_path, service) as w:
        await w.imagine()
        await w.until(lambda: service.calls)
        await w.until(lambda: w.chat.all and w.chat.all[-1][1].title.startswith("Drawing"))
        count = len(w.chat.all)
        w.bot.sender.wake(w.chat.all[0][0])
        await w.bot.sender.idle()
        assert len(w.chat.all) == count


async def test_a_platform_that_asks_for_time_is_left_alone_whatever_wakes_the_sender(tmp_path: Path) -> None:
    asked: list[str] = []

    def answers(message: Message, view: View) -> SendResult:
        asked.append(message.id)
        return Later(3600.0)

    async with world(tmp_path, platform=Platform(chat=Room(answers=answers))) as w:
        await w.imagine()
        await w.until(lambda: asked and not w.bot.scheduler._running)
        await w.bot.sender.idle()
        before = len(asked)
        for _ in range(5):
            await w.bot.ledger.write(lambda tx: sweep(tx, w.bot.scheduler.is_running))
            w.bot.sender.wake(asked[0])
            await w.bot.sender.idle()
        assert len(asked) == before


async def test_a_waiting_view_that_reads_the_same_is_not_sent_again_when_it_is_looked_at(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(request_view, "REFRESH_SOON", 0.02)
    monkeypatch.setattr(sender_module, "PACE", 0.02)
    async with world(tmp_path) as w:
        w.bot.scheduler._draining = True
        request = await w.imagine()
        await w.until(lambda: w.chat.about(f"request:{request}"))
        await asyncio.sleep(0.5)
        assert len(w.chat.all) == 1


async def test_an_answer_does_not_wait_because_progress_has_to(tmp_path: Path) -> None:
    def answers(message: Message, view: View) -> SendResult:
        return Sent({"id": message.id}) if view.final else Later(3600.0, progress=True)

    async with world(tmp_path, platform=Platform(chat=Room(answers=answers))) as w:
        assert (await w.answer(await w.imagine())).pictures
