"""The Web API under /api/: arguments in all of their forms, tokens, scopes, faults and rates; the methods live in their own files."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.faults import How
from tests.slack.standin.faults import Fault, Faults
from tests.slack.standin.rates import Rates
from tests.slack.standin.rules import FAULTS_OF_THE_BOT, Refusal
from tests.slack.standin.world import Channel, Workspace, World

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

JSON_ARGUMENTS = ("blocks", "view", "metadata", "attachments", "files")
WRITES = ("chat.postMessage", "chat.postEphemeral", "chat.update", "files.completeUploadExternal")


@dataclass(slots=True)
class Call:
    """One request as it came in."""

    method: str
    args: dict[str, Any]
    token: str
    at: float
    connection: int = 0
    """Which TCP connection it came over."""
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def error(self) -> str:
        return str(self.answer.get("error", ""))


Method = Callable[["StandIn", Workspace, Mapping[str, Any]], dict[str, Any]]
METHODS: dict[str, tuple[Callable[[World, Mapping[str, Any]], str], Method]] = {}


def method(name: str, scope: str | Callable[[World, Mapping[str, Any]], str] = "") -> Callable[[Method], Method]:
    """Register a method; `scope` is what it needs, or how to find out."""

    def keep(handler: Method) -> Method:
        METHODS[name] = (scope if callable(scope) else lambda world, args: scope, handler)
        return handler

    return keep


def by_kind(verb: str) -> Callable[[World, Mapping[str, Any]], str]:
    """`channels:read`, `groups:read` or `im:read`, as the channel is."""

    def needed(world: World, args: Mapping[str, Any]) -> str:
        channel = world.channels.get(str(args.get("channel") or ""))
        return f"{kind(channel)}:{verb}"

    return needed


def kind(channel: Channel | None) -> str:
    if channel is None or not channel.private:
        return "channels"
    return "im" if channel.direct else "groups"


class Api:
    """Answers every call."""

    def __init__(self, standin: StandIn, faults: Faults, *, rates: bool) -> None:
        self.standin, self.world, self.faults = standin, standin.world, faults
        self.calls: list[Call] = []
        self.rates = Rates(self.world) if rates else None
        self._connections: dict[object, int] = {}
        self._refused_tokens = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args, problem = await read_arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or str(args.pop("token", ""))
        args.pop("token", None)
        call = Call(name, args, token, self.world.now(), self._connection(request))
        self.calls.append(call)
        return await self.guarded(request, call, lambda: self._answer(call, problem))

    async def guarded(
        self, request: web.Request, call: Call, do: Callable[[], tuple[int, Any]], *, plain: bool = False
    ) -> web.StreamResponse:
        """Carry out a call unless a fault says otherwise; `plain` answers are text."""
        fault = self.faults.find(call.method, call.args)
        if fault is not None and fault.how in (How.ANSWER, How.CUT):
            await self.world.notify()
            return self._broken(request, call, fault)
        if fault is not None and fault.how is How.STUCK:
            await self.world.notify()
            await asyncio.Event().wait()
        status, body = do()
        await self.world.notify()
        if fault is not None and fault.how is How.STUCK_AFTER:
            await asyncio.Event().wait()
        if fault is not None and fault.how in (How.LOST, How.DONE_BUT):
            return self._broken(request, call, fault)
        call.status = status
        call.answer = body if isinstance(body, dict) else {}
        if not isinstance(body, dict):
            return web.Response(status=status, text=str(body), content_type="text/plain")
        headers = {"Retry-After": str(body.pop("retry_after"))} if status == 429 else {}
        if call.method not in ("upload", "respond"):
            granted = self.world.app_scopes if call.token.startswith("xapp-") else self.world.scopes
            headers |= {"x-oauth-scopes": ",".join(sorted(granted)), "x-slack-req-id": f"r{len(self.calls)}"}
        return web.Response(
            status=status, body=json.dumps(body).encode(), content_type="application/json", charset="utf-8", headers=headers
        )

    def _answer(self, call: Call, problem: str) -> tuple[int, dict[str, Any]]:
        try:
            workspace = self._authenticated(call)
            found = METHODS.get(call.method)
            if found is None:
                raise Refusal("unknown_method", req_method=call.method)
            if problem:
                raise Refusal("invalid_json" if "json" in problem else "invalid_form_data", problem)
            if self.rates is not None and (wait := self.rates.wait(call.method, call.args)):
                return 429, {"ok": False, "error": "ratelimited", "retry_after": wait}
            scope_of, handler = found
            needed = scope_of(self.world, call.args)
            granted = self.world.app_scopes if call.token.startswith("xapp-") else self.world.scopes
            if needed and needed not in granted:
                raise Refusal("missing_scope", needed=needed, provided=",".join(sorted(granted)))
            return 200, {"ok": True, **handler(self.standin, workspace, call.args)}
        except Refusal as refusal:
            body = refusal.body
            if body["error"] in FAULTS_OF_THE_BOT and "slack file" not in str(body) and "expired" not in str(body):
                self.world.violation(f"{call.method}: {body}")
            return 200, body

    def _authenticated(self, call: Call) -> Workspace:
        """Whose token it is; a revoked one is refused, and going on with it for long is a violation."""
        world, token = self.world, call.token
        first = next(iter(world.workspaces.values()))
        if call.method == "apps.connections.open":
            if token.startswith("xoxb-"):
                raise Refusal("not_allowed_token_type")
            if token != world.app_token or world.app_token_error:
                raise Refusal(world.app_token_error or "invalid_auth")
            return first
        if call.method == "oauth.v2.access":
            call.args |= basic(token)
            return first
        if not token:
            raise Refusal("not_authed")
        workspace = self.standin.oauth.workspace_of(token, call.args)
        if token == world.app_token and call.method != "auth.test":
            raise Refusal("not_allowed_token_type")
        if workspace is None and token != world.app_token:
            raise Refusal("invalid_auth")
        if workspace is not None and not workspace.installed:
            raise Refusal("account_inactive")
        if world.token_error:
            self._refused_tokens += call.method in WRITES
            if self._refused_tokens > 30:
                world.violation(f"{call.method} goes on although the token was refused {self._refused_tokens} times")
            raise Refusal(world.token_error)
        return workspace or first

    def _broken(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.how in (How.LOST, How.CUT):
            call.status = -1
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        call.status = fault.status
        body, content_type = fault.payload()
        if content_type == "application/json":
            call.answer = json.loads(body)
        return web.Response(status=fault.status, body=body, content_type=content_type, headers=fault.headers)

    def _connection(self, request: web.Request) -> int:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        return self._connections.setdefault(peer, len(self._connections))

    @property
    def connections(self) -> int:
        """How many TCP connections calls came over."""
        return len(self._connections)


async def read_arguments(request: web.Request) -> tuple[dict[str, Any], str]:
    """Query, form and JSON body together, with JSON texts opened; and what was wrong with them."""
    args: dict[str, Any] = dict(request.query)
    problem = ""
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            found = json.loads(raw) if raw else {}
            args |= found if isinstance(found, dict) else {}
            problem = "" if isinstance(found, dict) else "json_not_object"
        except ValueError:
            problem = "invalid_json"
    elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                problem = f"{name} is not JSON"
    return args, problem


def basic(header: str) -> dict[str, str]:
    """Client id and secret of an Authorization header."""
    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return {"client_id": name, "client_secret": secret}


def flag(value: Any) -> bool:
    """Slack's booleans come as JSON, as words and as digits."""
    return value in (True, 1, "1", "true", "True")
