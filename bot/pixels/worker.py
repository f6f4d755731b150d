"""The process in which pictures are decoded and encoded: bounded memory, a bounded time for each job, no secrets in its environment. It
ends when its parent does, whatever ended that."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from typing import Any, BinaryIO

from bot.pixels.errors import BadPicture, NotTaken
from bot.pixels.jobs import do
from bot.pixels.wire import receive, send

MEMORY = 1792 * 1024 * 1024
"""Bytes of address space: a WebP of 25 million pixels with transparency needs 1.3 GB of it while it is encoded, all else under 0.6 GB."""
NICENESS = 10
"""Answering people comes before decoding."""


def main() -> None:
    """Serve the parent at the other end of standard input and output."""
    seconds = int(sys.argv[1])
    _bound()
    jobs: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    answers = os.fdopen(os.dup(1), "wb")
    # Nothing that a library prints may get between the answers.
    os.dup2(2, 1)
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    while True:
        head, content = jobs.get()
        signal.alarm(seconds)
        values, made = _answer(head, content)
        signal.alarm(0)
        try:
            send(answers, values, [made])
        except OSError:
            os._exit(0)


def _listen(pipe: BinaryIO, jobs: queue.SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    """In a thread of its own, so that the parent's end is seen in the middle of a job, too."""
    while (message := receive(pipe)) is not None:
        jobs.put(message)
    os._exit(0)


def _answer(head: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        values, made = do(head["job"], head["values"], [content])
        return {"values": values}, made
    except BadPicture as error:
        return {"bad": str(error)}, b""
    except NotTaken as error:
        return {"why": error.why, "value": error.value}, b""
    except MemoryError:
        return {"why": "memory", "value": "not enough"}, b""
    except OSError as error:
        return {"errno": error.errno, "text": type(error).__name__}, b""
    except Exception as error:
        return {"bad": type(error).__name__}, b""


def _bound() -> None:
    """The parent says when to end, by closing the pipe: a Ctrl-C or a supervisor's signal to the whole group must not cost the pictures
    that are still being stored."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    try:
        import resource  # not on every platform

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass
    try:
        os.nice(NICENESS)
        # A process that works in batches does not keep one that has just woken up from running.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    except (AttributeError, OSError):
        return
