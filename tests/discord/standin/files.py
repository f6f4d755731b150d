"""Files at Discord's CDN: attached to messages and commands, behind links that expire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.platforms.pouring import Pour

if TYPE_CHECKING:
    from tests.discord.standin.world import World

KINDS = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "pdf": "application/pdf"}


@dataclass(slots=True)
class File:
    id: str
    name: str
    content: bytes
    description: str | None
    kind: str | None = None
    """Content type, as Discord tells it from the name."""
    claimed: int | None = None
    """Size that Discord states, for files that no test wants to make."""
    redirect: str = ""
    """Address that the CDN sends a reader on to."""
    pour: Pour | None = None
    """What the CDN sends instead of the content."""

    def json(self, base: str, epoch: int) -> dict[str, Any]:
        url = f"{base}/attachments/{self.id}/{self.name}?ex={epoch}"
        size = len(self.content) if self.claimed is None else self.claimed
        found = {"id": self.id, "filename": self.name, "size": size, "url": url, "proxy_url": url}
        if self.kind is not None:
            found["content_type"] = self.kind
        return found if self.description is None else {**found, "description": self.description}


def upload(world: World, name: str, content: bytes, **more: Any) -> File:
    """A file that somebody chooses at their client."""
    return File(world.new_id(), name, content, None, **{"kind": KINDS.get(name.rpartition(".")[2].lower()), **more})


def attach(world: World, files: Iterable[File], base: str) -> dict[str, Any]:
    """Keep the files of a command, and how the interaction names them."""
    world.uploads |= {one.id: one for one in files}
    return {one.id: {**one.json(base, world.epoch), "ephemeral": True} for one in files}


def served(world: World, identity: str, epoch: str) -> File | None:
    """What the CDN serves behind a link; None for an expired one and for a deleted message's file."""
    for message in world.messages.values():
        if not message.deleted and (file := message.files.get(identity)) is not None:
            return file if epoch in ("", str(world.epoch)) else None
    return world.uploads.get(identity) if epoch == str(world.epoch) else None
