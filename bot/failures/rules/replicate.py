"""Replicate: a sentence in `error` of a failed prediction, and a rate limit that talks about credit."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, statuses, words

REPLICATE = "replicate.com/docs/topics/predictions/lifecycle, rate-limits"

STRUCTURE: tuple[Rule, ...] = (
    Rule(
        Kind.SAFETY_OUTPUT,
        REPLICATE,
        words=words("nsfw content"),
        nowhere=("in prompt", "the prompt", "your prompt", "input prompt"),
        family="replicate",
    ),
    Rule(
        Kind.RATE_LIMITED,
        REPLICATE + ": the sentence about credit explains a lower limit, it is no lack of money",
        words=words("throttled / rate limit for", "credit / reset"),
        statuses=statuses(429),
        family="replicate",
    ),
)
