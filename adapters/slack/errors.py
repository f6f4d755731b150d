"""Meaning of Slack's errors: one table from error code to error class, and one sentence per code for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from adapters.kit.errors import NETWORK, ClassifiedError, ErrorClass
from adapters.kit.payload import part, word, words
from bot.texts import has, text


@dataclass(slots=True, eq=False)
class RespondFailed(Exception):
    """A response_url rejected an answer."""

    status: int
    """Zero for an address that isn't Slack's."""
    code: str = ""
    wait: float | None = None


class NotConnected(Exception):
    """There is no Slack session; nothing was sent."""


@dataclass(slots=True, eq=False)
class BackOff(Exception):
    """Another call would exceed Slack's limit; it wasn't made."""

    wait: float


@dataclass(slots=True, eq=False)
class UploadFailed(Exception):
    """The upload host rejected a file."""

    status: int
    wait: float | None = None


class Unreadable(Exception):
    """The answer doesn't match Slack's description; the call may have been carried out."""


class ThreadUnread(Exception):
    """Slack hasn't said yet which pictures a thread has, so a mention in it isn't stored yet."""


class FileNotSeen(Exception):
    """The file is at Slack but not visible to people; the message says how."""


_TOKEN_CODES: dict[ErrorClass, str] = {
    ErrorClass.UNAUTHORISED: """
        invalid_auth invalid_token not_authed account_inactive user_removed_from_team token_revoked app_uninstalled bot_not_found
        token_expired not_allowed_token_type team_disabled two_factor_setup_required
    """,
    ErrorClass.SCOPE: "missing_scope",
    ErrorClass.FORBIDDEN: """
        access_denied accesslimited no_permission ekm_access_denied team_access_not_granted forbidden_team enterprise_is_restricted
    """,
    ErrorClass.WAIT: "org_login_required team_added_to_org",
}
"""Token errors. The operator has to fix them; only those to wait for resolve on their own, possibly after hours."""
_CODES: dict[ErrorClass, str] = {
    ErrorClass.GONE: """
        message_not_found cant_update_message edit_window_closed cant_delete_message compliance_exports_prevent_deletion
        hash_conflict not_found view_not_found
    """,  # the last three: the form was closed or replaced
    ErrorClass.NO_CHANNEL: """
        channel_not_found is_archived is_inactive channel_is_archived channel_deleted thread_not_found invalid_thread_ts invalid_channel
        cannot_reply_to_message method_not_supported_for_channel_type channel_type_not_supported external_channel_migrating team_not_found
    """,
    ErrorClass.NOT_MEMBER: "not_in_channel",
    ErrorClass.FORBIDDEN: """
        restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
        restricted_action_thread_only_channel thread_locked user_not_visible
        app_access_restricted action_prohibited admin_restricted not_allowed
        posting_to_channel_denied posting_to_general_channel_denied send_on_behalf_not_allowed restricted_plan_level
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked slack_connect_canvas_sharing_blocked
        slack_connect_lists_sharing_blocked file_uploads_disabled file_uploads_except_images_disabled file_upload_size_restricted
        storage_limit_reached blocked_file_type malware_detected
    """,
    ErrorClass.NO_DIRECT: """
        cannot_dm_bot user_disabled user_not_found users_not_found user_not_in_channel messages_tab_disabled user_is_bot
        invalid_user_combination
    """,
    ErrorClass.WAIT: """
        ratelimited rate_limited rollup_error message_limit_exceeded service_unavailable request_timeout
    """,
    ErrorClass.LOST: "fatal_error internal_error update_failed file_update_failed server_error unknown_error",
    ErrorClass.FILE_NOT_READY: "file_not_found file_deleted file_not_ready",
    ErrorClass.TRIGGER: """
        expired_trigger_id exchanged_trigger_id invalid_trigger_id trigger_expired trigger_exchanged missing_trigger
    """,
    ErrorClass.OVER: "expired_url used_url no_service no_active_hooks invalid_url",
    ErrorClass.TOO_LONG: "msg_too_long msg_blocks_too_long view_too_large",
}
"""From the error tables of the methods used by `wire` and `uploads` (docs.slack.dev/reference/methods) and of response_url."""
TOKEN_ERRORS: dict[str, ErrorClass] = {code: error_class for error_class, codes in _TOKEN_CODES.items() for code in codes.split()}
"""Each has a sentence in [slack.error]."""
CODES: dict[str, ErrorClass] = TOKEN_ERRORS | {code: error_class for error_class, codes in _CODES.items() for code in codes.split()}

WAITS: dict[str, float] = {
    "message_limit_exceeded": 60.0,
    "org_login_required": 60.0,
    "team_added_to_org": 60.0,
    "service_unavailable": 10.0,
    "request_timeout": 2.0,
}
"""Seconds, if Slack doesn't state any."""
WITHOUT_RETRY_AFTER = 30.0
SHORTEST, LONGEST = 1.0, 300.0
NOT_REACHABLE = 5.0

HINTS: tuple[tuple[str, str, ErrorClass], ...] = (
    ("invalid_blocks", "slack file", ErrorClass.FILE_NOT_READY),  # python-slack-sdk#1658: not processed yet, or not for this poster
    ("invalid_arguments", "trigger_id", ErrorClass.TRIGGER),  # bolt-python#434: `trigger_id` expired
)
"""(error code, text in its messages, error class), for ambiguous codes."""
ADDRESSES: dict[int, ErrorClass] = {
    **dict.fromkeys((301, 302, 303, 307, 308, 404, 410), ErrorClass.OVER),
    403: ErrorClass.FORBIDDEN,
    413: ErrorClass.TOO_LONG,
}
"""For a response_url's answers without a known code."""
UPLOADS: dict[int, ErrorClass] = dict.fromkeys((403, 404, 408, 410), ErrorClass.LOST)
"""Of the upload host. An address that it doesn't know (anymore) counts as a lost upload; the next try gets another one."""

