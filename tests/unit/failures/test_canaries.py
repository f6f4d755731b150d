"""Planted secrets, prompts and addresses: wherever a provider's answer holds them, no text and no fact repeats them."""

from __future__ import annotations

import json

import pytest

from bot.cli.explain import answer
from bot.domain.failure import Evidence
from bot.failures.classify import classify
from bot.failures.explain import AUDIENCES, explain

CANARIES = (
    "sk-proj-CANARYabcdef0123456789ABCDEF",
    "AKIACANARY1234567890",
    "AIzaSyCANARYabcdefghijklmnopqrstuvwxyz0",
    "xoxb-123456789012-canarycanary",
    "eyJhbGciOiJIUzI1NiJ9.Y2FuYXJ5.c2lnbmF0dXJl",
    "hf_canarycanarycanarycanary",
    "canary@example.org",
    "4111111111111111",
    "+14155550123",
    "canary",
    "a purple canary in a top hat, oil on canvas",
    "https://user:canary@host.example/path?key=canary",
    "/home/canary/.env",
)
FIELDS = (
    "code", "type", "param", "message", "reason", "status", "name", "error", "detail", "msg", "error_type", "errorKey", "finishReason",
    "blockReason", "label", "request_id", "requestId", "loc", "categories", "moderation_stage", "title", "hint", "retry_after", "limit",
    "allowed", "field", "argument", "description", "failMsg", "prompt", "input", "revised_prompt",
)  # fmt: skip
HEADERS = (
    "x-request-id",
    "x-ms-request-id",
    "cf-ray",
    "x-fal-error-type",
    "retry-after",
    "x-ratelimit-reset-requests",
    "server",
    "content-type",
)


def said(evidence: Evidence) -> str:
    failure = classify(evidence)
    return json.dumps([dict(failure.facts), *(explain(failure, audience) for audience in AUDIENCES)], ensure_ascii=False)


def bodies(canary: str) -> list[object]:
    nested = {"error": dict.fromkeys(FIELDS, canary)}
    return [
        nested,
        dict.fromkeys(FIELDS, canary),
        {"detail": [{"loc": ["body", canary], "msg": canary, "type": canary, "input": canary}]},
        {"error": {"code": "moderation_blocked", "moderation_details": {"moderation_stage": canary, "categories": [canary]}}},
        {"error": {"message": f"Invalid value: '{canary}'. Supported values are: {canary}, 1024x1024.", "param": "size"}},
        {"error": {"message": f"Prompt too long, maximum {canary}. request id: {canary}", "code": "prompt_too_long"}},
        {"error": {"message": f"Rate limit: {canary} requests per {canary}. Limit: {canary}/1min"}},
        json.dumps(json.dumps(nested)),
        f"Error code: 400 - {nested}",
        f"<html><head><title>{canary}</title></head><body>{canary} request id: {canary}</body></html>",
        f"<?xml version='1.0'?><Error><Code>{canary}</Code><Message>{canary}</Message><RequestId>{canary}</RequestId></Error>",
        f"event: {canary}\ndata: {json.dumps(nested)}\n\n",
        canary,
        canary.encode(),
        [canary],
    ]


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_planted_in_a_body_is_repeated(canary: str) -> None:
    for body in bodies(canary):
        for status in (None, 200, 400, 401, 429, 500):
            assert canary not in said(Evidence(status=status, body=body, api="images.edits"))


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_planted_in_a_header_an_exception_or_a_name_is_repeated(canary: str) -> None:
    headers = dict.fromkeys(HEADERS, canary)
    for status in (None, 400, 429):
        assert canary not in said(Evidence(status=status, headers=headers, body={"error": {"message": "x"}}))
        assert canary not in said(Evidence(status=status, exception=f"httpx.ReadTimeout: {canary} <- OSError: {canary}"))
        assert canary not in said(Evidence(status=status, provider=canary, api=canary, body=canary))


@pytest.mark.parametrize("canary", CANARIES)
def test_the_command_repeats_nothing_planted_either(canary: str) -> None:
    record: dict[str, object] = {
        "id": 1,
        "provider": "x",
        "status": 400,
        "headers": {},
        "body": {"error": {"code": canary, "message": canary}},
    }
    assert canary not in json.dumps(answer(record), ensure_ascii=False)


def test_what_an_operator_needs_is_kept() -> None:
    body = {"error": {"code": "moderation_blocked", "param": "prompt", "message": "x"}}
    evidence = Evidence(status=400, body=body, headers={"x-request-id": "req_0123456789abcdef0123456789abcdef"})
    assert classify(evidence).facts == {
        "status": "400",
        "code": "moderation_blocked",
        "param": "prompt",
        "request_id": "req_0123456789abcdef0123456789abcdef",
    }


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("x-request-id", "b68e1d8f-31a3-4a04-aa41-bf442d857ccd"),
        ("cf-ray", "9d730db82c50517b-ATH"),
        ("x-oneapi-request-id", "20260715212753274771513fAg1k3QO"),
        ("apim-request-id", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_request_ids_of_the_known_shapes_are_kept(place: str, value: str) -> None:
    assert classify(Evidence(status=500, headers={place: value})).facts["request_id"] == value


def test_a_request_id_within_a_sentence_is_kept() -> None:
    body = "Please include the request ID f44b5619-1355-4144-b280-d8538051541f in your message."
    assert classify(Evidence(status=500, body=body)).facts["request_id"] == "f44b5619-1355-4144-b280-d8538051541f"
