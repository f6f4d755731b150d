"""Views as Components V2: state line, quotation, paragraphs, facts, gallery with alt texts, buttons; always within Discord's limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord

from adapters.discord.escape import escape, fit, label
from adapters.discord.image_fitting import FittedImage
from adapters.kit.interaction_ids import PATTERN, unique
from bot.chat.views import Button, ButtonStyle, Document, Fact, Tone, View
from bot.texts import text
from bot.texts.clocks import in_words
from bot.texts.direction import isolate

MOST_TEXT = 3900
"""Discord allows 4000 characters of text per message; the rest is for added markup."""
MOST_BUTTONS, PER_ROW, MOST_PICTURES = 25, 5, 10
TITLE = 300
COLOURS: dict[Tone, int | None] = {
    Tone.WORKING: 0x5865F2,
    Tone.WAITING: 0xF0B232,
    Tone.DONE: 0x23A55A,
    Tone.PROBLEM: 0xDA373C,
    Tone.NEUTRAL: None,
}
STYLES: dict[ButtonStyle, discord.ButtonStyle] = {
    ButtonStyle.PRIMARY: discord.ButtonStyle.primary,
    ButtonStyle.PLAIN: discord.ButtonStyle.secondary,
    ButtonStyle.DANGER: discord.ButtonStyle.danger,
}


def layout(
    view: View,
    *,
    pictures: Sequence[FittedImage] = (),
    notes: Sequence[str] = (),
    mention: str | None = None,
    sure: bool = False,
    documents: Sequence[Document] = (),
) -> discord.ui.LayoutView:
    """Render a view. `mention` is shown above it; `allowed_mentions` decides whether it notifies. `sure`: its button confirms a
    question."""
    found = discord.ui.LayoutView(timeout=None)
    if mention is not None and mention.isascii() and mention.isdigit():
        found.add_item(discord.ui.TextDisplay(f"<@{mention}>"))
    box: discord.ui.Container[Any] = discord.ui.Container(accent_colour=COLOURS[view.tone])
    for words in texts(view, notes):
        box.add_item(discord.ui.TextDisplay(words))
    if pictures:
        box.add_item(discord.ui.MediaGallery(*(_item(one) for one in pictures[:MOST_PICTURES])))
    for document in documents:
        box.add_item(discord.ui.File(f"attachment://{document.name}"))
    found.add_item(box)
    for row in rows(view.buttons, sure=sure):
        found.add_item(row)
    # The library doesn't have to keep the view: buttons are found by their pattern, also after a restart.
    found.stop()
    return found


def _item(picture: FittedImage) -> discord.MediaGalleryItem:
    return discord.MediaGalleryItem(f"attachment://{picture.name}", description=label(picture.alt, 1024) or None)


def texts(view: View, notes: Sequence[str] = ()) -> list[str]:
    """Text blocks: paragraphs first, then the quotation and hidden facts with the remaining space."""
    title = f"**{fit(view.title, TITLE)}**"
    about = "" if view.about is None else f"-# {fit(view.about.label, TITLE)} {view.about.link}".rstrip()
    said = [fit(one, 1500) for one in (*view.text, *notes) if one.strip()]
    open_facts = [_fact(one, 300) for one in view.facts if not one.hidden]
    room = MOST_TEXT - len(title) - len(about) - sum(len(one) + 2 for one in open_facts)
    said = _within(said, max(200, room - 200))
    room -= sum(len(one) + 2 for one in said)
    hidden = [one for one in view.facts if one.hidden]
    share = max(60, (room - 100) // (len(hidden) + bool(view.quote))) if hidden or view.quote else 0
    quote = _quotation(view.quote, min(share, room)) if view.quote.strip() else ""
    if quote and view.quoted:
        quote = f"{fit(text('case.prompt.by', member=view.quoted), 100)}\n{quote}"
    facts = "\n".join([*open_facts, *(_fact(one, share - len(one.label) - 20) for one in hidden)])
    blocks = [title, about, quote, "\n\n".join(said), facts]
    return [one for one in blocks if one]


def _within(paragraphs: list[str], room: int) -> list[str]:
    kept: list[str] = []
    for one in paragraphs:
        if len(one) + 2 > room:
            break
        kept.append(one)
        room -= len(one) + 2
    return kept or [one[: max(0, room - 1)] + "…" for one in paragraphs[:1]]


def _quotation(words: str, room: int) -> str:
    lines = len(re.findall(r"\n", words)) + 1
    return "\n".join("> " + one for one in fit(in_words(words).strip(), max(20, room - 2 * min(lines, 200))).split("\n")[:200])


def _fact(fact: Fact, room: int) -> str:
    linked = fact.channel and fact.value.isascii() and fact.value.isdigit()
    value = f"<#{fact.value}>" if linked else fit(isolate(in_words(fact.value) if fact.hidden else fact.value), max(20, room))
    return f"**{escape(fact.label)}:** ||{value}||" if fact.hidden else f"**{escape(fact.label)}:** {value}"


def rows(buttons: Sequence[Button], *, sure: bool = False) -> list[discord.ui.ActionRow[Any]]:
    """Action rows of five; duplicate buttons are shown once."""
    shown = unique(buttons, confirm_is_form=True, sure=sure)[:MOST_BUTTONS]
    return [
        discord.ui.ActionRow(*(_button(identity, one) for identity, one in shown[start : start + PER_ROW]))
        for start in range(0, len(shown), PER_ROW)
    ]


def _button(identity: str, button: Button) -> ActionButton:
    return ActionButton(discord.ui.Button(label=label(button.label, 80) or "·", style=STYLES[button.style], custom_id=identity))


# ---- Pressed buttons ---------------------------------------------------------------------------------------------------------


class ActionButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=PATTERN):
    """One button. discord.py only logs exceptions raised here, so the router must not raise."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> ActionButton:
        interaction.client.interactions.taken(interaction)
        return cls(discord.ui.Button(custom_id=match.string, label="·"))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.interactions.pressed(interaction, self.custom_id)
