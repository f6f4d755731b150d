"""Members' actions on their own requests: Again, Edit prompt, Retry, Cancel, Delete, Publish, and answers to a question.

Each press is checked and applied in one transaction. A repeated, stale or foreign press changes nothing and says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from bot.catalogue.sizes import label
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Choice, FieldKind, Form, FormField, Reply
from bot.domain.refusal import Refusal
from bot.domain.request_states import Answer, RequestEvent, RequestState
from bot.domain.requests import COMMAND, Lineage, Origin, Person, Place, Request, Submission, undrawn
from bot.ledger import act_rows, case_rows, memory_rows, message_rows, picture_rows, request_rows
from bot.ledger.store import Ledger, Tx
from bot.prompts.normalise import fingerprint, normalise
from bot.requests.accept import Unfetched, needs_question, prompt_question, uploads_answered_key
from bot.requests.again import tried_again
from bot.requests.block_advice import block_advice
from bot.requests.change_choices import TYPED
from bot.requests.choices import Choices, combined
from bot.requests.publishing import AskReview, publish, unpublishable
from bot.requests.rules import Rules
from bot.requests.submit import submit_press
from bot.requests.tiers import rules_here
from bot.requests.transitions import CaseOpener, answer, ask_again, break_off, queue, refuse
from bot.texts import text

R = TypeVar("R")
DOUBLE_CLICK = 2.0
"""Seconds within which a second press of the same button by the same person counts as a double click."""


@dataclass(slots=True)
class RequestActions:
    ledger: Ledger
    rules: Rules
    open_case: CaseOpener
    break_off: Callable[[str], None]
    """Tells the scheduler that a running call is no longer wanted."""
    forget_picture: Callable[[str], Awaitable[object]]
    """Deletes a stored picture that no request shows anymore."""
    ask_review: AskReview = lambda tx, request: None

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.AGAIN: lambda act: self._child(act, Origin.AGAIN),
                ActionName.RETRY: lambda act: self._child(act, Origin.RETRY),
                ActionName.NEAREST: lambda act: self._child(act, Origin.NEAREST),
                ActionName.FIT_FEWER: lambda act: self._child(act, Origin.NEAREST),
                ActionName.FIT_LOWER: lambda act: self._child(act, Origin.NEAREST),
                ActionName.FIT_SMALLER: lambda act: self._child(act, Origin.NEAREST),
                ActionName.EDIT: lambda act: self._child(act, Origin.EDIT),
                ActionName.CANCEL: self._cancel,
                ActionName.DELETE: self._delete,
                ActionName.PUBLISH: self._publish,
                ActionName.SEND_ANYWAY: lambda act: self._answer_question(act, lambda request: request.prompt),
                ActionName.SEND_CLEANED: lambda act: self._answer_question(act, _cleaned_prompt),
                ActionName.DISCARD: self._discard,
            },
            {ActionName.EDIT: self._edit_form},
        )

    async def _child(self, act: Act, origin: Origin) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            made = tried_again(tx.connection, request) if origin in (Origin.RETRY, Origin.NEAREST) else None
            if made is not None:
                return Reply(text("reply.already_worked" if made.answer is not None else "reply.already_started"), changed=False)
            if origin is not Origin.EDIT and request_rows.unfinished_child(
                tx.connection, request.id, act.person, origin, tx.now - DOUBLE_CLICK
            ):
                return Reply(text("reply.already_started"), changed=False)
            if origin is Origin.RETRY and request.state not in (RequestState.ANSWERED, RequestState.REFUSED):
                return Reply(text("reply.still_running"), changed=False)
            submission = self._submission(tx, act, request, origin)
            _, taken = self.submit(tx, act, submission, Lineage(origin, request.id))
            if request.state is RequestState.AWAITING_MEMBER and not isinstance(taken, Refusal):
                # The new wording answers the question: the old one isn't sent as well, and isn't kept.
                refuse(tx, request, Refusal("edited"), prompt="")
            if origin in (Origin.RETRY, Origin.NEAREST):
                message_rows.bump(tx, f"request:{request.id}")  # its button is gone; a second press would pay again
            return Reply(text(f"reply.started_{origin.value}"))

        return await self.on_own(act, body)

    def _submission(self, tx: Tx, act: Act, request: Request, origin: Origin) -> Submission:
        """The new request's wording and options: the old ones with the changes from the press or form."""
        typed = dict(request.typed)
        private = request.private
        prompt = request.prompt
        rules = rules_here(tx.connection, request.place, self.rules)
        if request.state is RequestState.ANSWERED:
            model = request.model if request.model in rules.models else None
            typed = {"size": request.size, "quality": request.quality, "count": request.count, "model": model, "caption": request.caption}
        elif isinstance(chosen := combined(prompt, typed, captions=self.rules.captions), Choices):
            prompt, size = chosen.prompt, chosen.size_for(rules.model)
            typed = {"size": size, "quality": chosen.quality, "count": chosen.count, "model": chosen.model, "caption": chosen.caption}
        drawn = sum(one.change is None for one in picture_rows.of_request(tx.connection, request.id))
        if origin is Origin.RETRY and (rest := undrawn(request, drawn)):
            typed["count"] = rest
        if origin is Origin.NEAREST:
            typed |= _proposed(request, act.action)
        if origin is Origin.EDIT:
            prompt = act.values.get("prompt", "")
            typed |= {name: act.values.get(name) or typed.get(name) for name in ("size", "quality", "count", "model")}
            if "private" in act.values:
                private = act.values["private"] == "true"
            typed["caption"] = act.values.get("caption", typed.get("caption"))
        return Submission(
            person=Person(act.person, act.person_name or request.person.name),
            place=place_of_new_request(act, request, private=private),
            prompt=prompt,
            size=_word(typed.get("size")),
            quality=_word(typed.get("quality")),
            model=_word(typed.get("model")),
            count=_word(typed.get("count")),
            private=private,
            references=request.references,
            consent=request.consent,
            template=request.template,
            caption=str(typed.get("caption") or ""),
            candidates=request.candidates and origin in (Origin.RETRY, Origin.NEAREST),
        )

    async def _edit_form(self, act: Act) -> Form | Reply:
        return await self.on_own(
            act,
            lambda tx, request: edit_form(
                request, rules_here(tx.connection, request.place, self.rules), block_advice(tx.connection, request)
            ),
        )

    async def _cancel(self, act: Act) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            if request.state not in (
                RequestState.RECEIVED,
                RequestState.QUEUED,
                RequestState.CALLING,
                RequestState.COLLECTING,
            ):
                return Reply(text("reply.too_late_to_cancel"), changed=False)
            calling = request.state not in (RequestState.RECEIVED, RequestState.QUEUED)
            if request.state is RequestState.COLLECTING:
                # Between two polls, nothing is running that could settle the cost; a running poll finds it settled.
                break_off(tx, request, RequestEvent.CANCEL, Answer.CANCELLED, failure=None, refusal=None)
            else:
                unasked = request.state is RequestState.RECEIVED and needs_question(request, self.rules)
                refusal = Refusal("cancelled", unquoted=True) if unasked else None
                answer(tx, request, RequestEvent.CANCEL, Answer.CANCELLED, epoch=request.epoch + 1, failure=None, refusal=refusal)
            return Reply(text("reply.cancelled_running" if calling else "reply.cancelled"))

        reply = await self.on_own(act, body)
        if reply.changed:
            self.break_off(act.row)
        return reply

    async def _delete(self, act: Act) -> Reply:
        gone: list[str] = []

        def body(tx: Tx, request: Request) -> Reply:
            gone.clear()
            if request.deleted:
                return Reply(text("reply.already_done"), changed=False)
            if request.state is not RequestState.ANSWERED:
                return Reply(text("reply.still_running"), changed=False)
            gone.extend(picture_rows.drop(tx, request.id))
            request_rows.mark(tx, request.id, deleted=True)
            message_rows.bump(tx, f"request:{request.id}")
            if request.review:
                message_rows.bump(tx, f"case:{request.review}")
            case_rows.ask_again_about_pictures(tx, request.place.platform, request.person.id)
            return Reply(text("reply.deleted"))

        reply = await self.on_own(act, body)
        for sha256 in gone:
            await self.forget_picture(sha256)
        return reply

    async def _publish(self, act: Act) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            said = unpublishable(tx, request) or self.ask_review(tx, request)
            if said is not None:
                return said
            # Pressed elsewhere (/imagine-show in another channel), its handle would show the picture there.
            here = (act.community, act.channel) == (request.place.community, request.place.channel)
            publish(tx, request, act.reply if here else None)
            return Reply(text("reply.published"))

        return await self.on_own(act, body)

    async def _answer_question(self, act: Act, wording: Callable[[Request], str]) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            if request.state is not RequestState.AWAITING_MEMBER:
                return Reply(text("reply.question_over"), changed=False)
            prompt = wording(request).strip()
            if not prompt:
                return Reply(text("reply.question_over"), changed=False)
            prompt = normalise(prompt)
            if request.refusal is not None and request.refusal.reason.startswith("uploads_"):
                request_rows.annotate(tx, request.id, consent=True)
                memory_rows.remember(tx, uploads_answered_key(request), tx.now)
                if (further := prompt_question(request, self.rules)) is not None:
                    ask_again(tx, request, further, self.rules.held_for)
                    return Reply(text("reply.one_more_question"))
            values = {"prompt": prompt, "fingerprint": fingerprint(prompt, request.references), "deadline_at": tx.now + self.rules.deadline}
            queue(tx, request, RequestEvent.RELEASE, tx.now, refusal=None, **values)
            return Reply(text("reply.sent_on"))

        return await self.on_own(act, body)

    async def _discard(self, act: Act) -> Reply:
        gone: list[str] = []

        def body(tx: Tx, request: Request) -> Reply:
            gone.clear()
            if request.state is not RequestState.AWAITING_MEMBER:
                return Reply(text("reply.question_over"), changed=False)
            refuse(tx, request, Refusal("discarded"), prompt="")
            if request.caption:
                request_rows.annotate(tx, request.id, caption="")
            gone.extend(picture_rows.drop(tx, request.id))
            return Reply(text("reply.discarded"))

        reply = await self.on_own(act, body)
        for sha256 in gone:
            await self.forget_picture(sha256)
        return reply

    def submit(
        self, tx: Tx, act: Act, submission: Submission, lineage: Lineage = COMMAND
    ) -> tuple[str, Request | Refusal | Unfetched | None]:
        """Store and accept the request that a press asks for. Returns its id, and what `accept` said."""
        return submit_press(tx, act.event_key, submission, self.rules, self.open_case, lineage)

    async def on_own(self, act: Act, body: Callable[[Tx, Request], R]) -> R | Reply:
        """Run `body` on the request that a press is about, if it belongs to the presser. Forged and foreign ids get the same answer."""

        def whole(tx: Tx) -> R | Reply:
            request = request_rows.get(tx.connection, act.row)
            if request is None or request.place.platform != act.platform or request.person.id != act.person:
                return Reply(text("reply.not_yours"), changed=False)
            return body(tx, request)

        return await self.ledger.write(whole)


