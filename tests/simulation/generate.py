"""Generation of a plan from a seed: everything at once, in random amounts.

A change here changes the meaning of seeds, but not of plans. Failing seeds are therefore stored as plans (`regressions/`).
"""

from __future__ import annotations

from random import Random

from tests.simulation.plan import Command, Crash, Deed, Handling, Nature, Plan, Press, Weather

HORIZONS = (600.0, 1800.0, 3600.0, 4 * 3600.0, 24 * 3600.0)
"""Seconds in which things go wrong; afterwards the world is calm and everything must settle."""

BOUNDARIES = (
    "http-before",
    "http-sent",
    "http-answered",
    "chat-before",
    "chat-after",
    "commit-before",
    "commit-after",
    "ack-before",
    "ack-after",
)
"""Half of the crashes target these: with uniform points, a planted bug survived 300 seeds of the prototype."""


PRESSED = ("cancel", "cancel", "retry", "retry", "again", "publish", "delete", "edit", "nearest")
NATURES = (
    *[Nature.GOOD] * 12,
    Nature.SAFETY_PROMPT,
    Nature.SAFETY_PROMPT,
    Nature.SAFETY_OUTPUT,
    Nature.SAFETY_SOME,
    Nature.BAD_PARAMETER,
    Nature.FEWER,
)


HOT = (*[Nature.GOOD] * 2, *[Nature.SAFETY_PROMPT] * 3, *[Nature.SAFETY_OUTPUT] * 2, Nature.SAFETY_SOME)
"""Prompts that give moderators something to do."""


def from_seed(seed: int) -> Plan:
    """A plan of everything at once, in random amounts; every third one is about cases."""
    r = Random(f"plan:{seed}")
    with_cases = r.random() < 0.35
    horizon = r.choice(HORIZONS[:4] if with_cases else HORIZONS)
    burst = with_cases or r.random() < 0.5
    people = [f"member{n}" for n in range(1, r.randint(2, 4))]
    numbers = range(r.randint(1, 3) if with_cases else r.randint(2, 8))
    writers = [*people, "moderator1"] if with_cases and r.random() < 0.3 else people
    commands = [_command(r, n, horizon * (0.03 if burst else 0.8), writers, HOT if with_cases else NATURES) for n in numbers]
    presses = [_press(r, n, people) for n in numbers for _ in range(r.choice([0, 0, 1, 1, 2]))]
    presses += [_answer(r, one.n, people) for one in commands if one.doubtful for _ in range(r.choice([0, 1, 1, 2]))]
    _want_many(Random(f"many:{seed}"), commands)
    presses += _attach(Random(f"pictures:{seed}"), commands, people)  # drawn apart as well
    presses += _change(Random(f"changes:{seed}"), commands, people)
    presses += _reject(Random(f"rejected:{seed}"), commands, people)
    presses += _simplify(Random(f"ladders:{seed}"), commands)
    plan = Plan(
        seed=seed,
        commands=commands,
        presses=presses,
        crashes=[_crash(r) for _ in range(r.choice([0, 1, 1, 2, 3, 5]))],
        skews=[
            (round(r.uniform(0, horizon), 3), r.choice([-3600.0, -60.0, -5.0, 5.0, 60.0, 3600.0])) for _ in range(r.choice([0, 0, 0, 1, 2]))
        ],
        weather=[] if with_cases else [_weather(r, horizon) for _ in range(r.choice([0, 0, 1, 2]))],
        removals=[(n, round(r.expovariate(1 / 60), 3)) for n in numbers if r.random() < 0.04],
        horizon=horizon,
        provider_faults=r.choice([0.0, 0.0, 0.2] if with_cases else [0.0, 0.2, 0.5, 0.9]),
        later=r.choice([0.0, 0.1, 0.5]),
        chat_faults=r.choice([0.0, 0.1, 0.3] if with_cases else [0.0, 0.1, 0.3, 0.6]),
        redelivers=r.random() < 0.5,
        budget_pictures=r.choice([2, 4, 8, 1000, 1000]),
        polls=_polls(r, horizon),
        handlings=[_handling(r, n) for n in range(len(commands)) for _ in range(r.choice([1, 1, 2]))] if with_cases else [],
        absences=[_absence(r, horizon)] if with_cases and r.random() < 0.3 else [],
        check_faults=r.choice([0.0, 0.0, 0.2]) if with_cases else 0.0,
        forgets=[(r.choice(people), round(r.uniform(0, horizon), 3))] if r.random() < (0.3 if with_cases else 0.1) else [],
        patient=with_cases and r.random() < 0.25,
        fallback=Random(f"fallback:{seed}").random() < 0.4,  # drawn apart, so that seeds keep the rest of their meaning
    )
    _after_the_first_picture(plan, people)
    return plan


