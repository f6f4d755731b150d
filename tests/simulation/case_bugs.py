"""Planted bugs in the handling of cases; see `bugs.py`, whose list they join."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import bot.requests.accept
import bot.requests.attempt
from bot.chat.views import Act, Audience, Reply
from bot.domain.case_states import CASES, CaseEvent, CaseState
from bot.domain.requests import Lineage, Origin
from bot.ledger import case_rows, message_rows, privacy_rows, request_rows
from bot.ledger.store import Tx
from bot.moderation import access, authorization, decisions, member_actions, moderator_forms, offers, timers, transitions
from bot.moderation.opening import Cases
from bot.requests.accept import accept
from bot.requests.submit import store_submission
from tests.simulation import candidate_bugs, change_bugs, guide_bugs, ladder_bugs, ready_bugs, review_bugs
from tests.simulation.bugs import BUGS, bug

__all__ = ["BUGS", "PROMISE"]

PROMISE: dict[str, tuple[str, ...]] = {
    "consent_skipped": ("5-sent-without-the-members-yes",),
    "a_stale_consent_accepted": ("5-sent-without-the-members-yes",),
    "another_text_sent_than_accepted": ("5-other-wording",),
    "a_blocked_prompt_sent_to_the_second_service": ("5-blocked-prompt-at-the-second-service",),
    "a_request_that_may_be_charged_sent_to_the_second_service": ("5-refused-or-charged-and-sent-elsewhere",),
    "a_case_decided_twice": ("6-step-out-of-turn",),
    "a_finished_part_is_forgotten": ("3-more-pictures-than-were-asked-for",),
    **change_bugs.PROMISE,
    **candidate_bugs.PROMISE,
    **guide_bugs.PROMISE,
    **ladder_bugs.PROMISE,
    **ready_bugs.PROMISE,
    **review_bugs.PROMISE,
}
"""The rule that must see a bug, where others see a shadow of it too; any rule of a promise for the rest."""


@bug
def consent_skipped() -> Iterator[None]:
    """A moderator's wording is sent at once."""
    real = decisions.Decisions.suggest

    async def suggest(self: decisions.Decisions, act: Act) -> Reply:
        reply = await real(self, act)

        def send(tx: Tx) -> None:
            case = case_rows.get(tx.connection, act.row)
            assert case is not None
            request, made = request_rows.get(tx.connection, case.request_id), tx.new_id()
            assert request is not None
            asked = offers.submission(request, act.values["prompt"], dataclasses.replace(act, reply={}))
            store_submission(tx, made, f"act:{act.event_key}", asked, self.rules, Lineage(Origin.REWRITE, request.id))
            accept(tx, made, self.rules, lambda *_: "")

        if reply.changed:
            await self.guard.ledger.write(send)
        return reply

    with patch.object(decisions.Decisions, "suggest", suggest):
        yield


@bug
def a_stale_consent_accepted() -> Iterator[None]:
    """A yes to a wording that the member has declined before still sends it."""

    def rewrite(self: member_actions.MemberActions, tx: Tx, act: Act) -> Any:
        found = case_rows.rewrite(tx.connection, act.row)
        assert found is not None
        own = self._own_case(tx, act, found.case_id)
        return own if isinstance(own, Reply) else (own[0], found, own[1])

    def step(tx: Tx, case: Any, event: CaseEvent, *rest: Any, **named: Any) -> Any:
        if (case.state, event) in CASES.table:
            return transitions.step(tx, case, event, *rest, **named)
        return case_rows.write_audit(tx, case.id, case.community, rest[0], event.value)

    with patch.object(member_actions.MemberActions, "_rewrite", rewrite), patch.object(member_actions, "step", step):
        yield


@bug
def another_text_sent_than_accepted() -> Iterator[None]:
    real = member_actions.submission

    def submission(request: Any, prompt: str, act: Act, values: Any = None) -> Any:
        return real(request, f"{prompt}, tastefully", act, values)

    with patch.object(member_actions, "submission", submission):
        yield


