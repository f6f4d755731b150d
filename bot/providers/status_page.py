"""The provider's public status page (Statuspage's JSON) as a hint beside failures; never a reason to hold or to send anything.

Status pages lag and may be wrong, so an incident is only quoted ("the provider reports ..."), and no incident proves nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.egress import Egress
from bot.ports import Ports
from bot.providers.routed import RoutedTransport

OFF, AUTO = "off", "auto"
PAGES: Mapping[str, str] = {"api.openai.com": "https://status.openai.com"}
"""Host of a service -> its status page. Only pages whose format was checked."""
KEPT = 120.0
"""Seconds for which an answer is used again."""
WITHIN = 4.0
"""Seconds for one look."""
_MAX_BYTES = 2_000_000
_OVER = frozenset({"resolved", "postmortem", "completed"})
_PICTURES, _API = re.compile(r"image|picture", re.I), re.compile(r"\bapi\b", re.I)
_NAME, _READ = 120, 2000
"""Characters of a title that are shown, and that are looked through for secrets first: half of one wouldn't be recognised."""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident that isn't over."""

    name: str
    """Its title, in the provider's words, on one line."""
    since: float
    """Seconds since the epoch."""
    page: str
    """Host of the status page."""


@dataclass(slots=True)
class StatusPage:
    """Looks at the page at most once in KEPT seconds; never raises."""

    address: str | None
    """Base address of the page; None to never look."""
    ports: Ports
    egress: Egress = field(default_factory=Egress)
    seen: Incident | None = None
    clean: Callable[[str], str] = str
    """Takes secrets and private addresses out of the provider's words, which everybody reads."""
    reached: bool | None = None
    """Whether the last look got an answer; None before the first."""
    _looked_at: float | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_stale(self) -> bool:
        """Whether a look is due."""
        return self.address is not None and (self._looked_at is None or self.ports.monotonic() - self._looked_at >= KEPT)

    async def look(self) -> Incident | None:
        """The open incident that concerns pictures most; None if there's none or the page can't be read."""
        async with self._lock:
            if self.is_stale and self.address is not None:
                self._looked_at = self.ports.monotonic()
                try:
                    async with asyncio.timeout(WITHIN):
                        self.seen = await self._ask(self.address)
                    self.reached = True
                except (httpx.HTTPError, OSError, ValueError, RecursionError):  # TimeoutError is an OSError
                    self.seen, self.reached = None, False
        return self.seen

    async def _ask(self, address: str) -> Incident | None:
        async with httpx.AsyncClient(transport=RoutedTransport(self.egress), trust_env=False, timeout=WITHIN) as client:
            # The summary may leave incidents out, and `unresolved.json` doesn't exist everywhere.
            for name in ("summary", "incidents"):
                body = await _get(client, f"{address}/api/v2/{name}.json")
                if body and (found := incident(json.loads(body), urlsplit(address).netloc, self.clean)) is not None:
                    return found
        return None


async def _get(client: httpx.AsyncClient, address: str) -> bytes:
    """The body of a good answer; empty for another one. Raises ValueError if it's too long."""
    body = bytearray()
    async with client.stream("GET", address) as answer:
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > _MAX_BYTES:
                raise ValueError("too long for a status page")
        return bytes(body) if answer.status_code == 200 else b""


def page_of(setting: str, base_url: str) -> str | None:
    """The status page's base address for a service; None if it's unknown or switched off."""
    if setting == OFF:
        return None
    if setting != AUTO:
        return setting.removesuffix("/api/v2")
    return PAGES.get((urlsplit(base_url).hostname or "").lower())


def incident(found: Any, page: str, clean: Callable[[str], str] = str) -> Incident | None:
    """The open incident of a Statuspage summary or list: about pictures first, then the API, then the latest. Pure."""
    listed = found.get("incidents") if isinstance(found, dict) else None
    listed = listed if isinstance(listed, list) else []
    open_ = [one for one in listed if isinstance(one, dict) and str(one.get("status")) not in _OVER and _since(one) is not None]

    def concern(one: Mapping[str, Any]) -> tuple[int, float]:
        components = one.get("components")
        words = " ".join([str(one.get("name")), *(str(c.get("name")) for c in components or () if isinstance(c, dict))])
        return (2 if _PICTURES.search(words) else 1 if _API.search(words) else 0, _since(one) or 0.0)

    if not open_:
        return None
    worst = max(open_, key=concern)
    name = "".join(char if char.isprintable() else " " for char in clean(str(worst.get("name") or "")[:_READ]))[:_NAME].strip()
    return Incident(name, _since(worst) or 0.0, page)


def _since(one: Mapping[str, Any]) -> float | None:
    for key in ("started_at", "created_at"):
        try:
            return datetime.fromisoformat(str(one.get(key)).replace("Z", "+00:00")).timestamp()
        except ValueError:
            continue
    return None
