"""Socket Mode with the real bolt over the stand-in: connections are refreshed, cut and silent, and nothing is lost."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time

import aiohttp
import pytest

from adapters.slack import connection, sockets
from bot.adapter import SetupProblem
from tests.platforms.faults import How
from tests.slack.echo import Echo, over_sockets
from tests.slack.standin.server import StandIn


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same behaviour in less time."""
    monkeypatch.setattr(sockets, "AGAIN", (0.05, 0.1))
    monkeypatch.setattr(sockets, "REFUSED_AGAIN", 0.1)
    monkeypatch.setattr(sockets, "QUIET", 0.2)


async def test_two_connections_are_kept_and_connected_is_said_once() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        assert (len(slack.socket.lines), echo.greetings) == (2, 1)
        for number in range(4):
            await slack.acked(await slack.people.slash(slack.ada, slack.channel, "/imagine", f"cat {number}"))
        assert echo.heard == ["cat 0", "cat 1", "cat 2", "cat 3"]
        assert not slack.violations


async def test_a_refreshed_connection_is_replaced_before_it_is_closed() -> None:
    async with StandIn() as slack, over_sockets(slack):
        old = await slack.socket.refresh()
        await slack.until(lambda: slack.socket.opened == 3, what="the new connection")
        assert not old.ws.closed
        assert len(slack.socket.usable) == 2
        await slack.until(lambda: len(slack.socket.lines) == 2, what="the old connection to be closed")
        assert old.ws.closed


async def test_what_still_comes_on_a_connection_that_is_being_replaced_is_acknowledged() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        old = await slack.socket.refresh()
        await slack.until(lambda: slack.socket.opened == 3, what="the new connection")
        event = await slack.people.slash(slack.ada, slack.channel, "/imagine", "late")
        await slack.socket.deliver(event, old)
        await slack.until(lambda: event.deliveries == 2 and len(slack.socket.acks) == 2, what="both acknowledgements")
        assert echo.heard == ["late", "late"]


@pytest.mark.parametrize("how", ["refresh", "cut", "close"])
async def test_two_hundred_commands_while_connections_are_replaced_are_each_heard_once(how: str) -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        events = []
        for number in range(200):
            events.append(await slack.people.slash(slack.ada, slack.channel, "/imagine", f"cat {number}"))
            await asyncio.sleep(0)
            if number % 25 == 24:
                await slack.until(lambda: len(slack.socket.usable) == 2, what="two connections")
                if how == "refresh":
                    await slack.socket.refresh()
                    continue
                # What is on the wire of a cable that breaks is lost to everybody, so the cable breaks between two commands.
                await slack.until(lambda: all(one.acked for one in events), what="acknowledgements before the break")
                if how == "cut":
                    slack.socket.cut()
                else:
                    await slack.socket.usable[0].ws.close()
        await slack.until(lambda: all(one.acked for one in events), 20, "every acknowledgement")
        assert sorted(echo.heard) == sorted(f"cat {number}" for number in range(200))
        assert max(one.took or 9.0 for one in events) < 3.0
        await slack.until(lambda: slack.socket.opened == 10 and len(slack.socket.lines) == 2, what="two connections, and no ghosts")
        assert not slack.violations


async def test_an_event_on_a_connection_that_was_cut_comes_again_and_is_acknowledged() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        slack.socket.redeliver_after = 0.3
        gate = asyncio.Event()

        async def hold(body: object) -> None:
            await gate.wait()

        echo.before_ack = hold
        event = await slack.people.mention(slack.ada, slack.channel, "a cat")
        await slack.until(lambda: event.deliveries >= 1, what="the delivery")
        slack.socket.cut()
        slack.socket.cut()
        await slack.until(lambda: len(slack.socket.usable) == 2, what="two new connections")
        gate.set()
        await slack.acked(event)


async def test_an_acknowledgement_whose_connection_was_cut_goes_out_on_the_other_one() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        gate = asyncio.Event()

        async def hold(body: object) -> None:
            await gate.wait()

        echo.before_ack = hold
        event = await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat")
        await slack.until(lambda: event.deliveries == 1, what="the delivery")
        carrier = next(line for line in slack.socket.lines if line.sent)
        slack.socket.cut(carrier)
        await slack.until(lambda: carrier not in slack.socket.lines, what="the cut")
        await asyncio.sleep(0.05)  # the client's end hears of it
        gate.set()
        await slack.acked(event)
        assert echo.heard == ["a cat"]


