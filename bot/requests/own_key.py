"""Whose key draws a request: the community's own or the operator's, as things are now. Pure.

A community that has a key of its own never draws with the operator's. What waits is drawn with the key of the moment: a new key draws it
if its service has the model, and after a key was removed the operator's does, if the operator lets communities go without.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from bot.domain.own_services import CommunityKeys, OwnService, is_own, own_service_of
from bot.domain.refusal import Refusal
from bot.domain.requests import LOCAL, Place, Request
from bot.requests.rules import Rules
from bot.requests.services import DEFAULT, HALF_PRICE

CHANGED = "own_changed"
"""Reason of the refusal: the service that the request was checked against isn't the community's anymore."""
UNREADABLE = "own_unreadable"
"""The key can't be decrypted, because the operator's ENCRYPTION_KEYS are others now."""
SWITCHED_OFF, MISSING, MISSING_DIRECT = "own_switched_off", "own_missing", "own_missing_direct"
KEY_REASONS = frozenset({CHANGED, UNREADABLE, SWITCHED_OFF, MISSING, MISSING_DIRECT})
"""Every refusal that is about a community's key, not about the request."""


def unusable(place: Place, own: Mapping[str, Any], rules: Rules) -> Refusal | None:
    """Why nobody draws in a community with these settings, as far as keys are concerned."""
    mode, mine = rules.community_keys, own_service_of(own)
    if place.platform == LOCAL:
        return None
    if mine is not None and mode is CommunityKeys.OFF:
        return Refusal(SWITCHED_OFF)
    if mine is None and mode is CommunityKeys.REQUIRED:
        return Refusal(MISSING_DIRECT if place.is_direct else MISSING)
    return None


def as_drawn_here(request: Request, own: Mapping[str, Any], rules: Rules) -> Request | Refusal:
    """A queued request as it is drawn now, or why it isn't. `rules` are the operator's."""
    if (refused := unusable(request.place, own, rules)) is not None:
        return refused
    mine = own_service_of(own)
    if mine is None and not is_own(request.service):
        return request
    here = rules.in_community(own)
    if mine is not None and request.service == mine.name:
        return request
    if request.service == HALF_PRICE or not _can_draw(here, request):
        return Refusal(CHANGED)
    return dataclasses.replace(request, service=DEFAULT if mine is None else mine.name, per_call=0)


def _can_draw(here: Rules, request: Request) -> bool:
    """Whether the service of today draws what the request asks for."""
    there = here.models.get(request.model) or (here.model if here.model.id == request.model else None)
    if there is None:
        return False
    limits = there.references.within(here.service_references)
    return len(request.references) <= limits.count and (limits.mask or not request.mask)


def home_of(mine: OwnService | None, request: Request) -> Request | Refusal:
    """A request that is being accepted, with the service that will draw it."""
    if mine is None:
        return request
    return Refusal(CHANGED) if request.service == HALF_PRICE else dataclasses.replace(request, service=mine.name)
