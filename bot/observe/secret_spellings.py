"""Finds known secrets in text from outside, in any spelling that a service, a proxy or a library may give them: escaped for JSON, a URL or
HTML, in base64 or hexadecimal, wrapped over lines, or masked with both ends left.

Slower than `Redactor`, which is for every log line: meant for what a service said, before people see it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

Range = tuple[int, int]
SECRET_PART = 8
"""Consecutive characters of a secret that count as the secret: services mask keys by leaving both ends."""
SHORTEST = 6
"""Minimum length of a secret to look for."""
LEVELS = 3
"""How many times over a text may be escaped."""

_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{12,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_ESCAPE = re.compile(
    r"\\u(?P<unit>[0-9a-fA-F]{4})|\\x(?P<byte>[0-9a-fA-F]{2})|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<entity>&(?:#x[0-9a-fA-F]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);)|=(?P<printed>[0-9A-F]{2})"
    r"|(?P<gone>=?\\r\\n|=(?=\s)|\\[nrtbf]|\s)|\\(?P<itself>[\"'/\\])"
)
_WRAP = re.compile(r"=?(?:\r?\n|\\r\\n|\\n)[ \t]*")


@dataclass(frozen=True, slots=True)
class Unescaped:
    """A text with some of its escapes decoded, and the position of each character in the original."""

    text: str
    at: Sequence[Range]

    @classmethod
    def of(cls, text: str) -> Unescaped:
        return cls(text, [(at, at + 1) for at in range(len(text))])

    def original(self, start: int, end: int) -> Range:
        return self.at[start][0], self.at[end - 1][1]

    def unescaped_once(self) -> Unescaped:
        """Decode one level of escapes, and drop white space."""
        return self.replacing(_ESCAPE, _meant)

    def unescaped(self) -> Unescaped:
        """Decode all escapes and join wrapped lines; the spaces between words stay."""
        read = self.replacing(_WRAP, lambda _: "")
        for _ in range(LEVELS):
            read = read.replacing(_ESCAPE, lambda match: match[0] if match[0].isspace() else _meant(match))
        return read

    def replacing(self, pattern: re.Pattern[str], meaning: Callable[[re.Match[str]], str]) -> Unescaped:
        """Replace each match by what it means."""
        letters: list[str] = []
        places: list[Range] = []
        end = 0
        for match in pattern.finditer(self.text):
            letters.append(self.text[end : match.start()])
            places += self.at[end : match.start()]
            meant = meaning(match)
            letters.append(meant)
            places += [self.original(*match.span())] * len(meant)
            end = match.end()
        return Unescaped("".join([*letters, self.text[end:]]), [*places, *self.at[end:]])


class SecretFinder:
    """Finds these secrets, each by any of its parts; `whole` are values that only count as a whole, such as host names."""

    def __init__(self, secrets: Collection[str], whole: Collection[str] = ()) -> None:
        known = {"".join(one.split()) for one in secrets if one}
        windows = {one[at : at + SECRET_PART] for one in known for at in range(max(1, len(one) - SECRET_PART + 1))}
        self._parts = frozenset(part for part in {*windows, *whole} if len(part) >= SHORTEST)
        self._lengths = {len(part) for part in self._parts}

    def find(self, text: str) -> Iterator[Range]:
        """Positions of everything that is a secret or a telling part of one."""
        if not self._parts:
            return
        read = Unescaped.of(text)
        for _ in range(LEVELS + 1):
            yield from (read.original(*span) for span in self._in(read.text))
            further = read.unescaped_once()
            if further.text == read.text:
                return
            read = further

    def is_in(self, text: str) -> bool:
        """Whether a text contains one."""
        return any(True for _ in self.find(text))

    def without(self, text: str, removed: str) -> str:
        """The text with each of them replaced."""
        pieces, end = list[str](), 0
        for start, stop in sorted(self.find(text)):
            if stop > end:
                pieces += [text[end:start], removed] if start > end or not pieces else []
                end = stop
        return "".join([*pieces, text[end:]])

    def _in(self, text: str) -> Iterator[Range]:
        yield from self._plain(text)
        for match in _TOKEN.finditer(text):
            for skipped in range(4):
                first = match.start() + skipped
                for start, end in self._plain(_from_base64(match[0][skipped:])):
                    yield first + start // 3 * 4, min(match.end(), first + (end + 2) // 3 * 4)
        for match in _HEX.finditer(text):
            for start, end in self._plain(bytes.fromhex(match[0]).decode("latin-1")):
                yield match.start() + 2 * start, match.start() + 2 * end

    def _plain(self, text: str) -> Iterator[Range]:
        for length in self._lengths:
            yield from ((at, at + length) for at in range(len(text) - length + 1) if text[at : at + length] in self._parts)


def _meant(match: re.Match[str]) -> str:
    """The characters that an escape stands for; none for a line's end and white space."""
    if code := match["unit"] or match["byte"] or match["printed"]:
        return chr(int(code, 16))
    if match["percent"]:
        return unquote(match["percent"])
    return unescape(match["entity"]) if match["entity"] else match["itself"] or ""


def _from_base64(token: str) -> str:
    """What a token holds if it's base64; empty if it can't be."""
    part = token.replace("-", "+").replace("_", "/").rstrip("=")
    part = part[:-1] if len(part) % 4 == 1 else part
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
