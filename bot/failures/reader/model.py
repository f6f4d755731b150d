"""Linear model in pure Python: one integer per feature holds the weights of all kinds, so that scoring is addition.

Each weight is a byte (-127..127, shifted by 128 to be positive) in its own lane; lanes are wide enough for the sum of all features. The
last lane is the square of the feature's rarity (inverse document frequency), by whose sum a text's length is taken out.
"""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.kinds import Kind

FORMAT = 2
_LANE = 3
"""Bytes per lane: room for 65,000 features."""
_SHIFT = 128
SHORT = 300.0
"""Square of the length that every text has, so that a word or two don't weigh like a sentence."""
RARITY = 3
"""Scale of a squared rarity: it fits in a byte up to a rarity of nine."""
NO_FAILURE = "no_failure"
"""The class of ordinary text. It isn't a kind: `score` omits it, so the probabilities of ordinary text have a low sum."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights for kinds. `scale` converts a byte to a weight; `digest` identifies the training data."""

    kinds: tuple[str, ...]
    """Kinds and NO_FAILURE, in lane order."""
    bias: tuple[float, ...]
    scale: float
    digest: str
    weights: Mapping[str, int]
    strangeness: float
    """Square of the length that each feature adds that was never seen: strange texts get flatter probabilities."""

    def score(self, found: Collection[str], /) -> dict[Kind, float]:
        """Calibrated probabilities; the remainder to one is the probability that it's no failure."""
        return {kind: share for kind, share in zip(_kinds(self.kinds), self.shares(found), strict=True) if kind is not None}

    def shares(self, found: Collection[str]) -> list[float]:
        """The probability of each lane; they sum to one."""
        totals = self._totals(found)
        highest = max(totals)
        shares = [math.exp(total - highest) for total in totals]
        whole = sum(shares)
        return [share / whole for share in shares]

    def _totals(self, found: Collection[str]) -> list[float]:
        known = [number for number in map(self.weights.get, found) if number]
        end = _LANE * len(self.kinds)
        lanes = sum(known).to_bytes(end + _LANE, "little")
        shift = _SHIFT * len(known)
        strange = len(found) - len(known)
        factor = self.scale / math.sqrt(int.from_bytes(lanes[end:], "little") / RARITY + self.strangeness * strange + SHORT)
        return [
            bias + factor * (int.from_bytes(lanes[at : at + _LANE], "little") - shift)
            for bias, at in zip(self.bias, range(0, end, _LANE), strict=True)
        ]


@cache
def _kinds(names: tuple[str, ...]) -> tuple[Kind | None, ...]:
    """None for ordinary text."""
    return tuple(None if name == NO_FAILURE else Kind(name) for name in names)


def packed(
    kinds: Sequence[str], bias: Sequence[float], scale: float, digest: str, rows: Mapping[str, bytes], strangeness: float = 0.0
) -> bytes:
    """Serialise a model; each row has a byte for every kind, shifted by 128, and one for the feature's squared rarity."""
    head = {
        "format": FORMAT,
        "kinds": list(kinds),
        "bias": [round(one, 4) for one in bias],
        "scale": scale,
        "digest": digest,
        "strangeness": strangeness,
    }
    names = sorted(rows)
    # Column by column: the weights of a kind are similar, which halves the file.
    columns = bytes(rows[name][column] for column in range(len(kinds) + 1) for name in names)
    text = "\n".join([json.dumps(head), *names]).encode()
    return lzma.compress(len(text).to_bytes(4, "little") + text + columns, preset=9)


def unpacked(data: bytes) -> LinearModel:
    """Parse a model file. Raises ValueError for another format."""
    raw = lzma.decompress(data)
    end = 4 + int.from_bytes(raw[:4], "little")
    first, *names = raw[4:end].decode().split("\n")
    head = json.loads(first)
    if head["format"] != FORMAT:
        raise ValueError(f"weights of format {head['format']}; this bot reads {FORMAT}: make classifier")
    kinds = tuple(head["kinds"])
    count = len(names)
    stride = _LANE * (len(kinds) + 1)
    wide = bytearray(stride * count)
    for column in range(len(kinds) + 1):
        wide[_LANE * column :: stride] = raw[end + column * count : end + (column + 1) * count]
    weights = {name: int.from_bytes(wide[at : at + stride], "little") for name, at in zip(names, range(0, len(wide), stride), strict=True)}
    return LinearModel(kinds, tuple(head["bias"]), head["scale"], head["digest"], weights, head["strangeness"])
