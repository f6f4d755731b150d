"""Discord's Adapter: log in, serve until cancelled, provide the moderators' and operators' channels, and recover after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import discord
import structlog
from cachetools import TTLCache

from adapters.discord import checks
from adapters.discord.answers import Answers, AnyInteraction, Placeholders
from adapters.discord.attachments import DiscordAttachments
from adapters.discord.chat import DiscordChat
from adapters.discord.client import Identifies, ImagineClient, LocalTurns, point_at
from adapters.discord.handles import Handle, of_reply
from adapters.discord.image_fitting import ImageFitting
from adapters.discord.intake import Intake
from adapters.discord.interactions import Interactions
from adapters.discord.moderators import Clicks, DiscordModerators
from adapters.discord.picture_forms import PictureForms
from adapters.discord.settings import DiscordSettings
from adapters.discord.shards import ShardedClient, ShardPlan, planned
from adapters.discord.wire import DiscordWire, Session
from adapters.kit.errors import NETWORK
from adapters.kit.files import AppendLog, read_words, write_words
from adapters.kit.setup import ChannelFound, look_at_channels
from adapters.kit.submissions import Submissions
from adapters.kit.tasks import BackgroundTasks
from bot.adapter import Context, SetupProblem
from bot.chat.port import ChatPort, ModeratorCheck
from bot.core import Core
from bot.domain.requests import Place
from bot.texts import text

log = structlog.get_logger()

LOGIN_PAUSES = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds between login attempts while Discord is unreachable."""
CACHE_SIZE, MEMBERSHIP_TTL = 10_000, 600.0
"""Maximum number of cached members of allowed servers, and the seconds for which an entry is valid."""
GRACE = 5.0
"""Seconds after a start in which a new message may still take over a placeholder of the previous process."""


