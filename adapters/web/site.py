"""What every page of the chat is made from, handed over once when the adapter starts to serve."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from adapters.web.room import Room
from adapters.web.settings import WebSettings
from bot.core import Core
from bot.ports import Ports


@dataclass(frozen=True, slots=True)
class Site:
    core: Core
    room: Room
    ports: Ports
    settings: WebSettings
    picture: Callable[[str], Awaitable[bytes]]
    """Bytes of a stored picture; LookupError when it is gone."""
    data_dir: Path
    demo: bool
