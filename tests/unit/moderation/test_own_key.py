"""A community's own key: what is taken and refused, and what each step writes. No service is reached."""

from __future__ import annotations

import dataclasses
from typing import Any

import httpx
import pytest

from bot.chat.views import Reply
from bot.domain.own_services import CHANGED, SETTING, VAULT, CommunityKeys, OwnService, own_service_of
from bot.ledger import settings_rows, vault_rows
from bot.messages.own_notices import ROW
from bot.moderation.own_key import MOST_MODELS
from bot.providers.http_provider import HttpProvider
from bot.providers.services.registry import SERVICES
from bot.texts import text
from bot.texts.phrases import listed
from bot.vault import Vault
from bot.vault.cipher import new_key
from tests.unit.moderation.ground import ADMIN, HOME, MO
from tests.unit.moderation.own_key_desk import BASE, KEY, LIST, OTHER, A, Desk, unchanged


async def test_a_key_is_stored_with_who_set_it_and_when(desk: Desk) -> None:
    await desk.ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", HOME, {"size": "1024x1024"}, "admin"))
    desk.ground.wakes.clear()
    ada = dataclasses.replace(ADMIN, name="A" * 100)
    assert await desk.save(ada) == Reply(text("own.saved", host="art.example"))
    found = await desk.stored()
    assert found is not None
    service, key = found
    assert key == KEY
    assert service == OwnService(service.name, "gateway", BASE, ("gpt-image-2",), "cdef", "admin", desk.ground.clock.at, "A" * 80)
    assert service.name.startswith("own-gateway-")
    assert (await desk.settings())["size"] == "1024x1024"
    assert [(one.topic, one.id) for one in desk.ground.wakes] == [(CHANGED, f"web:{HOME}")]
    assert desk.asked == [KEY, None], "and whether the list needs a key"
    assert await desk.written() == [("done", "set")]


@pytest.mark.parametrize(
    ("answers", "said", "stored"),
    [
        ([(401, b"")], text("own.problem_key", host="art.example", status="401"), False),
        ([(503, b"")], text("own.problem_busy", host="art.example", status="503"), False),
        (
            [(200, b'{"data": [{"id": "gpt-image-1"}, {"id": "gpt-image-3"}]}')],
            text("own.problem_model_near", host="art.example", model="gpt-image-2", near=listed(["gpt-image-3", "gpt-image-1"])),
            False,
        ),
        ([LIST, LIST], text("own.saved_unproven", host="art.example"), True),
        ([(404, b"")], text("own.saved_unproven", host="art.example"), True),
    ],
)
async def test_only_what_the_service_accepts_is_stored(desk: Desk, answers: list[tuple[int, bytes]], said: str, stored: bool) -> None:
    desk.answers = list(answers)
    assert await desk.save() == Reply(said, changed=stored)
    assert (await desk.stored() is not None) is stored


async def test_an_address_that_no_call_can_be_made_to_is_no_service(desk: Desk) -> None:
    def connect(service: OwnService, key: str) -> HttpProvider:
        raise ValueError("no base address")

    assert desk.own.services is not None
    desk.own.services.connect = connect
    assert await desk.save() == unchanged(text("own.problem_not_api", host="art.example", status="-"))


async def test_a_press_that_is_delivered_twice_counts_once(desk: Desk) -> None:
    assert (await desk.save(key="twice")).changed
    before = await desk.stored()
    assert await desk.save(key="twice") == unchanged(text("reply.already_done"))
    assert await desk.stored() == before
    assert (await desk.remove(key="again")).changed
    assert await desk.remove(key="again") == unchanged(text("own.none_to_remove"))


async def test_a_removal_that_is_delivered_late_leaves_the_new_key(desk: Desk) -> None:
    await desk.save()
    assert (await desk.remove(key="late")).changed
    await desk.save(own_key=OTHER)
    assert await desk.remove(key="late") == unchanged(text("own.none_to_remove"))
    found = await desk.stored()
    assert found is not None
    assert found[1] == OTHER


