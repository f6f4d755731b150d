"""Texts are Fluent: fields, plural forms, numbers with the reader's signs, and what happens when something is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot import texts
from bot.texts import in_zone, joined, say, text
from bot.texts.direction import FSI, PDI, bare
from bot.texts.files import Texts, split
from bot.texts.fluent import UnusableTextError, parse
from bot.texts.locales import decimal, plural_form
from bot.texts.phrases import duration, listed, moment, money, pictures
from tests.languages import Changed, shouted, speak


def test_a_text_of_more_than_one_line_and_a_choice_are_read() -> None:
    two = "two = { $count ->\n    [one] a\n   *[other] { $count } b\n}\n"
    found = split(f"# about\n\none = First\n    second\n\n    fourth\n## group\n{two}three = c\n")
    assert list(found) == ["one", "two", "three"]
    assert list(parse(found["one"]).variants()) == ["First\nsecond\n\nfourth"]
    assert parse(found["two"]).fields == {"count"}


def test_a_choice_goes_by_value_before_the_plural_form() -> None:
    template = parse("a = { $n ->\n    [0] none\n    [one] one\n   *[other] { $n } of { $who }\n}\n")
    said = [template.filled({"n": n, "who": ""}, {"n": str(n), "who": "them"}, plural_form("en")) for n in (0, 1, 2)]
    assert said == ["none", "one", "2 of them"]
    kind = parse("a = { $kind ->\n    [day] today\n   *[month] this month\n}\n")
    assert [kind.filled({"kind": one}, {}, plural_form("en")) for one in ("day", "month", "year")] == ["today", "this month", "this month"]


@pytest.mark.parametrize("source", ["a = { other }\n", "a = { NUMBER($n) }\n", "a = { $n\n", "a =\n", "a = b\n    .c = d\n"])
def test_what_our_texts_do_not_use_is_refused(source: str) -> None:
    with pytest.raises(UnusableTextError):
        parse(source)


def test_arabic_has_six_plural_forms_and_chinese_one() -> None:
    assert [plural_form("ar")(n) for n in (0, 1, 2, 3, 11, 100)] == ["zero", "one", "two", "few", "many", "other"]
    assert {plural_form("zh-Hans")(n) for n in (0, 1, 2, 11)} == {"other"}


def test_money_keeps_its_digits_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [money(one) for one in (0, 5_300, 53_000, 1_234_567_890_000)] == ["$0.00", "$0.0053", "$0.05", "$1,234,567.89"]
    assert decimal(0.053, 2, 4, "de") == "0,053"
    assert decimal(1234567.8, 2, 4, "de") == "1.234.567,80"
    assert decimal(-0.5, 0, 1, "fr") == "-0,5"
    speak(monkeypatch, "de", Changed(shouted))
    assert say(money(5_300), "de") == "!$0,0053"


def test_phrases_are_in_the_plural_from_two_on() -> None:
    assert [duration(one) for one in (0, 1.4, 2, 40, 60, 95, 3600, 7300, 90000)] == [
        "a second", "a second", "2 seconds", "40 seconds", "a minute", "2 minutes", "an hour", "2 hours", "25 hours",
    ]  # fmt: skip
    assert [pictures(1), pictures(2)] == ["1 picture", "2 pictures"]
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"]), listed(["a", "b", "c"], 1)] == [
        "a",
        "a and b",
        "a, b and c",
        "a and 2 more",
    ]


def test_a_value_may_be_as_long_as_a_prompt() -> None:
    assert "x" * 5000 in text("request.revised", prompt="x" * 5000)


def test_what_a_language_lacks_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = Texts("tlh")
    monkeypatch.setattr(texts, "catalogue", lambda asked: empty if asked == "tlh" else Texts(asked))
    assert say(text("reply.deleted"), "tlh") == text("reply.deleted")
    wider = Changed(shouted, {"reply.deleted": parse("a = { $more }\n")})
    speak(monkeypatch, "tlh", wider)
    assert say(text("reply.deleted"), "tlh") == text("reply.deleted")


def test_a_bug_is_loud_here_and_a_gap_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError):
        text("reply.no_such_text")
    with pytest.raises(KeyError, match="number"):
        text("request.case_open")
    heard: list[tuple[str, str]] = []
    monkeypatch.setattr(texts, "on_bug", lambda key, lacks: heard.append((key, lacks)))
    assert text("reply.no_such_text") == "reply.no_such_text"
    assert "(case …)" in text("request.case_open")
    assert heard == [("reply.no_such_text", ""), ("request.case_open", "number")]


def test_words_of_a_right_to_left_language_are_not_turned_by_commands_and_names() -> None:
    speaks = Texts("ar")
    template = parse("a = اكتب /imagine ثم { $what }\n", speaks._literal)
    assert list(template.variants()) == [f"اكتب {FSI}/imagine{PDI} ثم {{what}}"]


def test_english_alone_needs_no_babel_and_reads_no_file_before_it_is_asked() -> None:
    code = (
        "import sys; from bot.texts import text, catalogue; from bot.texts.phrases import duration, money\n"
        "assert not catalogue('en')._sources\n"
        "text('reply.deleted'); duration(100); money(100)\n"
        "assert sorted(catalogue('en')._sources) == ['phrase.ftl', 'reply.ftl'], catalogue('en')._sources\n"
        "assert 'babel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_time_is_said_in_the_readers_zone_and_language_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "xx", Changed(shouted))
    at = moment(1_764_460_800)  # 2025-11-30, midnight in UTC
    line = joined(" ", ("-", text("case.card.opened_at", at=at)))
    assert "30 Nov, 00:00 UTC" in line
    there = in_zone(line, "Asia/Shanghai")
    assert "30 Nov, 08:00 CST" in there
    assert "08:00 CST" in say(there, "xx")
    assert say(there, "xx").count("!") == 3  # the sentence, the time, the month
    assert "29 Nov, 21:00 UTC-03" in in_zone(line, "America/Sao_Paulo")
    assert in_zone(in_zone(line, "Asia/Shanghai"), "UTC") == there, "the first zone stays"
    untimed = text("reply.deleted")
    assert in_zone(untimed, "Asia/Shanghai") is untimed


COUNTED = {
    "batch.proposed": {"topics": 1, "drafts": 1},
    "batch.rejected_more": {"count": 1},
    "batch.failed_more": {"count": 1},
    "case.settings.days": {"days": 1},
    "status.per_minute": {"count": 1},
    "refusal.too_many_waiting": {"limit": 1},
}


@pytest.mark.parametrize("language", ["en", "es", "de", "fr", "pt-BR", "ar"])
@pytest.mark.parametrize("key", sorted(COUNTED))
def test_one_of_something_is_not_said_in_the_plural(language: str, key: str) -> None:
    one, more = (bare(say(text(key, **dict.fromkeys(COUNTED[key], n)), language)) for n in (1, 5))
    labelled = language == "ar" and one.replace("1", "5") == more  # "number of topics: 1" fits every number
    assert labelled or one.replace("1", "5") != more


def test_what_stands_behind_the_time_left_fits_its_label() -> None:
    """German durations are in the dative, Arabic ones in the genitive, because they stand behind "in" and "after" everywhere."""
    said = [f"{say(text('batch.fact.left'), language)}: {bare(say(duration(200_000), language))}" for language in ("de", "ar")]
    assert said == ["Fertig in: 2 Tagen", "يكتمل بعد: يومين"]
    assert bare(say(listed(("قطة", "كلب")), "ar")) == "قطة وكلب"
