"""Whose rewording a picture is, a person says: forty pairs of a blocked wording and one typed after Ask to rephrase."""

from __future__ import annotations

import pytest

from bot.chat.views import ActionName, Audience, Form
from bot.domain.case_states import CaseState
from bot.domain.request_states import Answer, RequestEvent
from bot.domain.requests import Origin, Person
from bot.ledger import request_rows
from bot.ledger.case_rows import Case
from bot.ledger.case_rows import audit_log as case_rows_trail
from bot.ledger.store import Tx
from bot.moderation.retention import PRIVACY_ROW
from bot.requests.actions import RequestActions
from bot.texts import text
from tests.unit.moderation.ground import ANN, BEN, HOME, MO, Ground

A = ActionName

UNRELATED = [
    ("a picnic at the lake", "a poster that says 'Grand opening of the village library'"),
    (
        "a photorealistic portrait of a soldier, studio lighting, 4k, detailed",
        "a photorealistic portrait of a horse, studio lighting, 4k, detailed",
    ),
    ("a red car in the city at night, rain, neon", "a red umbrella in the city at night, rain, neon"),
    ("a boxer in the ring", "the ring in a box"),
    ("the cat and the dog at the door", "the king and the queen at the table"),
    ("oil painting of a battle in the style of the old masters", "oil painting of a breakfast in the style of the old masters"),
    ("ein Ritter kämpft mit dem Drachen in der Burg", "ein Bäcker steht mit dem Brot in der Küche"),
    ("une bataille de chevaliers dans la forêt la nuit", "une fête de famille dans la maison la nuit"),
    ("una pelea de perros en la calle de la ciudad", "una boda de amigos en la playa de la ciudad"),
    ("бой рыцаря с драконом на мосту в тумане", "прогулка девочки с собакой на мосту в тумане"),
    ("一个男人在湖边打架", "一个女孩在湖边画画"),
    ("図書館の前で戦う騎士の写真", "図書館の前で眠る猫の写真"),
    ("기사가 다리 위에서 용과 싸우는 그림", "소녀가 다리 위에서 꽃을 파는 그림"),
    ("فارس يقاتل تنينا على الجسر في الليل", "طفل يأكل تفاحة على الجسر في الليل"),
    ("אביר נלחם בדרקון על הגשר בלילה", "ילדה מוכרת פרחים על הגשר בלילה"),
    ("ภาพอัศวินต่อสู้กับมังกรบนสะพาน", "ภาพเด็กผู้หญิงขายดอกไม้บนสะพาน"),
    ("एक योद्धा पुल पर राक्षस से लड़ता है", "एक बच्ची पुल पर फूल बेचती है"),
    ("ένας ιππότης μάχεται στη γέφυρα", "ένα κορίτσι πουλάει στη γέφυρα"),
    ("bir şövalye köprüde ejderhayla savaşıyor", "bir kız köprüde çiçek satıyor"),
    ("4k 4k 4k wallpaper fight", "4k 4k 4k wallpaper flowers"),
]
ALIKE = [
    ("a dragon fights a knight on a bridge", "a dragon and a knight on a bridge"),
    ("a wild bar brawl", "a lively bar"),
    ("a boxer with a bloody face", "a boxer after a fair match"),
    ("ein Drache kämpft gegen einen Ritter", "ein Drache und ein Ritter trinken Tee"),
    ("un dragon attaque un chevalier", "un dragon joue avec un chevalier"),
    ("un dragón ataca a un caballero", "un dragón saluda a un caballero"),
    ("дракон нападает на рыцаря", "дракон и рыцарь пьют чай"),
    ("龙在桥上攻击骑士", "龙和骑士在桥上喝茶"),
    ("橋の上で竜が騎士を襲う", "橋の上で竜と騎士がお茶を飲む"),
    ("다리 위에서 용이 기사를 공격한다", "다리 위에서 용과 기사가 차를 마신다"),
    ("تنين يهاجم فارسا على الجسر", "تنين وفارس يشربان الشاي على الجسر"),
    ("דרקון תוקף אביר על הגשר", "דרקון ואביר שותים תה על הגשר"),
    ("มังกรโจมตีอัศวินบนสะพาน", "มังกรและอัศวินดื่มชาบนสะพาน"),
    ("अजगर पुल पर योद्धा पर हमला करता है", "अजगर और योद्धा पुल पर चाय पीते हैं"),
    ("ένας δράκος επιτίθεται σε ιππότη", "ένας δράκος και ένας ιππότης πίνουν τσάι"),
    ("bir ejderha şövalyeye saldırıyor", "bir ejderha ve şövalye çay içiyor"),
    ("smok atakuje rycerza na moście", "smok i rycerz piją herbatę na moście"),
    ("rồng tấn công hiệp sĩ trên cầu", "rồng và hiệp sĩ uống trà trên cầu"),
    ("მხედარი ებრძვის დრაკონს ხიდზე", "მხედარი და დრაკონი ხიდზე"),
    ("DRAGON VS KNIGHT!!!", "dragon, knight, tea"),
]


