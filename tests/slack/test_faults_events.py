"""Whatever Slack does with events, forms, connections and tokens: nothing is lost or done twice, and a person always hears something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.adapter import SetupProblem
from bot.chat.views import Act
from bot.core import Core
from tests.platforms.faults import How
from tests.slack.stage import MODES, Mode, Stage, stage
from tests.slack.standin.world import Event

BOTH = pytest.mark.parametrize("mode", MODES)


async def afterwards(s: Stage) -> list[str]:
    """Ask for something else, wait for its picture, and tell the prompts of everything that was drawn."""
    await s.imagine("the next one", user=s.slack.ben)
    await s.until(lambda: [one for one in s.slack.final() if "the next one" in one.text], what="the next picture")
    await s.settled()
    return [call.prompt for call in s.service.calls]


# ---- delivered again ---------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("finished", [False, True])
async def test_a_command_that_is_delivered_again_is_one_request(tmp_path: Path, mode: Mode, finished: bool) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.hold = asyncio.Event()
        event = await s.imagine("a red bicycle")
        if finished:
            s.service.hold.set()
            await s.picture()
        await s.slack.people.again(event)
        s.service.hold.set()
        assert await afterwards(s) == ["a red bicycle", "the next one"]
        assert len(s.slack.final()) == 2


@BOTH
async def test_a_mention_that_is_delivered_again_and_again_is_one_request(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.slack.people.mention(s.ada, s.channel, "a red bicycle")
        await asyncio.gather(*(s.slack.people.again(event) for _ in range(3)))
        await s.picture()
        await s.slack.people.again(event)
        assert await afterwards(s) == ["a red bicycle", "the next one"]


@BOTH
async def test_a_form_that_is_delivered_again_is_one_request(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        opened = await s.imagine("")
        await s.form(opened)
        sent = await s.slack.people.submit(opened, prompt="a red bicycle")
        await s.slack.people.again(sent)
        await s.picture()
        await s.slack.people.again(sent)
        assert await afterwards(s) == ["a red bicycle", "the next one"]


@BOTH
@pytest.mark.parametrize("label", ["Again", "Delete"])
async def test_a_press_that_is_delivered_again_does_its_work_once(tmp_path: Path, mode: Mode, label: str) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.script += [s.pictures(), s.pictures(colour="red")]
        await s.imagine("a red bicycle")
        message = await s.picture()
        press = await s.press(s.ada, message, label)
        await s.slack.people.again(press)
        assert await afterwards(s) == ["a red bicycle", *(["a red bicycle"] if label == "Again" else []), "the next one"]


@BOTH
@pytest.mark.parametrize("command", ["/imagine", "/imagine-help", "/imagine-show", "/imagine-settings"])
async def test_a_command_without_a_prompt_that_is_delivered_again_is_answered_once(tmp_path: Path, mode: Mode, command: str) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.slack.people.slash(s.ada, s.channel, command)
        await s.until(lambda: event.acked, what="an acknowledgement")
        for _ in range(2):
            await s.slack.people.again(event)
        await afterwards(s)
        assert len(s.slack.world.views) == (command == "/imagine")
        assert len([one for one in s.messages() if one.only_for]) == (command != "/imagine")


@BOTH
async def test_a_press_or_a_call_for_help_that_is_delivered_again_says_nothing_twice(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.service.script += [s.pictures(), s.pictures(colour="red")]
        await s.imagine("a red bicycle")
        message = await s.picture()
        help_wanted = await s.slack.people.mention(s.ada, s.channel, "help")
        await s.whisper(s.ada, "/imagine")
        deleted = await s.press(s.ada, message, "Delete")
        await s.whisper(s.ada, "Deleted")
        for event in (help_wanted, deleted):
            await s.slack.people.again(event)
        await afterwards(s)
        assert len([one for one in s.messages() if one.only_for]) == 2


async def test_a_mention_sent_into_a_dead_connection_comes_again_and_is_answered_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.until(lambda: len(s.slack.socket.usable) == 2, what="both connections")
        s.slack.socket.redeliver_after = 0.2
        s.slack.socket.silence()
        events = [await s.slack.people.mention(s.ada, s.channel, f"boat {n}") for n in range(2)]
        await s.until(lambda: len(s.slack.final()) == 2, what="both pictures")
        assert sorted(call.prompt for call in s.service.calls) == ["boat 0", "boat 1"]
        assert max(one.deliveries for one in events) > 1


# ---- triggers ----------------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("as_invalid_arguments", [False, True])
async def test_a_form_that_comes_too_late_becomes_a_sentence(tmp_path: Path, mode: Mode, as_invalid_arguments: bool) -> None:
    async with stage(tmp_path, mode=mode) as s:
        s.slack.views.as_invalid_arguments = as_invalid_arguments
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine", age=3.5)
        said = await s.whisper(s.ada)
        assert event.opened is None
        assert "once more" in said.text
        assert said.channel is s.channel


@BOTH
@pytest.mark.parametrize("error", ["expired_trigger_id", "exchanged_trigger_id", "internal_error"])
async def test_a_form_of_a_button_that_slack_does_not_open_becomes_a_sentence(tmp_path: Path, mode: Mode, error: str) -> None:
    async with stage(tmp_path, mode=mode) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        s.slack.faults.refuse("views.open", error)
        press = await s.press(s.ada, message, "Edit prompt")
        assert press.opened is None
        assert len((await s.whisper(s.ada)).text) > 10
        again = await s.press(s.ada, message, "Edit prompt")
        await s.form(again)


@BOTH
@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
async def test_a_form_is_opened_with_the_second_try_where_slack_failed_once(tmp_path: Path, mode: Mode, status: int) -> None:
    async with stage(tmp_path, mode=mode) as s:
        more = {"headers": {"Retry-After": "1"}} if status == 429 else {}
        s.slack.faults.add("views.open", status=status, body={"ok": False, "error": "internal_error"}, **more)
        event = await s.imagine("")
        await s.form(event)
        assert s.messages() == []


async def test_a_form_whose_opening_was_answered_with_an_error_is_not_called_late(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.add("views.open", status=503, body=b"")
        s.slack.faults.refuse("views.open", "exchanged_trigger_id")
        await s.imagine("")
        await s.until(lambda: len(s.slack.calls("views.open")) == 2, what="a second try")
        await s.imagine("the next one")
        await s.picture()
        assert [one for one in s.messages() if one.only_for] == []


@BOTH
async def test_a_command_that_names_no_workspace_belongs_to_that_of_the_token(tmp_path: Path, mode: Mode) -> None:
    async with stage(tmp_path, mode=mode) as s:
        event = await s.imagine("a red bicycle")
        await s.picture()
        del event.payload["team_id"]
        event.payload["trigger_id"] = "another"
        await s.slack.people.again(event)
        await s.until(lambda: len(s.slack.final()) == 2, what="a second picture")
        assert s.bot is not None
        communities = await s.bot.ledger.read(lambda c: c.exec_driver_sql("select distinct community from requests").scalars().all())
        assert communities == [s.workspace.id]


async def test_a_slow_ledger_does_not_cost_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("a red bicycle")
        message = await s.picture()
        real = Core.form

        async def slow(core: Core, act: Act) -> object:
            await asyncio.sleep(1.5)
            return await real(core, act)

        monkeypatch.setattr(Core, "form", slow)
        press = await s.press(s.ada, message, "Edit prompt")
        assert press.took is not None
        assert press.took < 1.0
        opened = await s.slack.opened(press)
        assert not opened.fields, "a loading form keeps the place"
        await s.until(lambda: opened.fields, what="the form itself")
        await s.slack.people.submit(press, prompt="a blue bicycle")
        await s.until(lambda: len(s.slack.final()) == 2, what="the second picture")


# ---- connections -------------------------------------------------------------------------------------------------------------


async def many(s: Stage, count: int, error_class: Callable[[int], Awaitable[object]]) -> list[Event]:
    """So many commands one after the other, over four channels, with trouble in between."""
    await s.until(lambda: len(s.slack.socket.usable) == 2, what="both connections")
    channels = [s.channel, *(s.slack.world.channel(s.workspace, f"room{n}", s.ada, s.slack.ben) for n in range(3))]
    events = []
    for number in range(count):
        await error_class(number)
        user = s.slack.ben if number % 2 else s.ada
        events.append(await s.slack.people.slash(user, channels[number % 4], "/imagine", f"boat {number}"))
        await asyncio.sleep(0)
    return events


async def answered_once(s: Stage, events: list[Event]) -> None:
    """Every one of these commands got one final answer in its channel, and nothing was drawn twice."""
    await s.until(lambda: len(s.slack.final()) >= len(events), 60, "all answers")
    await s.settled()
    found = sorted((one.channel.id, one.text.splitlines()[2]) for one in s.slack.final() if not one.ephemeral)
    assert found == sorted((one.channel.id, one.payload["text"]) for one in events if one.channel is not None)
    assert len(s.service.calls) == len(events)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_no_command_is_lost_while_slack_replaces_connections(tmp_path: Path, reason: str) -> None:
    async with stage(tmp_path, max_unfinished=50) as s:

        async def replace(number: int) -> None:
            if number in (3, 8):
                await s.slack.socket.disconnect(reason)
            if number == 8 and reason == "too_many_websockets":
                await s.until(lambda: s.slack.socket.connected, what="a connection")

        events = await many(s, 12, replace)
        await s.until(lambda: all(one.acked for one in events), what="all acknowledgements")
        assert not [one for one in events if one.failed]
        await answered_once(s, events)
        await s.until(lambda: len(s.slack.socket.usable) == 2, what="two connections again")


async def test_commands_around_a_cut_connection_are_answered_once_or_seen_to_fail(tmp_path: Path) -> None:
    async with stage(tmp_path, max_unfinished=50) as s:

        async def cut(number: int) -> None:
            if number == 4:
                s.slack.socket.cut()

        events = await many(s, 10, cut)
        # What was on its way on the connection that was cut may be gone; Slack told its senders.
        await s.until(lambda: all(one.acked for one in events[4:]), what="the acknowledgements after the cut")
        heard = {call.prompt for call in s.service.calls} | {one.payload["text"] for one in events if one.acked}
        await answered_once(s, [one for one in events if one.payload["text"] in heard])


async def test_an_outage_of_slack_in_the_middle_ends_in_one_answer(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.service.hold = asyncio.Event()
        await s.imagine("a red bicycle")
        await s.until(lambda: s.service.calls and s.messages(), what="progress")
        outage = s.slack.faults.add(".*", How.CUT, times=10_000)
        for line in list(s.slack.socket.usable):
            s.slack.socket.cut(line)
        s.service.hold.set()
        await s.until(lambda: outage.used >= 3, what="calls into the outage")
        assert s.slack.final() == []
        s.slack.faults.clear()
        await s.until(s.slack.final, 30, "the picture")
        await s.settled()
        [message] = s.slack.final()
        assert message.channel is s.channel
        await s.until(lambda: len(s.slack.socket.usable) == 2, 30, "both connections again")
        assert await afterwards(s) == ["a red bicycle", "the next one"]


# ---- tokens ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-100000000000-1000000000000-WrongWrongWrongWrongWron", "SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", f"xapp-1-A0STANDIN1-1000000000000-{'b2' * 32}", "SLACK_APP_TOKEN"),
        ("MODERATOR_CHANNEL_SLACK", "C0000000000", "MODERATOR_CHANNEL_SLACK"),
    ],
)
async def test_a_wrong_setting_ends_the_start_with_a_sentence_that_names_it(tmp_path: Path, name: str, value: str, word: str) -> None:
    async with stage(tmp_path, {name: value}, start=False) as s:
        with pytest.raises(SetupProblem, match=word):
            await s.start()
        assert value not in "".join(s.ready)


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_a_revoked_token_ends_the_start_with_a_sentence(tmp_path: Path, error: str) -> None:
    async with stage(tmp_path, start=False) as s:
        s.slack.world.token_error = error
        with pytest.raises(SetupProblem, match="SLACK_BOT_TOKEN"):
            await s.start()


async def test_an_app_token_without_its_scope_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.slack.world.app_scopes.clear()
        with pytest.raises(SetupProblem, match="connections:write"):
            await s.start()


async def test_a_wrong_signing_secret_answers_no_request_of_slack(tmp_path: Path) -> None:
    async with stage(tmp_path, {"SLACK_SIGNING_SECRET": "0" * 32}, mode="http") as s:
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine", "a red bicycle")
        await s.until(lambda: event.refused is not None, what="a refusal")
        assert event.refused == 401
        assert event.failed
        assert s.service.calls == []
        assert s.messages() == []


@pytest.mark.parametrize("route", ["forged", "stale"])
async def test_a_request_that_is_not_slacks_reaches_nobody(tmp_path: Path, route: str) -> None:
    async with stage(tmp_path, mode="http") as s:
        known = await s.imagine("a red bicycle")
        await s.picture()
        fake = Event("slash_commands", "/imagine", s.ada, s.channel, {**known.payload, "text": "a forgery", "trigger_id": "1.2.3"}, 0.0)
        answer = await (s.slack.http.forged(fake) if route == "forged" else s.slack.http.stale(fake))
        assert answer.status == 401
        assert await afterwards(s) == ["a red bicycle", "the next one"]


async def test_a_replayed_request_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, mode="http") as s:
        known = await s.imagine("a red bicycle")
        await s.picture()
        fake = Event("slash_commands", "/imagine", s.ada, s.channel, {**known.payload, "text": "twice", "trigger_id": "1.2.3"}, 0.0)
        first, second = await s.slack.http.replayed(fake)
        assert (first.status, second.status) == (200, 401)
        assert await afterwards(s) == ["a red bicycle", "twice", "the next one"]
