"""Every call with the real slack_sdk over the stand-in: what is asked of Slack, and what is believed of its answers."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import wire as module
from adapters.slack.errors import ErrorClass, NotConnected, RespondFailed, Unreadable, classify_error
from adapters.slack.moderators import SlackModerators
from adapters.slack.render import Body
from adapters.slack.wire import SlackWire
from bot.ports import SystemPorts
from tests.platforms.faults import How
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Event

WORDS = Body("a picture is made", [{"type": "section", "text": {"type": "mrkdwn", "text": "a picture is made", "verbatim": True}}])
OTHER = Body("it is done", [{"type": "section", "text": {"type": "mrkdwn", "text": "it is done", "verbatim": True}}])
MODAL = {"type": "modal", "callback_id": "v1:x:y", "title": {"type": "plain_text", "text": "A form"}, "blocks": WORDS.blocks}


@contextlib.asynccontextmanager
async def slack() -> AsyncIterator[tuple[StandIn, SlackWire]]:
    async with StandIn() as standin, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2.0)) as session:
        client = AsyncWebClient(standin.workspace.token, base_url=f"{standin.base}/api/", session=session, retry_handlers=[])
        yield standin, SlackWire(client, session)
        assert standin.violations == []


async def error_class(call: Any) -> ErrorClass | None:
    """What a call's failure means; None when it succeeded."""
    try:
        await call
    except Exception as error:
        classified = classify_error(error)
        return None if classified is None else classified.error_class
    return None


def pressed(standin: StandIn, *, age: float = 0.0) -> tuple[Event, str]:
    """A press by Ada that the bot may answer, and its response_url."""
    event = Event("interactive", "go", standin.ada, standin.channel, {"trigger_id": "t1"}, standin.world.now() - age)
    event.world = standin.world
    standin.world.triggers["t1"] = standin.world.responses["r1"] = event
    return event, f"{standin.base}/respond/{standin.workspace.id}/r1"


# ---- messages ----------------------------------------------------------------------------------------------------------------


async def test_a_post_carries_its_identity_twice_and_unfolds_nothing() -> None:
    async with slack() as (standin, wire):
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        message = standin.world.messages[0]
        assert message.ts == ts
        assert message.metadata == {"event_type": "imagine_bot_message", "event_payload": {"id": "m1"}}
        assert message.blocks[0]["block_id"] == "m:m1"
        assert "block_id" not in WORDS.blocks[0]
        asked = standin.calls("chat.postMessage")[0].args
        assert (asked["unfurl_links"], asked["unfurl_media"]) == (False, False)
        assert not {"link_names", "parse", "username", "as_user", "reply_broadcast", "mrkdwn"} & set(asked)


async def test_an_edit_keeps_the_identity_and_the_place() -> None:
    async with slack() as (standin, wire):
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        await wire.update(standin.channel.id, ts, OTHER, "m1")
        [message] = standin.world.messages
        assert (message.text, message.identity, message.blocks[0]["block_id"]) == ("it is done", "m1", "m:m1")


async def test_a_post_in_a_thread_stays_in_it() -> None:
    async with slack() as (standin, wire):
        first = standin.messages.add(standin.channel, standin.ada, {"text": "hello"}, route="typed")
        await wire.post(standin.channel.id, first.ts, WORDS, "m1")
        assert standin.world.messages[-1].thread_ts == first.ts


async def test_nothing_is_repeated_when_an_answer_is_lost() -> None:
    async with slack() as (standin, wire):
        standin.faults.add("chat.postMessage", How.LOST)
        assert await error_class(wire.post(standin.channel.id, None, WORDS, "m1")) is ErrorClass.LOST
        assert len(standin.calls("chat.postMessage")) == 1
        assert len(standin.world.messages) == 1


