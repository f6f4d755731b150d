"""All that one run depends on, as plain data: made from a seed, saved as JSON, shrunk by leaving things out.

A seed changes its meaning when the generator changes; a plan does not. Failing seeds are therefore kept as plans (`regressions/`).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

HORIZONS = (600.0, 1800.0, 3600.0, 4 * 3600.0, 24 * 3600.0)
"""Seconds in which things go wrong; afterwards the world is calm and everything must settle."""

BOUNDARIES = (
    "http-before",
    "http-sent",
    "http-answered",
    "chat-before",
    "chat-after",
    "commit-before",
    "commit-after",
    "ack-before",
    "ack-after",
)
"""Where half of the crashes are aimed: with uniform points a planted bug survived 300 seeds of the prototype."""


class Nature(StrEnum):
    """What the provider makes of a prompt whenever it sees it, faults aside."""

    GOOD = "good"
    SAFETY_PROMPT = "safety_prompt"
    SAFETY_OUTPUT = "safety_output"
    SAFETY_SOME = "safety_some"
    """All but one of the pictures; that one was blocked."""
    BAD_PARAMETER = "bad_parameter"
    FEWER = "fewer"
    """One picture less than asked for, without a reason."""


@dataclass(slots=True)
class Command:
    """A member types /imagine. `n` names it, for its words and for everything that refers to it."""

    n: int
    at: float
    who: str
    nature: str = Nature.GOOD.value
    count: int = 1
    private: bool = False
    again_of: int | None = None
    """The same words as an earlier command, typed anew."""


@dataclass(slots=True)
class Press:
    """Somebody presses a button of a command's message, if it is there by then."""

    command: int
    after: float
    """Seconds after the command."""
    action: str
    who: str = ""
    """Empty: the one who typed the command."""
    twice: str = ""
    """`click` for a second press, `event` for a redelivered one."""
    site: str = ""
    """Not after some seconds but when the process passes this boundary: a cancel in the very moment of an answer."""


@dataclass(slots=True)
class Crash:
    """The process dies at the n-th passage of a boundary in its life; crashes come one per life, in order."""

    site: str
    """A boundary, `any` for every numbered event, or a boundary with a state change: `commit-after:queued>calling`."""
    nth: int
    how: str = "kill"
    """`kill`, `power`, `torn` (the power goes before the last commit has reached the disk) or `term`."""
    down: float = 3.0
    """Seconds until it is started again."""


@dataclass(slots=True)
class Weather:
    """A time in which the provider is not itself: `down`, `refusing`, `busy`, `no_credit`."""

    start: float
    end: float
    kind: str


@dataclass(slots=True)
class Plan:
    """One run."""

    seed: int
    commands: list[Command]
    presses: list[Press] = field(default_factory=list)
    crashes: list[Crash] = field(default_factory=list)
    skews: list[tuple[float, float]] = field(default_factory=list)
    """(moment, seconds by which the wall clock jumps)."""
    weather: list[Weather] = field(default_factory=list)
    removals: list[tuple[int, float]] = field(default_factory=list)
    """(command, seconds after it): somebody removes the message on the platform."""
    horizon: float = 3600.0
    provider_faults: float = 0.0
    """Share of exchanges that go wrong."""
    chat_faults: float = 0.0
    redelivers: bool = False
    """Whether the platform sends an event again that was not acknowledged in time."""
    budget_pictures: int = 1000
    """What the community may spend in a month, in pictures of the default size."""
    polls: float | None = None
    """Seconds between the process's safety polls; None for the product's own."""
    only: str = ""
    """Restricts provider faults to one family; for plans that are aimed at something."""
    calm: list[str] = field(default_factory=list)
    """Faults that are switched off, by key; used by the shrinker."""

    def command(self, n: int) -> Command:
        """The command of that name."""
        return next(command for command in self.commands if command.n == n)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Plan:
        raw: dict[str, Any] = json.loads(text)
        known = {f.name for f in fields(cls)}
        unknown = set(raw) - known
        if unknown:
            raise ValueError(f"a plan knows no {', '.join(sorted(unknown))}")
        raw["commands"] = [Command(**item) for item in raw["commands"]]
        raw["presses"] = [Press(**item) for item in raw.get("presses", [])]
        raw["crashes"] = [Crash(**item) for item in raw.get("crashes", [])]
        raw["weather"] = [Weather(**item) for item in raw.get("weather", [])]
        raw["skews"] = [(at, by) for at, by in raw.get("skews", [])]
        raw["removals"] = [(command, after) for command, after in raw.get("removals", [])]
        return cls(**raw)

    @classmethod
    def load(cls, path: Path) -> Plan:
        return cls.from_json(path.read_text(encoding="utf-8"))


