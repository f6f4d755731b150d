"""Final check of the cases: every card matches its case, no lease is left, no case is lost, and what a member deleted is gone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import bot.lifecycle
import bot.requests.scheduler
from bot.chat.views import View
from bot.domain.case_states import WAITING, CaseState
from bot.ledger import message_rows
from bot.ledger.tables import messages
from tests.simulation import disk
from tests.simulation.case_rules import EXPIRY, LEASE
from tests.simulation.checker import view_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.simulation.process import Process
    from tests.simulation.world import World

HOUR = 3600.0
SEEN_BEFORE = 60.0
"""Seconds between a final answer and a deletion that definitely covers it."""


async def wait_for_cases(world: World, folder: Path) -> None:
    """Wait until every lease has ended; in a patient run, until every case has closed."""
    slack = world.checker.slack
    if any(case_model.state is CaseState.CLAIMED for case_model in world.case_rules.case_models.values()):
        await asyncio.sleep(LEASE + 120.0 + slack)
    if world.forgotten or any("delete" in thread.pressed for thread in world.threads):
        await asyncio.sleep((world.plan.polls or bot.lifecycle.SWEEP_EVERY) + 60.0)
    if not world.plan.patient:
        return
    bot.lifecycle.SWEEP_EVERY = bot.requests.scheduler.SAFETY_POLL = 6 * HOUR  # days pass: only timers move cases
    end = world.loop.time() + EXPIRY + 26 * HOUR + slack
    while world.case_rules.waiting() and world.loop.time() < end:  # noqa: ASYNC110  # virtual time, an hour at a time
        await asyncio.sleep(HOUR)
    await asyncio.sleep(13 * HOUR)  # the last messages and deletions of texts
    for name in world.case_rules.waiting():
        world.checker.fail("1-case-never-ended", name, world.case_rules.case_models[name].state)


async def compare_cards(world: World, process: Process) -> None:
    """What each card shows must match the ledger."""
    bot_ = process.bot
    assert bot_ is not None
    sweep = bot.lifecycle.SWEEP_EVERY + 15.0

    def look(connection: Connection) -> list[tuple[str, str, str | None, list[View | None]]]:
        found = []
        for row in connection.execute(messages.select().where(messages.c.refused.is_(None))):
            kind = str(row.subject).partition(":")[0]
            if kind in ("case", "step", "reminder"):
                stored = message_rows.get(connection, row.id)
                assert stored is not None
                now = world.clock.now()
                # What ends by itself, like a pause, is shown from the next sweep on.
                views = [bot_.sender.projections[kind](connection, stored.message, now - ago) for ago in (0.0, sweep)]
                found.append((str(row.subject), str(row.audience), row.reader or None, views))
        return found

    for subject, audience, reader, (view, earlier) in await bot_.ledger.read(look):
        shown, removed = None, False
        for post in world.platform.posts.values():
            removed = removed or (post.removed and any(one.subject == subject for one in post.shown))
            if post.reader == reader and not post.removed:
                for one in post.shown:
                    if (one.subject, one.audience.value) == (subject, audience) and (shown is None or one.at >= shown.at):
                        shown = one
        if shown is None and removed:
            continue  # the bot hasn't been told yet
        if shown is not None and earlier is not None and list(_lines(shown.view)) == list(_lines(earlier)):
            continue
        if view is not None and (shown is None or list(_lines(shown.view)) != list(_lines(view))):
            seen, stored = [], list(_lines(view))
            if shown is not None:
                seen = list(_lines(shown.view))
            what = [one for one in seen if one not in stored], [one for one in stored if one not in seen]
            world.checker.fail("2-card-is-not-the-case", subject, audience, f"shown: {what[0]}, stored: {what[1]}")


def _lines(view: View) -> Iterator[str]:
    yield from view_text(view).split("\n")
    yield from (button.action.value for button in view.buttons)


def examine(world: World, folder: Path) -> None:
    """Compare the rows of cases with the checker's own model."""
    connection = sqlite3.connect(folder / disk.DATABASE)
    connection.row_factory = sqlite3.Row
    try:
        _cases(connection, world)
        for who, at in world.forgotten:
            _forgotten(connection, world, who, at)
        _pictures(connection, world, folder)
    finally:
        connection.close()


def _cases(connection: sqlite3.Connection, world: World) -> None:
    rows = {row["id"]: row for row in connection.execute("SELECT * FROM cases")}
    now = world.clock.now()
    for name, case_model in world.case_rules.case_models.items():
        row = rows.get(name)
        if row is None or row["state"] != case_model.state.value:
            world.checker.fail("1-case-lost", name, case_model.state, None if row is None else row["state"])
            continue
        if case_model.state is CaseState.CLAIMED and not now - 180 < row["lease_until"] <= now + LEASE + 60:
            world.checker.fail("1-lease-never-came-back", name, row["holder"])
        card = connection.execute("SELECT 1 FROM messages WHERE subject = ? AND audience = 'moderators'", (f"case:{name}",)).fetchone()
        if case_model.state in WAITING and card is None:
            world.checker.fail("1-case-without-a-card", name)
    blocked = "SELECT id FROM requests WHERE answer = 'blocked' AND (case_id IS NULL OR case_id NOT IN (SELECT id FROM cases))"
    for row in connection.execute(blocked):
        world.checker.fail("1-block-without-a-case", row["id"])


def _forgotten(connection: sqlite3.Connection, world: World, who: str, at: float) -> None:
    """Everything that had ended when a member asked for deletion is gone; an open case's texts go when it closes."""
    if any(case_model.member == who and case_model.state in WAITING for case_model in world.case_rules.case_models.values()):
        return
    gone, kept = set(), set()
    for thread in world.threads:
        words = (thread.wording, *thread.others)
        if thread.who == who and thread.finals and max(when for when, _ in thread.finals) < at - SEEN_BEFORE and thread.began_at < at:
            gone.update(one.tag for one in words)
        else:
            kept.update(one.tag for one in words)
    gone -= kept
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            for column in row.keys():  # noqa: SIM118  # a Row iterates over its values
                left = next((tag for tag in gone if isinstance(row[column], str) and tag in row[column]), None)
                if left is not None:
                    world.checker.fail("7-words-left-after-deletion", who, left, f"{table}.{column}")
    for post in world.platform.posts.values():
        left = next((tag for tag in gone if post.now is not None and not post.expired and tag in view_text(post.now)), None)
        if left is not None:
            world.checker.fail("7-words-shown-after-deletion", who, left, post.shown[-1].subject)


def _pictures(connection: sqlite3.Connection, world: World, folder: Path) -> None:
    """A picture that was shown and no longer belongs to a request was deleted, so its file must be gone too."""
    shown = {one.sha256 for post in world.platform.posts.values() for seen in post.shown for one in seen.view.pictures}
    rows = connection.execute("SELECT sha256 FROM pictures UNION SELECT sha256 FROM contact_sheets")
    kept = {row["sha256"] for row in rows}
    for file in (folder / "pictures").glob("??/*"):
        if file.stem in shown - kept:
            world.checker.fail("7-picture-left-after-deletion", file.stem[:12])
