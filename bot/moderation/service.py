"""Facade of the moderation room: what the composition root wires and other rooms may call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection

from bot.chat.handlers import Handlers, combined
from bot.chat.port import ModeratorCheck
from bot.domain.case_states import Standing
from bot.domain.requests import Place, Request
from bot.ledger import block_rows, case_rows, request_rows
from bot.ledger.store import Ledger, Tx
from bot.messages import own_notices
from bot.messages.notices import Notices
from bot.messages.own_notices import OwnNotices
from bot.messages.sender import Project
from bot.moderation.access import AccessCheck, AccessLevel
from bot.moderation.authorization import Authorizer
from bot.moderation.card import project_reminder, project_setup
from bot.moderation.community import Community
from bot.moderation.decisions import Decisions
from bot.moderation.delivery import align, try_again
from bot.moderation.member_actions import MemberActions
from bot.moderation.member_view import Views
from bot.moderation.moderator_forms import ModeratorForms
from bot.moderation.opening import Cases
from bot.moderation.own_key import OwnKey
from bot.moderation.reports import Reports
from bot.moderation.retention import Privacy, remove_old_texts
from bot.moderation.reviews import Reviews
from bot.moderation.rewording import LINEAGE, worked
from bot.moderation.routing import HomeOf, moderators_place
from bot.moderation.templates import Templates
from bot.moderation.tier_roles import TierRoles
from bot.moderation.tiers import Tiers
from bot.moderation.timers import fire
from bot.requests.own_services import OwnServices
from bot.requests.rules import Rules

log = structlog.get_logger()


@dataclass(slots=True)
class Moderation:
    """Cases from opening to end."""

    ledger: Ledger
    rules: Rules
    notices: Notices
    home: HomeOf
    check: Callable[[str], ModeratorCheck | None]
    forget_picture: Callable[[str], Awaitable[object]]
    own_services: OwnServices | None = None
    """None where communities can't have a key of their own."""
    own_notices: OwnNotices = field(init=False)
    cases: Cases = field(init=False)
    handlers: Handlers = field(init=False)
    projections: Mapping[str, Project] = field(init=False)
    community: Community = field(init=False)
    privacy: Privacy = field(init=False)
    views: Views = field(init=False)
    reviews: Reviews = field(init=False)
    tier_roles: TierRoles = field(init=False)
    _access: AccessCheck = field(init=False)
    _firing: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.cases = Cases(self.home)
        self.own_notices = OwnNotices(place_of=lambda c, platform, community: moderators_place(c, platform, community, self.home))
        access = self._access = AccessCheck(self.check, self.ledger)
        guard = Authorizer(self.ledger, access, self.home)
        self.community = Community(self.ledger, self.rules, access, lambda tx: align(tx, self.home))
        self.privacy = Privacy(self.ledger, self.forget_picture, self.rules.references_kept)
        forms = ModeratorForms(guard, self.rules)
        answers = MemberActions(self.ledger, self.rules, self.cases.open_case, guard.others)
        decisions = Decisions(guard, self.rules, self.notices)
        reports, self.reviews = Reports(self.ledger, self.home), Reviews(self.home)
        templates, tiers, own_key = Templates(self.community), Tiers(self.community), OwnKey(self.community, self.own_services)
        self.tier_roles = TierRoles(self.ledger, access, self.rules)
        self.handlers = combined((decisions, forms, answers, self.community, self.privacy, reports, templates, tiers, own_key))
        views = self.views = Views(self.rules)
        self.projections = {
            "case": views.project_case,
            "step": views.project_step,
            "reminder": project_reminder,
            "setup": project_setup,
            own_notices.SUBJECT: own_notices.project,
        }

    async def moderates(self, platform: str, community: str, person: str) -> bool:
        """Whether somebody moderates a community now; no if the platform can't say."""
        return await self._access.of(platform, community, person) is not AccessLevel.NOBODY

    def on_pictures(self, tx: Tx, request: Request) -> None:
        """Close the open case that a request with pictures settles, and resolve a block that was reported as technical."""
        worked(tx, request)
        self._technical_works(tx, request)

    def _technical_works(self, tx: Tx, request: Request) -> None:
        """A retry of a block marked as technical gave a picture: resolve the operator's notice."""
        if not any(cause.startswith("not_policy:") for cause in self.notices.open):
            return
        seen: Request | None = request
        for _ in range(LINEAGE):
            case = None if seen is None else self.standing(tx.connection, seen)
            if case is not None:
                self.notices.resolve(tx, f"not_policy:{case.number}")
            seen = request_rows.get(tx.connection, seen.parent) if seen is not None and seen.parent else None

    def standing(self, connection: Connection, request: Request) -> Standing | None:
        """The public number and state of a request's case; None if it has none."""
        return None if request.case_id is None else case_rows.standing(connection, request.case_id)

    def wake(self, case_id: str) -> None:
        """Handle a case's timer. Fast, never raises; the sweep recovers what is lost."""
        task = asyncio.get_running_loop().create_task(self._fire(case_id))
        self._firing.add(task)
        task.add_done_callback(self._firing.discard)

    async def _fire(self, case_id: str) -> None:
        try:
            await self.ledger.write(lambda tx: fire(tx, case_id, self.home))
        except Exception:
            log.exception("case_timer_failed", case=case_id)

    async def stop(self) -> None:
        """Wait until no timer is being handled."""
        while self._firing:
            await asyncio.wait(set(self._firing))

    def sweep(self, tx: Tx) -> None:
        """Handle everything overdue: timers, pauses, cards without a channel, texts past their retention."""
        for case in case_rows.due(tx.connection, tx.now):
            fire(tx, case.id, self.home)
        block_rows.end_due_pauses(tx)
        align(tx, self.home)
        try_again(tx, self.notices)
        remove_old_texts(tx)

    async def moderators_place(self, platform: str, community: str) -> Place | None:
        return await self.ledger.read(lambda c: moderators_place(c, platform, community, self.home))
