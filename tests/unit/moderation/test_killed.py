"""kill -9 in the middle of every action: afterwards the case, its trail and what people are shown agree.

The process is forked before it opens the ledger, and kills itself either inside the transaction or between the commit and all that follows.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.chat.views import ActionName
from bot.domain.case_states import CaseState
from bot.ledger import case_rows, message_rows
from bot.ledger.store import Wake
from tests.unit.moderation.ground import ADMIN, ANN, MIA, MO, Ground

A = ActionName
Setup = Callable[[Ground], Awaitable[tuple[str, str]]]


async def open_case(ground: Ground) -> tuple[str, str]:
    case = await ground.blocked()
    return case.id, case.id


async def claimed(ground: Ground) -> tuple[str, str]:
    case = await ground.claimed()
    return case.id, case.id


async def suggested(ground: Ground) -> tuple[str, str]:
    case, rewrite = await ground.suggested()
    return case.id, rewrite


async def asked(ground: Ground) -> tuple[str, str]:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    return case.id, case.id


async def denied(ground: Ground) -> tuple[str, str]:
    case = await ground.denied()
    return case.id, case.id


VALUES = {"prompt": "a quiet meadow", "reason": "harm", "note": "hm", "pause": "3600", "why": "please"}
ACTIONS = [
    (open_case, A.CASE_CLAIM, MO, CaseState.CLAIMED),
    (claimed, A.CASE_TAKE_OVER, ADMIN, CaseState.CLAIMED),
    (claimed, A.CASE_RELEASE, MO, CaseState.OPEN),
    (claimed, A.CASE_REWRITE, MO, CaseState.WITH_MEMBER),
    (claimed, A.CASE_REPHRASE, MO, CaseState.WITH_MEMBER),
    (claimed, A.CASE_DENY, MO, CaseState.CLOSED_DENIED),
    (claimed, A.CASE_NOT_POLICY, MO, CaseState.CLOSED_NOT_POLICY),
    (claimed, A.CASE_BLOCK_MEMBER, MO, CaseState.CLAIMED),
    (claimed, A.CASE_COMMENT, MIA, CaseState.CLAIMED),
    (suggested, A.REWRITE_ACCEPT, ANN, CaseState.CLOSED_ACCEPTED),
    (suggested, A.REWRITE_DECLINE, ANN, CaseState.CLOSED_DECLINED),
    (asked, A.REPHRASE, ANN, CaseState.WITH_MEMBER),
    (denied, A.APPEAL, ANN, CaseState.APPEALED),
]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def act_and_die(folder: Path, row: str, action: ActionName, person: object, committed: bool) -> None:
    ground = await Ground.open(folder)
    ground.clock.made = 10_000
    if committed:
        ground.ledger.on_commit = die
    else:
        event.listen(ground.ledger._writer.engine, "commit", die)
    await ground.press(action, row, person, VALUES, key="the press")  # type: ignore[arg-type]


async def snapshot(folder: Path, case_id: str) -> tuple[object, ...]:
    ground = await Ground.open(folder)
    try:
        case = await ground.case(case_id)
        unshown = await ground.ledger.read(message_rows.unsettled)
        cards = [one for one in await ground.messages(f"case:{case_id}") if one.message.audience.value == "moderators"]
        view = await ground.card(case)
        audit_log = await ground.ledger.read(lambda c: case_rows.audit_log(c, case_id))
        sent = [one.prompt for one in await ground.requests()]
        return case, len(audit_log), sent, view, cards[0].message.id in unshown
    finally:
        await ground.ledger.close()


@pytest.mark.parametrize("committed", [False, True], ids=["before-commit", "after-commit"])
@pytest.mark.parametrize(("setup", "action", "person", "state"), ACTIONS, ids=[one[1].value for one in ACTIONS])
def test_after_a_kill_case_audit_log_and_card_agree(
    tmp_path: Path, setup: Setup, action: ActionName, person: object, state: CaseState, committed: bool
) -> None:
    async def prepare() -> tuple[str, str]:
        ground = await Ground.open(tmp_path)
        found = await setup(ground)
        await ground.ledger.close()
        return found

    case_id, row = asyncio.run(prepare())
    before = asyncio.run(snapshot(tmp_path, case_id))
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(act_and_die(tmp_path, row, action, person, committed))
        finally:
            os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    after = asyncio.run(snapshot(tmp_path, case_id))
    case, steps, _, view, unshown = after
    if committed:
        assert case.state is state  # type: ignore[attr-defined]
        assert steps > before[1]  # type: ignore[operator]
        assert unshown
        # The same press, delivered again by the platform after the restart, does nothing more.
        assert asyncio.run(pressed_again(tmp_path, row, action, person)) is False
        assert asyncio.run(snapshot(tmp_path, case_id))[0].state is state  # type: ignore[attr-defined]
    else:
        assert after == before
    assert f"Case {case.number}" in view.title  # type: ignore[attr-defined]


async def pressed_again(folder: Path, row: str, action: ActionName, person: object) -> bool:
    ground = await Ground.open(folder)
    ground.clock.made = 20_000
    try:
        return (await ground.press(action, row, person, VALUES, key="the press")).changed  # type: ignore[arg-type]
    finally:
        await ground.ledger.close()


def test_wakes_are_what_is_lost(tmp_path: Path) -> None:
    """The control of the test above: the timer of a claimed case is found by the sweep after its wake-up was lost."""

    async def body() -> CaseState:
        ground = await Ground.open(tmp_path)
        lost: list[Wake] = []
        ground.ledger.on_commit = lost.extend
        case = await ground.claimed()
        await ground.later(1)
        state = (await ground.case(case.id)).state
        await ground.ledger.close()
        assert lost
        return state

    assert asyncio.run(body()) is CaseState.OPEN
