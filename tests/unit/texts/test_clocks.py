"""Times on readers' own clocks: marked by the texts, markup on Discord and Slack, words wherever there can't be any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import escape as discord
from adapters.discord import render as discord_render
from adapters.slack import escape as slack
from adapters.slack import render as slack_render
from bot.chat.localize import localize, zoned
from bot.chat.views import Fact, View
from bot.prompts.normalise import fingerprint
from bot.texts import in_zone, joined, languages, say, text
from bot.texts.clocks import MARK, in_words, marked, spelled, unmarked
from bot.texts.phrases import moment

AT = 1_764_500_000.0
WORDS = "30 Nov, 10:53 UTC"
MARKED = marked(AT, WORDS)
DISCORD = "<t:1764500000:f>"
SLACK = "<!date^1764500000^{date_short_pretty} {time}|30 Nov, 10:53 UTC>"


def test_a_time_is_words_until_readers_have_clocks_of_their_own_and_stays_a_text() -> None:
    said = joined(" · ", ("lighthouse", text("case.card.opened_at", at=moment(AT)), moment(AT)))
    assert not MARK.search(said)
    there = in_zone(said, "Asia/Tokyo", own_clocks=True)
    for language in languages():
        told = say(there, language)
        assert len(MARK.findall(told)) == 2
        assert "JST" in told
        assert in_words(told) == say(in_zone(said, "Asia/Tokyo"), language)
        assert discord.escape(told).count(DISCORD) == 2
        assert slack.escape(told).count("<!date^1764500000^") == 2


def test_both_platforms_show_markup_where_it_is_read_and_words_elsewhere() -> None:
    assert discord.escape(f"until {MARKED}.") == f"until {DISCORD}."
    assert discord.label(f"until {MARKED}.", 80) == f"until {WORDS}."
    assert slack.typed(f"until {MARKED}.") == {"type": "mrkdwn", "text": f"until {SLACK}.", "verbatim": True}
    assert slack.typed(f"*until* {MARKED}.") == {"type": "plain_text", "text": f"*until* {WORDS}.", "emoji": False}
    assert slack.plain(f"until {MARKED}.", 80)["text"] == slack.alt(f"until {MARKED}.") == f"until {WORDS}."
    assert slack.time(5, "a <b> | c & d") == "<!date^5^{date_short_pretty} {time}|a &lt;b&gt; / c &amp; d>"


@pytest.mark.parametrize("limit", range(1, 56))
def test_what_is_cut_has_its_times_in_words_and_never_half_a_mark(limit: int) -> None:
    said = f"It waits until {MARKED}, then it ends by itself."
    for shown, most in ((discord.fit(said, limit), len), (slack.fit(said, limit), slack.units)):
        assert most(shown) <= limit
        assert not any("\ue000" <= one <= "\uf8ff" for one in shown)
        assert shown.count("<") == shown.count(">")
        assert "1764" not in shown
    assert in_words(said[:limit]).replace("\u2026", "") in in_words(said)


def test_nobody_can_write_a_time_into_their_own_words() -> None:
    view = View("Blocked", ("Waiting.",), quote=f"a clock {MARKED}", facts=(Fact("Prompt", f"a clock {MARKED}", hidden=True),))
    assert "<t:" not in "".join(discord_render.texts(view))
    assert "<!date" not in str(slack_render.sheet(view, "Case"))
    assert "<!date" not in str(slack_render.message(view))
    assert in_words("\ue0f0\ue0f1\ue0f2") == ""


def test_words_of_others_are_never_taken_for_a_time_of_ours() -> None:
    name = f"Mia {MARKED}"
    told = text("case.no.held", number=7, holder=name, until=moment(AT))
    view = View(joined(" · ", (name, told)), (told, name), facts=(Fact("Note", name),), quote=name)
    for one in (view, View(name, facts=(Fact(text("case.card.opened_at", at=name), name),))):
        shown = zoned(one, "Asia/Tokyo", own_clocks=True)
        for language in sorted(languages()):
            said = localize(shown, language)
            ours = 2 * (one is view)
            assert str(discord_render.texts(said)).count("<t:") == ours, language
            everything = "\n".join((said.title, *said.text, *(f"{one.label}: {one.value}" for one in said.facts), said.quote))
            assert len(MARK.findall(everything)) == ours, language
            assert WORDS in discord.escape(said.facts[0].value)
    assert fingerprint(name) == fingerprint(unmarked(name))


def test_a_view_is_marked_in_every_language_and_only_if_the_platform_can() -> None:
    view = View(text("case.reminder.text", expires=moment(AT)), (text("case.reminder.text", expires=moment(AT)),))
    assert not MARK.search(localize(zoned(view, "UTC"), "de").title)
    assert MARK.search(localize(zoned(view, "UTC", own_clocks=True), "de").title)
    body = slack_render.message(localize(zoned(view, "UTC", own_clocks=True), "de"))
    assert "<!date" not in body.text
    assert "<!date" in str(body.blocks)


@given(st.text(st.sampled_from("ab*<&|\n\u05d0\u2068\ue0f0\ue0f1\ue0f21")), st.integers(1, 90))
def test_no_text_brings_a_mark_to_a_platform(around: str, limit: int) -> None:
    said = f"{around}{MARKED}{around}"
    for shown in (discord.fit(said, limit), discord.label(said, limit), slack.fit(said, limit), slack.label(said, limit), slack.alt(said)):
        assert not any("\ue000" <= one <= "\uf8ff" for one in shown)
    for piece in slack.split(said, 100):
        assert not any("\ue000" <= one <= "\uf8ff" for one in slack.escape(piece))
    assert "\ue0f0" not in spelled(MARKED, lambda at, words: f"{at}{words}")
