"""Members' actions that start from one of their own results: use it as a reference, or change something in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.catalogue.sizes import accepts, label
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Choice, FieldKind, Form, FormField, Reply
from bot.domain.attachments import Attachment, AttachmentRole
from bot.domain.outcome import Picture
from bot.domain.request_states import Answer
from bot.domain.requests import Lineage, Origin, Person, Request, Submission
from bot.ledger import act_rows, picture_rows
from bot.ledger.store import Tx
from bot.messages.picture_view import picture_views
from bot.requests.actions import RequestActions, imagine_fields, place_of_new_request
from bot.requests.rules import Rules
from bot.requests.tiers import rules_here
from bot.texts import text

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ORIGINS = {ActionName.USE_AS_REFERENCE: Origin.REFERENCE, ActionName.EDIT_PICTURE: Origin.PICTURE_EDIT}


@dataclass(frozen=True, slots=True)
class PictureActions:
    requests: RequestActions

    @property
    def handlers(self) -> Handlers:
        return Handlers(dict.fromkeys(_ORIGINS, self._make), dict.fromkeys(_ORIGINS, self._form))

    async def _form(self, act: Act) -> Form | Reply:
        def body(tx: Tx, request: Request) -> Form | Reply:
            found = usable_pictures(tx, request)
            if not found:
                return Reply(text("reply.no_picture_there"), changed=False)
            return self._filled(act.action, request, found, rules_here(tx.connection, request.place, self.requests.rules))

        return await self.requests.on_own(act, body)

    def _filled(self, action: ActionName, request: Request, found: Sequence[Picture], rules: Rules) -> Form:
        edit = action is ActionName.EDIT_PICTURE
        known = {one.name: one for one in imagine_fields(rules, request)}
        hint, first = ("form.change_hint", "form.change") if edit else ("form.reference_hint", "form.reference")
        prompt = FormField("prompt", text(first), FieldKind.PARAGRAPH, max_length=known["prompt"].max_length, hint=text(hint))
        fields = [prompt]
        if len(found) > 1:
            choices = tuple(Choice(str(n), text("form.which_picture", number=n)) for n in range(1, len(found) + 1))
            fields.append(FormField("picture", text("form.picture"), FieldKind.CHOICE, value="1", choices=choices))
        fields += [_size(known["size"], found[0], rules) if edit else known["size"], known["count"], known["private"]]
        masks = edit and rules.references.mask
        title, submit = (text(f"form.{'edit_picture' if edit else 'use_reference'}_{part}") for part in ("title", "submit"))
        return Form(action, request.id, title, tuple(fields), submit, pictures=picture_views(request, found), masks=masks)

    async def _make(self, act: Act) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            found = usable_pictures(tx, request)
            number = act.values.get("picture") or "1"
            if not (number.isascii() and number.isdigit() and len(number) < 3 and 1 <= int(number) <= len(found)):
                return Reply(text("reply.no_picture_there"), changed=False)
            submission = _submission(act, request, found[int(number) - 1])
            self.requests.submit(tx, act, submission, Lineage(_ORIGINS[act.action], request.id))
            return Reply(text("reply.started_picture"))

        return await self.requests.on_own(act, body)


def _size(field: FormField, picture: Picture, rules: Rules) -> FormField:
    """An edited picture keeps its size where the model can make it."""
    size = f"{picture.width}x{picture.height}"
    if not accepts(rules.model.sizes, picture.width, picture.height):
        return field
    others = tuple(one for one in field.choices if one.value != size)[:24]
    return FormField("size", field.label, FieldKind.CHOICE, value=size, choices=(Choice(size, label(size)), *others))


def usable_pictures(tx: Tx, request: Request) -> Sequence[Picture]:
    return (
        picture_rows.of_request(tx.connection, request.id)
        if request.answer is Answer.PICTURES and not (request.deleted or request.reported)
        else ()
    )


def _submission(act: Act, request: Request, picture: Picture) -> Submission:
    values = act.values
    private = values["private"] == "true" if "private" in values else request.private
    attachments = [Attachment(text("form.your_picture"), stored=picture.sha256, made_here=True)]
    mask = values.get("mask", "")
    if _HASH.fullmatch(mask):
        attachments.append(Attachment(text("form.your_mask"), AttachmentRole.MASK, stored=mask, made_here=True))
    return Submission(
        person=Person(act.person, act.person_name or request.person.name),
        place=place_of_new_request(act, request, private=private),
        prompt=values.get("prompt", ""),
        size=values.get("size") or request.size,
        quality=values.get("quality") or request.quality,
        count=values.get("count") or "1",
        private=private,
        attachments=tuple(attachments),
        consent=request.consent,
    )
