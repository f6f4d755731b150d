"""Error responses of real image APIs, verbatim where a public thread or page shows them, one table row each.

`KIND` is OpenAI's own response where it has one; `KIND@family` is another vendor's version of the same kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    status: int
    body: object
    """A JSON value, or a string to send as is. `{model}`, `{size}`, `{quality}`, `{n}` and `{length}` are filled in."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """A Retry-After of `*` is replaced by the sandbox's own number of seconds."""

    def text(self, values: Mapping[str, str]) -> str:
        """The body with its placeholders filled in."""
        body = self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)
        for name, value in values.items():
            body = body.replace("{" + name + "}", value)
        return body


def _openai(
    status: int, message: str, code: str | None, kind: str = "invalid_request_error", param: str | None = None, **more: object
) -> ErrorResponse:
    return ErrorResponse(status, {"error": {"message": message, "type": kind, "param": param, "code": code, **more}})


def _error(status: int, headers: Mapping[str, str] | None = None, **error: object) -> ErrorResponse:
    return ErrorResponse(status, {"error": error}, headers or {})


def _blocked(stage: str, category: str) -> ErrorResponse:
    message = (
        "Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the"
        f" request ID {{request_id}}. safety_violations=[{category}]."
    )
    details = {"moderation_stage": stage, "categories": [category]}
    return _openai(400, message, "moderation_blocked", "image_generation_user_error", moderation_details=details)


def _html(status: int, title: str, server: str = "nginx") -> ErrorResponse:
    head = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    page = f"{head}<hr><center>{server}</center>\r\n</body>\r\n</html>\r\n"
    return ErrorResponse(status, page, {"content-type": HTML, "server": server})


def _new_api(status: int, message: str, kind: str, code: str) -> ErrorResponse:
    return _error(status, message=message, type=kind, param="", code=code)


_RATE_HEADERS = {
    "retry-after": "*",
    "x-ratelimit-limit-requests": "100",
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "*s",
}
_CLOUDFLARE_524 = (
    '<!DOCTYPE html>\n<html class="no-js" lang="en-US">\n<head>\n<title>api.example | 524: A timeout occurred</title>\n</head>\n<body>'
    '<div id="cf-wrapper"><div id="cf-error-details"><h1>A timeout occurred <span>Error code 524</span></h1></div></div></body></html>'
)

