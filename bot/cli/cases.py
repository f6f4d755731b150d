"""`imagine-bot cases`: list, show, export and count moderation cases, and their audit log. Read-only, beside a running bot."""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from sqlalchemy import Connection

from bot.cli.options import AsJson, Community, DataDir, Limit, Member, Platform, Prompts, Since
from bot.cli.records import ledger_file, look, span_seconds
from bot.cli.screen import USAGE, Stop, listing, moment, say, table
from bot.domain.case_states import WAITING, CaseState
from bot.domain.kinds import SAFETY_REVIEWABLE
from bot.ledger import case_rows, case_search, request_rows
from bot.ledger.case_rows import Case, Step
from bot.ledger.case_search import GROUPS, AuditFilter, CaseFilter
from bot.ports import SystemPorts
from bot.texts import text
from bot.texts.phrases import duration, listed

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=text("cli.help.cases"))

_STATES = {state.value for state in CaseState}
_OUTCOMES = ("done", "refused", "stale", "forged")
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)

State = Annotated[str | None, typer.Option(help=text("cli.help.cases_state"))]
Kind = Annotated[str | None, typer.Option(help=text("cli.help.cases_kind"))]
Moderator = Annotated[str | None, typer.Option(help=text("cli.help.cases_moderator"))]


@app.command("list", help=text("cli.help.cases_list"))
def list_(
    ctx: typer.Context,
    state: State = None,
    kind: Kind = None,
    person: Member = None,
    moderator: Moderator = None,
    community: Community = None,
    platform: Platform = None,
    since: Since = None,
    limit: Limit = 20,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    wanted = CaseFilter(_state(state), _kind(kind), person, moderator, community, platform, _since(since))
    found = _read(ctx, data_dir, lambda c: case_search.matching(c, wanted, limit))
    listing(found, text("cli.no_cases"), _COLUMNS, _line, as_json, _case)


@app.command(help=text("cli.help.cases_show"))
def show(ctx: typer.Context, number: str, prompts: Prompts = False, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    if _NUMBER.fullmatch(number) is None:
        raise Stop(text("cli.case_number_wrong", value=number[:40]), code=USAGE)

    def whole(connection: Connection) -> dict[str, Any] | None:
        case = case_rows.by_number(connection, int(number))
        return None if case is None else _whole(connection, case, prompts)

    found = _read(ctx, data_dir, whole)
    if found is None:
        raise Stop(text("cli.case_unknown", number=number))
    if as_json:
        say(json.dumps(found, indent=2))
        return
    for key, value in found.items():
        if key not in ("trail", "rewrites", "requests", "notes") and value not in (None, "", {}):
            say(f"{key}: {value}")
    for name in ("requests", "rewrites", "notes"):
        for row in found[name]:
            say(f"{name}: " + json.dumps(row, ensure_ascii=False))
    table([text(f"cli.column.{name}") for name in _AUDIT_COLUMNS], [_audit_line(row) for row in found["trail"]])


@app.command(help=text("cli.help.cases_export"))
def export(
    ctx: typer.Context,
    state: State = None,
    kind: Kind = None,
    person: Member = None,
    moderator: Moderator = None,
    community: Community = None,
    platform: Platform = None,
    since: Since = None,
    limit: Limit = 100_000,
    prompts: Prompts = False,
    data_dir: DataDir = None,
) -> None:
    wanted = CaseFilter(_state(state), _kind(kind), person, moderator, community, platform, _since(since))

    def write(connection: Connection) -> None:
        for case in reversed(case_search.matching(connection, wanted, limit)):
            say(json.dumps(_whole(connection, case, prompts), ensure_ascii=False))

    _read(ctx, data_dir, write)


class CasesBy(StrEnum):
    KIND = "kind"
    MODERATOR = "moderator"
    OUTCOME = "outcome"
    COMMUNITY = "community"


@app.command(help=text("cli.help.cases_numbers"))
def numbers(
    ctx: typer.Context,
    by: Annotated[CasesBy, typer.Option(help=text("cli.help.cases_by"))] = CasesBy.OUTCOME,
    community: Community = None,
    platform: Platform = None,
    since: Since = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    wanted = CaseFilter(community=community, platform=platform, since=_since(since))
    found = _read(ctx, data_dir, lambda c: case_search.matching(c, wanted, 1_000_000))
    rows = counted(found, by)
    listing(rows, text("cli.no_cases"), [f"case_{name}" for name in (by.value, "count", "closed", "median", "longest")], _sums, as_json)


@app.command("trail", hidden=True)  # its old name, which scripts may call
@app.command("audit-log", help=text("cli.help.cases_audit_log"))
def audit_log(
    ctx: typer.Context,
    outcome: Annotated[str | None, typer.Option(help=text("cli.help.cases_outcome"))] = None,
    person: Member = None,
    community: Community = None,
    since: Since = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    if outcome is not None and outcome not in _OUTCOMES:
        raise Stop(text("cli.state_unknown", value=outcome, known=listed(tuple(_OUTCOMES), None)), code=USAGE)
    wanted = AuditFilter(outcome, person, community, _since(since))
    found = _read(ctx, data_dir, lambda c: case_search.steps(c, wanted, limit))
    listing([_step(one) for one in found], text("cli.no_cases"), _AUDIT_COLUMNS, _audit_line, as_json)


def counted(found: Iterable[Case], by: CasesBy) -> list[dict[str, Any]]:
    names: Mapping[CasesBy, Callable[[Case], str]] = {
        CasesBy.KIND: lambda case: case.kind,
        CasesBy.MODERATOR: lambda case: "-" if case.decided_by is None else case.decided_by.name or case.decided_by.id,
        CasesBy.OUTCOME: lambda case: case.state.value,
        CasesBy.COMMUNITY: lambda case: f"{case.platform}:{case.community}",
    }
    groups: dict[str, list[Case]] = {}
    for case in found:
        groups.setdefault(names[by](case), []).append(case)
    rows = []
    for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        times = [case.closed_at - case.opened_at for case in group if case.closed_at is not None]
        row: dict[str, Any] = {"of": name, "cases": len(group), "closed": len(times)}
        row |= {"median_s": statistics.median(times) if times else None, "longest_s": max(times) if times else None}
        rows.append(row)
    return rows


_COLUMNS = [f"case_{name}" for name in ("number", "opened", "state", "kind", "where", "who", "by", "took")]
_AUDIT_COLUMNS = [f"case_{name}" for name in ("at", "actor", "event", "outcome", "facts")]


def _sums(row: Mapping[str, Any]) -> list[str]:
    return [str(row["of"]), str(row["cases"]), str(row["closed"]), _span(row["median_s"]), _span(row["longest_s"])]


def _line(case: Case) -> list[str]:
    return [
        str(case.number),
        moment(case.opened_at),
        case.state.value + (" (appealed)" if case.appeals and case.state in WAITING else ""),
        case.kind,
        f"{case.platform}:{case.community}",
        case.person.name or case.person.id,
        "" if case.decided_by is None else case.decided_by.name or case.decided_by.id,
        "" if case.closed_at is None else _span(case.closed_at - case.opened_at),
    ]


def _audit_line(row: Mapping[str, Any]) -> list[str]:
    facts = " ".join(f"{key}={value}" for key, value in row["facts"].items() if value not in (None, ""))
    return [row["at"], row["actor_name"] or row["actor"], row["event"], row["outcome"], facts]


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "id": case.id,
        "state": case.state.value,
        "kind": case.kind,
        "facts": dict(case.facts),
        "platform": case.platform,
        "community": case.community,
        "person": case.person.id,
        "person_name": case.person.name,
        "opened_at": moment(case.opened_at),
        "closed_at": None if case.closed_at is None else moment(case.closed_at),
        "holder": None if case.holder is None else case.holder.id,
        "decided_by": None if case.decided_by is None else case.decided_by.id,
        "reason": case.reason,
        "appeals": case.appeals,
        "expires_at": moment(case.expires_at),
    }


def _whole(connection: Connection, case: Case, prompts: bool) -> dict[str, Any]:
    linked = list(case_rows.requests_of(connection, case.id))
    if case.request_id not in {one.id for one in linked} and (first := request_rows.get(connection, case.request_id)) is not None:
        linked.insert(0, first)
    requests = [
        {"id": one.id, "at": moment(one.created_at), "origin": one.origin.value, "state": one.state.value}
        | {"answer": None if one.answer is None else one.answer.value, "fingerprint": one.fingerprint}
        | ({"prompt": one.prompt} if prompts else {})
        for one in linked
    ]
    rewrites = [
        {"id": one.id, "at": moment(one.written_at), "author": one.author.id, "answer": one.answer, "fingerprint": one.fingerprint}
        | ({"prompt": one.prompt} if prompts else {})
        for one in case_rows.rewrites_of(connection, case.id)
    ]
    notes = [
        {"id": one.id, "kind": one.kind, "at": moment(one.at), "author": one.author.id} | ({"text": one.text} if prompts else {})
        for one in case_rows.notes_of(connection, case.id)
    ]
    steps = [_step(one) for one in case_rows.audit_log(connection, case.id)]
    return _case(case) | {"requests": requests, "rewrites": rewrites, "notes": notes, "trail": steps}  # a key that scripts may read


def _step(one: Step) -> dict[str, Any]:
    return {
        "seq": one.seq,
        "at": moment(one.at),
        "case": one.case_id,
        "actor": one.actor,
        "actor_name": one.actor_name,
        "event": one.event,
        "outcome": one.outcome,
        "facts": dict(one.facts),
    }


def _state(asked: str | None) -> str | None:
    """Parse a state or group of states for `CaseFilter`."""
    wanted = None if asked is None else asked.lower()
    if wanted is not None and wanted not in _STATES and wanted not in GROUPS:
        raise Stop(text("cli.state_unknown", value=wanted[:40], known=listed([*GROUPS, *sorted(_STATES)], None)), code=USAGE)
    return wanted


def _kind(asked: str | None) -> str | None:
    known = sorted(one.value for one in SAFETY_REVIEWABLE)
    if asked is not None and asked not in known:
        raise Stop(text("cli.state_unknown", value=asked[:40], known=listed(tuple(known), None)), code=USAGE)
    return asked


def _since(span: str | None) -> float | None:
    return None if span is None else SystemPorts().now() - span_seconds(span)


def _read(ctx: typer.Context, data_dir: Path | None, fn: Callable[[Connection], T]) -> T:
    return look(ledger_file(ctx.obj, data_dir), fn)


def _span(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)
