"""The whole bot while Slack's connections come and go, and while others than Slack knock: one answer each, and none to strangers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from adapters.slack import sockets
from tests.slack.stage import Stage, stage
from tests.slack.standin.world import Event


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "AGAIN", (0.05, 0.1))
    monkeypatch.setattr(sockets, "QUIET", 0.2)


async def drawn(s: Stage, *prompts: str) -> None:
    """Every prompt was drawn once and is shown once."""
    await s.until(lambda: len(s.slack.final()) == len(prompts), 20, "the pictures")
    await s.settled()
    assert sorted(call.prompt for call in s.service.calls) == sorted(prompts)
    assert len(s.slack.final()) == len(prompts)


async def both_up(s: Stage) -> None:
    await s.until(lambda: len(s.slack.socket.usable) == 2, what="two connections")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_commands_around_a_disconnect_of_every_connection_are_answered_once(tmp_path: Path, reason: str) -> None:
    async with stage(tmp_path) as s:
        await both_up(s)
        events: list[Event] = []
        for number in range(4):
            events.append(await s.slack.people.slash(s.ada, s.channel, "/imagine", f"a cat {number}"))
            await s.slack.socket.disconnect(reason)
            await both_up(s)
        await s.until(lambda: all(one.acked for one in events), what="acknowledgements")
        await drawn(s, *(f"a cat {number}" for number in range(4)))
        assert not any(one.failed for one in events)
        assert len(s.ready) == 1


async def test_a_command_whose_connection_is_cut_after_it_was_stored_is_still_answered_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await both_up(s)
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine", "a cat")
        for line in s.slack.socket.usable:
            if line.sent:
                s.slack.socket.cut(line)
        await drawn(s, "a cat")
        await s.slack.acked(event)


async def test_a_mention_that_no_connection_acknowledged_comes_again_and_is_one_request(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await both_up(s)
        s.slack.socket.redeliver_after = 0.5
        s.slack.socket.strict_acks = True
        event = await s.slack.people.mention(s.ada, s.channel, "a cat")
        await s.until(lambda: event.deliveries == 1, what="the delivery")
        for line in s.slack.socket.usable:
            s.slack.socket.cut(line)
        await s.slack.acked(event)
        await drawn(s, "a cat")


async def test_a_press_that_comes_on_both_connections_is_one_press(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await both_up(s)
        await s.imagine("a cat")
        message = await s.picture()
        press = await s.press(s.ada, message, "Again")
        await s.slack.people.again(press)
        await s.slack.people.again(press)
        await drawn(s, "a cat", "a cat")


async def test_a_dead_connection_is_replaced_while_the_other_one_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HEARTBEAT", 0.2)
    async with stage(tmp_path) as s:
        await both_up(s)
        dead = s.slack.socket.silence()
        dead.leaving = True  # Slack has noticed too; otherwise it would send half of the commands into the void
        await s.imagine("a cat")
        await s.until(lambda: s.slack.socket.opened == 3 and dead not in s.slack.socket.lines, what="the replacement")
        await s.imagine("a dog")
        await drawn(s, "a cat", "a dog")


async def test_slack_being_away_for_a_while_is_survived(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await both_up(s)
        assert s.bot is not None
        link = s.bot.supervisor.link("slack:connection")
        assert link.up
        s.slack.faults.add("apps.connections.open", status=503, times=4)
        for line in s.slack.socket.usable:
            s.slack.socket.cut(line)
        await s.until(lambda: not link.up, what="the loss to be noticed")
        await both_up(s)
        await s.imagine("a cat")
        await drawn(s, "a cat")
        assert link.up


async def test_over_http_what_is_not_slacks_reaches_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path, mode="http") as s:
        s.slack.through = "socket"  # made, and sent by hand
        event = await s.slack.people.slash(s.ada, s.channel, "/imagine", "a forged cat")
        s.slack.through = "http"
        body, kind = s.slack.http.body(event)
        assert (await s.slack.http.forged(event)).status == 401
        assert (await s.slack.http.stale(event)).status == 401
        assert (await s.slack.http.send(body, kind, headers={})).status == 401
        assert (await s.slack.http.send(body + b"&x=%ff", kind)).status == 400
        assert (await s.slack.http.send(body, "text/plain")).status == 400
        assert (await s.slack.http.send(body, kind, method="PUT")).status == 405
        await s.imagine("a payload of cats")
        await drawn(s, "a payload of cats")
        answers = await s.slack.http.replayed(event)
        assert [one.status for one in answers] == [200, 401]
        await drawn(s, "a payload of cats", "a forged cat")


async def test_over_http_a_mention_whose_answer_was_lost_is_one_request(tmp_path: Path) -> None:
    async with stage(tmp_path, mode="http") as s:
        event = await s.slack.people.mention(s.ada, s.channel, "a cat")
        await s.slack.acked(event)
        await asyncio.gather(*(s.slack.people.again(event) for _ in range(3)))
        await drawn(s, "a cat")
