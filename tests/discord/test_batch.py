"""/imagine-batch on Discord: a file or a form, a price and a press, contact sheets, choices by number, finished pictures; over restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.kit import attachments
from bot.batch import view
from bot.domain.outcome import Billed, Outcome
from bot.ledger import batch_rows, request_rows
from bot.ledger.tables import spend
from tests.discord.stage import Stage, stage
from tests.discord.standin.files import upload
from tests.discord.standin.world import Interaction, Message
from tests.platforms.batches import EQUALS, called, drafted, half_price, tasks
from tests.platforms.pouring import Pour
from tests.platforms.stage import png
from tests.unit.batch.kit import until

TOPICS = "topic,style\na lighthouse,flat\na harbour,\na bridge,\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "PAUSES", (0.01,))
    monkeypatch.setattr(view, "PACE", 0.1)


async def command(s: Stage, content: bytes = TOPICS.encode(), **options: object) -> Interaction:
    """Type /imagine-batch with a file."""
    file = upload(s.discord.world, "covers.csv", content)
    event = await s.discord.people.slash(s.ada, s.channel, "imagine-batch", topics=file, **options)
    await s.until(lambda: event.callback is not None, what="an acknowledgement")
    return event


async def says(s: Stage, words: str, where: object = None) -> Message:
    """The newest message in the channel with these words."""
    found = await s.discord.until(lambda: next((one for one in reversed(s.discord.visible(s.ada)) if words in one.text), None), 30.0, words)
    assert isinstance(found, Message)
    return found


def colours(s: Stage, count: int) -> list[Outcome]:
    """Pictures that differ."""
    return [s.drawn(f"#{number * 20 % 256:02x}{200 - number * 10:02x}40") for number in range(count)]


async def test_a_file_becomes_drafts_a_choice_and_finished_pictures_over_restarts(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.script = colours(s, 8)
        bob = s.member("Bob")
        event = await command(s, budget="5", max_pictures=8)
        batch = await s.answered(event, "waiting for your start")
        assert "covers.csv" in batch.text
        assert not batch.ephemeral
        assert list(batch.buttons) == ["Start, for at most $5.00", "Don't start"]
        await s.whisper(await s.press(bob, batch, "Start, for at most $5.00"), "Only the person who made this batch")
        assert s.service.calls == []
        await s.stop()
        await s.start()  # a restart while it waits for its start
        pressed = [await s.discord.people.press(s.ada, batch, "Start, for at most $5.00") for _ in range(2)]
        told = " ".join([(await s.whisper(one)).text for one in pressed])
        assert "has begun" in told
        assert "started before" in told
        await s.until(lambda: "ready to choose from" in batch.text, 30.0, "the drafts")
        sheet = await says(s, "drafts to choose from")
        assert len(sheet.pictures) == 1
        await s.stop()
        await s.start()  # while people choose
        opened = await s.press(s.ada, sheet, "Pick")
        await s.whisper(await s.discord.people.submit(opened, numbers="1 9"), "isn't a draft's number")
        await s.whisper(await s.discord.people.submit(await s.press(s.ada, sheet, "Pick"), numbers="1, 3"), "Picked: 1 and 3")
        rejecting = await s.press(s.ada, batch, "Reject")
        await s.whisper(await s.discord.people.submit(rejecting, numbers="2", reason="too dark"), "Rejected: 2")
        await s.until(lambda: "too dark" in batch.text, what="the reason")
        again = await s.discord.people.submit(await s.press(s.ada, batch, "Another draft"), numbers="2")
        await s.whisper(again, "Drawn again: 2")
        await drafted(s, 4)
        await s.until(lambda: "Finish" in batch.buttons, 30.0, "the paced message with the new draft")
        await s.whisper(await s.press(bob, batch, "Finish"), "Only the person who made this batch")
        offer = await s.whisper(await s.press(s.ada, batch, "Finish"), "2 pictures in high quality: up to $")
        assert offer.ephemeral
        assert len(s.service.calls) == 4
        for _ in range(2):
            await s.press(s.ada, offer, "Draw 2 pictures in high quality")
        finals = await says(s, "2 pictures finished")
        assert len(finals.pictures) == 2
        assert [one.quality for one in s.service.calls] == ["low"] * 4 + ["high"] * 2
        assert all(one.references for one in s.service.calls[4:])
        await s.stop()
        await s.start()  # when it's finished
        await s.until(lambda: ": finished" in batch.text, what="the end")
        looked = await s.discord.people.slash(s.ada, s.channel, "imagine-batch", batch=1)
        assert "2 of 2" in (await s.whisper(looked, "Batch 1")).text
        foreign = await s.discord.people.slash(bob, s.channel, "imagine-batch", batch=1)
        await s.whisper(foreign, "There's no batch 1 that you may see")


async def test_a_form_asks_for_topics_and_a_moderator_pauses_stops_and_nobody_else(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        bob, mia = s.discord.world.user("Bob"), s.discord.world.user("Mia")
        for one in (bob, mia):
            s.discord.world.join(s.guild, one)
        s.guild.owner = mia.id
        hold = s.service.hold = asyncio.Event()
        opened = await s.discord.people.slash(s.ada, s.channel, "imagine-batch", drafts=1, tag="spring")
        await s.until(lambda: opened.modal is not None, what="the form")
        wrong = await s.discord.people.submit(opened, topics="a lighthouse", budget="a lot")
        await s.whisper(wrong, "isn't an amount of money")
        sent = await s.discord.people.submit(opened, topics="\n".join(f"topic {n}" for n in range(20)), budget="5")
        batch = await s.answered(sent, "waiting for your start")
        await s.press(s.ada, batch, "Start, for at most $5.00")
        await called(s)
        await s.until(lambda: "Pause" in batch.buttons, what="the button")
        await s.whisper(await s.press(bob, batch, "Pause"), "and the moderators here")
        await s.whisper(await s.press(mia, batch, "Pause"), "is paused")
        hold.set()
        await s.until(lambda: "Go on" in batch.buttons, what="the pause")
        drawn = len(s.service.calls)
        assert drawn < 20
        await s.stop()
        await s.start()  # a restart in a pause begins nothing
        assert len(s.service.calls) == drawn
        await s.press(mia, batch, "Go on")
        await s.until(lambda: "ready to choose from" in batch.text, 40.0, "all drafts")
        assert len(s.service.calls) == 20
        sure = await s.press(mia, batch, "Stop")
        asked = await s.whisper(sure, "Stop this batch for good?")
        await s.press(mia, asked, "Stop")
        await s.until(lambda: ": stopped" in batch.text, what="the end")
        assert list(batch.buttons) == []


async def test_a_file_that_is_none_of_topics_is_a_sentence_for_its_sender_alone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.whisper(await command(s, png()), "This isn't a text file")
        await s.whisper(await command(s, b""), "no topic in this file")
        many = "\n".join(f"topic {n}" for n in range(10_000)).encode()
        await s.whisper(await command(s, many), "a batch takes at most 1")
        await s.whisper(await command(s, budget="nothing"), "isn't an amount of money")
        assert not [one for one in s.discord.visible(s.ada) if "waiting for your start" in one.text]


async def test_a_file_that_is_larger_than_discord_says_is_read_up_to_the_limit(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        pour = Pour()
        file = upload(s.discord.world, "covers.csv", b"", claimed=300, pour=pour)
        event = await s.discord.people.slash(s.ada, s.channel, "imagine-batch", topics=file)
        await s.until(lambda: event.callback is not None, what="an acknowledgement")
        await s.whisper(event, "This file is larger than 4 MB")
        assert 4 << 20 < pour.taken < 24 << 20, "what the connection holds beyond the limit, and no more"
        assert not [one for one in s.discord.visible(s.ada) if "waiting for your start" in one.text]


async def test_a_blocked_topic_costs_nothing_and_says_why(tmp_path: Path) -> None:
    from tests.world import BLOCK

    async with stage(tmp_path) as s:
        s.service.script = [Outcome(shortfall=BLOCK, billed=Billed.NO, status=400), *colours(s, 2)]
        batch = await s.answered(await command(s), "waiting for your start")
        await s.press(s.ada, batch, next(iter(batch.buttons)))
        await s.until(lambda: "ready to choose from" in batch.text, 30.0, "the drafts")
        assert "filter blocked it" in batch.text
        assert not [one for one in batch.buttons if one.startswith("Try the failed ones again")]


async def test_a_cost_tag_is_booked(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.answered(await s.imagine("a red bicycle", tag=" spring   sale "), "Here is your picture")
        assert s.bot is not None
        (request,) = await s.bot.ledger.read(lambda c: request_rows.of_person(c, "discord", s.ada.id))
        assert request.tag == "spring sale"
        owners = await s.bot.ledger.read(lambda c: [row.owner for row in c.execute(select(spend).where(spend.c.scope == "tag"))])
        assert set(owners) == {f"discord:{s.guild.id}:spring sale"}


async def test_a_server_that_removes_the_bot_has_nothing_more_drawn(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        hold = s.service.hold = asyncio.Event()
        batch = await s.answered(await command(s, "\n".join(f"topic {n}" for n in range(20)).encode()), "waiting for your start")
        await s.press(s.ada, batch, next(iter(batch.buttons)))
        await called(s)
        bot = s.bot
        assert bot is not None

        async def state() -> tuple[str, str]:
            (found,) = await bot.ledger.read(lambda c: batch_rows.latest(c, 1))
            return found.state.value, found.reason

        await s.discord.gateway.dispatch("GUILD_DELETE", {"id": s.guild.id, "unavailable": True})  # an outage of Discord
        await asyncio.sleep(0.2)
        assert await state() == ("running", "")
        await s.discord.gateway.dispatch("GUILD_DELETE", {"id": s.guild.id})

        async def paused() -> bool:
            return await state() == ("paused", "removed")

        await until(paused)
        drawing = len(s.service.calls)
        hold.set()
        await asyncio.sleep(0.5)
        assert len(s.service.calls) == drawing < 20


async def test_half_price_is_a_press_and_the_pictures_come_back(tmp_path: Path) -> None:
    async with half_price() as services, stage(tmp_path, start=False) as s:
        s.real = services
        await s.start(equals=EQUALS)
        batch = await s.answered(await command(s, b"a lighthouse\na harbour\n"), "waiting for your start")
        await s.press(s.ada, batch, next(iter(batch.buttons)))
        await s.until(lambda: "ready to choose from" in batch.text, 30.0, "the drafts")
        await s.whisper(await s.discord.people.submit(await s.press(s.ada, batch, "Pick"), numbers="all"), "Picked: 1 and 2")
        offer = await s.whisper(await s.press(s.ada, batch, "Finish"), "At half the price, within a day")
        for _ in range(2):
            await s.press(s.ada, offer, "Half price, within a day")
        finals = await says(s, "2 pictures finished")
        assert len(finals.pictures) == 2
        assert await tasks(s) == [("half-price", 1)] * 2
