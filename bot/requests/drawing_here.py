"""What members of a community are told about what draws there, as its settings are now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.own_services import own_service_of
from bot.domain.refusal import Refusal
from bot.domain.requests import Place
from bot.messages.help_view import Drawing
from bot.messages.refusal_view import refusal_sentence
from bot.requests.choices import chosen_model, offered
from bot.requests.own_key import UNREADABLE, unusable
from bot.requests.rules import Rules
from bot.texts import has, text


def drawing_here(own: Mapping[str, Any], rules: Rules) -> Drawing:
    here = rules.in_community(own)
    names = offered(own, here) if own_service_of(own) is not None else ()
    chosen = chosen_model(None, own, here)
    here = here.for_model(chosen) if isinstance(chosen, str) else here
    model = here.model
    return Drawing(model.sizes.popular, model.qualities, model.max_count, here.references.count, tuple(names))


def why_nobody_draws(place: Place, own: Mapping[str, Any], rules: Rules, unreadable: Callable[[str], bool]) -> str:
    """Why nothing is drawn in a community with these settings, and who can mend that; empty if something is. `unreadable`: whether a
    service by this name has a key that can't be decrypted."""
    refused, mine = unusable(place, own, rules), own_service_of(own)
    if refused is None and mine is not None and unreadable(mine.name):
        refused = Refusal(UNREADABLE)
    if refused is None:
        return ""
    key = f"status.{refused.reason}"
    return text(key) if has(key) else refusal_sentence(refused)
