from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from bot.budgets import Limits
from bot.chat.views import ActionName, Form, Reply, View
from bot.domain.case_states import CaseState
from bot.domain.outcome import Picture
from bot.domain.refusal import Nearest, Refusal
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Person, Place, Submission
from bot.ledger import case_rows, picture_rows, request_rows, settings_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attempts, audit, case_notes, requests, rewrites
from bot.moderation.community import SECTIONS, TEMPLATES_ROW, TIERS_ROW
from bot.moderation.retention import PRIVACY_ROW
from tests.unit.moderation.ground import ADMIN, ANN, HOME, MIA, MO, Ground

A = ActionName
PEOPLE, MONEY, PICTURES = SECTIONS["people"], SECTIONS["money"], SECTIONS["pictures"]


@dataclass(frozen=True)
class Visitor:
    person: str
    platform: str = "web"
    community: str = HOME


async def own(ground: Ground) -> Mapping[str, object]:
    return await ground.ledger.read(lambda c: settings_rows.of_community(c, "web", HOME))


async def test_only_administrators_see_and_change_settings_and_every_try_is_on_record(ground: Ground) -> None:
    assert (await ground.room.community.overview(Visitor(MO.id))).text.startswith("Only administrators")  # type: ignore[union-attr]
    for person in (ANN, MO):
        assert isinstance(await ground.form(A.SETTINGS, PEOPLE, person), Reply)
        assert not (await ground.press(A.SETTINGS, PEOPLE, person, {"moderators_channel": "mine"})).changed
    assert await own(ground) == {}
    rows = await ground.ledger.read(lambda c: c.execute(select(audit.c.actor, audit.c.outcome)).all())
    assert [tuple(row) for row in rows] == [(ANN.id, "refused"), (ANN.id, "refused"), (MO.id, "refused"), (MO.id, "refused")]


async def test_an_administrator_sees_what_is_set_and_changes_a_page(ground: Ground) -> None:
    reply = await ground.room.community.overview(Visitor(ADMIN.id))
    assert isinstance(reply, Reply)
    assert isinstance(reply.view, View)
    assert {button.row for button in reply.view.buttons} == {*SECTIONS.values(), TEMPLATES_ROW, TIERS_ROW}
    form = await ground.form(A.SETTINGS, PEOPLE, ADMIN)
    assert isinstance(form, Form)
    assert len(form.fields) <= 5
    values = {"moderators_channel": "<#123456>", "moderators": "<@&77>, mod2", "channels": "#imagine pictures"}
    assert (await ground.press(A.SETTINGS, PEOPLE, ADMIN, values)).changed
    assert await own(ground) == {"moderators_channel": "123456", "moderators": ["77", "mod2"], "channels": ["imagine", "pictures"]}
    await ground.press(A.SETTINGS, MONEY, ADMIN, {"budget_member_day": "0.25", "budget_community_day": "$5"})
    await ground.press(
        A.SETTINGS, PICTURES, ADMIN, {"size": "1024x1024", "quality": "low", "retention_days": "7", "deny_reasons": "Off topic\n Rude "}
    )
    assert await own(ground) == {
        "moderators_channel": "123456",
        "moderators": ["77", "mod2"],
        "channels": ["imagine", "pictures"],
        "budget_member_day": 250_000,
        "budget_community_day": 5_000_000,
        "size": "1024x1024",
        "quality": "low",
        "retention_days": 7,
        "deny_reasons": ["Off topic", "Rude"],
    }


@pytest.mark.parametrize(
    ("row", "values", "words"),
    [
        (PEOPLE, {"moderators_channel": "no such / channel!"}, "isn't the id"),
        (MONEY, {"budget_member_day": "a lot"}, "isn't an amount"),
        (MONEY, {"budget_member_day": "-1"}, "isn't an amount"),
        (MONEY, {"budget_member_day": "1e9"}, "isn't an amount"),
        (MONEY, {"budget_member_day": "\u00b2"}, "isn't an amount"),
        (MONEY, {"budget_member_day": "5000"}, "more than the operator allows"),
        (PICTURES, {"retention_days": "0"}, "isn't a number of days"),
        (PICTURES, {"retention_days": "\u0663\u0660"}, "isn't a number of days"),
        (PICTURES, {"size": "7x7"}, "You can choose"),
        (PICTURES, {"quality": "superb"}, "You can choose"),
        (PICTURES, {"deny_reasons": "x" * 101}, "up to"),
        (PICTURES, {"deny_reasons": "\n".join(f"reason {n}" for n in range(21))}, "up to"),
    ],
)
async def test_a_wrong_value_is_answered_with_a_sentence_and_changes_nothing(
    ground: Ground, row: str, values: dict[str, str], words: str
) -> None:
    reply = await ground.press(A.SETTINGS, row, ADMIN, values)
    assert not reply.changed
    assert words in reply.text
    assert await own(ground) == {}


