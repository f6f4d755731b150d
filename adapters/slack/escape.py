"""Escaping of plain text for Slack's text objects, so that it's shown as typed: no formatting, links, emoji codes or mentions.

Slack treats & < > as control characters in all text, and decodes their entities. mrkdwn has no escape for `*bold*`, `:emoji:` and the like;
text with such characters goes into a plain_text object, which has no formatting.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from bot.texts.clocks import MARK, in_words, spelled
from bot.texts.direction import FSI, balanced

ELLIPSIS = "…"
SECTION = 3000
"""Maximum characters of a section's text."""
_INVISIBLE = frozenset("\u200b\u2060\ufeff")
"""Zero-width characters. Embeddings and overrides of direction, which would reach from a quotation into the bot's own words, are removed by
`balanced`. Joiners of scripts and emoji stay, and so do right-to-left marks (\u061c, \u200e, \u200f), which only affect their neighbours,
and closed isolates."""
_BLANK = " \n\t\u061c\u200e\u200f\u2068\u2069"
_FORMATS = re.compile(
    r"[*_~`]"  # bold, italic, struck, code
    r"|:[^\s:]+:"  # an emoji's code
    r"|(?<![^\W_])[:;=8xX][-o']?[()\[\]{}DPpOo/\\|3@$&](?![^\W_])|</?3"  # emoticons, which Slack may convert
    r"|^[ \t]*>",  # a quotation
    re.MULTILINE,
)
_ORDINARY = re.compile("[\n\t\x20-\x7e\u00a1-\u02ff]*")
"""Nothing to clean: true for most texts, and a fast path for long ones."""
_LINE_BREAK = re.compile("\r\n|[\r\u2028\u2029]")
_FLAG = re.compile(f"(\U0001f3f4[\U000e0061-\U000e007a]{{2,6}}\U000e007f)|{MARK.pattern}")
"""England, Scotland, Wales and the like, and marked times."""
_GLUED = frozenset("\u200d\u200c\ufe0f\ufe0e")
_LOOK_BACK = 400
_CLOSERS = 4
"""Space for marks that close an isolate at the end of a piece; ours are nested less deeply."""


def clean(text: str) -> str:
    """Remove control and direction characters, tags and lone surrogates; line breaks and marked times stay."""
    if _ORDINARY.fullmatch(text):
        return text
    pieces = _FLAG.split(balanced(_LINE_BREAK.sub("\n", text)))
    # Between what is ordinary stand a flag written with tag characters, or None, and a marked time, or None.
    pieces[::3] = ("".join(one for one in in_words(piece) if one in "\n\t" or _visible(one)) for piece in pieces[::3])
    return "".join(piece for piece in pieces if piece)


def time(at: int, words: str) -> str:
    """Markup that Slack shows to each reader in their own time zone and language; clients that can't show the words."""
    said = words.replace("|", "/").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<!date^{at}^{{date_short_pretty}} {{time}}|{said}>"


@functools.lru_cache(maxsize=8192)
def _visible(one: str) -> bool:
    return one not in _INVISIBLE and unicodedata.category(one) not in ("Cc", "Cs", "Co") and not "\U000e0000" <= one <= "\U000e0fff"


def units(text: str) -> int:
    """Length in UTF-16 code units: characters outside the basic plane count as two, the highest count of any method."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """Text that Slack displays exactly, apart from mrkdwn's own formatting (see `typed`)."""
    return _entities(clean(text))


def _entities(text: str) -> str:
    return spelled(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), time)


def formats(text: str) -> bool:
    """Whether mrkdwn might show this text differently than typed."""
    return _FORMATS.search(text) is not None


def typed(text: str, limit: int = SECTION) -> dict[str, Any]:
    """A text object that shows this text as typed, shortened to `limit` if necessary. Never empty. Text without formatting has its times in
    words."""
    plain = formats(clean(in_words(text)))
    shown = fit(in_words(text) if plain else text, limit)
    if not shown.strip().strip(_BLANK):
        return {"type": "plain_text", "text": "·", "emoji": False}
    if plain:
        return {"type": "plain_text", "text": shown, "emoji": False}
    return {"type": "mrkdwn", "text": shown, "verbatim": True}


