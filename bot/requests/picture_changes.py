"""Add text and Crop: changes of a finished picture that are made here, without a call to the service and without a cost.

Only the requester sees a change until they use it. The row is stored before the file, and both are made again from the same choices, so a
kill at any step leaves nothing that a further press doesn't mend.
"""

from __future__ import annotations

import dataclasses
from asyncio import Semaphore
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Form, Reply, View
from bot.domain.outcome import Picture
from bot.domain.picture_changes import PARTS, ChangeKind, PictureChange
from bot.domain.refusal import Refusal
from bot.domain.requests import Request
from bot.ledger import block_rows, draft_rows, message_rows, picture_rows, request_rows
from bot.ledger.draft_rows import PictureDraft
from bot.ledger.store import Tx
from bot.messages.change_view import preview_view, question_view
from bot.messages.refusal_view import refusal_lines
from bot.pixels.errors import BadPicture, NotTaken
from bot.prompts.normalise import fingerprint
from bot.requests.actions import RequestActions
from bot.requests.attachments import StoredPictures
from bot.requests.block_memory import blocked_member
from bot.requests.change_choices import KINDS, MOST_PICTURES, ChangeProblem, WantedChange, change_form, wanted_of
from bot.requests.picture_actions import usable_pictures
from bot.requests.publishing import why_unchangeable
from bot.texts import joined, text

log = structlog.get_logger()
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Made:
    """The picture worker's result for a change."""

    picture: Picture
    content: bytes
    preview: Picture | None
    """The preview until the change is used."""
    preview_content: bytes


