"""What Slack refuses in a message or a modal, and what this bot must not do although Slack would take it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.slack import blockkit
from tests.slack.standin import text as reading
from tests.slack.standin.world import World

MOST_TEXT = 4_000
"""Slack's documents allow more in a new message; what really happens above this is told differently (see the facts page)."""
ALL_BLOCKS = 13_200
FILE_ID = re.compile(r"^[F][A-Z0-9]{8,}$")
SHOWABLE = (".png", ".jpg", ".jpeg", ".gif")


class Refusal(Exception):
    """Slack's `ok: false`."""

    def __init__(self, error: str, *messages: str, **more: Any) -> None:
        super().__init__(error)
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if messages:
            self.body["response_metadata"] = {"messages": list(messages)}


FAULTS_OF_THE_BOT = {
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_arguments",
    "invalid_arg_name",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "msg_too_long",
    "msg_blocks_too_long",
    "no_text",
    "unknown_method",
    "invalid_form_data",
    "not_allowed_token_type",
    "view_too_large",
    "exchanged_trigger_id",
    "invalid_trigger_id",
}
"""Refusals that no circumstance explains."""


def check_message(world: World, method: str, payload: Mapping[str, Any]) -> None:
    """A message that is about to be shown; raises what Slack would answer."""
    text, blocks = payload.get("text") or "", payload.get("blocks") or []
    if not text and not blocks and not payload.get("attachments"):
        raise Refusal("no_text")
    if not isinstance(text, str):
        raise Refusal("invalid_arguments", "[ERROR] text must be a string")
    if len(text) > MOST_TEXT:
        raise Refusal("msg_too_long")
    if not isinstance(blocks, list) or any(not isinstance(one, Mapping) for one in blocks):
        raise Refusal("invalid_blocks_format")
    if blocks and (problems := blockkit.message_problems({"text": text, "blocks": blocks})):
        too_long = all(one.startswith("msg_blocks_too_long") for one in problems)
        raise Refusal("msg_blocks_too_long" if too_long else "invalid_blocks", *as_slack_says(problems))
    if sum(len(one["text"]) for one in reading.walk(blocks) if isinstance(one.get("text"), str)) > ALL_BLOCKS:
        raise Refusal("msg_blocks_too_long")
    check_with_the_sdk(world, method, blocks)
    check_pictures(world, blocks)
    check_manners(world, method, payload)
    check_times(world, method, payload)


def check_times(world: World, what: str, payload: Mapping[str, Any]) -> None:
    """Slack shows `<!date^…>` in mrkdwn alone, and only if it's well formed with words for other clients."""
    for one in reading.walk(payload):
        for words in [value for value in one.values() if isinstance(value, str)]:
            if any("\ue000" <= letter <= "\uf8ff" for letter in words):
                world.violation(f"{what}: a mark of ours in {words!r}")
            if words.count("<!date") != (len(reading.DATE.findall(words)) if one.get("type") == "mrkdwn" else 0):
                world.violation(f"{what}: a time that nobody can read in {words!r}")


def check_view(world: World, view: Any) -> None:
    if not isinstance(view, Mapping):
        raise Refusal("invalid_arguments", "[ERROR] missing required field: view")
    problems = blockkit.view_problems(view)
    if problems:
        raise Refusal("invalid_arguments", *as_slack_says(problems))
    for ping in reading.pings(None, view.get("blocks")):
        world.violation(f"a modal shows somebody's words as a mention: {ping}")
    check_with_the_sdk(world, "a modal", view.get("blocks") or [], view)
    check_times(world, "a modal", view)
    check_pictures(world, view.get("blocks") or [])


def check_with_the_sdk(world: World, what: str, blocks: list[dict[str, Any]], view: Mapping[str, Any] | None = None) -> None:
    """A second opinion, by somebody else: slack_sdk's own models. They miss a third of what Slack refuses, so they stand beside ours."""
    try:
        parsed: Sequence[Block | None] = Block.parse_all(blocks)
        known = [one for one in parsed if one is not None]
        if len(known) != len(blocks):
            world.violation(f"{what}: slack_sdk does not know a block among {[one.get('type') for one in blocks]}")
        for block in known:
            for part in [
                block,
                *(getattr(block, "elements", None) or []),
                *(getattr(block, name, None) for name in ("element", "accessory")),
            ]:
                if isinstance(part, JsonObject):
                    part.validate_json()
        if view is not None:
            View(**{key: value for key, value in view.items() if key != "blocks"}, blocks=blocks).validate_json()
    except (SlackObjectFormationError, AttributeError) as error:
        world.violation(f"{what}: slack_sdk's models refuse it: {error}")


def as_slack_says(problems: list[str]) -> list[str]:
    return [one if one.startswith("[ERROR]") else f"[ERROR] {one}" for one in problems]


def check_pictures(world: World, blocks: list[dict[str, Any]]) -> None:
    """Every `slack_file` must be an image that was uploaded, completed and processed, and that the bot may show."""
    for number, block in enumerate(blocks):
        for one in reading.walk(block):
            if one.get("type") != "image" or "slack_file" not in one:
                continue
            wrong = f"[ERROR] invalid slack file [json-pointer:/blocks/{number}/slack_file]"
            identity = str((one["slack_file"] or {}).get("id", ""))
            file = world.files.get(identity)
            if not FILE_ID.fullmatch(identity):
                world.violation(f"a slack_file id that Slack's pattern refuses: {identity!r}")
                raise Refusal("invalid_blocks", wrong)
            if file is None or file.deleted or not file.processed or (world.hidden_files and file.shared is None):
                raise Refusal("invalid_blocks", wrong)
            if not file.name.lower().endswith(SHOWABLE) or not looks_like_a_picture(file.content or b""):
                world.violation(f"a picture that Slack does not show: {file.name}, {(file.content or b'')[:12]!r}")
                raise Refusal("invalid_blocks", wrong)


def looks_like_a_picture(content: bytes) -> bool:
    return content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8"))


def check_manners(world: World, method: str, payload: Mapping[str, Any]) -> None:
    """What Slack takes but our members would suffer from."""
    for ping in reading.pings(payload.get("text"), payload.get("blocks")):
        if all(f"<@{one}>" not in ping for one in world.wants_pings):
            world.violation(f"{method} pings: {ping}")
    if payload.get("link_names") or payload.get("parse") not in (None, "none"):
        world.violation(f"{method} lets Slack parse names: link_names={payload.get('link_names')!r} parse={payload.get('parse')!r}")
    if method != "chat.update":
        for one in ("unfurl_links", "unfurl_media"):
            if payload.get(one) not in (False, "false", "0", 0):
                world.violation(f"{method} without {one}=False")
    if payload.get("attachments"):
        world.violation(f"{method} with attachments, which nothing checks")
