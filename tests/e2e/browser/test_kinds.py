"""Every kind of failure as a member meets it in the real page: its own words, and never a code."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.compose import build
from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import KINDS, SAFETY_REVIEWABLE, Action, Kind
from bot.domain.outcome import Billed, Outcome
from bot.domain.requests import Person, Place, Submission
from bot.failures.explain import explain
from bot.gate.settings import GateSettings
from bot.ports import SystemPorts
from bot.requests.accept import accept
from bot.requests.attempt import Opened, open_attempt, record_outcome
from bot.requests.rules import Rules
from bot.requests.submit import store_submission
from tests.e2e.browser.conftest import OpenPage
from tests.e2e.browser.process import Process
from tests.unit.core.world import Pictures, Service

pytestmark = pytest.mark.browser


def failure(kind: Kind) -> Failure:
    """The last answer of its kind: nothing is tried again."""
    rule = KINDS[kind]
    return Failure(rule.group, kind, Action.NONE, None, rule.who_can_fix, 1.0)


async def lived_through(folder: Path) -> None:
    """A ledger in which one request has failed in every way, written by the core's own transactions."""
    rules = Rules(model=Catalogue.load().default(), limits=Limits(None, None, None, None, None, None))
    bot = await build(
        data_dir=folder, ports=SystemPorts(), rules=rules, gate_settings=GateSettings(), provider=Service(), pictures=Pictures()
    )
    hands = bot.scheduler.hands
    for kind in Kind:
        submission = Submission(Person("ana", "Ana"), Place("web", "local", "imagine"), f"a drill for {kind.value.replace('_', ' ')}")

        def body(tx, kind=kind, submission=submission):  # type: ignore[no-untyped-def]
            request_id = tx.new_id()
            store_submission(tx, request_id, f"drill:{kind}", submission, rules)
            accept(tx, request_id, rules, hands.open_case)
            opened = open_attempt(tx, request_id, hands)
            assert isinstance(opened, Opened)
            record_outcome(tx, opened.attempt.id, Outcome(shortfall=Evidence(), billed=Billed.NO), failure(kind), hands)

        await bot.ledger.write(body)
    await bot.stop(0.0)


def test_every_kind_is_told_in_its_own_words(tmp_path: Path, started: Callable[..., Process], opened: OpenPage) -> None:
    thread = threading.Thread(target=lambda: asyncio.run(lived_through(tmp_path / "data")))
    thread.start()
    thread.join()
    chat = opened(started().url)
    expect(chat.exchanges).to_have_count(len(Kind), timeout=20_000)
    for kind in Kind:
        told = chat.about(f"a drill for {kind.value.replace('_', ' ')}")
        told.says(explain(dataclasses.replace(failure(kind)), "member"))
        if kind in SAFETY_REVIEWABLE:
            told.says("This is case")
