"""A member's messages about their case, whole: who is called, what it says, which buttons are under it, and when they are gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.chat.views import ActionName, Audience, Button, Fact, View
from bot.domain.case_states import HELD_EDIT, REPORTED, CaseState
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer
from bot.ledger import case_rows, request_rows
from bot.ledger.case_rows import Case, Note, Rewrite, Step
from bot.ledger.store import Tx
from bot.ledger.tables import requests
from bot.moderation.member_view import StepFacts, step_view
from tests.unit.moderation.ground import ANN, BEN, MIA, MO, Ground
from tests.unit.moderation.test_what_a_card_says import CASE, DENIED, HOUR, NOW, REQUEST
from tests.unit.moderation.transcript import read

A, S = ActionName, CaseState
OFFER = Rewrite("w1", "c1", "a dragon and a knight have tea", "f2", MO, NOW)
ASKED = replace(CASE, state=S.WITH_MEMBER, asked="w1", shown_step=5)
REPHRASING = replace(ASKED, asked="rephrase")
HEAD = ["@m1", "-> request:r1: About your request “a dragon fights a knight”"]
OVER = [*HEAD, "This question is closed (case 7) (neutral)", "There's nothing left for you to do here."]


def step(event: str, by: str = "Mo", **facts: object) -> StepFacts:
    """The case's newest step, told to its member."""
    made = Step(5, NOW, "c1", "club", "mod1", by, event, "done", facts)
    return StepFacts(CASE, made, REQUEST, rewrite=None, cost=None, notes={})


SUGGESTED = replace(step("suggest", rewrite="w1"), case=ASKED, rewrite=OFFER, cost=40_000)
TO_REPHRASE = replace(step("ask_rephrase", note="n1"), case=REPHRASING, notes={"n1": Note("n1", "hint", MO, NOW, "make it friendlier")})
OTHER_PICTURE = replace(step("other_picture"), case=REPHRASING, picture=replace(REQUEST, id="r9", prompt="two friends"))
DENY = replace(step("deny", reason="harm"), case=replace(DENIED, shown_step=5))
BLOCKED = "Your request stays blocked (case 7) (neutral)"
REASON = "A moderator decided this. Reason: It shows or invites harm."
OVER_NOW = f"{REASON} You can try another idea any time."
REWORDED = "Thanks for trying different words! The case is closed, and there's nothing left to do."
FINAL = (
    "After your appeal, the moderators looked at it again. Reason: It shows or invites harm.",
    "This decision is final for this request. You can try another idea any time.",
)
NOT_OVERRULED = (
    "Moderators can't overrule the image service. You can try another idea any time. You can also appeal this once, and another "
    "moderator takes a fresh look if there is one."
)
TRY_AGAIN = (
    "You can try again (case 7) (neutral)",
    "A moderator found that your wording wasn't the problem, and the bot's operator has been told. Press Retry to send your request again; "
    "the image service may still turn it down.",
)
EXPIRED = (
    "Nobody decided in time (case 7) (neutral)",
    "No moderator got to your blocked request in time, and we're sorry about that. It wasn't approved, and nothing was sent. Type /imagine "
    "to try different words.",
)
NOT_ANSWERED = (
    "This question has expired (case 7) (neutral)",
    "You didn't answer in time, so nothing was sent. You can ask for a new picture any time.",
)
EDIT = "[Edit prompt; opens a form]"
WORDINGS = ["Your wording: a dragon fights a knight", "Suggested by Mo: a dragon and a knight have tea"]


def offered(price: str, *facts: str) -> list[str]:
    """An open offer."""
    return [
        *HEAD,
        "Mo suggests a different wording (case 7) (waiting)",
        f"Nothing has been sent yet. If you accept, this exact wording is sent as your request. {price}",
        *(facts or WORDINGS),
        "[Accept and send; primary]",
        "[Decline]",
    ]


def answered(sentence: str) -> list[str]:
    """An offer that can't be answered anymore."""
    return [*HEAD, "Mo suggests a different wording (case 7) (neutral)", sentence, *WORDINGS]