async def test_an_answer_without_a_ts_is_as_good_as_lost() -> None:
    async with slack() as (standin, wire):
        standin.faults.add("chat.postMessage", How.DONE_BUT, status=200, body={"ok": True, "ts": None})
        with pytest.raises(Unreadable):
            await wire.post(standin.channel.id, None, WORDS, "m1")


async def test_a_message_is_deleted() -> None:
    async with slack() as (standin, wire):
        ts = await wire.post(standin.channel.id, None, WORDS, "m1")
        await wire.delete(standin.channel.id, ts)
        assert standin.visible(standin.ada) == []
        assert await error_class(wire.delete(standin.channel.id, ts)) is ErrorClass.GONE


async def test_what_slack_refuses_is_raised_as_it_came() -> None:
    async with slack() as (standin, wire):
        with pytest.raises(SlackApiError):
            await wire.post(standin.elsewhere.id, None, WORDS, "m1")
        assert await error_class(wire.post(standin.elsewhere.id, None, WORDS, "m1")) is ErrorClass.NOT_MEMBER


# ---- response URLs -----------------------------------------------------------------------------------------------------------


async def test_an_answer_over_a_response_url_is_for_one_or_for_all() -> None:
    async with slack() as (standin, wire):
        _, url = pressed(standin)
        await wire.respond(url, WORDS, public=False)
        await wire.respond(url, OTHER, public=True)
        assert [one.text for one in standin.visible(standin.ben)] == ["it is done"]
        assert [one.text for one in standin.visible(standin.ada)] == ["a picture is made", "it is done"]
        assert "Authorization" not in str(standin.calls("respond")[0])


async def test_an_answer_over_a_response_url_replaces_what_was_pressed() -> None:
    async with slack() as (standin, wire):
        event, url = pressed(standin)
        await wire.post(standin.channel.id, None, WORDS, "m1")
        event.source = standin.world.messages[0]
        await wire.respond(url, OTHER, public=True, replace=True)
        assert [one.text for one in standin.world.messages] == ["it is done"]


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ({"status": 404, "body": {"ok": False, "error": "used_url"}}, ErrorClass.OVER),
        ({"status": 404, "body": b"expired"}, ErrorClass.OVER),
        ({"status": 410, "body": b""}, ErrorClass.OVER),
        ({"status": 200, "body": {"ok": False, "error": "expired_url"}}, ErrorClass.OVER),
        ({"status": 200, "body": b"expired_url"}, ErrorClass.OVER),
        ({"status": 200, "body": {"ok": False, "error": "invalid_payload"}}, ErrorClass.INVALID),
        ({"status": 403, "body": b"action_prohibited"}, ErrorClass.FORBIDDEN),
        ({"status": 429, "headers": {"Retry-After": "3"}}, ErrorClass.WAIT),
        ({"status": 500}, ErrorClass.LOST),
        ({"status": 503}, ErrorClass.LOST),
        ({"status": 307, "body": b"", "headers": {"Location": "http://127.0.0.1:9/"}}, ErrorClass.OVER),
    ],
)
async def test_a_response_url_that_takes_nothing_says_why(fault: dict[str, Any], wanted: ErrorClass) -> None:
    async with slack() as (standin, wire):
        _, url = pressed(standin)
        standin.faults.add("respond", **fault)
        assert await error_class(wire.respond(url, WORDS, public=False)) is wanted
        assert len(standin.calls("respond")) == 1


