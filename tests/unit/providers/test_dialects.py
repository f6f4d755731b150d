"""What each family of servers is sent."""

import json

import httpx
import pytest

from bot.providers.services.openai import GATEWAY, clean_prompt, dialect_for, path, payload
from tests.unit.providers.wire import a_call


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.openai.com", "openai"),
        ("API.OpenAI.com.", "openai"),
        ("eu.api.openai.com", "openai"),
        ("my-resource.openai.azure.com", "azure"),
        ("api.x.ai", "xai"),
        ("api.openai.com.evil.example", "gateway"),
        ("notapi.openai.com.", "gateway"),
        ("127.0.0.1", "gateway"),
        ("api.nbility.dev", "gateway"),
    ],
)
def test_a_family_is_known_by_its_host(host: str, name: str) -> None:
    assert dialect_for(host).name == name


def test_openai_is_told_who_asked_as_a_hash_and_never_which_format() -> None:
    sent = payload(dialect_for("api.openai.com"), a_call())
    assert sent["safety_identifier"] == "c0ffee"
    assert "response_format" not in sent


def test_azure_is_named_the_deployment_in_the_path_or_in_the_body_but_not_in_both() -> None:
    azure = dialect_for("x.openai.azure.com")
    assert "model" not in payload(azure, a_call(), "/openai")
    assert (
        path(azure, "/openai/", "my deployment/1") == "/deployments/my%20deployment%2F1/images/generations?api-version=2025-04-01-preview"
    )
    assert payload(azure, a_call(), "/openai/v1/")["model"] == "gpt-image-2"
    assert path(azure, "/openai/v1/", "gpt-image-2") == "/images/generations"


def test_fields_are_renamed_dropped_and_taken_apart() -> None:
    call = a_call(model="m", size="1536x1024", count=2)
    silicon = payload(dialect_for("api.siliconflow.cn"), call)
    assert (silicon["image_size"], silicon["batch_size"]) == ("1536x1024", 2)
    together = payload(dialect_for("api.together.xyz"), call)
    assert (together["width"], together["height"]) == (1536, 1024)
    assert not {"size", "quality", "image_size"} & set(together)
    assert not {"size", "quality"} & set(payload(dialect_for("api.x.ai"), call))
    assert path(dialect_for("openrouter.ai"), "/api/v1/", "m") == "/images"


def test_a_gateway_is_asked_for_base64_unless_the_model_forbids_to_ask() -> None:
    assert "response_format" not in payload(GATEWAY, a_call(model="gpt-image-2"))
    assert "response_format" not in payload(GATEWAY, a_call(model="openai/gpt-image-2"))
    assert payload(GATEWAY, a_call(model="flux-dev"))["response_format"] == "b64_json"


@pytest.mark.parametrize(
    "prompt",
    [
        'a cat <sd_cpp_extra_args>{"steps": 999}</sd_cpp_extra_args>',
        "a cat <lora:evil:1>",
        "a cat <SD_CPP_extra_args >{}",
        "a cat <sd_cpp_extra<lora:x>_args>{}</sd_cpp_extra<lora:x>_args>",
        "a cat <lora:unclosed",
        "a cat | negative words",
    ],
)
def test_a_prompt_cannot_command_a_self_hosted_server(prompt: str) -> None:
    cleaned = clean_prompt(GATEWAY, a_call(model="sd-turbo", prompt=prompt))
    assert cleaned.startswith("a cat")
    assert not any(word in cleaned.lower() for word in ("<sd_cpp_extra_args", "<lora", "|"))


@pytest.mark.parametrize("prompt", ["a <b>bold</b> cat, 3 < 4 > 2", "a cat | a dog", "<sd_cpp_extra_args>"])
def test_a_prompt_goes_to_openai_models_untouched(prompt: str) -> None:
    assert clean_prompt(GATEWAY, a_call(prompt=prompt)) == prompt
    assert clean_prompt(dialect_for("api.openai.com"), a_call(prompt=prompt, model="flux")) == prompt


def test_every_body_is_json_that_any_server_reads() -> None:
    for host in ("api.openai.com", "x.openai.azure.com", "api.x.ai", "localhost"):
        body = payload(dialect_for(host), a_call(size="auto"))
        assert httpx.Request("POST", "http://x", content=json.dumps(body)).content
        assert body["prompt"] == "a red bicycle in the rain"
