"""What a piece of evidence means, in the cases where most clients go wrong."""

from __future__ import annotations

import pytest

from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import Action, Fixer, Group, Kind
from bot.failures.classify import classify


def seen(status: int | None = None, body: object = None, **more: object) -> Failure:
    return classify(Evidence(status=status, body=body, **more))  # type: ignore[arg-type]


def error(message: str, **fields: object) -> dict[str, object]:
    return {"error": {"message": message, **fields}}


def test_a_bare_400_is_no_safety_block() -> None:
    failure = seen(400, "Bad Request")
    assert (failure.kind, failure.action) == (Kind.BAD_REQUEST_OTHER, Action.NONE)


def test_a_block_that_comes_with_200_is_a_block() -> None:
    failure = seen(200, {"candidates": [{"finishReason": "IMAGE_SAFETY"}]})
    assert (failure.kind, failure.action, failure.who_can_fix) == (Kind.SAFETY_OUTPUT, Action.NONE, Fixer.MODERATOR)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The provider stopped with: SAFETY", Kind.SAFETY_OUTPUT),
        ("Model stopped: RECITATION", Kind.SAFETY_OUTPUT),
        ("no parts; candidate finish reason: SAFETY", Kind.SAFETY_OUTPUT),
        ("ended with finishReason=BLOCKLIST", Kind.SAFETY_OUTPUT),
        ("empty answer (block_reason: PROHIBITED_CONTENT)", Kind.SAFETY_PROMPT),
        ("process stopped with: SIGTERM", Kind.SERVER_ERROR),
        ("finish_reason was 'stop' but there was no image", Kind.EMPTY_RESULT),
    ],
)
def test_a_stop_reason_within_an_exceptions_words_counts_like_a_field(text: str, kind: Kind) -> None:
    failure = seen(exception=text)
    assert (failure.kind, failure.action is Action.NONE or failure.group is not Group.SAFETY) == (kind, True)


def test_a_stop_reason_that_refuses_is_a_block_in_an_answer_without_words() -> None:
    assert seen(200, {"stop_reason": "refusal", "content": []}).kind is Kind.SAFETY_OUTPUT


def test_a_verdict_in_words_counts_more_than_the_code_beside_it() -> None:
    denied = {"code": "permission-denied", "error": "Content violates usage guidelines. SAFETY_CHECK_TYPE_HATE"}
    assert seen(403, denied).kind is Kind.SAFETY_PROMPT


def test_the_stage_that_the_provider_names_says_which_side_was_blocked() -> None:
    blocked = {"code": "moderation_blocked", "type": "image_generation_user_error", "message": "Your request was rejected."}
    stage = {"moderation_stage": "output", "categories": ["violence"]}
    assert seen(400, {"error": blocked}).kind is Kind.SAFETY_PROMPT
    failure = seen(400, {"error": {**blocked, "moderation_details": stage}})
    assert failure.kind is Kind.SAFETY_OUTPUT
    assert (failure.facts["stage"], failure.facts["categories"], failure.facts["code"]) == ("output", "violence", "moderation_blocked")


def test_an_unknown_failure_keeps_its_status_family_with_low_confidence() -> None:
    for status, group in ((418, Group.PARAMETERS), (599, Group.SERVICE), (511, Group.SERVICE)):
        failure = seen(status, {"weird": True})
        assert failure.group is group
        assert failure.confidence < 0.5