async def test_a_connection_that_answers_no_ping_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HEARTBEAT", 0.2)
    async with StandIn() as slack, over_sockets(slack):
        dead = slack.socket.silence()
        await slack.until(lambda: slack.socket.opened == 3 and dead not in slack.socket.lines, what="the replacement")
        assert len(slack.socket.usable) == 2


async def test_a_disabled_link_is_reported_to_the_operator_and_the_bot_keeps_trying() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        for number in range(2):  # both ends have greeted
            await slack.acked(await slack.people.slash(slack.ada, slack.channel, "/imagine", f"cat {number}"))
        slack.world.app_token_error = "forbidden_team"
        await slack.socket.disconnect("link_disabled")
        await slack.until(lambda: len(slack.calls("apps.connections.open")) >= 4, what="further attempts")
        assert "Socket Mode was switched off" in echo.warnings[0]
        assert "forbidden_team" in echo.warnings[1]
        slack.world.app_token_error = None
        await slack.until(lambda: len(slack.socket.usable) == 2, what="the connections to come back")
        assert len(echo.warnings) == 2


async def test_somebody_else_on_the_same_app_token_is_told_once_and_not_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "FOREIGN_AFTER", 0.4)
    monkeypatch.setattr(sockets, "FOREIGN_AGAIN", 0.4)
    async with StandIn() as slack:
        slack.socket.others = 1
        async with over_sockets(slack) as echo:
            assert not echo.warnings
            await slack.until(lambda: slack.socket.opened >= 5, what="some looks")
            assert len(echo.warnings) == 1
            assert "3 connections" in echo.warnings[0] or "4 connections" in echo.warnings[0]
            slack.socket.others = 0
            opened = slack.socket.opened
            await slack.until(lambda: slack.socket.opened > opened, what="one more look")
            await asyncio.sleep(0.9)
            assert slack.socket.opened <= opened + 2  # alone again: nobody looks any more
            assert len(echo.warnings) == 1


async def test_connections_of_a_killed_process_that_go_away_are_no_reason_to_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "FOREIGN_AFTER", 0.3)
    async with StandIn() as slack:
        slack.socket.others = 2
        async with over_sockets(slack) as echo:
            slack.socket.others = 0
            await slack.until(lambda: slack.socket.opened == 3, what="the second look")
            await asyncio.sleep(0.5)
            assert (echo.warnings, slack.socket.opened) == ([], 3)


# ---- setting up -------------------------------------------------------------------------------------------------------------------


async def refused(slack: StandIn) -> str:
    async with aiohttp.ClientSession() as session:
        echo = Echo(slack, session)
        with pytest.raises(SetupProblem) as problem:
            async with asyncio.timeout(30):
                await echo.sockets.run(echo.connected)
        assert echo.greetings == 0
        return str(problem.value)


async def test_a_wrong_app_token_is_said_in_words_and_not_tried_for_ever() -> None:
    async with StandIn() as slack:
        slack.world.app_token_error = "invalid_auth"
        assert "SLACK_APP_TOKEN" in await refused(slack)
        assert len(slack.calls("apps.connections.open")) == 1


async def test_an_app_token_without_its_scope_is_said_in_words() -> None:
    async with StandIn() as slack:
        slack.world.app_scopes = set()
        assert "connections:write" in await refused(slack)


async def test_a_bot_token_in_place_of_the_app_token_is_said_in_words() -> None:
    async with StandIn() as slack:
        slack.world.app_token = slack.workspace.token
        assert "SLACK_APP_TOKEN" in await refused(slack)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502},
        {"status": 429, "headers": {"Retry-After": "0"}},
        {"how": How.CUT},
        {"status": 200, "body": {"ok": True}},
    ],
    ids=str,
)
async def test_slack_being_away_at_the_start_is_waited_for(fault: dict[str, object]) -> None:
    async with StandIn() as slack:
        slack.faults.add("apps.connections.open", times=2, **fault)
        async with over_sockets(slack) as echo:
            assert echo.greetings == 1


@pytest.mark.parametrize("how", [How.CUT, How.ANSWER])
async def test_a_websocket_that_is_refused_gets_a_new_address(how: How) -> None:
    async with StandIn() as slack:
        slack.faults.add("link", how, status=503, times=2)
        async with over_sockets(slack) as echo:
            assert echo.greetings == 1
            assert len(slack.calls("apps.connections.open")) >= 3  # aiohttp repeats a GET that was cut by itself


