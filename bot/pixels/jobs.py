"""Picture jobs by name, callable from another process: JSON values and bytes in, the same out."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.pixels.base64text import from_base64
from bot.pixels.fit import for_blocks, shrink
from bot.pixels.recode import recode
from bot.pixels.reference import Wanted, reference

Values = Mapping[str, Any]
Job = Callable[[Values, Sequence[bytes]], tuple[dict[str, Any], bytes]]


def do(name: str, values: Values, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Run a job in this process. Raises BadPicture, NotTaken, and OSError from the disk."""
    return JOBS[name](values, pieces)


def _take(values: Values, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Decode a picture and write the file to store durably to `path`."""
    taken, content = recode(from_base64(pieces) if values["base64"] else b"".join(pieces))
    with open(values["path"], "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    shape = {"format": taken.format, "width": taken.width, "height": taken.height, "signed": taken.signed, "kept": taken.kept}
    return {**shape, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}, b""


def _shrink(values: Values, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    place, made = shrink(b"".join(pieces), values["limit"], [(kind, quality, share) for kind, quality, share in values["steps"]])
    return {"place": place}, made


def _for_blocks(values: Values, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    ending, made = for_blocks(b"".join(pieces), values["large"], values["quality"])
    return {"ending": ending}, made


def _reference(values: Values, pieces: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Check and re-encode a member's picture or mask; returns the file to store."""
    pair = {name: tuple(values[name]) for name in ("mask_of", "fitted") if values.get(name)}
    made, content = reference(b"".join(pieces), Wanted(**{**values, **pair}))
    return dataclasses.asdict(made), content


JOBS: dict[str, Job] = {"take": _take, "shrink": _shrink, "for_blocks": _for_blocks, "reference": _reference}
