"""Whose key draws a request, as a table; and what may be typed as the address of a service."""

from __future__ import annotations

import dataclasses

import pytest

from bot.catalogue.load import Catalogue
from bot.domain.attachments import ReferenceLimits
from bot.domain.own_services import SETTING, CommunityKeys, OwnService, api_of, ends_of, is_own, name_for, own_service_of
from bot.domain.refusal import Refusal
from bot.domain.requests import LOCAL, Place, Request
from bot.providers.services.registry import SERVICES
from bot.requests.own_address import WrongAddress, read_address
from bot.requests.own_key import as_drawn_here, home_of, unusable
from bot.requests.rules import Rules
from bot.requests.services import DEFAULT, HALF_PRICE, ImageService, ImageServices
from tests.unit.requests.ground import Ground

OFF, OPTIONAL, REQUIRED = CommunityKeys
OLD, NEW = (
    OwnService(name_for("openai", id), "openai", "https://api.openai.com/v1", ("gpt-image-2", "gpt-image-1.5"), "1234", "olu", 5.0)
    for id in ("old", "new")
)
XAI = OwnService(name_for("xai", "x"), "xai", "https://api.x.ai/v1", ("grok-2-image",), "1234", "olu", 5.0)
RULES = Rules(model=Catalogue.load().default())


def own(service: OwnService | None) -> dict[str, object]:
    return {} if service is None else {SETTING: service.as_stored()}


async def request(ground: Ground, **values: object) -> Request:
    return dataclasses.replace(await ground.asked(), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "now", "sent_to", "expected"),
    [
        (OPTIONAL, None, DEFAULT, DEFAULT),
        (OPTIONAL, None, "fallback", "fallback"),
        (OPTIONAL, OLD, OLD.name, OLD.name),
        (OPTIONAL, NEW, OLD.name, NEW.name),
        (OPTIONAL, NEW, DEFAULT, NEW.name),
        (OPTIONAL, NEW, "fallback", NEW.name),
        (OPTIONAL, XAI, OLD.name, "own_changed"),
        (OPTIONAL, XAI, DEFAULT, "own_changed"),
        (OPTIONAL, NEW, HALF_PRICE, "own_changed"),
        (OPTIONAL, None, OLD.name, DEFAULT),
        (REQUIRED, None, OLD.name, "own_missing"),
        (REQUIRED, None, DEFAULT, "own_missing"),
        (REQUIRED, NEW, DEFAULT, NEW.name),
        (OFF, None, DEFAULT, DEFAULT),
        (OFF, OLD, OLD.name, "own_switched_off"),
        (OFF, OLD, DEFAULT, "own_switched_off"),
    ],
)
async def test_what_waits_is_drawn_with_the_key_of_the_moment(
    ground: Ground, mode: CommunityKeys, now: OwnService | None, sent_to: str, expected: str
) -> None:
    waiting = await request(ground, service=sent_to)
    found = as_drawn_here(waiting, own(now), dataclasses.replace(RULES, community_keys=mode))
    assert (found.reason if isinstance(found, Refusal) else found.service) == expected


async def test_pictures_that_the_other_service_does_not_take_are_not_sent_to_it(ground: Ground) -> None:
    waiting = await request(ground, service=OLD.name, references=("ab" * 32,), model="gpt-image-2")
    rules = dataclasses.replace(RULES, community_keys=OPTIONAL)
    silicon = dataclasses.replace(NEW, name=name_for("siliconflow", "s"), api="siliconflow")
    assert isinstance(as_drawn_here(waiting, own(NEW), rules), Request)
    assert as_drawn_here(waiting, own(silicon), rules) == Refusal("own_changed")