async def test_an_address_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "OPEN_WITHIN", 0.3)
    async with StandIn() as slack:
        slack.faults.add("apps.connections.open", How.STUCK, times=1)
        async with over_sockets(slack):
            assert len(slack.calls("apps.connections.open")) == 3


async def test_too_many_connections_wait_for_a_place() -> None:
    async with StandIn() as slack:
        slack.socket.others = 9
        async with over_sockets(slack, wait=False) as echo:
            await slack.until(lambda: slack.socket.opened >= 3, what="attempts")
            assert len(slack.socket.lines) <= 2
            slack.socket.others = 0
            await slack.until(lambda: len(slack.socket.usable) == 2 and len(slack.socket.lines) == 2, what="two connections")
            await slack.acked(await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat"))
            assert echo.heard == ["a cat"]


async def test_a_server_that_drops_every_connection_is_not_stormed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "MOST_OPENED", 6)
    monkeypatch.setattr(sockets, "OPENED_IN", 30.0)
    async with StandIn() as slack, over_sockets(slack, wait=False):
        for _ in range(6):
            await slack.until(lambda: slack.socket.usable or len(slack.calls("apps.connections.open")) >= 6, what="a connection")
            for line in slack.socket.usable:
                slack.socket.cut(line)
        await asyncio.sleep(0.3)
        assert len(slack.calls("apps.connections.open")) == 6


async def test_an_envelope_that_cannot_be_read_does_not_end_the_connection() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        line = slack.socket.usable[0]
        for text in (
            "",
            "not json",
            "[]",
            "{}",
            '{"type": "slash_commands", "envelope_id": "x", "payload": 5}',
            "[" * 5000,
            '{"type": null}',
        ):
            await line.ws.send_str(text)
        event = await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat")
        await slack.acked(event)
        assert echo.heard == ["a cat"]
        assert slack.socket.opened == 2


# ---- the end ----------------------------------------------------------------------------------------------------------------------


async def test_stopping_leaves_no_task_and_no_connection(caplog: pytest.LogCaptureFixture) -> None:
    async with StandIn() as slack:
        before = asyncio.all_tasks()
        async with over_sockets(slack) as echo:
            await slack.socket.refresh()  # stopped in the middle of a replacement
            await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat")
            began = time.monotonic()
            await echo.stop()
            assert time.monotonic() - began < 1.0
        await slack.until(lambda: not slack.socket.lines, what="every connection to end")
        ours = [task for task in asyncio.all_tasks() - before if task.get_name().startswith("slack-")]
        assert ours == []
        gc.collect()
        assert not [one for one in caplog.records if "destroyed" in one.getMessage() or "never retrieved" in one.getMessage()]


async def test_stopping_before_the_first_hello_leaves_nothing() -> None:
    async with StandIn() as slack:
        for turn in itertools.count():
            async with over_sockets(slack, wait=False) as echo:
                for _ in range(turn * 3):
                    await asyncio.sleep(0)
                greeted = echo.greetings
            await slack.until(lambda: not slack.socket.lines, what="every connection to end")
            if greeted:
                break
        assert turn > 1


async def test_a_command_that_is_being_worked_on_is_acknowledged_before_the_end() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        working = asyncio.Event()

        async def slowly(body: object) -> None:
            working.set()
            await asyncio.sleep(0.2)

        echo.before_ack = slowly
        event = await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat")
        await working.wait()
        await echo.stop()
        await slack.acked(event)


async def test_a_command_whose_connection_is_gone_is_acknowledged_before_the_end() -> None:
    async with StandIn() as slack, over_sockets(slack) as echo:
        working, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(body: object) -> None:
            working.set()
            await go_on.wait()

        echo.before_ack = slowly
        event = await slack.people.slash(slack.ada, slack.channel, "/imagine", "a cat")
        await working.wait()
        carrier = next(line for line in slack.socket.lines if line.sent)
        slack.socket.cut(carrier)
        await slack.until(lambda: slack.socket.opened == 3 and carrier not in slack.socket.lines, what="the replacement")
        stopping = asyncio.create_task(echo.stop())
        go_on.set()
        await stopping
        await slack.acked(event)


async def test_a_silent_connection_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CLOSE_WITHIN", 0.2)
    async with StandIn() as slack, over_sockets(slack) as echo:
        slack.socket.silence()
        began = time.monotonic()
        await echo.stop()
        assert time.monotonic() - began < 1.5
