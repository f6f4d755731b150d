"""What the sender leaves alone although somebody wakes it: what is under way, planned, shown, or has to wait."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.chat.port import Later, Message, SendResult, Sent, Unknown
from bot.chat.views import View
from bot.domain.requests import Place
from bot.messages.readers import Reader
from bot.messages.sender import Sender
from bot.texts import DEFAULT_LANGUAGE
from tests.unit.messages.sender_stage import FINAL, HOME, PROGRESS, Stage, play, soon


def test_the_sweep_leaves_alone_what_is_under_way_planned_or_shown(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        looks: list[float] = []
        sender.before_render = lambda: looks.append(s.loop.time())

        async def nudged(message: str) -> None:
            before = len(looks)
            sender.nudge(message)
            await asyncio.sleep(0.5)
            assert len(looks) == before

        s.answers = [5.0, Later(100.0), Sent({"id": "m"})]
        message = await s.want(PROGRESS)
        await asyncio.sleep(0.5)
        await nudged(message)
        await asyncio.sleep(10)
        assert len(looks) == 1
        await nudged(message)
        await s.want(View("Waiting still"))
        await asyncio.sleep(2)
        await nudged(message)

    play(tmp_path, scene)


@pytest.mark.parametrize("view", [PROGRESS, FINAL])
def test_a_wake_does_not_shorten_the_pause_after_a_lost_send(tmp_path: Path, view: View) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Unknown()]
        message = await s.want(view)
        await asyncio.sleep(1.5)
        sender.wake(message)
        await asyncio.sleep(5)
        assert s.times() == [soon(2)]

    play(tmp_path, scene)


@pytest.mark.parametrize(("share", "pause"), [(0.0, 1.5), (1.0, 2.5)])
def test_pauses_are_spread(tmp_path: Path, share: float, pause: float) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.share, s.answers = share, [Unknown()]
        await s.want(FINAL)
        await asyncio.sleep(5)
        assert s.times() == [soon(pause)]

    play(tmp_path, scene)


def test_an_earlier_look_is_not_put_off_by_a_later_one(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        looks: list[float] = []
        sender.before_render = lambda: looks.append(s.loop.time())
        sender.projections["request"] = lambda connection, message, now: View("Waiting", refresh_at=now + 5)
        message = await s.want()
        begun = s.loop.time()
        await asyncio.sleep(3)
        sender.wake(message)
        await asyncio.sleep(3)
        assert [one - begun for one in looks] == [soon(0), soon(3), soon(5)]

    play(tmp_path, scene)


def test_a_send_that_arrived_ends_the_count_of_tries(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Sent({"id": "m"}), Unknown()]
        await s.want(PROGRESS)
        await asyncio.sleep(2)
        await s.want(View("Waiting still"))
        await asyncio.sleep(10)
        assert s.times()[-1] == soon(2)
        assert s.heard == ["arrived", "doubt  1", "arrived"]

    play(tmp_path, scene)


def test_where_the_platform_keeps_an_answer_is_written_before_it_is_repeated(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [Unknown(), Sent({"id": "late"})]
        await s.want(FINAL)
        await asyncio.sleep(5)
        row = await s.row()
        assert (row.message.ref, row.settled) == ({"id": "late"}, False)

    play(tmp_path, scene)


def test_an_answer_that_comes_while_progress_is_sent_follows_it_at_once(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        s.answers = [5.0]
        await s.want(PROGRESS)
        await asyncio.sleep(1)
        await s.want(FINAL)
        await asyncio.sleep(60)
        assert [one[1] for one in s.sent] == ["Waiting", "Done"]
        assert s.times() == [soon(5)]

    play(tmp_path, scene)


def test_settling_waits_for_what_is_being_sent_and_no_longer(tmp_path: Path) -> None:
    async def scene(s: Stage, sender: Sender) -> None:
        for seconds, waited in ((3.0, 2.0), (50.0, 10.0)):
            s.answers = [seconds]
            await s.want(replace(FINAL, title=f"{seconds}"))
            await asyncio.sleep(1)
            before = s.loop.time()
            await sender.settle(10)
            assert s.loop.time() - before == soon(waited)

    play(tmp_path, scene)


@dataclass
class Polyglot:
    """A platform that knows the languages of its places, or says everything itself."""

    stage: Stage
    stated: str
    localizes_views: bool
    asked: list[Place] = field(default_factory=list)

    async def send(self, message: Message, view: View) -> SendResult:
        return await self.stage.send(message, view)

    async def language_at(self, place: Place) -> str:
        self.asked.append(place)
        return self.stated


@pytest.mark.parametrize(
    ("known", "stated", "localizes_views", "spoken", "asked"),
    [
        ("de", "ja", False, "de", 0),
        (None, "ja", False, "ja", 1),
        (None, "", False, DEFAULT_LANGUAGE, 1),
        ("de", "ja", True, DEFAULT_LANGUAGE, 0),
        ("de", None, False, "de", 0),
        (None, None, False, DEFAULT_LANGUAGE, 0),
    ],
)
def test_a_message_is_sent_in_its_readers_language_and_time_zone(
    tmp_path: Path, known: str | None, stated: str | None, localizes_views: bool, spoken: str, asked: int
) -> None:
    """Known to the bot, or else stated by a platform that can be asked."""

    async def scene(stage: Stage, sender: Sender) -> None:
        sender.reader_of = lambda connection, message: Reader(known, "Europe/Berlin")
        platform = Polyglot(stage, stated or "", localizes_views)
        if stated is not None:
            sender.chats = {"test": platform}
        await stage.want(FINAL)
        await sender.idle()
        assert [(message.language, message.zone) for _, _, message in stage.sent] == [(spoken, "Europe/Berlin")]
        assert platform.asked == [HOME] * asked

    play(tmp_path, scene)