def _cleaned_prompt(request: Request) -> str:
    return (request.refusal and request.refusal.cleaned) or ""


def place_of_new_request(act: Act, request: Request, *, private: bool) -> Place:
    """Place of the new request: where the button was pressed.

    Exceptions in a direct message: the answer to a question belongs where it was asked, and what follows a private result to the community
    that it's from, whose key draws and whose budgets pay. If it stays private, it arrives as a direct message of its own.
    """
    home = request.place
    if act.direct and ((request.private and not private) or request.state is RequestState.AWAITING_MEMBER):
        return dataclasses.replace(home, reply=act.reply)
    if act.direct and request.private and act.community != home.community:
        return dataclasses.replace(home, reply={})
    thread = request.place.thread if act.channel == request.place.channel else None
    return Place(act.platform, act.community, act.channel, thread, act.reply)


def _proposed(request: Request, action: ActionName) -> dict[str, object]:
    """The options that a refusal's button stands for."""
    refusal = request.refusal
    if refusal is None:
        return {}
    if action is not ActionName.NEAREST:
        offer = None if refusal.budget is None else refusal.budget.offers.get(action.value.removeprefix("fit_"))
        return {} if offer is None else {"size": offer.size, "quality": offer.quality, "count": offer.count}
    return {} if refusal.nearest is None else {_NEAREST_FIELD[refusal.reason]: refusal.nearest.value}


