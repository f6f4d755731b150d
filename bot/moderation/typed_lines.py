"""What administrators type into the forms for templates and tiers: single lines, and lines such as `Style: watercolour`."""

from __future__ import annotations

from collections.abc import Sequence

from bot.moderation.community import WrongValue
from bot.prompts.normalise import UnusableText, normalise
from bot.texts import languages, say, text
from bot.texts.phrases import listed

_MOST = 10_000


def one_line(typed: str) -> str:
    """The text on one line, normalised; empty if nothing usable is left."""
    try:
        return " ".join(normalise(typed[:_MOST]).split())
    except UnusableText:
        return ""


def labelled(typed: str, names: Sequence[str], prefix: str) -> dict[str, str]:
    """Values by name, as typed. A line begins with a name or its label (the text `prefix` + name, in any language), then a colon.
    Raises WrongValue."""
    said = {say(text(f"{prefix}{name}"), language).casefold(): name for name in names for language in languages()}
    known = {**{name: name for name in names}, **said}
    found: dict[str, str] = {}
    for line in filter(str.strip, typed[:_MOST].splitlines()):
        label, colon, value = line.replace("：", ":", 1).partition(":")
        name = known.get(one_line(label).casefold())
        if name is None or not colon:
            allowed = listed([text(f"{prefix}{one}") for one in names])
            raise WrongValue(text("template.unknown_field", line=one_line(line)[:40], allowed=allowed))
        if name in found:
            raise WrongValue(text("template.twice", part=text(f"{prefix}{name}")))
        found[name] = value
    return found
