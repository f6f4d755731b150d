"""Management of the picture worker: started on first use, watched, and replaced if it dies or hangs."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, BinaryIO, Protocol, cast

import structlog

from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.wire import receive, send

log = structlog.get_logger()

JOB_SECONDS = 120
"""Seconds after which a job counts as hung and the worker exits. The slowest picture within the limits takes a quarter of this on a busy
machine."""
CLOSING = 20
"""Seconds that `close` waits for the current job. A hung decode must not keep the bot from exiting."""
GRACE = 10
"""Extra seconds before the worker is killed from outside, because it's stopped or its alarm doesn't fire."""
TRIES = 2
PIPE = 1024 * 1024
_START = "import sys; sys.path[:] = sys.argv[2:]; from bot.pixels.worker import main; main()"


class Workers(Protocol):
    """Runs picture jobs. Blocks; called from the store's own thread."""

    def do(self, job: str, values: Mapping[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        """Run one of `bot.pixels.jobs.JOBS`. Raises BadPicture, NotTaken, and OSError from the disk or if no process can be started."""
        ...

    def close(self) -> None: ...


class Here:
    """Runs jobs in this process: for simulations, and where pictures are few and small."""

    def do(self, job: str, values: Mapping[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        from bot.pixels.jobs import do

        return do(job, values, pieces)

    def close(self) -> None:
        """Nothing to close."""


Work = Callable[[str, Mapping[str, Any], bytes], Awaitable[tuple[dict[str, Any], bytes]]]
"""Runs one of `bot.pixels.jobs.JOBS` on one picture."""


async def in_a_thread(job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    return await asyncio.to_thread(Here().do, job, values, [content])


class _Lost(Exception):
    """The worker died during a job."""


class OneProcess:
    """A single worker process: two would double the memory and gain little on a small machine.

    A job that kills the worker is tried once more in a new one, because something else may have used up the memory; if it kills both, the
    picture isn't taken.
    """

    def __init__(self, seconds: int = JOB_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the live worker; None if there is none."""
        return None if self._child is None else self._child.pid

    def do(self, job: str, values: Mapping[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            for number in range(1, TRIES + 1):
                if self._closed:
                    raise NotTaken("worker", "closed")
                try:
                    return _understood(*self._ask({"job": job, "values": dict(values)}, pieces))
                except _Lost:
                    log.warning("picture_worker_lost", job=job, code=self._end(), tried=number)
        raise NotTaken("worker", "ended twice")

    def close(self) -> None:
        """Stop the worker: it finishes its job within CLOSING seconds or is killed. Later jobs raise NotTaken."""
        self._closed = True
        done = self._lock.acquire(timeout=CLOSING)
        if not done and (child := self._child) is not None:
            log.warning("picture_worker_killed", after=CLOSING)
            child.kill()
            done = self._lock.acquire(timeout=GRACE)
        if done:
            try:
                self._end()
            finally:
                self._lock.release()

    def _ask(self, head: dict[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        child = self._child = self._child or self._start()
        watch = threading.Timer(self._seconds + GRACE, child.kill)
        watch.daemon = True
        watch.start()
        try:
            send(cast(BinaryIO, child.stdin), head, pieces)
            answer = receive(cast(BinaryIO, child.stdout))
        except (OSError, ValueError) as error:
            raise _Lost from error
        finally:
            watch.cancel()
        if answer is None:
            raise _Lost
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        # -I and -S: no environment variables and no site hooks; the path is passed explicitly. With an empty environment, no secret is next
        # to an untrusted file.
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, str(self._seconds), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        with contextlib.suppress(AttributeError, OSError):  # a bigger pipe needs fewer turns; not available on every platform
            fcntl.fcntl(cast(BinaryIO, child.stdin), fcntl.F_SETPIPE_SZ, PIPE)
        return child

    def _end(self) -> int | None:
        child, self._child = self._child, None
        if child is None:
            return None
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()
        try:
            return child.wait(1)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def _understood(head: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    if "values" in head:
        return head["values"], content
    if "bad" in head:
        raise BadPicture(str(head["bad"]))
    if "why" in head:
        raise NotTaken(str(head["why"]), str(head["value"]))
    raise OSError(head.get("errno"), str(head.get("text")))