PRICE = "It can cost up to $0.04 of your budget."
TO_REPHRASE_READS = [
    *HEAD,
    "Please try different words (case 7) (waiting)",
    "Mo looked at your blocked request and asks you to word it differently. Press Rephrase, keep one clear subject, and leave out real "
    "people, brands and anything shocking or private.",
    "Tip from the moderator: make it friendlier",
    "[Rephrase; primary; opens a form]",
]
MESSAGES: Mapping[str, tuple[StepFacts, list[str]]] = {
    "offered": (SUGGESTED, offered(PRICE)),
    "offered, price unknown": (replace(SUGGESTED, cost=None), offered("You'll see what it costs in the new message.")),
    "offered, texts deleted": (
        replace(SUGGESTED, request=replace(REQUEST, prompt=""), rewrite=replace(OFFER, prompt="", author=replace(MO, name=""))),
        [
            "@m1",
            "-> request:r1: About your earlier request",
            *offered(PRICE, "Your wording: (This text has been deleted.)", "Suggested by A moderator: (This text has been deleted.)")[2:],
        ],
    ),
    "offered, another wording was blocked since": (
        replace(SUGGESTED, request=replace(REQUEST, id="r0")),
        ["@m1", "-> request:r0: About your request “a dragon fights a knight”", *offered(PRICE)[2:]],
    ),
    "offered, request gone": (
        replace(SUGGESTED, request=None),
        [
            "@m1",
            "-> request:r1: About your earlier request",
            *offered(PRICE, "Your wording: (This text has been deleted.)", WORDINGS[1])[2:],
        ],
    ),
    "accepted": (
        replace(SUGGESTED, case=replace(ASKED, state=S.CLOSED_ACCEPTED, asked=None), rewrite=replace(OFFER, answer="accepted")),
        answered("You accepted this wording, and it was sent as a new request."),
    ),
    "declined": (
        replace(SUGGESTED, rewrite=replace(OFFER, answer="declined")),
        answered("You declined this wording. Nothing was sent."),
    ),
    "offer expired": (
        replace(SUGGESTED, case=replace(ASKED, state=S.CLOSED_EXPIRED)),
        answered("This offer is closed. Nothing was sent."),
    ),
    "offer overtaken": (replace(SUGGESTED, case=replace(ASKED, asked="w2")), answered("This offer is closed. Nothing was sent.")),
    "offer gone": (replace(SUGGESTED, rewrite=None), OVER),
    "asked to rephrase": (TO_REPHRASE, TO_REPHRASE_READS),
    "asked without a hint": (replace(TO_REPHRASE, notes={}), [one for one in TO_REPHRASE_READS if not one.startswith("Tip")]),
    "asked, over": (replace(TO_REPHRASE, case=replace(REPHRASING, state=S.OPEN)), OVER),
    "asked, something else since": (replace(TO_REPHRASE, case=ASKED), OVER),
    "asked, again since": (replace(TO_REPHRASE, case=replace(REPHRASING, shown_step=6)), OVER),
    "a picture that may be it": (
        OTHER_PICTURE,
        [
            *HEAD,
            "Was that your new wording? (case 7) (waiting)",
            "A moderator asked you for a different wording, and you've made a picture since. If that was it, press the button and the case "
            "is closed. If it was something else, you don't need to do anything.",
            "Your newest picture: two friends",
            "[That was my new wording; primary]",
        ],
    ),
    "it was that picture": (
        replace(OTHER_PICTURE, picture=None, case=replace(CASE, state=S.CLOSED_REPHRASED)),
        [*HEAD, "Your own wording worked (case 7) (neutral)", REWORDED],
    ),
    "the picture is gone": (replace(OTHER_PICTURE, picture=None), OVER),
    "denied": (DENY, [*HEAD, BLOCKED, REASON, NOT_OVERRULED, "[Appeal; opens a form]"]),
    "denied for the community's own reason": (
        replace(DENY, step=step("deny", reason="No politics here").step),
        [*HEAD, BLOCKED, "A moderator decided this. Reason: No politics here.", NOT_OVERRULED, "[Appeal; opens a form]"],
    ),
    "denied, the step has no reason": (
        replace(DENY, step=step("deny").step),
        [*HEAD, BLOCKED, REASON, NOT_OVERRULED, "[Appeal; opens a form]"],
    ),
    "denied, texts deleted": (replace(DENY, case=replace(DENIED, texts_removed=True)), [*HEAD, BLOCKED, OVER_NOW]),
    "denied, decided otherwise since": (replace(DENY, case=replace(DENIED, state=S.OPEN)), [*HEAD, BLOCKED, OVER_NOW]),
    "appealed": (
        replace(DENY, case=replace(DENIED, state=S.APPEALED, appeals=1)),
        [
            *HEAD,
            "You appealed (case 7) (neutral)",
            "The moderators will take another look at your blocked request, and you'll hear from them here. Reason for the first decision: "
            "It shows or invites harm.",
        ],
    ),
    "denied again": (replace(DENY, case=replace(DENIED, appeals=1, shown_step=5)), [*HEAD, BLOCKED, *FINAL]),
    "the first denial, denied again since": (replace(DENY, case=replace(DENIED, appeals=1, shown_step=9)), [*HEAD, BLOCKED, OVER_NOW]),
    "the first denial, nobody decided about the appeal": (
        replace(DENY, case=replace(CASE, state=S.CLOSED_EXPIRED, appeals=1)),
        [*HEAD, BLOCKED, OVER_NOW],
    ),
    "not a policy matter": (
        replace(step("not_policy"), case=replace(CASE, state=S.CLOSED_NOT_POLICY)),
        [*HEAD, *TRY_AGAIN, "[Retry; primary]"],
    ),
    "a reported picture stays hidden": (
        replace(DENY, case=replace(DENIED, kind=REPORTED)),
        [
            *HEAD,
            "Your picture stays hidden (case 7) (neutral)",
            "Somebody reported it, and a moderator decided to keep it hidden. Reason: It shows or invites harm. "
            "You can ask for a new picture any time.",
            "[Appeal; opens a form]",
        ],
    ),
    "a reported picture is shown again": (
        replace(step("not_policy"), case=replace(CASE, kind=REPORTED, state=S.CLOSED_NOT_POLICY)),
        [
            *HEAD,
            "Your picture is shown again (case 7) (neutral)",
            "Somebody reported it, and a moderator found nothing wrong with it.",
        ],
    ),
    "a report that nobody decided about": (
        replace(step("expire"), case=replace(CASE, kind=REPORTED, state=S.CLOSED_EXPIRED)),
        [
            *HEAD,
            "Your picture stays hidden (case 7) (neutral)",
            "Somebody reported it, and no moderator decided in time, so it stays hidden. We're sorry about that. "
            "You can ask for a new picture any time.",
        ],
    ),
    "an edit that was held is allowed": (
        replace(step("not_policy"), case=replace(CASE, state=S.CLOSED_NOT_POLICY, facts={"code": HELD_EDIT})),
        [
            *HEAD,
            "You can send it now (case 7) (neutral)",
            "Mo read your edit and has nothing against it. Press Retry to send it; the image service may still turn it down.",
            "[Retry; primary]",
        ],
    ),
    "not a policy matter, reopened": (step("not_policy"), [*HEAD, *TRY_AGAIN]),
    "not a policy matter, texts deleted": (
        replace(step("not_policy"), case=replace(CASE, state=S.CLOSED_NOT_POLICY), request=replace(REQUEST, prompt="")),
        ["@m1", "-> request:r1: About your earlier request", *TRY_AGAIN],
    ),
    "not a policy matter, request gone": (
        replace(step("not_policy"), case=replace(CASE, state=S.CLOSED_NOT_POLICY), request=None),
        ["@m1", "-> request:r1: About your earlier request", *TRY_AGAIN],
    ),
    "nobody decided": (step("expire", **{"from": "open"}), [*HEAD, *EXPIRED, EDIT]),
    "nobody answered": (step("expire", **{"from": "with_member"}), [*HEAD, *NOT_ANSWERED, EDIT]),
    "nobody decided, texts deleted": (
        replace(step("expire"), request=replace(REQUEST, prompt="")),
        ["@m1", "-> request:r1: About your earlier request", *EXPIRED],
    ),
    "nobody decided, request gone": (
        replace(step("expire"), request=None),
        ["@m1", "-> request:r1: About your earlier request", *EXPIRED],
    ),
    "reminder": (
        replace(step("remind"), case=REPHRASING, question=TO_REPHRASE),
        [
            *HEAD,
            "There's still a question for you (case 7) (waiting)",
            "Please try different words (case 7)",
            TO_REPHRASE_READS[3],
            "Take your time: you can answer until 18 Jan, 08:00 UTC.",
            *TO_REPHRASE_READS[4:],
        ],
    ),
    "reminder, answered": (replace(step("remind"), case=DENIED, question=TO_REPHRASE), OVER),
    "reminder without a question": (replace(step("remind"), case=REPHRASING), OVER),
    "paused": (
        step("block_member", until=NOW + 24 * HOUR),
        [
            *HEAD,
            "You're paused until 16 Jan, 08:00 UTC (neutral)",
            "A moderator has paused your use of imagine-bot here until 16 Jan, 08:00 UTC. Everything you've made so far stays.",
        ],
    ),
    "not paused anymore": (
        step("unblock_member"),
        [*HEAD, "You're back (neutral)", "A moderator has lifted your pause. You can use imagine-bot again."],
    ),
}
ROWS = {A.REWRITE_ACCEPT: "w1", A.REWRITE_DECLINE: "w1", A.REPHRASE: "c1", A.REWORDED: "r9", A.APPEAL: "c1", A.RETRY: "r1", A.EDIT: "r1"}


