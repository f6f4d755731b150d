"""Files: the upload in three steps, the processing that comes later, and Slack's traps in it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.platforms.pouring import Pour
from tests.slack.standin.api import Call, method
from tests.slack.standin.rules import Refusal
from tests.slack.standin.world import File, User, Workspace, World

if TYPE_CHECKING:
    from tests.slack.standin.server import StandIn

Args = Mapping[str, Any]


class Files:
    """Uploads and what becomes of them."""

    def __init__(self, standin: StandIn) -> None:
        self.standin, self.world = standin, standin.world
        self.downloads: list[dict[str, str]] = []
        """Headers of every download."""
        self.pours: dict[str, Pour] = {}
        """By the id of a file: what the file host sends instead of its content."""
        self.stuck: asyncio.Event | None = None
        """While set to an unset event, no download ends."""
        self._timers: set[asyncio.TimerHandle] = set()

    def begin(self, args: Args) -> dict[str, Any]:
        name, length = str(args.get("filename") or ""), str(args.get("length") or "")
        if not name or not length.isdigit() or int(length) == 0:
            raise Refusal("invalid_arguments", "[ERROR] filename and length are required")
        alt = str(args.get("alt_txt") or "")
        if len(alt) > 1000:
            raise Refusal("alt_txt_too_large")
        identity = self.world.new_id("F")
        file = File(identity, name, int(length), f"{self.standin.base}/upload/{identity}/{secrets.token_urlsafe(8)}", alt_txt=alt)
        self.world.files[identity] = file
        return {"upload_url": file.upload_url, "file_id": identity}

    def receive(self, url: str, call: Call, content: bytes, content_type: str) -> tuple[int, Any]:
        """What the upload host answers."""
        file = next((one for one in self.world.files.values() if one.upload_url == url), None)
        if file is None:
            return 404, "not found"
        if "multipart" in content_type:
            self.world.violation("an upload is sent as multipart; the SDK sends raw bytes")
        if len(content) != file.length:
            self.world.violation(f"an upload announced {file.length} bytes and has {len(content)}")
            return 400, "length mismatch"
        file.content = content
        return 200, f"OK - {len(content)}"

    def complete(self, workspace: Workspace, args: Args) -> dict[str, Any]:
        listed = args.get("files")
        if not isinstance(listed, list) or not listed:
            raise Refusal("invalid_arguments", "[ERROR] files is required")
        target = None
        if args.get("channels"):
            self.world.violation("files.completeUploadExternal with several channels")
        if args.get("channel_id"):
            identity = str(args["channel_id"])
            if identity in self.world.users:
                raise Refusal("channel_not_found")
            target = self.standin.messages.sendable(workspace, identity)
        found = [self.world.files.get(str(one.get("id", ""))) for one in listed]
        if any(one is None or one.content is None or one.deleted or one.completed_at is not None for one in found):
            raise Refusal("file_not_found")
        if target is not None and args.get("thread_ts") and self.world.message(target, str(args["thread_ts"])) is None:
            raise Refusal("invalid_thread_ts")
        for file, said in zip(found, listed, strict=True):
            assert file is not None
            file.title = str(said.get("title") or "")
            file.completed_at = self.world.now()
            file.target, file.target_thread = target, args.get("thread_ts") or None
            file.comment = str(args.get("initial_comment") or "")
            handle = asyncio.get_running_loop().call_later(self.world.processing_seconds, self._later, file)
            self._timers.add(handle)
        return {"files": [{"id": one.id, "title": one.title or one.name} for one in found if one is not None]}

    def upload(self, user: User, name: str, content: bytes, *, size: int | None = None, **more: Any) -> File:
        """A file that somebody uploads at their client."""
        identity = self.world.new_id("F")
        file = File(identity, name, len(content) if size is None else size, "", content, owner=user, processed=True, **more)
        file.completed_at = self.world.now()
        file.url = file.url or f"{self.standin.base}/files-pri/{user.workspace.id}-{identity}/download/{name}"
        self.world.files[identity] = file
        return file

    async def download(self, request: web.Request) -> web.StreamResponse:
        """What Slack's file host answers. Without a right to the file, it's the sign-in page."""
        self.downloads.append({name.lower(): value for name, value in request.headers.items()})
        await self.world.notify()
        if self.stuck is not None:
            await self.stuck.wait()
        file = self.world.files.get(request.match_info["file"].partition("-")[2])
        home = self.standin.workspace if file is None or file.owner is None else file.owner.workspace
        known = request.headers.get("Authorization") == f"Bearer {home.token}"
        if not known or "files:read" not in self.world.scopes:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        if file is None or file.deleted:
            raise web.HTTPNotFound
        if file.redirect:
            raise web.HTTPFound(file.redirect)
        return web.Response(body=file.content) if (pour := self.pours.get(file.id)) is None else await pour.answer(request)

    def _later(self, file: File) -> None:
        self.settle(file)
        asyncio.get_running_loop().create_task(self.world.notify())

    def settle(self, file: File) -> None:
        """Process and share a file whose time has come. A file with alt_txt is processed, but never shared and never shown."""
        if file.completed_at is None or file.deleted or self.world.never_processed or file.alt_txt:
            return
        late = self.world.now() - file.completed_at >= self.world.processing_seconds - 0.005
        if not late or (file.target is None and file.polls <= self.world.processing_polls):
            return
        file.processed = True
        if file.target is None or file.shared is not None or self.world.never_shared:
            return
        body = {"text": file.comment, "blocks": []}
        bot = file.target.workspace.bot
        file.shared = self.standin.messages.add(file.target, bot, body, thread=file.target_thread, route="share", files=[file])

    def close(self) -> None:
        for one in self._timers:
            one.cancel()


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return standin.files.begin(args)


@method("files.completeUploadExternal", "files:write")
def complete_upload(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    return standin.files.complete(workspace, args)


def _file(world: World, args: Args) -> File:
    file = world.files.get(str(args.get("file") or ""))
    if file is None or file.completed_at is None or file.hidden:
        raise Refusal("file_not_found")
    if file.deleted:
        raise Refusal("file_deleted")
    return file


@method("files.info", "files:read")
def files_info(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    file = _file(standin.world, args)
    file.polls += 1
    standin.files.settle(file)
    return {"file": file.json(), "comments": [], "response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write")
def files_delete(standin: StandIn, workspace: Workspace, args: Args) -> dict[str, Any]:
    file = _file(standin.world, args)
    file.deleted = True
    if file.shared is not None:
        file.shared.deleted = True
    return {}
