"""Half sentences about why a connection failed, for use inside other sentences."""

from __future__ import annotations

from bot.failures.classify import classify
from bot.failures.evidence import from_exception
from bot.texts import has, text


def reason_of(error: BaseException) -> str:
    """`its certificate is self-signed`, `its name doesn't resolve`; the exception's class name if nothing better is known."""
    failure = classify(from_exception(error))
    if failure.is_guess:
        return type(error).__name__  # the kind would be a guess from single words
    for key in (f"failures.reason.{failure.kind}_{failure.facts.get('tls', '')}", f"failures.reason.{failure.kind}"):
        if has(key):
            return text(key, error=type(error).__name__)
    return type(error).__name__
