"""discord.py client: one intent, no mentions, interactions dispatched to their handlers, and none left unanswered."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord import commands, gateway
from adapters.discord.answers import Event
from adapters.discord.intake import Intake
from adapters.discord.render import ActionButton
from adapters.discord.settings import DiscordSettings
from bot.adapter import Context
from bot.egress import Egress

log = structlog.get_logger()

IDENTIFY_EVERY = 5.0
"""Seconds between two IDENTIFYs of a bot, a Discord rule."""


def point_at(settings: DiscordSettings) -> None:
    """Configure the library's addresses, which are global to the process."""
    discord.http.Route.BASE = settings.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    gateway.install()
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot doesn't use voice
    # Below INFO, the library logs interaction tokens.
    logger = logging.getLogger("discord")
    logger.setLevel(max(logger.getEffectiveLevel(), logging.INFO))


def outgoing(settings: DiscordSettings, egress: Egress) -> dict[str, Any]:
    """Options for `discord.Client`: certificates and proxy from the egress rule.

    Call it inside the running loop; the client closes the connector. discord.py supports a single proxy, so the one for its API is also
    used for the gateway.
    """
    return {"connector": aiohttp.TCPConnector(limit=0, ssl=egress.context()), "proxy": egress.proxy(settings.api_base)}


class ImagineClient(discord.Client):
    """One connection to Discord."""

    def __init__(
        self,
        settings: DiscordSettings,
        context: Context,
        intake: Intake,
        connected: Callable[[], None],
        permissions_changed: Callable[[int | None], Awaitable[None]],
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=30.0,
            http_trace=intake.answers.tries.trace(),
            enable_debug_events=False,
            **outgoing(settings, context.egress),
        )
        self.settings, self.intake, self.core, self.answers = settings, intake, intake.core, intake.answers
        self.interactions, self.welcome = intake.interactions, intake.interactions.welcome
        self._known_commands, self._ports = context.data_dir / "discord" / "commands.sha256", context.ports
        self._connected, self._permissions_changed = connected, permissions_changed
        self._identified = float("-inf")
        self.gateway_watch = context.supervisor.watch("discord:gateway", longest=gateway.LONGEST_PAUSE)
        self.gateway_link = context.supervisor.link("discord:gateway")
        self._events = context.supervisor.watch("discord:events")
        gateway.guard_parsers(self, self._events)
        self.tree = commands.build(self, with_models=bool(self.core.options().models))
        self.add_dynamic_items(ActionButton)

    async def setup_hook(self) -> None:
        assert self.application_id is not None
        done = await commands.sync(self.tree, self.application_id, self.settings.api_base, self._known_commands)
        log.info("discord_commands", registered=done)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait only as long as Discord's rule requires, instead of always five seconds."""
        wait = self._identified + IDENTIFY_EVERY - self._ports.monotonic()
        self._identified = self._ports.monotonic() + max(0.0, wait)
        if wait > 0:
            await asyncio.sleep(wait)

    async def on_connect(self) -> None:
        self.gateway_link.set(True)
        self._connected()

    async def on_resumed(self) -> None:
        self.gateway_link.set(True)

    async def on_disconnect(self) -> None:
        self.gateway_link.set(False)

    async def on_interaction(self, interaction: Event) -> None:
        """Handle forms, which the library forgets at a restart, and presses that it couldn't match."""
        if interaction.type is discord.InteractionType.component:
            await self.interactions.component(interaction)
        elif interaction.type is discord.InteractionType.modal_submit:
            await self.interactions.submitted(interaction)

    async def on_guild_channel_update(self, before: Any, after: discord.abc.GuildChannel) -> None:
        await self._permissions_changed(after.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions:
            await self._permissions_changed(None)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            self._events.failed(error)
