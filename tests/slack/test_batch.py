"""/imagine-batch on Slack: a form with a file, a price and a press, contact sheets, choices by number, finished pictures; over restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.kit import attachments
from bot.batch import view
from bot.ledger import request_rows
from tests.platforms.batches import EQUALS, called, drafted, half_price, tasks
from tests.platforms.pouring import Pour
from tests.platforms.stage import png
from tests.slack.stage import Stage, stage
from tests.slack.standin.world import Event, Message

TOPICS = "topic,style\na lighthouse,flat\na harbour,\na bridge,\n"
START = "Start, for at most $5.00"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "PAUSES", (0.01,))
    monkeypatch.setattr(view, "PACE", 0.1)


async def opened(s: Stage, typed: str = "") -> Event:
    event = await s.slack.people.slash(s.ada, s.channel, "/imagine-batch", typed)
    await s.form(event)
    return event


async def sent(s: Stage, name: str = "covers.csv", content: bytes = TOPICS.encode(), **values: object) -> None:
    """Fill in the form with a file."""
    file = s.slack.files.upload(s.ada, name, content)
    await s.slack.acked(await s.slack.people.submit(await opened(s), topics_file=[file], **values))


async def filled(s: Stage, message: Message, label: str, **values: str) -> None:
    """Press a button that opens a form, and send that."""
    event = await s.press(s.ada, message, label)
    await s.form(event)
    await s.slack.people.submit(event, **values)


async def test_a_file_becomes_drafts_a_choice_and_finished_pictures_over_restarts(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = [s.drawn(f"#{number * 20:02x}8040") for number in range(8)]
        await sent(s, budget="5", max_pictures="8")
        batch = await s.message("waiting for your start")
        assert "covers.csv" in batch.text
        assert batch.channel is s.channel
        assert batch.only_for is None
        await s.press(s.slack.ben, batch, START)
        await s.whisper(s.slack.ben, "Only the person who made this batch")
        assert s.service.calls == []
        await s.stop()
        await s.start()  # a restart while it waits for its start
        for _ in range(2):
            await s.press(s.ada, batch, START)
        await s.whisper(s.ada, "started before")
        await s.until(lambda: "ready to choose from" in batch.text, 40.0, "the drafts")
        sheet = await s.message("drafts to choose from")
        await s.until(lambda: len(sheet.pictures) == 1, 30.0, "the contact sheet")
        await s.stop()
        await s.start()  # while people choose
        await filled(s, sheet, "Pick", numbers="1, 3")
        await s.whisper(s.ada, "Picked: 1 and 3")
        await filled(s, batch, "Reject", numbers="2", reason="too dark")
        await s.until(lambda: "too dark" in batch.text, what="the reason")
        await filled(s, batch, "Another draft", numbers="2")
        await drafted(s, 4)
        await s.until(lambda: "Finish" in batch.buttons, 30.0, "the paced message with the new draft")
        await s.press(s.ada, batch, "Finish")
        offer = await s.whisper(s.ada, "2 pictures in high quality: up to $")
        assert len(s.service.calls) == 4
        for _ in range(2):
            await s.press(s.ada, offer, "Draw 2 pictures in high quality")
        finals = await s.message("2 pictures finished", timeout=40.0)
        await s.until(lambda: len(finals.pictures) == 2, 30.0, "the finished pictures")
        assert [one.quality for one in s.service.calls] == ["low"] * 4 + ["high"] * 2
        assert all(one.references for one in s.service.calls[4:])
        await s.stop()
        await s.start()  # when it's finished
        await s.until(lambda: ": finished" in batch.text, what="the end")
        await s.slack.people.slash(s.ada, s.channel, "/imagine-batch", "1")
        await s.whisper(s.ada, "2 of 2")
        await s.slack.people.slash(s.slack.ben, s.channel, "/imagine-batch", "1")
        await s.whisper(s.slack.ben, "There's no batch 1 that you may see")


async def test_typed_topics_and_what_is_wrong_with_them_stay_in_the_form(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await opened(s, "a lighthouse")
        refused = await s.slack.people.submit(event, budget="a lot")
        await s.until(lambda: refused.acked, what="an acknowledgement")
        assert "isn't an amount of money" in str(refused.ack)
        await s.slack.acked(await s.slack.people.submit(event, topics="\n".join(f"topic {n}" for n in range(20)), budget="5"))
        batch = await s.message("waiting for your start")
        hold = s.service.hold = asyncio.Event()
        await s.press(s.ada, batch, START)
        await called(s)
        await s.until(lambda: "Pause" in batch.buttons, what="the button")
        await s.press(s.slack.ben, batch, "Pause")
        await s.whisper(s.slack.ben, "and the moderators here")
        await s.press(s.ada, batch, "Pause")
        hold.set()
        await s.until(lambda: "Go on" in batch.buttons, 30.0, "the pause")
        drawn = len(s.service.calls)
        await s.stop()
        await s.start()  # a restart in a pause begins nothing
        assert len(s.service.calls) == drawn < 20


async def test_a_file_that_is_none_of_topics_is_a_sentence_for_its_sender_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await sent(s, "cat.png", png())
        await s.whisper(s.ada, "This isn't a text file")
        await sent(s, content="\n".join(f"topic {n}" for n in range(10_000)).encode())
        await s.whisper(s.ada, "a batch takes at most 1")
        assert not s.messages(words="waiting for your start")


@pytest.mark.parametrize("stated", [0, 300])
async def test_a_file_that_is_larger_than_slack_says_is_read_up_to_the_limit(tmp_path: Path, stated: int) -> None:
    async with stage(tmp_path) as s:
        file = s.slack.files.upload(s.ada, "covers.csv", b"", size=stated)
        s.slack.files.pours[file.id] = pour = Pour()
        await s.slack.acked(await s.slack.people.submit(await opened(s), topics_file=[file]))
        await s.whisper(s.ada, "This file is larger than 4 MB")
        assert len(s.slack.files.downloads) == 1
        assert 4 << 20 < pour.taken < 24 << 20, "what the connection holds beyond the limit, and no more"
        assert not s.messages(words="waiting for your start")


async def test_a_file_whose_size_slack_says_when_it_is_looked_up_is_not_fetched(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        file = s.slack.files.upload(s.ada, "covers.csv", b"", size=5 << 20, details=False)
        await s.slack.acked(await s.slack.people.submit(await opened(s), topics_file=[file]))
        await s.whisper(s.ada, "This file is larger than 4 MB")
        assert s.slack.files.downloads == []


async def test_a_cost_tag_is_a_field_of_the_form(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        event = await s.imagine("")
        await s.form(event)
        await s.slack.acked(await s.slack.people.submit(event, prompt="a red bicycle", tag="spring sale"))
        await s.picture()
        assert s.bot is not None
        (request,) = await s.bot.ledger.read(lambda c: request_rows.of_person(c, "slack", s.ada.id))
        assert request.tag == "spring sale"


async def test_half_price_is_a_press_and_the_pictures_come_back(tmp_path: Path) -> None:
    async with half_price() as services, stage(tmp_path, start=False) as s:
        s.real = services
        await s.start(equals=EQUALS)
        await sent(s, content=b"a lighthouse\na harbour\n", budget="5", max_pictures="8")
        batch = await s.message("waiting for your start")
        await s.press(s.ada, batch, START)
        await s.until(lambda: "ready to choose from" in batch.text, 40.0, "the drafts")
        await filled(s, batch, "Pick", numbers="all")
        await s.whisper(s.ada, "Picked: 1 and 2")
        await s.press(s.ada, batch, "Finish")
        offer = await s.whisper(s.ada, "At half the price, within a day")
        for _ in range(2):
            await s.press(s.ada, offer, "Half price, within a day")
        finals = await s.message("2 pictures finished", timeout=40.0)
        await s.until(lambda: len(finals.pictures) == 2, 30.0, "the finished pictures")
        assert await tasks(s) == [("half-price", 1)] * 2