REFUSALS: dict[str, ErrorResponse] = {
    # ---- Safety. OpenAI's image generation guide, "Handling blocked requests": branch on the code, then on moderation_details.
    "safety_prompt": _blocked("input", "violence"),
    "safety_output": _blocked("output", "sexual"),
    "safety_reference_image": _error(
        400,  # Volcengine Ark's error codes
        code="InputImageSensitiveContentDetected",
        message="The request failed because the input image may contain sensitive information.",
        param="",
        type="BadRequest",
    ),
    "safety_account_flagged": _error(
        403,  # Azure OpenAI, after repeated blocks
        code="Forbidden",
        message="Your resource has been temporarily blocked because we detected behavior that may violate our content policy.",
    ),
    "safety_prompt@dalle": _openai(
        400,
        "Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety"
        " system.",
        "content_policy_violation",
    ),
    "safety_prompt@azure": ErrorResponse(
        400, {"created": 1763700000, "error": {"code": "contentFilter", "message": "Your task failed as a result of our safety system."}}
    ),
    "safety_prompt@google": ErrorResponse(
        200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}
    ),
    "safety_prompt@minimax": ErrorResponse(
        200, {"id": "04b1", "data": {}, "base_resp": {"status_code": 1026, "status_msg": "input new_sensitive"}}
    ),
    "safety_output@xai": ErrorResponse(
        200, {"data": [{"url": "", "respect_moderation": False}], "usage": {"cost_in_usd_ticks": 200000000}}
    ),
    "safety_output@google": ErrorResponse(
        200, {"candidates": [{"finishReason": "IMAGE_SAFETY", "index": 0}], "usageMetadata": {"promptTokenCount": 9}}
    ),
    # ---- Parameters.
    "invalid_model": _openai(404, "The model `{model}` does not exist or you do not have access to it.", "model_not_found"),
    "invalid_model@new-api": _new_api(
        503, "当前分组 default 下对于模型 {model} 无可用渠道 (request id: {request_id})", "new_api_error", "model_not_found"
    ),
    "model_access_denied": _error(403, message="该令牌无权使用模型：{model} (request id: {request_id})", type="one_api_error"),
    "unsupported_size": _openai(400, "The size is not supported by this model.", "invalid_size", "image_generation_user_error", "size"),
    "unsupported_size@values": _openai(
        400,
        "Invalid value: '{size}'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.",
        "invalid_value",
        param="size",
    ),
    "unsupported_quality": _openai(
        400, "Invalid value: '{quality}'. Supported values are: 'low', 'medium', 'high', and 'auto'.", "invalid_value", param="quality"
    ),
    "unsupported_count": _openai(
        400, "Invalid 'n': integer above maximum value. Expected a value <= 10, but got {n} instead.", "integer_above_max_value", param="n"
    ),
    "unsupported_option": _openai(
        400, "Transparent background is not supported for this model.", "invalid_value", "image_generation_user_error", "background"
    ),
    "prompt_too_long": _openai(
        400,
        "Invalid 'prompt': string too long. Expected a string with maximum length 32000, but got a string with length {length} instead.",
        "string_above_max_length",
        param="prompt",
    ),
    "prompt_empty": _openai(
        400,
        "Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string instead.",
        "empty_string",
        param="prompt",
    ),
    "invalid_reference_image": _openai(
        400,
        "Invalid file 'image': unsupported mimetype ('application/octet-stream'). Supported file formats are 'image/jpeg', 'image/png', and"
        " 'image/webp'.",
        "unsupported_file_mimetype",
        param="image",
    ),
    "invalid_reference_image@mask": _openai(
        400,
        "Invalid mask image format - mask size does not match image size",
        "invalid_mask_image_format",
        "image_generation_user_error",
        "mask",
    ),
    "payload_too_large": _html(413, "413 Request Entity Too Large", "nginx/1.18.0"),
    "bad_request_other": _openai(400, "Invalid request.", None),
    # ---- Key, account, address.
    "auth_missing_key": _openai(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth"
        " (i.e. Authorization: Bearer YOUR_KEY).",
        None,
    ),
    "auth_invalid_key": _openai(
        401,
        "Incorrect API key provided: sk-sandb*****box. You can find your API key at https://platform.openai.com/account/api-keys.",
        "invalid_api_key",
    ),
    "auth_permission": _openai(
        401,
        "You have insufficient permissions for this operation. Missing scopes: api.model.images.request. Check that you have the correct"
        " role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using a restricted API key, that it"
        " has the necessary scopes.",
        "insufficient_scope",
    ),
    "org_verification_required": _openai(
        403,
        "Your organization must be verified to use the model `{model}`. Please go to: https://platform.openai.com/settings/organization/general"
        " and click on Verify Organization. If you just verified, it can take up to 15 minutes for access to propagate.",
        None,
    ),
    "region_blocked": _openai(
        403, "Country, region, or territory not supported", "unsupported_country_region_territory", "request_forbidden"
    ),
    "endpoint_not_found": _openai(404, "Invalid URL (POST /v1/images/generations)", None),
    "endpoint_not_found@text": ErrorResponse(404, "404 page not found", {"content-type": "text/plain"}),
    "quota_exhausted": _openai(
        429,
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs:"
        " https://platform.openai.com/docs/guides/error-codes/api-errors.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "quota_exhausted@new-api": _new_api(
        403, "用户额度不足, 剩余额度: ＄0.000000 (request id: {request_id})", "new_api_error", "insufficient_user_quota"
    ),
    "billing_limit": _openai(400, "Billing hard limit has been reached", "billing_hard_limit_reached", "image_generation_user_error"),
    "billing_limit@inactive": _openai(
        429, "Your account is not active, please check your billing details on our website.", "billing_not_active", "billing_not_active"
    ),
    "network_proxy": _html(407, "407 Proxy Authentication Required", "squid/5.7"),
    # ---- The service.
    "rate_limited": _error(
        429,
        _RATE_HEADERS,
        message="Rate limit reached for {model} in organization org-sandbox on images per min. Limit: 100 / min. Please try again in *s.",
        type="requests",
        param=None,
        code="rate_limit_exceeded",
    ),
    "rate_limited@concurrency": _openai(
        429, "Too many concurrent requests for this model. Reduce parallel requests.", "concurrency_limit_exceeded", "requests"
    ),
    "rate_limited@azure": _error(
        429,
        {"retry-after": "*"},
        code="429",
        message="Requests have exceeded call rate limit of your current tier. Please retry after * seconds.",
    ),
    "overloaded": _error(
        503,
        {"retry-after": "*"},
        message="The engine is currently overloaded, please try again later",
        type="server_error",
        param=None,
        code="overloaded",
    ),
    "overloaded@new-api": _new_api(
        429, "当前分组上游负载已饱和，请稍后再试 (request id: {request_id})", "upstream_error", "bad_response_status_code"
    ),
    "server_error": _openai(500, "The server had an error while processing your request. Sorry about that!", None, "server_error"),
    "gateway_error": _html(502, "502 Bad Gateway", "cloudflare"),
    "timeout": ErrorResponse(524, _CLOUDFLARE_524, {"content-type": HTML, "server": "cloudflare"}),
    "timeout@gateway": _html(504, "504 Gateway Time-out"),
    # ---- Answers without a usable picture; those that need a picture are made in `answers.py`.
    "malformed_response": ErrorResponse(200, '{"created": 1763700000, "data": [{"b64_json": "iVBORw0KGgoAAAANSUhEUgAA'),
    "malformed_response@html": ErrorResponse(
        200, "<!doctype html><html><head><title>Welcome</title></head><body></body></html>", {"content-type": HTML}
    ),
    "empty_result@nan": ErrorResponse(200, '{"created": NaN, "data": [{"b64_json": Infinity}]}'),
    "malformed_response@deep": ErrorResponse(200, '{"data":' * 3000 + "1" + "}" * 3000),
    "empty_result": ErrorResponse(200, {"created": 1763700000, "data": []}),
    "empty_result@new-api": ErrorResponse(200, {"created": 1763700000, "data": [{"url": "", "b64_json": "", "revised_prompt": ""}]}),
}
