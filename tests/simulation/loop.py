"""asyncio loop with virtual time, whose processes can be killed between two callbacks.

Sound because: time only advances when nothing is runnable, and then exactly to the next deadline; executors run inline; sockets, signals
and foreign threads are rejected; a killed life's callbacks never run again, not even `finally` (as with kill -9, and unlike
`task.cancel()`).
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import selectors
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, TypeVar

import structlog

T = TypeVar("T")

BUSY_TURNS, BUSY_WINDOW = 100_000, 0.1
"""A loop with this many turns within this many seconds counts as busy forever."""
TURNS_PER_TICK, TICK = 50, 1e-6
"""Computing takes time: after this many turns without progress, the clock advances by this many seconds. Otherwise a wait shorter than the
clock's resolution would never end, as it does on a real machine."""


class Deadlock(BaseException):
    """Nothing is runnable and no timer is set, but the scenario hasn't ended."""


class Livelock(BaseException):
    """The process is busy forever without time advancing."""


class ForeignThread(RuntimeError):
    """A thread was started, whose interleaving no seed could reproduce."""


class RealWorld(RuntimeError):
    """A real socket, name server or signal was used."""


class Life:
    """One life of the simulated process, from boot to kill. Everything it starts carries it in its context."""

    def __init__(self, number: int, born: float = 0.0) -> None:
        self.number, self.born = number, born
        self.dead = False
        self.at_death: list[Callable[[], None]] = []
        """What the operating system does for a dead process: close files, release locks."""
        self.context = contextvars.copy_context()
        self.context.run(_LIFE.set, self)

    def __repr__(self) -> str:
        return f"life {self.number}"


_LIFE: contextvars.ContextVar[Life | None] = contextvars.ContextVar("life", default=None)


def current_life() -> Life | None:
    """The life whose code is running; None for the surrounding world."""
    return _LIFE.get()


def _of(context: contextvars.Context | None) -> Life | None:
    return _LIFE.get() if context is None else context.get(_LIFE)


class _Selector(selectors.BaseSelector):
    """Replaces the operating system's selector: there is never anything to read, and waiting means advancing the clock."""

    def __init__(self) -> None:
        self._keys: dict[Any, selectors.SelectorKey] = {}
        self.loop: SimLoop | None = None

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, fileobj if isinstance(fileobj, int) else fileobj.fileno(), events, data)
        self._keys[fileobj] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def get_map(self) -> dict[Any, selectors.SelectorKey]:
        return self._keys

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys[fileobj]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert self.loop is not None
        self.loop.idle(timeout)
        return []

    def close(self) -> None:
        self._keys.clear()


