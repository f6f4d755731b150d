"""Nothing goes out after a block but what a human wrote and the member accepted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.chat.views import ActionName, Form, Reply
from bot.domain.case_states import CaseState
from bot.domain.kinds import Kind
from bot.domain.own_services import name_for
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Origin, Request
from bot.ledger import case_rows, request_rows
from bot.ledger.store import Tx
from bot.ledger.tables import blocked_members, blocked_prompts
from bot.prompts.normalise import fingerprint
from bot.requests.rules import Question
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground

A = ActionName


async def remember(ground: Ground, prompt: str, person: str, case_id: str) -> None:
    """As the requests' room does when the service blocks a wording."""

    def body(tx: Tx) -> None:
        tx.connection.execute(
            blocked_prompts.insert().values(
                community=HOME, fingerprint=fingerprint(prompt), person=person, case_id=case_id, until=tx.now + 86400
            )
        )

    await ground.ledger.write(body)


async def answer_with_pictures(ground: Ground, prompt: str, **options: object) -> None:
    """A request of Ann's that gives pictures."""

    def body(tx: Tx) -> None:
        request = ground.request(tx, prompt, **options)  # type: ignore[arg-type]
        request_rows.move(tx, request, RequestEvent.ANSWER, answer=Answer.PICTURES.value, answered_at=tx.now)
        done = request_rows.get(tx.connection, request.id)
        assert done is not None
        ground.room.on_pictures(tx, done)

    await ground.ledger.write(body)


async def test_the_member_sees_both_wordings_the_author_and_the_price(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a dragon and a knight have tea")
    view = await ground.member_view(case)
    assert [fact.value for fact in view.facts] == ["a dragon fights a knight", "a dragon and a knight have tea"]
    assert "Mo" in view.title
    assert "$" in view.text[0]
    assert {one.row for one in view.buttons} == {rewrite}
    assert await ground.sent() == []


async def test_accepting_sends_that_very_text_once_with_the_case_as_origin(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a dragon and a knight have tea")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN, {"prompt": "something else entirely"})
    [made] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    assert (made.prompt, made.parent, made.case_id, made.person.id) == (
        "a dragon and a knight have tea",
        case.request_id,
        case.id,
        ANN.id,
    )
    assert (made.size, made.quality, made.count) == ("1024x1024", "medium", 1)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_ACCEPTED
    assert (await ground.member_view(case)).buttons == ()


@pytest.mark.parametrize("first_is_private", [True, False])
async def test_what_comes_of_a_case_with_a_private_request_is_private(ground: Ground, first_is_private: bool) -> None:
    """The moderator wrote the wording with both requests before them; only the member may publish what comes of it."""
    case = await ground.blocked("a dragon fights a knight", private=first_is_private)
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": ""})
    assert (await ground.blocked("a knight fights", private=not first_is_private)).id == case.id, "its new wording was blocked too"
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "a knight has tea"})
    offered = (await ground.case(case.id)).asked
    assert offered is not None
    await ground.press(A.REWRITE_ACCEPT, offered, ANN)
    [made] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    assert made.private


async def test_declining_sends_nothing(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    await ground.press(A.REWRITE_DECLINE, rewrite, ANN)
    assert await ground.sent() == []
    assert (await ground.case(case.id)).state is CaseState.CLOSED_DECLINED


@pytest.mark.parametrize(
    "same",
    [
        "a dragon fights a knight",
        "A DRAGON FIGHTS A KNIGHT!!!",
        "a  dragon,\nfights - a knight.",
        "a dra\u200bgon fights a kni\u2060ght",
        "\uff41 \uff44\uff52\uff41\uff47\uff4f\uff4e fights a knight",
        "a dr\u00e1gon f\u0456ghts a knight",
    ],
)
async def test_a_rewrite_that_is_the_blocked_wording_in_another_spelling_is_refused_with_a_sentence(ground: Ground, same: str) -> None:
    case = await ground.claimed("a dragon fights a knight")
    reply = await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": same})
    assert not reply.changed
    assert "blocked" in reply.text
    assert (await ground.case(case.id)).state is CaseState.CLAIMED


@pytest.mark.parametrize(("wording", "words"), [("", "empty"), ("\u200b \n", "empty"), ("x " * 40_000, "shorten")])
async def test_a_rewrite_that_cannot_be_sent_is_refused_with_a_sentence(ground: Ground, wording: str, words: str) -> None:
    case = await ground.claimed()
    reply = await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": wording})
    assert words in reply.text
    assert (await ground.case(case.id)).state is CaseState.CLAIMED


async def test_a_rewrite_with_private_data_or_a_wording_blocked_elsewhere_is_refused(ground: Ground) -> None:
    ground.lint = lambda prompt: Question("phone") if "+49" in prompt else None
    case = await ground.claimed()
    assert not (await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "call +49 30 901820"})).changed
    await remember(ground, "a wild party", BEN.id, "")
    assert not (await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "A wild party!"})).changed


