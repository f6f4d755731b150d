"""Signals: an `Evidence` in normal form, with machine words, human text and the shape of the answer, bounded, ready for the rules.

Fields that echo a member's input (prompt, input, request parameters) are never read, so that their words can't influence a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from bot.domain.failure import Evidence, Phase
from bot.failures import marks
from bot.failures.cleaning import EVENT, LINK, clean, without_echo
from bot.failures.data import table
from bot.failures.frames import Framed, unframe, without_stack
from bot.failures.guards import guard, incident
from bot.failures.stated import stated_status
from bot.failures.tokens import lower_headers, split_words, squash, token_set
from bot.failures.unwrap import Unwrapped, as_text, spoken_status, unwrap

MAX_WORDS = 4000
"""Maximum characters of human text for the rules."""
MAX_NODES = 2000
MAX_DEPTH = 14
MAX_REWRAPS = 12


_MEMBERS = {name: token_set(text) for name, text in table("members").items()}
CODE_KEYS, MESSAGE_KEYS, ECHO_KEYS = _MEMBERS["CODE_KEYS"], _MEMBERS["MESSAGE_KEYS"], _MEMBERS["ECHO_KEYS"]
PICTURE_KEYS, PARAM_FIELDS, CATEGORY_KEYS = _MEMBERS["PICTURE_KEYS"], _MEMBERS["PARAM_FIELDS"], _MEMBERS["CATEGORY_KEYS"]
HOLLOW, _ZHIPU_KEYS = _MEMBERS["HOLLOW"], _MEMBERS["ZHIPU_KEYS"]
SPOKEN_KEYS = frozenset({"text", "content", "outputtext", "parts", "answer", "reply", "response", "refusal"})
QUOTA_FIELDS = ("quotaid", "quotalimit", "quotametric")
_VIOLATIONS = re.compile(r"safety_violations=\[([a-z_/, -]{1,80})\]")

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}$")
_MASKED = frozenset({500, 502, 503})
"""Statuses that gateways put over anything."""
_SENTENCE = re.compile(
    r"[^\W\d_]{2,}[\s,.:;']+[^\W\d_]+[\s,.:;']+[^\W\d_]+|[\u0e00-\u109f\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]{5}"
    r"|[\u0900-\u0dff]+[\s,.:;']+[\u0900-\u0dff]+[\s,.:;']+[\u0900-\u0dff]+"
)
"""Human text: three words in a row (in Indic scripts with their marks), or a few characters of a script without spaces."""
_CAUSED = re.compile(
    r"(?:\s|^)\(?Caused by:? |\s<- |\n?\[cause\]: |\nDuring handling of the above[^\n]{0,60}\n|\nThe above exception was[^\n]{0,80}\n"
)
"""Boundary between two exceptions of a chain."""
_REASONS = {**{status.phrase.lower(): int(status) for status in HTTPStatus if status >= 400}, "an error occurred": None}
"""What frameworks put beside the service's words (`"title": "Bad Request"`); the status says it already."""


@dataclass(frozen=True, slots=True)
class Signals:
    """Input of the rules. All names are squashed (lower case, no separators): `content_filter` equals `contentFilter`."""

    provider: str
    api: str
    status: int | None
    inner: int | None
    """A status stated inside the answer, if there is one."""
    meant: int | None
    """The service's own status, if a gateway put a 5xx over it."""
    headers: Mapping[str, str]
    codes: frozenset[str]
    """Values of code-like fields, and messages that are a single machine word."""
    tokens: frozenset[str]
    """Codes and parameter names: every machine word of the answer."""
    raw_by_field: Mapping[str, tuple[str, ...]]
    categories: tuple[str, ...]
    """Categories of a safety block as the provider names them; lower case."""
    fields: Mapping[str, tuple[str, ...]]
    """Squashed field -> squashed values, for rules that depend on the field."""
    keys: frozenset[str]
    true: frozenset[str]
    false: frozenset[str]
    empties: frozenset[str]
    """Fields that exist and are empty."""
    words: str
    """Human text: lower case, single spaces, links removed, with the codes' words appended."""
    shapes: frozenset[str]
    exception: str
    phase: Phase
    via_proxy: bool
    guard: str = ""
    """The guard that refused this machine in front of the service; empty if none did."""
    incident: str = ""
    """The incident number on the guard's page."""
    values: Mapping[str, object] = field(default_factory=dict)
    """First scalar value by squashed field name, unchanged, for wait hints and facts."""

    @property
    def ok(self) -> bool:
        """A success status, or none at all."""
        return self.status is None or 200 <= self.status < 300


