"""The learned reader: what a text sounds like to somebody who has read many labelled failures. A witness; it decides nothing.

A linear model on pieces of words, trained by `make classifier` (bench/classifier) and shipped as `weights.xz`. It is loaded by the first
question, so that starting the bot costs nothing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from bot.domain.kinds import Kind
from bot.failures.reader.features import features
from bot.failures.reader.model import LinearModel, unpacked

WEIGHTS = Path(__file__).with_name("weights.xz")


class Scorer(Protocol):
    """What `use` takes: the shipped model, one that has not seen some records, or one that knows nothing."""

    def score(self, found: set[str], /) -> dict[Kind, float]: ...


_in_use: list[Scorer] = []


def score(text: str, *, status: int | None = None, api: str = "") -> dict[Kind, float]:
    """How probable each kind is for these words of an answer or exception; calibrated. What they lack to one is the
    probability that the text is ordinary and no failure at all.

    `status` and `api` are those of the evidence; without them the words count alone.
    """
    return (_in_use[-1] if _in_use else shipped()).score(features(text, status, api))


@cache
def shipped() -> LinearModel:
    """The model that is part of the bot."""
    return unpacked(WEIGHTS.read_bytes())


def use(scorer: Scorer | None) -> None:
    """Read with another model, or with the shipped one again: benches judge records with a model that has not seen them."""
    _in_use[:] = [] if scorer is None else [scorer]
