"""Views of the gallery: the list of /imagine-show with its searches, and the buttons that a shown result has there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.views import ActionName, Button, ButtonStyle, Choice, Fact, FieldKind, Form, FormField, Tone, View
from bot.domain.gallery import NO_MARK, GalleryMark, GallerySearch, Shelf
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.messages.refusal_view import own_button
from bot.texts import joined, text
from bot.texts.direction import isolate
from bot.texts.phrases import moment

SHOWN = 80
"""Characters of a prompt in the list."""
FRESH = "gallery222222222"
"""Row of the search button of a list that isn't a search's result. It has the form of an id."""
_TAG_MAX = 60


@dataclass(frozen=True, slots=True)
class Turning:
    """Where a page is in its list."""

    row: str
    """The stored search; empty if its pages can't be turned and it can't be changed."""
    page: int
    more: bool


def list_view(found: Sequence[Request], noted: Mapping[str, GalleryMark], search: GallerySearch, turning: Turning) -> View:
    """A page of the list, newest first."""
    plain = search == GallerySearch()
    if not found:
        return _empty(search, turning)
    facts = tuple(_line(number, one, noted.get(one.id, NO_MARK), search.shelf) for number, one in enumerate(found, 1))
    buttons = [Button(ActionName.SHOW, one.id, text("button.show", number=number)) for number, one in enumerate(found, 1)]
    if turning.page and turning.row:
        buttons.append(Button(ActionName.GALLERY_BACK, turning.row, text("button.gallery_back")))
    if turning.more and turning.row:
        buttons.append(Button(ActionName.GALLERY_NEXT, turning.row, text("button.gallery_next")))
    title = text("show.title") if plain else text(f"gallery.title_{search.shelf.value}")
    lines = [text("show.how")] if plain else [said] if (said := search_line(search)) else []
    if turning.page or turning.more:
        lines.append(text("gallery.page", number=turning.page + 1))
    return View(title=title, text=tuple(lines), facts=facts, buttons=(*buttons, _search_button(turning)), final=True)


def _empty(search: GallerySearch, turning: Turning) -> View:
    if search == GallerySearch() and not turning.page:
        return View(title=text("show.none"), text=(text("show.none_why"),), final=True)
    why = text("gallery.nothing_more" if turning.page else f"gallery.nothing_{search.shelf.value}")
    return View(title=text("gallery.nothing"), text=(why,), buttons=(_search_button(turning),), tone=Tone.NEUTRAL, final=True)


def _search_button(turning: Turning) -> Button:
    return Button(ActionName.GALLERY_SEARCH, turning.row or FRESH, text("button.gallery_search"), opens_form=True)


def refused_view(sentence: str) -> View:
    """Why a search can't be done."""
    return View(title=text("gallery.unusable"), text=(sentence, text("gallery.how")), buttons=(_search_button(_NOWHERE),), final=True)


_NOWHERE = Turning("", 0, more=False)


def search_line(search: GallerySearch) -> str:
    """What limits a list, in words."""
    parts = [text("gallery.by_words", words=search.words)] if search.words else []
    parts += [text("gallery.by_model", model=search.model)] if search.model else []
    parts += [text("gallery.by_tag", tag=search.tag)] if search.tag else []
    if search.since is not None:
        parts.append(text("gallery.by_since", at=moment(search.since)))
    if search.until is not None:
        parts.append(text("gallery.by_until", at=moment(search.until)))
    return joined(" · ", parts)


