"""The spans of time of moderation, and when a case must be looked at next. Pure."""

from __future__ import annotations

from bot.domain.case_states import WAITING, CaseState
from bot.ledger.case_rows import Case

MINUTE, HOUR = 60.0, 3600.0

LEASE = 10 * MINUTE
"""How long a claimed case is one moderator's alone; long enough to read and write, short enough that a forgotten one does not block."""
CLOCK_ERROR = MINUTE
"""How far a wall clock may be put back without ending a lease; one that lies further ahead was given by a wrong clock and is over."""
REMINDERS = (12 * HOUR, 24 * HOUR)
"""After the case began to wait: half of the due time, and the due time."""
DUE = REMINDERS[-1]
EXPIRY = 72 * HOUR
MEMBER_TIME = 24 * HOUR
"""What a member gets at least to answer a question that came shortly before the expiry."""
COOL_DOWN_BLOCKS = 5
COOL_DOWN = HOUR
"""Five blocks within an hour stop the member for an hour."""
APPEAL_WAITS = 12 * HOUR
"""For so long an appeal is kept for another moderator where the platform cannot say whether there is one."""


def next_look(case: Case) -> float | None:
    """When the timer has something to do: a lease's end, a reminder, the expiry. None for a closed case."""
    if case.state not in WAITING:
        return None
    times = [case.expires_at]
    if case.reminded < len(REMINDERS):
        times.append(case.waiting_since + REMINDERS[case.reminded])
    if case.state is CaseState.CLAIMED and case.lease_until is not None:
        times.append(case.lease_until)
        times[0] = max(times[0], case.lease_until)
    return min(times)
