"""Time zones by name. UTC also works on machines without a time zone database, such as small containers."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo


def zone_of(name: str) -> tzinfo:
    """The zone for an IANA name. Raises ValueError or LookupError if there is none."""
    return UTC if name == "UTC" else ZoneInfo(name)