async def test_a_wording_that_was_blocked_while_the_member_thought_goes_back_to_the_moderators(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a wild party")
    await remember(ground, "a wild party", BEN.id, "")
    reply = await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    assert not reply.changed
    assert await ground.sent() == []
    assert (await ground.case(case.id)).state is CaseState.OPEN


async def test_an_accepted_rewrite_is_sent_without_another_question_and_through_a_cool_down(ground: Ground) -> None:
    asked: list[str] = []
    ground.lint = lambda prompt: Question("brand") if asked or asked.append(prompt) else None  # type: ignore[func-returns-value]
    for number in range(5):
        await ground.blocked(f"dragon number {number}")
    case = await ground.claimed("dragon number 5")
    await ground.press(A.CASE_REWRITE, case.id, MO, {"prompt": "a meadow"})
    rewrite = (await ground.case(case.id)).asked
    assert rewrite is not None
    assert (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed
    assert await ground.sent() == ["a meadow"]


async def test_when_the_members_budget_is_used_up_the_offer_stays_open(ground: Ground) -> None:
    case, rewrite = await ground.suggested()

    def pause(tx: Tx, until: float) -> None:
        tx.connection.execute(blocked_members.delete())
        tx.connection.execute(blocked_members.insert().values(community=HOME, person=ANN.id, until=until, by=MO.id))

    await ground.ledger.write(lambda tx: pause(tx, tx.now + 60))
    assert not (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed
    assert (await ground.case(case.id)).asked == rewrite
    ground.clock.at += 61
    assert (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed
    assert len(await ground.sent()) == 1


async def test_blocked_again_it_comes_back_to_the_same_case_and_can_be_offered_anew(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a wild party")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    again = await ground.blocked("a wild party", origin=Origin.REWRITE, parent=case.request_id, case_id=case.id, kind=Kind.SAFETY_OUTPUT)
    assert (again.id, again.state, again.kind) == (case.id, CaseState.OPEN, "safety_output")
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    assert (await ground.press(A.CASE_REWRITE, case.id, MIA, {"prompt": "a quiet meadow"})).changed
    rewrites = await ground.ledger.read(lambda c: case_rows.rewrites_of(c, case.id))
    assert [(one.prompt, one.answer) for one in rewrites] == [("a wild party", "accepted"), ("a quiet meadow", None)]


async def test_a_retry_of_an_accepted_rewrite_that_is_blocked_comes_back_too(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a wild party")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)
    [sent] = [one for one in await ground.requests() if one.origin is Origin.REWRITE]
    again = await ground.blocked("a wild party", origin=Origin.RETRY, parent=sent.id)
    assert again.id == case.id


async def test_asked_to_rephrase_the_members_own_wording_closes_the_case_when_it_works(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO, {"note": "no fighting, please"})
    view = await ground.member_view(case)
    assert view.facts[0].value == "no fighting, please"
    form = await ground.form(A.REPHRASE, case.id, ANN)
    assert isinstance(form, Form)
    assert form.fields[0].value == "a dragon fights a knight"
    await ground.press(A.REPHRASE, case.id, ANN, {"prompt": "a dragon naps"})
    [sent] = [one for one in await ground.requests() if one.origin is Origin.EDIT]
    assert (sent.prompt, sent.parent, sent.case_id) == ("a dragon naps", case.request_id, case.id)

    def works(tx: Tx) -> None:
        done: Request | None = request_rows.get(tx.connection, sent.id)
        assert done is not None
        ground.room.on_pictures(tx, done)

    await ground.ledger.write(works)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_REPHRASED
    assert (await ground.member_view(case)).buttons == ()


async def test_a_rewording_that_is_blocked_too_goes_back_to_the_moderators(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    await ground.blocked("a dragon bites a knight")
    assert (await ground.case(case.id)).state is CaseState.OPEN
    assert ("blocked_again", "done") in await ground.audit_log(case.id)


async def test_an_own_rewording_settles_even_an_unclaimed_case_but_other_pictures_do_not(ground: Ground) -> None:
    case = await ground.blocked()
    await answer_with_pictures(ground, "a sunny meadow")
    await answer_with_pictures(ground, "a dragon fights a knight too", person=BEN)
    assert (await ground.case(case.id)).state is CaseState.OPEN
    await answer_with_pictures(ground, "a dragon naps", origin=Origin.EDIT, parent=case.request_id)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_REPHRASED


async def test_not_a_policy_matter_forgets_the_block_and_ends_the_cool_down(ground: Ground) -> None:
    for number in range(5):
        await ground.blocked(f"dragon number {number}")
    case = await ground.claimed("dragon number 5")
    await remember(ground, "dragon number 5", ANN.id, case.id)
    await ground.press(A.CASE_NOT_POLICY, case.id, MO)
    for table in (blocked_prompts, blocked_members):
        assert await ground.ledger.read(lambda c, t=table: c.execute(select(t)).all()) == []
    view = await ground.member_view(case)
    assert [button.action for button in view.buttons] == [A.RETRY]
    [notice] = await ground.messages(f"notice:not_policy:{case.number}")
    assert notice.message.place.channel == "operators"


async def test_a_block_of_a_communitys_own_service_is_no_matter_of_the_operator(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.ledger.write(lambda tx: request_rows.mark(tx, case.request_id, service=name_for("openai", "a")))
    reply = await ground.press(A.CASE_NOT_POLICY, case.id, MO)
    view = await ground.member_view(case)
    assert [button.action for button in view.buttons] == [A.RETRY]
    assert "this community's own image service" in reply.text
    assert "operator" not in f"{reply.text} {view.text}"
    assert await ground.messages(f"notice:not_policy:{case.number}") == []


@pytest.mark.parametrize("reason", ["", "no such reason", "HARM"])
async def test_a_denial_needs_a_reason_from_the_list(ground: Ground, reason: str) -> None:
    case = await ground.claimed()
    assert not (await ground.press(A.CASE_DENY, case.id, MO, {"reason": reason})).changed
    assert (await ground.case(case.id)).state is CaseState.CLAIMED


async def test_a_denial_can_be_appealed_once_and_another_moderator_decides(ground: Ground) -> None:
    case = await ground.denied(by=MO)
    assert isinstance(await ground.form(A.APPEAL, case.id, ANN), Form)
    assert (await ground.press(A.APPEAL, case.id, ANN, {"why": "it is a fairy tale"})).changed
    assert not (await ground.press(A.APPEAL, case.id, ANN)).changed
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    assert (await ground.press(A.CASE_CLAIM, case.id, MIA)).changed
    await ground.denied(by=MIA, case=case)
    assert isinstance(await ground.form(A.APPEAL, case.id, ANN), Reply)
    assert not (await ground.press(A.APPEAL, case.id, ANN)).changed
    assert [button.action for button in (await ground.member_view(case)).buttons] == []


async def test_an_appeal_stays_for_others_even_after_a_release(ground: Ground) -> None:
    case = await ground.denied(by=MO)
    await ground.press(A.APPEAL, case.id, ANN)
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.press(A.CASE_RELEASE, case.id, MIA)
    assert "appeal" in (await ground.card(case)).title
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed


async def test_where_there_is_no_other_moderator_the_same_one_decides_the_appeal(ground: Ground) -> None:
    case = await ground.denied(by=MO)
    await ground.press(A.APPEAL, case.id, ANN)

    async def roll(community: str) -> frozenset[str]:
        return frozenset(ground.check.moderators)

    ground.check.list_moderators = roll  # type: ignore[attr-defined]
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    ground.check.moderators = {"mod1"}
    assert (await ground.press(A.CASE_CLAIM, case.id, MO)).changed


async def test_where_the_platform_cannot_say_an_appeal_is_kept_for_others_for_half_of_the_time(ground: Ground) -> None:
    case = await ground.denied(by=MO)
    await ground.press(A.APPEAL, case.id, ANN)
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    ground.clock.at += 12 * 3600
    assert (await ground.press(A.CASE_CLAIM, case.id, MO)).changed


async def test_where_another_moderator_is_known_the_appeal_is_never_for_the_same_one(ground: Ground) -> None:
    other = await ground.blocked("something else", person=BEN)
    await ground.press(A.CASE_CLAIM, other.id, MIA)
    case = await ground.denied(by=MO)
    await ground.press(A.APPEAL, case.id, ANN)
    ground.clock.at += 13 * 3600
    assert not (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
    ground.check.moderators.discard("mod2")
    assert (await ground.press(A.CASE_CLAIM, case.id, MO)).changed
