"""Ids of buttons and forms that survive restarts: a version, an action and a random row id. Nothing else is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat.actions import Effect, effect_of
from bot.chat.views import ActionName, Button, ButtonStyle, View
from bot.texts import text

VERSION = "v1"
PATTERN = re.compile(rf"{VERSION}:(?P<action>[a-z_]{{1,40}}):(?P<row>[A-Za-z0-9._-]{{0,40}})(?P<form>:f)?(?P<sure>:y)?")
"""The row is empty if a form doesn't belong to one yet."""


@dataclass(frozen=True, slots=True)
class InteractionId:
    action: ActionName
    row: str
    opens_form: bool = False
    sure: bool = False
    """It confirms an "are you sure?" question asked by the bot."""

    @property
    def effect(self) -> Effect:
        return effect_of(self.action)


def question(asked: InteractionId) -> View:
    """ "Are you sure?", with the button that confirms it."""
    button = Button(asked.action, asked.row, text(f"button.{asked.action.value}"), ButtonStyle.DANGER)
    return View(text(f"confirm.{asked.action.value}"), buttons=(button,), final=True)


def custom_id(action: str, row: str, *, opens_form: bool = False, sure: bool = False) -> str:
    """`v1:<action>:<row>`, followed by `:f` if it opens a form or question, or `:y` if it confirms one."""
    return f"{VERSION}:{action}:{row}{':f' if opens_form else ''}{':y' if sure else ''}"


def parsed(identity: str) -> InteractionId | None:
    """Parse an id; None for foreign ids, other versions, and unknown actions."""
    found = PATTERN.fullmatch(identity)
    if found is None or found["action"] not in set(ActionName):
        return None
    return InteractionId(ActionName(found["action"]), found["row"], found["form"] is not None, found["sure"] is not None)


def unique(buttons: Iterable[Button], *, confirm_is_form: bool, sure: bool = False) -> list[tuple[str, Button]]:
    """Ids and buttons without duplicates. `confirm_is_form`: the platform can't ask "are you sure?" itself, so the bot does. `sure`: these
    are the buttons of that question."""
    found: dict[str, Button] = {}
    for one in buttons:
        opens_form = one.opens_form or (confirm_is_form and one.confirm and not sure)
        found.setdefault(custom_id(one.action.value, one.row, opens_form=opens_form, sure=sure), one)
    return list(found.items())