_NEAREST_FIELD = {"unsupported_size": "size", "unsupported_quality": "quality", "unsupported_count": "count", "invalid_model": "model"}
_NEAREST_FIELD["caption_many"] = "count"
_NEAREST_FIELD |= {f"tier_{name}": name for name in ("size", "quality", "model")}


def _word(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def edit_form(request: Request, rules: Rules, advice: str = "") -> Form:
    """The /imagine form filled with a request's values, under what its member should read first."""
    return Form(
        action=ActionName.EDIT,
        row=request.id,
        title=text("form.edit_title"),
        fields=imagine_fields(rules, request),
        submit=text("form.edit_submit"),
        text=advice,
    )


def _model_field(rules: Rules, request: Request | None) -> tuple[FormField, ...]:
    chosen = request.model if request is not None and request.model in rules.models else rules.model.id
    models = tuple(Choice(name, name) for name in rules.models)[:25]
    return (FormField("model", text("form.model"), FieldKind.CHOICE, value=chosen, choices=models),) if models else ()


def _caption_field(rules: Rules, request: Request | None) -> tuple[FormField, ...]:
    """The text for the picture, where one can be drawn."""
    if not rules.captions:
        return ()
    value, hint = "" if request is None else request.caption, text("form.caption_hint")
    kind = FieldKind.PARAGRAPH
    return (FormField("caption", text("form.caption"), kind, value, required=False, max_length=TYPED, hint=hint),)


def with_spare(fields: Iterable[FormField]) -> tuple[FormField, ...]:
    """The fields, with the one that goes first where there's no room for all: the text for the picture if there's none yet, or else the
    choice of a model."""
    known = tuple(fields)
    spare = "model" if any(one.name == "caption" and one.value for one in known) else "caption"
    return tuple(dataclasses.replace(one, spare=True) if one.name == spare else one for one in known)


def imagine_fields(rules: Rules, request: Request | None = None) -> tuple[FormField, ...]:
    """Prompt, size, quality, count, text and private, filled with the request's values or the defaults."""
    return with_spare(_imagine_fields(rules, request))


def _imagine_fields(rules: Rules, request: Request | None) -> tuple[FormField, ...]:
    model = rules.model
    size = (request.size if request else "") or model.sizes.default
    quality = (request.quality if request else "") or rules.default_quality or model.default_quality
    popular = model.sizes.popular
    sizes = [Choice(value, label(value)) for value in (popular if size in popular else (size, *popular))]
    return (
        FormField(
            "prompt",
            text("form.prompt"),
            FieldKind.PARAGRAPH,
            value=request.prompt if request else "",
            max_length=min(4000, model.prompt_max_chars),
            hint=text("form.prompt_hint"),
        ),
        *_model_field(rules, request),
        FormField("size", text("form.size"), FieldKind.CHOICE, value=size, choices=tuple(sizes[:25])),
        FormField(
            "quality",
            text("form.quality"),
            FieldKind.CHOICE,
            value=quality,
            choices=tuple(Choice(value, value) for value in model.qualities),
        ),
        FormField(
            "count",
            text("form.count"),
            FieldKind.CHOICE,
            value=str((request.count if request else 0) or 1),
            choices=tuple(Choice(str(n), str(n)) for n in range(model.min_count, model.max_count + 1)),
        ),
        *_caption_field(rules, request),
        FormField("private", text("form.private"), FieldKind.SWITCH, "true" if request and request.private else "false", required=False),
    )
