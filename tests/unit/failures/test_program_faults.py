"""What programs, parsers and browsers say when something of theirs failed: each in other words than it was found in."""

from __future__ import annotations

import pytest

from bot.domain.kinds import Action, Kind
from tests.unit.failures.seen import seen


@pytest.mark.parametrize(
    "said",
    [
        "AttributeError: 'ImagesPage' object has no attribute 'draw'",
        "TypeError: make_picture() got an unexpected keyword argument 'prompts'",
        "UnboundLocalError: local variable 'picture' referenced before assignment",
        "TypeError: '>' not supported between instances of 'str' and 'float'",
    ],
)
def test_a_programs_own_fault_is_not_sent_again(said: str) -> None:
    failure = seen(exception=said)
    assert (failure.kind, failure.action) == (Kind.SERVER_ERROR, Action.NONE)


@pytest.mark.parametrize(
    "said",
    [
        "IndexError: list index out of range",
        "ValueError: too many values to unpack (expected 2)",
        "TypeError: Cannot read properties of undefined (reading 'b64')",
        "图片生成失败: list index out of range",
    ],
)
def test_what_a_program_misses_in_an_answer_may_have_been_a_paid_picture(said: str) -> None:
    failure = seen(exception=said)
    assert (failure.kind, failure.action) == (Kind.MALFORMED_RESPONSE, Action.NONE)


@pytest.mark.parametrize(
    ("quoted", "kind"),
    [
        ("Billing ha", Kind.BILLING_LIMIT),
        ("Request En", Kind.PAYLOAD_TOO_LARGE),
        ("Too Many R", Kind.RATE_LIMITED),
        ("Gateway Ti", Kind.TIMEOUT),
        ("<!DOCTYPE ", Kind.MALFORMED_RESPONSE),
        ("Zounds, no", Kind.MALFORMED_RESPONSE),
    ],
)
def test_a_known_answer_is_told_from_the_beginning_that_a_parser_quotes(quoted: str, kind: Kind) -> None:
    assert seen(exception=f"SyntaxError: Unexpected token '{quoted[0]}', \"{quoted}\"... is not valid JSON").kind is kind


@pytest.mark.parametrize(
    "said",
    [
        "TypeError: Failed to fetch",
        "图像提交错误：Failed to fetch",
        'Uncaught exception in "painter": Connection error.',
        "Network request failed",
    ],
)
def test_what_a_browser_could_not_reach_is_no_fault_of_the_service_and_may_have_been_sent(said: str) -> None:
    failure = seen(exception=said)
    assert (failure.kind, failure.action) == (Kind.NETWORK_CONNECT, Action.NONE)


@pytest.mark.parametrize("said", ["Failed to fetch image: 402", "Network error: request timed out after 60 s"])
def test_a_cause_behind_such_words_counts(said: str) -> None:
    assert seen(exception=said).kind is not Kind.NETWORK_CONNECT


def test_memory_that_a_program_lacks_is_a_matter_of_its_settings_and_a_servers_may_be_free_again() -> None:
    words = "CUDA out of memory. Tried to allocate 3.25 GiB"
    assert (seen(exception=words).kind, seen(exception=words).action) == (Kind.UNSUPPORTED_SIZE, Action.NONE)
    assert seen(500, {"error": words}).kind is Kind.SERVER_ERROR


@pytest.mark.parametrize(
    "body", [{"error": "画像を生成できませんでした。"}, {"error": "Bild konnte nicht erzeugt werden."}, "图片生成失败"]
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_status_that_blames_the_request_is_not_sent_again_whatever_failed(status: int, body: object) -> None:
    assert seen(status, body).action is Action.NONE


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "Additional properties are not allowed ('style_preset' was unexpected)", Kind.UNSUPPORTED_OPTION),
        (400, "The model sandbox-1 does not support /v1/images/edits.", Kind.ENDPOINT_NOT_FOUND),
        (404, "Image editing is not supported by this provider", Kind.UNSUPPORTED_OPTION),
        (403, "Active subscription required", Kind.MODEL_ACCESS_DENIED),
        (500, "failed parsing request body: json: cannot unmarshal number into Go struct field", Kind.BAD_REQUEST_OTHER),
        (530, "error code: 1016", Kind.GATEWAY_ERROR),
    ],
)
def test_what_is_asked_for_in_a_way_that_nobody_offers(status: int, words: str, kind: Kind) -> None:
    assert seen(status, {"error": {"message": words}}).kind is kind


def test_a_warning_about_an_account_puts_none_aside() -> None:
    words = "Sensitive content was found in your prompt. Further violations may lead to the suspension of your account."
    assert seen(200, {"code": 1001, "message": words}, api="task.submit").kind is Kind.SAFETY_PROMPT


