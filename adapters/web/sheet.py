"""A form of the core as a modal dialog.

The browser's own <dialog> traps the focus, closes on Escape and restores the focus.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.web.mask import mask_editor
from adapters.web.parts import Part, clean, part, picture, select
from bot.chat.views import FieldKind, Form, FormField
from bot.texts import text
from bot.texts.phrases import number

Submit = Callable[[dict[str, str]], Awaitable[str | None]]
"""Submits the values. Returns a sentence if they're not acceptable, None when done."""

_ON = frozenset({"true", "1", "yes", "on"})


class Sheet:
    """One open form, built in the current slot. Removes itself when closed."""

    def __init__(self, form: Form, submit: Submit, leave: str, who: str) -> None:
        """`who` fills it in: what they type is kept by their browser, for this form about this subject."""
        self._form, self._submit, self._busy = form, submit, False
        self._errors: dict[str, Part] = {}
        self.dialog = part("dialog", "", "sheet", aria_labelledby="sheet-title", data_keep=f"{who} {form.action} {form.row}")
        with self.dialog, part("form", method="dialog", novalidate=True) as frame:
            part("h2", form.title, "", id="sheet-title")
            if form.text:
                part("p", form.text, "explain")
            if form.pictures:
                mask_editor(form) if form.masks else _thumbnails(form)
            for field in form.fields:
                self._field(field)
            self._problem = part("p", "", "problem", role="alert")
            with part("div", "", "ends"):
                part("button", form.submit, "button primary", type="submit")
                part("button", leave, "button", type="button").on("click", js_handler="(event) => chat.close(event)")
        frame.on("submit", self._submitted, js_handler="(event) => chat.answer(event, emit)")
        self.dialog.on("close", self.dialog.delete)

    def _field(self, field: FormField) -> None:
        id = f"field-{field.name}"
        switch = field.kind is FieldKind.SWITCH
        with part("div", "", "field switch" if switch else "field"):
            common = {"id": id, "name": field.name, "aria_describedby": f"{id}-error" + (f" {id}-hint" if field.hint else "")}
            required: dict[str, Any] = {"aria_required": "true" if field.required else None}
            if switch:
                part("input", type="checkbox", role="switch", defaultChecked=field.value.strip().lower() in _ON or None, **common)
            part("label", field.label, "", for_=id)
            if field.hint:
                part("p", field.hint, "hint", id=f"{id}-hint")
            match field.kind:
                case FieldKind.LINE:
                    part("input", type="text", dir="auto", autocomplete="off", defaultValue=field.value, **common, **required)
                case FieldKind.SECRET:
                    part("input", type="password", autocomplete="off", spellcheck="false", **common, **required)
                case FieldKind.PARAGRAPH:
                    part("textarea", rows=5, dir="auto", defaultValue=field.value, **common, **required)
                case FieldKind.CHOICE:
                    listed = [(one.value, one.label) for one in field.choices]
                    nothing = [] if field.required and field.value in dict(listed) else [("", "")]
                    select([*nothing, *listed], field.value, **common)
            if field.name == "topics":
                part("label", text("web.topics_file"), "", for_="topics-file")
                kinds, lost = ".csv,.tsv,.txt,.jsonl,.ndjson,.json,text/*", text("web.topics_lost")
                part("input", type="file", id="topics-file", accept=kinds, data_lost=lost, aria_describedby="topics-remark").on(
                    "change", js_handler="(event) => chat.topics(event)"
                )
                part("p", "", "remark", role="status", id="topics-remark")
            self._errors[field.name] = part("p", "", "problem", id=f"{id}-error")

    async def _submitted(self, event: object) -> None:
        if self._busy:
            return  # already in progress or done: a second press does nothing
        values = self._values(json.loads(str(getattr(event, "args", "{}"))))
        wrong = {field.name: sentence for field in self._form.fields if (sentence := _check(field, values[field.name]))}
        for name, line in self._errors.items():
            line.set_text(clean(wrong.get(name, "")))
        if wrong:
            self._problem.set_text("")
            self._focus(next(iter(wrong)))
            return
        self._busy = True
        sentence = await self._submit(values)
        self._busy = sentence is None
        if self.dialog.is_deleted:
            return
        if sentence is None:
            self.dialog.client.run_javascript("chat.closeAll()")
        else:
            self._problem.set_text(clean(sentence))

    def _values(self, raw: object) -> dict[str, str]:
        given = raw if isinstance(raw, dict) else {}
        values = {}
        for field in self._form.fields:
            value = given.get(field.name)
            if field.kind is FieldKind.SWITCH:
                values[field.name] = "true" if value else "false"
            else:
                values[field.name] = value if isinstance(value, str) else ""
        if self._form.masks and isinstance(given.get("mask"), str):
            values["mask"] = given["mask"]
        return values

    def _focus(self, name: str) -> None:
        self.dialog.client.run_javascript(f"document.getElementById({json.dumps('field-' + name)})?.focus()")


def _thumbnails(form: Form) -> None:
    with part("div", "", "thumbnails"):
        for one in form.pictures:
            picture(one)


def _check(field: FormField, value: str) -> str | None:
    """A sentence about an invalid value, or None; the core checks its meaning."""
    if field.kind is FieldKind.SWITCH:
        return None
    if field.required and not value.strip():
        return text("web.hint.required")
    if len(value) > field.max_length:
        return text("web.hint.too_long_field", length=number(len(value), 0, 0), most=number(field.max_length, 0, 0))
    if field.kind is FieldKind.CHOICE and value and value not in {one.value for one in field.choices}:
        return text("web.hint.not_a_choice")
    return None