async def made(
    ground: Ground, prompt: str, person: Person = ANN, origin: Origin = Origin.COMMAND, parent: str | None = None, community: str = HOME
) -> str:
    """A request that gave a picture."""

    def body(tx: Tx) -> str:
        request = ground.request(tx, prompt, person, community, origin, parent)
        request_rows.move(tx, request, RequestEvent.ANSWER, answer=Answer.PICTURES.value, answered_at=tx.now)
        done = request_rows.get(tx.connection, request.id)
        assert done is not None
        ground.room.on_pictures(tx, done)
        return request.id

    ground.clock.at += 30
    return await ground.ledger.write(body)


async def asked(ground: Ground, prompt: str = "a dragon fights a knight") -> Case:
    case = await ground.claimed(prompt)
    await ground.press(A.CASE_REPHRASE, case.id, MO)
    return await ground.case(case.id)


async def questions(ground: Ground, case: Case) -> list[int]:
    """Lines of the trail that asked the member about a picture."""
    audit_log = await ground.audit_log(case.id)
    return [number for number, (event, _) in enumerate(audit_log) if event == "other_picture"]


@pytest.mark.parametrize(("blocked", "typed"), [*UNRELATED, *ALIKE])
async def test_a_typed_wording_closes_a_case_only_when_its_member_says_that_it_was_meant(ground: Ground, blocked: str, typed: str) -> None:
    case = await asked(ground, blocked)
    picture = await made(ground, typed)
    assert (await ground.case(case.id)).state is CaseState.WITH_MEMBER
    assert (await ground.press(A.REWORDED, picture, ANN)).changed
    assert (await ground.case(case.id)).state is CaseState.CLOSED_REPHRASED


async def test_the_member_is_asked_once_and_the_question_names_the_newest_picture(ground: Ground) -> None:
    case = await asked(ground)
    [card] = await ground.messages(f"case:{case.id}")
    await made(ground, "three kittens")
    [now] = await ground.messages(f"case:{case.id}")
    assert now.wanted > card.wanted, "the card's history has the question"
    newest = await made(ground, "a dragon naps")
    await made(ground, "a secret of another community", community="guild2")
    audit_log = await ground.ledger.read(lambda c: [one for one in case_rows_trail(c, case.id) if one.event == "other_picture"])
    assert len(audit_log) == 1
    view = await ground.view(f"step:{audit_log[0].seq}", Audience.MEMBER)
    assert [(one.action, one.row) for one in view.buttons] == [(A.REWORDED, newest)]
    assert [one.value for one in view.facts] == ["a dragon naps"]
    await ground.press(A.REWORDED, newest, ANN)
    closed = await ground.view(f"step:{audit_log[0].seq}", Audience.MEMBER)
    assert (closed.buttons, "worked" in closed.title) == ((), True)
    [reworded] = [one for one in await ground.audit_log(case.id) if one[0] == "rephrased"]
    assert reworded == ("rephrased", "done")


async def test_the_question_is_closed_when_the_case_ends_another_way(ground: Ground) -> None:
    case = await asked(ground)
    picture = await made(ground, "three kittens")
    await ground.later(80)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_EXPIRED
    [line] = await ground.ledger.read(lambda c: [one.seq for one in case_rows_trail(c, case.id) if one.event == "other_picture"])
    assert (await ground.view(f"step:{line}", Audience.MEMBER)).buttons == ()
    assert not (await ground.press(A.REWORDED, picture, ANN)).changed


