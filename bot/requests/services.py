"""Registry of the image services that this bot draws with: each has a provider, a gate and books of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.gate.port import Gate
from bot.providers.port import Provider

DEFAULT = ""
"""Name of the configured service, in `Request.service`."""


@dataclass(slots=True)
class ImageService:
    """One service with one key."""

    name: str
    """As in `Request.service`; also the owner of its rows in the books of everybody's spending."""
    provider: Provider
    gate: Gate

    @property
    def host(self) -> str:
        """What is remembered of the service's habits is kept under its host: a new key changes nothing about them."""
        return self.provider.gate_key.partition("#")[0]


class ImageServices:
    """Every service by its name. Today there is one, the configured service."""

    def __init__(self, services: Sequence[ImageService]) -> None:
        self._by_name = {one.name: one for one in services}

    def __iter__(self) -> Iterator[ImageService]:
        return iter(self._by_name.values())

    @property
    def default(self) -> ImageService:
        return self._by_name[DEFAULT]

    def of(self, name: str) -> ImageService:
        """The service of a request; the configured one for a name that is configured no longer."""
        return self._by_name.get(name, self.default)
