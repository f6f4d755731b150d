"""Settings of several models, several keys and a second service: complete or refused, and every key is a secret."""

from __future__ import annotations

import math

import pytest

from bot.catalogue.load import Catalogue
from bot.ports import SystemPorts
from bot.settings import SettingsProblem, load, service_problems
from bot.settings.rules import rules_of

KEY = {"IMAGE_API_KEY": "sk-first-0123456789"}
SECOND = {
    "FALLBACK_BASE_URL": "https://openrouter.ai/api/v1/",
    "FALLBACK_API_KEY": "sk-or-0123456789",
    "FALLBACK_MODELS": "gpt-image-2=openai/gpt-image-2, gpt-image-2.5-flare",
}


def test_a_whole_fallback_is_read() -> None:
    settings = load({**KEY, **SECOND, "IMAGE_MODELS": "gpt-image-2.5-flare, gpt-image-2", "IMAGE_INDEPENDENT_API_KEYS": "sk-two-01234567"})
    assert not service_problems(settings)
    assert settings.fallback_url == "https://openrouter.ai/api/v1"
    assert {"sk-first-0123456789", "sk-or-0123456789", "sk-two-01234567"} <= set(settings.secrets())
    assert "sk-two" not in repr(settings)
    rules = rules_of(settings, demo=False)
    assert list(rules.models) == ["gpt-image-2.5-flare", "gpt-image-2"]
    assert rules.model.id == "gpt-image-2"
    assert rules.for_call("fallback", "gpt-image-2").model.id == "openai/gpt-image-2"
    assert rules.for_call("key-2", "gpt-image-2.5-flare").model == Catalogue.load().models["gpt-image-2.5-flare"]
    assert rules.has_fallback("anything")  # of the second key
    assert not rules_of(settings, demo=True).has_fallback("gpt-image-2")


@pytest.mark.parametrize("missing", sorted(SECOND))
def test_a_part_of_a_fallback_is_refused_and_names_what_is_missing(missing: str) -> None:
    settings = load({**KEY, **{name: value for name, value in SECOND.items() if name != missing}})
    assert missing in service_problems(settings)[0]


def test_a_native_fallback_knows_its_address_and_a_strange_model_is_named() -> None:
    settings = load({**KEY, "FALLBACK_SERVICE": "bfl", "FALLBACK_API_KEY": "bfl-0123456789", "FALLBACK_MODELS": "gpt-image-3=flux-2-pro"})
    assert settings.fallback_url == "https://api.bfl.ai/v1"
    assert "gpt-image-3" in service_problems(settings)[0]


def test_members_pictures_are_kept_as_long_as_the_operator_says() -> None:
    assert [rules_of(load({**KEY, **more}), demo=False).references_kept for more in ({}, {"REFERENCES_KEPT_DAYS": "3"})] == [
        30 * 86400.0,
        3 * 86400.0,
    ]
    with pytest.raises(SettingsProblem, match="REFERENCES_KEPT_DAYS"):
        load({**KEY, "REFERENCES_KEPT_DAYS": "0"})


def test_without_the_default_in_the_list_its_first_one_is_the_default() -> None:
    settings = load({**KEY, "IMAGE_MODEL": "gpt-image-2", "IMAGE_MODELS": "gpt-image-2.6-flare"})
    rules = rules_of(settings, demo=False)
    assert (rules.model.id, rules.models) == ("gpt-image-2.6-flare", {})
    assert "use gpt-image-2.6-flare" in " ".join(settings.warnings)


def test_a_broken_key_in_a_list_is_refused_without_being_shown() -> None:
    with pytest.raises(SettingsProblem) as problem:
        load({**KEY, "IMAGE_INDEPENDENT_API_KEYS": "sk-good-0123456789,schlüssel"})
    assert "IMAGE_INDEPENDENT_API_KEYS" in str(problem.value)
    assert "schl" not in str(problem.value)


async def test_the_second_service_gets_a_gate_and_a_key_of_its_own(tmp_path: object) -> None:
    from bot.providers.pictures import PictureStore
    from bot.settings.services import fallbacks_of

    settings = load({**KEY, **SECOND, "IMAGE_INDEPENDENT_API_KEYS": "sk-two-01234567", "MAX_CONCURRENCY": "3"})
    store = PictureStore(tmp_path)  # type: ignore[arg-type]
    key, other, half = fallbacks_of(settings, store, SystemPorts())
    assert (half.name, half.after) == ("half-price", math.inf), "nothing goes there by itself"
    assert (key.name, key.shown, key.after, key.equals, key.gate_settings.max_concurrency) == ("key-2", "", 0.0, None, 3)
    assert (other.name, other.shown, other.after) == ("fallback", "openrouter.ai", 20.0)
    assert other.provider.name == "openrouter"
    assert key.provider.gate_key != other.provider.gate_key
    for one in (key, other, half):
        await one.provider.aclose()
    store.close()
