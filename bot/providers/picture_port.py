"""The port of the picture store: a folder (`pictures`) or a bucket (`bucket_pictures`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.domain.outcome import Picture


class PicturePort(Protocol):
    """Content-addressed pictures. Everything stored was decoded and encoded again before."""

    async def add_base64(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture: ...

    async def add_bytes(self, pieces: Sequence[bytes], revised_prompt: str | None = None) -> Picture: ...

    async def work(self, job: str, values: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]: ...

    async def keep(self, content: bytes, sha256: str, format: str) -> None: ...

    async def read(self, sha256: str) -> bytes: ...

    async def delete(self, sha256: str) -> bool: ...

    def close(self) -> None: ...
