"""Kling: four digits as a number beside a request id."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table

KLING = "app.klingai.com/global/dev/document-api/apiReference/commonInfo"

STRUCTURE: tuple[Rule, ...] = code_table(
    "kling",
    KLING,
    {
        Kind.AUTH_MISSING_KEY: "1001",
        Kind.AUTH_INVALID_KEY: "1000 1002 1003 1004",
        Kind.AUTH_PERMISSION: "1103 1304",
        Kind.BILLING_LIMIT: "1101",
        Kind.QUOTA_EXHAUSTED: "1100 1102",
        Kind.INVALID_MODEL: "1203",
        Kind.SAFETY_PROMPT: "1300 1301",
        Kind.RATE_LIMITED: "1302 1303",
        Kind.SERVER_ERROR: "5000",
        Kind.OVERLOADED: "5001",
        Kind.TIMEOUT: "5002",
    },
    shapes=frozenset({"kling"}),
)
