"""The rules of a community with a service of its own, and how long a request may take."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from bot.catalogue.load import Catalogue
from bot.domain.own_services import SETTING, OwnService, name_for
from bot.domain.requests import Lane
from bot.providers.services.registry import api_for
from bot.requests.rules import HALF_PRICE_DEADLINE, Rules
from bot.requests.services import HALF_PRICE
from tests.unit.messages.views import request

KNOWN = Catalogue.load().models
OPERATORS = Rules(
    model=KNOWN["gpt-image-2"],
    models={name: KNOWN[name] for name in ("gpt-image-2", "gpt-image-1.5")},
    equals={"fallback": {}},
    leave_out=frozenset({"quality"}),
)
NAME = name_for("openai", "a")


def own(*models: str) -> dict[str, Any]:
    return {SETTING: OwnService(NAME, "openai", "https://art.example/v1", models, "", "olu", 5.0).as_stored()}


@pytest.mark.parametrize(
    ("models", "offered"),
    [
        ((), ["gpt-image-2", "gpt-image-1.5"]),
        (("gpt-image-1.5",), []),
        (("gpt-image-1.5", "gpt-image-2"), ["gpt-image-1.5", "gpt-image-2"]),
    ],
)
def test_a_community_with_a_service_of_its_own_has_its_models_and_no_limit_of_the_operators(
    models: Sequence[str], offered: Sequence[str]
) -> None:
    here = OPERATORS.in_community(own(*models))
    assert list(here.models) == offered
    assert OPERATORS.in_community({}) is OPERATORS
    if models:
        assert here.model.id == models[0]
        assert (here.equals, here.leave_out, here.limits) == ({}, frozenset(), OPERATORS.limits.of_own_key())
        assert here.service_references == api_for("", "openai").references_for(models[0])
    else:
        assert here is OPERATORS


@pytest.mark.parametrize(("quality", "there"), [(None, None), ("low", "low"), ("xhigh", None)])
def test_the_default_quality_holds_where_the_model_knows_it(quality: str | None, there: str | None) -> None:
    rules = dataclasses.replace(OPERATORS, default_quality=quality)
    assert rules.in_community(own("gpt-image-1.5")).default_quality == there
    call = rules.for_call(NAME, "gpt-image-1.5")
    assert (call.default_quality, call.model.id, call.leave_out) == (there, "gpt-image-1.5", frozenset())
    assert rules.for_call("", "gpt-image-1.5").leave_out == {"quality"}


def test_a_picture_of_a_batch_waits_longer_and_one_at_half_the_price_longest() -> None:
    assert [OPERATORS.deadline_in(one) for one in (Lane.INTERACTIVE, Lane.BATCH)] == [OPERATORS.deadline, OPERATORS.batch_deadline]
    plain = request()
    for service, lane, seconds in (
        ("", Lane.INTERACTIVE, OPERATORS.deadline),
        ("", Lane.BATCH, OPERATORS.batch_deadline),
        (HALF_PRICE, Lane.BATCH, HALF_PRICE_DEADLINE),
    ):
        one = dataclasses.replace(plain, service=service, lane=lane)
        assert OPERATORS.deadline_of(one) == seconds