class SimLoop(asyncio.SelectorEventLoop):
    """Virtual time. `chance` decides how long executors take."""

    def __init__(self, chance: Random) -> None:
        self._now = 0.0
        self._turns = 0
        self._still = 0
        self._window = 0.0
        self.jumps = 0
        self.chance = chance
        self._graveyard: list[object] = []
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        self._clock_resolution = 1e-9  # timers within it count as due; must exceed one ulp of the largest time

    # ---- the clock

    def time(self) -> float:
        return self._now

    def idle(self, timeout: float | None) -> None:
        """The selector's wait: if there is work, nothing happens; otherwise the clock advances to the next timer's deadline."""
        self._turns += 1
        if self._now > self._window + BUSY_WINDOW:
            self._turns, self._window = 0, self._now
        elif self._turns > BUSY_TURNS:
            raise Livelock(f"{BUSY_TURNS} turns within {BUSY_WINDOW} s at t={self._now:.6f}")
        if timeout == 0:
            self._still += 1
            if self._still % TURNS_PER_TICK == 0:
                self._now += TICK
            return
        self._still = 0
        if timeout is None:
            raise Deadlock(f"nothing runnable and no timer at t={self._now:.6f}")
        when: float = self._scheduled[0]._when  # type: ignore[attr-defined]
        if when > self._now:
            self._now = when
            self.jumps += 1

    # ---- callbacks of the dead never run

    def _call_soon(self, callback: Any, args: Any, context: contextvars.Context | None) -> asyncio.Handle:
        handle: asyncio.Handle = super()._call_soon(callback, args, context)  # type: ignore[misc]
        life = _of(context)
        if life is not None and life.dead:
            handle.cancel()
        return handle

    def call_at(self, when: float, callback: Any, *args: Any, context: contextvars.Context | None = None) -> asyncio.TimerHandle:
        handle = super().call_at(when, callback, *args, context=context)
        life = _of(context)
        if life is not None and life.dead:
            handle.cancel()
        return handle

    def kill(self, life: Life) -> None:
        """End a life between two callbacks. Its coroutines are kept, so that nothing unwinds them while the world goes on."""
        life.dead = True
        handles = [*self._ready, *self._scheduled]  # type: ignore[attr-defined]
        for handle in handles:
            if not handle.cancelled() and _of(handle._context) is life:
                # not handle.cancel(): that drops the arguments and with them tasks, whose `finally` would run now
                self._graveyard.append((handle._callback, handle._args))
                handle.cancel()
        for task in asyncio.all_tasks(self):
            self._graveyard.append(task)
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        for last_rite in life.at_death:
            last_rite()
        life.at_death.clear()

    def finish(self) -> None:
        """End the world: nothing runs anymore, in any life."""
        for handle in [*self._ready, *self._scheduled]:  # type: ignore[attr-defined]
            self._graveyard.append((handle._callback, handle._args))
        for task in asyncio.all_tasks(self):
            self._graveyard.append(task)
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        self._ready.clear()  # type: ignore[attr-defined]
        self._scheduled.clear()  # type: ignore[attr-defined]
        self.close()

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        self._asyncgens.discard(agen)  # type: ignore[attr-defined]  # a dead life's generators must not be resumed

    # ---- executors run inline, later by a seeded moment

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = self.create_future()
        life = current_life()

        def run() -> None:
            if future.done() or (life is not None and life.dead):
                return
            try:
                result = func(*args)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self.call_later(self.chance.uniform(0.0, 0.002), run)
        return future

    # ---- the real world is shut out

    def _write_to_self(self) -> None:
        """The self-pipe would only fill up: everything runs in one thread."""

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:  # type: ignore[override]
        raise OSError(f"simulation: look-up of {host!r} refused")

    async def create_connection(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        raise RealWorld("a real connection was asked for inside the simulation")

    async def create_server(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        raise RealWorld("a real server was asked for inside the simulation")

    def add_signal_handler(self, sig: int, callback: Any, *args: Any) -> None:
        raise RealWorld("a signal handler was asked for inside the simulation")


@contextmanager
def no_threads() -> Iterator[None]:
    """While the loop runs, starting a thread is an error of the simulation or the core, never a source of chance."""
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        raise ForeignThread(f"thread {thread.name} was started inside the simulation")

    threading.Thread.start = start  # type: ignore[method-assign]
    try:
        yield
    finally:
        threading.Thread.start = real  # type: ignore[method-assign]


def undisturbed(run: Callable[[], T]) -> T:
    """Run a whole simulation without the garbage collector, whose timing no seed controls. Dead coroutines unwind silently afterwards, in a
    finished world."""
    enabled, hook = gc.isenabled(), sys.unraisablehook
    gc.disable()
    gc.freeze()  # objects from before the run don't have to be scanned when its remains are collected
    try:
        return run()
    finally:
        sys.unraisablehook = lambda _: None
        logging.disable(logging.CRITICAL)
        config = structlog.get_config()
        structlog.configure(processors=[_drop])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gc.collect()
        structlog.configure(**config)
        logging.disable(logging.NOTSET)
        sys.unraisablehook = hook
        gc.unfreeze()
        if enabled:
            gc.enable()


def _drop(*_: object) -> Any:
    """Drop a log line of a dead life."""
    raise structlog.DropEvent
