"""The models that a community offers, and the one that a moderator's wording is sent with."""

from __future__ import annotations

import dataclasses

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, FieldKind, Form
from bot.ledger import request_rows
from bot.moderation.community import SECTIONS
from bot.moderation.offers import submission
from bot.texts import text
from bot.texts.phrases import listed
from tests.unit.moderation.ground import ADMIN, ANN, Ground
from tests.unit.moderation.test_community_and_privacy import own

A = ActionName
PICTURES = SECTIONS["pictures"]
NAMES = ["gpt-image-2", "gpt-image-1.5"]
REST = {"size": "", "quality": "", "retention_days": "7", "deny_reasons": ""}


async def test_a_community_offers_some_of_the_operators_models(ground: Ground) -> None:
    form = await ground.form(A.SETTINGS, PICTURES, ADMIN)
    assert isinstance(form, Form)
    assert "models" not in [one.name for one in form.fields]
    ground._room = None
    ground.rules = dataclasses.replace(ground.rules, models={name: Catalogue.load().models[name] for name in NAMES})
    for typed, kept in (("gpt-image-1.5, gpt-image-2;gpt-image-1.5", ["gpt-image-1.5", "gpt-image-2"]), ("", None)):
        assert (await ground.press(A.SETTINGS, PICTURES, ADMIN, {**REST, "models": typed})).changed
        assert (await own(ground)).get("models") == kept
        form = await ground.form(A.SETTINGS, PICTURES, ADMIN)
        assert isinstance(form, Form)
        field = form.fields[0]
        assert (field.name, field.kind, field.required, bool(field.value)) == ("models", FieldKind.LINE, False, bool(kept))
        assert field.hint == text("case.settings.hint_models", offered=listed(NAMES))
    refused = await ground.press(A.SETTINGS, PICTURES, ADMIN, {**REST, "models": "gpt-image-2 " + "x" * 60})
    assert not refused.changed
    assert text("case.settings.wrong_choice", value="x" * 40, allowed=listed(NAMES)) in refused.text
    assert (await own(ground)).get("models") is None


async def test_another_wording_is_sent_with_the_model_of_the_blocked_one_or_of_the_form(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.ledger.write(lambda tx: request_rows.mark(tx, case.request_id, model="gpt-image-1.5"))
    act = ground.act(A.REPHRASE, case.id, ANN)
    [request] = await ground.requests()
    found = []
    for values in (None, {"model": "gpt-image-2"}, {"model": ""}):
        found.append(submission(request, "a cat", act, values).model)
    assert found == ["gpt-image-1.5", "gpt-image-2", "gpt-image-1.5"]
