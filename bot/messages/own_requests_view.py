"""View of /imagine-show: a member's latest requests, each with a button that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.views import ActionName, Button, Fact, Tone, View
from bot.domain.requests import Request
from bot.texts import joined, text
from bot.texts.direction import isolate
from bot.texts.phrases import moment

SHOWN = 80
"""Characters of a prompt in the list."""


def own_requests(own: Sequence[Request]) -> View:
    """The list, newest first."""
    if not own:
        return View(title=text("show.none"), text=(text("show.none_why"),), final=True)
    facts = tuple(_line(number, request) for number, request in enumerate(own, 1))
    buttons = tuple(Button(ActionName.SHOW, one.id, text("button.show", number=number)) for number, one in enumerate(own, 1))
    return View(title=text("show.title"), text=(text("show.how"),), facts=facts, buttons=buttons, final=True)


def unknown_request() -> View:
    """For an id that doesn't exist or belongs to somebody else; both get the same words."""
    return View(title=text("show.unknown"), text=(text("show.unknown_why"),), tone=Tone.PROBLEM, final=True)


def _line(number: int, request: Request) -> Fact:
    state = request.answer.value if request.answer is not None else request.state.value
    words = " ".join(request.prompt.split())
    short = words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
    label = joined(" ", (f"{number}.", text(f"show.state_{state}")))
    return Fact(label, joined(" · ", (isolate(short), moment(request.created_at), request.id)))
