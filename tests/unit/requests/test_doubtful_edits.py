"""Edits that a human reads before anything is sent: until a moderator says that these very words are no policy matter."""

from __future__ import annotations

import pytest

from bot.chat.views import ActionName
from bot.domain.attachments import Attachment
from bot.domain.case_states import CaseState
from bot.domain.kinds import Kind
from bot.domain.request_states import RequestState
from bot.domain.requests import Request
from bot.ledger import attachment_rows, case_rows, request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attachments, cases
from bot.prompts.edit_words import doubtful_edit
from tests.unit.requests.ground import Ground

A = ActionName
WORDS, OTHER = "undress her completely", "take all her clothes off, nude"


async def edited(ground: Ground, prompt: str, pictures: int = 1) -> Request:
    """A request whose pictures were made here and are already taken."""
    given = tuple(Attachment(f"{number}.png", made_here=True) for number in range(pictures))
    request_id = await ground.received(prompt, attachments=given)
    values = {"sha256": "ab" * 32, "format": "png", "width": 64, "height": 64, "size": 100}
    await ground.ledger.write(lambda tx: tx.connection.execute(attachments.update().values(values)))
    await ground.accept(request_id)
    return await ground.row(request_id)


async def decided(ground: Ground, request: Request, state: CaseState) -> None:
    def body(tx: Tx) -> None:
        case = case_rows.open_new(tx, request, Kind.SAFETY_PROMPT.value, {}, due_at=tx.now, expires_at=tx.now)
        request_rows.mark(tx, request.id, case_id=case.id)
        tx.connection.execute(cases.update().values(state=state.value))

    await ground.ledger.write(body)


async def again(ground: Ground, request: Request) -> Request:
    ground.at[0] += 60.0
    assert (await ground.press(A.RETRY, request.id)).changed
    child = (await ground.children(request.id))[-1]
    assert await ground.ledger.read(lambda c: attachment_rows.of_request(c, child.id))
    return child


def held(request: Request) -> bool:
    assert request.state in (RequestState.QUEUED, RequestState.REFUSED)
    found = request.refusal is not None and request.refusal.reason == "held_for_moderator"
    assert found is (request.state is RequestState.REFUSED)
    return found


async def test_doubtful_words_are_held_beside_a_picture_and_only_there(ground: Ground) -> None:
    assert doubtful_edit(WORDS)
    assert doubtful_edit(OTHER)
    assert held(await edited(ground, WORDS))
    assert not held(await edited(ground, WORDS, pictures=0))
    assert not held(await edited(ground, "make the sky blue"))


@pytest.mark.parametrize("state", [None, *CaseState])
async def test_only_a_moderators_word_that_it_is_no_policy_matter_lets_the_same_words_go(ground: Ground, state: CaseState | None) -> None:
    first = await edited(ground, WORDS)
    if state is not None:
        await decided(ground, first, state)
    second = await again(ground, first)
    freed = state is CaseState.CLOSED_NOT_POLICY
    assert held(second) is not freed
    if freed:  # also at the second try; other words are held again
        await ground.ledger.write(lambda tx: request_rows.mark(tx, second.id, state=RequestState.REFUSED.value))
        assert not held(await again(ground, second))
    else:
        assert held(await again(ground, second))
    ground.at[0] += 60.0
    await ground.press(A.EDIT, first.id, values={"prompt": OTHER})
    assert held((await ground.children(first.id))[-1])
