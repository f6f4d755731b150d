"""Suggestions for misspelt variables, such as IMAGE_APIKEY. Pure; handles names, never values."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

OTHER_NAMES = {
    "API_KEY": "IMAGE_API_KEY",
    "DISCORD_TOKEN": "DISCORD_BOT_TOKEN",
    "IMAGE_KEY": "IMAGE_API_KEY",
    "IMAGE_TOKEN": "IMAGE_API_KEY",
    "IMAGE_URL": "IMAGE_BASE_URL",
    "IMAGE_API_URL": "IMAGE_BASE_URL",
    "IMAGE_API_BASE": "IMAGE_BASE_URL",
    "IMAGE_MODEL_NAME": "IMAGE_MODEL",
    "NBILITY_KEY": "NBILITY_API_KEY",
    "NBILITY_URL": "NBILITY_BASE_URL",
    "NBILITY_MODEL": "NBILITY_IMAGE_MODEL",
    "NBILITY_QUALITY": "NBILITY_IMAGE_QUALITY",
    "OPENAI_KEY": "OPENAI_API_KEY",
    "OPENAI_TOKEN": "OPENAI_API_KEY",
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
    "OPENAI_API_URL": "OPENAI_BASE_URL",
    "OPENAI_MODEL": "IMAGE_MODEL",
    "OPENAI_IMAGE_MODEL": "IMAGE_MODEL",
    "SLACK_API_BASE": "SLACK_API_URL",
    "SLACK_API_TOKEN": "SLACK_BOT_TOKEN",
    "SLACK_APP_LEVEL_TOKEN": "SLACK_APP_TOKEN",
    "SLACK_BASE_URL": "SLACK_API_URL",
    "SLACK_BOT_USER_TOKEN": "SLACK_BOT_TOKEN",
    "SLACK_TOKEN": "SLACK_BOT_TOKEN",
    "TIMEZONE": "BUDGET_TIMEZONE",
}
"""Other tools' names for the same setting, which no similarity measure would find."""

_ALIKE = 0.87
"""difflib ratio. IMAGE_APIKEY, MAX_ATTEMPT and BUDGET_COMUNITY_DAY_USD are above it; SLACK_CLIENT_SECRET and OPENAI_API_VERSION below."""


def meant(name: str, known: Collection[str]) -> str | None:
    """The setting that an unknown name was probably meant to be; None if it isn't similar to any."""
    if name in known:
        return None
    right = OTHER_NAMES.get(name)
    if right in known:
        return right
    upper = name.upper().replace("-", "_")
    if upper in known:
        return upper
    bare = {candidate.replace("_", ""): candidate for candidate in known}
    if (squeezed := upper.replace("_", "")) in bare:
        return bare[squeezed]
    close = difflib.get_close_matches(upper, known, n=1, cutoff=_ALIKE)
    return close[0] if close else None


def misspelt(names: Iterable[str], known: Collection[str]) -> list[tuple[str, str]]:
    """(written, meant) for every unknown name that looks like a known one."""
    return [(name, right) for name in sorted(names) if (right := meant(name, known)) is not None]