@pytest.mark.parametrize(
    "said", ["Keine Daten zurückgegeben (evtl. wurde der Inhalt blockiert).", "Model nie zwrócił obrazu (możliwy filtr treści)."]
)
def test_a_guess_at_a_block_is_not_sent_again(said: str) -> None:
    assert seen(exception=said).action is Action.NONE


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (77x1024 and 640x320)", Kind.SERVER_ERROR),
        ("The size of tensor a (31) must match the size of tensor b (32) at non-singleton dimension 3", Kind.SERVER_ERROR),
        ("Sampler DPM++ 9M was not found", Kind.UNSUPPORTED_OPTION),
        ("Cannot execute because node PaintEverything does not exist.", Kind.UNSUPPORTED_OPTION),
        ("Error while deserializing header: HeaderTooLarge in model.safetensors", Kind.INVALID_MODEL),
        ("TypeError: result.data.map is not a function", Kind.MALFORMED_RESPONSE),
        ("Error processing reference image: Invalid URL 'cat.png': No scheme supplied", Kind.INVALID_REFERENCE_IMAGE),
    ],
)
def test_what_a_server_that_draws_itself_lacks(said: str, kind: Kind) -> None:
    failure = seen(exception=said)
    assert (failure.kind, failure.action) == (kind, Action.NONE)


def test_a_server_that_should_be_started_is_not_there() -> None:
    failure = seen(exception="The painter is offline: make sure InvokeAI is running on this machine.")
    assert failure.kind is Kind.NETWORK_CONNECT


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('INFO:     192.0.2.7:50112 - "POST /v1/images/edits HTTP/1.1" 422 Unprocessable Entity', Kind.BAD_REQUEST_OTHER),
        ("POST /api/painting-proxy 403", Kind.AUTH_PERMISSION),
        ("GET /v1/quota/images 404 (Not Found)", Kind.ENDPOINT_NOT_FOUND),
    ],
)
def test_a_line_of_a_log_says_a_status_and_its_path_says_nothing(line: str, kind: Kind) -> None:
    assert seen(exception=line).kind is kind


@pytest.mark.parametrize(
    ("words", "kind"), [("Painting failed (404)", Kind.ENDPOINT_NOT_FOUND), ("Painting failed (403)", Kind.AUTH_PERMISSION)]
)
def test_a_status_in_the_words_says_more_than_the_500_over_them(words: str, kind: Kind) -> None:
    failure = seen(500, {"message": words})
    assert (failure.kind, failure.action) == (kind, Action.NONE)


def test_an_edit_that_a_library_cannot_send_is_no_matter_of_the_network() -> None:
    said = "litellm.APIConnectionError: APIConnectionError: Bedrock_Exception - image edit is not supported for this provider"
    assert seen(exception=said, api="images.edits").kind is Kind.UNSUPPORTED_OPTION


@pytest.mark.parametrize("name", ["content policy", "usage policy"])
def test_a_failed_task_whose_reason_is_a_rules_name_was_blocked(name: str) -> None:
    answer = {"code": 200, "data": {"state": "fail", "failMsg": name}}
    assert seen(200, answer, api="task.poll").kind is Kind.SAFETY_PROMPT


@pytest.mark.parametrize("words", ["Failed to fetch the image, check who may read it", "图片下载失败，请检查地址"])
def test_a_task_that_could_not_fetch_the_picture_it_was_given_wants_another(words: str) -> None:
    failure = seen(200, {"data": {"status": "FAILED", "errorMessage": words}}, api="task.poll")
    assert (failure.kind, failure.action) == (Kind.INVALID_REFERENCE_IMAGE, Action.NONE)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ModuleNotFoundError: No module named 'onnxruntime'", Kind.SERVER_ERROR),
        ("FileNotFoundError: The file at /tmp/pictures/7.png does not exist.", None),
        ("The ImagePipeline could not be started", None),
        ("connect ENOTFOUND api.painter.example", Kind.NETWORK_DNS),
        ("Error: getaddrinfo ENOTFOUND", Kind.NETWORK_DNS),
        ("write EPIPE", Kind.NETWORK_RESET),
    ],
)
def test_an_errno_inside_another_name_is_none(said: str, kind: Kind | None) -> None:
    found = seen(exception=said).kind
    assert found is kind if kind else found not in (Kind.NETWORK_DNS, Kind.NETWORK_RESET, Kind.NETWORK_TLS)


def test_a_grpc_channels_exception_is_a_frame() -> None:
    said = (
        "grpc._channel._MultiThreadedRendezvous: <_MultiThreadedRendezvous of RPC that terminated with:\n\tstatus = StatusCode.UNKNOWN\n"
        '\tdetails = "init image must have the same dimensions as the mask"\n\tdebug_error_string = "UNKNOWN:peer ipv4:192.0.2.1:443"\n>'
    )
    assert seen(exception=said, api="images.edits").kind is Kind.INVALID_REFERENCE_IMAGE


def test_a_browsers_console_says_a_status() -> None:
    said = "/api/paint?prompt=cat&model=sandbox-1:1  Failed to load resource: the server responded with a status of 400 ()"
    assert seen(exception=said).kind is Kind.BAD_REQUEST_OTHER


@pytest.mark.parametrize(
    ("body", "kind"), [({"exception_message": "list index out of range"}, Kind.SERVER_ERROR), (None, Kind.MALFORMED_RESPONSE)]
)
def test_who_misses_something_is_told_from_where_it_stands(body: object, kind: Kind) -> None:
    """In a service's own answer it's the service; in an exception of a library it's an answer that can't be read."""
    said = None if body else "IndexError: list index out of range"
    assert seen(200, body, exception=said, api="task.poll").kind is kind
