"""Parser for pasted or saved failures: a line of JSON, an HTTP answer, a body, or a program's error output.

`recognised` returns None if there is no failure in it: a word, a poem, a picture.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from bot.domain.failure import Evidence, Failure
from bot.failures.classify import recognise
from bot.failures.tokens import squash, token_set
from bot.texts import text

FIELDS = ("provider", "api", "status", "headers", "body", "exception")
_MAX_TEXT = 20_000
"""Maximum characters of pasted text to search for a program's error patterns."""
_STATUS_LINE = re.compile(r"HTTP/[\d.]{1,4} (\d{3})[^\r\n]{0,200}\r?\n")
_CAMEL = r"[A-Z]\w{1,60}(?:Error|Exception|Timeout|Refused|Disconnected)\b"
_PROGRAM = re.compile(
    rf"^(?:[\w.]{{1,80}}\.)?{_CAMEL}"
    r"|^[\w.]{1,80}\.(?:\w{1,40}error|timeout)\b|\bgaierror\b|Traceback \(most recent call last\)"
    r"|\bcurl: \(\d{1,3}\)|\bcURL error \d{1,3}|\bwget: |\[Errno -?\d+\]|\[WinError \d+\]|\[SSL: |error:[0-9A-F]{8}:"
    r"|\b(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EPROTO|ERR_[A-Z_]{3,40}|UND_ERR_\w+)\b"
    r"|\bdial (?:tcp|udp)\b|\bx509: |\btls: |\bnet/http: |\blookup \S{1,200}: (?:no such host|i/o timeout)"
    r"|\breqwest::|\bhyper(?:_util)?::|\bhyper::|error sending request for url|error trying to connect"
    r"|\bjavax?\.net\.|\bSystem\.Net\.|\bErrno::|\bOpenSSL::SSL|\bNet::\w{1,20}Timeout",
    re.MULTILINE,
)
"""Patterns of failed connections: class names, error codes of curl, Node, Go, Rust, Java, .NET and Ruby."""
_PREFIX = re.compile(r"^(?:\S{1,60}\s{1,4}\| ?|[ ]{0,8}[|+][ -]{0,4})", re.MULTILINE)
"""Line prefixes added by docker compose and exception groups."""
_RAISED = re.compile(r"^(?:[\w.]{1,120}\.)?\w{1,80}(?:: .*)?$", re.ASCII)
_PICTURE_FIELDS = token_set("b64json url image imageurl base64 resultimage outputurl imagebase64 bytesbase64encoded data")


class BadInput(ValueError):
    """The input can't be read; the text is the sentence for the person."""


def evidence(record: dict[str, object]) -> Evidence:
    """A line's fields as Evidence. Raises BadInput for a field of the wrong type."""
    status, headers, exception = record.get("status"), record.get("headers"), record.get("exception")
    if status is not None and (not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 999):
        raise BadInput(text("explain.bad_status"))
    if headers is not None and not isinstance(headers, dict):
        raise BadInput(text("explain.bad_headers"))
    if exception is not None and not isinstance(exception, str):
        raise BadInput(text("explain.bad_exception"))
    for name in ("provider", "api"):
        if not isinstance(record.get(name, ""), str | None):
            raise BadInput(text("explain.bad_name", field=name))
    return Evidence(
        provider=str(record.get("provider") or ""),
        api=str(record.get("api") or ""),
        status=status,
        headers={str(name): str(value) for name, value in (headers or {}).items()},
        body=record.get("body"),
        exception=exception,
    )


def recognised(raw: str, status: int | None = None, api: str = "", provider: str = "") -> Failure | None:
    """The failure in pasted text; None if there is none. Program output is tried first; everything else is read as a body."""
    value = _json(raw)
    if isinstance(value, dict) and _is_line(value):
        return recognise(evidence(value))
    status, headers, body = _answer(raw, status)
    answered = Evidence(provider=provider, api=api, status=status, headers=headers, body=body)
    if status is not None:
        return None if status < 300 and _holds_picture(_json(body)) else recognise(answered)
    if value is not None:
        return None if _holds_picture(value) or not isinstance(value, dict | list) else recognise(answered)
    said = Evidence(provider=provider, api=api, exception=_said(raw))
    first, second = (said, answered) if _PROGRAM.search(raw[:_MAX_TEXT]) else (answered, said)
    return recognise(first) or recognise(second)


def _json(raw: str) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _is_line(value: object) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint(("body", "exception", "headers")) and value.keys() <= {"id", *FIELDS}


def _answer(raw: str, status: int | None) -> tuple[int | None, Mapping[str, str], str]:
    """Status, headers and body of `curl -i` output; any other text is all body."""
    http = _STATUS_LINE.match(raw)
    if http is None:
        return status, {}, raw
    rest = raw[http.end() :].replace("\r\n", "\n")
    head, _, body = ("", "", rest[1:]) if rest.startswith("\n") else rest.partition("\n\n")
    headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in head.split("\n")) if name.strip()}
    if http[1] in ("100", "103") or (http[1] == "200" and "onnection established" in http[0]):
        return _answer(body, status)  # interim answers from a proxy or the server
    return int(http[1]) if status is None else status, headers, body


def _said(raw: str) -> str:
    """The exceptions of a traceback, last one first, in the format of `bot.failures.evidence`; any other text unchanged."""
    if "Traceback (most recent call last)" not in raw:
        return raw.strip()
    lines = _PREFIX.sub("", raw[-_MAX_TEXT:]).splitlines()
    raised = [line.strip() for line in lines if _RAISED.match(line) and not line.startswith("Traceback")]
    return " <- ".join(reversed(raised)) or raw.strip()


def _holds_picture(value: object, depth: int = 0) -> bool:
    """Whether an answer without an error contains a picture or a picture's URL."""
    if depth > 6:
        return False
    if isinstance(value, list):
        return any(_holds_picture(one, depth + 1) for one in value[:20])
    if not isinstance(value, dict) or any(value.get(name) for name in ("error", "errors")):
        return False
    for name, inner in value.items():
        if isinstance(inner, str) and squash(str(name)) in _PICTURE_FIELDS and (len(inner) > 60 or inner.startswith("http")):
            return True
        if isinstance(inner, dict | list) and _holds_picture(inner, depth + 1):
            return True
    return False
