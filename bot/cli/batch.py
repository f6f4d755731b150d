"""`imagine-bot batch`: drafts of many topics, a choice, and finished pictures of what was chosen, written into a folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.batch import steps
from bot.batch.estimate import finish_price, retry_price
from bot.batch.folder import FolderProblem
from bot.batch.labels import LabelProblem, labels
from bot.batch.local import PLACE
from bot.batch.overview import as_json as as_json_of
from bot.batch.overview import price_lines
from bot.batch.steps import BatchProblem
from bot.batch.topics import PLACEHOLDER, Topics, TopicsProblem, read_topics
from bot.cli.batch_progress import progress
from bot.cli.batch_status import as_row, say_status, why_ended
from bot.cli.batch_work import INTERRUPTED, BatchSession, draw, exit_code, must_be_ready, session_for, sweep
from bot.cli.options import AsJson, DataDir
from bot.cli.screen import FAILED, USAGE, Stop, remark, say, table
from bot.domain.batches import Batch, BatchPlan, BatchState
from bot.domain.requests import Person
from bot.ledger import batch_item_rows, batch_rows, files, read_only
from bot.ledger.store import Tx
from bot.requests.services import HALF_PRICE
from bot.requests.tiers import rules_here
from bot.settings import SettingsProblem
from bot.texts import text
from bot.texts.phrases import listed, money, pictures

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=text("cli.help.batch"))
MOST_MONEY = 1_000_000
"""Dollars; anything above is a slip of the finger."""

Demo = Annotated[bool, typer.Option("--demo", help=text("cli.help.batch_demo"))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=text("cli.help.batch_yes"))]
Number = Annotated[int, typer.Argument(min=1, metavar="BATCH", help=text("cli.help.batch_number"))]
Which = Annotated[list[str], typer.Argument(metavar="DRAFT...", help=text("cli.help.batch_which"))]
Budget = Annotated[float | None, typer.Option(min=0.0001, max=MOST_MONEY, help=text("cli.help.batch_budget"))]
MaxPictures = Annotated[int | None, typer.Option(min=1, max=100_000, help=text("cli.help.batch_max_pictures"))]


@app.command(help=text("cli.help.batch_new"))
def new(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="TOPICS", help=text("cli.help.batch_file"))],
    max_pictures: Annotated[int, typer.Option(min=1, max=100_000, help=text("cli.help.batch_max_pictures"))],
    budget: Annotated[float, typer.Option(min=0.0001, max=MOST_MONEY, help=text("cli.help.batch_budget"))],
    out: Annotated[Path, typer.Option(help=text("cli.help.batch_out"))],
    drafts: Annotated[int, typer.Option(min=1, max=4, help=text("cli.help.batch_drafts"))] = 1,
    template: Annotated[str, typer.Option(help=text("cli.help.batch_template"))] = "",
    style: Annotated[str, typer.Option(help=text("cli.help.batch_style"))] = "",
    size: Annotated[str, typer.Option(help=text("cli.help.batch_size"))] = "",
    model: Annotated[str, typer.Option(help=text("cli.help.batch_model"))] = "",
    draft_quality: Annotated[str, typer.Option(help=text("cli.help.batch_draft_quality"))] = "",
    final_quality: Annotated[str, typer.Option(help=text("cli.help.batch_final_quality"))] = "",
    tag: Annotated[str, typer.Option(help=text("cli.help.batch_tag"))] = "",
    again: Annotated[bool, typer.Option("--again", help=text("cli.help.batch_again"))] = False,
    yes: Yes = False,
    demo: Demo = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    must_be_ready(session, ctx.obj)
    if template and PLACEHOLDER not in template:
        raise Stop(text("batch.no.template", placeholder=PLACEHOLDER), code=USAGE)
    named = {"template": template[:500], "style": style[:500], "size": size, "model": model, "tag": tag.strip()[:60]}
    plan = BatchPlan(max_pictures, round(budget * 1_000_000), drafts, draft_quality=draft_quality, final_quality=final_quality)
    plan = replace(plan, folder=str(out.expanduser().absolute()), **named)  # type: ignore[arg-type]  # all of them are words
    topics = _topics(file)
    known = None if again else _known(session, _key(topics, plan))
    with _folder_for(session, plan):
        batch = known or _proposed(session, _key(topics, plan) + (session.ports.new_id() if again else ""), file, topics, plan)
    if batch.state is BatchState.PROPOSED:
        _ask(session.read(lambda c: price_lines(c, batch, session.rules)), "batch.cli.start", yes, batch)
        session.write(lambda tx: steps.start(tx, batch))
    else:
        remark(text("batch.cli.goes_on", batch=batch.number))
        _resumed(session, batch, max_pictures, plan.budget, again=False)
    _drawn(session, batch, as_json)


@app.command(help=text("cli.help.batch_resume"))
def resume(
    ctx: typer.Context,
    number: Number,
    budget: Budget = None,
    max_pictures: MaxPictures = None,
    again: Annotated[bool, typer.Option("--retry-failed", help=text("cli.help.batch_retry"))] = False,
    demo: Demo = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    must_be_ready(session, ctx.obj)
    batch = session.batch(number)
    if batch.state is BatchState.PROPOSED:
        raise Stop(text("batch.no.state_proposed", batch=number), code=USAGE)
    _prepared(session, batch)
    _resumed(session, batch, max_pictures, None if budget is None else round(budget * 1_000_000), again=again)
    _drawn(session, batch, as_json)


@app.command(help=text("cli.help.batch_status"))
def status(
    ctx: typer.Context,
    number: Annotated[int | None, typer.Argument(min=1, metavar="[BATCH]", help=text("cli.help.batch_number"))] = None,
    demo: Demo = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    if number is not None:
        say_status(session.status(session.batch(number).id), as_json)
        return
    found = [session.status(one.id) for one in session.read(lambda c: batch_rows.latest(c, 20))]
    if as_json:
        say(json.dumps([as_json_of(one) for one in found], indent=2, ensure_ascii=False))
    elif not found:
        say(text("batch.cli.none"))
    else:
        head = [text(f"batch.column.{name}") for name in ("number", "state", "title", "topics", "drafts", "finished", "failed", "spent")]
        table(head, [as_row(one) for one in found])


@app.command(help=text("cli.help.batch_sheet"))
def sheet(ctx: typer.Context, number: Number, out: Annotated[Path | None, typer.Option(help=text("cli.help.batch_sheet_out"))] = None,
          demo: Demo = False, data_dir: DataDir = None) -> None:  # fmt: skip
    session = session_for(ctx.obj, data_dir, demo=demo)
    batch = session.batch(number)
    if out is not None:
        batch = replace(batch, plan=replace(batch.plan, folder=str(out.expanduser().absolute())))
    for path in _sheets(session, batch):
        say(str(path))


@app.command(help=text("cli.help.batch_pick"))
def pick(ctx: typer.Context, number: Number, which: Which, demo: Demo = False, data_dir: DataDir = None) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    _each(session, number, which, lambda tx, batch, item, position, who: steps.pick(tx, batch, item, position, who))
    say_status(session.status(session.batch(number).id), False)


@app.command(help=text("cli.help.batch_reject"))
def reject(
    ctx: typer.Context,
    number: Number,
    which: Which,
    reason: Annotated[str, typer.Option(help=text("cli.help.batch_reason"))] = "",
    demo: Demo = False,
    data_dir: DataDir = None,
) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    _each(session, number, which, lambda tx, batch, item, position, who: steps.reject(tx, batch, item, who, reason))
    say_status(session.status(session.batch(number).id), False)


@app.command(help=text("cli.help.batch_redraw"))
def redraw(ctx: typer.Context, number: Number, which: Which, demo: Demo = False, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    must_be_ready(session, ctx.obj)
    _prepared(session, session.batch(number))
    _each(session, number, which, lambda tx, batch, item, position, who: steps.redraw(tx, batch, item, who))
    _drawn(session, session.batch(number), as_json)


@app.command(help=text("cli.help.batch_finish"))
def finish(
    ctx: typer.Context,
    number: Number,
    half_price: Annotated[bool, typer.Option("--half-price", help=text("cli.help.batch_half_price"))] = False,
    yes: Yes = False,
    demo: Demo = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    must_be_ready(session, ctx.obj)
    batch = session.batch(number)
    rules, items = session.read(lambda c: (rules_here(c, batch.place, session.rules), batch_item_rows.of_batch(c, batch.id)))
    if half_price and not rules.half_price:
        raise Stop(text("batch.no.no_half_price"), code=USAGE)
    _prepared(session, batch)
    count, cost = finish_price(rules, batch, items, half_price=half_price)
    if count:
        lines = [text("batch.finish_price", pictures=pictures(count), cost=money(cost))]
        if half_price:
            lines.append(text("batch.cli.half_price", whole=money(finish_price(rules, batch, items)[1])))
        _ask(lines, "batch.cli.finish", yes, batch)

    def body(tx: Tx) -> object:
        now = steps.must_exist(tx.connection, batch.id)
        return steps.finish(tx, now, rules_here(tx.connection, now.place, session.rules), half_price=half_price)

    _doing(lambda: session.write(body))
    _drawn(session, batch, as_json)


@app.command(help=text("cli.help.batch_pause"))
def pause(ctx: typer.Context, number: Number, demo: Demo = False, data_dir: DataDir = None) -> None:
    _stepped(session_for(ctx.obj, data_dir, demo=demo), number, steps.pause)


@app.command(help=text("cli.help.batch_stop"))
def stop(ctx: typer.Context, number: Number, demo: Demo = False, data_dir: DataDir = None) -> None:
    session = session_for(ctx.obj, data_dir, demo=demo)
    batch = session.batch(number)
    if count := session.read(lambda c: batch_item_rows.at_the_service(c, batch.id, HALF_PRICE)):
        _doing(lambda: session.write(lambda tx: steps.stop(tx, steps.must_exist(tx.connection, batch.id))))
        try:
            if not files.is_owned(session.settings.data_dir):
                must_be_ready(session, ctx.obj)
        except SettingsProblem:  # it's stopped all the same; only waiting for the tasks' end needs the service
            say_status(session.status(batch.id), False)
            remark(text("batch.cli.stopped_there", pictures=pictures(count), batch=number))
            raise
        remark(text("batch.cli.stopping", pictures=pictures(count), batch=number))
        _drawn(session, batch, as_json=False)
    else:
        _stepped(session, number, steps.stop)


# ---- behind the commands


def _topics(file: Path) -> Topics:
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Stop(text("batch.cli.unreadable", file=file, why=error.strerror or ""), code=USAGE) from error
    try:
        found = read_topics(content, "" if str(file) == "-" else file.name)
    except TopicsProblem as problem:
        raise Stop(text(f"batch.topics.{problem.key}", **problem.facts), code=USAGE) from problem
    if found.encoding not in ("utf-8", "utf-8-sig"):
        remark(text("batch.cli.encoding", encoding=found.encoding))
    if found.ignored:
        remark(text("batch.ignored", names=listed(found.ignored)))
    for line, first in found.repeated[:5]:
        remark(text("batch.cli.repeated", line=line, first=first))
    if len(found.repeated) > 5:
        remark(text("batch.cli.repeated_more", count=len(found.repeated) - 5))
    return found


def _key(topics: Topics, plan: BatchPlan) -> str:
    """The same topics with the same choices into the same folder are the same batch, whatever its limits are."""
    words = [asdict(replace(one, line=0)) for one in topics.topics]
    rest = {**asdict(plan), "max_pictures": 0, "budget": 0, "tag": ""}
    return "cli:" + hashlib.sha256(json.dumps([words, rest], sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _known(session: BatchSession, key: str) -> Batch | None:
    if not read_only.is_there(session.settings.ledger):
        return None
    return session.read(lambda c: batch_rows.by_event(c, key))


def _proposed(session: BatchSession, key: str, file: Path, topics: Topics, plan: BatchPlan) -> Batch:
    title = "-" if str(file) == "-" else file.name
    owner = (session.who, PLACE)
    return _doing(lambda: session.write(lambda tx: steps.propose(tx, key, owner, title, topics, plan, session.rules)))


@contextlib.contextmanager
def _folder_for(session: BatchSession, plan: BatchPlan) -> Iterator[None]:
    """Prepare the folder before anything is stored. If nothing is, the folder goes again, unless it was there before."""
    folder = session.folder(plan)
    before = folder is None or folder.path.exists()
    if folder is not None:
        _doing(lambda: sweep(folder))
    try:
        yield
    except Stop:
        if folder is not None and not before:
            with contextlib.suppress(OSError):
                folder.path.rmdir()
        raise


def _prepared(session: BatchSession, batch: Batch) -> None:
    folder = session.folder(batch.plan)
    if folder is not None:
        _doing(lambda: sweep(folder))


def _resumed(session: BatchSession, batch: Batch, max_pictures: int | None, budget: int | None, *, again: bool) -> None:
    def body(tx: Tx) -> Batch:
        now = steps.must_exist(tx.connection, batch.id)
        rules = rules_here(tx.connection, now.place, session.rules)
        return steps.resume(tx, now, rules, max_pictures=max_pictures, budget=budget, again=again)

    if again:
        rules, items = session.read(lambda c: (rules_here(c, batch.place, session.rules), batch_item_rows.of_batch(c, batch.id)))
        count, cost, half_price = retry_price(rules, batch, items)
        if count:
            remark(text("batch.cli.retry_half" if half_price else "batch.cli.retry", pictures=pictures(count), cost=money(cost)))
    _doing(lambda: session.write(body))


def _stepped(session: BatchSession, number: int, step: Callable[[Tx, Batch], Batch]) -> None:
    batch = session.batch(number)
    _doing(lambda: session.write(lambda tx: step(tx, steps.must_exist(tx.connection, batch.id))))
    say_status(session.status(batch.id), False)


def _each(session: BatchSession, number: int, which: list[str], step: Callable[[Tx, Batch, int, int, Person], object]) -> None:
    """Do something with each named draft, all in one transaction."""
    batch = session.batch(number)
    last = session.status(batch.id).topics
    words = " ".join(which)
    try:
        chosen = labels(f"1-{last}" if words.strip().lower() == "all" else words, last)
    except LabelProblem as problem:
        raise Stop(text("batch.no.label", value=str(problem), last=last), code=USAGE) from problem

    def body(tx: Tx) -> None:
        for item, position in chosen:
            step(tx, steps.must_exist(tx.connection, batch.id), item, position, session.who)

    _doing(lambda: session.write(body))


def _ask(lines: list[str], question: str, yes: bool, batch: Batch) -> None:
    for line in lines:
        remark(line)
    if yes:
        return
    if not sys.stdin.isatty():
        raise Stop(text("batch.cli.say_yes", batch=batch.number), code=USAGE)
    if not typer.confirm(text(question, batch=batch.number), err=True):
        raise Stop(text("batch.cli.not_started", batch=batch.number), code=FAILED)


def _drawn(session: BatchSession, batch: Batch, as_json: bool) -> None:
    """Draw, show how far it is, and say what to do next."""
    with progress(as_json) as show:
        try:
            found, interrupted = _doing(lambda: draw(session, batch.id, show))
        except KeyboardInterrupt:
            remark(text("batch.cli.cut_off", batch=batch.number))
            raise typer.Exit(INTERRUPTED) from None
    folder = session.folder(found.batch.plan)
    if found.batch.state is BatchState.DRAFTED and folder is not None and not interrupted:
        for path in _sheets(session, found.batch):
            remark(text("batch.cli.sheet", file=path))
    say_status(found, as_json)
    if interrupted:
        remark(why_ended(session, found))
    code = exit_code(found, interrupted)
    if code:
        raise typer.Exit(code)


def _sheets(session: BatchSession, batch: Batch) -> list[Path]:
    folder = session.folder(batch.plan)
    if folder is None:
        raise Stop(text("batch.cli.needs_out"), code=USAGE)
    try:
        return _doing(lambda: session.write_sheets(batch, folder))
    except LookupError as error:
        raise Stop(text("batch.cli.picture_gone", picture=str(error).strip("'")[:12])) from error


def _doing(work: Callable[[], T]) -> T:
    """The result; problems end the command with their sentences."""
    try:
        return work()
    except BatchProblem as problem:
        spell = problem.key == "budget"
        facts = {name: money(value) if spell and isinstance(value, int) else value for name, value in problem.facts.items()}
        raise Stop(text(f"batch.no.{problem.key}", **facts), code=USAGE) from problem
    except FolderProblem as problem:
        raise Stop(text(f"batch.folder.{problem.key}", **problem.facts)) from problem
