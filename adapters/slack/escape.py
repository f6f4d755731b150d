"""Plain text into Slack's text objects so that it is shown as typed: nothing formats, links, becomes an emoji or looks like a mention.

Slack reads & < > as control characters in every text and decodes their entities everywhere. For `*bold*`, `:emoji:` and the like its
mrkdwn has no escape at all; text that holds such characters goes into a plain_text object, which formats nothing.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from bot.texts.direction import FSI, balanced

ELLIPSIS = "…"
SECTION = 3000
"""Most characters of one section's text."""
_INVISIBLE = frozenset("\u200b\u2060\ufeff")
"""Zero-width characters. Embeddings and overrides of direction, which would reach out of a quotation into our own words, are dropped by
`balanced`. Joiners of scripts and emoji stay, and so do the marks of right-to-left text (\u061c, \u200e, \u200f), which reach no further
than their neighbours, and isolates that are closed."""
_BLANK = " \n\t\u061c\u200e\u200f\u2068\u2069"
_FORMATS = re.compile(
    r"[*_~`]"  # bold, italic, struck, code
    r"|:[^\s:]+:"  # an emoji's code
    r"|(?<![^\W_])[:;=8xX][-o']?[()\[\]{}DPpOo/\\|3@$&](?![^\W_])|</?3"  # emoticons, which Slack may draw
    r"|^[ \t]*>",  # a quotation
    re.MULTILINE,
)
_ORDINARY = re.compile("[\n\t\x20-\x7e\u00a1-\u02ff]*")
"""Nothing to clean away; most texts, and the quick way for long ones."""
_LINE_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
_FLAG = re.compile("(\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f)")
"""England, Scotland, Wales and the like."""
_GLUED = frozenset("\u200d\u200c\ufe0f\ufe0e")
_LOOK_BACK = 400
_CLOSERS = 4
"""Room for the marks that close an isolate where a piece ends; ours are nested less deep."""


def clean(text: str) -> str:
    """Without control and direction characters, tags and lone surrogates; line breaks stay."""
    if _ORDINARY.fullmatch(text):
        return text
    pieces = _FLAG.split(balanced(_LINE_BREAK.sub("\n", text)))
    # Every second piece is a flag that is written with tags.
    pieces[::2] = ("".join(one for one in piece if one in "\n\t" or _visible(one)) for piece in pieces[::2])
    return "".join(pieces)


@functools.lru_cache(maxsize=8192)
def _visible(one: str) -> bool:
    return one not in _INVISIBLE and unicodedata.category(one) not in ("Cc", "Cs", "Co") and not "\U000e0000" <= one <= "\U000e0fff"


def units(text: str) -> int:
    """The length as UTF-16 counts it: characters beyond the basic plane are two, so that no way of counting finds more than we did."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """Text that Slack displays as exactly this text, apart from mrkdwn's own formatting (see `typed`)."""
    return _entities(clean(text))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def formats(text: str) -> bool:
    """Whether mrkdwn might show this text otherwise than typed."""
    return _FORMATS.search(text) is not None


def typed(text: str, limit: int = SECTION) -> dict[str, Any]:
    """A text object that shows this text as typed, shortened to `limit` where needed. Never empty."""
    shown = fit(text, limit)
    if not shown.strip().strip(_BLANK):
        return {"type": "plain_text", "text": "·", "emoji": False}
    if formats(clean(text)):
        return {"type": "plain_text", "text": shown, "emoji": False}
    return {"type": "mrkdwn", "text": shown, "verbatim": True}


