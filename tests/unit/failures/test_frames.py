"""Wrapping a failure in a frame of an SDK, a gateway or a framework doesn't change what it's taken for."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Group
from bot.failures.classify import classify
from bot.failures.signals import read

API = "images.generations"
PLAIN: tuple[tuple[int, str], ...] = (
    (400, "Your prompt was rejected because it violates our content policy."),
    (400, "The generated image was blocked by the safety filter."),
    (400, "The uploaded photo was rejected by our moderation."),
    (403, "Your account was suspended after repeated policy violations."),
    (429, "Too many requests, please slow down."),
    (429, "Rate limit reached: 5 images per minute."),
    (402, "Your balance is used up, please top up your account."),
    (429, "You exceeded your current quota, please check your plan and billing details."),
    (400, "Your monthly spending limit has been reached."),
    (401, "The API key is not correct."),
    (401, "No API key was given with the request."),
    (403, "You do not have permission to do this."),
    (403, "The service is not available in your country."),
    (403, "Your organization must be verified to use this model."),
    (404, "The model picture-9 does not exist."),
    (403, "Your account has no access to the model picture-9."),
    (400, "The size 300x301 is not supported."),
    (400, "The quality ultra is not supported."),
    (400, "At most 4 images are allowed per request."),
    (400, "Unknown parameter: 'sparkle'."),
    (400, "The prompt is too long, the maximum is 4000 characters."),
    (400, "The prompt must not be empty."),
    (400, "The reference image cannot be decoded."),
    (413, "The request body is too large."),
    (503, "The service is overloaded, please come back later."),
    (500, "An internal server error occurred."),
    (504, "The upstream service timed out."),
    (502, "Bad gateway."),
    (404, "The task was not found or has expired."),
    (503, "All image servers are busy at the moment."),
)
UUID = "0b5f7c0e-6d0c-4a51-9a63-3d2f6a1c9e42"
TRACE = "00-84c1fd4063c38d9f3900d06e56542d48-85d1d4-00"


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase


BODIES: dict[str, Callable[[int, str], object]] = {
    "Portkey": lambda status, said: {
        "error": {"message": f"openai error: {said}", "type": None, "param": None, "code": None},
        "provider": "openai",
    },
    "Portkey, its own": lambda status, said: {"status": "failure", "message": said},
    "Kong": lambda status, said: {"message": said, "request_id": UUID.replace("-", "")},
    "APISIX": lambda status, said: {"error_msg": said},
    "n8n": lambda status, said: {
        "errorMessage": said,
        "errorDetails": {"rawErrorMessage": [f"{status} - {json.dumps({'error': {'message': said}})}"], "httpCode": str(status)},
        "n8nDetails": {"nodeName": "Generate an image", "nodeVersion": 1.8, "time": "29/11/2026, 21:00:00", "n8nVersion": "1.90 (Cloud)"},
    },
    "Vercel AI Gateway": lambda status, said: {
        "error": {"message": said, "type": "provider_error"},
        "providerMetadata": {"gateway": {"routing": {"attempts": [{"provider": "openai", "success": False}]}}},
    },
    "Cloudflare AI Gateway": lambda status, said: {
        "success": False,
        "result": [],
        "messages": [],
        "error": [{"code": 2009, "message": said}],
    },
    "AWS API Gateway": lambda status, said: {"Message": said},
    "Spring": lambda status, said: {
        "timestamp": "2026-11-29T21:00:00.000+00:00",
        "status": status,
        "error": _reason(status),
        "message": said,
        "path": "/v1/images/generations",
    },
    "FastAPI": lambda status, said: {"detail": said},
    "FastAPI with a list": lambda status, said: {"detail": [{"loc": ["body"], "msg": f"Value error, {said}", "type": "value_error"}]},
    "Rails": lambda status, said: {"errors": [said]},
    "Rails, of the record": lambda status, said: {"errors": {"base": [said]}},
    ".NET ProblemDetails": lambda status, said: {
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        "title": _reason(status),
        "status": status,
        "detail": said,
        "traceId": TRACE,
    },
    "GraphQL": lambda status, said: {
        "errors": [{"message": said, "locations": [{"line": 2, "column": 3}], "path": ["createImage"]}],
        "data": None,
    },
    "JSON-RPC": lambda status, said: {"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": said}},
    "CloudEvents": lambda status, said: {
        "specversion": "1.0",
        "id": UUID,
        "source": "/images",
        "type": "com.example.image.failed",
        "time": "2026-11-29T21:00:00Z",
        "datacontenttype": "application/json",
        "data": {"error": {"message": said}},
    },
    "gRPC gateway": lambda status, said: {"code": 2, "message": said, "details": []},
    "Twirp": lambda status, said: {"code": "unknown", "msg": said, "meta": {}},
    "Django REST": lambda status, said: {"non_field_errors": [said]},
    "Symfony": lambda status, said: {"type": "about:blank", "title": "An error occurred", "status": status, "detail": said},
    "Laravel": lambda status, said: {"message": said, "exception": "RuntimeException", "file": "/app/Http/Kernel.php", "line": 42},
    "Nest": lambda status, said: {"statusCode": status, "message": [said], "error": _reason(status)},
    "Hapi": lambda status, said: {"statusCode": status, "error": _reason(status), "message": said},
}
EXCEPTIONS: dict[str, Callable[[int, str], str]] = {
    "Vercel AI SDK": lambda status, said: f"AI_APICallError: {said}",
    "Vercel AI SDK, retried": lambda status, said: f"AI_RetryError: Failed after 3 attempts. Last error: {said}",
    "Vercel AI SDK, retried, as Node prints it": lambda status, said: (
        f"RetryError [AI_RetryError]: Failed after 3 attempts. Last error: {said}\n    at retry (/app/index.js:12:3)"
    ),
    "n8n": lambda status, said: f"NodeApiError: {said}",
    "Spring RestTemplate": lambda status, said: (
        f'org.springframework.web.client.HttpClientErrorException: {status} {_reason(status)}: "{json.dumps({"error": {"message": said}})}"'
    ),
    "Spring WebClient": lambda status, said: (
        f"org.springframework.web.reactive.function.client.WebClientResponseException: {status} {_reason(status)} "
        f"from POST https://api.example.com/v1/images/generations, body: {json.dumps({'error': {'message': said}})}"
    ),
    "Ktor": lambda status, said: (
        f"io.ktor.client.plugins.ClientRequestException: Client request(POST https://api.example.com/v1/images) invalid: "
        f'{status} {_reason(status)}. Text: "{json.dumps({"error": {"message": said}})}"'
    ),
    "Elixir": lambda status, said: f"** (RuntimeError) {said}",
    "Ruby": lambda status, said: f"app/services/painter.rb:17:in `call': {said} (RuntimeError)",
    "Go": lambda status, said: f"images: generate: {said}",
    "Rust": lambda status, said: f'Error: ApiError {{ status: {status}, message: "{said}" }}',
    "Python's requests": lambda status, said: f"requests.exceptions.HTTPError: {status} {_reason(status)}: {said}",
    "OpenAI SDK": lambda status, said: f"Error code: {status} - {{'error': {{'message': {said!r}, 'type': None, 'code': None}}}}",
    "LangChain": lambda status, said: f"langchain_core.exceptions.LangChainException: {said}",
    "boto3": lambda status, said: f"An error occurred (ValidationException) when calling the InvokeModel operation: {said}",
    ".NET": lambda status, said: f"System.ClientModel.ClientResultException: HTTP {status}\n\n{said}",
    "Azure Functions": lambda status, said: f'Result: Failure\nException: RuntimeError: {said}\nStack: File "/app/main.py", line 3',
    "Celery": lambda status, said: f"Task images.draw[{UUID}] raised unexpected: RuntimeError('{said}')",
    "Axios": lambda status, said: f"AxiosError: Request failed with status code {status}: {said}",
}


def plain(status: int, said: str) -> Evidence:
    return Evidence(api=API, status=status, body={"error": {"message": said}})


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_another_shape_is_read_as_the_plain_one(name: str) -> None:
    wrong = []
    for status, said in PLAIN:
        expected, found = classify(plain(status, said)), classify(Evidence(api=API, status=status, body=BODIES[name](status, said)))
        if (found.kind, found.action) != (expected.kind, expected.action):
            wrong.append(f"{said} {found.kind} instead of {expected.kind}")
    assert wrong == []


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exceptions_text_is_read_as_the_answer_in_it(name: str) -> None:
    wrong = []
    for status, said in PLAIN:
        bare = classify(Evidence(api=API, exception=said))
        expected = {classify(plain(status, said)).kind, bare.kind}
        found = classify(Evidence(api=API, exception=EXCEPTIONS[name](status, said)))
        if found.kind not in expected:
            wrong.append(f"{said} {found.kind} instead of {expected}")
    assert wrong == []


def test_the_plain_failures_are_understood() -> None:
    blocks = [classify(plain(status, said)).group is Group.SAFETY for status, said in PLAIN]
    assert blocks == [True] * 4 + [False] * 26
    assert len({classify(plain(status, said)).kind for status, said in PLAIN}) >= 24


@pytest.mark.parametrize(
    ("exception", "status"),
    [
        ("Error: ImagineApi failed with status 429\n    at Midjourney.Imagine (/app/libs/midjourney.js:69:19)", 429),
        ("Failed to fetch image: 402", 402),
        ("Bildgenerierung fehlgeschlagen (HTTP 401).", 401),
        ("Error : Exception : Error from AI package : Exception : run code : 401", 401),
        ("生成失败: 第 1 张生成失败: API 错误 (524)", 524),
    ],
)
def test_a_status_in_an_exceptions_words_is_the_answers_status(exception: str, status: int) -> None:
    assert read(Evidence(api=API, exception=exception)).status == status


@pytest.mark.parametrize(
    "said", ["ConnectError: no way to cdn.example:443", "cannot connect to 10.0.0.1 port 443", "[Errno 111] refused: host:502"]
)
def test_a_port_is_no_status(said: str) -> None:
    assert read(Evidence(api=API, exception=said)).status is None


@pytest.mark.parametrize("text", ["a photo of house number 402", "timed out after 500 ms", "the room for 450 people is ready"])
def test_other_numbers_are_no_status(text: str) -> None:
    assert read(Evidence(api=API, status=200, body=text)).status == 200
    assert read(Evidence(api=API, exception=f"{text} and more words behind it")).status is None
