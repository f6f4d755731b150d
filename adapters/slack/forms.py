"""Forms as Slack modals, and parsing of their submissions. A field's name is its block id, so that an error can be shown next to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from adapters.kit.callers import NO, YES
from adapters.kit.interaction_ids import custom_id
from adapters.kit.payload import Payload, part, parts, word, words
from adapters.slack.escape import ELLIPSIS, clean, label, shield, split, typed, units
from adapters.slack.escape import plain as plain_text
from adapters.slack.render import Block, bold, section
from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField
from bot.texts import has, say, text
from bot.texts.clocks import in_words

TITLE, LABEL, HINT, ERROR = 24, 150, 150, 150
MOST_TEXT, MOST_CHOICES, CHOICE, VALUE = 3000, 100, 75, 150
NOTHING = "__nothing__"
"""Placeholder for an empty value, because Slack's choices need one."""
CHANNEL, PERSON = re.compile(r"[CG][A-Z0-9]{2,30}"), re.compile(r"[UW][A-Z0-9]{2,30}")
MOST_CHOSEN = 50
CHANNELS: Block = {"include": ["public", "private"], "exclude_bot_users": True}


def modal(form: Form, metadata: str, *, plain: bool = False) -> Block:
    """Build the modal. `metadata` comes back with the submission.

    `plain`: without native lists of channels and people, for when Slack rejects a chosen one that no longer exists.
    """
    blocks: list[Block] = []
    title = short(form.title, TITLE)
    if title.endswith(ELLIPSIS) and not form.title.rstrip().endswith(ELLIPSIS):
        blocks.append(section(bold(form.title, 300)))
    lists = [_list(one) for one in form.fields] if form.action is ActionName.SETTINGS and not plain else []
    said = text("slack.form.lists") if lists and all(lists) else form.text
    blocks += [section(typed(one)) for one in split(said.strip())[:5]]
    for index, field in enumerate(form.fields[:50]):
        blocks += _field(field, lists[index] if lists else None, first=index == 0)
    return {
        "type": "modal",
        "callback_id": custom_id(form.action.value, form.row),
        "title": plain_text(title, TITLE),
        "submit": plain_text(short(form.submit, TITLE), TITLE),
        "close": plain_text(text("slack.form.close"), TITLE),
        "private_metadata": metadata,
        "blocks": blocks,
    }


def loading() -> Block:
    """The view that opens immediately while the form is prepared; Slack's trigger lasts three seconds."""
    return {
        "type": "modal",
        "title": plain_text(text("slack.form.loading_title"), TITLE),
        "close": plain_text(text("slack.form.close"), TITLE),
        "blocks": [section(typed(text("slack.form.loading")))],
    }


def short(words: str, limit: int) -> str:
    """One line within a tight limit, cut between words if possible, with times in words: titles and errors are plain text."""
    line = " ".join(clean(in_words(words)).split())
    if units(label(line, 3 * limit + 30)) <= limit:
        return line
    found = line[: limit - 1]
    while units(label(found, 10 * limit)) > limit - 1:
        found = found[:-1]
    space = found.rfind(" ") if line[len(found) : len(found) + 1] != " " else len(found)
    return (found[:space] if space > limit // 2 else found).rstrip(" ,;:–-") + ELLIPSIS


# ---- Fields ----------------------------------------------------------------------------------------------------------------


def _field(field: FormField, listed: Block | None, *, first: bool) -> list[Block]:
    element = listed or _element(field)
    optional = not field.required and element["type"] != "radio_buttons"
    # Slack adds "(optional)" to such a label itself.
    name = field.label.removesuffix(text("slack.form.optional")) if optional else field.label
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain_text(name, LABEL),
        "optional": optional,
        "element": {**element, "action_id": field.name},
    }
    own = f"slack.form.hint_{field.name}"
    hint = text(own) if has(own) and (listed or field.kind is FieldKind.SWITCH) else field.hint
    if hint.strip():
        block["hint"] = plain_text(hint, HINT)
    if first and element["type"] == "plain_text_input":
        block["element"]["focus_on_load"] = True
    if element["type"] == "plain_text_input" and units(field.value) > _most(field):
        return [section(typed(text("slack.form.longer", most=_most(field)))), block]
    return [block]


def _element(field: FormField) -> Block:
    if field.kind is FieldKind.SWITCH:
        return _switch(field)
    if field.kind is FieldKind.CHOICE and field.choices:
        return _select(field)
    found: Block = {"type": "plain_text_input", "multiline": field.kind is FieldKind.PARAGRAPH, "max_length": _most(field)}
    value = field.value if field.kind is FieldKind.PARAGRAPH else " ".join(field.value.split())
    value = value[: _most(field)]
    while units(shield(value)) > _most(field):
        value = value[:-1]
    return {**found, "initial_value": shield(value)} if value else found


def _most(field: FormField) -> int:
    return max(1, min(MOST_TEXT, field.max_length))


def _switch(field: FormField) -> Block:
    """Yes or No, both in words: an optional checkbox would be labelled optional, and a list hides its second choice."""
    options = [{"text": plain_text(text(key), CHOICE), "value": value} for key, value in (("slack.form.yes", YES), ("slack.form.no", NO))]
    return {"type": "radio_buttons", "options": options, "initial_option": options[field.value != YES]}


