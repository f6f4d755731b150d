"""Forms of a batch: create it, name drafts by number, resume it with other limits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.batch.steps import NOTE
from bot.batch.topics import MAX_BYTES, MAX_FIELD
from bot.chat.views import ActionName, Choice, FieldKind, Form, FormField
from bot.domain.batches import Batch
from bot.texts import text

_NUMBERS = 500


def new_form(given: Mapping[str, str], sizes: Sequence[tuple[str, str]]) -> Form:
    """The form of a new batch: topics, the words around each topic, and the limits. Discord shows five fields; the rest are options of its
    command."""

    def line(name: str, most: int, *, spare: bool = False) -> FormField:
        words, hint = text(f"batch.form_{name}"), text(f"batch.form_{name}_hint")
        return FormField(name, words, FieldKind.LINE, given.get(name, ""), (), False, most, hint, spare)

    words, hint = text("batch.form_topics"), text("batch.form_topics_hint")
    choices = (Choice("", text("batch.form_size_default")), *(Choice(value, shown) for value, shown in sizes[:24]))
    return Form(
        ActionName.BATCH_NEW,
        "",
        text("batch.form_title"),
        (
            FormField("topics", words, FieldKind.PARAGRAPH, given.get("topics", ""), (), True, MAX_BYTES, hint),
            line("template", MAX_FIELD),
            line("style", MAX_FIELD),
            FormField("size", text("batch.form_size"), FieldKind.CHOICE, given.get("size", ""), choices, False, spare=True),
            line("max_pictures", 6),
            line("budget", 12),
            line("drafts", 1, spare=True),
            line("tag", 60, spare=True),
        ),
        text("batch.form_submit"),
        text("batch.form_text"),
    )


def numbers_form(action: ActionName, batch: Batch) -> Form:
    """The form that asks which drafts to pick, reject or draw again, by number."""
    what = action.value.removeprefix("batch_")
    fields = [
        FormField("numbers", text("batch.form_numbers"), FieldKind.LINE, "", (), True, _NUMBERS, text("batch.form_numbers_hint")),
    ]
    if action is ActionName.BATCH_REJECT:
        fields.append(FormField("reason", text("batch.form_reason"), FieldKind.LINE, "", (), True, NOTE))
    title, said = text(f"batch.form_{what}_title", batch=batch.number), text(f"batch.form_{what}_text")
    return Form(action, batch.id, title, tuple(fields), text(f"batch.form_{what}_submit"), said)


def limits_form(batch: Batch) -> Form:
    """The form that resumes a paused batch with other limits."""
    plan = batch.plan
    fields = (
        FormField("max_pictures", text("batch.form_max_pictures"), FieldKind.LINE, str(plan.max_pictures), (), True, 6),
        FormField("budget", text("batch.form_budget"), FieldKind.LINE, f"{plan.budget / 1_000_000:.2f}", (), True, 12),
    )
    title, submit = text("batch.form_raise_title", batch=batch.number), text("batch.form_raise_submit")
    return Form(ActionName.BATCH_RAISE, batch.id, title, fields, submit, text("batch.form_raise_text"))