def search_form(search: GallerySearch, dates: str, models: Sequence[str], row: str, *, moderates: bool) -> Form:
    """The form of a search, filled in with the one before it."""
    shelves = [one for one in Shelf if moderates or one is not Shelf.PUBLIC]
    choices = tuple(Choice(one.value, text(f"gallery.shelf_{one.value}")) for one in shelves)
    shelf = search.shelf if search.shelf in shelves else Shelf.OWN
    return Form(
        ActionName.GALLERY_SEARCH,
        row,
        text("gallery.form_title"),
        (
            FormField("words", text("gallery.words"), value=search.words, required=False, max_length=200),
            FormField("dates", text("gallery.dates"), value=dates, required=False, max_length=40, hint=text("gallery.dates_hint")),
            _model_field(search.model, models),
            FormField("tag", text("gallery.tag"), value=search.tag, required=False, max_length=_TAG_MAX),
            FormField("shelf", text("gallery.shelf"), FieldKind.CHOICE, value=shelf.value, choices=choices, required=True),
        ),
        text("gallery.form_submit"),
    )


def _model_field(typed: str, models: Sequence[str]) -> FormField:
    label = text("gallery.model")
    if not models or (typed and typed not in models) or len(models) > 25:
        return FormField("model", label, value=typed, required=False, max_length=120)
    return FormField("model", label, FieldKind.CHOICE, value=typed, choices=tuple(Choice(one, one) for one in models), required=False)


def tag_form(request: Request, mark: GalleryMark) -> Form:
    field = FormField("tag", text("gallery.tag"), value=mark.tag, required=False, max_length=_TAG_MAX, hint=text("gallery.tag_hint"))
    return Form(ActionName.GALLERY_TAG, request.id, text("gallery.tag_title"), (field,), text("gallery.tag_submit"))


def reproduce_form(form: Form, lines: Sequence[str]) -> Form:
    """The form of a new request with a result's settings."""
    said = joined("\n", [text("gallery.reproduce_text"), *lines])
    return dataclasses.replace(form, title=text("gallery.reproduce_title"), submit=text("gallery.reproduce_submit"), text=said)


def with_gallery_buttons(view: View, request: Request, mark: GalleryMark) -> View:
    """A member's own result as /imagine-show has it: with what they noted, and the gallery's buttons."""
    if request.answer is not Answer.PICTURES or not view.pictures:
        return view
    lines = [text("gallery.is_favourite")] if mark.favourite else []
    lines += [text("gallery.has_tag", tag=mark.tag)] if mark.tag else []
    kept = [one for one in view.buttons if one.action is not ActionName.EDIT]
    own = gallery_buttons(request, mark)
    last = next((number for number, one in enumerate(kept) if one.style is ButtonStyle.DANGER), len(kept))
    return dataclasses.replace(view, text=(*view.text, *lines), buttons=(*kept[:last], *own, *kept[last:]))


def gallery_buttons(request: Request, mark: GalleryMark) -> tuple[Button, ...]:
    star = ActionName.UNFAVOURITE if mark.favourite else ActionName.FAVOURITE
    return (
        own_button(request, ActionName.REPRODUCE, text("button.reproduce"), opens_form=True),
        own_button(request, star, text(f"button.{star.value}")),
        own_button(request, ActionName.GALLERY_TAG, text("button.gallery_tag"), opens_form=True),
        own_button(request, ActionName.DOWNLOAD, text("button.download")),
    )


def unknown_request() -> View:
    """For an id that doesn't exist or belongs to somebody else; both get the same words."""
    return View(title=text("show.unknown"), text=(text("show.unknown_why"),), tone=Tone.PROBLEM, final=True)


def _line(number: int, request: Request, mark: GalleryMark, shelf: Shelf) -> Fact:
    state = request.answer.value if request.answer is not None else request.state.value
    words = " ".join(request.prompt.split())
    short = words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
    named = ["★"] if mark.favourite else []
    label = joined(" ", (f"{number}.", text(f"show.state_{state}"), *named))
    by = [isolate(request.person.name or request.person.id)] if shelf is Shelf.PUBLIC else []
    tag = [text("gallery.by_tag", tag=mark.tag)] if mark.tag else []
    return Fact(label, joined(" · ", (isolate(short), *by, *tag, moment(request.created_at), request.id)))