async def test_a_communitys_own_reasons_are_offered_and_kept(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.SETTINGS, PICTURES, ADMIN, {"deny_reasons": "Off topic\nRude"})
    form = await ground.form(A.CASE_DENY, case.id, MO)
    assert isinstance(form, Form)
    assert [choice.value for choice in form.fields[0].choices] == ["Off topic", "Rude"]
    assert not (await ground.press(A.CASE_DENY, case.id, MO, {"reason": "harm"})).changed
    assert (await ground.press(A.CASE_DENY, case.id, MO, {"reason": "Rude"})).changed
    assert "Reason: Rude." in (await ground.member_view(case)).text[0]


async def test_settings_belong_to_communities_not_to_direct_messages(ground: Ground) -> None:
    reply = await ground.room.community.overview(Visitor(ADMIN.id, community="dm:admin"))
    assert isinstance(reply, Reply)
    assert reply.view is None


async def texts(ground: Ground) -> str:
    """Everything in the ledger that people wrote."""

    def read(c: object) -> str:
        found = []
        for table in (requests, rewrites, case_notes, attempts, audit):
            found += [str(tuple(row)) for row in c.execute(select(table))]  # type: ignore[attr-defined]
        return "\n".join(found)

    return await ground.ledger.read(read)


async def test_texts_of_a_closed_case_go_after_the_communitys_time_and_the_fingerprint_stays(ground: Ground) -> None:
    case, _ = await ground.suggested("a secret tea party")
    await ground.press(A.CASE_COMMENT, case.id, MIA, {"note": "careful words"})
    await ground.press(A.REWRITE_DECLINE, (await ground.case(case.id)).asked or "", ANN)
    prints = [one.fingerprint for one in await ground.requests()]
    await ground.later(29 * 24)
    assert "secret tea party" in await texts(ground)
    await ground.later(25)
    left = await texts(ground)
    for words in ("secret tea party", "dragon", "careful words"):
        assert words not in left
    assert [one.fingerprint for one in await ground.requests()] == prints
    assert all(prints)
    card = await ground.card(case)
    assert "deleted" in next(fact.value for fact in card.facts if fact.label == "Prompt")
    assert A.CASE_PROMPT not in {button.action for button in card.buttons}
    assert ("decline", "done") in await ground.audit_log(case.id)


async def test_texts_of_a_waiting_case_and_of_pictures_stay(ground: Ground) -> None:
    case, rewrite = await ground.suggested("a lovely tea party")
    await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)

    def works(tx: Tx) -> None:
        [sent] = list(request_rows.requests_where(tx.connection, requests.c.origin == "rewrite"))
        tx.connection.execute(requests.update().where(requests.c.id == sent.id).values(state="answered", answer="pictures"))

    await ground.ledger.write(works)
    await ground.later(31 * 24)
    kept = [one.prompt for one in await ground.requests()]
    assert kept == ["", "a lovely tea party"]
    assert (await ground.case(case.id)).texts_removed


async def made_picture(ground: Ground, person: Person, sha256: str) -> None:
    def body(tx: Tx) -> None:
        request = ground.request(tx, f"a picture for {person.name}", person)
        picture_rows.add(tx, request.id, "attempt", [Picture(sha256, "png", 1, 1, 1)])
        request_rows.move(tx, request, RequestEvent.ANSWER, answer=Answer.PICTURES.value, answered_at=tx.now)

    await ground.ledger.write(body)


async def test_a_member_sees_and_deletes_what_is_stored_about_them_and_nothing_of_others(ground: Ground) -> None:
    await made_picture(ground, ANN, "aa")
    await made_picture(ground, ANN, "shared")
    await made_picture(ground, MIA, "shared")
    closed = await ground.denied()
    view = await ground.room.privacy.overview(Visitor(ANN.id))
    assert [fact.value for fact in view.facts] == ["3", "2", "0", "0", "1", "0"]
    assert not (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "false"})).changed
    assert isinstance(await ground.form(A.PRIVACY_DELETE, PRIVACY_ROW, ANN), Form)
    assert (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})).changed
    assert ground.forgotten == ["aa"]
    left = await texts(ground)
    assert "dragon" not in left
    assert "for Ann" not in left
    assert "Ann" not in left
    assert "a picture for Mia" in left
    assert (await ground.case(closed.id)).person.name == ""
    assert [fact.value for fact in (await ground.room.privacy.overview(Visitor(ANN.id))).facts] == ["0"] * 6


