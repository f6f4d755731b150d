"""Slack's Adapter: identify the bot, serve over Socket Mode or HTTP until cancelled, provide the moderators' and operators' channels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from adapters.kit.files import AppendLog, read_words, write_words
from adapters.kit.setup import ChannelFound, look_at_channels
from adapters.kit.tasks import BackgroundTasks
from adapters.kit.ttl_cache import TtlCache
from adapters.slack import app as apps
from adapters.slack import checks, http
from adapters.slack.admission import Admission
from adapters.slack.answers import Answers
from adapters.slack.attachments import SlackAttachments
from adapters.slack.callers import PLATFORM
from adapters.slack.chat import AnswerLog, SlackChat
from adapters.slack.checks import Identity
from adapters.slack.delivery import Delivery
from adapters.slack.errors import classify_error
from adapters.slack.image_fitting import ImageFitting
from adapters.slack.intake import Intake
from adapters.slack.interactions import Interactions
from adapters.slack.moderators import NAMES_LIFE, SlackModerators
from adapters.slack.pacing import Pacing
from adapters.slack.settings import SlackSettings
from adapters.slack.sockets import Sockets
from adapters.slack.uploads import Uploads
from adapters.slack.wire import SlackWire, web_client
from bot.adapter import Context
from bot.chat.port import ChatPort, ModeratorCheck
from bot.core import Core
from bot.domain.requests import Place
from bot.texts import text

log = structlog.get_logger()

AGAIN = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds between attempts to reach Slack at start."""
FILES_SCOPE = "files:read"
DRAIN = 2.0
"""Seconds for answers in progress at shutdown."""
TIMEOUT = aiohttp.ClientTimeout(total=30.0, connect=10.0)
"""The SDK ignores its own timeout for a session that it's given."""


