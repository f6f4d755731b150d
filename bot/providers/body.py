"""Reads a big JSON body piece by piece without ever holding it as one text: long strings (pictures as base64) are set aside as the pieces
in which they came, and what is left is small enough to parse on the event loop. Parsing 60 MB of JSON in one go blocks the loop for 100 ms,
also from another thread. Sans-I/O: it is fed bytes and judges nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

LONG = 8 * 1024
"""Bytes after which a string is set aside."""
MAX_REST = 2 * 1024 * 1024
"""Bytes of everything but long strings; no image API sends a hundredth of it."""
MAX_DEPTH = 64

_MARK = re.compile(rb'["\\]')


class TooBig(Exception):
    """More bytes than one answer may have."""

    def __init__(self, text: str, *, pictures: bool) -> None:
        super().__init__(text)
        self.pictures = pictures
        """Our limit for whole answers; otherwise so much beside pictures that it is no answer of an image API."""


class NotJson(Exception):
    """Not the JSON of an API: broken, too deep, or with values that are no JSON."""


class BodyReader:
    """Feed it the pieces of one body, then ask for `rest()` and, by the stand-ins in it, `pieces(stand_in)`."""

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
        """The next bytes of the body. Raises TooBig."""
        self._total += len(piece)
        if self._total > self._limit:
            raise TooBig(f"more than {self._limit} bytes", pictures=True)
        at = 0
        while at < len(piece):
            at = self._in_string(piece, at) if self._inside else self._outside(piece, at)
        if len(self._rest) > MAX_REST:
            raise TooBig(f"more than {MAX_REST} bytes beside pictures", pictures=False)

    def rest(self) -> bytes:
        """The body with a short stand-in for every long string. A string that never ended stands as it is, cut."""
        return bytes(self._rest) + b"".join(self._string)[:LONG]

    def pieces(self, value: str) -> Sequence[bytes]:
        """The pieces of a string of the parsed rest: those set aside when it is a stand-in, else the string itself."""
        return self._long.get(value) or [value.encode("utf-8", "surrogatepass")]

    def length(self, value: str) -> int:
        """How long a string of the parsed rest really is, in bytes."""
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


def parse(text: bytes) -> Any:
    """JSON as APIs send it. Raises NotJson for anything else, also for NaN and for nesting that no API needs."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise NotJson(type(error).__name__) from None
    if _deeper_than(value, MAX_DEPTH):
        raise NotJson("too deep")
    return value


def events(text: bytes) -> Iterator[Any]:
    """The JSON values of an event stream, those that are JSON."""
    for line in text.splitlines():
        if line.startswith(b"data:"):
            try:
                yield parse(line[5:].strip())
            except NotJson:
                continue


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


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
