"""Loader for the rules in `bot/failures/tables/*.toml`. The knowledge is data there; this file only knows its format.

A file has sections of rules; `[defaults.SECTION]` has values shared by a section's rules. `[SECTION.kinds]` defines one rule per kind that
differ only in their codes. An upper-case name in a list of words refers to a list in `phrases.toml` or `stems.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from bot.domain.kinds import Action, Kind
from bot.failures.data import table
from bot.failures.plain import Stems, stems
from bot.failures.rules.rule import Rule
from bot.failures.tokens import phrases, squash


def rules_of(file: str) -> dict[str, tuple[Rule, ...]]:
    """The sections of one file, in order."""
    raw = table(file)
    defaults = raw.get("defaults", {})
    return {
        section: tuple(rule for written in rules for rule in _rules({**defaults.get(section, {}), **written}))
        for section, rules in raw.items()
        if section != "defaults"
    }


def _rules(written: Mapping[str, Any]) -> list[Rule]:
    by_kind = written.get("kinds")
    fields = {name: _READ[name](value) for name, value in written.items() if name not in ("kinds", "kind")}
    if by_kind is None:
        return [Rule(Kind(written["kind"]), **fields)]
    return [Rule(Kind(kind), codes=_codes(codes), **fields) for kind, codes in by_kind.items()]


def _codes(text: str) -> frozenset[str]:
    return frozenset(squash(name) for name in text.split())


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _parts(text: str) -> tuple[str, ...]:
    """Alternatives separated by ` / `, with named lists expanded."""
    named = table("phrases")
    found: list[str] = []
    for part in " ".join(text.split()).split(" / "):
        found.extend(phrases(named[part]) if part in named else phrases(part))
    return tuple(found)


@cache
def _stems(text: str) -> Stems:
    named = table("stems")
    parts = [_stems(named[part]) if part in named else stems(part) for part in " ".join(text.split()).split(" / ")]
    return parts[0] if len(parts) == 1 else Stems(stem for group in parts for stem in group.all)


def family(name: str) -> Stems:
    """A word family from `stems.toml`, by name."""
    return _stems(name)


def _same(value: Any) -> Any:
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("source", "family"), lambda text: " ".join(text.split())),
    **dict.fromkeys(("codes", "also_codes"), _codes),
    **dict.fromkeys(("keys", "true", "false", "empties", "filled", "shapes", "not_shapes"), _names),
    **dict.fromkeys(("fields", "says_in", "apis"), lambda text: tuple(text.split())),
    **dict.fromkeys(("says", "never", "nowhere", "exceptions"), _parts),
    **dict.fromkeys(("words", "around"), lambda groups: tuple(map(_parts, groups))),
    **dict.fromkeys(("said", "unsaid"), lambda groups: tuple(map(_stems, groups))),
    **dict.fromkeys(("spread", "confidence"), _same),
    "statuses": frozenset,
    "action": Action,
}