@pytest.mark.parametrize("everything", [False, True])
async def test_a_deleted_picture_leaves_the_question_that_quotes_it(ground: Ground, everything: bool) -> None:
    case = await asked(ground)
    picture = await made(ground, "three kittens")
    [line] = await ground.ledger.read(lambda c: [one.seq for one in case_rows_trail(c, case.id) if one.event == "other_picture"])
    [shown] = await ground.messages(f"step:{line}")
    if everything:
        assert (await ground.press(A.PRIVACY_DELETE, PRIVACY_ROW, ANN, {"sure": "true"})).changed
    else:

        async def forget(sha256: str) -> None:
            raise AssertionError

        room = ground.room
        actions = RequestActions(ground.ledger, room.rules, room.cases.open_case, lambda request: None, forget)
        assert (await actions.handlers.actions[A.DELETE](ground.act(A.DELETE, picture, ANN))).changed
    [now] = await ground.messages(f"step:{line}")
    assert now.wanted > shown.wanted, "the message in the chat is changed too"
    view = await ground.view(f"step:{line}", Audience.MEMBER)
    assert (view.facts, view.buttons) == ((), ())


async def test_nobody_else_and_nothing_older_and_nothing_without_a_picture_settles_it(ground: Ground) -> None:
    before = await made(ground, "a dragon and a knight")
    case = await asked(ground)
    foreign = await made(ground, "a dragon and a knight", BEN)
    waiting = await ground.ledger.write(lambda tx: ground.request(tx, "a dragon and a knight").id)
    theirs = await made(ground, "a dragon and a knight")
    for row, person in ((before, ANN), (foreign, BEN), (foreign, ANN), (waiting, ANN), (theirs, BEN), ("2" * 16, ANN), (case.id, ANN)):
        assert not (await ground.press(A.REWORDED, row, person)).changed
    assert (await ground.case(case.id)).state is CaseState.WITH_MEMBER
    act = ground.act(A.REWORDED, theirs, ANN, key="same")
    assert (await ground.room.handlers.actions[A.REWORDED](act)).changed
    assert not (await ground.room.handlers.actions[A.REWORDED](act)).changed


@pytest.mark.parametrize("ask", ["rewrite", "none"])
async def test_without_a_request_for_another_wording_nothing_is_asked(ground: Ground, ask: str) -> None:
    case = (await ground.suggested())[0] if ask == "rewrite" else await ground.claimed()
    picture = await made(ground, "a dragon and a knight")
    assert await questions(ground, case) == []
    assert not (await ground.press(A.REWORDED, picture, ANN)).changed


async def test_edit_prompt_from_what_was_blocked_settles_it_without_a_question(ground: Ground) -> None:
    case = await asked(ground)
    await made(ground, "something else altogether", origin=Origin.EDIT, parent=case.request_id)
    assert (await ground.case(case.id)).state is CaseState.CLOSED_REPHRASED
    assert await questions(ground, case) == []


async def test_the_notice_about_a_technical_block_is_solved_when_its_retry_works(ground: Ground) -> None:
    case = await ground.claimed()
    await ground.press(A.CASE_NOT_POLICY, case.id, MO)
    cause = f"not_policy:{case.number}"
    await ground.ledger.write(lambda tx: request_rows.mark(tx, case.request_id, case_id=case.id))
    assert cause in ground.room.notices.open
    await made(ground, "three kittens")
    assert cause in ground.room.notices.open
    await made(ground, "a dragon fights a knight", origin=Origin.RETRY, parent=case.request_id)
    assert cause not in ground.room.notices.open


@pytest.mark.parametrize(("action", "field"), [(A.CASE_DENY, "reason"), (A.CASE_BLOCK_MEMBER, "pause")])
async def test_a_form_that_decides_about_a_person_preselects_nothing(ground: Ground, action: A, field: str) -> None:
    case = await ground.claimed()
    form = await ground.form(action, case.id, MO)
    assert isinstance(form, Form)
    [chosen] = [one for one in form.fields if one.name == field]
    assert (chosen.value, chosen.required) == ("", True)
    reply = await ground.press(action, case.id, MO, {})
    assert (reply.changed, reply.text) == (False, text(f"case.no.no_{field}", number=case.number))