NOTHING_SENT = (NotConnected, aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.ConnectionTimeoutError)
"""The connection was never established."""

_TOKEN = re.compile(r"[a-z0-9_]{1,60}")
_SCOPES = re.compile(r"[a-z0-9_:.,]{1,80}")
_POINTER = re.compile(r"\[json-pointer:([\w/]{1,60})\]")


def classify_error(error: BaseException) -> ClassifiedError | None:
    """Classify an exception of a Slack call; None if it isn't an answer from Slack or the network (a bug)."""
    if isinstance(error, SlackApiError):
        return _classify_answer(error)
    if isinstance(error, RespondFailed):
        return _classify_status(error.status, error.code, error.wait, ADDRESSES)
    if isinstance(error, UploadFailed):
        return _classify_status(error.status, "upload", error.wait, UPLOADS)
    if isinstance(error, BackOff):
        return ClassifiedError(ErrorClass.WAIT, "not_now", min(LONGEST, error.wait))
    if isinstance(error, FileNotSeen):
        return ClassifiedError(ErrorClass.FILE_NOT_READY, type(error).__name__)
    if isinstance(error, NOTHING_SENT):
        return ClassifiedError(ErrorClass.WAIT, "not_reachable", NOT_REACHABLE)
    if isinstance(error, (Unreadable, SlackClientError, *NETWORK)):
        return ClassifiedError(ErrorClass.LOST, type(error).__name__)
    return None


def known(error: BaseException) -> ClassifiedError:
    """The error's class; raises it again if it's a bug."""
    classified = classify_error(error)
    if classified is None:
        raise error
    return classified


def retry_after(headers: Mapping[str, str] | None, longest: float = LONGEST) -> float | None:
    """Seconds from a Retry-After header, bounded; None if unusable."""
    try:
        seconds = float({name.lower(): value for name, value in (headers or {}).items()}["retry-after"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    return min(longest, max(SHORTEST, seconds)) if seconds == seconds else None


def code_of(value: object) -> str:
    """An error code in Slack's format; empty for anything else, so that no foreign text reaches a log."""
    return value if isinstance(value, str) and _TOKEN.fullmatch(value) else ""


def answer_of(error: SlackApiError) -> tuple[int, Mapping[str, Any], Mapping[str, str] | None]:
    """Status, body and headers. The SDK keeps its own response, aiohttp's when the body was no JSON, and anything that a caller likes."""
    response: Any = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data = getattr(response, "data", response)
    return status, data if isinstance(data, Mapping) else {}, getattr(response, "headers", None)


def _classify_answer(error: SlackApiError) -> ClassifiedError:
    status, answer, headers = answer_of(error)
    code = code_of(answer.get("error"))
    named = retry_after(headers)
    if status == 429:
        return ClassifiedError(ErrorClass.WAIT, code or "ratelimited", named or WITHOUT_RETRY_AFTER)
    if status >= 500 or not code:
        return ClassifiedError(ErrorClass.LOST, f"{status}/{code}")
    messages = _messages(answer)
    for one, hint, error_class in HINTS:
        if code == one and hint in messages.lower():
            return ClassifiedError(error_class, code)
    error_class = CODES.get(code, ErrorClass.INVALID)
    return ClassifiedError(error_class, _detail(code, answer, messages), _wait(error_class, code, named))


def _classify_status(status: int, code: str, named: float | None, table: Mapping[int, ErrorClass]) -> ClassifiedError:
    code = code_of(code)
    certain = ErrorClass.WAIT if status == 429 else ErrorClass.LOST if status >= 500 else None
    error_class = certain or CODES.get(code) or table.get(status) or ErrorClass.INVALID
    return ClassifiedError(error_class, f"{status}/{code}", _wait(error_class, code, named))


def _wait(error_class: ErrorClass, code: str, named: float | None) -> float:
    if error_class is not ErrorClass.WAIT:
        return 0.0
    return named or WAITS.get(code, WITHOUT_RETRY_AFTER)


def _messages(answer: Mapping[str, Any]) -> str:
    return " ".join([*words(part(answer, "response_metadata").get("messages")), *words(answer.get("errors"))])[:2000]


def _detail(code: str, answer: Mapping[str, Any], messages: str) -> str:
    """The code with the missing scope or the position in the payload; never free text."""
    needed = word(answer, "needed")
    if _SCOPES.fullmatch(needed):
        return f"{code}/{needed}"
    pointer = _POINTER.search(messages)
    return code + pointer.group(1) if pointer is not None else code


# ---- What people read about it -------------------------------------------------------------------------------------------------

SAME_SENTENCE: dict[str, str] = {
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
"""Error codes that mean the same to people -> the one with the sentence."""
_NAME = re.compile(r"[a-z_]+")


def why_not(code: str, name: str) -> str:
    """Why the bot couldn't post in a channel, and what to do. `name` is the bot's name; `code` may be followed by a scope or pointer."""
    found = _NAME.match(code)
    known = SAME_SENTENCE.get(found[0], found[0]) if found else ""
    key = f"slack.refused.{known}"
    return text(key if known and has(key) else "slack.refused.other", name=name, code=code[:40] or "unknown")
