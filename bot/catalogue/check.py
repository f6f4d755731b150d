"""Validation of a member's request against the model, before any money is spent.

Returns the request in the provider's spelling, or the first wrong value with the allowed ones. Pure; the sentences are in `bot.texts`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from bot.catalogue.model import AUTO, Model
from bot.catalogue.sizes import accepts, nearest, read
from bot.domain.kinds import Kind

_BLANK_LOOKING = frozenset("\u2800\u3164\u115f\u1160\uffa0")
"""Characters that show nothing but survive `str.strip`; a prompt made of them is empty."""
_MAX_ECHO = 40
_MAX_COUNT_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid request, as it will be sent."""

    size: str
    quality: str
    count: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A value that the model doesn't accept. `kind` is the kind that the provider's own error would have."""

    kind: Kind
    value: str
    """The requested value, cut to 40 characters; for a long prompt, its length."""
    allowed: tuple[str, ...]
    """Allowed values: the popular sizes if any size can be typed, both ends of a numeric range, or a single maximum length."""
    nearest: str | None
    """The allowed value to offer as a button; None if there is none, as for a long prompt."""
    tier: str = ""
    """Name of the member's tier, if that is what doesn't allow it (`bot.requests.tiers`)."""


def check(model: Model, prompt: str, size: str | None, quality: str | None, count: int | str | None) -> Checked | Problem:
    """The request as it will be sent, or the first problem. None means the model's default."""
    if is_empty(prompt):
        return Problem(Kind.PROMPT_EMPTY, "", (), None)
    if len(prompt) > model.prompt_max_chars:
        return Problem(Kind.PROMPT_TOO_LONG, str(len(prompt)), (str(model.prompt_max_chars),), None)
    wanted_size = check_size(model, size)
    if isinstance(wanted_size, Problem):
        return wanted_size
    wanted_quality = check_quality(model, quality)
    if isinstance(wanted_quality, Problem):
        return wanted_quality
    wanted_count = check_count(model, count)
    if isinstance(wanted_count, Problem):
        return wanted_count
    return Checked(wanted_size, wanted_quality, wanted_count)


def is_empty(prompt: str) -> bool:
    """Whether the prompt has no visible character."""
    return all(char in _BLANK_LOOKING or unicodedata.category(char)[0] in "CZ" for char in prompt)


def check_size(model: Model, size: str | None) -> str | Problem:
    """Validate the size. Returns the provider's spelling: `1536x1024` or `auto`."""
    if size is None or not size.strip():
        return model.sizes.default
    wanted = read(size, model.sizes)
    if wanted == AUTO:
        return AUTO
    if not isinstance(wanted, tuple):
        return Problem(Kind.UNSUPPORTED_SIZE, size[:_MAX_ECHO], model.sizes.popular, model.sizes.default)
    if accepts(model.sizes, *wanted):
        return "{}x{}".format(*wanted)
    near, popular = nearest(model.sizes, *wanted), model.sizes.popular
    # A button offers the nearest one, so it is among the possible ones.
    return Problem(Kind.UNSUPPORTED_SIZE, size[:_MAX_ECHO], popular if near in popular else (near, *popular), near)


def check_quality(model: Model, quality: str | None) -> str | Problem:
    """Validate the quality. Returns the provider's spelling."""
    wanted = (quality or "").strip().casefold()
    if not wanted:
        return model.default_quality
    if wanted in model.qualities:
        return wanted
    return Problem(Kind.UNSUPPORTED_QUALITY, wanted[:_MAX_ECHO], model.qualities, _nearest_quality(model, wanted))


def check_count(model: Model, count: int | str | None) -> int | Problem:
    typed = "" if count is None else str(count).strip()
    if not typed:
        return max(1, model.min_count)
    allowed = (str(model.min_count), str(model.max_count))
    negative = typed.startswith("-")
    digits = typed[1:] if negative else typed
    # isdigit() is also true for superscripts and other scripts' digits, which int() rejects or misreads.
    if not (digits.isascii() and digits.isdigit()):
        return Problem(Kind.UNSUPPORTED_COUNT, typed[:_MAX_ECHO], allowed, str(model.min_count))
    number = int(digits[:_MAX_COUNT_DIGITS]) * (-1 if negative else 1)
    if model.min_count <= number <= model.max_count:
        return number
    return Problem(Kind.UNSUPPORTED_COUNT, typed[:_MAX_ECHO], allowed, str(min(max(number, model.min_count), model.max_count)))


_OLD_NAMES = {"standard": "medium", "hd": "high", "best": "high", "draft": "low", "normal": "medium", "xhigh": "high", "max": "high"}
"""Names used by other models and by people -> the closest quality here."""


def _nearest_quality(model: Model, wanted: str) -> str:
    near = _OLD_NAMES.get(wanted, model.default_quality)
    return near if near in model.qualities else model.default_quality
