"""Views of a changed picture that only its member sees: the preview, and the question about its text."""

from __future__ import annotations

from bot.chat.views import ActionName, Button, ButtonStyle, Fact, Pressers, Tone, View
from bot.domain.outcome import Picture
from bot.domain.picture_changes import ChangeKind, PictureChange
from bot.domain.requests import Request
from bot.messages.picture_view import draft_view
from bot.texts import text

_PRIVATE = frozenset({"secret", "phone", "email", "card", "account", "private"})


def preview_view(request: Request, draft_id: str, change: PictureChange, shown: Picture) -> View:
    caption = change.kind is ChangeKind.CAPTION
    seen = "private" if request.private and not request.published else "public"
    return View(
        title=text("change.ready_text" if caption else "change.ready_crop"),
        text=(*(() if caption else (text("change.safe_area"),)), text(f"change.use_{seen}"), text("change.made_with_ai")),
        pictures=(draft_view(request, change, shown),),
        buttons=(
            _button(request, draft_id, ActionName.USE_CHANGE, "button.use_change", ButtonStyle.PRIMARY),
            _again(request, draft_id, change.kind),
            _button(request, draft_id, ActionName.DROP_CHANGE, "button.drop_change"),
        ),
        tone=Tone.DONE,
        final=True,
    )


def question_view(request: Request, draft_id: str, reason: str, cleaned: str | None) -> View:
    """The finding about a caption's text, and the choices."""
    return View(
        title=text("change.asked"),
        text=(
            text("change.ask_private" if reason in _PRIVATE else "change.ask_words"),
            text("change.ask_what" if cleaned else "change.ask_what_without"),
        ),
        facts=(Fact(text("change.without"), cleaned),) if cleaned else (),
        buttons=(
            *([_button(request, draft_id, ActionName.DRAW_CLEANED, "button.draw_cleaned", ButtonStyle.PRIMARY)] if cleaned else []),
            _again(request, draft_id, ChangeKind.CAPTION),
            _button(request, draft_id, ActionName.DRAW_ANYWAY, "button.draw_anyway"),
            _button(request, draft_id, ActionName.DROP_CHANGE, "button.drop_change"),
        ),
        tone=Tone.WAITING,
        final=True,
    )


def _again(request: Request, draft_id: str, kind: ChangeKind) -> Button:
    if kind is ChangeKind.CAPTION:
        return _button(request, draft_id, ActionName.ADD_TEXT, "button.change_text", opens_form=True)
    return _button(request, draft_id, ActionName.CROP, "button.change_crop", opens_form=True)


def _button(
    request: Request, draft_id: str, action: ActionName, label: str, style: ButtonStyle = ButtonStyle.PLAIN, *, opens_form: bool = False
) -> Button:
    return Button(action, draft_id, text(label), style, opens_form, Pressers(only=request.person.id))
