"""How discord.py connects: certificates and proxy by the bot's one rule, for the API and the gateway alike."""

from __future__ import annotations

from typing import Any

import aiohttp

from adapters.discord.settings import DiscordSettings
from bot.egress import Egress


def outgoing(settings: DiscordSettings, egress: Egress) -> dict[str, Any]:
    """Options of `discord.Client`, which closes the connector. Call it inside the running loop. discord.py knows one proxy, so the address
    of its API decides for the gateway too."""
    return {"connector": aiohttp.TCPConnector(limit=0, ssl=egress.context()), "proxy": egress.proxy(settings.api_base)}
