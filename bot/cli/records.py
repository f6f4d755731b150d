"""`imagine-bot requests` and `imagine-bot usage`: listings from the ledger. Read-only, beside a running bot."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.options import AsJson, Community, DataDir, Limit, Member, Platform, Prompts, Since
from bot.cli.screen import USAGE, Stop, dollars, listing, moment, remark, say, table
from bot.domain.request_states import Answer, RequestState
from bot.ports import SystemPorts
from bot.texts import text
from bot.texts.phrases import listed, money

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.ledger.server import Where
    from bot.reports.spending import Spending
    from bot.settings import Settings

T = TypeVar("T")
Row = Mapping[str, Any]
"""A row from the ledger's read-only queries, by column name."""
_SPAN = re.compile(r"(\d{1,5})([mhdw])", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_ANSWERS = {answer.value for answer in Answer}
_STATES = {state.value for state in RequestState}


def requests(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(help=text("cli.help.requests_state"))] = None,
    kind: Annotated[str | None, typer.Option(help=text("cli.help.requests_kind"))] = None,
    unsure: Annotated[bool, typer.Option("--unsure", help=text("cli.help.requests_unsure"))] = False,
    person: Member = None,
    community: Community = None,
    platform: Platform = None,
    since: Since = None,
    limit: Limit = 20,
    prompts: Prompts = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    from bot.ledger import read_only

    wanted = None if state is None else state.lower()
    if wanted is not None and wanted not in _STATES | _ANSWERS:
        raise Stop(text("cli.state_unknown", value=state, known=listed(sorted(_STATES | _ANSWERS), None)), code=USAGE)
    filter_ = read_only.RequestFilter(
        state=wanted if wanted in _STATES else None,
        answer=wanted if wanted not in _STATES else None,
        kind=kind,
        unsure=unsure,
        person=person,
        community=community,
        platform=platform,
        since=None if since is None else SystemPorts().now() - span_seconds(since),
    )
    file = ledger_file(ctx.obj, data_dir)
    rows = reading(lambda: read_only.requests(file, filter_, limit))
    head = _COLUMNS + (["prompt"] if prompts else [])
    listing(rows, text("cli.no_requests"), head, lambda row: _cells(row, prompts), as_json, lambda row: _as_json(row, prompts))


class SpendingBy(StrEnum):
    COMMUNITY = "community"
    MEMBER = "member"
    EVERYBODY = "everybody"
    TAG = "tag"


def usage(
    ctx: typer.Context,
    by: Annotated[SpendingBy, typer.Option(help=text("cli.help.usage_by"))] = SpendingBy.COMMUNITY,
    months: Annotated[bool, typer.Option("--months", help=text("cli.help.usage_months"))] = False,
    pace: Annotated[bool, typer.Option("--pace", help=text("cli.help.usage_pace"))] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help=text("cli.help.usage_limit"))] = 30,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    from bot.budgets import day_and_month
    from bot.ledger import own_rows, read_only
    from bot.reports.spending import spending

    settings, file = settings_and_file(ctx.obj, data_dir)
    _, month = day_and_month(SystemPorts().now(), settings.budget_timezone)
    spent = look(file, lambda c: spending(c, SystemPorts().now(), settings.budget_timezone))
    if pace:
        say(json.dumps(_pace_json(spent), indent=2) if as_json else _pace(spent))
        return
    rows = reading(lambda: read_only.spending(file, by.value, limit, months=months))
    if as_json:
        say(json.dumps([dict(row) for row in rows], indent=2))
        return
    if not rows:
        say(text("cli.no_usage"))
        return
    remark(_pace(spent))
    if own := look(file, own_rows.everyone):
        remark(text("cli.own_keys", count=len(own), pictures=look(file, lambda c: own_rows.pictures_in(c, month))))
    head = ("month" if months else "day", by.value, "spent", "reserved", "pictures")
    table([text(f"cli.column.{name}") for name in head], [_spent_line(row) for row in rows])


def _spent_line(row: Row) -> list[str]:
    return [row["period"], row["owner"], dollars(row["spent_micros"]), dollars(row["reserved_micros"]), str(row["pictures"])]


def _pace(spent: Spending) -> str:
    amounts = {"week": spent.week, "day": spent.per_day, "month": spent.month, "end": spent.month_end}
    return text("report.pace", last=spent.last_day, **{name: money(micros) for name, micros in amounts.items()})


def _pace_json(spent: Spending) -> dict[str, Any]:
    days = [{"day": day, "spent_micros": micros, "pictures": pictures} for day, micros, pictures in spent.days]
    sums = {"week_micros": spent.week, "per_day_micros": spent.per_day, "month_micros": spent.month}
    sums |= {"month_pictures": spent.month_pictures}
    return {"days": days, **sums, "month_end_micros": spent.month_end, "month_end": spent.last_day}


_COLUMNS = ["created", "id", "outcome", "where", "who", "what", "tries", "pictures", "cost"]


def _cells(row: Row, prompts: bool) -> list[str]:
    why = row["refusal"] or (None if row["answer"] == Answer.PICTURES.value else row["failure"])
    return [
        moment(row["created_at"]),
        row["id"],
        (row["answer"] or row["state"]) + (f" ({why})" if why else ""),
        f"{row['platform']}:{row['community']}",
        row["person_name"] or row["person"],
        f"{row['size']} {row['quality']}".strip(),
        f"{row['attempts']}+{row['unbilled_tries']}",
        f"{row['pictures']}/{row['count']}",
        dollars(row["cost_micros"]),
        *([row["prompt"]] if prompts else []),
    ]


def _as_json(row: Row, prompts: bool) -> dict[str, Any]:
    values = dict(row)
    values["private"] = bool(values["private"])
    if not prompts:
        values.pop("prompt")
    return values


def span_seconds(span: str) -> float:
    match = _SPAN.fullmatch(span.strip().lower())
    if match is None:
        raise Stop(text("cli.span_wrong", value=span), code=USAGE)
    return int(match[1]) * _SECONDS[match[2]]


def ledger_file(env_file: Path, data_dir: Path | None) -> Where:
    return settings_and_file(env_file, data_dir)[1]


def settings_and_file(env_file: Path, data_dir: Path | None) -> tuple[Settings, Where]:
    """The settings, and the ledger, which must exist."""
    from bot.ledger.read_only import is_there
    from bot.settings import load

    settings = load(os.environ, env_file).at(data_dir)
    if not is_there(settings.ledger):
        raise Stop(text("cli.no_ledger", file=settings.ledger), code=USAGE)
    return settings, settings.ledger


def look(ledger: Where, fn: Callable[[Connection], T]) -> T:
    """The result of a query."""
    from bot.ledger import read_only

    return reading(lambda: read_only.look(ledger, fn))


def reading(look: Callable[[], T]) -> T:
    """The result of a read of the ledger; a ledger problem ends the command with its sentence."""
    from bot.ledger.store import LedgerProblem

    try:
        return look()
    except LedgerProblem as problem:
        raise Stop(str(problem)) from problem
