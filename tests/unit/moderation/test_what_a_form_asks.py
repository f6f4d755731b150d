"""The moderators' forms, whole, and what is done with those that are no decisions: pauses, comments, the whole prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat.views import ActionName, Audience, Form, Reply
from bot.domain.outcome import Picture
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Person
from bot.ledger import block_rows, case_rows, picture_rows, request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import cases, requests
from bot.moderation.retention import PRIVACY_ROW
from bot.texts import text
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground
from tests.unit.moderation.transcript import read, read_form

A = ActionName
REWRITE = [
    "Rewrite for case 1",
    "The member sees both versions and your name, and nothing is sent until they accept. Change what's in the picture, not just the "
    "spelling: a friendly scene, no real people, no brands, nothing private.",
    "Your wording: paragraph, at most 4000 “a dragon fights a knight” (Edit the blocked prompt here.)",
    "[Offer to the member]",
]
FORMS = {
    A.CASE_REWRITE: REWRITE,
    A.CASE_REPHRASE: [
        "Ask to rephrase, case 1",
        "The member is asked for a new wording of their own. If it works, this case closes on its own.",
        "A hint for the member (optional): paragraph, at most 1000, optional",
        "[Ask]",
    ],
    A.CASE_DENY: [
        "Deny case 1",
        "The request stays blocked. The member sees the reason and can appeal once.",
        "Reason: It shows a real person in a way they may not want (people) / It shows or invites harm (harm) / Sexual content (sexual) / "
        "It demeans people or groups (hate) / It contains private data (privacy) / It copies someone's brand, character or work (rights) / "
        "It's against this community's rules (rules) / Another reason (other)",
        "Note for moderators (optional): paragraph, at most 1000, optional",
        "[Deny]",
    ],
    A.CASE_BLOCK_MEMBER: [
        "Block the member for a while",
        "Ann can't use imagine-bot here until then, and gets a message about it.",
        "For how long: an hour (3600) / 24 hours (86400) / 7 days (604800) / 30 days (2592000)",
        "[Block]",
    ],
    A.CASE_COMMENT: [
        "Comment on case 1",
        "Comment, for moderators only: paragraph, at most 1000",
        "[Comment]",
    ],
}
DAY = 24 * 3600


async def form(ground: Ground, action: ActionName, case: case_rows.Case, person: Person = MO) -> list[str]:
    shown = await ground.form(action, case.id, person)
    assert isinstance(shown, Form)
    assert (shown.action, shown.row) == (action, case.id)
    return read_form(shown)


async def test_the_whole_of_every_form(ground: Ground) -> None:
    case = await ground.claimed()
    for action, reads in FORMS.items():
        assert await form(ground, action, case) == reads


async def test_the_form_for_a_rewrite_holds_as_much_of_the_prompt_as_may_be_typed_there(ground: Ground) -> None:
    case = await ground.claimed("d" * 4001)
    assert f" “{'d' * 4000}” " in (await form(ground, A.CASE_REWRITE, case))[2]
    ground.rules = replace(ground.rules, model=replace(ground.rules.model, prompt_max_chars=1000))
    ground._room = None
    assert f"at most 1000 “{'d' * 1000}” " in (await form(ground, A.CASE_REWRITE, case))[2]
    await ground.ledger.write(lambda tx: tx.connection.execute(requests.delete()))
    assert (await form(ground, A.CASE_REWRITE, case))[2] == "Your wording: paragraph, at most 1000 (Edit the blocked prompt here.)"


async def test_the_form_for_a_pause_names_people_without_a_name_by_their_id(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.ledger.write(lambda tx: tx.connection.execute(cases.update().values(person_name="")))
    assert (await form(ground, A.CASE_BLOCK_MEMBER, case))[1].startswith("m1 can't use")


async def paused_until(ground: Ground) -> float | None:
    found = await ground.ledger.read(lambda c: block_rows.member_pause(c, HOME, ANN.id, ground.clock.at))
    return None if found is None else found.until


async def test_who_holds_the_case_pauses_the_member_and_the_question_to_them_stays(ground: Ground) -> None:
    case = await ground.claimed()
    step = (await ground.case(case.id)).shown_step
    refused = await ground.press(A.CASE_BLOCK_MEMBER, case.id, MIA, {"pause": str(DAY)})
    assert refused == Reply(text("case.no.held", holder="Mo", number=1, until="15 Jan, 08:10 UTC"), changed=False)
    for wrong in ("", "7", "-1"):
        assert await ground.press(A.CASE_BLOCK_MEMBER, case.id, MO, {"pause": wrong}) == Reply(text("case.no.no_pause"), changed=False)
    assert await paused_until(ground) is None
    reply = await ground.press(A.CASE_BLOCK_MEMBER, case.id, MO, {"pause": str(DAY)})
    assert reply == Reply(text("case.done.block_member", member="Ann", until="16 Jan, 08:00 UTC"))
    assert await paused_until(ground) == ground.clock.at + DAY
    assert (await ground.case(case.id)).shown_step == step
    [line] = [
        one
        for one in await ground.ledger.read(lambda c: case_rows.audit_log(c, case.id))
        if (one.event, one.outcome) == ("block_member", "done")
    ]
    message = await ground.view(f"step:{line.seq}", Audience.MEMBER)
    assert read(message)[2] == "You're paused until 16 Jan, 08:00 UTC (neutral)"


async def test_any_moderator_pauses_and_unpauses_the_member_of_a_closed_case(ground: Ground) -> None:
    case = await ground.denied()
    decision = (await ground.case(case.id)).shown_step
    assert await form(ground, A.CASE_BLOCK_MEMBER, case, MIA) == FORMS[A.CASE_BLOCK_MEMBER]
    assert (await ground.press(A.CASE_BLOCK_MEMBER, case.id, MIA, {"pause": "3600"})).changed
    assert text("case.card.member_paused", until="15 Jan, 09:00 UTC") in " ".join(read(await ground.card(case)))
    reply = await ground.press(A.CASE_UNBLOCK_MEMBER, case.id, MO)
    assert reply == Reply(text("case.done.unblock_member", member="Ann"))
    assert await paused_until(ground) is None
    assert await ground.press(A.CASE_UNBLOCK_MEMBER, case.id, MO) == Reply(text("case.no.not_paused"), changed=False)
    assert (await ground.case(case.id)).shown_step == decision
    assert [one for one in await ground.audit_log(case.id) if "block_member" in one[0]] == [
        ("block_member", "done"),
        ("unblock_member", "done"),
        ("unblock_member", "stale"),
    ]


async def test_a_comment_needs_no_claim_and_is_not_empty(ground: Ground) -> None:
    case = await ground.blocked()
    assert await form(ground, A.CASE_COMMENT, case, MIA) == FORMS[A.CASE_COMMENT]
    assert await ground.press(A.CASE_COMMENT, case.id, MIA, {"note": " \u200b"}) == Reply(text("case.no.empty_comment"), changed=False)
    assert await ground.press(A.CASE_COMMENT, case.id, MIA, {"note": "seen"}) == Reply(text("case.done.comment", number=1))
    assert "Comment: seen (Mia, 15 Jan, 08:00 UTC)" in read(await ground.card(case))


async def shown_prompt(ground: Ground, case: case_rows.Case) -> list[str]:
    reply = await ground.press(A.CASE_PROMPT, case.id, MIA)
    assert not reply.changed, "nothing on the card is different"
    assert reply.text == text("case.done.read_prompt", number=1)
    assert reply.view is not None
    return read(reply.view)


async def test_the_whole_prompt_is_shown_with_the_newest_other_ones(ground: Ground) -> None:
    case = await ground.blocked("a dragon\nfights a knight")
    assert await shown_prompt(ground, case) == ["The blocked prompt of case 1 (neutral)", "Ann: “a dragon\nfights a knight”"]
    for number in range(12):
        ground.clock.at += 60
        await ground.blocked(f"a dragon beats {number + 2} knights")
    assert (await shown_prompt(ground, case))[2:] == [
        f"Also blocked, 15 Jan, 08:{number + 1:02} UTC: a dragon beats {number + 2} knights" for number in range(2, 12)
    ]


async def test_a_reported_picture_is_shown_to_the_moderator_who_asks_and_no_other_ones(ground: Ground) -> None:
    def drawn(tx: Tx) -> str:
        request = ground.request(tx, "a dragon naps")
        picture_rows.add(tx, request.id, "attempt", [Picture("aa", "png", 640, 480, 9)])
        request_rows.move(tx, request, RequestEvent.ANSWER, answer=Answer.PICTURES.value, answered_at=tx.now)
        return request.id

    made = await ground.ledger.write(drawn)
    assert (await ground.press(A.REPORT, made, BEN, {"reason": "people"})).changed
    case = await ground.case((await ground.requests())[0].reported)

    async def pictures() -> list[str]:
        reply = await ground.press(A.CASE_PROMPT, case.id, MIA)
        assert reply.view is not None
        return [one.sha256 for one in reply.view.pictures]

    assert await pictures() == ["aa"]
    await ground.ledger.write(lambda tx: request_rows.mark(tx, made, deleted=True))
    assert await pictures() == []
    await ground.ledger.write(lambda tx: request_rows.mark(tx, made, deleted=False))
    await ground.ledger.write(lambda tx: tx.connection.execute(cases.update().values(kind="safety_output")))
    assert await pictures() == [], "what the service blocked is nobody's to see"


async def test_a_prompt_that_was_deleted_is_shown_as_deleted(ground: Ground) -> None:
    case = await ground.denied()
    await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})
    assert "(This text has been deleted.)" in await shown_prompt(ground, case)
    await ground.ledger.write(lambda tx: tx.connection.execute(requests.delete()))
    assert (await shown_prompt(ground, case))[1] == "(This text has been deleted.)"


@pytest.mark.parametrize("action", [A.CASE_REWRITE, A.CASE_REPHRASE, A.CASE_DENY, A.CASE_BLOCK_MEMBER])
async def test_forms_that_decide_open_for_who_holds_the_case_alone(ground: Ground, action: ActionName) -> None:
    case = await ground.claimed(by=MIA)
    assert isinstance(await ground.form(action, case.id, MO), Reply)
    assert isinstance(await ground.form(action, case.id, ANN), Reply)
    assert isinstance(await ground.form(action, case.id, MIA), Form)
