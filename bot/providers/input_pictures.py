"""Bytes of a call's references and mask from the store, in a form that the called service accepts.

They were checked against the configured service's limits. A fallback may accept less, so they're shrunk again if needed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from bot.domain.attachments import ReferenceLimits
from bot.providers.picture_port import PicturePort
from bot.providers.port import Call, InputPicture

_PNG = b"\x89PNG"
_STARTS = {_PNG: "png", b"\xff\xd8": "jpeg", b"RIFF": "webp"}
"""How a stored picture begins -> its format; the store has no others."""
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})


async def with_pictures(call: Call, store: PicturePort, limits: ReferenceLimits) -> Call:
    """The call with the bytes of its references and mask, within these limits. Raises DamagedPicture if one is gone or damaged, BadPicture
    and NotTaken if one can't be shrunk."""
    if not call.references:
        return call
    share = min(limits.max_bytes, limits.total_bytes // len(call.references))
    found, fitted = list[InputPicture](), list[Mapping[str, Any] | None]()
    for sha256 in call.references:
        picture, made = await _read(store, sha256), None
        if len(picture.content) > share or longest_edge(picture.content) > limits.max_edge:
            made, content = await store.work("reference", {"max_edge": limits.max_edge, "max_bytes": share}, picture.content)
            picture = InputPicture(content, made["format"])
        found.append(picture)
        fitted.append(made)
    mask = InputPicture(await store.read(call.mask), "png") if call.mask else None
    if mask is not None and (first := fitted[0]) is not None:
        of = {"mask_of": list(first["original"]), "fitted": [first["width"], first["height"]]}
        _, content = await store.work(
            "reference", {"max_edge": limits.max_edge, "max_bytes": limits.mask_bytes, **of, "fit_mask": True}, mask.content
        )
        mask = InputPicture(content, "png")
    return dataclasses.replace(call, pictures=tuple(found), mask_picture=mask)


async def _read(store: PicturePort, sha256: str) -> InputPicture:
    content = await store.read(sha256)
    return InputPicture(content, next((kind for start, kind in _STARTS.items() if content.startswith(start)), ""))


def longest_edge(content: bytes) -> int:
    """The longer edge of a stored PNG or JPEG in pixels, from its header; 0 if it has none."""
    if content.startswith(_PNG):
        return max(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        if content[at + 1] in _FRAMES:
            return max(int.from_bytes(content[at + 5 : at + 7]), int.from_bytes(content[at + 7 : at + 9]))
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0
