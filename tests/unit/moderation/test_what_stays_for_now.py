"""What is kept of a member who had everything deleted while something was under way, and cards that a platform refused."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.chat.port import RefusedWhy
from bot.chat.views import ActionName, Audience
from bot.domain.case_states import REPORTED
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Person, Place
from bot.ledger import case_rows, message_rows, notice_rows, privacy_rows, request_rows, settings_rows
from bot.ledger.store import Tx
from bot.ledger.tables import attachments, case_notes, cases, messages
from bot.moderation import delivery
from bot.moderation.delivery import TRY_AGAIN
from bot.moderation.retention import PRIVACY_EVENT, PRIVACY_ROW
from bot.moderation.timeouts import CLOCK_ERROR
from bot.texts import paragraphs, text
from tests.unit.moderation.ground import ANN, BEN, HOME, MIA, MO, Ground
from tests.unit.moderation.test_community_and_privacy import Visitor
from tests.unit.moderation.test_what_time_leaves import refuse

A = ActionName


async def left(ground: Ground) -> dict[str, tuple[str, str, bool]]:
    """Prompt, name and deletion of every request."""
    return {one.id: (one.prompt, one.person.name, one.deleted) for one in await ground.requests()}


async def test_what_was_drawn_at_a_deletion_goes_with_it_and_what_came_later_only_loses_its_words(ground: Ground) -> None:
    case = await ground.claimed("the first")
    drawn = await ground.ledger.write(lambda tx: ground.request(tx, "being drawn"))
    version = (await ground.case(case.id)).version
    await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})
    assert ((await ground.case(case.id)).version, (await ground.case(case.id)).forget) == (version + 1, True)
    later = await ground.blocked("a later one")
    rule = KINDS[Kind.SAFETY_PROMPT]

    def blocked(tx: Tx) -> None:
        failure = Failure(rule.group, Kind.SAFETY_PROMPT, rule.action, None, rule.who_can_fix, 1.0, {})
        assert ground.cases.open_case(tx, drawn, failure) == later.id == case.id
        request_rows.move(tx, drawn, RequestEvent.ANSWER, answer=Answer.BLOCKED.value, answered_at=tx.now, case_id=case.id)

    await ground.ledger.write(blocked)
    before = await left(ground)
    assert sorted(words for words, _, _ in before.values()) == ["a later one", "being drawn", "the first"]
    await ground.denied(case=await ground.case(case.id))
    await ground.sweep()
    assert [(before[key][0], *value) for key, value in sorted((await left(ground)).items())] == [
        ("the first", "", "", True),
        ("being drawn", "", "", True),
        ("a later one", "", "Ann", False),
    ]


@pytest.mark.parametrize("asked_after", [-1.0, 0.0, 1.0])
async def test_a_deletion_that_an_older_version_recorded_counts_for_what_was_there_at_its_time(ground: Ground, asked_after: float) -> None:
    case = await ground.blocked("some words")

    def asked(tx: Tx) -> None:
        case_rows.write_audit(tx, "", HOME, Person(ANN.id, ""), PRIVACY_EVENT, facts={})
        privacy_rows.forget_cases_of(tx, "web", ANN.id)

    ground.clock.at += asked_after
    await ground.ledger.write(asked)
    ground.clock.at += 1.0
    await ground.press(A.CASE_CLAIM, case.id, MO)
    await ground.denied(case=await ground.case(case.id))
    await ground.sweep()
    gone = asked_after >= 0
    assert await left(ground) == {case.request_id: ("", "" if gone else "Ann", gone)}


@pytest.mark.parametrize(("back", "held"), [(CLOCK_ERROR, True), (CLOCK_ERROR + 0.5, False)])
async def test_a_lease_that_a_wrong_clock_granted_is_over(ground: Ground, back: float, held: bool) -> None:
    case = await ground.claimed()
    ground.clock.at -= back
    await ground.press(A.CASE_CLAIM, case.id, MIA)
    holder = (await ground.case(case.id)).holder
    assert holder is not None
    assert holder.id == (MO.id if held else MIA.id)


async def test_a_name_is_left_in_a_case_without_texts_in_its_own_field_or_under_a_note(ground: Ground) -> None:
    """Which of a member's emptied cases still name them."""
    ids = {name: (await ground.blocked(community=name)).id for name in ("named", "signed", "nameless", "others'", "with texts")}
    ids["ben's"] = (await ground.blocked(person=BEN)).id

    def body(tx: Tx) -> set[str]:
        unnamed = [ids[name] for name in ("signed", "nameless", "others'")]
        tx.connection.execute(cases.update().where(cases.c.id != ids["with texts"]).values(texts_removed=True))
        tx.connection.execute(cases.update().where(cases.c.id.in_(unnamed)).values(person_name=""))
        case_rows.add_note(tx, ids["signed"], "appeal", ANN, "")
        case_rows.add_note(tx, ids["nameless"], "appeal", Person(ANN.id), "")
        case_rows.add_note(tx, ids["others'"], "comment", MO, "")
        return set(privacy_rows.emptied_cases_of(tx.connection, "web", ANN.id))

    assert await ground.ledger.write(body) == {ids["named"], ids["signed"]}


