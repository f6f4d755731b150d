"""What stays true on messages about a case while it moves on: the card, reminders, and words that were deleted."""

from __future__ import annotations

from bot.chat.views import ActionName, Audience, Reply
from bot.domain.outcome import Picture
from bot.domain.request_states import Answer
from bot.ledger import block_rows, case_rows, picture_rows
from bot.ledger.store import Tx
from bot.ledger.tables import requests
from bot.moderation.retention import PRIVACY_ROW
from bot.prompts.normalise import fingerprint
from bot.texts import text
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground

A = ActionName


async def revisions(ground: Ground, subject: str) -> int:
    """How often a message was asked to show its newest state."""
    return max(one.wanted for one in await ground.messages(subject))


async def held(ground: Ground, case_id: str) -> case_rows.Case:
    """The case, with a moderator at it."""
    await ground.press(A.CASE_CLAIM, case_id, MO)
    return await ground.case(case_id)


async def line_of(ground: Ground, case_id: str, event: str) -> str:
    """The message about a step of a case."""
    steps = await ground.ledger.read(lambda c: case_rows.audit_log(c, case_id))
    return f"step:{next(one.seq for one in steps if one.event == event)}"


async def test_what_was_refused_or_only_read_is_not_on_the_card(ground: Ground) -> None:
    case = await ground.claimed()
    before = await ground.card(case)
    assert not (await ground.press(A.CASE_CLAIM, case.id, MIA)).changed
    await ground.press(A.CASE_PROMPT, case.id, MIA)
    assert await ground.audit_log(case.id) == [("opened", "done"), ("claim", "done"), ("claim", "stale"), ("read_prompt", "done")]
    assert await ground.card(case) == before


async def test_an_accepted_wording_is_not_called_a_blocked_one(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a dragon and a knight have tea")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    assert all("tea" not in fact.value for fact in (await ground.card(case)).facts)
    shown = await ground.press(A.CASE_PROMPT, case.id, MO)
    assert isinstance(shown, Reply)
    assert shown.view is not None
    assert shown.view.facts == ()


async def test_a_wording_that_was_blocked_too_is_on_the_card(ground: Ground) -> None:
    case = await ground.blocked("a dragon fights a knight")
    await ground.blocked("a dragon beats a knight")
    assert any("a dragon beats a knight" in fact.value for fact in (await ground.card(case)).facts)


async def test_the_card_tells_of_the_members_own_new_wording(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": ""})
    before = await revisions(ground, f"case:{case.id}")
    await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon greets a knight"})
    assert await revisions(ground, f"case:{case.id}") > before
    assert any("new wording" in fact.value for fact in (await ground.card(case)).facts)


async def test_the_same_wording_once_more_is_no_further_one(ground: Ground) -> None:
    case = await ground.blocked("a dragon fights a knight")
    await ground.blocked("A dragon fights a  knight")
    assert all("more" not in fact.value for fact in (await ground.card(case)).facts)


async def appealed(ground: Ground) -> case_rows.Case:
    """A denial of Mo's, appealed and taken by Mia."""
    case = await ground.denied()
    await ground.press(A.APPEAL, case.id, ANN, {"why": ""})
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    return await ground.case(case.id)


async def test_after_another_block_an_appealed_case_is_open_to_everybody_again(ground: Ground) -> None:
    case = await appealed(ground)
    await ground.press(A.CASE_REPHRASE, case.id, MIA, {"note": ""})
    await ground.blocked("a dragon beats a knight", case_id=case.id)
    assert (await ground.card(case)).title == text("case.card.open", number=case.number)
    assert (await ground.press(A.CASE_CLAIM, case.id, MO)).changed


async def test_who_suggested_words_that_were_blocked_meanwhile_may_take_the_case_again(ground: Ground) -> None:
    case = await appealed(ground)
    await ground.press(A.CASE_REWRITE, case.id, MIA, {"prompt": "a dragon pokes a knight"})
    await remember(ground, "a dragon pokes a knight")
    assert not (await ground.press(A.REWRITE_ACCEPT, (await ground.case(case.id)).asked or "", ANN)).changed
    assert (await ground.card(case)).title == text("case.card.open", number=case.number)
    assert (await ground.press(A.CASE_CLAIM, case.id, MIA)).changed


async def remember(ground: Ground, prompt: str) -> None:
    """As the requests' room does when the service blocks somebody's wording."""
    await ground.ledger.write(
        lambda tx: block_rows.remember_prompt(tx, HOME, fingerprint(prompt), BEN.id, "", until=tx.now + 86400),
    )


async def test_a_question_that_was_asked_anew_is_open_in_its_newest_message_only(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": ""})
    first = await line_of(ground, case.id, "ask_rephrase")
    await ground.blocked("a dragon beats a knight", case_id=case.id)
    await held(ground, case.id)
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": ""})
    assert (await ground.view(first, Audience.MEMBER)).buttons == ()
    assert [one.action for one in (await ground.member_view(case)).buttons] == [A.REPHRASE]


async def test_a_reminder_is_shown_anew_when_its_question_is_over(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    await ground.later(13)
    reminder = await line_of(ground, case.id, "remind")
    before = await revisions(ground, reminder)
    await ground.press(A.REWRITE_DECLINE, rewrite, ANN)
    assert await revisions(ground, reminder) > before


async def test_when_words_are_removed_every_message_that_showed_them_is_shown_anew(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a dragon and a knight have tea")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    await ground.end_live_requests(Answer.BLOCKED)  # words that are still to be sent stay
    await ground.blocked("a dragon and a knight have tea", case_id=case.id)
    offer = await line_of(ground, case.id, "suggest")
    await ground.denied(case=await held(ground, case.id))
    before = await revisions(ground, offer)
    await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})
    assert await revisions(ground, offer) > before


async def test_pictures_beside_a_block_go_when_the_case_is_closed_after_their_member_had_them_deleted(ground: Ground) -> None:
    case = await ground.claimed()

    def with_a_picture(tx: Tx) -> None:
        picture_rows.add(tx, case.request_id, "attempt", [Picture("aa", "png", 1, 1, 1)])
        tx.connection.execute(requests.update().where(requests.c.id == case.request_id).values(answer=Answer.PICTURES.value))

    await ground.ledger.write(with_a_picture)
    assert "still being drawn" in (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})).text
    assert (await ground.requests())[0].prompt
    await ground.denied(case=case)
    await ground.sweep()
    [left] = await ground.requests()
    assert (left.prompt, left.deleted, left.person.name) == ("", True, "")
    assert await ground.ledger.read(picture_rows.unshown) == ["aa"]
    assert await ground.ledger.read(lambda c: picture_rows.may_go(c, "aa"))
