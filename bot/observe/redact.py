"""Redaction of known secrets, secret-shaped strings and the private parts of URLs.

It works on finished strings, so it doesn't matter which library wrote them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from contextvars import ContextVar
from urllib.parse import quote, quote_plus, urlsplit

REMOVED = "[secret]"
HIDDEN = "[not logged]"
_HIDDEN_MIN = 12
"""Minimum length of a text to hide; hiding shorter ones would delete ordinary words from the log."""

_WORD = re.compile("[A-Za-z]{1,11}")
_WITHIN_WORDS = "(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"

_hidden: ContextVar[tuple[str, ...]] = ContextVar("hidden", default=())

# Secrets pasted by members: in no settings file, but recognisable by shape.
_SHAPES = re.compile(
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"  # image and language APIs
    r"|\bxox[a-z]-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}"  # Slack
    r"|\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"  # Discord bot tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bAIza[A-Za-z0-9_-]{30,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*"  # JSON web tokens
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{6,}|(?<=Basic )[A-Za-z0-9+/=]{12,}",
)
_ADDRESS = re.compile(r"\b(?:https?|wss?)://[^\s\"'<>\\)\]}]+", re.IGNORECASE)
# URL paths that contain a token: Discord interactions and webhooks, and all Slack hooks.
_TOKEN_PATH = re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/?#]+")
# Details that libraries append to messages: SQLAlchemy's bound values, pydantic's input.
_BOUND = re.compile(r"\[parameters: .*?\](?=\n|$)|\[parameters: .*", re.DOTALL)
_INPUT = re.compile(r"input_value=.*?(?=, input_type=|\n|$)")


_concealed: dict[str, tuple[str, ...]] = {}
"""Spellings of the secrets that this process has learned since its start, by name: keys of communities."""
_later: list[re.Pattern[str]] = []
"""The pattern of all of them, if there are any."""


def conceal(name: str, secret: str) -> None:
    """Redact this secret too, until `reveal`, in everything that any Redactor of this process looks at."""
    if secret:
        _concealed[name] = _spellings(secret)
        _later[:] = [pattern_of({one for spellings in _concealed.values() for one in spellings})]


def reveal(name: str) -> None:
    """Stop redacting a secret: nobody has it anymore, and its words may be ordinary ones."""
    if _concealed.pop(name, None) is not None:
        _later[:] = [pattern_of({one for spellings in _concealed.values() for one in spellings})] if _concealed else []


def _spellings(secret: str) -> tuple[str, ...]:
    return (
        secret,
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    )


def pattern_of(spellings: Collection[str]) -> re.Pattern[str]:
    """A pattern of all of these, the longest first. A short password that is a plain word (`postgres`) counts only as a whole word:
    redacting it within others would reveal it, and spoil the sentence around it."""
    return re.compile(
        "|".join(
            _WITHIN_WORDS.format(re.escape(one)) if _WORD.fullmatch(one) else re.escape(one)
            for one in sorted(spellings, key=len, reverse=True)
        )
    )


class Redactor:
    """Redacts this process's secrets in every spelling that occurs."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        spellings = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
        self._known = pattern_of(spellings) if spellings else None

    def __call__(self, text: str) -> str:
        """The text with secrets replaced, safe to log."""
        if self._known is not None:
            text = self._known.sub(REMOVED, text)
        for later in _later:
            text = later.sub(REMOVED, text)
        for private in _hidden.get():
            text = text.replace(private, HIDDEN)
        text = _ADDRESS.sub(_public_part, text)
        text = _BOUND.sub("[parameters not logged]", text)
        text = _INPUT.sub("input_value=" + HIDDEN, text)
        return _SHAPES.sub(REMOVED, text)


def hide(*texts: str) -> None:
    """Hide these texts (a prompt, or a key that isn't stored) from all log lines and exceptions of this task and those it starts."""
    spellings = {spelling for text in texts if len(text) >= _HIDDEN_MIN for spelling in (*_spellings(text), ascii(text)[1:-1])}
    _hidden.set(tuple(sorted({*_hidden.get(), *spellings}, key=len, reverse=True)))


def _public_part(match: re.Match[str]) -> str:
    """Scheme, host and path of a URL, without login, query and path tokens."""
    try:
        parts = urlsplit(match.group())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "[address]"
    if host == "hooks.slack.com":
        return f"{parts.scheme}://{host}/…"
    path = _TOKEN_PATH.sub(rf"\1{REMOVED}", parts.path)
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}{'?…' if parts.query else ''}"
