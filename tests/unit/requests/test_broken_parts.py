"""Parts that break where they never should: the answer is kept, and the log stays silent about what people wrote."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import ActionName, View
from bot.domain.failure import Failure
from bot.domain.requests import Request
from bot.ledger.store import Tx
from bot.ledger.tables import cases
from tests.captured_log import captured_log
from tests.world import BLOCK, DOWN, Platform, Room, Service, bad, world

PROMPT = "a very private birthday surprise for Maria"


async def test_a_rule_that_breaks_does_not_cost_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(evidence: object, known: object) -> Failure:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("bot.failures.classify.classify_with", broken)
    async with world(tmp_path, Service([bad(DOWN)])) as w:
        view = await w.answer(await w.imagine())
        assert view.title == "No picture this time"
        assert len(w.service.calls) == 1


async def test_a_gate_that_breaks_does_not_cost_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(tmp_path) as w:

        def broken(gate: object, *told: object) -> None:
            raise RuntimeError("a bug of ours")

        monkeypatch.setattr(type(w.bot.services.default.gate), "report", broken)
        assert (await w.answer(await w.imagine())).pictures


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    with captured_log(level="info") as stream:
        yield stream


async def test_what_breaks_does_not_put_prompts_into_the_log(tmp_path: Path, stream: io.StringIO) -> None:
    sent: list[View] = []

    def answers(message: Message, view: View) -> SendResult:
        sent.append(view)
        if len(sent) == 1:
            raise ValueError(f"cannot serialise {view.quote}")
        return Sent({"id": message.id})

    def on_pictures(tx: Tx, request: Request) -> None:
        raise LookupError(f"no room for {request.prompt}")

    async with world(tmp_path, platform=Platform(chat=Room(answers=answers))) as w:
        w.bot.scheduler.deps = dataclasses.replace(w.bot.scheduler.deps, on_pictures=on_pictures)
        request = await w.imagine(PROMPT)
        await w.until(lambda: "outcome_not_stored" in stream.getvalue() and "chat_send_failed" in stream.getvalue())
        await w.answer(request)
    assert "LookupError" in stream.getvalue()
    assert "birthday" not in stream.getvalue()


async def test_the_link_to_a_request_does_not_put_its_prompt_into_the_log(tmp_path: Path, stream: io.StringIO) -> None:
    """A message about a case names its request by the first words of the prompt."""
    broken: list[str] = []

    def answers(message: Message, view: View) -> SendResult:
        if view.about is not None and not broken:
            broken.append(view.about.label)
            raise ValueError(f"cannot serialise {view.about.label}")
        return Sent({"id": message.id})

    async with world(tmp_path, Service([bad(BLOCK)]), Platform(chat=Room(answers=answers))) as w:
        await w.answer(await w.imagine(PROMPT))
        [case] = await w.bot.ledger.read(lambda c: c.execute(select(cases.c.id)).scalars().all())
        await w.press(ActionName.CASE_CLAIM, case, "mia")
        await w.press(ActionName.CASE_REPHRASE, case, "mia")
        await w.until(lambda: "chat_send_failed" in stream.getvalue())
    assert "birthday" in broken[0]
    assert "birthday" not in stream.getvalue()


async def test_cancelled_requests_leave_nothing_behind_in_memory(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.bot.scheduler._draining = True
        request = await w.imagine()
        await w.press(ActionName.CANCEL, request)
        assert not w.bot.scheduler._cancelled


async def test_a_case_that_cannot_be_opened_does_not_let_the_blocked_wording_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO
) -> None:
    def broken(tx: Tx, request: Request) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("bot.moderation.opening._cool_down", broken)  # when the case is half opened
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        request = await w.imagine("a blocked wording")
        view = await w.answer(request)
        assert not view.pictures
        await w.press(ActionName.RETRY, request)
        again = await w.imagine("a blocked wording")
        await w.answer(again)
        assert len(w.service.calls) == 1
        assert await w.bot.ledger.read(lambda c: c.execute(select(cases)).all()) == []
        assert "case_not_opened" in stream.getvalue()
