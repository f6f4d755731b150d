"""Registry of image services: each has its own provider, gate and budget rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.gate.port import Gate
from bot.providers.port import Provider

DEFAULT = ""
"""Name of the configured service in `Request.service`."""


@dataclass(slots=True)
class ImageService:
    """One service with one key."""

    name: str
    """As in `Request.service`; also the owner of its rows in the total spending."""
    provider: Provider
    gate: Gate

    @property
    def host(self) -> str:
        """Key for what is learned about the service. It's the host, because a new key changes nothing about it."""
        return self.provider.gate_key.partition("#")[0]


class ImageServices:
    """Services by name. Currently only the configured one."""

    def __init__(self, services: Sequence[ImageService]) -> None:
        self._by_name = {one.name: one for one in services}

    def __iter__(self) -> Iterator[ImageService]:
        return iter(self._by_name.values())

    @property
    def default(self) -> ImageService:
        return self._by_name[DEFAULT]

    def of(self, name: str) -> ImageService:
        """The service of a request; the configured one if the name is no longer configured."""
        return self._by_name.get(name, self.default)
