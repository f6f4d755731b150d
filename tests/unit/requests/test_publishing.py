"""Which results can be published, and which can't change anymore."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from bot.chat.views import ActionName, Audience, Reply
from bot.domain.case_states import CaseState
from bot.ledger import memory_rows, message_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.requests.publishing import publish, unpublishable, why_unchangeable
from bot.requests.transitions import CAPTION_DUE
from bot.texts import text
from tests.unit.moderation.test_reviews import asked, reviewed, set_to
from tests.unit.requests.test_picture_changes import stage

A = ActionName
DONE, NOTHING, PICK = "reply.already_done", "reply.nothing_to_publish", "candidates.pick_first"


@pytest.mark.parametrize(
    ("marks", "pictures", "key"),
    [
        ({}, 1, ""),
        ({"published": True}, 1, DONE),
        ({"private": False}, 1, DONE),
        ({"deleted": True}, 1, NOTHING),
        ({"reported": True}, 1, NOTHING),
        ({"answer": None}, 1, NOTHING),
        ({"candidates": True}, 2, PICK),
        ({"candidates": True}, 1, ""),
        ({"candidates": True, "picked": True}, 2, ""),
        ({}, 2, ""),
    ],
)
async def test_what_can_be_published(tmp_path: Path, marks: dict[str, object], pictures: int, key: str) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="private")
        made = await s.result(count=pictures)

        def look(tx: Tx) -> Reply | None:
            found = request_rows.get(tx.connection, made)
            assert found is not None
            assert len(picture_rows.of_request(tx.connection, made)) == pictures
            return unpublishable(tx, dataclasses.replace(found, **marks))  # type: ignore[arg-type]

        expected = Reply(text(key), changed=False) if key else None
        assert await s.world.bot.ledger.write(look) == expected


async def test_a_result_whose_text_is_still_drawn_waits_for_it_and_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="private")
        made = await s.result()
        await s.world.bot.ledger.write(lambda tx: memory_rows.remember(tx, CAPTION_DUE + made, tx.now))
        said = await s.press(A.PUBLISH, made)
        assert (said.text, said.changed) == (text("change.still_drawn"), False)
        await s.world.bot.ledger.write(lambda tx: memory_rows.forget(tx, CAPTION_DUE + made))
        assert (await s.press(A.PUBLISH, made)).text == text("reply.published")


@pytest.mark.parametrize(
    ("state", "published", "kept"),
    [
        (CaseState.OPEN, False, True),
        (CaseState.CLAIMED, False, True),
        (CaseState.CLOSED_PUBLISHED, True, True),
        (CaseState.CLOSED_PUBLISHED, False, False),
        (CaseState.CLOSED_DENIED, True, False),
        (CaseState.CLOSED_DENIED, False, False),
        (None, True, False),
    ],
)
async def test_what_a_reviewer_has_or_had_before_them_cannot_change(
    tmp_path: Path, state: CaseState | None, published: bool, kept: bool
) -> None:
    async with reviewed(tmp_path) as (s, made):
        if state is not None:
            case = await asked(s, made)
            if state is not CaseState.OPEN:
                await s.press(A.CASE_CLAIM, case.id, person="mia")
            if state is CaseState.CLOSED_PUBLISHED:
                await s.press(A.CASE_PUBLISH, case.id, person="mia")
            if state is CaseState.CLOSED_DENIED:
                await s.press(A.CASE_DENY, case.id, person="mia", reason="rules")

        def look(tx: Tx) -> Reply | None:
            found = request_rows.get(tx.connection, made)
            assert found is not None
            return why_unchangeable(tx, dataclasses.replace(found, published=published))

        assert await s.world.bot.ledger.write(look) == (Reply(text("review.fixed"), changed=False) if kept else None)


@pytest.mark.parametrize("handle", [None, {"token": "press"}])
async def test_the_channel_s_message_answers_the_press_that_published_it(tmp_path: Path, handle: dict[str, str] | None) -> None:
    async with stage(tmp_path) as s:
        await set_to(s, results="private")
        made = await s.result()

        def body(tx: Tx) -> tuple[object, object]:
            found = request_rows.get(tx.connection, made)
            assert found is not None
            publish(tx, found, handle)
            [message] = [
                one for one in message_rows.of_subject(tx.connection, f"request:{made}") if one.message.audience is Audience.CHANNEL
            ]
            return message.message.place.reply, found.place.reply

        new, old = await s.world.bot.ledger.write(body)
        assert new == (handle or old)
