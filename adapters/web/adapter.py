"""Web chat adapter: views go into the room's memory, where open pages read them; `serve` starts the server."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from typing import Literal

import structlog

from adapters.kit.listening import listening
from adapters.web.people import COMMUNITY, MODERATORS, OPERATORS, PEOPLE, PLATFORM, WebModerators
from adapters.web.room import Room, written_at
from adapters.web.settings import WebSettings
from adapters.web.site import Site
from bot.adapter import Context, SetupProblem
from bot.chat.port import Message, SendResult, Sent
from bot.chat.views import View
from bot.core import Core
from bot.domain.requests import Place
from bot.texts import text

log = structlog.get_logger()


class WebChat:
    """ChatPort of the web chat. Every send succeeds, because the memory is the platform. Each page says what it shows in its language."""

    localizes_views: Literal[True] = True

    def __init__(self, room: Room) -> None:
        self._room = room

    async def send(self, message: Message, view: View) -> SendResult:
        entry = self._room.show(message, view)
        if written_at(message) is not None:
            return Sent(message.ref)
        return Sent({**message.ref, "at": f"{entry.at:.3f}"})


class WebAdapter:
    name = PLATFORM
    replaces_pictures = True

    def __init__(self, settings: WebSettings, context: Context) -> None:
        self._settings, self._context = settings, context
        self._room = Room(context.ports.now)
        self.chat = WebChat(self._room)
        self.moderators = WebModerators()

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        remembering = asyncio.create_task(self._remember(core), name="web-history")
        try:
            await self._serve(core, ready)
        finally:
            remembering.cancel()
            await asyncio.gather(remembering, return_exceptions=True)

    async def _serve(self, core: Core, ready: Callable[[str], None]) -> None:
        try:
            # Importing takes a second; do it off the loop, so that other platforms can connect meanwhile.
            server = await asyncio.to_thread(importlib.import_module, "adapters.web.server")
        except ImportError as error:
            raise SetupProblem(text("web.problem.extra_missing")) from error
        sock = listening(self._settings.host, self._settings.port, "web.problem")
        site = Site(
            core, self._room, self._context.ports, self._settings, self._context.picture, self._context.data_dir, self._context.demo
        )
        await server.serve(site, sock, lambda: ready(self._sentence(int(sock.getsockname()[1]))))

    async def acknowledged(self, place: Place) -> bool:
        """Always true: storing the line was the acknowledgement, and the member saw it leave the text box."""
        return True

    def operators_place(self) -> Place | None:
        return Place(PLATFORM, COMMUNITY, OPERATORS)

    def home_moderators_place(self) -> Place | None:
        return Place(PLATFORM, COMMUNITY, MODERATORS)

    async def _remember(self, core: Core) -> None:
        """Restore messages from before this process started, newest first, while people can already watch, and what somebody has begun."""
        try:
            for _, message_id in reversed(await core.history(PLATFORM)):
                if message_id not in self._room.entries:
                    await core.resend(message_id)
            # Served again after a failure, the room still has them.
            known = {button.row for entry in self._room.entries.values() if entry.whisper for button in entry.view.buttons}
            for who in PEOPLE.values():
                for channel, view in await core.unfinished(who.visitor()):
                    if not any(button.row in known for button in view.buttons):
                        self._room.whisper(self._context.ports.new_id(), who, channel, COMMUNITY, view)
        except Exception:
            log.exception("web_history_failed")

    def _sentence(self, port: int) -> str:
        host = self._settings.host
        shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
        key = "web.ready.token" if self._settings.token else "web.ready.open"
        return text(key, url=f"http://{shown}:{port}/")
