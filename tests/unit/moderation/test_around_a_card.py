"""Around a card: what it reads from the ledger, which requests it calls blocked, and the other messages to moderators."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.port import Message
from bot.chat.views import ActionName, Audience, View
from bot.domain.attachments import Attachment, AttachmentRole
from bot.domain.failure import certain
from bot.domain.kinds import Kind
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import attachment_rows, case_rows
from bot.ledger.store import Tx
from bot.moderation.card import further, was_blocked
from tests.unit.moderation.ground import MO, Ground
from tests.unit.moderation.test_what_a_card_says import NOW, REQUEST
from tests.unit.moderation.transcript import read


async def test_attached_pictures_are_described_and_never_shown(ground: Ground) -> None:
    case = await ground.blocked()
    given = [
        Attachment("a.png"),
        Attachment("b.png", made_here=True),
        Attachment("m.png", AttachmentRole.MASK),
        Attachment("m2.png", AttachmentRole.MASK, made_here=True),
    ]

    def attach(tx: Tx) -> None:
        attachment_rows.add(tx, case.request_id, "web:m1", given)
        for one in attachment_rows.of_request(tx.connection, case.request_id):
            attachment_rows.took(tx, one.id, {"sha256": "abcdef" * 4, "format": "png", "width": 640, "height": 480, "size": 9})

    await ground.ledger.write(attach)
    view = await ground.card(case)
    [attached] = [one for one in view.facts if one.label == "Attached"]
    assert (attached.value.split("\n"), attached.hidden, view.pictures) == (
        [
            "A picture that the member attached, 640×480 (abcdefabcdef)",
            "A picture that the bot made, 640×480 (abcdefabcdef)",
            "A mask that limits the change, 640×480",
            "A mask that limits the change, 640×480",
        ],
        False,
        (),
    )


async def test_a_reminder_says_how_long_a_case_has_waited_until_it_is_over(ground: Ground) -> None:
    case = await ground.blocked()
    await ground.later(12)
    [line] = await ground.ledger.read(lambda c: case_rows.reminders(c, case.id))
    assert read(await ground.view(f"reminder:{line}", Audience.MODERATORS)) == [
        "Case 1 has been waiting for 12 hours (waiting)",
        "Its card is further up. If nobody decides, it expires at 18 Jan, 08:00 UTC without approval.",
    ]
    await ground.denied()
    title = "Case 1: denied by Mo, 15 Jan, 20:00 UTC (It shows or invites harm) (neutral)"
    assert read(await ground.view(f"reminder:{line}", Audience.MODERATORS)) == [title]


def test_without_a_moderators_channel_administrators_read_how_to_set_one(ground: Ground) -> None:
    view = ground.room.projections["setup"](None, None, NOW)  # type: ignore[arg-type]
    assert view is not None
    assert read(view) == [
        "imagine-bot has no moderators' channel here yet (neutral)",
        "Administrators can set one with /imagine-settings. Then people can look at requests that the image service blocks.",
    ]


async def test_of_what_does_not_exist_nothing_is_shown_and_cards_are_for_moderators(ground: Ground) -> None:
    await ground.press(ActionName.CASE_CLAIM, "nothing", MO)  # the first step of the audit log, of no case
    case = await ground.blocked()

    async def shown(subject: str, audience: Audience) -> View | None:
        project = ground.room.projections[subject.partition(":")[0]]
        return await ground.ledger.read(lambda c: project(c, Message("m", subject, audience, REQUEST.place, None), NOW))

    for kind in ("step", "reminder"):
        assert await shown(f"{kind}:999", Audience.MODERATORS) is None
        assert await shown(f"{kind}:1", Audience.MODERATORS) is None
    assert await shown("case:nothing", Audience.MODERATORS) is None
    assert await shown(f"case:{case.id}", Audience.MODERATORS) is not None
    assert await shown(f"case:{case.id}", Audience.CHANNEL) is None
    assert await shown(f"case:{case.id}", Audience.MEMBER) is None


# ---- which requests are called blocked ----------------------------------------------------------------------------------------------

BLOCKED = certain(Kind.SAFETY_PROMPT, {})


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (replace(REQUEST, answer=Answer.BLOCKED), True),
        (replace(REQUEST, answer=Answer.PICTURES, failure=BLOCKED), True),  # one of several pictures
        (replace(REQUEST, answer=Answer.PICTURES, failure=certain(Kind.SAFETY_OUTPUT, {})), True),
        (replace(REQUEST, answer=Answer.PICTURES), False),
        (replace(REQUEST, answer=Answer.PICTURES, failure=certain(Kind.SERVER_ERROR, {})), False),
        (replace(REQUEST, answer=Answer.FAILED, failure=BLOCKED), False),
        (replace(REQUEST, answer=None), False),
        (replace(REQUEST, answer=None, failure=BLOCKED), False),
        (replace(REQUEST, answer=None, refusal=Refusal("blocked_before")), True),
        (replace(REQUEST, answer=None, refusal=Refusal("held_for_moderator")), True),
        (replace(REQUEST, answer=None, refusal=Refusal("paused")), False),
    ],
)
def test_what_was_blocked(request_: Request, expected: bool) -> None:
    assert was_blocked(request_) is expected


def test_further_wordings_are_other_words_that_were_blocked_each_once() -> None:
    again = replace(REQUEST, id="r2")
    other = replace(REQUEST, id="r3", fingerprint="f2")
    same_other = replace(REQUEST, id="r4", fingerprint="f2")
    fine = replace(REQUEST, id="r5", fingerprint="f3", answer=Answer.PICTURES)
    assert further([REQUEST, again, other, same_other, fine], REQUEST) == [other]
    assert further([REQUEST, other], None) == [REQUEST, other]