PRESSED = ("cancel", "cancel", "retry", "retry", "again", "publish", "delete", "edit", "nearest")
NATURES = (
    *[Nature.GOOD] * 12,
    Nature.SAFETY_PROMPT,
    Nature.SAFETY_PROMPT,
    Nature.SAFETY_OUTPUT,
    Nature.SAFETY_SOME,
    Nature.BAD_PARAMETER,
    Nature.FEWER,
)


def from_seed(seed: int) -> Plan:
    """A plan of everything at once, in random amounts."""
    r = Random(f"plan:{seed}")
    horizon = r.choice(HORIZONS)
    burst = r.random() < 0.5
    people = [f"member{n}" for n in range(1, r.randint(2, 4))]
    commands = [_command(r, n, horizon * (0.03 if burst else 0.8), people) for n in range(r.randint(2, 8))]
    presses = [_press(r, n, people) for n in range(len(commands)) for _ in range(r.choice([0, 0, 1, 1, 2]))]
    return Plan(
        seed=seed,
        commands=commands,
        presses=presses,
        crashes=[_crash(r) for _ in range(r.choice([0, 1, 1, 2, 3, 5]))],
        skews=[
            (round(r.uniform(0, horizon), 3), r.choice([-3600.0, -60.0, -5.0, 5.0, 60.0, 3600.0])) for _ in range(r.choice([0, 0, 0, 1, 2]))
        ],
        weather=[_weather(r, horizon) for _ in range(r.choice([0, 0, 1, 2]))],
        removals=[(n, round(r.expovariate(1 / 60), 3)) for n in range(len(commands)) if r.random() < 0.04],
        horizon=horizon,
        provider_faults=r.choice([0.0, 0.2, 0.5, 0.9]),
        chat_faults=r.choice([0.0, 0.1, 0.3, 0.6]),
        redelivers=r.random() < 0.5,
        budget_pictures=r.choice([2, 4, 8, 1000, 1000]),
        polls=None if horizon <= 1800 else 600.0,
    )


def _command(r: Random, number: int, within: float, people: list[str]) -> Command:
    again_of = r.randrange(number) if number and r.random() < 0.08 else None
    return Command(
        n=number,
        at=round(r.uniform(0, within), 3),
        who=r.choice(people),
        nature=r.choice(NATURES).value,
        count=r.choice([1, 1, 1, 2, 3]),
        private=r.random() < 0.3,
        again_of=again_of,
    )


def _press(r: Random, command: int, people: list[str]) -> Press:
    if r.random() < 0.2:
        return Press(command, 0.0, "cancel", site=r.choice(["http-before", "http-sent", "http-answered", "commit-before", "chat-after"]))
    return Press(
        command=command,
        after=round(r.choice([r.uniform(0, 60), r.expovariate(1 / 600)]), 3),
        action=r.choice(PRESSED),
        who=r.choice(people) if r.random() < 0.2 else "",
        twice=r.choice(["", "", "", "click", "event"]),
    )


def _crash(r: Random) -> Crash:
    how = r.choice(["kill", "kill", "kill", "power", "torn", "term"])
    down = r.choice([0.1, 3.0, 60.0, 1800.0])
    if r.random() < 0.6:
        site = r.choice(BOUNDARIES)
        often = site.startswith(("chat", "commit"))
        return Crash(site=site, nth=r.choice([1, 2, 3, 5, 8] if often else [1, 1, 1, 2, 3]), how=how, down=down)
    return Crash(site="any", nth=int(r.expovariate(1 / 150)) + 1, how=how, down=down)


def _weather(r: Random, horizon: float) -> Weather:
    start = r.uniform(0, horizon * 0.8)
    length = r.choice([20.0, 90.0, 300.0, 1200.0])
    return Weather(round(start, 3), round(start + length, 3), r.choice(["down", "refusing", "busy", "busy", "no_credit"]))
