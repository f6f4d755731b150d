"""What must never leave this machine: secrets, prompts, people and private hosts, and how to find each of them in a text.

`find` returns positions. `scrub` replaces what it finds; `check` uses it again on the finished bundle, as an independent last look.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from bot.observe.redact import Redactor
from bot.observe.secret_spellings import SecretFinder, Unescaped
from bot.prompts.lint_contacts import find_contacts
from bot.prompts.lint_secrets import find_secrets

Range = tuple[int, int]
PROMPT_PART = 14
"""Consecutive letters and digits of a prompt that count as the prompt."""
DENSE_PART = 5
"""The same for scripts without spaces, which say more per character."""
NAME_MIN = 4
"""Minimum length of a person's name to look for; shorter ones are ordinary syllables."""

_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,9}://[^\s\"'<>\\)\]}]+", re.IGNORECASE)
_LOCAL_HOST = re.compile(
    r"\b(?:[\w-]+\.)+(?:internal|local|lan|corp|intranet|private|home|localdomain|arpa|test|svc|cluster)(?:\b|\.)|\blocalhost\b",
    re.IGNORECASE,
)
_IP4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_IP6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_PATH = re.compile(r"(?:(?<![\w:/.])/(?:home|root|Users|var|opt|srv|etc|mnt|tmp|data|usr|app)/[^\s\"'<>,;)]*|\b[A-Z]:\\[^\s\"'<>,;)]+)")
_PHONE = re.compile(r"\+\d[\d ().-]{7,}\d")
_PLATFORM_ID = re.compile(r"\b(?:\d{15,21}|[UWTCDGEB](?=[A-Z]*\d)[A-Z0-9]{8,12})\b")
_TOKEN = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
_PIECE = re.compile(r"[-_/=+]+")
OPAQUE = 10
"""Characters of a run of letters and digits that is no word, such as a session id."""
_LETTER = re.compile(
    r"\\u(?P<unit>[0-9a-fA-F]{4})|(?P<percent>(?:%(?:25)*[0-9A-Fa-f]{2})+)|&#(?P<entity>x[0-9a-fA-F]{1,6}|\d{1,7});|\\[nrtbf\"'/\\]|[^\W_]"
)
"""One letter or digit, as itself or escaped for JSON, a URL or HTML; other escapes separate words."""
_TWICE = re.compile(r"%(?:25)+")
"""The percent sign of an escape that was escaped again."""


@dataclass(frozen=True, slots=True)
class Private:
    """Everything private that is known by value."""

    secrets: Collection[str] = ()
    hosts: Collection[str] = ()
    """Host names of this network: proxies, own servers, this machine."""
    people: Collection[str] = ()
    """Names and platform ids of members and moderators, ids of channels and communities."""
    public_host: str = ""
    """The image service's host, if it's a public one; empty otherwise. It may be named."""
    allowed: frozenset[str] = frozenset()
    """Request ids that support needs. A secret is never among them."""
    _redactor: Redactor = field(init=False)
    _finder: SecretFinder = field(init=False)

    def __post_init__(self) -> None:
        known = [one for one in self.secrets if one]
        object.__setattr__(self, "_redactor", Redactor(known))
        object.__setattr__(self, "_finder", SecretFinder(known, self.hosts))

    def find(self, text: str) -> list[Range]:
        """Positions of everything private, except prompts."""
        ids = [span for one in self.allowed for span in _occurrences(text, one)]
        found = [*self._values(text), *self.shapes(text), *self._detected(text)]
        whole = Unescaped.of(text).unescaped()
        if whole.text != text:
            found += [whole.original(*span) for span in (*self.shapes(whole.text), *self._detected(whole.text))]
        return [(start, end) for start, end in found if not any(first <= start and end <= last for first, last in ids)]

    def values_in(self, text: str) -> bool:
        """Whether the text contains a known secret in any spelling, a private host, or a person's name."""
        return any(True for _ in self._values(text))

    def may_name(self, request_id: str) -> bool:
        """Whether a request id of the service is nothing but that."""
        return not self.values_in(request_id) and self._redactor(request_id) == request_id and _EMAIL.search(request_id) is None

    def _values(self, text: str) -> Iterator[Range]:
        yield from self._finder.find(text)
        lowered = text.lower()
        for name in self.hosts:
            yield from _occurrences(lowered, name.lower())
        for name in self.people:
            if len(name) >= NAME_MIN:
                yield from (match.span() for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))

    def shapes(self, text: str) -> Iterator[Range]:
        """Positions of what has the shape of an address, a path, an id or a secret. Names in plain words aren't recognised."""
        for pattern in (_EMAIL, _LOCAL_HOST, _PATH, _PHONE, _PLATFORM_ID):
            yield from (match.span() for match in pattern.finditer(text))
        yield from (match.span() for match in _URL.finditer(text) if not self._is_public(match[0]))
        for pattern in (_IP4, _IP6):
            yield from (match.span() for match in pattern.finditer(text) if _is_address(match[0]))
        yield from (match.span() for match in _TOKEN.finditer(text) if _is_opaque(match[0]) or self._redactor(match[0]) != match[0])

    def _detected(self, text: str) -> Iterator[Range]:
        """What the lint of prompts finds."""
        yield from ((span.start, span.end) for span in (*find_secrets(text), *find_contacts(text)))

    def _is_public(self, url: str) -> bool:
        """Whether a URL only names the image service, without a query or login."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        return bool(self.public_host) and host == self.public_host and not parts.query and "@" not in parts.netloc


def _occurrences(text: str, value: str) -> Iterator[Range]:
    at = text.find(value)
    while value and at >= 0:
        yield at, at + len(value)
        at = text.find(value, at + 1)


def _is_opaque(token: str) -> bool:
    """Whether a run of characters holds a piece that's neither a word nor a number."""
    return any(len(piece) >= OPAQUE and not piece.isalpha() and not piece.isdigit() for piece in _PIECE.split(token))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