def _after_the_first_picture(plan: Plan, people: list[str]) -> None:
    """Texts on pictures, the guide, who sees results first, and who is told about late ones."""
    plan.presses += _caption(Random(f"captions:{plan.seed}"), plan.commands)
    _guide(Random(f"guided:{plan.seed}"), plan.commands)
    plan.tells = _tell(Random(f"tells:{plan.seed}"), people)
    plan.results = Random(f"results:{plan.seed}").choices(["public", "private", "reviewed"], [20, 1, 3])[0]
    if plan.results == "reviewed":
        _review(Random(f"reviews:{plan.seed}"), plan)


def _polls(r: Random, horizon: float) -> float | None:
    """Usually rarer than the product's own polls, so that nothing hides a lost wake-up and an idle day is cheap."""
    if horizon <= 1800 and r.random() < 0.3:
        return None
    return {600.0: 300.0, 1800.0: 300.0, 3600.0: 600.0}.get(horizon, 1800.0)


_MODERATORS = ("moderator1", "moderator2")
_SCRIPTS: tuple[tuple[str, ...], ...] = (
    ("claim", "rewrite", "yes"),
    ("claim", "rewrite:safety_prompt", "yes", "claim", "rewrite", "yes"),
    ("claim", "rewrite:same", "rewrite", "no", "yes*"),
    ("claim", "rewrite", "yes", "yes*", "no*"),
    ("claim", "ask", "rephrase"),
    ("claim", "ask", "rephrase:safety_output", "claim", "deny"),
    ("claim", "deny", "appeal", "claim", "claim/", "deny/", "appeal*"),
    ("claim", "deny", "appeal", "claim/", "rewrite/", "yes"),
    ("claim", "policy", "again"),
    ("claim", "release", "claim/", "deny/"),
    ("claim", "_605", "deny*", "claim/", "policy/"),
    ("claim", "take", "deny*", "deny!"),
    ("claim", "block", "deny", "unblock"),
    ("comment", "prompt", "claim", "claim/*", "deny/*", "deny"),
    ("claim", "rewrite"),
    ("remove", "claim", "rewrite", "remove", "yes"),
    ("claim", "remove", "deny", "appeal", "claim/", "policy/"),
    ("claim?", "comment?", "claim", "deny?*", "rewrite", "no"),
)
"""Scripts for a case. `/` the other moderator, `!` the administrator, `?` somebody who isn't a moderator; `*` pressed late, after it has
disappeared; `:` what the provider does with the new words; `_` a pause. `remove`: the card is deleted on the platform."""
_NAMES = {
    "claim": "case_claim",
    "rewrite": "case_rewrite",
    "ask": "case_rephrase",
    "deny": "case_deny",
    "policy": "case_not_policy",
    "publish": "case_publish",
    "release": "case_release",
    "take": "case_take_over",
    "block": "case_block_member",
    "unblock": "case_unblock_member",
    "comment": "case_comment",
    "prompt": "case_prompt",
    "remove": "remove_card",
    "yes": "rewrite_accept",
    "no": "rewrite_decline",
}
_BY_MEMBER = frozenset({"yes", "no", "rephrase", "appeal", "again"})


