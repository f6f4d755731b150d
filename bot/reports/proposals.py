"""Proposals: changes to templates, settings and texts that the failure counts suggest, as a Markdown page with the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.kinds import KINDS, Group, Kind
from bot.reports.failures import FailureReport
from bot.texts import text
from bot.texts.phrases import listed

LEAST = 5
"""Requests before a proposal is made; fewer are chance."""
SHARE = 0.05
"""Share of a model's requests that one kind of failure must reach."""
HELPS, FAILS = 0.5, 0.2
"""Share of follow-ups with pictures from which a remedy helps, and below which it doesn't."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change that is worth considering."""

    about: str
    """Key of its texts under `propose.`."""
    numbers: Mapping[str, object]


def proposals(report: FailureReport) -> list[Proposal]:
    """All proposals, those with the most requests first."""
    found = [one for rule in RULES for one in rule(report)]
    return sorted(found, key=lambda one: -int(str(one.numbers["count"])))


def page(report: FailureReport, days: int) -> str:
    lines = [f"# {text('propose.title')}", "", text("propose.lead", days=days, requests=sum(report.requests.values())), ""]
    found = proposals(report)
    for number, one in enumerate(found, 1):
        lines += [
            f"## {number}. {text(f'propose.{one.about}.title', **one.numbers)}",
            "",
            text(f"propose.{one.about}.why", **one.numbers),
            "",
        ]
        lines += [text(f"propose.{one.about}.change", **one.numbers), ""]
    return "\n".join(lines if found else [*lines, text("propose.nothing", least=LEAST), ""])


def _sizes(report: FailureReport) -> Iterator[Proposal]:
    """Sizes that the service rejects although the bot offers them."""
    for kind, about in (("unsupported_size", "size"), ("unsupported_quality", "quality"), ("unsupported_option", "option")):
        counts: dict[tuple[str, str], int] = {}
        for one in report.failures:
            if one.kind == kind:
                counts[one.model, one.size] = counts.get((one.model, one.size), 0) + one.count
        for (model, size), count in counts.items():
            if count >= LEAST:
                yield Proposal(about, {"count": count, "model": model, "size": size, "of": report.requests.get(model, count)})


def _blocks(report: FailureReport) -> Iterator[Proposal]:
    """Ways of asking that are blocked often."""
    blocked: dict[str, int] = {}
    for one in report.failures:
        if _group(one.kind) is Group.SAFETY:
            blocked[one.template] = blocked.get(one.template, 0) + one.count
    for template, count in blocked.items():
        if count >= LEAST:
            words = listed([f"{one.word} ({one.blocked}:{one.passed})" for one in report.words[:8]]) or "-"
            yield Proposal("block", {"count": count, "template": template, "words": words})


def _remedies(report: FailureReport) -> Iterator[Proposal]:
    """Follow-ups that the texts offer and that don't work, and those that do."""
    for one in report.remedies:
        if one.count >= LEAST:
            share = one.worked / one.count
            numbers = {"count": one.count, "worked": one.worked, "kind": one.kind, "origin": one.origin, "percent": round(share * 100)}
            if share >= HELPS:
                yield Proposal("helps", numbers)
            elif share <= FAILS:
                yield Proposal("useless", numbers)


def _services(report: FailureReport) -> Iterator[Proposal]:
    """Kinds that a whole model suffers from."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for one in report.failures:
        if _group(one.kind) in (Group.SERVICE, Group.UNUSABLE) and one.kind != Kind.OUTPUT_REJECTED:
            count, pictures = counts.get((one.kind, one.model), (0, 0))
            counts[one.kind, one.model] = count + one.count, pictures + one.pictures
    for (kind, model), (count, pictures) in counts.items():
        total = report.requests.get(model, 0)
        if count >= LEAST and total and count / total >= SHARE:
            numbers = {
                "count": count,
                "kind": kind,
                "model": model,
                "of": total,
                "percent": round(100 * count / total),
                "pictures": pictures,
            }
            yield Proposal("service", numbers)


def _rejected(report: FailureReport) -> Iterator[Proposal]:
    """Models whose pictures people reject for one reason again and again."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for one in report.rejected:
        count, picked = counts.get((one.reason, one.model), (0, 0))
        counts[one.reason, one.model] = count + one.count, picked + one.picked
    for (reason, model), (count, picked) in counts.items():
        total = report.requests.get(model, 0)
        if count >= LEAST and total and count / total >= SHARE:
            yield Proposal("rejected", {"count": count, "reason": reason, "model": model, "of": total, "picked": picked})


def _refusals(report: FailureReport) -> Iterator[Proposal]:
    """Requests that members type wrong again and again."""
    for reason, count in report.rejections:
        if count >= LEAST and count >= SHARE * sum(report.requests.values()):
            yield Proposal("refusal", {"count": count, "reason": reason, "of": sum(report.requests.values())})


def _group(kind: str) -> Group | None:
    return KINDS[Kind(kind)].group if kind in KINDS else None


RULES: tuple[Callable[[FailureReport], Iterator[Proposal]], ...] = (_sizes, _blocks, _remedies, _services, _rejected, _refusals)
