"""Slack's Adapter for one workspace: identify the bot, serve over Socket Mode or HTTP until cancelled, provide the moderators' and
operators' channels. With SLACK_CLIENT_ID, `installed` serves any number of workspaces instead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp

from adapters.kit.files import AppendLog, read_words, write_words
from adapters.kit.setup import ChannelFound, look_at_channels
from adapters.kit.tasks import BackgroundTasks
from adapters.slack import app as apps
from adapters.slack import checks, http
from adapters.slack.callers import PLATFORM
from adapters.slack.chat import AnswerLog
from adapters.slack.checks import Identity
from adapters.slack.settings import SlackSettings
from adapters.slack.sockets import Sockets
from adapters.slack.wire import web_client
from adapters.slack.workspace import Listeners, Workspace
from bot.adapter import Context
from bot.chat.port import ChatPort, ModeratorCheck
from bot.core import Core
from bot.domain.requests import Place
from bot.texts import text

log = structlog.get_logger()

AGAIN = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds between attempts to reach Slack at start."""
DRAIN = 2.0
"""Seconds for answers in progress at shutdown."""
TIMEOUT = aiohttp.ClientTimeout(total=30.0, connect=10.0)
"""The SDK ignores its own timeout for a session that it's given."""


class SlackAdapter:
    name = PLATFORM

    def __init__(self, settings: SlackSettings, context: Context) -> None:
        self.settings, self._context = settings, context
        self._folder = context.data_dir / "slack"
        self._answer_log = AnswerLog(AppendLog(self._folder / "answered.log"))
        self._workspace = workspace = Workspace(settings, context, settings.bot_token, self._answer_log)
        self.fetch_attachment = workspace.attachments.fetch
        self.chat: ChatPort = workspace.chat
        self.moderators: ModeratorCheck = workspace.moderators
        self._team = ""
        self._tasks = BackgroundTasks(PLATFORM)

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._answer_log.load()
        self._team = self._team or self._known_team()
        workspace = self._workspace
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            workspace.on(session, core)
            identity = await self._identify()
            self._know(identity)
            for sentence in checks.concerns(identity, self.settings.admission.workspaces):
                log.warning("slack_setup", what_to_do=sentence)
            await self._look_at_channels()
            workspace.online()
            try:
                await self._serve(core, identity, session, lambda: ready(self._sentence(identity)))
            finally:
                await self._tasks.drain(DRAIN)
                await workspace.off()

    async def acknowledged(self, place: Place) -> bool:
        """Always true: Slack doesn't report whether it took an acknowledgement, and all routes work without one, so nothing is dropped."""
        return True

    def operators_place(self) -> Place | None:
        return self._place(self.settings.operators_channel)

    def home_moderators_place(self) -> Place | None:
        return self._place(self.settings.moderators_channel)

    async def _serve(self, core: Core, identity: Identity, session: aiohttp.ClientSession, ready: Callable[[], None]) -> None:
        settings = self.settings
        listeners = self._workspace.listeners(core, self._tasks, identity)

        async def find(*_: object) -> Listeners:
            return listeners

        client = web_client(None, settings.api_url, self._context.egress, session)
        app = apps.build(client, settings.signing_secret or "", find)
        if settings.app_token is not None:
            await sockets(app, settings.app_token, self._context).run(ready)
        else:
            await http.serve(
                app,
                signing_secret=settings.signing_secret or "",
                host=settings.http_host,
                port=settings.http_port,
                ports=self._context.wall,
                ready=lambda port: ready(),
            )

    async def _identify(self) -> Identity:
        """Identify the bot; waits while Slack is unreachable. Raises SetupProblem for a rejected token."""
        failed = 0
        while True:
            try:
                return await checks.identify(self._workspace.client)
            except checks.NotReachable as problem:
                pause = max(problem.after or 0.0, AGAIN[min(failed, len(AGAIN) - 1)])
                log.warning("slack_not_reachable", detail=str(problem)[:80], next_try_in=pause)
            await asyncio.sleep(pause)
            failed += 1

    async def _look_at_channels(self) -> None:
        async def look(variable: str, channel: str) -> ChannelFound:
            return await checks.channel(self._workspace.client, variable, channel, self._workspace.moderators.bot)

        await look_at_channels(PLATFORM, self.settings.channels, look, (checks.NotReachable,))

    def _sentence(self, identity: Identity) -> str:
        if self.settings.app_token is not None:
            return text("slack.ready", name=identity.name, team=identity.team_name)
        return text(
            "slack.ready_http", name=identity.name, team=identity.team_name, host=self.settings.http_host, port=self.settings.http_port
        )

    def _know(self, identity: Identity) -> None:
        """Store the identity in a file, because a previous process's cards may have to be shown before Slack answers."""
        self._team = identity.team
        self._workspace.know(identity)
        write_words(self._folder / "team.json", {"team": identity.team})

    def _known_team(self) -> str:
        return read_words(self._folder / "team.json").get("team", "")

    def _place(self, channel: str | None) -> Place | None:
        team = self._team or self._known_team()
        return Place(self.name, team, channel) if channel and team else None


def sockets(app: AsyncApp, app_token: str, context: Context) -> Sockets:
    return Sockets(app, app_token, context.ports, supervisor=context.supervisor, proxy_for=context.egress.proxy)
