"""Pictures in the native services' calls, where their documentation puts them: inline data, data URIs, base64."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

MOST = {"gemini": 14, "fal": 10, "replicate": 10, "bfl": 8}


def references_in(service: str, fields: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The decoded pictures of a call, in order. Raises ValueError for anything that isn't a picture, and for too many."""
    found = tuple(_decoded(one) for one in _READERS[service](fields))
    if len(found) > MOST[service]:
        raise ValueError("too many pictures")
    return found


def _gemini(fields: Mapping[str, Any]) -> Sequence[str]:
    parts = fields["contents"][0]["parts"]
    return [part["inlineData"]["data"] for part in parts if "inlineData" in part]


def _fal(fields: Mapping[str, Any]) -> Sequence[str]:
    return [*fields.get("image_urls", ()), *([fields["image_url"]] if "image_url" in fields else ())]


def _replicate(fields: Mapping[str, Any]) -> Sequence[str]:
    given = fields["input"]
    lists = [one for name in ("image_input", "input_images") for one in given.get(name, ())]
    return [*lists, *(given[name] for name in ("input_image", "image") if name in given)]


def _bfl(fields: Mapping[str, Any]) -> Sequence[str]:
    names = ("input_image", *(f"input_image_{place}" for place in range(2, 10)))
    return [fields[name] for name in names if name in fields]


_READERS = {"gemini": _gemini, "fal": _fal, "replicate": _replicate, "bfl": _bfl}


def _decoded(given: str) -> bytes:
    try:
        raw = base64.b64decode(given.rpartition(",")[2], validate=True)
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG", "WEBP")) as opened:
            opened.load()
    except (binascii.Error, OSError, SyntaxError) as error:
        raise ValueError("no picture") from error
    return raw
