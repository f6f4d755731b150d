"""A modal's fields as a client shows them: what can be filled in, and `view.state.values` exactly as Slack sends it."""

from __future__ import annotations

from typing import Any

from tests.slack.standin import text as reading
from tests.slack.standin.world import View

LISTS = {
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
"""Slack's own lists -> where the choice stands in a submission and in the element."""


class CannotDo(AssertionError):
    """A real client would not have let them."""


def check(view: View, values: dict[str, Any]) -> dict[str, Any]:
    """The state of a filled form; refuses what a client refuses to send."""
    fields = view.fields
    by_action = {one["element"].get("action_id"): block for block, one in fields.items()}
    given = {by_action.get(name, name) if name not in fields else name: value for name, value in values.items()}
    if left := set(given) - set(fields):
        raise CannotDo(f"the form has no field {sorted(map(str, left))}; there are {sorted(fields)}")
    state: dict[str, Any] = {}
    for block, one in fields.items():
        element = one["element"]
        filled = fill(element, given[block]) if block in given else initial(element)
        _refuse(block, one, element, filled)
        state[block] = {element.get("action_id", "a"): filled}
    return state


def initial_values(view: View) -> dict[str, Any]:
    return {block: {one["element"].get("action_id", "a"): initial(one["element"])} for block, one in view.fields.items()}


def initial(element: dict[str, Any]) -> dict[str, Any]:
    """What the field holds before anybody touches it."""
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": element.get("initial_options") or []}
    if kind in LISTS:
        chosen, first = LISTS[kind]
        return {"type": kind, chosen: element.get(first) or ([] if kind.startswith("multi") else None)}
    if kind == "file_input":
        return {"type": kind, "files": []}
    if kind in ("plain_text_input", "number_input", "url_text_input", "email_text_input"):
        found = element.get("initial_value")
        return {"type": kind, "value": reading.decoded(found) if isinstance(found, str) else None}
    raise CannotDo(f"a field of the kind {kind} is new to this stand-in")


def fill(element: dict[str, Any], value: Any) -> dict[str, Any]:
    """What the field holds after somebody filled it in."""
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, "selected_option": None if value is None else option(element, value)}
    if kind in ("checkboxes", "multi_static_select"):
        if isinstance(value, bool):
            value = [element["options"][0]["value"]] if value else []
        return {"type": kind, "selected_options": [option(element, one) for one in value]}
    if kind in LISTS:
        return {"type": kind, LISTS[kind][0]: ([value] if isinstance(value, str) else list(value)) if kind.startswith("multi") else value}
    if kind == "file_input":
        if len(value) > element.get("max_files", 10):
            raise CannotDo(f"{element.get('action_id')} takes at most {element['max_files']} files")
        return {"type": kind, "files": [one.told() for one in value]}
    if kind not in ("plain_text_input", "number_input", "url_text_input", "email_text_input"):
        raise CannotDo(f"a field of the kind {kind} is new to this stand-in")
    typed = None if value in (None, "") else str(value)
    if typed is not None and kind == "plain_text_input" and not element.get("multiline"):
        typed = typed.replace("\n", " ")
    return {"type": kind, "value": typed}


def option(element: dict[str, Any], wanted: Any) -> dict[str, Any]:
    """An option by its value or its label, as Slack sends it back."""
    options = list(element.get("options") or [])
    options += [one for group in element.get("option_groups") or [] for one in group["options"]]
    for one in options:
        if str(wanted) in (one["value"], reading.plain(one["text"])):
            return {"text": {"emoji": True, **one["text"]}, "value": one["value"]}
    raise CannotDo(f"{element.get('action_id')} has no choice {wanted!r}; there are {[one['value'] for one in options]}")


def _refuse(block: str, one: dict[str, Any], element: dict[str, Any], filled: dict[str, Any]) -> None:
    held = next((value for name, value in filled.items() if name != "type" and value), None)
    if not held:
        if not one.get("optional", False):
            raise CannotDo(f"{block} must be filled in")
        return
    if element["type"] == "plain_text_input":
        if len(held) > element.get("max_length", 3000):
            raise CannotDo(f"{block} takes at most {element.get('max_length', 3000)} characters")
        if len(held) < element.get("min_length", 0):
            raise CannotDo(f"{block} takes at least {element['min_length']} characters")
