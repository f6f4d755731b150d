"""Commands with one line of words beside their name: the view or form that they ask the core for; and a batch by number or file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from adapters.kit.callers import PlatformCaller
from bot.chat.views import Form, Reply, View
from bot.core import Core, Visitor
from bot.domain.attachments import Attachment, NotFetched
from bot.pixels.errors import NotTaken
from bot.texts import text

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
HEAVY = 4 * 1024 * 1024
"""Bytes of a file at which its download stops, if it's begun at all: the core takes no larger list of topics."""


class Fetch(Protocol):
    """Downloads an attached file of at most so many bytes. Raises NotFetched and NotTaken."""

    async def __call__(self, handle: Mapping[str, str], most: int = ...) -> bytes: ...


async def from_file(
    core: Core, fetch: Fetch, caller: PlatformCaller, reply: Mapping[str, str], values: Mapping[str, str], file: Attachment
) -> Reply:
    """Fetch a file of topics and propose its batch; or say what is wrong with it, with nothing stored."""
    heavy = Reply(text("batch.topics.heavy", most=HEAVY >> 20), changed=False)
    lost = Reply(text("batch.file_lost", name=file.name[:60]), changed=False)
    if file.size is not None and file.size > HEAVY:
        return heavy
    try:
        content = await fetch(file.handle, HEAVY)
    except NotTaken as problem:
        return heavy if problem.why == "bytes" else lost
    except NotFetched:
        return lost
    return await core.new_batch(caller.key, (caller.who(), caller.place(reply)), values, (file.name, content))


def number_of(typed: str) -> int | None:
    """The number of a batch, if that's all that was typed."""
    found = typed.strip().lstrip("#")
    return int(found) if found.isdecimal() and len(found) < 9 else None
