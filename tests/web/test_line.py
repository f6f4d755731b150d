"""What people type into the text box, read as a command."""

from __future__ import annotations

import pytest

from adapters.web.line import LONGEST, Misread, Typed, read


def test_words_after_the_command_are_the_prompt_as_typed() -> None:
    assert read("/imagine a red  bicycle, “in” the rain") == Typed("/imagine", "a red  bicycle, “in” the rain")


@pytest.mark.parametrize("line", ["/imagine", "  /imagine  ", "/IMAGINE"])
def test_the_command_alone_has_no_prompt(line: str) -> None:
    assert read(line) == Typed("/imagine")


@pytest.mark.parametrize(
    "line",
    [
        "/imagine --size 1536x1024 --count 2 --quality high --private a fox",
        "/imagine a fox --size 1536x1024 --count 2 --quality high --private",
        "/imagine --size=1536x1024 a fox --count=2 --quality=high --private",
        "/imagine —size 1536x1024 —count 2 —quality high —private a fox",
    ],
)
def test_options_stand_before_or_after_the_prompt(line: str) -> None:
    assert read(line) == Typed("/imagine", "a fox", {"size": "1536x1024", "quality": "high", "count": "2", "private": "true"})


def test_values_are_passed_on_unjudged_because_the_core_has_the_sentence() -> None:
    assert read("/imagine --size 7x7 --count 99 a fox") == Typed("/imagine", "a fox", {"size": "7x7", "count": "99"})


def test_a_lone_double_hyphen_ends_the_options() -> None:
    assert read("/imagine --count 2 -- a sign that says --hello") == Typed("/imagine", "a sign that says --hello", {"count": "2"})


def test_an_ordinary_dash_is_part_of_the_prompt() -> None:
    assert read("/imagine a cat —the best one— on a well-kept lawn - at noon") == Typed(
        "/imagine", "a cat —the best one— on a well-kept lawn - at noon"
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "/imagine"),
        ("   ", "/imagine"),
        ("hello there", "in front of your words"),
        ("@everyone look", "in front of your words"),
        ("/imagination a fox", "/imagination isn't a command"),
        ("/draw a fox", "/draw isn't a command"),
        ("/imagine: a fox", "/imagine: isn't a command"),
        ("/imagine --ar 16:9 a fox", "--ar isn't an option"),
        ("/imagine a fox --size", "--size needs a value"),
        ("/imagine --size --count 2 a fox", "--size needs a value"),
        ("/imagine --count 2 --count 3 a fox", "You gave --count twice"),
        ("/imagine " + "x" * (LONGEST + 1), f"{LONGEST}"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_to_type_instead(line: str, says: str) -> None:
    found = read(line)
    assert isinstance(found, Misread)
    assert says in found.sentence


def test_a_long_wrong_word_is_not_repeated_in_full() -> None:
    found = read("/" + "x" * 5000)
    assert isinstance(found, Misread)
    assert len(found.sentence) < 300


def test_forty_thousand_characters_and_lone_surrogates_are_left_to_the_core() -> None:
    assert read("/imagine " + "x" * 40_000) == Typed("/imagine", "x" * 40_000)
    assert read("/imagine a \ud800 fox") == Typed("/imagine", "a \ud800 fox")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("/imagine-show", Typed("/imagine-show")),
        ("/imagine-show  abc23 ", Typed("/imagine-show", "abc23")),
        ("/imagine-status", Typed("/imagine-status")),
        ("/imagine-help", Typed("/imagine-help")),
        ("/imagine-privacy", Typed("/imagine-privacy")),
        ("/imagine-settings", Typed("/imagine-settings")),
    ],
)
def test_the_other_commands_are_read(line: str, wanted: Typed) -> None:
    assert read(line) == wanted


def test_a_command_that_was_copied_from_an_arabic_sentence_is_read() -> None:
    found = read("\u2068/imagine\u2069 قطة")
    assert isinstance(found, Typed)
    assert (found.command, found.rest) == ("/imagine", "قطة")


def test_a_cost_tag_is_an_option() -> None:
    typed = read("/imagine --tag spring-sale a red bicycle")
    assert isinstance(typed, Typed)
    assert (typed.options, typed.rest) == ({"tag": "spring-sale"}, "a red bicycle")


@pytest.mark.parametrize("line", ["／imagine 一只猫", "、imagine 一只猫", "／ｉｍａｇｉｎｅ　一只猫"])
def test_a_command_from_another_keyboard_is_the_command(line: str) -> None:
    assert read(line) == Typed("/imagine", "一只猫")
    assert isinstance(read(line.replace("imagine", "cat").replace("ｉｍａｇｉｎｅ", "cat")), Misread)
