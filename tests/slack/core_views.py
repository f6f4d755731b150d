"""Every view that the core shows, filled with words of the test's choice: requests in each state, cases, what members are told, notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.chat.views import Audience, View
from bot.domain.case_states import CaseState, Standing
from bot.domain.failure import Failure
from bot.domain.kinds import KINDS, Kind
from bot.domain.outcome import Picture
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Person, Place, Request
from bot.gate.port import Estimate
from bot.ledger.case_rows import Case, Note, Rewrite, Step
from bot.ledger.codec import refusal_from_json
from bot.messages import notices
from bot.messages.request_facts import RequestFacts
from bot.messages.request_view import render
from bot.moderation import member_view
from bot.moderation.card import CaseFacts, card
from bot.texts import keys, paragraphs
from bot.texts.files import catalogue

NOW = 1_800_000_000.0
ID = "abcdefgh23456789"
HELD_REASONS = ("secret", "phone", "email", "card", "account", "private", "brand", "intense", "brand_intense")
REFUSAL_FACTS = {
    "value": "40",
    "allowed": ["1", "2", "3", "4"],
    "limit": 3,
    "left": 10_000,
    "unit": "money",
    "scope": "member",
    "period": "day",
}


def failure(kind: Kind) -> Failure:
    """The last answer of its kind."""
    rule = KINDS[kind]
    facts = {"status": "400", "code": "moderation_blocked", "stage": "input", "categories": "violence, other", "request_id": "req_0a1b2c"}
    return Failure(rule.group, kind, rule.action, None, rule.who_can_fix, 1.0, facts)


def request(words: str, name: str = "Ada", **changes: object) -> Request:
    values: dict[str, object] = {
        "id": ID,
        "state": RequestState.QUEUED,
        "person": Person("U0000ADA", name),
        "place": Place("slack", "T0000001", "C0000001"),
        "prompt": words,
        "fingerprint": "0" * 64,
        "model": "gpt-image-1",
        "size": "1536x1024",
        "quality": "medium",
        "count": 4,
        "private": False,
        "created_at": NOW,
        "due_at": NOW,
        "deadline_at": NOW + 840,
        **changes,
    }
    return Request(**values)  # type: ignore[arg-type]


def of_requests(words: str, name: str = "Ada") -> Iterator[tuple[str, View]]:
    """A request in every state, with every question, refusal and kind of failure."""

    def shown(label: str, found: Request, pictures: int = 0, **facts: object) -> tuple[str, View]:
        drawn = [Picture(f"{number:064d}", "png", 1024, 1024, 100, words) for number in range(pictures)]
        return label, render(RequestFacts(found, NOW, pictures=drawn, **facts), Audience.MEMBER)  # type: ignore[arg-type]

    for key in keys():
        table, _, reason = key.rpartition(".")
        if table == "waiting" and not reason.startswith(("after", "for", "trying", "next")):
            yield shown(f"waiting {reason}", request(words, name), estimate=Estimate(3, 40.0, reason), estimate_until=NOW + 60)
        if table == "held" and reason in HELD_REASONS:
            refusal = refusal_from_json({**REFUSAL_FACTS, "reason": reason, "cleaned": words})
            yield shown(f"held {reason}", request(words, name, state=RequestState.AWAITING_MEMBER, refusal=refusal))
        template = catalogue("en").template(key)
        if table == "refusal" and "budget_" not in reason and template is not None:
            fields = dict.fromkeys(template.fields, "9")
            stored = {**fields, **REFUSAL_FACTS, "reason": reason, "nearest": "2", "until": NOW + 600, "channels": [words[:30]]}
            refusal = refusal_from_json(stored)
            yield shown(
                f"refused {reason}",
                request(words, name, state=RequestState.REFUSED, refusal=refusal),
                case=Standing(7, CaseState.OPEN),
            )
    yield shown("received", request(words, name, state=RequestState.RECEIVED))
    yield shown("drawing", request(words, name, state=RequestState.CALLING, attempts=2))
    yield shown("collecting", request(words, name, state=RequestState.COLLECTING))
    for count in (1, 2, 4, 10):
        done = {"state": RequestState.ANSWERED, "answer": Answer.PICTURES, "count": count}
        yield shown(f"{count} pictures", request(words, name, **done), count)
        yield shown(f"{count} private pictures", request(words, name, **done, private=True), count)
    for answer in (Answer.CANCELLED, Answer.EXPIRED, Answer.INTERRUPTED):
        yield shown(answer.value, request(words, name, state=RequestState.ANSWERED, answer=answer))
    for kind in Kind:
        wrong = failure(kind)
        answer = Answer.BLOCKED if kind.value.startswith("safety") else Answer.FAILED
        yield shown(
            kind.value,
            request(words, name, state=RequestState.ANSWERED, answer=answer, failure=wrong, attempts=3),
            case=Standing(12, CaseState.OPEN),
        )
        yield shown(f"waiting after {kind.value}", request(words, name, failure=wrong, due_at=NOW + 30))
        partly = {"state": RequestState.ANSWERED, "answer": Answer.PICTURES, "failure": wrong}
        yield shown(f"some missing, {kind.value}", request(words, name, **partly), 2, case=Standing(12, CaseState.OPEN))
    wrong = {"failure": failure(Kind.SAFETY_PROMPT), "state": RequestState.ANSWERED, "answer": Answer.BLOCKED}
    for state in CaseState:
        yield shown(f"blocked, case {state}", request(words, name, **wrong), case=Standing(12, state))
    yield shown("deleted", request(words, name, deleted=True))


def case(words: str, name: str, state: CaseState, **changes: object) -> Case:
    values: dict[str, object] = {
        "id": ID,
        "number": 123_456,
        "state": state,
        "platform": "slack",
        "community": "T0000001",
        "person": Person("U0000ADA", name),
        "request_id": ID,
        "kind": "safety_prompt",
        "facts": failure(Kind.SAFETY_PROMPT).facts,
        "opened_at": NOW,
        "waiting_since": NOW,
        "due_at": NOW + 600,
        "version": 1,
        "expires_at": NOW + 259_200,
        "holder": Person("U0000MOD", name),
        "lease_until": NOW + 600,
        "decided_by": Person("U0000MOD", name),
        "closed_at": NOW,
        "reason": words[:100] or "other",
        **changes,
    }
    return Case(**values)  # type: ignore[arg-type]


EVENTS = [key.rpartition(".")[2] for key in keys("case.step.")]


def of_cases(words: str, name: str = "Ada") -> Iterator[tuple[str, View]]:
    """The moderators' card and the member's line in every state, and the message about every step."""
    steps = [Step(number, NOW, ID, "T0000001", "U0000MOD", name, event, "done") for number, event in enumerate(EVENTS)]
    notes = [
        Note(f"n{number}", kind, Person("U0000MOD", name), NOW, words)
        for number, kind in enumerate(("comment", "appeal", "denial", "hint"))
    ]
    for state in CaseState:
        found = case(words, name, state)
        for paused in (None, NOW + 3600):
            joined = [request(words, name)] * 2
            facts = CaseFacts(found, request(words, name), joined, 3, [], 120_000, steps, notes, NOW, paused)
            yield f"card {state} {paused}", card(facts)
        for event in member_view._STEP_VIEWS:
            step = Step(
                1, NOW, ID, "T0000001", "U0000MOD", name, event, "done", {"reason": words[:90], "note": "n3", "hours": 12, "until": NOW}
            )
            rewrite = Rewrite("r1", ID, words[::-1], "0" * 64, Person("U0000MOD", name), NOW)
            asked = case(words, name, state, asked="rephrase" if event == "ask_rephrase" else "r1")
            of_notes = {one.id: one for one in notes}
            question = member_view.StepFacts(asked, replace(step, event="suggest"), request(words, name), rewrite, 40_000, of_notes)
            told = member_view.StepFacts(asked, step, request(words, name), rewrite, 40_000, of_notes, question=question)
            yield f"told {event} {state}", member_view.step_view(told)


def of_notices() -> Iterator[tuple[str, View]]:
    """What operators are told about every kind of failure."""
    for kind in Kind:
        yield f"notice {kind.value}", View(title=notices.title(kind.value), text=paragraphs(notices.sentence(kind.value, {})))


def of_everything(words: str, name: str = "Ada") -> Iterator[tuple[str, View]]:
    yield from of_requests(words, name)
    yield from of_cases(words, name)
    yield from of_notices()
