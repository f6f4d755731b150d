"""Final check of the ledger after the calm: its rows must agree with each other and with the provider's bill."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from pathlib import Path

from tests.simulation.checker import MAX_ATTEMPTS, MAX_RATE_ANSWERS, SLOW, Checker
from tests.simulation.records import PER_CALL

LIVE = ("received", "held", "queued", "calling", "collecting")


def examine(path: Path, checker: Checker, community: str) -> None:
    """Every request ended, every call closed, no money still reserved, and every expense recorded."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        _requests(connection, checker)
        _attempts(connection, checker)
        _money(connection, checker, community)
        _messages(connection, checker)
    finally:
        connection.close()


def examine_told(path: Path, checker: Checker) -> None:
    """Who wanted to be told about late answers was told about each, and nobody else about any."""
    if not checker.exact:
        return
    with contextlib.closing(sqlite3.connect(path)) as connection:
        told = {row[0].partition(":")[2] for row in connection.execute("SELECT subject FROM messages WHERE subject LIKE 'ready:%'")}
        late = "SELECT id, person FROM requests WHERE answered_at - created_at > ? AND state = 'answered' AND answer != 'cancelled'"
        for identity, person in connection.execute(f"{late} AND NOT deleted", (SLOW,)):
            if (person in checker.tells) is not (identity in told):
                checker.fail("1-never-told" if person in checker.tells else "7-told-who-did-not-ask", identity, person)


def _requests(connection: sqlite3.Connection, checker: Checker) -> None:
    for row in connection.execute("SELECT id, state, answer, attempts, rate_answers, event_key FROM requests"):
        if row["state"] in LIVE:
            checker.fail("1-never-ended", row["id"], row["state"])
        if (row["state"] == "answered") != (row["answer"] is not None):
            checker.fail("2-state-without-answer", row["id"], row["state"], row["answer"])
        if row["attempts"] > MAX_ATTEMPTS or row["rate_answers"] > MAX_RATE_ANSWERS:
            checker.fail("3-counted-too-many", row["id"], row["attempts"], row["rate_answers"])


def _attempts(connection: sqlite3.Connection, checker: Checker) -> None:
    billed: Counter[str] = Counter()
    calls = {row["id"]: max(1, -(-row["count"] // PER_CALL)) for row in connection.execute("SELECT id, count FROM requests")}
    for row in connection.execute("SELECT id, request_id, closed_at, billed FROM attempts"):
        if row["closed_at"] is None:
            checker.fail("4-exchange-never-closed", row["request_id"], row["id"])
        billed[row["request_id"]] += row["billed"] != "no"
    for request, count in billed.items():
        if count > MAX_ATTEMPTS * calls.get(request, 1):
            checker.fail("3-billed-too-often", request, count)


def _money(connection: sqlite3.Connection, checker: Checker, community: str) -> None:
    cost = connection.execute("SELECT coalesce(sum(cost), 0) FROM attempts").fetchone()[0]
    paid = connection.execute(  # a deleted request has no pictures anymore
        "SELECT coalesce(sum(cost), 0) FROM attempts a WHERE EXISTS (SELECT 1 FROM pictures p WHERE p.attempt_id = a.id)"
        " OR EXISTS (SELECT 1 FROM requests r WHERE r.id = a.request_id AND r.deleted)"
    ).fetchone()[0]
    if cost < checker.billed:
        checker.fail("4-books-below-the-bill", f"{cost} written, {checker.billed} billed")
    spent: Counter[tuple[str, str]] = Counter()
    for row in connection.execute("SELECT scope, owner, period, reserved, spent FROM spend"):
        if row["reserved"]:
            checker.fail("4-reservation-left", row["scope"], row["owner"], row["period"], row["reserved"])
        spent[row["scope"], row["period"][0]] += row["spent"]
    for scope in ("community", "everybody"):
        if spent[scope, "m"] != cost:
            checker.fail("4-sums-differ", scope, f"{spent[scope, 'm']} in the period, {cost} in its exchanges")
    if spent["member", "m"] > paid:
        checker.fail("4-member-charged-for-a-failure", f"{spent['member', 'm']} charged, {paid} for delivered pictures")


def _messages(connection: sqlite3.Connection, checker: Checker) -> None:
    for row in connection.execute("SELECT subject, audience FROM messages WHERE NOT settled"):
        checker.fail("1-message-never-settled", row["subject"], row["audience"])
