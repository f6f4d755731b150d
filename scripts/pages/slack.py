"""Generator of the scope and error tables in docs/slack.md, from the adapter and its texts. The rest is written by hand."""

from __future__ import annotations

from pathlib import Path

from adapters.kit.errors import ErrorClass
from adapters.slack.errors import CODES, TOKEN_ERRORS
from adapters.slack.manifest import SCOPES
from bot.texts import text

PATH = "docs/slack.md"


def page() -> str:
    """The current page with up-to-date tables."""
    current = (Path(__file__).resolve().parents[2] / PATH).read_text(encoding="utf-8")
    for name, lines in (("scopes", scopes()), ("refusals", refusals()), ("errors", errors())):
        current = _filled(current, name, lines)
    return current


def scopes() -> list[str]:
    return ["| scope | for |", "|---|---|", *(f"| `{scope}` | {reason} |" for scope, reason in SCOPES.items())]


def refusals() -> list[str]:
    """One row per token error, in the bot's own words but without the code, which has its own column."""
    lines = ["| code | what it means, and what to do |", "|---|---|"]
    for code in TOKEN_ERRORS:
        sentence = text(f"slack.error.{code}", name="the token", where="the app's page", needed="that Slack names")
        sentence = sentence.replace(f" ({code})", "").replace("the the ", "the ")
        lines.append(f"| `{code}` | {sentence[0].upper()}{sentence[1:]} |")
    return lines


def errors() -> list[str]:
    """One row per error class, with its codes."""
    lines = ["| codes | cause | what to do |", "|---|---|---|"]
    for error_class in ErrorClass:
        codes = ", ".join(f"`{code}`" for code, found in CODES.items() if found is error_class)
        if error_class is ErrorClass.INVALID:
            codes = "any other"
        if not codes:
            continue  # another platform's
        lines.append(f"| {codes} | {text(f'slack.error_class.{error_class}')} | {text(f'slack.error_class.{error_class}_do')} |")
    return lines


def _filled(page: str, name: str, lines: list[str]) -> str:
    begin, end = f"<!-- generated {name}: begin -->", f"<!-- generated {name}: end -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{PATH} has lost its marker {begin} or {end}")
    return "\n".join([before + begin, *lines, end]) + after
