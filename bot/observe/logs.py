"""Log configuration: JSON lines on standard error (plain text on a terminal), UTC, with private data redacted.

Standard library loggers use the same pipeline, so libraries can't leak what the bot wouldn't write.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Collection, Mapping, Sequence
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.observe.redact import HIDDEN, Redactor

MAX_TEXT = 2_000
"""Maximum characters of one value."""
_MAX_READ = 1_000_000
"""Maximum characters to scan. Far more than are written, because a secret cut in half wouldn't be recognised."""
_MAX_FRAMES = 30
_MAX_ITEMS = 50

FLOORS: Mapping[str, int] = {
    # httpx and httpcore log full URLs with their query; at DEBUG, slack_sdk and aiosqlite log bodies and bound values, and discord logs
    # interaction tokens. Records below these levels are never written, whatever LOG_LEVEL is.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "discord": logging.INFO,
    "slack_sdk": logging.WARNING,
    "slack_bolt": logging.WARNING,
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "PIL": logging.INFO,
    "nicegui": logging.WARNING,
    "uvicorn": logging.WARNING,
    "engineio": logging.WARNING,
    "socketio": logging.WARNING,
    "websockets": logging.WARNING,
    "watchfiles": logging.WARNING,
    "multipart": logging.WARNING,
    "python_multipart": logging.WARNING,
}
_NEVER = frozenset(
    {"prompt", "prompts", "revised_prompt", "wording", "text", "caption", "content", "body", "payload", "reply"}
    | {"headers", "cookies", "authorization", "api_key", "token", "secret", "password"}
)
"""Fields with user content or secrets, never written by any logger."""


def configure(level: str = "info", secrets: Collection[str] = (), stream: TextIO | None = None, format: str = "auto") -> None:
    """Send all logs of this process to `stream` (default: standard error). The last call wins.

    `format`: `json`, `text`, or `auto` (text on a terminal, JSON otherwise).
    """
    stream = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception,
        _Clean(Redactor(secrets)),
        _in_order,
    ]
    root = logging.getLogger()
    for old in [*root.handlers]:
        root.removeHandler(old)
    root.addHandler(_handler(stream, shared, pretty=format == "text" or (format == "auto" and stream.isatty())))
    root.setLevel(level.upper())
    for name, floor in FLOORS.items():
        logger = logging.getLogger(name)
        logger.setLevel(max(floor, root.level))
        logger.handlers.clear()
        logger.propagate = True
    # If a record can't be formatted, logging must not print its raw contents.
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    warnings.simplefilter("ignore", ResourceWarning)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _uncaught
    threading.excepthook = lambda caught: _uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)


def _handler(stream: TextIO, shared: Sequence[Processor], *, pretty: bool) -> logging.Handler:
    """Every record, ours and those of libraries, through the same processors."""
    renderer: Processor = _pretty(stream) if pretty else structlog.processors.JSONRenderer(default=str, ensure_ascii=True)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(_above_floor)
    return handler


def _above_floor(record: logging.LogRecord) -> bool:
    """Enforce the minimum level even if a library has changed its own since."""
    name = record.name
    while name:
        if name in FLOORS:
            return record.levelno >= FLOORS[name]
        name = name.rpartition(".")[0]
    return True


def _logger_name(logger: WrappedLogger, _: str, event: EventDict) -> EventDict:
    event["logger"] = event["_record"].name if "_record" in event else getattr(logger, "name", "")
    return event


def _exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Format exceptions without local variables, which hold prompts and keys. Messages are redacted like any text."""
    caught = event.pop("exc_info", None)
    if caught is True:
        caught = sys.exc_info()
    elif isinstance(caught, BaseException):
        caught = (type(caught), caught, caught.__traceback__)
    if isinstance(caught, tuple) and caught[1] is not None:
        shape = traceback.TracebackException(*caught, limit=-_MAX_FRAMES, lookup_lines=False, compact=True)
        event["exception"] = "".join(_traceback_lines(shape))
    event.pop("stack_info", None)
    return event


def _traceback_lines(shape: traceback.TracebackException, depth: int = 0) -> list[str]:
    """An exception chain, outermost last, one line per frame."""
    lines = []
    before = shape.__cause__ or (None if shape.__suppress_context__ else shape.__context__)
    if before is not None and depth < 5:
        lines += [*_traceback_lines(before, depth + 1), "caused:\n"]
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in shape.stack]
    lines += shape.format_exception_only()
    for inner in (shape.exceptions or [])[:5]:
        lines += _traceback_lines(inner, depth + 1)
    return lines


class _Clean:
    """Redacts private data and removes line breaks in every field, at any depth."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {key: value if key.startswith("_") else self._value(key, value) for key, value in event.items()}

    def _value(self, key: object, value: Any, depth: int = 0) -> Any:
        if isinstance(key, str) and key.lower() in _NEVER and depth < 4:
            return HIDDEN
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, Mapping) and depth < 4:
            return {str(name): self._value(name, inner, depth + 1) for name, inner in list(value.items())[:_MAX_ITEMS]}
        if isinstance(value, (list, tuple, set, frozenset)) and depth < 4:
            return [self._value(None, inner, depth + 1) for inner in list(value)[:_MAX_ITEMS]]
        return self._text(value if isinstance(value, str) else str(value), keep_lines=key == "exception")

    def _text(self, text: str, keep_lines: bool) -> str:
        clean = self._redactor(text[:_MAX_READ])
        limit = MAX_TEXT * 4 if keep_lines else MAX_TEXT
        clean = clean if len(clean) <= limit else clean[:limit] + "…"
        if clean.isprintable():
            return clean
        return "".join(char if char.isprintable() or (keep_lines and char == "\n") else ascii(char)[1:-1] for char in clean)


def _in_order(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put time, level and event first, for human eyes and `cut`."""
    first = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    return {**first, **event}


def _pretty(stream: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=24)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Log uncaught exceptions as one line; ignore Ctrl-C."""
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("uncaught", exc_info=(kind, error, trace))
