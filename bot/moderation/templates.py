"""A community's templates for prompts, in /imagine-settings: administrators write, change and delete them; members start from them.

A wrong value is answered with a sentence and changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, ButtonStyle, Fact, FieldKind, Form, FormField, Reply, View
from bot.domain.requests import Person
from bot.ledger import act_rows, case_rows, template_rows
from bot.ledger.store import Tx
from bot.ledger.template_rows import PromptTemplate
from bot.moderation.community import TEMPLATES_ROW, Community, WrongValue, form_button, size_and_quality
from bot.moderation.typed_lines import labelled, one_line
from bot.prompts.lint import private_in
from bot.prompts.parts import PART_MAX, PARTS, PartTooLong, PromptParts, parts_of, wording
from bot.texts import joined, text
from bot.texts.phrases import listed

NAME_MAX, MOST = 40, 24
"""Characters of a name, and templates of a community: as many as a message has buttons for, beside one more."""
_FIELDS_MAX = 3000


@dataclass(frozen=True, slots=True)
class Templates:
    community: Community

    @property
    def handlers(self) -> Handlers:
        actions = {ActionName.TEMPLATES: self._list, ActionName.TEMPLATE_EDIT: self._save}
        return self.community.for_administrators(Handlers(actions, {ActionName.TEMPLATE_EDIT: self._form}))

    async def _list(self, act: Act) -> Reply:
        known = await self.community.ledger.read(lambda c: template_rows.of_community(c, act.platform, act.community))
        return Reply(text("template.title"), changed=False, view=_list_view(known))

    async def _form(self, act: Act) -> Form | Reply:
        found = await self.community.ledger.read(lambda c: template_rows.with_id(c, act.platform, act.community, act.row))
        if found is None and act.row != TEMPLATES_ROW:
            return Reply(text("template.gone"), changed=False)
        return self._filled(act.row, found)

    def _filled(self, row: str, template: PromptTemplate | None) -> Form:
        own = template or PromptTemplate("", "")
        lines = joined("\n", (text(f"guide.part.{name}") + f": {own.parts.get(name, '')}" for name in PARTS))
        delete = FormField("delete", text("template.delete"), FieldKind.SWITCH, "false", required=False, hint=text("template.hint_delete"))
        fields = (
            FormField("name", text("template.name"), value=own.name, max_length=200, hint=text("template.hint_name", most=NAME_MAX)),
            FormField(
                "fields", text("template.fields"), FieldKind.PARAGRAPH, lines, max_length=_FIELDS_MAX, hint=text("template.hint_fields")
            ),
            *size_and_quality(self.community.rules.model, own.size, own.quality),
            *([] if template is None else [delete]),
        )
        title = text("template.change_title" if template else "template.new_title")
        return Form(ActionName.TEMPLATE_EDIT, row, title, fields, text("case.settings.submit"), text("template.form_text"))

    async def _save(self, act: Act) -> Reply:
        def body(tx: Tx) -> Reply:
            known = template_rows.of_community(tx.connection, act.platform, act.community)
            old = next((one for one in known if one.id == act.row), None)
            if old is None and act.row != TEMPLATES_ROW:
                return Reply(text("template.gone"), changed=False)
            if old is not None and act.values.get("delete") == "true":
                template_rows.remove(tx, act.platform, act.community, old.id)
                case_rows.write_audit(tx, "", act.community, Person(act.person, ""), "settings", facts={"changed": ["templates"]})
                return Reply(text("template.deleted", name=old.name))
            try:
                template = self._read(act.values, [one for one in known if one is not old])
            except WrongValue as problem:
                return Reply(problem.sentence, changed=False)
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            stored = dataclasses.replace(template, id=tx.new_id() if old is None else old.id)
            template_rows.save(tx, act.platform, act.community, stored, act.person)
            case_rows.write_audit(tx, "", act.community, Person(act.person, ""), "settings", facts={"changed": ["templates"]})
            return Reply(text("template.saved", name=template.name))

        return await self.community.ledger.write(body)

    def _read(self, values: Mapping[str, str], others: list[PromptTemplate]) -> PromptTemplate:
        """The template as typed. Raises WrongValue."""
        name = one_line(values.get("name", ""))
        if not name:
            raise WrongValue(text("template.no_name"))
        if len(name) > NAME_MAX:
            raise WrongValue(text("template.name_too_long", length=len(name), most=NAME_MAX))
        if any(template_rows.key_of(one.name) == template_rows.key_of(name) for one in others):
            raise WrongValue(text("template.name_taken", name=name))
        if len(others) >= MOST:
            raise WrongValue(text("template.too_many", most=MOST))
        parts = _parts(values.get("fields", ""))
        words, model = wording(parts), self.community.rules.model
        if len(words) > model.prompt_max_chars:
            raise WrongValue(text("guide.prompt_too_long", length=len(words), most=model.prompt_max_chars))
        if private_in(f"{name}\n{words}"):
            raise WrongValue(text("template.private"))
        size, quality = values.get("size", ""), values.get("quality", "")
        for value, allowed in ((size, model.sizes.popular), (quality, model.qualities)):
            if value and value not in allowed:
                raise WrongValue(text("case.settings.wrong_choice", value=value[:40], allowed=listed(list(allowed))))
        return PromptTemplate("", name, dataclasses.asdict(parts), size, quality)


def _list_view(known: Sequence[PromptTemplate]) -> View:
    new = form_button(ActionName.TEMPLATE_EDIT, TEMPLATES_ROW, text("template.new"), ButtonStyle.PRIMARY)
    buttons = (new, *(form_button(ActionName.TEMPLATE_EDIT, one.id, text("template.change", name=one.name)) for one in known))
    facts = tuple(Fact(one.name, _summary(one)) for one in known)
    how = text("template.how" if known else "template.none")
    return View(title=text("template.title"), text=(how,), facts=facts, buttons=buttons, final=True)


def _summary(template: PromptTemplate) -> str:
    shown = [words for name in PARTS if (words := str(template.parts.get(name, "")))]
    return " · ".join([*shown, *(one for one in (template.size.replace("x", "×"), template.quality) if one)])[:300]


def _parts(typed: str) -> PromptParts:
    """The parts from lines such as `Style: watercolour`. Raises WrongValue."""
    try:
        parts = parts_of(labelled(typed, PARTS, "guide.part."))
    except PartTooLong as problem:
        label = text(f"guide.part.{problem.part}")
        raise WrongValue(text("guide.too_long", part=label, length=problem.length, most=PART_MAX)) from None
    if parts == PromptParts():
        raise WrongValue(text("template.nothing"))
    return parts
