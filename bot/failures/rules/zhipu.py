"""Zhipu (Z.ai): four digits in a text, only read in the shape of its errors, because others use the same numbers."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table

ZHIPU = "docs.bigmodel.cn/cn/faq/api-code, docs.z.ai/api-reference/api-code"

STRUCTURE: tuple[Rule, ...] = code_table(
    "zhipu",
    ZHIPU,
    {
        Kind.AUTH_MISSING_KEY: "1001",
        Kind.AUTH_INVALID_KEY: "1000 1002 1003 1004",
        Kind.AUTH_PERMISSION: "1110 1111 1112 1120 1220 1311",
        Kind.SAFETY_ACCOUNT_FLAGGED: "1121",
        Kind.QUOTA_EXHAUSTED: "1113 1304 1308 1309 1310",
        Kind.INVALID_MODEL: "1211",
        Kind.ENDPOINT_NOT_FOUND: "1221 1222",
        Kind.PROMPT_TOO_LONG: "1261",
        Kind.SAFETY_PROMPT: "1300 1301",
        Kind.RATE_LIMITED: "1302 1303 1313",
        Kind.OVERLOADED: "1305 1312",
        Kind.SERVER_ERROR: "1230 1234",
    },
    shapes=frozenset({"zhipu"}),
)
