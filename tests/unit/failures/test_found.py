"""Causes that public failures had in common, which were taken as searches return them; each in other words than it was found in."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Kind
from bot.failures.signals import read
from tests.unit.failures.seen import seen


@pytest.mark.parametrize("field", ["message", "errors"])
def test_what_is_wrong_with_a_field_is_read_and_the_fields_value_never(field: str) -> None:
    complaint = {"status": "error", field: {"prompt": ["The prompt field is required."]}}
    assert seen(422, complaint).kind is Kind.PROMPT_EMPTY
    echoed = {"error": {"message": "internal error", "prompt": ["a sign that says: rejected by the content policy"]}}
    assert seen(500, echoed).kind is Kind.SERVER_ERROR


def test_a_list_in_a_message_keeps_its_name() -> None:
    message = {"role": "assistant", "content": ["Here it is."], "images": []}
    signals = read(Evidence(status=200, body={"choices": [{"message": message}]}, api="chat.completions"))
    assert "images" in signals.empties
    assert "speaks" in signals.shapes


def test_a_filtered_picture_in_a_success_is_the_outputs_block_whatever_the_reason_says() -> None:
    answer = {"predictions": [{"raiFilteredReason": "Blocked: sensitive words", "mimeType": "image/png"}]}
    assert seen(200, answer, api="predict").kind is Kind.SAFETY_OUTPUT


@pytest.mark.parametrize("words", ["I can't help with that.", "Non posso disegnare questa scena.", "这个我不能画。"])
def test_a_first_person_beside_no_image_is_not_asked_again(words: str) -> None:
    answer = {"candidates": [{"finishReason": "NO_IMAGE", "content": {"parts": [{"text": words}]}}]}
    assert seen(200, answer, api="generateContent").action is Action.NONE


def test_an_interface_that_a_library_dropped_is_no_matter_of_access() -> None:
    failure = seen(exception="You tried to access client.Draw, but this is no longer supported in client>=2.0 - see the guide.")
    assert (failure.kind, failure.action) == (Kind.UNSUPPORTED_OPTION, Action.NONE)


@pytest.mark.parametrize("advice", ["reduce the batch size", "use a smaller image", "lower the resolution"])
def test_memory_that_smaller_settings_would_spare_is_not_asked_for_again(advice: str) -> None:
    failure = seen(500, {"detail": f"torch.OutOfMemoryError: CUDA out of memory, please {advice}"})
    assert (failure.kind, failure.action) == (Kind.UNSUPPORTED_SIZE, Action.NONE)


def test_a_parameter_named_timeout_is_no_timeout() -> None:
    failure = seen(exception="Client.generate() got an unexpected keyword argument 'request_timeout'")
    assert failure.kind is not Kind.TIMEOUT
    assert failure.action is Action.NONE


def test_the_source_line_of_a_traceback_says_nothing() -> None:
    sentence = "sdk.errors.BadRequest: Your request was rejected as a result of our safety system."
    line = "    raise self.handle_output_response(\n"
    assert seen(exception=line + sentence).kind is seen(exception=sentence).kind is Kind.SAFETY_PROMPT


@pytest.mark.parametrize(
    ("status", "kind", "message", "named"),
    [
        (429, "throttling_error", "Your account is not active, please check your billing details on our website.", Kind.BILLING_LIMIT),
        (403, "permission_error", "该令牌无权使用模型：sandbox-1", Kind.MODEL_ACCESS_DENIED),
        (429, "throttling_error", "当前分组上游负载已饱和，请稍后再试", Kind.OVERLOADED),
    ],
)
def test_a_gateways_type_that_only_repeats_the_status_says_nothing(status: int, kind: str, message: str, named: Kind) -> None:
    body = {"error": {"message": f"litellm.APIError: APIError: OpenAIException - {message}", "type": kind, "code": str(status)}}
    assert seen(status, body).kind is named


def test_a_task_whose_stage_is_an_error_failed() -> None:
    assert seen(200, {"type": "status", "stage": "error", "success": False, "message": None}, api="task.poll").kind is Kind.SERVER_ERROR


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("upstream refused: captcha verification failed", Kind.AUTH_PERMISSION),
        ("Drawing failed: Could not load credentials from any providers", Kind.AUTH_MISSING_KEY),
    ],
)
def test_a_guard_and_missing_credentials_are_named_whatever_status_stands_over_them(words: str, kind: Kind) -> None:
    for failure in (seen(exception=words), seen(500, {"error": {"message": words, "type": "server_error"}})):
        assert (failure.kind, failure.action) == (kind, Action.NONE)
