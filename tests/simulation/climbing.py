"""A member who steps a refused prompt down its ladder and up again: what is shown is what may be sent, by their own press alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.chat.views import Button, Reply, View
from tests.simulation.plan import Nature
from tests.simulation.records import CULPRIT, Thread, Wording

if TYPE_CHECKING:
    from tests.simulation.people import People

SIMPLIFY = "simplify"
"""A press that shows the next step of a ladder; a member then sends it, and goes on under its answer."""
MOST = 8
"""Steps that a member takes."""
ANSWERED_WITHIN = 900.0
PRESS_AGAIN = (5.0, 60.0, 600.0)


async def climb(people: People, thread: Thread, view: View, key: str, twice: str) -> None:
    """Send what is shown, wait for its answer, and look at the next step, until the ladder ends or somebody tires of it."""
    r = people.world.chance.next("ladder")
    under, blocked = thread, thread.wording
    for number in range(MOST):
        send = _sending(view)
        if blocked.blocked_at is not None and send is not None:
            people.world.checker.fail("5-a-ladder-around-a-block", blocked.tag, view.quote)
        if send is None or r.random() < 0.1:
            return
        await asyncio.sleep(r.expovariate(1 / 20))
        if r.random() < 0.2:
            _pressed(people, under, None, send, "stranger", f"{key}.{number}.stranger")
            await asyncio.sleep(5.0)
        child = await _send(people, thread, view.quote, send, f"{key}.{number}", twice)
        if child is None or not await _answered(child):
            return
        looked = await _look(people, child, f"{key}.{number}.look")
        if looked is None:
            return
        under, blocked, view = child, child.wording, looked


def _sending(view: View) -> Button | None:
    return next((one for one in view.buttons if one.action.value == "ladder_send"), None)


async def _send(people: People, root: Thread, words: str, send: Button, key: str, twice: str) -> Thread | None:
    """Press below a wording, and again while no process answers. Returns what it began."""
    for number, wait in enumerate((0.0, *PRESS_AGAIN)):
        await asyncio.sleep(wait)
        name = f"{key}.{number}"
        child = _step(people, root, words, name)
        task = _pressed(people, root, child, send, root.who, name)
        tasks = [] if task is None else [task]
        if twice and task is not None:
            child.also.add(f"{name}.2")
            again = _pressed(people, root, child, send, root.who, name + (".2" if twice == "click" else ""))
            tasks += [] if again is None else [again]
        await asyncio.sleep(4.0)
        said = [one.result() for one in tasks if one.done() and not one.cancelled() and one.exception() is None]
        if any(isinstance(one, Reply) and one.changed for one in said):
            return child
        if people.world.life is not None and not people.world.life.dead and said:
            child.take_back()
            return None
    return None


def _step(people: People, root: Thread, words: str, key: str) -> Thread:
    """The request that a step may become. The same wording may be sent by several ladders: each press is a start of its own."""
    world = people.world
    made = world.wordings.get(words)
    if made is None:
        nature = Nature.REFUSED if CULPRIT in words else Nature.GOOD
        made = Wording(words, root.wording.tag, nature, pictures=root.wording.pictures, private=root.wording.private)
        people.register(made)
    child = Thread(root.who, made, None, key, world.loop.time(), root.private, caption=root.caption)
    child.begin(world.loop.time())
    world.threads.append(child)
    return child


def _pressed(people: People, thread: Thread, child: Thread | None, button: Button, who: str, key: str) -> asyncio.Task[object] | None:
    life = people.world.life
    if life is None or life.dead or people.process.adapter is None:
        return None
    return people._press(life, thread, child, button, who, key)


async def _answered(child: Thread) -> bool:
    for _ in range(int(ANSWERED_WITHIN / 5)):
        await asyncio.sleep(5.0)
        if any(post.now is not None and post.now.final for post in child.posts):
            return True
    return False


async def _look(people: People, child: Thread, key: str) -> View | None:
    """Press the ladder's button under a step's answer."""
    for number, wait in enumerate((0.0, *PRESS_AGAIN)):
        await asyncio.sleep(wait)
        button = people._button(child, SIMPLIFY, child.who)
        if button is None:
            return None
        task = _pressed(people, child, None, button, child.who, f"{key}.{number}")
        await asyncio.sleep(4.0)
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            continue
        said = task.result()
        if isinstance(said, Reply) and said.view is not None:
            return said.view
    return None
