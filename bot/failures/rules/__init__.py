"""Order in which the rule tables are applied: structure before words, money before rate, a bare status last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache

from bot.failures.rules.load import rules_of
from bot.failures.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class ByCode:
    """Rules in order, and where those are that ask for a machine word."""

    rules: tuple[Rule, ...]
    without_code: tuple[int, ...]
    with_code: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> ByCode:
        places: dict[str, list[int]] = {}
        for at, rule in enumerate(rules):
            for code in rule.codes:
                places.setdefault(code, []).append(at)
        return cls(
            tuple(rules),
            tuple(at for at, rule in enumerate(rules) if not rule.codes),
            {code: tuple(found) for code, found in places.items()},
        )

    def allowed(self, tokens: Set[str]) -> Iterator[Rule]:
        """The rules that ask for no machine word, or for one of these."""
        named = [at for code in self.with_code.keys() & tokens for at in self.with_code[code]]
        places = sorted({*self.without_code, *named}) if named else self.without_code
        return map(self.rules.__getitem__, places)


@dataclass(frozen=True, slots=True)
class Tables:
    """All rules, in order."""

    steps: tuple[Rule, ...]
    """Whose picture, at which step; applied before all others."""
    transport: tuple[Rule, ...]
    """Applied next, only if an exception was recorded."""
    rules: tuple[Rule, ...]
    without_error: tuple[Rule, ...]
    """Applied after the others, if there was no error status."""
    by_status: dict[int, ByCode] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_status(self, status: int, tokens: Set[str]) -> Iterator[Rule]:
        """The rules that a status and an answer's machine words allow, in order: most name a few of them, so most need no look."""
        found = self.by_status.get(status)
        if found is None:
            found = self.by_status[status] = ByCode.of([rule for rule in self.rules if not rule.statuses or status in rule.statuses])
        return found.allowed(tokens)

    @property
    def all(self) -> tuple[Rule, ...]:
        return (*self.steps, *self.transport, *self.rules, *self.without_error)


@cache
def tables() -> Tables:
    """The rules in `bot/failures/tables/*.toml`; loaded with the first failure, because most commands classify none."""
    steps, guards, services, words, shapes, transport = map(rules_of, ("steps", "guards", "services", "words", "shapes", "transport"))
    return Tables(
        steps=(*steps["whose"], *steps["waiting"]),
        transport=transport["faults"],
        rules=(
            *(rule for section in guards.values() for rule in section),
            *(rule for name, section in services.items() if name != "weak" for rule in section),
            *shapes["verdicts"],
            *steps["busy"],
            *steps["permanent"],
            *steps["answer"],
            *(rule for section in words.values() for rule in section),
            *steps["vague"],
            *shapes["ended"],
            *services["weak"],
            *transport["decoding"],
        ),
        without_error=(*shapes["tasks"], *shapes["refusals"], *shapes["apologies"], *shapes["answers"]),
    )