async def test_only_administrators_do_any_of_it(desk: Desk) -> None:
    await desk.save()
    refused, before = unchanged(text("case.settings.not_administrator")), await desk.stored()
    asked = len(desk.asked)
    assert await desk.save(MO, own_key=OTHER) == refused
    assert len(desk.asked) == asked, "nothing is checked for anybody else"
    assert await desk.remove(MO) == refused
    assert await desk.form(MO) == refused
    assert await desk.own.handlers.actions[A.OWN_KEY](desk.ground.act(A.OWN_KEY, ROW, MO)) == refused
    assert await desk.stored() == before


async def test_who_lost_the_right_during_the_check_stores_nothing(desk: Desk) -> None:
    real = desk.answer

    def answer(request: httpx.Request) -> httpx.Response:
        desk.ground.check.administrators.clear()
        return real(request)

    desk.answer = answer  # type: ignore[method-assign]
    assert await desk.save() == unchanged(text("case.settings.not_administrator"))
    assert await desk.stored() is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"own_api": "x" * 50}, text("case.settings.wrong_choice", value="x" * 40, allowed=listed(sorted(SERVICES), None))),
        ({"own_address": "http://art.example"}, text("own.wrong_address")),
        ({"own_address": ""}, text("own.wrong_address_needed")),
        ({"own_models": "gpt-image-2 -" + "x" * 50}, text("own.wrong_models", value="-" + "x" * 39, most=MOST_MODELS)),
        ({"own_models": " , "}, text("own.wrong_count", count=0, most=MOST_MODELS)),
        ({"own_models": " ".join(f"m{n}" for n in range(11))}, text("own.wrong_count", count=11, most=MOST_MODELS)),
        ({"own_key": ""}, text("own.key_needed")),
        *(
            ({"own_key": key}, text("own.wrong_key", least=16))
            for key in (
                *("sk-1234567890abc", "two words 1234567890", "abcdefghijklmnopq", "12345678901234567", "https://art.example/1"),
                *("sk-1234567890äbcdef", "Bearer-1234567890abcdef", "a1" * 250 + "b", "sk-1234567890abc\x7fdef"),
            )
            if len(key) != 16
        ),
        ({"own_key": "sk-1234567890ab"}, text("own.wrong_key", least=16)),
    ],
)
async def test_what_cannot_be_meant_is_a_sentence(desk: Desk, typed: dict[str, str], said: str) -> None:
    assert await desk.save(**typed) == unchanged(said)
    assert (desk.asked, await desk.stored()) == ([], None)


@pytest.mark.parametrize("key", ["sk-1234567890abc", "!~" + "a1" * 249, "a1" * 250])
async def test_keys_that_are_taken(desk: Desk, key: str) -> None:
    assert (await desk.save(own_key=f" {key} ")).changed
    found = await desk.stored()
    assert found is not None
    assert found[1] == key


@pytest.mark.parametrize("count", [1, MOST_MODELS])
async def test_as_many_models_as_are_taken(desk: Desk, count: int) -> None:
    models = [f"m{number}" for number in range(count)]
    desk.answers = [(404, b"")]
    assert (await desk.save(own_models="，".join([*models, models[0]]))).changed
    found = await desk.stored()
    assert found is not None
    assert found[0].models == tuple(models)


@pytest.mark.parametrize("typed", [{"own_address": "https://other.art.example/v1"}, {"own_api": "openai", "own_address": BASE}])
async def test_the_stored_key_goes_to_no_other_service(desk: Desk, typed: dict[str, str]) -> None:
    await desk.save()
    asked = list(desk.asked)
    assert await desk.save(own_key="", **typed) == unchanged(text("own.key_needed"))
    assert desk.asked == asked


