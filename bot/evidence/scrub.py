"""Makes observations safe to send: known private values, private shapes and quotations of prompts are replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evidence.private import Private, Range, quoted
from bot.providers.port import REQUEST_ID_HEADERS

REMOVED = "[removed]"
MAX_TEXT = 4_000
"""Maximum characters of one text in the bundle."""
MAX_ITEMS, MAX_DEPTH = 60, 8
TELLING_HEADERS = frozenset({
    *("content-type", "content-length", "date", "retry-after", "retry-after-ms", "x-should-retry", "openai-processing-ms"),
    *("openai-version", "x-ms-region", "x-envoy-upstream-service-time", "www-authenticate", "allow", "x-error-code", "x-app-version"),
})  # fmt: skip
"""Response headers whose values support can use. Of all others, only the name is kept."""
ID_HEADERS = frozenset({
    *REQUEST_ID_HEADERS,
    *("cf-ray", "x-amzn-requestid", "x-correlation-id", "traceparent", "x-trace-id", "x-fal-request-id", "x-goog-request-id"),
})  # fmt: skip
"""Headers with the service's own id of the request."""
WRITTEN = frozenset({"prompt", "revised_prompt", "negative_prompt", "input", "caption", "text", "user", "safety_identifier", "b64_json"})
"""Fields of an answer that contain words or names of people; always scrubbed."""
_NAMES = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$[]")


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Replaces everything private in values from outside."""

    private: Private
    prompts: Sequence[str]
    """Prompts that may be quoted: this request's, and those of others."""

    def text(self, value: str, most: int = MAX_TEXT) -> str:
        """A text without anything private, shortened afterwards: half a secret wouldn't be recognised."""
        clean = _without(value, [*self.private.find(value), *quoted(value, self.prompts)])
        return clean if len(clean) <= most else clean[:most] + " […]"

    def value(self, value: Any, depth: int = 0) -> Any:
        """A JSON value with the same structure. Names of fields are kept if they look like names."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return value if not self.private.find(str(value)) else REMOVED
        if isinstance(value, str):
            return self.text(value)
        if depth >= MAX_DEPTH:
            return REMOVED
        if isinstance(value, Mapping):
            kept = list(value.items())[:MAX_ITEMS]
            return {
                self._name(str(name)): REMOVED if str(name).lower() in WRITTEN else self.value(inner, depth + 1) for name, inner in kept
            }
        if isinstance(value, Sequence):
            return [self.value(inner, depth + 1) for inner in list(value)[:MAX_ITEMS]]
        return REMOVED

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Response headers: values of those that support can use, names of the others."""
        kept: dict[str, str] = {}
        for name, value in headers.items():
            lowered = name.lower()
            if lowered in ID_HEADERS:
                kept[self._name(lowered)] = value if value in self.private.allowed else self.text(value, 200)
            elif lowered in TELLING_HEADERS or lowered.startswith("x-ratelimit-"):
                kept[self._name(lowered)] = self.text(value, 200)
            else:
                kept[self._name(lowered)] = REMOVED
        return kept

    def _name(self, name: str) -> str:
        ordinary = len(name) <= 60 and all(one in _NAMES for one in name)
        return name if ordinary and self.text(name) == name else REMOVED


def _without(text: str, spans: Sequence[Range]) -> str:
    """The text with these parts replaced, each run of them once."""
    pieces: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if stop <= end:
            continue
        if start > end or not pieces:
            pieces += [text[end:start], REMOVED]
        end = stop
    return "".join([*pieces, text[end:]])