@pytest.mark.parametrize("name", MESSAGES)
def test_the_whole_message(name: str) -> None:
    facts, reads = MESSAGES[name]
    shown = step_view(facts)
    assert read(shown) == reads
    assert {one.action: one.row for one in shown.buttons} == {one.action: ROWS[one.action] for one in shown.buttons}


def test_a_moderator_without_a_name_is_called_a_moderator() -> None:
    assert step_view(replace(SUGGESTED, step=step("suggest", by="").step)).title == "A moderator suggests a different wording (case 7)"


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [("a\n  dragon", "a dragon"), ("d" * 60, "d" * 60), ("d" * 61, "d" * 59 + "…")],
)
def test_a_request_is_recognised_by_its_first_words(prompt: str, shown: str) -> None:
    about = step_view(replace(step("unblock_member"), request=replace(REQUEST, prompt=prompt))).about
    assert about is not None
    assert about.label == f"About your request “{shown}”"


# ---- from the ledger ------------------------------------------------------------------------------------------------------------------


async def test_a_message_stays_about_the_request_that_it_was_sent_for(ground: Ground) -> None:
    case, _ = await ground.suggested()
    await ground.press(A.REWRITE_DECLINE, (await ground.case(case.id)).asked or "", ANN)
    first = f"step:{(await ground.case(case.id)).shown_step}"
    facts = [one.value for one in (await ground.view(first, Audience.MEMBER)).facts]
    await ground.ledger.write(
        lambda tx: case_rows.change(tx, case_rows.get(tx.connection, case.id), request_id=ground.request(tx, "newer words").id)  # type: ignore[arg-type]
    )
    assert [one.value for one in (await ground.view(first, Audience.MEMBER)).facts] == facts


