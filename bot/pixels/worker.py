"""Picture worker process: limited memory, a time limit per job, no secrets in its environment. It exits with its parent."""

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
"""Address space in bytes. Encoding a 25-megapixel WebP with transparency needs 1.3 GB; everything else needs less than 0.6 GB."""
NICENESS = 10
"""Lower priority than the bot itself, so that answers come before decoding."""


def main() -> None:
    """Serve jobs from the parent over standard input and output."""
    seconds = int(sys.argv[1])
    _bound()
    jobs: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    answers = os.fdopen(os.dup(1), "wb")
    # A library's print() must not end up between the answers.
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
    """Runs in its own thread, so that the parent's exit is noticed even during a job."""
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
    """Ignore signals and set limits. The parent ends this process by closing the pipe: a Ctrl-C or a supervisor's signal to the whole group
    must not lose pictures that are still being stored."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    try:
        import resource  # not available on every platform

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass
    try:
        os.nice(NICENESS)
        # A batch process doesn't delay processes that have just woken up.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    except (AttributeError, OSError):
        return
