"""A bot that workspaces install: the real adapter and slack_bolt's OAuth flow, three workspaces, and browsers that install it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from adapters.slack import plugin
from bot.compose import context
from bot.vault import Vault
from tests.slack.stage import Mode, Stage, free_port
from tests.slack.standin.oauth import Browser, Page
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import Channel, User, Workspace

KEY = Fernet.generate_key().decode()


@dataclass
class Site:
    """A workspace with a channel and somebody in it."""

    workspace: Workspace
    channel: Channel
    person: User


@dataclass(kw_only=True)
class Installed(Stage):
    """What tests play on."""

    address: str
    sites: list[Site] = field(default_factory=list)

    async def install(self, site: Site, *, whole_org: bool = False, browser: Browser | None = None) -> Page:
        return await self.slack.oauth.install(site.workspace, self.address, whole_org=whole_org, browser=browser)

    def new_site(self, name: str, enterprise: str = "") -> Site:
        world = self.slack.world
        workspace = world.workspace(name)
        workspace.enterprise, workspace.installed = enterprise, False
        person = world.user(f"{name}-ann", workspace)
        self.sites.append(Site(workspace, world.channel(workspace, f"{name.lower()}-pictures", person), person))
        return self.sites[-1]

    @property
    def vault(self) -> Vault:
        assert self.bot is not None
        found = context(self.bot, self.folder, demo=False, keys=[KEY]).vault
        assert found is not None
        return found


@contextlib.asynccontextmanager
async def installed(
    folder: Path, env: Mapping[str, str] | None = None, *, mode: Mode = "socket", start: bool = True
) -> AsyncIterator[Installed]:
    """A stand-in whose first workspace is one of three, none of which has the bot yet."""
    async with StandIn() as slack:
        workspace, channel, ada = slack.studio()
        workspace.installed = False
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        oauth = {"SLACK_CLIENT_ID": slack.oauth.client_id, "SLACK_CLIENT_SECRET": slack.oauth.client_secret, "ENCRYPTION_KEYS": KEY}
        settings = {**slack.environment(mode=mode), **oauth, "SLACK_INSTALL_URL": address, "SLACK_HTTP_PORT": str(port), **(env or {})}
        for name in ("SLACK_BOT_TOKEN", "MODERATOR_CHANNEL_SLACK", "OPERATOR_CHANNEL_SLACK"):
            settings.pop(name)
        stage = Installed(
            standin=slack, plugin=plugin, folder=folder / "data", env=settings, workspace=workspace, channel=channel, ada=ada, mode=mode,
            address=address, keys=(KEY,),
        )  # fmt: skip
        stage.sites.append(Site(workspace, channel, ada))
        stage.new_site("Press"), stage.new_site("School")
        if start:
            await stage.start()
        try:
            yield stage
        finally:
            await stage.stop()
        assert slack.violations == []
