"""Places that take no message are told to the operator once, and the notice ends by itself when a message arrives there again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.chat.port import Message, Refused, RefusedWhy, SendResult, Sent
from bot.chat.views import Audience, View
from bot.domain.requests import Person, Place, Submission
from bot.ledger import notice_rows
from bot.ledger.tables import notices
from tests.world import BAD_KEY, Platform, Room, Service, World, bad, world


@dataclass
class Doors:
    """Channels and people that take no message now."""

    closed: set[str] = field(default_factory=set)
    why: RefusedWhy = RefusedWhy.FORBIDDEN

    def __call__(self, message: Message, view: View) -> SendResult:
        direct = message.audience is Audience.MEMBER or message.place.community.startswith("dm:")
        door = (message.person or message.place.channel) if direct else message.place.channel
        return Refused(self.why, "50013") if door in self.closed else Sent({"id": message.id})


def title(w: World, cause: str) -> str:
    view = w.chat.about(f"notice:{cause}")
    return "" if view is None else view.title


async def imagine(w: World, number: int, person: str, place: Place, *, private: bool = False) -> None:
    received = await w.bot.core.receive(f"there:{number}", Submission(Person(person), place, "a cat", private=private))
    await w.bot.core.accept(received.request_id)


@pytest.mark.parametrize("why", [RefusedWhy.GONE, RefusedWhy.FORBIDDEN, RefusedWhy.EXPIRED])
async def test_a_channels_notice_ends_when_a_message_arrives_in_it(tmp_path: Path, why: RefusedWhy) -> None:
    doors = Doors({"imagine"}, why)
    cause = f"chat_{why.value}:test:imagine"
    async with world(tmp_path, platform=Platform(chat=Room(answers=doors))) as w:
        await w.imagine()
        await w.until(lambda: title(w, cause))
        assert not title(w, cause).startswith("Solved")
        await imagine(w, 1, "ben", Place("test", "home", "other"))
        await w.until(lambda: any(one.place.channel == "other" for one in w.chat.messages.values()))
        await w.bot.writes.stop()
        assert cause in w.bot.notices.open
        doors.closed.clear()
        await w.answer(await w.imagine("another cat"))
        await w.until(lambda: title(w, cause).startswith("Solved"))


async def test_a_notice_from_before_a_restart_ends_as_well(tmp_path: Path) -> None:
    doors = Doors({"imagine"})
    cause = "chat_forbidden:test:imagine"
    async with world(tmp_path, platform=Platform(chat=Room(answers=doors))) as w:
        await w.imagine()
        await w.until(lambda: title(w, cause))
    async with world(tmp_path) as w:
        w.events = 100
        await w.answer(await w.imagine("another cat"))
        await w.until(lambda: title(w, cause).startswith("Solved"))


def people(w: World) -> str:
    view = w.chat.about("notice:chat_direct:test")
    return "" if view is None else next((fact.value for fact in view.facts if fact.label == "People"), "")


async def test_closed_direct_messages_are_one_notice_with_a_count_of_people(tmp_path: Path) -> None:
    doors = Doors({f"person{number}" for number in range(5)} | {"d9"})
    async with world(tmp_path, platform=Platform(chat=Room(answers=doors))) as w:
        for number in range(5):
            await imagine(w, number, f"person{number}", Place("test", "home", f"channel{number}"), private=True)
        await imagine(w, 9, "person9", Place("test", "dm:d9", "d9"))
        await w.until(lambda: people(w) == "6")
        await w.until(lambda: not w.bot.scheduler._running)
        rows = await w.bot.ledger.read(lambda c: c.execute(notices.select()).all())
        assert [row.cause for row in rows] == ["chat_direct:test"]
        shown = str(w.chat.about("notice:chat_direct:test"))
        assert "person3" not in shown


async def test_the_direct_notice_ends_when_everybody_is_reached_again(tmp_path: Path) -> None:
    doors = Doors({"ana", "ben"})
    async with world(tmp_path, platform=Platform(chat=Room(answers=doors))) as w:
        await w.imagine(person="ana", private=True)
        await w.imagine(person="ben", private=True)
        await w.until(lambda: people(w) == "2")
        await w.until(lambda: not w.bot.scheduler._running)
        await w.bot.sender.idle()
        await w.imagine("for somebody else", person="cleo", private=True)
        doors.closed = {"ben"}
        await w.imagine("another cat", person="ana", private=True)
        await w.until(lambda: people(w) == "1")
        doors.closed = set()
        await w.imagine("another cat", person="ben", private=True)
        await w.until(lambda: title(w, "chat_direct:test").startswith("Solved"))


async def test_what_arrives_where_nothing_was_refused_writes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.answer(await w.imagine())
        await w.answer(await w.imagine(private=True))
        await w.bot.sender.idle()
        before = w.bot.ledger.commits
        for message in list(w.chat.messages.values()):
            w.bot.sender.on_arrived(message)
        await w.bot.writes.stop()
        assert w.bot.ledger.commits == before
        assert await w.bot.ledger.read(notice_rows.open_causes) == []


async def test_a_notice_that_does_not_arrive_raises_no_notice_about_itself(tmp_path: Path) -> None:
    doors = Doors({"operators"})
    refused: list[str] = []

    def answers(message: Message, view: View) -> SendResult:
        result = doors(message, view)
        if isinstance(result, Refused):
            refused.append(message.subject)
        return result

    async with world(tmp_path, Service([bad(BAD_KEY)]), Platform(chat=Room(answers=answers))) as w:
        await w.answer(await w.imagine())
        await w.until(lambda: refused)
        await w.bot.sender.idle()
        await w.bot.writes.stop()
        rows = await w.bot.ledger.read(lambda c: c.execute(notices.select()).all())
        assert [row.cause for row in rows] == ["auth_invalid_key"]
        assert set(refused) == {"notice:auth_invalid_key"}
