"""A member who writes with the guide: fills in its form, may change the wording that it makes, and presses below the one that they like."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING

from bot.chat.views import Act, ActionName, Button, Form, Reply, View
from bot.core import Visitor
from tests.simulation.plan import Command, Nature
from tests.simulation.records import CHANNEL, COMMUNITY, Thread, Wording, wording

if TYPE_CHECKING:
    from tests.simulation.people import People

PRESS_AGAIN = (5.0, 60.0, 600.0)
"""Seconds until a member presses again without an answer."""


async def write_with_the_guide(people: People, command: Command, *, private: bool) -> None:
    """From the form to the press. Nothing may be sent of a wording that is changed, dropped, or left to a stranger."""
    world, key = people.world, f"sim:guide{command.n}"
    r = world.chance.next("guide")
    taken = {one.tag for one in world.checker.wordings}
    words = wording(world.plan.seed, command.n, Nature(command.nature), taken)
    view = await _form(people, command.who, words.text, key)
    if view is None:
        return
    made = _shown(people, view, words, private)
    older = None
    if r.random() < 0.3:
        changed = await _act(
            people, command.who, _button(view, ActionName.GUIDE_WORDING), {"prompt": f"{view.quote} Quietly."}, f"{key}.word"
        )
        if changed is None:
            return
        made.private = False  # the new one has the same tag, and speaks for both
        older, view, made = view, changed, _shown(people, changed, words, private)
    await asyncio.sleep(r.expovariate(1 / 20))
    await _wrong_presses(people, command.who, view, older, key, r)
    if r.random() < 0.15:
        await _act(people, command.who, _button(view, ActionName.GUIDE_DROP), {}, f"{key}.drop")
        await _press_once(people, command.who, _button(view, ActionName.GUIDE_SEND), f"{key}.dropped")
        return
    name = ActionName.GUIDE_SEND_PRIVATE if command.private else ActionName.GUIDE_SEND
    await _send(people, command, made, _button(view, name), key, r, private=private)


def _shown(people: People, view: View, words: Wording, private: bool) -> Wording:
    """The wording in front of the member: nobody may send it before their press."""
    made = Wording(view.quote, words.tag, words.nature, private=private, offered=True)
    people.register(made)
    return made


async def _wrong_presses(people: People, who: str, view: View, older: View | None, key: str, r: Random) -> None:
    """Somebody else presses below the wording, and its member below the one that they have changed."""
    if r.random() < 0.3:
        await _press_once(people, "stranger", _button(view, ActionName.GUIDE_SEND), f"{key}.stranger")
    if older is not None and r.random() < 0.7:
        await _press_once(people, who, _button(older, ActionName.GUIDE_SEND), f"{key}.older")


async def _send(people: People, command: Command, made: Wording, button: Button, key: str, r: Random, *, private: bool) -> None:
    """Press below the wording, twice at times, and again while no process answers."""
    world = people.world
    child = Thread(command.who, made, None, f"{key}.send0", world.loop.time(), private)
    child.begin(world.loop.time())
    people.threads[command.n] = child
    world.threads.append(child)
    twice = r.choice(["", "", "click", "event"])
    for number, wait in enumerate((0.0, *PRESS_AGAIN)):
        await asyncio.sleep(wait)
        life = world.life
        if life is None or life.dead or people.process.adapter is None:
            continue
        name = f"{key}.send{number}"
        tasks = [people._press(life, child, child, button, command.who, name)]
        child.also.update((name, f"{name}.2"))
        if twice:
            tasks.append(people._press(life, child, child, button, command.who, name + (".2" if twice == "click" else "")))
        await asyncio.sleep(4.0)
        said = [one.result() for one in tasks if one.done() and not one.cancelled() and one.exception() is None]
        if any(isinstance(one, Reply) and one.changed for one in said):
            return


def _button(view: View, name: ActionName) -> Button:
    return next(one for one in view.buttons if one.action is name)


async def _form(people: People, who: str, subject: str, key: str) -> View | None:
    """Fill in the form; the wording that it makes."""
    for wait in (0.0, *PRESS_AGAIN):
        await asyncio.sleep(wait)
        life, adapter = people.world.life, people.process.adapter
        if life is None or life.dead or adapter is None:
            continue
        opened = people.run(life, adapter.core.guide(Visitor("sim", COMMUNITY, CHANNEL, who)), key)
        await asyncio.sleep(2.0)
        form = opened.result() if opened.done() and not opened.cancelled() and opened.exception() is None else None
        if isinstance(form, Form):
            values = {one.name: one.value for one in form.fields}
            return await _act(people, who, Button(form.action, form.row, ""), {**values, "subject": subject}, f"{key}.form")
    return None


async def _act(people: People, who: str, button: Button, values: Mapping[str, str], key: str) -> View | None:
    """Send a form or press a button until there is an answer; what it shows."""
    for number, wait in enumerate((0.0, *PRESS_AGAIN)):
        await asyncio.sleep(wait)
        reply = await _press_once(people, who, button, f"{key}{number}", values)
        if reply is not None:
            return reply.view
    return None


async def _press_once(people: People, who: str, button: Button, key: str, values: Mapping[str, str] | None = None) -> Reply | None:
    """One press, if a process is there to take it; None without an answer."""
    world, life, adapter = people.world, people.world.life, people.process.adapter
    if life is None or life.dead or adapter is None:
        return None
    reply = {"act": key, "token": "TOKEN-OF-A-REPLY"}
    act = Act(key, who, who.title(), "sim", COMMUNITY, CHANNEL, button.action, button.row, values or {}, reply)
    world.log("GUIDE", key, who, button.action.value)
    task = people.run(life, adapter.core.act(act), key)
    await asyncio.sleep(4.0)
    if not task.done() or task.cancelled() or task.exception() is not None:
        return None
    said = task.result()
    return said if isinstance(said, Reply) else None
