"""Message refs: a message's location on its platform, stored in `Message.ref` between sends and processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

R = TypeVar("R", bound="StoredRef")

STORED_AS = {"route": "way"}
"""Fields that are stored under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRef:
    """The part that all platforms share; each adds its own ids. Every field has a default, which isn't stored."""

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

    @classmethod
    def of(cls: type[R], ref: Mapping[str, str]) -> R:
        """Parse the value of `Message.ref`; what's missing, or unreadable like a number of an unknown version, is a new message."""
        known = {one.name: (one.default, ref.get(STORED_AS.get(one.name, one.name), "")) for one in fields(cls)}
        try:
            return cls(**{name: _parse(word, default) for name, (default, word) in known.items() if word})
        except ValueError:
            return cls()

    def ref(self) -> dict[str, str]:
        """The value for `Message.ref`. Never empty: to the sender, an empty ref means "keep the current one"."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return {"v": "1", **{STORED_AS.get(name, name): _word(value) for name, value in given.items()}}

    def anew(self: R, *, gone: bool = False) -> R:
        raise NotImplementedError

    def removed(self: R) -> R:
        """The ref after a finished message was deleted: it stays deleted."""
        return replace(self.anew(gone=True), final=True)


def _parse(word: str, default: Any) -> Any:
    if isinstance(default, bool):
        return word == "1"
    if isinstance(default, tuple):
        return tuple(one for one in word.split(",") if one)
    return int(word) if isinstance(default, int) else word


def _word(value: Any) -> str:
    return "1" if value is True else ",".join(value) if isinstance(value, tuple) else str(value)
