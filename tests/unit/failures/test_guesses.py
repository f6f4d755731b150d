"""What an answer only guesses, whose picture it speaks of, and how long a limit lasts."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import Action, Kind
from bot.failures.classify import classify


def seen(status: int | None = None, body: object = None, **more: object) -> Failure:
    return classify(Evidence(status=status, body=body, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "The model returned no image (it may have been blocked by the safety filter).",
        "Leere Antwort, eventuell hat ein Filter das Bild gestoppt",
        "Aucune image reçue : peut-être bloquée par les règles de contenu",
        "El modelo no devolvió nada; posiblemente lo bloqueó el filtro de seguridad. Respuesta vacía.",
        "モデルから空の応答が返りました。フィルターでブロックされた可能性があります。結果は空です",
        "Модель не вернула изображение, возможно, сработал фильтр",
    ],
)
def test_a_suspected_block_accuses_nobody_and_is_not_sent_again(text: str) -> None:
    failure = seen(exception=text)
    assert (failure.kind, failure.action) == (Kind.EMPTY_RESULT, Action.NONE)


def test_a_refusal_that_says_why_politely_is_a_block() -> None:
    text = "Your request was rejected. The prompt may contain content that our policy doesn't allow."
    assert seen(400, {"error": {"message": text}}).kind is Kind.SAFETY_PROMPT


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Reference image download timed out.", {"api": "images.edits"}),
        ("image_url could not be fetched: <urlopen error [Errno -2] Name or service not known>", {"api": "images.edits"}),
        ("参考图下载失败：403 Forbidden", {"api": "images.edits"}),
        ("参照画像の取得に失敗しました(status=404)", {"api": "images.edits", "status": 400}),
        ("Не удалось загрузить исходное изображение: connection refused", {"api": "images.edits"}),
        ("No se pudo descargar la imagen de referencia", {"api": "task.submit"}),
    ],
)
def test_a_reference_picture_that_cannot_be_fetched_is_the_members(text: str, more: dict[str, object]) -> None:
    failure = seen(exception=text, **more)
    assert (failure.kind, failure.action) == (Kind.INVALID_REFERENCE_IMAGE, Action.NONE)


def test_a_finished_picture_that_cannot_be_fetched_is_ours() -> None:
    assert seen(exception="Failed to download the generated image: 502", api="download").kind is Kind.DOWNLOAD_FAILED
    expired = seen(exception="Generated image URL has expired. Please regenerate.", api="download")
    assert (expired.kind, expired.action) == (Kind.DOWNLOAD_FAILED, Action.NONE)


@pytest.mark.parametrize("text", ["Rate limit reached (500/day)", "Rate-Limit erreicht (500/Tag)", "請求過多:上限 200 次/日"])
def test_a_limit_for_a_day_is_not_waited_for(text: str) -> None:
    failure = seen(429, {"error": {"message": text}})
    assert (failure.kind, failure.action) == (Kind.QUOTA_EXHAUSTED, Action.NONE)


def test_a_limit_for_a_day_that_clears_soon_is_waited_for() -> None:
    body = {"error": {"message": "Rate limit reached (500/day)."}}
    for failure in (seen(429, body, headers={"retry-after": "20"}), seen(429, {"error": {"message": "Limit 200/day. Try again in 20s."}})):
        assert (failure.kind, failure.wait) == (Kind.RATE_LIMITED, 20.0)
    assert seen(429, body, headers={"retry-after": "20000"}).kind is Kind.QUOTA_EXHAUSTED


def test_a_limit_for_a_minute_is_waited_for() -> None:
    assert seen(429, {"error": {"message": "Rate limit reached (5/minute)"}}).kind is Kind.RATE_LIMITED


def test_an_answer_cut_off_after_an_apostrophe_keeps_its_words() -> None:
    text = (
        '400 Bad Request. {"error":{"code":400,"message":"The prompt could not be submitted. '
        "This prompt contains sensitive words that violate Google's policy and"
    )
    assert seen(exception=text).kind is Kind.SAFETY_PROMPT


def test_a_reason_phrase_in_an_exception_is_a_status() -> None:
    assert seen(exception='API error {"message": "Internal Server Error", "code": 0}').kind is Kind.SERVER_ERROR
    assert seen(exception='API error {"message": "Too Many Requests"}').kind is Kind.RATE_LIMITED


def test_the_arguments_in_an_exceptions_repr_are_no_words() -> None:
    text = (
        "HTTPException(message='The prompt is too long.', status_code=400, type='invalid_request_error', param=None, code='invalidPayload')"
    )
    assert seen(exception=text).kind is Kind.PROMPT_TOO_LONG


def test_codes_of_programs_in_front_say_whose_turn_it_is() -> None:
    assert seen(409, {"code": "ALREADY_RUNNING", "message": "A job is running, wait for it."}).kind is Kind.RATE_LIMITED
    assert seen(409, {"code": "RESULT_NOT_READY", "message": "Not there."}, api="task.poll").kind is Kind.TASK_RUNNING_TIMEOUT


def test_a_finished_task_without_a_picture_is_empty() -> None:
    assert seen(200, {"id": "1c0c-e2", "status": "COMPLETED", "executionTime": 1571}, api="task.poll").kind is Kind.EMPTY_RESULT


@pytest.mark.parametrize(("status", "kind"), [(413, Kind.PAYLOAD_TOO_LARGE), (504, Kind.TIMEOUT)])
def test_where_a_gateway_names_only_its_own_exception_the_status_decides(status: int, kind: Kind) -> None:
    message = f"litellm.APIError: APIError: OpenAIException - Error code: {status}\n\nLiteLLM: model group 'draw'"
    assert seen(status, {"error": {"message": message, "type": None, "param": None, "code": str(status)}}).kind is kind
