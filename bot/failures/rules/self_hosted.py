"""Self-hosted servers: AUTOMATIC1111, diffusers, ComfyUI, stable-diffusion.cpp, Hugging Face endpoints."""

from __future__ import annotations

from bot.domain.kinds import Kind
from bot.failures.rules.rule import Rule, words

STRUCTURE: tuple[Rule, ...] = (
    Rule(
        Kind.SERVER_ERROR,
        "github.com/AUTOMATIC1111/stable-diffusion-webui issues",
        words=words("out of memory / outofmemory / oom-kill / cuda error / mps backend"),
        family="self_hosted",
    ),
    Rule(
        Kind.SAFETY_PROMPT,
        "servers that check the prompt",
        words=words("nsfw", "in prompt / input prompt / your prompt / the prompt"),
        family="self_hosted",
    ),
    Rule(
        Kind.SAFETY_OUTPUT,
        "diffusers safety_checker",
        words=words("nsfw", "detected / flagged / filtered / contain"),
        never=("parameter", "unknown", "unrecognized"),
        family="self_hosted",
    ),
    Rule(Kind.OVERLOADED, "huggingface.co/docs/api-inference: a cold model", keys=frozenset({"estimatedtime"}), family="huggingface"),
)