@pytest.mark.parametrize(
    ("count", "mask", "limits", "drawn"),
    [
        (2, False, ReferenceLimits(count=2, mask=False), True),
        (3, False, ReferenceLimits(count=2, mask=True), False),
        (1, True, ReferenceLimits(count=2, mask=True), True),
        (1, True, ReferenceLimits(count=2, mask=False), False),
        (0, False, ReferenceLimits(count=0, mask=False), True),
    ],
)
async def test_attached_pictures_go_where_as_many_are_taken(
    ground: Ground, count: int, mask: bool, limits: ReferenceLimits, drawn: bool
) -> None:
    waiting = await request(ground, service=OLD.name, references=("ab" * 32,) * count, mask="cd" * 32 if mask else "", per_call=3)
    rules = dataclasses.replace(RULES, model=dataclasses.replace(RULES.model, references=limits))
    found = as_drawn_here(waiting, {}, dataclasses.replace(rules, community_keys=OPTIONAL))
    assert found == (dataclasses.replace(waiting, service=DEFAULT, per_call=0) if drawn else Refusal("own_changed"))


async def test_what_is_accepted_goes_to_the_service_of_its_community(ground: Ground) -> None:
    asked = await request(ground)
    assert home_of(None, asked) is asked
    assert home_of(NEW, asked) == dataclasses.replace(asked, service=NEW.name)
    assert home_of(NEW, dataclasses.replace(asked, service=HALF_PRICE)) == Refusal("own_changed")


def test_the_command_line_and_direct_messages() -> None:
    rules = dataclasses.replace(RULES, community_keys=REQUIRED)
    assert unusable(Place(LOCAL, "x", "y"), {}, rules) is None
    assert unusable(Place("discord", "dm:5", "y"), {}, rules) == Refusal("own_missing_direct")
    assert home_of(None, None) is None  # type: ignore[arg-type]


def test_a_names_api_is_in_it_and_everything_stored_is_read_again() -> None:
    for api in SERVICES:
        name = name_for(api, "abcdefgh23456789")
        assert (is_own(name), api_of(name)) == (True, api)
        assert len(name) <= 40
    assert not any(is_own(name) for name in (DEFAULT, HALF_PRICE, "fallback", "key-2"))
    assert own_service_of(own(OLD)) == OLD
    for odd in ({}, {SETTING: None}, {SETTING: "x"}, {SETTING: []}):
        assert own_service_of(odd) is None
    stored = {"name": "own-xai-a", "api": "xai", "base_url": "https://api.x.ai/v1", "models": ["m"]}
    stored |= {"ends": "1234", "by": "olu", "at": 5.0, "by_name": "Olu"}
    kept = own_service_of({SETTING: stored})
    assert kept is not None
    assert kept.as_stored() == stored, "rows of older versions have these names"
    assert own_service_of({SETTING: {"name": "own-xai-a"}}) == OwnService("own-xai-a", "", "", (), "", "", 0.0)
    assert [ends_of(key) for key in ("short", "x" * 15, "0123456789-abcde", "sk-0123456789-abcd")] == ["", "", "bcde", "abcd"]


def test_a_community_has_its_own_models_and_nothing_that_was_set_for_the_operators_service() -> None:
    rules = Rules(
        model=Catalogue.load().resolve("gpt-image-2"),
        models={"gpt-image-2": Catalogue.load().resolve("gpt-image-2"), "b": Catalogue.load().resolve("b")},
        equals={HALF_PRICE: {}, "fallback": {}},
        default_quality="hd",
        leave_out=frozenset({"quality"}),
        community_keys=OPTIONAL,
    )
    here = rules.in_community(own(XAI))
    assert (here.model.id, dict(here.models), dict(here.equals)) == ("grok-2-image", {}, {})
    assert (here.leave_out, here.half_price, here.limits.own_key) == (frozenset(), False, True)
    assert here.references.mask is False
    assert list(rules.in_community(own(OLD)).models) == ["gpt-image-2", "gpt-image-1.5"]
    assert rules.in_community({}) is rules
    call = rules.for_call(XAI.name, "grok-2-image")
    assert (call.model.id, dict(call.equals), call.leave_out) == ("grok-2-image", {}, frozenset())


