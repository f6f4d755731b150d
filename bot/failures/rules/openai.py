"""OpenAI's Images API: `error.code` first, then `error.type`, then the sentence; most gateways speak this dialect too."""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule, code_table, names, statuses, words

GUIDE = "platform.openai.com/docs/guides/image-generation, guides/error-codes"
FAMILY = "openai"
REFUSED = statuses(400, 422)

GUARDS: tuple[Rule, ...] = (
    Rule(
        Kind.RATE_LIMITED,
        "community.openai.com: images per minute, Limit: 0/1min",
        around=words("limit: 0/ / limit 0/ / limit: 0, / limit 0,", "rate limit / per min / per minute / per day"),
        action=Action.NONE,
        family=FAMILY,
    ),
)

STRUCTURE: tuple[Rule, ...] = (
    *code_table(
        FAMILY,
        GUIDE,
        {
            Kind.SAFETY_PROMPT: "moderation_blocked content_policy_violation safety_violation content_policy content_filter "
            "image_generation_blocked policy_violation",
            Kind.BILLING_LIMIT: "billing_hard_limit_reached billing_not_active billing_limit_reached billing_limit_user_error "
            "account_not_active project_budget_exceeded",
            Kind.QUOTA_EXHAUSTED: "insufficient_quota quota_exceeded usage_limit_reached usage_limit_exceeded credits_exhausted",
            Kind.AUTH_INVALID_KEY: "invalid_api_key expired_api_key invalid_token token_expired token_invalidated api_key_revoked",
            Kind.AUTH_PERMISSION: "insufficient_scope missing_scope insufficient_permissions ip_not_authorized account_deactivated "
            "invalid_organization mismatched_organization mismatched_project project_archived",
            Kind.REGION_BLOCKED: "unsupported_country_region_territory unsupported_country region_not_supported",
            Kind.ORG_VERIFICATION_REQUIRED: "organization_verification_required org_verification_required organization_must_be_verified "
            "verification_required",
            Kind.INVALID_MODEL: "model_not_found unsupported_model invalid_model model_not_supported deprecated_model model_deprecated "
            "unknown_model model_not_exist",
            Kind.UNSUPPORTED_SIZE: "invalid_size unsupported_size size_not_supported invalid_image_size",
            Kind.PROMPT_TOO_LONG: "prompt_too_long string_above_max_length context_length_exceeded",
            Kind.INVALID_REFERENCE_IMAGE: "invalid_image invalid_image_format invalid_image_file unsupported_file_mimetype "
            "image_too_large "
            "image_parse_error invalid_base64 invalid_image_url image_too_small empty_image_file image_content_policy_violation_input "
            "unsupported_image_media_type failed_to_download_image image_file_too_large image_file_not_found invalid_base64_image "
            "invalid_mask",
            Kind.UNSUPPORTED_OPTION: "unknown_parameter unsupported_parameter unsupported_value",
        },
    ),
    Rule(Kind.SAFETY_PROMPT, GUIDE, keys=frozenset({"moderationdetails", "moderationstage"}), family=FAMILY),
)

WEAK: tuple[Rule, ...] = (
    *code_table(
        FAMILY,
        GUIDE,
        {
            Kind.RATE_LIMITED: """
                rate_limit_exceeded rate_limit_error rate_limited too_many_requests requests tokens images Throttling
            """,
            Kind.AUTH_INVALID_KEY: "authentication_error invalid_authentication",
            Kind.AUTH_PERMISSION: "permission_error request_forbidden permission_denied access_denied forbidden",
            Kind.OVERLOADED: "engine_overloaded overloaded_error server_overloaded slow_down overloaded server_is_overloaded",
        },
        confidence=0.7,
    ),
    *code_table(
        FAMILY,
        GUIDE,
        {Kind.SERVER_ERROR: "server_error internal_server_error api_error internal_error SystemError"},
        confidence=0.7,
        statuses=statuses(0, 200, 500, 501, 502, 503, 504),
    ),
    Rule(
        Kind.BAD_REQUEST_OTHER,
        GUIDE,
        codes=names("prompt messages input body"),
        field="param",
        statuses=REFUSED,
        confidence=0.4,
        family=FAMILY,
    ),
    Rule(
        Kind.UNSUPPORTED_OPTION,
        GUIDE + ": a parameter is named and nothing else is known",
        says=tuple("aeiou"),
        says_in=("param", "parameter"),
        statuses=REFUSED,
        confidence=0.4,
        family=FAMILY,
    ),
)
"""Words are asked before these: gateways put them over everything."""
