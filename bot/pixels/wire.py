"""Protocol between the bot and its picture worker: a length, a JSON header, then bytes.

JSON rather than pickle, because a worker that decodes untrusted files isn't trusted either.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

_LONGEST_HEAD = 1024 * 1024


def send(pipe: BinaryIO, head: dict[str, Any], pieces: Sequence[bytes]) -> None:
    """Send one message. Raises OSError if the reader is gone."""
    text = json.dumps({**head, "bytes": sum(map(len, pieces))}).encode()
    pipe.write(len(text).to_bytes(4) + text)
    for piece in pieces:
        pipe.write(piece)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Receive the next message; None at the end of the stream, even within a message."""
    size = int.from_bytes(pipe.read(4))
    if not 0 < size <= _LONGEST_HEAD:
        return None
    text = pipe.read(size)
    if len(text) < size:
        return None
    head: dict[str, Any] = json.loads(text)
    content = pipe.read(head["bytes"])
    return (head, content) if len(content) == head["bytes"] else None
