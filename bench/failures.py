"""How well and how fast failures are classified: `python -m bench.failures [CORPUS]`.

The corpus is the labelled one of the design material. Beside the plain figures it leaves out, for every record, all rules of the
record's own family (what a provider meets that nobody wrote rules for), and times the classifier on the corpus and on hostile input,
in processor time, so that busy neighbours do not count.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import KINDS, Group, Kind
from bot.failures.classify import classify, classify_with
from bot.failures.rules import Tables, tables
from bot.failures.rules.rule import Rule

WORDED = Path(__file__).resolve().parent.parent / "tests" / "unit" / "failures"
CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "failures.jsonl"

FAMILIES: dict[str, tuple[str, ...]] = {
    "azure": ("azure",),
    "google": ("google", "antigravity"),
    "openai": ("openai", "java-client", "chatbox", "comfy"),
    "xai": ("xai", "x-ai"),
    "gateways": (
        "new-api",
        "one-api",
        "sub2api",
        "litellm",
        "openrouter",
        "portkey",
        "relay",
        "open-webui",
        "vercel",
        "pollinations",
        "apiyi",
    ),
    "fal": ("fal",),
    "replicate": ("replicate",),
    "bfl": ("black-forest", "amazon-bedrock", "fireworks"),
    "dashscope": ("dashscope",),
    "zhipu": ("zhipu", "z-ai"),
    "minimax": ("minimax",),
    "seedream": ("volcengine",),
    "kling": ("kling",),
    "novita": ("novita",),
    "stability": ("stability",),
    "midjourney": ("midjourney",),
    "huggingface": ("huggingface",),
    "self_hosted": ("diffusers", "sd-webui", "fast-stable"),
    "edge": ("cloudflare", "nginx"),
    "transport": ("transport", "pillow"),
}
"""Which records are of which family of rules, by the beginning of their provider's name."""


@dataclass(frozen=True, slots=True)
class Record:
    """One labelled failure."""

    id: str
    provider: str
    source: str
    """Where it was seen: `owner/repository` or the host of a page; empty where the corpus does not say."""
    evidence: Evidence
    kinds: frozenset[Kind]
    retryable: bool | None
    """None where either decision is right."""
    safety: bool

    @property
    def family(self) -> str:
        return next((name for name, starts in FAMILIES.items() if self.provider.startswith(starts)), "")


@dataclass(slots=True)
class Score:
    """Counts over records."""

    records: int = 0
    kind: int = 0
    retry: int = 0
    wrong_retries: int = 0
    safety_missed: int = 0
    false_safety: int = 0

    def add(self, record: Record, failure: Failure) -> None:
        groups = {KINDS[kind].group for kind in record.kinds}
        self.records += 1
        self.kind += failure.kind in record.kinds
        right = record.retryable is None or record.retryable == failure.retryable
        self.retry += right
        self.wrong_retries += not right and failure.retryable
        self.safety_missed += record.safety and failure.group not in groups
        self.false_safety += failure.group is Group.SAFETY and Group.SAFETY not in groups

    def sum(self, other: Score) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def line(self, name: str) -> str:
        total = max(1, self.records)
        return (
            f"{name:<34} {self.records:>4} {self.kind / total:>6.3f} {self.retry / total:>6.3f} {self.wrong_retries:>6} "
            f"{self.safety_missed:>7} {self.false_safety:>6}"
        )


def load(path: Path) -> list[Record]:
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        label = raw["expected"]
        records.append(
            Record(
                id=raw["id"],
                provider=raw["provider"],
                source=_place(raw["source"]),
                evidence=Evidence(
                    provider=raw["provider"],
                    api=raw["api"],
                    status=raw["status"],
                    headers=raw["headers"],
                    body=raw["body"],
                    exception=raw["exception"],
                ),
                kinds=frozenset(Kind(kind) for kind in (label["kind"], *raw.get("also_ok", ()))),
                retryable=None if raw.get("retryable_either") else label["retryable"],
                safety=label["group"] == "safety",
            )
        )
    return records


