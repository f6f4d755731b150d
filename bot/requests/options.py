"""What the configured model accepts, from the rules."""

from __future__ import annotations

from bot.catalogue.sizes import label
from bot.chat.options import Options
from bot.chat.views import Choice
from bot.requests.rules import Rules


def options_of(rules: Rules) -> Options:
    """What the configured model accepts; cheap enough for autocomplete."""
    model = rules.model
    return Options(
        model=model.id,
        sizes=tuple(Choice(one, label(one)) for one in model.sizes.popular),
        free_sizes=model.sizes.free,
        qualities=tuple(Choice(one, one) for one in model.qualities),
        default_size=model.sizes.default,
        models=tuple(Choice(one, one) for one in sorted(rules.models, key=lambda one: one != model.id)),
        default_quality=rules.default_quality or model.default_quality,
        max_count=model.max_count,
        prompt_max_chars=model.prompt_max_chars,
        max_references=rules.references.count,
        masks=rules.references.mask,
        captions=rules.captions,
    )
