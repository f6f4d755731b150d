"""Everything that a run depends on, as plain data: generated from a seed (`generate.py`), saved as JSON, shrunk by removing parts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any


class Nature(StrEnum):
    """What the provider does with a prompt whenever it sees it, apart from faults."""

    GOOD = "good"
    SAFETY_PROMPT = "safety_prompt"
    SAFETY_OUTPUT = "safety_output"
    SAFETY_SOME = "safety_some"
    """All but one of the pictures; that one was blocked."""
    BAD_PARAMETER = "bad_parameter"
    REFUSED = "refused"
    """Refused without a reason, as long as a certain detail is in it."""
    FEWER = "fewer"
    """One picture fewer than requested, without a reason."""


@dataclass(slots=True)
class Command:
    """A member types /imagine. `n` identifies it, for its words and for references to it."""

    n: int
    at: float
    who: str
    nature: str = Nature.GOOD.value
    count: int = 1
    private: bool = False
    again_of: int | None = None
    """The same words as an earlier command, typed again."""
    doubtful: bool = False
    """The words contain an email address, so the member is asked before anything is sent."""
    pictures: int = 0
    """Attached pictures, which belong to the words: typed again, they come with the same ones."""
    caption: bool = False
    """Text is to be drawn on what comes."""
    guided: bool = False
    """Written in the guide's form, whose wording the member looks at before it's sent."""


@dataclass(slots=True)
class Press:
    """Somebody presses a button of a command's message, if it exists by then."""

    command: int
    after: float
    """Seconds after the command."""
    action: str
    who: str = ""
    """Empty: the person who typed the command."""
    twice: str = ""
    """`click` for a second press, `event` for a redelivered one."""
    site: str = ""
    """Instead of a delay: when the process passes this boundary, such as a cancel at the very moment of an answer."""


@dataclass(slots=True)
class Deed:
    """Somebody acts on a case: a moderator on its card, or its member on a message about it."""

    action: str
    """A button's name. If it doesn't appear within a while, the deed is skipped."""
    who: str = ""
    """Empty: the case's member."""
    after: float = 5.0
    """Seconds after the previous deed."""
    twice: str = ""
    """`click`, `event` or, for two people at once, the other one's name."""
    words: str = ""
    """For a new wording: what the provider does with it (a Nature), or `same` for the blocked one again."""
    late: bool = False
    """Pressed although it has disappeared, if it was shown before."""
    site: str = ""
    """Instead of a delay: when the process passes this boundary."""


@dataclass(slots=True)
class Handling:
    """Consecutive deeds about the n-th case that reaches the moderators."""

    case: int
    deeds: list[Deed]


@dataclass(slots=True)
class Crash:
    """The process dies at the n-th passage of a boundary in its life; one crash per life, in order."""

    site: str
    """A boundary, `any` for every numbered event, or a boundary with a state change: `commit-after:queued>calling`."""
    nth: int
    how: str = "kill"
    """`kill`, `power`, `torn` (power fails before the last commit reaches the disk) or `term`."""
    down: float = 3.0
    """Seconds until it is started again."""
    late: bool = False
    """Also when the world is calm already: while a patient run waits for its cases to expire."""


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
    handlings: list[Handling] = field(default_factory=list)
    absences: list[tuple[str, float, float]] = field(default_factory=list)
    """(moderator, from, until): a time in which they are none."""
    check_faults: float = 0.0
    """Share of the bot's questions about roles that the platform does not answer as it should."""
    forgets: list[tuple[str, float]] = field(default_factory=list)
    """(member, moment): they have everything deleted with /imagine-privacy."""
    patient: bool = False
    """The run goes on until no case can be waiting any more."""
    horizon: float = 3600.0
    provider_faults: float = 0.0
    """Share of exchanges that go wrong."""
    later: float = 0.0
    """Share of honest answers that are tasks to be polled, or pictures at an address of their own."""
    chat_faults: float = 0.0
    redelivers: bool = False
    """Whether the platform sends an event again that was not acknowledged in time."""
    budget_pictures: int = 1000
    """What the community may spend in a month, in pictures of the default size."""
    polls: float | None = None
    """Seconds between the process's safety polls; None for the product's own."""
    results: str = "public"
    """The community's setting: who sees results first."""
    tells: dict[str, str] = field(default_factory=dict)
    """Members who want to be told about late answers, and how: `mention` or `direct`."""
    fallback: bool = False
    """A second service stands by. It has the same moods about prompts and the same faults, but no weather."""
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
        raw["handlings"] = [Handling(one["case"], [Deed(**deed) for deed in one["deeds"]]) for one in raw.get("handlings", [])]
        raw["weather"] = [Weather(**item) for item in raw.get("weather", [])]
        raw["skews"] = [(at, by) for at, by in raw.get("skews", [])]
        raw["removals"] = [(command, after) for command, after in raw.get("removals", [])]
        raw["absences"] = [(who, start, end) for who, start, end in raw.get("absences", [])]
        raw["forgets"] = [(who, at) for who, at in raw.get("forgets", [])]
        return cls(**raw)

    @classmethod
    def load(cls, path: Path) -> Plan:
        return cls.from_json(path.read_text(encoding="utf-8"))
