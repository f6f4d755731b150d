"""How discord.py connects: certificates and proxy by the bot's one rule, for the API and the gateway alike."""

from __future__ import annotations

from typing import TypedDict

import aiohttp

from adapters.discord.settings import DiscordSettings
from bot.egress import Egress


class Outgoing(TypedDict):
    """Options of `discord.Client`. The connector belongs to the client, which closes it."""

    connector: aiohttp.BaseConnector
    proxy: str | None


def outgoing(settings: DiscordSettings, egress: Egress) -> Outgoing:
    """Call it inside the running loop. discord.py knows one proxy; the API's address decides for the gateway too."""
    return {"connector": aiohttp.TCPConnector(limit=0, ssl=egress.context()), "proxy": egress.proxy(settings.api_base)}
