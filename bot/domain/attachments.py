"""Pictures that a member attaches to a request: what the platform delivered, and what is stored of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_BYTES = 40 * 1024 * 1024
"""Of a delivered picture; its download stops there."""


class AttachmentRole(StrEnum):
    PICTURE = "picture"
    """A reference: the new picture is made from it."""
    MASK = "mask"
    """A PNG in the size of the first reference; its transparent pixels are the part to change."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture as the platform delivered it. Nothing in it is trusted; the file's content decides."""

    name: str = ""
    """The file name that the member gave it; only for sentences."""
    role: AttachmentRole = AttachmentRole.PICTURE
    size: int | None = None
    """Number of bytes according to the platform, so that a huge file isn't fetched at all."""
    handle: Mapping[str, str] = field(default_factory=dict)
    """What the adapter needs to fetch it (`AttachmentSource.fetch_attachment`): an address or a file id. Opaque to the core, treated as a
    secret in logs, and deleted once the picture is stored."""
    stored: str = ""
    """Instead of a handle: SHA-256 of a picture in the store, kept by `Core.keep_upload` or shown by one of the member's requests."""
    made_here: bool = False
    """The bot made it, so nobody has to be asked whether the people in it agree."""


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    id: str
    request_id: str
    position: int
    attachment: Attachment
    sha256: str = ""
    """SHA-256 of the file as it is sent to the image service; empty until it's fetched, checked and re-encoded."""
    format: str = ""
    width: int = 0
    height: int = 0
    bytes: int = 0
    """Size of the file, not of what was delivered."""

    @property
    def taken(self) -> bool:
        """Whether it's fetched, checked and re-encoded."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class ReferenceLimits:
    """What a model at a service accepts. Pictures over a limit in bytes or pixels are shrunk; more pictures than `count` are refused."""

    count: int = 16
    """Maximum references per request; 0 if the service draws from words alone."""
    mask: bool = True
    """Whether a mask can limit the change."""
    max_bytes: int = 20 * 1024 * 1024
    """Of one file."""
    total_bytes: int = 40 * 1024 * 1024
    """Of all files of one request."""
    mask_bytes: int = 4 * 1024 * 1024
    max_edge: int = 4096
    """Longest edge in pixels."""

    def within(self, other: ReferenceLimits) -> ReferenceLimits:
        """The stricter of each limit: a model's and its service's."""
        return ReferenceLimits(
            count=min(self.count, other.count),
            mask=self.mask and other.mask,
            max_bytes=min(self.max_bytes, other.max_bytes),
            total_bytes=min(self.total_bytes, other.total_bytes),
            mask_bytes=min(self.mask_bytes, other.mask_bytes),
            max_edge=min(self.max_edge, other.max_edge),
        )


class NotFetched(Exception):
    """A platform didn't hand over an attached file. `why`: `gone` (deleted, expired, or not for the bot), `failed` (try again), or `scope`
    (the operator hasn't allowed the bot to open files there)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
