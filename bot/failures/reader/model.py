"""Linear model in pure Python: one integer per feature holds the weights of all kinds, so that scoring is addition.

Each weight is a byte (-127..127, shifted by 128 to be positive) in its own lane; lanes are wide enough for the sum of all features. Behind
the kinds follows the lane of one more question, whether it's a block at all: it's told from all blocks together, so it knows more about
them than each of their kinds. The last lane is the square of the feature's rarity (inverse document frequency), by whose sum a text's
length is taken out.
"""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.domain.kinds import KINDS, Group, Kind

FORMAT = 3
_LANE = 3
"""Bytes per lane: room for 65,000 features."""
_SHIFT = 128
SHORT = 300.0
"""Square of the length that every text has, so that a word or two don't weigh like a sentence."""
RARITY = 3
"""Scale of a squared rarity: it fits in a byte up to a rarity of nine."""
NO_FAILURE = "no_failure"
"""The class of ordinary text. It isn't a kind: `score` omits it, so the probabilities of ordinary text have a low sum."""


_SURE = 12.0
"""Largest logit that the kinds' probability of a block counts with."""


@dataclass(frozen=True, slots=True)
class BlockWeights:
    """How probable a block is: a logistic function of the kinds' answer and the question's own."""

    kinds: float
    question: float
    bias: float


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights for kinds. `scale` converts a byte to a weight; `digest` identifies the training data."""

    kinds: tuple[str, ...]
    """Kinds and NO_FAILURE, in lane order."""
    bias: tuple[float, ...]
    """Of each kind, then of the question whether it's a block."""
    scale: float
    digest: str
    weights: Mapping[str, int]
    block: BlockWeights
    strangeness: float
    """Square of the length that each feature adds that was never seen: strange texts get flatter probabilities."""

    def score(self, found: Collection[str], /) -> dict[Kind, float]:
        """Calibrated probabilities; the remainder to one is the probability that it's no failure."""
        return {kind: share for kind, share in zip(_kinds(self.kinds), self.shares(found), strict=True) if kind is not None}

    def shares(self, found: Collection[str]) -> list[float]:
        """The probability of each lane; they sum to one."""
        *totals, question = self.totals(found)
        highest = max(totals)
        raised = [math.exp(total - highest) for total in totals]
        whole = sum(raised)
        blocks = _blocks(self.kinds)
        seen = sum(share for share, is_block in zip(raised, blocks, strict=True) if is_block) / whole
        logit = self.block.kinds * bounded_logit(seen) + self.block.question * question + self.block.bias
        sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
        of_block, of_other = sure / max(seen, 1e-9) / whole, (1 - sure) / max(1 - seen, 1e-9) / whole
        return [share * (of_block if is_block else of_other) for share, is_block in zip(raised, blocks, strict=True)]

    def totals(self, found: Collection[str]) -> list[float]:
        """What each lane adds up to, the question whether it's a block last."""
        known = [number for number in map(self.weights.get, found) if number]
        end = _LANE * len(self.bias)
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


@cache
def _blocks(names: tuple[str, ...]) -> tuple[bool, ...]:
    return tuple(kind is not None and KINDS[kind].group is Group.SAFETY for kind in _kinds(names))


def bounded_logit(share: float) -> float:
    """The logit of a probability, within bounds."""
    return max(-_SURE, min(_SURE, math.log(max(share, 1e-9) / max(1 - share, 1e-9))))


def packed(
    kinds: Sequence[str],
    bias: Sequence[float],
    scale: float,
    digest: str,
    rows: Mapping[str, bytes],
    block: BlockWeights,
    strangeness: float = 0.0,
) -> bytes:
    """Serialise a model; each row has a byte for every kind and one for the question, shifted by 128, and one for the squared rarity."""
    head = {
        "format": FORMAT,
        "kinds": list(kinds),
        "bias": [round(one, 4) for one in bias],
        "scale": scale,
        "digest": digest,
        "block": [block.kinds, block.question, block.bias],
        "strangeness": strangeness,
    }
    names = sorted(rows)
    # Column by column: the weights of a kind are similar, which halves the file.
    columns = bytes(rows[name][column] for column in range(len(kinds) + 2) for name in names)
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
    stride = _LANE * (len(kinds) + 2)
    wide = bytearray(stride * count)
    for column in range(len(kinds) + 2):
        wide[_LANE * column :: stride] = raw[end + column * count : end + (column + 1) * count]
    weights = {name: int.from_bytes(wide[at : at + stride], "little") for name, at in zip(names, range(0, len(wide), stride), strict=True)}
    return LinearModel(
        kinds, tuple(head["bias"]), head["scale"], head["digest"], weights, BlockWeights(*head["block"]), head["strangeness"]
    )
