"""Payloads that Slack refuses are found by our own check, with a pointer to what is wrong; what Slack takes passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.slack.blockkit import message_problems, view_problems


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn("words"), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Press"), "action_id": "a", **more}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(value: str = "a", text: str = "A") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def picture(**more: Any) -> dict[str, Any]:
    return {"type": "image", "alt_text": "a cat", "slack_file": {"id": "F0123456789"}, **more}


def field(element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Prompt"), "element": element or {"type": "plain_text_input", "action_id": "p"}, **more}


def modal(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Go"), "blocks": list(blocks) or [section()], **more}


CONFIRM = {"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")}

BROKEN: dict[str, tuple[Any, str]] = {
    "section text over 3000": (section(text=mrkdwn("x" * 3001)), "/blocks/0/text/text"),
    "empty text": (section(text=mrkdwn("")), "/blocks/0/text/text"),
    "section without text and fields": ({"type": "section"}, "/blocks/0"),
    "text object without text": (section(text={"type": "mrkdwn"}), "/blocks/0/text"),
    "text object of an unknown type": (section(text={"type": "markdown", "text": "x"}), "/blocks/0/text/type"),
    "emoji on mrkdwn": (section(text={**mrkdwn("x"), "emoji": False}), "/blocks/0/text"),
    "verbatim on plain text": (section(text={**plain("x"), "verbatim": True}), "/blocks/0/text"),
    "emoji that is no boolean": (section(text={**plain("x"), "emoji": "no"}), "/blocks/0/text/emoji"),
    "11 fields": (section(fields=[mrkdwn("x")] * 11), "/blocks/0/fields"),
    "no fields": (section(fields=[]), "/blocks/0/fields"),
    "field over 2000": (section(fields=[mrkdwn("x" * 2001)]), "/blocks/0/fields/0/text"),
    "header in mrkdwn": ({"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type"),
    "header over 150": ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    "11 context elements": ({"type": "context", "elements": [mrkdwn("x")] * 11}, "/blocks/0/elements"),
    "a button in a context": ({"type": "context", "elements": [button()]}, "/blocks/0/elements/0"),
    "no actions": (actions(), "/blocks/0/elements"),
    "26 actions": (actions(*(button(action_id=str(n)) for n in range(26))), "/blocks/0/elements"),
    "the same action twice": (actions(button(), button()), "/blocks/0"),
    "button text over 75": (actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    "button text in mrkdwn": (actions(button(text=mrkdwn("x"))), "/blocks/0/elements/0/text/type"),
    "button value over 2000": (actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    "button url over 3000": (actions(button(url="https://x/" + "x" * 3000)), "/blocks/0/elements/0/url"),
    "button of an unknown style": (actions(button(style="default")), "/blocks/0/elements/0/style"),
    "action id over 255": (actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    "an input among actions": (actions({"type": "plain_text_input", "action_id": "p"}), "/blocks/0/elements/0"),
    "confirm title over 100": (actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})), "/confirm/title/text"),
    "confirm text over 300": (actions(button(confirm={**CONFIRM, "text": plain("x" * 301)})), "/confirm/text/text"),
    "confirm button over 30": (actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})), "/confirm/deny/text"),
    "confirm without a button": (actions(button(confirm={"title": plain("t"), "text": plain("x")})), "/confirm"),
    "block id over 255": (section(block_id="x" * 256), "/blocks/0/block_id"),
    "image with both sources": (picture(image_url="https://example.com/a.png"), "/blocks/0"),
    "image without a source": ({"type": "image", "alt_text": "x"}, "/blocks/0"),
    "image without alt text": ({"type": "image", "slack_file": {"id": "F0123456789"}}, "/blocks/0"),
    "image with an empty alt text": (picture(alt_text=""), "/blocks/0/alt_text"),
    "alt text over 2000": (picture(alt_text="x" * 2001), "/blocks/0/alt_text"),
    "image title over 2000": (picture(title=plain("x" * 2001)), "/blocks/0/title/text"),
    "file by id and url": (picture(slack_file={"id": "F0123456789", "url": "https://x/y"}), "/blocks/0/slack_file"),
    "file by nothing": (picture(slack_file={}), "/blocks/0/slack_file"),
    "a file id that is none": (picture(slack_file={"id": "f123"}), "/blocks/0/slack_file/id"),
    "an address of a webp": ({"type": "image", "alt_text": "x", "image_url": "https://x.example/a.webp?b=1"}, "/blocks/0/image_url"),
    "an address over 3000": ({"type": "image", "alt_text": "x", "image_url": "https://x/" + "x" * 3000}, "/blocks/0/image_url"),
    "an address that is none": ({"type": "image", "alt_text": "x", "image_url": "attachment://a.png"}, "/blocks/0/image_url"),
    "101 options": (actions(select(options=[option(str(n)) for n in range(101)])), "/elements/0/options"),
    "no options": (actions(select(options=[])), "/elements/0/options"),
    "neither options nor groups": (actions({"type": "static_select", "action_id": "s"}), "/elements/0"),
    "option text over 75": (actions(select(options=[option(text="x" * 76)])), "/options/0/text/text"),
    "option value of 151": (actions(select(options=[option("x" * 151)])), "/options/0/value"),
    "an empty option value": (actions(select(options=[option("")])), "/options/0/value"),
    "an option's description over 75": (
        actions(select(options=[{**option(), "description": plain("x" * 76)}])),
        "/options/0/description/text",
    ),
    "a choice that is no option": (actions(select(initial_option=option("b"))), "/elements/0/initial_option"),
    "placeholder over 150": (actions(select(placeholder=plain("x" * 151))), "/elements/0/placeholder/text"),
    "one overflow option": (actions({"type": "overflow", "action_id": "o", "options": [option()]}), "/elements/0/options"),
    "six overflow options": (
        actions({"type": "overflow", "action_id": "o", "options": [option(str(n)) for n in range(6)]}),
        "/elements/0/options",
    ),
    "11 radio buttons": (actions({"type": "radio_buttons", "options": [option(str(n)) for n in range(11)]}), "/elements/0/options"),
    "11 checkboxes": (actions({"type": "checkboxes", "options": [option(str(n)) for n in range(11)]}), "/elements/0/options"),
    "a filter that includes nothing": (actions({"type": "conversations_select", "filter": {"include": []}}), "/elements/0/filter/include"),
    "a filter for roles": (actions({"type": "conversations_select", "filter": {"include": ["roles"]}}), "/elements/0/filter/include/0"),
    "markdown over 12000": ({"type": "markdown", "text": "x" * 12_001}, "/blocks/0/text"),
    "an unknown block": ({"type": "gallery"}, "/blocks/0"),
    "a block without a type": ({"text": mrkdwn("x")}, "/blocks/0"),
    "a block that is no object": ("section", "/blocks/0"),
    "an unknown field": (section(colour="red"), "/blocks/0"),
    "an unknown accessory": (section(accessory={"type": "slider"}), "/blocks/0/accessory"),
    "rich text of words alone": ({"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}, "/blocks/0/elements/0"),
    "rich text of unknown words": (
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "shout", "text": "x"}]}]},
        "/blocks/0/elements/0/elements/0",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_block_is_found_with_a_pointer(name: str) -> None:
    block, pointer = BROKEN[name]
    found = message_problems({"text": "x", "blocks": [block]})
    assert any(one.endswith(f"{pointer}]") for one in found), found


BROKEN_MESSAGES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing at all": ({}, "no_text"),
    "an empty text alone": ({"text": ""}, "no_text"),
    "a text of 4001 characters": ({"text": "x" * 4001}, "/text"),
    "51 blocks": ({"text": "x", "blocks": [section()] * 51}, "no more than 50 items"),
    "no blocks": ({"text": "x", "blocks": []}, "no less than 1 items"),
    "blocks that are no list": ({"text": "x", "blocks": "[]"}, "must be an array"),
    "the same block id twice": ({"text": "x", "blocks": [section(block_id="b"), section(block_id="b")]}, "/blocks/1/block_id"),
    "blocks too long together": ({"text": "x", "blocks": [section(text=mrkdwn("x" * 2700))] * 5}, "msg_blocks_too_long"),
}


@pytest.mark.parametrize("name", BROKEN_MESSAGES)
def test_a_broken_message_is_found(name: str) -> None:
    payload, words = BROKEN_MESSAGES[name]
    found = message_problems(payload)
    assert any(words in one for one in found), found


BROKEN_VIEWS: dict[str, tuple[dict[str, Any], str]] = {
    "title over 24": (modal(title=plain("x" * 25)), "/view/title/text"),
    "title in mrkdwn": (modal(title=mrkdwn("x")), "/view/title/type"),
    "no title": ({"type": "modal", "blocks": [section()]}, "missing required field: title"),
    "submit over 24": (modal(submit=plain("x" * 25)), "/view/submit/text"),
    "close over 24": (modal(close=plain("x" * 25)), "/view/close/text"),
    "inputs without submit": ({"type": "modal", "title": plain("x"), "blocks": [field()]}, "submit"),
    "metadata over 3000": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "callback id over 255": (modal(callback_id="x" * 256), "/view/callback_id"),
    "101 blocks": (modal(*[section()] * 101), "no more than 100 items"),
    "no blocks": ({"type": "modal", "title": plain("x"), "blocks": []}, "no less than 1 items"),
    "a markdown block": (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    "label over 2000": (modal(field(label=plain("x" * 2001))), "/view/blocks/0/label/text"),
    "label in mrkdwn": (modal(field(label=mrkdwn("x"))), "/view/blocks/0/label/type"),
    "hint over 2000": (modal(field(hint=plain("x" * 2001))), "/view/blocks/0/hint/text"),
    "no label": (modal({"type": "input", "element": {"type": "plain_text_input"}}), "missing required field: label"),
    "a button as an input": (modal(field(button())), "/view/blocks/0/element"),
    "max_length 3001": (modal(field({"type": "plain_text_input", "max_length": 3001})), "/view/blocks/0/element/max_length"),
    "max_length 0": (modal(field({"type": "plain_text_input", "max_length": 0})), "/view/blocks/0/element/max_length"),
    "more than max_length": (
        modal(field({"type": "plain_text_input", "max_length": 3, "initial_value": "four"})),
        "/element/initial_value",
    ),
    "min over max": (modal(field({"type": "plain_text_input", "min_length": 9, "max_length": 3})), "/element/min_length"),
    "two focused inputs": (
        modal(*(field({"type": "plain_text_input", "focus_on_load": True}, block_id=one) for one in "ab")),
        "focus_on_load",
    ),
    "the same block id twice": (modal(field(block_id="a"), field(block_id="a")), "/view/blocks/1/block_id"),
    "over 250 kB": (modal(*[section(text=mrkdwn("x" * 3000))] * 90), "view_too_large"),
    "no modal": ({"type": "message", "title": plain("x"), "blocks": [section()]}, "/view/type"),
}


@pytest.mark.parametrize("name", BROKEN_VIEWS)
def test_a_broken_view_is_found(name: str) -> None:
    view, words = BROKEN_VIEWS[name]
    found = view_problems(view)
    assert any(words in one for one in found), found


def test_a_problem_reads_like_slacks_own() -> None:
    [found] = message_problems({"text": "x", "blocks": [BROKEN["section text over 3000"][0]]})
    assert found == "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


FINE = [
    section(block_id="b", fields=[mrkdwn("x" * 2000)] * 2, accessory=button()),
    section(text={**mrkdwn("x" * 3000), "verbatim": True}),
    section(text={**plain("x"), "emoji": False}),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    picture(alt_text="x" * 2000, title=plain("t")),
    {"type": "image", "alt_text": "x", "image_url": "https://example.com/a.png?webp=1"},
    {"type": "context", "elements": [mrkdwn("x"), plain("y"), {"type": "image", "alt_text": "x", "image_url": "https://example.com/a"}]},
    actions(*(button(action_id=str(n), style="danger", value="x" * 2000, confirm=CONFIRM) for n in range(25))),
    actions(select(options=[option(str(n)) for n in range(100)], initial_option=option("7"))),
    actions(select(options=[option("x" * 150, "x" * 75)])),
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}],
            }
        ],
    },
    {"type": "markdown", "text": "**x**"},
]


@pytest.mark.parametrize("number", range(len(FINE)))
def test_what_slack_takes_passes(number: int) -> None:
    assert message_problems({"text": "x", "blocks": [FINE[number]]}) == []


def test_a_message_without_blocks_or_one_that_takes_itself_away_passes() -> None:
    assert message_problems({"text": "x"}) == []
    assert message_problems({"delete_original": True}) == []


def test_a_modal_with_every_input_passes() -> None:
    inputs: list[dict[str, Any]] = [
        {"type": "plain_text_input", "multiline": True, "max_length": 3000, "initial_value": "x" * 3000, "focus_on_load": True},
        select(),
        {"type": "radio_buttons", "options": [option("a"), option("b")], "initial_option": option("b")},
        {"type": "checkboxes", "options": [option("a")], "initial_options": [option("a")]},
        {"type": "conversations_select", "filter": {"include": ["private"], "exclude_bot_users": True}, "initial_conversation": "C1"},
        {"type": "multi_conversations_select", "initial_conversations": ["C1"], "max_selected_items": 20},
        {"type": "multi_users_select", "initial_users": ["U1"]},
        {"type": "file_input", "filetypes": ["png"], "max_files": 4},
    ]
    blocks = [field(one, block_id=str(number), optional=True, hint=plain("h")) for number, one in enumerate(inputs)]
    assert view_problems(modal(*blocks, private_metadata="{}", callback_id="v1:edit:")) == []


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["section", "actions", "button", "mrkdwn", "input"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "element", "options", "fields", "value", "block_id"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(values)
def test_nonsense_is_found_and_never_raises(value: Any) -> None:
    assert message_problems({"text": "x", "blocks": value}) != [] or value is None or isinstance(value, list)
    view_problems({"type": "modal", "title": value, "blocks": value})
