"""What a member may ask for, and what a wrong value is answered with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.check import Checked, Problem, check
from bot.catalogue.load import Catalogue
from bot.catalogue.sizes import accepts, edges, label, nearest
from bot.domain.kinds import Kind

FREE = Catalogue.load().resolve("gpt-image-2")
FIXED = Catalogue.load().resolve("gpt-image-1.5")


def test_nothing_said_means_the_defaults_of_the_model() -> None:
    assert check(FREE, "a red bicycle", None, None, None) == Checked("1024x1024", "medium", 1)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("1536x1024", "1536x1024"),
        ("1536×1024", "1536x1024"),
        (" 1536 X 1024 ", "1536x1024"),
        ("1536*1024 px", "1536x1024"),
        ("Landscape 1536×1024", "1536x1024"),
        ("landscape", "1536x1024"),
        ("PORTRAIT", "1024x1536"),
        ("square", "1024x1024"),
        ("3:2", "1536x1024"),
        ("16:9", "2048x1152"),
        ("Auto", "auto"),
        ("", "1024x1024"),
    ],
)
def test_sizes_are_read_the_way_people_write_them(typed: str, sent: str) -> None:
    answer = check(FREE, "cat", typed, None, None)
    assert isinstance(answer, Checked)
    assert answer.size == sent


def test_a_free_model_takes_any_size_within_its_rule() -> None:
    assert check(FREE, "cat", "1536x864", None, None) == Checked("1536x864", "medium", 1)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("7x7", "816x816"),
        ("1000x1000", "1008x1008"),
        ("1920x1080", "1936x1088"),
        ("4000x4000", "2880x2880"),
        ("3840x400", "2160x720"),
        ("0x0", "1024x1024"),
        ("99999x1", "1440x480"),
        ("banana", "1024x1024"),
        ("１０２４x１０２４", "1024x1024"),
        ("1024x", "1024x1024"),
        ("1" * 5000 + "x7", "1024x1024"),
    ],
)
def test_a_wrong_size_is_answered_with_the_allowed_ones_and_the_nearest(typed: str, near: str) -> None:
    answer = check(FREE, "cat", typed, None, None)
    assert isinstance(answer, Problem)
    assert answer.kind is Kind.UNSUPPORTED_SIZE
    assert set(answer.allowed) == {near, *FREE.sizes.popular}, "what a button offers is among what the sentence calls possible"
    assert len(answer.allowed) == len(set(answer.allowed))
    assert len(answer.value) <= 40
    assert answer.nearest is not None
    assert accepts(FREE.sizes, *edges(answer.nearest))
    assert answer.nearest == near


@pytest.mark.parametrize(("typed", "near"), [("2000x1000", "1536x1024"), ("900x1600", "1024x1536"), ("512x512", "1024x1024")])
def test_a_fixed_list_offers_the_size_of_the_same_shape(typed: str, near: str) -> None:
    answer = check(FIXED, "cat", typed, None, None)
    assert isinstance(answer, Problem)
    assert (answer.allowed, answer.nearest) == (("1024x1024", "1536x1024", "1024x1536"), near)


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_the_nearest_size_is_always_one_the_model_makes(width: int, height: int) -> None:
    for name in ("gpt-image-2", "gpt-image-1.5", "sandbox-1", "nobody-knows-it"):
        sizes = Catalogue.load().resolve(name).sizes
        assert accepts(sizes, *edges(nearest(sizes, width, height)))


@given(st.sampled_from(["gpt-image-2", "gpt-image-1.5", "sandbox-1"]), st.integers(1, 4000), st.integers(1, 4000))
def test_an_accepted_size_is_its_own_nearest(name: str, width: int, height: int) -> None:
    sizes = Catalogue.load().resolve(name).sizes
    width, height = width // 16 * 16, height // 16 * 16
    if width and height and accepts(sizes, width, height):
        assert nearest(sizes, width, height) == f"{width}x{height}"


@pytest.mark.parametrize(
    ("typed", "near"),
    [(99, "10"), ("99", "10"), (0, "1"), ("-3", "1"), ("²", "1"), ("３", "1"), ("two", "1"), ("9" * 5000, "10"), ("1e3", "1"), (True, "1")],
)
def test_a_wrong_count_is_answered_with_the_range_and_the_nearest(typed: int | str, near: str) -> None:
    answer = check(FREE, "cat", None, None, typed)
    assert isinstance(answer, Problem)
    assert (answer.kind, answer.allowed, answer.nearest) == (Kind.UNSUPPORTED_COUNT, ("1", "10"), near)
    assert len(answer.value) <= 40


@pytest.mark.parametrize(
    ("typed", "near"), [("hd", "high"), ("standard", "medium"), ("ultra", "medium"), ("max", "high"), ("x" * 999, "medium")]
)
def test_a_wrong_quality_is_answered_with_the_allowed_ones_and_the_nearest(typed: str, near: str) -> None:
    answer = check(FREE, "cat", None, typed, None)
    assert isinstance(answer, Problem)
    assert (answer.kind, answer.allowed, answer.nearest) == (Kind.UNSUPPORTED_QUALITY, ("auto", "low", "medium", "high"), near)


@pytest.mark.parametrize("prompt", ["", "   \t\n", "\u2800\u3164\u115f", "\u200b\u200d\ufeff", "\x00"])
def test_a_prompt_of_which_nothing_can_be_seen_is_empty(prompt: str) -> None:
    answer = check(FREE, prompt, None, None, None)
    assert isinstance(answer, Problem)
    assert answer.kind is Kind.PROMPT_EMPTY


def test_a_prompt_that_is_too_long_is_answered_with_both_lengths() -> None:
    answer = check(FREE, "x" * 40_000, None, None, None)
    assert answer == Problem(Kind.PROMPT_TOO_LONG, "40000", ("32000",), None)
    assert isinstance(check(FREE, "x" * 32_000, None, None, None), Checked)


def test_sizes_are_labelled_in_words() -> None:
    assert [label(size) for size in ("1536x1024", "1024x1536", "1024x1024", "auto")] == [
        "Landscape 1536×1024",
        "Portrait 1024×1536",
        "Square 1024×1024",
        "Automatic size",
    ]


@given(st.text(), st.text(), st.text(), st.one_of(st.integers(), st.text()))
def test_no_input_makes_the_check_raise(prompt: str, size: str, quality: str, count: int | str) -> None:
    assert isinstance(check(FREE, prompt, size, quality, count), Checked | Problem)