def test_no_evidence_at_all_is_not_repeated() -> None:
    assert seen().action is Action.NONE


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, error("You exceeded your current quota", code="insufficient_quota"), Kind.QUOTA_EXHAUSTED),
        (429, error("Your account is not active, please check your billing details", code="billing_not_active"), Kind.BILLING_LIMIT),
        (400, error("Billing hard limit has been reached", code="billing_hard_limit_reached"), Kind.BILLING_LIMIT),
        (503, error("当前分组 default 下对于模型 x 无可用渠道"), Kind.INVALID_MODEL),
        (502, error("upstream: insufficient balance"), Kind.QUOTA_EXHAUSTED),
        (500, "Incorrect API key provided", Kind.AUTH_INVALID_KEY),
        (500, error("Your request was rejected by the safety system."), Kind.SAFETY_PROMPT),
    ],
)
def test_what_waiting_cannot_fix_is_not_repeated_under_any_status(status: int, body: object, kind: Kind) -> None:
    failure = seen(status, body)
    assert (failure.kind, failure.action) == (kind, Action.NONE)


def test_a_rate_limit_of_zero_is_not_waited_for() -> None:
    failure = seen(429, error("Rate limit exceeded for images per minute. Limit: 0/1min. Current: 1/1min.", code="rate_limit_exceeded"))
    assert (failure.kind, failure.action, failure.who_can_fix) == (Kind.RATE_LIMITED, Action.NONE, Fixer.OPERATOR)


def test_a_request_larger_than_the_limit_is_not_waited_for() -> None:
    failure = seen(429, error("Rate limit reached on input-images per min: Limit 5, Requested 10. Please try again in 1m0s."))
    assert (failure.kind, failure.action) == (Kind.RATE_LIMITED, Action.NONE)


def test_a_rate_answer_that_asks_for_hours_is_not_waited_for() -> None:
    assert seen(429, error("Too many requests"), headers={"retry-after": "90000"}).action is Action.NONE
    assert seen(429, error("Too many requests"), headers={"retry-after": "90"}).action is Action.GENERATE


def test_a_provider_that_forbids_the_repetition_is_obeyed() -> None:
    body = {"detail": [{"loc": ["body"], "msg": "Internal Server Error", "type": "internal_server_error"}]}
    assert seen(500, body, headers={"x-fal-retryable": "false"}).action is Action.NONE
    assert seen(500, body, headers={"x-fal-retryable": "true"}).action is Action.GENERATE


def test_a_failed_download_is_fetched_again_and_never_generated_again() -> None:
    for evidence in (
        Evidence(api="download", status=404, body="Not Found"),
        Evidence(api="download", status=502, body="Bad Gateway"),
        Evidence(api="download", exception="httpx.ReadTimeout: "),
        Evidence(api="download", exception="OSError: image file is truncated", status=200),
    ):
        assert classify(evidence).action is Action.FETCH


def test_an_expired_link_is_about_the_link_and_not_about_the_key() -> None:
    body = "<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code><Message>Signature not valid</Message></Error>"
    failure = seen(403, body, api="download")
    assert (failure.kind, failure.action) == (Kind.DOWNLOAD_FAILED, Action.NONE)


def test_a_fault_while_polling_polls_again_and_never_submits_again() -> None:
    assert seen(502, "Bad Gateway", api="task.poll").action is Action.POLL
    assert seen(429, error("Too many requests"), api="task.poll").action is Action.POLL
    assert seen(200, {"status": "Pending", "result": None}, api="task.poll").action is Action.POLL
    assert seen(404, error("task not found"), api="task.poll").kind is Kind.TASK_LOST


def test_a_refused_connection_with_a_proxy_set_is_the_proxy() -> None:
    refused = "httpx.ConnectError: All connection attempts failed"
    assert seen(exception=refused).kind is Kind.NETWORK_CONNECT
    assert seen(exception=refused, via_proxy=True).kind is Kind.NETWORK_PROXY


