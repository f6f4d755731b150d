"""Platform-neutral views. Adapters translate a `View` to their own components and add no sentences.

All texts are plain text in the right language. Adapters escape them for their platform and never interpret them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat.actions import ActionName as ActionName
from bot.chat.actions import effect_of
from bot.domain.visitor import Visitor
from bot.texts import DEFAULT_LANGUAGE


class Audience(StrEnum):
    """Who may read a message. Delivery may narrow it, but never widen it."""

    CHANNEL = "channel"
    """Everyone in the channel of the request."""
    MEMBER = "member"
    """Only the requester."""
    MODERATORS = "moderators"
    """The moderators of the request's community."""
    OPERATORS = "operators"


class Tone(StrEnum):
    """The mood of a view at a glance; always in addition to words."""

    WORKING = "working"
    WAITING = "waiting"
    DONE = "done"
    PROBLEM = "problem"
    NEUTRAL = "neutral"


class ButtonStyle(StrEnum):
    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Pressers:
    """Who may press a button, as a first filter. Platforms with per-person pages hide the button from others; elsewhere they're told why
    not. It grants nothing: every press is checked on arrival."""

    only: str | None = None
    """Platform id of the only person who may press."""
    never: frozenset[str] = frozenset()
    """Platform ids of those who may not."""
    administrators: bool = False

    def admit(self, person: str, *, administrator: bool) -> bool:
        """Whether this person's press has a chance."""
        return self.only in (None, person) and person not in self.never and (administrator or not self.administrators)


@dataclass(frozen=True, slots=True)
class Button:
    """A button. `row` is the random id of its ledger row, the only thing that travels through the platform."""

    action: ActionName
    row: str
    label: str
    """At most 80 characters; must make sense when read on its own."""
    style: ButtonStyle = ButtonStyle.PLAIN
    opens_form: bool = False
    """Pressing it first asks `core.form` and shows the result."""
    pressers: Pressers = Pressers()

    @property
    def confirm(self) -> bool:
        """The platform asks for confirmation first."""
        return effect_of(self.action).confirm


class FieldKind(StrEnum):
    LINE = "line"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    SWITCH = "switch"
    SECRET = "secret"  # noqa: S105
    """A line that nobody should read over a shoulder. It's never filled in, and what was typed is never shown again."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    name: str
    label: str
    """At most 45 characters (Discord's limit for a modal label)."""
    kind: FieldKind = FieldKind.LINE
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    max_length: int = 4000
    hint: str = ""
    spare: bool = False
    """Left out where a platform has room for five fields only; the form's row then stands for its value."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A stored picture to show; the adapter reads its bytes from the picture store by hash."""

    sha256: str
    format: str
    width: int
    height: int
    size: int
    alt: str
    """At most 1,000 characters."""
    filename: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form. Submitting it is an `Act` with the same action and row, and the fields as values."""

    action: ActionName
    row: str
    title: str
    """At most 45 characters."""
    fields: tuple[FormField, ...]
    """At most five, besides spare ones."""
    submit: str
    text: str = ""
    pictures: tuple[PictureView, ...] = ()
    """The pictures that it's about; a field `picture` chooses one by number. Platforms that can't show pictures in forms leave them out."""
    masks: bool = False
    """Where the platform can, the member may mark a part of the picture; the value `mask` is the upload's hash."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, as on the moderators' card."""

    label: str
    value: str
    hidden: bool = False
    """Behind a spoiler or a button: text that not everyone in the channel wants to see unasked."""
    channel: bool = False
    """The value is a platform's channel id, which people know by the channel's name."""


@dataclass(frozen=True, slots=True)
class About:
    """The message that a view refers to; adapters link to it if the platform can."""

    subject: str
    """As in `Message.subject`."""
    label: str
    """Link text."""
    link: str = ""
    """Platform URL, filled in by the adapter; empty if there is none."""


@dataclass(frozen=True, slots=True)
class View:
    """The content of one message."""

    title: str
    """The state line: one short sentence, always present."""
    text: tuple[str, ...] = ()
    """Paragraphs."""
    quote: str = ""
    """What the member typed, shown verbatim and attributed to them; adapters escape it."""
    quoted: str = ""
    """Name of the author if it isn't the reader, so that the words don't look like the reader's own."""
    facts: tuple[Fact, ...] = ()
    pictures: tuple[PictureView, ...] = ()
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.NEUTRAL
    mention: str | None = None
    """Platform id of the person it's for, the only one who may be notified."""
    notifies: bool = False
    """It's there to notify them: platforms that do so for a mention write one."""
    final: bool = False
    """No further change is expected; delivery of this view is durable."""
    refresh_at: float | None = None
    """Wall-clock time for rendering a waiting view again (countdown, queue position); None if not needed."""
    about: About | None = None
    """The message that this one answers; None for a standalone message."""
    pace: float = 1.0
    """Least seconds between two edits while it isn't final."""
    amends: bool = False
    """Only adds to a final view that was already shown. If that message can't be edited anymore, nothing new is posted."""


@dataclass(frozen=True, slots=True)
class Act:
    """A button press or form submission."""

    event_key: str
    """The platform's unique event id; a redelivered event changes nothing."""
    person: str
    """Platform id of the person who pressed, from the platform and never from the payload."""
    person_name: str
    platform: str
    community: str
    channel: str
    action: ActionName
    row: str
    values: Mapping[str, str] = field(default_factory=dict)
    reply: Mapping[str, str] = field(default_factory=dict)
    """The adapter's own handle for answering this press (like `Place.reply`)."""
    language: str = DEFAULT_LANGUAGE
    """The person's language, if the platform states it."""
    zone: str = ""
    """The person's time zone, if the platform states it."""
    direct: bool = False
    """Pressed on a direct message to the presser, away from the channel it's about."""

    @property
    def visitor(self) -> Visitor:
        """The presser, as one who asks."""
        return Visitor(self.platform, self.community, self.channel, self.person, self.person_name, self.zone)


@dataclass(frozen=True, slots=True)
class Document:
    """A file for the presser only."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """Immediate answer for the presser only; lasting changes show in the edited message."""

    text: str
    changed: bool = True
    """False if nothing was done (stale, foreign, forged or repeated)."""
    view: View | None = None
    """A richer answer for the presser only (a stored result, a blocked prompt)."""
    document: Document | None = None
    """A file that comes with it, where the platform can show one to the presser alone."""
