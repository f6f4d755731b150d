"""Searches as people type them: what is understood, and the sentence for what isn't."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.gallery import GallerySearch, Shelf
from bot.requests.gallery_search import UnusableSearch, dates_of, of_form, of_line
from bot.texts import text


def at(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("typed", "search"),
    [
        ("", GallerySearch()),
        ("x" * 200, GallerySearch("x" * 200)),
        ("  red   bicycle ", GallerySearch("red bicycle")),
        ("Stra\u00dfe is:favourite", GallerySearch("Stra\u00dfe", shelf=Shelf.FAVOURITES)),
        ("is:public lantern", GallerySearch("lantern", shelf=Shelf.PUBLIC)),
        ('model:gpt-image-2 tag:"spring sale" cat', GallerySearch("cat", model="gpt-image-2", tag="spring sale")),
        ("on:2026-11-29", GallerySearch("", at(2026, 11, 29), at(2026, 11, 30))),
        ("since:2026-11 until:2026", GallerySearch("", at(2026, 11, 1), at(2027, 1, 1))),
        ("until:2026-12", GallerySearch("", None, at(2027, 1, 1))),
        ("a clock at 12:30, size:large", GallerySearch("a clock at 12:30, size:large")),
    ],
)
def test_a_line_is_words_and_options(typed: str, search: GallerySearch) -> None:
    assert of_line(typed, "UTC") == search


@pytest.mark.parametrize(
    ("dates", "span"),
    [
        ("2026-11-29", (at(2026, 11, 29), at(2026, 11, 30))),
        ("2026-2", (at(2026, 2, 1), at(2026, 3, 1))),
        ("2026-11-01..2026-11-15", (at(2026, 11, 1), at(2026, 11, 16))),
        ("2026-11-01 to 2026-11-15", (at(2026, 11, 1), at(2026, 11, 16))),
        ("2026-11-01 \u2013 2026-11-15", (at(2026, 11, 1), at(2026, 11, 16))),
        ("2026-11-01..", (at(2026, 11, 1), None)),
        ("..2026-11-15", (None, at(2026, 11, 16))),
    ],
)
def test_dates_are_days_months_years_and_spans(dates: str, span: tuple[float | None, float | None]) -> None:
    search = of_form({"dates": dates}, "UTC")
    assert (search.since, search.until) == span
    assert of_form({"dates": dates_of(search, "UTC")}, "UTC") == search
    assert of_form({"dates": dates, "shelf": "attic"}, "UTC") == search


def test_one_day_is_said_once() -> None:
    assert dates_of(of_line("on:2026-11-29", "UTC"), "UTC") == "2026-11-29"


def test_a_day_is_that_of_the_operators_time_zone_also_when_the_clocks_change() -> None:
    search = of_line("on:2026-10-25", "Europe/Berlin")
    assert search.since is not None
    assert search.until is not None
    assert search.until - search.since == 25 * 3600


@pytest.mark.parametrize(
    ("typed", "key", "values"),
    [
        ("since:yesterday", "bad_date", {"typed": "yesterday"}),
        (f"since:{'x' * 41}", "bad_date", {"typed": "x" * 40}),
        (f"is:{'x' * 41}", "unknown_shelf", {"typed": "x" * 40}),
        ("on:2026-02-30", "bad_date", {"typed": "2026-02-30"}),
        ("on:29.11.2026", "bad_date", {"typed": "29.11.2026"}),
        ("since:99999", "bad_date", {"typed": "99999"}),
        ("until:9999", "bad_date", {"typed": "9999"}),
        ("since:2026-12 until:2026-11", "reversed", {"first": "2026-12", "last": "2026-11"}),
        ("on:2026-11-29 since:2026", "on_and_span", {}),
        ("tag: shop", "no_value", {"option": "tag:"}),
        ("tag:a tag:b", "twice", {"option": "tag:"}),
        ("is:mine", "unknown_shelf", {"typed": "mine"}),
        ("x" * 201, "too_long", {"most": 200}),
    ],
)
def test_what_cant_be_a_search_gets_a_sentence(typed: str, key: str, values: dict[str, object]) -> None:
    with pytest.raises(UnusableSearch) as found:
        of_line(typed, "UTC")
    assert str(found.value) == text(f"gallery.{key}", **values)
