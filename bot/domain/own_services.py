"""A community's own image service, as stored in the community's settings. The key is in the vault, under the service's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

SETTING = "own_service"
"""Its key in a community's settings."""
VAULT = "community-key"
"""Kind of its value in the vault; the key of the value is the service's name."""
CHANGED = "own-service"
"""Topic of the wake-up after a community's key was set, replaced or removed."""
PREFIX = "own-"
"""Prefix of the name of a community's service."""


class CommunityKeys(StrEnum):
    """Whether communities may, or must, bring their own key."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"
    """Nobody draws with the operator's key, except the operator at the command line."""


@dataclass(frozen=True, slots=True)
class OwnService:
    """A service with the key that a community's administrator gave."""

    name: str
    """As in `Request.service`. Every key that is set has a new one, so that a task is looked up with the key that made it."""
    api: str
    """As in IMAGE_SERVICE."""
    base_url: str
    models: tuple[str, ...]
    """The first is the default."""
    key_ends: str
    """The key's last four characters; empty for a short key."""
    set_by: str
    """Platform id of who set it."""
    set_at: float
    set_by_name: str = ""
    """Their name; empty if they had it deleted."""

    @property
    def host(self) -> str:
        return self.base_url.partition("://")[2].partition("/")[0]

    def as_stored(self) -> dict[str, Any]:
        """Its value in the community's settings; the names of the keys are older than those of the fields."""
        key = {"ends": self.key_ends, "by": self.set_by, "at": self.set_at, "by_name": self.set_by_name}
        return {"name": self.name, "api": self.api, "base_url": self.base_url, "models": list(self.models), **key}


def name_for(api: str, id: str) -> str:
    """The name of a community's service."""
    return f"{PREFIX}{api}-{id}"


def is_own(service: str) -> bool:
    """Whether a service's name is that of a community's own."""
    return service.startswith(PREFIX)


def api_of(service: str) -> str:
    """The API of a community's service, from its name."""
    return service.removeprefix(PREFIX).partition("-")[0]


def own_service_of(settings: Mapping[str, Any]) -> OwnService | None:
    stored = settings.get(SETTING)
    if not isinstance(stored, Mapping):
        return None
    models = tuple(str(one) for one in stored.get("models") or ())
    words = (str(stored.get(name) or "") for name in ("name", "api", "base_url"))
    name, api, base_url = words
    key_ends, set_by, set_by_name = (str(stored.get(one) or "") for one in ("ends", "by", "by_name"))
    return OwnService(name, api, base_url, models, key_ends, set_by, float(stored.get("at") or 0), set_by_name)


def ends_of(key: str) -> str:
    """What may be shown of a key: its last four characters, if the key is long enough (16)."""
    return key[-4:] if len(key) >= 16 else ""