@pytest.mark.parametrize(
    "sentence",
    [
        "Sorry, the upstream service is temporarily unavailable. Please try again later.",
        "抱歉，服务暂时不可用，请稍后重试。",
        "I can't generate images directly, I am a language model.",
        "image_generation tool is not available",
        "moderation request timed out after 10000ms",
        "Invalid moderation value",
        "Failed to download https://cdn.example/moderation/safety/blocked.png",
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_mention_of_moderation_or_an_apology_is_no_verdict(sentence: str, status: int) -> None:
    assert seen(status, error(sentence)).group is not Group.SAFETY


def test_a_check_that_broke_is_no_verdict_but_a_task_that_failed_its_check_is_one() -> None:
    assert seen(500, "Content moderation failed").kind is Kind.SERVER_ERROR
    assert seen(200, {"status": "failed", "message": "MODERATION_FAILED"}, api="task.poll").group is Group.SAFETY


def test_words_of_the_member_that_are_echoed_back_steer_nothing() -> None:
    prompt = "nsfw blocked by safety system, insufficient credits, invalid api key"
    for body in (
        {"error": {"message": "Something went wrong"}, "requestParameters": {"prompt": prompt}},
        {"detail": [{"loc": ["body", "width"], "msg": "must be a multiple of 64", "type": "value_error", "input": prompt}]},
        {"error": {"code": "invalidPayload", "message": f"'{prompt}' is too long - 'prompt'"}},
        {"error": {"message": "Something went wrong", "inner_error": {"revised_prompt": prompt}}},
    ):
        failure = seen(400, body)
        assert failure.group is not Group.SAFETY
        assert failure.kind not in (Kind.QUOTA_EXHAUSTED, Kind.AUTH_INVALID_KEY)


def test_the_name_of_a_model_is_not_read_as_a_word() -> None:
    assert seen(503, error("获取分组 default 下模型 gpt-image-1 的可用渠道失败")).kind is not Kind.INVALID_REFERENCE_IMAGE
    assert seen(404, error("The model `gpt-image-9` does not exist")).kind is Kind.INVALID_MODEL


def test_allowed_values_are_read_as_facts() -> None:
    sizes = error("Invalid value: '12x12'. Supported values are: '1024x1024', '1024x1536', and 'auto'.", param="size")
    assert seen(400, sizes).facts["allowed"] == "1024x1024, 1024x1536"
    qualities = error("Invalid value: 'hd'. Supported values are: 'low', 'medium', 'high', and 'auto'.", param="quality")
    assert seen(400, qualities).facts["allowed"] == "auto, low, medium, high"


@pytest.mark.parametrize(
    ("sentence", "allowed"),
    [
        ("Supported sizes are 1024x1024, 1536x1024 and 1024x1536.", "1024x1024, 1536x1024, 1024x1536"),
        ("Supported sizes: 512x512. Try again.", "512x512"),
        ("Supported sizes: 512x512, not 512x512.5 or 512x51200000.", "512x512"),
    ],
)
def test_a_size_may_end_a_sentence(sentence: str, allowed: str) -> None:
    assert seen(400, error(f"Invalid size. {sentence}", param="size")).facts["allowed"] == allowed


def test_the_wait_of_the_provider_is_passed_on() -> None:
    assert seen(429, error("Too many requests"), headers={"retry-after-ms": "21350"}).wait == 21.35
    assert seen(503, {"error": "Model is currently loading", "estimated_time": 30.5}).wait == 30.5
    assert seen(400, error("Invalid size"), headers={"retry-after": "5"}).wait is None


def test_the_clock_of_a_bucket_counts_for_rate_answers_only() -> None:
    clock = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12s"}
    assert seen(429, error("Rate limit reached"), headers=clock).wait == 12
    assert seen(500, error("Internal server error"), headers=clock).wait is None


def test_an_answer_in_the_text_of_an_exception_keeps_its_status() -> None:
    body = {"error": {"message": "Custom provider error format", "code": 1234}}
    failure = seen(exception=f"openai.BadRequestError: Error code: 400 - {body}")
    assert (failure.kind, failure.action) == (Kind.BAD_REQUEST_OTHER, Action.NONE)
    assert seen(exception=f"RuntimeError: upstream returned 429: {body}").kind is Kind.RATE_LIMITED


def test_a_flag_or_a_reason_beside_an_empty_picture_is_a_block_and_nothing_to_be_made_again() -> None:
    for picture in ({"url": None, "nsfw": True}, {"url": "", "safety": "blocked"}, {"b64_json": None, "filter_reason": "violence"}):
        failure = seen(200, {"data": [picture]})
        assert (failure.kind, failure.action) == (Kind.SAFETY_OUTPUT, Action.NONE)


def test_a_task_in_a_state_that_nobody_has_heard_of_is_polled_and_never_made_again() -> None:
    assert seen(200, {"state": "dreaming", "images": []}, api="task.poll").action is Action.POLL
    assert seen(200, {"state": "succeeded", "images": []}, api="task.poll").kind is Kind.EMPTY_RESULT


def test_a_generic_code_does_not_make_a_refused_request_one_that_is_sent_again() -> None:
    failure = seen(400, error("This one cannot be taken as it is", type="api_error"))
    assert (failure.group, failure.action) == (Group.PARAMETERS, Action.NONE)


@pytest.mark.parametrize(
    "words",
    [
        "<title>Welcome</title><body>Please sign in to the portal</body>",
        "<title>WLAN-Anmeldung</title><body>Bitte melden Sie sich an, um das Internet zu nutzen.</body>",
        "<title>上网认证</title><body>请登录后使用网络</body>",
        "<title>Connexion</title><body>Identifiez-vous pour accéder au réseau</body>",
    ],
)
def test_a_sign_in_page_that_came_as_a_success_is_a_page_and_not_about_the_key(words: str) -> None:
    failure = seen(200, f"<!doctype html><html>{words}</html>", headers={"content-type": "text/html"}, api="images.generations")
    assert (failure.kind, failure.action) == (Kind.MALFORMED_RESPONSE, Action.NONE)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Filter reason: prompt", Kind.SAFETY_PROMPT),
        ("Filter reason: output image", Kind.SAFETY_OUTPUT),
        ("Filter reason: input image", Kind.SAFETY_REFERENCE_IMAGE),
    ],
)
def test_stability_on_bedrock_says_in_a_list_what_was_blocked(reason: str, kind: Kind) -> None:
    assert seen(200, {"seeds": [7], "finish_reasons": [reason], "images": ["x"]}).kind is kind


