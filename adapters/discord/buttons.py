"""Buttons that survive restarts: the custom id is a version, an action and the random id of a row, and nothing else is trusted."""

from __future__ import annotations

import re
from typing import Any, Protocol

import discord

VERSION = "v1"
PATTERN = re.compile(rf"{VERSION}:(?P<action>[a-z_]{{1,40}}):(?P<row>[A-Za-z0-9._-]{{1,40}})(?P<form>:f)?")


def custom_id(action: str, row: str, *, opens_form: bool = False) -> str:
    """`v1:<action>:<row>`, with `:f` at the end when pressing it opens a form."""
    return f"{VERSION}:{action}:{row}{':f' if opens_form else ''}"


def parsed(identity: str) -> tuple[str, str, bool] | None:
    """(action, row, opens a form), or None for what is not ours or of another version."""
    found = PATTERN.fullmatch(identity)
    return None if found is None else (found["action"], found["row"], found["form"] is not None)


class PressHandler(Protocol):
    """What a pressed button is handed to (`interactions`)."""

    def taken(self, interaction: discord.Interaction[Any]) -> None: ...

    async def pressed(self, interaction: discord.Interaction[Any], identity: str) -> None: ...


class ActionButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=PATTERN):
    """One button. discord.py only logs what goes wrong in here, so nothing may: the router answers every press."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> ActionButton:
        _handler(interaction).taken(interaction)
        return cls(discord.ui.Button(custom_id=match.string, label="·"))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await _handler(interaction).pressed(interaction, self.custom_id)


def _handler(interaction: discord.Interaction[Any]) -> PressHandler:
    handler: PressHandler = interaction.client.presses
    return handler
