"""What a member chose in the forms Add text and Crop, checked; pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField
from bot.domain.outcome import Picture
from bot.domain.picture_changes import AUTO, COLOURS, MAX_CHARACTERS, MAX_LINES, PARTS, PLACES, RATIOS, SIZES, ChangeKind, PictureChange
from bot.domain.requests import Request
from bot.messages.picture_view import picture_views
from bot.messages.refusal_view import change_problem
from bot.prompts.normalise import TextProblem, UnusableText, normalise
from bot.texts import text
from bot.texts.phrases import listed

KINDS = {ActionName.ADD_TEXT: ChangeKind.CAPTION, ActionName.CROP: ChangeKind.CROP}
MOST_PICTURES = 10
"""Of a request, with the changed ones: what a message shows on every platform."""
TYPED = 1000
"""Characters of a text that are looked at; more than can be drawn, so that the answer can name the number."""
_HEX = re.compile(r"#?[0-9a-f]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChangeProblem:
    """Why a change can't be made; `reason` is a key below `change.problem_` in the texts."""

    reason: str
    value: str = ""

    @property
    def sentence(self) -> str:
        """The problem, and what to do about it."""
        return change_problem(self.reason, self.value, allowed=listed(list(RATIOS)))


@dataclass(frozen=True, slots=True)
class WantedChange:
    change: PictureChange
    replaces: str
    """Hash of the picture whose place the new one takes; empty if it's shown after all others."""


def wanted_of(found: Sequence[Picture], kind: ChangeKind, values: Mapping[str, str]) -> WantedChange | ChangeProblem | None:
    """Parse a submitted form. None if there's no picture with that number.

    A picture that the same kind of change made is made again from its source and replaced, so that its text is corrected and not drawn
    over. Any other change adds a picture.
    """
    number = values.get("picture") or "1"
    if not (number.isascii() and number.isdigit() and len(number) < 3 and 1 <= int(number) <= len(found)):
        return None
    chosen = found[int(number) - 1]
    again = chosen.change is not None and chosen.change.kind is kind
    before = chosen.change or PictureChange(kind, "")
    start = dataclasses.replace(before, kind=kind, source=before.source if again else chosen.sha256)
    made = _caption(start, values) if kind is ChangeKind.CAPTION else _crop(start, values)
    if isinstance(made, ChangeProblem):
        return made
    if not again and len(found) >= MOST_PICTURES:
        return ChangeProblem("full")
    return WantedChange(made, chosen.sha256 if again else "")


def caption_lines(typed: str) -> str | ChangeProblem:
    """A text as it will be drawn: up to three lines."""
    try:
        words = normalise(typed[:TYPED])
    except UnusableText as error:
        return ChangeProblem("unreadable" if error.problem is TextProblem.SURROGATE else "empty")
    lines = [" ".join(line.split()) for line in words.split("\n") if line.strip()]
    if len(lines) > MAX_LINES:
        return ChangeProblem("lines", str(len(lines)))
    if (length := sum(map(len, lines))) > MAX_CHARACTERS:
        return ChangeProblem("characters", str(length) if len(typed) <= TYPED else f"{len(typed):,}")
    return "\n".join(lines)


def _caption(start: PictureChange, values: Mapping[str, str]) -> PictureChange | ChangeProblem:
    drawn = caption_lines(values.get("text", ""))
    if isinstance(drawn, ChangeProblem):
        return drawn
    place, size = values.get("place") or AUTO, values.get("size") or AUTO
    if place != AUTO and place not in PLACES:
        return ChangeProblem("place", place)
    if size not in SIZES:
        return ChangeProblem("size", size)
    colour = _colour(values.get("colour", ""))
    if colour is None:
        return ChangeProblem("colour", values["colour"].strip())
    return dataclasses.replace(start, text=drawn, place=place, size=size, colour=colour)


def _colour(typed: str) -> str | None:
    """`#rrggbb`; empty for an automatic one, None for what is none."""
    name = typed.strip().lower().replace("gray", "grey")
    if name in ("", AUTO):
        return ""
    return COLOURS.get(name) or (f"#{name.removeprefix('#')}" if _HEX.fullmatch(name) else None)


def _crop(start: PictureChange, values: Mapping[str, str]) -> PictureChange | ChangeProblem:
    ratio, part = values.get("ratio", ""), values.get("part") or "middle"
    if ratio not in RATIOS:
        return ChangeProblem("ratio", ratio)
    if part not in PARTS:
        return ChangeProblem("part", part)
    return dataclasses.replace(start, ratio=ratio, part=part)


def change_form(action: ActionName, row: str, request: Request, found: Sequence[Picture], draft: WantedChange | None) -> Form:
    """The form, filled with a draft's values, or with those of the last picture that was changed like this."""
    kind = KINDS[action]
    made = [(number, one.change) for number, one in enumerate(found, 1) if one.change is not None and one.change.kind is kind]
    number, change = made[-1] if made else (1, PictureChange(kind, ""))
    if draft is not None:
        start = draft.replaces or draft.change.source
        number, change = next((n for n, one in enumerate(found, 1) if one.sha256 == start), number), draft.change
    fields = _caption_fields(change) if kind is ChangeKind.CAPTION else _crop_fields(change)
    if len(found) > 1:
        again = {place for place, _ in made}
        choices = tuple(
            Choice(str(n), text(f"change.which_{kind.value if n in again else 'original'}", number=n)) for n in range(1, len(found) + 1)
        )
        fields = (FormField("picture", text("form.picture"), FieldKind.CHOICE, value=str(number), choices=choices), *fields)
    name = "text" if kind is ChangeKind.CAPTION else "crop"
    return Form(
        action,
        row,
        text(f"change.{name}_title"),
        fields,
        text(f"change.{name}_submit"),
        text(f"change.{name}_form"),
        pictures=picture_views(request, found),
    )


def _caption_fields(change: PictureChange) -> tuple[FormField, ...]:
    places = (Choice(AUTO, text("change.auto")), *(Choice(one, text(f"change.{one.replace('-', '_')}")) for one in PLACES))
    sizes = tuple(Choice(one, text("change.auto" if one == AUTO else f"change.size_{one}")) for one in SIZES)
    colour = next((name for name, value in COLOURS.items() if value == change.colour), change.colour) or AUTO
    return (
        FormField("text", text("change.text"), FieldKind.PARAGRAPH, change.text, max_length=TYPED, hint=text("change.text_hint")),
        FormField("place", text("change.place"), FieldKind.CHOICE, change.place, places),
        FormField("size", text("change.size"), FieldKind.CHOICE, change.size, sizes),
        FormField("colour", text("change.colour"), FieldKind.LINE, colour, required=False, max_length=20, hint=text("change.colour_hint")),
    )


def _crop_fields(change: PictureChange) -> tuple[FormField, ...]:
    ratios = tuple(Choice(one, text(f"change.ratio_{one.replace(':', '_').replace('.', '_')}")) for one in RATIOS)
    parts = tuple(Choice(one, text(f"change.part_{one}")) for one in PARTS)
    return (
        FormField("ratio", text("change.ratio"), FieldKind.CHOICE, change.ratio or next(iter(RATIOS)), ratios),
        FormField("part", text("change.part"), FieldKind.CHOICE, change.part, parts),
    )
