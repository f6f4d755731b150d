"""Renewal of tokens that expire (token rotation): before they do, whether or not anything happens in their workspace.

A refresh token works once, so one process at a time renews an installation, and stores the new pair before anything else happens.
"""

from __future__ import annotations

import asyncio

import structlog
from slack_sdk.errors import SlackClientError, SlackTokenRotationError
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.kit.errors import NETWORK
from adapters.slack.errors import answer_of, code_of
from adapters.slack.installations import Installations, installation_of
from adapters.slack.settings import InstallSettings
from bot.ports import Ports
from bot.texts import text
from bot.vault import VaultEntry

log = structlog.get_logger()

EARLY = 120
"""Minutes before a token expires; Slack's live for twelve hours."""
CLAIMED = 60.0
"""Seconds for which a process that renews a token keeps the others away."""


class Rotation:
    def __init__(self, settings: InstallSettings, installations: Installations, ports: Ports) -> None:
        self._settings, self._installations, self._ports = settings, installations, ports

    def due(self, entry: VaultEntry) -> bool:
        expires = entry.value.get("bot_token_expires_at")
        return isinstance(expires, int | float) and expires <= self._ports.now() + EARLY * 60

    async def renew(self, entry: VaultEntry, client: AsyncWebClient) -> VaultEntry:
        """The installation with a token that lasts; as it was, if it lasts, if another process renews it, or if Slack doesn't now."""
        if not self.due(entry) or not await self._installations.vault.claim(entry, CLAIMED):
            return entry
        # Slack has used up the refresh token once it answers, so nothing may come between its answer and the ledger.
        return await asyncio.shield(asyncio.ensure_future(self._renew(entry, client)))

    async def _renew(self, entry: VaultEntry, client: AsyncWebClient) -> VaultEntry:
        rotator = AsyncTokenRotator(client_id=self._settings.client_id, client_secret=self._settings.client_secret, client=client)
        try:
            found = await rotator.perform_token_rotation(installation=installation_of(entry), minutes_before_expiration=EARLY)
        except SlackTokenRotationError as error:
            code = code_of(answer_of(error.api_error)[1].get("error"))
            log.error(
                "slack_token_not_renewed", installation=entry.key, code=code, what_to_do=text("slack.setup.not_renewed", key=entry.key)
            )
            return entry
        except (SlackClientError, *NETWORK) as error:
            log.warning("slack_token_not_renewed", installation=entry.key, code=type(error).__name__)
            return entry
        if found is None:
            return entry
        await self._installations.async_save(found)
        log.info("slack_token_renewed", installation=entry.key)
        return await self._installations.entry(entry.key) or entry
