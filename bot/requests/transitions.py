"""All transitions of a request, each with its side effects: the row, its message, the wake-up.

`request` is the row as the caller read it. If its state or epoch has changed since, a transition changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.chat.views import Audience
from bot.domain.failure import Failure
from bot.domain.outcome import Pending
from bot.domain.refusal import Refusal
from bot.domain.request_states import REST_MISSING, Answer, RequestEvent, RequestState
from bot.domain.requests import Request
from bot.ledger import attempt_rows, memory_rows, message_rows, picture_rows, request_rows, sheet_rows
from bot.ledger.store import Tx
from bot.messages.question_view import ask_member
from bot.requests import books
from bot.requests.ready import notify_requester

CaseOpener = Callable[[Tx, Request, Failure], str | None]
"""Opens a case for moderators, or joins the member's existing one. Returns its id, or None if a bug prevented that; never raises. Passed in
by the composition root."""

DROPPED = "abandoned"
"""Reason for a command that its member saw fail: nothing is said, unless the platform accepts an acknowledgement later."""

BATCH = "batch"
"""Wake-up topic: a batch, one of whose requests has moved on."""
UNWANTED_TASK = "unwanted-task"
"""Wake-up topic: an attempt whose task is to be stopped at the service."""

CAPTION, CAPTION_DUE = "caption", "caption:"
"""Wake-up topic: a request whose pictures get a text; and the prefix of the memory key of one that doesn't have it yet."""
SHEET = "sheet"
"""Wake-up topic: a request whose candidates need a contact sheet."""


def show(tx: Tx, request: Request) -> None:
    """Update the request's message, visible only to the requester if private; an open question is closed. A picture of a batch has none of
    its own: the batch looks at it, and shows it."""
    if request.batch:
        tx.wake(BATCH, request.batch)
        return
    if request.state is RequestState.AWAITING_MEMBER:
        message_rows.bump(tx, f"question:{request.id}")
    if request.private:
        message_rows.want(tx, f"request:{request.id}", Audience.MEMBER, request.place, request.person.id)
        if request.published:
            message_rows.bump(tx, f"request:{request.id}")
    else:
        message_rows.want(tx, f"request:{request.id}", Audience.CHANNEL, request.place)


def queue(tx: Tx, request: Request, event: RequestEvent, due_at: float, **values: object) -> None:
    """Let it wait for the gate until at least `due_at`."""
    request_rows.move(tx, request, event, due_at=due_at, **values)
    show(tx, request)
    tx.wake("request", request.id, due_at)


def hold(tx: Tx, request: Request, question: Refusal, seconds: float, **values: object) -> None:
    """Ask the member before anything is sent."""
    until = tx.now + seconds
    request_rows.move(tx, request, RequestEvent.ASK_MEMBER, **{**values, "refusal": question, "deadline_at": until})
    show(tx, request)
    ask_member(tx, request)
    tx.wake("request", request.id, until)


def ask_again(tx: Tx, request: Request, question: Refusal, seconds: float) -> None:
    """Ask a further question about a request whose first one was answered."""
    until = tx.now + seconds
    request_rows.mark(tx, request.id, refusal=question, deadline_at=until)
    show(tx, request)
    tx.wake("request", request.id, until)


def refuse(tx: Tx, request: Request, refusal: Refusal, **values: object) -> None:
    """Refuse it before anything is sent."""
    request_rows.move(tx, request, RequestEvent.REFUSE, refusal=refusal, answered_at=tx.now, **values)
    show(tx, request)


def drop(tx: Tx, request: Request) -> None:
    """Drop a received request: its acknowledgement failed and the member saw that, so nothing is sent, and only a message that is already
    there says so."""
    request_rows.move(tx, request, RequestEvent.REFUSE, refusal=Refusal(DROPPED), answered_at=tx.now, prompt="")
    picture_rows.drop(tx, request.id)
    message_rows.bump(tx, f"request:{request.id}")


def end_waiting(tx: Tx, platform: str, community: str) -> int:
    """The bot was removed from a community: end what waits there, because nobody could be shown the pictures. Calls that are running end by
    themselves. Returns how many ended."""
    waiting = (RequestState.RECEIVED, RequestState.AWAITING_MEMBER, RequestState.QUEUED)
    everywhere = (one for state in waiting for one in request_rows.in_state(tx.connection, state))
    found = [one for one in everywhere if (one.place.platform, one.place.community) == (platform, community)]
    for one in found:
        if one.state is RequestState.QUEUED:
            answer(tx, one, RequestEvent.ANSWER, Answer.FAILED, refusal=Refusal("removed"), failure=None)
        else:
            refuse(tx, one, Refusal("removed"), prompt="")
    return len(found)


def collect(tx: Tx, request: Request, due_at: float, **values: object) -> None:
    """Poll the service's task at `due_at`."""
    request_rows.move(tx, request, RequestEvent.COLLECT, due_at=due_at, **values)
    show(tx, request)
    tx.wake("request", request.id, due_at)


def answer(tx: Tx, request: Request, event: RequestEvent, result: Answer, **values: object) -> Answer:
    """Give the final answer and show it. Returns it: the pictures of earlier parts, if there are any, whatever ended the request."""
    if request.settled:
        result, values = _with_earlier_parts(tx, request, result, values)
    moved = request_rows.move(tx, request, event, answer=result.value, answered_at=tx.now, **values)
    show(tx, request)
    if request.caption and result is Answer.PICTURES:
        memory_rows.remember(tx, CAPTION_DUE + request.id, tx.now)
        tx.wake(CAPTION, request.id)
    if request.candidates and result is Answer.PICTURES:
        sheet_rows.want(tx, request.id)
        tx.wake(SHEET, request.id)
    if moved:
        notify_requester(tx, request, result)
    return result


def _with_earlier_parts(tx: Tx, request: Request, result: Answer, values: dict[str, object]) -> tuple[Answer, dict[str, object]]:
    """The answer to a request of which some parts are finished, and why the rest is missing."""
    failure = values.get("failure") or request.part_failure
    if result in REST_MISSING and values.get("failure") is None:
        values = {**values, "refusal": Refusal(REST_MISSING[result])}
    if result is not Answer.PICTURES and picture_rows.of_request(tx.connection, request.id):
        result = Answer.PICTURES
    return result, {**values, "failure": failure}


def break_off(tx: Tx, request: Request, event: RequestEvent, result: Answer, **values: object) -> None:
    """Answer a request whose call is still running or may be; the epoch fences that call off."""
    attempt = attempt_rows.open_attempt_of(tx.connection, request.id)
    if attempt is not None:
        books.write_off(tx, attempt)
        if attempt.task_id is not None:
            stop_task(tx, attempt.id, Pending(attempt.task_id))
    answer(tx, request, event, result, epoch=request.epoch + 1, **values)


def stop_open_task(tx: Tx, request: Request) -> None:
    """Schedule the cancellation of a request's task, which is collected all the same: whatever it has drawn by then still comes."""
    attempt = attempt_rows.open_attempt_of(tx.connection, request.id)
    if attempt is not None and attempt.task_id is not None:
        stop_task(tx, attempt.id, Pending(attempt.task_id))


def stop_task(tx: Tx, attempt_id: str, pending: Pending) -> None:
    """Schedule the cancellation of a task whose request has ended."""
    if not pending.is_download:
        tx.wake(UNWANTED_TASK, attempt_id)
