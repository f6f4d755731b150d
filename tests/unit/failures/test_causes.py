"""Causes that misses on unseen failures had in common: each told in words that no table and no training text contains."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Group, Kind
from bot.failures.classify import classify
from bot.failures.hints import wait_hint
from bot.failures.reader.features import marks
from bot.failures.refine import refine
from bot.failures.rules.rule import Text
from bot.failures.signals import read

IMAGES = "images.generations"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Vykreslenie sa nepodarilo (HTTP 401)", Kind.AUTH_INVALID_KEY),
        ("绘制没有成功 HTTP 401", Kind.AUTH_INVALID_KEY),
        ("Rajzolás sikertelen, status 403", Kind.AUTH_PERMISSION),
    ],
)
def test_a_status_says_more_than_words_without_a_cause(said: str, kind: Kind) -> None:
    failure = classify(Evidence(api=IMAGES, exception=said))
    assert (failure.kind, failure.action) == (kind, Action.NONE)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Kiintiö on käytetty. Odota 5 tuntia.", 18_000),
        ("Várj 10 percet, aztán próbáld újra.", 600),
        ("Počkejte 2 hodiny.", 7_200),
        ("Vänta 30 minuter och försök sedan igen.", 1_800),
        ("Изчакай 20 минути.", 1_200),
        ("המתן 3 שעות", 10_800),
        ("Așteaptă 15 minute.", 900),
    ],
)
def test_until_when_is_read_in_more_languages(said: str, seconds: float) -> None:
    assert wait_hint({}, {"": said}).seconds == seconds


def test_a_wait_of_hours_is_never_a_repeat() -> None:
    body = {"errors": ["Tämän mallin kiintiö ylittyi. Odota 5 tuntia."]}
    assert classify(Evidence(api=IMAGES, status=429, body=body)).action is Action.NONE


@pytest.mark.parametrize("said", ["Job timed out after 240s", "作図がタイムアウトしました", "La tarea: timed out after 90 seconds"])
def test_a_poll_that_gives_up_leaves_a_task_that_runs_on(said: str) -> None:
    failure = classify(Evidence(api="task.poll", exception=said))
    assert failure.kind is Kind.TASK_RUNNING_TIMEOUT
    assert failure.action in (Action.POLL, Action.NONE)


def test_a_single_poll_that_was_slow_is_no_end_of_the_task() -> None:
    assert classify(Evidence(api="task.poll", exception="httpx.ReadTimeout: ")).kind is Kind.TIMEOUT


def test_the_words_of_an_exceptions_class_are_marks() -> None:
    seen = read(Evidence(api=IMAGES, exception="studio.NotEnoughLicenceError: tti"))
    assert {"\tclass enough", "\tclass licence"} <= marks(seen)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Die Antwort hat der Filter zurückgehalten", Kind.SAFETY_OUTPUT),
        ("El filtro ha retenido la respuesta", Kind.SAFETY_OUTPUT),
        ("Ответ задержан фильтром", Kind.SAFETY_OUTPUT),
        ("필터가 응답을 막았습니다", Kind.SAFETY_OUTPUT),
        ("Der Filter hat deine Anfrage abgelehnt", Kind.SAFETY_PROMPT),
        ("The filter refused the wording of your prompt", Kind.SAFETY_PROMPT),
    ],
)
def test_a_blocked_answer_is_the_output(said: str, kind: Kind) -> None:
    seen = read(Evidence(api=IMAGES, exception=said))
    assert refine(Kind.SAFETY_PROMPT, None, seen, Text(f" {seen.words} "))[0] is kind


@pytest.mark.parametrize("advice", ["try again later", "请稍后再试", "しばらくしてからもう一度お試しください"])
def test_the_advice_to_try_later_is_no_cause(advice: str) -> None:
    """An empty answer stays one, whatever is advised behind it."""
    failure = classify(Evidence(api=IMAGES, exception=f"No image came back, {advice}"))
    assert failure.kind is Kind.EMPTY_RESULT
    assert failure.group is Group.UNUSABLE


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("litellm.APIConnectionError: You have no credits left on this account", Kind.QUOTA_EXHAUSTED),
        ("litellm.exceptions.APIConnectionError: litellm.APIConnectionError: Incorrect API key provided", Kind.AUTH_INVALID_KEY),
        ("litellm.APIConnectionError: OpenAIException - Connection error.", Kind.NETWORK_CONNECT),
        ("openai.APIConnectionError: Connection error.", Kind.NETWORK_CONNECT),
    ],
)
def test_litellm_calls_what_it_does_not_know_a_connection_error(said: str, kind: Kind) -> None:
    assert classify(Evidence(api=IMAGES, exception=said)).kind is kind


@pytest.mark.parametrize(("status", "kind"), [(500, Kind.SERVER_ERROR), (503, Kind.OVERLOADED), (429, Kind.RATE_LIMITED)])
def test_dio_says_the_status_in_a_sentence(status: int, kind: Kind) -> None:
    said = (
        f"DioException [bad response]: This exception was thrown because the response has a status code of {status} and "
        "RequestOptions.validateStatus was configured to throw for this status code.\nThe status code means something else."
    )
    assert classify(Evidence(api=IMAGES, exception=said)).kind is kind


def test_a_state_in_a_stream_is_no_running_task_beside_a_refusal() -> None:
    events = (
        'data: {"type": "response.output_item.added", "item": {"type": "image_generation_call", "status": "in_progress"}}\n\n'
        'data: {"type": "response.output_text.done", "text": "I can\'t draw this, because it goes against the content policy."}\n\n'
    )
    failure = classify(Evidence(api="responses", status=200, headers={"content-type": "text/event-stream"}, body=events))
    assert (failure.group, failure.action) == (Group.SAFETY, Action.NONE)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        (
            "pydantic_core.ValidationError: 2 validation errors for ImageRequest\nstyle\n  Extra inputs are not permitted",
            {Kind.BAD_REQUEST_OTHER, Kind.UNSUPPORTED_OPTION},
        ),
        ("Key 12 is not authorized to access model flux-pro (type: AuthorizationError)", {Kind.MODEL_ACCESS_DENIED}),
    ],
)
def test_what_is_wrong_with_the_request_is_not_asked_for_again(said: str, kinds: set[Kind]) -> None:
    failure = classify(Evidence(api=IMAGES, exception=said))
    assert failure.kind in kinds
    assert failure.action is Action.NONE
