"""What people typed is shown as they typed it, whatever it holds; nothing formats, links in disguise, becomes an emoji or notifies.

Messages are read back by the stand-in's own reading of Slack's markup, not by ours.
"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.escape import alt, clean, escape, fit, formats, label, split, typed, unescape_event, units
from adapters.slack.render import message
from bot.chat.views import Fact, View
from tests.slack.standin import text as reading

AWKWARD = [
    "<!channel> and <!here> and <!everyone> and @channel",
    "<@U0000ADA> <#C0000001|general> <!subteam^S1|@team> <!date^1392734382^{date}|today>",
    "<https://example.com|click me> and https://example.com/?a=1&b=2 and mailto:a@example.com",
    "&lt;!channel&gt; &amp; &amp;amp; & < > &#60;",
    "*bold* _italic_ ~gone~ `code` ```block``` snake_case_name and 3*4*5",
    "> quote\n>>> long\n&gt; not one\n- list\n• dot\n1. one",
    ":smile: :+1: :tada::tada: 10:30:45 :) :-D ;) <3 8)",
    "back\\slash \\* \\_ and \\n",
    "שלום עולם مرحبا بالعالم",
    "emoji 👩‍👩‍👧‍👦 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and 한국어 and e\u0301 and कर्म",
    "one line\n\n\nthree lines further\twith a tab",
]
marks = st.text(alphabet="*_~`:<>&!@#|^ab \n\\()-+1/.", max_size=120)
anything = st.text(max_size=300)


def read(view: View) -> str:
    return "\n".join(reading.texts(message(view).blocks))


@pytest.mark.parametrize("words", AWKWARD)
def test_awkward_prompts_are_shown_as_typed_and_notify_nobody(words: str) -> None:
    view = View(title="Here is your picture", quote=words, facts=(Fact("Without it", words),))
    body = message(view)
    assert read(view).count(words) == 2
    assert reading.pings(body.text, body.blocks) == []


@pytest.mark.parametrize("words", AWKWARD)
def test_awkward_names_and_titles_are_shown_as_typed_and_notify_nobody(words: str) -> None:
    line = " ".join(words.split())
    body = message(View(title=line, text=(line,), quote="a cat", facts=(Fact(line[:40], "x"),)))
    title, _, _, person, fact, _ = reading.texts(body.blocks)
    assert line in title
    assert line in person
    assert fact == line[:40].strip()
    assert reading.pings(body.text, body.blocks) == []


@given(marks | anything)
def test_a_text_object_reads_as_the_typed_text(words: str) -> None:
    found = typed(words)
    shown = reading.plain(found) if found["type"] == "plain_text" else reading.mrkdwn(found["text"], verbatim=found["verbatim"])
    assert shown == (clean(words) if clean(words).strip() else "·")


def test_nothing_becomes_a_link_or_an_emoji() -> None:
    assert typed("see https://example.com and #general")["verbatim"] is True
    assert typed("a :cat: here") == {"type": "plain_text", "text": "a :cat: here", "emoji": False}


@pytest.mark.parametrize(
    "words", ["a red bicycle, 3:4 format", "don't — ever; “quoted” (yes) #1 100% a/b", "https://example.com/a", "x = y - 1 + 2"]
)
def test_ordinary_words_are_ordinary_text(words: str) -> None:
    assert not formats(words)


@given(marks | anything)
def test_escaped_text_reads_as_the_cleaned_text(words: str) -> None:
    assert reading.decoded(escape(words)) == clean(words)
    assert not set("<>") & set(escape(words))


def test_direction_marks_and_zero_width_characters_do_not_reach_out_of_the_quotation() -> None:
    shown = read(View(title="x", quote="left \u202egnihsihp\u202c zero\u200bwidth \u2066isolate \u2028next"))
    assert not set(shown) & set("\u202e\u202c\u200b\u2066\u2028")
    assert "zerowidth" in shown


def test_the_marks_of_right_to_left_text_stay_as_typed() -> None:
    words = "\u200fשלום, (a) b!\u200f & سلام\u061c <c>\u200e"
    assert words in read(View(title="x", quote=words))
    assert typed("\u200f \u200e")["text"] == "·"


def test_a_quotation_of_several_lines_is_closed_by_a_line_of_its_own() -> None:
    blocks = message(View(title="Waiting", quote="a cat\n\n✅ Here is your picture", text=("Our words",))).blocks
    assert [one["type"] for one in blocks] == ["section", "context", "section", "divider", "section"]


@given(marks | anything, st.integers(min_value=5, max_value=200))
def test_fitted_text_is_never_longer_than_its_room_and_cuts_no_entity(words: str, room: int) -> None:
    found = fit(words, room)
    assert units(found) <= room
    whole = clean(words)
    shown = reading.decoded(found)
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1].rstrip("\u2069")))


@given(st.text(max_size=4000) | marks.map(lambda one: one * 60), st.integers(min_value=20, max_value=3000))
def test_split_texts_are_the_whole_text_in_pieces_that_fit(words: str, room: int) -> None:
    pieces = split(words, room)
    assert all(units(escape(one)) <= room and one.strip() for one in pieces)
    assert "".join("".join(pieces).split()) == "".join(clean(words).split())


def test_texts_are_split_between_lines_or_words_and_never_within_a_letter() -> None:
    assert split("first line\nsecond line", 15) == ["first line\n", "second line"]
    assert split("some words here", 12) == ["some words ", "here"]
    for one in split("👩‍👩‍👧‍👦" * 100, 95) + split("e\u0301" * 500, 101):
        assert one[0] != "\u200d"
        assert not unicodedata.combining(one[0])


@given(anything, st.integers(min_value=5, max_value=80))
def test_labels_are_one_clean_short_line(words: str, room: int) -> None:
    found = label(words, room)
    assert units(found) <= room
    assert not set(found) & set("\u202e\u200b\x00\n<>")


@given(marks | anything)
def test_alt_texts_are_short_never_empty_and_mention_nobody(words: str) -> None:
    found = alt(words * 10, 60)
    assert 0 < units(found) <= 60
    assert not set("<>\n") & set(found)


def test_alt_texts_are_read_aloud_as_words() -> None:
    assert alt("A cat & a dog") == "A cat & a dog"
    assert reading.decoded(alt("<b> & &lt;b&gt;")) == "<b> & &lt;b&gt;"
    assert alt("") == "·"


EVENTS = [
    ("<@UBOT> a red bicycle", "a red bicycle"),
    ("<@UBOT|imagine>: a red bicycle", "a red bicycle"),
    ("hey <@UBOT> a cat", "hey a cat"),
    ("<@UBOT> a cat for <@U1|ann> and <@U2>", "a cat for @ann and @U2"),
    ("<@UBOT> <#C1|general> <#C2>", "#general #C2"),
    ("<@UBOT> <!channel> <!here> <!everyone>", "@channel @here @everyone"),
    ("<@UBOT> <!subteam^S1|@painters> <!subteam^S2>", "@painters @S2"),
    ("<@UBOT> <https://example.com/?a=1&amp;b=2>", "https://example.com/?a=1&b=2"),
    ("<@UBOT> <http://example.com|example.com>", "example.com"),
    ("<@UBOT> <https://evil.example|https://good.example>", "https://evil.example"),
    ("<@UBOT> <mailto:a@example.com|a@example.com>", "a@example.com"),
    ("<@UBOT> &lt;!channel&gt; &amp; &amp;lt; 3 &gt; 2", "<!channel> & &lt; 3 > 2"),
    ("<@UBOT> :cat: on a *mat*\n&gt; yes", ":cat: on a *mat*\n> yes"),
    ("<@UBOT>", ""),
    ("a < b and <> and <unclosed", "a < b and <> and <unclosed"),
]


@pytest.mark.parametrize(("sent", "meant"), EVENTS)
def test_a_mention_is_read_as_it_was_typed(sent: str, meant: str) -> None:
    assert unescape_event(sent, "UBOT") == meant


@given(marks | anything)
def test_whatever_is_typed_into_a_mention_comes_back(words: str) -> None:
    assert unescape_event(f"<@UBOT> {escape(words)}", "UBOT") == clean(words).strip()
