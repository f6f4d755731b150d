"""The buttons of a result."""

from __future__ import annotations

from bot.chat.views import ActionName, Button, ButtonStyle
from bot.domain.requests import Origin, Request, undrawn
from bot.messages.candidate_view import choice_buttons, is_choosing
from bot.messages.refusal_view import own_button
from bot.messages.request_facts import RequestFacts
from bot.texts import text


def result_buttons(facts: RequestFacts) -> tuple[Button, ...]:
    """Buttons of a result. All of them are its member's, except Report, which anybody may press."""
    request = facts.request
    not_right = own_button(request, ActionName.NOT_RIGHT, text("button.not_right"), opens_form=True)
    report = Button(ActionName.REPORT, request.id, text("button.report"), opens_form=True)
    if facts.candidates is not None and is_choosing(request, facts.candidates):
        return (*choice_buttons(request, facts.candidates.found), edit_button(request), not_right, report, delete_button(request))
    buttons = [own_button(request, ActionName.AGAIN, text("button.again"), ButtonStyle.PRIMARY), edit_button(request), not_right]
    if request.origin is Origin.SIMPLIFY:
        buttons.insert(0, own_button(request, ActionName.SIMPLIFY, text("button.add_back"), ButtonStyle.PRIMARY))
    if facts.others:
        buttons.append(own_button(request, ActionName.OTHERS, text("button.others")))
    rest = undrawn(request, sum(one.change is None for one in facts.pictures))
    if rest and not facts.tried_again:
        label = text("button.rest_one") if rest == 1 else text("button.rest", count=rest)
        buttons.append(own_button(request, ActionName.RETRY, label))
    if request.private and not request.published and not (facts.review is not None and facts.review.is_waiting):
        label = "button.ask_to_publish" if facts.asks_to_publish else "button.publish"
        buttons.append(own_button(request, ActionName.PUBLISH, text(label)))
    if facts.takes_pictures:
        buttons.append(own_button(request, ActionName.EDIT_PICTURE, text("button.edit_picture"), opens_form=True))
        buttons.append(own_button(request, ActionName.USE_AS_REFERENCE, text("button.use_reference"), opens_form=True))
    if facts.captions:
        buttons.append(own_button(request, ActionName.ADD_TEXT, text("button.add_text"), opens_form=True))
    buttons.append(own_button(request, ActionName.CROP, text("button.crop"), opens_form=True))
    return (*buttons, report, delete_button(request))


def delete_button(request: Request) -> Button:
    """Delete, with confirmation."""
    return own_button(request, ActionName.DELETE, text("button.delete"), ButtonStyle.DANGER)


def edit_button(request: Request) -> Button:
    return own_button(request, ActionName.EDIT, text("button.edit"), opens_form=True)
