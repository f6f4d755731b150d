"""Views of the guide that only one member sees: which template to start from, and the finished wording before it's sent."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.views import ActionName, Button, ButtonStyle, Fact, Pressers, Tone, View
from bot.ledger.template_rows import PromptDraft, PromptTemplate
from bot.prompts.lint_words import hints
from bot.prompts.parts import parse_wording
from bot.texts import text

MOST_OFFERED = 24
"""Buttons for templates, beside the one for none."""


def choose_view(templates: Sequence[PromptTemplate], empty_row: str) -> View:
    """A community's templates, each with a button that opens the form filled in."""
    own = tuple(Button(ActionName.GUIDE, one.id, one.name, opens_form=True) for one in templates[:MOST_OFFERED])
    plain = Button(ActionName.GUIDE, empty_row, text("guide.without_template"), ButtonStyle.PRIMARY, opens_form=True)
    return View(title=text("guide.choose"), text=(text("guide.choose_how"),), buttons=(*own, plain), final=True)


def wording_view(draft: PromptDraft, price: Sequence[str]) -> View:
    """The wording as it will be sent, what it would cost, and the choices."""

    def button(action: ActionName, label: str, style: ButtonStyle = ButtonStyle.PLAIN, *, opens_form: bool = False) -> Button:
        return Button(action, draft.id, text(label), style, opens_form, Pressers(only=draft.person))

    fields = [button(ActionName.GUIDE, "button.guide_fields", opens_form=True)] if parse_wording(draft.wording) is not None else []
    return View(
        title=text("guide.ready"),
        text=(*(text("hint.line", hint=text(f"hint.{name}")) for name in hints(draft.wording)), *price),
        quote=draft.wording,
        facts=(Fact(text("guide.template"), draft.template),) if draft.template else (),
        buttons=(
            button(ActionName.GUIDE_SEND, "button.guide_send", ButtonStyle.PRIMARY),
            button(ActionName.GUIDE_SEND_PRIVATE, "button.guide_send_private"),
            button(ActionName.GUIDE_WORDING, "button.guide_wording", opens_form=True),
            *fields,
            button(ActionName.GUIDE_DROP, "button.guide_drop"),
        ),
        tone=Tone.NEUTRAL,
        final=True,
    )
