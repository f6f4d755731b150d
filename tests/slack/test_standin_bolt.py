"""The stand-in carries a bare slack_bolt app: commands, buttons, forms and mentions, over Socket Mode and over signed HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.texts.clocks import marked
from tests.local_server import served
from tests.slack.standin.driver import CannotDo
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Message

TITLE = {"type": "plain_text", "text": "A form"}


def label(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def entry(name: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": name, "label": label(name), "element": {"action_id": f"{name}-a", **element}, **more}


SIZES = [{"text": label("Square"), "value": "1:1"}, {"text": label("Wide"), "value": "16:9"}]
FORM = {
    "type": "modal",
    "callback_id": "form",
    "title": TITLE,
    "submit": label("Go"),
    "blocks": [
        entry("prompt", {"type": "plain_text_input", "max_length": 20}),
        entry("size", {"type": "static_select", "options": SIZES, "initial_option": SIZES[0]}),
        entry("count", {"type": "radio_buttons", "options": SIZES}, optional=True),
        entry("private", {"type": "checkboxes", "options": [{"text": label("Only me"), "value": "yes"}]}, optional=True),
    ],
}
CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*A card*"}},
    {"type": "actions", "elements": [{"type": "button", "text": label("Press"), "action_id": "v1:press:7"}]},
]


@dataclass
class Bolt:
    """A small app, and what it heard."""

    standin: StandIn
    app: AsyncApp
    heard: list[dict[str, Any]] = field(default_factory=list)
    handlers: list[AsyncSocketModeHandler] = field(default_factory=list)
    lose: int = 0
    """So many events are heard without an acknowledgement."""
    refusal: str = "Not this."
    """What the form says about a bad prompt."""

    def listen(self) -> None:
        app = self.app

        @app.command("/card")
        async def card(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            self.heard.append(body)
            await client.chat_postMessage(channel=body["channel_id"], text="card", blocks=CARD, unfurl_links=False, unfurl_media=False)

        @app.command("/form")
        async def form(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @app.command("/said")
        async def said(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            await ack(text="in the acknowledgement", response_type="ephemeral")

        @app.action("v1:press:7")
        async def press(ack: Any, body: dict[str, Any], respond: Any) -> None:
            await ack()
            self.heard.append(body)
            await respond("pressed", replace_original=False)

        @app.view("form")
        async def submitted(ack: Any, body: dict[str, Any]) -> None:
            self.heard.append(body)
            values = body["view"]["state"]["values"]
            if values["prompt"]["prompt-a"]["value"] == "bad":
                await ack(response_action="errors", errors={"prompt": self.refusal})
            else:
                await ack()

        @app.event("app_mention")
        async def mention(body: dict[str, Any], say: Any) -> None:
            self.heard.append(body)
            if self.lose:
                self.lose -= 1
                raise RuntimeError("lost")

    async def connect(self, count: int = 2, ping: float = 1.0) -> None:
        for _ in range(count):
            handler = AsyncSocketModeHandler(self.app, app_token=self.standin.world.app_token, ping_interval=ping)
            self.handlers.append(handler)
            await handler.connect_async()  # type: ignore[no-untyped-call]
        await self.standin.until(lambda: len(self.standin.socket.usable) == count, what="connections")


@contextlib.asynccontextmanager
async def bolt(through: str = "socket", *, connections: int = 2) -> AsyncIterator[Bolt]:
    async with StandIn() as standin:
        env = standin.environment()
        client = AsyncWebClient(token=env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"])
        found = Bolt(
            standin, AsyncApp(client=client, signing_secret=env["SLACK_SIGNING_SECRET"], process_before_response=through == "http")
        )
        found.listen()
        runner = web.AppRunner(found.app.web_app("/slack/events"))
        if through == "http":
            standin.through = "http"
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            standin.http.address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        else:
            await found.connect(connections)
        try:
            yield found
        finally:
            for handler in found.handlers:
                await handler.close_async()  # type: ignore[no-untyped-call]
            await runner.cleanup()


async def card(found: Bolt) -> Message:
    """The message with a button that /card posts."""
    await found.standin.people.slash(found.standin.ada, found.standin.channel, "card")
    await found.standin.until(lambda: [one for one in found.standin.world.messages if one.buttons], what="a card")
    return next(one for one in found.standin.world.messages if one.buttons)


BOTH = pytest.mark.parametrize("through", ["socket", "http"])


@BOTH
async def test_a_command_a_button_and_its_answer_work(through: str) -> None:
    async with bolt(through) as found:
        message = await card(found)
        assert (message.text, message.buttons) == ("A card", {"Press": "v1:press:7"})
        event = await found.standin.people.press(found.standin.ben, message, "Press")
        await found.standin.until(lambda: event.answers and event.acked)
        assert (event.answers[0].text, event.answers[0].only_for) == ("pressed", found.standin.ben.id)
        assert found.heard[-1]["message"]["ts"] == message.ts
        assert not event.failed
        assert event.took is not None
        assert event.took < 3


@pytest.mark.parametrize("refusal", [marked(1_796_032_800, "30 Nov, 10:00 UTC"), "<!date^1796032800^{date_short_pretty} {time}|30 Nov>"])
async def test_a_time_in_an_error_that_nobody_could_read_is_a_violation(refusal: str) -> None:
    async with bolt() as found:
        people, ada = found.standin.people, found.standin.ada
        found.refusal = f"Mia has it until {refusal}."
        view = await found.standin.opened(await people.slash(ada, found.standin.channel, "/form"))
        await found.standin.acked(await people.submit(view, prompt="bad"))
        assert len(found.standin.violations) == 1, found.standin.violations


@BOTH
async def test_a_form_is_filled_as_slack_fills_it(through: str) -> None:
    async with bolt(through) as found:
        people, ada = found.standin.people, found.standin.ada
        view = await found.standin.opened(await people.slash(ada, found.standin.channel, "/form"))
        with pytest.raises(CannotDo):
            await people.submit(view)
        with pytest.raises(CannotDo):
            await people.submit(view, prompt="x" * 21)
        with pytest.raises(CannotDo):
            await people.submit(view, prompt="x", size="round")
        with pytest.raises(CannotDo):
            await people.submit(view, prompt="x", colour="red")
        refused = await found.standin.acked(await people.submit(view, prompt="bad"))
        assert refused.errors == {"prompt": "Not this."}
        assert view.open
        await found.standin.acked(await people.submit(view, prompt="<b> & c", size="Wide", private=True))
        assert not view.open
        values = found.heard[-1]["view"]["state"]["values"]
        assert values["prompt"] == {"prompt-a": {"type": "plain_text_input", "value": "<b> & c"}}
        assert values["size"]["size-a"]["selected_option"]["value"] == "16:9"
        assert values["count"]["count-a"] == {"type": "radio_buttons", "selected_option": None}
        assert [one["value"] for one in values["private"]["private-a"]["selected_options"]] == ["yes"]
        with pytest.raises(CannotDo):
            await people.submit(view, prompt="again")


@BOTH
async def test_an_acknowledgement_can_carry_the_answer(through: str) -> None:
    async with bolt(through) as found:
        event = await found.standin.people.slash(found.standin.ada, found.standin.elsewhere, "/said", "a & <b>")
        await found.standin.acked(event)
        assert [(one.text, one.only_for) for one in event.answers] == [("in the acknowledgement", found.standin.ada.id)]
        assert found.heard[-1]["text"] == "a & <b>"


@BOTH
async def test_what_people_write_arrives_escaped(through: str) -> None:
    async with bolt(through) as found:
        parent = await card(found)
        await found.standin.acked(await found.standin.people.mention(found.standin.ada, found.standin.channel, "<!channel> & me", parent))
        event = found.heard[-1]["event"]
        assert event["text"] == f"<@{found.standin.bot.id}> &lt;!channel&gt; &amp; me"
        assert event["thread_ts"] == parent.ts


async def test_an_event_comes_again_over_http_until_it_is_acknowledged() -> None:
    async with bolt("http") as found:
        found.standin.http.retry_delays = (0.0, 0.05, 0.1)
        found.lose = 2
        event = await found.standin.acked(await found.standin.people.mention(found.standin.ada, found.standin.channel, "hello"))
        assert event.deliveries == 3
        assert len({one["event_id"] for one in found.heard}) == 1


async def test_an_event_sent_into_a_dead_connection_comes_again_on_another() -> None:
    async with bolt() as found:
        found.standin.socket.redeliver_after = 0.05
        found.standin.socket.silence()
        event = await found.standin.acked(await found.standin.people.mention(found.standin.ada, found.standin.channel, "hello"))
        assert event.deliveries == 2
        assert len(found.heard) == 1


@BOTH
async def test_a_command_that_nobody_acknowledges_fails_and_does_not_come_again(through: str) -> None:
    async with bolt(through) as found:
        found.standin.socket.redeliver_after = 0.02
        command = await found.standin.people.slash(found.standin.ada, found.standin.channel, "/nobody-knows")
        await found.standin.until(lambda: command.deliveries)
        await asyncio.sleep(0.1)
        assert (command.deliveries, command.acked) == (1, False)
        found.standin.world.skew += 3.1
        assert command.failed


async def test_people_cannot_do_what_slack_does_not_offer() -> None:
    async with bolt() as found:
        people, standin = found.standin.people, found.standin
        message = await card(found)
        with pytest.raises(CannotDo):
            await people.slash(standin.ada, standin.channel, "/card", thread=message.ts)
        with pytest.raises(CannotDo):
            await people.slash(standin.mona, standin.channel, "/card")
        with pytest.raises(CannotDo):
            await people.mention(standin.ada, standin.elsewhere, "hello")
        with pytest.raises(CannotDo):
            await people.press(standin.ada, message, "Pull")
        hidden = standin.messages.add(standin.channel, standin.bot, {"blocks": CARD}, only_for=standin.ben)
        with pytest.raises(CannotDo):
            await people.press(standin.ada, hidden, "Press")


# ---- Socket Mode -------------------------------------------------------------------------------------------------------------


async def test_two_connections_lose_nothing_while_they_are_refreshed_in_turn() -> None:
    async with bolt() as found:
        standin = found.standin
        events = []
        for number in range(24):
            if number in (4, 14):
                await standin.socket.refresh() if number == 4 else await standin.socket.disconnect("refresh_requested")
            events.append(await standin.people.slash(standin.ada, standin.channel, "/said", str(number)))
            await asyncio.sleep(0.005)
        await standin.until(lambda: all(one.acked for one in events), what="all acknowledgements")
        await standin.until(lambda: len(standin.socket.usable) == 2, what="two connections again")
        assert standin.socket.opened == 4


async def test_a_cut_connection_is_opened_again_with_a_ticket_of_its_own() -> None:
    async with bolt(connections=1) as found:
        standin = found.standin
        standin.socket.cut()
        lost = await standin.people.slash(standin.ada, standin.channel, "/said")
        assert lost.failed
        await standin.until(lambda: standin.socket.opened == 2 and standin.socket.connected, what="a new connection")
        assert len({one.args["ticket"] for one in standin.calls("link")}) == 2
        await standin.acked(await standin.people.slash(standin.ada, standin.channel, "/said"))


async def test_a_silent_connection_is_replaced() -> None:
    async with bolt(connections=0) as found:
        await found.connect(1, ping=0.3)
        found.standin.socket.silence()
        await found.standin.until(lambda: found.standin.socket.opened == 2, what="a new connection")


async def test_somebody_else_on_the_same_token_shows_in_the_greeting() -> None:
    async with bolt(connections=0) as found:
        found.standin.socket.others = 3
        told: list[dict[str, Any]] = []
        handler = AsyncSocketModeHandler(found.app, app_token=found.standin.world.app_token)
        found.handlers.append(handler)

        async def listen(client: Any, message: dict[str, Any], raw: str | None) -> None:
            told.append(message)

        handler.client.message_listeners.append(listen)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        async with asyncio.timeout(30):
            while not told:  # noqa: ASYNC110 - the SDK tells nobody else
                await asyncio.sleep(0.01)
        assert (told[0]["type"], told[0]["num_connections"]) == ("hello", 4)


# ---- signed HTTP -------------------------------------------------------------------------------------------------------------


async def test_forged_and_stale_requests_are_not_slacks() -> None:
    async with bolt("http") as found:
        standin = found.standin
        event = await standin.acked(await standin.people.slash(standin.ada, standin.channel, "/said"))
        assert (await standin.http.forged(event)).status == 401
        assert (await standin.http.stale(event)).status == 401
        assert (await standin.http.send(b"{}", headers={})).status == 401
        assert [one.status for one in await standin.http.replayed(event)] == [200, 200]  # bare bolt knows no replay: a guard must
        answer = await standin.http.challenge("a word")
        assert json.loads(answer.body) == {"challenge": "a word"}
        raw = await standin.http.raw(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        assert raw.startswith(b"HTTP/1.1 401")


async def test_an_event_is_not_sent_again_when_the_bot_asked_for_that() -> None:
    async with StandIn() as standin:
        seen: list[dict[str, str]] = []

        async def refuse(request: web.Request) -> web.Response:
            seen.append(dict(request.headers))
            return web.Response(status=500, headers={"X-Slack-No-Retry": "1"} if len(seen) == 2 else {})

        async with served(refuse) as address:
            standin.through, standin.http.address = "http", f"{address}/"
            event = await standin.people.mention(standin.ada, standin.channel, "hello")
            await standin.until(lambda: event.deliveries == 2 and event.refused == 500)
            await asyncio.sleep(0.5)
        assert [one.get("X-Slack-Retry-Num") for one in seen] == [None, "1"]
        assert seen[1]["X-Slack-Retry-Reason"] == "http_error"
