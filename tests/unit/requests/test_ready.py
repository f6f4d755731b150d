"""Tell me when it is ready: off unless chosen, one message for each late answer, for its requester alone."""

from __future__ import annotations

import pytest

from bot.chat.views import ActionName, Audience, Reply
from bot.ledger import message_rows
from bot.messages.status_view import NOTIFY_ROW
from bot.requests.ready import SLOW, NotifyMe, project_ready
from tests.unit.requests.ground import Ground, drew

A = ActionName


async def choose(ground: Ground, way: str, person: str = "ana") -> Reply:
    return await NotifyMe(ground.ledger).actions[A.NOTIFY_ME](ground.act(A.NOTIFY_ME, NOTIFY_ROW, person, {"way": way}))


async def told(ground: Ground, seconds: float, **options: object) -> list[message_rows.Stored]:
    """The messages that tell about a request whose answer took so long."""
    request = await ground.asked(**options)  # type: ignore[arg-type]
    attempt = await ground.called(request.id)
    ground.at[0] += seconds
    await ground.end(attempt, drew(request.count))
    return list(await ground.ledger.read(lambda c: message_rows.of_subject(c, f"ready:{request.id}")))


async def test_nobody_is_told_who_did_not_choose_it_or_whose_answer_came_soon(ground: Ground) -> None:
    assert await told(ground, SLOW + 1) == []
    assert (await choose(ground, "mention")).changed
    assert await told(ground, SLOW) == []
    assert await told(ground, SLOW + 1, person="ben") == []
    assert (await choose(ground, "off")).text == "Saved. You won't be told."
    assert await told(ground, SLOW + 1) == []
    wrong = await choose(ground, "shout")
    assert (wrong.changed, wrong.text) == (False, "Please choose one of the ways in the list.")


@pytest.mark.parametrize(
    ("way", "private", "audience", "reader"),
    [
        ("mention", False, Audience.CHANNEL, None),
        ("mention", True, Audience.MEMBER, "ana"),
        ("direct", False, Audience.MEMBER, "ana"),
    ],
)
async def test_a_late_answer_tells_its_requester_once(
    ground: Ground, way: str, private: bool, audience: Audience, reader: str | None
) -> None:
    await choose(ground, way)
    [message] = await told(ground, SLOW + 1, private=private)
    assert (message.message.audience, message.message.person) == (audience, reader)
    view = await ground.ledger.read(lambda c: project_ready(c, message.message, 0.0))
    assert view is not None
    assert (view.mention, view.final, view.quote, view.pictures) == ("ana", True, "", ())
    assert view.about is not None
