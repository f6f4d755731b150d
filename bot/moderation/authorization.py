"""Authorisation of presses on a case: the row exists, belongs to this community, the person has permission, and the action isn't stale.

A rejected press changes nothing and is recorded in the audit log. The platform is queried before the transaction; the row is read again
inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.chat.views import Act, ActionName, Reply
from bot.domain.case_states import REVIEW, WAITING, CaseEvent, CaseState
from bot.domain.requests import Person
from bot.ledger import act_rows, case_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Ledger, Tx
from bot.moderation.access import AccessCheck, AccessLevel
from bot.moderation.routing import HomeOf, deciding_community
from bot.moderation.timers import catch_up
from bot.moderation.transitions import unnamed
from bot.texts import text
from bot.texts.phrases import moment

REFUSED, STALE, FORGED = "refused", "stale", "forged"
"""Audit log outcomes: not allowed; too late or repeated; no such row."""

AUDIT_EVENTS: Mapping[ActionName, str] = {
    ActionName.CASE_CLAIM: CaseEvent.CLAIM.value,
    ActionName.CASE_RELEASE: CaseEvent.RELEASE.value,
    ActionName.CASE_TAKE_OVER: CaseEvent.TAKE_OVER.value,
    ActionName.CASE_REWRITE: CaseEvent.SUGGEST.value,
    ActionName.CASE_REPHRASE: CaseEvent.ASK_REPHRASE.value,
    ActionName.CASE_DENY: CaseEvent.DENY.value,
    ActionName.CASE_NOT_POLICY: CaseEvent.NOT_POLICY.value,
    ActionName.CASE_PUBLISH: CaseEvent.PUBLISH.value,
    ActionName.CASE_BLOCK_MEMBER: "block_member",
    ActionName.CASE_UNBLOCK_MEMBER: "unblock_member",
    ActionName.CASE_COMMENT: "comment",
    ActionName.CASE_PROMPT: "read_prompt",
    ActionName.REWRITE_ACCEPT: CaseEvent.ACCEPT.value,
    ActionName.REWRITE_DECLINE: CaseEvent.DECLINE.value,
    ActionName.REPHRASE: "rephrase",
    ActionName.REWORDED: "reworded",
    ActionName.APPEAL: CaseEvent.APPEAL.value,
    ActionName.SETTINGS: "settings",
    ActionName.PRIVACY_DELETE: "privacy_delete",
}
"""Name of each action in the audit log, whether allowed or not."""

BY_REVIEWERS = frozenset(
    {
        *(ActionName.CASE_CLAIM, ActionName.CASE_RELEASE, ActionName.CASE_PUBLISH, ActionName.CASE_DENY),
        *(ActionName.CASE_COMMENT, ActionName.CASE_PROMPT),
    }
)
"""Actions on a review that need no moderator."""
_OF_REVIEWS = BY_REVIEWERS | {ActionName.CASE_TAKE_OVER, ActionName.CASE_BLOCK_MEMBER, ActionName.CASE_UNBLOCK_MEMBER}

AuthorizedStep = Callable[[Tx, Case, Person], Reply]
"""The action itself, for a case that has passed all checks."""


@dataclass(frozen=True, slots=True)
class Authorizer:
    ledger: Ledger
    access: AccessCheck
    home: HomeOf

    async def moderator(self, act: Act, body: AuthorizedStep, *, lease: bool, wanted: AccessLevel = AccessLevel.MODERATOR) -> Reply:
        """Run `body` if the presser is currently a moderator of the case's community and, with `lease`, holds the case."""
        turned_away = await self._check_level(act, wanted)
        if turned_away is not None:
            return turned_away

        def tx_body(tx: Tx) -> Reply:
            case = _admitted(tx, act, once=True, lease=lease)
            return case if isinstance(case, Reply) else body(tx, case, presser(act))

        return await self.ledger.write(tx_body)

    async def authorize_form(self, act: Act, *, lease: bool, waiting: bool = False) -> Case | Reply:
        """Authorise a moderator to open a form now. Returns the case, or the refusal, which is recorded.

        With `waiting`, the lease is needed while the case waits.
        """
        turned_away = await self._check_level(act, AccessLevel.MODERATOR)
        if turned_away is not None:
            return turned_away
        return await self.ledger.write(lambda tx: _admitted(tx, act, once=False, lease=lease, waiting=waiting))

    async def others(self, case: Case) -> bool | None:
        """Whether anyone but the last decider may decide this case now; None if the platform can't say and nobody else is known."""
        if case.decided_by is None:
            return None
        known = await self.ledger.read(lambda c: case_rows.moderators_of(c, case.community))
        return await self.access.others(
            case.platform, deciding_community(case.platform, case.community, self.home), case.decided_by.id, known
        )

    async def _check_level(self, act: Act, wanted: AccessLevel) -> Reply | None:
        """Check the presser's access level. Returns None, or the recorded refusal."""
        case = await self.ledger.read(lambda c: case_rows.get(c, act.row))
        if case is None:
            return await self.ledger.write(lambda tx: refuse(tx, act, None, FORGED, "unknown"))
        deciding = deciding_community(case.platform, case.community, self.home)
        if act.platform != case.platform or act.community != deciding:
            return await self.ledger.write(lambda tx: refuse(tx, act, case, REFUSED, "foreign"))
        reviewer = case.kind == REVIEW and act.action in BY_REVIEWERS and wanted is AccessLevel.MODERATOR
        if reviewer and await self.access.reviews(act.platform, deciding, act.person):
            return None
        if await self.access.of(act.platform, deciding, act.person, wanted) < wanted:
            why = "not_administrator" if wanted is AccessLevel.ADMINISTRATOR else "not_moderator"
            return await self.ledger.write(lambda tx: refuse(tx, act, case, REFUSED, why))
        return None


