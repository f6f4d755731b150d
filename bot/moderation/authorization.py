"""What stands before every press on a case: does the row exist, does it belong here, may this person, is it still that moment?

Whatever is turned away changes nothing and is on record. The platform is asked before the transaction; the row is read again within it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.chat.views import Act, ActionName, Reply
from bot.domain.case_states import WAITING, CaseEvent, CaseState
from bot.domain.requests import Person
from bot.ledger import act_rows, case_rows
from bot.ledger.case_rows import Case
from bot.ledger.store import Ledger, Tx
from bot.moderation.access import AccessCheck, AccessLevel
from bot.moderation.routing import Home, court
from bot.moderation.timers import catch_up
from bot.moderation.transitions import unnamed
from bot.texts import text
from bot.texts.phrases import moment

REFUSED, STALE, FORGED = "refused", "stale", "forged"
"""Outcomes in the trail: not allowed; too late or repeated; no such row."""

TRAIL: Mapping[ActionName, str] = {
    ActionName.CASE_CLAIM: CaseEvent.CLAIM.value,
    ActionName.CASE_RELEASE: CaseEvent.RELEASE.value,
    ActionName.CASE_TAKE_OVER: CaseEvent.TAKE_OVER.value,
    ActionName.CASE_REWRITE: CaseEvent.SUGGEST.value,
    ActionName.CASE_REPHRASE: CaseEvent.ASK_REPHRASE.value,
    ActionName.CASE_DENY: CaseEvent.DENY.value,
    ActionName.CASE_NOT_POLICY: CaseEvent.NOT_POLICY.value,
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
"""What a press is called in the trail, whether it was let through or not."""

Body = Callable[[Tx, Case, Person], Reply]
"""The step itself, for a case that is still as it must be."""


@dataclass(frozen=True, slots=True)
class Authorizer:
    """Lets presses through, or not."""

    ledger: Ledger
    ranks: AccessCheck
    home: Home

    async def moderator(self, act: Act, body: Body, *, lease: bool, wanted: AccessLevel = AccessLevel.MODERATOR) -> Reply:
        """Run `body` when the presser is a moderator of the case's community now and, with `lease`, holds the case."""
        turned_away = await self._rank(act, wanted)
        if turned_away is not None:
            return turned_away

        def tx_body(tx: Tx) -> Reply:
            case = case_rows.get(tx.connection, act.row)
            if case is None:
                return refuse(tx, act, None, FORGED, "unknown")
            case = catch_up(tx, case)
            if not act_rows.first_time(tx, act.event_key):
                return refuse(tx, act, case, STALE, "repeated")
            if case.person.id == act.person:
                return refuse(tx, act, case, REFUSED, "own_case")
            problem = lease_problem(case, act.person) if lease else None
            if problem is not None:
                return refuse(tx, act, case, STALE, problem)
            return body(tx, case, presser(act))

        return await self.ledger.write(tx_body)

    async def may_open(self, act: Act, *, lease: bool) -> Case | Reply:
        """Whether a moderator may open a form now; the case with it."""
        turned_away = await self._rank(act, AccessLevel.MODERATOR)
        if turned_away is not None:
            return turned_away

        def look(tx: Tx) -> Case | Reply:
            case = case_rows.get(tx.connection, act.row)
            if case is None:
                return refuse(tx, act, None, FORGED, "unknown")
            case = catch_up(tx, case)
            if case.person.id == act.person:
                return refuse(tx, act, case, REFUSED, "own_case")
            problem = lease_problem(case, act.person) if lease else None
            return case if problem is None else refuse(tx, act, case, STALE, problem)

        return await self.ledger.write(look)

    async def _rank(self, act: Act, wanted: AccessLevel) -> Reply | None:
        """None when the presser may; else the refusal, written down."""
        case = await self.ledger.read(lambda c: case_rows.get(c, act.row))
        if case is None:
            return await self.ledger.write(lambda tx: refuse(tx, act, None, FORGED, "unknown"))
        deciding = court(case.platform, case.community, self.home)
        if act.platform != case.platform or act.community != deciding:
            return await self.ledger.write(lambda tx: refuse(tx, act, case, REFUSED, "foreign"))
        if await self.ranks.of(act.platform, deciding, act.person, wanted) < wanted:
            why = "not_administrator" if wanted is AccessLevel.ADMINISTRATOR else "not_moderator"
            return await self.ledger.write(lambda tx: refuse(tx, act, case, REFUSED, why))
        return None


def refuse(tx: Tx, act: Act, case: Case | None, outcome: str, why: str) -> Reply:
    """Turn a press away: nothing changes, it is on record, and the presser hears why."""
    case_rows.write_audit(
        tx,
        "" if case is None else case.id,
        act.community if case is None else case.community,
        unnamed(act.person),
        TRAIL[act.action],
        outcome,
        {"why": why, "from": act.community},
    )
    return Reply(text(f"case.no.{why}", **_words(case)), changed=False)


def presser(act: Act) -> Person:
    """Who pressed, with a name that every encoding can carry."""
    return Person(act.person, act.person_name.encode("utf-8", "replace").decode("utf-8").replace("\0", "")[:120])


def lease_problem(case: Case, person: str) -> str | None:
    """Why this person cannot act on the case now; a key under `case.no.`."""
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
