"""What people see, without any platform: an adapter translates a `View` into its own components and invents no sentence of its own.

Every text in here is plain text for people, already in the right language. Adapters escape it for their platform; they never interpret it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Audience(StrEnum):
    """Who may read a message. Delivery may narrow it, never widen it."""

    CHANNEL = "channel"
    """Everybody in the channel where the request was made."""
    MEMBER = "member"
    """The requester alone."""
    MODERATORS = "moderators"
    """The moderators of the request's community."""
    OPERATORS = "operators"


class Tone(StrEnum):
    """How a view feels at a glance; always beside words, never instead of them."""

    WORKING = "working"
    WAITING = "waiting"
    DONE = "done"
    PROBLEM = "problem"
    NEUTRAL = "neutral"


class ButtonStyle(StrEnum):
    PRIMARY = "primary"
    PLAIN = "plain"
    DANGER = "danger"


class ActionName(StrEnum):
    """Everything that a button or form can ask of the core. The values are part of custom ids on platforms: never rename one."""

    AGAIN = "again"
    EDIT = "edit"
    RETRY = "retry"
    NEAREST = "nearest"
    FIT_FEWER = "fit_fewer"
    """What a request that was too dear offers instead: fewer pictures, a lower quality, a smaller size."""
    FIT_LOWER = "fit_lower"
    FIT_SMALLER = "fit_smaller"
    CANCEL = "cancel"
    DELETE = "delete"
    PUBLISH = "publish"
    SHOW = "show"
    """Show one of the member's own requests."""
    SEND_ANYWAY = "send_anyway"
    """The member answers a question about a held prompt: send as typed."""
    SEND_CLEANED = "send_cleaned"
    DISCARD = "discard"
    CASE_CLAIM = "case_claim"
    CASE_RELEASE = "case_release"
    CASE_REWRITE = "case_rewrite"
    CASE_REPHRASE = "case_rephrase"
    CASE_DENY = "case_deny"
    CASE_NOT_POLICY = "case_not_policy"
    CASE_BLOCK_MEMBER = "case_block_member"
    CASE_UNBLOCK_MEMBER = "case_unblock_member"
    CASE_COMMENT = "case_comment"
    CASE_TAKE_OVER = "case_take_over"
    CASE_PROMPT = "case_prompt"
    """Show the blocked prompt to one moderator (platforms without spoilers)."""
    REWRITE_ACCEPT = "rewrite_accept"
    REWRITE_DECLINE = "rewrite_decline"
    REPHRASE = "rephrase"
    REWORDED = "reworded"
    """The member says that a picture was the rewording that a moderator asked for; the row is that picture's request."""
    APPEAL = "appeal"
    SETTINGS = "settings"
    PRIVACY_DELETE = "privacy_delete"


@dataclass(frozen=True, slots=True)
class Pressers:
    """Who is not refused at once. Where a platform shows each person a page of their own, others do not see the button at all; elsewhere
    they hear why not. It opens nothing: every press is checked when it comes."""

    only: str | None = None
    """Platform id of the one person."""
    never: str | None = None
    """Platform id of somebody who may not."""
    administrators: bool = False

    def admit(self, person: str, *, administrator: bool) -> bool:
        """Whether a press of this person has a chance."""
        return self.only in (None, person) and self.never != person and (administrator or not self.administrators)


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `row` is the random id of the ledger row it is about, the only thing that travels through the platform."""

    action: ActionName
    row: str
    label: str
    """At most 80 characters; a visible name that also makes sense when read alone."""
    style: ButtonStyle = ButtonStyle.PLAIN
    opens_form: bool = False
    """Pressing it asks `core.form` first and shows what that returns."""
    pressers: Pressers = Pressers()
    confirm: bool = False
    """What it does cannot be undone: the platform asks once (`confirm.<action>` in the texts) before the press counts."""


class FieldKind(StrEnum):
    LINE = "line"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    name: str
    label: str
    """At most 45 characters (the limit of a Discord modal label)."""
    kind: FieldKind = FieldKind.LINE
    value: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    max_length: int = 4000
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A question with fields; submitting it is an `Act` with the same action and row and the fields as values."""

    action: ActionName
    row: str
    title: str
    """At most 45 characters."""
    fields: tuple[FormField, ...]
    """At most five."""
    submit: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A stored picture to show; the adapter reads the bytes through the picture store by hash."""

    sha256: str
    format: str
    width: int
    height: int
    size: int
    alt: str
    """At most 1,000 characters."""
    filename: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, as on the moderators' card."""

    label: str
    value: str
    hidden: bool = False
    """Behind a spoiler or a press: text that not everybody in the channel wants to meet unasked."""
    channel: bool = False
    """The value is the platform's id of a channel, which people know by its name."""


@dataclass(frozen=True, slots=True)
class About:
    """What a message goes back to: adapters lead there from it, where the platform can."""

    subject: str
    """As in `Message.subject`."""
    label: str
    """Words for the link."""
    link: str = ""
    """Where it is on the platform; filled in by the adapter, empty where it cannot be reached."""


@dataclass(frozen=True, slots=True)
class View:
    """One message as people see it."""

    title: str
    """The state line: one short sentence, always there."""
    text: tuple[str, ...] = ()
    """Paragraphs."""
    quote: str = ""
    """What the member typed, shown as typed and attributed to them; adapters escape it."""
    quoted: str = ""
    """Name of who typed it, where the reader is somebody else: it must not look like words of theirs."""
    facts: tuple[Fact, ...] = ()
    pictures: tuple[PictureView, ...] = ()
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.NEUTRAL
    mention: str | None = None
    """Id of the one person this is for; the only one who may be notified."""
    final: bool = False
    """No further change is expected: delivery of this one is durable."""
    refresh_at: float | None = None
    """Wall-clock time at which a waiting view should be rendered again (a countdown or a queue position); None for no reason to."""
    about: About | None = None
    """The message that this one answers; None for one that stands for itself."""
    amends: bool = False
    """Only adds to a final view that was shown before: where that message cannot be edited any more, it stays as it is, and nothing is
    posted for it."""


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody pressed a button or submitted a form."""

    event_key: str
    """The platform's id of the event, unique: a redelivered event changes nothing."""
    person: str
    """Platform id of who pressed, from the platform and never from the payload."""
    person_name: str
    platform: str
    community: str
    channel: str
    action: ActionName
    row: str
    values: Mapping[str, str] = field(default_factory=dict)
    reply: Mapping[str, str] = field(default_factory=dict)
    """The adapter's own handle for answering this press (as in `Place.reply`)."""
    direct: bool = False
    """Pressed on a message that was delivered to the presser directly, away from the channel that it is about."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the presser alone hears at once; the lasting change shows in the edited message."""

    text: str
    changed: bool = True
    """False when nothing was done (stale, foreign, forged or repeated)."""
    view: View | None = None
    """A richer answer for the presser alone (a stored result, a blocked prompt)."""
