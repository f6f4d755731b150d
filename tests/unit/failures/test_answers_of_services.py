"""What hosted services and gateways say, in words that were found in public and are told here in others."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.kinds import Action, Group, Kind
from tests.unit.failures.seen import seen


@pytest.mark.parametrize(
    "words",
    [
        "I'm unable to create images directly, but I can describe a lighthouse to you.",
        "I can't generate images in this conversation.",
        "抱歉，这里没有可用的图像生成工具。",
        "The image generation tool isn't enabled for this assistant.",
    ],
)
def test_a_model_that_cannot_draw_refuses_nothing(words: str) -> None:
    failure = seen(200, words, api="chat.completions")
    assert (failure.kind, failure.action) == (Kind.UNSUPPORTED_OPTION, Action.NONE)


@pytest.mark.parametrize(
    "words", ["I can't generate images of that person in this style.", "I can't create images that depict this directly."]
)
def test_a_model_that_will_not_draw_this_refuses(words: str) -> None:
    assert seen(200, words, api="chat.completions").group is Group.SAFETY


@pytest.mark.parametrize(
    "answer",
    [
        {"JobStatusCode": "4", "JobErrorCode": "OperationDenied.TextIllegalDetected", "JobErrorMsg": "refused"},
        {"code": 200, "data": {"state": "fail", "failCode": "moderated", "failMsg": "Prompt rejected"}},
        {"code": 200, "data": {"state": "fail", "failMsg": "image rejected"}},
    ],
)
def test_a_task_that_was_rejected_was_blocked_in_whichever_member_that_stands(answer: dict[str, Any]) -> None:
    assert seen(200, answer, api="task.poll").group is Group.SAFETY


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "No image model was configured and no default model is set.", Kind.INVALID_MODEL),
        (400, "#/imageParams/text: expected maxLength: 1024, actual: 1377", Kind.PROMPT_TOO_LONG),
    ],
)
def test_what_a_request_lacks_or_has_too_much_of(status: int, words: str, kind: Kind) -> None:
    assert seen(status, {"error": {"message": words}}).kind is kind


def test_an_answer_without_the_part_that_a_library_reads_is_not_paid_for_twice() -> None:
    failure = seen(exception="Image error: 'NoneType' object has no attribute 'content'", api="generateContent")
    assert (failure.kind, failure.action) == (Kind.MALFORMED_RESPONSE, Action.NONE)


@pytest.mark.parametrize(
    "words",
    ["Image generation is not enabled for this project", "No image generation model is enabled on this gateway", "图片生成功能未开启"],
)
def test_pictures_that_are_switched_off_are_the_operators_matter(words: str) -> None:
    failure = seen(503, {"error": {"message": words}})
    assert (failure.kind, failure.action) == (Kind.INVALID_MODEL, Action.NONE)


@pytest.mark.parametrize(
    "words",
    [
        "I can't draw that copyrighted mouse.",
        "I'm unable to create pictures in that painter's manner due to our content policy.",
        "Sorry, I won't make that image. Output of this kind isn't allowed.",
    ],
)
def test_who_refuses_in_person_looked_at_the_prompt(words: str) -> None:
    assert seen(200, words, api="chat.completions").kind is Kind.SAFETY_PROMPT


@pytest.mark.parametrize(
    "words",
    [
        "Je suis un modèle de langage et je ne peux pas créer d'images.",
        "Eu sou um modelo de texto e não posso desenhar imagens.",
        "I can't create images.",
    ],
)
def test_a_model_of_text_refuses_nothing_in_any_language(words: str) -> None:
    assert seen(200, words, api="chat.completions").kind is Kind.UNSUPPORTED_OPTION


def test_a_failed_task_may_say_a_single_word() -> None:
    answer = {"code": 200, "data": {"state": "fail", "failCode": "500", "failMsg": "blocked"}}
    assert seen(200, answer, api="task.poll").group is Group.SAFETY


def test_no_picture_beside_a_refusal_in_person_is_not_asked_for_again() -> None:
    candidate = {"finishReason": "NO_IMAGE", "content": {"parts": [{"text": "I can't paint that picture."}]}}
    assert seen(200, {"candidates": [candidate]}, api="generateContent").action is Action.NONE


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (404, "Subscription not found", Kind.UNSUPPORTED_OPTION),
        (400, "The description of the picture is missing", Kind.UNSUPPORTED_OPTION),
        (400, "Unknown file extension of the reference image", Kind.UNSUPPORTED_OPTION),
    ],
)
def test_a_word_that_contains_the_name_of_a_part_names_none(status: int, words: str, kind: Kind) -> None:
    assert seen(status, {"error": {"message": words}}).kind is not kind


@pytest.mark.parametrize("words", ["Access to this model is blocked by policy of your organization", "Region blocked by policy"])
def test_an_organisations_policy_accuses_nobody(words: str) -> None:
    assert seen(403, {"error": {"message": words}}).group is not Group.SAFETY


def test_who_refuses_without_a_person_may_have_looked_at_the_picture() -> None:
    words = "生成された画像は安全基準に反するため表示できません。"
    assert seen(200, {"output_text": words}).kind is Kind.SAFETY_OUTPUT
