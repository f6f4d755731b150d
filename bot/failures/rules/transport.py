"""Faults of the wire, named by exception class and text: httpx, httpcore, aiohttp, requests, urllib3, curl, Node.

Read only where an exception was recorded. Classes were measured against loopback servers (../shared/platform/failures.md, 14); the
spellings of other libraries are those of their sources.
"""

from __future__ import annotations

from bot.domain.kinds import Action, Kind
from bot.failures.rules.rule import Rule

MEASURED = "measured on loopback with httpx 0.28, aiohttp 3, requests 2; error names of Node, libuv and curl"


def _wire(kind: Kind, parts: str, source: str = MEASURED, action: Action | None = None, confidence: float = 0.95) -> Rule:
    return Rule(kind, source, exceptions=tuple(parts.split(" / ")), action=action, confidence=confidence, family="transport")


STRUCTURE: tuple[Rule, ...] = (
    _wire(Kind.NOT_TAKEN, "nottaken:", "bot/pixels/errors.py: our own limits and refusals; the next try would bring the same"),
    Rule(
        Kind.DOWNLOAD_FAILED,
        "bot/providers/download.py: an answer that is no picture file",
        apis=("download",),
        exceptions=("unusableanswer:",),
        action=Action.NONE,
        confidence=0.95,
        family="transport",
    ),
    Rule(
        Kind.AUTH_PERMISSION,
        "bot/failures/guards.py: an SDK's exception that quotes a guard's page",
        shapes=frozenset({"guard"}),
        confidence=0.9,
        family="edge",
    ),
    _wire(Kind.CORRUPT_IMAGE, "badpicture:", "bot/pixels/errors.py"),
    _wire(
        Kind.NETWORK_PROXY,
        "connect tunnel failed / could not resolve proxy / "
        "proxyerror / proxyconnectionerror / socks proxy / socks server / socks error / socksexception / "
        "curl error 5: / curl error 97: / "
        "curl: (5) / curl: (97) / proxy authentication / tunnel connection failed / unable to connect to proxy / "
        "cannot connect to proxy / socks5 / socksproxy / err_proxy / err_tunnel / proxy connect aborted / from proxy after connect",
    ),
    _wire(
        Kind.NETWORK_TLS,
        "certificate_verify_failed / certificate verify failed / wrong_version_number / [ssl / sslerror / sslcertverification / "
        "certificateerror / self-signed certificate / self signed certificate / unable_to_verify_leaf / err_cert / cert_has_expired / "
        "certificate has expired / err_tls / err_ssl / tlsv1 / tls handshake / ssl handshake / sslv3 / hostname mismatch / "
        "unable to get local issuer / ssl connect error / ssl_error / certificate is not valid / doesn't match / invalidcertificate / "
        "ssleoferror / sslzeroreturn / in violation of protocol / sslhandshake / pkix / x509 / certpath / "
        "handshake failure / handshake_failure / "
        "ssl connection could not be established / certificate problem / certificate verification / "
        "certificate required / curl error 35: / "
        "curl error 51: / curl error 58: / curl error 60: / curl error 77: / curl: (35) / curl: (51) / "
        "curl: (53) / curl: (54) / curl: (58) / curl: (59) / curl: (60) / curl: (64) / curl: (66) / curl: (77) / curl: (80) / "
        "curl: (82) / curl: (83) / curl: (90) / curl: (91) / "
        "invalid peer certificate / authenticationexception / remote certificate / unknown ca / bad certificate / rustls",
    ),
    _wire(
        Kind.NETWORK_DNS,
        "name or service not known / name resolution / nodename nor servname / getaddrinfo / gaierror / nameresolutionerror / dnserror / "
        "unable to resolve host / "
        "enotfound / eai_again / no address associated / failed to resolve / could not resolve / no such host / name_not_resolved / "
        "dns lookup / unknownhost / no data record of requested type / dns error / failed to lookup address / server misbehaving / "
        "unknown host / host not found / nxdomain / could not find host / curl error 6: / curl: (6) / name does not resolve / eai_noname",
    ),
    _wire(Kind.CORRUPT_IMAGE, "only base64 data is allowed", action=Action.NONE),
    _wire(
        Kind.CORRUPT_IMAGE,
        "unidentifiedimageerror / cannot identify image / image file is truncated / truncated file read / broken png / "
        "broken data stream / "
        "corrupt jpeg / decompressionbomb / binascii / incorrect padding / invalid base64 / bad image / not a png / unrecognized image / "
        "image data is corrupt / crc mismatch / bad crc / invalid png / premature end of jpeg / invalid character in base64",
    ),
    _wire(
        Kind.ENDPOINT_NOT_FOUND,
        "unsupportedprotocol / missing an 'http / invalidurl / invalid url / missingschema / invalidschema / toomanyredirects / "
        "exceeded maximum allowed redirects / too many redirects / nonhttpurl / unsupported protocol / curl: (1) / curl: (3) / curl: (47)",
    ),
    _wire(
        Kind.MALFORMED_RESPONSE,
        "illegal status line / illegal header / invalid http / badstatusline / not http / unexpected mimetype: text/html",
        action=Action.NONE,
    ),
    _wire(
        Kind.NETWORK_CONNECT,
        "connecttimeout / connecttimeouterror / connectiontimeouterror / connection timeout to host / connect call failed / "
        "errno 10060 / und_err_connect_timeout / connection timed out / connect timeout / "
        "net::opentimeout / opentimeout / winerror 10060 / "
        "socketexception (10060)",
    ),
    _wire(
        Kind.NETWORK_RESET,
        "connection reset / econnreset / connectionreseterror / connection broken: connectionreset / "
        "errno 104 / errno 10054 / winerror 10054 / "
        "forcibly closed / brokenresourceerror / endofstream / closedresourceerror / connectionabortederror / winerror 10053 / "
        "connection was aborted / connectionterminated / incompletemessage / curl error 52: / "
        "curl error 55: / curl error 56: / curl: (52) / "
        "curl: (55) / curl: (56) / curl: (16) / curl: (92) / und_err_socket / softwarecausedconnectionabort / ssl: broken pipe",
    ),
    _wire(
        Kind.MALFORMED_RESPONSE,
        "without sending complete / incomplete chunked / clientpayloaderror / incompleteread / contentlengtherror / "
        "chunkedencodingerror / "
        "ended prematurely / payload is not completed / decodingerror / while decompressing / transferencodingerror / "
        "content length header / badgzipfile / brotli / zstd / invalid chunk / contentdecodingerror / "
        "unexpected end of file / premature close / curl: (18) / curl: (61)",
    ),
    _wire(
        Kind.NETWORK_RESET,
        "server disconnected / serverdisconnected / remotedisconnected / connection aborted / broken pipe / epipe / socket hang up / "
        "remoteprotocolerror / connection closed / closed connection / connectionclosed / other side closed / empty reply from server / "
        "connection was closed / connection lost / err_connection_closed / err_http2 / streamreset / protocolerror / goaway",
    ),
    _wire(
        Kind.NETWORK_CONNECT,
        "curl: (95) / curl: (96) / curl: (45) / "
        "actively refused / no connection could be made / refused the network connection / curl error 7: / curl: (7) / "
        "endpointconnectionerror / tcp connect error / couldn't connect / "
        "connection refused / econnrefused / connectionrefusederror / all connection attempts failed / cannot connect to host / "
        "failed to establish a new connection / newconnectionerror / no route to host / network is unreachable / enetunreach / "
        "ehostunreach / "
        "host is unreachable / connecterror / clientconnectorerror / connection_refused / failed to connect / could not connect / "
        "cannot assign requested address / apiconnectionerror / errno 111 / errno 113 / errno 101 / winerror 10061 / address_unreachable",
    ),
    _wire(Kind.NETWORK_RESET, "readerror / writeerror / closeerror / clientoserror / networkerror / fetch failed", confidence=0.8),
    _wire(
        Kind.TIMEOUT,
        "readtimeout / writetimeout / pooltimeout / timeouterror / timeoutexception / timed out / timedout / etimedout / "
        "deadline exceeded / "
        "apitimeouterror / servertimeouterror / sockettimeout / headers_timeout / body_timeout / operation timed out / aborterror / "
        "timeout / taskcanceled / timed-out / curl: (28) / curl error 28: / i/o timeout",
    ),
    _wire(Kind.NETWORK_CONNECT, "dial tcp / connectexception / connection error / connecterror", confidence=0.7),
    _wire(
        Kind.NETWORK_RESET,
        ": eof / unexpected eof / read tcp / write tcp / socket closed / stream closed / stream was reset",
        confidence=0.7,
    ),
    _wire(Kind.AUTH_MISSING_KEY, "nocredentialserror / unable to locate credentials / api_key client option must be set", confidence=0.8),
)
"""In this order; the first that holds decides. Only asked when an exception was recorded."""

