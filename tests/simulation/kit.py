"""Small plans that together take every step of both tables, for crashes aimed at a single step."""

from __future__ import annotations

import copy
import dataclasses

from tests.simulation.plan import Command, Crash, Deed, Handling, Plan, Press, Weather

CLAIM, OTHER = Deed("case_claim", "moderator1"), Deed("case_claim", "moderator2")
REWRITE, ASK = Deed("case_rewrite", "moderator1", words="good"), Deed("case_rephrase", "moderator1")
DENY, AGAIN = Deed("case_deny", "moderator1"), Deed("case_deny", "moderator2")
YES, NO, APPEAL = Deed("rewrite_accept"), Deed("rewrite_decline"), Deed("appeal")
BLOCKED_REWRITE = dataclasses.replace(REWRITE, words="safety_prompt")


def _plan(*commands: Command, **more: object) -> Plan:
    made: dict[str, object] = {"seed": 0, "commands": list(commands), "horizon": 900.0, "polls": 300.0, **more}
    return Plan(**made)  # type: ignore[arg-type]


def _case(*deeds: Deed, nature: str = "safety_prompt", **more: object) -> Plan:
    return _plan(Command(0, 1.0, "member1", nature, count=2), handlings=[Handling(0, list(deeds))], **more)


def _asked(*deeds: Deed) -> Plan:
    """A member asks to publish a result."""
    asks = [Press(0, 60.0, "publish", twice="click")]
    return _plan(Command(0, 1.0, "member1"), presses=asks, results="reviewed", handlings=[Handling(0, list(deeds))])


def _good(n: int = 0, **more: object) -> Command:
    return Command(n, 1.0 + n / 10, "member1", **more)  # type: ignore[arg-type]


def _doubtful(action: str, after: float = 20.0) -> Plan:
    return _plan(_good(doubtful=True), presses=[Press(0, after, action)], horizon=1500.0)


LATE = {"provider_faults": 0.3, "later": 1.0}
BUSY = Weather(0.0, 1400.0, "busy")
KIT: dict[str, Plan] = {
    "a picture": _plan(_good(), _good(1, count=2)),
    "a picture cut": _plan(_good(), presses=[Press(0, 60.0, "crop", twice="event"), Press(0, 120.0, "crop")]),
    "a candidate picked": _plan(_good(), presses=[Press(0, 60.0, "not_right", twice="click")]),
    "a text drawn": _plan(_good(caption=True), _good(1, count=2, caption=True), presses=[Press(1, 60.0, "add_text", twice="click")]),
    "a wording sent": _plan(*(_good(n, guided=True) for n in range(3)), tells={"member1": "mention"}),
    "published by a reviewer": _asked(CLAIM, Deed("case_publish", "moderator1", twice="click")),
    "sent back by a reviewer": _asked(CLAIM, DENY, Deed("case_publish", "moderator2", late=True)),
    "a ladder climbed": _plan(_good(nature="refused"), presses=[Press(0, 90.0, "simplify", twice="click")], horizon=3600.0),
    "a block": _plan(_good(nature="safety_output")),
    "a refusal": _plan(_good(), _good(1), _good(2), budget_pictures=1),
    "tried again, and failed": _plan(_good(), _good(1, count=3), provider_faults=1.0, only="server_error"),
    "collected": _plan(_good(count=2), _good(1, nature="safety_prompt"), _good(2, nature="bad_parameter"), **LATE),
    "collected, and failed": _plan(*(_good(n, nature="bad_parameter") for n in range(3)), later=1.0),
    "collected too late": _plan(*(_good(n) for n in range(3)), later=1.0, weather=[Weather(4.0, 1400.0, "refusing")], horizon=1500.0),
    "cancelled while collecting": _plan(
        _good(), _good(1), later=1.0, presses=[Press(n, one, "cancel") for one in (2.5, 3.5) for n in (0, 1)]
    ),
    "cancelled while calling": _plan(_good(), _good(1), presses=[Press(0, 2.5, "cancel"), Press(1, 3.5, "cancel")]),
    "cancelled at an answer": _plan(_good(), presses=[Press(0, 0.0, "cancel", site="http-answered")]),
    "cancelled while waiting": _plan(_good(), weather=[BUSY], presses=[Press(0, one, "cancel") for one in (8.0, 40.0)]),
    "never its turn": _plan(_good(), crashes=[Crash("commit-after:received>queued", 1, down=1000.0)], horizon=1500.0),
    "turned away for ever": _plan(_good(), weather=[BUSY], horizon=1500.0),
    "interrupted": _plan(_good(), crashes=[Crash("http-sent", 1)]),
    "blocked meanwhile": _plan(
        _good(nature="safety_output"), *(_good(n, again_of=0) for n in range(1, 7)), provider_faults=0.5, only="rate_hint"
    ),
    "out of money meanwhile": _plan(*(_good(n) for n in range(6)), budget_pictures=2),
    "sent anyway": _doubtful("send_anyway"),
    "sent cleaned": _doubtful("send_cleaned"),
    "discarded": _doubtful("discard"),
    "never answered": _doubtful("discard", 5000.0),
    "a rewrite accepted": _case(CLAIM, REWRITE, YES),
    "a rewrite declined": _case(CLAIM, REWRITE, NO),
    "a rewrite blocked too": _case(CLAIM, BLOCKED_REWRITE, YES, OTHER, AGAIN),
    "a rewrite blocked meanwhile": _plan(
        Command(0, 1.0, "member1", "safety_prompt"),
        handlings=[Handling(0, [CLAIM, BLOCKED_REWRITE, YES, CLAIM, REWRITE, YES])],
    ),
    "rephrased": _case(CLAIM, ASK, Deed("rephrase", words="good")),
    "rephrased and blocked": _case(CLAIM, ASK, Deed("rephrase", words="safety_output"), OTHER),
    "denied and appealed": _case(CLAIM, DENY, APPEAL, OTHER, AGAIN),
    "an appeal nobody took": _case(CLAIM, DENY, APPEAL, patient=True),
    "no matter of policy": _case(CLAIM, Deed("case_not_policy", "moderator1"), Deed("again")),
    "released": _case(CLAIM, Deed("case_release", "moderator1"), OTHER, AGAIN),
    "a lease that ran out": _case(CLAIM, horizon=1500.0),
    "taken over": _case(CLAIM, Deed("case_take_over", "operator1"), Deed("case_deny", "operator1")),
    "solved by an edit": _plan(Command(0, 1.0, "member1", "safety_prompt"), presses=[Press(0, 30.0, "edit")]),
    "solved while somebody decides": _plan(
        Command(0, 1.0, "member1", "safety_prompt"), presses=[Press(0, 40.0, "edit")], handlings=[Handling(0, [CLAIM])]
    ),
    "nobody came": _case(patient=True),
    "no answer to a rewrite": _case(CLAIM, REWRITE, patient=True),
}


def variant(plan: Plan, seed: int, crashes: list[Crash]) -> Plan:
    """The same plan with different random choices and crashes."""
    made = copy.deepcopy(plan)
    made.seed, made.crashes = seed, crashes
    return made
