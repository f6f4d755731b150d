"""Many requests while Slack answers wrongly, late or not at all: each gets one final answer where it belongs, and nowhere else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.slack import delivery, uploads
from tests.platforms.faults import How
from tests.slack.stage import Stage, stage
from tests.slack.standin.driver import CannotDo
from tests.slack.standin.world import Channel, Message, User

METHODS = (
    *("chat.postMessage", "chat.update", "conversations.open", "conversations.history", "conversations.replies", "respond", "auth.test"),
    *("files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info", "files.delete"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, and how."""

    prompt: str
    user: User
    room: Channel
    private: bool


def plan(s: Stage, dice: random.Random) -> list[str]:
    """Put a handful of faults in the way; tells which methods they are of."""
    faults = s.slack.faults
    chosen = [dice.choice(METHODS) for _ in range(dice.randint(3, 14))]
    for method in chosen:
        times = dice.randint(1, 3)
        match dice.randrange(4):
            case 0:
                faults.add(method, status=dice.choice([500, 502, 503, 504]), times=times)
            case 1:
                faults.add(method, How.DONE_BUT, status=dice.choice([502, 504]), times=times)
            case 2:
                faults.ratelimited(method, 1, times=times)
            case _:
                faults.add(method, dice.choice([How.LOST, How.CUT, How.STUCK, How.STUCK_AFTER]), times=times)
    return chosen


async def ask(s: Stage, dice: random.Random, rooms: Sequence[Channel], prompt: str) -> Asked | None:
    """One member asks in some way; None when Slack did not even open the form."""
    user, room, how = dice.choice([s.ada, s.slack.ben]), dice.choice(rooms), dice.choice(["slash", "slash", "mention", "form"])
    people = s.slack.people
    if how == "mention" and room.has_bot:
        await people.mention(user, room, prompt)
    elif how == "form":
        event = await people.slash(user, room, "/imagine")
        try:
            await s.until(lambda: event.opened, 3.0, "a form")
            await people.submit(event, prompt=prompt, private="true")
        except (AssertionError, CannotDo):
            return None
    else:
        await people.slash(user, room, "/imagine", prompt)
    return Asked(prompt, user, room, how == "form")


def about(s: Stage, asked: Asked) -> list[Message]:
    """What the bot wrote about a request, and what is still there of it."""
    mine = [one for one in s.slack.world.messages if one.author is s.slack.bot and not one.deleted]
    return [one for one in mine if asked.prompt in one.text.splitlines()]


def finals(s: Stage, asked: Asked) -> list[Message]:
    return [one for one in about(s, asked) if "Again" in one.buttons]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 21, 31])
async def test_every_request_ends_in_one_answer_whatever_slack_does(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "CALL_WITHIN", 1.5)
    monkeypatch.setattr(uploads, "CALL_WITHIN", 1.0)
    monkeypatch.setattr(uploads, "PAUSES", (0.05,))
    dice = random.Random(seed)
    async with stage(tmp_path, max_unfinished=50) as s:
        rooms = [s.channel, s.slack.world.channel(s.workspace, "atelier", s.ada, s.slack.ben), s.slack.elsewhere]
        chosen = plan(s, dice)
        found = []
        for number in range(8):
            found.append(await ask(s, dice, rooms, f"boat {number}"))
            if dice.random() < 0.15 and len(s.slack.socket.usable) > 1:
                await s.slack.socket.refresh()
            await asyncio.sleep(dice.choice([0.0, 0.0, 0.2]))
        everything = [one for one in found if one is not None]
        await s.until(lambda: all(finals(s, one) for one in everything), 80, f"all answers with faults of {chosen}")
        await s.settled()
        drawn = [call.prompt for call in s.service.calls]
        assert sorted(drawn) == sorted(one.prompt for one in everything)
        for one in everything:
            routes = sorted(message.route for message in finals(s, one))
            # An answer over a response_url cannot be looked up: when it was lost, the member gets it directly as well.
            assert len(routes) == 1 or ("respond" in chosen and routes == ["post", "respond"]), s.slack.describe()
            posts = [(message.channel.id, message.identity) for message in about(s, one) if message.route == "post"]
            assert len(posts) == len(set(posts))
            others = [user for user in s.slack.world.users.values() if not user.is_bot and user is not one.user]
            assert not (one.private and [message for user in others for message in s.slack.visible(user) if message in about(s, one)])
