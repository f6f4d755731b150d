"""Unwrapping of response bodies: bytes, JSON in strings (even nested twice), Python reprs, event streams, HTML, XML, truncated JSON.

It only finds values; `signals` interprets them. Every step is bounded and linear for any input.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.failure import MAX_EVIDENCE_BYTES

MAX_PAIRS_TEXT = 16 * 1024
"""Maximum length of invalid JSON to search for `"name": value` pairs."""
MAX_PAGE_TEXT = 12 * 1024
MAX_EVENTS = 64

_PAIR = re.compile(
    r"""["']([A-Za-z_][\w.-]{0,40})["']\s{0,8}[:=]\s{0,8}"""
    r"""(?:"((?:[^"\\]|\\.){0,2000})"|'((?:[^'\\]|\\.){0,2000})'|(-?\d{1,20}(?:\.\d{1,9})?)|(true|false|null|True|False|None)\b)""",
    re.DOTALL,
)
_OPEN_STRING = re.compile(
    r"""["'](message|msg|detail|error|description)["']\s{0,8}:\s{0,8}(?:"([^"{}\[\]]{3,2000})|'([^'{}\[\]]{3,2000}))$""", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{0,400}>")
_HIDDEN = re.compile(r"<(?:style|script)\b[^<>]{0,200}>[^<]{0,8000}", re.IGNORECASE)
_ELEMENT = re.compile(r"<([A-Za-z]\w{0,40})>([^<>]{1,2000})</")
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<>]{0,300})", re.IGNORECASE)
_STATUS_SPOKEN = re.compile(
    r"(?:error code|status code|status_code|status|returned|http)[ :=]{1,3}([45]\d\d)(?!\d)[^{]{0,40}\{", re.IGNORECASE
)
_CONSTANTS = {"true": True, "True": True, "false": False, "False": False}


