"""xAI: a flag beside an empty picture, errors as plain strings."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, words

XAI = "docs.x.ai, vercel/ai packages/xai"

STRUCTURE: tuple[Rule, ...] = (
    Rule(Kind.SAFETY_OUTPUT, XAI, false=frozenset({"respectmoderation"}), family="xai"),
    Rule(Kind.SAFETY_OUTPUT, XAI, words=words("not respect moderation"), family="xai"),
    Rule(Kind.UNSUPPORTED_OPTION, XAI, words=words("argument not supported"), family="xai"),
)
