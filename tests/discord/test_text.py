"""What people typed is shown as they typed it, as far as that is safe; nothing formats, links in disguise or notifies."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.escape import clean, escape, fit, label
from adapters.discord.render import layout, texts
from bot.chat.views import ActionName, Button, Fact, View
from tests.discord.stage import stage
from tests.discord.standin.world import shown

AWKWARD = [
    "@everyone and @here",
    "<@123456789012345678> <@&123456789012345678> <#123456789012345678> <t:1700000000:R> <:smile:123456789012345678>",
    "[click me](https://example.com) and [another] (https://example.com)",
    "**bold** *italic* __under__ _it_ ~~gone~~ ||hidden|| `code` ```block```",
    "# heading\n## two\n-# small\n> quote\n>>> long\n- list\n* star\n1. one\n  - nested",
    "back\\slash \\* and snake_case_name and 3*4*5",
    "שלום עולם مرحبا بالعالم",
    "emoji 👩‍👩‍👧‍👦 and 한국어 and e\u0301",
    "a|b||c| |",
]


@pytest.mark.parametrize("typed", AWKWARD)
async def test_awkward_prompts_are_shown_as_typed_and_notify_nobody(tmp_path: Path, typed: str) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine(typed))
        for line in typed.split("\n"):
            assert unicodedata.normalize("NFC", line.strip()) in message.text
        assert message.pings == set()
        assert all(not one.pings for one in s.discord.world.messages.values())
        assert not re.search(r"(?<!\\)<[@#t:]", message.raw)
        assert not re.search(r"\]\(", message.raw)


async def test_a_prompt_of_two_thousand_characters_is_shown_whole(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        typed = "word " * 399 + "end"
        message = await s.answered(await s.imagine(typed))
        assert typed in message.text


async def test_two_thousand_characters_that_all_need_escaping_fit(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("*_" * 1000))
        assert "*_*_*_" in message.text
        assert len(message.raw) <= 4000


async def test_direction_marks_and_zero_width_characters_do_not_reach_out_of_the_quotation(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        message = await s.answered(await s.imagine("left \u202egnihsihp\u202c zero\u200bwidth \u2066isolate"))
        assert not set(message.raw) & set("\u202e\u202c\u200b\u2066")
        assert "zerowidth" in message.text


@given(st.text(max_size=300))
def test_escaped_text_reads_as_the_cleaned_text(typed: str) -> None:
    assert shown(escape(typed)).replace("\\", "") == clean(typed).replace("\\", "")


@given(st.text(max_size=400), st.integers(min_value=20, max_value=200))
def test_fitted_text_is_never_longer_than_its_room(typed: str, room: int) -> None:
    assert len(fit(typed, room)) <= room


@given(st.text(max_size=300), st.integers(min_value=5, max_value=80))
def test_labels_are_clean_and_short(typed: str, room: int) -> None:
    found = label(typed, room)
    assert len(found) <= room
    assert not set(found) & set("\u202e\u200b\x00")


texts_of_people = st.text(max_size=3000)


@given(
    title=st.text(min_size=1, max_size=500),
    paragraphs=st.lists(texts_of_people, max_size=5),
    quote=st.text(max_size=6000),
    facts=st.lists(st.tuples(st.text(min_size=1, max_size=60), texts_of_people, st.booleans()), max_size=15),
)
def test_any_view_fits_into_a_message(title: str, paragraphs: list[str], quote: str, facts: list[tuple[str, str, bool]]) -> None:
    view = View(title=title, text=tuple(paragraphs), quote=quote, facts=tuple(Fact(*one) for one in facts))
    blocks = texts(view)
    assert sum(len(one) for one in blocks) <= 4000
    assert all(blocks)


def test_thirty_buttons_become_five_rows_without_doubles() -> None:
    buttons = tuple(Button(ActionName.SHOW, f"row{number % 28}", f"Show {number}") for number in range(30))
    found = layout(View(title="A list", buttons=buttons)).to_components()
    rows = [one for one in found if one["type"] == 1]
    assert [len(one["components"]) for one in rows] == [5, 5, 5, 5, 5]
    identities = [button["custom_id"] for row in rows for button in row["components"]]
    assert len(set(identities)) == 25
    assert all(len(one) <= 100 for one in identities)


def test_a_hidden_fact_is_behind_a_spoiler_that_its_text_cannot_end() -> None:
    [_, fact] = texts(View(title="Case 1", facts=(Fact("Prompt", "before || after ||", hidden=True),)))
    assert fact.startswith("**Prompt:** ||")
    assert fact.endswith("||")
    assert re.search(r"(?<!\\)\|\|", fact[len("**Prompt:** ||") : -2]) is None
