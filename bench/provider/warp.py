"""An event loop whose clock is virtual (it jumps when nothing is left to do) or scaled (so many times faster than real time).

A real loopback HTTP server and the client under test share this loop, so that the client's own sleeps and the provider's minutes pass in
the same time. Virtual: time stands still while there is I/O, callbacks or executor work, so a client's CPU time does not count and runs
repeat exactly. Scaled: for clients with threads or processes of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import time
from typing import Any

real_monotonic = time.monotonic
EPOCH = 1_790_000_000.0
"""Wall clock at loop time 0."""


class _Selector:
    def __init__(self, loop: WarpLoop) -> None:
        self._inner, self._loop = selectors.DefaultSelector(), loop

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def select(self, timeout: float | None = None) -> list[Any]:
        loop, inner = self._loop, self._inner
        if loop.mode == "scaled":
            return inner.select(None if timeout is None else timeout / loop.scale)
        events = inner.select(0)
        if events or timeout == 0:
            loop.idle += 1
            if loop.idle > 5000:  # timers set again for "now" by rounding: let time creep
                loop.virtual, loop.idle = loop.virtual + 1e-4, 0
            return events
        events = inner.select(0.0003)  # grace for the loopback to deliver
        if events:
            return events
        if loop.busy > 0:  # a thread works: the clock stands still
            return inner.select(0.002)
        if timeout is None:
            return inner.select(0.05)
        loop.virtual, loop.idle = loop.virtual + max(timeout, 1e-6), 0
        return []


class WarpLoop(asyncio.SelectorEventLoop):
    """`mode` is `virtual` or `scaled`."""

    def __init__(self, mode: str = "virtual", scale: float = 20.0) -> None:
        self.mode, self.scale, self.virtual, self.busy, self.idle = mode, scale, 0.0, 0, 0
        self._began = real_monotonic()
        super().__init__(_Selector(self))  # type: ignore[arg-type]

    def time(self) -> float:
        if self.mode == "scaled":
            return (real_monotonic() - self._began) * self.scale
        return self.virtual

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        self.busy += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._rested)
        return future

    def _rested(self, _: object) -> None:
        self.busy -= 1


def install(loop: WarpLoop) -> None:
    """`time.time` and `time.monotonic` follow the loop; call it before the client under test is imported."""
    time.time = lambda: EPOCH + loop.time()
    time.monotonic = lambda: loop.time()
    if loop.mode == "scaled":
        real_sleep = time.sleep
        time.sleep = lambda seconds: real_sleep(seconds / loop.scale)
    with contextlib.suppress(ImportError):  # aiosqlite works in a thread of its own
        import aiosqlite.core

        original = aiosqlite.core.Connection._execute

        async def counted(self: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
            loop.busy += 1
            try:
                return await original(self, fn, *args, **kwargs)
            finally:
                loop.busy -= 1

        aiosqlite.core.Connection._execute = counted  # type: ignore[method-assign]
