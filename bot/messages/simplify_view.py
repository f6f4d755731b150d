"""Views of Simplify, for one member alone: a step before it's sent, what it changes, and what the steps found out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.views import ActionName, Button, ButtonStyle, Pressers, Tone, View
from bot.prompts.details import Detail
from bot.texts import text
from bot.texts.phrases import listed

SHOWN = 40
"""Characters of a detail on a button or in a list."""


def named(details: Sequence[Detail], numbers: Sequence[int]) -> str:
    """Details in words: “with a lantern” and “watercolour”."""
    return listed([f"“{_short(details[number].words)}”" for number in numbers])


def step_view(
    title: str,
    lines: Sequence[str],
    wording: str,
    send: tuple[str, str],
    others: Sequence[tuple[str, str]],
    person: str,
    price: Sequence[str],
) -> View:
    """A wording that isn't sent yet. `send`: the step's row and the button's label; `others`: the same for steps to look at instead."""
    pressers = Pressers(only=person)
    buttons = [Button(ActionName.LADDER_SEND, send[0], send[1], ButtonStyle.PRIMARY, pressers=pressers)]
    buttons += [Button(ActionName.LADDER_SHOW, row, label[:80], pressers=pressers) for row, label in others]
    return View(title=title, text=(*lines, *price), quote=wording, buttons=tuple(buttons), tone=Tone.NEUTRAL, final=True)


def end_view(title: str, lines: Sequence[str]) -> View:
    """What the ladder found out, or why it ends."""
    return View(title=title, text=tuple(lines), tone=Tone.DONE, final=True)


def add_back_label(detail: Detail) -> str:
    return text("simplify.add_one", detail=_short(detail.words))


def _short(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
