"""Batches in a chat: the form, a proposal with its price, and what its owner and the community's moderators press.

The owner decides about money: start, other limits, another draft, finish. Pausing, going on, stopping, picking and rejecting are also the
community's moderators'. Everybody else is told who may; whoever can't be checked now is nobody.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.batch import steps
from bot.batch.estimate import OFFERED_AGAIN, finish_price, retry_price
from bot.batch.forms import limits_form, new_form, numbers_form
from bot.batch.labels import LabelProblem, labels
from bot.batch.messages import look_at, want
from bot.batch.steps import BatchProblem
from bot.batch.topics import Topics, TopicsProblem, as_words, read_topics, topics_of
from bot.batch.view import batch_view, finish_view, retry_view
from bot.batch.wish import MOST_MONEY, Wish, limits_of, wish_of
from bot.catalogue.sizes import label
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Form, Reply, View
from bot.domain.batches import Batch, BatchPlan, BatchState
from bot.domain.refusal import Refusal
from bot.domain.requests import Person, Place
from bot.ledger import act_rows, batch_item_rows, batch_rows, block_rows, message_rows
from bot.ledger.store import Ledger, Tx
from bot.messages.refusal_view import refusal_sentence
from bot.moderation.access import AccessCheck, AccessLevel
from bot.requests.rules import Rules
from bot.requests.tiers import rules_here
from bot.texts import has, text
from bot.texts.phrases import listed, money

ALL = ("all", "*")
MICROS = 1_000_000
BatchStep = Callable[[Tx, Batch], Reply]
_OWNERS = frozenset(
    {
        *(ActionName.BATCH_START, ActionName.BATCH_RAISE, ActionName.BATCH_REDRAW, ActionName.BATCH_RETRY),
        *(ActionName.BATCH_FINISH, ActionName.BATCH_FINISH_NOW, ActionName.BATCH_FINISH_HALF),
    }
)
"""What costs its owner's money, or makes it cost more."""