@dataclass(slots=True)
class PictureChanges:
    """Action handlers for changes of results."""

    requests: RequestActions
    pictures: StoredPictures
    _busy: set[tuple[str, str]] = field(default_factory=set)
    """People whose change is being made: a second press meanwhile makes no second one."""
    _turn: Semaphore = field(default_factory=lambda: Semaphore(1))
    """New pictures never wait for more than one change in the picture worker."""

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.ADD_TEXT: self._make,
                ActionName.CROP: self._make,
                ActionName.USE_CHANGE: self._use,
                ActionName.DROP_CHANGE: self._drop,
                ActionName.DRAW_ANYWAY: self._draw_confirmed,
                ActionName.DRAW_CLEANED: self._draw_confirmed,
            },
            {ActionName.ADD_TEXT: self._form, ActionName.CROP: self._form},
        )

    async def undecided(self, platform: str, person: str) -> Sequence[tuple[str, View]]:
        """Previews and questions that somebody hasn't decided about, oldest first, each with the channel of its result."""

        def look(connection: Connection) -> list[tuple[Request, PictureDraft]]:
            found = [(request_rows.get(connection, one.request_id), one) for one in draft_rows.of_person(connection, platform, person)]
            return [(request, one) for request, one in found if request is not None and not (request.deleted or request.reported)]

        drafts = await self.requests.ledger.read(look)
        shown = [(request.place.channel, await self._view_again(request, one)) for request, one in drafts]
        return [(channel, view) for channel, view in shown if view is not None]

    async def _view_again(self, request: Request, draft: PictureDraft) -> View | None:
        """A draft's view; None if a file that it shows, or that Use would show, is missing or unreadable."""
        if draft.made is None:
            found = self.requests.rules.lint and self.requests.rules.lint(draft.change.text)
            return question_view(request, draft.id, found.reason, found.cleaned) if found else None
        try:
            if await self._stored_picture(draft) is None or (draft.preview and not await self._is_intact(draft.preview)):
                return None
        except OSError as error:
            log.warning("draft_not_shown", error=type(error).__name__)
            return None
        seen = dataclasses.replace(draft.made, sha256=draft.preview, format="jpeg") if draft.preview else draft.made
        return preview_view(request, draft.id, draft.change, seen)

    async def _form(self, act: Act) -> Form | Reply:
        def body(tx: Tx, request: Request, draft: PictureDraft | None) -> Form | Reply:
            found = usable_pictures(tx, request)
            if not found:
                return Reply(text("reply.no_picture_there"), changed=False)
            return change_form(act.action, act.row, request, found, None if draft is None else WantedChange(draft.change, draft.replaces))

        return await self._on_own(act, body)

    async def _make(self, act: Act) -> Reply:
        def body(tx: Tx, request: Request, draft: PictureDraft | None) -> tuple[Request, PictureDraft] | Reply:
            wanted = wanted_of(usable_pictures(tx, request), KINDS[act.action], act.values)
            if wanted is None:
                return Reply(text("reply.no_picture_there"), changed=False)
            problem = wanted if isinstance(wanted, ChangeProblem) else self._problem(tx, request, wanted)
            if problem is not None:
                return _reply_to(problem)
            assert isinstance(wanted, WantedChange)
            planned = PictureDraft("" if draft is None else draft.id, request.id, wanted.change, wanted.replaces)
            return self._question(tx, request, planned) or (request, planned)

        return await self._carry_out(act, body)

    async def _draw_confirmed(self, act: Act) -> Reply:
        """Draw a text that the member was asked about."""

        def body(tx: Tx, request: Request, draft: PictureDraft | None) -> tuple[Request, PictureDraft] | Reply:
            if draft is None or draft.made is not None:
                return Reply(text("change.over"), changed=False)
            words = draft.change.text
            if act.action is ActionName.DRAW_CLEANED:
                question = self.requests.rules.lint and self.requests.rules.lint(words)
                words = (question and question.cleaned) or ""
            wanted = WantedChange(dataclasses.replace(draft.change, text=words), draft.replaces)
            problem = ChangeProblem("empty") if not words else self._problem(tx, request, wanted)
            return _reply_to(problem) if problem is not None else (request, dataclasses.replace(draft, change=wanted.change))

        return await self._carry_out(act, body)

    def _problem(self, tx: Tx, request: Request, wanted: WantedChange) -> ChangeProblem | Reply | None:
        paused = blocked_member(tx, request)
        if paused is not None:
            return Reply(joined(" ", refusal_lines(Refusal(paused.reason, until=paused.until))), changed=False)
        if (kept := why_unchangeable(tx, request)) is not None:
            return kept
        if wanted.change.kind is ChangeKind.CROP:
            return None
        if not self.requests.rules.captions:
            return ChangeProblem("library")
        blocked = block_rows.blocked_prompt(tx.connection, request.place.community, fingerprint(wanted.change.text), tx.now)
        return None if blocked is None else ChangeProblem("blocked")

    def _question(self, tx: Tx, request: Request, planned: PictureDraft) -> Reply | None:
        """Ask the member about a suspicious text before it's drawn. The text waits in a draft."""
        lint = self.requests.rules.lint
        if planned.change.kind is ChangeKind.CROP or lint is None or (found := lint(planned.change.text)) is None:
            return None
        draft = dataclasses.replace(planned, id=tx.new_id())
        self._store(tx, draft, planned.id)
        return Reply(text("change.asked"), view=question_view(request, draft.id, found.reason, found.cleaned))

    async def _carry_out(self, act: Act, body: Callable[[Tx, Request, PictureDraft | None], tuple[Request, PictureDraft] | Reply]) -> Reply:
        """Make a change if it's allowed, and show it to its member."""
        who = act.platform, act.person
        if who in self._busy:
            return Reply(text("change.busy"), changed=False)
        self._busy.add(who)
        try:
            found = await self._on_own(act, body)
            if isinstance(found, Reply):
                return found
            made = await self._change_picture(found[1].change)
            return _reply_to(made) if isinstance(made, ChangeProblem) else await self._store_and_show(act, found[1], made)
        finally:
            self._busy.discard(who)

    async def _change_picture(self, change: PictureChange) -> Made | ChangeProblem:
        if change.kind is ChangeKind.CAPTION:
            job, values = "caption", {name: getattr(change, name) for name in ("text", "place", "colour", "size")}
            values["font"] = self.requests.rules.caption_font
        else:
            job, values = "crop", {"ratio": change.ratio, "along": PARTS[change.part]}
        try:
            async with self._turn:
                facts, made = await self.pictures.work(job, values, await self.pictures.read(change.source))
        except (LookupError, BadPicture, NotTaken) as error:
            log.warning("picture_not_changed", job=job, error=type(error).__name__)
            return ChangeProblem("damaged")
        except OSError as error:
            log.warning("picture_not_changed", job=job, error=type(error).__name__)
            return ChangeProblem("disk")
        if "problem" in facts:
            return ChangeProblem(str(facts["problem"]), str(facts["value"]))
        size = int(facts["size"])
        picture = Picture(facts["sha256"], facts["format"], facts["width"], facts["height"], size, change=change)
        rest = made[size:]
        shown = Picture(facts["preview"], "jpeg", picture.width, picture.height, len(rest), change=change) if rest else None
        return Made(picture, made[:size], shown, rest)

    async def _store_and_show(self, act: Act, planned: PictureDraft, made: Made) -> Reply:
        files = dataclasses.replace(planned, made=made.picture, preview="" if made.preview is None else made.preview.sha256)

        def body(tx: Tx, request: Request) -> tuple[Request, PictureDraft] | Reply:
            if not usable_pictures(tx, request):
                return Reply(text("reply.no_picture_there"), changed=False)
            same = draft_rows.alike(tx.connection, request.id, planned.change, planned.replaces)
            if same is not None:
                return request, same
            draft = dataclasses.replace(files, id=tx.new_id())
            self._store(tx, draft, planned.id)
            return request, draft

        found = await self.requests.on_own(dataclasses.replace(act, row=planned.request_id), body)
        if isinstance(found, Reply):
            return found
        request, draft = found
        try:
            stored = await self._stored_picture(draft)
            if stored is None:
                if draft.made is not None and draft.made.sha256 != made.picture.sha256:
                    # Killed before its file was there, and signed again, it has another hash.
                    await self.requests.ledger.write(lambda tx: draft_rows.remake(tx, dataclasses.replace(files, id=draft.id)))
                await self.pictures.keep(made.content, made.picture.sha256, made.picture.format)
            if made.preview is not None:
                await self.pictures.keep(made.preview_content, made.preview.sha256, made.preview.format)
        except OSError as error:
            log.warning("draft_not_stored", error=type(error).__name__)
            return _reply_to(ChangeProblem("disk"))
        return Reply(text("change.ready"), view=preview_view(request, draft.id, planned.change, made.preview or stored or made.picture))

    async def _stored_picture(self, draft: PictureDraft) -> Picture | None:
        """A draft's picture, if its file is there. Raises OSError."""
        return draft.made if draft.made is not None and await self._is_intact(draft.made.sha256) else None

    async def _is_intact(self, sha256: str) -> bool:
        """Whether a file is there and undamaged. Raises OSError."""
        try:
            return bool(await self.pictures.read(sha256))
        except LookupError:
            return False

    @staticmethod
    def _store(tx: Tx, draft: PictureDraft, before: str) -> None:
        old = draft_rows.get(tx.connection, before)
        gone = set() if old is None else draft_rows.remove(tx, old)
        picture_rows.release(tx, gone | draft_rows.add(tx, draft), draft.request_id)

    async def _use(self, act: Act) -> Reply:
        gone: list[str] = []

        def body(tx: Tx, request: Request, draft: PictureDraft | None) -> Reply:
            gone.clear()
            if draft is None or draft.made is None:
                return Reply(text("change.over"), changed=False)
            found = usable_pictures(tx, request)
            if not found:
                return Reply(text("reply.no_picture_there"), changed=False)
            problem = self._problem(tx, request, WantedChange(draft.change, draft.replaces)) or _lacks_room(found, draft)
            if problem is not None:
                return _reply_to(problem)
            gone.extend(picture_rows.put_changed(tx, request.id, dataclasses.replace(draft.made, change=draft.change), draft.replaces))
            gone.extend(picture_rows.release(tx, draft_rows.remove(tx, draft), request.id))
            message_rows.bump(tx, f"request:{request.id}")
            return Reply(text("change.used"))

        return await self._write_and_forget(act, body, gone)

    async def _drop(self, act: Act) -> Reply:
        gone: list[str] = []

        def body(tx: Tx, request: Request, draft: PictureDraft | None) -> Reply:
            gone.clear()
            if draft is None:
                return Reply(text("change.over"), changed=False)
            gone.extend(picture_rows.release(tx, draft_rows.remove(tx, draft), request.id))
            return Reply(text("change.dropped"))

        return await self._write_and_forget(act, body, gone)

    async def _write_and_forget(self, act: Act, body: Callable[[Tx, Request, PictureDraft | None], Reply], gone: Sequence[str]) -> Reply:
        reply = await self._on_own(act, body)
        for sha256 in gone:
            await self.requests.forget_picture(sha256)
        return reply

    async def _on_own(self, act: Act, body: Callable[[Tx, Request, PictureDraft | None], R]) -> R | Reply:
        """Run `body` on the presser's own request, and on the draft if the row names one."""
        draft, request = await self.requests.ledger.read(lambda c: (draft_rows.get(c, act.row), request_rows.get(c, act.row)))
        if draft is None and (request is None or act.action not in KINDS):
            return Reply(text("change.over"), changed=False)
        row = act.row if draft is None else draft.request_id
        return await self.requests.on_own(
            dataclasses.replace(act, row=row), lambda tx, request: body(tx, request, draft and draft_rows.get(tx.connection, draft.id))
        )


def _reply_to(problem: ChangeProblem | Reply) -> Reply:
    return problem if isinstance(problem, Reply) else Reply(problem.sentence, changed=False)


def _lacks_room(found: Sequence[Picture], draft: PictureDraft) -> ChangeProblem | None:
    """Whether the request can show one more; a replaced picture may be gone meanwhile."""
    takes_place = any(one.sha256 == draft.replaces for one in found)
    return None if takes_place or len(found) < MOST_PICTURES else ChangeProblem("full")
