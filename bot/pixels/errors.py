"""The two ways in which bytes do not become a picture: bad luck, and a property that the next try would have, too."""

from __future__ import annotations


class BadPicture(Exception):
    """These bytes are a damaged picture: cut off, or changed on the way. The text is for evidence and logs: Pillow's class and ours, never
    bytes of the file."""


class NotTaken(Exception):
    """A limit or refusal of this bot's own: the picture is what it is, and another try would bring the same. `why` is one of WHYS."""

    def __init__(self, why: str, value: str) -> None:
        super().__init__(f"{why}={value}")
        self.why = why
        self.value = value


WHYS = ("type", "pixels", "bytes", "memory", "worker", "encoding", "address", "disk")
"""The file's type, its pixels, its bytes, the memory or life of the process that decodes, a content-encoding, an address that is not
visited, our own disk."""
