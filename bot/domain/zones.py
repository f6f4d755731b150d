"""Time zones by name. UTC also works on machines without a time zone database, such as small containers."""

from __future__ import annotations

import functools
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, available_timezones


def zone_of(name: str) -> tzinfo:
    """The zone for an IANA name. Raises ValueError or LookupError if there is none."""
    return UTC if name == "UTC" else ZoneInfo(name)


@functools.cache
def _known() -> dict[str, str]:
    """Every zone of this machine by its name in lower case."""
    return {one.casefold(): one for one in (*available_timezones(), "UTC")}


def zone_named(typed: str) -> str | None:
    """The IANA name for what somebody typed, in any letter case and with spaces for underscores: all of it, or its last part if only one
    zone has it, such as "shanghai". None if there's no such zone."""
    wanted, known = "_".join(typed.split()).casefold(), _known()
    if wanted in known:
        return known[wanted]
    ending = [one for low, one in known.items() if low.endswith(f"/{wanted}") and not low.startswith(("posix/", "right/", "etc/"))]
    return ending[0] if len(ending) == 1 else None
