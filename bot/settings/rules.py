"""Conversion of the operator's settings to the request rules."""

from __future__ import annotations

from dataclasses import replace

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.catalogue.model import Model
from bot.providers.services.registry import api_for
from bot.requests.questions import ask_about
from bot.requests.rules import Rules
from bot.settings.model import Settings


def rules_of(settings: Settings, *, demo: bool) -> Rules:
    """The request rules for these settings."""
    catalogue = Catalogue.load()
    return Rules(
        model=catalogue.default() if demo else model_of(settings, catalogue),
        default_quality=settings.image_quality,
        limits=Limits(
            member_day=settings.budget_member_day_usd,
            member_month=settings.budget_member_month_usd,
            community_day=settings.budget_community_day_usd,
            community_month=settings.budget_community_month_usd,
            member_pictures_day=settings.budget_member_day_pictures,
            community_pictures_day=settings.budget_community_day_pictures,
            zone=settings.budget_timezone,
        ),
        deadline=float(settings.request_deadline_s),
        max_attempts=settings.max_attempts,
        max_rate_answers=settings.max_rate_answers,
        leave_out=settings.image_omit_options,
        lint=ask_about,
        allowed={"discord": settings.allowed_guilds, "slack": settings.allowed_workspaces},
    )


def model_of(settings: Settings, catalogue: Catalogue) -> Model:
    """The configured model, with no more pictures a call than its service gives."""
    model = catalogue.resolve(settings.image_model)
    most = api_for(settings.image_base_url, settings.image_service).max_count
    return model if most is None or most >= model.max_count else replace(model, max_count=most)
