"""Generator of docs/failures.md: every failure as the member sees it, rendered by the same code as in chat."""

from __future__ import annotations

from bot.chat.views import Audience
from bot.domain.case_states import CaseState, Standing
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, NOT_STARTED, SAFETY_REVIEWABLE, Action, Kind
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Person, Place, Request
from bot.messages.request_facts import RequestFacts
from bot.messages.request_view import render

PATH = "docs/failures.md"
NOW = 1_790_000_000.0


def page() -> str:
    """One section per kind: the final message, and what is shown while waiting for another try."""
    lines = [
        "# What members see when there is no picture",
        "",
        "Generated from the bot's own texts and views. For the operator's steps for each kind, see",
        "[troubleshooting.md](troubleshooting.md).",
        "",
    ]
    for kind in Kind:
        lines += [f"## {kind}", "", *_quoted(_view(kind, RequestState.ANSWERED))]
        if KINDS[kind].action is Action.GENERATE:
            lines += ["Before that, while it's waiting for another try:", "", *_quoted(_view(kind, RequestState.QUEUED))]
    return "\n".join(lines)


def _view(kind: Kind, state: RequestState) -> list[str]:
    rule = KINDS[kind]
    failure = Failure(rule.group, kind, rule.action, None, rule.who_can_fix, 1.0)
    final = state is RequestState.ANSWERED
    answer = (Answer.BLOCKED if kind in SAFETY_REVIEWABLE else Answer.FAILED) if final else None
    free = kind in NOT_STARTED
    request = Request(
        id="r",
        state=state,
        person=Person("ana", "Ana"),
        place=Place("web", "home", "imagine"),
        prompt="a red bicycle in the rain",
        fingerprint="",
        model="gpt-image-2",
        size="1024x1024",
        quality="medium",
        count=1,
        private=False,
        created_at=NOW,
        due_at=NOW if final else NOW + 20,
        deadline_at=NOW + 800,
        attempts=0 if free else 1,
        unbilled_tries=1 if free else 0,
        answer=answer,
        failure=failure,
    )
    view = render(RequestFacts(request, NOW, case=Standing(12, CaseState.OPEN) if kind in SAFETY_REVIEWABLE else None), Audience.CHANNEL)
    buttons = " ".join(f"[{button.label}]" for button in view.buttons)
    return [f"**{view.title}**", *view.text, buttons]


def _quoted(paragraphs: list[str]) -> list[str]:
    lines = [line for paragraph in paragraphs for line in (f"> {paragraph}", ">")]
    return [*lines[:-1], ""]
