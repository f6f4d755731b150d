"""Dependencies of every page, passed in once when the adapter starts to serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

from adapters.web.actions import ActionPage, WebActions
from adapters.web.room import Room
from adapters.web.settings import WebSettings
from adapters.web.uploads import Uploads
from bot.core import Core
from bot.ports import Ports


class Shows(Protocol):
    def shows(self, sha256: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Site:
    core: Core
    room: Room
    ports: Ports
    settings: WebSettings
    picture: Callable[[str], Awaitable[bytes]]
    """Returns the bytes of a stored picture; raises LookupError if it's gone."""
    data_dir: Path
    demo: bool
    uploads: Uploads = field(default_factory=Uploads)
    galleries: WeakSet[Shows] = field(default_factory=WeakSet)
    """Open galleries: the pictures that one of them shows are served."""

    def actions(self, page: ActionPage) -> WebActions:
        return WebActions(self.core, self.room, self.ports, page, self.uploads)

    def shows(self, sha256: str) -> bool:
        """Whether a message, an upload or an open gallery shows this picture."""
        return self.room.shows_picture(sha256) or self.uploads.shows(sha256) or any(one.shows(sha256) for one in self.galleries)
