"""Views of the question about a held prompt. The question quotes private data, so only the member sees it; everyone else sees that there is
one."""

from __future__ import annotations

import dataclasses

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import About, ActionName, Audience, Button, ButtonStyle, Fact, Pressers, Tone, View
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Request
from bot.ledger import message_rows, request_rows
from bot.ledger.store import Tx
from bot.texts import has, text


def ask_member(tx: Tx, request: Request) -> None:
    """Send the question to the member. Messages of private requests are already visible only to them and contain it."""
    if not request.private:
        message_rows.want(tx, f"question:{request.id}", Audience.MEMBER, request.place, request.person.id)


def project_question(connection: Connection, message: Message, now: float) -> View | None:
    """Projection of `question:<request id>`: open, answered or closed."""
    request = request_rows.get(connection, message.subject.partition(":")[2])
    if request is None:
        return None
    about = About(f"request:{request.id}", text("held.about"))
    if request.state is RequestState.AWAITING_MEMBER and not request.deleted:
        return dataclasses.replace(question(request), final=True, about=about)
    reason = f"refusal.{request.refusal.reason if request.refusal is not None else None}"
    said = text(reason) if request.state is RequestState.REFUSED and has(reason) else text("held.answered")
    return View(title=text("held.over"), text=(said,), final=True, about=about, amends=True)


def question(request: Request) -> View:
    """The finding and the choices; for the member only."""
    held = request.refusal or Refusal("")
    cleaned, uploads = held.cleaned or "", held.reason.startswith("uploads_")
    what_now = "held.what_now_uploads" if uploads else "held.what_now" if cleaned else "held.what_now_without"

    def button(action: ActionName, label: str, style: ButtonStyle = ButtonStyle.PLAIN, *, opens_form: bool = False) -> Button:
        return Button(action, request.id, text(label), style, opens_form, Pressers(only=request.person.id))

    return View(
        title=text("request.held"),
        text=(text(f"held.{held.reason}"), text(what_now)),
        facts=(Fact(text("held.cleaned"), cleaned),) if cleaned else (),
        buttons=(
            *([button(ActionName.SEND_CLEANED, "button.send_cleaned", ButtonStyle.PRIMARY)] if cleaned else []),
            *([button(ActionName.SEND_ANYWAY, "button.send_uploads", ButtonStyle.PRIMARY)] if uploads else []),
            button(ActionName.EDIT, "button.edit", ButtonStyle.PLAIN if cleaned or uploads else ButtonStyle.PRIMARY, opens_form=True),
            *([] if uploads else [button(ActionName.SEND_ANYWAY, "button.send_anyway")]),
            button(ActionName.DISCARD, "button.discard", ButtonStyle.DANGER),
        ),
        tone=Tone.WAITING,
        mention=request.person.id,
    )


def asked(request: Request) -> View:
    """What everyone else sees: neither the prompt nor the finding."""
    return View(
        title=text("held.asked", person=request.person.name or request.person.id),
        text=(text("held.asked_text"),),
        buttons=(Button(ActionName.SHOW, request.id, text("button.see_question"), pressers=Pressers(only=request.person.id)),),
        tone=Tone.WAITING,
    )
