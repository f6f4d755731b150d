"""Gemini's native `generateContent`. Its OpenAI-compatible route hides why a picture is missing; this one states it.

Source: ai.google.dev/api/generate-content and google-genai 3.4.0, types.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.attachments import ReferenceLimits
from bot.domain.outcome import Applied, Usage
from bot.providers.answer import Item, ParsedAnswer, applied_of, token_count
from bot.providers.api import HttpCall, ImageApi, edges_of, nearest_ratio
from bot.providers.body import BodyReader
from bot.providers.port import Call

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_TIERS = ((1536, None), (3072, "2K"))
"""(maximum longer edge, tier); None is the service's own 1K, which older models have no name for."""


class GeminiApi(ImageApi):
    """One picture per call: the API has no parameter for more."""

    name = "gemini"
    max_count = 1
    # A whole request may have 20 MB, and base64 adds a third.
    carries = frozenset({"size"})
    references = ReferenceLimits(count=14, mask=False, max_bytes=4 * 1024 * 1024, total_bytes=14 * 1024 * 1024)

    def auth(self, key: str) -> dict[str, str]:
        return {"x-goog-api-key": key}

    def generate(self, call: Call, base_path: str) -> HttpCall:
        config: dict[str, object] = {"responseModalities": ["IMAGE"]}
        image = {} if "size" in call.leave_out else _image_config(call.size)
        if image:
            config["imageConfig"] = image
        pictures = [{"inlineData": {"mimeType": one.media_type, "data": one.base64}} for one in call.pictures]
        body = {"contents": [{"role": "user", "parts": [*pictures, {"text": call.prompt}]}], "generationConfig": config}
        model = quote(call.model.removeprefix("models/"), safe="")
        return HttpCall("POST", f"/models/{model}:generateContent", body=body)

    def read(self, value: Any, headers: Mapping[str, str], body: BodyReader) -> ParsedAnswer:
        value = _as_one(value)
        parts = [part for part in _parts(value) if part.get("thought") is not True]
        return ParsedAnswer(
            items=tuple(item for part in parts if (item := _item(part)) is not None),
            usage=_usage(value),
            applied=applied_of({"model": value.get("modelVersion")}) if isinstance(value, dict) else Applied(),
            left_over=_without(value),
        )


def _image_config(size: str) -> dict[str, object]:
    edges, ratio = edges_of(size), nearest_ratio(size, RATIOS)
    if edges is None or ratio is None:
        return {}
    tier = next((name for edge, name in _TIERS if max(edges) <= edge), "4K")
    return {"aspectRatio": ratio, "imageSize": tier} if tier else {"aspectRatio": ratio}


def _as_one(value: Any) -> Any:
    """The answers of a stream, which proxies pass on as a list, as one."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return value
    merged = {name: inside for one in value for name, inside in one.items()}
    candidates = [candidate for one in value for candidate in _list(one, "candidates")]
    return {**merged, "candidates": candidates} if candidates else merged


def _item(part: Mapping[str, Any]) -> Item | None:
    """A part's picture: its bytes, or the URL of its file."""
    if (data := _inline_data(part)) is not None:
        return Item(base64=data)
    file: Mapping[str, Any] = next((part[name] for name in ("fileData", "file_data") if isinstance(part.get(name), dict)), {})
    address = file.get("fileUri", file.get("file_uri"))
    return Item(url=address) if isinstance(address, str) and address.strip() else None


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    for candidate in _list(value, "candidates"):
        content = candidate.get("content") if isinstance(candidate, dict) else None
        yield from (part for part in _list(content, "parts") if isinstance(part, dict))


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _inline_data(part: Mapping[str, Any]) -> str | None:
    for name in ("inlineData", "inline_data"):
        inline = part.get(name)
        if isinstance(inline, dict) and isinstance(inline.get("data"), str) and inline["data"].strip():
            return str(inline["data"])
    return None


def _usage(value: Any) -> Usage | None:
    metadata = value.get("usageMetadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict):
        return None
    out = [token_count(metadata.get(name)) for name in ("candidatesTokenCount", "thoughtsTokenCount")]
    known = [count for count in out if count is not None]
    usage = Usage(token_count(metadata.get("promptTokenCount")), sum(known) if known else None)
    return None if usage == Usage() else usage


def _without(value: Any) -> Any:
    """The answer without its pictures: finish reasons, feedback and text, which explain a missing one."""
    if isinstance(value, list):
        return [_without(child) for child in value if not (isinstance(child, dict) and _inline_data(child) is not None)]
    if isinstance(value, dict):
        return {name: _without(child) for name, child in value.items()}
    return value
