"""Errors of picture decoding: BadPicture for damage, NotTaken for limits that another try would hit as well."""

from __future__ import annotations


class BadPicture(Exception):
    """The bytes are a damaged picture: truncated, or corrupted in transit. The message is for evidence and logs: Pillow's class and text,
    never bytes of the file."""


class NotTaken(Exception):
    """One of the bot's own limits rejects the picture, and another try would end the same way. `why` is one of WHYS."""

    def __init__(self, why: str, value: str) -> None:
        super().__init__(f"{why}={value}")
        self.why = why
        self.value = value


WHYS = ("type", "pixels", "bytes", "memory", "worker", "encoding", "address", "disk")
"""File type, pixel count, byte count, the decoder process's memory or life, content-encoding, disallowed address, local disk."""
