"""Who answers presses: a desk per room, each with a table from action to handler. `bot.core` only looks up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from bot.chat.views import Act, ActionName, Form, Reply

Handler = Callable[[Act], Awaitable[Reply]]
FormMaker = Callable[[Act], Awaitable[Form | Reply]]


class ActionHandlers(Protocol):
    """The presses that one room answers. A handler checks the row, the person and the state itself, in one transaction."""

    @property
    def actions(self) -> Mapping[ActionName, Handler]: ...

    @property
    def forms(self) -> Mapping[ActionName, FormMaker]: ...
