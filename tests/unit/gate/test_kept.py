"""What batches leave free for members."""

from __future__ import annotations

import pytest

from bot.domain.requests import Lane
from bot.gate.allowance import Allowance
from bot.gate.gate import AdaptiveGate
from bot.gate.kept import HALF_LIFE, Kept, launches
from bot.gate.port import Grant, Waiting
from bot.gate.settings import GateSettings
from bot.gate.window import Window
from tests.unit.gate.given import SERVED, Play, middle, row


def drafts(count: int) -> list[Waiting]:
    return [row(f"b{number}", "owner", float(number), Lane.BATCH) for number in range(count)]


def play(most: int) -> Play:
    return Play(AdaptiveGate(GateSettings(max_concurrency=most), middle), drafts(20))


def granted(one: Play) -> list[Grant]:
    """Everything that may start now, a gap apart."""
    found = []
    for _ in range(40):
        answer = one.next()
        if isinstance(answer, Grant):
            found.append(answer)
        one.now += 0.3
    return found


@pytest.mark.parametrize(("places", "of_batches"), [(1, 1), (2, 1), (4, 3), (8, 7)])
def test_a_batch_leaves_a_place_where_there_are_several(places: int, of_batches: int) -> None:
    one = play(places)
    assert len(granted(one)) == of_batches
    one.waiting.append(row("member", "ana", 999.0))
    answer = one.next()
    assert isinstance(answer, Grant) is (places > 1)


def test_it_leaves_more_while_members_ask_for_more_and_takes_that_back_later() -> None:
    kept = Kept()
    assert kept.places(8) == 7
    kept.see(0.0, 3)
    assert kept.places(8) == 4
    kept.see(4 * HALF_LIFE, 0)
    assert kept.places(8) == 6
    kept.see(20 * HALF_LIFE, 0)
    assert kept.places(8) == 7
    assert kept.places(1) == 1


def test_it_goes_on_whenever_one_of_its_calls_ends() -> None:
    one = play(2)
    for number in range(5):
        answer = one.next()
        assert isinstance(answer, Grant), number
        one.now += 10.0
        one.gate.report(answer, SERVED, one.now)
        one.now += 1.0


def test_a_member_needs_no_free_place_of_a_batch() -> None:
    one = play(4)
    one.waiting = [row(f"m{number}", f"p{number}", float(number)) for number in range(6)]
    assert len(granted(one)) == 4


def test_it_leaves_a_quarter_of_a_minute_to_members() -> None:
    window = Window(limit=20)
    for at in range(15):
        window.launch(float(at))
    assert window.wait(20.0) == 0.0
    assert window.spare_wait(20.0, launches(20)) == pytest.approx(40.0)
    allowance = Allowance(20.0)
    for at in range(15):
        allowance.take(float(at), 1)
    assert allowance.wait(20.0, 1) == 0.0
    assert allowance.spare_wait(20.0, 1) == pytest.approx(40.0)


def test_a_limit_of_one_is_a_batchs_too() -> None:
    assert launches(1.0) == 0.0
    assert launches(2.0) == 1.0
    assert Allowance(1.0).spare_wait(0.0, 1) == 0.0
