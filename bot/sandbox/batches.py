"""OpenAI's Batch API in the sandbox: files, and batches whose lines are called at this same server, so every fault works in them too.

`sandbox:batch_expired`, `sandbox:batch_failed`, `sandbox:batch_waits` and `sandbox:batch_full` in a line's prompt decide what becomes of
the whole batch: it runs out of time, it isn't accepted, it waits until somebody cancels it, or it isn't accepted while another one is
unfinished, as if the limit on enqueued tokens were reached. `sandbox:batch_turned_away` says the latter at once instead of as its end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientSession, web
from cachetools import FIFOCache

_FILES, _BATCHES = 2000, 2000
"""Most files and batches that are kept; the oldest go first."""
_UNFINISHED = ("validating", "in_progress", "finalizing", "cancelling")
_FULL = (
    "Enqueued token limit reached for gpt-image-2 in organization org-sandbox. Limit: 90,000 enqueued tokens. "
    "Please try again once some in_progress batches have been completed."
)
Value = dict[str, Any]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _account(request: web.Request) -> str:
    """The account of a request's key: what's behind its `@`. Keys of one account see each other's batches."""
    return request.headers.get("authorization", "").partition("@")[2]


class BatchEndpoints:
    """Files and batches, in memory."""

    def __init__(self, has_key: Callable[[web.Request], bool], refuse: Callable[..., Any], now: Callable[[], float]) -> None:
        self._has_key, self._refuse, self._now = has_key, refuse, now
        self._files: FIFOCache[str, bytes] = FIFOCache(_FILES)
        self._batches: dict[str, Value] = {}
        self._accounts: dict[str, str] = {}
        self._working: dict[str, asyncio.Task[None]] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/files", self._keyed(self.upload)),
            web.get("/v1/files/{file}/content", self._keyed(self.content)),
            web.post("/v1/batches", self._keyed(self.begin)),
            web.get("/v1/batches", self._keyed(self.listed)),
            web.get("/v1/batches/{batch}", self._keyed(self.show)),
            web.post("/v1/batches/{batch}/cancel", self._keyed(self.cancel)),
        ]

    def _keyed(self, handler: Endpoint) -> Endpoint:
        """The same handler for calls with a key."""

        async def checked(request: web.Request) -> web.StreamResponse:
            return await (handler(request) if self._has_key(request) else self._refused(request, "auth_missing_key"))

        return checked

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/files: a form with `purpose` and `file`."""
        form = await request.post()
        file = form.get("file")
        if form.get("purpose") != "batch" or not isinstance(file, web.FileField):
            return await self._refused(request, "bad_request_other")
        name = self._store(file.file.read())
        about = {"id": name, "object": "file", "bytes": len(self._files[name]), "filename": file.filename, "purpose": "batch"}
        return web.json_response({**about, "created_at": int(self._now()), "status": "processed"})

    async def content(self, request: web.Request) -> web.StreamResponse:
        found = self._files.get(request.match_info["file"])
        if found is None:
            return await self._refused(request, "endpoint_not_found")
        return web.Response(body=found, content_type="application/octet-stream")

    async def begin(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        content = self._files.get(str(asked.get("input_file_id")))
        if content is None or asked.get("completion_window") != "24h":
            return await self._refused(request, "bad_request_other")
        if b"sandbox:batch_turned_away" in content:
            about = {"message": _FULL, "type": "invalid_request_error", "param": None, "code": "token_limit_exceeded"}
            return web.json_response({"error": about}, status=400)
        number = f"batch_sandbox{len(self._batches) + 1:06d}"
        batch: Value = {
            "id": number,
            "object": "batch",
            "endpoint": asked.get("endpoint"),
            "errors": None,
            "input_file_id": asked["input_file_id"],
            "completion_window": "24h",
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": int(self._now()),
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "metadata": asked.get("metadata"),
        }
        full = b"sandbox:batch_full" in content and any(one["status"] in _UNFINISHED for one in self._batches.values())
        self._batches[number], self._accounts[number] = batch, _account(request)
        while len(self._batches) > _BATCHES:
            self._accounts.pop(oldest := next(iter(self._batches)))
            self._batches.pop(oldest)
        origin, key = str(request.url.origin()), request.headers.get("authorization", "")
        self._working[number] = asyncio.get_running_loop().create_task(self._work(batch, content, origin, key, full))
        return web.json_response(batch, headers={"retry-after": "1"})

    async def listed(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/batches?limit=&after=: newest first."""
        found = [one for one in reversed(self._batches.values()) if self._accounts[one["id"]] == _account(request)]
        names = [one["id"] for one in found]
        after, limit = request.query.get("after", ""), int(request.query.get("limit", "20"))
        start = names.index(after) + 1 if after in names else 0
        page = found[start : start + limit]
        more = start + limit < len(found)
        return web.json_response({"object": "list", "data": page, "has_more": more, "last_id": page[-1]["id"] if page else None})

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET /v1/batches/{id}."""
        found = self._of(request)
        if found is None:
            return await self._refused(request, "endpoint_not_found")
        return web.json_response(found, headers={"retry-after": "1"})

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        found = self._of(request)
        if found is None:
            return await self._refused(request, "endpoint_not_found")
        if found["status"] in ("validating", "in_progress"):
            found["status"] = "cancelling"
            self._working[found["id"]].cancel()
        return web.json_response(found)

    def _of(self, request: web.Request) -> Value | None:
        """The batch that a request is about, if it's one of its key's account."""
        found = self._batches.get(request.match_info["batch"])
        return None if found is None or self._accounts[found["id"]] != _account(request) else found

    async def _work(self, batch: Value, content: bytes, origin: str, key: str, full: bool) -> None:
        lines = [json.loads(line) for line in content.splitlines() if line.strip()]
        batch["request_counts"]["total"] = len(lines)
        if full:
            problem: Value = {"code": "token_limit_exceeded", "line": None, "message": _FULL, "param": None}
            batch |= {"status": "failed", "errors": {"object": "list", "data": [problem]}}
            return
        if b"sandbox:batch_failed" in content:
            problem = {"code": "invalid_request", "line": 1, "message": "The model isn't available in batches.", "param": "body.model"}
            batch |= {"status": "failed", "errors": {"object": "list", "data": [problem]}}
            return
        batch["status"] = "in_progress"
        given, missing = list[Value](), list[Value]()
        state = "completed"
        try:
            if b"sandbox:batch_waits" in content:
                await asyncio.Event().wait()
            for line in lines:
                if b"sandbox:batch_expired" in content:
                    state = "expired"
                    missing.append(
                        _missing(line, "batch_expired", "This request could not be executed before the completion window expired.")
                    )
                    continue
                answer = await self._called(line, origin, key)
                (given if answer["response"]["status_code"] < 300 else missing).append(answer)
        except asyncio.CancelledError:
            state = "cancelled"
            done = {one["custom_id"] for one in (*given, *missing)}
            missing += [_missing(one, "batch_cancelled", "The batch was cancelled.") for one in lines if one["custom_id"] not in done]
        for name, found in (("output_file_id", given), ("error_file_id", missing)):
            if found:
                batch[name] = self._store("".join(json.dumps(one) + "\n" for one in found).encode())
        batch["request_counts"] |= {"completed": len(given), "failed": len(missing)}
        batch["status"] = state

    async def _called(self, line: Value, origin: str, key: str) -> Value:
        async with ClientSession() as session:
            async with session.post(origin + line["url"], json=line["body"], headers={"authorization": key}) as answer:
                body = await answer.read()
            try:
                found = json.loads(body)
            except ValueError:
                found = {"error": {"message": body[:200].decode("utf-8", "replace"), "type": "server_error"}}
            told = {"status_code": answer.status, "request_id": answer.headers.get("x-request-id", ""), "body": found}
            return {"id": f"batch_req_{line['custom_id']}", "custom_id": line["custom_id"], "response": told, "error": None}

    def _store(self, content: bytes) -> str:
        name = f"file-sandbox{len(self._files) + 1:06d}"
        self._files[name] = content
        return name

    async def _refused(self, request: web.Request, name: str) -> web.StreamResponse:
        found: web.StreamResponse = await self._refuse(request, name)
        return found


def _missing(line: Value, code: str, words: str) -> Value:
    return {
        "id": f"batch_req_{line['custom_id']}",
        "custom_id": line["custom_id"],
        "response": None,
        "error": {"code": code, "message": words},
    }
