"""Admission: members of the bot's own workspace, and others if the operator allows them.

An event in a shared channel names the channel's workspace, so the person is looked up with users.info; the event alone isn't trusted.
Everyone admitted is a guest of the bot's workspace, which pays and whose limits apply.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog

from adapters.slack.callers import Caller
from adapters.slack.settings import AdmissionRules
from adapters.slack.wire import Who
from bot.domain.zones import zone_named
from bot.texts import language_for, say, text

log = structlog.get_logger()

WITHIN = 1.6
"""Seconds for Slack to describe a person before anything is stored or done; see `intake.ACK_WITHIN`."""
AFTER_ACK = 10.0
"""The same after the acknowledgement."""


class Membership(StrEnum):
    """Where a person belongs, as seen from the bot's workspace."""

    MEMBER = "member"
    GUEST = "guest"
    """Of the bot's workspace, in one or several channels."""
    SIBLING = "sibling"
    """From another workspace of the same organisation (Enterprise Grid)."""
    EXTERNAL = "external"
    """From another organisation, in a shared channel (Slack Connect)."""
    UNKNOWN = "unknown"
    """Slack didn't say."""


def membership_of(caller: Caller, who: Who | None, team: str, enterprise: str) -> Membership:
    """A person's membership. The event can only reduce rights, because it may name the channel's workspace."""
    if who is None:
        return Membership.UNKNOWN
    teams = {who.team, *who.teams} - {""}
    elsewhere = bool(caller.origin) and caller.origin != team and caller.origin not in teams
    if team not in teams or who.stranger or elsewhere:
        same = bool(enterprise) and who.enterprise == enterprise and not who.stranger
        return Membership.SIBLING if same else Membership.EXTERNAL
    return Membership.GUEST if who.guest else Membership.MEMBER


def refusal_of(membership: Membership, team: str, home: str, rules: AdmissionRules) -> str | None:
    """Text key of the refusal; None if admitted. `team` is the person's own workspace; empty if unknown."""
    if membership is Membership.UNKNOWN:
        everybody = rules.guests and rules.siblings and rules.external and not rules.workspaces
        return None if everybody else "slack.admission.unknown"
    own = home if membership in (Membership.MEMBER, Membership.GUEST) else team
    if rules.workspaces and own not in rules.workspaces:
        return "slack.not_here"
    named = own in rules.workspaces and own != home
    open_to = {
        Membership.MEMBER: True,
        Membership.GUEST: rules.guests,
        Membership.SIBLING: rules.siblings,
        Membership.EXTERNAL: rules.external,
    }
    return None if named or open_to[membership] else f"slack.admission.{membership.value}"


@dataclass(slots=True)
class Admission:
    rules: AdmissionRules
    team: str
    """The bot's own workspace."""
    enterprise: str
    """Its organisation; empty outside Enterprise Grid."""
    who: Callable[[str, float], Awaitable[Who | None]]

    async def check(self, caller: Caller, *, acknowledged: bool = False) -> tuple[Caller, str | None]:
        """The caller with their language and zone, and a sentence if they may not use the bot here. `acknowledged`: there's time to ask
        Slack."""
        who = await self.who(caller.person, AFTER_ACK if acknowledged else WITHIN) if caller.person else None
        membership = membership_of(caller, who, self.team, self.enterprise)
        if who is not None:
            caller = replace(caller, language=language_for(who.locale), zone=zone_named(who.zone) or "")
        key = refusal_of(membership, "" if who is None else who.team, self.team, self.rules)
        if key is None:
            return caller, None
        log.info("slack_person_refused", membership=membership.value, workspace="" if who is None else who.team)
        return caller, say(text(key), caller.language)
