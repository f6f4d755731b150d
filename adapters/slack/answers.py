"""Private answers: over the event's response_url, as an ephemeral message, or directly. Independent of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.kit.errors import ClassifiedError, ErrorClass
from adapters.kit.replies import as_view
from adapters.slack import forms, render
from adapters.slack.callers import Caller
from adapters.slack.delivery import classified_call
from adapters.slack.errors import known
from adapters.slack.image_fitting import FittedImage, ImageFitting
from adapters.slack.routes import Handle
from adapters.slack.uploads import NotReady, Uploads
from adapters.slack.wire import SlackWire
from bot.chat.views import Document, View
from bot.ports import Ports
from bot.texts import speaking, text

log = structlog.get_logger()

Modal = dict[str, Any]
"""A modal view as Slack expects it."""
MOMENT = 1.0
"""Maximum seconds to wait before retrying to open a form; its trigger lasts three seconds."""
NOTHING = ClassifiedError(ErrorClass.INVALID, "nothing_to_open")


@dataclass(slots=True)
class Answers:
    wire: SlackWire
    uploads: Uploads
    fitting: ImageFitting
    ports: Ports

    def handle(self, caller: Caller) -> Handle:
        return Handle(caller.person, caller.url, self.ports.now(), caller.language, caller.zone, caller.in_direct)

    async def say(self, caller: Caller, said: str | View) -> bool:
        """Answer this person only. Returns False if no route worked."""
        view = as_view(said, caller.language)
        if view.pictures:
            return await self._say_with_pictures(caller, view)
        with speaking(caller.language):
            body = render.message(view)
        if caller.url and await self._works("respond", self.wire.respond(caller.url, body, public=False)):
            return True
        ephemeral = self.wire.post_ephemeral(caller.channel, caller.person, body, caller.ephemeral_thread)
        return await self._works("ephemeral", ephemeral) or await self._works("direct", self._direct(caller.person, body))

    async def _say_with_pictures(self, caller: Caller, view: View) -> bool:
        """Ephemeral messages can't show private files, so pictures go to the person's direct messages."""
        pictures, notes = await self.fitting.load(view.pictures)
        shown = []
        for one in pictures:
            try:
                shown.append(render.Shown(await self.uploads.ready(caller.key, one), one.alt))
            except NotReady:
                notes.append(text("slack.picture_not_ready"))
            except Exception as error:
                log.warning("slack_upload_failed", detail=known(error).detail)
                notes.append(text("slack.picture_not_ready"))
        with speaking(caller.language):
            body = render.message(view, pictures=shown, notes=notes)
        if not await self._works("direct", self._direct(caller.person, body)):
            return await self.say(caller, text("slack.no_direct"))
        if not caller.in_direct:
            await self.say(caller, text("slack.sent_directly"))
        return True

    async def hand_over(self, caller: Caller, document: Document) -> None:
        """Put a file into this person's direct messages: an ephemeral message can't hold one."""
        try:
            channel = await self.wire.direct_channel(caller.person)
            await self.uploads.share([FittedImage("", document.name, "", document.content)], channel)
            said = "slack.sent_directly"
        except Exception as error:
            log.warning("slack_document_failed", detail=known(error).detail)
            said = "slack.document_not_sent"
        if not caller.in_direct:
            await self.say(caller, text(said))

    async def _direct(self, person: str, body: render.Body) -> None:
        await self.wire.post(await self.wire.direct_channel(person), None, body, self.ports.new_id())

    async def _works(self, name: str, call: Coroutine[Any, Any, object]) -> bool:
        """Run a call and return whether it worked. A failure here only affects one person, so it's logged."""
        classified = await classified_call(call)
        if not isinstance(classified, ClassifiedError):
            return True
        log.warning("slack_answer_failed", route=name, detail=classified.detail)
        # An answer that may have arrived isn't repeated. If Slack itself reports a failure, silence would be worse than an echo.
        return classified.error_class is ErrorClass.LOST and not _failed(classified)

    async def open(self, caller: Caller, views: Sequence[Modal]) -> tuple[str, str] | None:
        """Open a modal: the first of these views that Slack accepts. Returns None if it rejects all; the person has then been told."""
        classified = NOTHING
        for view in views:
            found = await self._opened(caller.trigger, view)
            if not isinstance(found, ClassifiedError):
                return found
            classified = found
            log.warning("slack_form_not_opened", detail=classified.detail)
            if classified.error_class is not ErrorClass.INVALID:
                break
        late = classified.error_class in (ErrorClass.TRIGGER, ErrorClass.LOST, ErrorClass.WAIT)
        await self.say(caller, text("slack.form_too_late" if late else "slack.form_failed"))
        return None

    async def push(self, caller: Caller, window: Modal, said: View) -> None:
        """Show a modal above the open one, which keeps what was typed into it. If Slack rejects it, the person gets the words alone."""
        found = await classified_call(self.wire.push_view(caller.trigger, window))
        if isinstance(found, ClassifiedError):
            log.warning("slack_form_not_opened", detail=found.detail)
            await self.say(caller, said)

    async def _opened(self, trigger: str, view: Modal) -> tuple[str, str] | ClassifiedError:
        """Retry after a Slack failure or a short wait, as long as the trigger is valid."""
        found = await classified_call(self.wire.open_view(trigger, view))
        failed = isinstance(found, ClassifiedError) and _failed(found)
        if not isinstance(found, ClassifiedError) or not (failed or (found.error_class is ErrorClass.WAIT and found.wait <= MOMENT)):
            return found
        log.info("slack_form_once_more", detail=found.detail)
        await asyncio.sleep(found.wait)
        again = await classified_call(self.wire.open_view(trigger, view))
        if failed and isinstance(again, ClassifiedError) and again.detail == "exchanged_trigger_id":
            return "", ""  # opened by the first call after all
        return again

    async def open_later(self, caller: Caller, making: Coroutine[Any, Any, Sequence[Modal]], within: float) -> None:
        """Open a modal that takes time to prepare. A loading view holds its place, because Slack allows three seconds to open one."""
        task = asyncio.ensure_future(making)
        done, _ = await asyncio.wait([task], timeout=within)
        if done:
            if views := task.result():
                await self.open(caller, views)
            return
        with speaking(caller.language):
            loading = forms.loading()
        opened = await self.open(caller, [loading])
        views = await task
        if opened is None:
            return
        with speaking(caller.language):
            views = views or [render.sheet(as_view(text("slack.look_below"), caller.language), text("slack.look_below_title"))]
        for view in views:
            classified = await classified_call(self.wire.update_view(opened[0], opened[1], view))
            if classified is None:
                return
            log.warning("slack_form_not_filled", detail=classified.detail)
        await self.say(caller, text("slack.form_too_late"))


def _failed(classified: ClassifiedError) -> bool:
    """Whether Slack itself reports a failure with HTTP 500 to 504; most likely nothing was done."""
    return classified.error_class is ErrorClass.LOST and classified.detail.startswith("5")
