"""The ChatPort of a platform whose messages are edited: when a message is edited, shown anew, moved away from, or left alone.

One policy for all. A platform says how it edits, which routes lead to the same people, and how it takes a copy away. Nothing in here
decides what is shown, and no route widens who can read it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

import structlog
from cachetools import FIFOCache

from adapters.kit.errors import NO_ROUTE, WHY, ClassifiedError, ErrorClass
from adapters.kit.message_ref import StoredRef
from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.unanswered_sends import REMEMBERED, UnansweredSends
from bot.chat.views import Audience, Tone, View
from bot.ports import Ports

log = structlog.get_logger()

NOT_ONLINE = 3.0
"""Seconds until a send is tried again while the platform is not connected."""
PROGRESS_AGAIN = 15.0
"""Seconds until progress is tried again that cannot be shown: it alone is not worth a new message."""

R = TypeVar("R", bound=StoredRef)
D = TypeVar("D")
W = TypeVar("W")


class EditingChat(ABC, Generic[R, D, W]):
    """Sends one view at a time per message; the core's sender calls it. R: where a message is, D: what one send prepared, W: a route."""

    platform: str

    def __init__(self, ports: Ports) -> None:
        self.ports, self.unanswered = ports, UnansweredSends(ports.monotonic)
        self._fresh: FIFOCache[str, tuple[str, View]] = FIFOCache(REMEMBERED)
        """Message -> the new message and view that it became after unanswered edits: no late edit can overwrite that."""

    async def send(self, message: Message, view: View) -> SendResult:
        if (wait := self._stopped_for()) > 0:
            return Later(wait)
        if not await self._online():
            return Later(NOT_ONLINE)
        if view.about is not None and message.about is not None:
            view = replace(view, about=replace(view.about, link=self._address(message.about)))
        ref = self._ref(message.ref)
        if ref.gone and (is_settled(view) if is_staff(message) else ref.final or not view.final):
            return Sent(ref.ref())
        before = self.unanswered.count(message.id)
        if ref.identity and not ref.bare and self._fresh.get(message.id) == (ref.identity, view):
            return await self._mended(message, ref, before)
        result = await self._shown(message, view, ref, await self._prepared(message, view))
        return await self._mended(message, self._ref(result.ref), before) if isinstance(result, Sent) else result

    # ---- the policy ----------------------------------------------------------------------------------------------------------

    async def _shown(self, message: Message, view: View, ref: R, draft: D) -> SendResult:
        """Where it is already, or anew."""
        if not ref.route:
            return await self._posted(message, view, ref, draft, NO_ROUTE)
        edited = await self._edit(message, view, ref, draft)
        if isinstance(edited, Unknown):
            if not self.unanswered.may_move(message, view):
                return edited
            log.warning(f"{self.platform}_message_moves", message=message.id, detail=edited.detail)
            self.unanswered.moved(message.id)
            return await self._posted(message, view, self._left(message, ref), draft, ClassifiedError(ErrorClass.LOST, edited.detail))
        if not isinstance(edited, ClassifiedError):
            return edited
        ref = await self._edit_refused(view, ref)
        if (settled := after_failed_edit(message, view, ref, edited)) is not None:
            return settled
        result = await self._posted(message, view, ref.anew(), draft, edited)
        if isinstance(result, Sent):
            await self._replaced(ref)
        return result

    async def _posted(self, message: Message, view: View, ref: R, draft: D, last: ClassifiedError) -> SendResult:
        """Down the routes until one takes it. Past one that is not answered only when somebody has waited long enough."""
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
                ref = self._passed(route, message, ref)
                continue
            if isinstance(result, Sent) and self.unanswered.of(message.id) is not None:
                self._remember(route, message, self._ref(result.ref), view)
            if not isinstance(result, ClassifiedError):
                return result
            last = result
            self._closed(route, message, last)
        return unknown or self._refused(message, last)

    async def _mended(self, message: Message, ref: R, before: int) -> Sent:
        """Shown. Older copies whose edits were not answered are taken away: they must not go on saying what is over."""
        left = [copy for copy in ref.stale if not await self._taken_away(message, copy)]
        ref = replace(ref, stale=tuple(left))
        lost = self.unanswered.of(message.id)
        if lost is None:
            return Sent(ref.ref())
        if not (to_mend := bool(left) or ref.bare):
            self.unanswered.over(message.id)
        return Sent(ref.ref(), lost.detail if to_mend or lost.count > before else "")

    def _remember(self, route: W, message: Message, ref: R, view: View) -> None:
        self._fresh[message.id] = (ref.identity, view)

    def _refused(self, message: Message, last: ClassifiedError) -> Refused:
        return Refused(WHY.get(last.error_class, RefusedWhy.EXPIRED), last.detail)

    # ---- what a platform says ------------------------------------------------------------------------------------------------

    @abstractmethod
    def _stopped_for(self) -> float:
        """Seconds for which nothing is sent, because the platform refuses the bot."""

    @abstractmethod
    async def _online(self) -> bool: ...

    @abstractmethod
    def _ref(self, ref: Mapping[str, str]) -> R: ...

    @abstractmethod
    def _address(self, message: Message) -> str:
        """Where the platform's clients find a message; empty where they do not."""

    @abstractmethod
    async def _prepared(self, message: Message, view: View) -> D:
        """What all routes of one send use."""

    @abstractmethod
    async def _edit(self, message: Message, view: View, ref: R, draft: D) -> SendResult | ClassifiedError:
        """Edit the message where it is. A ClassifiedError: this place does not take it. Unknown: not answered, and `unanswered` know."""

    async def _edit_refused(self, view: View, ref: R) -> R:
        """The platform does not take the edit: what must be gone from there all the same."""
        return ref

    @abstractmethod
    def _routes(self, message: Message, view: View) -> Sequence[W]:
        """How to show a message anew, best first. Only routes that do not widen who can read it."""

    @abstractmethod
    async def _try(self, route: W, message: Message, view: View, ref: R, draft: D) -> SendResult | ClassifiedError | None:
        """One route; None: it is not open to this message. What is not answered is told to `unanswered`."""

    @abstractmethod
    def _left(self, message: Message, ref: R) -> R:
        """Its edits are not answered: it is shown anew elsewhere, and its old copy becomes a stale one."""

    def _passed(self, route: W, message: Message, ref: R) -> R:
        """A route that was not answered is passed by."""
        return ref

    @abstractmethod
    async def _taken_away(self, message: Message, copy: str) -> bool:
        """Delete a stale copy; False when the platform did not answer, so that it is tried again."""

    def _closed(self, route: W, message: Message, error: ClassifiedError) -> None:
        """A route does not take the message: worth a line in the log."""

    async def _replaced(self, ref: R) -> None:
        """A message that cannot be edited has become another one."""


def after_failed_edit(message: Message, view: View, ref: StoredRef, error: ClassifiedError) -> SendResult | None:
    """What follows from an edit that the platform refused; None: the message must be shown anew."""
    staff, deleted = is_staff(message), error.error_class in (ErrorClass.GONE, ErrorClass.NO_CHANNEL)
    if deleted and (is_settled(view) if staff else ref.final):
        return Sent(ref.removed().ref())  # somebody removed what had been said to the end
    if view.amends and ref.final:
        return Sent(ref.ref())  # what it adds to is out of reach, and was said to the end
    if staff or view.final:
        return None
    if error.error_class is ErrorClass.GONE:
        return Sent(ref.anew(gone=True).ref())  # the answer is still owed and will be a new message
    return Later(PROGRESS_AGAIN, progress=True)


def is_staff(message: Message) -> bool:
    """Whether moderators or operators read it."""
    return message.audience in (Audience.MODERATORS, Audience.OPERATORS)


def is_settled(view: View) -> bool:
    """Whether nobody has to do anything about a moderators' or operators' message any more: a deleted one stays deleted then."""
    return view.tone in (Tone.NEUTRAL, Tone.DONE)
