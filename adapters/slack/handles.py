"""The adapter's own handle for a place, as it travels through `Place.reply` and `Act.reply`. Holds a response_url: a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

URL_LIFE = 30 * 60.0
MARGIN = 20.0
"""Seconds before the end of a response_url's life from which it is not used any more."""


@dataclass(frozen=True, slots=True)
class Handle:
    """What is needed to answer somebody later, also from a new process."""

    person: str
    url: str
    """The event's response_url; empty where Slack gave none (mentions, forms of a button in a form)."""
    at: float
    """Wall-clock time at which the event was taken."""

    def alive(self, now: float) -> bool:
        """Whether the response_url can still be used."""
        return bool(self.url) and now < self.at + URL_LIFE - MARGIN

    def reply(self) -> dict[str, str]:
        """For `Place.reply`."""
        return {"person": self.person, "url": self.url, "at": f"{self.at:.3f}"}


def of_reply(reply: Mapping[str, str]) -> Handle | None:
    """The handle in a place, or None when it holds none (or one of a version that we do not know)."""
    try:
        return Handle(person=reply["person"], url=reply["url"], at=float(reply["at"]))
    except (KeyError, ValueError):
        return None
