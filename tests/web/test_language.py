"""Which language a page of the web chat is in."""

from __future__ import annotations

import pytest

from adapters.web.languages import reading


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        ("", "", "en"),
        ("", "de", "de"),
        ("", "tlh, zh-TW;q=0.9, en;q=0.8", "zh-Hant"),
        ("", "en;q=0.3, ja;q=0.7", "ja"),
        ("", "de;q=0, es", "es"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-Hans", "de", "zh-Hans"),
        ("klingon", "de-AT", "de"),
        ("", "*;q=0.5, ;;, nonsense;q=x", "en"),
    ],
)
def test_the_chosen_language_comes_before_the_browsers_in_its_order(chosen: str, accepted: str, expected: str) -> None:
    assert reading(chosen, accepted) == expected
