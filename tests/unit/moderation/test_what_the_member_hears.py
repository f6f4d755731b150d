"""Every decision is one message of its own with the question in it, and the request's public message says how its case ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.chat.port import Message, Refused, RefusedWhy, SendResult, Sent
from bot.chat.views import ActionName, Audience, View
from bot.domain.case_states import CaseState, Standing
from bot.texts import text
from tests.unit.moderation.ground import ANN, MO, Ground
from tests.unit.moderation.test_through_the_core import blocked, card, member_view, names, press
from tests.world import BLOCK, Platform, Room, Service, World, bad, world

A = ActionName
PROMPT = "a dragon fights a knight, blood"
Deed = Callable[[World], Awaitable[object]]


async def claim(w: World) -> None:
    await press(w, A.CASE_CLAIM, card(w), "mia")
    await w.until(lambda: A.CASE_REWRITE in names(card(w)))


async def suggest(w: World) -> None:
    await claim(w)
    await press(w, A.CASE_REWRITE, card(w), "mia", {"prompt": "a friendly dragon"})
    await w.until(lambda: member_view(w))


async def accept(w: World) -> None:
    await suggest(w)
    await press(w, A.REWRITE_ACCEPT, member_view(w)[-1], "ana")


async def decline(w: World) -> None:
    await suggest(w)
    await press(w, A.REWRITE_DECLINE, member_view(w)[-1], "ana")


async def deny(w: World) -> None:
    await claim(w)
    await press(w, A.CASE_DENY, card(w), "mia", {"reason": "harm"})
    await w.until(lambda: member_view(w))


async def appeal(w: World) -> None:
    await deny(w)
    await press(w, A.APPEAL, member_view(w)[-1], "ana", {"why": "it is a comedy"})


async def rephrased(w: World) -> None:
    await claim(w)
    await press(w, A.CASE_REPHRASE, card(w), "mia", {"note": "without blood"})
    await w.until(lambda: member_view(w))
    await press(w, A.REPHRASE, member_view(w)[-1], "ana", {"prompt": "a dragon and a knight dance"})


async def not_policy(w: World) -> None:
    await claim(w)
    await press(w, A.CASE_NOT_POLICY, card(w), "mia")


@pytest.mark.parametrize(
    ("deed", "state"),
    [
        (claim, "claimed"),
        (suggest, "with_member"),
        (accept, "closed_accepted"),
        (decline, "closed_declined"),
        (deny, "closed_denied"),
        (appeal, "appealed"),
        (rephrased, "closed_rephrased"),
        (not_policy, "closed_not_policy"),
    ],
)
async def test_the_public_message_says_where_the_case_stands_and_nothing_of_what_was_said(tmp_path: Path, deed: Deed, state: str) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        request = await blocked(w, PROMPT)
        await deed(w)
        line = text(f"request.case_{state}", number=1, person="Ana")

        def public() -> View:
            found = w.chat.about(f"request:{request}", Audience.CHANNEL)
            assert found is not None
            return found

        await w.until(lambda: line in public().text)
        words = " ".join((*public().text, public().title))
        assert "will look at this" not in words
        for private in ("friendly dragon", "without blood", "invites harm", "comedy", "Mia"):
            assert private not in words


async def test_the_public_message_says_when_nobody_decided(ground: Ground) -> None:
    case = await ground.blocked()
    before = await ground.ledger.read(lambda c: ground.room.standing(c, _request(ground, c, case.request_id)))
    assert before == Standing(case.number, CaseState.OPEN)
    await ground.later(73)
    after = await ground.ledger.read(lambda c: ground.room.standing(c, _request(ground, c, case.request_id)))
    assert after == Standing(case.number, CaseState.CLOSED_EXPIRED)
    assert "nobody got to it" in text("request.case_closed_expired", number=1)


def _request(ground: Ground, connection, identity: str):  # type: ignore[no-untyped-def]
    from bot.ledger import request_rows

    found = request_rows.get(connection, identity)
    assert found is not None
    return found


async def test_a_decision_is_one_message_and_no_other_is_sent_or_changed_for_the_member(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        request = await blocked(w, PROMPT)
        await suggest(w)
        await w.bot.sender.idle()
        mine = [one.subject for one in w.chat.messages.values() if one.audience is Audience.MEMBER]
        assert len(mine) == 1
        question = member_view(w)[0]
        assert names(question) == {A.REWRITE_ACCEPT, A.REWRITE_DECLINE}
        assert question.mention == "ana"
        assert question.about is not None
        assert question.about.subject == f"request:{request}"
        assert PROMPT in question.about.label
        [message] = [one for one in w.chat.messages.values() if one.audience is Audience.MEMBER]
        assert message.about is not None
        assert message.about.subject == f"request:{request}"
        assert message.about.ref


async def test_a_reminder_holds_the_whole_question_and_it_can_be_answered_there(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a dragon and a knight have tea")
    await ground.later(13)
    [line] = list(await ground.ledger.read(lambda c: _reminders(c, case.id)))
    view = await ground.view(f"step:{line}", Audience.MEMBER)
    assert names(view) == {A.REWRITE_ACCEPT, A.REWRITE_DECLINE}
    assert "a dragon and a knight have tea" in {fact.value for fact in view.facts}
    assert "until" in " ".join(view.text)
    await ground.press(A.REWRITE_DECLINE, rewrite, ANN)
    assert (await ground.view(f"step:{line}", Audience.MEMBER)).buttons == ()


async def test_a_reminder_of_a_request_for_other_words_can_be_answered_there_too(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": "make it friendlier"})
    await ground.later(13)
    [line] = list(await ground.ledger.read(lambda c: _reminders(c, case.id)))
    view = await ground.view(f"step:{line}", Audience.MEMBER)
    assert names(view) == {A.REPHRASE}
    assert "make it friendlier" in {fact.value for fact in view.facts}


def _reminders(connection, case_id: str):  # type: ignore[no-untyped-def]
    from bot.ledger import case_rows

    return case_rows.reminders(connection, case_id)


async def test_where_the_old_message_cannot_be_changed_nobody_is_bothered(tmp_path: Path) -> None:
    """Discord's answer to one person cannot be edited after fifteen minutes: it stays as it is, and no notice says that it failed."""
    room = Room()

    def answers(message: Message, view: View) -> SendResult:
        return Refused(RefusedWhy.EXPIRED, "over") if view.amends else Sent({"id": message.id})

    room.answers = answers
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(chat=room)) as w:
        request = await blocked(w, PROMPT)
        await w.until(lambda: (view := w.chat.about(f"request:{request}")) is not None and view.final)
        await deny(w)
        await w.bot.sender.idle()
        assert w.chat.about(f"request:{request}") is not None
        assert not [one.subject for one in w.chat.messages.values() if one.subject.startswith("notice:chat")]
        rows = await w.bot.ledger.read(_unsettled)
        assert rows == []


def _unsettled(connection):  # type: ignore[no-untyped-def]
    from bot.ledger import message_rows

    return list(message_rows.unsettled(connection))


def test_every_state_of_a_case_has_words_for_everybody() -> None:
    for state in CaseState:
        said = text(f"request.case_{state.value}", number=7, person="Ana")
        assert "7" in said
