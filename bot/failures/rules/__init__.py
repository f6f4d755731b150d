"""The order in which the tables are asked. Structure before words, money before rate, a status alone last of all."""

from __future__ import annotations

from bot.failures.rules import (
    azure,
    black_forest_labs,
    dashscope,
    edges,
    fal,
    gateways,
    google,
    grammar,
    kling,
    load_words,
    minimax,
    openai,
    others,
    parameter_words,
    replicate,
    safety_words,
    seedream,
    self_hosted,
    service_words,
    shapes,
    transport,
    verdicts,
    xai,
    zhipu,
)
from bot.failures.rules.rule import Rule

BEFORE: tuple[Rule, ...] = (
    *load_words.BEFORE,
    *edges.BEFORE,
    *azure.GUARDS,
    *verdicts.ACCOUNTS,
    *safety_words.GUARDS,
    *google.GUARDS,
    *openai.GUARDS,
    *gateways.GUARDS,
)
"""Where structure misleads: masks, machinery of checks, limits that never clear."""

STRUCTURE: tuple[Rule, ...] = (
    *dashscope.STRUCTURE,
    *zhipu.STRUCTURE,
    *kling.STRUCTURE,
    *minimax.STRUCTURE,
    *seedream.STRUCTURE,
    *fal.STRUCTURE,
    *replicate.STRUCTURE,
    *black_forest_labs.STRUCTURE,
    *xai.STRUCTURE,
    *others.STRUCTURE,
    *self_hosted.STRUCTURE,
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
    *verdicts.NAMED,
    *parameter_words.FETCHED,
    *service_words.ACCESS,
    *parameter_words.SENTENCES,
    *parameter_words.MODEL,
    *edges.WORDS,
    *load_words.LIMITS,
    *verdicts.VERDICTS,
    *grammar.CAUSES,
    *grammar.VALUES,
    *grammar.STATES,
    *load_words.BROKEN,
)

AFTER: tuple[Rule, ...] = (*shapes.ENDED, *openai.WEAK, *google.WEAK, *transport.DECODING)

RULES: tuple[Rule, ...] = (*BEFORE, *STRUCTURE, *WORDS, *AFTER)
TRANSPORT: tuple[Rule, ...] = transport.STRUCTURE
"""Asked first, and only when an exception was recorded."""
WITHOUT_ERROR: tuple[Rule, ...] = (*shapes.TASKS, *safety_words.REFUSALS, *safety_words.OTHER_ANSWERS_IN_WORDS, *shapes.ANSWERS)
"""Asked after the others, when no error status came."""
