"""Simplify: a member steps a prompt that failed down to its smallest version, then brings the details back, until the one that makes it
fail has a name.

Every step is a wording that its member sees before they send it. It's never a way around a block: a blocked prompt gets no ladder, and a
block on the way ends one. Which steps were tried, and how they ended, follows from the requests' rows, so a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Reply, View
from bot.domain.kinds import WORDING
from bot.domain.request_states import Answer, RequestState
from bot.domain.requests import Lineage, Origin, Person, Request, Submission
from bot.ledger import act_rows, case_rows, ladder_rows, rejection_rows, request_rows
from bot.ledger.ladder_rows import LadderRow, StepRow
from bot.ledger.store import Tx
from bot.messages.simplify_view import add_back_label, end_view, named, step_view
from bot.prompts.details import Detail, Rung, details_of, put_together
from bot.prompts.ladder import Kept, LadderStanding, TriedStep, everything, minimal, next_step, standing, steps_down, subject
from bot.requests.actions import RequestActions, place_of_new_request
from bot.requests.prices import price_view
from bot.requests.tiers import settings_for
from bot.texts import text
from bot.texts.phrases import listed

MOST_OFFERED = 4
"""Buttons for single details."""


@dataclass(frozen=True, slots=True)
class Known:
    """A ladder with what its steps have brought so far."""

    row: LadderRow
    root: Request
    details: Sequence[Detail]
    tried: Sequence[TriedStep]
    running: bool
    blocked: Request | None

    @property
    def standing(self) -> LadderStanding:
        return standing(self.details, self.tried)


@dataclass(frozen=True, slots=True)
class Simplify:
    requests: RequestActions

    @property
    def handlers(self) -> Handlers:
        return Handlers({ActionName.SIMPLIFY: self._begin, ActionName.LADDER_SHOW: self._look, ActionName.LADDER_SEND: self._send})

    async def _begin(self, act: Act) -> Reply:
        """Show the next step of the ladder that a request belongs to, or of a new one."""

        def body(tx: Tx, request: Request) -> Reply:
            row = ladder_rows.about(tx.connection, request.id)
            if request.state not in (RequestState.ANSWERED, RequestState.REFUSED):
                return Reply(text("reply.still_running"), changed=False)
            if _is_block(request) or request.deleted or not request.prompt:
                return Reply(text("simplify.not_a_block" if _is_block(request) else "simplify.gone"), changed=False)
            if row is None:
                details = details_of(request.prompt)
                if not steps_down(details):
                    return Reply(text("simplify.nothing"), changed=False)
                kept = [(one.part, one.words, "" if one.rung is None else one.rung.value, one.plain) for one in details]
                row = LadderRow(tx.new_id(), request.id, act.platform, act.person, kept)
                ladder_rows.add(tx, row)
            return self._show_step(tx, act, row, None)

        return await self.requests.on_own(act, body)

    async def _look(self, act: Act) -> Reply:
        return await self._on_step(act, lambda tx, row, step: self._show_step(tx, act, row, step))

    async def _send(self, act: Act) -> Reply:
        """Send exactly the wording above the button, once."""

        def body(tx: Tx, row: LadderRow, step: StepRow) -> Reply:
            known = _known(tx.connection, row)
            if known is None:
                return Reply(text("simplify.gone"), changed=False)
            if step.request_id or known.running:
                return Reply(text("reply.already_started"), changed=False)
            if known.blocked is not None or known.standing.over:
                return self._show_step(tx, act, row, None)
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            submission = _submission(act, known.root, put_together(known.details, frozenset(step.kept)))
            child, _ = self.requests.submit(tx, act, submission, Lineage(Origin.SIMPLIFY, known.root.id))
            ladder_rows.sent(tx, step.id, child)
            return Reply(text("simplify.sent"))

        return await self._on_step(act, body)

    async def _on_step(self, act: Act, body: Callable[[Tx, LadderRow, StepRow], Reply]) -> Reply:
        def whole(tx: Tx) -> Reply:
            step = ladder_rows.step(tx.connection, act.row)
            row = None if step is None else ladder_rows.get(tx.connection, step.ladder_id)
            if step is None or row is None:
                return Reply(text("simplify.over"), changed=False)
            if (row.platform, row.person) != (act.platform, act.person):
                return Reply(text("reply.not_yours"), changed=False)
            return body(tx, row, step)

        return await self.requests.ledger.write(whole)

    def _show_step(self, tx: Tx, act: Act, row: LadderRow, step: StepRow | None) -> Reply:
        """The step, or the one that says most."""
        known = _known(tx.connection, row)
        if known is None:
            return Reply(text("simplify.gone"), changed=False)
        if known.running:
            return Reply(text("reply.still_running"), changed=False)
        ended = _end_view(tx, known)
        if ended is not None:
            return Reply(ended.title, changed=False, view=ended)
        if step is not None and step.request_id:
            return Reply(text("reply.already_started"), changed=False)
        kept = _next_untried(known) if step is None else frozenset(step.kept)
        view = self._step(tx, act, known, kept)
        return Reply(view.title, changed=False, view=view)

    def _step(self, tx: Tx, act: Act, known: Known, kept: Kept) -> View:
        wording, root = put_together(known.details, kept), known.root
        there = place_of_new_request(act, root, private=root.private).community
        own = settings_for(tx.connection, act.platform, there, act.person, self.requests.rules, tx.now)
        typed = {"model": root.model, "size": root.size, "quality": root.quality, "count": "1"}
        price = [
            one
            for one in price_view(wording, typed, own, self.requests.rules, len(root.references)).text
            if one != text("status.price_free")
        ]
        down = known.standing.good is None
        title, lines = _down_lines(known, kept) if down else _up_lines(known, kept)
        others = [(_row(tx, known, one), label) for one, label in (_down_steps(known, kept) if down else _up_steps(known, kept))]
        send = _row(tx, known, kept), text("simplify.send")
        return step_view(title, lines, wording, send, others, known.row.person, price)


def _known(connection: Connection, row: LadderRow) -> Known | None:
    root = request_rows.get(connection, row.request_id)
    if root is None or root.deleted:
        return None
    details = [Detail(part, words, Rung(rung) if rung else None, plain) for part, words, rung, plain in row.details]
    tried, running, blocked = list[TriedStep](), False, None
    for step in ladder_rows.steps_of(connection, row.id):
        request = request_rows.get(connection, step.request_id) if step.request_id else None
        if request is None:
            continue
        running = running or request.state in request_rows.UNFINISHED
        if _is_block(request):
            blocked = request
        wrong = rejection_rows.of_request(connection, request.id) is not None
        if (outcome := _outcome(request, wrong)) is not None:
            tried.append(TriedStep(frozenset(step.kept), outcome))
    return Known(row, root, details, tried, running, blocked)


def _is_block(request: Request) -> bool:
    """Whether its wording was blocked, now or before, or waits for a moderator."""
    held = request.refusal is not None and request.refusal.reason in ("blocked_before", "held_for_moderator")
    return request.answer is Answer.BLOCKED or held


def _outcome(request: Request, wrong: bool) -> bool | None:
    """Whether a step worked; None if it says nothing about the wording: cancelled, out of credit, no network. `wrong`: its member said
    that the picture isn't right."""
    if request.answer is Answer.PICTURES:
        return not wrong
    failed = request.answer is Answer.FAILED and request.failure is not None and request.failure.kind in WORDING
    return False if failed else None


