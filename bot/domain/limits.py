"""Limits that several rooms need: defaults of a request's tries and time and of a member's requests, and a member's pause after blocks."""

MAX_ATTEMPTS = 3
"""Calls of one request that may be billed."""
MAX_UNBILLED_TRIES = 10
"""Calls of one request that were certainly not billed."""
MAX_UNFINISHED = 25
"""Requests of a member that wait or are drawn at the same time, without those of batches."""
DEADLINE = 840.0
"""Seconds from acceptance to the last possible answer: within the 15 minutes in which Discord accepts one."""

COOL_DOWN_BLOCKS = 5
COOL_DOWN_WINDOW = 3600.0
"""Seconds within which so many blocks pause their member."""
COOL_DOWN_LENGTH = 3600.0
"""Seconds of that pause."""
