"""How slack_sdk connects: certificates and proxies by the bot's one rule, for Web API calls, file uploads and sockets alike."""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.egress import Egress


def web_client(token: str | None, api_url: str, egress: Egress, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """A client without repeats of the library's own: a repeated post is a second message."""
    client = AsyncWebClient(token=token, base_url=api_url, ssl=egress.context(), session=session, retry_handlers=[])
    # Without a proxy the library looks into the environment by itself, and passes NO_PROXY over.
    client.proxy = egress.proxy(api_url)
    return client
