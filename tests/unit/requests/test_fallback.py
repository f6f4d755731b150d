"""A second image service draws while the first one is down or out of credit, and never what the first one may have refused or charged."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.domain.attachments import ReferenceLimits
from bot.domain.failure import Evidence
from bot.domain.kinds import Kind
from bot.domain.outcome import Billed
from bot.domain.own_services import name_for
from bot.domain.requests import Lane
from bot.gate.gate import AdaptiveGate
from bot.gate.port import Grant, Verdict, Waiting
from bot.gate.settings import GateSettings
from bot.ledger import request_rows
from bot.ledger.request_rows import Queued
from bot.ledger.tables import spend
from bot.messages import fallback_notice
from bot.messages.notices import Notices
from bot.requests.attempt import NotNow, Opened, open_attempt
from bot.requests.fallback import Fallback
from bot.requests.null_service import NullGate
from bot.requests.scheduler import Scheduler
from bot.requests.services import ImageService, ServicePlan
from bot.texts import text
from tests.unit.requests.ground import Ground, failure
from tests.world import BLOCK, DOWN, Service, World, bad, world

MODEL = Catalogue.load().default()
CHEAP = Catalogue.load().resolve("sandbox-1")
EQUALS = {"fallback": {MODEL.id: CHEAP}}
NO_CREDIT = Evidence(
    provider="openai",
    api="images.generations",
    status=429,
    body={"error": {"code": "insufficient_quota", "type": "insufficient_quota", "message": "You exceeded your current quota."}},
)


def second(service: Service, **values: object) -> ServicePlan:
    return dataclasses.replace(
        ServicePlan("fallback", service, GateSettings(), "other.example", 0.0, {MODEL.id: CHEAP.id}),  # type: ignore[arg-type]
        **values,
    )


def broken(w: World) -> None:
    """The first service's gate has found out that it is down."""
    gate = w.bot.services.default.gate
    gate.breaker.since, gate.breaker.probe_at = w.bot.ports.monotonic(), w.bot.ports.monotonic() + 60.0  # type: ignore[attr-defined]


async def test_while_the_first_is_down_the_second_draws_its_equal_and_says_so(tmp_path: Path) -> None:
    other = Service(name="other", gate_key="other.example#1")
    async with world(tmp_path, Service(), fallbacks=[second(other)], equals=EQUALS) as w:
        broken(w)
        request = await w.imagine("a red bicycle")
        view = await w.answer(request)
        assert view.pictures
        assert "Drawn by other.example (sandbox-1)" in view.text[0]
        assert [(call.prompt, call.model) for call in other.calls] == [("a red bicycle", "sandbox-1")]
        assert w.service.calls == []
        row = await w.row(request)
        assert (row.service, row.model) == ("fallback", MODEL.id)
        spent = await w.bot.ledger.read(lambda c: c.execute(select(spend).where(spend.c.scope == "everybody")).all())
        price = CHEAP.price.image_out
        assert {one.owner for one in spent} == {"fallback"}
        assert all(0 < one.spent < 20_000 * price for one in spent)  # at the second one's price
        await w.until(lambda: any("second image service" in view.title for _, view in w.chat.all))
        notice = next(view for _, view in w.chat.all if "second image service" in view.title)
        assert "other.example draws until it's back" in notice.text[1]
        w.bot.services.default.gate.breaker.since = None  # type: ignore[attr-defined]
        again = await w.imagine("a blue bicycle")
        assert not any("Drawn by" in line for line in (await w.answer(again)).text)
        assert [call.prompt for call in w.service.calls] == ["a blue bicycle"]
        await w.until(lambda: any(view.title.startswith(text("notice.resolved", what="")) for view in w.chat.now.values()))


async def test_one_whose_credit_is_gone_moves_the_request_that_found_out(tmp_path: Path) -> None:
    other = Service(name="other", gate_key="other.example#1")
    async with world(tmp_path, Service([bad(NO_CREDIT)]), fallbacks=[second(other)], equals=EQUALS) as w:
        request = await w.imagine("a red bicycle")
        assert (await w.answer(request)).pictures
        assert len(w.service.calls) == len(other.calls) == 1
        assert (await w.row(request)).attempts == 1


