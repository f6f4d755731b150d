"""The stand-in refuses what Slack refuses: else everything shown over it would mean nothing. Calls come from the real slack_sdk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.faults import How
from tests.slack import blockkit
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Event

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
MODAL = {"type": "modal", "callback_id": "form", "title": {"type": "plain_text", "text": "A form"}, "blocks": [SECTION]}


@contextlib.asynccontextmanager
async def slack(**options: Any) -> AsyncIterator[tuple[StandIn, AsyncWebClient]]:
    """A stand-in and a client of its bot."""
    async with StandIn(**options) as standin, aiohttp.ClientSession() as session:
        yield standin, AsyncWebClient(standin.workspace.token, base_url=f"{standin.base}/api/", session=session)


async def error(call: Any) -> str:
    """What a call was refused with; '' when it was taken."""
    try:
        await call
    except SlackApiError as refused:
        return str(refused.response["error"])
    return ""


def trigger(standin: StandIn, *, age: float = 0.0) -> Event:
    """Something a person did so long ago, not delivered to anybody."""
    event = Event(
        "interactive", "go", standin.ada, standin.channel, {"trigger_id": f"t{len(standin.world.triggers)}"}, standin.world.now() - age
    )
    event.world = standin.world
    standin.world.triggers[event.trigger_id] = event
    standin.world.responses[f"r{len(standin.world.responses)}"] = event
    return event


def respond_url(standin: StandIn) -> str:
    return f"{standin.base}/respond/{standin.workspace.id}/{list(standin.world.responses)[-1]}"


async def uploaded(client: AsyncWebClient, name: str = "a.png", content: bytes = PNG, **more: Any) -> str:
    """The three steps, as the SDK does them."""
    done = await client.files_upload_v2(filename=name, content=content, **more)
    return str(done["file"]["id"])


def image(file: str) -> dict[str, Any]:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": "a red bicycle"}


# ---- messages ----------------------------------------------------------------------------------------------------------------

WRONG_MESSAGES: list[tuple[str, str, dict[str, Any]]] = [
    ("nothing to show", "no_text", {"text": ""}),
    ("a text too long", "msg_too_long", {"text": "x" * 4001}),
    ("a section too long", "invalid_blocks", {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]}),
    ("all blocks too long", "msg_blocks_too_long", {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5}),
    ("an unknown block", "invalid_blocks", {"blocks": [{"type": "poster"}]}),
    ("51 blocks", "invalid_blocks", {"blocks": [SECTION] * 51}),
    ("one action id twice", "invalid_blocks", {"blocks": [{"type": "actions", "elements": [BUTTON, BUTTON]}]}),
    ("a file that is not there", "invalid_blocks", {"blocks": [image("F0000000000")]}),
    ("a file id of another kind", "invalid_blocks", {"blocks": [image("f1")]}),
    ("metadata without a type", "invalid_metadata_format", {"text": "x", "metadata": {"event_payload": {}}}),
    ("a thread that is not there", "thread_not_found", {"text": "x", "thread_ts": "1.000000"}),
]


@pytest.mark.parametrize(("what", "wanted", "body"), WRONG_MESSAGES)
async def test_a_message_that_slack_refuses_is_refused(what: str, wanted: str, body: dict[str, Any]) -> None:
    async with slack() as (standin, client):
        # Past the library's own warning about a missing text.
        call = client.api_call("chat.postMessage", json={"channel": standin.channel.id, "text": "x", **body, **QUIET})
        assert await error(call) == wanted
        assert standin.world.messages == []


async def test_slack_sdks_own_models_are_asked_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockkit, "message_problems", lambda payload: [])
    async with slack() as (standin, client):
        header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
        button = {**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}
        for block in (header, {"type": "actions", "elements": [button]}, {"type": "poster"}):
            await error(client.chat_postMessage(channel=standin.channel.id, text="x", blocks=[block], **QUIET))
        assert len(standin.violations) == 3, standin.violations


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("everybody is pinged", {"text": "<!channel>", **QUIET}),
        (
            "those who are here are pinged",
            {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "<!here|x>"}}], **QUIET},
        ),
        ("a person is pinged", {"text": "hi <@U012345678>", **QUIET}),
        ("names are parsed", {"text": "x", "link_names": True, **QUIET}),
        ("everything is parsed", {"text": "x", "parse": "full", **QUIET}),
        ("links unfold", {"text": "x", "unfurl_links": False}),
        ("a reply is broadcast", {"text": "x", "thread_ts": "", "reply_broadcast": True, **QUIET}),
    ],
)
async def test_what_members_would_suffer_from_is_a_violation(what: str, body: dict[str, Any]) -> None:
    async with slack() as (standin, client):
        first = await client.chat_postMessage(channel=standin.channel.id, text="first", **QUIET)
        assert standin.violations == []
        if "thread_ts" in body:
            body["thread_ts"] = first["ts"]
        assert await error(client.chat_postMessage(channel=standin.channel.id, **body)) == ""
        assert len(standin.violations) == 1, standin.violations


async def test_escaped_text_pings_nobody_and_is_read_as_it_was_typed() -> None:
    async with slack() as (standin, client):
        typed = "&lt;!channel&gt; &amp;amp; &lt;@U012345678&gt;"
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": typed, "verbatim": True}}]
        await client.chat_postMessage(channel=standin.channel.id, text=typed, blocks=blocks, **QUIET)
        assert standin.world.messages[-1].text == "<!channel> &amp; <@U012345678>"
        assert standin.violations == []


async def test_a_reader_sees_no_marks_of_mrkdwn() -> None:
    async with slack() as (standin, client):
        blocks: list[dict[str, Any]] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": "*bold* _thin_ 2*3*4 snake_case_name\n&gt; said\n`*code*` :fire:"}},
            {"type": "section", "text": {"type": "plain_text", "text": "*stars* &gt; :fire:", "emoji": False}},
        ]
        await client.chat_postMessage(channel=standin.channel.id, text="x", blocks=blocks, **QUIET)
        assert standin.world.messages[-1].text == "bold thin 2*3*4 snake_case_name\nsaid\n*code* ⟪fire⟫\n*stars* > :fire:"


async def test_a_bot_writes_where_it_is_and_edits_what_is_its_own() -> None:
    async with slack() as (standin, client):
        secret = standin.world.channel(standin.workspace, "secret", standin.ada, private=True, bot=False)
        strangers = standin.world.dm(standin.ada, standin.ben)
        for channel, wanted in (
            (standin.elsewhere.id, "not_in_channel"),
            (secret.id, "channel_not_found"),
            (strangers.id, "channel_not_found"),
        ):
            assert await error(client.chat_postMessage(channel=channel, text="x", **QUIET)) == wanted
        standin.channel.archived = True
        assert await error(client.chat_postMessage(channel=standin.channel.id, text="x", **QUIET)) == "is_archived"
        standin.channel.archived = False
        ts = (await client.chat_postMessage(channel=standin.channel.id, text="x", **QUIET))["ts"]
        where = standin.channel.id
        assert await error(client.chat_update(channel=where, ts="1.0", text="y")) == "message_not_found"
        assert await error(client.chat_update(channel=where, ts=ts, text="y" * 4001)) == "msg_too_long"
        foreign = standin.messages.add(standin.channel, standin.ada, {"text": "mine"}, route="typed")
        assert await error(client.chat_update(channel=where, ts=foreign.ts, text="y")) == "cant_update_message"
        assert await error(client.chat_delete(channel=where, ts=foreign.ts)) == "cant_delete_message"
        assert await error(client.chat_update(channel=where, ts=ts, blocks=[SECTION], text="y")) == ""
        await client.chat_update(channel=where, ts=ts, text="only words")
        assert standin.world.messages[0].text == "only words"
        assert await error(client.chat_delete(channel=where, ts=ts)) == ""
        assert await error(client.chat_update(channel=where, ts=ts, text="y")) == "message_not_found"


async def test_an_ephemeral_reaches_members_only_and_cannot_be_edited() -> None:
    async with slack() as (standin, client):
        where = standin.channel.id
        assert await error(client.chat_postEphemeral(channel=where, user=standin.mona.id, text="x")) == "user_not_in_channel"
        ts = (await client.chat_postEphemeral(channel=where, user=standin.ada.id, text="x"))["message_ts"]
        assert [one.text for one in standin.visible(standin.ada)] == ["x"]
        assert standin.visible(standin.ben) == []
        assert await error(client.chat_update(channel=where, ts=ts, text="y")) == "message_not_found"
        assert (await client.conversations_history(channel=where))["messages"] == []


async def test_metadata_is_told_to_those_who_ask_and_kept_until_it_is_replaced() -> None:
    async with slack() as (standin, client):
        where, metadata = standin.channel.id, {"event_type": "imagine_bot_message", "event_payload": {"id": "m1"}}
        top = (await client.chat_postMessage(channel=where, text="x", metadata=metadata, **QUIET))["ts"]
        reply = (await client.chat_postMessage(channel=where, text="y", thread_ts=top, metadata=metadata, **QUIET))["ts"]
        await client.chat_update(channel=where, ts=top, text="z")
        plain = (await client.conversations_history(channel=where))["messages"]
        assert [one["ts"] for one in plain] == [top]
        assert "metadata" not in plain[0]
        told = (await client.conversations_history(channel=where, include_all_metadata=True))["messages"]
        assert told[0]["metadata"] == metadata
        thread = (await client.conversations_replies(channel=where, ts=top, include_all_metadata=True))["messages"]
        assert [one["ts"] for one in thread] == [top, reply]
        assert standin.world.messages[0].identity == "m1"


# ---- people and channels -----------------------------------------------------------------------------------------------------


async def test_members_come_in_pages_and_only_to_those_inside() -> None:
    async with slack() as (standin, client):
        standin.world.page_size = 2
        many = [standin.world.user(f"P{n}", standin.workspace) for n in range(5)]
        room = standin.world.channel(standin.workspace, "room", *many, private=True)
        found: list[str] = []
        async for page in await client.conversations_members(channel=room.id, limit=100):
            assert len(page["members"]) <= 2
            found += page["members"]
        assert found == room.members
        room.members.remove(standin.bot.id)
        assert await error(client.conversations_members(channel=room.id)) == "channel_not_found"
        assert await error(client.conversations_members(channel=standin.channel.id, cursor="nonsense")) == "invalid_cursor"


async def test_direct_channels_are_opened_once_and_not_for_those_who_left() -> None:
    async with slack() as (standin, client):
        first, again = [(await client.conversations_open(users=standin.ada.id))["channel"]["id"] for _ in range(2)]
        assert first == again
        assert first.startswith("D")
        standin.ben.deleted = True
        assert await error(client.conversations_open(users=standin.ben.id)) == "user_disabled"
        assert await error(client.conversations_open(users="U0")) == "user_not_found"
        standin.ada.takes_dms = False
        assert await error(client.chat_postMessage(channel=first, text="x", **QUIET)) == "messages_tab_disabled"


# ---- modals and response URLs ------------------------------------------------------------------------------------------------


async def test_a_trigger_lives_three_seconds_and_opens_one_modal() -> None:
    async with slack() as (standin, client):
        fresh = trigger(standin)
        opened = (await client.views_open(trigger_id=fresh.trigger_id, view=MODAL))["view"]
        assert fresh.opened is not None
        assert fresh.opened.title == "A form"
        assert await error(client.views_open(trigger_id=fresh.trigger_id, view=MODAL)) == "exchanged_trigger_id"
        assert await error(client.views_open(trigger_id=trigger(standin, age=3.2).trigger_id, view=MODAL)) == "expired_trigger_id"
        standin.views.as_invalid_arguments = True
        assert await error(client.views_open(trigger_id=trigger(standin, age=3.2).trigger_id, view=MODAL)) == "invalid_arguments"
        assert await error(client.views_open(trigger_id="made-up", view=MODAL)) == "invalid_trigger_id"
        wordy = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
        assert await error(client.views_open(trigger_id=trigger(standin).trigger_id, view=wordy)) == "invalid_arguments"
        assert await error(client.views_update(view_id=opened["id"], hash="stale", view=MODAL)) == "hash_conflict"
        assert await error(client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)) == ""
        fresh.opened.open = False
        assert await error(client.views_update(view_id=opened["id"], view=MODAL)) == "not_found"


async def test_a_response_url_works_five_times_within_half_an_hour_and_without_membership() -> None:
    async with slack() as (standin, _), aiohttp.ClientSession() as session:

        async def respond(body: dict[str, Any]) -> int:
            async with session.post(respond_url(standin), json=body) as answer:
                return answer.status

        event = trigger(standin)
        event.channel = standin.elsewhere
        for _ in range(4):
            assert await respond({"text": "for you"}) == 200
        assert await respond({"text": "for all", "response_type": "in_channel", **QUIET}) == 200
        assert [one.only_for for one in event.answers] == [standin.ada.id] * 4 + [None]
        assert standin.violations == []
        assert await respond({"text": "a sixth"}) == 404
        assert len(standin.violations) == 1
        trigger(standin)
        standin.world.skew += 30 * 60 + 1
        assert await respond({"text": "late"}) == 404


# ---- files -------------------------------------------------------------------------------------------------------------------


async def processed(client: AsyncWebClient, file: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while not (found := (await client.files_info(file=file))["file"])["mimetype"]:  # noqa: ASYNC110 - polling is the way
            await asyncio.sleep(0.01)
    return dict(found)


async def test_a_file_can_be_shown_when_it_is_processed_and_not_before() -> None:
    async with slack() as (standin, client):
        standin.world.processing_polls = 2
        file = await uploaded(client)
        assert standin.calls("upload")[0].args["size"] == len(PNG)
        where = standin.channel.id
        assert await error(client.chat_postMessage(channel=where, text="x", blocks=[image(file)], **QUIET)) == "invalid_blocks"
        assert (await processed(client, file))["shares"] == {}
        assert len(standin.calls("files.info")) >= 3
        await client.chat_postMessage(channel=where, text="x", blocks=[image(file)], **QUIET)
        assert standin.world.messages[-1].pictures == [(file, "a red bicycle")]
        standin.world.hidden_files = True
        assert await error(client.chat_postMessage(channel=where, text="x", blocks=[image(file)], **QUIET)) == "invalid_blocks"
        assert standin.violations == []


async def test_a_shared_file_becomes_a_message_later() -> None:
    async with slack() as (standin, client):
        parent = (await client.chat_postMessage(channel=standin.channel.id, text="x", **QUIET))["ts"]
        file = await uploaded(client, channel=standin.channel.id, thread_ts=parent)
        await standin.until(lambda: len(standin.world.messages) == 2)
        share = (await client.files_info(file=file))["file"]["shares"]["public"][standin.channel.id][0]
        assert (share["ts"], share["thread_ts"]) == (standin.world.messages[-1].ts, parent)
        standin.world.never_shared = True
        lost = await uploaded(client, channel=standin.channel.id)
        assert (await processed(client, lost))["shares"] == {}
        assert await error(uploaded(client, channel=standin.elsewhere.id)) == "not_in_channel"
        assert await error(uploaded(client, channel="C0000000000")) == "channel_not_found"


async def test_alt_text_at_the_upload_loses_the_file_without_a_word() -> None:
    async with slack() as (standin, client):
        file = await uploaded(client, alt_txt="a bicycle", channel=standin.channel.id)
        await asyncio.sleep(standin.world.processing_seconds * 2)
        found = (await client.files_info(file=file))["file"]
        assert (found["mimetype"], found["shares"], standin.world.messages) == ("", {}, [])


async def test_only_pictures_that_slack_shows_are_shown() -> None:
    async with slack() as (standin, client):
        for name, content in (("a.webp", b"RIFF0000WEBP"), ("a.png", b"RIFF0000WEBP")):
            file = await uploaded(client, name, content)
            await processed(client, file)
            call = client.chat_postMessage(channel=standin.channel.id, text="x", blocks=[image(file)], **QUIET)
            assert await error(call) == "invalid_blocks"
        assert len([one for one in standin.violations if "does not show" in one]) == 2


# ---- tokens, scopes, rates, faults -------------------------------------------------------------------------------------------


async def test_tokens_and_scopes_are_checked() -> None:
    async with slack() as (standin, client):
        assert await error(client.auth_test(token="xoxb-wrong")) == "invalid_auth"
        assert await error(client.apps_connections_open(app_token="xapp-wrong")) == "invalid_auth"
        assert await error(client.apps_connections_open(app_token=standin.workspace.token)) == "not_allowed_token_type"
        answer = await client.auth_test()
        assert set(answer.headers["x-oauth-scopes"].split(",")) == standin.world.scopes
        standin.world.scopes.discard("groups:read")
        with pytest.raises(SlackApiError) as refused:
            await client.conversations_members(channel=standin.mods.id)
        assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "groups:read")
        assert await error(client.api_call("chat.shout")) == "unknown_method"
        standin.world.token_error = "token_revoked"
        assert await error(client.auth_test()) == "token_revoked"


async def test_rates_are_slacks_when_they_are_asked_for() -> None:
    async with slack(rates=True) as (standin, client):
        for _ in range(3):
            await client.chat_postMessage(channel=standin.channel.id, text="x", **QUIET)
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=standin.channel.id, text="x", **QUIET)
        assert refused.value.response.status_code == 429
        assert 1 <= int(refused.value.response.headers["Retry-After"]) <= 4
        assert await error(client.chat_postMessage(channel=standin.mods.id, text="x", **QUIET)) == ""
        standin.world.skew += 5
        assert await error(client.chat_postMessage(channel=standin.channel.id, text="x", **QUIET)) == ""


async def test_faults_refuse_lose_and_cut_by_method() -> None:
    async with slack() as (standin, client):
        client.retry_handlers.clear()
        where = standin.channel.id
        standin.faults.refuse("chat.postMessage", "fatal_error")
        assert await error(client.chat_postMessage(channel=where, text="x", **QUIET)) == "fatal_error"
        standin.faults.ratelimited("chat.*", 7)
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=where, text="x", **QUIET)
        assert refused.value.response.headers["Retry-After"] == "7"
        standin.faults.add("chat.postMessage", How.CUT)
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=where, text="x", **QUIET)
        assert standin.world.messages == []
        standin.faults.add("chat.postMessage", How.LOST)
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=where, text="x", **QUIET)
        standin.faults.add("chat.postMessage", How.DONE_BUT, status=504)
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel=where, text="x", **QUIET)
        assert len(standin.world.messages) == 2
        standin.faults.add("chat.postMessage", How.STUCK)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.chat_postMessage(channel=where, text="x", **QUIET)
        standin.faults.add("upload", status=503)
        with pytest.raises(SlackRequestError):
            await uploaded(client)
