"""Kinds of failure: the closed list of ways a picture can fail to arrive, and what may be done about each.

The table is the contract: group, what the bot may do automatically, and who can fix it. A classifier may lower the action of a single
failure to NONE (a rate limit that never clears), but never raise a safety, parameter or account kind above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """How the product responds: ask a human, name the fix, wait or tell the operator, or offer alternatives."""

    SAFETY = "safety"
    PARAMETERS = "parameters"
    SERVICE = "service"
    UNUSABLE = "unusable"


class Action(StrEnum):
    """What the bot may do automatically after a failure."""

    GENERATE = "generate"
    """Send the same request again, later, a limited number of times."""
    FETCH = "fetch"
    """Download the finished picture again; never generate again."""
    POLL = "poll"
    """Poll the running task; never submit again."""
    NONE = "none"
    """Nothing: the same request would fail again, or must not be repeated."""


class Fixer(StrEnum):
    """Who can change the outcome."""

    USER = "user"
    OPERATOR = "operator"
    MODERATOR = "moderator"
    NOBODY_WAIT = "nobody_wait"


class Kind(StrEnum):
    """What went wrong: 41 kinds. `output_rejected` comes from a person, all others from evidence."""

    __hash__ = str.__hash__  # that of StrEnum is a function in Python, and kinds are keys of every vote

    SAFETY_PROMPT = "safety_prompt"
    SAFETY_REFERENCE_IMAGE = "safety_reference_image"
    SAFETY_OUTPUT = "safety_output"
    SAFETY_ACCOUNT_FLAGGED = "safety_account_flagged"

    INVALID_MODEL = "invalid_model"
    MODEL_ACCESS_DENIED = "model_access_denied"
    UNSUPPORTED_SIZE = "unsupported_size"
    UNSUPPORTED_QUALITY = "unsupported_quality"
    UNSUPPORTED_COUNT = "unsupported_count"
    UNSUPPORTED_OPTION = "unsupported_option"
    PROMPT_TOO_LONG = "prompt_too_long"
    PROMPT_EMPTY = "prompt_empty"
    INVALID_REFERENCE_IMAGE = "invalid_reference_image"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    BAD_REQUEST_OTHER = "bad_request_other"

    AUTH_MISSING_KEY = "auth_missing_key"
    AUTH_INVALID_KEY = "auth_invalid_key"
    AUTH_PERMISSION = "auth_permission"
    ORG_VERIFICATION_REQUIRED = "org_verification_required"
    REGION_BLOCKED = "region_blocked"
    ENDPOINT_NOT_FOUND = "endpoint_not_found"
    QUOTA_EXHAUSTED = "quota_exhausted"
    BILLING_LIMIT = "billing_limit"
    NETWORK_TLS = "network_tls"
    NETWORK_PROXY = "network_proxy"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    GATEWAY_ERROR = "gateway_error"
    TIMEOUT = "timeout"
    NETWORK_DNS = "network_dns"
    NETWORK_CONNECT = "network_connect"
    NETWORK_RESET = "network_reset"
    TASK_RUNNING_TIMEOUT = "task_running_timeout"
    TASK_LOST = "task_lost"

    MALFORMED_RESPONSE = "malformed_response"
    EMPTY_RESULT = "empty_result"
    CORRUPT_IMAGE = "corrupt_image"
    DOWNLOAD_FAILED = "download_failed"
    NOT_TAKEN = "not_taken"
    OUTPUT_REJECTED = "output_rejected"


@dataclass(frozen=True, slots=True)
class KindRule:
    """One table row: the strongest action the bot may take automatically, and who can usually fix it."""

    group: Group
    action: Action
    who_can_fix: Fixer


_S, _P, _V, _U = Group.SAFETY, Group.PARAMETERS, Group.SERVICE, Group.UNUSABLE
_GEN, _NO = Action.GENERATE, Action.NONE
_USER, _OP, _MOD, _WAIT = Fixer.USER, Fixer.OPERATOR, Fixer.MODERATOR, Fixer.NOBODY_WAIT

KINDS: dict[Kind, KindRule] = {
    Kind.SAFETY_PROMPT: KindRule(_S, _NO, _MOD),
    Kind.SAFETY_REFERENCE_IMAGE: KindRule(_S, _NO, _MOD),
    Kind.SAFETY_OUTPUT: KindRule(_S, _NO, _MOD),
    Kind.SAFETY_ACCOUNT_FLAGGED: KindRule(_S, _NO, _OP),
    Kind.INVALID_MODEL: KindRule(_P, _NO, _OP),
    Kind.MODEL_ACCESS_DENIED: KindRule(_P, _NO, _OP),
    Kind.UNSUPPORTED_SIZE: KindRule(_P, _NO, _USER),
    Kind.UNSUPPORTED_QUALITY: KindRule(_P, _NO, _USER),
    Kind.UNSUPPORTED_COUNT: KindRule(_P, _NO, _USER),
    Kind.UNSUPPORTED_OPTION: KindRule(_P, _NO, _USER),
    Kind.PROMPT_TOO_LONG: KindRule(_P, _NO, _USER),
    Kind.PROMPT_EMPTY: KindRule(_P, _NO, _USER),
    Kind.INVALID_REFERENCE_IMAGE: KindRule(_P, _NO, _USER),
    Kind.PAYLOAD_TOO_LARGE: KindRule(_P, _NO, _USER),
    Kind.BAD_REQUEST_OTHER: KindRule(_P, _NO, _OP),
    Kind.AUTH_MISSING_KEY: KindRule(_V, _NO, _OP),
    Kind.AUTH_INVALID_KEY: KindRule(_V, _NO, _OP),
    Kind.AUTH_PERMISSION: KindRule(_V, _NO, _OP),
    Kind.ORG_VERIFICATION_REQUIRED: KindRule(_V, _NO, _OP),
    Kind.REGION_BLOCKED: KindRule(_V, _NO, _OP),
    Kind.ENDPOINT_NOT_FOUND: KindRule(_V, _NO, _OP),
    Kind.QUOTA_EXHAUSTED: KindRule(_V, _NO, _OP),
    Kind.BILLING_LIMIT: KindRule(_V, _NO, _OP),
    Kind.NETWORK_TLS: KindRule(_V, _NO, _OP),
    Kind.NETWORK_PROXY: KindRule(_V, _NO, _OP),
    Kind.RATE_LIMITED: KindRule(_V, _GEN, _WAIT),
    Kind.OVERLOADED: KindRule(_V, _GEN, _WAIT),
    Kind.SERVER_ERROR: KindRule(_V, _GEN, _WAIT),
    Kind.GATEWAY_ERROR: KindRule(_V, _GEN, _WAIT),
    Kind.TIMEOUT: KindRule(_V, _GEN, _WAIT),
    Kind.NETWORK_DNS: KindRule(_V, _GEN, _OP),
    Kind.NETWORK_CONNECT: KindRule(_V, _GEN, _WAIT),
    Kind.NETWORK_RESET: KindRule(_V, _GEN, _WAIT),
    Kind.TASK_RUNNING_TIMEOUT: KindRule(_V, Action.POLL, _WAIT),
    Kind.TASK_LOST: KindRule(_V, _NO, _OP),
    Kind.MALFORMED_RESPONSE: KindRule(_U, _GEN, _OP),
    Kind.EMPTY_RESULT: KindRule(_U, _GEN, _WAIT),
    Kind.CORRUPT_IMAGE: KindRule(_U, _GEN, _WAIT),
    Kind.DOWNLOAD_FAILED: KindRule(_U, Action.FETCH, _WAIT),
    Kind.NOT_TAKEN: KindRule(_U, _NO, _OP),
    Kind.OUTPUT_REJECTED: KindRule(_U, _NO, _USER),
}

SAFETY_REVIEWABLE = frozenset({Kind.SAFETY_PROMPT, Kind.SAFETY_REFERENCE_IMAGE, Kind.SAFETY_OUTPUT})
"""Safety kinds that open a moderation case. A flagged account goes to the operator instead."""

WORDING = frozenset({Kind.BAD_REQUEST_OTHER, Kind.PROMPT_TOO_LONG, Kind.EMPTY_RESULT, Kind.MALFORMED_RESPONSE})
"""Failures that the wording may have caused. Others say nothing about it."""
NOT_STARTED = frozenset({Kind.RATE_LIMITED, Kind.OVERLOADED})
"""Kinds with which a service rejects a call before generation starts. Such a try isn't billed (docs/gate.md)."""

NO_CREDIT = frozenset({Kind.QUOTA_EXHAUSTED, Kind.BILLING_LIMIT})
"""Failures after which no picture is possible with this key until the operator pays."""
