"""A request's row, and its message, in a line of a test."""

from __future__ import annotations

import dataclasses
from typing import Any

from bot.chat.views import ActionName, Audience, View
from bot.domain.failure import Failure
from bot.domain.kinds import Kind
from bot.domain.outcome import Picture
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Request
from bot.ledger.codec import refusal_from_json
from bot.messages.request_facts import RequestFacts
from bot.messages.request_view import render
from tests.unit.requests.ground import failure

NOW = 1_800_000_000.0
A, S = ActionName, RequestState
LINE = "1024×1024 · medium · for Ana"
PNG = Picture("f" * 64, "png", 1024, 1024, 99)


def request(state: RequestState = S.ANSWERED, **values: Any) -> Request:
    """A `refusal` may be given as it is stored."""
    if isinstance(values.get("refusal"), dict):
        values["refusal"] = refusal_from_json(values["refusal"])
    base = Request(
        id="a" * 16,
        state=state,
        person=Person("ana", "Ana"),
        place=Place("test", "home", "imagine"),
        prompt="a red bicycle",
        fingerprint="",
        model="m",
        size="1024x1024",
        quality="medium",
        count=1,
        private=False,
        created_at=NOW,
        due_at=NOW,
        deadline_at=NOW + 840,
    )
    return dataclasses.replace(base, **values)


def failed(kind: Kind, **facts: str) -> Failure:
    return dataclasses.replace(failure(kind), facts=facts)


def shown(state: RequestState = S.ANSWERED, audience: Audience = Audience.CHANNEL, why: Failure | None = None, **values: Any) -> View:
    facts = {name: values.pop(name) for name in [one.name for one in dataclasses.fields(RequestFacts)] if name in values}
    row = request(state, failure=why, **values)
    return render(RequestFacts(row, NOW, **facts), audience)


def actions(view: View) -> list[ActionName]:
    return [one.action for one in view.buttons]
