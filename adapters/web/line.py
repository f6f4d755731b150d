"""Parser for typed command lines. It only checks the form of a line; the core validates values.

/imagine [--size S] [--quality Q] [--count N] [--model M] [--tag T] [--private] prompt
/imagine
/imagine-guide [TEMPLATE]
/imagine-batch [NUMBER]
/imagine-show [ID]
/imagine-status ...
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.kit.callers import YES
from adapters.kit.commands import FORMS, VIEWS
from bot.texts import text
from bot.texts.direction import bare

COMMANDS = frozenset({"/imagine", "/imagine-batch", *FORMS, *VIEWS})
LONGEST = 100_000
"""Maximum characters of the text box. More than any prompt allows, so that the core can say how long is too long."""


@dataclass(frozen=True, slots=True)
class Typed:
    command: str
    rest: str = ""
    """The prompt, or the id for /imagine-show."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of /imagine: those of EXAMPLES, and `private`."""


@dataclass(frozen=True, slots=True)
class Misread:
    """Not a valid command; the sentence says what to type instead."""

    sentence: str


EXAMPLES = {"size": "1024x1024", "quality": "high", "count": "2", "model": "gpt-image-2", "tag": "spring"}
_OTHER_COMMAND = re.compile(r"[/／、][iｉ][mｍ][aａ][gｇ][iｉ][nｎ][eｅ][a-zａ-ｚ－-]*", re.IGNORECASE)
"""A command with what the slash key types on a Chinese or Japanese keyboard, or with letters of full width."""
_COMMAND = re.compile(r"/[\w-]*")
_OPTION = re.compile(
    r"(?:(?<=\s)|^)(?:--(?P<name>[A-Za-z][\w-]*)|—(?P<dashed>size|quality|count|model|tag|private)\b)(?P<equals>=)?", re.IGNORECASE
)
"""Two hyphens, or the dash that some keyboards turn them into; elsewhere a dash is just a dash."""
_VALUE = re.compile(r"\s*(?P<value>\S+)")


def _plain_command(line: str) -> str:
    """The line with a command as it's meant, where a keyboard for another script wrote its slash or letters."""
    word = line.split(maxsplit=1)[0] if line else ""
    if not _OTHER_COMMAND.fullmatch(word):
        return line
    return "/" + unicodedata.normalize("NFKC", word[1:]) + line[len(word) :]


def read(line: str) -> Typed | Misread:
    line = _plain_command(bare(line).strip())  # a command that was copied from a sentence from right to left has invisible marks around it
    if not line:
        return Misread(text("web.hint.empty"))
    if len(line) > LONGEST:
        return Misread(text("web.hint.too_long", most=LONGEST))
    found = _COMMAND.match(line)
    if found is None:
        return Misread(text("web.hint.plain"))
    name, rest = found.group().lower(), line[found.end() :]
    if name not in COMMANDS or (rest and not rest[0].isspace()):
        return Misread(text("web.hint.unknown_command", command=_short(line.split()[0])))
    return _imagine(rest) if name == "/imagine" else Typed(name, rest.strip())


def _imagine(rest: str) -> Typed | Misread:
    """Parse the options of an /imagine line; a lone `--` ends them."""
    head, marker, tail = _cut(rest)
    values: dict[str, str] = {}
    kept, at = [], 0
    for found in _OPTION.finditer(head):
        if found.start() < at:
            continue  # inside the previous option's value
        name = (found["name"] or found["dashed"]).lower()
        kept.append(head[at : found.start()])
        at = found.end()
        if name == "private" and not found["equals"]:
            values[name] = YES
            continue
        if name not in EXAMPLES:
            return Misread(text("web.hint.unknown_option", option=_short(found.group())))
        value = _VALUE.match(head, at)
        if value is None or _OPTION.match(value["value"]):
            return Misread(text("web.hint.no_value", option=f"--{name}", example=EXAMPLES[name]))
        if name in values:
            return Misread(text("web.hint.twice", option=f"--{name}"))
        values[name] = value["value"]
        at = value.end()
    kept.append(head[at:])
    prompt = " ".join(part.strip() for part in kept if part.strip())
    if marker:
        prompt = f"{prompt} {tail.strip()}".strip()
    return Typed("/imagine", prompt, values)


def _cut(rest: str) -> tuple[str, bool, str]:
    """The text before a lone `--`, whether there was one, and the text after it."""
    found = re.search(r"(?:^|\s)--(?=\s|$)", rest)
    return (rest, False, "") if found is None else (rest[: found.start()], True, rest[found.end() :])


def _short(words: str) -> str:
    return words if len(words) <= 40 else words[:40] + "…"