@pytest.mark.parametrize(
    "outcome",
    [bad(BLOCK), bad(DOWN, Billed.UNKNOWN), bad(Evidence(status=400, body={"error": {"code": "invalid_value", "param": "size"}}))],
    ids=["block", "maybe billed", "wrong value"],
)
async def test_what_was_refused_or_may_be_paid_for_stays(tmp_path: Path, outcome: object) -> None:
    other = Service(name="other", gate_key="other.example#1")
    async with world(tmp_path, Service([outcome]), fallbacks=[second(other)], equals=EQUALS) as w:  # type: ignore[list-item]
        w.service.hold = asyncio.Event()
        request = await w.imagine("a red bicycle")
        await w.until(lambda: w.service.calls)
        broken(w)
        w.service.hold.set()
        await w.until(lambda: not w.bot.scheduler.is_running(request))
        await asyncio.sleep(0.3)
        assert other.calls == []
        # ... and its words are not drawn there for anybody.
        if outcome == bad(BLOCK):
            await w.answer(await w.imagine("A red  bicycle!", person="ben"))
            assert other.calls == []


async def test_a_model_without_an_equal_waits(tmp_path: Path) -> None:
    other = Service(name="other", gate_key="other.example#1")
    async with world(tmp_path, Service(), fallbacks=[second(other, equals={"another": "x"})], equals={"fallback": {}}) as w:
        broken(w)
        request = await w.imagine()
        await asyncio.sleep(0.3)
        assert (await w.row(request)).state == "queued"
        assert other.calls == []


async def test_a_second_key_draws_everything_and_members_read_nothing_about_it(tmp_path: Path) -> None:
    key = Service(name="scripted", gate_key="scripted#2")
    async with world(tmp_path, Service(), fallbacks=[ServicePlan("key-2", key, GateSettings())], equals={"key-2": {}}) as w:
        broken(w)
        view = await w.answer(await w.imagine())
        assert view.pictures
        assert not any("Drawn by" in line for line in view.text)
        assert [call.model for call in key.calls] == [MODEL.id]
        assert not any("second image service" in one.title for _, one in w.chat.all)


def a_row(name: str, **values: object) -> Queued:
    return dataclasses.replace(Queued(name, "p", "c", "interactive", 0.0, 1, 0, 0, "", MODEL.id), **values)


async def test_the_choice_waits_for_its_time_and_spares_what_could_be_a_probe(tmp_path: Path) -> None:
    other = Service(name="other", gate_key="other.example#1")
    limits = {MODEL.id: ReferenceLimits(count=2, mask=False)}
    async with world(tmp_path, Service(), fallbacks=[second(other, after=30.0, references=limits)], equals=EQUALS) as w:
        services, fallback, now = w.bot.services, Fallback(), w.bot.ports.monotonic()
        assert not fallback.look(services, now)
        broken(w)
        assert not fallback.look(services, now)
        assert fallback.when(services, now) == now + 30.0
        assert set(fallback.group(services, [a_row("a")])) == {""}
        assert fallback.look(services, now + 30.0)
        rows = [
            a_row("new"),
            a_row("tried", attempts=1, failure="server_error"),
            a_row("turned away", unbilled_tries=1, failure="rate_limited"),
            a_row("wrong", unbilled_tries=1, failure="unsupported_option"),
            a_row("refused before", unbilled_tries=2, failure="quota_exhausted", option_refused=True),
            a_row("foreign", model="gpt-image-2.5-flare"),
            a_row("pictured", references=2),
            a_row("too many pictures", references=3),
            a_row("masked", references=1, mask="ab" * 32),
            a_row("begun", count=8, settled=4),
            a_row("there", attempts=1, service="fallback"),
        ]
        found = {name: {row.id for row in some} for name, some in fallback.group(services, rows).items()}
        assert found == {
            "fallback": {"new", "turned away", "pictured", "there"},
            "": {"tried", "wrong", "refused before", "foreign", "too many pictures", "masked", "begun"},
        }
        # Nobody waits for the first one alone, so a new request is also offered to it for its probe.
        assert {row.id for row in fallback.group(services, [rows[0], rows[2]])[""]} == {"new"}
        breaker = services.of("fallback").gate.breaker  # type: ignore[attr-defined]
        breaker.since, breaker.probe_at = now, now + 50.0
        assert fallback.look(services, now + 31.0)  # both are down
        assert fallback.when(services, now + 31.0) == now + 50.0
        assert {row.id for row in fallback.group(services, rows)["fallback"]} == {"there"}
        assert set(fallback.group(services, [a_row("sent there", service="fallback")])) == {"fallback"}
        turned_away = a_row("turned away there", service="fallback", unbilled_tries=1, failure="rate_limited")
        assert set(fallback.group(services, [turned_away])) == {""}
        assert fallback.look(services, now + 50.0)  # the second one is probed
        assert {row.id for row in fallback.group(services, [rows[0]])["fallback"]} == {"new"}
        services.default.gate.breaker.since = None  # type: ignore[attr-defined]
        assert fallback.look(services, now + 52.0)  # the first one is back
        assert fallback.when(services, now) == float("inf")


