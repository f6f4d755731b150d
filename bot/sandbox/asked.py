"""Parsing and validation of sandbox requests, with OpenAI's own error for each wrong value."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from bot.sandbox.refusals import REFUSALS, ErrorResponse

MODELS: Mapping[str, str | None] = {
    "sandbox-1": None,
    "gpt-image-2": None,
    "gpt-image-2.5-flare": None,
    "gpt-image-2.5-sunburst": None,
    "gpt-image-2.6-flare": None,
    "gpt-image-2.6-sunburst": None,
    "gpt-image-1.5": "2026-12-01",
    "gpt-image-1-mini": "2026-12-01",
    "chatgpt-image-latest": "2026-12-01",
}
"""Model -> announced shutdown date."""
QUALITIES = ("auto", "low", "medium", "high", "xhigh", "max")
MAX_PROMPT = 32_000
MAX_COUNT = 10
MIN_EDGE, MAX_EDGE, MAX_PIXELS = 64, 3840, 8_294_400
_SIZE = re.compile(r"([0-9]{2,4})x([0-9]{2,4})", re.ASCII)
_FACTORS = {"low": 16, "medium": 48, "high": 96, "auto": 48, "xhigh": 144, "max": 192}


@dataclass(frozen=True, slots=True)
class Asked:
    """A validated call."""

    model: str
    prompt: str
    n: int
    width: int
    height: int
    quality: str
    stream: bool = False
    partial_images: int = 0
    safety_identifier: str | None = None
    references: tuple[bytes, ...] = ()

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"

    def usage(self, pictures: int) -> dict[str, object]:
        """The usage object: gpt-image-2's published formula for output tokens, and four characters per prompt token."""
        short, long = sorted((self.width, self.height))
        factor = _FACTORS[self.quality]
        steps = (2 * factor * short + long) // (2 * long)
        each = -(-factor * steps * (2_000_000 + self.width * self.height) // 4_000_000)
        text = (len(self.prompt) // 4 + 8) * max(1, pictures)
        image = 300 * len(self.references)
        return {
            "input_tokens": text + image,
            "input_tokens_details": {"text_tokens": text, "image_tokens": image},
            "output_tokens": each * pictures,
            "total_tokens": text + image + each * pictures,
        }


class BadCall(Exception):
    """The call is answered with an error response."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.refusal: ErrorResponse = REFUSALS[name]
        self.values = {key: str(value)[:100] for key, value in values.items()}


def read(fields: Mapping[str, object], references: tuple[bytes, ...] = (), mask: bytes | None = None) -> Asked:
    """Validate the fields of a JSON body or a form, where numbers are strings. Raises BadCall."""
    prompt = fields.get("prompt")
    if not isinstance(prompt, str):
        raise BadCall("bad_request_other")
    if not prompt.strip():
        raise BadCall("prompt_empty")
    if len(prompt) > MAX_PROMPT:
        raise BadCall("prompt_too_long", length=len(prompt))
    model = fields.get("model", "gpt-image-2")
    if not isinstance(model, str) or model.rsplit("/", 1)[-1] not in MODELS:
        raise BadCall("invalid_model", model=model)
    if "response_format" in fields or "style" in fields:
        raise BadCall("unsupported_option")
    quality = fields.get("quality", "auto")
    if quality not in QUALITIES:
        raise BadCall("unsupported_quality", quality=quality)
    width, height = _edges(fields.get("size", "auto"))
    for reference in references:
        if _size_of(reference) is None:
            raise BadCall("invalid_reference_image")
    if mask is not None and (not references or _size_of(mask) != _size_of(references[0])):
        raise BadCall("invalid_reference_image@mask")
    identifier = fields.get("safety_identifier")
    return Asked(
        model=model,
        prompt=prompt,
        n=_whole(fields.get("n", 1), 1, MAX_COUNT, "unsupported_count"),
        width=width,
        height=height,
        quality=str(quality),
        stream=fields.get("stream") in (True, "true"),
        partial_images=_whole(fields.get("partial_images", 0), 0, 3, "unsupported_option"),
        safety_identifier=identifier if isinstance(identifier, str) else None,
        references=references,
    )


def references_of(fields: Mapping[str, object]) -> tuple[bytes, ...]:
    """The pictures of a JSON edit call: `images: [{image_url: "data:..."}]`. Raises BadCall."""
    images = fields.get("images")
    if not isinstance(images, list) or not 1 <= len(images) <= 16:
        raise BadCall("invalid_reference_image")
    found = []
    for image in images:
        address = image.get("image_url") if isinstance(image, dict) else None
        if not isinstance(address, str) or not address.startswith("data:image/") or ";base64," not in address:
            raise BadCall("invalid_reference_image")
        try:
            found.append(base64.b64decode(address.split(",", 1)[1], validate=True))
        except (binascii.Error, ValueError):
            raise BadCall("invalid_reference_image") from None
    return tuple(found)


def _edges(size: object) -> tuple[int, int]:
    if size == "auto":
        return 1024, 1024
    match = _SIZE.fullmatch(size) if isinstance(size, str) else None
    if match is None:
        raise BadCall("unsupported_size@values", size=size)
    width, height = int(match[1]), int(match[2])
    if min(width, height) < MIN_EDGE or max(width, height) > MAX_EDGE or width * height > MAX_PIXELS:
        raise BadCall("unsupported_size", size=size)
    return width, height


def _whole(value: object, low: int, high: int, refusal: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadCall(refusal, n=value)
    return value


def _size_of(raw: bytes) -> tuple[int, int] | None:
    """Width and height of a picture that OpenAI takes; None for anything else."""
    try:
        with Image.open(io.BytesIO(raw), formats=("PNG", "JPEG", "WEBP")) as opened:
            return opened.size if opened.size[0] * opened.size[1] <= 4 * MAX_PIXELS else None
    except Exception:  # Pillow's readers raise anything
        return None
