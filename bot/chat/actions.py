"""Actions of buttons and forms, and the effect of each, which adapters go by: what its presser gets, and whether they're asked first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    OWN_KEY = "own_key"
    """Show a community's own image service to its administrators; the key is never shown."""
    OWN_KEY_EDIT = "own_key_edit"
    OWN_KEY_REMOVE = "own_key_remove"
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


class Gives(StrEnum):
    """What the presser gets, unless the action fails."""

    WORDS = "words"
    """A sentence at most."""
    MESSAGE = "message"
    """A new message appears, which needs no further words."""
    VIEW = "view"
    """A view that only the presser sees; this and the next three are the action's only effect."""
    HIDDEN = "hidden"
    """The same, and nobody should see it in passing."""
    PAGE = "page"
    """Another page in place of the view that was pressed."""
    DRAFT = "draft"
    """A draft's view, in place of its older one."""
    DROPPED = "dropped"
    """A sentence at most; the draft is gone. Only the view of a draft has such a button."""

    @property
    def is_view(self) -> bool:
        """Whether it's a whole view for the presser alone."""
        return self in (Gives.VIEW, Gives.HIDDEN, Gives.PAGE, Gives.DRAFT)


@dataclass(frozen=True, slots=True)
class Effect:
    gives: Gives = Gives.WORDS
    outdates: bool = False
    """A private copy of the view that was pressed is out of date afterwards; the message itself shows the new state."""
    confirm: bool = False
    """It can't be undone: the platform asks for confirmation first (`confirm.<action>` in the texts)."""


_A = ActionName
_MESSAGE = (
    *(_A.AGAIN, _A.EDIT, _A.RETRY, _A.NEAREST, _A.FIT_FEWER, _A.FIT_LOWER, _A.FIT_SMALLER, _A.USE_AS_REFERENCE, _A.EDIT_PICTURE),
    *(_A.CANDIDATES, _A.REWRITE_ACCEPT, _A.REPHRASE, _A.BATCH_NEW),
)
_EFFECTS: Mapping[ActionName, Effect] = {
    **dict.fromkeys(_MESSAGE, Effect(Gives.MESSAGE)),
    **dict.fromkeys((_A.PUBLISH, _A.LADDER_SEND, _A.GUIDE_SEND, _A.GUIDE_SEND_PRIVATE), Effect(Gives.MESSAGE, outdates=True)),
    **dict.fromkeys((_A.SHOW, _A.TEMPLATES, _A.TIERS, _A.OWN_KEY, _A.SIMPLIFY, _A.GALLERY_SEARCH), Effect(Gives.VIEW)),
    _A.CASE_PROMPT: Effect(Gives.HIDDEN),
    **dict.fromkeys((_A.LADDER_SHOW, _A.GALLERY_NEXT, _A.GALLERY_BACK), Effect(Gives.PAGE)),
    **dict.fromkeys((_A.ADD_TEXT, _A.CROP, _A.DRAW_ANYWAY, _A.DRAW_CLEANED, _A.GUIDE, _A.GUIDE_WORDING), Effect(Gives.DRAFT)),
    **dict.fromkeys((_A.DROP_CHANGE, _A.GUIDE_DROP), Effect(Gives.DROPPED, outdates=True)),
    **dict.fromkeys((_A.CANCEL, _A.PRIVACY_DELETE, _A.USE_CHANGE, _A.BATCH_FINISH_NOW, _A.BATCH_FINISH_HALF), Effect(outdates=True)),
    _A.DELETE: Effect(outdates=True, confirm=True),
    _A.BATCH_STOP: Effect(confirm=True),
    _A.OWN_KEY_REMOVE: Effect(confirm=True),
}
"""Actions not listed here only reply with a sentence."""


def effect_of(action: ActionName) -> Effect:
    return _EFFECTS.get(action, Effect())