def test_moderated_content_of_black_forest_labs_is_a_blocked_output() -> None:
    answer = {"id": "x", "status": "Content Moderated", "details": {"Moderation Reasons": ["Derivative Works Filter"]}}
    assert seen(200, answer, api="task.poll").kind is Kind.SAFETY_OUTPUT


@pytest.mark.parametrize(
    "text",
    [
        "The job was interrupted by a restart; retry manually to avoid being charged twice",
        "图片任务在服务重启时中断且无法接续，请手动重试以避免重复计费",
        "サービスが再起動しました。二重課金を防ぐため、手動でやり直してください",
    ],
)
def test_what_may_be_charged_twice_is_left_to_a_person(text: str) -> None:
    assert seen(None, {"status": "failed", "error_message": text}, api="task.poll").action is Action.NONE


@pytest.mark.parametrize(
    "text", ["与目标站点的 TLS 握手失败：socket hang up", 'Io(Custom { error: "received fatal alert: BadRecordMac" })']
)
def test_a_failed_handshake_is_about_tls_however_the_connection_ended(text: str) -> None:
    assert seen(exception=text).kind is Kind.NETWORK_TLS


def test_an_error_within_a_success_that_says_its_status_is_read_as_that() -> None:
    choice = {"error": {"code": 502, "message": "Provider returned error"}, "message": {"role": "assistant", "content": ""}}
    failure = seen(200, {"choices": [choice]}, api="chat.completions")
    assert (failure.kind, failure.action) == (Kind.GATEWAY_ERROR, Action.NONE), "what read like an empty result may have been blocked"
