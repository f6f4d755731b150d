"""Native APIs of Gemini, fal's queue, Replicate and Black Forest Labs on the sandbox's port.

Each has its own path: `/gemini/v1beta`, `/fal`, `/replicate/v1` and `/bfl/v1`. Faults come from the same markers and control API. Black
Forest Labs prices a picture in credits; here it's four.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from aiohttp import web
from cachetools import FIFOCache

from bot.sandbox.answers import ResponseWriter
from bot.sandbox.asked import Asked
from bot.sandbox.behaviours import Behaviours
from bot.sandbox.draw import draw
from bot.sandbox.faults import Fault, FaultBook
from bot.sandbox.native_references import references_in
from bot.sandbox.native_refusals import ENDED, REFUSED
from bot.sandbox.refusals import ErrorResponse

BASES = {"gemini": "/gemini/v1beta", "fal": "/fal", "replicate": "/replicate/v1", "bfl": "/bfl/v1"}
"""Service -> base path."""
CREDITS = 4.0
_KEPT = 100
_FINISHED_AT = 3
"""The poll at which a task is finished."""
_SIZES = {"1K": 1024, "2K": 2048, "4K": 3840}
_ON_THE_WIRE = ("hang", "network_reset", "malformed_response@cut", "redirect", "drip")
"""Faults of the connection, identical in every API."""


@dataclass(slots=True)
class _Task:
    service: str
    asked: Asked
    fault: str
    polls: int = 0
    cancelled: bool = False
    files: list[str] = field(default_factory=list)


class NativeServices:
    """Request handlers; a task is kept until a hundred newer ones exist."""

    def __init__(self, answers: ResponseWriter, behaviours: Behaviours, faults: FaultBook, log: deque[dict[str, object]]) -> None:
        self._answers = answers
        self._behaviours = behaviours
        self._faults = faults
        self._log = log
        self._tasks: FIFOCache[str, _Task] = FIFOCache(_KEPT)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/gemini/v1beta/models", self.gemini_models),
            web.post("/gemini/v1beta/models/{model}:generateContent", self.gemini),
            web.get("/fal/{model:.+}/requests/{task}/status", self.fal_status),
            web.put("/fal/{model:.+}/requests/{task}/cancel", self.fal_cancel),
            web.get("/fal/{model:.+}/requests/{task}", self.fal_result),
            web.post("/fal/{model:.+}", self.fal),
            web.post("/replicate/v1/models/{owner}/{name}/predictions", self.replicate),
            web.post("/replicate/v1/predictions", self.replicate),
            web.get("/replicate/v1/predictions/{task}", self.replicate_state),
            web.post("/replicate/v1/predictions/{task}/cancel", self.replicate_cancel),
            web.get("/bfl/v1/get_result", self.bfl_state),
            web.post("/bfl/v1/{model}", self.bfl),
        ]

    # ---- Gemini --------------------------------------------------------------------------------------------------------------

    async def gemini_models(self, request: web.Request) -> web.StreamResponse:
        if not request.headers.get("x-goog-api-key"):
            return await self._refuse(request, REFUSED["gemini"]["auth_missing_key"])
        return web.json_response({"models": [{"name": "models/gemini-3-pro-image", "supportedGenerationMethods": ["generateContent"]}]})

    async def gemini(self, request: web.Request) -> web.StreamResponse:
        """POST /gemini/v1beta/models/{model}:generateContent."""
        return await self._begin(request, "gemini", request.headers.get("x-goog-api-key", ""), _gemini_asked, self._gemini_picture)

    async def _gemini_picture(self, request: web.Request, asked: Asked, fault: Fault | None) -> web.StreamResponse:
        picture = (await self._answers.draw(asked, 0)).decode("ascii")
        if fault is not None and fault.name == "corrupt_image":
            picture = picture[: len(picture) // 8 * 4]
        part = {"inlineData": {"mimeType": "image/png", "data": picture}}
        return web.json_response(
            {
                "candidates": [{"content": {"parts": [part], "role": "model"}, "finishReason": "STOP", "index": 0}],
                "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1290, "totalTokenCount": 1299},
                "modelVersion": asked.model,
            }
        )

    # ---- fal -----------------------------------------------------------------------------------------------------------------

    async def fal(self, request: web.Request) -> web.StreamResponse:
        key = request.headers.get("authorization", "").removeprefix("Key").strip()
        return await self._begin(request, "fal", key, _fal_asked, self._submit)

    async def fal_status(self, request: web.Request) -> web.StreamResponse:
        task_id, task = self._task(request, "fal")
        if task is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        state = {"request_id": task_id, **self._fal_addresses(request, task_id)}
        if not self._step(task):
            queued = {"status": "IN_QUEUE", "queue_position": 0} if task.polls < 2 else {"status": "IN_PROGRESS", "logs": []}
            return web.json_response({**state, **queued}, status=202)
        return web.json_response({**state, "status": "COMPLETED", "logs": [], "metrics": {"inference_time": 0.1}})

    async def fal_result(self, request: web.Request) -> web.StreamResponse:
        """GET /fal/{model}/requests/{task}."""
        _, task = self._task(request, "fal")
        if task is None:
            return web.json_response({"detail": "Request not found"}, status=404)
        if (ended := ENDED["fal"].get(task.fault)) is not None:
            return await self._refuse(request, ended)
        images = [{"url": address, "content_type": "image/png"} for address in await self._files(request, task)]
        flags = [task.fault == "safety_output"] * len(images)
        return web.json_response({"images": images, "seed": 7, "has_nsfw_concepts": flags, "prompt": task.asked.prompt})

    async def fal_cancel(self, request: web.Request) -> web.StreamResponse:
        _, task = self._task(request, "fal")
        if task is None or task.polls >= _FINISHED_AT:
            return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)
        task.cancelled = True
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)

    def _fal_addresses(self, request: web.Request, task_id: str) -> dict[str, str]:
        root = f"http://{request.host}/fal/{request.match_info['model']}/requests/{task_id}"
        return {"status_url": f"{root}/status", "response_url": root, "cancel_url": f"{root}/cancel"}

    # ---- Replicate -----------------------------------------------------------------------------------------------------------

    async def replicate(self, request: web.Request) -> web.StreamResponse:
        """POST /replicate/v1/predictions and /replicate/v1/models/{owner}/{name}/predictions."""
        return await self._begin(request, "replicate", _bearer(request), _replicate_asked, self._submit)

    async def replicate_state(self, request: web.Request) -> web.StreamResponse:
        """GET /replicate/v1/predictions/{task}."""
        task_id, task = self._task(request, "replicate")
        if task is None:
            return web.json_response({"detail": "The requested resource could not be found."}, status=404)
        state = self._prediction(request, task_id, task)
        if task.cancelled:
            return web.json_response({**state, "status": "canceled"})
        if not self._step(task):
            logs = f"Using seed: 7\n {25 * task.polls}%|##        | {task.polls}/4 [00:01<00:03]"
            return web.json_response({**state, "status": "processing", "logs": logs})
        if (ended := ENDED["replicate"].get(task.fault)) is not None:
            assert isinstance(ended.body, dict)
            return web.json_response({**state, "status": "failed", **ended.body})
        return web.json_response({**state, "status": "succeeded", "output": await self._files(request, task)})

    async def replicate_cancel(self, request: web.Request) -> web.StreamResponse:
        task_id, task = self._task(request, "replicate")
        if task is None:
            return web.json_response({"detail": "The requested resource could not be found."}, status=404)
        task.cancelled = task.polls < _FINISHED_AT
        return web.json_response({**self._prediction(request, task_id, task), "status": "canceled" if task.cancelled else "succeeded"})

    def _prediction(self, request: web.Request, task_id: str, task: _Task) -> dict[str, object]:
        root = f"http://{request.host}/replicate/v1/predictions/{task_id}"
        return {
            "id": task_id,
            "model": task.asked.model,
            "version": "hidden",
            "created_at": "2026-11-29T12:00:00Z",
            "input": {"prompt": task.asked.prompt},
            "logs": "",
            "error": None,
            "output": None,
            "urls": {"get": root, "cancel": f"{root}/cancel"},
        }

    # ---- Black Forest Labs ---------------------------------------------------------------------------------------------------

    async def bfl(self, request: web.Request) -> web.StreamResponse:
        """POST /bfl/v1/{model}."""
        return await self._begin(request, "bfl", request.headers.get("x-key", ""), _bfl_asked, self._submit)

    async def bfl_state(self, request: web.Request) -> web.StreamResponse:
        """GET /bfl/v1/get_result?id=."""
        task_id, task = self._task(request, "bfl")
        state: dict[str, object] = {"id": task_id, "status": "Task not found", "result": None, "progress": None}
        if task is None:
            return web.json_response(state)
        if not self._step(task):
            return web.json_response({**state, "status": "Pending", "progress": task.polls / _FINISHED_AT})
        if (ended := ENDED["bfl"].get(task.fault)) is not None:
            assert isinstance(ended.body, dict)
            return web.json_response({**state, **ended.body})
        sample = (await self._files(request, task))[0]
        return web.json_response({**state, "status": "Ready", "result": {"sample": sample, "prompt": task.asked.prompt, "seed": 7}})

    # ---- What they share -----------------------------------------------------------------------------------------------------

    async def _begin(
        self,
        request: web.Request,
        service: str,
        key: str,
        reader: Callable[[web.Request, dict[str, Any]], Asked],
        answer: Callable[[web.Request, Asked, Fault | None], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        entry: dict[str, object] = {"api": service, "at": self._answers.now(), "outcome": "reading", "finished": True}
        self._log.append(entry)
        refused = REFUSED[service]
        if not key:
            entry["outcome"] = "auth_missing_key"
            return await self._refuse(request, refused["auth_missing_key"])
        try:
            fields = json.loads(await request.read())
            asked = replace(reader(request, fields), references=references_in(service, fields))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            entry["outcome"] = "bad_request_other"
            return await self._refuse(request, refused["bad_request_other"])
        entry |= {"model": asked.model, "prompt": asked.prompt, "n": asked.n, "size": asked.size, "references": len(asked.references)}
        fault = self._faults.next(asked.prompt)
        entry["outcome"] = fault.name if fault else "pictures"
        if fault is not None and fault.name in refused:
            return await self._refuse(request, refused[fault.name], fault.retry_after, model=asked.model)
        if fault is not None and (fault.name in _ON_THE_WIRE or fault.name.partition("@")[0] in ("gateway_error", "timeout")):
            return await self._behaviours.give(request, asked, fault)
        return await answer(request, asked, fault)

    async def _refuse(
        self, request: web.Request, refusal: ErrorResponse, retry_after: float | None = None, **values: str
    ) -> web.StreamResponse:
        shown = f"{self._answers.pace.retry_after if retry_after is None else retry_after:g}"
        headers = {"content-type": "application/json", **{name: value.replace("*", shown) for name, value in refusal.headers.items()}}
        body = refusal.text(values).replace('"*s"', f'"{shown}s"').replace("~*s", f"~{shown}s")
        return await self._answers.send(request, refusal.status, headers, [body.encode()])

    async def _submit(self, request: web.Request, asked: Asked, fault: Fault | None) -> web.StreamResponse:
        service = next(name for name in ("fal", "replicate", "bfl") if request.path.startswith(BASES[name]))
        task_id = f"sandbox{self._answers.number()}"
        task = self._tasks[task_id] = _Task(service, asked, fault.name if fault else "")
        if service == "fal":
            state = {"queue_position": 1, "request_id": task_id, **self._fal_addresses(request, task_id)}
            return web.json_response(state)
        if service == "replicate":
            return web.json_response({**self._prediction(request, task_id, task), "status": "starting"}, status=201)
        address = f"http://{request.host}/bfl/v1/get_result?id={task_id}"
        return web.json_response({"id": task_id, "polling_url": address, "cost": CREDITS, "input_mp": 0.0, "output_mp": 1.0})

    def _task(self, request: web.Request, service: str) -> tuple[str, _Task | None]:
        task_id = request.match_info.get("task") or request.query.get("id", "")
        task = self._tasks.get(task_id)
        lost = task is None or task.service != service or task.fault == "task_lost"
        return task_id, None if lost else task

    def _step(self, task: _Task) -> bool:
        """Count a poll. Returns whether the task is finished."""
        task.polls += 1
        return task.fault != "task_running_timeout" and task.polls >= _FINISHED_AT

    async def _files(self, request: web.Request, task: _Task) -> list[str]:
        """URLs of a finished task's pictures, drawn once."""
        asked = task.asked
        behind = asked.references[0] if asked.references else None
        missing = 1 if task.fault == "partial" else 0
        while len(task.files) < asked.n - missing:
            content = await self._answers.off_loop(partial(draw, asked.prompt, asked.width, asked.height, len(task.files), behind=behind))
            failures = -1 if task.fault == "download_failed" else 0
            task.files.append(
                self._behaviours.keep(request, content[: len(content) // 2] if task.fault == "corrupt_image" else content, failures)
            )
        return task.files


def _bearer(request: web.Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer").strip()


def _asked(model: str, prompt: object, count: object = 1, width: int = 1024, height: int = 1024) -> Asked:
    if not isinstance(prompt, str) or not prompt.strip() or not isinstance(count, int) or not 1 <= count <= 10:
        raise ValueError("prompt or count")
    return Asked(model, prompt, count, min(max(width, 64), 3840), min(max(height, 64), 3840), "medium")


def _by_ratio(ratio: object, edge: int = 1024) -> tuple[int, int]:
    width, _, height = str(ratio or "1:1").partition(":")
    scale = edge / max(int(width), int(height))
    return round(int(width) * scale), round(int(height) * scale)


def _gemini_asked(request: web.Request, fields: Mapping[str, Any]) -> Asked:
    parts = fields["contents"][0]["parts"]
    config = fields.get("generationConfig", {})
    image = config.get("imageConfig") or {}
    edges = _by_ratio(image.get("aspectRatio"), _SIZES[image.get("imageSize", "1K")])
    words = "\n".join(part["text"] for part in parts if "text" in part)
    return _asked(request.match_info["model"], words, config.get("candidateCount", 1), *edges)


def _fal_asked(request: web.Request, fields: Mapping[str, Any]) -> Asked:
    size = fields.get("image_size")
    edges = (int(size["width"]), int(size["height"])) if isinstance(size, dict) else (1024, 768)
    return _asked(request.match_info["model"], fields["prompt"], fields.get("num_images", 1), *edges)


def _replicate_asked(request: web.Request, fields: Mapping[str, Any]) -> Asked:
    wanted = fields["input"]
    model = "/".join(request.match_info[name] for name in ("owner", "name") if name in request.match_info) or str(fields["version"])
    return _asked(model, wanted["prompt"], wanted.get("num_outputs", 1), *_by_ratio(wanted.get("aspect_ratio")))


def _bfl_asked(request: web.Request, fields: Mapping[str, Any]) -> Asked:
    edges = (
        _by_ratio(fields["aspect_ratio"]) if "aspect_ratio" in fields else (int(fields.get("width", 1024)), int(fields.get("height", 768)))
    )
    return _asked(request.match_info["model"], fields["prompt"], 1, *edges)
