"""Buttons that survive restarts: the action id is a version, an action and the random id of a row, and nothing else is trusted."""

from __future__ import annotations

import re

VERSION = "v1"
PATTERN = re.compile(rf"{VERSION}:(?P<action>[a-z_]{{1,40}}):(?P<row>[A-Za-z0-9._-]{{0,40}})(?P<form>:f)?")
"""The row is empty in the callback id of an empty /imagine form."""


def custom_id(action: str, row: str, *, opens_form: bool = False) -> str:
    """`v1:<action>:<row>`, with `:f` at the end when pressing it opens a form. An action id, and the callback id of a form."""
    return f"{VERSION}:{action}:{row}{':f' if opens_form else ''}"


def parsed(identity: str) -> tuple[str, str, bool] | None:
    """(action, row, opens a form), or None for what is not ours or of another version."""
    found = PATTERN.fullmatch(identity)
    return None if found is None else (found["action"], found["row"], found["form"] is not None)
