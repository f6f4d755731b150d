"""Options at the end of a typed line: understood where they can hardly be meant otherwise, and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompts.inline_options import read


@pytest.mark.parametrize(
    ("typed", "prompt", "values"),
    [
        ("a cat, 16:9, 2K, 3 pictures", "a cat", {"ratio": "16:9", "tier": "2k", "count": "3"}),
        ("a cat, 16:9 2k 3 images", "a cat", {"ratio": "16:9", "tier": "2k", "count": "3"}),
        ("一只猫，１６：９，３张", "一只猫", {"ratio": "16:9", "count": "3"}),
        ("a cat, sitting, 1024×1536 px", "a cat, sitting", {"size": "1024x1536"}),
        ("a cat; quality: high; model=gpt-image-2", "a cat", {"quality": "high", "model": "gpt-image-2"}),
        ("a cat, 2 pics.", "a cat", {"count": "2"}),
        ("a cat, high quality", "a cat, high quality", {}),
        ("a wall, 3 pictures on it", "a wall, 3 pictures on it", {}),
        ("a clock at 16:9", "a clock at 16:9", {}),
        ("16:9, 3 pictures", "16:9", {"count": "3"}),
        ("a cat, 16:9, in the rain", "a cat, 16:9, in the rain", {}),
        (", 16:9", ", 16:9", {}),
        ("a cat,", "a cat,", {}),
    ],
)
def test_what_is_an_option(typed: str, prompt: str, values: dict[str, str]) -> None:
    found = read(typed)
    assert (found.prompt, dict(found.values), found.conflict) == (prompt, values, None)


@pytest.mark.parametrize(
    ("typed", "both"),
    [
        ("a cat, 16:9, 4:3", {"16:9", "4:3"}),
        ("a cat, 3 pictures, 2 pictures", {"3", "2"}),
        ("a cat, 1024x1024, 2k", {"1024x1024", "2k"}),
    ],
)
def test_two_different_values_are_asked_back(typed: str, both: set[str]) -> None:
    assert set(read(typed).conflict or ()) == both


@given(st.text(alphabet="a ,，:：169x×23kK;pictures"))
def test_nothing_is_lost_or_invented(typed: str) -> None:
    found = read(typed)
    assert found.prompt in typed
    assert bool(found.values) == (found.prompt != typed)


@pytest.mark.parametrize(
    ("typed", "prompt", "values"),
    [
        ("ein Hund, 16:9, 3 Bilder", "ein Hund", {"ratio": "16:9", "count": "3"}),
        ("un gato, 3 imágenes", "un gato", {"count": "3"}),
        ("um gato, 2 imagens", "um gato", {"count": "2"}),
        ("一隻貓，3張", "一隻貓", {"count": "3"}),
        ("一只猫，比例16：9", "一只猫", {"ratio": "16:9"}),
        ("صورة قطة، ١٦:٩، ٣ صور", "صورة قطة", {"ratio": "16:9", "count": "3"}),
        ("a cat, aspect ratio 16:9", "a cat", {"ratio": "16:9"}),
        ("a cat, size: 1024x1024", "a cat", {"size": "1024x1024"}),
        ("a digital clock, 12:30", "a digital clock, 12:30", {}),
        ("a clock, 10:10", "a clock, 10:10", {}),
        ("calligraphy of John, 3:16", "calligraphy of John, 3:16", {}),
    ],
)
def test_pictures_are_counted_in_every_language_and_times_stay_words(typed: str, prompt: str, values: dict[str, str]) -> None:
    found = read(typed)
    assert (found.prompt, dict(found.values)) == (prompt, values)