async def test_an_old_response_url_and_a_used_one_are_over() -> None:
    async with slack() as (standin, wire):
        _, url = pressed(standin, age=31 * 60.0)
        assert await error_class(wire.respond(url, WORDS, public=False)) is ErrorClass.OVER
        event, url = pressed(standin)
        event.response_uses = 5
        standin.faults.add("respond", status=404, body={"ok": False, "error": "used_url"})
        assert await error_class(wire.respond(url, WORDS, public=False)) is ErrorClass.OVER


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://hooks.slack.com/commands/T1/2/3", True),
        ("https://hooks.slack-gov.com/actions/T1/2/3", True),
        ("http://127.0.0.1:8080/respond/1", True),
        ("http://localhost:8080/respond/1", True),
        ("http://hooks.slack.com/commands/T1/2/3", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://10.0.0.5/", False),
        ("https://user:secret@hooks.slack.com/", False),
        ("file:///etc/passwd", False),
        ("ftp://127.0.0.1/", False),
        ("//127.0.0.1/", False),
        ("https://", False),
        ("http://[::1", False),
        ("", False),
    ],
)
async def test_only_addresses_that_can_be_slacks_are_called(url: str, trusted: bool) -> None:
    async with slack() as (_, wire):
        assert wire.trusts(url) is trusted
        if not trusted:
            with pytest.raises(RespondFailed):
                await wire.respond(url, WORDS, public=True)


async def test_plain_http_is_called_on_the_host_of_slacks_own_address_alone() -> None:
    async with aiohttp.ClientSession() as session:
        wire = SlackWire(AsyncWebClient("xoxb-1", base_url="https://slack.com/api/"), session)
        assert not wire.trusts("http://127.0.0.1:8080/respond/1")
        assert wire.trusts("https://hooks.slack.com/commands/1")
        wire = SlackWire(AsyncWebClient("xoxb-1", base_url="http://stand-in:8080/api/"), session)
        assert wire.trusts("http://stand-in:9090/upload/1")
        assert not wire.trusts("http://elsewhere:8080/upload/1")
        assert not wire.trusts("http://127.0.0.1:8080/upload/1")


async def test_without_a_connection_nothing_was_sent() -> None:
    wire = SlackWire(AsyncWebClient("xoxb-1", base_url="https://slack.com/api/"), None)
    with pytest.raises(NotConnected):
        await wire.respond("https://hooks.slack.com/commands/1", WORDS, public=True)


# ---- one person, forms -------------------------------------------------------------------------------------------------------


async def test_a_whisper_is_read_by_one() -> None:
    async with slack() as (standin, wire):
        await wire.post_ephemeral(standin.channel.id, standin.ada.id, WORDS)
        assert [one.text for one in standin.visible(standin.ada)] == ["a picture is made"]
        assert standin.visible(standin.ben) == []
        assert await error_class(wire.post_ephemeral(standin.channel.id, standin.mona.id, WORDS)) is ErrorClass.NO_DIRECT


@pytest.mark.parametrize(("author", "found"), [({}, True), ({"user": "U0STRANGER"}, False), ({"bot_id": "B0STRANGER"}, False)])
async def test_a_lost_post_is_known_by_its_mark_unless_somebody_else_wrote_it(author: dict[str, str], found: bool) -> None:
    async with slack() as (standin, wire):
        message = {"type": "message", "ts": "1750000000.000100", "metadata": {"event_type": "x", "event_payload": {"id": "m1"}}, **author}
        standin.faults.add("conversations.history", status=200, body={"ok": True, "messages": [message]})
        assert (await wire.find(standin.channel.id, None, "m1", None) == message["ts"]) is found


async def test_a_direct_channel_is_opened_once() -> None:
    async with slack() as (standin, wire):
        first, second = await wire.direct_channel(standin.ada.id), await wire.direct_channel(standin.ada.id)
        assert first == second
        assert first.startswith("D")
        assert len(standin.calls("conversations.open")) == 1
        standin.ben.deleted = True
        assert await error_class(wire.direct_channel(standin.ben.id)) is ErrorClass.NO_DIRECT