def fit(text: str, limit: int) -> str:
    """Escaped text of at most `limit` characters, shortened with an ellipsis if necessary; what is cut has its times in words."""
    cleaned = clean(text)
    for words in (cleaned, in_words(cleaned)):
        if units(whole := _entities(words)) <= limit:
            return whole
    cleaned = in_words(cleaned)
    return _entities(_beginning(cleaned, limit - 1)) + ELLIPSIS


def _beginning(cleaned: str, limit: int) -> str:
    """As much as fits once escaped, with its isolates closed."""
    room = limit
    while units(_entities(found := balanced(cleaned[: _most(cleaned, room)].rstrip()))) > limit and room > 0:
        room -= 1
    return found


def _most(cleaned: str, limit: int) -> int:
    """How many characters fit within the limit once escaped; a letter and its marks stay together."""
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
    """Whether the character at this index is displayed together with the one before it."""
    one, before = text[index], text[index - 1]
    return one in _GLUED or before == "\u200d" or unicodedata.combining(one) > 0 or "\U0001f3fb" <= one <= "\U0001f3ff"


def split(text: str, limit: int = SECTION) -> list[str]:
    """Cleaned pieces that fit once escaped and together are the whole text. Cut between lines or words if possible, with times in words."""
    rest = clean(text)
    if units(_entities(rest)) <= limit:
        return [rest] if rest.strip() else []
    rest = in_words(rest)
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
    """One cleaned, escaped and cut line for buttons, labels and titles, with times in words; empty if nothing is left."""
    return fit(" ".join(clean(in_words(text)).split()), limit)


def plain(text: str, limit: int) -> dict[str, Any]:
    """A plain_text object of one line; never empty."""
    return {"type": "plain_text", "text": label(text, limit) or "·", "emoji": False}


_READ_AS_ENTITY = re.compile(r"&(?=(?:lt|gt|amp);)")


def shield(text: str) -> str:
    """For input values, where Slack doesn't document whether it decodes entities: only an `&` that begins an entity is escaped, so "black &
    white" is right either way."""
    return _READ_AS_ENTITY.sub("&amp;", text)


def alt(text: str, limit: int = 2000) -> str:
    """For alt texts, which are read aloud: only what could be read as a mention is escaped. Never empty."""
    words = " ".join(clean(in_words(text)).split())
    if units(escape(words)) > limit:
        words = _beginning(words, limit - 1) + ELLIPSIS
    return shield(words).replace("<", "&lt;").replace(">", "&gt;") or "·"


_REFERENCE = re.compile(r"<([^<>\n]{1,3000})>")
_SCHEME = re.compile(r"^(?:mailto|tel):")
_LABELLED = re.compile(r"<((?:mailto|tel):[^<>|\n]{1,300}\|[^<>\n]{1,300})>")
"""References in a format that only Slack writes; a command's text may contain it, depending on the client and the app's manifest."""
_ENTITY = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def unescape_event(text: str, bot_id: str) -> str:
    """The typed text of an `app_mention` event: without the mention of the bot, with references as people see them."""
    me = rf"<@{re.escape(bot_id)}(?:\|[^<>]*)?>"
    found = re.sub(rf"^\s*{me}[:,]?|[ \t]*{me}", "", text)
    found = _REFERENCE.sub(lambda one: _reference(one[1]), found)
    return re.sub(r"&(?:lt|gt|amp);", lambda one: _ENTITY[one[0]], found).strip()


def unlabel(text: str) -> str:
    """A command's text with Slack's references replaced by their labels; everything else is unchanged."""
    return _LABELLED.sub(lambda one: _reference(one[1]), text)


def _reference(inside: str) -> str:
    name, _, shown = inside.partition("|")
    match name[:1]:
        case "@" | "#" as mark:
            return mark + (shown.removeprefix(mark) or name[1:])
        case "!":
            return _special(name[1:], shown)
    address = _SCHEME.sub("", name)
    # The label is what was typed: "example.com" of <http://example.com|example.com>, or a link's words. A label that is itself a different
    # address would hide where the link leads.
    return address if not shown or ("://" in shown and not address.endswith(shown)) else shown


def _special(name: str, shown: str) -> str:
    """`<!channel>`, `<!subteam^S1|@group>`, `<!date^…|shown>`."""
    kind, _, identity = name.partition("^")
    if not identity:
        return "@" + kind
    return shown or "@" + identity
