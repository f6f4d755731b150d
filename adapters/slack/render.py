"""Views as Block Kit: state line, quotation, paragraphs, facts, pictures with alt texts, buttons; always within Slack's limits.

Blocks have no colours, so a symbol precedes the state. Screen readers get the message's `text`, without the symbol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.kit.interaction_ids import unique
from adapters.slack.escape import ELLIPSIS, SECTION, alt, clean, escape, fit, formats, label, plain, split, typed, units
from bot.chat.views import Button, ButtonStyle, Fact, Tone, View
from bot.texts import text
from bot.texts.clocks import in_words
from bot.texts.direction import isolate

MOST_BLOCKS, MOST_VIEW_BLOCKS = 50, 100
BLOCK_WEIGHT = 125
"""Cost of one more block, in characters of the total that all blocks may have (bolt-js#2509)."""
MOST, MOST_IN_SHEET, INNER = 12_500, 30_000, 75
"""Maximum weight of all blocks, and the cost added per nested object: Slack rejects messages at about 13,200 characters, earlier with many
small objects (bolt-js#2867), and a view at 250 kB, in which a character can have 6 bytes."""
FALLBACK = 3500
MOST_BUTTONS, PER_ROW, MOST_PICTURES, MOST_FACTS = 25, 5, 10, 24
TITLE, LABEL, VALUE, ALTS = 300, 100, 80, 4000
"""Maximum length of the state line, a fact's label, a value next to its label, and all alt texts together."""
MARKS: Mapping[Tone, str] = {Tone.WORKING: "🎨", Tone.WAITING: "⏳", Tone.DONE: "✅", Tone.PROBLEM: "⚠️"}
STYLES: Mapping[ButtonStyle, str] = {ButtonStyle.PRIMARY: "primary", ButtonStyle.DANGER: "danger"}
CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    file: str
    """Slack's file id."""
    alt: str


@dataclass(frozen=True, slots=True)
class Body:
    """A message's `text`, for notifications and screen readers, and its blocks."""

    text: str
    blocks: list[Block]


def message(view: View, *, pictures: Sequence[Shown] = (), notes: Sequence[str] = ()) -> Body:
    """Render a message; hidden facts are left out."""
    end = [*images(pictures), *(context(one) for one in notes[:5] if one.strip()), *rows(view.buttons)]
    facts = [one for one in view.facts if not one.hidden]
    return Body(fallback(view), _fitted([_title(view), *_about(view)], view, facts, end, MOST, MOST_BLOCKS))


def sheet(view: View, title: str, pictures: Sequence[Shown] = ()) -> dict[str, Any]:
    """A modal for one person that shows a view with its hidden facts. It has no buttons, because a press in a modal has no message to
    update."""
    blocks = _fitted([_title(view)], view, view.facts, images(pictures), MOST_IN_SHEET, MOST_VIEW_BLOCKS)
    return {"type": "modal", "title": plain(title, 24), "close": plain(text("slack.form.close"), 24), "blocks": blocks}


def fallback(view: View) -> str:
    """Text for notifications and screen readers: the same words as the blocks, shortened, without hidden facts, with times in words."""
    quote = fit(isolate(in_words(view.quote).strip()), 300)
    about = "" if view.about is None else escape(view.about.label)
    who = f"<@{view.mention}> " if view.notifies and view.mention else ""
    said = [who + escape(in_words(view.title).strip()), about, f"{text('slack.render.prompt')} {quote}" if quote else ""]
    said += [escape(in_words(one).strip()) for one in view.text]
    said += [f"{escape(in_words(one.label))}: {fit(isolate(in_words(one.value)), 300)}" for one in view.facts if not one.hidden]
    return _whole([one for one in said if one.strip()], FALLBACK) or "·"


def _whole(paragraphs: list[str], limit: int) -> str:
    """As many paragraphs as fit; they're already escaped, so none is cut inside an entity."""
    kept = ""
    for one in paragraphs:
        longer = f"{kept}\n{one}" if kept else one
        if units(longer) > limit - 2:
            return f"{kept}\n{ELLIPSIS}" if kept else fit(one.replace("&", " "), limit)
        kept = longer
    return kept


# ---- Blocks ----------------------------------------------------------------------------------------------------------------


def section(shown: Mapping[str, Any]) -> Block:
    return {"type": "section", "text": dict(shown)}


def context(words: str) -> Block:
    return {"type": "context", "elements": [typed(words, 1000)]}


def bold(words: str, limit: int = LABEL, before: str = "") -> dict[str, Any]:
    """One line in bold; in plain text if its own characters would be formatting."""
    if formats(clean(in_words(words))):
        return {"type": "plain_text", "text": before + (label(words, limit) or "·"), "emoji": False}
    shown = fit(" ".join(clean(words).split()), limit) or "·"
    return {"type": "mrkdwn", "text": f"{before}*{shown}*", "verbatim": True}


def _title(view: View) -> Block:
    """The state in bold; a sentence on its own isn't bold."""
    mark = MARKS.get(view.tone)
    if mark is None and not (view.text or view.quote or view.facts or view.buttons):
        return section(typed(clean(view.title).strip()))
    return section(bold(view.title, TITLE, f"{mark} " if mark else ""))


def _about(view: View) -> list[Block]:
    """What it answers, with a link. The label is separate, because a link's own text would be formatted."""
    if view.about is None:
        return []
    link = view.about.link
    who = [{"type": "mrkdwn", "text": f"<@{view.mention}>"}] if view.notifies and view.mention else []
    there = [{"type": "mrkdwn", "text": f"<{link}|{escape(text('slack.render.go_there'))}>", "verbatim": True}] if link else []
    return [{"type": "context", "elements": [*who, typed(view.about.label, 300), *there]}]


def images(pictures: Sequence[Shown]) -> list[Block]:
    shown = pictures[:MOST_PICTURES]
    share = min(2000, ALTS // max(1, len(shown)))
    return [
        {"type": "image", "slack_file": {"id": one.file}, "alt_text": alt(one.alt or text("slack.render.picture"), share)} for one in shown
    ]


def rows(buttons: Sequence[Button]) -> list[Block]:
    """Action blocks of five; duplicate buttons are shown once."""
    shown = [_button(identity, one) for identity, one in unique(buttons, confirm_is_form=False)[:MOST_BUTTONS]]
    return [{"type": "actions", "elements": shown[start : start + PER_ROW]} for start in range(0, len(shown), PER_ROW)]


def _button(identity: str, button: Button) -> Block:
    found: Block = {"type": "button", "text": plain(button.label, 75), "action_id": identity}
    if button.confirm:
        question = {"type": "plain_text", "text": text(f"confirm.{button.action.value}")}
        found["confirm"] = {
            "title": plain(text("confirm.title"), 100),
            "text": question,
            "confirm": plain(button.label, 30),
            "deny": plain(text("confirm.keep"), 30),
            "style": "danger",
        }
    style = STYLES.get(button.style)
    return found if style is None else {**found, "style": style}


# ---- Words within the room that is left -------------------------------------------------------------------------------------


def _fitted(start: list[Block], view: View, facts: Sequence[Fact], end: list[Block], most: int, most_blocks: int) -> list[Block]:
    """All blocks, with text cut only as far as the limits require."""
    room = most - _cost(start) - _cost(end)
    blocks: list[Block] = []
    for part in (1.0, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1):
        blocks = [*start, *_words(view, facts, int(room * part)), *end]
        if _cost(blocks) <= most and len(blocks) <= most_blocks:
            return blocks
    kept = blocks[len(start) : len(blocks) - len(end)][: most_blocks - len(start) - len(end) - 1]
    return [*start, *kept, context(ELLIPSIS), *end]


def _cost(blocks: list[Block]) -> int:
    return weight(blocks) + INNER * (sum(1 for _ in objects(blocks)) - len(blocks))


def weight(blocks: Sequence[object]) -> int:
    """Total cost of a message's blocks by Slack's count."""
    found = BLOCK_WEIGHT * len(blocks)
    for one in objects(blocks):
        found += sum(len(one[name]) for name in ("text", "alt_text") if isinstance(one.get(name), str))
    return found


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for one in value.values():
            yield from objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one)


def _words(view: View, facts: Sequence[Fact], room: int) -> list[Block]:
    """The quotation, paragraphs and facts. If space is short, the quotation gets at least half."""
    quote = clean(in_words(view.quote[: 2 * MOST_IN_SHEET])).strip()
    paragraphs = clean("\n\n".join(one.strip() for one in view.text if one.strip()))
    values = [(one, clean(in_words(one.value) if one.hidden else one.value).strip()) for one in facts if one.value.strip()]
    shown = [Fact(one.label, value, channel=one.channel) for one, value in values][:MOST_FACTS]
    wants = [units(escape(one)) for one in (paragraphs, *(fact.value for fact in shown))]
    quoted = min(units(escape(quote)), max(room - sum(wants), room // 2))
    shares = _shares(wants, room - quoted)
    found = _quotation(quote, quoted, view.quoted) if quote else []
    found += [section(typed(one)) for one in split(_cut(paragraphs, shares[0]))]
    found += _facts(shown, shares[1:])
    if len(shown) < len([one for one in facts if one.value.strip()]):
        found.append(context(ELLIPSIS))
    return found


def _shares(wants: Sequence[int], room: int) -> list[int]:
    """Divide the space: short texts are shown in full, long ones share the rest equally."""
    found = [0] * len(wants)
    left = max(0, room)
    order = sorted(range(len(wants)), key=lambda index: wants[index])
    for place, index in enumerate(order):
        found[index] = min(wants[index], left // (len(order) - place))
        left -= found[index]
    return found


def _cut(words: str, room: int) -> str:
    """The text, or its beginning."""
    if units(escape(words)) <= room:
        return words
    return "".join(split(in_words(words), max(20, room - 1))[:1]).rstrip() + ELLIPSIS


def _quotation(quote: str, room: int, by: str) -> list[Block]:
    """The quotation. Several lines end with a divider, so that none of them looks like the bot's own."""
    pieces = split(_cut(quote, room))
    head = text("case.prompt.by", member=by) if by else text("slack.render.prompt")
    found = [context(head), *(section(typed(one)) for one in pieces)]
    return [*found, {"type": "divider"}] if len(pieces) > 1 or "\n" in quote else found


def _facts(facts: Sequence[Fact], shares: Sequence[int]) -> list[Block]:
    """Short values next to their labels in two columns; long ones below theirs, at full width."""
    found: list[Block] = []
    table: list[dict[str, Any]] = []
    for fact, share in zip(facts, shares, strict=True):
        value = _cut(fact.value, share)
        if len(in_words(value)) <= VALUE and "\n" not in value:
            table += [bold(fact.label), _link(value) if fact.channel and CHANNEL.fullmatch(value) else typed(value, 2000)]
            continue
        found += _table(table)
        table = []
        found += _below(fact.label, value)
    return [*found, *_table(table)]


def _link(channel: str) -> dict[str, Any]:
    """A channel link, which Slack shows by name to people who can see the channel."""
    return {"type": "mrkdwn", "text": f"<#{channel}>", "verbatim": True}


def _table(cells: Sequence[dict[str, Any]]) -> list[Block]:
    return [{"type": "section", "fields": list(cells[start : start + 10])} for start in range(0, len(cells), 10)]


def _below(name: str, value: str) -> list[Block]:
    head = bold(name)
    pieces = split(value, SECTION - LABEL - 20)
    if len(pieces) == 1 and head["type"] == "mrkdwn" and not formats(value):
        return [section({**head, "text": f"{head['text']}\n{fit(value, SECTION - LABEL - 3)}"})]
    return [section(head), *(section(typed(one)) for one in pieces)]
