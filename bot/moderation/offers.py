"""An offered rewrite: its options, its maximum cost, and the submission that sends it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sqlalchemy import Connection

from bot.catalogue.check import Checked, Problem, check
from bot.chat.views import Act
from bot.domain.requests import Request, Submission
from bot.ledger import settings_rows
from bot.requests.rules import Rules
from bot.requests.tiers import rules_here


def options(connection: Connection, request: Request, rules: Rules, prompt: str) -> Checked | Problem:
    """Size, quality and count of the blocked request, validated for another wording. For a request that was rejected before validation, the
    options as typed."""
    own = settings_rows.of_community(connection, request.place.platform, request.place.community)
    typed, rules = _typed(request), rules.in_community(own).for_model(request.model)
    quality = typed["quality"] or own.get("quality") or rules.default_quality
    return check(rules.model, prompt, typed["size"] or own.get("size"), quality, typed["count"])


def highest_cost(connection: Connection, request: Request, rules: Rules, prompt: str) -> int | None:
    """Maximum cost of sending this wording, in micros; None if the model doesn't accept it."""
    found, rules = options(connection, request, rules, prompt), rules_here(connection, request.place, rules).for_model(request.model)
    return (
        None
        if isinstance(found, Problem)
        else rules.highest_cost(found.size, found.quality, found.count, prompt, references=len(request.references))
    )


def submission(request: Request, prompt: str, act: Act, values: Mapping[str, str] | None = None) -> Submission:
    """The new request: the blocked one's options (or a form's), at the same place, in the member's name."""
    place = request.place
    same_place = (act.community, act.channel) == (place.community, place.channel)
    typed = _typed(request)
    given = values or {}
    return Submission(
        person=dataclasses.replace(request.person, name=act.person_name or request.person.name),
        place=dataclasses.replace(place, reply=act.reply if same_place else {}),
        prompt=prompt,
        size=given.get("size") or typed["size"],
        quality=given.get("quality") or typed["quality"],
        model=given.get("model") or typed.get("model"),
        count=given.get("count") or typed["count"],
        private=request.private if "private" not in given else given["private"] == "true",
        references=request.references,
        consent=request.consent,
        caption=given.get("caption", request.caption),
    )


def _typed(request: Request) -> dict[str, str | None]:
    """Size, quality and count as checked, or as typed; None for the default."""
    if request.size:
        return {"size": request.size, "quality": request.quality, "count": str(request.count), "model": request.model or None}
    return {name: None if request.typed.get(name) in (None, "") else str(request.typed[name]) for name in ("size", "quality", "count")}
