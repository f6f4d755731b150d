"""What a community's moderators are told when its own image service stops working, and when it draws again. Operators aren't told.

One message per community, updated in place, in the moderators' channel; /imagine-settings shows the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.chat.port import Message
from bot.chat.views import ActionName, Audience, Button, Pressers, Tone, View
from bot.domain.failure import Failure
from bot.domain.kinds import NO_CREDIT, Action, Fixer, Kind
from bot.domain.own_services import OwnService, is_own, own_service_of
from bot.domain.requests import Place, Request
from bot.failures.explain import explain
from bot.ledger import memory_rows, message_rows, settings_rows
from bot.ledger.store import Tx
from bot.messages.notices import Notices
from bot.texts import text
from bot.texts.phrases import moment

SUBJECT = "own"
"""Kind of the subject `own:<platform>:<community>`."""
ROW = "settings22ownkey"
"""Row of the button that shows the community's own service."""
_KEY = frozenset({Kind.AUTH_MISSING_KEY, Kind.AUTH_INVALID_KEY, Kind.AUTH_PERMISSION, Kind.ORG_VERIFICATION_REQUIRED})
_ADMINISTRATORS = frozenset({*_KEY, *NO_CREDIT, Kind.INVALID_MODEL, Kind.MODEL_ACCESS_DENIED, Kind.ENDPOINT_NOT_FOUND, Kind.REGION_BLOCKED})
"""Failures that a community's administrators can end by changing the key, the account or the models."""
_LOOKED_AT = frozenset(
    {
        *(Kind.NETWORK_TLS, Kind.NETWORK_PROXY, Kind.NOT_TAKEN, Kind.DOWNLOAD_FAILED),
        *(Kind.SAFETY_ACCOUNT_FLAGGED, Kind.PROMPT_EMPTY),
    }
)
"""Failures whose usual words say that the operator has been told, which nobody is about a community's own service."""


@dataclass(slots=True)
class OwnNotices(Notices):
    """Takes the place of the operators' notices in transactions about a call with a community's key."""

    place_of: Callable[[Connection, str, str], Place | None] = lambda connection, platform, community: None
    """The moderators' channel of a community."""

    def failed(self, tx: Tx, failure: Failure, request: Request) -> None:
        """Tell the moderators about a failure that an administrator can end, or count it. What comes late from an older key says nothing
        about the one of now."""
        platform, community = request.place.platform, request.place.community
        service = _of_now(tx, request)
        if service is None:
            return
        known = outage(tx.connection, platform, community)
        begun = known if known and not known.get("over") else {"count": 0, "first": tx.now}
        what = {"kind": failure.kind.value, "what": _about(failure, service)}
        value = {**what, "count": begun["count"] + 1, "first": begun["first"], "last": tx.now}
        memory_rows.remember(tx, _memory(platform, community), value)
        self._show(tx, platform, community)

    def works(self, tx: Tx, request: Request) -> None:
        """The community's service draws again."""
        if _of_now(tx, request) is not None:
            end_outage(tx, request.place.platform, request.place.community)

    def _show(self, tx: Tx, platform: str, community: str) -> None:
        place = self.place_of(tx.connection, platform, community)
        if place is not None:
            message_rows.want(tx, f"{SUBJECT}:{platform}:{community}", Audience.MODERATORS, place)

    def report(self, tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
        """Operators aren't told about a service that isn't theirs."""

    def inform(self, tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
        """The same."""

    def resolve(self, tx: Tx, cause: str) -> None:
        """There is nothing to resolve."""


def _of_now(tx: Tx, request: Request) -> OwnService | None:
    """The service of a call's community, if the call was made with the key that it has now."""
    service = own_service_of(settings_rows.of_community(tx.connection, request.place.platform, request.place.community))
    return service if service is not None and service.name == request.service else None


def end_outage(tx: Tx, platform: str, community: str) -> None:
    """Mark a community's outage as over: its service drew something, or it has another key or none."""
    known = outage(tx.connection, platform, community)
    if known and not known.get("over"):
        memory_rows.remember(tx, _memory(platform, community), {**known, "over": tx.now})
        message_rows.bump(tx, f"{SUBJECT}:{platform}:{community}")


def outage(connection: Connection, platform: str, community: str) -> Mapping[str, Any]:
    """What is, or was, wrong with a community's service; empty if nothing ever was."""
    found = memory_rows.recall(connection, _memory(platform, community))
    return found[0] if found is not None and isinstance(found[0], Mapping) else {}


def sentence(known: Mapping[str, Any], host: str, ends: str) -> str:
    """What is wrong, as in `outage`, and what an administrator can do."""
    kind = str(known["kind"])
    what = known.get("what") or _what(Kind(kind))  # earlier versions stored the kind alone
    shown = text("own.ends", ends=ends) if ends else text("own.stored")
    return text(f"own.outage_{what}", host=host, kind=kind.replace("_", " "), ends=shown)


def explained(failure: Failure, service: str) -> str:
    """A failure in a member's words: at a community's own service, an administrator is named where it'd be the operator."""
    never = failure.kind is Kind.RATE_LIMITED and failure.action is Action.NONE
    theirs = failure.kind in _ADMINISTRATORS and failure.who_can_fix is Fixer.OPERATOR
    theirs = theirs or failure.kind in _LOOKED_AT or "unchosen" in failure.facts or never
    return text(f"own.member_{_what(failure.kind)}") if is_own(service) and theirs else explain(failure, "member")


def _what(kind: Kind) -> str:
    return "key" if kind in _KEY else "credit" if kind in NO_CREDIT else "other"


def _about(failure: Failure, service: OwnService) -> str:
    """What a failure of a community's service is about: its own address isn't public anymore, the bot can't take its pictures, ..."""
    if failure.kind not in (Kind.NOT_TAKEN, Kind.DOWNLOAD_FAILED):
        return _what(failure.kind)
    # From its own origin, pictures are taken as its answers are: only the guard turns that away (bot/providers/guarded.py).
    return "address" if failure.facts.get("address") == f"{service.host}:443" and failure.facts.get("why") == "address" else "picture"


def project(connection: Connection, message: Message, now: float) -> View | None:
    """View of the message to a community's moderators."""
    _, platform, community = message.subject.split(":", 2)
    found = outage(connection, platform, community)
    if not found:
        return None
    if found.get("over"):
        return View(title=text("own.outage_over"), text=(text("own.since", at=moment(found["over"])),), tone=Tone.DONE, final=True)
    service = own_service_of(settings_rows.of_community(connection, platform, community))
    host, ends = ("", "") if service is None else (service.host, service.key_ends)
    lines = (sentence(found, host, ends), text("own.times", count=found["count"], last=moment(found["last"])))
    shown = Button(ActionName.OWN_KEY, ROW, text("own.title"), pressers=Pressers(administrators=True))
    return View(title=text("own.outage_title"), text=lines, buttons=(shown,), tone=Tone.PROBLEM, final=True)


def _memory(platform: str, community: str) -> str:
    return f"own-outage:{platform}:{community}"
