"""The texts of one language: `LOCALE/ROOM.ftl` for members and moderators, `LOCALE/operators/ROOM.ftl` for operators.

The key `failures.rate_limited.member` is the message `rate_limited-member` of `failures.ftl`: the first part names the file, and dots
become dashes. A file is read when one of its texts is first needed, and a text is parsed when it's first said.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from bot.texts.direction import isolate_commands
from bot.texts.fluent import Template, UnusableTextError, parse
from bot.texts.locales import is_right_to_left

OPERATORS = "operators"
"""The folder with the texts that only operators read."""
_ID = re.compile(r"[a-zA-Z][\w-]*(?= *=)")


def folder() -> Traversable:
    """Where the languages are."""
    return resources.files(__package__)


class Texts:
    """All texts of one language, read and parsed as they're needed."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._sources: dict[str, dict[str, str]] = {}
        self._parsed: dict[str, Template | None] = {}
        self._literal = isolate_commands if is_right_to_left(language) else str

    def template(self, key: str) -> Template | None:
        """The text for a key; None if the language lacks it, or if it can't be used."""
        if key not in self._parsed:
            source = self._source(key)
            try:
                self._parsed[key] = None if source is None else parse(source, self._literal)
            except UnusableTextError:
                self._parsed[key] = None
        return self._parsed[key]

    def has(self, key: str) -> bool:
        return self._source(key) is not None

    def every(self, audience: str = "") -> Iterator[str]:
        """All keys; with OPERATORS only theirs, with "members" only those that members and moderators read."""
        for path in self.files():
            if not audience or (audience == OPERATORS) == (path.parent.name == OPERATORS):
                yield from (f"{path.stem}.{name.replace('-', '.')}" for name in self._read(str(path)))

    def files(self) -> list[PurePosixPath]:
        found = []
        for path in (PurePosixPath(), PurePosixPath(OPERATORS)):
            place = folder() / self.language / str(path)
            if place.is_dir():
                found += sorted(path / one.name for one in place.iterdir() if one.name.endswith(".ftl"))
        return found

    def _source(self, key: str) -> str | None:
        room, _, rest = key.partition(".")
        name = rest.replace(".", "-")
        for path in (f"{room}.ftl", f"{OPERATORS}/{room}.ftl"):
            if (found := self._read(path).get(name)) is not None:
                return found
        return None

    def _read(self, path: str) -> dict[str, str]:
        if path not in self._sources:
            file = folder() / self.language / path
            self._sources[path] = split(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return self._sources[path]


def split(source: str) -> dict[str, str]:
    """The messages of a file by their names. A message begins at the start of a line; what follows indented or blank belongs to it."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in source.splitlines():
        if name := _ID.match(line):
            lines = found[name.group()] = [line]
        elif not line or line[0] in " }":
            lines.append(line)
        else:
            lines = []
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in found.items()}


@functools.cache
def catalogue(language: str) -> Texts:
    return Texts(language)
