"""Error responses of services with their own API, from their documentation and public threads.

`REFUSED` answers a call; `ENDED` is how an accepted task fails.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.refusals import ErrorResponse


def _google(status: int, message: str, name: str, *details: object) -> ErrorResponse:
    error: dict[str, object] = {"code": status, "message": message, "status": name}
    return ErrorResponse(status, {"error": error | ({"details": list(details)} if details else {})})


def _google_quota(quota: str, *more: object) -> ErrorResponse:
    violation = {"quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests", "quotaId": quota}
    failure = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}
    message = "You exceeded your current quota, please check your plan and billing details."
    return _google(429, message, "RESOURCE_EXHAUSTED", failure, *more)


_DERIVATIVE = {"Moderation Reasons": ["Derivative Works Filter"]}
_GOOGLE_USAGE = {"promptTokenCount": 9, "totalTokenCount": 9}


def _fal(status: int, message: str, kind: str, **context: object) -> ErrorResponse:
    detail = {"loc": ["body", "prompt"], "msg": message, "type": kind, "url": f"https://docs.fal.ai/errors#{kind}", "ctx": context}
    return ErrorResponse(status, {"detail": [detail]}, {"x-fal-retryable": "true" if status >= 500 else "false"})


def _detail(status: int, detail: str, **more: object) -> ErrorResponse:
    return ErrorResponse(status, {"detail": detail, **more})


def _replicate(status: int, detail: str, title: str = "") -> ErrorResponse:
    named = {"title": title} if title else {}
    return ErrorResponse(status, {**named, "detail": detail, "status": status})


REFUSED: Mapping[str, Mapping[str, ErrorResponse]] = {
    # ai.google.dev/gemini-api/docs/troubleshooting and /safety-settings; google-genai 3.4.0, types.py
    "gemini": {
        "auth_missing_key": _google(
            403,
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API"
            " consumer identity to call this API.",
            "PERMISSION_DENIED",
        ),
        "auth_invalid_key": _google(
            400,
            "API key not valid. Please pass a valid API key.",
            "INVALID_ARGUMENT",
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"},
        ),
        "invalid_model": _google(
            404,
            "models/{model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list"
            " of available models and their supported methods.",
            "NOT_FOUND",
        ),
        "rate_limited": _google_quota(
            "GenerateRequestsPerMinutePerProjectPerModel", {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "*s"}
        ),
        "quota_exhausted": _google_quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
        "overloaded": _google(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
        "server_error": _google(500, "An internal error has occurred. Please retry.", "INTERNAL"),
        "bad_request_other": _google(400, "Request contains an invalid argument.", "INVALID_ARGUMENT"),
        "region_blocked": _google(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
        "safety_prompt": ErrorResponse(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": _GOOGLE_USAGE}),
        "safety_output": ErrorResponse(200, {"candidates": [{"finishReason": "IMAGE_SAFETY", "index": 0}], "usageMetadata": _GOOGLE_USAGE}),
        "empty_result": ErrorResponse(200, {"candidates": [{"finishReason": "NO_IMAGE", "index": 0}], "usageMetadata": _GOOGLE_USAGE}),
    },
    # fal.ai/docs/model-endpoints/errors
    "fal": {
        "auth_missing_key": _detail(401, "Authentication is required to access this application."),
        "auth_invalid_key": _detail(401, "Cannot access application. Authentication is required."),
        "billing_limit": _detail(403, "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."),
        "invalid_model": _detail(404, "Application '{model}' not found"),
        "rate_limited": ErrorResponse(
            429, {"detail": "Reached concurrent requests limit", "error_type": "rate_limited"}, {"retry-after": "*"}
        ),
        "server_error": _detail(500, "Internal server error", error_type="internal_error"),
        "overloaded": _detail(503, "No runners available", error_type="runner_scheduling_failure"),
        "bad_request_other": _fal(422, "field required", "missing"),
    },
    # replicate.com/docs/reference/http
    "replicate": {
        "auth_missing_key": _replicate(401, "You did not pass an authentication token", "Unauthenticated"),
        "auth_invalid_key": _replicate(401, "You did not pass a valid authentication token", "Unauthenticated"),
        "billing_limit": _replicate(
            402,
            "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit.",
            "Insufficient credit",
        ),
        "invalid_model": _replicate(404, "The requested resource could not be found."),
        "rate_limited": ErrorResponse(
            429,
            {"detail": "Request was throttled. Your rate limit resets in ~*s.", "status": 429, "title": "Too many requests"},
            {"retry-after": "*"},
        ),
        "server_error": _replicate(500, "Internal server error"),
        "overloaded": _replicate(503, "Service unavailable"),
        "bad_request_other": ErrorResponse(
            422,
            {"title": "Input validation failed", "detail": "- input: prompt is required\n", "status": 422, "invalid_fields": []},
        ),
    },
    # docs.bfl.ai/api_integration/errors
    "bfl": {
        "auth_missing_key": _detail(403, "Not authenticated"),
        "auth_invalid_key": _detail(403, "Not authenticated - Invalid Authentication"),
        "billing_limit": _detail(402, "Insufficient credits. Please add credits at https://dashboard.bfl.ai"),
        "invalid_model": _detail(404, "Not Found"),
        "rate_limited": ErrorResponse(429, {"detail": "Rate limit exceeded: too many active tasks"}, {"retry-after": "*"}),
        "server_error": _detail(500, "Internal Server Error"),
        "overloaded": _detail(503, "Service temporarily unavailable"),
        "bad_request_other": ErrorResponse(
            422, {"detail": [{"loc": ["body", "prompt"], "msg": "field required", "type": "value_error.missing"}]}
        ),
    },
}

ENDED: Mapping[str, Mapping[str, ErrorResponse]] = {
    "fal": {
        "safety_prompt": _fal(
            422,
            "The content could not be processed because it contained material flagged by a content checker.",
            "content_policy_violation",
        ),
        "task_failed": _fal(500, "The request failed while it ran.", "internal_server_error"),
    },
    "replicate": {
        "safety_prompt": ErrorResponse(
            200, {"error": "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"}
        ),
        "safety_output": ErrorResponse(200, {"error": "NSFW content detected. Try running it again, or try a different prompt."}),
        "task_failed": ErrorResponse(200, {"error": "Prediction failed: CUDA out of memory"}),
    },
    "bfl": {
        "safety_prompt": ErrorResponse(200, {"status": "Request Moderated", "details": _DERIVATIVE}),
        "safety_output": ErrorResponse(200, {"status": "Content Moderated", "details": _DERIVATIVE}),
        "task_failed": ErrorResponse(200, {"status": "Error", "details": {"error": "internal error"}}),
    },
}
