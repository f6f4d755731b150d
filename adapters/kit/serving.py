"""uvicorn inside the bot's own event loop, without its hands on the process's signals: the composition root owns them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn

from bot.adapter import SetupProblem


class Server(uvicorn.Server):
    """Leaves the signals alone."""

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
    """Until cancelled. Calls `ready` once requests can come; raises SetupProblem with the sentence `failed` when the server does not start.

    At the end requests that are being answered have `stop_within` seconds; then `stop` is called, and the server is waited for.
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
