"""Options that a service refused although nobody chose them: which one it was, how long that counts, and when the notice is over."""

from __future__ import annotations

import dataclasses

import pytest

from bot.domain.failure import Evidence, Failure
from bot.domain.kinds import Fixer, Kind
from bot.domain.outcome import Billed, Outcome
from bot.ledger import notice_rows
from bot.ledger.store import Tx
from bot.messages.notices import Notices
from bot.requests import learned_values, parts
from bot.requests.learned_values import LEARNED_FOR, Learned
from bot.requests.omitted_options import as_told_to_member, learned, refused_options, worked_without
from tests.unit.requests.ground import PICTURE, Ground, failure
from tests.unit.requests.test_without_options import refusing

ALL = frozenset({"quality", "size", "n"})
NAMELESS = {
    Kind.UNSUPPORTED_SIZE: "The aspect ratio 3:2 is not supported.",
    Kind.UNSUPPORTED_QUALITY: "Invalid value: 'medium'. Supported values are: 'standard' and 'hd'.",
    Kind.UNSUPPORTED_COUNT: "Too many images requested.",
    Kind.UNSUPPORTED_OPTION: "Unknown parameter.",
}
"""What the rules recognise without an option's name."""


def refused(kind: Kind, option: str, facts: dict[str, str], status: int = 400) -> tuple[Outcome, Failure]:
    """What a service answered that names this option, or none, and what it means."""
    said = {"error": {"message": NAMELESS.get(kind, "That is not possible.")}}
    nameless = Evidence(provider="openai", api="images.generations", status=status, body=said)
    outcome = refusing(option, status=status) if option else refusing("", status=status, shortfall=nameless)
    return outcome, dataclasses.replace(failure(kind), facts=facts)


@pytest.mark.parametrize(
    ("kind", "option", "facts", "left_out"),
    [
        (Kind.UNSUPPORTED_SIZE, "", {}, {"size"}),
        (Kind.UNSUPPORTED_QUALITY, "", {}, {"quality"}),
        (Kind.UNSUPPORTED_COUNT, "", {}, {"n"}),
        (Kind.UNSUPPORTED_SIZE, "quality", {}, {"quality"}),  # what it names counts, whatever it was taken for
        (Kind.UNSUPPORTED_OPTION, "", {}, ALL),
        (Kind.UNSUPPORTED_OPTION, "steps", {"param": "steps"}, set()),
        (Kind.BAD_REQUEST_OTHER, "", {}, set()),
        (Kind.BAD_REQUEST_OTHER, "size", {}, {"size"}),
        (Kind.PROMPT_TOO_LONG, "size", {}, set()),
    ],
)
async def test_the_option_that_an_answer_is_about(
    ground: Ground, kind: Kind, option: str, facts: dict[str, str], left_out: set[str]
) -> None:
    request = await ground.asked()
    for status, counts in ((400, True), (422, True), (404, False), (500, False)):
        outcome, why = refused(kind, option, facts, status)
        assert refused_options(request, outcome, why, ALL) == (left_out if counts else set())
    outcome, why = refused(kind, option, facts)
    assert refused_options(request, outcome, why, frozenset({"n"})) == left_out & {"n"}
    assert refused_options(request, dataclasses.replace(outcome, billed=Billed.UNKNOWN), why, ALL) == set()


async def test_an_option_that_its_member_chose_is_theirs_to_change(ground: Ground) -> None:
    request = await ground.asked(quality="high")
    outcome = refusing("quality")
    for free, theirs in ((ALL, False), (ALL - {"quality"}, True)):
        seen = as_told_to_member(request, outcome, failure(Kind.UNSUPPORTED_OPTION), free, ground.rules.model)
        assert (seen.who_can_fix is Fixer.USER, "unchosen" in seen.facts) == (theirs, not theirs)


@pytest.mark.parametrize(("after", "counts"), [(0.0, True), (LEARNED_FOR - 1, True), (LEARNED_FOR, False)])
async def test_what_was_learned_counts_for_a_week_for_that_service_and_model(ground: Ground, after: float, counts: bool) -> None:
    request = await ground.asked()
    tried = dataclasses.replace(request, left_out=frozenset({"quality", "response_format"}))
    drawn = Outcome(pictures=(PICTURE,), billed=Billed.YES, status=200, carried=frozenset({"size"}))
    await ground.ledger.write(lambda tx: worked_without(tx, tried, drawn, ground.rules, "one.example", Notices()))
    ground.at[0] += after

    async def known(service: str, model: str) -> frozenset[str]:
        return await ground.ledger.read(lambda c: learned(c, service, model, ground.at[0]))

    assert await known("one.example", request.model) == ({"quality", "response_format"} if counts else set())
    assert await known("other.example", request.model) == await known("one.example", "other") == set()


@pytest.mark.parametrize(("after", "limit"), [(0.0, 4), (LEARNED_FOR - 1, 4), (LEARNED_FOR, 0)])
async def test_a_named_limit_counts_for_a_week_for_that_service_and_model(ground: Ground, after: float, limit: int) -> None:
    await ground.ledger.write(lambda tx: parts.learn_limit(tx, "one.example", "sd3", 4))
    ground.at[0] += after

    async def known(service: str, model: str) -> int:
        return await ground.ledger.read(lambda c: parts.learned_limit(c, service, model, ground.at[0]))

    assert await known("one.example", "sd3") == limit
    assert await known("other.example", "sd3") == await known("one.example", "other") == 0


async def test_only_what_may_be_left_out_is_learned(ground: Ground) -> None:
    def body(tx: Tx) -> frozenset[str]:
        learned_values.remember(tx, Learned.LEFT_OUT, "here", "sd3", {"options": ["quality", "prompt", "model"]})
        return learned(tx.connection, "here", "sd3", tx.now)

    assert await ground.ledger.write(body) == {"quality"}


@pytest.mark.parametrize(
    ("carried", "left_out", "operators", "still_open"),
    [
        ({"quality", "size", "n"}, set(), set(), {"quality:other-model"}),  # taken: the service takes it now, for this model
        ({"size", "n"}, {"quality"}, set(), {"quality", "quality:other-model"}),
        ({"size"}, {"quality", "n"}, set(), {"quality", "n", "quality:other-model"}),
        ({"size", "n"}, {"quality"}, {"quality"}, set()),  # the operator leaves it out: nothing to hear about
        (set(), set(), set(), {"quality", "size", "quality:other-model"}),
    ],
)
async def test_a_notice_about_an_option_ends_when_it_is_taken_or_left_out_for_good(
    ground: Ground, carried: set[str], left_out: set[str], operators: set[str], still_open: set[str]
) -> None:
    request = dataclasses.replace(await ground.asked(), left_out=frozenset(left_out))
    rules = dataclasses.replace(ground.rules, leave_out=frozenset(operators))
    notices = Notices()
    causes = {"quality": f"left_out:quality:{request.model}", "size": f"left_out:size:{request.model}"}
    causes |= {"n": f"left_out:n:{request.model}", "quality:other-model": "left_out:quality:other-model"}

    def body(tx: Tx) -> set[str]:
        for name in ("quality", "size", "quality:other-model"):
            notices.report(tx, causes[name], "left_out", {"param": name})
        drawn = Outcome(pictures=(PICTURE,), billed=Billed.YES, status=200, carried=frozenset(carried))
        worked_without(tx, request, drawn, rules, "here", notices)
        assert set(notice_rows.open_causes(tx.connection)) == notices.open
        return notices.open

    assert await ground.ledger.write(body) == {causes[name] for name in still_open}
