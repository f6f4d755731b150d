"""uvicorn inside the bot's event loop, without signal handlers; the composition root owns the signals."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn

from bot.adapter import SetupProblem


class Server(uvicorn.Server):
    """uvicorn without signal handlers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    config: uvicorn.Config,
    sock: socket.socket,
    *,
    ready: Callable[[], None],
    failed: str,
    stop_within: float = 0.0,
    stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve until cancelled. Calls `ready` once requests are accepted; raises SetupProblem with the sentence `failed` if the server doesn't
    start.

    On shutdown, requests in progress get `stop_within` seconds; then `stop` is called, and the server is awaited.
    """
    server = Server(config)
    running = asyncio.get_running_loop().create_task(server.serve([sock]), name="http-server")
    try:
        while not server.started:
            if running.done():
                raise SetupProblem(failed, may_pass=True)
            await asyncio.sleep(0.01)
        ready()
        await asyncio.shield(running)
    finally:
        server.should_exit = True
        await asyncio.wait([running], timeout=stop_within)
        stop()
        with contextlib.suppress(asyncio.CancelledError, SystemExit):
            await running
        sock.close()
