"""Posting and editing messages by Discord's rules: kept attachments, resolved media, component ids, sizes, deduplication."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tests.discord.standin import rules
from tests.discord.standin.files import File
from tests.discord.standin.world import ATTACH, SEND, THREADS, VIEW, Channel, Interaction, Message, World

Uploads = Mapping[int, tuple[str, bytes]]
"""Number n of `files[n]` -> (file name, bytes)."""


class Messages:
    """The messages of a world."""

    def __init__(self, world: World, base: str) -> None:
        self.world, self.base = world, base

    def post(self, channel: Channel, body: dict[str, Any], uploads: Uploads) -> Message:
        """POST /channels/{id}/messages by the bot."""
        self.check_access(channel, sending=True, files=bool(uploads))
        self.check_sizes(uploads, channel.guild.file_limit if channel.guild else rules.DEFAULT_LIMIT)
        nonce = body.get("nonce")
        if nonce is not None and body.get("enforce_nonce"):
            for one in self.world.messages.values():
                if one.nonce == str(nonce) and one.channel is channel:
                    return one
        message = self._new(channel, body, uploads)
        message.nonce = None if nonce is None else str(nonce)
        return message

    def answer(self, interaction: Interaction, body: dict[str, Any], uploads: Uploads, *, route: str) -> Message:
        """A message made with an interaction's token: first answer (`callback`) or further one (`followup`)."""
        self.check_sizes(uploads, interaction.payload["attachment_size_limit"])
        message = self._new(interaction.channel, body, uploads, flags=body.get("flags") or 0)
        message.route = route
        if (body.get("flags") or 0) & rules.EPHEMERAL:
            message.only_for = interaction.user.id
        owners = {"0": interaction.channel.guild.id if interaction.channel.guild else "0"}
        message.metadata = {"id": interaction.id, "type": 2, "user": interaction.user.json(), "authorizing_integration_owners": owners}
        if interaction.type == 3:
            assert interaction.source is not None
            message.metadata |= {"type": 3, "interacted_message_id": interaction.source.id}
        elif interaction.type == 5:
            message.metadata |= {"type": 5, "triggering_interaction_metadata": {**message.metadata, "type": 2}}
        return message

    def placeholder(self, interaction: Interaction, flags: int) -> Message:
        """ "Thinking…"."""
        message = Message(self.world.new_id(), interaction.channel, self.world.bot, {}, route="callback", flags=flags | rules.LOADING)
        if flags & rules.EPHEMERAL:
            message.only_for = interaction.user.id
        owners = {"0": interaction.channel.guild.id if interaction.channel.guild else "0"}
        message.metadata = {"id": interaction.id, "type": 2, "user": interaction.user.json(), "authorizing_integration_owners": owners}
        self.world.messages[message.id] = message
        return message

    def edit(self, message: Message, body: dict[str, Any], uploads: Uploads, limit: int) -> Message:
        """Replace what the body names; attachments that it does not list are removed."""
        if message.deleted:
            raise rules.Refusal(*rules.UNKNOWN_MESSAGE)
        was_v2 = bool(message.flags & rules.V2)
        if "flags" in body and was_v2 and not (body["flags"] or 0) & rules.V2:
            raise rules.invalid("flags", "MESSAGE_FLAG_COMPONENTS_V2 cannot be removed")
        self.check_sizes(uploads, limit)
        kept = [one for one in body.get("attachments") or [] if str(one["id"]) in message.files]
        files = {one: file for one, file in message.files.items() if "attachments" not in body or one in {str(k["id"]) for k in kept}}
        files |= self._files(body, uploads)
        rules.check_message(body, new=False, was_v2=was_v2, files=self._names(files))
        message.files = files
        message.body = {**message.body, **{key: value for key, value in body.items() if key in ("content", "components", "embeds")}}
        self._resolve(message)
        message.flags = (message.flags | ((body.get("flags") or 0) & rules.V2)) & ~rules.LOADING
        message.edited = True
        message.history.append(copy.deepcopy(message.body))
        return message

    def _new(self, channel: Channel, body: dict[str, Any], uploads: Uploads, flags: int | None = None) -> Message:
        files = self._files(body, uploads)
        rules.check_message(body, new=True, files=self._names(files))
        message = Message(self.world.new_id(), channel, self.world.bot, dict(body), files)
        message.flags = (body.get("flags") or 0) if flags is None else flags
        message.pings = rules.pinged(body)
        self._resolve(message)
        message.history.append(copy.deepcopy(message.body))
        self.world.messages[message.id] = message
        return message

    def check_access(self, channel: Channel, *, sending: bool = False, files: bool = False) -> None:
        if channel.guild is None:
            if sending and channel.recipient is not None and not channel.recipient.takes_dms:
                raise rules.Refusal(*rules.CANNOT_DM)
            return
        if not channel.bot_permissions & VIEW:
            raise rules.Refusal(*rules.MISSING_ACCESS)
        wanted = ((THREADS if channel.type == 11 else SEND) if sending else 0) | (ATTACH if files else 0)
        if channel.bot_permissions & wanted != wanted:
            raise rules.Refusal(*rules.MISSING_PERMISSIONS)

    @staticmethod
    def check_sizes(uploads: Uploads, limit: int) -> None:
        sizes = [len(content) for _, content in uploads.values()]
        if any(size > limit for size in sizes) or sum(sizes) > max(rules.REQUEST_LIMIT, limit):
            raise rules.Refusal(*rules.TOO_LARGE)
        if len(sizes) > 10:
            raise rules.invalid("attachments", "Must be 10 or fewer in length.")

    def _files(self, body: dict[str, Any], uploads: Uploads) -> dict[str, File]:
        """The uploaded files; each must be named in `attachments` by its number."""
        described = {str(one["id"]): one for one in body.get("attachments") or []}
        files = {}
        for number, (name, content) in uploads.items():
            more = described.get(str(number), {})
            file = File(self.world.new_id(), more.get("filename") or name, content, more.get("description"))
            files[file.id] = file
        return files

    @staticmethod
    def _names(files: dict[str, File]) -> dict[int, str]:
        return dict(enumerate(file.name for file in files.values()))

    def _resolve(self, message: Message) -> None:
        """Give components their ids and galleries their media, as Discord does before it sends a message back."""
        message.body["components"] = components = copy.deepcopy(message.body.get("components") or [])
        taken = {one["id"] for one in rules.walk(components) if one.get("id")}
        number = 0
        by_name = {file.name: file for file in message.files.values()}
        for one in rules.walk(components):
            if not one.get("id"):
                while (number := number + 1) in taken:
                    pass
                one["id"] = number
            if one["type"] == 17:
                one.setdefault("accent_color", None)
                one.setdefault("spoiler", False)
            for item in one.get("items") or []:
                self._resolve_media(item, by_name)
            if one["type"] == rules.FILE:
                held = {"media": one["file"]}
                self._resolve_media(held, by_name)
                name = one["file"]["url"].removeprefix("attachment://")
                one |= {"file": held["media"], "name": name, "size": len(by_name[name].content), "spoiler": False}

    def _resolve_media(self, item: dict[str, Any], by_name: dict[str, File]) -> None:
        item.setdefault("description", None)
        item.setdefault("spoiler", False)
        url = item["media"]["url"]
        if url.startswith("attachment://"):
            file = by_name[url.removeprefix("attachment://")]
            found = f"{self.base}/attachments/{file.id}/{file.name}"
            item["media"] = {"id": file.id, "url": found, "proxy_url": found, "attachment_id": file.id, "content_type": None}
            item["media"] |= {"width": None, "height": None}
