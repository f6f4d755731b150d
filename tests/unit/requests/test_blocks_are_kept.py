"""A block that arrived is remembered, whatever the member presses and whatever becomes of the pictures beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, Audience
from bot.compose import Bot, build
from bot.domain.failure import Evidence, Phase
from bot.domain.outcome import Billed, Outcome, Pending, Picture
from bot.domain.requests import Person, Place, Submission
from bot.failures.evidence import FETCHED
from bot.gate.settings import GateSettings
from bot.ledger.tables import attempts, cases, spend
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests.rules import Rules
from bot.texts import text
from tests.unit.providers.wire import Server, always, b64, serving
from tests.world import BLOCK, Platform, Service, World, good, world

BESIDE = {"error": {"code": "OutputImageSensitiveContentDetected", "message": "The output image may contain sensitive information."}}
USAGE = {"input_tokens": 12, "output_tokens": 1756, "total_tokens": 1768}
WORDS = "something terrible"


class Slow(PictureStore):
    """Has not decoded its first picture when somebody presses something."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def add_base64(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture:
        self.begun.set()
        await self.go.wait()
        return await super().add_base64(pieces, revised_prompt)


@contextlib.asynccontextmanager
async def whole_bot(
    folder: Path, server: Server, store: PictureStore, platform: Platform | None = None
) -> AsyncIterator[tuple[Bot, Platform]]:
    """`platform` is one that an earlier process has already shown messages on."""
    ports, platform = SystemPorts(), platform or Platform()
    bot = await build(
        data_dir=folder,
        ports=ports,
        rules=Rules(model=Catalogue.load().default()),
        gate_settings=GateSettings(),
        provider=HttpProvider(server.base_url, "sk-test", store, ports),
        pictures=store,
    )
    bot.add(platform)
    await bot.accept_received(await bot.start())
    try:
        yield bot, platform
    finally:
        await bot.stop(0.0)


async def ask(bot: Bot, key: str, person: str = "ana", count: str = "2") -> str:
    place = Place("test", "home", "imagine")
    received = await bot.core.receive(key, Submission(Person(person), place, WORDS, count=count))
    await bot.core.accept(received.request_id)
    return received.request_id


def watched(bot: Bot, platform: Platform) -> World:
    return World(bot, Service(), platform, None)  # type: ignore[arg-type]


async def test_a_cancel_while_pictures_beside_a_block_are_decoded_keeps_the_block(tmp_path: Path) -> None:
    answer = {"created": 1, "data": [{"b64_json": b64()}, BESIDE], "usage": USAGE}
    async with serving(always(answer)) as server:
        store = Slow(tmp_path)
        async with whole_bot(tmp_path, server, store) as (bot, platform):
            w = watched(bot, platform)
            request = await ask(bot, "test:1")
            await store.begun.wait()
            await w.press(ActionName.CANCEL, request)
            assert (await w.answer(request)).title == "Cancelled"
            await w.until(lambda: not bot.scheduler.is_running(request))
            (attempt,) = await bot.ledger.read(lambda c: c.execute(select(attempts)).all())
            assert (attempt.billed, attempt.evidence["status"]) == ("yes", 200)
            books = await bot.ledger.read(lambda c: c.execute(select(spend)).all())
            assert {row.spent for row in books if row.scope == "community"} == {attempt.cost}
            assert {row.spent for row in books if row.scope == "member"} == {0}
            # Typed again, by anybody: it is not sent, and a human sees it.
            for number, person in enumerate(("ana", "ben"), 2):
                assert (await w.answer(await ask(bot, f"test:{number}", person))).title == text("request.refused")
            found = await bot.ledger.read(lambda c: c.execute(select(cases.c.person)).scalars().all())
            assert sorted(found) == ["ana", "ben"]
        assert len(server.seen) == 1


