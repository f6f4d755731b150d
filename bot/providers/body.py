"""Incremental JSON body reader that never holds the whole body as one string.

Long strings (base64 pictures) are set aside in the chunks they arrived in; the rest is small enough to parse on the event loop. Parsing 60
MB of JSON at once would block the loop for 100 ms, even from another thread. Sans-I/O: it only consumes bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

LONG = 8 * 1024
"""Length in bytes from which a string is set aside."""
MAX_REST = 2 * 1024 * 1024
"""Maximum bytes outside long strings. No image API sends a hundredth of this."""
MAX_DEPTH = 64

_MARK = re.compile(rb'["\\]')
_NEXT = re.compile(r"[ \t\r\n\x1e]*")
"""What lies between two values: white space, and the record separator of JSON text sequences (RFC 7464)."""
_ODD = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)|\xed[\xa0-\xbf]")
"""Surrogates, written out or as bytes of their own, and NUL."""
_LONE = re.compile("[\ud800-\udfff]")
_MAX_DIGITS = 100


class TooBig(Exception):
    """The answer has more bytes than allowed."""

    def __init__(self, text: str, *, pictures: bool) -> None:
        super().__init__(text)
        self.pictures = pictures
        """True: over the bot's limit for whole answers. False: too many bytes outside pictures to be an image API's answer."""


class NotJson(Exception):
    """The body isn't an API's JSON: malformed, or nested too deeply."""


class BodyReader:
    """Feed it one body in chunks, then call `rest()`; `pieces(stand_in)` resolves the placeholders in it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._total = 0
        self._rest = bytearray()
        self._inside = False
        self._escaped = False
        self._string: list[bytes] = []
        self._length = 0
        self._long: dict[str, list[bytes]] = {}

    def feed(self, piece: bytes) -> None:
        """Consume the next bytes of the body. Raises TooBig."""
        self._total += len(piece)
        if self._total > self._limit:
            raise TooBig(f"more than {self._limit} bytes", pictures=True)
        at = 0
        while at < len(piece):
            at = self._in_string(piece, at) if self._inside else self._outside(piece, at)
        if len(self._rest) > MAX_REST:
            raise TooBig(f"more than {MAX_REST} bytes beside pictures", pictures=False)

    def rest(self) -> bytes:
        """The body with a short placeholder for every long string. A string that never ended is kept, truncated."""
        return bytes(self._rest) + b"".join(self._string)[:LONG]

    def pieces(self, value: str) -> Sequence[bytes]:
        """The chunks of a string from the parsed rest: the ones set aside if it's a placeholder, otherwise the string itself."""
        return self._long.get(value) or [value.encode("utf-8", "surrogatepass")]

    def length(self, value: str) -> int:
        """The real length in bytes of a string from the parsed rest."""
        return sum(map(len, self.pieces(value)))

    def _outside(self, piece: bytes, at: int) -> int:
        quote = piece.find(b'"', at)
        if quote < 0:
            self._rest += piece[at:]
            return len(piece)
        self._rest += piece[at : quote + 1]
        self._inside, self._string, self._length = True, [], 0
        return quote + 1

    def _in_string(self, piece: bytes, at: int) -> int:
        start = at
        if self._escaped:
            self._escaped = False
            at += 1
        while found := _MARK.search(piece, at):
            if piece[found.start()] == 0x22:
                self._keep(piece[start : found.start()])
                self._close()
                return found.end()
            at = found.end() + 1
            if at > len(piece):
                self._escaped = True
                break
        self._keep(piece[start:])
        return len(piece)

    def _keep(self, part: bytes) -> None:
        if part:
            self._string.append(part)
            self._length += len(part)

    def _close(self) -> None:
        if self._length > LONG:
            stand_in = f"(long string {len(self._long) + 1}, {self._length} bytes)"
            self._long[stand_in] = self._string
            self._rest += stand_in.encode("ascii")
        else:
            self._rest += b"".join(self._string)
        self._rest += b'"'
        self._inside, self._string = False, []


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


_DECODER = json.JSONDecoder(parse_constant=lambda word: None, parse_int=_whole)


def parse(text: bytes) -> Any:
    """Parse JSON as services really send it; several values in a row, such as lines of NDJSON, become a list.

    What JSON doesn't know, such as NaN, is null, and text after an object or list is ignored: neither may cost a paid picture. Strings
    have no NUL and no lone surrogates. Raises NotJson for anything else, including excessive nesting.
    """
    try:
        value = _values(text.decode(json.detect_encoding(text), "surrogatepass").removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise NotJson(type(error).__name__) from None
    if _deeper_than(value, MAX_DEPTH):
        raise NotJson("too deep")
    return _writable(value) if _ODD.search(text) else value


def _values(text: str) -> Any:
    first, end = _DECODER.raw_decode(text, _NEXT.match(text).end())  # type: ignore[union-attr]  # matches anything
    found = [first]
    while (start := _NEXT.match(text, end).end()) < len(text):  # type: ignore[union-attr]
        if not isinstance(found[-1], dict | list):
            raise ValueError("text after a word or number")
        try:
            value, end = _DECODER.raw_decode(text, start)
        except ValueError:
            break
        found.append(value)
    return first if len(found) == 1 else found


def _writable(value: Any) -> Any:
    """The value with strings that UTF-8 and the ledger can hold."""
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value).replace("\0", "")
    if isinstance(value, dict):
        return {_writable(name): _writable(one) for name, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list) else value


def looks_like_events(text: bytes) -> bool:
    """Whether a body is an event stream, whatever it's declared as."""
    return text.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"data:", b"event:", b"id:", b": ", b":\n"))


def events(text: bytes) -> Iterator[Any]:
    """The JSON values of an event stream; other events are skipped."""
    for line in text.splitlines():
        if line.startswith(b"data:"):
            try:
                yield parse(line[5:].strip())
            except NotJson:
                continue


def _deeper_than(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()
