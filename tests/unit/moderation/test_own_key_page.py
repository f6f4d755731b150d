"""What the page of a community's own key shows, and its form."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.views import FieldKind, Form
from bot.domain.own_services import SETTING, CommunityKeys, OwnService
from bot.ledger import memory_rows, settings_rows
from bot.moderation.own_key import KEY_MOST
from bot.providers.services.registry import SERVICES
from bot.texts import text
from bot.texts.phrases import listed, moment
from tests.unit.moderation.ground import HOME
from tests.unit.moderation.own_key_desk import BASE, A, Desk, unchanged


@pytest.mark.parametrize("wired", [True, False])
@pytest.mark.parametrize("mode", list(CommunityKeys))
@pytest.mark.parametrize("encrypted", [True, False])
async def test_where_no_key_can_be_stored_none_is_taken(desk: Desk, wired: bool, mode: CommunityKeys, encrypted: bool) -> None:
    desk.wired, desk.mode = wired, mode
    desk.keys = desk.keys if encrypted else ()
    page, form = await desk.page(), await desk.form()
    closed = "" if encrypted else text("own.no_encryption")
    if mode is CommunityKeys.OFF or not wired:
        closed = text("own.switched_off")
    none = "own.none_required" if wired and mode is CommunityKeys.REQUIRED else "own.none"
    assert page.text == tuple(one for one in (text("own.how"), text(none), closed) if one)
    assert [one.action for one in page.buttons] == ([] if closed else [A.OWN_KEY_EDIT])
    if closed:
        assert form == unchanged(closed)
        assert await desk.save() == unchanged(closed)
        assert desk.asked == []
    else:
        assert isinstance(form, Form)


async def test_the_page_names_everything_but_the_key(desk: Desk) -> None:
    page = await desk.page()
    assert (page.facts, page.text) == ((), (text("own.how"), text("own.none")))
    [button] = page.buttons
    assert (button.label, button.opens_form, button.pressers.administrators) == (text("own.set"), True, True)
    await desk.save(own_models="gpt-image-2, gpt-image-1.5")
    page = await desk.page()
    assert page.text == (text("own.how"),)
    names = [text(f"own.{name}") for name in ("service", "address", "models", "key", "by", "at")]
    ends, models = text("own.ends", ends="cdef"), listed(["gpt-image-2", "gpt-image-1.5"], None)
    shown = ["gateway", BASE, models, ends, "Ada", moment(desk.ground.clock.at)]
    assert [(one.label, one.value) for one in page.facts] == list(zip(names, shown, strict=True))
    edit, remove = page.buttons
    assert (edit.action, edit.label, edit.opens_form) == (A.OWN_KEY_EDIT, text("own.replace"), True)
    assert (remove.action, remove.label, remove.opens_form) == (A.OWN_KEY_REMOVE, text("button.own_key_remove"), False)
    assert all(one.pressers.administrators for one in page.buttons)


async def test_the_page_without_a_name_or_an_end_of_the_key_says_so(desk: Desk) -> None:
    service = OwnService("own-gateway-a", "gateway", BASE, ("gpt-image-2",), "", "admin", 5.0)
    await desk.ground.ledger.write(lambda tx: settings_rows.replace(tx, "web", HOME, {SETTING: service.as_stored()}, "admin"))
    facts = {one.label: one.value for one in (await desk.page()).facts}
    assert (facts[text("own.key")], facts[text("own.by")]) == (text("own.stored"), "admin")


@pytest.mark.parametrize(("state", "shown"), [({}, False), ({"over": 6.0}, False), ({"what": "key", "kind": "auth_invalid_key"}, True)])
async def test_the_page_says_what_is_wrong_as_long_as_it_is(desk: Desk, state: dict[str, Any], shown: bool) -> None:
    known = {"count": 1, "first": 5.0, "last": 5.0, "kind": "auth_invalid_key", "what": "key", **state} if state else {}
    if known:
        await desk.ground.ledger.write(lambda tx: memory_rows.remember(tx, f"own-outage:web:{HOME}", known))
    assert len((await desk.page()).text) == 2, "without a key nothing is wrong with it"
    await desk.save()
    if known:
        await desk.ground.ledger.write(lambda tx: memory_rows.remember(tx, f"own-outage:web:{HOME}", known))
    assert len((await desk.page()).text) == 1 + shown


async def test_the_form_shows_what_is_set_and_asks_for_the_key_once(desk: Desk) -> None:
    form = await desk.form()
    assert isinstance(form, Form)
    api, address, models, key = form.fields
    assert form.title == text("own.set")
    assert [one.value for one in form.fields] == ["openai", "", "", ""]
    assert [one.value for one in api.choices] == sorted(SERVICES)
    assert [one.required for one in form.fields] == [True, False, True, True]
    assert [one.max_length for one in (address, models, key)] == [300, 1000, KEY_MOST]
    assert (key.kind, key.hint) == (FieldKind.SECRET, text("own.hint_key"))
    await desk.save(own_models="gpt-image-2, gpt-image-1.5")
    form = await desk.form()
    assert isinstance(form, Form)
    assert form.title == text("own.replace")
    assert [one.value for one in form.fields] == ["gateway", BASE, "gpt-image-2, gpt-image-1.5", ""]
    assert [one.required for one in form.fields] == [True, False, True, False]
    assert form.fields[3].hint == text("own.hint_keep")
