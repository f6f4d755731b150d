"""Message refs: a message's location on its platform, stored in `Message.ref` between sends and processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

R = TypeVar("R", bound="StoredRef")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRef:
    """The part that all platforms share; each adds its own ids."""

    route: str = ""
    """How it was shown; empty if it was never confirmed."""
    final: bool = False
    """A final view was shown here."""
    gone: bool = False
    """It was deleted by a person."""
    stale: tuple[str, ...] = ()
    """Older copies that may still exist because their edits weren't answered, in the platform's own format."""
    bare: bool = False
    """Shown without pictures, because their upload wasn't answered."""

    @property
    def identity(self) -> str:
        """The platform's message id; empty before it's known."""
        raise NotImplementedError

    def ref(self) -> dict[str, str]:
        """The value for `Message.ref`."""
        raise NotImplementedError

    def anew(self: R, *, gone: bool = False) -> R:
        """The ref for a new message."""
        raise NotImplementedError

    def removed(self: R) -> R:
        """The ref after a finished message was deleted: it stays deleted."""
        return replace(self.anew(gone=True), final=True)

    def shared_words(self) -> dict[str, str]:
        """The shared fields as strings, if set."""
        flags = {"final": self.final, "gone": self.gone, "bare": self.bare}
        stale = {"stale": ",".join(self.stale)} if self.stale else {}
        return {**stale, **{name: "1" for name, value in flags.items() if value}}


def shared_fields(ref: Mapping[str, str]) -> dict[str, Any]:
    """Parse the shared fields of a StoredRef from `Message.ref`."""
    return {
        "route": ref.get("way", ""),
        "final": ref.get("final") == "1",
        "gone": ref.get("gone") == "1",
        "stale": tuple(one for one in ref.get("stale", "").split(",") if one),
        "bare": ref.get("bare") == "1",
    }
