"""Events as log lines. Operators search for the names of lines and fields (docs/operators.md), so they only change together with that
page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import structlog

from bot.events import (
    CallEnded,
    Event,
    FilesRemoved,
    GateChanged,
    GateState,
    MessageRefused,
    NoticeOpened,
    NoticeResolved,
    Started,
    StorageFailed,
    StorageWorks,
)

log = structlog.get_logger()

_NAMES: Mapping[type, tuple[str, str]] = {
    Started: ("info", "started"),
    CallEnded: ("info", "exchange"),  # operators search their logs for this name
    GateState: ("info", "gate"),
    NoticeResolved: ("info", "operator_notice_resolved"),
    MessageRefused: ("warning", "chat_refused"),
    StorageFailed: ("error", "cannot_store"),
    StorageWorks: ("info", "can_store_again"),
    FilesRemoved: ("info", "picture_files_removed"),
}
"""Event type -> log level and name of its line; the event's fields are the line's fields."""


def write(event: Event) -> None:
    match event:
        case GateChanged(name, facts):
            log.info("gate_" + name, **facts)
        case NoticeOpened(cause, kind, facts, what_to_do):
            log.warning("operator_notice", cause=cause, kind=kind, **facts, what_to_do=what_to_do)
        case _:
            level, name = _NAMES[type(event)]
            getattr(log, level)(name, **{one.name: getattr(event, one.name) for one in dataclasses.fields(event)})
