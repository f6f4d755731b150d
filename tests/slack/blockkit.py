"""Block Kit's limits as tables, and a check of whole messages and views against them: what the adapter sends and what the stand-in takes.

The sentences are worded like Slack's own, with a JSON pointer. Sources: Slack's reference pages, the types of its Node SDK, and
bolt-js#2509 for the limit on all blocks together, which is written nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from adapters.slack.render import MOST_BLOCKS, MOST_VIEW_BLOCKS, objects, weight
from tests.slack.shapes import (
    ObjectShape,
    Rule,
    Say,
    anything,
    at_least_one,
    choice,
    exactly_one,
    flag,
    items,
    matches,
    number,
    plain,
    shaped,
    string,
    text,
    typed,
)

MOST_TEXT = 4000
"""Longer texts of messages are answered with `msg_too_long`, surely when a message is edited."""
MOST_WEIGHT = 13_200
"""All blocks of a message together (bolt-js#2509); see `render.weight`."""
MOST_VIEW_BYTES = 250_000


def _among_options(say: Say, at: str, value: Mapping[str, Any]) -> None:
    """What is chosen from the start is one of the options, word for word."""
    groups = value.get("option_groups")
    sources = [value, *(one for one in groups if isinstance(one, Mapping))] if isinstance(groups, list) else [value]
    lists = [one.get("options") for one in sources]
    options = [one for found in lists if isinstance(found, list) for one in found]
    first = value.get("initial_option")
    chosen = [("initial_option", first)] if first is not None else []
    more = value.get("initial_options")
    if isinstance(more, list):
        chosen += [(f"initial_options/{index}", one) for index, one in enumerate(more)]
    for name, one in chosen:
        if one not in options:
            say(f"{at}/{name}", "must be one of the options")


def _select(say: Say, at: str, value: Mapping[str, Any]) -> None:
    exactly_one("options", "option_groups")(say, at, value)
    _among_options(say, at, value)


def _lengths(say: Say, at: str, value: Mapping[str, Any]) -> None:
    low, high, first = value.get("min_length", 0), value.get("max_length", 3000), value.get("initial_value", "")
    if isinstance(low, int) and isinstance(high, int):
        if low > high:
            say(f"{at}/min_length", "must be less than or equal to max_length")
        if isinstance(first, str) and len(first) > high:
            say(f"{at}/initial_value", f"must be less than {high + 1} characters")


ID = string(255)
URL = string(3000, pattern=r"https?://\S+")
IMAGE_URL = string(3000, pattern=r"(?i)https?://(?!\S+\.(webp|svg|bmp|tiff?|avif|heic|pdf)([?#]|$))\S+")
"""png, jpg, jpeg and gif only."""
CONFIRM = shaped(
    ObjectShape({"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": choice("primary", "danger")})
)
FILE = shaped(ObjectShape({}, {"id": string(255, pattern=r"F[A-Z0-9]{8,}"), "url": URL}, exactly_one("id", "url")))
FILTER = shaped(
    ObjectShape(
        {},
        {
            "include": items(choice("im", "mpim", "private", "public"), 4),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
        at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
    )
)


def option(words: Rule) -> Rule:
    return shaped(ObjectShape({"text": words, "value": string(150)}, {"description": plain(75), "url": URL}))


PLAIN_OPTION, ANY_OPTION = option(plain(75)), option(text(75))
GROUP = shaped(ObjectShape({"label": plain(75), "options": items(PLAIN_OPTION, 100)}))
IMAGE_SOURCE: dict[str, Rule] = {"image_url": IMAGE_URL, "slack_file": FILE}
COMMON: dict[str, Rule] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
MENU: dict[str, Rule] = {**COMMON, "placeholder": plain(150)}
INPUT: dict[str, Rule] = {"action_id": ID, "placeholder": plain(150), "focus_on_load": flag, "dispatch_action_config": anything}
MANY: dict[str, Rule] = {"max_selected_items": number(1, 1000)}
STATIC: dict[str, Rule] = {"options": items(PLAIN_OPTION, 100), "option_groups": items(GROUP, 100)}
IDS = items(ID, 100, 0)

ELEMENTS: dict[str, ObjectShape] = {
    "button": ObjectShape(
        {"text": plain(75)},
        {
            "action_id": ID,
            "value": string(2000),
            "url": URL,
            "style": choice("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": ObjectShape({"options": items(ANY_OPTION, 5, 2)}, {"action_id": ID, "confirm": CONFIRM}),
    "checkboxes": ObjectShape({"options": items(ANY_OPTION, 10)}, {**COMMON, "initial_options": items(ANY_OPTION, 10)}, _among_options),
    "radio_buttons": ObjectShape({"options": items(ANY_OPTION, 10)}, {**COMMON, "initial_option": ANY_OPTION}, _among_options),
    "static_select": ObjectShape({}, {**MENU, **STATIC, "initial_option": PLAIN_OPTION}, _select),
    "multi_static_select": ObjectShape({}, {**MENU, **MANY, **STATIC, "initial_options": items(PLAIN_OPTION, 100)}, _select),
    "external_select": ObjectShape({}, {**MENU, "initial_option": PLAIN_OPTION, "min_query_length": number(0, 3000)}),
    "users_select": ObjectShape({}, {**MENU, "initial_user": ID}),
    "multi_users_select": ObjectShape({}, {**MENU, **MANY, "initial_users": IDS}),
    "channels_select": ObjectShape({}, {**MENU, "initial_channel": ID, "response_url_enabled": flag}),
    "multi_channels_select": ObjectShape({}, {**MENU, **MANY, "initial_channels": IDS}),
    "conversations_select": ObjectShape(
        {}, {**MENU, "initial_conversation": ID, "default_to_current_conversation": flag, "response_url_enabled": flag, "filter": FILTER}
    ),
    "multi_conversations_select": ObjectShape(
        {}, {**MENU, **MANY, "initial_conversations": IDS, "default_to_current_conversation": flag, "filter": FILTER}
    ),
    "datepicker": ObjectShape({}, {**MENU, "initial_date": string(10, pattern=r"\d{4}-\d\d-\d\d")}),
    "timepicker": ObjectShape({}, {**MENU, "initial_time": string(5, pattern=r"\d\d:\d\d"), "timezone": ID}),
    "datetimepicker": ObjectShape({}, {**COMMON, "initial_date_time": number(10**9, 10**10 - 1)}),
    "plain_text_input": ObjectShape(
        {},
        {**INPUT, "initial_value": string(3000, 0), "multiline": flag, "min_length": number(0, 3000), "max_length": number(1, 3000)},
        _lengths,
    ),
    "number_input": ObjectShape({"is_decimal_allowed": flag}, {**INPUT, "initial_value": ID, "min_value": ID, "max_value": ID}),
    "email_text_input": ObjectShape({}, {**INPUT, "initial_value": ID}),
    "url_text_input": ObjectShape({}, {**INPUT, "initial_value": URL}),
    "file_input": ObjectShape({}, {"action_id": ID, "filetypes": items(ID, 100), "max_files": number(1, 10)}),
    "image": ObjectShape({"alt_text": string(2000)}, IMAGE_SOURCE, exactly_one("image_url", "slack_file")),
}
MENUS = (*(name for name in ELEMENTS if name.endswith("_select")), "datepicker", "timepicker", "checkboxes", "radio_buttons")
INPUTS = (*MENUS, "datetimepicker", *(name for name in ELEMENTS if name.endswith("_input")))
STYLE: dict[str, Rule] = {"style": anything}
RICH_WORDS: dict[str, ObjectShape] = {
    "text": ObjectShape({"text": string(3000)}, STYLE),
    "link": ObjectShape({"url": URL}, {**STYLE, "text": string(3000), "unsafe": flag}),
    "emoji": ObjectShape({"name": ID}, {"unicode": ID}),
    "user": ObjectShape({"user_id": ID}, STYLE),
    "usergroup": ObjectShape({"usergroup_id": ID}, STYLE),
    "channel": ObjectShape({"channel_id": ID}, STYLE),
    "broadcast": ObjectShape({"range": choice("here", "channel", "everyone")}),
    "color": ObjectShape({"value": ID}),
    "date": ObjectShape({"timestamp": number(0, 10**10), "format": ID}, {"url": URL, "fallback": ID}),
}
_WORDS: dict[str, Rule] = {"elements": items(typed(lambda: RICH_WORDS), 1000)}
RICH: dict[str, ObjectShape] = {
    "rich_text_section": ObjectShape(_WORDS),
    "rich_text_preformatted": ObjectShape(_WORDS, {"border": number(0, 1), "language": ID}),
    "rich_text_quote": ObjectShape(_WORDS, {"border": number(0, 1)}),
    "rich_text_list": ObjectShape(
        {"elements": items(typed(lambda: RICH, ("rich_text_section",)), 1000), "style": choice("bullet", "ordered")},
        {"indent": number(0, 8), "offset": number(0, 1000), "border": number(0, 1)},
    ),
}


def elements(*allowed: str) -> Rule:
    return typed(lambda: ELEMENTS, allowed)


# ---- Blocks, messages, views ------------------------------------------------------------------------------------------------

_CONTEXT: dict[str, ObjectShape] = {
    "image": ELEMENTS["image"],
    "plain_text": ObjectShape({"text": string(3000)}, {"emoji": flag}),
    "mrkdwn": ObjectShape({"text": string(3000)}, {"verbatim": flag}),
}
BLOCKS: dict[str, ObjectShape] = {
    "section": ObjectShape(
        {},
        {
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": elements("button", "overflow", "image", *MENUS),
            "expand": flag,
        },
        at_least_one("text", "fields"),
    ),
    "header": ObjectShape({"text": plain(150)}, {"level": number(1, 4)}),
    "divider": ObjectShape(),
    "image": ObjectShape({"alt_text": string(2000)}, {**IMAGE_SOURCE, "title": plain(2000)}, exactly_one("image_url", "slack_file")),
    "context": ObjectShape({"elements": items(typed(lambda: _CONTEXT), 10)}),
    "actions": ObjectShape({"elements": items(elements("button", "overflow", "datetimepicker", *MENUS), 25)}),
    "input": ObjectShape(
        {"label": plain(2000), "element": elements(*INPUTS)}, {"hint": plain(2000), "optional": flag, "dispatch_action": flag}
    ),
    "rich_text": ObjectShape({"elements": items(typed(lambda: RICH), 1000)}),
    "markdown": ObjectShape({"text": string(12_000)}),
}
_ANY_BLOCK = {name: ObjectShape(one.required, {**one.optional, "block_id": string(255)}, one.together) for name, one in BLOCKS.items()}
_IN_MESSAGES = frozenset(BLOCKS)
_IN_VIEWS = frozenset(BLOCKS) - {"markdown"}

VIEW = ObjectShape(
    {"type": choice("modal"), "title": plain(24), "blocks": anything},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)


def message_problems(payload: Mapping[str, Any]) -> list[str]:
    """What Slack would not take of a message: bodies of chat.postMessage and chat.update, and of a response_url. Empty when all is well."""
    found, say = _collector()
    words, blocks = payload.get("text"), payload.get("blocks")
    if words is not None:
        string(MOST_TEXT, 0)(say, "/text", words)
    if not words and not blocks and not payload.get("delete_original"):
        say("", "no_text")
    if blocks is not None:
        _check_blocks(say, "/blocks", blocks, _IN_MESSAGES, MOST_BLOCKS)
        total = weight(blocks) if isinstance(blocks, list) else 0
        if total > MOST_WEIGHT:
            say("/blocks", f"msg_blocks_too_long: {total} characters with their blocks, must be less than {MOST_WEIGHT + 1}")
    return found


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """What Slack would not take of a modal view. Empty when all is well."""
    found, say = _collector()
    matches(VIEW, say, "/view", view)
    blocks = view.get("blocks")
    if blocks is not None:
        _check_blocks(say, "/view/blocks", blocks, _IN_VIEWS, MOST_VIEW_BLOCKS)
        inputs = [one for one in objects(blocks) if one.get("type") == "input"]
        if inputs and "submit" not in view:
            say("/view", "missing required field: submit (a view with input blocks needs one)")
        if sum(one.get("focus_on_load") is True for one in objects(blocks)) > 1:
            say("/view/blocks", "focus_on_load can be set on one element only")
    size = len(json.dumps(view, default=str).encode())
    if size > MOST_VIEW_BYTES:
        say("/view", f"view_too_large: {size} bytes, must be less than {MOST_VIEW_BYTES + 1}")
    return found


def _collector() -> tuple[list[str], Say]:
    found: list[str] = []
    return found, lambda at, sentence: found.append(f"{sentence} [json-pointer:{at}]")


def _check_blocks(say: Say, at: str, blocks: Any, allowed: frozenset[str], most: int) -> None:
    items(typed(lambda: _ANY_BLOCK, allowed), most)(say, at, blocks)
    if not isinstance(blocks, list):
        return
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if not isinstance(block, Mapping):
            continue
        _once(say, f"{at}/{index}/block_id", block.get("block_id"), seen)
        actions: set[str] = set()
        for one in block["elements"] if isinstance(block.get("elements"), list) else [block.get("element"), block.get("accessory")]:
            if isinstance(one, Mapping):
                _once(say, f"{at}/{index}", one.get("action_id"), actions)


def _once(say: Say, at: str, identity: object, seen: set[str]) -> None:
    if isinstance(identity, str):
        if identity in seen:
            say(at, f"`{at.rpartition('/')[2] if at.endswith('_id') else 'action_id'}` already exists for another element")
        seen.add(identity)
