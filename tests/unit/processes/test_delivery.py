"""Delivery by two processes: only one sends to a community, and what the other one may have left half-sent is sent again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import Audience, View
from bot.domain.requests import Place
from bot.ledger import message_rows
from bot.ledger.store import LedgerProblem
from bot.messages.sender import REPEAT_AFTER_RESTART, REPEAT_FINAL_AFTER, Sender
from bot.processes import fleet
from bot.processes.fleet import Fleet
from tests.unit.processes.crew import HOME, Crew

pytestmark = pytest.mark.sqlite_only  # opens its own databases, once
ELSEWHERE = Place("test", "elsewhere", "imagine")
DONE = View("Done", final=True)


@dataclass
class Chat:
    """A platform, as one process reaches it."""

    sent: list[Message] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    """Subjects for which a view was made for it."""
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Awaited during the next send."""

    async def send(self, message: Message, view: View) -> SendResult:
        self.sent.append(message)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return Sent({"id": f"m{len(self.sent)}"})

    @property
    def subjects(self) -> list[str]:
        return sorted(one.subject for one in self.sent)


def sender(crew: Crew, one: Fleet, chat: Chat, view: View = DONE) -> Sender:
    def project(connection: Connection, message: Message, now: float) -> View:
        chat.rendered.append(message.subject)
        return view

    return Sender(one.ledger, crew.clock, {"test": chat}, {"request": project}, fleet=one)


async def wanted(crew: Crew, subject: str, place: Place = HOME) -> str:
    await crew.second.ledger.write(lambda tx: message_rows.want(tx, subject, Audience.CHANNEL, place))
    return (await row(crew, subject)).message.id


async def row(crew: Crew, subject: str) -> message_rows.Stored:
    [found] = await crew.second.ledger.read(lambda c: message_rows.of_subject(c, subject))
    return found


async def first_is_gone(crew: Crew) -> None:
    crew.expire(crew.first)
    await crew.look()


async def test_only_one_process_sends_to_a_community(crew: Crew) -> None:
    mine, theirs = Chat(), Chat()
    first, second = sender(crew, crew.first, mine), sender(crew, crew.second, theirs)
    made = await wanted(crew, "request:a")
    assert await crew.first.claim_delivery(HOME) == (True, False)
    for _ in range(2):  # it asks, and then it knows
        second.wake(made)
        await second.idle()
        assert (theirs.sent, second._states) == ([], {}), "nothing is planned here"
    assert theirs.rendered == ["request:a"], "not once it knows"
    assert not (await row(crew, "request:a")).settled
    first.wake(made)
    await first.idle()
    assert mine.subjects == ["request:a"]
    assert (await row(crew, "request:a")).settled
    first.wake(made)
    await first.idle()
    assert mine.rendered == ["request:a"], "what's settled isn't looked at"
    for one in (first, second):
        await one.stop(0)


async def test_who_takes_over_sends_what_was_left_there_and_once_more_after_late_edits(crew: Crew) -> None:
    chat = Chat()
    here = sender(crew, crew.second, chat)
    assert await crew.first.claim_delivery(HOME) == (True, False)
    woken, _, _ = [await wanted(crew, f"request:{one}", place) for one, place in (("a", HOME), ("b", HOME), ("c", ELSEWHERE))]
    await first_is_gone(crew)
    here.wake(woken)
    await here.idle()
    assert chat.subjects == ["request:a", "request:b"], "and nothing of another community"
    assert all(one.maybe_shown for one in chat.sent), "the first one may have posted them"
    assert [(await row(crew, one)).settled for one in chat.subjects] == [False, False]
    for passed, sent in ((REPEAT_FINAL_AFTER * REPEAT_AFTER_RESTART - 0.1, 2), (0.1, 4)):
        crew.clock.at += passed
        for one in ("request:a", "request:b"):
            here.wake((await row(crew, one)).message.id)
        await here.idle()
        assert len(chat.sent) == sent
    assert [(await row(crew, one)).settled for one in ("request:a", "request:b")] == [True, True]
    await here.stop(0)


async def test_what_was_sent_while_another_process_took_over_is_sent_again_by_it(crew: Crew) -> None:
    mine, theirs = Chat(), Chat()
    first, second = sender(crew, crew.first, mine), sender(crew, crew.second, theirs)
    made = await wanted(crew, "request:a")
    mine.meanwhile = lambda: first_is_gone(crew)
    before = await row(crew, "request:a")
    first.wake(made)
    await first.idle()
    left = await row(crew, "request:a")
    assert (left.settled, left.wanted, dict(left.message.ref)) == (False, before.wanted + 1, {})
    assert (len(mine.sent), first._states) == (1, {}), "nothing is planned here anymore"
    second.wake(made)
    await second.idle()
    assert theirs.subjects == ["request:a"]
    for one in (first, second):
        await one.stop(0)


async def test_a_process_that_was_not_replaced_sends_a_view_once(crew: Crew) -> None:
    chat = Chat()
    here = sender(crew, crew.first, chat, View("Waiting"))
    made = await wanted(crew, "request:a")

    async def silent() -> None:
        crew.clock.at += fleet.SILENT_FOR

    chat.meanwhile = silent
    for _ in range(3):
        here.wake(made)
        await here.idle()
    found = await row(crew, "request:a")
    assert (len(chat.sent), found.wanted, dict(found.message.ref)) == (1, 1, {"id": "m1"})
    await here.stop(0)


async def test_a_look_for_unsent_messages_sends_those_that_this_process_delivers(crew: Crew) -> None:
    chat = Chat()
    here = sender(crew, crew.second, chat)
    assert await crew.first.claim_delivery(HOME) == (True, False)
    for one, place in (("a", HOME), ("b", ELSEWHERE), ("c", ELSEWHERE)):
        await wanted(crew, f"request:{one}", place)

    async def look() -> None:
        here.find_unsent()
        here.find_unsent()  # one look at a time
        assert here._finding is not None
        await here._finding
        await here.idle()

    await look()
    assert chat.subjects == ["request:b", "request:c"]
    await look()
    assert len(chat.sent) == 2, "what's settled isn't looked at"
    await first_is_gone(crew)
    await look()
    assert chat.subjects == ["request:a", "request:b", "request:c"]
    await look()
    assert len(chat.sent) == 3, "it's sent once more when its time has come"
    await here.stop(0)
    here.find_unsent()
    assert here._finding is not None
    assert here._finding.done()


async def test_a_look_that_fails_is_followed_by_the_next_one(crew: Crew) -> None:
    chat = Chat()
    here = sender(crew, crew.first, chat)
    await wanted(crew, "request:a")
    real, here.fleet = here.fleet, Broken(crew.first.ledger, crew.clock, crew.first.participant)
    with capture_logs() as logs:
        here.find_unsent()
        assert here._finding is not None
        await here._finding
    assert [one["event"] for one in logs] == ["ledger_problem"]
    here.fleet = real
    here.find_unsent()
    await here._finding
    await here.idle()
    assert chat.subjects == ["request:a"]
    await here.stop(0)


class Broken(Fleet):
    """One that can't ask the ledger."""

    async def claim_delivery(self, place: Place) -> tuple[bool, bool]:
        raise LedgerProblem("The server doesn't answer.")
