"""The order in which the tables are asked. Structure before words, money before rate, a status alone last of all."""

from __future__ import annotations

from bot.failures.rules import (
    azure,
    chinese_clouds,
    gateways,
    google,
    load_words,
    openai,
    parameter_words,
    platforms,
    safety_words,
    service_words,
    shapes,
    transport,
)
from bot.failures.rules.rule import Rule

BEFORE: tuple[Rule, ...] = (
    *load_words.BEFORE,
    *azure.GUARDS,
    *safety_words.GUARDS,
    *google.GUARDS,
    *openai.GUARDS,
    *gateways.GUARDS,
)
"""Where structure misleads: masks, machinery of checks, limits that never clear."""

STRUCTURE: tuple[Rule, ...] = (
    *chinese_clouds.STRUCTURE,
    *platforms.STRUCTURE,
    *azure.STRUCTURE,
    *google.STRUCTURE,
    *gateways.STRUCTURE,
    *openai.STRUCTURE,
    *shapes.VERDICTS,
)

WORDS: tuple[Rule, ...] = (
    *service_words.MONEY,
    *parameter_words.PARAMS,
    *safety_words.SENTENCES,
    *parameter_words.FETCHED,
    *service_words.ACCESS,
    *parameter_words.SENTENCES,
    *parameter_words.MODEL,
    *load_words.EDGES,
    *load_words.LIMITS,
    *load_words.BROKEN,
)

AFTER: tuple[Rule, ...] = (*openai.WEAK, *google.WEAK, *transport.DECODING)

RULES: tuple[Rule, ...] = (*BEFORE, *STRUCTURE, *WORDS, *AFTER)
TRANSPORT: tuple[Rule, ...] = transport.STRUCTURE
"""Asked first, and only when an exception was recorded."""
WITHOUT_ERROR: tuple[Rule, ...] = (*shapes.TASKS, *safety_words.REFUSALS, *safety_words.OTHER_ANSWERS_IN_WORDS, *shapes.ANSWERS)
"""Asked after the others, when no error status came."""
