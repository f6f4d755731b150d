"""Simulated chat platform and its adapter's ChatPort: the messages people see, and every way in which sending one can fail.

The platform survives the process: an edit in flight when the process dies, or with a late answer, still takes effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from bot.chat.port import Later, Message, Refused, RefusedWhy, SendResult, Sent, Unknown
from bot.chat.views import Audience, View
from tests.simulation.loop import SimLoop

TOKEN_LIFE = 900.0
"""Seconds for which a command's own message can be edited through its handle."""
WAITS_FOR = 15.0
"""Seconds until the adapter gives up waiting for the platform."""
LATE = 20.0
"""Seconds after giving up within which a lost edit may still take effect."""

FAMILIES: dict[str, int] = {
    "too_many": 3,
    "error": 2,
    "error_applied": 2,
    "lost": 2,
    "lost_applied": 2,
    "late": 2,
}
"""Faults of a send, with their weights."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One view as shown."""

    at: float
    subject: str
    audience: Audience
    view: View
    answers: str = ""
    """Key of the press that it answers, if any."""


@dataclass(slots=True)
class Post:
    """One message on the platform."""

    id: str
    community: str
    channel: str
    reader: str | None
    """The only person who sees it; None for everyone in the channel."""
    made_at: float
    token: bool = True
    """It's a command's own message, whose handle expires."""
    nonce: str = ""
    """What it was created for, if that was a press or a message without a handle."""
    shown: list[Shown] = field(default_factory=list)
    removed: bool = False
    expired: bool = False
    """Somebody tried to edit it after its handle had expired."""

    @property
    def now(self) -> View | None:
        """The view it currently shows."""
        return self.shown[-1].view if self.shown and not self.removed else None


class World(Protocol):
    """The part of the world that the platform needs."""

    loop: SimLoop

    async def boundary(self, site: str) -> None: ...

    def outside(self, delay: float, callback: Callable[..., None], *args: Any) -> None: ...

    def fault(self, key: str, families: dict[str, int], share: float) -> tuple[str | None, Random]:
        """Whether and how the send with this key fails."""
        ...

    def saw(self, post: Post, shown: Shown) -> None:
        """Called for everything that appears on the platform."""
        ...


class Platform:
    """The server side: posts by id. With `nonces`, a repeated first post is the same post."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.posts: dict[str, Post] = {}
        self._nonces: dict[str, str] = {}
        self._count = 0

    def open(self, community: str, channel: str, reader: str | None, *, token: bool = False, nonce: str | None = None) -> Post:
        """A new post, or the one created with this nonce."""
        if nonce is not None and nonce in self._nonces and not self.posts[self._nonces[nonce]].removed:
            return self.posts[self._nonces[nonce]]
        self._count += 1
        post = Post(f"post{self._count}", community, channel, reader, self._world.loop.time(), token, nonce or "")
        self.posts[post.id] = post
        if nonce is not None:
            self._nonces[nonce] = post.id
        return post

    def answer_to(self, press: str) -> Post | None:
        """The post that answers a press."""
        return next((post for post in self.posts.values() if post.nonce.partition("|")[0] == press), None)

    def show(self, post: Post, message: Message, view: View) -> None:
        """Apply an edit."""
        if not post.removed:
            shown = Shown(self._world.loop.time(), message.subject, message.audience, view, message.place.reply.get("act", ""))
            post.shown.append(shown)
            self._world.saw(post, shown)


class SimChat:
    """The adapter's ChatPort, one per life of the process. It gives up after PATIENCE, as the platforms' libraries do."""

    def __init__(self, world: World, platform: Platform, share: float, counts: dict[str, int]) -> None:
        self._world = world
        self._platform = platform
        self._share = share
        self._counts = counts
        """Sends per message over all lives, so that each has its own fault; messages are identified by what they answer, not by their
        random ids."""

    async def send(self, message: Message, view: View) -> SendResult:
        reply = message.place.reply
        name = f"{reply.get('event') or reply.get('act') or message.subject}:{message.audience}"
        number = self._counts[name] = self._counts.get(name, 0) + 1
        fault, r = self._world.fault(f"chat:{name}:{number}", FAMILIES, self._share)
        await self._world.boundary("chat-before")
        post = self._find(message)
        if isinstance(post, Refused):
            return post
        ref = {"post": post.id}
        if fault == "too_many":
            await asyncio.sleep(r.uniform(0.05, 0.3))
            return Later(r.choice([0.3, 1.0, 5.0, 30.0]))
        if fault == "lost":
            await asyncio.sleep(WAITS_FOR)
            return Unknown()
        if fault == "late":
            self._world.outside(WAITS_FOR + r.uniform(0.1, LATE), self._platform.show, post, message, view)
            await asyncio.sleep(WAITS_FOR)
            return Unknown()
        await asyncio.sleep(r.uniform(0.03, 0.3))
        if fault == "error":
            return Unknown()
        if post.removed:
            return Refused(RefusedWhy.GONE)
        self._platform.show(post, message, view)
        await self._world.boundary("chat-after")
        await asyncio.sleep(WAITS_FOR if fault == "lost_applied" else r.uniform(0.03, 0.3))
        return Unknown() if fault in ("error_applied", "lost_applied") else Sent(ref)

    def _find(self, message: Message) -> Post | Refused:
        """The post to edit. An expired handle is replaced by a post in the channel, but never for one person's message."""
        posts = self._platform.posts
        reader = message.person if message.audience is Audience.MEMBER else None
        known = message.ref.get("post") or message.place.reply.get("post")
        if not message.subject.startswith("request:"):  # messages about a case go to its member directly
            return posts.get(message.ref.get("post", "")) or self._platform.open(
                message.place.community, message.place.channel, reader, nonce=message.id
            )
        post = posts.get(known) if known else None
        if post is None and "act" in message.place.reply:
            nonce = f"{message.place.reply['act']}|{message.audience}"
            post = self._platform.open(message.place.community, message.place.channel, reader, token=True, nonce=nonce)
        if post is not None and post.reader is not None and reader is None:
            post = None  # a message for everyone isn't a message for one person
        if post is not None and not (post.token and self._world.loop.time() > post.made_at + TOKEN_LIFE):
            return post
        if post is not None:
            post.expired = True
            if message.audience is Audience.MEMBER:
                return Refused(RefusedWhy.EXPIRED)
        return self._platform.open(message.place.community, message.place.channel, reader, nonce=message.id)