def _next_untried(known: Known) -> Kept:
    """The step to show unasked: going down, the first one that isn't known to fail, because it has all of one that did."""
    if known.standing.good is None:
        left = [kept for _, kept in steps_down(known.details) if not any(one.kept <= kept for one in known.tried)]
        if left:
            return left[0]
    return next_step(known.details, known.tried) or subject(known.details)


def _end_view(tx: Tx, known: Known) -> View | None:
    """The last view of a ladder: a block, or what made the prompt fail."""
    found = known.standing
    if known.blocked is not None:
        case = case_rows.standing(tx.connection, known.blocked.case_id or "")
        noted = (text("simplify.case_noted", number=case.number),) if case is not None else ()
        return end_view(text("simplify.blocked"), (*noted, text("simplify.not_a_block")))
    if not found.over:
        return None
    if found.good is None:
        return end_view(text("simplify.subject_fails"), (text("simplify.subject_fails_why"),))
    if not found.culprits:
        return end_view(text("simplify.all_works"), (text("simplify.all_works_why"),))
    return end_view(text("simplify.found", details=named(known.details, found.culprits)), (text("simplify.found_rest"),))


def _down_lines(known: Known, kept: Kept) -> tuple[str, list[str]]:
    rung = next((rung for rung, step in steps_down(known.details) if step == kept), None)
    gone = sorted(everything(known.details) - kept)
    lines = [text("simplify.left_out", details=named(known.details, gone))]
    plain = [known.details[number].plain for number in gone if known.details[number].plain]
    lines += [text("simplify.instead", words=listed([f"“{one}”" for one in plain], len(plain)))] if plain else []
    lines += [text("simplify.kept")] if any(one.part == "constraints" for one in known.details) else []
    return text(f"simplify.step_{rung.value}" if rung is not None else "simplify.step_subject"), lines


def _down_steps(known: Known, kept: Kept) -> list[tuple[Kept, str]]:
    """The simpler wordings to look at instead."""
    below = [step for _, step in steps_down(known.details) if step < kept]
    offered = [(below[0], text("simplify.simpler"))] if len(below) > 1 else []
    if below:
        offered.append((below[-1], text("simplify.minimal")))
    elif subject(known.details) < kept and any(one.kept == minimal(known.details) for one in known.tried):
        offered.append((subject(known.details), text("simplify.subject_only")))
    return offered


def _up_lines(known: Known, kept: Kept) -> tuple[str, list[str]]:
    good = known.standing.good or frozenset()
    back = sorted(kept - good)
    out = sorted(everything(known.details) - kept - set(known.standing.culprits))
    lines = [text("simplify.added", details=named(known.details, back))] if back else []
    lines += [text("simplify.still_out", details=named(known.details, out))] if out else []
    if kept == everything(known.details):
        return text("simplify.whole"), [*lines, text("simplify.whole_why")]
    if known.standing.culprits:
        lines.insert(0, text("simplify.found", details=named(known.details, known.standing.culprits)))
        return text("simplify.all_but"), lines
    return text("simplify.works_so_far"), lines


def _up_steps(known: Known, kept: Kept) -> list[tuple[Kept, str]]:
    """Single details to bring back instead."""
    found = known.standing
    singles = [(frozenset({*(found.good or ()), one}), one) for one in found.suspects]
    return [(step, add_back_label(known.details[one])) for step, one in singles if step != kept][:MOST_OFFERED]


def _row(tx: Tx, known: Known, kept: Kept) -> str:
    return ladder_rows.planned(tx, known.row.id, sorted(kept)).id


def _submission(act: Act, root: Request, wording: str) -> Submission:
    return Submission(
        person=Person(act.person, act.person_name or root.person.name),
        place=place_of_new_request(act, root, private=root.private),
        prompt=wording,
        size=root.size or None,
        quality=root.quality or None,
        model=root.model or None,
        count="1",
        private=root.private,
        references=root.references,
        consent=root.consent,
        template=root.template,
        caption=root.caption,
    )
