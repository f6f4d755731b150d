"""Every spelling of a wait hint, and what only looks like one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.failure import Evidence
from bot.domain.kinds import Action
from bot.failures.classify import classify
from bot.failures.hints import MAX_WAIT, wait_hint
from bot.failures.waits import spoken_wait

NOW = 1_760_832_000.0  # 2025-10-19 00:00:00 UTC


@pytest.mark.parametrize(
    ("name", "value", "seconds"),
    [
        ("retry-after", "30", 30),
        ("Retry-After", "1.5", 1.5),
        ("retry-after-ms", "21350", 21.35),
        ("retry-after", "Sun, 19 Oct 2025 00:02:00 GMT", 120),
        ("retry-after", "2025-10-19T00:00:07Z", 7),
        ("x-ratelimit-reset-tokens", "33.023s", 33.023),
        ("x-ratelimit-reset-requests", "20ms", 0.02),
        ("x-ratelimit-reset-requests", "1h23m31s", 5011),
        ("x-ratelimit-reset-tokens", "6m0s", 360),
        ("x-ratelimit-reset-images", "60", 60),
        ("x-ratelimit-reset", str(int(NOW + 9)), 9),
        ("x-ratelimit-reset", str(int((NOW + 9) * 1000)), 9),
        ("anthropic-ratelimit-tokens-reset", "2025-10-19T00:15:00Z", 900),
    ],
)
def test_a_header_names_the_seconds_to_wait(name: str, value: str, seconds: float) -> None:
    assert wait_hint({name: value}, None, NOW).seconds == pytest.approx(seconds)


@pytest.mark.parametrize("value", ["", "-5", "0", "inf", "nan", "soon", "²", "1e999", "Sun, 19 Oct 2025 00:00:00 GMT", "12 parsecs"])
def test_a_useless_retry_after_is_no_hint(value: str) -> None:
    assert wait_hint({"retry-after": value}, None, NOW).seconds is None


def test_an_absurd_wait_is_capped_at_a_day() -> None:
    assert wait_hint({"retry-after": "99999999"}).seconds == MAX_WAIT


def test_a_date_is_read_against_the_clock_of_the_answer_itself() -> None:
    headers = {"date": "Sun, 19 Oct 2025 10:00:00 GMT", "retry-after": "Sun, 19 Oct 2025 10:00:20 GMT"}
    assert wait_hint(headers, None, now_epoch=0.0).seconds == 20
    assert wait_hint({"retry-after": "Sun, 19 Oct 2025 10:00:20 GMT"}, None, None).seconds is None


def test_milliseconds_come_before_seconds_and_headers_before_the_text() -> None:
    headers = {"retry-after": "22", "retry-after-ms": "21350"}
    assert wait_hint(headers, "Please retry after 40 seconds.").seconds == 21.35


def test_azure_sends_minus_one_and_zero_which_says_nothing() -> None:
    headers = {"x-ratelimit-limit-tokens": "-1", "x-ratelimit-remaining-tokens": "-1", "x-ratelimit-reset-tokens": "0"}
    assert wait_hint(headers).seconds is None


def test_the_clock_of_a_bucket_that_is_not_empty_is_no_hint() -> None:
    headers = {"x-ratelimit-remaining-requests": "59", "x-ratelimit-reset-requests": "12s"}
    assert wait_hint(headers).seconds is None


def test_the_clock_of_an_empty_bucket_is_a_hint_and_no_order() -> None:
    hint = wait_hint({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12s"})
    assert (hint.seconds, hint.order) == (12, False)


@pytest.mark.parametrize("headers", [{"x-should-retry": "false"}, {"x-fal-needs-retry": "false"}, {"X-Fal-Retryable": "False"}])
def test_a_provider_can_forbid_the_repetition(headers: dict[str, str]) -> None:
    assert wait_hint({**headers, "retry-after": "3"}).do_not_repeat


def test_a_free_failure_is_known_as_free() -> None:
    assert wait_hint({"x-fal-billable-units": "0"}).not_billed
    assert not wait_hint({"x-fal-billable-units": "1"}).not_billed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Please try again in 15ms.", 0.015),
        ("Please try again in 6m0s. Visit", 360),
        ("try again after 51.84 seconds", 51.84),
        ("Please retry after 22 seconds.", 22),
        ("Your rate limit resets in ~5s.", 5),
        ("Your quota will reset after 3s.", 3),
        ("it resets in 21 hours", 75600),
        ("Please wait 2 minutes and 5 seconds before the next request", 125),
        ("请在 30 秒后重试", 30),
        ("请等待5分钟", 300),
        ("Try again in 60 seconds. Passed model=x", 60),
    ],
)
def test_a_sentence_names_the_seconds_to_wait(text: str, seconds: float) -> None:
    assert spoken_wait(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "If you just verified, it can take up to 15 minutes for access to propagate.",
        "Image generation timed out after 20 minutes",
        "Generation exceeded 15-minute timeout limit",
        "The maximum rate limit for this model is 9.0 queries per minute.",
        "Too many failures within the last 5 minutes",
        "timed out after 10000ms",
        "try again in a moment",
        "wait for the 3 segments",
    ],
)
def test_a_duration_of_something_else_is_no_hint(text: str) -> None:
    assert spoken_wait(text) is None


@pytest.mark.parametrize(
    ("field", "value", "seconds"),
    [
        ("retrydelay", "34.4s", 34.4),
        ("quotaresetdelay", "3.299376739s", 3.299376739),
        ("retryafter", 120, 120),
        ("estimatedtime", 219.25982666015625, 219.25982666015625),
        ("quotaresettimestamp", "2025-10-19T00:00:03Z", 3),
        ("resetsat", NOW + 50, 50),
        ("retryafterms", 1500, 1.5),
    ],
)
def test_a_field_of_the_body_names_the_seconds(field: str, value: object, seconds: float) -> None:
    assert wait_hint({}, {field: value}, NOW).seconds == pytest.approx(seconds)


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "date", "x-ratelimit-reset-requests", "x-ratelimit-reset", "x-should-retry"]),
        st.one_of(
            st.text(max_size=40), st.floats().map(str), st.integers().map(str), st.from_regex(r"\d{1,12}(ms|s|m|h|d)", fullmatch=True)
        ),
    ),
    st.one_of(st.text(max_size=200), st.none(), st.dictionaries(st.sampled_from(["retryafter", "retrydelay", "resetsat"]), st.floats())),
    st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
)
def test_whatever_is_said_a_wait_is_finite_and_positive(headers: dict[str, str], body: object, now: float | None) -> None:
    seconds = wait_hint(headers, body, now).seconds
    assert seconds is None or (math.isfinite(seconds) and 0 < seconds <= MAX_WAIT)


@pytest.mark.parametrize("flag", ["retryable", "temporary", "isTransient", "is_retryable", "recoverable"])
def test_an_answer_that_calls_itself_permanent_is_not_repeated_whatever_its_status(flag: str) -> None:
    body = {"error": {"message": "The worker stopped.", flag: False}}
    assert classify(Evidence(api="images.generations", status=503, body=body)).action is Action.NONE
    assert (
        classify(Evidence(api="images.generations", status=503, body={"error": {"message": "The worker stopped.", "retry": "no"}})).action
        is Action.NONE
    )
    assert wait_hint({}, {flag.replace("_", "").lower(): True}).do_not_repeat is False
