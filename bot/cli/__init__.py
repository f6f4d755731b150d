"""The imagine-bot command. It speaks the terminal's language from its first text on, so this package decides before any of them is made."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bot.texts import begin_in, for_operators, language_for


def language_of(env: Mapping[str, str]) -> str:
    """The language of a terminal, if operators' texts are in it: LC_ALL comes before LC_MESSAGES, and that before LANG."""
    named = (env.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return for_operators(language_for(next((one for one in named if one), "")))


LANGUAGE = language_of(os.environ)
begin_in(LANGUAGE)
