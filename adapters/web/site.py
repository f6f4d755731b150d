"""Dependencies of every page, passed in once when the adapter starts to serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from adapters.web.room import Room
from adapters.web.settings import WebSettings
from adapters.web.uploads import Uploads
from bot.core import Core
from bot.ports import Ports


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
