"""Facade of the core: everything that adapters may call.

Commands: `receive` (one durable insert) -> the adapter acknowledges -> `accept`, or `abandon` if the acknowledgement failed. From then on,
the adapter only sees `ChatPort.send` calls. Buttons and forms: `form` for a button with `opens_form`, then `act`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bot.batch.actions import BatchActions
from bot.chat.handlers import ActionRoom, Handlers, combined
from bot.chat.localize import Said, has_times, localize, zoned
from bot.chat.open_calls import OpenCalls
from bot.chat.options import Options as Options
from bot.chat.views import Act, ActionName, Document, Form, Reply, View
from bot.domain.publishing import Results
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Person, Place, Request, Submission
from bot.domain.visitor import Visitor as Visitor
from bot.ledger import message_rows, own_rows, presence_rows, request_rows, template_rows
from bot.ledger.store import Ledger, LedgerClosed, LedgerProblem, Tx
from bot.messages import own_notices
from bot.messages.readers import Readers
from bot.messages.refusal_view import refusal_sentence
from bot.messages.storage import StorageWatch
from bot.moderation.tier_roles import TierRoles
from bot.requests.accept import Unfetched, accept
from bot.requests.actions import imagine_fields
from bot.requests.attachments import Attachments, Upload
from bot.requests.gallery import Gallery, strict
from bot.requests.gallery import GalleryEntry as GalleryEntry
from bot.requests.gallery import GalleryPage as GalleryPage
from bot.requests.options import options_of
from bot.requests.prices import price_view
from bot.requests.publishing import results_here
from bot.requests.rules import Rules
from bot.requests.service_status import ServiceStatus
from bot.requests.submit import store_submission
from bot.requests.transitions import CaseOpener, drop
from bot.texts import text

if TYPE_CHECKING:
    from bot.reports.dashboard import Dashboard

T = TypeVar("T")


def words_for(error: BaseException) -> str | None:
    """The sentence for a person whose command or press couldn't be stored; None for other errors."""
    if isinstance(error, LedgerClosed):
        return text("reply.stopping")
    return text("reply.cannot_store") if isinstance(error, LedgerProblem) else None


@dataclass(frozen=True, slots=True)
class Received:
    """Stored durably. Acknowledge now, then accept."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The event was already stored; nothing changed. Acknowledge it if the platform expects that. Accepting it changes nothing either,
    except that it tells the member if the request was dropped meanwhile."""

    request_id: str