async def test_a_stop_while_pictures_beside_a_block_are_decoded_keeps_the_block(tmp_path: Path) -> None:
    async with serving(always({"created": 1, "data": [{"b64_json": b64()}, BESIDE]})) as server:
        store = Slow(tmp_path)
        async with whole_bot(tmp_path, server, store) as (bot, shown):
            request = await ask(bot, "test:1")
            await store.begun.wait()
        async with whole_bot(tmp_path, server, PictureStore(tmp_path), shown) as (bot, platform):
            w = watched(bot, platform)
            assert (await w.answer(request)).title == text("request.blocked")
            await w.until(lambda: platform.chat.about(_case_of(platform), Audience.MODERATORS))
            await w.press(ActionName.RETRY, request)
            await w.until(lambda: any(view.title == text("request.refused") for view in platform.chat.now.values()))
        assert len(server.seen) == 1


async def test_a_stop_while_mere_pictures_are_decoded_is_an_interruption_as_before(tmp_path: Path) -> None:
    async with serving(always({"created": 1, "data": [{"b64_json": b64()}]})) as server:
        store = Slow(tmp_path)
        async with whole_bot(tmp_path, server, store) as (bot, shown):
            request = await ask(bot, "test:1")
            await store.begun.wait()
        async with whole_bot(tmp_path, server, PictureStore(tmp_path), shown) as (bot, platform):
            assert (await watched(bot, platform).answer(request)).title == text("request.interrupted")


def _case_of(platform: Platform) -> str:
    return next((one.subject for one in platform.chat.messages.values() if one.audience is Audience.MODERATORS), "")


def partly(evidence: Evidence = BLOCK) -> Outcome:
    """One picture is blocked, and the other could not be fetched yet."""
    return Outcome(pending=Pending("fetch:1", "https://pictures.test/1", 0.0), shortfall=evidence, billed=Billed.YES, status=200)


@pytest.mark.parametrize("fetched", [good(), Outcome(billed=Billed.YES)], ids=["fetched", "lost"])
async def test_a_block_beside_a_picture_that_is_fetched_later_opens_a_case(tmp_path: Path, fetched: Outcome) -> None:
    async with world(tmp_path, Service([partly(), fetched])) as w:
        request = await w.imagine(WORDS, count="2")
        view = await w.answer(request)
        assert len(view.pictures) == len(fetched.pictures)
        await w.until(lambda: _case_of(w.platform))
        (attempt,) = await w.bot.ledger.read(lambda c: c.execute(select(attempts)).all())
        assert attempt.evidence["body"] == BLOCK.body
        assert (await w.answer(await w.imagine(WORDS))).title == text("request.refused")
        assert len(w.service.calls) == 1


async def test_a_fetch_that_fails_again_does_not_take_the_place_of_the_block(tmp_path: Path) -> None:
    failed = Evidence(provider="openai", api=FETCHED, status=503, phase=Phase.AFTER_SEND, peer="pictures.test:443")
    again = Outcome(pending=Pending("fetch:2", "https://pictures.test/1", 0.0), shortfall=failed, billed=Billed.YES)
    async with world(tmp_path, Service([partly(), again, good()])) as w:
        request = await w.imagine(WORDS, count="2")
        view = await w.answer(request)
        assert len(view.pictures) == 1
        assert text("request.some_blocked") in view.text
        await w.until(lambda: _case_of(w.platform))
        assert len(w.service.calls) == 1


class Waiting(Service):
    """Fetches for ever."""

    async def collect(self, call: object, pending: Pending) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_cancel_before_the_picture_beside_a_block_is_fetched_keeps_the_block(tmp_path: Path) -> None:
    async with world(tmp_path, Waiting([partly()])) as w:
        request = await w.imagine(WORDS, count="2")
        await w.until(lambda: (view := w.chat.about(f"request:{request}")) is not None and view.title == text("request.collecting"))
        await w.press(ActionName.CANCEL, request)
        assert (await w.answer(request)).title == "Cancelled"
        assert (await w.answer(await w.imagine(WORDS, person="ben"))).title == text("request.refused")
        assert len(w.service.calls) == 1
