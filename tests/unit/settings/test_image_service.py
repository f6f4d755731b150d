"""IMAGE_SERVICE: which language the service speaks, and what follows for its address, its key and its model."""

import pytest

from bot.settings import SettingsProblem, load, service_problems
from bot.settings.rules import rules_of


def test_a_native_service_brings_its_address() -> None:
    assert load({"IMAGE_SERVICE": "Fal", "IMAGE_API_KEY": "k-12345678"}).image_base_url == "https://queue.fal.run"
    own = load({"IMAGE_SERVICE": "fal", "IMAGE_BASE_URL": "https://fal.example/queue", "IMAGE_API_KEY": "k-12345678"})
    assert own.image_base_url == "https://fal.example/queue"


def test_another_services_key_is_never_sent_to_it() -> None:
    settings = load({"IMAGE_SERVICE": "gemini", "OPENAI_API_KEY": "sk-12345678", "OPENAI_BASE_URL": "https://api.openai.com/v1"})
    assert settings.image_api_key is None
    assert settings.image_base_url.startswith("https://generativelanguage.googleapis.com")


def test_a_native_service_needs_a_model() -> None:
    said = service_problems(load({"IMAGE_SERVICE": "replicate", "IMAGE_API_KEY": "r8_12345678"}))
    assert "IMAGE_MODEL" in said[0]
    named = {"IMAGE_SERVICE": "replicate", "IMAGE_API_KEY": "r8_12345678", "IMAGE_MODEL": "black-forest-labs/flux-schnell"}
    assert service_problems(load(named)) == []


def test_a_name_that_is_no_service_is_refused_with_the_list() -> None:
    with pytest.raises(SettingsProblem) as said:
        load({"IMAGE_SERVICE": "midjourney"})
    assert "gemini" in str(said.value)


@pytest.mark.parametrize(("service", "most"), [("gemini", 1), ("bfl", 1), ("siliconflow", 4), ("fal", 4), ("openai", None)])
def test_a_request_for_more_pictures_than_one_call_gives_is_made_in_parts(service: str, most: int | None) -> None:
    settings = load({"IMAGE_SERVICE": service, "IMAGE_API_KEY": "k-12345678", "IMAGE_MODEL": "some-model"})
    model = rules_of(settings, demo=False).model
    assert (model.max_count, model.per_call) == (10, most)


@pytest.mark.parametrize(("said", "turned_away"), [("0", 1), ("1", 1), ("7", 7)])
def test_without_any_free_answer_the_first_one_ends_a_request_and_other_failures_are_still_tried_again(said: str, turned_away: int) -> None:
    rules = rules_of(load({"IMAGE_API_KEY": "k", "MAX_RATE_ANSWERS": said}), demo=False)
    assert rules.max_unbilled_tries == turned_away


def test_the_operator_sets_how_many_requests_of_a_member_may_be_unfinished() -> None:
    most = [rules_of(load({"IMAGE_API_KEY": "k", **said}), demo=False).max_unfinished for said in ({}, {"MAX_MEMBER_REQUESTS": "3"})]
    assert most == [25, 3]
