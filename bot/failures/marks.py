"""Verdicts and states expressed by names alone: `is_nsfw: true`, `finish_reason: SAFETY`, `status: dreaming`. No text is interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_UNSAFE_IF_FALSE = re.compile(r"(?:is|was|image|content|pass|respect)[a-z]{0,16}(?:safe|moderation)$")
_UNSAFE_IF_TRUE = re.compile(
    r"(?:is|has|was|contains?|image|content|safety|policy)?[a-z]{0,8}(?:nsfw|unsafe|moderated|censored|blocked|flagged)(?:content|concepts?|detected)*$"
)
_CHECKED = re.compile(
    "(?:image|content|prompt|input|output)?(?:safety|moderation|contentfilter|nsfwcheck|audit)(?:status|result|verdict|decision|state|check)?$"
)
_REFUSED = re.compile("block|reject|refus|flag|unsafe|deni|censor|violat|nsfw|prohibit", re.IGNORECASE)
_WHY = re.compile("(?:safety|content)?(?:filter|filtered|moderation|censor|safety|block|blocked)(?:reason|category)$")
_NO_REASON = re.compile(
    "none|null|unspecified|unknown|stop|ok|safe|pass|rate|quota|size|format|billing|timeout|blocked_reason_unspecified", re.IGNORECASE
)
_SAFETY_CODE = re.compile(
    "safety|moderat|nsfw|sensitivecontent|sensitiveword|prohibitedcontent|contentpolicy|contentviolation|policyviolation|unsafe|audit[a-z]{0,12}(?:illegal|reject|block|violat)|(?:content|prompt|text|image)illegal|illegal(?:content|prompt|text|image)"
)
_NO_SAFETY_CODE = re.compile(
    "timeout|unavailable|invalid|unsupported|unknown|param|setting|identifier|tolerance|threshold|service|moderator|checker|stage|"
    "(?:safety|moderation|check)error|allownsfw|moderationlevel"
)
"""Codes about the safety check or its options, which aren't verdicts."""
_SIZE = re.compile(r"(?<![\w.])\d{2,5} ?(?:[x×*]|by) ?\d{2,5}(?![\w.])")
_FLAG_HEADER = re.compile("content-violation|moderat|nsfw|is-blurred|content-filter|unsafe|safety")
STATE_FIELDS = ("status", "taskstatus", "state", "phase", "jobstatus", "jobstate", "runstatus", "generationstatus")
_OPEN_STATE = re.compile(
    r"(?!succe|complet|finish|done|ready|ok|fail|err|cancel|abort|expir|delet|lost|notfound|unknown|reject|refus|moderat|block|nsfw|flag|safety|"
    r"content|request|timeout|timedout|partial|true|false|gone|purge|tasknot|invalid|denied|unauth|forbid|bad|not|too|service|internal|unavail|"
    r"resource|permission|deadline|failed|stop|null|none|success)[a-z]{4,30}$"
)
"""Names of unfinished states, such as `dreaming`. Names of errors are final."""


_EMBEDDED = re.compile(
    r"(?<!argument ')(?<!parameter ')(?<![\w./-])"
    r"(?:[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}|[a-z]{2,30}(?:_[a-z]{2,30}){1,6})(?![\w/-]|\.\w|' was unexpected)"
)
"""A word with underscores inside a sentence; the name of a parameter that wasn't expected is none."""
_BRACKETED = re.compile(r"[(\[（]([A-Z]{5,24}|safety|recitation|blocklist|content.filter)[)\]）]")
_STOPPED = re.compile(
    r"\b(?:(?P<block>block)|finish|stop|end|termination)[ _]?reason\b[^\w\n]{1,4}(?:(?:is|was|of) [\"'`]?)?"
    r"(?:finish_?reason[._]|block_?reason[._])?(?P<named>[a-z]+(?:_[a-z]+)*)\b"
    r"|\b(?:stopped|ended|finished|blocked|terminated)(?: \w+){0,3}(?: reason)?[:=(\"'` ]{1,3}(?-i:(?P<told>[A-Z]{5,}(?:_[A-Z]+)*))\b",
    re.IGNORECASE,
)
_TELLING = re.compile("message|msg|reason|error|descri|detail")


@lru_cache(maxsize=512)
def is_telling(key: str) -> bool:
    """Whether a member with this name says something to people."""
    return _TELLING.search(key) is not None


def is_refusal(key: str, value: str) -> bool:
    """Whether a field's name and value are a verdict: `moderation_status: rejected`, `filter_reason: violence`."""
    if _CHECKED.match(key):
        return _REFUSED.match(value) is not None
    return _WHY.match(key) is not None and not _NO_REASON.match(value)


def stop_reasons(text: str) -> Iterable[tuple[str, str]]:
    """The reasons that a text names as an answer would, with the field that they'd be in: `stopped with: SAFETY`, `finish_reason=stop`."""
    for one in _STOPPED.finditer(text[:3000]):
        yield "blockreason" if one["block"] else "finishreason", one["named"] or one["told"]


def has_unsafe_flag(headers: Mapping[str, str], true: Iterable[str], false: Iterable[str]) -> bool:
    """Whether a body flag or header says that a picture must not be shown."""
    by_header = any(_FLAG_HEADER.search(name) and value.strip().lower() in ("true", "1", "yes") for name, value in headers.items())
    return by_header or any(map(_UNSAFE_IF_FALSE.match, false)) or any(map(_UNSAFE_IF_TRUE.match, true))


def is_safety_code(code: str) -> bool:
    """Whether a squashed code is a verdict, rather than about the check or its options."""
    return _SAFETY_CODE.search(code) is not None and not _NO_SAFETY_CODE.search(code)


def has_open_state(fields: Mapping[str, Iterable[str]]) -> bool:
    """Whether a task's state is unfinished."""
    return any(_OPEN_STATE.match(state) for name in STATE_FIELDS for state in fields.get(name, ()))


def names_a_size(words: str) -> bool:
    """Whether a text contains a size such as `1024x1024`."""
    return _SIZE.search(words) is not None


def machine_words(text: str) -> list[str]:
    """The machine words in a sentence: `IMAGE_SAFETY` in "Gemini API error: IMAGE_SAFETY", `RECITATION` in "no picture (RECITATION)"."""
    return [*_EMBEDDED.findall(text)[:20], *_BRACKETED.findall(text)[:5]]
