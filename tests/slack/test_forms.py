"""Forms as modals that Slack takes, and submissions back into exactly the values that were filled in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.interaction_ids import InteractionId, parsed
from adapters.slack import forms
from bot.budgets import Limits
from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField
from bot.moderation.community import SECTIONS
from bot.moderation.retention import PRIVACY_ROW
from bot.requests.actions import edit_form, imagine_fields
from bot.requests.rules import Rules
from bot.texts.clocks import marked
from tests.slack import blockkit
from tests.slack.core_views import request
from tests.slack.standin import forms as client
from tests.slack.standin import text as reading
from tests.unit.moderation.ground import ADMIN, ANN, MO, Ground

RULES = Rules(model=Catalogue.load().default(), limits=Limits(None, None, None, None, None, None))
HOSTILE = [
    "",
    "<!channel> & *bold* &lt;b&gt; &amp;amp;\n> quote",
    "👩‍👩‍👧‍👦" * 700,
    "&lt;" * 1000,
    "x" * 32_000,
    "שלום",
    "\u202e\x00\ud800",
]


def shown(view: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Input blocks by field."""
    return {one["block_id"]: one for one in view["blocks"] if one["type"] == "input"}


def submitted(view: Mapping[str, Any], **filled: Any) -> dict[str, str]:
    """What the core gets when somebody opens the form, changes these fields, and sends it."""
    opened: Any = SimpleNamespace(fields=shown(view))
    return forms.values({**view, "state": {"values": client.check(opened, filled)}})


def form(*fields: FormField, **more: Any) -> Form:
    values = {"action": ActionName.EDIT, "row": "a" * 16, "title": "A title", "submit": "Send", **more}
    return Form(fields=fields, **values)


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    found = await Ground.open(tmp_path)
    yield found
    await found.ledger.close()


def test_the_imagine_form_has_prompt_size_quality_count_and_private_with_the_defaults_chosen() -> None:
    view = forms.modal(Form(ActionName.EDIT, "", "New picture", imagine_fields(RULES), "Imagine"), '{"channel":"C1"}')
    assert blockkit.view_problems(view) == []
    assert parsed(view["callback_id"]) == InteractionId(ActionName.EDIT, "")
    assert view["private_metadata"] == '{"channel":"C1"}'
    assert list(shown(view)) == ["prompt", "size", "quality", "count", "private"]
    assert shown(view)["prompt"]["element"]["focus_on_load"] is True
    got = submitted(view, prompt="a red bicycle", private="true")
    assert got == {"prompt": "a red bicycle", "size": "1024x1024", "quality": "medium", "count": "1", "private": "true"}
    assert submitted(view, prompt="x")["private"] == "false"


@pytest.mark.parametrize("words", ["a red bicycle", "black & white", "<!channel> & &lt;b&gt; *bold*\n> quote", "שלום"])
def test_an_edited_request_stands_in_its_form_as_it_was_typed(words: str) -> None:
    view = forms.modal(edit_form(request(words, size="1024x1536", private=True), RULES), "")
    got = submitted(view)
    assert (got["prompt"], got["size"], got["private"]) == (words, "1024x1536", "true")


def test_a_prompt_longer_than_a_form_says_so() -> None:
    view = forms.modal(edit_form(request("word " * 1000), RULES), "")
    assert blockkit.view_problems(view) == []
    assert "longer than the 3000 characters" in " ".join(reading.texts(view["blocks"]))


@pytest.mark.parametrize("words", HOSTILE, ids=[repr(one[:8]) for one in HOSTILE])
def test_whatever_a_form_holds_slack_takes_it(words: str) -> None:
    choices = tuple(Choice(f"{number}{words[:200]}", words[number:]) for number in range(30))
    kinds = [FormField(kind.value, words, kind, words, choices, required=False, hint=words) for kind in FieldKind]
    found = form(*kinds, title=words, submit=words, text=words)
    for plain in (False, True):
        assert blockkit.view_problems(forms.modal(found, "{}", plain=plain)) == []