@bug
def a_lease_not_checked_at_the_commit() -> Iterator[None]:
    """Whoever could open the form may decide, whatever has happened since."""
    with patch.object(authorization, "lease_problem", lambda case, person: None if case.state is CaseState.CLAIMED else "closed"):
        yield


@bug
def a_lease_that_never_ends() -> Iterator[None]:
    with patch.object(decisions, "LEASE", 1e9), patch.object(timers, "LEASE", 1e9):
        yield


@bug
def a_case_decided_twice() -> Iterator[None]:
    """A step is written whatever the case's state is."""
    real = case_rows.move

    def move(tx: Tx, case: Any, event: CaseEvent, **values: Any) -> Any:
        if (case.state, event) in CASES.table:
            return real(tx, case, event, **values)
        return case_rows.change(tx, case, state=CASES.next(CaseState.CLAIMED, event).value, **values)

    machine = dataclasses.replace(CASES, table=_Lenient(CASES.table))
    with (
        patch.object(case_rows, "move", move),
        patch.object(transitions, "CASES", machine),
        patch.object(authorization, "lease_problem", lambda case, person: None),
    ):
        yield


class _Lenient(dict[Any, Any]):
    """A table that takes every decision at any time."""

    def __missing__(self, key: tuple[CaseState, CaseEvent]) -> CaseState:
        return CASES.next(CaseState.CLAIMED, key[1])


@bug
def an_appeal_decided_by_who_denied() -> Iterator[None]:
    with patch.object(decisions, "_anothers_turn", lambda *_: False):
        yield


@bug
def an_expired_case_auto_approved() -> Iterator[None]:
    real = timers.step

    def step(tx: Tx, case: Any, event: CaseEvent, *rest: Any, **named: Any) -> Any:
        approved = event is CaseEvent.EXPIRE and case.state is CaseState.WITH_MEMBER
        return real(tx, case, CaseEvent.ACCEPT, *rest, **{**named, "tell": False}) if approved else real(tx, case, event, *rest, **named)

    with patch.object(timers, "step", step):
        yield


@bug
def a_role_asked_only_once() -> Iterator[None]:
    real, known = access.AccessCheck._moderates, dict[str, bool]()

    async def moderates(self: access.AccessCheck, check: Any, platform: str, community: str, person: str) -> bool:
        known[person] = known.get(person) or await real(self, check, platform, community, person)
        return known[person]

    with patch.object(access.AccessCheck, "_moderates", moderates):
        yield


@bug
def an_unanswered_check_is_a_yes() -> Iterator[None]:
    real = access._sure

    async def sure(question: Any, platform: str) -> bool:
        failed: list[Exception] = []

        async def watched() -> bool:
            try:
                return bool(await question)
            except Exception as error:
                failed.append(error)
                raise

        return await real(watched(), platform) or bool(failed)

    with patch.object(access, "_sure", sure):
        yield


@bug
def a_refused_press_not_on_record() -> Iterator[None]:
    def refuse(tx: Tx, act: Act, case: Any, outcome: str, why: str) -> Reply:
        return Reply(why, changed=False)

    with ExitStack() as stack:
        for module in (authorization, decisions, moderator_forms, member_actions):
            stack.enter_context(patch.object(module, "refuse", refuse))
        yield


@bug
def a_block_that_opens_no_case() -> Iterator[None]:
    """Opening it fails, and the block is answered all the same."""
    with patch.object(Cases, "open_case", lambda *_: None):
        yield


@bug
def a_card_not_shown_anew() -> Iterator[None]:
    real = message_rows.bump

    def bump(tx: Tx, subject: str, audience: Audience | None = None) -> None:
        if audience is not Audience.MODERATORS:
            real(tx, subject, audience)

    with patch.object(message_rows, "bump", bump):
        yield


@bug
def a_stopped_member_served() -> Iterator[None]:
    nobody = patch.object(bot.requests.accept, "blocked_member", lambda *_: None)
    with nobody, patch.object(bot.requests.attempt, "blocked_member", lambda *_: None):
        yield


@bug
def not_all_words_deleted() -> Iterator[None]:
    """Notes and rewrites of a case stay."""
    with patch.object(privacy_rows, "empty_wordings", lambda *_: None):
        yield
