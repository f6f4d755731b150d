"""Whether a prompt is worth a question to the member before it is sent; and what may come out badly, as advice that can be ignored."""

from __future__ import annotations

from bot.prompts import lint_secrets
from bot.prompts.lint import lint
from bot.requests.rules import Question


def ask_about(prompt: str) -> Question | None:
    """The question, with a cleaned wording where one is left; None for an ordinary prompt."""
    found = lint(prompt)
    return None if found is None else Question(found.reason, found.cleaned)


def load() -> None:
    """Load what the first suspicious prompt would load; half a second, better spent at start than while somebody waits."""
    lint_secrets.load()