@dataclass(frozen=True, slots=True)
class BatchActions:
    """Action handlers of batches, and their way in."""

    ledger: Ledger
    rules: Rules
    access: AccessCheck

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.BATCH_NEW: self._new,
                ActionName.BATCH_START: lambda act: self._step(act, self._start),
                ActionName.BATCH_PAUSE: lambda act: self._step(act, lambda tx, batch: _said(steps.pause(tx, batch), "paused")),
                ActionName.BATCH_RESUME: lambda act: self._step(act, lambda tx, batch: self._go_on(tx, batch, act)),
                ActionName.BATCH_RAISE: lambda act: self._step(act, lambda tx, batch: self._raised(tx, batch, act)),
                ActionName.BATCH_STOP: lambda act: self._step(act, lambda tx, batch: _said(steps.stop(tx, batch), "stopped")),
                ActionName.BATCH_PICK: lambda act: self._step(act, lambda tx, batch: _each(tx, batch, act, "picked_now")),
                ActionName.BATCH_REJECT: lambda act: self._step(act, lambda tx, batch: _each(tx, batch, act, "rejected_now")),
                ActionName.BATCH_REDRAW: lambda act: self._step(act, lambda tx, batch: _each(tx, batch, act, "redrawn_now")),
                ActionName.BATCH_RETRY: lambda act: self._step(act, self._retry),
                ActionName.BATCH_FINISH: lambda act: self._step(act, self._offer),
                ActionName.BATCH_FINISH_NOW: lambda act: self._step(act, self._finish),
                ActionName.BATCH_FINISH_HALF: lambda act: self._step(act, self._finish_for_half),
            },
            dict.fromkeys((ActionName.BATCH_PICK, ActionName.BATCH_REJECT, ActionName.BATCH_REDRAW, ActionName.BATCH_RAISE), self._form),
        )

    # ---- a new batch

    def form(self, given: Mapping[str, str]) -> Form:
        """The form for a new batch, filled with what was given with the command."""
        model = self.rules.model
        return new_form(given, [(one, label(one)) for one in model.sizes.popular])

    async def propose(
        self, event_key: str, owner: tuple[Person, Place], values: Mapping[str, str], file: tuple[str, bytes] | None = None
    ) -> Reply:
        """Store a batch that waits for its start, and show what it costs; or say what is wrong, with nothing stored."""
        try:
            wish = wish_of(values)
            name, topics = _topics(values.get("topics", ""), file)
            await self.ledger.write(lambda tx: self._propose(tx, event_key, owner, name, topics, wish))
        except TopicsProblem as problem:
            return Reply(text(f"batch.topics.{problem.key}", **problem.facts), changed=False)
        except BatchProblem as problem:
            return Reply(sentence(problem), changed=False)
        return Reply(text("batch.said_proposed"))

    def _propose(self, tx: Tx, event_key: str, owner: tuple[Person, Place], name: str, topics: Topics, wish: Wish) -> None:
        count, known = len(topics.topics) * wish.drafts, batch_rows.by_event(tx.connection, event_key)
        if known is not None:
            return
        plan = BatchPlan(
            max_pictures=count + len(topics.topics) if wish.max_pictures is None else wish.max_pictures,
            budget=MOST_MONEY * MICROS if wish.budget is None else wish.budget,
            drafts=wish.drafts,
            template=wish.template,
            style=wish.style,
            size=wish.size,
            tag=wish.tag,
        )
        rules = rules_here(tx.connection, owner[1], self.rules)
        batch = steps.propose(tx, event_key, owner, name, topics, plan, rules)
        if wish.budget is None:
            most = steps.estimated(tx.connection, batch, rules).all
            batch_rows.mark(tx, batch.id, plan=dataclasses.replace(plan, budget=max(1, most)))
        odd = "" if topics.encoding in ("utf-8", "utf-8-sig") else topics.encoding
        batch_rows.mark(tx, batch.id, facts={"encoding": odd, "repeated": len(topics.repeated), "ignored": topics.ignored[:9]})
        want(tx, batch, f"batch:{batch.id}")

    async def _new(self, act: Act) -> Reply:
        """The submitted form of a new batch, on platforms where it has no file."""
        owner = (Person(act.person, act.person_name), Place(act.platform, act.community, act.channel, reply=act.reply))
        return await self.propose(f"act:{act.event_key}", owner, act.values)

    def read(self, name: str, content: bytes) -> tuple[str, str]:
        """A file's topics as words for the form's field, and a remark about them; no words if it can't be used, and the remark says why."""
        try:
            found = read_topics(content, name)
        except TopicsProblem as problem:
            return "", text(f"batch.topics.{problem.key}", **problem.facts)
        odd = found.encoding not in ("utf-8", "utf-8-sig")
        return as_words(found), text("batch.read_as_form", encoding=found.encoding) if odd else ""

    # ---- one that is there

    async def look(self, platform: str, community: str, person: str, number: int) -> View:
        """/imagine-batch with a number: how far it is, for its owner and the community's moderators."""
        batch = await self.ledger.read(lambda c: batch_rows.by_number(c, number))
        if batch is None or batch.forgotten or batch.place.platform != platform or not await self._may(batch, platform, community, person):
            return View(text("batch.unknown", batch=number), final=True)
        return dataclasses.replace(
            await self.ledger.read(lambda c: batch_view(look_at(c, batch, rules_here(c, batch.place, self.rules), self.ledger.now()))),
            final=True,
        )

    async def leave(self, platform: str, community: str) -> int:
        """The bot was removed from a community. Returns how many requests ended."""
        return await self.ledger.write(lambda tx: steps.leave(tx, platform, community))

    async def _may(self, batch: Batch, platform: str, community: str, person: str) -> bool:
        """Whether somebody is its owner, or moderates its community now."""
        if (batch.place.platform, batch.person.id) == (platform, person):
            return True
        here = (batch.place.platform, batch.place.community) == (platform, community)
        return here and await self.access.of(platform, community, person) >= AccessLevel.MODERATOR

    async def _turned_away(self, act: Act) -> Reply | None:
        batch = await self.ledger.read(lambda c: batch_rows.get(c, act.row))
        if batch is None or batch.forgotten or batch.place.platform != act.platform:
            return Reply(text("batch.gone"), changed=False)
        if act.action in _OWNERS:
            return None if batch.person.id == act.person else Reply(text("batch.only_owner"), changed=False)
        allowed = await self._may(batch, act.platform, act.community, act.person)
        return None if allowed else Reply(text("batch.only_owner_and_moderators"), changed=False)

    async def _step(self, act: Act, step: BatchStep) -> Reply:
        """Run a step if the presser may; what can't be done is a sentence, and changes nothing."""
        if (refused := await self._turned_away(act)) is not None:
            return refused

        def body(tx: Tx) -> Reply:
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            return step(tx, steps.must_exist(tx.connection, act.row))

        try:
            return await self.ledger.write(body)
        except BatchProblem as problem:
            return Reply(sentence(problem), changed=False)

    async def _form(self, act: Act) -> Form | Reply:
        if (refused := await self._turned_away(act)) is not None:
            return refused
        batch = await self.ledger.read(lambda c: steps.must_exist(c, act.row))
        return limits_form(batch) if act.action is ActionName.BATCH_RAISE else numbers_form(act.action, batch)

    def _start(self, tx: Tx, batch: Batch) -> Reply:
        if batch.state is not BatchState.PROPOSED and batch.state is not BatchState.STOPPED:
            return Reply(text("batch.started_before"), changed=False)
        steps.start(tx, batch)
        batch_rows.mark(tx, batch.id, facts={})
        return Reply(text("batch.said_started", batch=batch.number))

    def _go_on(self, tx: Tx, batch: Batch, act: Act) -> Reply:
        held = (
            block_rows.member_pause(tx.connection, batch.place.community, batch.person.id, tx.now)
            if act.person == batch.person.id
            else None
        )
        if held is not None:  # it would pause again at once
            return Reply(refusal_sentence(Refusal(held.reason, until=held.until)), changed=False)
        return _said(steps.resume(tx, batch, rules_here(tx.connection, batch.place, self.rules)), "resumed")

    def _retry(self, tx: Tx, batch: Batch) -> Reply:
        """Draw again what failed, for no more than the button said; what it said is good for one press."""
        items = batch_item_rows.of_batch(tx.connection, batch.id)
        rules = rules_here(tx.connection, batch.place, self.rules)
        count, cost, half_price = retry_price(rules, batch, items)
        offered, rest = batch.facts.get(OFFERED_AGAIN), {name: one for name, one in batch.facts.items() if name != OFFERED_AGAIN}
        if batch.state is not BatchState.STOPPED and count and not (isinstance(offered, int) and cost <= offered):
            batch_rows.mark(tx, batch.id, facts={**rest, OFFERED_AGAIN: cost})
            message_rows.bump(tx, f"batch:{batch.id}")  # its button may still say the old price
            return Reply("", changed=False, view=retry_view(batch, cost, half_price))
        batch_rows.mark(tx, batch.id, facts=rest)
        return _said(steps.resume(tx, steps.must_exist(tx.connection, batch.id), rules, again=True), "retried")

    def _raised(self, tx: Tx, batch: Batch, act: Act) -> Reply:
        pictures, budget = limits_of(act.values)
        steps.resume(tx, batch, rules_here(tx.connection, batch.place, self.rules), max_pictures=pictures, budget=budget)
        return _said(batch, "resumed")

    def _offer(self, tx: Tx, batch: Batch) -> Reply:
        """Say what finishing costs, and remember what was said: nobody pays more than they were told."""
        items = batch_item_rows.of_batch(tx.connection, batch.id)
        rules = rules_here(tx.connection, batch.place, self.rules)
        count, cost = finish_price(rules, batch, items)
        half = finish_price(rules, batch, items, half_price=True)[1] if rules.half_price else None
        if batch.state not in (BatchState.DRAFTED, BatchState.FINISHED):
            raise BatchProblem(f"state_{batch.state.value}", batch=batch.number)
        if not count:
            raise BatchProblem("nothing_picked")
        kept = {name: one for name, one in batch.facts.items() if name == OFFERED_AGAIN}
        batch_rows.mark(tx, batch.id, facts={**kept, "offered": cost, "offered_half": half})
        used = batch_rows.spent(tx.connection, batch.id)
        left = batch.plan.budget - used.spent - used.reserved
        return Reply("", changed=False, view=finish_view(batch, count, (cost, half), left))

    def _finish_for_half(self, tx: Tx, batch: Batch) -> Reply:
        return self._finish(tx, batch, half_price=True)

    def _finish(self, tx: Tx, batch: Batch, *, half_price: bool = False) -> Reply:
        rules = rules_here(tx.connection, batch.place, self.rules)
        _, cost = finish_price(rules, batch, batch_item_rows.of_batch(tx.connection, batch.id), half_price=half_price)
        offered = batch.facts.get("offered_half" if half_price else "offered")
        if batch.state in (BatchState.DRAFTED, BatchState.FINISHED) and not (isinstance(offered, int) and cost <= offered):
            return self._offer(tx, batch)  # more is picked, or it has become dearer
        _, count, _ = steps.finish(tx, batch, rules, half_price=half_price)
        return Reply(text("batch.said_finishing", count=count) if count else text("batch.finishing_already"), changed=bool(count))


