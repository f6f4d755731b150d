"""The smallest bot on slack_bolt: one slash command that is acknowledged and nothing else. What `bench.slack_ack` compares with."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

import uvicorn
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def imagine(ack: Callable[[], Awaitable[None]]) -> None:
    await ack()


async def main(transport: str) -> None:
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"], process_before_response="--eager" in sys.argv)
    app.command("/imagine")(imagine)
    if transport == "socket":
        await AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start_async()
    else:
        port = int(os.environ["SLACK_HTTP_PORT"])
        await uvicorn.Server(uvicorn.Config(AsyncSlackRequestHandler(app), port=port, log_level="warning")).serve()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
