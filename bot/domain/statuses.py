"""HTTP statuses by what they mean for a picture and its price. `bot.failures` reads kinds of failure from them."""

TURNED_AWAY = frozenset({429, 503, 529})
"""They say by themselves that nothing was started."""
GAVE_UP_WAITING = frozenset({408, 499, 504, 520, 524})
"""A gateway forwarded the request: a picture may have been made, even if the page blames the load."""
EXPIRED_ADDRESS = frozenset({401, 403, 410})
"""A file's signed address has expired: another download gives the same."""
_NOT_ABOUT_THE_TASK = frozenset({408, 425, 429})


def may_have_started(status: int) -> bool:
    """Whether a picture may have been made, and billed, although an error came back."""
    return status >= 500 or status in GAVE_UP_WAITING


def is_about_the_task(status: int | None) -> bool:
    """Whether a failed poll says something about its task, not only about the poll; None for no answer."""
    return status is not None and status < 500 and status not in _NOT_ABOUT_THE_TASK
