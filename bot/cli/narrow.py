"""`imagine-bot verify --narrow`: the request that works, with one option at a time of the one that failed; where it fails is the cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.cli.baseline import VerifiedRequest
from bot.cli.plan import Plan
from bot.cli.screen import say
from bot.domain.kinds import KINDS, Group, Kind
from bot.texts import text

OPTIONS = ("model", "size", "quality", "count", "prompt")
"""In the order in which they're tried."""


def steps(replay: Plan, good: Plan) -> list[Plan]:
    """One request for each option in which the failed request differs from the good one."""
    there = replace(good, subject=replay.subject)
    found = [] if _value(replay, "model") == _value(good, "model") else [replace(there, name="only_model")]
    for option in OPTIONS[1:]:
        if _value(replay, option) != _value(good, option):
            words = replay.words if option == "prompt" else good.words
            found.append(replace(there, name=f"only_{option}", words=words, **{option: getattr(replay, option)}))
    return found


def find(plans: Sequence[Plan], tried: Sequence[VerifiedRequest], attempt: Callable[[Plan], VerifiedRequest]) -> list[VerifiedRequest]:
    """Try the steps up to the first that fails, and say what that shows. Returns the further requests."""
    by_name = dict(zip((plan.name for plan in plans), zip(plans, tried, strict=True), strict=True))
    if "replay" not in by_name:
        return []
    if by_name["replay"][1].well:
        say(text("verify.narrow_works"))
        return []
    if not by_name["good"][1].well:
        say(text("verify.narrow_not_request"))
        return []
    made: list[VerifiedRequest] = []
    blocked = _may_be_blocked(by_name["replay"][1].kind)
    for step in steps(by_name["replay"][0], by_name["good"][0]):
        if blocked and step.prompt != by_name["good"][0].prompt:
            say(text("verify.narrow_wording"))
            return made
        made.append(attempt(step))
        if not made[-1].well:
            option = step.name.removeprefix("only_")
            say(text("verify.narrow_cause", option=text(f"verify.option_{option}", value=_value(step, option))))
            return made
    say(text("verify.narrow_none"))
    return made


def _may_be_blocked(kind: str) -> bool:
    """Whether this answer can be a block, after which the wording isn't sent again."""
    silent = (Kind.EMPTY_RESULT, Kind.MALFORMED_RESPONSE, Kind.BAD_REQUEST_OTHER)  # how some filters answer
    return KINDS[Kind(kind)].group is Group.SAFETY or kind in silent


def _value(plan: Plan, option: str) -> object:
    return plan.subject.settings.image_model if option == "model" else getattr(plan, option)