def worded() -> dict[str, Score]:
    """The sets of `tests/unit/failures/worded.jsonl`: wordings and messages that were labelled before they were tried, by set."""
    by_set: dict[str, Score] = {}
    for number, line in enumerate((WORDED / "worded.jsonl").read_text(encoding="utf-8").splitlines()):
        raw = json.loads(line)
        evidence = Evidence(
            api=raw.get("api", "images.generations"),
            status=raw.get("status"),
            headers=raw.get("headers", {}),
            body=raw.get("body"),
            exception=raw.get("exception"),
        )
        kinds = frozenset(Kind(kind) for kind in raw["kinds"])
        safety = KINDS[Kind(raw["kinds"][0])].group is Group.SAFETY
        record = Record(str(number), "", "", evidence, kinds, raw["retryable"], safety)
        by_set.setdefault(raw["set"], Score()).add(record, classify(evidence))
    return by_set


def rewrapped(records: list[Record]) -> dict[str, Score]:
    """The records with a JSON body again, in wrappings that gateways and clients put around an answer."""
    by_name: dict[str, Score] = {}
    for record in records:
        body, status = record.evidence.body, record.evidence.status
        if not isinstance(body, dict | list):
            continue
        text = json.dumps(body, ensure_ascii=False)
        wrappings: dict[str, tuple[object, str | None]] = {
            "bytes": (text.encode(), None),
            "JSON in a message": ({"error": {"message": text}}, None),
            "JSON in JSON in a message": ({"message": json.dumps({"error": text})}, None),
            "Python repr": (str(body), None),
            "after a prefix": (f"upstream error: {text}", None),
            "event stream": (f"event: error\ndata: {text}\n\n", None),
            "cut off after 92 %": (text[: int(len(text) * 0.92)], None),
        }
        if status is not None and status >= 400:
            wrappings["in the text of an exception"] = (None, f"APIStatusError: Error code: {status} - {body}")
        for name, (wrapped, exception) in wrappings.items():
            seen = replace(record.evidence, body=wrapped)
            if exception is not None:
                seen = replace(record.evidence, body=None, status=None, headers={}, exception=exception)
            by_name.setdefault(name, Score()).add(record, classify(seen))
    return by_name


def false_alarms() -> tuple[int, int]:
    """How many sentences of `no_verdicts.txt`, which sound like a verdict and are none, are taken for one; and how many there are."""
    lines = (WORDED / "no_verdicts.txt").read_text(encoding="utf-8").splitlines()
    said = [line.partition("|") for line in lines]
    alarms = sum(
        classify(Evidence(status=int(status), body={"error": {"message": message}})).group is Group.SAFETY for status, _, message in said
    )
    return alarms, len(lines)


def _place(source: str) -> str:
    parts = urlsplit(source if "://" in source else f"https://{source.replace(':', '/', 1)}")
    if "." not in parts.netloc or parts.netloc == "github.com":
        found = f"{parts.netloc}{parts.path}".removeprefix("github.com/").split("/")
        return "/".join(found[:2]).lower() if len(found) > 1 and " " not in found[0] else ""
    return parts.netloc.lower().removeprefix("www.")


def only(holds: Callable[[Rule], bool]) -> Tables:
    """The rules for which `holds` is true."""
    known = tables()
    return Tables(*(tuple(filter(holds, table)) for table in (known.steps, known.transport, known.rules, known.without_error)))


def left_out(records: list[Record]) -> tuple[Score, dict[str, Score]]:
    """Every record judged without the rules of its own family."""
    total = Score()
    by_family: dict[str, Score] = {}
    for family in FAMILIES:
        left = only(lambda rule, family=family: rule.family != family)  # type: ignore[misc]
        for record in records:
            if record.family == family:
                failure = classify_with(record.evidence, left)
                total.add(record, failure)
                by_family.setdefault(family, Score()).add(record, failure)
    return total, by_family


