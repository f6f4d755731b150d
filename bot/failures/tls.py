"""Reasons of failed TLS connections, as spelt by OpenSSL, curl, Node, Go, Rust, Java, .NET and browsers.

A reason is a word of this table, so it's safe to show; the texts say what to do about each.
"""

from __future__ import annotations

from bot.failures.tokens import phrases

REASONS: dict[str, tuple[str, ...]] = {
    "wrong_host": phrases("""
        hostname mismatch / ip address mismatch / is not valid for ' / doesn't match / does not match / altname / no alternative /
        alternative certificate subject / certificate is valid for / certificate is not valid for / notvalidforname / namemismatch /
        cannot validate certificate for / no subject alternative / common_name_invalid / no name matching / unable to match /
        not valid for name
    """),
    "not_yet_valid": phrases("""
        certificate is not yet valid / certnotyetvalid / cert_not_yet / notvalidyet / notyetvalid / is before 20
    """),
    "expired": phrases("""
        has expired / cert_has_expired / certificate expired / certificate_expired / cert_date_invalid / certexpired / (expired) /
        expired certificate / nottimevalid / certificateexpired / notafter
    """),
    "revoked": phrases("revoked"),
    "unknown_ca": phrases("""
        in certificate chain / in_chain / local issuer / verify_leaf / get issuer / get_issuer / unknown authority / unknownissuer /
        unknown_ca / unknown ca / unknownca / path building failed / authority_invalid / untrustedroot / partialchain / untrusted root /
        the first certificate / not trusted / trust anchor / unable to verify / chain validation failed
    """),
    "self_signed": phrases("self-signed / self signed / self_signed / selfsigned"),
    "ca_file": phrases("""
        verify locations / curl: (77) / curl error 77 / error setting certificate / no certificate or crl found / cafile / ca bundle
    """),
    "client_certificate": phrases("""
        certificate required / certificate_required / peer did not return a certificate / curl: (58) / curl error 58 / client certificate
    """),
    "no_tls": phrases("""
        wrong_version_number / wrong version number / does not look like a tls / packet length too long / http_request / http request /
        http response to https / record layer failure / invalidcontenttype / unrecognized ssl message / plaintext connection /
        frame exceeded the limits / err_ssl_protocol_error
    """),
    "protocol": phrases("""
        protocol version / protocol_version / unsupported protocol / unsupported_protocol / handshake failure / handshake_failure /
        no shared cipher / no_shared_cipher / no protocols available / dh key too small / legacy renegotiation / err_ssl_version
    """),
    "cut": phrases("""
        violation of protocol / ssleoferror / sslzeroreturn / unexpected eof / unexpected_eof / ssl_error_syscall / handshake: eof /
        connection reset
    """),
}
"""Checked in this order; the first match decides. Go says "has expired or is not yet valid" for both and adds which time it is."""


def tls_reason(text: str) -> str:
    """The reason named in a lower-case text, or an empty string."""
    return next((reason for reason, words in REASONS.items() if any(word in text for word in words)), "")
