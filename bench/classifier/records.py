"""The labelled failures of this repository, in one shape, for training and judging the classifier.

A half is opened once, at the end of a piece of work; until then it is never trained on and never looked at while rules are written.
What was opened (`OPENED`) is used for training from then on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.failure import Evidence
from bot.domain.kinds import KINDS, Group, Kind
from bot.failures.reader.features import features

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "unit" / "failures"
OPENED = (
    *sorted((FOLDER / "public").glob("*-held.jsonl")),
    *(FOLDER / "public" / f"{name}-train.jsonl" for name in ("codes", "wide", "fresh", "many", "field", "found", "found3", "found4")),
)
"""Held back until they were opened. The weights of the rules are learned on them, with what the rules said before (`before.py`, which names
the commits).
"""
PUBLIC = (*(FOLDER / "public" / f"{name}-train.jsonl" for name in ("asia", "sdks", "services", "world")), *OPENED)
"""All of them were opened; a new half that is held back is named `*-closed.jsonl` until then, and `*-opened.jsonl` until it's
trained on."""
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
CORPUS = tuple(SHARED / f"{name}.jsonl" for name in ("failures", "failures_turn2"))
"""The shared corpora, which the first rules were written with. They aren't part of this repository: a model that is trained where they're
missing reads worse, and `make classifier` says so.
"""
TRAINED_ON = (
    FOLDER / "unseen.jsonl",
    FOLDER / "worded.jsonl",
    FOLDER / "pasted.jsonl",
    *PUBLIC,
    *(path for path in CORPUS if path.exists()),
)
SENTENCES = sorted((FOLDER / "sentences").glob("*.txt"))
"""Sentences written for training, a file for each language; a heading `= kind` (or `= kind 200`, with the status) before its sentences."""
LANGUAGES = FOLDER / "languages.txt"
"""Thirty plain failures in 18 languages, in the same order; see `plain_failures`."""
ORDINARY = FOLDER / "ordinary.txt"
"""Texts that are no failure and no block: answers of models, progress, captions, politeness; one a line, `\\n` for line ends."""


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled failure; `kinds` are what a careful reader would accept, best first. Ordinary text has none."""

    id: str
    source: str
    evidence: Evidence
    kinds: tuple[Kind, ...]
    retryable: bool | None
    """None where either decision is right."""
    language: str = ""

    @property
    def group(self) -> str:
        """`owner/repository`, the host of a page, or the source: records of a group are judged by a model that knows none of them."""
        if not self.kinds:
            return self.source
        parts = urlsplit(self.source if "://" in self.source else f"https://{self.source.replace(':', '/', 1)}")
        if "." in parts.netloc and parts.netloc != "github.com":
            return parts.netloc.lower().removeprefix("www.")
        found = f"{parts.netloc}{parts.path}".removeprefix("github.com/").split("/")
        return "/".join(found[:2]).lower() if len(found) > 1 and " " not in found[0] else self.source

    @property
    def safety(self) -> bool:
        return bool(self.kinds) and KINDS[self.kinds[0]].group is Group.SAFETY

    @property
    def wrapping(self) -> str:
        """How the answer came: the question of issue 13 is whether that matters."""
        if self.evidence.exception is not None:
            return "exception alone" if self.evidence.status is None else "exception with a status"
        if self.evidence.status is None:
            return "body without a status"
        if 200 <= self.evidence.status < 300:
            return "status 200"
        return "JSON" if isinstance(self.evidence.body, dict | list) else "text, HTML, no body"


def load(paths: Iterable[Path]) -> list[Record]:
    """The records of files in one of the two shapes: this repository's own and that of the shared corpus."""
    return [
        _record(f"{path.stem}:{number}", json.loads(line))
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]


def _record(place: str, raw: dict[str, object]) -> Record:
    label: dict = raw.get("expected") or {}  # type: ignore[assignment,type-arg]
    kinds = [label["kind"], *raw.get("also_ok", ())] if label else raw.get("kinds") or [raw["kind"]]  # type: ignore[misc]
    retryable = label.get("retryable") if label else raw.get("retryable")
    evidence = Evidence(
        api=str(raw.get("api") or "images.generations"),
        status=raw.get("status"),  # type: ignore[arg-type]
        headers=raw.get("headers") or {},  # type: ignore[arg-type]
        body=raw.get("body"),
        exception=raw.get("exception") or raw.get("said"),  # type: ignore[arg-type]
    )
    return Record(
        str(raw.get("id") or place),
        str(raw.get("source") or raw.get("set") or place.partition(":")[0]),
        evidence,
        tuple(Kind(kind) for kind in kinds),
        None if raw.get("retryable_either") else retryable,  # type: ignore[arg-type]
        str(raw.get("language") or ""),
    )


def sentences() -> list[tuple[str, int | None, str]]:
    """Kind, status and text of every training sentence."""
    found = []
    kind, status = "", None
    for path in SENTENCES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                name, _, number = line[2:].partition(" ")
                kind, status = str(Kind(name)), int(number) if number else None
            elif line and not line.startswith("#"):
                found.append((kind, status, line))
    found += [(record.kinds[0], record.evidence.status, record.source) for record, taught in plain_failures() if taught]
    return found


def plain_failures() -> list[tuple[Record, bool]]:
    """The plain failures in every language, and whether each is trained on: every other one, so that each is judged in half of the
    languages.

    They were written before a model was trained on any of them.
    """
    found: list[tuple[Record, bool]] = []
    what: list[tuple[tuple[Kind, ...], int | None]] = []
    language, number, at = "", 0, -1
    for line in LANGUAGES.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            language, number, at = line[2:], 0, at + 1
        elif line and not line.startswith("#"):
            if language == "what":
                kinds, _, status = line.partition(" ")
                what.append((tuple(map(Kind, kinds.split(","))), int(status) if status != "-" else None))
                continue
            kinds_here, status_here = what[number]
            body = None if status_here is None else {"output_text": line} if status_here == 200 else {"error": {"message": line}}
            evidence = Evidence(api="images.generations", status=status_here, body=body, exception=line if status_here is None else None)
            record = Record(f"languages:{language}.{number}", line, evidence, kinds_here, None, language)
            found.append((record, (number + at) % 2 == 0))
            number += 1
    return found


def ordinary() -> list[str]:
    """The ordinary texts."""
    return [line.replace("\\n", "\n") for line in ORDINARY.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def envelopes(text: str) -> Iterable[Evidence]:
    """The ways in which an ordinary text may reach the bot."""
    api = "images.generations"
    yield Evidence(api=api, status=200, body=text)
    yield Evidence(api=api, status=200, body={"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]})
    yield Evidence(api=api, status=200, body={"output_text": text})
    yield Evidence(api=api, status=500, body={"error": {"message": text}})
    yield Evidence(api=api, exception=text)


def ordinary_records() -> list[Record]:
    """The ordinary texts, each in one of its envelopes."""
    return [
        Record(f"ordinary:{number}", text, [*envelopes(text)][(0, 3, 4)[number % 3]], (), None) for number, text in enumerate(ordinary())
    ]


def digest() -> str:
    """What the weights depend on in this repository: the data, and what features are made of it. A test compares it with the weights."""
    taken = hashlib.sha256()
    for path in (*(one for one in TRAINED_ON if one not in CORPUS), *SENTENCES, LANGUAGES, ORDINARY):
        taken.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for text in (*ordinary(), *(text for _, _, text in sentences()[::20])):
        taken.update("\n".join(sorted(features(f"{text} https://x.example/a1 7f3a9c0e12ab44d0", 400))).encode())
    return taken.hexdigest()[:16]
