"""Doctor's last word, which layer is at fault, and the text model that tells a picture's trouble from the key's."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from bot.cli.probes import chat_model
from tests.unit.cli.conftest import Call, Ended, Point, StandInPlugin
from tests.unit.cli.loopback import Handler, listening

REFUSED = {"error": {"message": "The requested size is not supported by this deployment.", "code": "invalid_value", "param": "size"}}
NO_KEY = {"error": {"code": "invalid_api_key", "message": "Incorrect API key provided."}}


@contextlib.contextmanager
def serving(chat: int, pictures: int, refusal: object = REFUSED) -> Iterator[str]:
    """A service with a text and a picture model that answer with these statuses."""

    class Answers(Handler):
        def do_GET(self) -> None:
            self.answer(200, {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5-mini"}, {"id": "gpt-5"}]})

        def do_POST(self) -> None:
            asked = json.loads(self.body())
            if self.path.endswith("/chat/completions"):
                assert asked["model"] == "gpt-5-mini"
                self.answer(chat, {"choices": [{"message": {"content": "Yes"}}]} if chat == 200 else refusal)
            else:
                drawn = io.BytesIO()
                Image.new("RGB", (1024, 1024)).save(drawn, "PNG")
                good = {"created": 1, "data": [{"b64_json": base64.b64encode(drawn.getvalue()).decode()}]}
                self.answer(pictures, good if pictures == 200 else refusal)

    with listening(Answers) as port:
        yield f"http://127.0.0.1:{port}/v1"


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {row["layer"]: row["verdict"] for row in found["layers"]}


@pytest.mark.parametrize(
    ("chat", "pictures", "refusal", "layer", "said"),
    [
        (200, 400, REFUSED, "model", "A text model answers with the same key and address and the picture doesn't come"),
        (200, 500, {"error": "internal"}, "model", "A text model answers"),
        (401, 401, NO_KEY, "key", "Neither the text model nor the picture model answers"),
    ],
)
def test_the_text_model_tells_a_pictures_trouble_from_the_keys(
    doctor: Call, chat: int, pictures: int, refusal: object, layer: str, said: str
) -> None:
    with serving(chat, pictures, refusal) as address:
        found = json.loads(doctor("--spend", "--json", IMAGE_BASE_URL=address).out)
    wrong = next(one for one in found["findings"] if one["ok"] is False)
    assert wrong["what"] == "Smallest picture"
    assert said in wrong["reason"]
    assert wrong["fix"]
    assert wrong["layer"] == layer
    assert verdicts(found)[layer] == "yes"
    assert verdicts(found)["network"] == "no"


def test_a_text_model_that_fails_alone_is_no_fault_and_said(doctor: Call) -> None:
    with serving(403, 200) as address:
        ended = doctor("--spend", IMAGE_BASE_URL=address)
    assert ended.code == 0, ended.out
    assert "Only the text model fails; pictures work." in ended.err
    assert "It has a shape that the bot can read: one picture" in ended.out


def test_without_spend_neither_text_nor_a_picture_is_asked_for(doctor: Call) -> None:
    with serving(500, 500) as address:
        ended = doctor(IMAGE_BASE_URL=address)
    assert ended.code == 0
    assert "--spend" in ended.err


def test_all_goes_on_after_a_finding_and_says_what_it_could_not_check(doctor: Call, adapters: dict[str, Point]) -> None:
    from bot.adapter import Finding

    plugin = StandInPlugin(findings=[Finding(False, "Stand-in", "STANDIN_TOKEN was revoked.")])
    adapters["standin"] = Point("standin", lambda: plugin)
    ended = doctor("--all", IMAGE_BASE_URL="http://127.0.0.1:9/v1", IMAGE_QUALITY="max")
    lines = [line for line in ended.out.splitlines() if line[:4] in ("STOP", "-   ")]
    assert [line[5:].partition(":")[0] for line in lines] == ["Port (TCP)", "Image service", "Model", "Stand-in"]
    assert lines[1].startswith("-    Image service: Not checked, because of an earlier finding: 127.0.0.1:9 couldn't be reached")
    assert ended.code == 1
    found = json.loads(doctor("--all", "--json", IMAGE_BASE_URL="http://127.0.0.1:9/v1").out)
    assert verdicts(found) == {
        "service": "not_checked",
        "key": "not_checked",
        "model": "not_checked",
        "network": "yes",
        "machine": "no",
        "configuration": "also",
        "platform": "also",
    }
    assert [one["ok"] for one in found["findings"] if one["what"] == "Image service"] == [None]


def test_a_small_chat_model_is_chosen_and_never_another_kind() -> None:
    assert chat_model(["gpt-image-2", "gpt-5", "gpt-5-nano", "gpt-4o-mini-tts", "text-embedding-3-small"]) == "gpt-5-nano"
    assert chat_model(["black-forest-labs/FLUX.1", "meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-8B"]) == "Qwen/Qwen3-8B"
    assert chat_model(["gpt-image-2", "dall-e-3", "imagen-4", "whisper-1"]) is None


def test_further_keys_and_the_second_service_are_checked_by_their_own_names(imagine_bot: Callable[..., Ended]) -> None:
    """The configured service is fine; the third key and the second service's model aren't."""
    keys: list[str] = []

    class Answers(Handler):
        def do_GET(self) -> None:
            keys.append(self.headers.get("authorization", "").removeprefix("Bearer "))
            wrong = keys[-1].endswith("wrong")
            error = {"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}}
            self.answer(401 if wrong else 200, error if wrong else {"data": [{"id": "gpt-image-2"}]})

    env = {
        "IMAGE_API_KEY": "sk-one-0123456789",
        "IMAGE_INDEPENDENT_API_KEYS": "sk-two-0123456789,sk-three-wrong",
        "FALLBACK_API_KEY": "sk-other-0123456789",
        "FALLBACK_MODELS": "gpt-image-2=gpt-imagine-9",
        "STANDIN_TOKEN": "token-1",
        "STATUS_PAGE": "off",
    }
    with listening(Answers) as port:
        address = f"http://127.0.0.1:{port}/v1"
        ended = imagine_bot("doctor", "--all", "--json", **env, IMAGE_BASE_URL=address, FALLBACK_BASE_URL=address)
    found = json.loads(ended.out)
    wrong = [one for one in found["findings"] if one["ok"] is False]
    assert [one["what"] for one in wrong] == ["Key 3: Image service", "Second service (gpt-imagine-9): Model"]
    assert "IMAGE_INDEPENDENT_API_KEYS" in wrong[0]["reason"] + wrong[0]["fix"]
    assert "FALLBACK_MODELS" in wrong[1]["fix"]
    assert {"Key 2: Image service", "Second service (gpt-imagine-9): Image service"} <= {
        one["what"] for one in found["findings"] if one["ok"]
    }
    assert set(keys) == {"sk-one-0123456789", "sk-two-0123456789", "sk-three-wrong", "sk-other-0123456789"}
    assert not [key for key in keys if key in ended.out + ended.err]
