"""Commands with one line of words beside their name: the view or the form that they ask the core for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.chat.views import Form, Reply, View
from bot.core import Core, Visitor

VIEWS: Mapping[str, Callable[[Core, Visitor, str], Awaitable[View]]] = {
    "/imagine-show": lambda core, visitor, typed: core.show(visitor, typed or None),
    "/imagine-status": lambda core, visitor, typed: core.status(visitor, typed),
    "/imagine-help": lambda core, visitor, typed: core.help(visitor),
    "/imagine-privacy": lambda core, visitor, typed: core.privacy(visitor),
}
FORMS: Mapping[str, Callable[[Core, Visitor, str], Awaitable[Form | Reply]]] = {
    "/imagine-settings": lambda core, visitor, typed: core.settings(visitor),
    "/imagine-guide": lambda core, visitor, typed: core.guide(visitor, typed),
}
"""A sentence instead of a form if the person can't have it."""
