"""Action handlers: each room has a table from action to handler, and `bot.core` only looks up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from bot.chat.views import Act, ActionName, Form, Reply

Handler = Callable[[Act], Awaitable[Reply]]
FormMaker = Callable[[Act], Awaitable[Form | Reply]]


class ActionHandlers(Protocol):
    """The actions that one room handles. A handler checks row, person and state itself, in one transaction."""

    @property
    def actions(self) -> Mapping[ActionName, Handler]: ...

    @property
    def forms(self) -> Mapping[ActionName, FormMaker]: ...
