"""Timeouts of moderation, and the next time a case needs attention. Pure."""

from __future__ import annotations

from bot.domain.case_states import WAITING
from bot.ledger.case_rows import Case

MINUTE, HOUR = 60.0, 3600.0

LEASE = 10 * MINUTE
"""Seconds of a lease: long enough to read and write, short enough that a forgotten one doesn't block."""
CLOCK_ERROR = MINUTE
"""Allowed clock error in seconds. A lease further in the future was granted by a wrong clock and counts as over."""
REMINDERS = (12 * HOUR, 24 * HOUR)
"""Seconds since the case began to wait: half of the due time, and the due time."""
DUE = REMINDERS[-1]
EXPIRY = 72 * HOUR
MEMBER_TIME = 24 * HOUR
"""Minimum seconds for a member to answer a question asked shortly before expiry."""
APPEAL_WAITS = 12 * HOUR
"""Seconds that an appeal is reserved for another moderator if the platform can't say whether there is one."""


def next_look(case: Case) -> float | None:
    """When the timer has something to do: end of a lease, reminder, expiry. None for a closed case."""
    if case.state not in WAITING:
        return None
    # A lease puts off the expiry: nobody decides over the head of who is deciding.
    times = [case.expires_at if case.lease_until is None else case.lease_until]
    if case.reminded < len(REMINDERS):
        times.append(case.waiting_since + REMINDERS[case.reminded])
    return min(times)
