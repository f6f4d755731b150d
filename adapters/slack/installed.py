"""Slack's Adapter for any number of workspaces: one app, whose installations are in the vault. Everything is routed by workspace."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Literal

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp

from adapters.kit.files import AppendLog
from adapters.kit.tasks import BackgroundTasks, until_first
from adapters.slack import app as apps
from adapters.slack import checks, http
from adapters.slack.adapter import DRAIN, TIMEOUT, sockets
from adapters.slack.callers import PLATFORM
from adapters.slack.chat import AnswerLog
from adapters.slack.install import InstallSite, flow
from adapters.slack.installations import Installations, States
from adapters.slack.registry import Registry
from adapters.slack.rotation import Rotation
from adapters.slack.settings import INSTALL_PATH, InstallSettings, SlackSettings
from adapters.slack.wire import web_client
from adapters.slack.workspace import Workspace
from bot.adapter import Context, SetupProblem
from bot.chat.port import ChatPort, Later, Message, ModeratorCheck, Refused, RefusedWhy, SendResult
from bot.chat.views import View
from bot.core import Core
from bot.domain.attachments import NotFetched
from bot.domain.requests import Place
from bot.texts import text
from bot.vault import VaultEntry, VaultProblem

log = structlog.get_logger()

REFRESH = 60.0
"""Seconds between two looks at the installations: tokens that expire, and what other processes changed."""
NOT_CONNECTED, NO_KEY = 5.0, 300.0
"""Seconds after which a message is tried again."""


class RoutedChat:
    """ChatPort, OwnClocks and StatesLanguage: each message goes out in its own workspace."""

    own_clocks: Literal[True] = True

    def __init__(self, registry: Registry, tasks: BackgroundTasks, now: Callable[[], float]) -> None:
        self._registry, self._tasks, self._now = registry, tasks, now

    async def send(self, message: Message, view: View) -> SendResult:
        community = message.place.community
        if not self._registry.online:
            return Later(NOT_CONNECTED)
        try:
            workspace = await self._registry.of_community(community)
        except VaultProblem as problem:
            log.error("slack_installation_unreadable", workspace=community, what_to_do=str(problem))
            return Later(NO_KEY)
        if workspace is None:
            return Refused(RefusedWhy.FORBIDDEN, "not_installed")
        result = await workspace.chat.send(message, view)
        if workspace.delivery.stopped_until > self._now():
            self._tasks.start(self._registry.verify_soon(community), "verify")
        return result

    async def language_at(self, place: Place) -> str:
        """See bot.chat.port.StatesLanguage. Empty where the bot isn't installed."""
        found = await _known(self._registry, place.community)
        return "" if found is None else await found.chat.language_at(place)


class RoutedModerators:
    """ModeratorCheck, ModeratorDirectory and RoleCheck: each workspace answers for its own people. Where the bot isn't installed, and where
    the installation can't be read, nobody has a right."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def is_moderator(self, person: str, community: str) -> bool:
        found = await _known(self._registry, community)
        return found is not None and await found.moderators.is_moderator(person, community)

    async def is_administrator(self, person: str, community: str) -> bool:
        found = await _known(self._registry, community)
        return found is not None and await found.moderators.is_administrator(person, community)

    async def holds_role(self, person: str, community: str, role: str) -> bool:
        """Whether the person is in a user group (S…) of that workspace."""
        found = await _known(self._registry, community)
        return found is not None and await found.moderators.holds_role(person, community, role)

    async def list_moderators(self, community: str) -> frozenset[str] | None:
        found = await _known(self._registry, community)
        return None if found is None else await found.moderators.list_moderators(community)


async def _known(registry: Registry, community: str) -> Workspace | None:
    """A community's workspace; None if the bot isn't installed there, and if the installation can't be read now."""
    try:
        return await registry.of_community(community)
    except VaultProblem as problem:
        log.error("slack_installation_unreadable", workspace=community, what_to_do=str(problem))
        return None


