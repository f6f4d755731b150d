"""What a service publishes about its models, read over real HTTP: limits and prices as they are now, the catalogue otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.catalogue.cost import cost_from_usage, highest_cost_micros
from bot.catalogue.load import Catalogue
from bot.catalogue.published import Published, read_published, with_published
from bot.domain.outcome import Usage
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.providers.published import published_by
from bot.providers.services.registry import api_for
from bot.requests.models_now import as_published
from bot.requests.rules import Rules
from bot.sandbox.server import RunningSandbox
from tests.local_server import served

SEEDREAM, OWN = "bytedance-seed/seedream-4.5", "openai/gpt-image-2"


def provider(address: str, folder: Path, service: str = "openrouter") -> HttpProvider:
    return HttpProvider(address, "k", PictureStore(folder), SystemPorts(), api=api_for("", service))


async def test_openrouters_limits_and_prices_are_those_that_it_publishes(sandbox: RunningSandbox, tmp_path: Path) -> None:
    source, names = provider(sandbox.base_url_of("openrouter"), tmp_path), Catalogue.load()
    guessed = names.resolve(SEEDREAM)
    before = Rules(model=guessed, models={one: names.resolve(one) for one in (SEEDREAM, OWN, "nobody/knows-this")})
    rules = await as_published(before, source, {})
    await source.aclose()
    model = rules.model
    assert (model.per_call, model.price.estimated) == (2, False)  # the stricter one of its two endpoints
    assert {"quality"} <= model.leave_out
    assert model.references.count == 0
    assert guessed.price.estimated
    assert highest_cost_micros(model, "2048x2048", "high", 2, 0) - highest_cost_micros(model, "2048x2048", "high", 1, 0) in range(
        40_000, 41_000
    )
    assert cost_from_usage(model, Usage(output_tokens=5)) is None  # books what was reserved
    assert cost_from_usage(model, Usage(cost_micros=39_000)) == 39_000
    assert rules.models[SEEDREAM] == model
    assert (rules.models[OWN].per_call, rules.models[OWN].references.count) == (None, 8)
    assert rules.models["nobody/knows-this"] == names.resolve("nobody/knows-this")


async def test_a_plain_model_list_says_nothing_and_the_catalogue_stays(sandbox: RunningSandbox, tmp_path: Path) -> None:
    source, rules = provider(sandbox.base_url, tmp_path, "openai"), Rules(model=Catalogue.load().default())
    assert await published_by(source, ["gpt-image-2"]) == {}
    assert await as_published(rules, source, {}) == rules
    await source.aclose()


@pytest.mark.parametrize("answer", [web.Response(status=503), web.Response(text="<html>"), web.json_response([1, {"data": 7}])])
async def test_a_service_that_fails_or_talks_nonsense_changes_nothing(tmp_path: Path, answer: web.Response) -> None:
    async def said(request: web.Request) -> web.Response:
        return web.Response(status=answer.status, body=answer.body, content_type=answer.content_type)

    async with served(said) as address:
        for service in ("openrouter", "gateway"):
            source = provider(f"{address}/v1", tmp_path, service)
            assert await published_by(source, ["a/b"]) == {}
            await source.aclose()
    gone = provider("http://127.0.0.1:9/v1", tmp_path)
    assert await published_by(gone, ["a/b"]) == {}
    await gone.aclose()


def entry(**more: Any) -> dict[str, object]:
    return {"data": [{"id": "other", "pricing": [{"billable": "output_image", "unit": "image", "cost_usd": 9}]}, {"id": "m", **more}]}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"pricing": [{"billable": "output_image", "unit": "image", "cost_usd": "0.02"}]}, Published(dollars=0.02)),
        ({"pricing": [{"billable": "output_image", "unit": "megapixel", "cost_usd": 0.03}]}, Published(dollars=0.03, by_megapixel=True)),
        ({"pricing": [{"billable": "output_image", "unit": "token", "cost_usd": 3e-5}]}, Published()),
        ({"pricing": [{"billable": "output_image", "unit": "image", "cost_usd": one} for one in ("NaN", -1, 0, 1e9, None)]}, Published()),
        ({"pricing": {"prompt": "0.1"}}, Published()),
        ({"supported_parameters": ["n", "size"]}, Published()),  # the chat models' form
        (
            {"supported_parameters": {"n": {"max": True}, "size": {}, "quality": {}, "input_references": {"max": 5000}}},
            Published(),
        ),
    ],
)
def test_only_what_is_understood_counts(more: dict[str, object], found: Published) -> None:
    assert read_published(entry(**more), "m") == found


def test_a_price_by_megapixel_follows_the_size() -> None:
    model = with_published(Catalogue.load().resolve("flux"), Published(dollars=0.03, by_megapixel=True))
    assert highest_cost_micros(model, "1000x1000", "medium", 1, 0) - highest_cost_micros(model, "1000x500", "medium", 1, 0) == 15_000
    assert highest_cost_micros(model, "auto", "medium", 1, 0) >= highest_cost_micros(model, "2048x2048", "medium", 1, 0)
