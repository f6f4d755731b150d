"""The request rules with what the image services publish about their models now."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping

from bot.catalogue.model import Model
from bot.catalogue.published import with_published
from bot.providers.http_provider import HttpProvider
from bot.providers.port import Provider
from bot.providers.published import published_by
from bot.requests.rules import Rules


async def as_published(rules: Rules, provider: Provider, others: Mapping[str, Provider]) -> Rules:
    """The rules with what each service publishes about its models now; where it says nothing, the built-in catalogue stays."""

    async def now(source: Provider, models: Mapping[str, Model]) -> dict[str, Model]:
        found = await published_by(source, (one.id for one in models.values())) if isinstance(source, HttpProvider) else {}
        return {name: with_published(one, found[one.id]) if one.id in found else one for name, one in models.items()}

    own, *equals = await asyncio.gather(
        now(provider, {**rules.models, rules.model.id: rules.model}), *(now(others[name], rules.equals[name]) for name in rules.equals)
    )
    return dataclasses.replace(
        rules,
        model=own[rules.model.id],
        models={name: own[name] for name in rules.models},
        equals=dict(zip(rules.equals, equals, strict=True)),
    )