def _admitted(tx: Tx, act: Act, *, once: bool, lease: bool, waiting: bool = False) -> Case | Reply:
    """The case in its current state, or the refusal. With `once`, a repeated press is refused; forms may be opened again."""
    case = case_rows.get(tx.connection, act.row)
    if case is None:
        return refuse(tx, act, None, FORGED, "unknown")
    case = catch_up(tx, case)
    if not _fits(case, act.action):
        return refuse(tx, act, case, FORGED, "unknown")
    if once and not act_rows.claim_act(tx, act.event_key):
        return refuse(tx, act, case, STALE, "repeated")
    if case.person.id == act.person:
        return refuse(tx, act, case, REFUSED, "own_case")
    problem = lease_problem(case, act.person) if lease or (waiting and case.state in WAITING) else None
    return case if problem is None else refuse(tx, act, case, STALE, problem)


def _fits(case: Case, action: ActionName) -> bool:
    """Whether there's such a button on a case of this kind."""
    return action in _OF_REVIEWS if case.kind == REVIEW else action is not ActionName.CASE_PUBLISH


def refuse(tx: Tx, act: Act, case: Case | None, outcome: str, why: str) -> Reply:
    """Reject a press: change nothing, record it, and tell the presser why."""
    case_rows.write_audit(
        tx,
        "" if case is None else case.id,
        act.community if case is None else case.community,
        unnamed(act.person),
        AUDIT_EVENTS[act.action],
        outcome,
        {"why": why, "from": act.community},
    )
    return Reply(text(f"case.no.{why}", **_words(case)), changed=False)


def presser(act: Act) -> Person:
    """The presser, with a name that every encoding can represent."""
    return Person(act.person, act.person_name.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:120])


def lease_problem(case: Case, person: str) -> str | None:
    """Why this person can't act on the case now; a key under `case.no.`."""
    if case.state is CaseState.CLAIMED:
        return None if case.holder is not None and case.holder.id == person else "held"
    if case.state is CaseState.WITH_MEMBER:
        return "with_member"
    return "unclaimed" if case.state in WAITING else "closed"


def _words(case: Case | None) -> dict[str, object]:
    if case is None:
        return {}
    holder = "" if case.holder is None else case.holder.name or case.holder.id
    return {
        "number": case.number,
        "holder": holder,
        "until": "" if case.lease_until is None else moment(case.lease_until),
        "state": text(f"case.state.{case.state.value}"),
    }
