"""Searches of the gallery as people write them: as one line, or in a form's fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.gallery import GallerySearch, Shelf
from bot.domain.zones import zone_of
from bot.texts import text

LONGEST = 200
"""Characters of each part of a search."""
_OPTION = re.compile(r"(?:(?<=\s)|^)(?P<name>on|since|until|model|tag|is):(?P<value>\"[^\"]*\"|\S*)", re.IGNORECASE)
_SHELVES = {
    "favourite": Shelf.FAVOURITES,
    "favourites": Shelf.FAVOURITES,
    "favorite": Shelf.FAVOURITES,
    "favorites": Shelf.FAVOURITES,
    "public": Shelf.PUBLIC,
}
_SPAN = re.compile(r"(?P<first>.*?)\s*(?:\.\.|…|–|—|\s-\s|\sto\s)\s*(?P<last>.*)")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


class UnusableSearch(Exception):
    """The search can't be understood; the message is a sentence for its author."""


def of_line(typed: str, zone: str) -> GallerySearch:
    """The search of `red bicycle since:2026-11 model:gpt tag:"spring sale" is:favourite`. Raises UnusableSearch."""
    values: dict[str, str] = {}
    shelf = Shelf.OWN
    for found in _OPTION.finditer(typed):
        name, value = found["name"].lower(), found["value"].strip('"').strip()
        if not value:
            raise UnusableSearch(text("gallery.no_value", option=f"{name}:"))
        if name == "is":
            if value.lower() not in _SHELVES:
                raise UnusableSearch(text("gallery.unknown_shelf", typed=value[:40]))
            shelf = _SHELVES[value.lower()]
        elif name in values:
            raise UnusableSearch(text("gallery.twice", option=f"{name}:"))
        else:
            values[name] = value
    search = GallerySearch(_OPTION.sub(" ", typed), model=values.get("model", ""), tag=values.get("tag", ""), shelf=shelf)
    if "on" in values:
        if {"since", "until"} & set(values):
            raise UnusableSearch(text("gallery.on_and_span"))
        search = _with_dates(search, values["on"], values["on"], zone)
    return _require_short(_with_dates(search, values.get("since", ""), values.get("until", ""), zone))


def of_form(values: Mapping[str, str], zone: str) -> GallerySearch:
    """The search of a form's fields: `words`, `dates`, `model`, `tag`, `shelf`. Raises UnusableSearch."""
    shelf = values.get("shelf") or Shelf.OWN.value
    search = GallerySearch(
        words=values.get("words", ""),
        model=values.get("model", "").strip(),
        tag=values.get("tag", "").strip(),
        shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.OWN,
    )
    dates = values.get("dates", "").strip()
    span = _SPAN.fullmatch(dates)
    first, last = (span["first"], span["last"]) if span is not None else (dates, dates)
    return _require_short(_with_dates(search, first, last, zone))


def dates_of(search: GallerySearch, zone: str) -> str:
    """The dates of a search as its form's field says them."""
    first = "" if search.since is None else _day(search.since, zone)
    last = "" if search.until is None else _day(search.until - 1.0, zone)
    if not first and not last:
        return ""
    return first if first == last else f"{first}..{last}"


def _day(at: float, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone_of(zone)):%Y-%m-%d}"


def _with_dates(search: GallerySearch, first: str, last: str, zone: str) -> GallerySearch:
    since = _moment(first.strip(), zone, end=False) if first.strip() else search.since
    until = _moment(last.strip(), zone, end=True) if last.strip() else search.until
    if since is not None and until is not None and since >= until:
        raise UnusableSearch(text("gallery.reversed", first=first.strip(), last=last.strip()))
    return replace(search, since=since, until=until)


def _moment(typed: str, zone: str, *, end: bool) -> float:
    """The beginning of a day, month or year, or the beginning of the next one."""
    found = _DATE.fullmatch(typed)
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
        at = datetime(year, month, day, tzinfo=zone_of(zone))
        if end and found[3]:
            at = (at.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone_of(zone))
        elif end:
            year, month = (year + 1, 1) if not found[2] or month == 12 else (year, month + 1)
            at = at.replace(year=year, month=month)
        return at.timestamp()
    except (ValueError, OverflowError):
        raise UnusableSearch(text("gallery.bad_date", typed=typed[:40])) from None


def _require_short(search: GallerySearch) -> GallerySearch:
    search = replace(search, words=" ".join(search.words.split()))
    if any(len(one) > LONGEST for one in (search.words, search.model, search.tag)):
        raise UnusableSearch(text("gallery.too_long", most=LONGEST))
    return search
