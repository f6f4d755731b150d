"""The limit that a rate answer names."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.failures.classify import classify


def limit_of(message: str) -> str | None:
    body = {"error": {"message": message, "type": "requests", "code": "rate_limit_exceeded"}}
    return classify(Evidence(provider="openai", api="images.generations", status=429, body=body)).facts.get("limit")


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("Rate limit exceeded for images per minute. Limit: 20/1min. Current: 21/1min.", "20/60s"),
        ("Rate limit reached on requests per min. Limit: 60 / min. Please try again in 1s.", "60/60s"),
        ("Limit: 60.000000 / min. Current: 70.000000 / min.", "60/60s"),
        ("Rate limit reached for gpt-image (for limit gpt-image) on input-images per min: Limit 4000, Used 4000.", "4000/60s"),
        ("The maximum rate limit for this model is 9.0 queries per minute.", "9/60s"),
        ("You may make 3 requests every 10 seconds.", "3/10s"),
        ("Too many concurrent requests for this model. Reduce parallel requests.", "concurrency"),
        ("Your plan allows 2 concurrent image generation task(s).", "concurrency"),
    ],
)
def test_a_named_limit_is_read(message: str, limit: str) -> None:
    assert limit_of(message) == limit


@pytest.mark.parametrize(
    "message",
    [
        "Rate limit exceeded. Try again later.",
        "Too Many Requests",
        "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29900, Requested 500.",
        "Limit: 0/1min. Current: 1/1min.",
    ],
)
def test_a_text_that_names_no_usable_limit_gives_none(message: str) -> None:
    assert limit_of(message) is None


@pytest.mark.parametrize(
    "message",
    [
        "Too many images requested: the maximum number of images is 4.",
        "The number of images must not exceed 4.",
        "n cannot be greater than 4",
        "The maximum count of pictures is 4; you asked for 10.",
        "n must be at most 4, got 10",
        "Up to 4 images can be generated at once",
        "生成图片数量不能超过4",
    ],
)
def test_how_many_pictures_a_call_may_ask_for_is_read(message: str) -> None:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": "n"}}
    found = classify(Evidence(provider="openai", api="images.generations", status=400, body=body))
    assert (found.kind, found.facts.get("limit")) == (Kind.UNSUPPORTED_COUNT, "4")