@pytest.mark.parametrize(
    ("model", "references", "mask", "takes"),
    [
        ("a", 0, True, True),
        ("a", 2, True, True),
        ("a", 3, False, False),
        ("b", 1, False, True),
        ("b", 1, True, False),
        ("c", 1, False, False),
    ],
)
def test_a_fallback_takes_the_pictures_that_its_equal_model_takes(model: str, references: int, mask: bool, takes: bool) -> None:
    limits = {"a": ReferenceLimits(count=2, mask=True), "b": ReferenceLimits(count=2, mask=False)}
    one = ImageService("fallback", None, None, equals={"a": "x"}, references=limits)  # type: ignore[arg-type]
    assert one.takes(model, references, mask=mask) is takes
    assert (one.model_for("a"), one.model_for("b")) == ("x", None)
    same = ImageService("key-2", None, None, references=limits)  # type: ignore[arg-type]
    assert same.takes(model, references, mask=mask) is True
    assert same.model_for(model) == model


def test_a_service_that_is_not_known_here_is_never_the_operators() -> None:
    services = ImageServices([ImageService(DEFAULT, None, None)])  # type: ignore[arg-type]
    stranger = services.of(OLD.name)
    assert (stranger.name, stranger.known) == (OLD.name, False)
    assert stranger.gate.next(0.0, []).when == float("inf")  # type: ignore[union-attr]
    assert services.of("no longer configured").name == DEFAULT
    assert services.own_of("test:home") == ""


@pytest.mark.parametrize(
    ("typed", "api", "expected"),
    [
        ("", "openai", "https://api.openai.com/v1"),
        ("", "fal", "https://queue.fal.run"),
        ("https://art.example/v1/", "gateway", "https://art.example/v1"),
        (" https://ART.example/v1/images/generations ", "gateway", "https://art.example/v1"),
        ("https://art.example:443/v1", "gateway", "https://art.example/v1"),
        (
            "https://x.openai.azure.com/openai?api-version=2025-04-01-preview",
            "azure",
            "https://x.openai.azure.com/openai",
        ),
        ("https://art.example/~ana/v1!", "gateway", "https://art.example/~ana/v1!"),
        ("https://art.example/" + "x" * 280, "gateway", "https://art.example/" + "x" * 280),
    ],
)
def test_addresses_that_are_taken(typed: str, api: str, expected: str) -> None:
    assert read_address(typed, api) == expected


@pytest.mark.parametrize(
    "typed",
    [
        *("http://art.example/v1", "ftp://art.example", "art.example/v1", "https://", "https:///v1", "//art.example"),
        *("https://art.example:8443/v1", "https://art.example:80/v1", "https://art.example:0/", "https://art.example:99999/"),
        *("https://user@art.example/", "https://user:word@art.example/", "https://@art.example/"),
        *("https://127.0.0.1/v1", "https://[::1]/v1", "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://10.0.0.1."),
        *(
            "https://localhost/v1",
            "https://gateway/v1",
            "https://a.local/",
            "https://db.internal/",
            "https://x.lan/",
            "https://localhost./",
        ),
        *(
            "https://art.example/v1?key=1",
            "https://art.example/v1?api-version=2025-04-01",
            "https://art.example/v1#x",
            "https://art.example/\\evil",
            "https://art.example/ v1",
        ),
        *("https://ärt.example/", "https://art..example/", "https://-art.example/", "https://art.example/" + "x" * 281),
    ],
)
def test_addresses_that_are_not(typed: str) -> None:
    with pytest.raises(WrongAddress) as problem:
        read_address(typed, "gateway")
    assert problem.value.key == "address"


@pytest.mark.parametrize("query", ["key=1", "api-version=", "api-version=2025-04-01&key=1"])
def test_an_azure_address_takes_a_version_and_nothing_else(query: str) -> None:
    with pytest.raises(WrongAddress, match="address"):
        read_address(f"https://x.openai.azure.com/openai?{query}", "azure")


@pytest.mark.parametrize("api", ["azure", "gateway"])
def test_a_service_without_a_usual_address_needs_one(api: str) -> None:
    with pytest.raises(WrongAddress, match="address_needed"):
        read_address("", api)
