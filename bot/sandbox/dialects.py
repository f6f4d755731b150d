"""Dialects of OpenAI's Images API on the sandbox's port, each below its own path: their field names, refusals and answers.

Sources as in the client's table: vercel/ai packages/xai, together 3.1.1, npm @openrouter/sdk 1.3.19, MicrosoftDocs/azure-ai-docs dall-e.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp.web import RequestKey

from bot.sandbox.asked import BadCall
from bot.sandbox.refusals import ErrorResponse

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class SandboxDialect:
    """One row: `translate` turns its fields into OpenAI's, or raises BadCall as the service would refuse them."""

    base: str
    """Base path for clients."""
    path: str
    """Path of the call, relative to `base`."""
    translate: Callable[[Fields], Fields]
    container: str = "data"
    """Name of the list of pictures in an answer."""
    by_address: bool = False
    """Pictures come as addresses."""
    cost: float | None = None
    """Dollars per picture, stated as `usage.cost`."""
    refused: Mapping[str, ErrorResponse] = field(default_factory=dict)
    """Error responses that differ from OpenAI's."""


DIALECT: RequestKey[SandboxDialect] = RequestKey("dialect", SandboxDialect)
"""Where a request keeps the dialect that it's in."""


def _xai(fields: Fields) -> Fields:
    _refuse(fields, "size", "quality")
    return _without(fields, "response_format")


def _together(fields: Fields) -> Fields:
    _refuse(fields, "size", "quality")
    if fields.get("response_format") not in ("base64", "url", None):
        raise BadCall("unsupported_option")
    size = {"size": f"{fields['width']}x{fields['height']}"} if "width" in fields and "height" in fields else {}
    return {**_without(fields, "response_format", "width", "height"), **size}


def _siliconflow(fields: Fields) -> Fields:
    _refuse(fields, "size", "n", "quality", "response_format")
    renamed = {"size": fields.get("image_size", "1024x1024"), "n": fields.get("batch_size", 1)}
    if not isinstance(renamed["n"], int) or renamed["n"] > 4:
        raise BadCall("unsupported_count", n=renamed["n"])
    return {**_without(fields, "image_size", "batch_size"), **renamed}


def _azure(fields: Fields) -> Fields:
    _refuse(fields, "model", "response_format")
    return {"model": "gpt-image-2", **fields}


def _same(fields: Fields) -> Fields:
    _refuse(fields, "response_format")
    return fields


def _refuse(fields: Fields, *names: str) -> None:
    if any(name in fields for name in names):
        raise BadCall("unsupported_option")


def _without(fields: Fields, *names: str) -> Fields:
    return {name: value for name, value in fields.items() if name not in names}


_FILTERED = {"created": 1763700000, "error": {"code": "contentFilter", "message": "Your task failed as a result of our safety system."}}
_FLAGGED = {"data": [{"url": "", "respect_moderation": False}]}
_OPENROUTER_FLAG = {"reasons": ["sexual"], "flagged_input": "hidden", "provider_name": "OpenAI", "model_slug": "openai/gpt-image-2"}
_OPENROUTER_WORDS = "Your chosen model requires moderation and your input was flagged"
_OPENROUTER_FLAGGED = {"error": {"code": 403, "message": _OPENROUTER_WORDS, "metadata": _OPENROUTER_FLAG}}
DIALECTS: Mapping[str, SandboxDialect] = {
    "xai": SandboxDialect(
        "/xai/v1",
        "/images/generations",
        _xai,
        refused={"safety_prompt": ErrorResponse(200, _FLAGGED), "safety_output": ErrorResponse(200, _FLAGGED)},
    ),
    "together": SandboxDialect("/together/v1", "/images/generations", _together),
    "siliconflow": SandboxDialect("/siliconflow/v1", "/images/generations", _siliconflow, container="images", by_address=True),
    "azure": SandboxDialect(
        "/azure/openai",
        "/deployments/{deployment}/images/generations",
        _azure,
        refused={"safety_prompt": ErrorResponse(400, _FILTERED), "safety_output": ErrorResponse(400, _FILTERED)},
    ),
    "openrouter": SandboxDialect(
        "/openrouter/api/v1",
        "/images",
        _same,
        cost=0.0411,
        refused={
            "safety_prompt": ErrorResponse(403, _OPENROUTER_FLAGGED),
            "billing_limit": ErrorResponse(
                402, {"error": {"code": 402, "message": "Insufficient credits. Add more at openrouter.ai/credits"}}
            ),
        },
    ),
}
