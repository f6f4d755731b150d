"""What a member chose: options from the form, the command and the end of the typed line, and the model among those offered. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.catalogue.check import Problem
from bot.catalogue.model import Model
from bot.catalogue.sizes import edges, nearest
from bot.domain.kinds import Kind
from bot.domain.refusal import Refusal
from bot.prompts.inline_options import read
from bot.prompts.normalise import says_something
from bot.requests.rules import Rules

_EDGES = {"1k": 1024, "2k": 2048, "4k": 3840}
"""Longer edge of a tier, in pixels."""
_CAPTION = re.compile(r"\s*[,;，、；\n]\s*caption\s*[:：=]\s*(?P<words>\S.*)\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Choices:
    """Options as typed; None for those left to the defaults."""

    prompt: str
    size: str | None = None
    tier: str | None = None
    quality: str | None = None
    count: int | str | None = None
    model: str | None = None
    caption: str = ""
    """Text to draw on the pictures."""

    def size_for(self, model: Model) -> str | None:
        """The size for a model: `16:9` with `2k` is the nearest one whose longer edge has 2048 pixels."""
        if self.tier is None:
            return self.size
        across, _, down = (self.size or "").partition(":")
        width, height = (int(across), int(down)) if down and int(across) and int(down) else edges(model.sizes.default)
        scale = _EDGES[self.tier] / max(width, height)
        return nearest(model.sizes, round(width * scale), round(height * scale))


def combined(prompt: str, typed: Mapping[str, Any], *, captions: bool = False) -> Choices | Refusal:
    """The options beside the prompt and those at its end; a Refusal if two of them contradict each other, or if the prompt is punctuation
    alone. `captions`: text can be drawn here, so a typed line may end in `caption: the words`."""
    caption = str(typed.get("caption") or "")
    if captions and typed.get("inline") and not caption and (found := _CAPTION.search(prompt)) and prompt[: found.start()].strip():
        prompt, caption = prompt[: found.start()].strip(), found["words"].strip()
    chosen = _combined(prompt, typed)
    if isinstance(chosen, Refusal):
        return chosen
    return dataclasses.replace(chosen, caption=caption) if says_something(chosen.prompt) else Refusal("prompt_empty")


def _combined(prompt: str, typed: Mapping[str, Any]) -> Choices | Refusal:
    beside = {name: typed.get(name) or None for name in ("size", "quality", "count", "model")}
    inline = read(prompt) if typed.get("inline") else None
    if inline is None or (not inline.values and inline.conflict is None):
        return _choices(prompt, beside)
    conflict = inline.conflict
    found = dict(inline.values)
    found["size"] = found.pop("ratio", "") or found.get("size", "")
    for name, other in beside.items():
        value = found.get(name)
        if value and other and str(other).casefold().replace("×", "x") != value.casefold():
            conflict = conflict or (value, str(other))
    if conflict is not None:
        return Refusal("options_conflict", {"one": conflict[0][:40], "other": conflict[1][:40]})
    if found.get("tier") and beside["size"] and ":" not in str(beside["size"]):
        return Refusal("options_conflict", {"one": found["tier"], "other": str(beside["size"])[:40]})
    merged = {name: found.get(name) or other for name, other in beside.items()}
    return dataclasses.replace(_choices(inline.prompt, merged), tier=found.get("tier"))


def _choices(prompt: str, given: Mapping[str, Any]) -> Choices:
    return Choices(prompt, size=given["size"], quality=given["quality"], count=given["count"], model=given["model"])


def offered(own: Mapping[str, object], rules: Rules) -> Sequence[str]:
    """Models that members of a community may choose; its administrators may have narrowed the operator's list."""
    names = list(rules.models) or [rules.model.id]
    narrowed = own.get("models")
    kept = [name for name in names if name in narrowed] if isinstance(narrowed, list) else []
    return kept or names


def chosen_model(typed: str | None, own: Mapping[str, object], rules: Rules) -> str | Problem:
    """The model of a request: the one that it names, by its name or a part that only one has; otherwise the default."""
    names = offered(own, rules)
    default = rules.model.id if rules.model.id in names else names[0]
    wanted = (typed or "").strip().casefold()
    if not wanted:
        return default
    exact = [name for name in names if name.casefold() == wanted]
    fitting = exact or [name for name in names if wanted in name.casefold()]
    return (
        fitting[0]
        if len(fitting) == 1
        else Problem(Kind.INVALID_MODEL, (typed or "")[:40], tuple(names), default, str(own.get("tier") or ""))
    )
