"""ChatPort for platforms whose messages can be edited: when to edit, post anew, switch routes, or leave a message alone.

One policy for all platforms. A platform defines how to edit, which routes reach the same people, and how to delete a copy. It doesn't
decide what a message says, and no route widens the audience.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, TypeVar

import structlog
from cachetools import FIFOCache

from adapters.kit.errors import NO_ROUTE, WHY, ClassifiedError, ErrorClass
from adapters.kit.message_ref import StoredRef
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.unanswered_sends import CACHE_SIZE, UnansweredSends
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports

log = structlog.get_logger()

NOT_ONLINE = 3.0
"""Seconds until a send is retried while the platform is disconnected."""
PROGRESS_AGAIN = 15.0
"""Seconds until progress is retried if it can't be shown; progress alone doesn't justify a new message."""

R = TypeVar("R", bound=StoredRef)
D = TypeVar("D")
W = TypeVar("W")


class EditingChat(ABC, Generic[R, D, W]):
    """Sends one view at a time per message; called by the core's sender. R: message ref, D: data prepared for one send, W: route."""

    platform: str
    refs: type[R]

    def __init__(self, ports: Ports) -> None:
        self.ports, self.unanswered = ports, UnansweredSends(ports.monotonic)
        self._fresh: FIFOCache[str, tuple[str, View]] = FIFOCache(CACHE_SIZE)
        """Message -> the new message and view that replaced it after unanswered edits; no late edit can overwrite that one."""

    async def send(self, message: Message, view: View) -> SendResult:
        if (wait := self._pause_left()) > 0:
            return Later(wait)
        if not await self._online():
            return Later(NOT_ONLINE)
        if view.about is not None and message.about is not None:
            view = replace(view, about=replace(view.about, link=self._address(message.about)))
        ref = self.refs.of(message.ref)
        if ref.gone and (is_settled(view) if is_staff(message) else ref.final or not view.final):
            return Sent(ref.ref())
        before = self.unanswered.count(message.id)
        if ref.identity and not ref.bare and self._fresh.get(message.id) == (ref.identity, view):
            return await self._delete_stale(message, ref, before)
        result = await self._edit_or_post(message, view, ref, await self._prepare(message, view))
        return await self._delete_stale(message, self.refs.of(result.ref), before) if isinstance(result, Sent) else result

    # ---- the policy ----------------------------------------------------------------------------------------------------------

    async def _edit_or_post(self, message: Message, view: View, ref: R, draft: D) -> SendResult:
        if not ref.route:
            return await self._post_anew(message, view, ref, draft, NO_ROUTE)
        edited = await self._edit(message, view, ref, draft)
        if isinstance(edited, Unknown):
            if not self.unanswered.may_move(message, view):
                return edited
            log.warning(f"{self.platform}_message_moves", message=message.id, detail=edited.detail)
            self.unanswered.moved(message.id)
            return await self._post_anew(
                message, view, self._ref_after_moving(message, ref), draft, ClassifiedError(ErrorClass.LOST, edited.detail)
            )
        if not isinstance(edited, ClassifiedError):
            return edited
        ref = await self._after_refused_edit(view, ref)
        if (settled := after_failed_edit(message, view, ref, edited)) is not None:
            return settled
        result = await self._post_anew(message, view, ref.anew(), draft, edited)
        if isinstance(result, Sent):
            await self._after_replacing(ref)
        return result

    async def _post_anew(self, message: Message, view: View, ref: R, draft: D, last: ClassifiedError) -> SendResult:
        """Try the routes until one accepts the message. An unanswered route is only skipped after somebody has waited long enough."""
        unknown: Unknown | None = None
        start = ref
        for route in self._routes(message, view):
            result = await self._try(route, message, view, ref, draft)
            if result is None:
                continue
            if isinstance(result, ClassifiedError) and result.error_class is ErrorClass.LOST:
                result = Unknown(start.ref(), result.detail)
            if isinstance(result, Unknown):
                unknown = result
                if not self.unanswered.may_move(message, view):
                    return result
                ref = self._skip_route(route, message, ref)
                continue
            if isinstance(result, Sent) and self.unanswered.of(message.id) is not None:
                self._remember(route, message, self.refs.of(result.ref), view)
            if not isinstance(result, ClassifiedError):
                return result
            last = result
            self._log_refused_route(route, message, last)
        return unknown or self._refusal(message, last)

    async def _delete_stale(self, message: Message, ref: R, before: int) -> Sent:
        """After showing: delete older copies whose edits weren't answered, so that they don't keep showing an old state."""
        left = [copy for copy in ref.stale if not await self._delete_copy(message, copy)]
        ref = replace(ref, stale=tuple(left))
        lost = self.unanswered.of(message.id)
        if lost is None:
            return Sent(ref.ref())
        if not (unfinished := bool(left) or ref.bare):
            self.unanswered.over(message.id)
        return Sent(ref.ref(), lost.detail if unfinished or lost.count > before else "")

    def _remember(self, route: W, message: Message, ref: R, view: View) -> None:
        self._fresh[message.id] = (ref.identity, view)

    def _refusal(self, message: Message, last: ClassifiedError) -> Refused:
        return Refused(WHY.get(last.error_class, RefusedWhy.EXPIRED), last.detail)

    # ---- what a platform says ------------------------------------------------------------------------------------------------

    @abstractmethod
    def _pause_left(self) -> float:
        """Seconds during which nothing is sent, because the platform rejects the bot."""

    @abstractmethod
    async def _online(self) -> bool: ...

    @abstractmethod
    def _address(self, message: Message) -> str:
        """URL of the message in the platform's clients; empty if there is none."""

    @abstractmethod
    async def _prepare(self, message: Message, view: View) -> D:
        """Prepare what all routes of one send share."""

    @abstractmethod
    async def _edit(self, message: Message, view: View, ref: R, draft: D) -> SendResult | ClassifiedError:
        """Edit the message in place. Returns ClassifiedError if the platform rejects it, Unknown if it wasn't answered (already recorded in
        `unanswered`)."""

    async def _after_refused_edit(self, view: View, ref: R) -> R:
        """Remove what must not stay in a message whose edit the platform rejected. Returns its ref."""
        return ref

    @abstractmethod
    def _routes(self, message: Message, view: View) -> Sequence[W]:
        """Routes for a new message, best first; none of them widens the audience."""

    @abstractmethod
    async def _try(self, route: W, message: Message, view: View, ref: R, draft: D) -> SendResult | ClassifiedError | None:
        """Try one route; None if it isn't available for this message. Unanswered sends are recorded in `unanswered`."""

    @abstractmethod
    def _ref_after_moving(self, message: Message, ref: R) -> R:
        """The ref after unanswered edits: the message is shown elsewhere, and its old copy becomes stale."""

    def _skip_route(self, route: W, message: Message, ref: R) -> R:
        """Skip a route that wasn't answered."""
        return ref

    @abstractmethod
    async def _delete_copy(self, message: Message, copy: str) -> bool:
        """Delete a stale copy. Returns False if the platform didn't answer, so that it's retried."""

    def _log_refused_route(self, route: W, message: Message, error: ClassifiedError) -> None:
        """Log that a route rejected the message."""

    async def _after_replacing(self, ref: R) -> None:
        """Clean up a message that couldn't be edited, after another one has replaced it."""


def after_failed_edit(message: Message, view: View, ref: StoredRef, error: ClassifiedError) -> SendResult | None:
    """The result of a rejected edit; None if a new message is due."""
    staff, deleted = is_staff(message), error.error_class in (ErrorClass.GONE, ErrorClass.NO_CHANNEL)
    if deleted and (is_settled(view) if staff else ref.final):
        return Sent(ref.removed().ref())  # somebody deleted a finished message
    if view.amends and ref.final:
        return Sent(ref.ref())  # what it amends is out of reach, and was final
    if staff or view.final:
        return None
    if error.error_class is ErrorClass.GONE:
        return Sent(ref.anew(gone=True).ref())  # an answer is still due and will be a new message
    return Later(PROGRESS_AGAIN, progress=True)


def is_staff(message: Message) -> bool:
    return message.audience in (Audience.MODERATORS, Audience.OPERATORS)


def is_settled(view: View) -> bool:
    """Whether a moderators' or operators' message needs no more action; if deleted, it then stays deleted."""
    return view.tone in (Tone.NEUTRAL, Tone.DONE)