async def test_the_stored_key_is_kept_when_only_the_models_change(desk: Desk) -> None:
    await desk.save()
    first = await desk.stored()
    assert (await desk.save(own_key="", own_models="gpt-image-1.5")).changed
    second = await desk.stored()
    assert first is not None
    assert second is not None
    assert (second[1], second[0].models) == (KEY, ("gpt-image-1.5",))
    assert second[0].name != first[0].name
    assert await desk.written() == [("done", "set"), ("done", "replaced")]
    assert await desk.ground.ledger.read(lambda c: [one.key for one in vault_rows.every(c, VAULT, 0.0)]) == [second[0].name]


@pytest.mark.parametrize("lost", ["removed", "unreadable", "something else"])
async def test_a_stored_key_that_cannot_be_read_is_asked_for(desk: Desk, lost: str) -> None:
    await desk.save()
    found, services = await desk.stored(), desk.own.services
    assert found is not None
    assert services is not None
    if lost == "removed":
        await services.vault.forget(VAULT, found[0].name)
    elif lost == "unreadable":
        services.vault = Vault(desk.ground.ledger, (new_key(),))
    else:
        await services.vault.put(VAULT, found[0].name, {"key": KEY})
    assert await desk.save(own_key="") == unchanged(text("own.key_needed"))


@pytest.mark.parametrize("begins", [True, False])
async def test_a_form_about_another_key_stores_nothing(desk: Desk, begins: bool) -> None:
    if begins:
        await desk.save()
    other = OwnService("own-gateway-z", "gateway", BASE, ("gpt-image-2",), "", "pat", 5.0)
    real, changed = desk.own.services, []

    def connect(service: OwnService, key: str) -> HttpProvider:
        changed.append(service)
        return desk.connect(service, key)

    assert real is not None
    real.connect = connect
    there = desk.own.community.ledger

    async def meanwhile() -> None:
        await there.write(lambda tx: settings_rows.replace(tx, "web", HOME, {SETTING: other.as_stored()}, "pat"))

    reply = await _during(desk, meanwhile)
    assert reply == unchanged(text("own.changed_meanwhile"))
    assert own_service_of(await desk.settings()) == other


async def _during(desk: Desk, meanwhile: Any) -> Reply:
    """Save, while something else happens during the check."""
    real = desk.own.services
    assert real is not None
    connect = real.connect

    def connecting(service: OwnService, key: str) -> HttpProvider:
        made = connect(service, key)
        get = made.get

        async def slow(*given: Any, **named: Any) -> Any:
            await meanwhile()
            return await get(*given, **named)

        made.get = slow  # type: ignore[method-assign]
        return made

    real.connect = connecting
    return await desk.save(own_key=OTHER)


async def test_a_community_has_one_check_at_a_time(desk: Desk) -> None:
    begun, said = list[bool](), list[Reply]()

    async def another() -> None:
        if not begun:
            begun.append(True)
            said.append(await desk.save())

    assert (await _during(desk, another)).changed
    assert said == [unchanged(text("own.too_often"))]


@pytest.mark.parametrize("mode", [CommunityKeys.OPTIONAL, CommunityKeys.REQUIRED])
async def test_removing_a_key_says_what_happens_now(desk: Desk, mode: CommunityKeys) -> None:
    desk.mode = mode
    await desk.ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", HOME, {"size": "1024x1024"}, "admin"))
    assert await desk.remove() == unchanged(text("own.none_to_remove"))
    await desk.save()
    now = text("own.removed_required" if mode is CommunityKeys.REQUIRED else "own.removed")
    assert await desk.remove() == Reply(f"{text('own.gone')} {now}")
    assert await desk.settings() == {"size": "1024x1024"}
    assert await desk.ground.ledger.read(lambda c: vault_rows.every(c, VAULT, 0.0)) == []
    assert await desk.written() == [("done", "set"), ("done", "removed")]


async def test_a_service_without_a_model_list_is_believed(desk: Desk) -> None:
    typed = {"own_api": "fal", "own_address": "", "own_models": "fal-ai/flux/dev"}
    assert await desk.save(**typed) == Reply(text("own.saved_unproven", host="queue.fal.run"))
    assert desk.asked == []
