"""Members of the simulated community and their platform's event delivery: typing, pressing, acknowledging, redelivering."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from bot.chat.views import Act, Button, Form, Reply, View
from bot.domain.attachments import Attachment
from bot.domain.requests import Person, Place, Submission
from bot.texts import text
from tests.simulation.climbing import SIMPLIFY, climb
from tests.simulation.crew import ASKED_FOR
from tests.simulation.guiding import write_with_the_guide
from tests.simulation.loop import Life
from tests.simulation.plan import Command, Nature, Press
from tests.simulation.records import CHANNEL, COMMUNITY, Thread, Wording, wording

if TYPE_CHECKING:
    from tests.simulation.process import Process
    from tests.simulation.world import World

ACK_WITHIN = 3.0
"""Seconds after which the platform no longer accepts an acknowledgement."""
REDELIVERIES = (3.0, 30.0, 300.0)
"""Seconds between deliveries of an unacknowledged event, on platforms that redeliver."""
STARTING = frozenset({"again", "retry", "nearest", "edit"})
"""Presses that begin a new request."""
REJECT = "not_right"
"""A press that says what is wrong with a result; a member then asks for candidates, and picks one."""
CANDIDATES = 3
"""So many are asked for: the middle one of the form's choices."""
CHANGES: dict[str, dict[str, str]] = {"crop": {"ratio": "1:1", "part": "start"}, "add_text": {"text": "Open today"}}
"""Presses that make a changed picture, which only its member sees until they use it, and what they choose: the pixel with the picture's
number stays."""
ACK_FAULTS = {"fails": 2, "answer_lost": 1}
STOPPING = text("reply.stopping")
"""The answer of a bot that is shutting down: nothing was done or recorded, and the member presses again."""
PRESS_AGAIN = (5.0, 60.0, 600.0)
"""Seconds until a member presses again without an answer."""


@dataclass(slots=True)
class Event:
    """One command on its way to the bot."""

    key: str
    thread: Thread
    delivered_at: float = 0.0
    deliveries: int = 0
    over: bool = False
    """The platform won't deliver it again."""


