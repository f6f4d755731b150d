"""**Not right** on a result: why, what that calls for and what it costs, a few candidates as one request, and the one that's picked.

Candidates are an ordinary request, checked and paid like any other. A repeated, stale or foreign press changes nothing and says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Choice, FieldKind, Form, FormField, Reply
from bot.domain.rejections import FEWEST, KEPT_ASIDE, MOST, Rejected, RejectionReason
from bot.domain.requests import Lineage, Origin, Person, Place, Request, Submission
from bot.ledger import act_rows, message_rows, picture_rows, rejection_rows, request_rows, sheet_rows
from bot.ledger.store import Tx
from bot.messages.candidate_view import Remedies, others_view, rejected_view
from bot.messages.picture_view import picture_views
from bot.prompts.details import details_of
from bot.prompts.ladder import steps_down
from bot.prompts.normalise import UnusableText, normalise
from bot.requests.actions import DOUBLE_CLICK, RequestActions, place_of_new_request
from bot.requests.picture_actions import usable_pictures
from bot.requests.publishing import why_unchangeable
from bot.requests.rules import Rules
from bot.requests.tiers import rules_here
from bot.texts import joined, text
from bot.texts.phrases import money, pictures

R = TypeVar("R")
WORDS = 300
"""Characters that a person can add to the reason."""
_ADDED = {RejectionReason.TEXT: "candidates.clean", RejectionReason.CROP: "candidates.whole"}


@dataclass(frozen=True, slots=True)
class Rejections:
    """Action handlers for results that aren't right."""

    requests: RequestActions

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.NOT_RIGHT: self._reject,
                ActionName.CANDIDATES: self._make,
                ActionName.PICK: self._pick,
                ActionName.OTHERS: self._others,
            },
            {ActionName.NOT_RIGHT: self._reason_form, ActionName.CANDIDATES: self._candidates_form},
        )

    async def _reason_form(self, act: Act) -> Form | Reply:
        return await self._on_result(act, lambda tx, request: _reason_form(tx, request))

    async def _reject(self, act: Act) -> Reply:
        """Record the reason, and show what helps. Repeating it shows that again."""

        def body(tx: Tx, request: Request) -> Reply:
            rejection = _rejection(act.values)
            if isinstance(rejection, Reply):
                return rejection
            rejection_rows.put(tx, request.id, rejection)
            choosing = request.candidates and not request.picked
            rules = rules_here(tx.connection, request.place, self.requests.rules)
            details = not choosing and bool(steps_down(details_of(request.prompt)))
            offered = Remedies(_prices(request, rules), captions=rules.captions and not choosing, crop=not choosing, simplify=details)
            return Reply(text("rejected.title"), view=rejected_view(request, rejection, offered))

        return await self._on_result(act, body)

    async def _candidates_form(self, act: Act) -> Form | Reply:
        def body(tx: Tx, request: Request) -> Form:
            rules = rules_here(tx.connection, request.place, self.requests.rules).for_model(request.model)
            prompt = _wording(request, rejection_rows.of_request(tx.connection, request.id), rules)
            counts = _counts(rules)
            choices = tuple(
                Choice(str(n), text("candidates.choice", pictures=pictures(n), price=money(_price(request, rules, n)))) for n in counts
            )
            fields = (
                FormField("prompt", text("candidates.prompt"), FieldKind.PARAGRAPH, prompt, max_length=_longest(rules)),
                FormField("count", text("candidates.count"), FieldKind.CHOICE, str(counts[len(counts) // 2]), choices),
                FormField("private", text("form.private"), FieldKind.SWITCH, "true" if request.private else "false", required=False),
            )
            words = (text("candidates.form_title"), fields, text("candidates.form_submit"), text("candidates.form_text"))
            return Form(ActionName.CANDIDATES, request.id, *words)

        return await self._on_result(act, body)

    async def _make(self, act: Act) -> Reply:
        """Ask for candidates: one request, linked to the rejected one."""

        def body(tx: Tx, request: Request) -> Reply:
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            if request_rows.unfinished_child(tx.connection, request.id, act.person, Origin.CANDIDATES, tx.now - DOUBLE_CLICK):
                return Reply(text("reply.already_started"), changed=False)
            submission = _submission(act, request, rules_here(tx.connection, request.place, self.requests.rules))
            self.requests.submit(tx, act, submission, Lineage(Origin.CANDIDATES, request.id))
            return Reply(text("candidates.started"))

        return await self._on_result(act, body)

    async def _pick(self, act: Act) -> Reply:
        """Keep one candidate; the others are set aside for a day."""
        gone: list[str] = []

        def body(tx: Tx, request: Request) -> Reply:
            gone.clear()
            shown, aside = (picture_rows.candidates(tx.connection, request.id, aside=one) for one in (False, True))
            wanted = next((one for one in (*shown, *aside) if one.id == act.row and one.picture.change is None), None)
            if wanted is None or not request.candidates:
                return Reply(text("candidates.gone"), changed=False)
            if request.picked and wanted in shown:
                return Reply(text("candidates.picked_already"), changed=False)
            if (kept := why_unchangeable(tx, request)) is not None:
                return kept
            picture_rows.pick(tx, request.id, wanted.id)
            request_rows.annotate(tx, request.id, picked=True)
            gone.extend(picture_rows.release(tx, sheet_rows.drop(tx, request.id), request.id))
            message_rows.bump(tx, f"request:{request.id}")
            return Reply(text("candidates.picked", number=wanted.number))

        owner = await self.requests.ledger.read(lambda c: picture_rows.owner_of(c, act.row))
        if owner is None:
            return Reply(text("candidates.gone"), changed=False)
        reply = await self._on_result(dataclasses.replace(act, row=owner), body)
        for sha256 in gone:
            await self.requests.forget_picture(sha256)
        return reply

    async def _others(self, act: Act) -> Reply:
        def body(tx: Tx, request: Request) -> Reply:
            found = picture_rows.candidates(tx.connection, request.id, aside=True)
            since = picture_rows.aside_since(tx.connection, request.id)
            if since is None:
                return Reply(text("candidates.no_others"), changed=False)
            drawn = [one for one in found if one.picture.change is None]
            return Reply(text("candidates.others_title"), changed=False, view=others_view(request, drawn, since))

        return await self._on_result(act, body)

    async def _on_result(self, act: Act, body: Callable[[Tx, Request], R]) -> R | Reply:
        """Run `body` on the presser's own result, if its pictures are there and aren't hidden."""

        def checked(tx: Tx, request: Request) -> R | Reply:
            return body(tx, request) if usable_pictures(tx, request) else Reply(text("rejected.nothing_there"), changed=False)

        return await self.requests.on_own(act, checked)


def drop_aside(tx: Tx) -> None:
    """Remove candidates that were set aside a day ago, and the button that shows them."""
    for request_id in picture_rows.drop_aside(tx, tx.now - KEPT_ASIDE):
        message_rows.bump(tx, f"request:{request_id}")


def _reason_form(tx: Tx, request: Request) -> Form:
    said = rejection_rows.of_request(tx.connection, request.id) or Rejected(RejectionReason.TEXT)
    choices = tuple(Choice(one.value, text(f"rejected.reason_{one.value}")) for one in RejectionReason)
    fields = (
        FormField("reason", text("rejected.reason"), FieldKind.CHOICE, said.reason.value, choices),
        FormField("words", text("rejected.words"), FieldKind.LINE, said.words, (), False, WORDS, text("rejected.words_hint")),
    )
    found = picture_views(request, usable_pictures(tx, request))
    title, submit, words = (text(f"rejected.form_{part}") for part in ("title", "submit", "text"))
    return Form(ActionName.NOT_RIGHT, request.id, title, fields, submit, words, found)


def _rejection(values: Mapping[str, str]) -> Rejected | Reply:
    try:
        words = " ".join(normalise(values.get("words", "")[:WORDS]).split())
    except UnusableText:
        words = ""
    reason = values.get("reason", "")
    if reason not in set(RejectionReason):
        return Reply(text("rejected.problem_reason"), changed=False)
    if reason == RejectionReason.OTHER and not words:
        return Reply(text("rejected.problem_words"), changed=False)
    return Rejected(RejectionReason(reason), words)


def _wording(request: Request, said: Rejected | None, rules: Rules) -> str:
    """The wording to start from: the same prompt, and what the reason calls for."""
    if said is None:
        return request.prompt
    added = _ADDED.get(said.reason)
    parts = (request.prompt, *((text(added),) if added else ()), *((said.words,) if said.words else ()))
    made = joined("\n", parts)
    return made if len(made) <= _longest(rules) else request.prompt


def _longest(rules: Rules) -> int:
    return min(4000, rules.model.prompt_max_chars)


def _counts(rules: Rules) -> list[int]:
    """How many candidates the model can make; a single picture where it makes one at a time."""
    model = rules.model
    return list(range(max(FEWEST, model.min_count), min(MOST, model.max_count) + 1)) or [model.max_count]


def _price(request: Request, rules: Rules, count: int) -> int:
    longest = "x" * min(len(request.prompt) + 2 * WORDS, _longest(rules))
    return rules.highest_cost(request.size, request.quality, count, longest, request.left_out, len(request.references))


def _prices(request: Request, rules: Rules) -> str:
    rules = rules.for_model(request.model)
    counts = _counts(rules)
    low, high = (money(_price(request, rules, n)) for n in (counts[0], counts[-1]))
    if len(counts) == 1:
        return text("rejected.price_one", pictures=pictures(counts[0]), high=high)
    return text("rejected.price", fewest=counts[0], most=counts[-1], low=low, high=high)


def _submission(act: Act, request: Request, rules: Rules) -> Submission:
    private = act.values["private"] == "true" if "private" in act.values else request.private
    return Submission(
        person=Person(act.person, act.person_name or request.person.name),
        place=_place(act, request, private=private),
        prompt=act.values.get("prompt", ""),
        size=request.size,
        quality=request.quality,
        model=request.model if request.model in rules.models else None,
        count=act.values.get("count") or str(FEWEST),
        private=private,
        references=request.references,
        consent=request.consent,
        template=request.template,
        candidates=True,
    )


def _place(act: Act, request: Request, *, private: bool) -> Place:
    """Beside the rejected result, also where what helps was shown in a direct message."""
    if act.direct and not private:
        return dataclasses.replace(request.place, reply=act.reply)
    return place_of_new_request(act, request, private=private)