def source_left_out(records: list[Record]) -> Score:
    """Every record judged without the rules that name its own source."""
    score = Score()
    for place in sorted({record.source for record in records} - {""}):
        left = only(lambda rule, place=place: place not in rule.source.lower())  # type: ignore[misc]
        for record in records:
            if record.source == place:
                score.add(record, classify_with(record.evidence, left))
    return score


def only_words(records: list[Record]) -> Score:
    """No family at all is known: only the common sentences, shapes and statuses."""
    common = only(lambda rule: rule.family == "common")
    score = Score()
    for record in records:
        score.add(record, classify_with(record.evidence, common))
    return score


HOSTILE: dict[str, object] = {
    "64 KiB of '['": "[" * 65_536,
    "64 KiB of '{\"a\":'": '{"a":' * 13_107,
    "64 KiB of quotes": '"' * 65_536,
    "64 KiB of backslashes": "{" + "\\" * 65_535,
    "64 KiB of '<'": "<html>" + "<" * 65_530,
    "64 KiB of '<a '": "<html>" + "<a " * 21_843,
    "64 KiB of 'data:'": "data:{\n" * 9_362,
    "64 KiB of digits": '{"code":' + "9" * 65_000 + "}",
    "64 KiB of 'a-'": "error: " + "a-" * 32_764,
    "64 KiB of 'A_'": "A_" * 32_768,
    "64 KiB of 'limit 1 '": "limit 1 " * 8_192,
    "64 KiB of 'try again in 1s '": "try again in 1s " * 4_096,
    "64 KiB of ' is too long'": "'" + "x" * 60_000 + "' is too long",
    "64 KiB of sentences": "not allowed. " * 5_041,
    "nested JSON in JSON": json.dumps({"message": json.dumps({"message": json.dumps({"message": "x" * 20_000})})}),
    "100,000 keys": {f"key{number}": "invalid" for number in range(100_000)},
    "64 KiB of Chinese": "违规内容" * 5_461,
    "the words of the rules themselves": " | ".join(sorted({stem for rule in tables().rules for group in rule.said for stem in group.all})),
}


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    path = Path(arguments[0]) if arguments else CORPUS
    if not path.exists():
        print(f"There is no corpus at {path}; name one: python -m bench.failures CORPUS.jsonl")
        return 2
    records = load(path)
    print(f"{'':<34} {'n':>4} {'kind':>6} {'retry':>6} {'wrong':>6} {'missed':>7} {'false':>6}")
    plain = Score()
    for record in records:
        plain.add(record, classify(record.evidence))
    print(plain.line("all rules"))
    total, by_family = left_out(records)
    print(total.line("own family left out"))
    for family, score in by_family.items():
        print(score.line(f"  {family}"))
    print(only_words(records).line("no family known at all"))
    print(source_left_out(records).line("own source left out"))
    print("the corpus in other wrappings")
    for name, score in rewrapped(records).items():
        print(score.line(f"  {name}"))
    print("wordings and messages of our own files (tests/unit/failures)")
    everything = Score()
    for name, score in worded().items():
        print(score.line(f"  {name}"))
        everything.sum(score)
    print(everything.line("  all of them"))
    alarms, sentences = false_alarms()
    print(f"  {alarms} of {sentences} sentences that only sound like a verdict are taken for one")
    rounds = 5
    start = time.process_time()
    for _ in range(rounds):
        for record in records:
            classify(record.evidence)
    print(f"{rounds * len(records) / (time.process_time() - start):,.0f} classifications a second on one core")
    for name, body in HOSTILE.items():
        spent = min(_timed(body) for _ in range(3))
        print(f"  {name:<34} {spent * 1000:6.1f} ms")
    return 0


def _timed(body: object) -> float:
    evidence = Evidence(status=400, body=body, headers={"content-type": "application/json"})
    start = time.process_time()
    classify(evidence)
    return time.process_time() - start


if __name__ == "__main__":
    raise SystemExit(main())
