"""Construction of Evidence by providers, from an answer or an HTTP client's exception.

Nothing is classified here. Exceptions are read by class name and causes, so that no HTTP library is imported.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.failure import MAX_EVIDENCE_BYTES, Evidence, Phase
from bot.failures.tokens import lower_headers, token_set

BEFORE_SEND = token_set("""
    ConnectError ConnectTimeout PoolTimeout ProxyError UnsupportedProtocol InvalidURL LocalProtocolError gaierror
    ConnectionRefusedError SSLCertVerificationError ClientConnectorError ClientConnectorDNSError
    ClientConnectorCertificateError ClientConnectorSSLError ClientProxyConnectionError ClientHttpProxyError
    ConnectionTimeoutError NewConnectionError NameResolutionError
""")
"""Exception classes that prove the request was never sent: nothing was generated or billed."""
AFTER_SEND = token_set("""
    ReadTimeout ReadError WriteTimeout WriteError CloseError RemoteProtocolError DecodingError TooManyRedirects
    ServerDisconnectedError ClientPayloadError ClientOSError ServerTimeoutError IncompleteRead RemoteDisconnected
    ConnectionResetError
""")
FETCHED = "download.picture"
"""`api` of a finished picture behind a URL; a failure now is a failed download."""
_MAX_CAUSES = 6
_MAX_TEXT = 2000


def from_response(status: int, headers: Mapping[str, str], body: bytes, *, provider: str = "", api: str = "") -> Evidence:
    """Evidence from an answer. The end of a long event stream is kept, because errors come last."""
    lowered = lower_headers(headers)
    kept = body
    if len(body) > MAX_EVIDENCE_BYTES:
        tail = "event-stream" in lowered.get("content-type", "")
        quarter = MAX_EVIDENCE_BYTES // 4
        kept = body[:quarter] + b"\n" + body[-(MAX_EVIDENCE_BYTES - quarter - 1) :] if tail else body[:MAX_EVIDENCE_BYTES]
    return Evidence(provider=provider, api=api, status=status, headers=lowered, body=kept, phase=Phase.AFTER_SEND)


def from_exception(
    exc: BaseException,
    *,
    provider: str = "",
    api: str = "",
    via_proxy: bool = False,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Evidence:
    """Evidence from an exception instead of an answer, or while reading one (with its status). Causes are appended with ` <- `."""
    chain = _chain(exc)
    names = [base.__name__ for link in chain for base in type(link).__mro__]
    return Evidence(
        provider=provider,
        api=api,
        status=status,
        headers=lower_headers(headers or {}),
        exception=" <- ".join(_spelled(link) for link in chain),
        phase=Phase.AFTER_SEND if status is not None else _phase(names),
        via_proxy=via_proxy,
    )


def _chain(exc: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = exc
    while link is not None and len(chain) < _MAX_CAUSES and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return chain


def _spelled(exc: BaseException) -> str:
    kind = type(exc)
    try:
        text = str(exc)
    except Exception:  # an exception without readable text still counts
        text = ""
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__.split('.')[0]}.{kind.__name__}"
    known_class = next((base.__name__ for base in kind.__mro__ if base.__name__ in BEFORE_SEND | AFTER_SEND), kind.__name__)
    return f"{name if known_class == kind.__name__ else f'{name}({known_class})'}: {text[:_MAX_TEXT]}"


def _phase(names: list[str]) -> Phase:
    """The outermost informative class decides; a reset while connecting is wrapped in a ConnectError."""
    for name in names:
        if name in BEFORE_SEND:
            return Phase.BEFORE_SEND
        if name in AFTER_SEND:
            return Phase.AFTER_SEND
    return Phase.UNKNOWN
