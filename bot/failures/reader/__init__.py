"""Learned reader: estimates a text's kind from many labelled failures. It's a witness and decides nothing.

A linear model on word pieces, trained by `make classifier` (bench/classifier) and shipped as `weights.xz`. It's loaded on first use, so it
doesn't slow down the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from bot.domain.kinds import Kind
from bot.failures.reader.features import context, features, pieces, shortened, words_of
from bot.failures.reader.model import LinearModel, unpacked

WEIGHTS = Path(__file__).with_name("weights.xz")


class Scorer(Protocol):
    """Argument of `use`: the shipped model, one that hasn't seen some records, or one that knows nothing."""

    def score(self, found: set[str], /) -> dict[Kind, float]: ...


_in_use: list[Scorer] = []


def score(text: str, *, status: int | None = None, api: str = "", also: Iterable[str] = ()) -> dict[Kind, float]:
    """Probability of each kind for an answer's or exception's text. The remainder to one is the probability that it's ordinary text.

    `status` and `api` are the evidence's, `also` its `marks`; without them, only the text counts.
    """
    return _scorer().score(features(text, status, api, also))


def score_shortened(text: str, *, status: int | None = None, api: str = "", also: Iterable[str] = ()) -> Iterator[dict[Kind, float]]:
    """The scores of a text without each of its words in turn: what hangs on a single word is a guess."""
    scorer, around = _scorer(), context(status, api, also)
    for words in shortened(words_of(text)):
        yield scorer.score(pieces(words) | around)


def _scorer() -> Scorer:
    return _in_use[-1] if _in_use else shipped()


@cache
def shipped() -> LinearModel:
    """The model that ships with the bot."""
    return unpacked(WEIGHTS.read_bytes())


def use(scorer: Scorer | None) -> None:
    """Use another model, or the shipped one again: benches judge records with a model that hasn't seen them."""
    _in_use[:] = [] if scorer is None else [scorer]
