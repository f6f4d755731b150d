"""The workspaces that installed the bot: opened when something happens in them, closed when it's removed from them.

Each one is a `Workspace` of its own, so nothing that goes wrong in one reaches another. In an organisation (Enterprise Grid) one
installation may hold for many workspaces; each of them is still one here, with its own members, limits and moderators.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store.models.installation import Installation

from adapters.kit.payload import part, parts, word, words
from adapters.kit.tasks import BackgroundTasks
from adapters.slack.callers import PLATFORM
from adapters.slack.chat import AnswerLog
from adapters.slack.checks import Identity
from adapters.slack.errors import answer_of, code_of, known
from adapters.slack.installations import Installations, installation_of, key_of
from adapters.slack.settings import SlackSettings
from adapters.slack.wire import read
from adapters.slack.workspace import Listeners, Workspace
from bot.adapter import Context
from bot.core import Core
from bot.vault import VaultEntry

log = structlog.get_logger()

GONE = ("account_inactive", "token_revoked", "app_uninstalled", "user_removed_from_team", "bot_not_found")
"""Slack's answers to a token of a bot that was removed."""
REMOVED = (*GONE, "invalid_auth", "token_expired")
"""The same after Slack said that the bot was removed."""
VERIFY_EVERY = 60.0
"""Seconds between two looks at a workspace that rejects the bot."""


@dataclass(slots=True)
class Open:
    key: str
    workspace: Workspace
    listeners: Listeners
    verified: float = float("-inf")


