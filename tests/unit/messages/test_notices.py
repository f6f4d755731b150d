"""Operators' notices on a real ledger and a clock that jumps: when one is raised, what it says, when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.chat.port import Message, Refused, RefusedWhy
from bot.chat.views import ActionName, Audience, Tone, View
from bot.domain.kinds import Kind
from bot.domain.requests import Place
from bot.events import EventStream, log_lines
from bot.ledger import message_rows, notice_rows
from bot.ledger.store import Ledger
from bot.messages import weekly
from bot.messages.background import BackgroundWrites
from bot.messages.incidents import Incidents
from bot.messages.notices import Notices
from bot.messages.sender import Sender
from bot.messages.unanswered import REPORT_AFTER, STEADY, Unanswered
from bot.messages.undeliverable import MOST_PEOPLE, Undeliverable
from bot.supervise import Supervisor
from bot.texts import say, text
from bot.texts.fluent import parse
from bot.texts.phrases import moment
from tests.languages import Changed, speak
from tests.unit.messages.sender_stage import HOME, Stage, play

OPERATORS = Place("test", "home", "operators")


@dataclass
class Ground:
    """Notices with everything that raises them."""

    stage: Stage
    ledger: Ledger
    places: list[Place] = field(default_factory=lambda: [OPERATORS])

    def __post_init__(self) -> None:
        self.notices = Notices(lambda: self.places, EventStream([log_lines.write]))
        self.writes = BackgroundWrites(self.ledger)
        self.unanswered = Unanswered(self.notices, self.writes, self.stage.monotonic)
        self.undeliverable = Undeliverable(self.notices, self.writes)
        self.supervisor = Supervisor(self.stage)  # type: ignore[arg-type]
        self.incidents = Incidents(self.notices, self.supervisor, self.writes)

    async def notice(self, cause: str) -> notice_rows.Notice | None:
        """The row of a notice while it is open."""
        await self.writes.stop()
        row = await self.ledger.read(lambda c: notice_rows.get(c, cause))
        assert (cause in self.notices.open) == (row is not None and row.resolved_at is None)
        return None if row is None or row.resolved_at is not None else row

    async def facts(self, cause: str) -> Mapping[str, str] | None:
        row = await self.notice(cause)
        return None if row is None else row.facts

    async def view(self, cause: str) -> View:
        await self.writes.stop()
        [found] = await self.ledger.read(lambda c: message_rows.of_subject(c, f"notice:{cause}"))
        view = await self.ledger.read(lambda c: self.notices.project(c, found.message, 0.0))
        assert view is not None
        assert view.final
        return view


def act(tmp_path: Path, scene: Callable[[Ground], Awaitable[None]]) -> None:
    async def with_ground(stage: Stage, _sender: Sender) -> None:
        await scene(Ground(stage, stage.ledger))

    play(tmp_path, with_ground)


def message(number: int = 1, audience: Audience = Audience.CHANNEL, place: Place = HOME, person: str | None = None) -> Message:
    return Message(f"m{number}", f"request:r{number}", audience, place, person)


# ---- the notice itself -------------------------------------------------------------------------------------------------------------


def test_a_notice_says_how_often_since_when_what_to_do_and_when_it_is_over(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        async def again(code: str) -> None:
            await ground.ledger.write(
                lambda tx: ground.notices.report(tx, "chat_gone:x", "chat_gone", {"channel": "c", "code": code, "odd": "o"})
            )

        first = ground.stage.now()
        await again("")
        view = await ground.view("chat_gone:x")
        assert (view.title, view.tone) == (text("notice.title_chat_gone"), Tone.PROBLEM)
        assert view.text == (text("notice.once", at=moment(first)), *text("notice.chat_gone").split("\n\n"))
        assert [fact.value for fact in view.facts] == ["c"]
        assert view.buttons == (), "there is no call to collect evidence about"
        await asyncio.sleep(3600)
        await again("404")
        view, last = await ground.view("chat_gone:x"), ground.stage.now()
        assert view.text[0] == text("notice.times", count=2, first=moment(first), last=moment(last))
        assert {fact.value for fact in view.facts} == {"c", "404"}
        await asyncio.sleep(60)
        await ground.ledger.write(lambda tx: ground.notices.resolve(tx, "chat_gone:x"))
        view = await ground.view("chat_gone:x")
        assert (view.tone, view.title) == (Tone.DONE, text("notice.resolved", what=text("notice.title_chat_gone")))
        assert view.text[1] == text("notice.resolved_at", at=moment(ground.stage.now()))
        assert await ground.notice("chat_gone:x") is None

    act(tmp_path, scene)


def test_a_failures_notice_is_named_and_explained_by_its_kind(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        kind = Kind.AUTH_INVALID_KEY.value
        await ground.ledger.write(lambda tx: ground.notices.report(tx, kind, kind, {"status": "401"}))
        view = await ground.view(kind)
        assert view.title == text("notice.title", kind="auth invalid key")
        assert "key" in view.text[1]
        [stored] = await ground.ledger.read(lambda c: message_rows.of_subject(c, f"notice:{kind}"))
        assert [(one.action, one.row) for one in view.buttons] == [(ActionName.EVIDENCE, stored.message.id)]
        await ground.ledger.write(ground.notices.service_works)
        assert await ground.notice(kind) is None

    act(tmp_path, scene)


def test_a_weekly_message_joins_its_counts_by_the_languages_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"week": "5300", "pictures": "2", "day": "800", "month": "5300", "end": "20000", "last": "2026-11-30"}
    facts |= {"ended:pictures": "2", "ended:blocked": "9", "ended:failed": "4", "rejected:text": "1"}
    shown = {fact.label: fact.value for fact in weekly.facts_in_words(facts)}
    assert shown["Requests"] == "9 blocked, 4 failed and 2 pictures"
    assert shown["Cost"] == "$0.0053 (2 pictures), about $0.0008 a day"
    assert shown["Not right"] == "1 Words or letters are wrong"
    ideographic = {f"phrase.{one}": parse(f"a = {{ $first }}、{{ ${field} }}\n") for one, field in (("list", "next"), ("list_end", "last"))}
    speak(monkeypatch, "xx", Changed(lambda usual: usual, ideographic))
    assert say(shown["Requests"], "xx") == "9 blocked、4 failed、2 pictures"


def test_a_weekly_message_says_what_it_counts_and_is_about_no_problem(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        facts = {"cost": "$1.00", "pace": "$4.00", "requests": "7 pictures"}
        await ground.ledger.write(lambda tx: ground.notices.inform(tx, "weekly:2026-W48", "weekly", facts))
        view = await ground.view("weekly:2026-W48")
        assert (view.title, view.text, view.tone) == (text("notice.title_weekly"), (text("notice.weekly"),), Tone.NEUTRAL)
        assert {one.label: one.value for one in view.facts} == {text(f"notice.fact_{name}"): value for name, value in facts.items()}
        assert await ground.notice("weekly:2026-W48") is None

    act(tmp_path, scene)


@pytest.mark.parametrize("places", [[], [OPERATORS]])
def test_the_log_has_a_notice_once_and_with_what_to_do_where_nobody_reads_it_elsewhere(tmp_path: Path, places: list[Place]) -> None:
    async def scene(ground: Ground) -> None:
        ground.places = places
        with capture_logs() as logs:
            for _ in range(3):
                await ground.ledger.write(lambda tx: ground.notices.report(tx, "chat_gone:x", "chat_gone", {"channel": "c", "who": "ana"}))
        expected: dict[str, Any] = {"event": "operator_notice", "log_level": "warning", "cause": "chat_gone:x", "kind": "chat_gone"}
        assert [one for one in logs if one["event"] == "operator_notice"] == [
            {**expected, "channel": "c", "what_to_do": "" if places else text("notice.chat_gone")}
        ]

    act(tmp_path, scene)


# ---- what raises one ---------------------------------------------------------------------------------------------------------------


def test_unanswered_sends_are_told_from_the_third_on_and_only_of_a_bad_minute(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        cause = "chat_unanswered:test"
        for number in range(2):
            ground.unanswered.record(message(number), "500", 1)
        assert await ground.notice(cause) is None
        await asyncio.sleep(STEADY)  # a quiet minute: counted anew
        for number in range(REPORT_AFTER - 1):
            ground.unanswered.record(message(number), "500", 1)
        assert await ground.notice(cause) is None
        ground.unanswered.record(message(3), "x" * 99, 1)
        assert await ground.facts(cause) == {"platform": "test", "detail": "x" * 60}
        ground.unanswered.record(message(4), "500", 2)
        row = await ground.notice(cause)
        assert row is not None
        assert row.count == 1

    act(tmp_path, scene)


@pytest.mark.parametrize(("tries", "told"), [((0,), False), ((0, 1), True), ((1, 0), True), ((1, 1), False)])
def test_another_way_that_had_to_be_taken_counts_twice(tmp_path: Path, tries: tuple[int, ...], told: bool) -> None:
    async def scene(ground: Ground) -> None:
        for number, one in enumerate(tries):
            ground.unanswered.record(message(number), "500", one)
        assert (await ground.notice("chat_unanswered:test") is not None) is told

    act(tmp_path, scene)


def test_unanswered_is_over_when_all_was_answered_for_a_minute_by_another_message_than_the_notice(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        cause, heard = "chat_unanswered:test", ground.unanswered
        for number in (1, 2, 3):
            heard.record(message(number), "500", 1)
        assert await ground.notice(cause) is not None
        heard.arrived(message(1))
        heard.refused(message(2))
        await asyncio.sleep(STEADY + 1)
        for one in (message(1), message(9, place=Place("other", "home", "imagine")), message(8, Audience.OPERATORS)):
            heard.arrived(one)
            assert await ground.notice(cause) is not None  # the third is not answered yet
        heard.record(message(3), "500", 0)  # it went another way
        heard.arrived(message(1))
        assert await ground.notice(cause) is not None  # not a minute ago
        await asyncio.sleep(STEADY)
        heard.arrived(message(8, Audience.OPERATORS))
        assert await ground.notice(cause) is not None
        heard.arrived(message(1))
        assert await ground.notice(cause) is None
        heard.record(message(3), "500", 1)
        heard.record(message(4), "500", 1)
        assert await ground.notice(cause) is None  # counted from one again

    act(tmp_path, scene)


@pytest.mark.parametrize("why", list(RefusedWhy))
def test_what_a_channel_refuses_is_one_notice_of_that_channel_until_something_arrives_there(tmp_path: Path, why: RefusedWhy) -> None:
    async def scene(ground: Ground) -> None:
        cause, place = f"chat_{why.value}:test:imagine", {"platform": "test", "channel": "imagine", "audience": "channel"}
        ground.undeliverable.refused(message(), Refused(why, detail="d" * 99))
        ground.undeliverable.refused(message(2, Audience.OPERATORS, OPERATORS), Refused(why))
        if why is RefusedWhy.INVALID:
            assert await ground.ledger.read(notice_rows.open_causes) == []
            return
        assert await ground.facts(cause) == {**place, "detail": "d" * 60}
        assert list(await ground.ledger.read(notice_rows.open_causes)) == [cause]
        ground.undeliverable.arrived(message(3, place=Place("test", "home", "other")))
        assert await ground.notice(cause) is not None
        ground.undeliverable.arrived(message(3))
        assert await ground.notice(cause) is None

    act(tmp_path, scene)


def test_closed_direct_messages_are_one_notice_that_counts_people_and_forgets_them_one_by_one(tmp_path: Path) -> None:
    async def scene(ground: Ground) -> None:
        cause, refused = "chat_direct:test", Refused(RefusedWhy.FORBIDDEN, detail="d" * 99)

        def to(person: str) -> Message:
            return message(1, Audience.MEMBER, HOME, person)

        ground.undeliverable.arrived(to("ana"))
        for person in ("ana", "ben", "ana"):
            ground.undeliverable.refused(to(person), refused)
        ground.undeliverable.refused(message(2, place=Place("test", "dm:cleo", "d1")), refused)
        facts = {"platform": "test", "people": "3", "detail": "d" * 60, "who": "ben ana d1"}
        assert await ground.facts(cause) == facts
        [before] = await ground.ledger.read(lambda c: message_rows.of_subject(c, f"notice:{cause}"))
        ground.undeliverable.arrived(to("stranger"))
        ground.undeliverable.arrived(to("ana"))
        assert await ground.facts(cause) == {**facts, "people": "2", "who": "ben d1", "detail": ""}
        [after] = await ground.ledger.read(lambda c: message_rows.of_subject(c, f"notice:{cause}"))
        assert after.wanted == before.wanted + 1
        ground.undeliverable.arrived(to("ben"))
        ground.undeliverable.arrived(message(2, place=Place("test", "dm:cleo", "d1")))
        assert await ground.notice(cause) is None
        ground.undeliverable.refused(to("dan"), refused)  # an ended notice knows nobody
        assert await ground.facts(cause) == {**facts, "people": "1", "who": "dan"}
        for number in range(MOST_PEOPLE):
            ground.undeliverable.refused(to(f"p{number}"), refused)
        found = await ground.facts(cause)
        assert found is not None
        assert (found["people"], found["who"].split()[0]) == (str(MOST_PEOPLE), "p0")

    act(tmp_path, scene)


@pytest.mark.parametrize(
    ("name", "kind", "facts"),
    [("slack:socket", "trouble_platform", {"platform": "slack"}), ("sweep", "trouble_task", {"task": "sweep"})],
)
def test_a_failing_part_is_named_and_its_notice_ends_with_the_incident(tmp_path: Path, name: str, kind: str, facts: dict[str, str]) -> None:
    async def scene(ground: Ground) -> None:
        ground.incidents.start()
        ground.supervisor.on_incident(name, "E" * 99)
        row = await ground.notice(f"trouble:{name}")
        assert row is not None
        assert (row.kind, row.facts) == (kind, {**facts, "detail": "E" * 60})
        ground.supervisor.on_recovery(name)
        assert await ground.notice(f"trouble:{name}") is None

    act(tmp_path, scene)


@pytest.mark.parametrize("stopped", [False, True])
def test_what_a_dead_process_left_open_is_solved_after_a_quiet_minute(tmp_path: Path, stopped: bool) -> None:
    async def scene(ground: Ground) -> None:
        for cause in ("trouble:sweep", "chat_gone:x"):
            await ground.ledger.write(lambda tx, cause=cause: ground.notices.report(tx, cause, "chat_gone", {}))  # type: ignore[misc]
        ground.incidents.start()
        if stopped:
            ground.incidents.stop()
        await asyncio.sleep(STEADY - 1)
        assert await ground.notice("trouble:sweep") is not None
        await asyncio.sleep(2)
        assert (await ground.notice("trouble:sweep") is not None) is stopped
        assert await ground.notice("chat_gone:x") is not None

    act(tmp_path, scene)
