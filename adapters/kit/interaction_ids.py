"""Ids of buttons and forms that survive restarts: a version, an action and the random id of a row, and nothing else is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.chat.views import ActionName, Button

VERSION = "v1"
PATTERN = re.compile(rf"{VERSION}:(?P<action>[a-z_]{{1,40}}):(?P<row>[A-Za-z0-9._-]{{0,40}})(?P<form>:f)?(?P<sure>:y)?")
"""The row is empty where a form belongs to none yet."""
NEW_MESSAGE = frozenset(
    {
        *(ActionName.AGAIN, ActionName.EDIT, ActionName.RETRY, ActionName.NEAREST, ActionName.PUBLISH),
        *(ActionName.FIT_FEWER, ActionName.FIT_LOWER, ActionName.FIT_SMALLER),
        *(ActionName.REWRITE_ACCEPT, ActionName.REPHRASE),
    }
)
"""Actions whose effect is a new message: nothing more need be said about it."""


@dataclass(frozen=True, slots=True)
class InteractionId:
    """What a pressed button or a sent form stands for."""

    action: ActionName
    row: str
    opens_form: bool = False
    sure: bool = False
    """It answers the question whether somebody is sure, where the bot asks that itself."""


def custom_id(action: str, row: str, *, opens_form: bool = False, sure: bool = False) -> str:
    """`v1:<action>:<row>`, with `:f` at the end when pressing it opens a form or a question, and `:y` where it says yes to one."""
    return f"{VERSION}:{action}:{row}{':f' if opens_form else ''}{':y' if sure else ''}"


def parsed(identity: str) -> InteractionId | None:
    """None for what is not ours, of another version, or of an action that this version does not know."""
    found = PATTERN.fullmatch(identity)
    if found is None or found["action"] not in set(ActionName):
        return None
    return InteractionId(ActionName(found["action"]), found["row"], found["form"] is not None, found["sure"] is not None)


def unique(buttons: Iterable[Button], *, confirm_is_form: bool, sure: bool = False) -> list[tuple[str, Button]]:
    """Ids and buttons; one that is there twice is shown once. `confirm_is_form`: the platform cannot ask "sure?" by itself, so that an
    answer of the bot does. `sure`: these are the buttons of such an answer."""
    found: dict[str, Button] = {}
    for one in buttons:
        opens_form = one.opens_form or (confirm_is_form and one.confirm)
        found.setdefault(custom_id(one.action.value, one.row, opens_form=opens_form, sure=sure), one)
    return list(found.items())
