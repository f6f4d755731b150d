"""Web server of the chat: NiceGUI and uvicorn inside the bot's event loop, without their signal handlers, and pictures by hash.

A process has a single NiceGUI application; its content is swapped when an adapter starts to serve.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import re
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from nicegui import Client, ui
from nicegui.storage import Storage

from adapters.kit import serving
from adapters.web.dashboard import DEFAULT_HOURS, DashboardPage
from adapters.web.gallery import GalleryView
from adapters.web.guard import Guard
from adapters.web.languages import reading, stated
from adapters.web.page import ChatPage
from adapters.web.parts import speak
from adapters.web.people import PEOPLE
from adapters.web.site import Site
from adapters.web.uploads import topics_of
from bot.chat.views import Document
from bot.evidence import files
from bot.texts import for_operators, say, text

EVIDENCE_SHOWN = 10
"""Number of the newest bundles that the dashboard links to."""
STATIC = Path(__file__).parent / "static"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TYPES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))


class _Application:
    """The FastAPI application with NiceGUI mounted, created once per process."""

    def __init__(self) -> None:
        self.site: Site | None = None
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        self.app.add_api_route("/pictures/{sha256}", self._picture, methods=["GET"], include_in_schema=False)
        self.app.add_api_route("/uploads", self._upload, methods=["POST"], include_in_schema=False)
        self.app.add_api_route("/topics", self._topics, methods=["POST"], include_in_schema=False)
        self.app.add_api_route("/operators/evidence/{name}", self._evidence, methods=["GET"], include_in_schema=False)
        self.app.add_api_route("/gallery/files/{request_id}/{name}", self._gallery_file, methods=["GET"], include_in_schema=False)
        self.app.mount("/static", StaticFiles(directory=STATIC))
        # No language here: NiceGUI would set it on the page after `stated` has.
        ui.page("/", title=text("web.title"), language=None, dark=None, favicon=_favicon())(self._page)
        ui.page("/operators", title=text("web.dashboard.title"), language=None, dark=None, favicon=_favicon())(self._dashboard)
        ui.page("/gallery", title=text("web.gallery.title"), language=None, dark=None, favicon=_favicon())(self._gallery)
        ui.run_with(
            self.app,
            title=text("web.title"),
            language="en-US",
            dark=None,
            tailwind=False,
            gzip_middleware_factory=None,
            binding_refresh_interval=None,
            show_welcome_message=False,
        )

    def _begun(self, client: Client, request: Request, lang: str, head: str, title: str = "", *, operators: bool = False) -> Site:
        """Begin a page in its reader's language."""
        assert self.site is not None, "pages are served only while an adapter serves"
        language = reading(lang, request.headers.get("accept-language", ""))
        language = for_operators(language) if operators else language
        speak(client, language)
        if title:
            client.title = say(title, language)
        ui.add_head_html(head + stated(language))
        return self.site

    def _page(self, client: Client, request: Request, you: str = "", channel: str = "", lang: str = "") -> None:
        site = self._begun(client, request, lang, _head())
        ChatPage(client, site.room, site.actions, you, channel, site.demo)

    async def _dashboard(self, client: Client, request: Request, hours: int = DEFAULT_HOURS, lang: str = "") -> None:
        head, title = _head(("chat.css", "dashboard.css"), ()), text("web.dashboard.title")
        site = self._begun(client, request, lang, head, title, operators=True)
        await DashboardPage(client, site.core, hours, lambda: files.newest(site.data_dir, EVIDENCE_SHOWN)).show()

    async def _gallery(self, client: Client, request: Request, you: str = "", lang: str = "", page: str = "0") -> None:
        site = self._begun(client, request, lang, _head(("chat.css", "gallery.css")), text("web.gallery.title"))
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
        view = GalleryView(client, site.core, site.actions, you, dict(request.query_params), number)
        site.galleries.add(view)
        client.on_delete(lambda: site.galleries.discard(view))
        await view.show()

    async def _gallery_file(self, request: Request, request_id: str, name: str, you: str = "") -> Response:
        """Hand over a picture of somebody's own result, named for people, or how it was made."""
        number = name.partition(".")[0]
        wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else None
        found: Document | str = text("gallery.gone")
        if self.site is not None and you in PEOPLE and (wanted is not None or name == "making.json"):
            found = await self.site.core.gallery_file(PEOPLE[you].visitor(), request_id, wanted)
        if isinstance(found, str):
            return _gone(request, found)
        plain = found.name.encode("ascii", "ignore").decode() or "picture"
        headers = {
            "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}",
            "cache-control": "no-store",
        }
        kind = "application/json" if found.name.endswith(".json") else _kind(found.content)
        return Response(found.content, media_type=kind, headers=headers)

    async def _evidence(self, name: str) -> Response:
        """Hand over a bundle to those who can open the operators' pages."""
        body = None if self.site is None else await asyncio.to_thread(files.read, self.site.data_dir, name)
        if body is None:
            return Response(status_code=404)
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(body, media_type="application/zip", headers=headers)

    async def _upload(self, request: Request) -> Response:
        """Take a picture that a member attaches."""
        site = self.site
        return Response(status_code=503) if site is None else await site.uploads.take(request, site.core)

    async def _topics(self, request: Request) -> Response:
        """Read a file of topics for the form that it was chosen in."""
        site = self.site
        return Response(status_code=503) if site is None else await topics_of(request, site.core)

    async def _picture(self, sha256: str, request: Request) -> Response:
        """Serve a stored picture, as long as some message shows it."""
        site = self.site
        gone = _gone(request, text("web.problem.picture_gone"))
        if site is None or not _SHA256.fullmatch(sha256) or not site.shows(sha256):
            return gone
        headers = {"cache-control": "private, no-cache", "etag": f'"{sha256}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        try:
            body = await site.picture(sha256)
        except LookupError:
            return gone
        return Response(body, media_type=_kind(body), headers=headers)


def _gone(request: Request, sentence: str) -> Response:
    words = say(sentence, reading("", request.headers.get("accept-language", ""))) + "\n"
    return Response(words, status_code=404, media_type="text/plain", headers={"cache-control": "no-store"})


def _kind(body: bytes) -> str:
    return next((name for magic, name in _TYPES if body.startswith(magic)), "application/octet-stream")


@functools.cache
def _application() -> _Application:
    return _Application()


@functools.cache
def _head(styles: tuple[str, ...] = ("chat.css",), scripts: tuple[str, ...] = ("pictures.js", "chat.js")) -> str:
    """Style and script tags, with a content hash in the URL so that browsers never mix versions."""

    def address(name: str) -> str:
        return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"

    sheets = "".join(f'<link rel="stylesheet" href="{address(name)}">' for name in styles)
    return sheets + "".join(f'<script src="{address(name)}"></script>' for name in scripts)


def _favicon() -> str:
    return (STATIC / "mark.svg").read_text(encoding="utf-8")


async def serve(site: Site, sock: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until cancelled, then close within about a second, including open WebSockets."""
    application = _application()
    application.site = site
    Storage.path = site.data_dir / "web"  # NiceGUI's default is the working directory; nothing is stored there today
    port = int(sock.getsockname()[1])
    guard = Guard(application.app, port, site.settings.token, any_host=not site.settings.local)
    config = uvicorn.Config(guard, log_config=None, access_log=False, server_header=False, lifespan="on", timeout_graceful_shutdown=1)
    try:
        await serving.serve(config, sock, ready=ready, failed=text("web.problem.start_failed"))
    finally:
        application.site = None