class DiscordAdapter:
    name = "discord"
    replaces_pictures = True

    def __init__(self, settings: DiscordSettings, context: Context) -> None:
        self.settings, self._context, self._ports = settings, context, context.ports
        self._folder = context.data_dir / "discord"
        self._session = Session()
        self._wire = DiscordWire(self._session)
        self._placeholders = Placeholders(AppendLog(self._folder / "placeholders.jsonl"))
        self._picture_forms = PictureForms(AppendLog(self._folder / "picture_forms.jsonl"))
        self.fetch_attachment = DiscordAttachments(self._session, context.download, settings.api_base).fetch
        self._image_fitting = ImageFitting(context.picture, context.work)
        self._answers = Answers(self._wire, self._ports, self._placeholders, self._image_fitting)
        self._chat = DiscordChat(self._wire, self._ports, self._placeholders, self._image_fitting)
        self.chat: ChatPort = self._chat
        self.moderators: ModeratorCheck = DiscordModerators(self._session)
        self._guild_of: dict[str, str] = {}
        """Channel id -> server id, for the channels in the settings."""
        self._known_guilds = self._folder / "channels.json"
        self._members: TTLCache[int, bool] = TTLCache(CACHE_SIZE, MEMBERSHIP_TTL, timer=context.ports.monotonic)
        """People known to belong to an allowed server."""
        self._tasks = BackgroundTasks(self.name)

    async def serve(self, core: Core, ready: Callable[[str], None]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._guild_of |= read_words(self._known_guilds)
        self._picture_forms.load(self._ports.now())
        left = self._placeholders.load(self._ports.now())
        recovery = self._tasks.start(self._answer_left(left), "placeholders")
        said = False

        def connected() -> None:
            nonlocal said
            if not said and self._session.client is not None:
                said = True
                ready(text("discord.ready", name=str(self._session.client.user)))

        try:
            failed = 0
            while True:
                failed = 0 if await self._one_session(core, connected) else failed + 1
                await asyncio.sleep(LOGIN_PAUSES[min(failed, len(LOGIN_PAUSES)) - 1 if failed else 0] * self._ports.uniform(0.75, 1.25))
        finally:
            recovery.cancel()

    async def acknowledged(self, place: Place) -> bool:
        handle = of_reply(place.reply)
        return handle is not None and await self._answers.was_taken(handle)

    def operators_place(self) -> Place | None:
        return self._place(self.settings.operators_channel)

    def home_moderators_place(self) -> Place | None:
        return self._place(self.settings.moderators_channel)

    async def _one_session(self, core: Core, connected: Callable[[], None]) -> bool:
        """Log in and stay connected. Returns when a new session may do better, and whether this one had started."""
        point_at(self.settings)
        parts = self._parts(core, connected)
        client = ImagineClient(*parts)
        try:
            await client.login(self.settings.token)
            if (plan := await planned(client, self.settings.shards)) is not None:
                client = await self._sharded(client, plan, parts)
            await self._log_in(client)
            await client.connect(reconnect=True)
            log.warning("discord_session_ended")
        except discord.ConnectionClosed as error:
            if error.code in checks.FATAL_CLOSES:
                raise SetupProblem(text(checks.FATAL_CLOSES[error.code])) from error
            log.warning("discord_session_closed", code=error.code)
        except discord.LoginFailure as error:
            raise SetupProblem(text("discord.setup.token")) from error
        except discord.PrivilegedIntentsRequired as error:
            raise SetupProblem(text("discord.setup.intents")) from error
        except (discord.HTTPException, *NETWORK) as error:
            log.warning("discord_not_reachable", error=type(error).__name__)
        except SetupProblem:
            raise
        except Exception as error:
            # An unreadable answer, or a bug in the library or here: other platforms keep running.
            await asyncio.sleep(client.gateway_watch.failed(error))
        finally:
            begun = self._session.client is client
            self._session.closed()
            await client.close()
        return begun

    def _parts(self, core: Core, connected: Callable[[], None]) -> tuple[Any, ...]:
        interactions = Interactions(core, self._answers, Clicks(), self._refusal)
        submissions = Submissions(core, self._tasks)
        intake = Intake(core, self._answers, interactions, submissions, self._picture_forms, self.fetch_attachment)
        return self.settings, self._context, intake, connected, lambda channel: self._permissions_changed(core, channel)

    async def _sharded(self, single: ImagineClient, plan: ShardPlan, parts: tuple[Any, ...]) -> ImagineClient:
        """Several connections in place of the one. Processes that each have some of the shards take turns in the ledger."""
        context, shared = self._context, self.settings.shards is not None and len(plan.ids) < plan.count
        turn = context.turn if shared and context.turn is not None else LocalTurns(context.ports)
        identifies = Identifies(turn, context.ports, single.application_id or 0, plan.at_once, shared=shared)
        await single.close()
        client = ShardedClient(*parts, plan=plan, identifies=identifies)
        await client.login(self.settings.token)
        return client

    async def _log_in(self, client: ImagineClient) -> None:
        """Check the application and the channels of a client that has logged in."""
        application = client.application
        if application is not None and application.interactions_endpoint_url:
            raise SetupProblem(text("discord.setup.endpoint_url"))
        self._session.opened(client)
        await self._look_at_channels(client)

    async def _look_at_channels(self, client: ImagineClient) -> None:
        async def look(variable: str, channel: str) -> ChannelFound:
            return await checks.channel(client.http, variable, channel, int(client.application_id or 0))

        unreachable = (discord.HTTPException, *NETWORK, KeyError, ValueError)
        self._guild_of |= await look_at_channels(self.name, self.settings.channels, look, unreachable)
        write_words(self._known_guilds, self._guild_of)

    def _place(self, channel: str | None) -> Place | None:
        guild = self._guild_of.get(channel or "") or self._cached_guild(channel)
        return None if channel is None or guild is None else Place(self.name, guild, channel)

    def _cached_guild(self, channel: str | None) -> str | None:
        """The server of a channel, from the gateway's cache."""
        client = self._session.client
        found = None if client is None or channel is None else client.get_channel(int(channel))
        return str(found.guild.id) if isinstance(found, discord.abc.GuildChannel) else None

    # ---- who may come in -----------------------------------------------------------------------------------------------------

    async def _refusal(self, interaction: AnyInteraction) -> str | None:
        """The refusal for people from servers that aren't allowed; None if they may use the bot."""
        allowed = self.settings.allowed_guilds
        if not allowed or str(interaction.guild_id) in allowed:
            return None
        if interaction.guild_id is None and await self._known_member(interaction.user.id):
            return None
        return text("discord.not_here")

    async def _known_member(self, person: int) -> bool:
        """Whether somebody in a direct message belongs to an allowed server; False if Discord doesn't answer in time."""
        if person in self._members:
            return True
        client = self._session.client
        if client is None:
            return False
        for guild in sorted(self.settings.allowed_guilds):
            try:
                async with asyncio.timeout(0.6):
                    await client.http.get_member(int(guild), person)
            except (discord.HTTPException, *NETWORK):
                continue
            self._members[person] = True
            return True
        return False

    # ---- after a restart, and after changes ----------------------------------------------------------------------------------

    async def _answer_left(self, left: list[Handle]) -> None:
        """Answer the previous process's placeholders that no message takes over."""
        if not left:
            return
        await asyncio.sleep(GRACE)
        for handle in left:
            if not await self._placeholders.claimed(handle.interaction, 0.0) and await self._session.get(30.0) is not None:
                await self._answers.withdraw(handle, text("discord.interrupted"))

    async def _permissions_changed(self, core: Core, channel: int | None) -> None:
        for message in self._chat.reopen(channel):
            await core.resend(message)
