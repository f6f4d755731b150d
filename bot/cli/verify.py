"""`imagine-bot verify`: after a change, asks again for what failed, for something good and for something wrong, and writes down the result.

A prompt that may have been blocked is never sent again: a neutral one of the same shape takes its place.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot import budgets
from bot.catalogue.cost import cost_from_usage
from bot.cli import narrow as narrowing
from bot.cli import plugins
from bot.cli.baseline import FOLDER, Baseline, VerifiedRequest, differences, markdown, previous
from bot.cli.dialogue import watched
from bot.cli.doctor import subject_of
from bot.cli.ladder import Subject
from bot.cli.other_services import others_of
from bot.cli.plan import WRONG_SIZE, Plan, model_of
from bot.cli.probes import PROMPT, draw
from bot.cli.screen import FAILED, USAGE, Stop, dollars, remark, say
from bot.domain.kinds import Group, Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.own_services import is_own
from bot.evidence.collect import FailedRequest, find
from bot.evidence.private import Private, quoted
from bot.evidence.scrub import REMOVED, Scrubber
from bot.evidence.surroundings import environment
from bot.failures.classify import classify
from bot.failures.explain import explain
from bot.ledger import beside, block_rows, read_only
from bot.requests.decide import as_booked
from bot.settings import KNOWN, Settings, SettingsProblem, service_problems
from bot.settings.model import PRECEDENCE
from bot.settings.rules import FALLBACK
from bot.settings.surroundings import surroundings_of
from bot.texts import text

MAX_ID = 128


def verify(
    ctx: typer.Context,
    request: Annotated[str | None, typer.Argument(help=text("cli.help.evidence_request"), show_default=False)] = None,
    second: Annotated[bool, typer.Option("--second", help=text("cli.help.verify_second"))] = False,
    narrow: Annotated[bool, typer.Option("--narrow", help=text("cli.help.verify_narrow"))] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=text("cli.help.verify_yes"))] = False,
    data_dir: Annotated[Path | None, typer.Option(help=text("cli.help.run_data_dir"))] = None,
) -> None:
    subject = subject_of(ctx.obj, data_dir)
    settings = subject.settings
    if problems := service_problems(settings, ctx.obj):
        raise SettingsProblem(problems)
    plans, scrubber = _plans(subject, request, second=second)
    further = narrowing.steps(plans[0], plans[1]) if narrow and plans[0].name == "replay" else []
    for plan in plans:
        say(text(f"verify.will_{plan.name}", shape=plan.shape, words=text(f"verify.words_{plan.words}")))
    if further:
        say(text("verify.will_narrow", count=len(further)))
    if not yes:
        _ask(dollars(sum(plan.highest for plan in (*plans, *further))))
    tried = [_try(plan, scrubber) for plan in plans]
    if narrow:
        tried += narrowing.find(plans, tried, lambda plan: _try(plan, scrubber))
    note = Baseline(subject.ports.now(), _settings_of(subject, scrubber), environment(), tried)
    file = _written(note, settings)
    say(text("verify.all_well" if note.well else "verify.not_well"))
    say(str(file))
    if not note.well:
        raise typer.Exit(FAILED)


def _written(note: Baseline, settings: Settings) -> Path:
    """Put the note into its file, and say what differs from the one before. Raises Stop."""
    folder = settings.data_dir / FOLDER
    before = previous(folder)
    compared = None if before is None else differences(before, note)
    page = _without_secrets(markdown(note, compared), settings.secrets())
    file = folder / f"{datetime.fromtimestamp(note.at, UTC):%Y-%m-%dT%H%M%SZ}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        raise Stop(text("operator.folder_unwritable", folder=folder)) from error
    for line in [text("verify.first")] if compared is None else compared or [text("verify.same")]:
        say(line)
    return file


def may_repeat(connection: Connection, found: FailedRequest) -> bool:
    """Whether this request's prompt was certainly never blocked: no block in its answers, none in the block memory, and no missing
    answer."""
    request = found.request
    failures = [classify(one.evidence) for one in found.attempts if one.evidence is not None]
    failures += [request.failure] if request.failure is not None else []
    silent = (Kind.EMPTY_RESULT, Kind.MALFORMED_RESPONSE, Kind.BAD_REQUEST_OTHER)  # how some filters answer
    doubtful = any(one.group is Group.SAFETY or one.kind in silent or one.is_guess for one in failures)
    if not failures or doubtful or not request.prompt or request.references:
        return False
    return not block_rows.ever_blocked(connection, request.fingerprint)


def service_of(settings: Settings, service: str, model: str) -> Settings:
    """The settings as if the service that drew a request for this model were the configured one."""
    wanted = settings.fallback_models.get(model) if service == FALLBACK else model
    for one in others_of(settings):
        if one.name == service and (service != FALLBACK or one.settings.image_model == wanted):
            return one.settings.model_copy(update={"image_model": wanted})
    return settings.model_copy(update={"image_model": model})


def _plans(subject: Subject, asked: str | None, *, second: bool) -> tuple[list[Plan], Scrubber]:
    """The requests to make, in order, and what keeps their results clean."""
    settings, about = subject.settings, surroundings_of(subject.settings)
    tried = replace(subject, settings=_second(settings)) if second else subject
    known = model_of(tried)
    quality = "low" if "low" in known.qualities else settings.image_quality
    good = Plan("good", tried, known.sizes.default, quality, 1, PROMPT, "neutral")
    plans = [good, replace(good, name="bad", size=WRONG_SIZE)]
    found, repeat = None, False
    if read_only.is_there(settings.ledger):

        def look(connection: Connection) -> tuple[FailedRequest | None, bool]:
            one = find(connection, asked)
            return one, one is not None and may_repeat(connection, one)

        found, repeat = read_only.look(settings.ledger, look)
    if found is None:
        if asked is not None:
            raise Stop(text("evidence.unknown", request=asked[:60]), code=USAGE)
        remark(text("verify.nothing_failed"))
    else:
        request = found.request
        if is_own(request.service):
            raise Stop(text("verify.own_key"), code=USAGE)
        there = replace(subject, settings=service_of(settings, request.service, request.model))
        prompt, words = (request.prompt, "same") if repeat else (PROMPT, "neutral")
        if request.service and there.settings.image_api_key != settings.image_api_key:
            remark(text("verify.other_service"))
        if not repeat:
            remark(text("verify.not_repeated"))
        plans.insert(0, Plan("replay", there, request.size, request.quality, max(1, request.count), prompt, words, request.left_out))
    private = Private(tuple(about.secrets), about.hosts(), set(), about.public_host)
    return plans, Scrubber(private, [] if found is None else found.prompts)


def _second(settings: Settings) -> Settings:
    """The second service in the configured one's place. Raises Stop if there is none."""
    if settings.fallback_url is None or settings.fallback_api_key is None or not settings.fallback_models:
        raise Stop(text("verify.no_second"), code=USAGE)
    return service_of(settings, FALLBACK, next(iter(settings.fallback_models)))


