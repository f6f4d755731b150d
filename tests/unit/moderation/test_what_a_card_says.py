"""The moderators' card, whole: every line that they read, which of them are covered, and who may press what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.domain.case_states import HELD_EDIT, CaseState
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Person, Place, Request
from bot.ledger.case_rows import MACHINE, Case, Note, Step
from bot.moderation.card import CaseFacts, card
from bot.texts import text
from tests.unit.moderation.transcript import read

S = CaseState
NOW = 1_800_000_000.0  # 15 January 2027, 08:00 UTC
HOUR = 3600.0
ANN, MO, MIA = Person("m1", "Ann"), Person("mod1", "Mo"), Person("mod2", "Mia")

CASE = Case(
    id="c1",
    number=7,
    state=S.OPEN,
    platform="web",
    community="club",
    person=ANN,
    request_id="r1",
    kind="safety_prompt",
    facts={"status": "400", "code": "moderation_blocked", "stage": "input", "categories": "violence", "request_id": "req_1"},
    opened_at=NOW,
    waiting_since=NOW + HOUR,
    due_at=None,
    version=1,
    expires_at=NOW + 72 * HOUR,
)
REQUEST = Request(
    id="r1",
    state=RequestState.ANSWERED,
    person=ANN,
    place=Place("web", "club", "imagine"),
    prompt="a dragon fights a knight",
    fingerprint="f1",
    model="gpt-image-2",
    size="1536x1024",
    quality="medium",
    count=2,
    private=False,
    created_at=NOW,
    due_at=NOW,
    deadline_at=NOW + 840,
    answer=Answer.BLOCKED,
)
FACTS = CaseFacts(CASE, REQUEST, joined=(), earlier=0, cost=40_000, steps=(), notes=(), now=NOW, paused_until=None, references=())

WHY = (
    "The image service's filter blocked the prompt before anything was drawn. Read it, then suggest a rewrite that changes the intent, "
    "ask the member to rephrase, or deny it. You can't overrule the image service. If the prompt is clearly harmless, choose Not a policy "
    "matter."
)
NO_OVERRULE = "You can't overrule the image service. You can help the member find other words, or decide that the request stays blocked."
SERVICE = [
    "Why it's here: The prompt was blocked",
    "What the service said: status 400 · code moderation_blocked · stage input · categories violence",
    "Request id at the service: req_1",
]
PROMPT = "Prompt: a dragon fights a knight (hidden)"
MEMBER = "Requested by: Ann (m1), first case here"
REST = [
    "Channel: imagine (channel)",
    "Model and options: gpt-image-2 · 1536×1024 · medium · 2",
    "Request: r1",
    "Cost so far: $0.04",
    "Opened: 15 Jan, 08:00 UTC",
]
ABOUT = [*SERVICE, PROMPT, MEMBER, *REST]
DUE = "Due: 16 Jan, 09:00 UTC; expires at 18 Jan, 08:00 UTC"

CLAIM, COMMENT, SHOW = "[Claim; primary; not m1]", "[Comment; opens a form; not m1]", "[Show prompt; not m1]"
CLAIM_APPEAL = "[Claim; primary; not m1 or mod1]"
BLOCK, UNBLOCK = "[Block the member; danger; opens a form; not m1]", "[Unblock the member; not m1]"
DECIDE = [
    "[Suggest a rewrite; primary; opens a form; only mod1]",
    "[Ask to rephrase; opens a form; only mod1]",
    "[Not a policy matter; only mod1]",
    "[Deny; danger; opens a form; only mod1]",
    "[Release; only mod1]",
    "[Take over; administrators; not mod1]",
]
BLOCK_AS_HOLDER = "[Block the member; danger; opens a form; only mod1]"

HELD = replace(CASE, state=S.CLAIMED, holder=MO, lease_until=NOW + 600)
CLOSED = replace(CASE, decided_by=MO, closed_at=NOW + 2 * HOUR)
DENIED = replace(CLOSED, state=S.CLOSED_DENIED, reason="harm")
APPEALED = replace(CASE, state=S.APPEALED, decided_by=MO, appeals=1)


def waiting(title: str, state: str, *buttons: str) -> list[str]:
    return [f"{title} (waiting)", WHY, f"State: {state}", *ABOUT, DUE, *buttons]


def closed(title: str, state: str) -> list[str]:
    return [f"{title} (neutral)", f"State: {state}", *ABOUT, BLOCK, COMMENT, SHOW]


@pytest.mark.parametrize(
    ("case", "reads"),
    [
        (CASE, waiting("Case 7: open", "Open", CLAIM, COMMENT, SHOW)),
        (HELD, waiting("Case 7: Mo is deciding, until 15 Jan, 08:10 UTC", "Claimed", *DECIDE, BLOCK_AS_HOLDER, COMMENT, SHOW)),
        (replace(CASE, state=S.WITH_MEMBER), waiting("Case 7: waiting for Ann", "Waiting for the member", COMMENT, SHOW)),
        (
            APPEALED,
            waiting("Case 7: appealed, for a moderator other than Mo", "Appealed", CLAIM_APPEAL, COMMENT, SHOW),
        ),
        (
            replace(CASE, decided_by=MO, appeals=1),  # whoever claimed the appeal gave it back
            waiting("Case 7: appealed, for a moderator other than Mo", "Open", CLAIM_APPEAL, COMMENT, SHOW),
        ),
        (replace(CASE, appeals=1), waiting("Case 7: open", "Open", CLAIM, COMMENT, SHOW)),  # another wording was blocked since
        (replace(CASE, decided_by=MO), waiting("Case 7: open", "Open", CLAIM, COMMENT, SHOW)),
        (
            replace(CLOSED, state=S.CLOSED_ACCEPTED),
            closed("Case 7: Ann accepted the rewrite, 15 Jan, 10:00 UTC", "Closed: rewrite accepted"),
        ),
        (
            replace(CLOSED, state=S.CLOSED_DECLINED),
            closed("Case 7: Ann declined the rewrite, 15 Jan, 10:00 UTC", "Closed: rewrite declined"),
        ),
        (
            replace(CLOSED, state=S.CLOSED_REPHRASED),
            closed("Case 7: solved, Ann's own wording worked, 15 Jan, 10:00 UTC", "Closed: the member's own wording worked"),
        ),
        (DENIED, closed("Case 7: denied by Mo, 15 Jan, 10:00 UTC (It shows or invites harm)", "Closed: denied")),
        (
            replace(DENIED, reason="No politics here"),  # a reason of the community's own
            closed("Case 7: denied by Mo, 15 Jan, 10:00 UTC (No politics here)", "Closed: denied"),
        ),
        (
            replace(CLOSED, state=S.CLOSED_NOT_POLICY),
            closed("Case 7: not a policy matter, decided by Mo, 15 Jan, 10:00 UTC", "Closed: not a policy matter"),
        ),
        (
            replace(CLOSED, state=S.CLOSED_EXPIRED),
            closed("Case 7: expired without a decision, 15 Jan, 10:00 UTC", "Closed: expired without a decision"),
        ),
    ],
    ids=lambda value: value.state.value if isinstance(value, Case) else "",
)
def test_the_whole_card(case: Case, reads: list[str]) -> None:
    shown = card(replace(FACTS, case=case))
    assert read(shown) == reads
    assert {one.row for one in shown.buttons} == {"c1"}


def reading(**changes: object) -> list[str]:
    return read(card(replace(FACTS, **changes)))  # type: ignore[arg-type]


def titled(case: Case) -> str:
    return card(replace(FACTS, case=case)).title


def test_people_without_a_name_are_called_by_their_ids() -> None:
    nobody = Person("u9")
    assert titled(replace(CASE, state=S.WITH_MEMBER, person=nobody)) == "Case 7: waiting for u9"
    assert titled(replace(HELD, holder=nobody)) == "Case 7: u9 is deciding, until 15 Jan, 08:10 UTC"
    assert titled(replace(DENIED, decided_by=nobody, reason=None)) == "Case 7: denied by u9, 15 Jan, 10:00 UTC ()"
    assert "Requested by: u9 (u9), first case here" in reading(case=replace(CASE, person=nobody))


def test_a_card_with_everything_that_can_be_on_it() -> None:
    everything = replace(
        FACTS,
        case=replace(HELD, kind="safety_output", facts={"code": "output_moderation"}),
        joined=(replace(REQUEST, id="r2", prompt="a dragon bites a knight"), replace(REQUEST, id="r3", prompt="d" * 401)),
        earlier=3,
        cost=1_230_000,
        steps=[
            step("opened", "m1"),
            step("claim", "mod2", "Mia"),
            step("lease_end", MACHINE),
            step("claim", "mod1", "Mo"),
            step("joined", "m5"),
        ],
        notes=[
            Note("n1", "comment", MIA, NOW, "seen"),
            Note("n2", "appeal", Person("m1"), NOW + 60, "it is a comedy"),
            Note("n3", "denial", MO, NOW + 120, "x" * 301),
            Note("n4", "hint", MO, NOW + 180, "בלי דם"),
            Note("n5", "other", MO, NOW + 180, "no note of a known kind"),
            Note("n6", "comment", MO, NOW + 240, "y" * 300),
        ],
        paused_until=NOW + 24 * HOUR,
    )
    assert read(card(everything)) == [
        "Case 7: Mo is deciding, until 15 Jan, 08:10 UTC (waiting)",
        text("failures.safety_output.moderator"),
        "State: Claimed",
        "Why it's here: The finished picture was blocked; nobody has seen it",
        "What the service said: code output_moderation",
        PROMPT,
        f"Other blocked prompts: 2 more. The newest: {'d' * 399}… (hidden)",
        "Requested by: Ann (m1), earlier cases here: 3. Paused until 16 Jan, 08:00 UTC.",
        *(one.replace("$0.04", "$1.23") for one in REST),
        DUE,
        # The last four notes; what the member wrote is covered.
        "Appeal: it is a comedy (m1, 15 Jan, 08:01 UTC) (hidden)",
        f"Note on the denial: {'x' * 299}… (Mo, 15 Jan, 08:02 UTC)",
        "Hint to the member: \u2068בלי דם\u2069 (Mo, 15 Jan, 08:03 UTC)",
        f"Comment: {'y' * 300} (Mo, 15 Jan, 08:04 UTC)",
        "What happened: 15 Jan, 08:00 UTC · Ann: request blocked, case opened\n"
        "15 Jan, 08:00 UTC · Mia: claimed it\n"
        "15 Jan, 08:00 UTC · imagine-bot: ten minutes passed, open again\n"
        "15 Jan, 08:00 UTC · Mo: claimed it\n"
        "15 Jan, 08:00 UTC · m5: another blocked request was added to this case",
        *DECIDE,
        "[Unblock the member; not m1]",
        COMMENT,
        SHOW,
    ]


def step(event: str, actor: str, name: str = "", facts: Mapping[str, object] | None = None) -> Step:
    return Step(0, NOW, "c1", "club", actor, name, event, "done", facts or {})


def test_a_card_with_as_little_as_there_can_be_on_it() -> None:
    """Refused before the options were checked, by the block memory, and the texts are gone."""
    memory = replace(CASE, facts={"code": "block_memory"}, texts_removed=True)
    emptied = Note("n1", "comment", MO, NOW, "")
    assert reading(case=memory, request=replace(REQUEST, size="", answer=None), notes=[emptied]) == [
        "Case 7: open (waiting)",
        "The same wording was blocked here within the last 24 hours, so the bot didn't send it again. It may pass later or with another "
        "model.",
        NO_OVERRULE,
        "State: Open",
        "Why it's here: The prompt was blocked",
        "Prompt: (This text has been deleted.) (hidden)",
        MEMBER,
        "Channel: imagine (channel)",
        "Request: r1",
        "Cost so far: $0.04",
        "Opened: 15 Jan, 08:00 UTC",
        DUE,
        CLAIM,
        COMMENT,
    ]


def test_a_card_about_an_edit_that_was_not_sent_describes_its_pictures() -> None:
    held = replace(CASE, facts={"code": HELD_EDIT, "categories": "undress"})
    assert reading(case=held, references=("A picture", "A mask")) == [
        "Case 7: open (waiting)",
        "This edit of a picture may undress, sexualise or impersonate somebody, so nothing was sent. Read it. If it's harmless, press Not "
        "a policy matter: the member can then send it. Otherwise deny it, or help the member find other words.",
        "State: Open",
        SERVICE[0],
        PROMPT,
        MEMBER,
        *REST[:3],
        "Attached: A picture\nA mask",
        *REST[3:],
        DUE,
        CLAIM,
        COMMENT,
        SHOW,
    ]


REPORTED_CASE = replace(CASE, kind="reported", facts={"code": "people"})
REPORTED_BY = Note("n1", "report", Person("m2", "Ben"), NOW, "that is my sister")


@pytest.mark.parametrize(
    ("case", "buttons"),
    [
        (REPORTED_CASE, [CLAIM, COMMENT, SHOW]),
        (
            replace(REPORTED_CASE, state=S.CLAIMED, holder=MO, lease_until=NOW + 600),
            [
                "[Show it again; only mod1]",
                "[Keep it hidden; danger; opens a form; only mod1]",
                *DECIDE[4:],
                BLOCK_AS_HOLDER,
                COMMENT,
                SHOW,
            ],
        ),
    ],
)
def test_a_card_about_a_report_asks_about_the_picture_and_not_about_words(case: Case, buttons: list[str]) -> None:
    lines = reading(case=case, notes=[REPORTED_BY])
    assert lines[1:5] == [
        text("case.card.why_reported", reason="It shows a real person who may not want it"),
        lines[2],
        "Why it's here: Somebody reported a finished picture; it's hidden meanwhile",
        PROMPT,
    ]
    assert "What the reporter said: that is my sister (Ben, 15 Jan, 08:00 UTC)" in lines
    assert [one for one in lines if one.startswith("[")] == buttons


def test_without_the_request_or_its_words_the_prompt_counts_as_deleted() -> None:
    gone = "Prompt: (This text has been deleted.) (hidden)"
    assert gone in reading(request=replace(REQUEST, prompt=""))
    without = reading(request=None)
    assert gone in without
    assert not [line for line in without if line.startswith(("Channel", "Model", "Request:"))]


def test_long_prompts_are_cut_and_the_history_ends_with_the_newest() -> None:
    assert f"Prompt: {'p' * 900} (hidden)" in reading(request=replace(REQUEST, prompt="p" * 900))
    assert f"Prompt: {'p' * 899}… (hidden)" in reading(request=replace(REQUEST, prompt="p" * 901))
    [history] = [one.value for one in card(replace(FACTS, steps=[step("comment", f"mod{n}", f"P{n}") for n in range(10)])).facts][-1:]
    assert [line.partition(" · ")[2] for line in history.split("\n")] == [f"P{n}: commented" for n in range(2, 10)]


def test_other_prompts_whose_words_are_deleted_are_counted_without_them() -> None:
    gone, kept = replace(REQUEST, prompt=""), replace(REQUEST, prompt="a dragon bites a knight")
    assert "Other blocked prompts: 1 more. The newest: … (hidden)" in reading(joined=[gone])
    assert "Other blocked prompts: 2 more. The newest: a dragon bites a knight (hidden)" in reading(joined=[kept, gone])
    assert f"Other blocked prompts: 1 more. The newest: {'d' * 400} (hidden)" in reading(joined=[replace(REQUEST, prompt="d" * 400)])


def test_a_paused_member_can_be_unblocked_by_any_moderator_and_not_blocked_again() -> None:
    for case in (CASE, DENIED):
        assert reading(case=case, paused_until=NOW + 60)[-3:] == [UNBLOCK, COMMENT, SHOW]


def test_a_held_case_without_a_known_holder_can_be_taken_over_by_any_administrator() -> None:
    buttons = reading(case=replace(HELD, holder=None))
    assert "[Take over; administrators]" in buttons
    assert "[Deny; danger; opens a form; not m1]" in buttons


@pytest.mark.parametrize(
    ("case", "others", "now", "claim"),
    [
        (APPEALED, (True,), NOW, CLAIM_APPEAL),
        (APPEALED, (False,), NOW, CLAIM),  # nobody else could
        (APPEALED, (False, True), NOW, CLAIM_APPEAL),  # the newest appeal counts
        (APPEALED, (None,), NOW + 13 * HOUR - 1, CLAIM_APPEAL),  # the platform cannot say: for twelve hours
        (APPEALED, (None,), NOW + 13 * HOUR, CLAIM),
        (APPEALED, (), NOW, CLAIM_APPEAL),
        (replace(APPEALED, decided_by=None), (True,), NOW, CLAIM),
        (replace(APPEALED, appeals=0), (True,), NOW, CLAIM),
    ],
)
def test_an_appeal_is_for_somebody_else_than_who_denied(case: Case, others: Sequence[bool | None], now: float, claim: str) -> None:
    steps = [step("deny", "mod1"), *(step("appeal", "m1", facts={"others": one}) for one in others), step("comment", "mod2")]
    lines = reading(case=case, steps=steps, now=now)
    assert [line for line in lines if line.startswith("[Claim")] == [claim]
    assert SHOW in lines