class Registry:
    def __init__(
        self, settings: SlackSettings, context: Context, installations: Installations, answer_log: AnswerLog, tasks: BackgroundTasks
    ) -> None:
        self._settings, self._context, self._answer_log, self._tasks = settings, context, answer_log, tasks
        self.installations = installations
        self._open: dict[str, Open] = {}
        self._opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One for each workspace: a slow one must not keep others waiting."""
        self._core: Core | None = None
        self._session: aiohttp.ClientSession | None = None
        self.renewed: Callable[[VaultEntry], Awaitable[VaultEntry]] | None = None
        """Renews an installation's token that expires soon; set by the adapter."""

    @property
    def online(self) -> bool:
        return self._session is not None

    def start(self, core: Core, session: aiohttp.ClientSession) -> None:
        self._core, self._session = core, session

    async def stop(self) -> None:
        self._session = None
        for team in [*self._open]:
            await self._close(team)

    # ---- look-ups ------------------------------------------------------------------------------------------------------------

    async def of_event(self, body: Mapping[str, Any], context: AsyncBoltContext) -> Listeners | None:
        """The workspace that an event is for: that of the message which was pressed, or that of the installation which Slack names."""
        message = part(body, "message")
        if (author := word(message, "team")) and word(message, "bot_id") and author != context.team_id:
            found = await self._find(author, "")  # in a shared channel, people of another workspace press the bot's buttons
            if found is not None:
                return found.listeners
        found = await self._find(context.team_id or "", context.enterprise_id or "")
        return None if found is None else replace(found.listeners, token=found.workspace.token)

    async def of_community(self, community: str) -> Workspace | None:
        """A community's workspace; None if the bot isn't installed there (anymore)."""
        found = await self._find(community, "")
        return None if found is None else found.workspace

    async def _find(self, team: str, enterprise: str) -> Open | None:
        if not team or self._session is None:
            return None
        if team in self._open:
            return self._open[team]
        async with self._opening[team]:
            if team not in self._open and (entry := await self._entry(team, enterprise)) is not None:
                await self._start(team, entry if self.renewed is None else await self.renewed(entry))
            return self._open.get(team)

    async def _entry(self, team: str, enterprise: str) -> VaultEntry | None:
        """The workspace's own installation, or that of its organisation."""
        if team.startswith("E"):
            return None
        if (own := await self.installations.entry(team)) is not None:
            return own
        known = await self.installations.organisation_of(team)
        found = await self.installations.entry(enterprise or known) if enterprise or known else None
        if found is not None and known != found.key:
            await self.installations.granted(team, found.key)
        return found

    # ---- open and close ------------------------------------------------------------------------------------------------------

    async def _start(self, team: str, entry: VaultEntry) -> None:
        if self._core is None or self._session is None:
            return
        installation = installation_of(entry)
        workspace = Workspace(self._settings, self._context, installation.bot_token or "", self._answer_log)
        identity = identity_of(team, installation)
        workspace.know(identity)
        workspace.on(self._session, self._core)
        workspace.online()
        self._open[team] = Open(entry.key, workspace, workspace.listeners(self._core, self._tasks, identity))
        self._tasks.start(self._introduce(team, workspace, identity), "introduce")

    async def _introduce(self, team: str, workspace: Workspace, identity: Identity) -> None:
        """Ask for the bot's name and the workspace's address, which an installation doesn't say."""
        try:
            found = await read(workspace.client.auth_test())
        except Exception as error:
            log.info("slack_workspace_silent", workspace=team, detail=known(error).detail)
            return
        address = word(found, "url") if word(found, "team_id") == team else ""
        workspace.know(replace(identity, name=word(found, "user") or identity.name, address=address))

    async def _close(self, team: str) -> None:
        found = self._open.pop(team, None)
        if found is not None:
            await found.workspace.off()

    # ---- changes -------------------------------------------------------------------------------------------------------------

    async def installed(self, installation: Installation) -> None:
        """A new or repeated installation: what was open goes on with the new token."""
        key = key_of(installation)
        log.info("slack_installed", workspace=installation.team_id, organisation=installation.enterprise_id, app=installation.app_id)
        for team in [team for team, one in self._open.items() if key in (one.key, team)]:
            await self._close(team)

    async def refresh(self, entries: Sequence[VaultEntry]) -> None:
        """Take over what other processes changed: newer tokens, and installations that are gone."""
        known = {one.key: one for one in entries}
        for team, one in [*self._open.items()]:
            entry = known.get(one.key)
            if entry is None:
                await self._close(team)
            elif (token := str(entry.value.get("bot_token") or "")) != one.workspace.token:
                one.workspace.use(token)

    async def removed(self, body: Mapping[str, Any]) -> None:
        """Slack says that the bot was removed, or its token revoked. Raises if that can't be verified now, so that Slack says it again."""
        event = part(body, "event")
        if word(event, "type") == "team_access_revoked":
            for team in words(event.get("team_ids")):
                await self.installations.withdrawn(team)
                await self._leave(team)
            return
        if word(event, "type") == "tokens_revoked" and not words(part(event, "tokens").get("bot")):
            return
        named = [body, *parts(body.get("authorizations"))]
        keys = dict.fromkeys(word(one, name) for name in ("team_id", "enterprise_id") for one in named)
        for key in filter(None, keys):
            entry = await self.installations.entry(key)
            if entry is not None:
                await self._verify(entry, REMOVED)
                return

    async def verify_soon(self, community: str) -> None:
        """Slack rejects the bot's token in a workspace: find out whether the bot was removed while nobody listened."""
        one, now = self._open.get(community), self._context.ports.monotonic()
        if one is None or now - one.verified < VERIFY_EVERY:
            return
        one.verified = now
        entry = await self.installations.entry(one.key)
        if entry is None or str(entry.value.get("bot_token") or "") != one.workspace.token:
            await self.refresh([] if entry is None else [entry])
            return
        try:
            await self._verify(entry, GONE)
        except Exception as error:
            log.info("slack_workspace_silent", workspace=community, detail=known(error).detail)

    async def _verify(self, entry: VaultEntry, codes: Sequence[str]) -> None:
        """Forget an installation if Slack rejects its token with one of these codes."""
        client = Workspace(self._settings, self._context, str(entry.value.get("bot_token") or ""), self._answer_log).client
        client.session = self._session
        try:
            await read(client.auth_test())
        except SlackApiError as error:
            if code_of(answer_of(error)[1].get("error")) not in codes:
                raise
        else:
            log.info("slack_still_installed", installation=entry.key)
            return
        await self.installations.vault.forget(entry.row.kind, entry.key)
        log.info("slack_uninstalled", installation=entry.key)
        for team in {team for team, one in self._open.items() if one.key == entry.key} | {entry.key}:
            await self._leave(team)

    async def _leave(self, team: str) -> None:
        await self._close(team)
        if self._core is not None:
            ended = await self._core.community_left(PLATFORM, team)
            log.info("slack_requests_ended", workspace=team, requests=ended)


def identity_of(team: str, installation: Installation) -> Identity:
    """Who the bot is in a workspace, as far as the installation says."""
    scopes = frozenset(installation.bot_scopes or ())
    return Identity(
        team=team,
        team_name=installation.team_name or team,
        user=installation.bot_user_id or "",
        bot_id=installation.bot_id or "",
        name="imagine",
        scopes=scopes or None,
        enterprise=installation.enterprise_id or "",
    )
