"""A prompt in parts: the form's values, the wording made of them, and back."""

from __future__ import annotations

import pytest

from bot.prompts.normalise import normalise
from bot.prompts.parts import PART_MAX, PARTS, PartTooLong, PromptParts, parse_wording, parts_of, ratio_in, wording

COVER = PromptParts("article cover", "a red robot", "a harbour", "watercolour", "16:9, free area at the top", "no logos")


def test_a_wording_has_a_line_for_each_part_that_is_filled_in() -> None:
    assert wording(PromptParts(subject="a red robot", style="watercolour")) == "Subject: a red robot\nStyle: watercolour"
    assert [line.partition(":")[0].lower() for line in wording(COVER).splitlines()] == list(PARTS)


@pytest.mark.parametrize("parts", [COVER, PromptParts(subject="ein roter Roboter: freundlich"), PromptParts(subject="红色机器人")])
def test_a_wording_is_read_back_as_its_parts(parts: PromptParts) -> None:
    assert parse_wording(normalise(wording(parts))) == parts


@pytest.mark.parametrize("prompt", ["a red robot", "Style: watercolour", "Subject: a\nSubject: b", "Subject: a\nand a boat", "Subject:"])
def test_other_prompts_have_no_parts(prompt: str) -> None:
    assert parse_wording(prompt) is None


def test_values_become_one_line_each_without_what_cannot_be_seen() -> None:
    found = parts_of({"subject": "a\u200b red\n\n robot ", "scene": "\u2800", "size": "1024x1024"})
    assert found == PromptParts(subject="a red robot")
    with pytest.raises(PartTooLong) as problem:
        parts_of({"subject": "a", "scene": "x" * (PART_MAX + 1)})
    assert (problem.value.part, problem.value.length) == ("scene", PART_MAX + 1)


@pytest.mark.parametrize(
    ("composition", "ratio"),
    [("16:9, free area", "16:9"), ("wide, 3 : 2", "3:2"), ("16:9 or 1:1", None), ("at 12:30:45", None), ("1.2:3", None), ("", None)],
)
def test_a_composition_names_one_ratio_or_none(composition: str, ratio: str | None) -> None:
    assert ratio_in(composition) == ratio
