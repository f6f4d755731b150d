"""The bot's real log set-up during a run, with every finished line handed to a reader; the caller's own logging comes back afterwards."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from bot.observe import configure
from bot.observe.logs import FLOORS


class _Lines(io.StringIO):
    """A stream that passes on whole lines."""

    def __init__(self, read: Callable[[str], None]) -> None:
        super().__init__()
        self._read = read

    def write(self, text: str) -> int:
        for line in text.splitlines():
            if line:
                self._read(line)
        return len(text)


@contextmanager
def captured_logs(read: Callable[[str], None], secrets: list[str]) -> Iterator[None]:
    """The log of everything inside the block goes to `read`, a line at a time, as an operator would see it."""
    root = logging.getLogger()
    handlers, level, raising = [*root.handlers], root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in FLOORS}
    hooks = sys.excepthook, threading.excepthook
    config = structlog.get_config()
    configure("info", secrets, _Lines(read), "json")
    # A thread that an earlier test left behind is not this run's. Python's own hook: the one found here may write to the same log.
    older, ours = set(threading.enumerate()), threading.excepthook
    threading.excepthook = lambda crash: (threading.__excepthook__ if crash.thread in older else ours)(crash)
    try:
        yield
    finally:
        for handler in [*root.handlers]:
            root.removeHandler(handler)
        for handler in handlers:
            root.addHandler(handler)
        root.setLevel(level)
        for name, old in levels.items():
            logging.getLogger(name).setLevel(old)
        logging.captureWarnings(False)
        logging.raiseExceptions = raising
        sys.excepthook, threading.excepthook = hooks
        structlog.configure(**config)
