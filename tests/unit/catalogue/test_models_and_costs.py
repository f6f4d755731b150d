"""The facts in models.toml: which models are offered, and what they cost."""

import dataclasses
from datetime import date

import pytest

from bot.catalogue.cost import cost_from_usage, highest_cost_micros, picture_tokens
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Sizes
from bot.catalogue.sizes import accepts, edges
from bot.domain.outcome import Usage

CATALOGUE = Catalogue.load()
TODAY = date(2026, 11, 29)


def test_the_default_model_has_no_shutdown_date_and_a_published_price() -> None:
    default = CATALOGUE.default()
    assert default.shutdown_date is None
    assert not default.price.estimated


def test_only_models_that_are_alive_are_offered_and_dying_ones_name_their_day() -> None:
    for model in CATALOGUE.models.values():
        assert model.shutdown_date is None or model.shutdown_date > TODAY
    dying = {name for name, model in CATALOGUE.models.items() if model.shutdown_date}
    assert dying == {"gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"}
    for name in dying:
        assert CATALOGUE.models[name].replacement in CATALOGUE.models
    for gone in CATALOGUE.retired.values():
        assert gone.shutdown_date < TODAY
        assert gone.id not in CATALOGUE.models


@pytest.mark.parametrize("spelled", ["gpt-image-2", "gpt-image-2-2026-04-21", "openai/gpt-image-2", " GPT-Image-2 "])
def test_a_model_is_found_under_the_spellings_of_gateways_and_keeps_the_operators(spelled: str) -> None:
    model = CATALOGUE.model(spelled)
    assert model is not None
    assert model.known
    assert model.id == spelled.strip()
    assert model.sizes == CATALOGUE.default().sizes


def test_an_unknown_name_still_works_with_permissive_limits_and_a_cautious_price() -> None:
    assert CATALOGUE.model("flux.1-schnell") is None
    model = CATALOGUE.resolve("flux.1-schnell")
    assert model.id == "flux.1-schnell"
    assert not model.known
    assert accepts(model.sizes, 768, 513)
    assert model.price.estimated
    asked = ("1024x1024", "medium", 1, 100)
    assert highest_cost_micros(model, *asked) > highest_cost_micros(CATALOGUE.default(), *asked)


# The nine prices of OpenAI's image generation guide for gpt-image-2, and others that follow from the published formula.
@pytest.mark.parametrize(
    ("size", "quality", "dollars"),
    [
        ("1024x1024", "low", 0.0059),
        ("1024x1024", "medium", 0.0527),
        ("1024x1024", "high", 0.2107),
        ("1536x1024", "low", 0.0047),
        ("1536x1024", "medium", 0.0412),
        ("1024x1536", "high", 0.1646),
        ("2048x2048", "high", 0.4282),
        ("3840x2160", "medium", 0.1001),
        ("976x704", "low", 0.0039),
    ],
)
def test_gpt_image_2_costs_what_its_maker_publishes(size: str, quality: str, dollars: float) -> None:
    model = CATALOGUE.default()
    assert picture_tokens(model, size, quality) * model.price.image_out / 1e6 == pytest.approx(dollars, abs=0.00006)


@pytest.mark.parametrize(("model", "quality", "tokens"), [("gpt-image-1.5", "high", 6240), ("gpt-image-1-mini", "low", 408)])
def test_older_models_cost_by_their_table(model: str, quality: str, tokens: int) -> None:
    assert picture_tokens(CATALOGUE.resolve(model), "1024x1536", quality) == tokens


@pytest.mark.parametrize(
    ("size", "quality", "dollars"), [("1024x1024", "low", 0.005), ("1536x1024", "medium", 0.015), ("auto", "auto", 0.052)]
)
def test_a_published_price_above_the_tokens_is_reserved(size: str, quality: str, dollars: float) -> None:
    assert highest_cost_micros(CATALOGUE.resolve("gpt-image-1-mini"), size, quality, 1, 0) >= dollars * 1e6


def test_what_the_provider_may_choose_is_reserved_at_its_dearest() -> None:
    for model in CATALOGUE.models.values():
        asked = [highest_cost_micros(model, size, "high", 1, 10) for size in model.sizes.popular]
        assert highest_cost_micros(model, "auto", "high", 1, 10) >= max(asked)
        assert highest_cost_micros(model, "1024x1024", "auto", 1, 10) == highest_cost_micros(model, "1024x1024", "high", 1, 10)


