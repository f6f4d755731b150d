"""Spending of the last seven days, and where the month ends at this pace."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from bot import budgets
from bot.domain.zones import zone_of
from bot.ledger import statistics_rows

DAYS = 7


@dataclass(frozen=True, slots=True)
class Spending:
    """Micros are millionths of a US dollar. Days begin in the budgets' time zone."""

    days: tuple[tuple[str, int, int], ...]
    """(date, micros, pictures) of the last seven days, oldest first; the last one is today."""
    month: int
    """Micros since the month's first day."""
    month_pictures: int
    month_end: int
    """Micros at the month's end, if every remaining day costs as much as an average one of the last seven."""
    last_day: str
    """The month's last date."""

    @property
    def week(self) -> int:
        """Micros of the last seven days."""
        return sum(micros for _, micros, _ in self.days)

    @property
    def week_pictures(self) -> int:
        return sum(pictures for _, _, pictures in self.days)

    @property
    def per_day(self) -> int:
        """Average micros a day, over the days since the first one that cost something."""
        spent = [micros for _, micros, _ in self.days]
        used = next((len(spent) - number for number, micros in enumerate(spent) if micros), 0)
        return round(self.week / used) if used else 0


def spending(connection: Connection, now: float, zone: str) -> Spending:
    """The total of all communities and services."""
    today = datetime.fromtimestamp(now, UTC).astimezone(zone_of(zone)).date()
    dates = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    month = f"m{today:%Y-%m}"
    found = statistics_rows.spent_per_period(connection, budgets.EVERYBODY, [*(f"d{one}" for one in dates), month])
    spent, pictures = found.get(month, (0, 0))
    week = tuple((one.isoformat(), *found.get(f"d{one}", (0, 0))) for one in dates)
    last = date(today.year, today.month, calendar.monthrange(today.year, today.month)[1])
    made = Spending(week, spent, pictures, spent, last.isoformat())
    return Spending(week, spent, pictures, spent + made.per_day * (last - today).days, last.isoformat())