async def test_every_form_of_moderation_settings_and_privacy_is_taken_and_comes_back(ground: Ground) -> None:
    denied = await ground.denied()
    case = await ground.claimed("a <knight> & a *dragon*")
    openings = [(name, case.id, MO) for name in ground.room.handlers.forms if name.value.startswith("case_")]
    openings += [(ActionName.SETTINGS, row, ADMIN) for row in SECTIONS.values()]
    openings += [(ActionName.PRIVACY_DELETE, PRIVACY_ROW, ANN)]
    openings += [(ActionName.APPEAL, denied.id, ANN)]
    seen = set()
    for action, row, person in openings:
        found = await ground.form(action, row, person)
        assert isinstance(found, Form), action
        for plain in (False, True):
            view = forms.modal(found, "{}", plain=plain)
            assert blockkit.view_problems(view) == []
            assert parsed(view["callback_id"]) == InteractionId(action, row)
            empty = {one.name: "words" for one in found.fields if one.required and not one.value and not one.choices}
            empty |= {one.name: one.choices[0].value for one in found.fields if one.required and not one.value and one.choices}
            got = submitted(view, **empty)
            assert set(got) == {one.name for one in found.fields}
            for one in found.fields:
                if one.value:
                    assert got[one.name] == one.value
        seen.add(action)
    assert len(seen) >= 8


async def test_a_reason_of_a_hundred_characters_reaches_the_core_whole(ground: Ground) -> None:
    reason = ("Off topic & <rude> towards the people who draw here every day, which we asked you not to be, dear all" * 2)[:100].strip()
    await ground.press(ActionName.SETTINGS, SECTIONS["pictures"], ADMIN, {"deny_reasons": reason, "retention_days": "30"})
    case = await ground.claimed()
    found = await ground.form(ActionName.CASE_DENY, case.id, MO)
    assert isinstance(found, Form)
    view = forms.modal(found, "{}")
    option = shown(view)["reason"]["element"]["options"][0]
    assert f"{reading.plain(option['text'])} {reading.plain(option['description'])}".replace("  ", " ") == reason
    chosen = submitted(view, reason=reason)
    assert chosen["reason"] == reason
    assert (await ground.press(ActionName.CASE_DENY, case.id, MO, chosen)).changed


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("New picture", "New picture"),
        ("Ask to rephrase, case 1", "Ask to rephrase, case 1"),
        ("Ask to rephrase, case 12", "Ask to rephrase, case 12"),
        ("Ask to rephrase, case 123", "Ask to rephrase, case…"),
        ("Block the member for a while", "Block the member for a…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsg…"),
        ("R&D & <more> & even more words", "R&D & <more…"),
    ],
)
def test_a_long_title_is_cut_between_words_and_stands_in_full_above_the_fields(title: str, short: str) -> None:
    view = forms.modal(form(FormField("a", "A"), title=title), "{}")
    assert reading.plain(view["title"]) == short
    assert len(view["title"]["text"]) <= 24
    first = view["blocks"][0]
    assert (first["type"] == "section") is (short != title)
    if short != title:
        assert title in next(reading.texts(view["blocks"]))


def test_slack_says_optional_itself() -> None:
    view = forms.modal(form(FormField("note", "Note for moderators (optional)", required=False), FormField("b", "Must (optional)")), "{}")
    assert [one["label"]["text"] for one in shown(view).values()] == ["Note for moderators", "Must (optional)"]
    assert [one["optional"] for one in shown(view).values()] == [True, False]


def test_the_chosen_one_of_many_choices_is_always_among_them() -> None:
    choices = tuple(Choice(str(number), f"Choice {number}") for number in range(150))
    view = forms.modal(form(FormField("a", "A", FieldKind.CHOICE, "149", choices)), "{}")
    assert len(shown(view)["a"]["element"]["options"]) == 100
    assert submitted(view) == {"a": "149"}


def test_an_empty_choice_comes_back_empty() -> None:
    choices = (Choice("", "the default"), Choice("low", "low"))
    view = forms.modal(form(FormField("quality", "Quality", FieldKind.CHOICE, "", choices, required=False)), "{}")
    assert submitted(view) == {"quality": ""}
    assert submitted(view, quality="low") == {"quality": "low"}


def settings_form(moderators_channel: str = "", moderators: str = "", channels: str = "") -> Form:
    named = {"moderators_channel": moderators_channel, "moderators": moderators, "channels": channels}
    fields = [FormField(name, name, value=value, required=False) for name, value in named.items()]
    return form(*fields, action=ActionName.SETTINGS, row=SECTIONS["people"], text="Ids or mentions, separated by commas.")


