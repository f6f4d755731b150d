"""The language of a page: which one, and what the browser has to know about it."""

from __future__ import annotations

import json
import re

from bot.texts import DEFAULT_LANGUAGE, language_or_none, say, text
from bot.texts.locales import is_right_to_left

_LOST = ("lost", "lost_why", "too_long", "too_long_why")
"""NiceGUI's own four sentences about the connection, in the order of its page."""


def reading(chosen: str, accepted: str) -> str:
    """The language of a page: the one that was chosen, or the first of the browser's that the bot speaks."""
    wanted = sorted((_weight(one), -number, one.partition(";")[0].strip()) for number, one in enumerate(accepted.split(",")))
    found = (language_or_none(one) for one in (chosen, *(locale for weight, _, locale in reversed(wanted) if weight > 0)))
    return next((one for one in found if one is not None), DEFAULT_LANGUAGE)


def _weight(accepted: str) -> float:
    given = re.search(r";\s*q\s*=\s*([01](?:\.\d{1,3})?)\s*$", accepted)
    return float(given[1]) if given else 1.0


def stated(language: str) -> str:
    """A script that states the page's language and direction before anything is drawn, and says NiceGUI's own sentences in it."""
    direction = "rtl" if is_right_to_left(language) else "ltr"
    said = json.dumps([say(text(f"web.connection.{name}"), language) for name in _LOST]).replace("<", "\\u003c")
    return (
        f"<script>Object.assign(document.documentElement, {{lang: '{language}', dir: '{direction}'}});"
        "addEventListener('DOMContentLoaded', () => document.querySelectorAll('.nicegui-error-popup span')"
        f".forEach((one, at) => (one.textContent = {said}[at] ?? one.textContent)))</script>"
    )