def _ask(price: str) -> None:
    """Ask before anything is spent. Raises Stop unless the answer is yes."""
    if not sys.stdin.isatty():
        raise Stop(text("verify.needs_yes", price=price), code=USAGE)
    try:
        answer = input(text("verify.may", price=price) + " ").strip().lower()
    except EOFError:
        answer = ""
    if answer not in ("y", "yes"):
        raise Stop(text("verify.not_done"))


def _try(plan: Plan, scrubber: Scrubber) -> VerifiedRequest:
    """Make one request, book its cost, and report whether it ended as expected."""
    _book(plan, plan.highest, 0)  # before the call, so that a kill leaves it counted as spent
    outcome = watched(draw(plan.subject, plan.size, plan.quality, plan.prompt, plan.count, plan.leave_out))
    failure = None if outcome.shortfall is None else classify(outcome.shortfall)
    cost = _cost(plan, outcome)
    _book(plan, cost - plan.highest, len(outcome.pictures))
    said = text("verify.came", count=len(outcome.pictures)) if failure is None else explain(failure, "member")
    drew = bool(outcome.pictures) or outcome.pending is not None
    well = drew if plan.name != "bad" else not drew and failure is not None and failure.group is Group.PARAMETERS
    kind = "pictures" if failure is None else failure.kind.value
    seconds, named = round(outcome.latency, 1), _named(outcome.provider_request_id or "", scrubber)
    tried = VerifiedRequest(plan.name, well, plan.shape, plan.words, scrubber.text(said, 300), kind, outcome.status, seconds, cost, named)
    say(f"{'ok  ' if well else 'STOP'} {text(f'verify.name_{plan.name}')}: {tried.result}")
    if failure is not None and not well:
        remark(explain(failure, "operator"))
    return tried


def _named(request_id: str, scrubber: Scrubber) -> str:
    """The service's id of a request, if it can't be anything private."""
    if len(request_id) <= MAX_ID and scrubber.private.may_name(request_id) and not quoted(request_id, scrubber.prompts):
        return request_id
    return scrubber.text(request_id, MAX_ID)


def _cost(plan: Plan, outcome: Outcome) -> int:
    """Cost of this call in micro-dollars: as the service states it, zero if it wasn't billed, otherwise the maximum."""
    booked = as_booked(outcome, None if outcome.shortfall is None else classify(outcome.shortfall))
    if booked.billed is Billed.NO:
        return 0
    known = cost_from_usage(model_of(plan.subject), outcome.usage)
    return plan.highest if known is None else known


def _book(plan: Plan, micros: int, pictures: int) -> None:
    settings = plan.subject.settings
    if read_only.is_there(settings.ledger) and (micros or pictures):
        periods = budgets.day_and_month(plan.subject.ports.now(), settings.budget_timezone)
        rows = [(budgets.EVERYBODY, "*", period) for period in periods]
        beside.book(settings.ledger, rows, micros=micros, pictures=pictures)


def _settings_of(subject: Subject, scrubber: Scrubber) -> dict[str, str]:
    """The settings without secrets and private hosts. A short mark shows whether the image key or a private address has changed."""
    secrets, shown = subject.settings.secrets(), dict[str, str]()
    known = KNOWN | plugins.variables(subject.adapters.values()).keys()
    for name, value in sorted(subject.settings.env.items()):
        if name not in known:
            continue
        secret = any(one in value for one in secrets)
        clean = text("verify.secret") if secret else scrubber.text(value, 200)
        marked = name in (*PRECEDENCE["IMAGE_API_KEY"], "FALLBACK_API_KEY") or (not secret and clean != value)
        shown[name] = f"{clean} #{hashlib.sha256(value.encode()).hexdigest()[:8]}" if marked else clean
    return shown


def _without_secrets(page: str, secrets: tuple[str, ...]) -> str:
    """The finished page; a secret that got into it after all is taken out."""
    for secret in secrets:
        page = page.replace(secret, REMOVED)
    return page