@dataclass(slots=True)
class Core:
    """The facade. All methods are safe to call at any time, and answer user errors in words instead of raising."""

    ledger: Ledger
    rules: Rules
    rooms: Sequence[ActionRoom]
    open_case: CaseOpener
    gallery: Gallery
    service_status: ServiceStatus
    wake_message: Callable[[str], None]
    settings_for: Callable[[Visitor], Awaitable[Form | Reply]]
    privacy_for: Callable[[Visitor], Awaitable[View]]
    batches: BatchActions
    guide_for: Callable[[Visitor, str, str], Awaitable[Form | Reply]]
    unfinished_of: Callable[[Visitor], Awaitable[Sequence[tuple[str, View]]]]
    moderators_place_of: Callable[[str, str], Awaitable[Place | None]]
    storage: StorageWatch
    """Tells operators if nothing can be stored; adapters call `storage.late()` when their platform won't wait any longer."""
    attachments: Attachments
    roles: TierRoles
    """Asks platforms about the roles that communities' tiers name."""
    own_settings: Callable[[str], Mapping[str, Any]] = lambda community: {}
    """What a community's settings (`platform:community`) say about its own image service, as this process knows it."""
    own_clocks: Collection[str] = ()
    """Platforms that show times to each reader on their own clock."""
    calls: OpenCalls = field(default_factory=OpenCalls)
    _handlers: Handlers = field(init=False)

    def __post_init__(self) -> None:
        self._handlers = combined(self.rooms)

    def add_room(self, room: ActionRoom) -> None:
        """Handle the actions of one more room."""
        self.rooms = (*self.rooms, room)
        self._handlers = combined(self.rooms)

    # ---- a command -----------------------------------------------------------------------------------------------------------

    async def receive(self, event_key: str, submission: Submission) -> Received | Duplicate:
        """Store a command. `event_key` is the platform's event id with a prefix (`discord:<interaction id>`).

        Raises LedgerProblem if it can't be stored, including after the bot has stopped.
        """

        def body(tx: Tx) -> Received | Duplicate:
            request_id = tx.new_id()
            known = store_submission(tx, request_id, event_key[:200], submission, self.rules)
            return Received(request_id) if known is None else Duplicate(known)

        with self.calls.enter():
            return await self._storing(self.ledger.write(body))

    async def keeps_private(self, place: Place) -> bool:
        """Whether a community wants its members to see results before others do, so that an acknowledgement should be theirs alone. If that
        can't be read, it's so."""
        try:
            return await self.ledger.read(lambda c: results_here(c, place)) is not Results.PUBLIC
        except LedgerProblem:
            return True

    async def accept(self, request_id: str) -> Request | Refusal | None:
        """Validate and queue a received command; the member sees the result in the request's message.

        Returns None if it was accepted before, or if the bot is stopping: the next start asks the platform and accepts it.
        """
        with self.calls.enter() as may:
            if not may:
                return None
            work = self.roles.knowing(lambda tx, known: accept(tx, request_id, self.rules, self.open_case, roles_known=known))
            taken = await self._storing(work)
        if not isinstance(taken, Unfetched):
            return taken
        # Fetching isn't waited for when the bot stops: the next start continues where this one was.
        return await self._storing(self.attachments.finish(request_id))

    async def keep_upload(
        self, visitor: Visitor, name: str, content: bytes, mask_of: tuple[int, int] | None = None, *, fit: bool = False
    ) -> Upload | str:
        """Check and store a picture before its request is sent, on platforms where the bot receives the file itself. Returns the upload for
        `Attachment.stored`, or the sentence that says why it can't be used. Unused uploads are deleted after an hour.

        `mask_of`: it's a mask for a picture of this size; `fit`: the member wants it stretched, with its white part as the part to change.
        Raises LedgerProblem and OSError.
        """
        person = f"{visitor.platform}:{visitor.person}"
        kept = await self._storing(self.attachments.keep_upload(person, name, content, mask_of, fit=fit))
        return refusal_sentence(kept) if isinstance(kept, Refusal) else kept

    async def _storing(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except LedgerProblem as problem:
            self.storage.failed(problem)
            raise

    async def abandon(self, request_id: str) -> None:
        """Drop a command whose acknowledgement failed: the member saw an error, so nothing is generated or sent. A stopping bot leaves it
        to the next start."""

        def body(tx: Tx) -> None:
            request = request_rows.get(tx.connection, request_id)
            if request is not None and request.state is RequestState.RECEIVED:
                drop(tx, request)

        with self.calls.enter() as may:
            if may:
                await self.ledger.write(body)

    # ---- a batch -------------------------------------------------------------------------------------------------------------

    def batch_form(self, given: Mapping[str, str] | None = None) -> Form:
        """/imagine-batch: the form, filled with what was typed beside the command; submitted, it's an Act, with a file `new_batch`."""
        return self.batches.form(given or {})

    def read_topics(self, name: str, content: bytes) -> tuple[str, str]:
        """A file of topics as words for that form, and a remark about them; without words, the remark says why it can't be used."""
        return self.batches.read(name, content)

    async def new_batch(
        self, event_key: str, owner: tuple[Person, Place], values: Mapping[str, str], file: tuple[str, bytes] | None = None
    ) -> Reply:
        """Store a batch that waits for its owner's start. `values`: the form's fields as typed; `file`: name and content of a file of
        topics. The reply isn't `changed` if something is wrong with them; nothing is stored then."""
        with self.calls.enter() as may:
            if not may:
                return Reply(text("reply.stopping"), changed=False)
            await self._storing(self.roles.of(owner[1].platform, owner[1].community, owner[0].id))
            return await self._storing(self.batches.propose(event_key, owner, values, file))

    async def batch(self, visitor: Visitor, number: int) -> View:
        """/imagine-batch with a number: how far a batch is, for its owner and the community's moderators."""
        return await self.batches.look(visitor.platform, visitor.community, visitor.person, number)

    # ---- presses and forms ---------------------------------------------------------------------------------------------------

    async def form(self, act: Act) -> Form | Reply:
        """The form behind a button with `opens_form`, or why it may not be opened. Roles are asked about when it's submitted."""
        maker = self._handlers.forms.get(act.action)
        if maker is None:
            return Reply(text("reply.unknown_button"), changed=False)
        with self.calls.enter() as may:
            said = await self._storing(maker(strict(act))) if may else Reply(text("reply.stopping"), changed=False)
        return localize(await self._told(said, act), act.language)

    async def act(self, act: Act) -> Reply:
        """Handle a button press or submitted form. Checked now against the row, the person and, for moderators, the platform."""
        with self.calls.enter() as may:
            reply = await self._storing(self._act(act)) if may else Reply(text("reply.stopping"), changed=False)
        return localize(await self._told(reply, act), act.language)

    async def _told(self, said: Said, person: Visitor | Act) -> Said:
        """What somebody is told, with times in their zone, or else in their community's."""
        if not has_times(said):
            return said
        zone = person.zone or await Readers(self.rules.limits.zone).zone_told(self.ledger, person.platform, person.community)
        return zoned(said, zone, person.platform in self.own_clocks)

    async def _act(self, act: Act) -> Reply:
        await self.roles.of_press(act.platform, act.community, act.person, act.row)
        if refused := await self.roles.refused(act):
            return refused
        if act.action is ActionName.SHOW:
            return Reply(text("reply.here_it_is"), changed=False, view=await self.show(act.visitor, act.row))
        handler = self._handlers.actions.get(act.action)
        return await handler(strict(act)) if handler else Reply(text("reply.unknown_button"), changed=False)

    async def imagine_form(self, visitor: Visitor) -> Form:
        """An empty /imagine form (prompt, size, quality, count, private). The adapter turns its submission into a Submission."""
        here = self.rules.in_community(await self.roles.settings(visitor))
        return Form(ActionName.EDIT, "", text("form.imagine_title"), imagine_fields(here), text("form.imagine_submit"))

    # ---- answers to one person -----------------------------------------------------------------------------------------------

    async def show(self, visitor: Visitor, typed: str | None = None, values: Mapping[str, str] | None = None) -> View:
        """/imagine-show: the visitor's requests by pages, what a search finds, or one of them by its id with its pictures and buttons.
        `values`: the search as in its form, where a platform's command has an option for each part."""
        return await self._told(await self.gallery.answer(visitor, typed or "", values), visitor)

    async def gallery_page(self, visitor: Visitor, values: Mapping[str, str], page: int = 0) -> GalleryPage:
        """A page of the visitor's results with their pictures. `values` as in the form of a search."""
        return await self.gallery.page(visitor, values, max(0, page))

    async def gallery_file(self, visitor: Visitor, request_id: str, number: int | None = None) -> Document | str:
        """One picture of the visitor's own result, named for people; without a number how it was made. A sentence if it's gone."""
        return await self.gallery.file(visitor, request_id, number)

    async def status(self, visitor: Visitor, typed: str = "") -> View:
        """/imagine-status: the state of the image service and the rest of the visitor's budget; with a prompt and options, what that would
        cost. Nothing is sent."""
        if typed.strip():
            return await self.price(visitor, typed, {"inline": True})
        settings = await self.roles.settings(visitor)
        view = await self.service_status.view(visitor.place, Person(visitor.person), settings)
        return await self._told(view, visitor)

    async def price(self, visitor: Visitor, prompt: str, typed: Mapping[str, object], references: int = 0) -> View:
        """What a request would cost. `typed`: `size`, `quality`, `count`, `model` as typed, and `inline` if the prompt's end may hold
        options; `references`: the number of attached pictures. Nothing is sent."""
        return price_view(prompt, typed, await self.roles.settings(visitor), self.rules, references)

    async def dashboard(self, seconds: float) -> Dashboard:
        """Numbers of the last `seconds` for operators. The caller makes sure that only operators see them."""
        from bot.reports.dashboard import dashboard  # only those who look at it wait for it

        return await self.ledger.read(lambda c: dashboard(c, self.ledger.now(), seconds, self.rules.limits, self.service_status.gates()))

    async def help(self, visitor: Visitor) -> View:
        """/imagine-help, about what draws in the visitor's community."""
        return self.service_status.help(visitor.place, await self.roles.settings(visitor))

    async def unfinished(self, visitor: Visitor) -> Sequence[tuple[str, View]]:
        """Previews, questions and wordings that the visitor hasn't decided about, each with its channel, for platforms that lose them at a
        restart."""
        return [(channel, await self._told(view, visitor)) for channel, view in await self.unfinished_of(visitor)]

    async def privacy(self, visitor: Visitor) -> View:
        """/imagine-privacy: what is stored about the visitor, with a button that deletes it."""
        return await self.privacy_for(visitor)

    async def guide(self, visitor: Visitor, template: str = "", use: str = "") -> Form | Reply:
        """/imagine-guide: the form for the parts of a prompt, filled with a template of the community by its name. `use`: a use case by its
        name in `bot.prompts.parts`, for platforms that ask for it with the command."""
        return await self.guide_for(visitor, template, use)

    async def templates(self, visitor: Visitor) -> Sequence[str]:
        return await self.ledger.read(lambda c: [one.name for one in template_rows.of_community(c, visitor.platform, visitor.community)])

    async def settings(self, visitor: Visitor) -> Form | Reply:
        """/imagine-settings: the community's settings as a form for administrators; a Reply for others."""
        return await self.settings_for(visitor)

    # ---- small facts for adapters --------------------------------------------------------------------------------------------

    def options(self, platform: str = "", community: str = "") -> Options:
        """What the configured model accepts, or the one of a community's own service; cheap enough for autocomplete."""
        return options_of(self.rules.in_community(self.own_settings(f"{platform}:{community}")))

    async def moderators_place(self, platform: str, community: str) -> Place | None:
        """A community's moderators' channel; None if none is set. For platforms where the channel's members are the moderators."""
        return await self.moderators_place_of(platform, community)

    async def history(self, platform: str, limit: int = 200) -> Sequence[tuple[Place, str]]:
        """A platform's latest messages, oldest first, as (place, message id), so that an adapter without its own storage can `resend` them
        after a start."""
        found = await self.ledger.read(lambda c: message_rows.of_platform(c, platform, limit))
        return [(one.message.place, one.message.id) for one in found]

    async def community_left(self, platform: str, community: str) -> int:
        """The bot was removed from a community: its batches pause, what waits there ends, and its own key is deleted. Returns how many
        requests ended."""
        ended = await self.batches.leave(platform, community)

        def forget(tx: Tx) -> None:
            if own_rows.leave(tx, platform, community) is not None:
                own_notices.end_outage(tx, platform, community)

        await self.ledger.write(forget)
        return ended

    async def communities_known(self, platform: str, bot: str) -> frozenset[str]:
        """The communities that the bot with this id was in, as its adapter noted."""
        return await self.ledger.read(lambda c: presence_rows.known(c, platform, bot))

    async def note_communities(self, platform: str, bot: str, there: Collection[str], left: Collection[str] = ()) -> None:
        """Note that this bot is in these communities, and not in those anymore."""
        await self.ledger.write(lambda tx: presence_rows.note(tx, platform, bot, there, left))

    async def resend(self, message_id: str) -> None:
        """Send a message's current view again."""

        def body(tx: Tx) -> None:
            message_rows.unsettle(tx, message_id)

        await self.ledger.write(body)
        self.wake_message(message_id)
