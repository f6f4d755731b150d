"""MiniMax: `base_resp.status_code` under HTTP 200."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table

MINIMAX = "platform.minimaxi.com/docs/api-reference/errorcode"

STRUCTURE: tuple[Rule, ...] = code_table(
    "minimax",
    MINIMAX,
    {
        Kind.TIMEOUT: "1001",
        Kind.RATE_LIMITED: "1002 1039 1041 2045",
        Kind.AUTH_INVALID_KEY: "1004 2049",
        Kind.QUOTA_EXHAUSTED: "1008 2056",
        Kind.SERVER_ERROR: "1000 1013 1024 1033",
        Kind.SAFETY_PROMPT: "1026",
        Kind.SAFETY_OUTPUT: "1027",
        Kind.BAD_REQUEST_OTHER: "1042",
        Kind.MODEL_ACCESS_DENIED: "2061",
    },
    shapes=frozenset({"base_resp"}),
)