def _handling(r: Random, case: int, scripts: tuple[tuple[str, ...], ...] = _SCRIPTS) -> Handling:
    one, other = r.sample(_MODERATORS, 2)
    deeds: list[Deed] = []
    pause = 0.0
    for word in r.choice(scripts):
        if word.startswith("_"):
            pause = float(word[1:])
            continue
        name, _, words = word.partition(":")
        plain = name.rstrip("/!?*")
        who = other if "/" in name else "operator1" if "!" in name or plain == "take" else "member9" if "?" in name else one
        after = pause + r.choice([r.uniform(0.5, 3), r.uniform(2, 30), r.expovariate(1 / 100)])
        deeds.append(
            Deed(
                _NAMES.get(plain, plain),
                "" if plain in _BY_MEMBER else who,
                round(after, 3),
                twice=r.choice(["", "", "", "", "click", "event", "" if plain in _BY_MEMBER else other]),
                words=words or ("good" if plain == "rewrite" else ""),
                late="*" in name,
            )
        )
        pause = 0.0
        if r.random() < 0.1:  # somebody presses an outdated button
            late = r.choice(deeds)
            deeds.append(Deed(late.action, r.choice([late.who, "" if late.who == "" else other]), 1.0, words=late.words, late=True))
    return Handling(case, deeds)


def _absence(r: Random, horizon: float) -> tuple[str, float, float]:
    start = round(r.uniform(0, horizon * 0.3), 3)
    return r.choice(_MODERATORS), start, start + r.choice([60.0, 1200.0, 1e9])


def _command(r: Random, number: int, within: float, people: list[str], natures: tuple[Nature, ...]) -> Command:
    again_of = r.randrange(number) if number and r.random() < 0.08 else None
    return Command(
        n=number,
        at=round(r.uniform(0, within), 3),
        who=r.choice(people),
        nature=r.choice(natures).value,
        count=r.choice([1, 1, 1, 2, 3]),
        private=r.random() < 0.3,
        again_of=again_of,
        doubtful=again_of is None and r.random() < 0.06,
    )


def _press(r: Random, command: int, people: list[str]) -> Press:
    if r.random() < 0.2:
        return Press(command, 0.0, "cancel", site=r.choice(["http-before", "http-sent", "http-answered", "commit-before", "chat-after"]))
    return Press(
        command=command,
        after=round(r.choice([r.uniform(0, 60), r.expovariate(1 / 600)]), 3),
        action=r.choice(PRESSED),
        who=r.choice(people) if r.random() < 0.2 else "",
        twice=r.choice(["", "", "", "click", "event"]),
    )


def _want_many(r: Random, commands: list[Command]) -> None:
    """Let some commands ask for more pictures than one call gives."""
    for command in commands:
        if r.random() < 0.15:
            command.count = r.randint(5, 10)


def _attach(r: Random, commands: list[Command], people: list[str]) -> list[Press]:
    """Attach pictures to some commands; the answers to the question that comes with the first ones."""
    found = []
    for command in commands:
        if command.again_of is None and r.random() < 0.2:
            command.pictures = r.choice([1, 1, 2])
            found.append(
                Press(command.n, round(r.uniform(1, 60), 3), r.choice(["send_anyway"] * 5 + ["discard"]), "", r.choice(["", "click"]))
            )
    return found


def _change(r: Random, commands: list[Command], people: list[str]) -> list[Press]:
    """Crop some results, which costs nothing and asks nobody."""
    return [
        Press(
            one.n, round(r.uniform(5, 400), 3), "crop", r.choice(people) if r.random() < 0.1 else "", r.choice(["", "", "click", "event"])
        )
        for one in commands
        for _ in range(r.choice([0, 0, 0, 1, 2]))
    ]


def _reject(r: Random, commands: list[Command], people: list[str]) -> list[Press]:
    """Say that some results aren't right, ask for candidates and pick one."""
    found = []
    for one in commands:
        if r.random() < 0.15:
            who = r.choice(people) if r.random() < 0.1 else ""
            found.append(Press(one.n, round(r.uniform(5, 300), 3), "not_right", who, r.choice(["", "", "click", "event"])))
    return found