class SlackAdapter:
    """One app in one workspace."""

    name = PLATFORM

    def __init__(self, settings: SlackSettings, context: Context) -> None:
        self.settings, self._ports, self._supervisor, self._egress = settings, context.ports, context.supervisor, context.egress
        self._folder, self._wall = context.data_dir / "slack", context.wall
        fitting = ImageFitting(context.picture, context.work)
        self._client = self._client_with(settings.bot_token)
        self._wire = SlackWire(self._client, None, online=False, proxy_for=self._egress.proxy)
        self._attachments = SlackAttachments(self._wire, context.download, settings.bot_token)
        self.fetch_attachment = self._attachments.fetch
        self._uploads = uploads = Uploads(self._wire, context.ports)
        self._answers = Answers(self._wire, uploads, fitting, context.ports)
        delivery = Delivery(self._wire, uploads, fitting, Pacing(), context.ports, wall=context.wall)
        self._answer_log = AnswerLog(AppendLog(self._folder / "answered.log"))
        self._chat = SlackChat(self._wire, delivery, self._answer_log, context.ports)
        self.chat: ChatPort = self._chat
        self._moderators = SlackModerators(self._wire, context.ports)
        self.moderators: ModeratorCheck = self._moderators
        self._channels = TtlCache(PLATFORM, context.ports, self._wire.channel_name, NAMES_LIFE, classify_error)
        self._team = ""
        self._tasks = BackgroundTasks(PLATFORM)

    # ---- Adapter -------------------------------------------------------------------------------------------------------------

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._answer_log.load()
        self._team = self._team or self._known_team()
        self._moderators.channel_of = lambda community: self._moderators_channel(core, community)
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            # One session for all calls; otherwise the library opens a connection for each.
            self._client.session = self._wire.session = session
            identity = await self._identify()
            self._know(identity)
            for sentence in checks.concerns(identity, self.settings.admission.workspaces):
                log.warning("slack_setup", what_to_do=sentence)
            await self._look_at_channels()
            self._wire.online = True
            self._attachments.connected.set()
            try:
                await self._serve(core, identity, session, lambda: ready(self._sentence(identity)))
            finally:
                await self._tasks.drain(DRAIN)
                await self._uploads.close()
                self._attachments.connected.clear()
                self._wire.online, self._client.session, self._wire.session = False, None, None

    async def acknowledged(self, place: Place) -> bool:
        """Always true: Slack doesn't report whether it took an acknowledgement, and all routes work without one, so nothing is dropped."""
        return True

    def operators_place(self) -> Place | None:
        return self._place(self.settings.operators_channel)

    def home_moderators_place(self) -> Place | None:
        return self._place(self.settings.moderators_channel)

    # ---- the session ---------------------------------------------------------------------------------------------------------

    async def _serve(self, core: Core, identity: Identity, session: aiohttp.ClientSession, ready: Callable[[], None]) -> None:
        settings = self.settings
        admission = Admission(settings.admission, identity.team, identity.enterprise, self._moderators.who_is)
        names = (self._moderators.name_of, self._channel_name)
        intake = Intake(
            core, self._answers, self._tasks, admission, identity.team, identity.user, *names, FILES_SCOPE not in identity.missing
        )
        interactions = Interactions(core, self._answers, self._tasks, intake, self._chat.pressed_on)
        client = self._client_with(None)
        client.session = session
        app = apps.build(client, settings.bot_token, settings.signing_secret or "", identity, intake, interactions)
        if settings.app_token is not None:
            await Sockets(app, settings.app_token, self._ports, supervisor=self._supervisor, proxy_for=self._egress.proxy).run(ready)
        else:
            await http.serve(
                app,
                signing_secret=settings.signing_secret or "",
                host=settings.http_host,
                port=settings.http_port,
                ports=self._wall,
                ready=lambda port: ready(),
            )

    def _client_with(self, token: str | None) -> AsyncWebClient:
        return web_client(token, self.settings.api_url, self._egress)

    async def _identify(self) -> Identity:
        """Identify the bot; waits while Slack is unreachable. Raises SetupProblem for a rejected token."""
        failed = 0
        while True:
            try:
                return await checks.identify(self._client)
            except checks.NotReachable as problem:
                pause = max(problem.after or 0.0, AGAIN[min(failed, len(AGAIN) - 1)])
                log.warning("slack_not_reachable", detail=str(problem)[:80], next_try_in=pause)
            await asyncio.sleep(pause)
            failed += 1

    async def _look_at_channels(self) -> None:
        async def look(variable: str, channel: str) -> ChannelFound:
            return await checks.channel(self._client, variable, channel, self._moderators.bot)

        await look_at_channels(PLATFORM, self.settings.channels, look, (checks.NotReachable,))

    def _sentence(self, identity: Identity) -> str:
        if self.settings.socket_mode:
            return text("slack.ready", name=identity.name, team=identity.team_name)
        return text(
            "slack.ready_http", name=identity.name, team=identity.team_name, host=self.settings.http_host, port=self.settings.http_port
        )

    async def _channel_name(self, channel: str, within: float) -> str:
        return await self._channels.get(channel, within) or ""

    # ---- who and where -------------------------------------------------------------------------------------------------------

    def _know(self, identity: Identity) -> None:
        """Store the identity in a file, because a previous process's cards may have to be shown before Slack answers."""
        self._team, self._moderators.bot, self._chat.bot_name = identity.team, identity.user, identity.name
        self._chat.workspace = identity.address
        self._wire.know(identity.user, identity.bot_id)
        write_words(self._folder / "team.json", {"team": identity.team})

    def _known_team(self) -> str:
        return read_words(self._folder / "team.json").get("team", "")

    def _place(self, channel: str | None) -> Place | None:
        team = self._team or self._known_team()
        return Place(self.name, team, channel) if channel and team else None

    async def _moderators_channel(self, core: Core, community: str) -> str | None:
        place = await core.moderators_place(self.name, community)
        return None if place is None else place.channel
