"""Moderators working on cards, and members answering messages about their cases. Both only see messages and press the buttons shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.chat.views import Act, ActionName, Audience, Button, Form, FormField, Reply
from bot.moderation.retention import PRIVACY_ROW
from tests.simulation.chat import Post, Shown
from tests.simulation.people import STOPPING
from tests.simulation.plan import Deed, Handling, Nature
from tests.simulation.records import CHANNEL, COMMUNITY, MODERATORS, File, Offer, Thread, Wording

if TYPE_CHECKING:
    from tests.simulation.people import People
    from tests.simulation.world import World

WAITS_FOR, GLANCE = 240.0, 7.0
"""Seconds that somebody waits for a button, and between two checks."""
CASE_COMES = 24 * 3600.0
AGAIN = (5.0, 60.0)
"""Seconds until somebody presses again without an answer."""
BY_MEMBER = frozenset({"rewrite_accept", "rewrite_decline", "rephrase", "appeal", "retry", "again", "edit"})
BEGINNING = frozenset({"rewrite_accept", "rephrase", "retry", "again", "edit"})
"""Member actions that begin a request."""


@dataclass(slots=True)
class CaseActors:
    """Everyone involved in cases."""

    people: People
    files: list[File] = field(default_factory=list)
    """Cases in the order in which their cards appeared."""
    offers: dict[str, Offer] = field(default_factory=dict)
    """By the row of the offer's buttons."""
    _written: int = 0

    @property
    def world(self) -> World:
        return self.people.world

    # ---- what is seen

    def saw(self, post: Post, shown: Shown) -> None:
        """A card, or a message to a member about their case, has appeared or changed."""
        kind, _, row = shown.subject.partition(":")
        fail = self.world.checker.fail
        if shown.audience is Audience.MODERATORS:
            if post.channel != MODERATORS:
                fail("7-card-outside-the-moderators-channel", post.channel)
            for file in self.files:
                if file.id == row:
                    file.card = post  # may have been posted anew
            if kind == "case" and all(one.id != row for one in self.files):
                named = {fact.value for fact in shown.view.facts}
                thread = next((one for one in self.world.threads if one.request_id in named), None)
                if thread is not None:
                    self.files.append(File(row, post, thread))
        elif kind in ("case", "step"):
            if post.reader is None:
                fail("7-case-told-in-public", post.channel)
            own = {one.thread.wording.tag for one in self.files if one.member == post.reader}
            words = " ".join(fact.value for fact in shown.view.facts)
            for one in self.files:
                if one.thread.wording.tag in words and one.thread.wording.tag not in own:
                    fail("7-case-told-to-somebody-else", post.reader)
            self._offered(post, shown)

    def _offered(self, post: Post, shown: Shown) -> None:
        """The words next to the buttons are what a yes refers to."""
        yes = next((one for one in shown.view.buttons if one.action is ActionName.REWRITE_ACCEPT), None)
        if yes is None:
            for offer in self.offers.values():
                offer.over = offer.over or (offer.post is post and offer.child is None)
            return
        found = [one for fact in shown.view.facts if (one := self.world.wordings.get(fact.value)) is not None and one.offered]
        words = found[-1] if found else None  # the suggested wording comes after the blocked one, which may have been a suggestion too
        if words is None:
            self.world.checker.fail("5-other-words-offered", shown.view.title)
        else:
            known = self.offers.setdefault(yes.row, Offer(words, post.reader or "", post))
            if known.wording is not words:
                self.world.checker.fail("5-offer-has-changed", words.tag)

    # ---- what is done

    async def handle(self, handling: Handling) -> None:
        """Handle one case from its card on, one deed after the other."""
        end = self.world.plan.horizon + CASE_COMES
        while len(self.files) <= handling.case:
            if self.world.calm or self.world.loop.time() > end:
                return
            await asyncio.sleep(GLANCE)
        file = self.files[handling.case]
        for deed in handling.deeds:
            await asyncio.sleep(deed.after)
            if deed.site:
                await self.world.passage(deed.site)
            await self._do(file, deed)

    async def forget(self, who: str, at: float) -> None:
        """A member deletes all of their data."""
        await asyncio.sleep(at)
        button = Button(ActionName.PRIVACY_DELETE, PRIVACY_ROW, "", opens_form=True)
        reply = await self._write_with_retry(Deed("privacy_delete", who), who, button, {"sure": "true"})
        if reply is not None and reply.changed:
            self.world.forgotten.append((who, self.world.loop.time()))

    async def _do(self, file: File, deed: Deed) -> None:
        who = deed.who or file.member
        if deed.action == "remove_card":
            file.card.removed = True
            self.world.log("REMOVED", file.card.id)
            return
        button = await self._find(file, deed, who)
        if button is None:
            self.world.log("NO BUTTON", deed.action, who)
            return
        if deed.action in BEGINNING:
            await self._begin(file, deed, who, button)
            return
        offer = self.offers.get(button.row)
        both = [who] if deed.twice in ("", "click", "event") else [who, deed.twice]
        work = [self._write_with_retry(deed, one, button, self._values(deed, file, None)) for one in both]
        replies = await asyncio.gather(*work)
        if offer is not None and deed.action == "rewrite_decline" and who == offer.member and replies[0] is not None and replies[0].changed:
            offer.over = True

    async def _begin(self, file: File, deed: Deed, who: str, button: Button) -> None:
        """Press something that may begin a request, under words the member chose or accepted. The newest message with such a button may be
        about another of the member's cases."""
        file = next((one for one in self.files if one.id == button.row), file)
        offer = self.offers.get(button.row)
        if offer is None:
            if who == file.member:
                await self._send(deed, who, button, file)
            else:
                await self._write_with_retry(deed, who, button, self._values(deed, file, None))
            return
        own = who == offer.member
        made = offer.child
        if own and not offer.over and made is None:
            made = offer.child = self._thread(offer.wording, file)
            made.private = offer.wording.private
        reply = await self._write_with_retry(deed, who, button, self._values(deed, file, made), made if own else None)
        if reply is not None and not reply.changed and offer.child is made and made is not None:
            self._take_back(offer)

    async def _send(self, deed: Deed, who: str, button: Button, file: File) -> None:
        """The member sends their own words. Each press asks for one request; a press after one that may have been lost is another."""
        words = file.thread.wording
        if deed.action in ("rephrase", "edit") and deed.words != "same":
            words = self._words(deed, file)
        number = self._number()
        for attempt, wait in enumerate((0.0, *AGAIN)):
            await asyncio.sleep(wait)
            if self.world.life is None or self.people.process.adapter is None:
                continue
            made = self._thread(words, file)
            reply = await self._try(number, attempt, deed, who, button, self._values(deed, file, made), made)
            if reply is not None and not reply.changed:
                made.take_back()
            if reply is not None and reply.text != STOPPING:
                return

    def _take_back(self, offer: Offer) -> None:
        """The yes had no effect, so nothing may be sent for it. Its thread stays, in case the yes was given twice."""
        made = offer.child
        if made is not None and made.request_id is None and not offer.wording.asked and not made.acknowledged:
            offer.wording.starts.clear()
            made.start = None
            offer.child = None
            self.world.threads.remove(made)

    def _thread(self, words: Wording, file: File) -> Thread:
        made = Thread(file.member, words, None, f"desk{len(self.world.threads)}", self.world.loop.time(), file.thread.private)
        made.caption = file.thread.caption
        made.begin(self.world.loop.time())
        self.world.threads.append(made)
        return made

    def _words(self, deed: Deed, file: File) -> Wording:
        """A wording written about a case."""
        nature = "good" if deed.words in ("", "same") else deed.words
        made = self.people.invent(f"desk{self._number()}", Nature(nature))
        made.private = file.thread.private
        # What follows from a case asks for as many as one of the requests in it, whichever that is.
        made.most = max(one.wording.most for one in self.world.threads if one.who == file.member)
        return made

    def _other_pictures(self, file: File) -> bool:
        """Whether another request of the member's has other pictures: with those, the case's first words are a new wording."""
        return any(one.who == file.member and one.wording.pictures != file.thread.wording.pictures for one in self.world.threads)

    # ---- one press

    async def _find(self, file: File, deed: Deed, who: str) -> Button | None:
        """The button once it appears; for a late press, one that was shown before."""
        end = self.world.loop.time() + WAITS_FOR
        while True:
            found = next(self._buttons(file, deed, who, then=False), None)
            if found is None and deed.late:
                found = next(self._buttons(file, deed, who, then=True), None)
            if found is not None or deed.late or self.world.loop.time() > end:
                return found
            await asyncio.sleep(GLANCE)

    def _buttons(self, file: File, deed: Deed, who: str, *, then: bool) -> Iterator[Button]:
        told = [one for one in reversed(self.world.platform.posts.values()) if one.reader == file.member and one.shown]
        for post in told if deed.action in BY_MEMBER else [file.card]:
            for shown in reversed(post.shown) if then else [] if post.removed else post.shown[-1:]:
                if shown.subject.startswith(("step:", "case:")):
                    yield from (one for one in shown.view.buttons if one.action.value == deed.action)

    async def _write_with_retry(
        self, deed: Deed, who: str, button: Button, values: Mapping[str, str], made: Thread | None = None
    ) -> Reply | None:
        """Press until there is an answer; returns it, if any."""
        number = self._number()
        for attempt, wait in enumerate((0.0, *AGAIN)):
            await asyncio.sleep(wait)
            if self.world.life is None or self.people.process.adapter is None:
                continue
            reply = await self._try(number, attempt, deed, who, button, values, made)
            if reply is not None and reply.text != STOPPING:
                return reply
        return None

    def _number(self) -> int:
        self._written += 1
        return self._written

    async def _try(
        self, number: int, attempt: int, deed: Deed, who: str, button: Button, values: Mapping[str, str], made: Thread | None
    ) -> Reply | None:
        """One press, or two; returns the answer, if any."""
        life = self.world.life
        assert life is not None
        key = f"sim:desk{number}.{attempt}"
        replies = [self._press(key, who, button, values, made)]
        if deed.twice == "event" or (deed.twice == "click" and not button.opens_form):
            await asyncio.sleep(self.world.chance.next("double").uniform(0.0, 0.8))
            if not life.dead and self.people.process.adapter is not None:
                replies.append(self._press(key + (".2" if deed.twice == "click" else ""), who, button, values, made))
        await asyncio.sleep(45.0 if self.world.plan.check_faults else 6.0)
        if all(one.done() and not one.cancelled() and one.exception() is None for one in replies):
            said = [one.result() for one in replies]
            return next((one for one in said if isinstance(one, Reply) and one.changed), said[0])  # type: ignore[return-value]
        return None

    def _press(self, key: str, who: str, button: Button, values: Mapping[str, str], made: Thread | None) -> asyncio.Task[object]:
        world, people = self.world, self.people
        life, adapter = world.life, people.process.adapter
        assert life is not None
        assert adapter is not None
        if button.action is ActionName.PRIVACY_DELETE:
            for thread in world.threads:
                if thread.who == who:
                    thread.pressed.add("delete")
        channel = MODERATORS if button.action.value.startswith("case_") else CHANNEL
        act = Act(
            key, who, who.title(), "sim", COMMUNITY, channel, button.action, button.row, {}, {"act": key, "token": "TOKEN-OF-A-REPLY"}
        )
        if made is not None:
            made.also.add(key)
        pressed = world.case_rules.press(key, who, button.action.value, button.row)
        world.log("DESK", key, who, button.action.value)

        def fill(form: Form) -> Mapping[str, str]:
            return {one.name: values.get(one.name, _chosen(one)) for one in form.fields}

        task = people.run(life, adapter.press(act, fill if button.opens_form else None), key)

        def ended(done: asyncio.Task[object]) -> None:
            if life.dead or done.cancelled() or done.exception() is not None or not isinstance(reply := done.result(), Reply):
                return
            world.log("REPLY", key, reply.changed, reply.text)
            if reply.text == STOPPING:
                return
            world.case_rules.replied(pressed, reply.changed)
            if reply.changed and made is not None:
                made.acknowledged = True

        task.add_done_callback(ended)
        return task

    def _values(self, deed: Deed, file: File, made: Thread | None) -> dict[str, str]:
        """Values typed into the form, if there is one."""
        words = made.wording if made is not None else file.thread.wording
        if deed.action == "case_rewrite" and (deed.words != "same" or self._other_pictures(file)):
            words = self._words(deed, file)
            words.offered = True
        note = f"about the {file.thread.wording.tag}"
        return {"note": note, "why": note, "prompt": words.text}


def _chosen(field: FormField) -> str:
    """The preselected value, or a choice if nothing is preselected."""
    if field.value or not (field.required and field.choices):
        return field.value
    return field.choices[1 if field.name == "pause" else 0].value