@pytest.mark.parametrize("error", ["missing_scope", "unknown_method"])
async def test_without_the_right_to_open_direct_messages_slack_finds_the_channel_of_a_person(error: str) -> None:
    async with slack() as (standin, wire):
        standin.faults.refuse("conversations.open", error, times=9)
        assert await wire.direct_channel(standin.ada.id) == standin.ada.id
        direct = standin.world.dm(standin.ada)
        body = {"ok": True, "channel": direct.id, "ts": "1750000000.000100"}
        standin.faults.add("chat.postMessage", status=200, body=body)
        await wire.post(standin.ada.id, None, WORDS, "m1")
        assert wire.where(standin.ada.id) == await wire.direct_channel(standin.ada.id) == direct.id
        assert wire.where(standin.channel.id) == standin.channel.id


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "view": {"id": "V1"}}])
async def test_a_form_that_is_open_counts_as_open_however_little_slack_says_of_it(body: dict[str, Any]) -> None:
    async with slack() as (standin, wire):
        standin.faults.add("views.open", status=200, body=body)
        assert await wire.open_view("t1", MODAL) == ("V1" if "view" in body else "", "")


async def test_a_form_is_opened_and_filled() -> None:
    async with slack() as (standin, wire):
        event, _ = pressed(standin)
        view, hash_ = await wire.open_view("t1", MODAL)
        await wire.update_view(view, hash_, {**MODAL, "blocks": OTHER.blocks})
        assert event.opened is not None
        assert "it is done" in str(event.opened.body)
        assert await error_class(wire.update_view(view, hash_, MODAL)) is ErrorClass.GONE  # somebody else was faster


async def test_a_form_that_comes_too_late_says_so() -> None:
    async with slack() as (standin, wire):
        pressed(standin, age=4.0)
        assert await error_class(wire.open_view("t1", MODAL)) is ErrorClass.TRIGGER


# ---- people ------------------------------------------------------------------------------------------------------------------


async def test_members_are_read_to_the_last_page() -> None:
    async with slack() as (standin, wire):
        standin.world.page_size = 3
        people = [standin.world.user(f"P{number}", standin.workspace) for number in range(10)]
        room = standin.world.channel(standin.workspace, "room", *people, private=True)
        assert await wire.members(room.id) == {*(one.id for one in people), standin.bot.id}


async def test_endless_pages_of_members_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMBER_PAGES", 4)
    async with slack() as (standin, wire):
        standin.world.page_size = 1
        people = [standin.world.user(f"P{number}", standin.workspace) for number in range(10)]
        room = standin.world.channel(standin.workspace, "room", *people, private=True)
        assert len(await wire.members(room.id)) == 4


@pytest.mark.parametrize(("more", "administers"), [({}, False), ({"is_admin": True}, True), ({"is_admin": True, "deleted": True}, False)])
async def test_an_admin_is_one_who_is_still_there(more: dict[str, bool], administers: bool) -> None:
    async with slack() as (standin, wire):
        user = standin.world.user("Someone", standin.workspace, **more)
        assert (await wire.who(user.id)).administers is administers


@pytest.mark.parametrize(
    ("more", "administers"),
    [
        ({"team_id": "T1"}, True),
        ({"profile": {"team": "T1"}}, True),
        ({}, True),
        ({"team_id": "T2"}, False),
        ({"profile": {"team": "T2"}}, False),
        ({"is_stranger": True}, False),
    ],
)
async def test_an_admin_from_elsewhere_administers_nothing_here(more: dict[str, Any], administers: bool) -> None:
    async with slack() as (standin, wire):
        standin.faults.add("users.info", status=200, body={"ok": True, "user": {"id": "U1", "is_admin": True, **more}})
        assert await SlackModerators(wire, SystemPorts()).is_administrator("U1", "T1") is administers


# ---- our own check -----------------------------------------------------------------------------------------------------------

TOO_LONG = Body("x", [{"type": "section", "text": {"type": "mrkdwn", "text": "secret " * 600}}])


async def test_a_payload_that_slack_would_refuse_is_an_error_in_tests() -> None:
    async with slack() as (standin, wire):
        with pytest.raises(AssertionError):
            await wire.post(standin.channel.id, None, TOO_LONG, "m1")
        with pytest.raises(AssertionError):
            await wire.open_view("t1", {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}})
        assert standin.calls("chat.postMessage") == []
