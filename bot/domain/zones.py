"""Time zones by name. UTC works on machines without a table of time zones, as small containers are."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo


def zone_of(name: str) -> tzinfo:
    """The zone of that IANA name. Raises ValueError or LookupError for none."""
    return UTC if name == "UTC" else ZoneInfo(name)
