"""Removal of what SDKs, gateways and bots wrap around a service's text. The patterns are data: `tables/frames.toml`.

A frame's class, code and status become fields; its words aren't content: `InvokeModel` is not a model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from bot.failures.data import table
from bot.failures.tokens import phrases, squash

MAX_TEXT = 6000
MAX_FRAMES = 10
_NO_WORDS = " .:-!,;)(]["
_NAME = re.compile(r"\(\?P<\w+>")
_INVENTED = 597
"""Proxies and clients number their own network errors from here on."""


@dataclass(slots=True)
class Framed:
    """A text without its frames, and the frames' fields."""

    text: str
    classes: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    status: int | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class _Patterns:
    heads: tuple[re.Pattern[str], ...]
    any_head: re.Pattern[str]
    """All heads in one: most texts have none, and one search says so."""
    places: tuple[int, ...]
    """The head that each of its groups belongs to."""
    ends: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    """What stands behind a text, after the words of which the text has one then."""
    stack: re.Pattern[str]
    statuses: dict[str, int]
    beginnings: dict[str, str]
    """The first ten characters of what servers and proxies answer in words, and the whole."""


@cache
def _patterns() -> _Patterns:
    data = table("frames")
    heads = tuple(re.compile(one) for one in data["frame"])
    return _Patterns(
        heads=heads,
        any_head=re.compile("|".join(f"({_NAME.sub('(', head.pattern)})" for head in heads)),
        places=tuple(at for at, head in enumerate(heads) for _ in range(head.groups + 1)),
        ends=tuple((phrases(one["with"]), re.compile(one["pattern"], re.IGNORECASE)) for one in data["end"]),
        stack=re.compile(data["stack"]),
        statuses={squash(name): status for name, status in data["statuses"].items()},
        beginnings={one[:_QUOTED_PART].lower(): one for one in phrases(data["beginnings"])},
    )


_QUOTED_PART = 10
_QUOTED = re.compile(r"Unexpected token ?.{0,6}?,? ?[\"'“](?P<quoted>[^\"'“”\n]{10})[\"'”]\.\.\. is not valid JSON")
"""A parser that quotes the beginning of what it got instead of JSON, as V8 does."""


def _completed(text: str) -> str:
    """The answer that a parser quotes the beginning of, if it's one that's known; else the text."""
    quoted = _QUOTED.search(text) if "is not valid JSON" in text else None
    whole = _patterns().beginnings.get(quoted["quoted"].lower()) if quoted else None
    return whole or text


_UNKNOWN_TO_LITELLM = re.compile(
    r"(?:litellm\.(?:exceptions\.)?APIConnectionError: )+(?:APIConnectionError: )*"
    r"(?!.{0,200}(?:onnect|imed? ?out|refused|reset|dns|resolve|ssl|ertificate))",
    re.IGNORECASE | re.DOTALL,
)
"""LiteLLM calls each exception that it doesn't know a connection error."""


def without_stack(text: str) -> str:
    """Remove the lines of a stack trace, a class that names no cause, and a parser around the answer that it quotes."""
    text = _UNKNOWN_TO_LITELLM.sub("", text) if "APIConnectionError" in text else text
    text = _completed(text)
    return _patterns().stack.sub("\n", text) if "\n" in text else text


def unframe(text: str) -> Framed:
    """The service's own words in a text. Empty if the text is only a frame with a status."""
    known = _patterns()
    found = Framed(without_stack(text[:MAX_TEXT]).strip())
    lowered = found.text.lower()
    for words, end in known.ends:
        cut = end.search(found.text) if any(word in lowered for word in words) else None
        if cut and cut.start() > 0:
            _note(found, cut, known)
            found.text = (found.text[: cut.start()] + found.text[cut.end() :]).strip()
    for _ in range(MAX_FRAMES):
        first = known.any_head.match(found.text)
        if first is None or first.lastindex is None:
            break
        for head in known.heads[known.places[first.lastindex - 1] :]:
            match = head.match(found.text)
            if match is None:
                continue
            _note(found, match, known)
            rest = found.text[match.start("rest") :].strip()
            if rest != found.text and (len(rest) > 2 or (found.status is not None and not rest.strip(_NO_WORDS))):
                found.text = rest
                break
        else:
            break
    return found


def _note(found: Framed, match: re.Match[str], known: _Patterns) -> None:
    named = match.groupdict()
    if named.get("class"):
        name = re.split(r"\.|::|/|\\", named["class"])[-1]
        if name not in found.classes:
            found.classes.append(name)
        if found.status is None:
            found.status = known.statuses.get(squash(name).replace("exception", "error"), known.statuses.get(squash(name)))
    if named.get("code") and named["code"] not in found.codes:
        found.codes.append(named["code"])
    found.request_id = named.get("request") or found.request_id
    if named.get("status"):
        status = int(named["status"])
        found.status = status if status < _INVENTED else found.status
