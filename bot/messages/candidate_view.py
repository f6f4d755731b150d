"""Views after a result was rejected: what can be done about it, candidates to pick from, and those that weren't picked."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.views import ActionName, Button, ButtonStyle, PictureView, Pressers, Tone, View
from bot.domain.rejections import KEPT_ASIDE, Candidate, Candidates, Rejected, RejectionReason
from bot.domain.requests import Request
from bot.messages.picture_view import numbered_view, sheet_view
from bot.messages.refusal_view import own_button
from bot.texts import text
from bot.texts.phrases import moment


@dataclass(frozen=True, slots=True)
class Remedies:
    """What can be done about a rejected result here."""

    price: str
    """What candidates cost, as a sentence."""
    captions: bool = False
    crop: bool = True
    simplify: bool = False
    """There are details that may lead the picture astray, to leave out."""


def rejected_view(request: Request, rejection: Rejected, offered: Remedies) -> View:
    """What the reason calls for, with its price; what is free comes first."""
    reason = rejection.reason
    buttons: list[Button] = []
    if reason is RejectionReason.CROP and offered.crop:
        buttons.append(own_button(request, ActionName.CROP, text("button.crop"), opens_form=True))
    label = "button.clean_background" if reason is RejectionReason.TEXT else "button.candidates"
    buttons.append(own_button(request, ActionName.CANDIDATES, text(label), opens_form=True))
    if reason is RejectionReason.TEXT and offered.captions:
        buttons.append(own_button(request, ActionName.ADD_TEXT, text("button.add_text"), opens_form=True))
    buttons[0] = dataclasses.replace(buttons[0], style=ButtonStyle.PRIMARY)
    key = f"rejected.{reason.value}"
    if reason is RejectionReason.TEXT and not offered.captions:
        key = "rejected.text_without"
    if reason is RejectionReason.CROP and not offered.crop:
        key = "rejected.composition"
    lines = [text(key), offered.price]
    if offered.simplify and reason not in (RejectionReason.TEXT, RejectionReason.CROP):
        buttons.append(own_button(request, ActionName.SIMPLIFY, text("button.simplify")))
        lines.append(text("rejected.simplify"))
    return View(title=text("rejected.title"), text=tuple(lines), buttons=tuple(buttons), tone=Tone.NEUTRAL, final=True)


def is_choosing(request: Request, candidates: Candidates | None) -> bool:
    return candidates is not None and len(candidates.found) > 1 and not request.picked


def choice_pictures(request: Request, candidates: Candidates) -> tuple[PictureView, ...]:
    """The contact sheet, if it's made, then the candidates."""
    sheet = () if candidates.sheet is None else (sheet_view(request, candidates.sheet, len(candidates.found)),)
    return (*sheet, *(numbered_view(request, one) for one in candidates.found))


def choice_buttons(request: Request, found: Sequence[Candidate]) -> tuple[Button, ...]:
    return tuple(_pick(request, one) for one in found)


def others_view(request: Request, found: Sequence[Candidate], since: float) -> View:
    """Candidates that weren't picked, for their member alone."""
    return View(
        title=text("candidates.others_title"),
        text=(text("candidates.others_how", until=moment(since + KEPT_ASIDE)), text("change.made_with_ai")),
        pictures=tuple(numbered_view(request, one) for one in found),
        buttons=choice_buttons(request, found),
        tone=Tone.NEUTRAL,
        final=True,
    )


def _pick(request: Request, one: Candidate) -> Button:
    return Button(ActionName.PICK, one.id, text("button.pick", number=one.number), pressers=Pressers(only=request.person.id))