@dataclass(slots=True)
class Unwrapped:
    """The contents of a text: JSON values, loose pairs, surrounding plain text, and words for its shape."""

    values: list[object] = field(default_factory=list)
    pairs: list[tuple[str, object]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    shapes: set[str] = field(default_factory=set)


def as_text(body: bytes | bytearray | memoryview | str, *, keep_tail: bool = False) -> str:
    """The body as bounded text; for a long event stream its end, because errors come last."""
    if isinstance(body, str):
        text = body if len(body) <= MAX_EVIDENCE_BYTES else _cut(body, keep_tail)
    else:
        raw = bytes(body[:MAX_EVIDENCE_BYTES]) if not keep_tail else bytes(_cut_bytes(bytes(body)))
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", errors="replace")
    return text.lstrip("\ufeff").replace("<EOL>", "\n").replace("\x00", "")


def unwrap(text: str, content_type: str = "") -> Unwrapped:
    """The parts of a text, outermost wrapping first."""
    found = Unwrapped()
    stripped = text.strip()
    if not stripped:
        found.shapes.add("empty")
        return found
    head = stripped[:600].lower()
    if stripped[0] in '{["':
        _read_json_or_text(stripped, found)
    elif head.startswith(("<?xml", "<error>")) or ("xml" in content_type and "html" not in content_type and head.startswith("<")):
        _read_markup(stripped, found, "xml")
    elif head.startswith(("<!doctype html", "<html")) or "<html" in head or (head.startswith("<") and "</" in stripped[:4000]):
        _read_markup(stripped, found, "html")
    elif _looks_like_events(stripped):
        _read_events(stripped, found)
    else:
        _read_json_or_text(stripped, found)
    return found


def spoken_status(exception: str) -> int | None:
    """The status in an SDK exception's text (`Error code: 429 - {...}`), which is an answer that arrived."""
    named = _STATUS_SPOKEN.search(exception[:200])
    return int(named[1]) if named else None


def _cut(text: str, keep_tail: bool) -> str:
    return text[:MAX_EVIDENCE_BYTES] if not keep_tail else text[: MAX_EVIDENCE_BYTES // 4] + "\n" + text[-MAX_EVIDENCE_BYTES * 3 // 4 + 1 :]


def _cut_bytes(raw: bytes) -> bytes:
    if len(raw) <= MAX_EVIDENCE_BYTES:
        return raw
    return raw[: MAX_EVIDENCE_BYTES // 4] + b"\n" + raw[-MAX_EVIDENCE_BYTES * 3 // 4 + 1 :]


def _looks_like_events(text: str) -> bool:
    return text.startswith(("data:", "event:", ": ", "id:", "retry:")) or "\ndata:" in text[:4000]


def _read_events(text: str, found: Unwrapped) -> None:
    found.shapes.add("sse")
    rest: list[str] = []
    events: list[str] = []
    for line in text.splitlines():
        if line.startswith("data:"):
            events.append(line[5:].strip())
        elif line.startswith("event:"):
            found.pairs.append(("event", line[6:].strip()[:80]))
        elif not line.startswith((":", "id:", "retry:")):
            rest.append(line)
    for event in events[: MAX_EVENTS // 4] + events[MAX_EVENTS // 4 :][-MAX_EVENTS * 3 // 4 :]:
        if event and event != "[DONE]":
            _read_json_or_text(event, found)
    left = "\n".join(rest).strip()
    if left:
        _read_json_or_text(left, found)


def _read_markup(text: str, found: Unwrapped, shape: str) -> None:
    found.shapes.add(shape)
    page = text[:MAX_PAGE_TEXT]
    if shape == "xml":
        found.pairs.extend((match[1], match[2].strip()) for match in _ELEMENT.finditer(page))
        return
    title = _TITLE.search(page)
    if title:
        found.texts.append(title[1].strip())
        found.pairs.append(("htmltitle", title[1].strip()))
    words = " ".join(_TAG.sub(" ", _HIDDEN.sub(" ", page)).split())
    found.texts.append(words[:2000])


def _read_json_or_text(text: str, found: Unwrapped) -> None:
    value = parse_json(text)
    if value is not NOTHING:
        if isinstance(value, str):
            inner = parse_json(value.strip()) if value.lstrip()[:1] in ("{", "[", '"') else NOTHING
            value = value if inner is NOTHING else inner
        found.shapes.add("json" if isinstance(value, dict | list) else "text")
        found.values.append(value)
        return
    start = _first_bracket(text)
    if start is None:
        found.shapes.add("text")
        found.texts.append(text[:8000])
        return
    before, rest = text[:start].strip(), text[start:]
    if before:
        found.texts.append(before[:4000])
    value, end = _parse_prefix(rest)
    if value is not NOTHING:
        found.shapes.add("wrapped")
        found.values.append(value)
        after = rest[end:].strip()
        if after:
            found.texts.append(after[:4000])
        return
    found.shapes.add("broken")
    loose = rest[:MAX_PAIRS_TEXT]
    if '\\"' in loose:
        loose = loose.replace('\\\\"', '"').replace('\\"', '"')
    found.pairs.extend(_loose_pairs(loose))
    cut = _OPEN_STRING.search(loose[-2100:])
    if cut:
        found.texts.append(cut[2] or cut[3])
    if not found.pairs and not cut:
        found.texts.append(rest[:4000])


def _loose_pairs(text: str) -> Iterator[tuple[str, object]]:
    """`"name": value` pairs anywhere in a text: Python reprs, single quotes, truncated JSON."""
    for count, match in enumerate(_PAIR.finditer(text)):
        if count >= 200:
            return
        name, double, single, number, constant = match.groups()
        if number is not None:
            yield name, float(number) if "." in number else int(number)
        elif constant is not None:
            yield name, _CONSTANTS.get(constant)
        else:
            raw = double if double is not None else single
            yield name, raw.replace("\\n", "\n").replace('\\"', '"').replace("\\'", "'")


class _Nothing:
    """Sentinel for "no JSON value here", because None is one."""


NOTHING = _Nothing()


def parse_json(text: str) -> object:
    """Parse a whole text as JSON, or return NOTHING. NaN, infinity and excessive nesting or numbers don't count as JSON."""
    if text[:1] not in _JSON_STARTS:
        return NOTHING
    try:
        return json.loads(text, strict=False, parse_constant=_no_constant, parse_int=_short_int)
    except (ValueError, RecursionError):
        return NOTHING


_JSON_STARTS = frozenset('{["-0123456789tfn')


def _no_constant(name: str) -> float:
    """NaN and infinity carry no information, but a field with one isn't empty."""
    return math.nan


def _short_int(digits: str) -> int:
    return int(digits) if len(digits) <= 18 else 0


_DECODER = json.JSONDecoder(strict=False, parse_constant=_no_constant, parse_int=_short_int)


def _parse_prefix(text: str) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return NOTHING, 0


def _first_bracket(text: str) -> int | None:
    curly = text.find("{")
    square = text.find('[{"')
    places = [place for place in (curly, square) if place >= 0]
    return min(places) if places else None
