"""OpenRouter's list of image models and their records, as it documents them (docs/guides/overview/multimodal/image-generation, 2026-11)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.asked import MODELS

_TIERS = {"type": "enum", "values": ["1K", "2K", "4K"]}
_OWN = {"n": {"type": "range", "min": 1, "max": 10}, "quality": {"type": "enum", "values": ["low", "medium", "high"]}}
_FULL: Mapping[str, object] = {**_OWN, "resolution": _TIERS, "input_references": {"type": "range", "min": 0, "max": 8}}
_SMALL: Mapping[str, object] = {"n": {"type": "range", "min": 1, "max": 2}, "resolution": _TIERS, "seed": {"type": "boolean"}}
OPENROUTER: Mapping[str, tuple[tuple[Mapping[str, object], ...], float]] = {
    **{f"openai/{name}": ((_FULL,), 0.0411) for name in MODELS},
    "bytedance-seed/seedream-4.5": ((_SMALL, {**_SMALL, "n": {"type": "range", "min": 1, "max": 4}}), 0.04),
}
"""Model -> what each of its endpoints takes, and the dollars of a picture."""


def openrouter_entry(name: str) -> dict[str, object]:
    """A model in the list: everything that any endpoint takes, and no price."""
    endpoints, _ = OPENROUTER[name]
    union = {key: value for one in endpoints for key, value in one.items()}
    return {
        "id": name,
        "name": name.rpartition("/")[2],
        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["image"]},
        "supported_parameters": union,
        "supports_streaming": False,
        "endpoints": f"/api/v1/images/models/{name}/endpoints",
    }


def openrouter_record(name: str) -> dict[str, object]:
    """A model's record: what each endpoint takes and charges."""
    endpoints, dollars = OPENROUTER[name]
    price = [{"billable": "output_image", "unit": "image", "cost_usd": dollars}]
    return {
        "id": name,
        "endpoints": [{"provider_name": "Sandbox", "supported_parameters": dict(one), "pricing": price} for one in endpoints],
    }