async def test_the_picture_that_may_be_the_new_wording_is_the_newest_one(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": ""})
    for prompt in ("two friends", "three friends"):
        ground.clock.at += 60
        await pictures(ground, prompt)
    [line] = [one.seq for one in await steps(ground, case) if one.event == "other_picture"]
    view = await ground.view(f"step:{line}", Audience.MEMBER)
    assert view.facts == (Fact("Your newest picture", "three friends"),)
    question = await ground.member_view(case)
    assert [one.action for one in question.buttons] == [A.REPHRASE]


async def pictures(ground: Ground, prompt: str) -> None:
    """Another request of Ann's that gives a picture."""

    def body(tx: Tx) -> None:
        request = ground.request(tx, prompt)
        tx.connection.execute(requests.update().where(requests.c.id == request.id).values(answer="pictures", answered_at=tx.now))
        made = request_rows.get(tx.connection, request.id)
        assert made is not None
        ground.room.on_pictures(tx, made)

    await ground.ledger.write(body)


async def steps(ground: Ground, case: Case) -> list[Step]:
    return list(await ground.ledger.read(lambda c: case_rows.audit_log(c, case.id)))


SHOWN = View("Blocked", text=("It was blocked.",), facts=(Fact("Prompt", "words"),), buttons=(Button(A.EDIT, "r", "Edit prompt"),))


async def beside(ground: Ground, case: Case, **changes: object) -> View:
    """A request of the case as its member fetches it again."""

    def of(connection):  # type: ignore[no-untyped-def]
        request = request_rows.get(connection, case.request_id)
        assert request is not None
        return ground.room.views.with_case_step(connection, replace(request, **changes), SHOWN)

    return await ground.ledger.read(of)


async def test_a_fetched_request_brings_the_open_question_about_it_along(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    question = await ground.member_view(case)
    view = await beside(ground, case)
    assert view == replace(
        SHOWN,
        text=("It was blocked.", question.title, *question.text),
        facts=(Fact("Prompt", "words"), *question.facts),
        buttons=(*question.buttons, *SHOWN.buttons),
    )
    assert {one.row for one in question.buttons} == {rewrite}
    await ground.press(A.REWRITE_DECLINE, rewrite, ANN)
    assert await beside(ground, case) == SHOWN, "an answered question is over"


async def test_a_fetched_request_brings_the_decision_along_and_no_button_twice(ground: Ground) -> None:
    case = await ground.claimed()
    assert await beside(ground, case) == SHOWN, "nothing was said yet"
    await ground.press(A.CASE_NOT_POLICY, case.id, MO)
    decision = await ground.member_view(case)
    retry = decision.buttons[0]
    both = replace(SHOWN, buttons=(Button(A.RETRY, retry.row, "Retry"), Button(A.RETRY, "another", "Retry"), *SHOWN.buttons))

    def of(connection):  # type: ignore[no-untyped-def]
        request = request_rows.get(connection, case.request_id)
        assert request is not None
        return ground.room.views.with_case_step(connection, request, both)

    view = await ground.ledger.read(of)
    assert view.text == ("It was blocked.", decision.title, *decision.text)
    assert view.buttons == (retry, *both.buttons[1:])


async def test_a_denial_without_an_appeal_left_is_still_said_beside_its_request(ground: Ground) -> None:
    case = await ground.denied()
    await ground.press(A.APPEAL, case.id, ANN, {"why": ""})
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.denied(by=MIA, case=await ground.case(case.id))
    assert len((await beside(ground, case)).text) > 1
    assert (await beside(ground, case)).buttons == SHOWN.buttons


async def test_of_a_case_only_its_own_member_hears_and_only_beside_what_was_blocked(ground: Ground) -> None:
    case, _ = await ground.suggested()
    assert await beside(ground, case, person=BEN) == SHOWN
    assert await beside(ground, case, case_id=None) == SHOWN
    assert await beside(ground, case, answer=None) != SHOWN, "the one that the case is about"
    assert await beside(ground, case, id="other") != SHOWN
    assert await beside(ground, case, id="other", answer=None, refusal=Refusal("blocked_before")) != SHOWN
    assert await beside(ground, case, id="other", answer=None, refusal=Refusal("budget")) == SHOWN
    assert await beside(ground, case, id="other", answer=None) == SHOWN
    assert await beside(ground, case, id="other", answer=Answer.PICTURES) == SHOWN
