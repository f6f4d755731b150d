"""Pages of guards in front of a service: known for what they are, named, and never taken for a word about the key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Kind
from bot.failures.classify import classify
from bot.failures.evidence import from_response

HTML = {"content-type": "text/html; charset=UTF-8"}


def page(title: str, body: str = "") -> str:
    return f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>{body}</body></html>"


PAGES = [json.loads(line) for line in (Path(__file__).parent / "guard_pages.jsonl").read_text(encoding="utf-8").splitlines()]
"""Written after what these products document and send; `guard` is who must be named, `kind` what a page is that no guard sent."""
REFUSED = [one for one in PAGES if "guard" in one]
OTHERS = [one for one in PAGES if "kind" in one]
BODIES = {one["about"]: one["body"] for one in REFUSED}


def about(one: dict[str, Any]) -> str:
    return str(one["about"])


@pytest.mark.parametrize("seen", REFUSED, ids=about)
@pytest.mark.parametrize("api", ["images.generations", "images.edits", "models", "task.poll"])
def test_a_guards_page_is_named_and_never_sent_again(api: str, seen: dict[str, Any]) -> None:
    failure = classify(from_response(seen["status"], HTML | seen["headers"], seen["body"].encode(), api=api))
    assert (failure.kind, failure.action) == (Kind.AUTH_PERMISSION, Action.NONE)
    assert failure.facts.get("guard") == seen["guard"]
    assert failure.facts["status"] == str(seen["status"])


@pytest.mark.parametrize("seen", OTHERS, ids=about)
def test_what_the_service_itself_says_is_never_laid_at_a_guards_door(seen: dict[str, Any]) -> None:
    failure = classify(from_response(seen["status"], seen["headers"], seen["body"].encode(), api="images.generations"))
    assert failure.kind == seen["kind"]
    assert "guard" not in failure.facts


def test_a_prompt_that_an_answer_repeats_is_no_challenge() -> None:
    body = {"error": {"code": "moderation_blocked", "message": "rejected: a sign that says just a moment, verify you are human"}}
    assert classify(Evidence(status=403, body=body)).kind is Kind.SAFETY_PROMPT


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (BODIES["Cloudflare before 2022"], "8c1f0a2b3c4d5e6f"),
        (BODIES["Cloudflare block"], "8c1f0a2b3c4d5e6f"),
        (BODIES["Imperva"], "1234000480123456789-98765432109876543"),
        (page("Access Denied", "Reference #18.2d351ab8.1557333295.a4e16ab errors.edgesuite.net"), "18.2d351ab8.1557333295.a4e16ab"),
    ],
)
def test_the_number_of_the_refusal_is_kept_for_the_operator(body: str, number: str) -> None:
    assert classify(from_response(403, HTML, body.encode())).facts["request_id"] == number


@pytest.mark.parametrize(
    "exception",
    [
        "openai.PermissionDeniedError: <!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript "
        "and cookies to continue<script>setTimeout(function(){}, 1)</script></body></html>",
        "ContentTypeError: unexpected mimetype: text/html <html><title>Attention Required! | Cloudflare</title>",
    ],
)
def test_an_exception_that_quotes_such_a_page_is_that_page(exception: str) -> None:
    failure = classify(Evidence(exception=exception))
    assert failure.kind is Kind.AUTH_PERMISSION
    assert failure.facts["guard"] != ""
