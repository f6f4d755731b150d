"""Cases from block to end through `core.act`, with the real scheduler, sender and ledger, and a scripted image service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bot.chat.port import Message, Refused, RefusedWhy, SendResult, Sent
from bot.chat.views import ActionName, Audience, Button, View
from bot.core import Visitor
from bot.ledger import case_rows
from tests.world import BLOCK, Platform, Room, Service, World, bad, world

A = ActionName


def case_view(w: World) -> View | None:
    return next((view for key, view in w.chat.now.items() if _is_card(w, key)), None)


def _is_card(w: World, key: str) -> bool:
    message = w.chat.messages[key]
    return message.subject.startswith("case:") and message.audience is Audience.MODERATORS


def card(w: World) -> View:
    found = case_view(w)
    assert found is not None
    return found


def member_view(w: World) -> list[View]:
    """What the member was told in messages of the case, oldest first."""
    keys = [key for key, message in w.chat.messages.items() if message.subject.startswith("step:")]
    return [w.chat.now[key] for key in sorted(keys, key=lambda key: int(w.chat.messages[key].subject.partition(":")[2]))]


def button(view: View, action: ActionName) -> Button:
    return next(one for one in view.buttons if one.action is action)


def names(view: View) -> set[ActionName]:
    return {one.action for one in view.buttons}


async def blocked(w: World, prompt: str = "a dragon fights a knight, blood") -> str:
    request = await w.imagine(prompt)
    await w.answer(request)
    await w.until(lambda: case_view(w))
    return request


async def press(w: World, action: ActionName, view: View, person: str, values: Mapping[str, str] | None = None) -> str:
    return await w.press(action, button(view, action).row, person, values)


async def audit(w: World) -> list[tuple[str, str, str]]:
    row = button(card(w), A.CASE_COMMENT).row
    steps = await w.bot.ledger.read(lambda c: case_rows.audit_log(c, row))
    return [(step.event, step.actor, step.outcome) for step in steps]


async def test_block_card_claim_rewrite_consent_picture(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        await blocked(w)
        assert re.match("Case 1: open", card(w).title)
        assert await press(w, A.CASE_CLAIM, card(w), "mia") != ""
        await w.until(lambda: A.CASE_REWRITE in names(card(w)))
        assert "Mia" in card(w).title
        await press(w, A.CASE_REWRITE, card(w), "mia", {"prompt": "a friendly dragon and a knight have tea"})
        await w.until(lambda: member_view(w))
        question = member_view(w)[-1]
        assert {fact.value for fact in question.facts} == {"a dragon fights a knight, blood", "a friendly dragon and a knight have tea"}
        assert question.title.startswith("Mia suggests")
        assert "$" in question.text[0]
        assert len(w.service.calls) == 1
        await press(w, A.REWRITE_ACCEPT, question, "ana")
        await w.until(lambda: any(view.pictures for view in w.chat.now.values()))
        assert [call.prompt for call in w.service.calls] == ["a dragon fights a knight, blood", "a friendly dragon and a knight have tea"]
        await w.until(lambda: "accepted" in card(w).title and not member_view(w)[-1].buttons)
        assert [step for step in await audit(w) if step[2] == "done"] == [
            ("opened", "ana", "done"),
            ("claim", "mia", "done"),
            ("suggest", "mia", "done"),
            ("accept", "ana", "done"),
        ]


async def test_a_rewrite_that_is_blocked_comes_back_to_the_same_case(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK), bad(BLOCK)])) as w:
        await blocked(w)
        await press(w, A.CASE_CLAIM, card(w), "mia")
        await w.until(lambda: A.CASE_REWRITE in names(card(w)))
        await press(w, A.CASE_REWRITE, card(w), "mia", {"prompt": "a kind dragon"})
        await w.until(lambda: member_view(w))
        await press(w, A.REWRITE_ACCEPT, member_view(w)[-1], "ana")
        await w.until(lambda: len(w.service.calls) == 2 and card(w).title == "Case 1: open")
        assert [step[0] for step in await audit(w)][-2:] == ["accept", "blocked_again"]


async def test_rephrase_that_works_closes_the_case(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        await blocked(w)
        await press(w, A.CASE_CLAIM, card(w), "mia")
        await w.until(lambda: A.CASE_REPHRASE in names(card(w)))
        await press(w, A.CASE_REPHRASE, card(w), "mia", {"note": "without blood"})
        await w.until(lambda: member_view(w))
        assert member_view(w)[-1].facts[0].value == "without blood"
        await press(w, A.REPHRASE, member_view(w)[-1], "ana", {"prompt": "a dragon and a knight dance"})
        await w.until(lambda: "own wording worked" in card(w).title and not member_view(w)[-1].buttons)


async def test_denied_appealed_and_decided_by_another_moderator(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        await blocked(w)
        await press(w, A.CASE_CLAIM, card(w), "mia")
        await w.until(lambda: A.CASE_DENY in names(card(w)))
        await press(w, A.CASE_DENY, card(w), "mia", {"reason": "harm", "note": "blood"})
        await w.until(lambda: member_view(w))
        assert "It shows or invites harm" in member_view(w)[-1].text[0]
        await press(w, A.APPEAL, member_view(w)[-1], "ana", {"why": "it is for a fairy tale"})
        await w.until(lambda: "appealed" in card(w).title and not member_view(w)[-1].buttons)
        assert "another moderator" in await press(w, A.CASE_CLAIM, card(w), "mia")
        assert "yours" in await press(w, A.CASE_CLAIM, card(w), "noor")
        await w.until(lambda: A.CASE_DENY in names(card(w)))
        await press(w, A.CASE_DENY, card(w), "noor", {"reason": "harm"})
        await w.until(lambda: len(member_view(w)) == 2)
        assert A.APPEAL not in names(member_view(w)[-1])
        assert "final" in member_view(w)[-1].text[-1]
        assert len(w.service.calls) == 1


async def test_not_a_policy_matter_gives_the_member_a_retry_and_tells_the_operator(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        await blocked(w)
        await press(w, A.CASE_CLAIM, card(w), "mia")
        await w.until(lambda: A.CASE_NOT_POLICY in names(card(w)))
        await press(w, A.CASE_NOT_POLICY, card(w), "mia")
        await w.until(lambda: member_view(w))
        await w.until(lambda: any("technical" in view.title for view in w.chat.now.values()))
        await press(w, A.RETRY, member_view(w)[-1], "ana")
        await w.until(lambda: any(view.pictures for view in w.chat.now.values()))
        assert len({call.prompt for call in w.service.calls}) == 1


async def test_a_blocked_member_is_turned_away_until_unblocked(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)])) as w:
        await blocked(w)
        await press(w, A.CASE_CLAIM, card(w), "mia")
        await w.until(lambda: A.CASE_BLOCK_MEMBER in names(card(w)))
        await press(w, A.CASE_BLOCK_MEMBER, card(w), "mia", {"pause": "86400"})
        await w.until(lambda: A.CASE_UNBLOCK_MEMBER in names(card(w)))
        refused = await w.answer(await w.imagine("a meadow"))
        assert "paused" in refused.text[0]
        await press(w, A.CASE_UNBLOCK_MEMBER, card(w), "noor")
        assert (await w.answer(await w.imagine("a lake"))).pictures


async def test_a_row_that_cannot_be_ours_is_on_record_too(tmp_path: Path) -> None:
    async with world(tmp_path, Service()) as w:
        for row in ("", "x' OR 1=1 --", "\u00b2" * 16, "a" * 5000):
            assert await w.press(A.CASE_CLAIM, row, "mia") == "That case doesn't exist."
            assert "Only the person" in await w.press(A.CANCEL, row, "mia")
        steps = await w.bot.ledger.read(lambda c: case_rows.audit_log(c, ""))
        assert [(step.event, step.outcome) for step in steps] == [("claim", "forged")] * 4


def deaf(message: Message, view: View) -> SendResult:
    """A platform on which the member has closed every way for messages of a case."""
    return Refused(RefusedWhy.FORBIDDEN, "50007") if message.subject.startswith("step:") else Sent({"id": message.id})


async def fetched(w: World, request: str, person: str = "ana") -> View:
    return await w.bot.core.show(Visitor("test", "home", "imagine", person), request)


async def asked(w: World, action: ActionName, values: Mapping[str, str]) -> str:
    """A blocked request about which moderator Mia asks or decides something that does not reach the member."""
    request = await blocked(w)
    await press(w, A.CASE_CLAIM, card(w), "mia")
    await w.until(lambda: action in names(card(w)))
    assert A.REWRITE_ACCEPT not in names(await fetched(w, request))
    await press(w, action, card(w), "mia", values)
    await w.bot.sender.idle()
    assert not member_view(w)
    return request


async def test_an_offer_that_could_not_be_delivered_is_shown_and_accepted_with_imagine_show(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(chat=Room(answers=deaf))) as w:
        request = await asked(w, A.CASE_REWRITE, {"prompt": "a friendly dragon has tea"})
        view = await fetched(w, request)
        assert {"a dragon fights a knight, blood", "a friendly dragon has tea"} <= {fact.value for fact in view.facts}
        assert any(line.startswith("Mia suggests") for line in view.text)
        assert "$" in " ".join(view.text)
        assert not (await fetched(w, request, "ben")).buttons
        await press(w, A.REWRITE_ACCEPT, view, "ana")
        await w.until(lambda: any(shown.pictures for shown in w.chat.now.values()))
        assert w.service.calls[-1].prompt == "a friendly dragon has tea"
        assert A.REWRITE_ACCEPT not in names(await fetched(w, request))


async def test_a_question_that_could_not_be_delivered_is_answered_with_imagine_show(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(chat=Room(answers=deaf))) as w:
        request = await asked(w, A.CASE_REPHRASE, {"note": "without blood"})
        view = await fetched(w, request)
        assert "without blood" in {fact.value for fact in view.facts}
        assert button(view, A.REPHRASE).opens_form
        await press(w, A.REPHRASE, view, "ana", {"prompt": "a dragon and a knight dance"})
        await w.until(lambda: "own wording worked" in card(w).title)
        assert A.REPHRASE not in names(await fetched(w, request))


async def test_a_denial_that_could_not_be_delivered_is_read_and_appealed_with_imagine_show(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(chat=Room(answers=deaf))) as w:
        request = await asked(w, A.CASE_DENY, {"reason": "harm"})
        view = await fetched(w, request)
        assert any("It shows or invites harm" in line for line in view.text)
        await press(w, A.APPEAL, view, "ana", {"why": "it is for a fairy tale"})
        await w.until(lambda: "appealed" in card(w).title)
        assert A.APPEAL not in names(await fetched(w, request))


async def test_each_button_of_a_fetched_request_stands_there_once(tmp_path: Path) -> None:
    async with world(tmp_path, Service([bad(BLOCK)]), Platform(chat=Room(answers=deaf))) as w:
        view = await fetched(w, await asked(w, A.CASE_NOT_POLICY, {}))
        buttons = [(one.action, one.row) for one in view.buttons]
        assert A.RETRY in {action for action, _ in buttons}
        assert len(buttons) == len(set(buttons))
