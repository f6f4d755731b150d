"""Limits named by a rate limit answer: concurrency, or requests per time. The gate learns from them; token limits are ignored."""

from __future__ import annotations

import re

CONCURRENCY = "concurrency"
_CONCURRENCY = re.compile(
    r"concurren(?:t|cy)\b[^|]{0,40}\b(?:limit|request|task|job|generation|call|image|quer)"
    r"|(?:limit|exceed|too many|max(?:imum)?)\b[^|]{0,40}\b(?:concurren(?:t|cy)|simultaneous|parallel|in parallel)"
    r"|parallel (?:request|task|job|call|generation)|at the same time|并发"
)
_UNIT = r"(?:requests?|images?|generations?|calls?|quer(?:y|ies))"
_SPAN = r"(second|sec|s|minute|min|m|hour|h)s?\b"
_RATES = (
    re.compile(r"limit:? (?P<count>\d{1,7})(?:\.\d{1,9})? ?/ ?(?P<spans>\d{0,4}) ?" + _SPAN),
    re.compile(_UNIT + r"[^|.]{0,12} per " + _SPAN + r"[^|\d]{0,24}limit:? (?P<count>\d{1,7})\b"),
    re.compile(r"(?P<count>\d{1,7})(?:\.\d{1,9})? " + _UNIT + r" (?:per|a|every|each|/) (?P<spans>\d{0,4}) ?" + _SPAN),
)
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def rate_limit(words: str) -> str:
    """`concurrency`, `20/60s` (requests, then seconds), or nothing. `words` is the answer's text in lower case."""
    words = words[:3000]
    if _CONCURRENCY.search(words):
        return CONCURRENCY
    for pattern in _RATES:
        found = pattern.search(words)
        if found is None or "token" in words[max(0, found.start() - 30) : found.end()]:
            continue
        seconds = int(found.groupdict().get("spans") or 1) * _SECONDS[_span(found)]
        if int(found["count"]) > 0 and seconds > 0:
            return f"{int(found['count'])}/{seconds}s"
    return ""


def _span(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group and not group.isdigit())[0]
