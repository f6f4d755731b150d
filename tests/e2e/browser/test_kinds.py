"""Every kind of failure as a member meets it in the real page: its own words, and never a code."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.compose import build
from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import KINDS, SAFETY_REVIEWABLE, Action, Fixer, Kind
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
from tests.e2e.browser.page import ANSWER
from tests.e2e.browser.process import Process
from tests.world import Pictures, Service

pytestmark = pytest.mark.browser
OURS = (Kind.UNSUPPORTED_OPTION, Kind.INVALID_REFERENCE_IMAGE, Kind.PROMPT_EMPTY)
"""Refusals that no member of this bot can cause."""


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
    try:
        deps = bot.scheduler.deps
        for kind in Kind:
            # None of them is the default: a refusal of what nobody chose is told in other words.
            chosen = {"size": "1536x1024", "quality": "high", "count": "2"}
            words = f"a drill for {kind.value.replace('_', ' ')}"
            submission = Submission(Person("ana", "Ana"), Place("web", "local", "imagine"), words, **chosen)

            def body(tx, kind=kind, submission=submission):  # type: ignore[no-untyped-def]
                request_id = tx.new_id()
                store_submission(tx, request_id, f"drill:{kind}", submission, rules)
                accept(tx, request_id, rules, deps.open_case)
                opened = open_attempt(tx, request_id, deps)
                assert isinstance(opened, Opened)
                record_outcome(tx, opened.attempt.id, Outcome(shortfall=Evidence(), billed=Billed.NO), failure(kind), deps)

            await bot.ledger.write(body)
    finally:
        await bot.stop(0.0)


def test_every_kind_is_told_in_its_own_words(tmp_path: Path, started: Callable[..., Process], opened: OpenPage) -> None:
    with ThreadPoolExecutor() as beside:  # Playwright's loop runs in this thread
        beside.submit(lambda: asyncio.run(lived_through(tmp_path / "data"))).result()
    chat = opened(started().url)
    drills = chat.exchanges.filter(has_text="a drill for")
    earlier = chat.page.get_by_role("button", name="Show earlier")
    expect(earlier.or_(drills.nth(len(Kind) - 1)).first).to_be_visible(timeout=ANSWER)
    if earlier.is_visible():  # there are more than the page draws at first, unless it was opened while the bot still read them
        earlier.click()
    expect(drills).to_have_count(len(Kind), timeout=ANSWER)
    for kind in Kind:
        told = chat.about(f"a drill for {kind.value.replace('_', ' ')}")
        heard = dataclasses.replace(failure(kind), who_can_fix=Fixer.OPERATOR, facts={"unchosen": "yes"}) if kind in OURS else failure(kind)
        told.says(explain(heard, "member"))
        if kind in SAFETY_REVIEWABLE:
            told.says("A moderator will look at this")
