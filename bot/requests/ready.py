"""Tell me when it is ready: a member's setting, and the one message that tells them when an answer took more than a minute.

It's off unless the member chose it. The message is one more beside the answer, because an edit notifies nobody; it says neither the prompt
nor the result, and goes to nobody who can't read the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.port import Message
from bot.chat.views import About, Act, ActionName, Audience, Choice, FieldKind, Form, FormField, Reply, Tone, View
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ledger import memory_rows, message_rows, request_rows
from bot.ledger.store import Ledger, Tx
from bot.messages.status_view import NOTIFY_ROW
from bot.texts import text

SLOW = 60.0
"""Seconds from the command to its answer after which the member is told."""
ROUTES = ("off", "mention", "direct")


def setting_of(connection: Connection, platform: str, person: str) -> str:
    """How somebody wants to be told: one of `ROUTES`."""
    known = memory_rows.recall(connection, key_of(platform, person))
    return str(known[0]) if known is not None and known[0] in ROUTES else "off"


def key_of(platform: str, person: str) -> str:
    """Memory key of a member's setting."""
    return f"tell:{platform}:{person}"[:120]


def notify_requester(tx: Tx, request: Request, answer: Answer) -> None:
    """Tell the requester about a late answer, once, if they chose so. Nobody is told what they ended themselves."""
    if tx.now - request.created_at <= SLOW or answer is Answer.CANCELLED:
        return
    way = setting_of(tx.connection, request.place.platform, request.person.id)
    if way == "off":
        return
    public = way == "mention" and not request.private
    audience, reader = (Audience.CHANNEL, None) if public else (Audience.MEMBER, request.person.id)
    message_rows.want(tx, f"ready:{request.id}", audience, request.place, reader)


def project_ready(connection: Connection, message: Message, now: float) -> View | None:
    request = request_rows.get(connection, message.subject.partition(":")[2])
    if request is None:
        return None
    good = request.answer is Answer.PICTURES
    return View(
        title=text("ready.picture" if good else "ready.answer"),
        tone=Tone.DONE if good else Tone.NEUTRAL,
        mention=request.person.id,
        notifies=True,
        final=True,
        about=About(f"request:{request.id}", text("ready.about")),
    )


@dataclass(frozen=True, slots=True)
class NotifyMe:
    """Action handlers of the setting."""

    ledger: Ledger

    @property
    def handlers(self) -> Handlers:
        return Handlers({ActionName.NOTIFY_ME: self._save}, {ActionName.NOTIFY_ME: self._form})

    async def _form(self, act: Act) -> Form | Reply:
        chosen = await self.ledger.read(lambda c: setting_of(c, act.platform, act.person))
        choices = tuple(Choice(one, text(f"ready.way.{one}")) for one in ROUTES)
        field = FormField("way", text("ready.field"), FieldKind.CHOICE, value=chosen, choices=choices)
        return Form(ActionName.NOTIFY_ME, NOTIFY_ROW, text("ready.title"), (field,), text("ready.submit"), text("ready.form"))

    async def _save(self, act: Act) -> Reply:
        way = act.values.get("way", "")
        if way not in ROUTES:
            return Reply(text("ready.wrong"), changed=False)

        def body(tx: Tx) -> Reply:
            key = key_of(act.platform, act.person)
            if way == "off":
                memory_rows.forget(tx, key)
            else:
                memory_rows.remember(tx, key, way)
            return Reply(text(f"ready.saved.{way}"))

        return await self.ledger.write(body)
