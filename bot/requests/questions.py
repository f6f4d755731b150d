"""Questions to the member about a suspicious prompt before it's sent."""

from __future__ import annotations

from bot.prompts import edit_words, lint_secrets
from bot.prompts.lint import lint
from bot.requests.rules import Question


def ask_about(prompt: str) -> Question | None:
    """The question, with a cleaned wording if enough is left; None for an ordinary prompt."""
    found = lint(prompt)
    return None if found is None else Question(found.reason, found.cleaned)


def load() -> None:
    """Load the lint's libraries at start (0.5 s), before the first suspicious prompt needs them."""
    lint_secrets.load()
    edit_words.load()