async def test_what_was_typed_as_an_option_and_refused_is_deleted_too(ground: Ground) -> None:
    def refused(tx: Tx) -> str:
        request_rows.insert_received(
            tx, "r" * 16, "web:r", Submission(ANN, Place("web", HOME, "imagine"), "a dragon"), deadline_at=tx.now + 840
        )
        request = request_rows.get(tx.connection, "r" * 16)
        assert request is not None
        value = Refusal("unsupported_size", {"value": "of Emma, 7 Elm Road", "allowed": ["1024×1024"]}, nearest=Nearest("auto", "auto"))
        request_rows.move(tx, request, RequestEvent.REFUSE, refusal=value, answered_at=tx.now)
        return request.id

    await ground.ledger.write(refused)
    assert "Elm Road" in await texts(ground)
    assert (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})).changed
    assert "Elm Road" not in await texts(ground)


async def test_what_a_member_said_about_another_ones_picture_is_deleted_too(ground: Ground) -> None:
    await made_picture(ground, MIA, "aa")
    [request] = await ground.requests()
    assert (await ground.press(A.REPORT, request.id, ANN, {"reason": "people", "note": "my sister Emma"})).changed
    case = await ground.case((await ground.requests())[0].reported)
    [before] = await ground.messages(f"case:{case.id}")
    assert (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})).changed
    left = await texts(ground) + str(await ground.card(case))
    assert "Emma" not in left
    assert "Ann" not in left
    assert (await ground.messages(f"case:{case.id}"))[0].wanted > before.wanted
    assert (await ground.case(case.id)).state is CaseState.OPEN, "the picture stays hidden and the case open"


@pytest.mark.parametrize("days", [0, 40])
async def test_no_name_of_the_member_is_left_in_a_closed_case(ground: Ground, days: float) -> None:
    case = await ground.denied()
    await ground.press(A.APPEAL, case.id, ANN, {"why": "it is a comedy"})
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    await ground.denied(by=MIA, case=case)
    await ground.later(days * 24)  # after 40 days the texts are gone already
    [before] = await ground.messages(f"case:{case.id}")
    assert "Ann" in str(await ground.card(case))
    assert (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})).changed
    left = await texts(ground) + str(await ground.case(case.id))
    assert "Ann" not in left
    assert "Mia" in left, "who decided stays on record"
    assert "Ann" not in str(await ground.card(case))
    [after] = await ground.messages(f"case:{case.id}")
    assert after.wanted > before.wanted


async def test_a_wording_that_moderators_still_decide_about_goes_when_the_case_is_closed(ground: Ground) -> None:
    case = await ground.claimed()
    reply = await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})
    assert "still being drawn" in reply.text
    assert "dragon" in await texts(ground)
    await ground.denied(case=case)
    await ground.sweep()
    assert "dragon" not in await texts(ground)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_DENIED


async def test_an_appeal_is_not_possible_once_the_texts_are_gone(ground: Ground) -> None:
    case = await ground.denied()
    await ground.later(31 * 24)
    assert not (await ground.press(A.APPEAL, case.id, ANN)).changed
    steps = await ground.ledger.read(lambda c: case_rows.audit_log(c, case.id))
    assert steps[-1].facts["why"] == "texts_removed"


def test_a_communitys_budget_can_only_go_below_the_operators() -> None:
    operators = Limits(member_day=1_000_000, member_month=None)
    own = operators.within({"budget_member_day": 250_000, "budget_member_month": 5, "budget_community_day": 10**12, "size": "auto"})
    assert (own.member_day, own.member_month, own.community_day) == (250_000, 5, operators.community_day)
    assert operators.within({}) == operators


async def test_a_communitys_own_budget_counts_when_a_rewrite_is_accepted(ground: Ground) -> None:
    case, rewrite = await ground.suggested()
    await ground.press(A.SETTINGS, MONEY, ADMIN, {"budget_member_day": "0"})
    assert not (await ground.press(A.REWRITE_ACCEPT, rewrite, ANN)).changed
    assert await ground.sent() == []
    assert (await ground.case(case.id)).asked == rewrite


@pytest.mark.parametrize("hours", [-1.0, 1.0])
async def test_what_was_asked_to_be_deleted_goes_with_its_case_whatever_the_clock_did(ground: Ground, hours: float) -> None:
    case = await ground.claimed()
    [blocked] = await ground.requests()
    ground.clock.at += hours * 3600
    await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.press(A.CASE_DENY, case.id, MO, {"reason": "harm"})
    await ground.sweep()
    [now] = await ground.requests()
    assert (now.id, now.prompt, now.deleted, now.person.name) == (blocked.id, "", True, "")