def fit(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, shortened with an ellipsis where needed."""
    cleaned = clean(text)
    whole = _entities(cleaned)
    if units(whole) <= limit:
        return whole
    return _entities(_beginning(cleaned, limit - 1)) + ELLIPSIS


def _beginning(cleaned: str, limit: int) -> str:
    """As much of it as fits once escaped, with its isolates closed."""
    room = limit
    while units(_entities(found := balanced(cleaned[: _most(cleaned, room)].rstrip()))) > limit and room > 0:
        room -= 1
    return found


def _most(cleaned: str, limit: int) -> int:
    """How many characters fit into the limit once they are escaped; a letter and its marks stay together."""
    used, count = 0, 0
    for one in cleaned:
        used += 5 if one == "&" else 4 if one in "<>" else 2 if one > "\uffff" else 1
        if used > limit:
            break
        count += 1
    if count == len(cleaned):
        return count
    back = count
    while back > max(0, count - 20) and _belongs(cleaned, back):
        back -= 1
    return back if back and not _belongs(cleaned, back) else count


def _belongs(text: str, index: int) -> bool:
    """Whether the character at this place is drawn together with the one before it."""
    one, before = text[index], text[index - 1]
    return one in _GLUED or before == "\u200d" or unicodedata.combining(one) > 0 or "\U0001f3fb" <= one <= "\U0001f3ff"


def split(text: str, limit: int = SECTION) -> list[str]:
    """Cleaned pieces, each within the limit once escaped; together they are the whole text. Cut between lines or words where possible."""
    rest = clean(text)
    limit = max(1, limit - min(rest.count(FSI), _CLOSERS))
    found: list[str] = []
    while rest:
        count = max(1, _most(rest, limit))
        if count < len(rest):
            near = rest[max(0, count - _LOOK_BACK) : count]
            end = near.rfind("\n") if "\n" in near else near.rfind(" ")
            if end >= 0:
                count = max(0, count - _LOOK_BACK) + end + 1
        found.append(rest[:count])
        rest = rest[count:]
    return [one for one in found if one.strip()]


def label(text: str, limit: int) -> str:
    """For buttons, labels and titles: one line, cleaned, escaped and cut; empty when nothing is left."""
    return fit(" ".join(clean(text).split()), limit)


def plain(text: str, limit: int) -> dict[str, Any]:
    """A plain_text object of one line; never empty."""
    return {"type": "plain_text", "text": label(text, limit) or "·", "emoji": False}


_READ_AS_ENTITY = re.compile(r"&(?=(?:lt|gt|amp);)")


def shield(text: str) -> str:
    """For alt texts and the contents of inputs, of which nobody says whether Slack decodes them: only an `&` that begins an entity is
    escaped, so that "black & white" is right either way."""
    return _READ_AS_ENTITY.sub("&amp;", text)


def alt(text: str, limit: int = 2000) -> str:
    """For alt texts, which are read aloud: only what could be read as a mention is escaped. Never empty."""
    words = " ".join(clean(text).split())
    if units(escape(words)) > limit:
        words = _beginning(words, limit - 1) + ELLIPSIS
    return shield(words).replace("<", "&lt;").replace(">", "&gt;") or "·"


_REFERENCE = re.compile(r"<([^<>\n]{1,3000})>")
_SCHEME = re.compile(r"^(?:mailto|tel):")
_LABELLED = re.compile(r"<((?:mailto|tel):[^<>|\n]{1,300}\|[^<>\n]{1,300})>")
"""What only Slack writes so; a command's text may hold it, depending on the client and the app's manifest."""
_ENTITY = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def unescape_event(text: str, bot_id: str) -> str:
    """What somebody typed, out of the text of an `app_mention` event: without the mention of the bot, references as people read them."""
    me = rf"<@{re.escape(bot_id)}(?:\|[^<>]*)?>"
    found = re.sub(rf"^\s*{me}[:,]?|[ \t]*{me}", "", text)
    found = _REFERENCE.sub(lambda one: _reference(one[1]), found)
    return re.sub(r"&(?:lt|gt|amp);", lambda one: _ENTITY[one[0]], found).strip()


def unlabel(text: str) -> str:
    """A command's text with the labels of Slack's own references in their place; everything else stays as it is."""
    return _LABELLED.sub(lambda one: _reference(one[1]), text)


def _reference(inside: str) -> str:
    name, _, shown = inside.partition("|")
    match name[:1]:
        case "@" | "#" as mark:
            return mark + (shown.removeprefix(mark) or name[1:])
        case "!":
            return _special(name[1:], shown)
    address = _SCHEME.sub("", name)
    # What was typed is the label: "example.com" of <http://example.com|example.com>, "our site" of a link with these words. A label that is
    # itself an address of somewhere else would hide where the link leads.
    return address if not shown or ("://" in shown and not address.endswith(shown)) else shown


def _special(name: str, shown: str) -> str:
    """`<!channel>`, `<!subteam^S1|@group>`, `<!date^…|shown>`."""
    kind, _, identity = name.partition("^")
    if not identity:
        return "@" + kind
    return shown or "@" + identity
