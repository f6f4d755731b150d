"""Action handlers: each room has a table of them, and `bot.core` only looks up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.chat.views import Act, ActionName, Form, Reply

Handler = Callable[[Act], Awaitable[Reply]]
FormMaker = Callable[[Act], Awaitable[Form | Reply]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """What a room does for each action, and the forms behind its buttons."""

    actions: Mapping[ActionName, Handler]
    forms: Mapping[ActionName, FormMaker] = field(default_factory=dict)


class ActionRoom(Protocol):
    """A room that handles actions. A handler checks row, person and state itself, in one transaction."""

    @property
    def handlers(self) -> Handlers: ...


def combined(rooms: Iterable[ActionRoom]) -> Handlers:
    """The handlers of several rooms in one table."""
    tables = [room.handlers for room in rooms]
    actions = {name: handler for table in tables for name, handler in table.actions.items()}
    return Handlers(actions, {name: maker for table in tables for name, maker in table.forms.items()})
