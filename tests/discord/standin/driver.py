"""People at their Discord clients: they type commands, choose suggestions, press buttons and fill forms, as far as Discord lets them."""

from __future__ import annotations

import secrets
from typing import Any

from tests.discord.standin import rules
from tests.discord.standin.files import File, attach
from tests.discord.standin.gateway import Gateway
from tests.discord.standin.world import Channel, Guild, Interaction, Message, User, World

OPTION_TYPES: dict[int, type] = {3: str, 4: int, 5: bool, 11: File}


class CannotDo(AssertionError):
    """A real client would not have let them."""


class Driver:
    """Sends what clients send."""

    def __init__(self, world: World, gateway: Gateway, base: str) -> None:
        self.world, self.gateway, self.base = world, gateway, base

    async def slash(self, user: User, channel: Channel, name: str, **options: Any) -> Interaction:
        """Type a command and send it."""
        command = self._command(user, channel, name)
        known = {one["name"]: one for one in command.get("options") or []}
        missing = [one for one, spec in known.items() if spec.get("required") and one not in options]
        if missing or set(options) - set(known):
            raise CannotDo(f"/{name}: missing {missing}, unknown {sorted(set(options) - set(known))}")
        typed = [self._option(known[one], value) for one, value in options.items() if value is not None]
        data = {"id": command["id"], "name": name, "type": 1, "options": typed}
        if files := [one for one in options.values() if isinstance(one, File)]:
            data["resolved"] = {"attachments": attach(self.world, files, self.base)}
        return await self.send(2, user, channel, data)

    async def menu(self, user: User, message: Message, name: str) -> Interaction:
        """Choose an entry of a message's Apps menu."""
        if message.deleted or message not in self.world.seen_by(user, message.channel):
            raise CannotDo(f"{user.name} does not see this message")
        command = self._command(user, message.channel, name, 3)
        resolved = {"messages": {message.id: message.json(self.base, self.world.epoch)}}
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message.id, "resolved": resolved}
        return await self.send(2, user, message.channel, data)

    async def suggest(self, user: User, channel: Channel, name: str, option: str, typed: str, **others: Any) -> Interaction:
        """Type into an option with suggestions."""
        command = self._command(user, channel, name)
        spec = {one["name"]: one for one in command.get("options") or []}
        if not spec[option].get("autocomplete"):
            raise CannotDo(f"/{name} {option} makes no suggestions")
        options = [{"name": one, "type": spec[one]["type"], "value": value} for one, value in others.items()]
        options.append({"name": option, "type": spec[option]["type"], "value": typed, "focused": True})
        return await self.send(4, user, channel, {"id": command["id"], "name": name, "type": 1, "options": options})

    async def press(self, user: User, message: Message, label: str) -> Interaction:
        """Press a button by its label, or by its custom id."""
        if message.deleted or message.only_for not in (None, user.id):
            raise CannotDo(f"{user.name} does not see this message")
        custom_id = message.buttons.get(label, label)
        found = [one for one in message.components if one.get("custom_id") == custom_id and not one.get("disabled")]
        if not found:
            raise CannotDo(f"no button {label!r}; there are {sorted(message.buttons)}")
        data = {"custom_id": custom_id, "component_type": 2, "id": found[0]["id"]}
        return await self.send(3, user, message.channel, data, source=message)

    async def submit(self, opened: Interaction, **values: Any) -> Interaction:
        """Fill the form that an interaction opened, by custom ids of fields, and send it."""
        modal = opened.modal
        if modal is None:
            raise CannotDo("no form was opened")
        filled = []
        for one in modal["components"]:
            field = one.get("component") if one["type"] == rules.LABEL else (one.get("components") or [None])[0]
            if field is None:
                filled.append({"type": one["type"], "id": len(filled) + 1})
                continue
            answer = self._filled(field, values)
            outer = {"type": one["type"], "id": len(filled) + 1}
            filled.append({**outer, "component": answer} if one["type"] == rules.LABEL else {**outer, "components": [answer]})
        left = set(values) - {one["custom_id"] for one in rules.walk(modal["components"]) if "custom_id" in one}
        if left:
            raise CannotDo(f"the form has no field {sorted(left)}")
        data = {"custom_id": modal["custom_id"], "components": filled}
        return await self.send(5, opened.user, opened.channel, data, source=opened.source)

    @staticmethod
    def _filled(field: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        name = field["custom_id"]
        answer: dict[str, Any] = {"type": field["type"], "custom_id": name, "id": 100}
        if field["type"] in rules.SELECTS:
            chosen = [one["value"] for one in field.get("options", []) if one.get("default")]
            chosen += [str(one["id"]) for one in field.get("default_values") or []]
            given = values.get(name, chosen)
            picked = [str(one) for one in given] if isinstance(given, list) else [str(given)]
            known = {one["value"] for one in field.get("options", [])}
            if field["type"] == 3 and set(picked) - known:
                raise CannotDo(f"{name} has no choice {picked}; there are {sorted(known)}")
            if len(picked) < field.get("min_values", 1) and field.get("required", True):
                raise CannotDo(f"{name} must be chosen")
            return {**answer, "values": picked}
        typed = values.get(name, field.get("value") or "")
        if field["type"] == 4:
            if field.get("required", True) and not typed:
                raise CannotDo(f"{name} must be filled")
            if len(typed) > field.get("max_length", 4000):
                raise CannotDo(f"{name} takes at most {field['max_length']} characters")
        return {**answer, "value": typed}

    def _command(self, user: User, channel: Channel, name: str, kind: int = 1) -> dict[str, Any]:
        command = next((one for one in self.world.commands if one["name"] == name and one["type"] == kind), None)
        if command is None:
            raise CannotDo(f"no command /{name}; there are {[one['name'] for one in self.world.commands]}")
        contexts = command.get("contexts")
        if contexts is not None and (0 if channel.guild else 1) not in contexts:
            raise CannotDo(f"/{name} is not offered here")
        wanted = int(command.get("default_member_permissions") or 0)
        if channel.guild is not None and channel.guild.permissions(user) & wanted != wanted:
            raise CannotDo(f"/{name} is not offered to {user.name}")
        return command

    @staticmethod
    def _option(spec: dict[str, Any], value: Any) -> dict[str, Any]:
        expected = OPTION_TYPES[spec["type"]]
        if not isinstance(value, expected):
            raise CannotDo(f"{spec['name']} takes {expected.__name__}")
        if spec.get("choices") and value not in {one["value"] for one in spec["choices"]}:
            raise CannotDo(f"{spec['name']} has no choice {value!r}")
        if spec["type"] == 4 and not spec.get("min_value", value) <= value <= spec.get("max_value", value):
            raise CannotDo(f"{spec['name']} is out of range")
        if spec["type"] == 3 and len(value) > spec.get("max_length", 6000):
            raise CannotDo(f"{spec['name']} is too long")
        return {"name": spec["name"], "type": spec["type"], "value": value.id if isinstance(value, File) else value}

    async def send(
        self, kind: int, user: User, channel: Channel, data: dict[str, Any], *, source: Message | None = None, age: float = 0.0
    ) -> Interaction:
        """Make an interaction and dispatch it; `age` seconds ago, as a replayed one is."""
        interaction = self.make(kind, user, channel, data, source=source, age=age)
        await self.gateway.dispatch("INTERACTION_CREATE", interaction.payload)
        return interaction

    def make(
        self, kind: int, user: User, channel: Channel, data: dict[str, Any], *, source: Message | None = None, age: float = 0.0
    ) -> Interaction:
        world, guild = self.world, channel.guild
        identity, token = world.new_id(), secrets.token_urlsafe(24)
        payload: dict[str, Any] = {
            "id": identity,
            "application_id": world.application,
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel": {**channel.json(), "permissions": "0"},
            "channel_id": channel.id,
            "locale": user.locale,
            "entitlements": [],
            "attachment_size_limit": guild.file_limit if guild else rules.DEFAULT_LIMIT,
            "context": 0 if guild else 1,
            "authorizing_integration_owners": {"0": guild.id if guild else "0"},
            "app_permissions": str(channel.bot_permissions),
        }
        if guild is not None:
            payload |= self._from_guild(guild, user)
        else:
            payload["user"] = user.json()
        if source is not None:
            payload["message"] = source.json(self.base)
        interaction = Interaction(identity, token, kind, user, channel, payload, world.now() - age, source)
        world.interactions[identity] = world.by_token[token] = interaction
        return interaction

    @staticmethod
    def _from_guild(guild: Guild, user: User) -> dict[str, Any]:
        member = {**guild.member_json(user), "permissions": str(guild.permissions(user))}
        return {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": member,
        }