def test_channels_and_people_are_chosen_from_slacks_lists_and_what_is_set_is_chosen() -> None:
    view = forms.modal(settings_form("C0123456789", "U0123456789, W0123456789", "C1111111111,G2222222222"), "{}")
    elements = [one["element"] for one in shown(view).values()]
    assert [one["type"] for one in elements] == ["conversations_select", "multi_users_select", "multi_conversations_select"]
    assert elements[0]["filter"] == {"include": ["public", "private"], "exclude_bot_users": True}
    assert submitted(view) == {
        "moderators_channel": "C0123456789",
        "moderators": "U0123456789,W0123456789",
        "channels": "C1111111111,G2222222222",
    }
    assert submitted(view, moderators=[], channels=["C3333333333"])["moderators"] == ""
    assert "Ids or mentions" not in " ".join(reading.texts(view["blocks"]))
    assert submitted(forms.modal(settings_form(), "{}")) == {"moderators_channel": "", "moderators": "", "channels": ""}


@pytest.mark.parametrize("strange", ["general", "S0123456789", "U0123456789, everybody", "c0123456789"])
def test_what_slacks_lists_cannot_hold_stays_in_a_line_of_text(strange: str) -> None:
    view = forms.modal(settings_form(channels=strange), "{}")
    assert shown(view)["channels"]["element"]["type"] == "plain_text_input"
    assert submitted(view)["channels"] == strange


def test_without_lists_ids_are_typed() -> None:
    view = forms.modal(settings_form("C0123456789", "U0123456789"), "{}", plain=True)
    assert {one["element"]["type"] for one in shown(view).values()} == {"plain_text_input"}
    assert "Ids or mentions" in " ".join(reading.texts(view["blocks"]))


def test_an_error_stands_at_the_first_field_and_is_short() -> None:
    view = forms.modal(form(FormField("prompt", "Prompt"), FormField("size", "Size"), text="Words above"), "{}")
    found = forms.errors(view, "The prompt is empty. Say what you want to see.")
    assert found == {"response_action": "errors", "errors": {"prompt": "The prompt is empty. Say what you want to see."}}
    long = forms.errors(view, "word " * 100)
    assert long is not None
    assert len(long["errors"]["prompt"]) <= 150


def test_times_are_words_where_slack_shows_no_markup() -> None:
    at = marked(1_796_032_800, "30 Nov, 10:00 UTC")
    view = forms.modal(form(FormField("prompt", "Prompt")), "{}")
    found = forms.errors(view, f"Mia has case 7 until {at}.")
    assert found == {"response_action": "errors", "errors": {"prompt": "Mia has case 7 until 30 Nov, 10:00 UTC."}}
    cut = forms.errors(view, f"{'word ' * 25}until {at}.")
    assert cut is not None
    assert "179603" not in cut["errors"]["prompt"]
    choices = (Choice("a", f"{'Waiting since the morning, ' * 2}until {at}, then it ends."),)
    said = str(forms.modal(form(FormField("one", "One", FieldKind.CHOICE, choices=choices), title=f"Ends {at}"), "{}"))
    assert "'Ends 30 Nov, 10:00 UTC'" in said
    assert "179603" not in said


async def test_a_wrong_value_is_told_at_its_own_field(ground: Ground) -> None:
    found = await ground.form(ActionName.SETTINGS, SECTIONS["money"], ADMIN)
    assert isinstance(found, Form)
    view = forms.modal(found, "{}")
    opened: Any = SimpleNamespace(fields=shown(view))
    sent = {**view, "state": {"values": client.check(opened, {"budget_member_day": "1", "budget_member_month": "a lot"})}}
    reply = await ground.press(ActionName.SETTINGS, SECTIONS["money"], ADMIN, forms.values(sent))
    assert not reply.changed
    answer = forms.errors(sent, reply.text)
    assert answer is not None
    assert list(answer["errors"]) == ["budget_member_month"]


@pytest.mark.parametrize("view", [{}, {"blocks": None}, {"blocks": [None, {"type": "input"}, {"type": "section", "block_id": "x"}]}])
def test_a_view_without_fields_has_no_place_for_an_error(view: dict[str, Any]) -> None:
    assert forms.errors(view, "words") is None


def test_the_loading_sheet_is_taken_and_has_nothing_to_submit() -> None:
    assert blockkit.view_problems(forms.loading()) == []
    assert "submit" not in forms.loading()


names = st.sampled_from(
    ["state", "values", "prompt", "p", "type", "value", "selected_option", "selected_options", "selected_users", "text"]
)
nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=25,
)


@given(st.dictionaries(names, nonsense, max_size=4), nonsense)
def test_malformed_submissions_never_raise_and_hold_words_only(view: dict[str, Any], values: Any) -> None:
    for found in (view, {**view, "state": {"values": values}}, {"state": {"values": {"prompt": {"p": values}}}}):
        assert all(isinstance(name, str) and isinstance(value, str) for name, value in forms.values(found).items())
        forms.errors({"blocks": values}, "words")
