"""The bot's end of the picture worker: started with the first picture, watched, replaced when it dies or hangs."""

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
"""After which a job has hung: the slowest picture within the limits takes a quarter of it on a busy machine. It ends itself then."""
GRACE = 10
"""Seconds more after which it is killed from outside: it was stopped, or does not even run its alarm."""
TRIES = 2
PIPE = 1024 * 1024
_START = "import sys; sys.path[:] = sys.argv[2:]; from bot.pixels.worker import main; main()"


class Workers(Protocol):
    """Where the work on pictures is done. Blocks; called from the store's own thread."""

    def do(self, job: str, values: Mapping[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        """One of `bot.pixels.jobs.JOBS`. Raises BadPicture, NotTaken, and OSError of the disk or of a machine that starts no process."""
        ...

    def close(self) -> None: ...


class Here:
    """In this process: for simulations, and where pictures are few and small."""

    def do(self, job: str, values: Mapping[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        from bot.pixels.jobs import do

        return do(job, values, pieces)

    def close(self) -> None:
        """There is nothing to close."""


Work = Callable[[str, Mapping[str, Any], bytes], Awaitable[tuple[dict[str, Any], bytes]]]
"""One of `bot.pixels.jobs.JOBS` on one picture."""


async def in_a_thread(job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    """Without a worker process."""
    return await asyncio.to_thread(Here().do, job, values, [content])


class _Lost(Exception):
    """The worker went away in the middle of a job."""


class OneProcess:
    """One worker process: two at once would double the memory and win little on a small machine. What it died of is tried once more in a
    fresh one, because it may have been somebody else's memory; a picture that takes two with it is not taken."""

    def __init__(self, seconds: int = JOB_SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the living worker."""
        return None if self._child is None else self._child.pid

    def do(self, job: str, values: Mapping[str, Any], pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            for number in range(1, TRIES + 1):
                try:
                    return _understood(*self._ask({"job": job, "values": dict(values)}, pieces))
                except _Lost:
                    log.warning("picture_worker_lost", job=job, code=self._end(), tried=number)
        raise NotTaken("worker", "ended twice")

    def close(self) -> None:
        """Let the worker end; it does nothing any more."""
        with self._lock:
            self._end()

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
        # -I and -S: nothing of the environment and no site hooks; the path is handed over. An empty environment: no secret lies beside a
        # stranger's file.
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START, str(self._seconds), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
        with contextlib.suppress(AttributeError, OSError):  # fewer turns for a picture; not on every platform
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
