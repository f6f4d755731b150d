"""Who sees results first in a community, and who may let others see them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Results(StrEnum):
    """A community's setting `results`."""

    PUBLIC = "public"
    """Everybody in the channel, unless the member asks for a private one."""
    PRIVATE = "private"
    """The member first, who publishes it or not."""
    REVIEWED = "reviewed"
    """The member first, who asks a reviewer to publish it."""


def results_of(own: Mapping[str, object]) -> Results:
    """The setting among a community's own. An unknown value, such as a later version's, lets nobody but the member see anything."""
    value = own.get("results")
    if value is None:
        return Results.PUBLIC
    return Results(str(value)) if value in set(Results) else Results.REVIEWED
