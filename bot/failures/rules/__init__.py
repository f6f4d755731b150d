"""Order in which the rule tables are applied: structure before words, money before rate, a bare status last."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from bot.failures.rules.load import rules_of
from bot.failures.rules.rule import Rule


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
    by_status: dict[int, tuple[Rule, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_status(self, status: int) -> tuple[Rule, ...]:
        """The rules that a status allows: most name a few statuses, so most need no look."""
        found = self.by_status.get(status)
        if found is None:
            found = self.by_status[status] = tuple(rule for rule in self.rules if not rule.statuses or status in rule.statuses)
        return found

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
