"""Platform-neutral views. Adapters translate a `View` to their own components and add no sentences.

All texts are plain text in the right language. Adapters escape them for their platform and never interpret them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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


class ActionName(StrEnum):
    """All actions of buttons and forms. The values are part of custom ids on platforms: never rename one."""

    AGAIN = "again"
    EDIT = "edit"
    RETRY = "retry"
    NEAREST = "nearest"
    FIT_FEWER = "fit_fewer"
    """Alternatives for a request over budget: fewer pictures, lower quality, smaller size."""
    FIT_LOWER = "fit_lower"
    FIT_SMALLER = "fit_smaller"
    USE_AS_REFERENCE = "use_reference"
    """Make a new picture from one of a request's pictures."""
    EDIT_PICTURE = "edit_picture"
    """Change something in one of a request's pictures."""
    ADD_TEXT = "add_text"
    """Draw text on one of a request's pictures; the row may also be a draft's, whose text changes."""
    CROP = "crop"
    """Cut one of a request's pictures; the row may also be a draft's."""
    USE_CHANGE = "use_change"
    """Show a draft with its request; the row is the draft's, as of the next three."""
    DROP_CHANGE = "drop_change"
    DRAW_ANYWAY = "draw_anyway"
    """Answer to the question about a text: draw it as typed."""
    DRAW_CLEANED = "draw_cleaned"
    NOT_RIGHT = "not_right"
    """Say what is wrong with a result, and see what can be done about it."""
    CANDIDATES = "candidates"
    """Make a few candidates after that, to pick one."""
    PICK = "pick"
    """Keep this candidate; the row is the picture's."""
    OTHERS = "others"
    """Look at the candidates that weren't picked."""
    REPORT = "report"
    """Tell the moderators about a result."""
    CANCEL = "cancel"
    DELETE = "delete"
    PUBLISH = "publish"
    SHOW = "show"
    """Show one of the member's own requests."""
    GALLERY_SEARCH = "gallery_search"
    """Look for results by words, date, model and tag; the row is that of the search before."""
    GALLERY_NEXT = "gallery_next"
    """Turn the page of a list; the row is the search's, as of the next one."""
    GALLERY_BACK = "gallery_back"
    FAVOURITE = "favourite"
    UNFAVOURITE = "unfavourite"
    GALLERY_TAG = "gallery_tag"
    REPRODUCE = "reproduce"
    """The form of a new request with the same settings."""
    DOWNLOAD = "download"
    """The pictures with readable names, and how they were made."""
    SEND_ANYWAY = "send_anyway"
    """Answer to the question about a held prompt: send as typed."""
    SEND_CLEANED = "send_cleaned"
    DISCARD = "discard"
    CASE_CLAIM = "case_claim"
    CASE_RELEASE = "case_release"
    CASE_REWRITE = "case_rewrite"
    CASE_REPHRASE = "case_rephrase"
    CASE_DENY = "case_deny"
    CASE_NOT_POLICY = "case_not_policy"
    CASE_PUBLISH = "case_publish"
    """Publish a result that a member asked to be published."""
    CASE_BLOCK_MEMBER = "case_block_member"
    CASE_UNBLOCK_MEMBER = "case_unblock_member"
    CASE_COMMENT = "case_comment"
    CASE_TAKE_OVER = "case_take_over"
    CASE_PROMPT = "case_prompt"
    """Show the blocked prompt to one moderator, on platforms without spoilers."""
    REWRITE_ACCEPT = "rewrite_accept"
    REWRITE_DECLINE = "rewrite_decline"
    REPHRASE = "rephrase"
    REWORDED = "reworded"
    """The member confirms that a picture used the new wording a moderator asked for; the row is that picture's request."""
    APPEAL = "appeal"
    NOTIFY_ME = "notify_me"
    """The presser's setting: how they hear about an answer that took more than a minute."""
    SIMPLIFY = "simplify"
    """Step a prompt that failed down to its smallest version, or bring its details back."""
    LADDER_SHOW = "ladder_show"
    """Look at another step; the row is the step's, as of the next one."""
    LADDER_SEND = "ladder_send"
    GUIDE = "guide"
    """The form for the parts of a prompt; the row is a use case's, a template's, or that of the wording that changes."""
    GUIDE_WORDING = "guide_wording"
    """Change a wording by hand; the row is the wording's, as of the next three."""
    GUIDE_SEND = "guide_send"
    GUIDE_SEND_PRIVATE = "guide_send_private"
    GUIDE_DROP = "guide_drop"
    SETTINGS = "settings"
    TEMPLATES = "templates"
    """List a community's templates for its administrators."""
    TEMPLATE_EDIT = "template_edit"
    TIERS = "tiers"
    TIER_EDIT = "tier_edit"
    PRIVACY_DELETE = "privacy_delete"
    BATCH_NEW = "batch_new"
    """The form for a batch's topics; it has no row yet."""
    BATCH_START = "batch_start"
    """The row is the batch's, as of the next ones."""
    BATCH_PAUSE = "batch_pause"
    BATCH_RESUME = "batch_resume"
    BATCH_RAISE = "batch_raise"
    """Go on with other limits."""
    BATCH_STOP = "batch_stop"
    BATCH_PICK = "batch_pick"
    BATCH_REJECT = "batch_reject"
    BATCH_REDRAW = "batch_redraw"
    BATCH_RETRY = "batch_retry"
    """Draw the topics again that the service failed at."""
    BATCH_FINISH = "batch_finish"
    """Say what finishing costs."""
    BATCH_FINISH_NOW = "batch_finish_now"
    """Finish what's picked, for at most the price that was said."""
    BATCH_FINISH_HALF = "batch_finish_half"
    """The same at half the price, within a day."""
    EVIDENCE = "evidence"
    """Make an evidence bundle about the failure that a notice is about; the row is the notice's message."""


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
    confirm: bool = False
    """The action can't be undone: the platform asks for confirmation first (`confirm.<action>` in the texts)."""


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
