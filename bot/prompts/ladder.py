"""Simplify as a ladder: down to the smallest wording, then the details back, until it's clear which of them makes a prompt fail. Pure.

A step is a set of details that are in. What is known are the steps that were tried; everything else follows from them, so that it doesn't
matter in which order a person tries. Suspects are halved, so that n of them need as many calls as a binary search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.prompts.details import Detail, Rung

Kept = frozenset[int]
"""Numbers of the details that are in a wording."""


@dataclass(frozen=True, slots=True)
class TriedStep:
    """A wording that was sent, and whether a picture came."""

    kept: Kept
    worked: bool


@dataclass(frozen=True, slots=True)
class LadderStanding:
    """What is known so far."""

    good: Kept | None
    """The most details that worked; None as long as nothing did."""
    suspects: tuple[int, ...]
    """Details among which the cause is, in order; empty if that isn't known."""
    culprits: tuple[int, ...]
    """Details that made it fail: without one of them it worked, with it it didn't."""
    over: bool
    """Nothing is left to try."""


def everything(details: Sequence[Detail]) -> Kept:
    """All details: the prompt that failed."""
    return frozenset(range(len(details)))


def down_to(details: Sequence[Detail], rung: Rung) -> Kept:
    """The details that are left after a step down and those before it."""
    gone = set(list(Rung)[: list(Rung).index(rung) + 1])
    return frozenset(number for number, one in enumerate(details) if one.rung not in gone)


def steps_down(details: Sequence[Detail]) -> list[tuple[Rung, Kept]]:
    """The steps that take something away from this prompt, in order; the last one is the minimal version."""
    found: list[tuple[Rung, Kept]] = []
    before = everything(details)
    for rung in Rung:
        kept = down_to(details, rung)
        if kept != before:
            found.append((rung, kept))
            before = kept
    return found


def minimal(details: Sequence[Detail]) -> Kept:
    """Subject, scene and constraints."""
    return down_to(details, Rung.MINIMAL)


def subject(details: Sequence[Detail]) -> Kept:
    """The subject alone, for when the minimal version fails as well."""
    return minimal(details) & {0}


def standing(details: Sequence[Detail], tried: Sequence[TriedStep]) -> LadderStanding:
    """What the tries say, with the prompt that failed before them. That failure alone accuses nothing: it may have been chance."""
    worked = [one.kept for one in tried if one.worked]
    seen = [one.kept for one in tried if not one.worked]
    failed = [everything(details), *seen]
    culprits = tuple(sorted({next(iter(bad - good)) for bad in seen for good in worked if good < bad and len(bad - good) == 1}))
    if not worked:
        return LadderStanding(None, (), (), over=subject(details) in failed)
    good = max(worked, key=len)
    rest = everything(details) - set(culprits)
    bad = [one for one in failed if good < one and not one & set(culprits)]
    if good >= rest:
        return LadderStanding(good, (), culprits, over=True)
    if not bad and culprits:
        return LadderStanding(good, (), culprits, over=False)
    smallest = min(bad, key=len, default=everything(details))
    return LadderStanding(good, tuple(sorted(smallest - good)), culprits, over=False)


def next_step(details: Sequence[Detail], tried: Sequence[TriedStep]) -> Kept | None:
    """The step that says most: the minimal version, then halves of the suspects, then all but what made it fail; None at the end. If each
    of them works, the last one is the whole prompt again."""
    known = standing(details, tried)
    if known.over:
        return None
    if known.good is None:
        return minimal(details) if all(one.kept != minimal(details) for one in tried) else subject(details)
    if not known.suspects:
        return everything(details) - set(known.culprits)
    half = known.suspects[: (len(known.suspects) + 1) // 2] if len(known.suspects) > 1 else known.suspects
    return known.good | set(half)