def _select(field: FormField) -> Block:
    chosen = [one for one in field.choices if one.value == field.value][:1]
    shown = list(field.choices[:MOST_CHOICES])
    if chosen and chosen[0] not in shown:
        shown = [*shown[:-1], *chosen]
    options = {one.value: _option(one) for one in reversed(shown)}
    found: Block = {"type": "static_select", "options": [options[value] for value in dict.fromkeys(one.value for one in shown)]}
    return {**found, "initial_option": options[field.value]} if chosen else found


def _option(choice: Choice) -> Block:
    """A label that's too long for a line continues in the description below."""
    line = " ".join(clean(in_words(choice.label)).split()) or choice.value
    head, rest = line, ""
    if units(label(line, 10 * CHOICE)) > CHOICE:
        head = split(line, CHOICE)[0].rstrip()
        rest = line[len(head) :].strip()
    found: Block = {"text": plain_text(head, CHOICE), "value": choice.value[:VALUE] or NOTHING}
    return {**found, "description": plain_text(rest, CHOICE)} if rest else found


def _list(field: FormField) -> Block | None:
    """Native list of channels or people with the current values selected; None if the setting has something other than ids."""
    kind, pattern, initial = LISTS.get(field.name, ("", CHANNEL, ""))
    ids = [one for one in re.split(r"[\s,;]+", field.value) if one]
    many = kind.startswith("multi_")
    if not kind or not all(pattern.fullmatch(one) for one in ids) or len(ids) > (MOST_CHOSEN if many else 1):
        return None
    found: Block = {"type": kind, "max_selected_items": MOST_CHOSEN} if many else {"type": kind}
    if pattern is CHANNEL:
        found["filter"] = CHANNELS
    return {**found, initial: ids if many else ids[0]} if ids else found


LISTS: Mapping[str, tuple[str, re.Pattern[str], str]] = {
    "moderators_channel": ("conversations_select", CHANNEL, "initial_conversation"),
    "channels": ("multi_conversations_select", CHANNEL, "initial_conversations"),
    "moderators": ("multi_users_select", PERSON, "initial_users"),
    "reviewers": ("multi_users_select", PERSON, "initial_users"),
    "reviews_channel": ("conversations_select", CHANNEL, "initial_conversation"),
}
"""Settings fields with a native list -> the element, the format of its ids, its field for the selection."""


def button(label: str, identity: str) -> Block:
    return {
        "type": "actions",
        "block_id": identity,
        "elements": [{"type": "button", "action_id": identity, "text": plain_text(label, CHOICE)}],
    }


def with_files(view: Block, *files: Block) -> Block:
    """The modal with these blocks after its first field, which holds the words."""
    blocks = list(view["blocks"])
    at = next((number for number, one in enumerate(blocks, 1) if one["type"] == "input"), len(blocks))
    return {**view, "blocks": [*blocks[:at], *files, *blocks[at:]]}


def file_field(name: str, label: str, hint: str, most: int) -> Block:
    """A field for files of any kind: the core decides what is allowed, and converts many formats."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, LABEL),
        "hint": plain_text(hint, HINT),
        "optional": True,
        "element": {"type": "file_input", "action_id": name, "max_files": most},
    }


# ---- Submissions -----------------------------------------------------------------------------------------------------------


def values(view: Mapping[str, Any]) -> dict[str, str]:
    """Submitted values by field; an emptied field is "". Anything else is ignored."""
    found: dict[str, str] = {}
    blocks = part(part(view, "state"), "values")
    for name in blocks:
        for one in parts(list(part(blocks, name).values())):
            if (value := _value(one)) is not None:
                found[name] = value
    return found


def _value(element: Mapping[str, Any]) -> str | None:
    for name in ("value", "selected_conversation", "selected_channel", "selected_user"):
        if name in element:
            return word(element, name)
    if "selected_option" in element:
        return _chosen([element["selected_option"]])
    for name in ("selected_conversations", "selected_channels", "selected_users"):
        if name in element:
            return ",".join(words(element[name]))
    return _chosen(element["selected_options"]) if "selected_options" in element else None


def _chosen(options: object) -> str:
    return ",".join(value for one in parts(options) if (value := word(one, "value")) not in ("", NOTHING))


def files(view: Payload, name: str) -> list[Payload]:
    return parts(part(part(part(part(view, "state"), "values"), name), name).get("files"))


def blanks(view: Mapping[str, Any], language: str) -> Block | None:
    """The response to a submission whose required field has only spaces, which Slack accepts; None otherwise."""
    filled = values(view)
    texts = [one for one in _inputs(view) if not one.get("optional") and word(part(one, "element"), "type") == "plain_text_input"]
    wanted = [word(one, "block_id") for one in texts]
    empty = [one for one in wanted if one in filled and not filled[one].strip()]
    return {"response_action": "errors", "errors": {one: say(text("slack.form.blank"), language) for one in empty}} if empty else None


def _inputs(view: Payload) -> list[Payload]:
    return [one for one in parts(view.get("blocks")) if one.get("type") == "input"]


def errors(view: Mapping[str, Any], sentence: str) -> Block | None:
    """The response that keeps the form open with a sentence at a field: the one whose content the sentence quotes, or the first one. None
    if there is no field."""
    fields = [name for one in _inputs(view) if (name := word(one, "block_id"))]
    filled = values(view)
    quoted = [one for one in fields if filled.get(one) and f"“{filled[one][:20]}" in sentence]
    return (
        {"response_action": "errors", "errors": {one: short(sentence, ERROR) or "·" for one in (quoted or fields)[:1]}} if fields else None
    )