# ---- prompts


@dataclass(frozen=True, slots=True)
class Folded:
    """A text reduced to its letters and digits, with the position of each in the original."""

    text: str
    at: Sequence[Range]


def fold(text: str) -> Folded:
    """Lower case, without spaces and signs, so that neither escaping nor line breaks hide a quotation."""
    letters: list[str] = []
    places: list[Range] = []
    for match in _LETTER.finditer(text):
        for one in _letter(match):
            if one.isalnum():
                letters.append(one)
                places.append(match.span())
    return Folded("".join(letters), places)


def _letter(match: re.Match[str]) -> str:
    """The characters that a match stands for."""
    if match["unit"]:
        return chr(int(match["unit"], 16)).casefold()
    if match["percent"]:
        return unquote(_TWICE.sub("%", match["percent"])).casefold()
    if match["entity"]:
        number = match["entity"]
        code = int(number[1:], 16) if number.startswith("x") else int(number)
        return chr(code).casefold() if code < 0x110000 else ""
    return "" if match[0].startswith("\\") else match[0].casefold()


def part_length(folded: str) -> int:
    """How many consecutive characters of this prompt identify it."""
    dense = sum(ord(one) > 0x2E7F for one in folded)
    return DENSE_PART if dense * 2 > len(folded) else PROMPT_PART


def quoted(text: str, prompts: Iterable[str], known: str = "") -> list[Range]:
    """Positions in a text that quote one of the prompts. Words that are also in `known`, the bundle's own, don't count."""
    page, ours = fold(text), fold(known).text
    windows = {length: _windows(page.text, length) - _windows(ours, length) for length in (DENSE_PART, PROMPT_PART)}
    spans: list[Range] = []
    for prompt in prompts:
        wanted = fold(prompt).text
        length = part_length(wanted)
        if not wanted:
            continue
        if len(wanted) < length:
            spans += _whole(page, wanted) if len(wanted) >= NAME_MIN and wanted not in ours else []
            continue
        for at in range(len(wanted) - length + 1):
            if wanted[at : at + length] in windows[length]:
                spans += _whole(page, wanted[at : at + length])
    return spans


def _windows(text: str, length: int) -> set[str]:
    return {text[at : at + length] for at in range(len(text) - length + 1)}


def _whole(page: Folded, part: str) -> list[Range]:
    return [(page.at[start][0], page.at[end - 1][1]) for start, end in _occurrences(page.text, part)]
