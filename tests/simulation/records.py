"""What the world remembers of a run from outside: what people typed and pressed, what was asked of the provider under which words."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from random import Random

from tests.simulation.chat import Post
from tests.simulation.plan import Nature
from tests.simulation.provider import Asked

COMMUNITY = "town"
CHANNEL = "imagine"
MODERATORS = "moderators"
OPERATORS = "operators"
CULPRIT = "oil painting"
"""The detail that makes prompts of the nature `refused` fail."""
PER_CALL = 4
"""Most pictures that the provider gives in one call."""

_THINGS = ("bicycle", "lighthouse", "teapot", "orchard", "harbour", "violin", "balloon", "lantern")
_MANNERS = ("in the rain", "at dawn", "in watercolour", "under stars", "in autumn", "by the sea")
_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "pra", "sel", "tor", "vin", "wex", "yol", "zan")


@dataclass(slots=True)
class Wording:
    """One prompt. Everything that is sent under these words is one story: each `start` (a command, a press) allows one request."""

    text: str
    tag: str
    """A made-up word that stands in no other prompt."""
    nature: Nature
    pictures: int = 0
    """Attached to it whenever it's typed."""
    private: bool = True
    """Nobody but its author has seen it in the channel so far."""
    starts: list[float] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    most: int = 1
    """Pictures that one of its starts may ask for."""
    ended: int = 0
    """Calls of its starts that have come to an end as seen from outside: an answer that must not be asked again, or a death in the
    middle. A start for more pictures than one call gives is several calls, one after another."""
    blocked_at: float | None = None
    """A living process has read the provider's block."""
    cancelled_at: float | None = None
    """Its only request was cancelled, and the member was told so."""
    forgiven: bool = False
    """The block cannot be known any more (the process died before it could write it down)."""
    offered: bool = False
    """A moderator wrote it, or the guide made it: nobody may send it before the member's yes."""
    unasked: bool = False
    """It holds private data: nobody may send it before the member's word."""

    @property
    def calls(self) -> int:
        """Calls that one of its starts needs."""
        return -(-self.most // PER_CALL)

    @property
    def allowed(self) -> int:
        """Calls that all of its starts need."""
        return len(self.starts) * self.calls

    def end(self) -> None:
        """A call has ended so that nothing may follow it in its start."""
        self.ended = self.calls if len(self.starts) == 1 else self.ended + 1

    @property
    def finished(self) -> int:
        """Starts that are certainly over: all the others may lack their last call."""
        return max(0, self.ended - len(self.starts) * (self.calls - 1))


@dataclass(slots=True)
class Thread:
    """One request as a member sees it: the message that it lives in, and what was pressed on it."""

    who: str
    wording: Wording
    post: Post | None
    """Its first message; None until something was shown of it."""
    event: str
    """Key of the command or press that began it."""
    began_at: float
    private: bool
    also: set[str] = field(default_factory=set)
    """Keys of further presses, any one of which may have begun it."""
    others: list[Wording] = field(default_factory=list)
    """Other words that the member let be sent in their place."""
    acknowledged: bool = False
    """The platform took the acknowledgement: the member waits for an answer."""
    ack_failed: bool = False
    request_id: str | None = None
    pressed: set[str] = field(default_factory=set)
    """Actions that were pressed and may have had an effect."""
    finals: list[tuple[float, str]] = field(default_factory=list)
    """(moment, signature) of final views, without repeats."""
    posts: list[Post] = field(default_factory=list)
    """All messages in which it was shown."""
    questions: list[Post] = field(default_factory=list)
    """Messages to its member alone that asked about it."""
    start: int | None = None
    """Which start of its wording is its own."""
    caption: str = ""
    """The text that is drawn on its pictures."""
    told: Post | None = None
    """The message that said that its answer is there."""

    def begin(self, now: float) -> None:
        """The bot may ask the provider from now on: the member waits for an answer."""
        if self.start is None:
            self.start = len(self.wording.starts)
            self.wording.starts.append(now)
        else:
            self.wording.starts[self.start] = now

    def take_back(self) -> None:
        """The press that was to begin it had no effect: nothing may be asked for it."""
        if self.start is not None and self.start == len(self.wording.starts) - 1:
            self.wording.starts.pop()
            self.start = None


@dataclass(slots=True)
class File:
    """One case as it is seen from outside: its card, and the messages to its member."""

    id: str
    card: Post
    thread: Thread
    """The request that it was opened for."""

    @property
    def member(self) -> str:
        return self.thread.who


@dataclass(slots=True)
class Offer:
    """A moderator's wording in front of the member."""

    wording: Wording
    member: str
    post: Post
    child: Thread | None = None
    """What the member's yes began."""
    over: bool = False
    """Declined, or seen to be over: a yes from now on must do nothing."""


def wording(seed: int, name: int | str, nature: Nature, taken: Container[str], *, doubtful: bool = False) -> Wording:
    """Words that stand for themselves: no digits, no names, and unless `doubtful` nothing that a lint would ask about. The tag is none of
    those that are `taken`, whatever else two wordings share."""
    r = Random(f"{seed}:words:{name}")
    tag = "".join(r.choice(_SYLLABLES) for _ in range(4))
    while tag in taken:
        tag = "".join(r.choice(_SYLLABLES) for _ in range(4))
    text = f"a {r.choice(_THINGS)} {r.choice(_MANNERS)}, {tag}"
    if nature is Nature.REFUSED:
        text = f"a {r.choice(_THINGS)} called {tag} {r.choice(_MANNERS)}, with a ribbon, pencil, {CULPRIT}, wide shot, no people"
    return Wording(f"{text}, mail to {tag}@example.org" if doubtful else text, tag, nature, unasked=doubtful)
