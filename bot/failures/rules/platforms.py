"""Native image APIs that do not speak OpenAI's dialect: fal, Replicate, Black Forest Labs, xAI, Stability and others."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, names, statuses, words

FAL = "fal.ai/docs/errors, docs.fal.ai/documentation/model-apis/request-errors"
REPLICATE = "replicate.com/docs/topics/predictions/lifecycle, rate-limits"
BFL = "docs.bfl.ai/api_integration/errors"
STABILITY = "platform.stability.ai/docs/api-reference"
XAI = "docs.x.ai, vercel/ai packages/xai"
NOVITA = "novita.ai/docs/api-reference/basic-error-code"
BEDROCK = "docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html"
MIDJOURNEY = "github.com/novicezk/midjourney-proxy ReturnCode"

FAL_RULES: tuple[Rule, ...] = (
    *code_table(
        "fal",
        FAL,
        {
            Kind.SAFETY_PROMPT: "content_policy_violation",
            Kind.INVALID_REFERENCE_IMAGE: """
                file_download_error image_too_small image_too_large image_load_error file_too_large face_detection_error
                unsupported_image_format invalid_archive
            """,
            Kind.UNSUPPORTED_OPTION: "feature_not_supported",
            Kind.TIMEOUT: "request_timeout generation_timeout startup_timeout runner_connection_timeout",
            Kind.OVERLOADED: "runner_scheduling_failure runner_scheduling_timeout downstream_service_unavailable",
            Kind.SERVER_ERROR: """
                runner_disconnected runner_connection_refused runner_connection_error runner_incomplete_response runner_server_error
                downstream_service_error
            """,
            Kind.EMPTY_RESULT: "no_media_generated",
        },
    ),
    Rule(Kind.SAFETY_OUTPUT, FAL, true=frozenset({"hasnsfwconcepts"}), family="fal"),
    Rule(
        Kind.PROMPT_TOO_LONG,
        "docs.pydantic.dev/latest/errors/validation_errors",
        codes=names("string_too_long sequence_too_long too_long"),
        keys=frozenset({"loc"}),
        family="fal",
    ),
    Rule(
        Kind.INVALID_REFERENCE_IMAGE,
        FAL,
        codes=names(
            """image image_url image_urls mask_url input.image_urls mask input_image reference_image_urls reference_image_url
            control_image_url"""
        ),
        field="loc",
        family="fal",
    ),
    Rule(Kind.UNSUPPORTED_SIZE, FAL, codes=names("image_size size width height aspect_ratio resolution"), field="loc", family="fal"),
    Rule(Kind.UNSUPPORTED_COUNT, FAL, codes=names("num_images n num_outputs batch_size"), field="loc", family="fal"),
    Rule(Kind.UNSUPPORTED_QUALITY, FAL, codes=names("quality"), field="loc", family="fal"),
    Rule(
        Kind.PROMPT_EMPTY,
        FAL,
        codes=names("missing string_too_short value_error.missing"),
        also_codes=names("prompt"),
        keys=frozenset({"loc"}),
        family="fal",
    ),
)

REPLICATE_RULES: tuple[Rule, ...] = (
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

BFL_RULES: tuple[Rule, ...] = (
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

XAI_RULES: tuple[Rule, ...] = (
    Rule(Kind.SAFETY_OUTPUT, XAI, false=frozenset({"respectmoderation"}), family="xai"),
    Rule(Kind.SAFETY_OUTPUT, XAI, words=words("not respect moderation"), family="xai"),
    Rule(Kind.UNSUPPORTED_OPTION, XAI, words=words("argument not supported"), family="xai"),
)

STABILITY_RULES: tuple[Rule, ...] = (
    *code_table("stability", STABILITY, {Kind.SAFETY_PROMPT: "content_moderation", Kind.PAYLOAD_TOO_LARGE: "payload_too_large"}),
    Rule(Kind.SAFETY_OUTPUT, STABILITY, codes=names("CONTENT_FILTERED"), family="stability"),
)

OTHER_RULES: tuple[Rule, ...] = (
    *code_table(
        "novita",
        NOVITA,
        {
            Kind.SAFETY_PROMPT: "ILLEGAL_PROMPT ILLEGAL_CONTENT NSFW_DETECTED",
            Kind.QUOTA_EXHAUSTED: "BILLING_BALANCE_NOT_ENOUGH NOT_ENOUGH_BALANCE INSUFFICIENT_BALANCE",
            Kind.BILLING_LIMIT: "BILLING_FAILED BILLING_AUTH_FAILED",
            Kind.TASK_LOST: "TASK_NOT_FOUND JOB_NOT_FOUND PREDICTION_NOT_FOUND",
        },
    ),
    *code_table(
        "bedrock",
        BEDROCK,
        {
            Kind.RATE_LIMITED: "ThrottlingException TooManyRequestsException",
            Kind.QUOTA_EXHAUSTED: "ServiceQuotaExceededException",
            Kind.AUTH_INVALID_KEY: "UnrecognizedClientException ExpiredTokenException InvalidSignatureException",
            Kind.AUTH_PERMISSION: "AccessDeniedException",
            Kind.OVERLOADED: "ModelNotReadyException ServiceUnavailableException ModelStreamErrorException",
            Kind.TIMEOUT: "ModelTimeoutException",
            Kind.SERVER_ERROR: "InternalServerException ModelErrorException",
        },
        confidence=0.8,
    ),
    Rule(Kind.SAFETY_PROMPT, MIDJOURNEY, codes=names("24"), keys=frozenset({"description", "properties"}), family="midjourney"),
    Rule(Kind.SAFETY_PROMPT, MIDJOURNEY, keys=frozenset({"bannedword"}), family="midjourney"),
    Rule(Kind.TASK_LOST, MIDJOURNEY, words=words("no message found / message not found"), family="midjourney"),
    Rule(
        Kind.SERVER_ERROR,
        "github.com/AUTOMATIC1111/stable-diffusion-webui issues",
        words=words("out of memory / outofmemory / oom-kill / cuda error / mps backend"),
        family="self_hosted",
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "servers that check the prompt",
        words=words("nsfw", "in prompt / input prompt / your prompt / the prompt"),
        family="self_hosted",
    ),
    Rule(
        Kind.SAFETY_OUTPUT, "diffusers safety_checker", words=words("nsfw", "detected / flagged / filtered / contain"), family="self_hosted"
    ),
    Rule(Kind.OVERLOADED, "huggingface.co/docs/api-inference: a cold model", keys=frozenset({"estimatedtime"}), family="huggingface"),
)

STRUCTURE = (*FAL_RULES, *REPLICATE_RULES, *BFL_RULES, *XAI_RULES, *STABILITY_RULES, *OTHER_RULES)
