"""Baseline notes of `imagine-bot verify`: the attempts with their results and settings, dated, in Markdown, and the differences from the
previous note."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.texts import text

FOLDER = "baselines"
"""In the data folder."""
SLOWER = 2.0
"""Factor by which an attempt must be slower or faster than in the previous note to count as different."""
_DATA = re.compile(r"^```json\n(.*?)\n```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """One request of a verification. Contains nothing private."""

    name: str
    """`replay`, `good` or `bad`."""
    well: bool
    """It ended as it should."""
    shape: str
    """Model, size, quality and count."""
    words: str
    """Which prompt was sent: `same` or `neutral`."""
    result: str
    """In a sentence."""
    kind: str
    """Kind of the failure; `pictures` if there was none."""
    status: int | None
    seconds: float
    micros: int
    request_id: str


@dataclass(frozen=True, slots=True)
class Baseline:
    at: float
    settings: Mapping[str, str]
    """Without secrets."""
    versions: Mapping[str, str]
    tried: Sequence[VerifiedRequest]

    @property
    def well(self) -> bool:
        return all(one.well for one in self.tried)


def previous(folder: Path) -> Mapping[str, Any] | None:
    """The data of the newest readable note; None if there is none."""
    for file in sorted(folder.glob("*.md"), reverse=True):
        try:
            found = _DATA.search(file.read_text(encoding="utf-8"))
            data = json.loads(found[1]) if found else None
        except (OSError, ValueError):
            continue
        if isinstance(data, dict) and isinstance(data.get("tried"), list):
            return data
    return None


def differences(before: Mapping[str, Any], now: Baseline) -> list[str]:
    """One sentence for each difference that matters."""
    said = []
    for part in ("settings", "versions"):
        old, new = before.get(part), getattr(now, part)
        old = old if isinstance(old, dict) else {}
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                said.append(text("verify.differs", name=name, before=old.get(name, "–"), now=new.get(name, "–")))
    known = {one.get("name"): one for one in before["tried"] if isinstance(one, dict)}
    for one in now.tried:
        old = known.get(one.name)
        if old is None:
            continue
        named = text(f"verify.name_{one.name}")
        if old.get("kind") != one.kind:
            said.append(text("verify.differs", name=named, before=old.get("kind"), now=one.kind))
        seconds = old.get("seconds")
        if isinstance(seconds, (int, float)) and seconds > 1 and not seconds / SLOWER <= one.seconds <= seconds * SLOWER:
            said.append(text("verify.differs", name=text("verify.seconds_of", name=named), before=f"{seconds} s", now=f"{one.seconds} s"))
    return said


def markdown(note: Baseline, compared: Sequence[str] | None) -> str:
    """The page. `compared` are the differences from the note before; None if there was none."""
    utc = datetime.fromtimestamp(note.at, UTC)
    rows = [
        f"| {text(f'verify.name_{one.name}')} | {one.shape} | {one.words} | {'✓' if one.well else '✗'} {_cell(one.result)} | "
        f"{'' if one.status is None else one.status} | {one.seconds} s | ${one.micros / 1e6:.4f} | {_cell(one.request_id) or '–'} |"
        for one in note.tried
    ]
    told = [text("verify.first")] if compared is None else [f"- {_cell(one)}" for one in compared] or [text("verify.same")]
    data = json.dumps(asdict(note), indent=1, ensure_ascii=False, sort_keys=True)
    return "\n".join([
        f"# {text('verify.title', when=f'{utc:%Y-%m-%d %H:%M:%S} UTC')}",
        "",
        text("verify.all_well" if note.well else "verify.not_well"),
        "",
        f"## {text('verify.head_tried')}",
        "",
        "| request | asked for | prompt | result | status | time | cost | request id |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"## {text('verify.head_compared')}",
        "",
        *told,
        "",
        f"## {text('verify.head_settings')}",
        "",
        *(f"- {name}: {_cell(value)}" for name, value in [*note.settings.items(), *note.versions.items()]),
        "",
        "```json",
        data.replace("```", "` ` `"),
        "```",
        "",
    ])  # fmt: skip


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "\\|").split())
