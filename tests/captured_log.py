"""The log as it's written, for tests that look for what must not be in it."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from collections.abc import Collection, Iterator

import structlog

from bot import observe


@contextlib.contextmanager
def captured_log(secrets: Collection[str] = (), level: str = "debug") -> Iterator[io.StringIO]:
    """Everything logged inside, as JSON lines; the process's logging is put back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook
    stream = io.StringIO()
    observe.configure(level, secrets, stream, format="json")
    try:
        yield stream
    finally:
        root.handlers[:], sys.excepthook = before[0], before[2]
        root.setLevel(before[1])
        logging.raiseExceptions = True
        logging.captureWarnings(False)
        structlog.reset_defaults()
