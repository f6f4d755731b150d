"""fal: machine words in `detail[].type` and `error_type`, the place in `detail[].loc`, black pictures with a flag."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, code_table, names

FAL = "fal.ai/docs/errors, docs.fal.ai/documentation/model-apis/request-errors"

STRUCTURE: tuple[Rule, ...] = (
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