async def test_a_members_own_reports_lose_their_words_and_name_and_nobody_elses(ground: Ground) -> None:
    case = await ground.blocked()

    def body(tx: Tx) -> tuple[list[str], list[tuple[str, str, str]]]:
        for kind, author in (("report", ANN), ("report", BEN), ("comment", ANN)):
            case_rows.add_note(tx, case.id, kind, author, "words")
        assert privacy_rows.forget_reports_of(tx, "test", ANN.id) == []
        gone = list(privacy_rows.forget_reports_of(tx, "web", ANN.id))
        rows = tx.connection.execute(select(case_notes).order_by(case_notes.c.id))
        return gone, [(row.kind, row.author_name, row.text) for row in rows]

    expected = [("report", "", ""), ("report", "Ben", "words"), ("comment", "Ann", "words")]
    assert await ground.ledger.write(body) == ([case.id], expected)


async def test_what_is_stored_of_a_member_is_counted_for_them_alone(ground: Ground) -> None:
    request = (await ground.blocked("some words")).request_id
    rows = [{"id": f"a{number}", "person": who} for number, who in enumerate(("web:m1", "web:m1", "web:m2", "test:m1"))]
    more = {"request_id": request, "position": 0, "role": "picture", "name": "", "handle": {}, "stored": "", "made_here": False}
    more |= {"created_at": 0.0, "sha256": "", "format": "", "width": 0, "height": 0, "size": 0}
    await ground.ledger.write(lambda tx: tx.connection.execute(attachments.insert(), [row | more for row in rows]))
    found = await ground.ledger.read(lambda c: [privacy_rows.counts(c, "web", who) for who in (ANN.id, BEN.id)])
    assert [(one.requests, one.attachments, one.cases) for one in found] == [(1, 2, 1), (0, 1, 0)]
    shown = await ground.room.privacy.overview(Visitor(ANN.id))
    assert shown.text == paragraphs(text("case.privacy.text", days=30))


async def test_an_answer_that_was_given_counts_once_however_often_it_is_delivered(ground: Ground) -> None:
    case, offer = await ground.suggested()
    await ground.press(A.REWRITE_DECLINE, offer, ANN, key="one press")
    again = await ground.press(A.REWRITE_DECLINE, offer, ANN, key="one press")
    assert (again.text, again.changed) == (text("case.no.repeated"), False)
    assert (await ground.audit_log(case.id))[-1][1] == "stale"


@pytest.mark.parametrize("reported", [False, True])
async def test_a_decision_shows_the_request_anew_and_says_what_it_meant(ground: Ground, reported: bool) -> None:
    """Of a reported picture the request is shown although nothing was blocked."""
    case = await ground.blocked()

    def body(tx: Tx) -> None:
        request = request_rows.get(tx.connection, case.request_id)
        assert request is not None
        message_rows.want(tx, f"request:{request.id}", Audience.CHANNEL, request.place)
        if reported:
            tx.connection.execute(cases.update().values(kind=REPORTED))
            request_rows.mark(tx, request.id, answer=Answer.PICTURES.value)

    await ground.ledger.write(body)
    for action, values, said in ((A.CASE_CLAIM, {}, None), (A.CASE_DENY, {"reason": "harm"}, "kept_hidden" if reported else "deny")):
        [before] = await ground.messages(f"request:{case.request_id}")
        reply = await ground.press(action, case.id, MO, values)
        [after] = await ground.messages(f"request:{case.request_id}")
        assert after.wanted == before.wanted + 1
        assert said is None or reply.text == text(f"case.done.{said}", number=case.number)


async def revisions(ground: Ground) -> int:
    """Of all cards together: grows by one for each that is sent again."""
    wanted = select(func.sum(messages.c.wanted_revision)).where(messages.c.subject.like("case:%"))
    return int(await ground.ledger.read(lambda c: c.execute(wanted).scalar_one()))


async def test_refused_cards_wait_their_time_and_each_channel_has_its_own_share(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "AT_ONCE", 2)
    ids = [(await ground.blocked(community=place, person=who)).id for place in ("one", "two") for who in (ANN, BEN, MO)]
    for place in ("one", "two"):
        await ground.ledger.write(lambda tx, p=place: settings_rows.replace(tx, "web", p, {"moderators_channel": f"cards of {p}"}, "x"))
    await ground.sweep()
    await refuse(ground, *ids)
    ground.clock.at += TRY_AGAIN
    known = await revisions(ground)
    for wait, sent in ((0.0, 4), (0.0, 0), (0.5, 0), (TRY_AGAIN - 1, 0), (0.5, 4), (-5.0, 4)):  # also when the clock is put back
        ground.clock.at += wait
        await ground.sweep()
        assert await revisions(ground) == known + sent, wait
        known += sent


async def test_a_notice_about_a_channel_ends_when_its_cards_arrive_and_others_are_not_the_sweeps_business(ground: Ground) -> None:
    case = await ground.blocked()
    told = {"moderators": "moderators", "former": "moderators", "imagine": "channel"}

    def reported(tx: Tx) -> None:
        for channel, audience in told.items():
            ground.room.notices.report(tx, f"chat_forbidden:web:{channel}", "chat_forbidden", {"audience": audience})

    async def still_open() -> set[str]:
        rows = await ground.ledger.read(lambda c: notice_rows.open_causes(c))
        assert set(rows) == ground.room.notices.open
        return {cause.rpartition(":")[2] for cause in rows}

    await ground.ledger.write(reported)
    await refuse(ground, case.id, why=RefusedWhy.FORBIDDEN)
    await ground.sweep()
    assert await still_open() == {"moderators", "imagine"}
    await ground.ledger.write(lambda tx: tx.connection.execute(messages.update().values(refused=None, settled=True)))
    ground.clock.at += TRY_AGAIN
    await ground.sweep()
    assert await still_open() == {"imagine"}
    assert ground.homes["web"] == Place("web", HOME, "moderators")