def sentence(problem: BatchProblem) -> str:
    """Why something can't be done."""
    paid = {name: money(value) for name, value in problem.facts.items() if problem.key == "budget" and isinstance(value, int)}
    key = f"batch.no.{problem.key}"
    return text(key if has(key) else "batch.gone", **{**problem.facts, **paid})


def _topics(typed: str, file: tuple[str, bytes] | None) -> tuple[str, Topics]:
    """The batch's name, and its topics: of the file, or else as typed."""
    if file is not None:
        return file[0][:120], read_topics(file[1], file[0])
    found = topics_of(typed)
    return found.topics[0].topic[:80], found


def _said(batch: Batch, what: str) -> Reply:
    return Reply(text(f"batch.said_{what}", batch=batch.number))


def _each(tx: Tx, batch: Batch, act: Act, said: str) -> Reply:
    """Pick, reject or redraw each draft that is named, all or none."""
    typed, who = act.values.get("numbers", "").strip(), Person(act.person, act.person_name)
    last = len(batch_item_rows.of_batch(tx.connection, batch.id))
    try:
        chosen = labels(f"1-{last}" if typed.lower() in ALL else typed, last)
    except LabelProblem as problem:
        raise BatchProblem("label", value=str(problem), last=last) from problem
    if not chosen:
        raise BatchProblem("no_numbers")
    reason = " ".join(act.values.get("reason", "").split())
    if act.action is ActionName.BATCH_REJECT and not reason:
        raise BatchProblem("no_reason")
    for number, position in chosen:
        now = steps.must_exist(tx.connection, batch.id)
        if act.action is ActionName.BATCH_PICK:
            steps.pick(tx, now, number, position, who)
        elif act.action is ActionName.BATCH_REJECT:
            steps.reject(tx, now, number, who, reason)
        else:
            steps.redraw(tx, now, number, who)
    return Reply(text(f"batch.{said}", drafts=listed([str(number) for number, _ in chosen], MOST_NAMED)))


MOST_NAMED = 20
"""Numbers in the answer to the presser."""