@dataclass(slots=True)
class People:
    """All members, and what the platform does for them."""

    world: World
    process: Process = field(init=False)
    events: dict[str, Event] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    """By command."""

    # ---- typing

    async def type(self, command: Command) -> None:
        """A member types /imagine; the platform delivers it."""
        world = self.world
        await asyncio.sleep(command.at)
        private = command.private or world.plan.results != "public"
        if command.guided:
            await write_with_the_guide(self, command, private=private)
            return
        words = self._words(command)
        words.private = words.private and private
        words.most = max(words.most, command.count)
        post = world.platform.open(COMMUNITY, CHANNEL, command.who if private else None, token=True)
        key = f"sim:event{command.n}"
        event = Event(key, Thread(command.who, words, post, key, world.loop.time(), private))
        event.thread.caption = f"{words.tag} today" if command.caption else ""
        self.events[event.key] = event
        self.threads[command.n] = event.thread
        world.threads.append(event.thread)
        submission = Submission(
            Person(command.who, command.who.title()),
            Place("sim", COMMUNITY, CHANNEL, reply={"post": post.id, "event": event.key, "token": "TOKEN-OF-A-REPLY"}),
            words.text,
            count=command.count,
            private=command.private,
            caption=event.thread.caption,
            attachments=tuple(
                Attachment(f"{n}.png", handle={"file": f"{words.tag}.{n}", "token": "TOKEN-OF-A-REPLY"}) for n in range(words.pictures)
            ),
            consent=True,
        )
        waits = (0.0, *REDELIVERIES) if world.plan.redelivers else (0.0,)
        for wait in waits:
            await asyncio.sleep(wait)
            self._deliver(event, submission)
            await asyncio.sleep(ACK_WITHIN)
            twice = self.world.chance.next("redelivery").random() < 0.15 and world.plan.redelivers and not world.calm
            if event.thread.acknowledged and not twice:
                break
        event.over = True
        world.log("EVENT", event.key, "acknowledged" if event.thread.acknowledged else "failed")

    def _words(self, command: Command) -> Wording:
        if command.again_of is not None and command.again_of in self.threads:
            return self.threads[command.again_of].wording
        made = self.invent(command.n, Nature(command.nature), doubtful=command.doubtful)
        made.pictures = command.pictures
        return made

    def invent(self, name: int | str, nature: Nature, *, doubtful: bool = False) -> Wording:
        """New words, unlike all earlier ones."""
        taken = {one.tag for one in self.world.checker.wordings}
        made = wording(self.world.plan.seed, name, nature, taken, doubtful=doubtful)
        self.register(made)
        return made

    def register(self, made: Wording) -> None:
        """Words that may reach the provider."""
        self.world.wordings[made.text] = made
        self.world.checker.wordings.append(made)

    def _deliver(self, event: Event, submission: Submission) -> None:
        process, life = self.process, self.world.life
        event.delivered_at = self.world.loop.time()
        event.deliveries += 1
        if life is None or life.dead or process.adapter is None:
            return
        self.world.log("COMMAND", event.key, event.thread.wording.tag)
        self.run(life, process.adapter.command(event, submission), event.key)

    def run(self, life: Life, work: object, what: str) -> asyncio.Task[object]:
        """Run a part of the process inside its life; an exception is a broken promise of the core. Its queries to the platform are
        attributed to `what`."""
        context = life.context.copy()
        context.run(ASKED_FOR.set, what)
        task: asyncio.Task[object] = context.run(self.world.loop.create_task, work)  # type: ignore[arg-type]

        def ended(done: asyncio.Task[object]) -> None:
            if not done.cancelled() and done.exception() is not None and not life.dead:
                self.world.checker.fail("0-core-raised", what, repr(done.exception()))

        task.add_done_callback(ended)
        return task

    # ---- acknowledging (called by the adapter, inside the process)

    async def acknowledge(self, event: Event) -> bool:
        """Acknowledge an event. Returns whether the member now waits for an answer."""
        world = self.world
        await world.boundary("ack-before")
        fault, r = world.fault(f"ack:{event.key}:{event.deliveries}", ACK_FAULTS, world.plan.chat_faults * 0.5)
        await asyncio.sleep(r.uniform(0.02, 0.3))
        if fault == "fails" or world.loop.time() > event.delivered_at + ACK_WITHIN:
            event.thread.ack_failed = True
            return False
        if not event.thread.acknowledged:
            event.thread.acknowledged = True
            event.thread.begin(world.loop.time())
            world.log("ACKNOWLEDGED", event.key)
        await world.boundary("ack-after")
        await asyncio.sleep(r.uniform(0.02, 0.3))
        return True  # an adapter that lost the answer asks again: the platform has it

    def acknowledged(self, key: str) -> bool:
        """What the platform says about an event. While it will be redelivered, the member is still waiting."""
        event = self.events.get(key)
        if event is None:
            return True  # a press: its answer is a separate message
        waits = event.thread.acknowledged or (self.world.plan.redelivers and not event.over)
        if waits:
            event.thread.begin(self.world.loop.time())
        return waits

    # ---- pressing

    async def press(self, number: int, press: Press) -> None:
        """Press a button if it exists; again if there is no answer."""
        world = self.world
        await asyncio.sleep(world.plan.command(press.command).at + press.after)
        if press.site:
            await world.passage(press.site)
        thread = self.threads.get(press.command)
        if thread is None:
            return
        who = press.who or thread.who
        for attempt, wait in enumerate((0.0, *PRESS_AGAIN)):
            await asyncio.sleep(wait)
            button = self._button(thread, press.action, who)
            life, adapter = world.life, self.process.adapter
            if button is None:
                return
            if life is None or adapter is None:
                continue
            key = f"sim:press{number}.{attempt}"
            child = self._child(thread, key, button.action.value) if who == thread.who and button.action.value in STARTING else None
            replies = [self._press(life, thread, child, button, who, key)]
            if press.twice == "event" or (press.twice and not button.opens_form):
                await asyncio.sleep(world.chance.next("double").uniform(0.0, 0.8))
                if not life.dead and self.process.adapter is not None:
                    replies.append(self._press(life, thread, child, button, who, key + (".2" if press.twice == "click" else "")))
            await asyncio.sleep(4.0)
            if all(reply.done() and not reply.cancelled() for reply in replies):
                said = [reply.result() for reply in replies if reply.exception() is None]
                if child is not None and not any(isinstance(one, Reply) and one.changed for one in said):
                    child.take_back()
                drafts = [one.view for one in said if isinstance(one, Reply) and one.view is not None]
                if drafts and press.action in CHANGES:
                    await self._decide(thread, drafts[-1], who, f"{key}.draft", press.twice)
                if drafts and press.action == REJECT:
                    await self._ask_for_candidates(thread, drafts[-1], f"{key}.candidates", press.twice)
                if drafts and press.action == SIMPLIFY:
                    await climb(self, thread, drafts[-1], f"{key}.step", press.twice)
                if not any(isinstance(one, Reply) and one.text == STOPPING for one in said):
                    return

    async def _decide(self, thread: Thread, draft: View, who: str, key: str, twice: str) -> None:
        """Use a changed picture that only its member sees, or discard it; again while no process answers."""
        r = self.world.chance.next("draft")
        button = draft.buttons[0 if r.random() < 0.8 else -1]
        for wait in (r.expovariate(1 / 20), *PRESS_AGAIN):
            await asyncio.sleep(wait)
            life = self.world.life
            if life is None or life.dead or self.process.adapter is None:
                continue
            for name in ("", ".2") if twice else ("",):
                self._press(life, thread, None, button, who, key + name)
            await asyncio.sleep(4.0)
            if not life.dead:
                return

    async def _ask_for_candidates(self, thread: Thread, helps: View, key: str, twice: str) -> None:
        """Ask for candidates with other words, and pick one when they're there; again while no process answers."""
        r = self.world.chance.next("candidates")
        button = next(one for one in helps.buttons if one.action.value == "candidates")
        for number, wait in enumerate((r.expovariate(1 / 20), *PRESS_AGAIN)):
            await asyncio.sleep(wait)
            life = self.world.life
            if life is None or life.dead or self.process.adapter is None:
                continue
            name = f"{key}{number}"
            child = self._child(thread, name, "candidates")
            replies = [self._press(life, thread, child, button, thread.who, name)]
            if twice:
                child.also.add(f"{name}.2")
                await asyncio.sleep(r.uniform(0.0, 0.8))
                if not life.dead and self.process.adapter is not None:
                    replies.append(self._press(life, thread, child, button, thread.who, name + (".2" if twice == "click" else "")))
            await asyncio.sleep(4.0)
            said = [one.result() for one in replies if one.done() and not one.cancelled() and one.exception() is None]
            if not life.dead and not any(isinstance(one, Reply) and one.changed for one in said):
                child.take_back()
            if not life.dead:
                await self._pick(child, f"{name}.pick", twice, r)
                return

    async def _pick(self, child: Thread, key: str, twice: str, r: Random) -> None:
        """Pick a candidate, sometimes another one later; somebody else tries as well."""
        for number in range(r.choice([1, 1, 2, 3])):
            await asyncio.sleep(r.expovariate(1 / 60))
            life = self.world.life
            if life is None or life.dead or self.process.adapter is None:
                continue
            found = [one for post in child.posts if post.now is not None for one in post.now.buttons if one.action.value == "pick"]
            if not found:
                continue
            button = r.choice(found)
            if r.random() < 0.3:
                self._press(life, child, None, button, "stranger", f"{key}{number}.stranger")
                await asyncio.sleep(5.0)
                if life.dead or self.process.adapter is None:
                    continue
            for name in ("", ".2") if twice else ("",):
                self._press(life, child, None, button, child.who, f"{key}{number}{name}")
            await asyncio.sleep(4.0)

    def _button(self, thread: Thread, action: str, who: str) -> Button | None:
        for post in (*thread.posts, *thread.questions):
            view = post.now
            if view is not None and post.reader in (None, who):
                for button in view.buttons:
                    if button.action.value == action:
                        return button
        return None

    def _press(self, life: Life, thread: Thread, child: Thread | None, button: Button, who: str, key: str) -> asyncio.Task[object]:
        world, adapter = self.world, self.process.adapter
        assert adapter is not None
        action = button.action.value
        act = Act(
            key, who, who.title(), "sim", COMMUNITY, CHANNEL, button.action, button.row, {}, {"act": key, "token": "TOKEN-OF-A-REPLY"}
        )
        if who == thread.who:
            thread.pressed.add(action)
            self._means(thread, action, button)
        world.log("PRESS", key, who, action, button.row)

        def fill(form: Form) -> Mapping[str, str]:
            values = {one.name: one.value for one in form.fields}
            if action in CHANGES:
                return {**values, **CHANGES[action]}
            return values if child is None else {**values, "prompt": child.wording.text}

        task = self.run(life, adapter.press(act, fill if button.opens_form else None), key)
        task.add_done_callback(lambda done: self._replied(key, thread, child, action, done))
        return task

    def _means(self, thread: Thread, action: str, button: Button) -> None:
        """What a member's own press allows from now on."""
        now = self.world.loop.time()
        if action == "publish" and self.world.plan.results != "reviewed":
            for words in (thread.wording, *thread.others):
                words.private = False
        elif action == "send_anyway":
            thread.wording.unasked = False
            thread.begin(now)
        elif action == "send_cleaned" and not thread.others:
            shown = next(
                (
                    fact.value
                    for post in (*thread.posts, *thread.questions)
                    for seen in post.shown
                    if button in seen.view.buttons and seen.view.facts
                    for fact in seen.view.facts
                ),
                "",
            )
            cleaned = Wording(shown, thread.wording.tag, thread.wording.nature, private=thread.wording.private, starts=[now])
            cleaned.most = thread.wording.most
            self.register(cleaned)
            thread.others.append(cleaned)

    def _child(self, thread: Thread, key: str, action: str) -> Thread:
        """The request that a press may start, under the same words or, for an edit, different ones."""
        words = thread.wording
        if action in ("edit", "candidates"):
            words = self.invent(key, Nature.GOOD)
            words.private = thread.private
            words.most = thread.wording.most if action == "edit" else CANDIDATES
        child = Thread(thread.who, words, None, key, self.world.loop.time(), thread.private)
        child.caption = "" if action == "candidates" else thread.caption
        child.begin(self.world.loop.time())
        if words is thread.wording:
            child.others = list(thread.others)
            for other in child.others:
                other.starts.append(self.world.loop.time())
        self.world.threads.append(child)
        return child

    def _replied(self, key: str, thread: Thread, made: Thread | None, action: str, done: asyncio.Task[object]) -> None:
        if done.cancelled() or done.exception() is not None or not isinstance(reply := done.result(), Reply):
            return
        self.world.log("REPLY", key, reply.changed, reply.text)
        if reply.changed and made is not None:
            made.acknowledged = True
        if reply.changed and action == "cancel":
            for words in (thread.wording, *thread.others):
                words.cancelled_at = self.world.loop.time()

    # ---- removing

    async def remove(self, number: int, after: float) -> None:
        """Somebody deletes the message on the platform."""
        await asyncio.sleep(self.world.plan.command(number).at + after)
        thread = self.threads.get(number)
        if thread is not None and thread.post is not None and thread.post.shown:
            thread.post.removed = True
            self.world.log("REMOVED", thread.post.id)
