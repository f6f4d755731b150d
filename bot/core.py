"""Everything an adapter may ask of imagine-bot, on one page.

The usual way of a command: `receive` (one durable insert) -> the adapter acknowledges -> `accept`; or `abandon` when the acknowledgement
failed. From then on the adapter only sees `ChatPort.send` calls. Buttons and forms: `form` for a button with `opens_form`, then `act`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.views import Act, Choice, Form, Reply, View
from bot.domain.requests import Place, Request, Submission


@dataclass(frozen=True, slots=True)
class Received:
    """Stored durably; acknowledge now, then accept."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """This event was stored before; nothing changed. Acknowledge if the platform wants it, do not accept."""

    request_id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Turned down before anything was sent; the member is told through the request's message."""

    request_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Options:
    """What the configured model accepts, for option lists and forms."""

    model: str
    sizes: tuple[Choice, ...]
    """Popular ones first; more may be typed where `free_sizes`."""
    free_sizes: bool
    qualities: tuple[Choice, ...]
    default_size: str
    default_quality: str
    max_count: int
    prompt_max_chars: int


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks something that is answered to them alone."""

    platform: str
    community: str
    channel: str
    person: str
    person_name: str = ""


class Core:
    """The facade. All methods are safe to call at any time and answer in words instead of raising for what people do."""

    async def receive(self, event_key: str, submission: Submission) -> Received | Duplicate:
        """Store a command. `event_key` is the platform's id of the event, prefixed by the platform (`discord:<interaction id>`)."""
        raise NotImplementedError

    async def accept(self, request_id: str) -> Request | Refusal:
        """Check and queue what was received. Calling it twice changes nothing."""
        raise NotImplementedError

    async def abandon(self, request_id: str) -> None:
        """The acknowledgement failed: the member saw an error, so nothing is generated and nothing is said."""
        raise NotImplementedError

    async def form(self, act: Act) -> Form | Reply:
        """The form behind a button with `opens_form`, filled for this person; a Reply when it may not be opened."""
        raise NotImplementedError

    async def act(self, act: Act) -> Reply:
        """A pressed button or a submitted form. Checked against the row, the person and, for moderators, the platform, now."""
        raise NotImplementedError

    async def imagine_form(self, visitor: Visitor) -> Form:
        """An empty /imagine form (prompt, size, quality, count, private); its submission becomes a Submission through the adapter."""
        raise NotImplementedError

    async def show(self, visitor: Visitor, request_id: str | None = None) -> View:
        """/imagine-show: the visitor's last ten requests, or one of them with its pictures and buttons."""
        raise NotImplementedError

    async def status(self, visitor: Visitor) -> View:
        """/imagine-status: how the service is doing and what is left of the visitor's budget."""
        raise NotImplementedError

    async def help(self, visitor: Visitor) -> View:
        """/imagine-help."""
        raise NotImplementedError

    async def privacy(self, visitor: Visitor) -> View:
        """/imagine-privacy: what is stored about the visitor, with a button that deletes it."""
        raise NotImplementedError

    async def settings(self, visitor: Visitor) -> Form | Reply:
        """/imagine-settings: the community's settings as a form for its administrators; a Reply for others."""
        raise NotImplementedError

    def options(self) -> Options:
        """What the configured model accepts; cheap, for autocomplete."""
        raise NotImplementedError

    def problem_with(self, size: str | None, quality: str | None, count: str | None) -> str | None:
        """A sentence about a value the model does not accept, before anything is stored; None when all is well."""
        raise NotImplementedError

    async def history(self, platform: str, limit: int = 200) -> Sequence[tuple[Place, str]]:
        """The newest messages of a platform, oldest first, as (place, message id), so that an adapter without a memory of its own can ask
        `resend` for each after a start."""
        raise NotImplementedError

    async def resend(self, message_id: str) -> None:
        """Send the current view of a message again."""
        raise NotImplementedError
