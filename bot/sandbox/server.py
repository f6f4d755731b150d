"""Sandbox HTTP server: OpenAI's Images API with faults on demand.

It shares no code with the bot's client, so a mistake there can't be hidden by the same mistake here. Local use only: it listens on
127.0.0.1 and accepts any key.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from bot.ports import SystemPorts
from bot.sandbox.answers import Delays, ResponseWriter
from bot.sandbox.asked import MODELS, BadCall, read, references_of
from bot.sandbox.batches import BatchEndpoints
from bot.sandbox.behaviours import BEHAVIOURS, Behaviours
from bot.sandbox.dialects import DIALECT, DIALECTS, SandboxDialect
from bot.sandbox.faults import Fault, FaultBook
from bot.sandbox.native import BASES, NativeServices
from bot.sandbox.openrouter import OPENROUTER, openrouter_entry, openrouter_record
from bot.sandbox.refusals import REFUSALS

HOST = "127.0.0.1"
MAX_UPLOAD = 64 * 1024 * 1024
_LOG_LINES = 2000
KNOWN: Mapping[str, str] = {
    **{name: f"answers {refusal.status}" for name, refusal in REFUSALS.items()},
    **{name: behaviour.says for name, behaviour in BEHAVIOURS.items()},
}
"""Fault name -> description."""


SPOKEN = ("openai", *DIALECTS, *BASES)
"""Services whose API is spoken, each below its own path."""


@dataclass(slots=True)
class RunningSandbox:
    """A sandbox that is listening."""

    base_url: str
    """Base URL for clients; ends in /v1."""
    runner: web.AppRunner
    answers: ResponseWriter

    def base_url_of(self, service: str) -> str:
        """The base address under which a service with a language of its own is spoken."""
        root = self.base_url.removesuffix("/v1")
        return root + (DIALECTS[service].base if service in DIALECTS else BASES.get(service, "/v1"))

    async def stop(self) -> None:
        """Stop listening and abort calls in progress."""
        await self.runner.cleanup()
        self.answers.close()


async def start(host: str = HOST, port: int = 0, *, pace: Delays | None = None, now: Callable[[], float] | None = None) -> RunningSandbox:
    """Start listening. Port 0 picks a free one. Raises OSError if the address is in use."""
    answers = ResponseWriter(pace or Delays(), now or SystemPorts().now)
    runner = web.AppRunner(Sandbox(answers).application(), access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except BaseException:
        await runner.cleanup()
        answers.close()
        raise
    address = runner.addresses[0]
    shown = f"[{address[0]}]" if ":" in address[0] else address[0]
    return RunningSandbox(f"http://{shown}:{address[1]}/v1", runner, answers)


class UnknownFault(ValueError):
    """There is no fault with this name."""


_Fields = tuple[dict[str, object], tuple[bytes, ...], bytes | None]
_Reader = Callable[[web.Request], Awaitable[_Fields]]


class Sandbox:
    """The sandbox's request handlers."""

    def __init__(self, answers: ResponseWriter) -> None:
        self._answers = answers
        self._behaviours = Behaviours(answers)
        self._faults = FaultBook(KNOWN)
        self._log: deque[dict[str, object]] = deque(maxlen=_LOG_LINES)
        self._native = NativeServices(answers, self._behaviours, self._faults, self._log)

    def application(self) -> web.Application:
        application = web.Application(client_max_size=MAX_UPLOAD)
        application.add_routes(
            [
                web.post("/v1/images/generations", self.generations),
                web.post("/v1/images/edits", self.edits),
                web.get("/v1/images/tasks/{task}", self._behaviours.poll),
                web.get("/v1/models", self.models),
                web.get("/v1/models/{model:.+}", self.model),
                web.get("/_sandbox/files/{name}", self._behaviours.file),
                web.get("/_sandbox/faults", self.show_faults),
                web.post("/_sandbox/faults", self.add_faults),
                web.delete("/_sandbox/faults", self.clear_faults),
                web.get("/_sandbox/log", self.show_log),
                web.delete("/_sandbox/log", self.clear_log),
                *self._native.routes(),
                *BatchEndpoints(_has_key, self._answers.refuse, self._answers.now).routes(),
                *(web.post(f"{one.base}{one.path}", partial(self.dialect, one)) for one in DIALECTS.values()),
                web.get("/openrouter/api/v1/images/models", self.openrouter_models),
                web.get("/openrouter/api/v1/images/models/{model:.+}/endpoints", self.openrouter_record),
                web.route("*", "/{rest:.*}", self.nothing),
            ]
        )
        return application

    async def generations(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "images.generations", self._json)

    async def dialect(self, spoken: SandboxDialect, request: web.Request) -> web.StreamResponse:
        """A call for pictures in one of the dialects."""

        async def reader(request: web.Request) -> _Fields:
            fields, references, mask = await self._json(request)
            return spoken.translate(fields), references, mask

        request[DIALECT] = spoken
        return await self._answer(request, "images.generations", reader)

    async def edits(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/images/edits, as a form or as JSON."""
        form = request.content_type == "multipart/form-data"
        return await self._answer(request, "images.edits", self._form if form else self._json_edit)

    async def models(self, request: web.Request) -> web.StreamResponse:
        if not _has_key(request):
            return await self._answers.refuse(request, "auth_missing_key")
        return web.json_response({"object": "list", "data": [_model(name) for name in MODELS]})

    async def model(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/models/{id}."""
        name = request.match_info["model"]
        if not _has_key(request):
            return await self._answers.refuse(request, "auth_missing_key")
        return web.json_response(_model(name)) if name in MODELS else await self._answers.refuse(request, "invalid_model", model=name)

    async def openrouter_models(self, request: web.Request) -> web.StreamResponse:
        """GET /images/models of OpenRouter: what each model takes, and where its prices are."""
        if not _has_key(request):
            return await self._answers.refuse(request, "auth_missing_key")
        return web.json_response({"data": [openrouter_entry(name) for name in OPENROUTER]})

    async def openrouter_record(self, request: web.Request) -> web.StreamResponse:
        """GET /images/models/{model}/endpoints of OpenRouter."""
        name = request.match_info["model"]
        return web.json_response(openrouter_record(name)) if name in OPENROUTER else await self._answers.refuse(request, "invalid_model")

    async def nothing(self, request: web.Request) -> web.StreamResponse:
        """Any other path."""
        return await self._answers.refuse(request, "endpoint_not_found")

    # ---- The control calls ---------------------------------------------------------------------------------------------------

    async def show_faults(self, request: web.Request) -> web.StreamResponse:
        """GET /_sandbox/faults: active rules and all fault names."""
        return web.json_response({"faults": self._faults.active(), "known": KNOWN})

    async def add_faults(self, request: web.Request) -> web.StreamResponse:
        """POST /_sandbox/faults: `{"kind", "times"?, "match"?, "delay"?, "retry_after"?}`, or a list of them."""
        try:
            value = await request.json()
            for fault, match in [_rule(rule) for rule in (value if isinstance(value, list) else [value])]:
                self._faults.add(fault, match)
        except UnknownFault as error:
            return web.json_response({"error": f"no fault is called {str(error)!r}", "known": sorted(KNOWN)}, status=400)
        except (ValueError, TypeError, KeyError, AttributeError):
            return web.json_response({"error": 'send {"kind": "rate_limited", "times": 2}'}, status=400)
        return web.json_response({"faults": self._faults.active()})

    async def clear_faults(self, request: web.Request) -> web.StreamResponse:
        """DELETE /_sandbox/faults: drop all rules and call counts."""
        self._faults.clear()
        return web.json_response({"faults": []})

    async def show_log(self, request: web.Request) -> web.StreamResponse:
        """GET /_sandbox/log: received calls with their prompts, oldest first. For tests and drills on your own machine."""
        return web.json_response({"calls": list(self._log)})

    async def clear_log(self, request: web.Request) -> web.StreamResponse:
        """DELETE /_sandbox/log: clear the log."""
        self._log.clear()
        return web.json_response({"calls": []})

    # ---- One call ------------------------------------------------------------------------------------------------------------

    async def _answer(self, request: web.Request, api: str, reader: _Reader) -> web.StreamResponse:
        entry: dict[str, object] = {"api": api, "at": self._answers.now(), "outcome": "reading"}
        self._log.append(entry)
        try:
            if not _has_key(request):
                raise BadCall("auth_missing_key")
            fields, references, mask = await reader(request)
            entry |= {name: fields.get(name) for name in ("model", "prompt", "n", "size", "quality", "stream", "safety_identifier")}
            prompt = fields.get("prompt")
            fault = self._faults.next(prompt) if isinstance(prompt, str) else None
            spoken = request.get(DIALECT)
            if fault is None and spoken is not None and spoken.by_address:
                fault = Fault("url")
            asked = read(fields, references, mask)
            entry |= {"references": len(references), "mask": mask is not None}
        except BadCall as refused:
            entry["outcome"] = refused.name
            return await self._answers.refuse(request, refused.name, None, **refused.values)
        entry["outcome"] = fault.name if fault else "pictures"
        entry["finished"] = False
        response = await (self._behaviours.give(request, asked, fault) if fault else self._answers.ordinary(request, asked))
        entry["finished"] = True
        return response

    async def _json(self, request: web.Request) -> _Fields:
        try:
            fields = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            raise BadCall("payload_too_large") from None
        except (ValueError, RecursionError):
            raise BadCall("bad_request_other") from None
        if not isinstance(fields, dict):
            raise BadCall("bad_request_other")
        return fields, (), None

    async def _json_edit(self, request: web.Request) -> _Fields:
        fields, _, _ = await self._json(request)
        masks = () if fields.get("mask") is None else references_of({"images": [fields["mask"]]})
        return fields, references_of(fields), masks[0] if masks else None

    async def _form(self, request: web.Request) -> _Fields:
        try:
            form = await request.post()
        except web.HTTPRequestEntityTooLarge:
            raise BadCall("payload_too_large") from None
        except ValueError:
            raise BadCall("bad_request_other") from None
        files = [value for name, value in form.items() if name in ("image", "image[]") and isinstance(value, web.FileField)]
        if not files:
            raise BadCall("invalid_reference_image")
        fields: dict[str, object] = {name: value for name, value in form.items() if isinstance(value, str)}
        mask = form.get("mask")
        return fields, tuple(file.file.read() for file in files), mask.file.read() if isinstance(mask, web.FileField) else None


def _has_key(request: web.Request) -> bool:
    key = request.headers.get("authorization", "").removeprefix("Bearer").strip() or request.headers.get("api-key", "").strip()
    return bool(key)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 1763700000, "owned_by": "sandbox", "shutdown_date": MODELS[name]}


def _rule(value: dict[str, object]) -> tuple[Fault, str]:
    times = value.get("times", 1)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= 1_000_000):
        raise ValueError("times")
    seconds = [None if value.get(name) is None else float(str(value[name])) for name in ("delay", "retry_after")]
    if any(number is not None and not 0 <= number <= 3600 for number in seconds):
        raise ValueError("seconds")
    match = value.get("match", "")
    if not isinstance(match, str):
        raise TypeError("match")
    name = str(value["kind"]).lower()
    if name not in KNOWN:
        raise UnknownFault(name)
    return Fault(name, times, seconds[0], seconds[1]), match