def _simplify(r: Random, commands: list[Command]) -> list[Press]:
    """Let a prompt be refused for a detail, and its member look for it."""
    named = {one.again_of for one in commands}
    found = []
    for one in commands:
        plain = one.nature == Nature.GOOD and one.again_of is None and one.n not in named and not one.doubtful
        if plain and r.random() < 0.1:
            one.nature = Nature.REFUSED.value
            found.append(Press(one.n, round(r.uniform(20, 300), 3), "simplify", "", r.choice(["", "", "click", "event"])))
    return found


def _caption(r: Random, commands: list[Command]) -> list[Press]:
    """Ask for text on some results with the command, and for others afterwards."""
    found = []
    for one in commands:
        one.caption = r.random() < 0.08
        if r.random() < 0.08:
            found.append(Press(one.n, round(r.uniform(5, 400), 3), "add_text", "", r.choice(["", "", "click", "event"])))
    return found


def _guide(r: Random, commands: list[Command]) -> None:
    """Let some commands be written in the guide's form."""
    for one in commands:
        plain = one.nature != Nature.REFUSED and one.again_of is None and not (one.doubtful or one.pictures or one.caption)
        if plain and r.random() < 0.08:
            one.guided, one.count = True, 1


def _tell(r: Random, people: list[str]) -> dict[str, str]:
    """Members who want to be told about late answers."""
    return {who: r.choice(["mention", "direct"]) for who in people if r.random() < 0.2}


_REVIEWS = (
    ("claim", "publish"),
    ("claim", "publish", "publish*"),
    ("claim", "deny", "publish*"),
    ("claim", "deny", "claim", "publish/"),
    ("claim?", "publish?", "claim", "publish/", "publish"),
    ("claim", "_605", "publish*", "claim/", "publish/"),
    ("claim", "take", "publish*", "publish!"),
    ("claim", "remove", "publish"),
)
"""Scripts for a review, as those for cases."""


def _review(r: Random, plan: Plan) -> None:
    """Let members ask to publish what they have, twice at times, and reviewers decide."""
    for one in plan.commands:
        for _ in range(r.choice([0, 1, 1, 2])):
            plan.presses.append(Press(one.n, round(r.uniform(10, 400), 3), "publish", "", r.choice(["", "", "click", "event"])))
    plan.handlings += [_handling(r, n, _REVIEWS) for n in range(len(plan.commands)) if r.random() < 0.8]


def _answer(r: Random, command: int, people: list[str]) -> Press:
    """Answer the question about doubtful words: immediately, almost too late, or just too late."""
    after = r.choice([r.uniform(0.5, 5), r.expovariate(1 / 60), 900 + r.uniform(-3, 3)])
    action = r.choice(["send_anyway", "send_cleaned", "send_cleaned", "discard", "edit"])
    return Press(command, round(after, 3), action, r.choice(people) if r.random() < 0.1 else "", r.choice(["", "", "click", "event"]))


def _crash(r: Random) -> Crash:
    how = r.choice(["kill", "kill", "kill", "power", "torn", "term"])
    down = r.choice([0.1, 3.0, 60.0, 1800.0])
    if r.random() < 0.6:
        site = r.choice(BOUNDARIES)
        often = site.startswith(("chat", "commit"))
        return Crash(site=site, nth=r.choice([1, 2, 3, 5, 8] if often else [1, 1, 1, 2, 3]), how=how, down=down)
    return Crash(site="any", nth=int(r.expovariate(1 / 150)) + 1, how=how, down=down)


def _weather(r: Random, horizon: float) -> Weather:
    start = r.uniform(0, horizon * 0.8)
    length = r.choice([20.0, 90.0, 300.0, 1200.0])
    return Weather(round(start, 3), round(start + length, 3), r.choice(["down", "refusing", "busy", "busy", "no_credit"]))
