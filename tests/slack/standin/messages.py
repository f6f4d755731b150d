"""chat.*: posting, editing and deleting messages, and what comes through response URLs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tests.slack.standin import rules
from tests.slack.standin.rules import Refusal
from tests.slack.standin.world import RESPONSE_LIFE, RESPONSE_USES, Channel, Event, File, Message, User, Workspace, World


class Messages:
    """The messages of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    # ---- the Web API ---------------------------------------------------------------------------------------------------------

    def post(self, workspace: Workspace, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self.sendable(workspace, self._channel(workspace, args, people=True))
        self.check_metadata(args.get("metadata"))
        rules.check_message(self.world, "chat.postMessage", args)
        thread = self._thread(channel, args)
        if thread is not None and args.get("reply_broadcast"):
            self.world.violation("chat.postMessage broadcasts a reply to the channel")
        message = self.add(channel, workspace.bot, args, thread=thread)
        return {"channel": channel.id, "ts": message.ts, "message": message.json(with_metadata=True)}

    def post_ephemeral(self, workspace: Workspace, args: Mapping[str, Any]) -> dict[str, Any]:
        channel = self.sendable(workspace, self._channel(workspace, args))
        user = self.world.users.get(str(args.get("user") or ""))
        if user is None or user.id not in channel.members:
            raise Refusal("user_not_in_channel")
        rules.check_message(self.world, "chat.postEphemeral", {**args, "unfurl_links": False, "unfurl_media": False})
        message = self.add(channel, workspace.bot, args, thread=self._thread(channel, args), route="ephemeral", only_for=user)
        return {"message_ts": message.ts}

    def update(self, workspace: Workspace, args: Mapping[str, Any]) -> dict[str, Any]:
        message = self.own(workspace, args, "cant_update_message")
        text_only = "text" in args and "blocks" not in args
        body = {"text": args.get("text", message.raw), "blocks": [] if text_only else args.get("blocks", message.blocks)}
        self.check_metadata(args.get("metadata"))
        rules.check_message(self.world, "chat.update", {**args, **body})
        self.show(message, body)
        if args.get("metadata") is not None:
            message.metadata = args["metadata"] or None
        message.edited = True
        return {"channel": message.channel.id, "ts": message.ts, "text": message.raw, "message": message.json()}

    def delete(self, workspace: Workspace, args: Mapping[str, Any]) -> dict[str, Any]:
        message = self.own(workspace, args, "cant_delete_message")
        message.deleted = True
        return {"channel": message.channel.id, "ts": message.ts}

    # ---- response URLs -------------------------------------------------------------------------------------------------------

    def respond(self, token: str, payload: Mapping[str, Any]) -> tuple[int, Any]:
        """What the bot posts to a response URL: (status, body)."""
        event = self.world.responses.get(token)
        if event is None:
            return 404, {"ok": False, "error": "invalid_url"}
        if self.world.now() - event.sent_at > RESPONSE_LIFE:
            return 404, {"ok": False, "error": "expired_url"}
        if event.response_uses >= RESPONSE_USES:
            self.world.violation("a response URL is used more than five times")
            return 404, {"ok": False, "error": "used_url"}
        event.response_uses += 1
        try:
            self.answer(event, payload, route="respond")
        except Refusal as refusal:
            self.world.violation(f"respond: {refusal.body}")
            event.response_uses -= 1
            return 400, refusal.body
        return 200, "ok"

    def answer(self, event: Event, payload: Mapping[str, Any], *, route: str) -> None:
        """A message made through a response URL or in an acknowledgement; needs no membership."""
        source = event.source or event.ephemeral_source
        if payload.get("delete_original"):
            if source is None or event.kind != "interactive":
                raise Refusal("invalid_payload")
            source.deleted = True
            return
        checked = {**payload, **({"unfurl_links": False, "unfurl_media": False} if route == "ack" else {})}
        if payload.get("response_type", "ephemeral") == "ephemeral":
            checked |= {"unfurl_links": False, "unfurl_media": False}
        rules.check_message(self.world, route, checked)
        if payload.get("replace_original"):
            if source is None or event.kind != "interactive":
                raise Refusal("invalid_payload")
            if source.ephemeral and payload.get("response_type") == "in_channel":
                self.world.violation("what one person alone could read is replaced by something for the whole channel")
            self.show(source, {"text": payload.get("text", ""), "blocks": payload.get("blocks") or []})
            source.edited = True
            event.answers.append(source)
            return
        if event.channel is None:
            raise Refusal("invalid_payload")
        only_for = None if payload.get("response_type") == "in_channel" else event.user
        thread = payload.get("thread_ts") or (source.thread_ts if source is not None else None)
        bot = event.channel.workspace.bot
        event.answers.append(self.add(event.channel, bot, payload, thread=thread, route=route, only_for=only_for))

    # ---- the world -----------------------------------------------------------------------------------------------------------

    def add(
        self,
        channel: Channel,
        author: User,
        args: Mapping[str, Any],
        *,
        thread: str | None = None,
        route: str = "post",
        only_for: User | None = None,
        files: list[File] | None = None,
    ) -> Message:
        message = Message(self.world.new_ts(), channel, author, {}, thread, only_for.id if only_for else None, route)
        message.metadata = copy.deepcopy(dict(args["metadata"])) if args.get("metadata") else None
        message.files = files or []
        self.show(message, {"text": args.get("text") or "", "blocks": args.get("blocks") or []})
        self.world.messages.append(message)
        return message

    def show(self, message: Message, body: dict[str, Any]) -> None:
        """Give blocks and elements the ids that Slack gives where there are none."""
        body = copy.deepcopy(body)
        for number, block in enumerate(body["blocks"]):
            block.setdefault("block_id", f"b{len(message.history)}{number}")
        message.show(body)

    def own(self, workspace: Workspace, args: Mapping[str, Any], foreign: str) -> Message:
        """The bot's own message behind channel and ts."""
        channel = self.reachable(workspace, self._channel(workspace, args))
        message = self.world.message(channel, str(args.get("ts") or ""))
        if message is None or message.ephemeral:
            raise Refusal("message_not_found")
        if message.author is not workspace.bot:
            raise Refusal(foreign)
        if channel.archived:
            raise Refusal("is_archived")
        return message

    def _channel(self, workspace: Workspace, args: Mapping[str, Any], *, people: bool = False) -> str:
        found = str(args.get("channel") or "")
        if people and found in self.world.users:
            return self.world.dm(self.world.users[found]).id
        return found

    def reachable(self, workspace: Workspace, identity: str) -> Channel:
        """A channel in which the bot is, in Slack's order of refusals."""
        channel = self.world.channels.get(identity)
        if channel is None or channel.workspace is not workspace or (channel.private and not channel.has_bot):
            raise Refusal("channel_not_found")
        if not channel.has_bot:
            raise Refusal("not_in_channel")
        return channel

    def sendable(self, workspace: Workspace, identity: str) -> Channel:
        channel = self.reachable(workspace, identity)
        if channel.archived:
            raise Refusal("is_archived")
        if channel.direct:
            other = next((self.world.users[one] for one in channel.members if one != workspace.bot.id), None)
            if other is not None and other.deleted:
                raise Refusal("user_disabled")
            if other is not None and not other.takes_dms:
                raise Refusal("messages_tab_disabled")
        return channel

    def _thread(self, channel: Channel, args: Mapping[str, Any]) -> str | None:
        thread = args.get("thread_ts")
        if not thread:
            return None
        parent = self.world.message(channel, str(thread))
        if parent is None or parent.ephemeral:
            raise Refusal("thread_not_found")
        if parent.thread_ts is not None and parent.thread_ts != parent.ts:
            self.world.violation("a reply names another reply as its thread, not the first message")
            return parent.thread_ts
        return parent.ts

    @staticmethod
    def check_metadata(metadata: Any) -> None:
        if metadata in (None, {}):
            return
        if not isinstance(metadata, Mapping) or not isinstance(metadata.get("event_type"), str):
            raise Refusal("invalid_metadata_format")
        if not isinstance(metadata.get("event_payload"), Mapping) or not metadata["event_type"]:
            raise Refusal("invalid_metadata_format")
