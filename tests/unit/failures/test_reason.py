"""Half a sentence for a failed connection."""

from __future__ import annotations

import socket
import ssl

import pytest

from bot.domain.kinds import Kind
from bot.failures.reason import reason_of
from bot.failures.tls import REASONS
from bot.texts import keys


def chained(outer: Exception, cause: Exception) -> Exception:
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"),
            "self-signed",
        ),
        (
            ssl.SSLCertVerificationError("certificate verify failed: Hostname mismatch, certificate is not valid for 'x'."),
            "a different host name",
        ),
        (ssl.SSLCertVerificationError("certificate verify failed: certificate has expired"), "has expired"),
        (chained(OSError("Cannot connect"), ssl.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number")), "doesn't speak TLS"),
        (socket.gaierror(-2, "Name or service not known"), "doesn't resolve"),
        (ConnectionRefusedError(111, "Connection refused"), "nothing accepts"),
        (TimeoutError(), "no answer came in time"),
        (LookupError("banana"), "LookupError"),
    ],
)
def test_a_failed_connection_is_named(error: Exception, said: str) -> None:
    assert said in reason_of(error)


def test_every_reason_belongs_to_a_kind_or_to_a_handshake() -> None:
    known = {f"failures.reason.{kind}" for kind in Kind} | {f"failures.reason.network_tls_{reason}" for reason in REASONS}
    written = set(keys("failures.reason."))
    assert written <= known
    assert {f"failures.reason.network_tls_{reason}" for reason in REASONS} <= written