def read(evidence: Evidence) -> Signals:
    """Extract the signals from evidence."""
    headers = lower_headers(evidence.headers)
    content_type = headers.get("content-type", "").lower()
    reader = _Reader()
    body = evidence.body
    if isinstance(body, bytes | bytearray | memoryview | str):
        reader.take(unwrap(as_text(body, keep_tail="event-stream" in content_type), content_type), 0)
    elif body is None:
        reader.shapes.add("no_body")
    else:
        reader.shapes.add("json")
        reader.walk("", body, 0)
    exception = (evidence.exception or "")[:8000]
    if exception and len(reader.texts) < 40:
        reader.exception(exception)
    if "text/html" in content_type:
        reader.shapes.add("html_type")
    if "event-stream" in content_type:
        reader.shapes.add("sse")
    if error_type := headers.get("x-fal-error-type"):
        reader.code("xfalerrortype", error_type)
    page = as_text(body) if isinstance(body, bytes | bytearray | memoryview | str) else exception
    status = evidence.status if isinstance(evidence.status, int) else spoken_status(exception)
    reader.guard = guard(status, headers, page)
    if reader.guard:
        reader.shapes.add("guard")
        reader.incident = incident(page)
    return reader.finish(evidence, headers, exception)


class _Reader:
    """Walks values and collects signals; single use."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.raw: list[str] = []
        self.raw_fields: dict[str, list[str]] = {}
        self.categories: list[str] = []
        self.fields: dict[str, list[str]] = {}
        self.keys: set[str] = set()
        self.true: set[str] = set()
        self.false: set[str] = set()
        self.empties: set[str] = set()
        self.texts: list[str] = []
        self.spare: list[str] = []
        """Sentences in unfamiliar fields; only read if there is nothing else."""
        self.shapes: set[str] = set()
        self.values: dict[str, object] = {}
        self.inner: int | None = None
        self.nodes = 0
        self.rewraps = 0
        self.framed_status: int | None = None
        self.spoken: int | None = None
        """A status that an exception's words state: an answer arrived."""
        self.guard = self.incident = ""

    def take(self, found: Unwrapped, depth: int) -> None:
        self.shapes |= found.shapes
        for value in found.values:
            self.walk("", value, depth)
        for name, value in found.pairs:
            self.item(squash(name), value, depth + 1)
        for text in found.texts:
            self.text("", text)

    def walk(self, key: str, value: object, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            self.shapes.add("deep")
            return
        if isinstance(value, Mapping):
            if not value:
                self.empties.add(key or "body")
            for name, inner in value.items():
                if self.nodes > MAX_NODES:
                    break
                if isinstance(name, str):
                    if inner is True and name == "filtered":
                        self.categories.append(key)
                    member = squash(name[:80])
                    complains = key in ("message", "errors") and member in ECHO_KEYS and isinstance(inner, list)
                    self.item(key if complains else member, inner, depth + 1)  # what's wrong with an input isn't the input
        elif isinstance(value, list | tuple):
            if not value:
                self.empties.add(key or "body")
            for inner in value[:400]:
                if isinstance(inner, Mapping | list | tuple):
                    self.walk(key, inner, depth + 1)
                else:
                    self.item(key, inner, depth + 1, listed=True)
        else:
            self.item(key, value, depth)

    def item(self, key: str, value: object, depth: int, *, listed: bool = False) -> None:
        self.nodes += 1
        self.keys.add(key)
        if value is True:
            self.true.add(key)
        elif value is False:
            self.false.add(key)
        elif value is None or value == "":
            self.empties.add(key)
        elif isinstance(value, int | float):
            self.number(key, value)
        elif isinstance(value, str):
            self.string(key, value[:8000], depth, listed)
        elif isinstance(value, Mapping | list | tuple) and key not in ECHO_KEYS:
            self.walk(key, value, depth)

    def number(self, key: str, value: float) -> None:
        self.values.setdefault(key, value)
        if key in CODE_KEYS or key in ("error", "errno"):
            self.code(key, str(int(value)) if value == value and abs(value) < 1e15 else "")

    def string(self, key: str, value: str, depth: int, listed: bool) -> None:
        if key in ECHO_KEYS or (key in PICTURE_KEYS and len(value) > 200):
            return
        if key in PICTURE_KEYS:
            self.values.setdefault(key, value)
            return
        self.values.setdefault(key, value)
        if ("{" in value or "<html" in value[:600].lower() or "<!doctype" in value[:100].lower()) and self.rewraps < MAX_REWRAPS:
            self.rewraps += 1
            self.take(unwrap(value), depth + 1)
            return
        token = _TOKEN.match(value)
        if token and marks.is_refusal(key, value):
            self.shapes.add("unsafe_flag")
        if key in PARAM_FIELDS:
            if token and value.lower() not in ("none", "null", "undefined"):
                self.code(key, value)
            return
        if key in CODE_KEYS or key in ("error", "detail", "") or key.endswith(("message", "msg", "code")) or listed:
            if token and " " not in value:
                self.code(key, value)
            elif key in CODE_KEYS and key not in MESSAGE_KEYS and len(value) <= 60:
                self.code(key, value)
                self.text(key, value)
        if key in MESSAGE_KEYS or key == "" or marks.is_telling(key):
            self.text(key, value)
        elif _SENTENCE.search(value):
            self.spare.append(value)

    def code(self, key: str, value: str) -> None:
        if not value or len(value) > 80 or value.startswith(("http://", "https://")):
            return
        if key in CATEGORY_KEYS:
            self.categories.append(value.lower())
        squashed = squash(value)
        self.fields.setdefault(key, []).append(squashed)
        self.raw_fields.setdefault(key, []).append(value)
        if key in PARAM_FIELDS:
            return
        if len(squashed) == 3 and squashed[0] in "45" and squashed.isascii() and squashed.isdigit() and self.inner is None:
            self.inner = int(squashed)
        self.codes.append(squashed)
        self.raw.append(value)

    def text(self, key: str, value: str) -> None:
        if key in SPOKEN_KEYS and _SENTENCE.search(value):
            self.shapes.add("speaks")
        for part in _CAUSED.split(without_echo(value), maxsplit=3):
            if len(self.texts) < 60:
                framed = unframe(part)
                self.framed(framed)
                if framed.text:
                    self.texts.append(framed.text)
                for name, reason in marks.stop_reasons(framed.text):
                    self.code(name, reason)

    def framed(self, found: Framed) -> None:
        """Record a frame's own fields: an exception class, a code, a status."""
        for name in found.classes:
            squashed = squash(name)
            self.fields.setdefault("exceptionclass", []).append(squashed)
            self.raw_fields.setdefault("exceptionclass", []).append(name)
            self.codes.append(squashed)
            if found.status is None:  # a class named after a status says nothing more
                self.raw.append(name)
        for code in found.codes:
            self.code("code", code)
        if found.request_id:
            self.values.setdefault("requestid", found.request_id.rstrip("."))
        if found.status is not None and self.inner is None:
            self.inner = self.framed_status = found.status

    def exception(self, exception: str) -> None:
        """Read an exception's text, which may contain a whole answer (`... {"error": ...}`)."""
        if "{" in exception and self.rewraps < MAX_REWRAPS:
            self.rewraps += 1
            framed = unframe(exception)
            self.framed(framed)
            self.take(unwrap(framed.text), 1)
        else:
            self.text("", exception)

    def found_codes(self) -> None:
        """Find machine words inside sentences: `Gemini API error: IMAGE_SAFETY`, `no picture (RECITATION)`."""
        known = set(self.codes)
        for text in self.texts[:20]:
            for token in marks.machine_words(text[:1500]):
                squashed = squash(token)
                if squashed not in known and len(known) < 120:
                    known.add(squashed)
                    self.codes.append(squashed)
                    if token.isupper():  # in lower case it is as often a parameter's name, whose words would lack their sentence
                        self.raw.append(token)

    def words(self) -> str:
        parts: list[str] = []
        left = MAX_WORDS
        texts = list(dict.fromkeys(self.texts))
        telling = [text for text in texts if text.lower() not in _REASONS]
        for text in telling or texts:
            part = clean(text[:left])
            if part:
                parts.append(part)
                left -= len(part)
            if left <= 0:
                break
        return " | ".join(parts)

    def finish(self, evidence: Evidence, headers: Mapping[str, str], exception: str) -> Signals:
        if self.spare and not any(map(_SENTENCE.search, self.texts)):
            self.shapes.add("speaks")
            for sentence in self.spare[:6]:
                self.text("", sentence)
        words = self.words()
        if any("proxy" in name for name in self.fields.get("exceptionclass", ())):
            self.framed_status = None  # the proxy's answer, not the service's
        if self.inner is None or self.inner == evidence.status:
            self.inner = stated_status(words) or self.inner
            if evidence.status is None and evidence.body is None:
                self.spoken = stated_status(words)
            if evidence.status is None and self.inner is None:
                self.inner = self.spoken = next(filter(None, (_REASONS.get(text.lower()) for text in self.texts)), None)
        for group in _VIOLATIONS.findall(words[:2000]):
            self.categories.extend(name.strip() for name in group.split(","))
        top = self.raw_fields.get("code", [""])[0]
        if len(top) == 4 and top.isascii() and top.isdigit():
            written = isinstance(self.values.get("code"), str)
            if written and self.keys <= _ZHIPU_KEYS:
                self.shapes.add("zhipu")
            elif not written and {"requestid", "message"} <= self.keys and "error" not in self.keys:
                self.shapes.add("kling")
        if "baseresp" in self.keys:
            self.shapes.add("base_resp")
        if "param" in self.raw_fields and self.inner is None:
            digits = self.raw_fields["param"][0]
            self.inner = int(digits) if len(digits) == 3 and digits.isascii() and digits.isdigit() else None
        shapes = {
            "unsafe_flag": marks.has_unsafe_flag(headers, self.true, self.false),
            "safety_code": any(map(marks.is_safety_code, self.codes)),
            "open_state": marks.has_open_state(self.fields),
            "names_a_size": marks.names_a_size(words),
        }
        self.shapes |= {shape for shape, holds in shapes.items() if holds}
        self.found_codes()
        named_codes = [*self.raw, *(value for key in QUOTA_FIELDS for value in self.raw_fields.get(key, ()))]
        spoken = " | ".join(
            dict.fromkeys(
                filter(
                    None,
                    (
                        part
                        for code in named_codes
                        if squash(code) not in HOLLOW
                        and code != str(evidence.status)
                        and not EVENT.fullmatch(code)
                        and (not words or code.lower() not in _REASONS)
                        and (part := split_words(code)) not in words
                    ),
                )
            )
        )
        return Signals(
            provider=evidence.provider.lower()[:80],
            api=evidence.api.lower()[:80],
            status=spoken_status(exception) or self.framed_status or self.spoken if evidence.status is None else evidence.status,
            meant=self.framed_status if evidence.status in _MASKED and 400 <= (self.framed_status or 0) < 500 else None,
            inner=self.inner,
            headers=headers,
            codes=frozenset(self.codes),
            tokens=frozenset(self.codes).union(*self.fields.values()),
            raw_by_field={key: tuple(values) for key, values in self.raw_fields.items()},
            categories=tuple(self.categories[:20]),
            fields={key: tuple(values) for key, values in self.fields.items()},
            keys=frozenset(self.keys),
            true=frozenset(self.true),
            false=frozenset(self.false),
            empties=frozenset(self.empties),
            words=f"{words} || {spoken[:1500]}",
            shapes=frozenset(self.shapes),
            exception=LINK.sub("(link)", without_stack(exception).lower()) or (words if evidence.status is None else ""),
            phase=evidence.phase,
            via_proxy=bool(evidence.via_proxy),
            guard=self.guard,
            incident=self.incident,
            values=self.values,
        )
