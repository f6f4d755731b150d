"""The HTTP side: every route that a bot like ours uses, with Discord's order of checks. How it fails on demand is in `faults`."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.discord.standin import description, rules
from tests.discord.standin.faults import Fault, Faults
from tests.discord.standin.messages import Messages, Uploads
from tests.discord.standin.world import ANSWER_WITHIN, HISTORY, MANAGE_MESSAGES, TOKEN_LIFE, Interaction, Message, World
from tests.platforms.faults import How


@dataclass(slots=True)
class Call:
    """One request as it came in."""

    method: str
    path: str
    template: str
    body: Any = None
    uploads: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    status: int = 0
    params: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


Handler = Callable[["Rest", Call], Awaitable[tuple[int, Any]]]
ROUTES: list[tuple[str, str, re.Pattern[str], Handler]] = []


def route(method: str, template: str) -> Callable[[Handler], Handler]:
    """Register a handler for a path of the description."""
    pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template) + "$")

    def keep(handler: Handler) -> Handler:
        ROUTES.append((method, template, pattern, handler))
        return handler

    return keep


class Rest:
    """Discord's HTTP API under /api/v10."""

    def __init__(self, world: World, faults: Faults, base: str, gateway_url: str) -> None:
        self.world, self.faults, self.base, self.gateway_url = world, faults, base, gateway_url
        self.guild_count = self.recommended_shards = self.max_concurrency = 1
        self.messages = Messages(world, base)
        self.calls: list[Call] = []
        self.violations: list[str] = []
        """Bodies of the bot that the description or the rules refuse."""
        self.unfaithful: list[str] = []
        """Answers of ours that the description refuses."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["rest"]
        found = next(((t, p.match(path), h) for m, t, p, h in ROUTES if m == request.method and p.match(path)), None)
        call = Call(request.method, path, found[0] if found else "", query=dict(request.query))
        await self._read(request, call)
        self.calls.append(call)
        fault = self.faults.find(request.method, path, len(call.uploads))
        if fault is not None and fault.how in (How.ANSWER, How.CUT):
            await self.world.notify()
            return self._broken(request, call, fault)
        if fault is not None and fault.how is How.STUCK:
            await self.world.notify()
            await asyncio.Event().wait()
        status, body = 404, {"message": "404: Not Found", "code": 0}
        if found is not None and found[1] is not None:
            call.params = found[1].groupdict()
            status, body = await self._answer(request, call, found[2])
        await self.world.notify()
        if fault is not None and fault.how is How.STUCK_AFTER:
            await asyncio.Event().wait()
        if fault is not None and fault.how in (How.LOST, How.DONE_BUT):
            return self._broken(request, call, fault)
        return self._respond(call, status, body)

    async def _answer(self, request: web.Request, call: Call, handler: Handler) -> tuple[int, Any]:
        try:
            by_token = "{interaction_token}" in call.template or "{webhook_token}" in call.template
            if not by_token and request.headers.get("Authorization") != f"Bot {self.world.token}":
                return 401, {"message": "401: Unauthorized", "code": 0}
            if call.body is not None:
                problem = description.request_problem(call.method, call.template, call.body)
                if problem is not None:
                    raise rules.invalid("body", problem)
            status, body = await handler(self, call)
        except rules.Refusal as refusal:
            if refusal.body["code"] in (50035, 50006):
                self.violations.append(f"{call.method} {call.template}: {refusal.body.get('errors') or refusal.body['message']}")
            return refusal.status, refusal.body
        problem = description.answer_problem(call.method, call.template, status, body)
        if problem is not None:
            self.unfaithful.append(f"{call.method} {call.template}: {problem}")
        return status, body

    async def _read(self, request: web.Request, call: Call) -> None:
        if request.content_type == "application/json":
            raw = await request.read()
            call.body = json.loads(raw) if raw else None
        elif request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                content = bytes(await part.read(decode=False))  # type: ignore[union-attr,call-arg]
                if part.name == "payload_json":
                    call.body = json.loads(content)
                elif match := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                    call.uploads[int(match[1])] = (part.filename or "", content)  # type: ignore[union-attr]

    def _broken(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.how in (How.LOST, How.CUT):
            call.status = -1
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        call.status = fault.status
        content_type = "text/html" if isinstance(fault.body, bytes) else "application/json"
        return web.Response(status=fault.status, body=fault.payload(), content_type=content_type, headers=fault.headers)

    @staticmethod
    def _respond(call: Call, status: int, body: Any) -> web.Response:
        call.status = status
        if status == 204:
            return web.Response(status=204)
        # aiohttp's json_response would add a charset, and discord.py would then hand a text back.
        return web.Response(status=status, body=json.dumps(body).encode(), content_type="application/json")

    def interaction(self, token: str) -> Interaction:
        """The interaction behind a webhook token that is still alive."""
        found = self.world.by_token.get(token)
        if found is None or found.expired or self.world.now() - found.sent_at > TOKEN_LIFE:
            raise rules.Refusal(*rules.TOKEN_OVER)
        if found.callback is None:
            raise rules.Refusal(*rules.UNKNOWN_WEBHOOK)
        return found

    def reachable(self, interaction: Interaction, message_id: str) -> Message:
        message = interaction.original if message_id == "@original" else self.world.messages.get(message_id)
        mine = message is not None and (message is interaction.original or message in interaction.followups)
        if message is None or message.deleted or not mine:
            raise rules.Refusal(*rules.UNKNOWN_MESSAGE)
        return message


@route("GET", "/users/@me")
async def me(rest: Rest, call: Call) -> tuple[int, Any]:
    return 200, {**rest.world.bot.json(), "mfa_enabled": False, "locale": "en-US", "verified": True}


@route("GET", "/oauth2/applications/@me")
async def application(rest: Rest, call: Call) -> tuple[int, Any]:
    owner = {**rest.world.bot.json(), "bot": False}
    return 200, {
        "id": rest.world.application,
        "name": "imagine",
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": rest.world.interactions_endpoint_url,
        "owner": owner,
        "role_connections_verification_url": None,
        "approximate_guild_count": rest.guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "bot_public": True,
        "bot_require_code_grant": False,
        "integration_types_config": {"0": {}},
        "bot": rest.world.bot.json(),
        "rpc_origins": [],
        "tags": [],
    }


@route("GET", "/gateway/bot")
async def gateway_bot(rest: Rest, call: Call) -> tuple[int, Any]:
    limit = {"total": 1000, "remaining": 990, "reset_after": 1000, "max_concurrency": rest.max_concurrency}
    return 200, {"url": rest.gateway_url, "shards": rest.recommended_shards, "session_start_limit": limit}


def _stored_command(rest: Rest, command: dict[str, Any]) -> dict[str, Any]:
    defaults = {"type": 1, "description": "", "default_member_permissions": None, "contexts": None, "integration_types": [0], "nsfw": False}
    found = {**defaults, **command, "id": rest.world.new_id(), "application_id": rest.world.application, "version": rest.world.new_id()}
    if found["default_member_permissions"] is not None:
        found["default_member_permissions"] = str(found["default_member_permissions"])
    return found


@route("PUT", "/applications/{application_id}/commands")
async def sync(rest: Rest, call: Call) -> tuple[int, Any]:
    rules.check_commands(call.body)
    rest.world.command_writes += 1
    rest.world.commands = [_stored_command(rest, one) for one in call.body]
    return 200, rest.world.commands


@route("GET", "/applications/{application_id}/commands")
async def commands(rest: Rest, call: Call) -> tuple[int, Any]:
    return 200, rest.world.commands


@route("GET", "/applications/{application_id}/guilds/{guild_id}/commands")
async def guild_commands(rest: Rest, call: Call) -> tuple[int, Any]:
    guild = rest.world.guilds.get(call.params["guild_id"])
    if guild is None or not guild.commands_scope:
        raise rules.Refusal(*rules.MISSING_ACCESS)
    return 200, []


@route("GET", "/guilds/{guild_id}")
async def guild(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.world.guilds.get(call.params["guild_id"])
    if found is None:
        raise rules.Refusal(*rules.UNKNOWN_GUILD)
    return 200, found.json()


@route("GET", "/guilds/{guild_id}/roles")
async def guild_roles(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.world.guilds.get(call.params["guild_id"])
    if found is None:
        raise rules.Refusal(*rules.UNKNOWN_GUILD)
    return 200, [one.json() for one in found.roles.values()]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
async def guild_member(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.world.guilds.get(call.params["guild_id"])
    if found is None:
        raise rules.Refusal(*rules.UNKNOWN_GUILD)
    if call.params["user_id"] not in found.members:
        raise rules.Refusal(*rules.UNKNOWN_MEMBER)
    return 200, found.member_json(rest.world.users[call.params["user_id"]])


@route("GET", "/channels/{channel_id}")
async def channel(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.world.channels.get(call.params["channel_id"])
    if found is None:
        raise rules.Refusal(*rules.UNKNOWN_CHANNEL)
    rest.messages.check_access(found)
    return 200, found.json()


@route("POST", "/users/@me/channels")
async def open_dm(rest: Rest, call: Call) -> tuple[int, Any]:
    user = rest.world.users.get(str(call.body["recipient_id"]))
    if user is None:
        raise rules.Refusal(400, 50033, "Invalid Recipient(s)")
    return 200, rest.world.dm(user).json()


@route("POST", "/channels/{channel_id}/messages")
async def create_message(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.world.channels.get(call.params["channel_id"])
    if found is None:
        raise rules.Refusal(*rules.UNKNOWN_CHANNEL)
    return 200, rest.messages.post(found, call.body, call.uploads).json(rest.base)


def _own_message(rest: Rest, call: Call) -> Message:
    found = rest.world.channels.get(call.params["channel_id"])
    if found is None:
        raise rules.Refusal(*rules.UNKNOWN_CHANNEL)
    rest.messages.check_access(found)
    message = rest.world.messages.get(call.params["message_id"])
    if message is None or message.deleted or message.ephemeral or message.channel is not found:
        raise rules.Refusal(*rules.UNKNOWN_MESSAGE)
    return message


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
async def edit_message(rest: Rest, call: Call) -> tuple[int, Any]:
    message = _own_message(rest, call)
    limit = message.channel.guild.file_limit if message.channel.guild else rules.DEFAULT_LIMIT
    return 200, rest.messages.edit(message, call.body, call.uploads, limit).json(rest.base)


@route("GET", "/channels/{channel_id}/messages/{message_id}")
async def get_message(rest: Rest, call: Call) -> tuple[int, Any]:
    message = _own_message(rest, call)
    if message.channel.guild is not None and not message.channel.bot_permissions & HISTORY:
        raise rules.Refusal(*rules.MISSING_ACCESS)
    found = message.json(rest.base, rest.world.epoch)
    # Without the privileged intent, a bot sees the content of its own messages, of direct ones, and of those that mention it.
    if message.channel.guild is not None and message.author is not rest.world.bot and f"<@{rest.world.bot.id}>" not in message.raw:
        found |= {"content": "", "attachments": [], "components": [], "embeds": []}
    return 200, found


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
async def delete_message(rest: Rest, call: Call) -> tuple[int, Any]:
    message = _own_message(rest, call)
    if message.author is not rest.world.bot and not message.channel.bot_permissions & MANAGE_MESSAGES:
        raise rules.Refusal(*rules.MISSING_PERMISSIONS)
    message.deleted = True
    return 204, None


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
async def callback(rest: Rest, call: Call) -> tuple[int, Any]:
    world, body = rest.world, call.body
    found = world.interactions.get(call.params["interaction_id"])
    if found is None or found.token != call.params["interaction_token"]:
        raise rules.Refusal(*rules.UNKNOWN_INTERACTION)
    if found.callback is not None:
        raise rules.Refusal(*rules.ALREADY_ACKNOWLEDGED)
    if world.now() - found.sent_at > ANSWER_WITHIN or found.expired:
        raise rules.Refusal(*rules.UNKNOWN_INTERACTION)
    kind, data = body["type"], body.get("data") or {}
    if kind not in rules.CALLBACKS[found.type] or (kind in (6, 7) and found.source is None):
        raise rules.invalid("type", "Interaction callback type is invalid")
    resource = _take(rest, found, kind, data, call.uploads)
    found.callback, found.callback_at = kind, world.now()
    answer: dict[str, Any] = {"interaction": {"id": found.id, "type": found.type}}
    if found.original is not None:
        more = {"response_message_loading": found.original.thinking, "response_message_ephemeral": found.original.ephemeral}
        answer["interaction"] |= {"response_message_id": found.original.id, **more}
    if resource is not None:
        answer["resource"] = {"type": kind, "message": resource.json(rest.base)}
    return 200, answer


def _take(rest: Rest, found: Interaction, kind: int, data: dict[str, Any], uploads: Uploads) -> Message | None:
    """Carry out a callback; returns the message that the answer shows."""
    if kind == 4:
        found.original = rest.messages.answer(found, data, uploads, route="callback")
        return found.original
    if kind == 5:
        found.original = rest.messages.placeholder(found, data.get("flags") or 0)
    elif kind in (6, 7):
        found.original = found.source
        if kind == 7 and found.source is not None:
            return rest.messages.edit(found.source, data, uploads, found.payload["attachment_size_limit"])
    elif kind == 8:
        found.choices = data["choices"]
    elif kind == 9:
        rules.check_modal(data)
        found.modal = data
    return None


@route("POST", "/webhooks/{webhook_id}/{webhook_token}")
async def followup(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.interaction(call.params["webhook_token"])
    message = rest.messages.answer(found, call.body, call.uploads, route="followup")
    found.followups.append(message)
    return 200, message.json(rest.base)


async def _get_answer(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.interaction(call.params["webhook_token"])
    return 200, rest.reachable(found, call.params.get("message_id", "@original")).json(rest.base)


async def _edit_answer(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.interaction(call.params["webhook_token"])
    message = rest.reachable(found, call.params.get("message_id", "@original"))
    return 200, rest.messages.edit(message, call.body, call.uploads, found.payload["attachment_size_limit"]).json(rest.base)


async def _delete_answer(rest: Rest, call: Call) -> tuple[int, Any]:
    found = rest.interaction(call.params["webhook_token"])
    rest.reachable(found, call.params.get("message_id", "@original")).deleted = True
    return 204, None


for _template in ("@original", "{message_id}"):
    route("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/" + _template)(_get_answer)
    route("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/" + _template)(_edit_answer)
    route("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/" + _template)(_delete_answer)
