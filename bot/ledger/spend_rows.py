"""Rows of reserved and spent amounts: one per scope, owner and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from bot.domain.requests import Period
from bot.ledger.dialect import Upsert, upsert
from bot.ledger.store import Tx
from bot.ledger.tables import spend


@dataclass(frozen=True, slots=True)
class Spent:
    scope: str
    period: str
    money: int
    """Micros reserved and spent."""
    pictures: int


def _adding() -> Upsert:
    statement = upsert(spend)
    more = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["scope", "owner", "period"],
        set_={
            "reserved": spend.c.reserved + more.reserved,
            "spent": spend.c.spent + more.spent,
            "pictures": spend.c.pictures + more.pictures,
        },
    )


_ADD = _adding()
_OF_TWO = select(spend).where(
    spend.c.scope.in_([bindparam("first_scope"), bindparam("second_scope")]),
    spend.c.owner.in_([bindparam("first"), bindparam("second")]),
    spend.c.period.in_([bindparam("day"), bindparam("month")]),
)
"""Separate column comparisons: for a row value in a list, SQLite scans the whole table."""


def of_two(connection: Connection, first: tuple[str, str], second: tuple[str, str], day: str, month: str) -> list[Spent]:
    """Amounts of two owners (scope, owner) in a day and a month; zero where there is no row."""
    keys = {"first_scope": first[0], "first": first[1], "second_scope": second[0], "second": second[1], "day": day, "month": month}
    rows = connection.execute(_OF_TWO, keys)
    return [Spent(row.scope, row.period, row.reserved + row.spent, row.pictures) for row in rows]


def add(tx: Tx, rows: Sequence[Period], *, reserved: int, spent: int, pictures: int) -> None:
    """Add amounts to each row, creating missing ones; negative amounts subtract."""
    if rows:
        add_on(tx.connection, rows, reserved=reserved, spent=spent, pictures=pictures)


def add_on(connection: Connection, rows: Sequence[Period], *, reserved: int, spent: int, pictures: int) -> None:
    """The same on a connection, for a program beside the ledger's owner."""
    values = [
        {"scope": scope, "owner": owner, "period": period, "reserved": reserved, "spent": spent, "pictures": pictures}
        for scope, owner, period in rows
    ]
    connection.execute(_ADD, values)
