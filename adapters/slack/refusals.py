"""What is said where Slack does not let the bot post: one sentence per error code, for members in the chat and for the log."""

from __future__ import annotations

import re

from bot.texts import has, text

SAME: dict[str, str] = {
    "channel_is_archived": "is_archived",
    "is_inactive": "is_archived",
    "channel_deleted": "channel_not_found",
    "invalid_channel": "channel_not_found",
    "invalid_thread_ts": "thread_not_found",
    "thread_locked": "restricted_action_thread_locked",
    "channel_type_not_supported": "method_not_supported_for_channel_type",
    "admin_restricted": "restricted_action",
    "action_prohibited": "restricted_action",
    "not_allowed": "restricted_action",
    "posting_to_channel_denied": "restricted_action",
    "app_access_restricted": "access_denied",
    "enterprise_is_restricted": "team_access_not_granted",
    "msg_blocks_too_long": "msg_too_long",
}
"""Error codes that mean the same to people -> the one whose sentence they get."""
_CODE = re.compile(r"[a-z_]+")


def why_not(code: str, name: str) -> str:
    """Why the bot could not post in a channel, and what to do; `name` is the bot's. `code` may have a scope or a pointer behind it."""
    found = _CODE.match(code)
    known = SAME.get(found[0], found[0]) if found else ""
    key = f"slack.refused.{known}"
    return text(key if known and has(key) else "slack.refused.other", name=name, code=code[:40] or "unknown")
