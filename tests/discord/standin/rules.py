"""Discord's errors as exceptions, and the rules for messages and forms that its OpenAPI description does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

V2, EPHEMERAL, LOADING = 1 << 15, 1 << 6, 1 << 7
LAYOUT_TYPES = {9, 10, 11, 12, 13, 14, 17}
"""Component types that exist in version 2 messages only."""
BUTTON, ACTION_ROW, TEXT, GALLERY, FILE, LABEL = 2, 1, 10, 12, 13, 18
SELECTS = {3, 5, 6, 7, 8}
MESSAGE_KEYS = {
    *("content", "embeds", "allowed_mentions", "sticker_ids", "components", "flags", "attachments", "poll", "message_reference"),
    *("nonce", "enforce_nonce", "tts", "shared_client_theme", "thread_name", "applied_tags", "username", "avatar_url"),
}
DEFAULT_LIMIT = 10 * 1024 * 1024
REQUEST_LIMIT = 25 * 1024 * 1024
COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")
CALLBACKS = {2: {4, 5, 9}, 3: {4, 5, 6, 7, 9}, 4: {8}, 5: {4, 5, 6, 7}}
"""Interaction type -> callback types it may be answered with."""


class Refusal(Exception):
    """Discord says no."""

    def __init__(self, status: int, code: int, message: str, errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{status}/{code} {message}")
        self.status, self.body = status, {"message": message, "code": code, **({"errors": errors} if errors else {})}


def invalid(path: str, message: str) -> Refusal:
    node: dict[str, Any] = {"_errors": [{"code": "BASE_TYPE_BAD", "message": message}]}
    for part in reversed(path.split(".")):
        node = {part: node}
    return Refusal(400, 50035, "Invalid Form Body", node)


UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
TOKEN_OVER = (401, 50027, "Invalid Webhook Token")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
MISSING_ACCESS = (403, 50001, "Missing Access")
MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
CANNOT_DM = (403, 50007, "Cannot send messages to this user")
TOO_LARGE = (413, 40005, "Request entity too large")


def walk(components: Any) -> Iterator[dict[str, Any]]:
    """Every component, outermost first."""
    for component in components or []:
        yield component
        yield from walk(component.get("components"))
        for name in ("component", "accessory"):
            if isinstance(component.get(name), dict):
                yield from walk([component[name]])


def check_message(body: Mapping[str, Any], *, new: bool, was_v2: bool = False, files: Mapping[int, str] | None = None) -> None:
    """The rules for a new or edited message that the description misses or does not say strictly enough."""
    unknown = set(body) - MESSAGE_KEYS
    if unknown:
        raise invalid(sorted(unknown)[0], "This key is not known")
    content, components = body.get("content"), list(walk(body.get("components")))
    if content and len(content) > 2000:
        raise invalid("content", "Must be 2000 or fewer in length.")
    v2 = bool((body.get("flags") or 0) & V2) or was_v2
    if v2 and (content or body.get("embeds") or body.get("poll") or body.get("sticker_ids")):
        raise invalid("content", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
    if not v2 and any(one.get("type") in LAYOUT_TYPES for one in components):
        raise invalid("components", "Components of version 2 need MessageFlags.IS_COMPONENTS_V2")
    if len(components) > 40:
        raise invalid("components", "The total number of components cannot exceed 40")
    ids = [one["custom_id"] for one in components if "custom_id" in one]
    if len(ids) != len(set(ids)):
        raise invalid("components", "Component custom id cannot be duplicated")
    texts = [one for one in components if one.get("type") == TEXT]
    if any(not one.get("content") for one in texts):
        raise invalid("components.0.content", "This field is required")
    if any("\ue000" <= letter <= "\uf8ff" for letter in str(body)):
        raise invalid("content", "A mark of the bot's own, which nobody can read")
    if sum(len(one["content"]) for one in texts) > 4000:
        raise invalid("components", "The displayable text cannot exceed 4000 characters")
    for one in components:
        if one.get("type") == ACTION_ROW and not 1 <= len(one.get("components") or []) <= 5:
            raise invalid("components.0.components", "Must be between 1 and 5 in length.")
        if one.get("type") == BUTTON and not (one.get("label") or one.get("emoji")):
            raise invalid("components.0.label", "A button must have a label or emoji")
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise invalid("nonce", "Must be 25 or fewer in length.")
    if new and not (content or body.get("embeds") or components or files or body.get("sticker_ids") or body.get("poll")):
        raise Refusal(400, 50006, "Cannot send an empty message")
    named = set((files or {}).values())
    for url in _attachment_urls(components):
        if url.removeprefix("attachment://") not in named:
            raise invalid("components", f"The attachment {url} was not found")


def _attachment_urls(components: list[dict[str, Any]]) -> Iterator[str]:
    for one in components:
        media = [item.get("media", {}) for item in one.get("items") or []] + [one.get("media") or {}, one.get("file") or {}]
        for found in media:
            if str(found.get("url", "")).startswith("attachment://"):
                yield str(found["url"])


def check_modal(body: Mapping[str, Any]) -> None:
    components = body.get("components") or []
    if not 1 <= len(components) <= 5:
        raise invalid("components", "Must be between 1 and 5 in length.")
    ids = [one["custom_id"] for one in walk(components) if "custom_id" in one]
    if len(ids) != len(set(ids)):
        raise invalid("components", "Component custom id cannot be duplicated")
    for one in walk(components):
        if one.get("type") == 4 and len(one.get("value") or "") > (one.get("max_length") or 4000):
            raise invalid("components.0.value", "Must be shorter than max_length")


def check_commands(commands: Any) -> None:
    names = [(one.get("name"), one.get("type") or 1) for one in commands]
    if len(names) != len(set(names)):
        raise invalid("0.name", "Application command names must be unique")
    for index, command in enumerate(commands):
        typed = [command.get("name", "")] if (command.get("type") or 1) == 1 else []
        if not typed and (not 1 <= len(command.get("name", "")) <= 32 or command.get("description") or command.get("options")):
            raise invalid(f"{index}.name", "A menu entry has a name and nothing else")
        for name in [*typed, *(option.get("name", "") for option in command.get("options") or [])]:
            if not COMMAND_NAME.match(name) or name != name.lower():
                raise invalid(f"{index}.name", "Command name is invalid")
        required = [bool(option.get("required")) for option in command.get("options") or []]
        if required != sorted(required, reverse=True):
            raise invalid(f"{index}.options", "Required options must be placed before non-required options")
        for option in command.get("options") or []:
            if not 1 <= len(option.get("description", "")) <= 100:
                raise invalid(f"{index}.options", "Must be between 1 and 100 in length.")
            if option.get("autocomplete") and option.get("choices"):
                raise invalid(f"{index}.options", "Autocomplete and choices exclude each other")


def pinged(body: Mapping[str, Any]) -> set[str]:
    """Whom a new message notifies: ids, `role:<id>`, `everyone`; without allowed_mentions, everything that looks like a mention."""
    text = "\n".join(
        [body.get("content") or "", *(one.get("content") or "" for one in walk(body.get("components")) if one.get("type") == TEXT)]
    )
    allowed = body.get("allowed_mentions")
    found: set[str] = set()
    users, roles = set(re.findall(r"(?<!\\)<@!?(\d+)>", text)), set(re.findall(r"(?<!\\)<@&(\d+)>", text))
    parse = {"users", "roles", "everyone"} if allowed is None else set(allowed.get("parse") or [])
    found |= users if "users" in parse else users & {str(one) for one in (allowed or {}).get("users") or []}
    named_roles = roles if "roles" in parse else roles & {str(one) for one in (allowed or {}).get("roles") or []}
    found |= {f"role:{one}" for one in named_roles}
    if "everyone" in parse and re.search(r"@(everyone|here)", text):
        found.add("everyone")
    return found
