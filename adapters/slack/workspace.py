"""The bot in one workspace: its token, calls, caches, files and pacing. It shares nothing with other workspaces that could stop them."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from adapters.kit.tasks import BackgroundTasks
from adapters.kit.ttl_cache import TtlCache
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
from adapters.slack.uploads import Uploads
from adapters.slack.wire import SlackWire, web_client
from bot.adapter import Context
from bot.core import Core

FILES_SCOPE = "files:read"


@dataclass(frozen=True, slots=True)
class Listeners:
    identity: Identity
    token: str
    intake: Intake
    interactions: Interactions


class Workspace:
    def __init__(self, settings: SlackSettings, context: Context, token: str, answer_log: AnswerLog) -> None:
        self.settings, ports = settings, context.ports
        fitting = ImageFitting(context.picture, context.work)
        self.client = web_client(token, settings.api_url, context.egress)
        self.wire = SlackWire(self.client, None, online=False, proxy_for=context.egress.proxy)
        self.attachments = SlackAttachments(self.wire, context.download, token)
        self.uploads = Uploads(self.wire, ports)
        self.answers = Answers(self.wire, self.uploads, fitting, ports)
        self.delivery = Delivery(self.wire, self.uploads, fitting, Pacing(), ports, wall=context.wall)
        self.chat = SlackChat(self.wire, self.delivery, answer_log, ports)
        self.moderators = SlackModerators(self.wire, ports)
        self._channels = TtlCache(PLATFORM, ports, self.wire.channel_name, NAMES_LIFE, classify_error)

    @property
    def token(self) -> str:
        return str(self.client.token or "")

    def use(self, token: str) -> None:
        """Go on with a newer token of the same installation."""
        self.client.token = self.attachments.token = token
        self.delivery.stopped_until = 0.0

    def know(self, identity: Identity) -> None:
        self.moderators.bot, self.chat.bot_name, self.chat.workspace = identity.user, identity.name, identity.address
        self.wire.know(identity.user, identity.bot_id)

    def on(self, session: aiohttp.ClientSession, core: Core) -> None:
        """Use this session for all calls; otherwise the library opens a connection for each. The core names the moderators' channel."""

        async def moderators_channel(community: str) -> str | None:
            place = await core.moderators_place(PLATFORM, community)
            return None if place is None else place.channel

        self.moderators.channel_of = moderators_channel
        self.client.session = self.wire.session = session

    def online(self) -> None:
        self.wire.online = True
        self.attachments.connected.set()

    async def off(self) -> None:
        """Stop: no call starts from now on."""
        await self.uploads.close()
        self.attachments.connected.clear()
        self.wire.online, self.client.session, self.wire.session = False, None, None

    def listeners(self, core: Core, tasks: BackgroundTasks, identity: Identity) -> Listeners:
        admission = Admission(self.settings.admission, identity.team, identity.enterprise, self.moderators.who_is)
        look_ups = (self.moderators.name_of, self._channel_name, self.attachments.fetch)
        reads_files = FILES_SCOPE not in identity.missing
        intake = Intake(core, self.answers, tasks, admission, identity.team, identity.user, *look_ups, reads_files)
        interactions = Interactions(core, self.answers, tasks, intake, self.chat.pressed_on)
        return Listeners(identity, self.token, intake, interactions)

    async def _channel_name(self, channel: str, within: float) -> str:
        return await self._channels.get(channel, within) or ""
