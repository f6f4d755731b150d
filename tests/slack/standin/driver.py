"""People at their Slack clients: they type commands, mention the bot, press buttons and fill forms, as far as Slack lets them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.slack.standin import text as reading
from tests.slack.standin.forms import CannotDo, check, initial_values
from tests.slack.standin.world import Channel, Event, File, Message, User, View

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

__all__ = ["CannotDo", "Driver"]


class Driver:
    """Sends what clients send, through the transport that the stand-in is set to."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.world = standin, standin.world
        self.escapes_commands = False
        """Whether & < > in a command's text come as entities; Slack's documents do not say, so a bot must live with both."""
        self.subscribed = {"app_mention"}
        """Bot events of the app's manifest."""

    # ---- what people do ------------------------------------------------------------------------------------------------------

    async def slash(
        self, user: User, channel: Channel, command: str, text: str = "", *, thread: str | None = None, age: float = 0.0
    ) -> Event:
        """Type a command into a channel and send it; threads take none."""
        if thread is not None:
            raise CannotDo("Slack offers no commands in threads")
        if user.id not in channel.members:
            raise CannotDo(f"{user.name} is not in #{channel.name}")
        name = command if command.startswith("/") else f"/{command}"
        workspace = channel.workspace
        payload = {
            "token": "stand-in",
            "team_id": workspace.id,
            "team_domain": workspace.domain,
            "channel_id": channel.id,
            "channel_name": channel.shown_name,
            "user_id": user.id,
            "user_name": user.username,
            "command": name,
            "text": escaped(text.strip()) if self.escapes_commands else text.strip(),
            "api_app_id": "A0STANDIN1",
            "is_enterprise_install": str(self.standin.oauth.org_wide(workspace)).lower(),
            **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
        }
        event = Event("slash_commands", name, user, channel, payload, 0.0)
        return await self._send(event, triggers=True, responds=True, age=age)

    async def mention(
        self, user: User, channel: Channel, text: str, thread: str | Message | None = None, files: Sequence[File] = ()
    ) -> Event:
        """Write a message that mentions the bot. Literal `<!channel>` in it arrives escaped, as everything typed does."""
        if channel.direct:
            raise CannotDo("in a direct message there is no app_mention")
        if not channel.has_bot:
            raise CannotDo("Slack asks to invite the bot first; nothing is delivered")
        return await self._typed("app_mention", user, channel, f"<@{channel.workspace.bot.id}> {escaped(text)}", thread, files)

    async def say(self, user: User, channel: Channel, text: str, thread: str | Message | None = None, files: Sequence[File] = ()) -> Event:
        """Write an ordinary message; the bot hears of it where it subscribed."""
        return await self._typed("message", user, channel, escaped(text), thread, files)

    async def press(self, user: User, where: Message | View, label: str, **filled: Any) -> Event:
        """Press a button by its label, or by its action id; a confirmation is confirmed. In a form, these fields are filled in before."""
        if isinstance(where, View):
            return await self._press_in_form(user, where, label, filled)
        if where.deleted or where.only_for not in (None, user.id) or not self.world.reads(user, where.channel):
            raise CannotDo(f"{user.name} does not see this message")
        element = self._button(where.blocks, label)
        channel = where.channel
        payload = self._interactive("block_actions", user) | {
            "container": {"type": "message", "message_ts": where.ts, "channel_id": channel.id, "is_ephemeral": where.ephemeral},
            "channel": {"id": channel.id, "name": channel.shown_name},
            "state": {"values": {}},
            "actions": [action(element, self.world.new_ts())],
        }
        if where.thread_ts is not None:
            payload["container"]["thread_ts"] = where.thread_ts
        if not where.ephemeral:
            payload["message"] = where.json()
        source, hidden = (None, where) if where.ephemeral else (where, None)
        event = Event("interactive", element["action_id"], user, channel, payload, 0.0, source, ephemeral_source=hidden)
        return await self._send(event, triggers=True, responds=True)

    async def submit(self, opened: View | Event, **values: Any) -> Event:
        """Fill the open form, by block ids (or action ids) of its fields, and send it."""
        view = self._view(opened)
        if not view.body.get("submit"):
            raise CannotDo("this modal has nothing to submit")
        state = check(view, values)
        payload = self._interactive("view_submission", view.user) | {"view": view.json(state), "response_urls": []}
        event = Event("interactive", str(view.body.get("callback_id", "")), view.user, view.event.channel, payload, 0.0, view=view)
        return await self._send(event, triggers=True)

    async def close(self, opened: View | Event) -> Event | None:
        """Close a modal; the bot hears of it when it asked to."""
        view = self._view(opened)
        view.open = False
        if not view.body.get("notify_on_close"):
            return None
        payload = self._interactive("view_closed", view.user) | {"view": view.json(), "is_cleared": False}
        payload.pop("trigger_id", None)
        return await self._send(
            Event("interactive", str(view.body.get("callback_id", "")), view.user, view.event.channel, payload, 0.0, view=view)
        )

    async def shortcut(self, user: User, message: Message, callback_id: str) -> Event:
        """A message's own menu."""
        if message.deleted or message.only_for not in (None, user.id):
            raise CannotDo(f"{user.name} does not see this message")
        channel = message.channel
        payload = self._interactive("message_action", user) | {
            "callback_id": callback_id,
            "message_ts": message.ts,
            "message": message.json(),
            "channel": {"id": channel.id, "name": channel.shown_name},
            "action_ts": self.world.new_ts(),
        }
        event = Event("interactive", callback_id, user, channel, payload, 0.0, message)
        return await self._send(event, triggers=True, responds=True)

    async def event(self, kind: str, user: User, channel: Channel | None = None, **fields: Any) -> Event:
        """Any other event, such as `tokens_revoked` or `member_left_channel`."""
        inner = {"type": kind, "event_ts": self.world.new_ts(), **fields}
        return await self._send(Event("events_api", kind, user, channel, self._event(user, inner), 0.0))

    async def again(self, event: Event) -> None:
        """Slack delivers the same payload a second time."""
        await (self.standin.socket.again(event) if self.standin.through == "socket" else self.standin.http.again(event))

    # ---- how it is sent ------------------------------------------------------------------------------------------------------

    async def _typed(
        self, kind: str, user: User, channel: Channel, text: str, thread: str | Message | None, files: Sequence[File]
    ) -> Event:
        if user.id not in channel.members:
            raise CannotDo(f"{user.name} is not in #{channel.name}")
        parent = thread.thread_ts or thread.ts if isinstance(thread, Message) else thread
        message = self.standin.messages.add(channel, user, {"text": text}, thread=parent, route="typed", files=list(files))
        inner = {
            "type": kind,
            "user": user.id,
            "ts": message.ts,
            "client_msg_id": secrets.token_hex(16),
            "text": text,
            "team": channel.workspace.id,
            "channel": channel.id,
            "event_ts": message.ts,
            "blocks": [{"type": "rich_text", "block_id": "rt", "elements": [_rich(text, channel.workspace.bot.id)]}],
        }
        if parent is not None:
            inner["thread_ts"] = parent
        if files:
            inner |= {"files": [one.told() for one in files], "upload": False}
        if kind == "message":
            inner["channel_type"] = "im" if channel.direct else "group" if channel.private else "channel"
        event = Event("events_api", kind, user, channel, self._event(user, inner), 0.0, message)
        heard = kind if kind == "app_mention" else f"message.{inner['channel_type']}s".replace("ims", "im")
        if heard not in self.subscribed or not channel.has_bot:
            return event
        return await self._send(event)

    async def _press_in_form(self, user: User, view: View, label: str, filled: dict[str, Any]) -> Event:
        if not view.open or view.user is not user:
            raise CannotDo(f"{user.name} has no such modal open")
        element = self._button(view.blocks, label)
        payload = self._interactive("block_actions", user) | {
            "container": {"type": "view", "view_id": view.id},
            "view": view.json(check(view, filled) if filled else initial_values(view)),
            "actions": [action(element, self.world.new_ts())],
        }
        return await self._send(
            Event("interactive", element["action_id"], user, view.event.channel, payload, 0.0, view=view), triggers=True
        )

    def _interactive(self, kind: str, user: User) -> dict[str, Any]:
        workspace = user.workspace
        team = {"id": workspace.id, "domain": workspace.domain}
        common = {"type": kind, "user": user.short(), "api_app_id": "A0STANDIN1", "token": "stand-in", "team": team}
        grid = {"id": workspace.enterprise, "name": "Org"} if workspace.enterprise else None
        return {**common, "enterprise": grid, "is_enterprise_install": self.standin.oauth.org_wide(workspace)}

    def _event(self, user: User, inner: dict[str, Any]) -> dict[str, Any]:
        # The workspace that the channel belongs to, which in a shared channel need not be the person's.
        workspace = self.world.channels[inner["channel"]].workspace if "channel" in inner else user.workspace
        if workspace is not user.workspace:
            inner = {**inner, "user_team": user.workspace.id, "source_team": user.workspace.id}
        grid = workspace.enterprise or None
        authorization = {"enterprise_id": grid, "team_id": workspace.id, "user_id": workspace.bot.id, "is_bot": True}
        return {
            "token": "stand-in",
            "team_id": workspace.id,
            "context_team_id": workspace.id,
            "context_enterprise_id": grid,
            "api_app_id": "A0STANDIN1",
            "event": inner,
            "type": "event_callback",
            "event_id": self.world.new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [authorization | {"is_enterprise_install": self.standin.oauth.org_wide(workspace)}],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(12)}",
        }

    async def _send(self, event: Event, *, triggers: bool = False, responds: bool = False, age: float = 0.0) -> Event:
        world = self.world
        event.world = world
        if triggers:
            event.payload["trigger_id"] = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
            world.triggers[event.payload["trigger_id"]] = event
        if responds and event.channel is not None:
            token = secrets.token_urlsafe(18)
            event.payload["response_url"] = f"{self.standin.base}/respond/{event.channel.workspace.id}/{token}"
            world.responses[token] = event
        world.events.append(event)
        event.sent_at = world.now() - age
        await (self.standin.socket.deliver(event) if self.standin.through == "socket" else self.standin.http.deliver(event))
        return event

    @staticmethod
    def _button(blocks: list[dict[str, Any]], label: str) -> dict[str, Any]:
        for block in blocks:
            for one in reading.buttons([block]):
                if label in (reading.plain(one["text"]), one.get("action_id")):
                    return {**one, "block_id": block["block_id"]}
        there = sorted(reading.plain(one["text"]) for one in reading.buttons(blocks))
        raise CannotDo(f"no button {label!r}; there are {there}")

    @staticmethod
    def _view(opened: View | Event) -> View:
        view = opened if isinstance(opened, View) else opened.opened
        if view is None or not view.open:
            raise CannotDo("no form is open")
        return view


def escaped(text: str) -> str:
    """As Slack encodes what people type."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def action(element: dict[str, Any], ts: str) -> dict[str, Any]:
    kept: dict[str, Any] = {
        key: element[key] for key in ("action_id", "block_id", "text", "value", "style", "type", "url") if key in element
    }
    return {**kept, "action_ts": ts}


def _rich(text: str, bot: str) -> dict[str, Any]:
    """What people typed as Slack's own rich text."""
    lead = f"<@{bot}> "
    parts: list[dict[str, Any]] = [{"type": "user", "user_id": bot}] if text.startswith(lead) else []
    rest = reading.decoded(text.removeprefix(lead))
    return {"type": "rich_text_section", "elements": [*parts, {"type": "text", "text": f" {rest}" if parts else rest}]}