DECODING: tuple[Rule, ...] = (
    Rule(
        Kind.MALFORMED_RESPONSE,
        MEASURED,
        exceptions=("jsondecodeerror", "not valid json", "expecting value", "contenttypeerror", "unexpected token '<'"),
        shapes=frozenset({"html_type"}),
        action=Action.NONE,
        family="transport",
    ),
    Rule(
        Kind.MALFORMED_RESPONSE,
        MEASURED,
        exceptions=(
            "jsondecodeerror",
            "not valid json",
            "expecting value",
            "contenttypeerror",
            "unexpected token",
            "unexpected end of json",
            "unicodedecodeerror",
            "validationerror",
            "validation error for",
            "missing field",
            "json is malformed",
            "decodeerror",
        ),
        family="transport",
    ),
    Rule(
        Kind.CORRUPT_IMAGE,
        "the bytes of a picture are not what they are said to be",
        exceptions=(
            "declared image type",
            "image type does not match",
            "unsupported image file",
            "struct.error",
            "image has no",
            "not an image",
        ),
        statuses=frozenset({0, 200}),
        confidence=0.7,
        family="transport",
    ),
    Rule(
        Kind.MALFORMED_RESPONSE,
        "a field of the answer was not there",
        exceptions=("keyerror:", "indexerror:", "attributeerror: 'nonetype'", "typeerror: 'nonetype'", "typeerror: cannot read propert"),
        statuses=frozenset({0, 200}),
        confidence=0.5,
        family="transport",
    ),
)
"""What a parser said about an answer; a bad status says more, so these come after it."""