class InstalledSlack:
    """One app in every workspace that installs it."""

    name = PLATFORM

    def __init__(self, settings: SlackSettings, install: InstallSettings, context: Context) -> None:
        if context.vault is None or not context.vault.open:
            raise SetupProblem(text("operator.vault_closed"))
        self.settings, self._install, self._context = settings, install, context
        self._folder = context.data_dir / "slack"
        self._answer_log = AnswerLog(AppendLog(self._folder / "answered.log"))
        self._tasks = BackgroundTasks(PLATFORM)
        self._installations = Installations(context.vault)
        self._registry = Registry(settings, context, self._installations, self._answer_log, self._tasks)
        self._rotation = Rotation(install, self._installations, context.wall)
        self.chat: ChatPort = RoutedChat(self._registry, self._tasks, context.ports.monotonic)
        self.moderators: ModeratorCheck = RoutedModerators(self._registry)

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._answer_log.load()
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            client = web_client(None, self.settings.api_url, self._context.egress, session)
            self._registry.renewed = renewed = partial(self._rotation.renew, client=client)
            self._registry.start(core, session)
            try:
                count = len(await self._installations.every())
                await self._look_at_home()
                app = apps.build(client, self.settings.signing_secret or "", self._registry.of_event, self._registry.removed)
                states = States(self._installations.vault, self._context.wall)
                where = (self.settings.api_url, self.settings.admission.workspaces, self._installations, states)
                site = InstallSite(flow(client, self._install, *where, self._registry.installed), self._context.ports)
                await until_first(self._listen(app, site, lambda: ready(self._sentence(count))), self._keep_fresh(renewed))
            finally:
                await self._tasks.drain(DRAIN)
                await self._registry.stop()

    async def acknowledged(self, place: Place) -> bool:
        """Always true, as in `SlackAdapter`."""
        return True

    async def fetch_attachment(self, handle: Mapping[str, str]) -> bytes:
        workspace = await self._registry.of_community(handle.get("team", ""))
        if workspace is None:
            raise NotFetched("gone" if self._registry.online else "failed")
        return await workspace.attachments.fetch(handle)

    def operators_place(self) -> Place | None:
        return self._place(self.settings.operators_channel)

    def home_moderators_place(self) -> Place | None:
        return self._place(self.settings.moderators_channel)

    def _place(self, channel: str | None) -> Place | None:
        home = self._install.home
        return Place(self.name, home, channel) if channel and home else None

    async def _listen(self, app: AsyncApp, site: InstallSite, ready: Callable[[], None]) -> None:
        """Events over Socket Mode or HTTP, and the pages for installing over HTTP in any case."""
        settings = self.settings
        socket = settings.app_token is not None
        # With Socket Mode no events come over HTTP: a secret that nobody has refuses them.
        secret = self._context.wall.new_id() * 2 if socket else settings.signing_secret or ""
        pages = http.serve(
            app,
            signing_secret=secret,
            host=settings.http_host,
            port=settings.http_port,
            ports=self._context.wall,
            ready=(lambda port: None) if socket else (lambda port: ready()),
            site=site,
        )
        if settings.app_token is None:
            await pages
        else:
            await until_first(pages, sockets(app, settings.app_token, self._context).run(ready))

    async def _keep_fresh(self, renewed: Callable[[VaultEntry], Coroutine[Any, Any, VaultEntry]]) -> None:
        while True:
            try:
                # One after the other: an installation that can't be renewed costs the others a few seconds, never their turn.
                await self._registry.refresh([await renewed(one) for one in await self._installations.every()])
            except Exception as error:
                log.warning("slack_installations_not_read", error=type(error).__name__)
            await asyncio.sleep(REFRESH)

    async def _look_at_home(self) -> None:
        """Whether the operator's own channels work; nothing about them stops other workspaces."""
        if not self._install.home or not self.settings.channels:
            return
        home = await self._registry.of_community(self._install.home)
        if home is None:
            log.warning("slack_setup", what_to_do=text("slack.setup.home_not_installed", home=self._install.home, url=self._link))
            return
        for variable, channel in self.settings.channels:
            with contextlib.suppress(checks.NotReachable, SetupProblem):
                found = await checks.channel(home.client, variable, channel, home.moderators.bot)
                if sentence := found.problem or found.warning:
                    log.warning("slack_channel", what_to_do=sentence)

    @property
    def _link(self) -> str:
        return f"{self._install.address}{INSTALL_PATH}"

    def _sentence(self, count: int) -> str:
        return text("slack.ready_installed", count=count, url=self._link)
