"""Where a message is on its platform now, as `Message.ref` keeps it between sends and processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

R = TypeVar("R", bound="StoredRef")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRef:
    """What every platform keeps. Each adds its own ids."""

    route: str = ""
    """How it was shown; empty when it was never shown for certain."""
    final: bool = False
    """A final view was shown here."""
    gone: bool = False
    """Somebody deleted it."""
    stale: tuple[str, ...] = ()
    """Older copies that may still be there, because their edits were not answered, in the platform's own form."""
    bare: bool = False
    """Shown without its pictures, because their upload was not answered."""

    @property
    def identity(self) -> str:
        """The platform's id of the message; empty before it is known."""
        raise NotImplementedError

    def ref(self) -> dict[str, str]:
        """For `Message.ref`."""
        raise NotImplementedError

    def anew(self: R, *, gone: bool = False) -> R:
        """Not shown where it was any more."""
        raise NotImplementedError

    def removed(self: R) -> R:
        """Deleted after it had been said to the end: it stays deleted."""
        return replace(self.anew(gone=True), final=True)

    def shared_words(self) -> dict[str, str]:
        """What every platform keeps, as far as it is set."""
        flags = {"final": self.final, "gone": self.gone, "bare": self.bare}
        stale = {"stale": ",".join(self.stale)} if self.stale else {}
        return {**stale, **{name: "1" for name, value in flags.items() if value}}


def shared_fields(ref: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a StoredRef out of `Message.ref`."""
    return {
        "route": ref.get("way", ""),
        "final": ref.get("final") == "1",
        "gone": ref.get("gone") == "1",
        "stale": tuple(one for one in ref.get("stale", "").split(",") if one),
        "bare": ref.get("bare") == "1",
    }
