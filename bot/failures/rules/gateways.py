"""Gateways and resellers (one-api, new-api, sub2api, LiteLLM, OpenRouter, Open WebUI and the like).

Their own codes, and the masks they put over other people's errors.
"""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, names, words

ONE_API = "github.com/songquanpeng/one-api, github.com/QuantumNous/new-api: middleware and relay sources"
LITELLM = "github.com/BerriAI/litellm: exceptions, router"
OPENROUTER = "openrouter.ai/docs/api-reference/errors"
FAMILY = "gateways"

GUARDS: tuple[Rule, ...] = (
    Rule(
        Kind.MODEL_ACCESS_DENIED,
        "OpenAI projects and LiteLLM keys answer model_not_found for a model that exists and is not allowed",
        words=words("model", "does not have access to / do not have access to / not allowed to access / no access to"),
        never=("not exist", "not found", "doesn't exist", "specified model id"),
        family=FAMILY,
    ),
    Rule(
        Kind.INVALID_MODEL,
        ONE_API + ": no channel serves this model; a 503 that waiting does not mend",
        words=words("无可用渠道 / no available channel / no available distributor / 没有可用渠道"),
        family=FAMILY,
    ),
)

STRUCTURE: tuple[Rule, ...] = (
    *code_table(
        FAMILY,
        ONE_API,
        {
            Kind.SAFETY_PROMPT: """
                sensitive_words_detected prompt_blocked sensitive_content image_unsafe unsafe_content content_moderation_blocked
                content_blocked content_rejected prompt_rejected nsfw_content safety_blocked safety_error moderation_flagged
                content_flagged
            """,
            Kind.QUOTA_EXHAUSTED: """
                insufficient_user_quota insufficient_credits insufficient_balance pre_consume_token_quota_failed insufficient_funds
                not_enough_credits user_quota_exhausted quota_not_enough insufficient_account_balance insufficient_quota_error
                credit_limit_exceeded out_of_credits INSUFFICIENT_CREDIT token_quota_exhausted
            """,
            Kind.AUTH_MISSING_KEY: "API_KEY_REQUIRED missing_api_key no_api_key api_key_missing missing_authorization",
            Kind.AUTH_PERMISSION: "insufficient_plan plan_not_supported feature_not_enabled API_KEY_DISABLED USER_INACTIVE",
            Kind.UNSUPPORTED_COUNT: "too_many_images n_not_within_range invalid_n",
            Kind.PROMPT_EMPTY: "prompt_missing prompt_required missing_prompt empty_prompt prompt_empty",
            Kind.INVALID_REFERENCE_IMAGE: "count_token_failed image_download_failed get_image_failed",
            Kind.REGION_BLOCKED: "unsupported_region region_blocked geo_blocked",
            Kind.MODEL_ACCESS_DENIED: "model_access_denied model_not_allowed model_price_error",
            Kind.RATE_LIMITED: """
                image_generation_queue_busy concurrency_limit_exceeded concurrent_limit_exceeded too_many_concurrent_requests
            """,
            Kind.PAYLOAD_TOO_LARGE: "request_too_large request_entity_too_large payload_too_large body_too_large",
        },
    ),
    Rule(Kind.SAFETY_PROMPT, LITELLM, words=words("contentpolicyviolationerror / guardrail_intervened"), family=FAMILY),
    Rule(Kind.SAFETY_PROMPT, OPENROUTER, keys=frozenset({"flaggedinput"}), family=FAMILY),
    Rule(
        Kind.RATE_LIMITED,
        LITELLM + ": every deployment is cooling down",
        codes=names("429"),
        words=words("no deployments available"),
        family=FAMILY,
    ),
    Rule(
        Kind.INVALID_MODEL,
        LITELLM,
        words=words("no healthy deployments / invalid model name passed / llm provider not provided"),
        family=FAMILY,
    ),
)
