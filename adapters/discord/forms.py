"""Forms as Discord modals, and parsing of their raw submissions; the library forgets its modals at a restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from adapters.discord.escape import escape, label
from adapters.kit.callers import NO, YES
from adapters.kit.interaction_ids import custom_id
from adapters.kit.payload import parts
from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField
from bot.texts import text

MOST_FIELDS, MOST_CHOICES, TITLE, LABEL, HINT, CHOICE = 5, 25, 45, 45, 100, 100
NOTHING = "__nothing__"
"""Placeholder for an empty value, because Discord's choices need one."""
CHANNELS = partial(discord.ui.ChannelSelect, channel_types=[discord.ChannelType.text])
LISTS: dict[str, tuple[int, Callable[..., discord.ui.Item[Any]], discord.SelectDefaultValueType]] = {
    "moderators_channel": (1, CHANNELS, discord.SelectDefaultValueType.channel),
    "channels": (25, CHANNELS, discord.SelectDefaultValueType.channel),
    "reviews_channel": (1, CHANNELS, discord.SelectDefaultValueType.channel),
    "moderators": (25, discord.ui.RoleSelect, discord.SelectDefaultValueType.role),
    "reviewers": (25, discord.ui.RoleSelect, discord.SelectDefaultValueType.role),
    # If one of them is a person, Discord rejects this and the form opens with a line of ids instead.
    "tier_who": (25, discord.ui.MentionableSelect, discord.SelectDefaultValueType.role),
}
"""Settings fields with a native Discord list -> maximum number of choices, the list, and what is in it."""
FOLD = "+"
"""Joins the names and the values of two fields that share one list."""


def modal(form: Form, *, plain: bool = False, identity: str = "") -> discord.ui.Modal:
    """Build the modal. Every field is a label with its component; custom ids are the field names.

    `identity`: its custom id, unless it belongs to an action.
    `plain`: without native lists of channels and roles, which Discord rejects if a chosen one no longer exists.
    """
    found = discord.ui.Modal(title=label(form.title, TITLE), custom_id=identity or custom_id(form.action.value, form.row), timeout=None)
    fields = _fitting(form.fields, with_text=bool(form.text))
    if form.text and len(fields) < MOST_FIELDS:
        found.add_item(discord.ui.TextDisplay(escape(form.text)[:2000]))
    for field in fields:
        hint = label(field.hint, HINT) or None
        found.add_item(
            discord.ui.Label(text=label(field.label, LABEL) or "·", description=hint, component=_component(field, form.action, plain=plain))
        )
    return found


def _fitting(fields: Sequence[FormField], *, with_text: bool) -> list[FormField]:
    """As many fields as a modal has room for: first a switch joins the list before it, then those go whose value the form's row keeps.
    Words above them get a place if it's enough that "Only I can see it" joins a list."""
    needed = [one for one in fields if not one.spare]
    if with_text and len(kept := _folded(needed, MOST_FIELDS - 1, {"private"})) < MOST_FIELDS:
        return kept
    folded = _folded(fields)
    return (folded if len(folded) <= MOST_FIELDS else _folded(needed))[:MOST_FIELDS]


def _folded(fields: Sequence[FormField], most: int = MOST_FIELDS, only: Set[str] = frozenset()) -> list[FormField]:
    """The fields, where there are more than `most`, with a switch as further choices of a list before it: "3" and "3 · Only I can see it".
    `only`: names of the switches that may join; empty for all."""
    found = list(fields)
    for at in range(len(found) - 1, 0, -1):
        if len(found) <= most or (switch := found[at]).kind is not FieldKind.SWITCH or (only and switch.name not in only):
            continue
        before = next((n for n in range(at - 1, -1, -1) if found[n].kind is FieldKind.CHOICE), None)
        if before is not None and 0 < 2 * len(found[before].choices) <= MOST_CHOICES:
            found[before] = _joined(found[before], switch)
            del found[at]
    return found


def _joined(former: FormField, switch: FormField) -> FormField:
    off = [Choice(f"{one.value}{FOLD}{NO}", one.label) for one in former.choices]
    on = [Choice(f"{one.value}{FOLD}{YES}", f"{one.label} · {switch.label}") for one in former.choices]
    value = f"{former.value}{FOLD}{switch.value or NO}"
    return replace(former, name=f"{former.name}{FOLD}{switch.name}", value=value, choices=(*off, *on))


def _component(field: FormField, action: ActionName, *, plain: bool) -> discord.ui.Item[Any]:
    if action in (ActionName.SETTINGS, ActionName.TIER_EDIT) and field.name in LISTS and not plain:
        return _list(field)
    if field.kind is FieldKind.SWITCH:
        return _select(field, [(YES, text("discord.form.yes")), (NO, text("discord.form.no"))], field.value or NO)
    if field.kind is FieldKind.CHOICE:
        return _select(field, [(one.value, one.label) for one in field.choices[:MOST_CHOICES]], field.value)
    most = max(1, min(4000, field.max_length))
    style = discord.TextStyle.paragraph if field.kind is FieldKind.PARAGRAPH else discord.TextStyle.short
    return discord.ui.TextInput(
        custom_id=field.name, style=style, default=field.value[:most] or None, required=field.required, max_length=most
    )


def _list(field: FormField) -> discord.ui.Item[Any]:
    """Native list of channels or roles, with the current values selected."""
    most, native, kind = LISTS[field.name]
    chosen = [discord.SelectDefaultValue(id=int(one), type=kind) for one in re.findall(r"[0-9]{15,21}", field.value)][:most]
    return native(custom_id=field.name, min_values=0, max_values=most, default_values=chosen, required=False)


def _select(field: FormField, choices: list[tuple[str, str]], chosen: str) -> discord.ui.Item[Any]:
    options = [
        discord.SelectOption(label=label(shown, CHOICE) or value[:CHOICE], value=value[:CHOICE] or NOTHING, default=value == chosen)
        for value, shown in choices
    ]
    required = field.required or field.kind is FieldKind.SWITCH
    return discord.ui.Select(custom_id=field.name, options=options, min_values=1 if required else 0, max_values=1, required=required)


def values(data: Mapping[str, Any]) -> dict[str, str]:
    """Submitted values by custom id; anything else is ignored."""
    found: dict[str, str] = {}
    for one in _walk(data.get("components")):
        name = one.get("custom_id")
        if not isinstance(name, str):
            continue
        if isinstance(one.get("values"), list):
            chosen = ",".join(str(value) for value in one["values"] if value != NOTHING)
            names = name.split(FOLD)
            found |= zip(names, chosen.split(FOLD, len(names) - 1), strict=False)
        elif isinstance(one.get("value"), bool):
            found[name] = YES if one["value"] else NO
        elif one.get("value") is not None:
            found[name] = str(one["value"])
    return found


def _walk(components: object) -> Iterator[Mapping[str, Any]]:
    for one in parts(components):
        yield one
        yield from _walk([*parts(one.get("components")), *parts([one.get("component")])])