async def test_a_community_with_a_key_of_its_own_waits_for_its_own_service_in_any_case(tmp_path: Path) -> None:
    other, name = Service(name="other", gate_key="other.example#1"), name_for("openai", "a")
    async with world(tmp_path, Service(), fallbacks=[second(other)], equals=EQUALS) as w:
        services, fallback, now = w.bot.services, Fallback(), w.bot.ports.monotonic()
        services.use_own({name: ImageService(name, Service(), NullGate())}, {"p:home": name})  # type: ignore[arg-type]
        for down in (False, True):
            if down:
                broken(w)
            assert fallback.look(services, now) is down
            found = fallback.group(services, [a_row("here", community="p:home"), a_row("there", community="p:other")])
            assert [row.id for row in found[name]] == ["here"]
            assert [row.id for row in found["fallback" if down else ""]] == ["there"]


async def test_a_probe_of_the_first_changes_nothing_before_it_is_answered(tmp_path: Path) -> None:
    other = Service(name="other", gate_key="other.example#1")
    async with world(tmp_path, Service(), fallbacks=[second(other)], equals=EQUALS) as w:
        services, fallback, now = w.bot.services, Fallback(), w.bot.ports.monotonic()
        gate = services.default.gate
        broken(w)
        gate.breaker.probe_at = now  # type: ignore[attr-defined]
        assert isinstance(gate.next(now, [Waiting("probe", "p", "c", Lane.INTERACTIVE, now, 1, 0, False)]), Grant)
        assert gate.snapshot(now).state == "probing"
        assert not fallback.look(services, now)  # nothing was seen to close, so the probe may end well
        gate.report(Grant(1, "probe", 60.0, True), Verdict(failure(Kind.SERVER_ERROR)), now + 1.0)
        assert fallback.look(services, now + 1.0)
        gate.breaker.probe_at = now + 2.0  # type: ignore[attr-defined]
        assert isinstance(gate.next(now + 2.0, [Waiting("again", "p", "c", Lane.INTERACTIVE, now, 1, 0, False)]), Grant)
        assert gate.snapshot(now + 2.0).state == "probing"
        assert not fallback.look(services, now + 2.0)
        assert set(fallback.group(services, [a_row("new"), a_row("tried", attempts=1)])) == {"fallback", ""}


async def test_while_both_are_down_the_scheduler_sleeps_and_probes_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Service(name="other", gate_key="other.example#1")
    async with world(tmp_path, Service(), fallbacks=[second(other)], equals=EQUALS) as w:
        now = w.bot.ports.monotonic()
        broken(w)
        breaker = w.bot.services.of("fallback").gate.breaker  # type: ignore[attr-defined]
        breaker.since, breaker.probe_at = now, now + 1.0
        turns, take_turn = 0, Scheduler._turn

        async def counted(scheduler: Scheduler) -> float:
            nonlocal turns
            turns += 1
            return await take_turn(scheduler)

        monkeypatch.setattr(Scheduler, "_turn", counted)
        assert (await w.answer(await w.imagine("a red bicycle"))).pictures
        assert [call.prompt for call in other.calls] == ["a red bicycle"]
        assert turns < 30


async def test_the_transaction_checks_again(ground: Ground) -> None:
    request = (await ground.asked()).id
    there = Service(name="other", gate_key="other.example#1")
    service = ImageService("fallback", there, AdaptiveGate(GateSettings(), lambda low, high: low), "other.example")
    for values in (
        {"attempts": 1},
        {"failure": failure(Kind.UNSUPPORTED_SIZE)},
        {"failure": failure(Kind.SAFETY_PROMPT)},
        {"typed": {"option_refused": True}},
    ):
        await ground.ledger.write(lambda tx, values=values: request_rows.mark(tx, request, **values))  # type: ignore[misc]
        assert isinstance(await ground.ledger.write(lambda tx: open_attempt(tx, request, ground.deps, service)), NotNow)
        await ground.ledger.write(lambda tx: request_rows.mark(tx, request, attempts=0, failure=None, typed={}))
    opened = await ground.ledger.write(lambda tx: open_attempt(tx, request, ground.deps, service))
    assert isinstance(opened, Opened)
    assert opened.request.service == "fallback"


async def test_a_fallback_that_lasts_is_told_anew_each_day(ground: Ground) -> None:
    notices = Notices()
    for _ in range(3):
        await ground.ledger.write(lambda tx: fallback_notice.begun(tx, notices, "other.example"))
        await ground.ledger.write(lambda tx: fallback_notice.begun(tx, notices, "other.example"))
        ground.at[0] += 86_400.0
    assert len(notices.open) == 3
    await ground.ledger.write(lambda tx: fallback_notice.ended(tx, notices))
    assert not notices.open