def test_the_dearest_of_a_fixed_list_is_reserved_where_tokens_go_by_the_area() -> None:
    sizes = Sizes(default="512x512", popular=("512x512",), fixed=("512x512", "1024x1024"))
    model = dataclasses.replace(CATALOGUE.models["gpt-image-2"], sizes=sizes)
    assert picture_tokens(model, "auto", "high") == picture_tokens(model, "1024x1024", "high") > 0


def test_n_pictures_cost_n_times_as_much_text_included() -> None:
    model = CATALOGUE.default()
    one = highest_cost_micros(model, "1024x1024", "medium", 1, 1000)
    assert highest_cost_micros(model, "1024x1024", "medium", 4, 1000) == 4 * one
    assert one == 1756 * 30 + (4 * 1000 + 64) * 5


@pytest.mark.parametrize("quality", ["low", "medium", "high", "auto", "xhigh", "max", "standard", "hd"])
def test_the_reservation_covers_the_settlement_for_every_model(quality: str) -> None:
    for model in [*CATALOGUE.models.values(), CATALOGUE.generic]:
        if quality not in model.qualities:
            continue
        for size in model.sizes.popular:
            billed = cost_from_usage(model, Usage(input_tokens=50 * 4, output_tokens=picture_tokens(model, size, quality)))
            assert billed is not None
            assert 0 < billed <= highest_cost_micros(model, size, quality, 1, 50)


def test_usage_in_money_beats_usage_in_tokens_and_no_usage_settles_nothing() -> None:
    model = CATALOGUE.default()
    assert cost_from_usage(model, Usage(10, 1000, cost_micros=77)) == 77
    assert cost_from_usage(model, Usage(10, 1000)) == 1000 * 30 + 10 * 5
    assert cost_from_usage(model, None) is None
    assert cost_from_usage(model, Usage(10, 0)) is None
    assert cost_from_usage(model, Usage(10**40, 10**40)) == 10**9 * 35


def test_every_size_that_is_offered_can_be_asked_for() -> None:
    for model in CATALOGUE.models.values():
        for size in model.sizes.popular:
            assert accepts(model.sizes, *edges(size))


# The table of tokens that others have counted at 1024x1024, and the prices that follow from the same formula at $30 a million.
@pytest.mark.parametrize("name", ["gpt-image-2.5-flare", "gpt-image-2.5-sunburst"])
@pytest.mark.parametrize(
    ("quality", "tokens", "square", "landscape", "largest"),
    [
        ("low", 196, 0.0059, 0.0047, 0.0111),
        ("medium", 439, 0.0132, 0.0103, 0.026),
        ("high", 1756, 0.0527, 0.0412, 0.1001),
        ("xhigh", 3122, 0.0937, 0.0738, 0.1779),
        ("max", 7024, 0.2107, 0.1646, 0.4003),
    ],
)
def test_gpt_image_2_5_costs_what_was_counted(
    name: str, quality: str, tokens: int, square: float, landscape: float, largest: float
) -> None:
    model = CATALOGUE.models[name]
    assert picture_tokens(model, "1024x1024", quality) == tokens
    assert model.price.estimated, "no maker has published it"
    for size, dollars in (("1024x1024", square), ("1536x1024", landscape), ("3840x2160", largest)):
        assert picture_tokens(model, size, quality) * model.price.image_out / 1e6 == pytest.approx(dollars, abs=0.00006)


def test_each_factor_of_2_5_is_the_only_whole_number_that_fits() -> None:
    from bot.catalogue.cost import area_tokens

    for quality, tokens in (("low", 196), ("medium", 439), ("high", 1756), ("xhigh", 3122), ("max", 7024)):
        fits = [factor for factor in range(1, 400) if area_tokens(factor, 1024, 1024) == tokens]
        assert fits == [CATALOGUE.models["gpt-image-2.5-flare"].factors[quality]]


@pytest.mark.parametrize(("quality", "times"), [("low", 4), ("medium", 4), ("high", 1), ("xhigh", 1), ("max", 1)])
def test_gpt_image_2_6_is_reserved_by_its_upper_bound(quality: str, times: int) -> None:
    older, newer = CATALOGUE.models["gpt-image-2.5-flare"], CATALOGUE.models["gpt-image-2.6-flare"]
    for size in ("1024x1024", "3840x2160", "auto"):
        assert picture_tokens(newer, size, quality) == times * picture_tokens(older, size, quality)


def test_what_ends_now_is_replaced_by_what_its_maker_names() -> None:
    for name in ("gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"):
        model = CATALOGUE.models[name]
        assert model.shutdown_date == date(2026, 12, 1)
        assert str(model.replacement).startswith("gpt-image-2.6-")
