"""One request that `imagine-bot verify` is going to make, and its highest cost."""

from __future__ import annotations

from dataclasses import dataclass

from bot.catalogue.cost import highest_cost_micros
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model
from bot.cli.ladder import Subject

WRONG_SIZE = "1x1"
"""No image service draws it, so it's refused before anything is charged."""


@dataclass(frozen=True, slots=True)
class Plan:
    name: str
    subject: Subject
    size: str
    quality: str
    count: int
    prompt: str
    words: str
    """`same` or `neutral`."""
    leave_out: frozenset[str] = frozenset()

    @property
    def highest(self) -> int:
        """Its highest cost in micro-dollars."""
        return highest_cost_micros(model_of(self.subject), self.priced_size, self.quality, self.count, len(self.prompt))

    @property
    def priced_size(self) -> str:
        return model_of(self.subject).sizes.default if self.size == WRONG_SIZE else self.size

    @property
    def shape(self) -> str:
        return f"{self.subject.settings.image_model}, {self.size}, {self.quality}, {self.count}"


def model_of(subject: Subject) -> Model:
    """The catalogue's entry of the model that a request is for."""
    return Catalogue.load().resolve(subject.settings.image_model)
