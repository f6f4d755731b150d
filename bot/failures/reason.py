"""Why a connection of ours failed, in half a sentence: for the places that name an error in the middle of a sentence of their own."""

from __future__ import annotations

from bot.failures.classify import classify
from bot.failures.evidence import from_exception
from bot.texts import has, text


def reason_of(error: BaseException) -> str:
    """`its certificate is self-signed`, `its name does not resolve`; the name of the class where nothing better is known."""
    failure = classify(from_exception(error))
    for key in (f"failures.reason.{failure.kind}_{failure.facts.get('tls', '')}", f"failures.reason.{failure.kind}"):
        if has(key):
            return text(key, error=type(error).__name__)
    return type(error).__name__
