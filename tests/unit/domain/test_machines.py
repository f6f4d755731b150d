"""The state tables, walked: what they promise to members, and that code cannot step beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from bot.domain.case_states import CASES, WAITING, CaseEvent, CaseState
from bot.domain.kinds import KINDS, NOT_STARTED, SAFETY_REVIEWABLE, Action, Fixer, Group, Kind
from bot.domain.machine import Machine, UnknownTransition
from bot.domain.request_states import REQUESTS, RequestEvent, RequestState

MACHINES: list[tuple[Machine[Any, Any], type[StrEnum], type[StrEnum], StrEnum]] = [
    (REQUESTS, RequestState, RequestEvent, RequestState.RECEIVED),
    (CASES, CaseState, CaseEvent, CaseState.OPEN),
]
each = pytest.mark.parametrize(("machine", "states", "events", "start"), MACHINES, ids=lambda value: getattr(value, "name", ""))


def reachable(machine: Machine[Any, Any], start: StrEnum) -> set[StrEnum]:
    seen, left = {start}, [start]
    while left:
        state = left.pop()
        for (before, _), after in machine.table.items():
            if before == state and after not in seen:
                seen.add(after)
                left.append(after)
    return seen


def sources(machine: Machine[Any, Any], event: StrEnum) -> set[StrEnum]:
    return {state for state, known in machine.table if known is event}


@each
def test_every_state_is_reached_and_every_event_happens(machine: Any, states: Any, events: Any, start: Any) -> None:
    assert reachable(machine, start) == set(states)
    assert {event for _, event in machine.table} == set(events)


@each
def test_every_state_leads_to_an_end(machine: Any, states: Any, events: Any, start: Any) -> None:
    for state in states:
        assert reachable(machine, state) & machine.final or state in machine.final


@each
def test_an_end_is_an_end_and_nothing_else_is(machine: Any, states: Any, events: Any, start: Any) -> None:
    for state in states:
        leaves = [event for event in events if (state, event) in machine.table]
        assert bool(leaves) == (state not in machine.final), state


@each
def test_every_pair_outside_the_table_raises(machine: Any, states: Any, events: Any, start: Any) -> None:
    for state in states:
        for event in events:
            if (state, event) in machine.table:
                assert machine.next(state, event) in set(states)
            else:
                with pytest.raises(UnknownTransition, match=f"{state} on {event}"):
                    machine.next(state, event)


def test_an_answered_request_stays_answered() -> None:
    assert not any(state is RequestState.ANSWERED for state, _ in REQUESTS.table)


def test_only_an_opened_attempt_calls_and_only_from_the_queue() -> None:
    ways = {(state, event) for (state, event), after in REQUESTS.table.items() if after is RequestState.CALLING}
    assert ways == {(RequestState.QUEUED, RequestEvent.OPEN_ATTEMPT)}


def test_a_crash_never_leads_back_to_the_queue() -> None:
    assert REQUESTS.next(RequestState.CALLING, RequestEvent.INTERRUPT) is RequestState.ANSWERED
    assert sources(REQUESTS, RequestEvent.INTERRUPT) == {RequestState.CALLING}


def test_a_task_at_the_provider_is_never_submitted_again() -> None:
    after = {state for (before, _), state in REQUESTS.table.items() if before is RequestState.COLLECTING}
    assert after == {RequestState.COLLECTING, RequestState.ANSWERED, RequestState.QUEUED}
    only = {event for (before, event), state in REQUESTS.table.items() if (before, state) == (RequestState.COLLECTING, RequestState.QUEUED)}
    assert only == {RequestEvent.NEXT_PART}, "the task is over, and its pictures are stored"


def test_a_case_that_ran_out_of_time_is_never_an_approval() -> None:
    ends = {state for (_, event), state in CASES.table.items() if event is CaseEvent.EXPIRE}
    assert ends == {CaseState.CLOSED_EXPIRED}
    assert sources(CASES, CaseEvent.EXPIRE) == WAITING


def test_only_the_member_accepts_and_only_what_was_suggested() -> None:
    assert sources(CASES, CaseEvent.ACCEPT) == {CaseState.WITH_MEMBER}
    assert sources(CASES, CaseEvent.SUGGEST) == {CaseState.CLAIMED}


def test_decisions_need_a_claimed_case() -> None:
    for event in (CaseEvent.DENY, CaseEvent.NOT_POLICY, CaseEvent.SUGGEST, CaseEvent.ASK_REPHRASE):
        assert sources(CASES, event) == {CaseState.CLAIMED}


def test_every_kind_has_its_line_and_safety_is_never_repeated() -> None:
    assert set(KINDS) == set(Kind)
    for kind, rule in KINDS.items():
        if rule.group in (Group.SAFETY, Group.PARAMETERS):
            assert rule.action is Action.NONE, kind
    assert all(KINDS[kind].group is Group.SAFETY and KINDS[kind].who_can_fix is Fixer.MODERATOR for kind in SAFETY_REVIEWABLE)
    assert all(KINDS[kind].action is Action.GENERATE for kind in NOT_STARTED)
