"""Black Forest Labs, whose task states are verdicts; Bedrock and Fireworks pass them on."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, statuses, words

BFL = "docs.bfl.ai/api_integration/errors"

STRUCTURE: tuple[Rule, ...] = (
    *code_table(
        "bfl",
        BFL,
        {
            Kind.SAFETY_PROMPT: "request_moderated",
            Kind.TASK_LOST: "task_not_found",
        },
    ),
    Rule(Kind.SAFETY_PROMPT, BFL, words=words("request moderated"), family="bfl"),
    Rule(Kind.SAFETY_OUTPUT, BFL, words=words("content moderated"), statuses=statuses(0, 200), family="bfl"),
    Rule(Kind.SAFETY_PROMPT, BFL, words=words("content moderated"), family="bfl"),
)
