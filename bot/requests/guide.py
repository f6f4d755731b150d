"""/imagine-guide: a form for the parts of a prompt, the finished wording before it's sent, and the community's templates to start from.

A wording that its member has seen is a row; a changed one is another row, so that a press never sends other words than those above it.
Nothing is sent to the image service before the press, and from there on it's a request like any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Choice, FieldKind, Form, FormField, Reply, View
from bot.domain.requests import Person, Place, Submission
from bot.domain.visitor import Visitor
from bot.ledger import act_rows, template_rows
from bot.ledger.store import Tx
from bot.ledger.template_rows import PromptDraft, PromptTemplate
from bot.messages.guide_view import choose_view, wording_view
from bot.prompts.normalise import UnusableText, normalise
from bot.prompts.parts import CONSTRAINTS, PART_MAX, USES, PartTooLong, PromptParts, parse_wording, parts_of, ratio_in, wording
from bot.requests.actions import RequestActions, imagine_fields, with_spare
from bot.requests.prices import price_view
from bot.requests.tiers import rules_here, settings_for
from bot.texts import text
from bot.texts.phrases import listed

USE_ROWS = {name: f"guide2{name}".ljust(16, "2") for name in USES}
"""Use case -> the row of the empty form for it. Other forms carry the id of a template or of a wording."""
_USE_OF = {row: USES[name] for name, row in USE_ROWS.items()}
_OPTIONS = ("model", "size", "quality", "count", "caption")


@dataclass(frozen=True, slots=True)
class Start:
    parts: Mapping[str, str]
    template: str = ""
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    draft: str = ""
    """The wording that is changed."""


@dataclass(frozen=True, slots=True)
class Guide:
    requests: RequestActions

    @property
    def handlers(self) -> Handlers:
        return Handlers(
            {
                ActionName.GUIDE: self._write,
                ActionName.GUIDE_WORDING: self._reword,
                ActionName.GUIDE_SEND: self._send,
                ActionName.GUIDE_SEND_PRIVATE: self._send,
                ActionName.GUIDE_DROP: self._drop,
            },
            {ActionName.GUIDE: self._form, ActionName.GUIDE_WORDING: self._wording_form},
        )

    async def start(self, visitor: Visitor, name: str = "", use: str = "") -> Form | Reply:
        """The form, filled with the template of this name; the choice of a template if none is named and there are some."""
        known = await self.requests.ledger.read(lambda c: template_rows.of_community(c, visitor.platform, visitor.community))
        if not name.strip():
            row = USE_ROWS.get(use, USE_ROWS["any"])
            if known and use not in USE_ROWS:
                return Reply(text("guide.choose"), changed=False, view=choose_view(known, row))
            return _form_of(row, Start({"use": _USE_OF[row]}))
        found = next((one for one in known if template_rows.key_of(one.name) == template_rows.key_of(name)), None)
        if found is not None:
            return _form_of(found.id, _from_template(found))
        typed = " ".join(name.split())[:60]
        if not known:
            return Reply(text("guide.no_templates", name=typed), changed=False)
        return Reply(text("guide.unknown_template", name=typed, names=listed([one.name for one in known])), changed=False)

    async def _form(self, act: Act) -> Form | Reply:
        found = await self.requests.ledger.read(lambda c: _start_of(c, act))
        return _form_of(act.row, found) if isinstance(found, Start) else found or Reply(text("guide.over"), changed=False)

    async def _write(self, act: Act) -> Reply:
        def make(tx: Tx) -> PromptDraft | Reply:
            # A template may be gone while its form was open: the words are the member's own.
            known = _start_of(tx.connection, act)
            if isinstance(known, Reply):
                return known
            found = known or Start({})
            try:
                parts = parts_of({"use": found.parts.get("use", ""), **act.values})
            except PartTooLong as problem:
                label = text(f"guide.part.{problem.part}")
                return Reply(text("guide.too_long", part=label, length=problem.length, most=PART_MAX), changed=False)
            if not parts.subject:
                return Reply(text("guide.no_subject"), changed=False)
            template_rows.drop_draft(tx, found.draft)
            made = self._draft(act, tx.new_id(), wording(parts), dataclasses.asdict(parts), found)
            return _written_already(tx.connection, made, known) or made

        return await self._show_draft(act, make)

    async def _reword(self, act: Act) -> Reply:
        def make(tx: Tx) -> PromptDraft | Reply:
            draft = _own_draft(tx.connection, act)
            if isinstance(draft, Reply):
                return draft
            try:
                words = normalise(act.values.get("prompt", "")[:100_000])
            except UnusableText:
                return Reply(text("guide.no_words"), changed=False)
            parts = parse_wording(words)
            options = {name: act.values.get(name) or draft.options.get(name, "") for name in _OPTIONS}
            options["caption"] = act.values.get("caption", options["caption"])
            template_rows.drop_draft(tx, draft.id)
            start = Start({}, draft.template, options)
            return self._draft(act, tx.new_id(), words, draft.parts if parts is None else dataclasses.asdict(parts), start)

        return await self._show_draft(act, make)

    def _draft(self, act: Act, draft_id: str, words: str, parts: Mapping[str, str], start: Start) -> PromptDraft:
        return PromptDraft(draft_id, act.platform, act.person, start.template, parts, words, dict(start.options))

    async def _show_draft(self, act: Act, make: Callable[[Tx], PromptDraft | Reply]) -> Reply:
        def body(tx: Tx) -> Reply:
            draft = make(tx)
            if isinstance(draft, Reply):
                return draft
            own = settings_for(tx.connection, act.platform, act.community, act.person, self.requests.rules, tx.now)
            most = self.requests.rules.in_community(own).model.prompt_max_chars
            if len(draft.wording) > most:
                return Reply(text("guide.prompt_too_long", length=len(draft.wording), most=most), changed=False)
            if template_rows.draft(tx.connection, draft.id) is None:
                template_rows.add_draft(tx, draft)
            return Reply("", view=self._view(tx.connection, act.community, draft, tx.now))

        return await self.requests.ledger.write(body)

    def _view(self, connection: Connection, community: str, draft: PromptDraft, now: float) -> View:
        """A wording with what it would cost."""
        own = settings_for(connection, draft.platform, community, draft.person, self.requests.rules, now)
        price = price_view(draft.wording, _options(draft), own, self.requests.rules)
        return wording_view(draft, [one for one in price.text if one != text("status.price_free")])

    async def unsent(self, platform: str, community: str, person: str) -> Sequence[View]:
        """A person's wordings that haven't been sent, oldest first."""
        ledger = self.requests.ledger
        return await ledger.read(
            lambda c: [self._view(c, community, one, ledger.now()) for one in template_rows.unsent(c, platform, person)]
        )

    async def _wording_form(self, act: Act) -> Form | Reply:
        place = Place(act.platform, act.community, act.channel)
        draft, rules = await self.requests.ledger.read(lambda c: (_own_draft(c, act), rules_here(c, place, self.requests.rules)))
        if isinstance(draft, Reply):
            return draft
        chosen = {**_options(draft), "prompt": draft.wording}
        known = [one for one in imagine_fields(rules) if one.name != "private"]
        fields = with_spare(_with_value(one, chosen.get(one.name) or one.value) for one in known)
        return Form(act.action, draft.id, text("guide.wording_title"), fields, text("guide.submit"))

    async def _send(self, act: Act) -> Reply:
        """Send exactly the wording above the button, once."""

        def body(tx: Tx) -> Reply:
            draft = template_rows.draft(tx.connection, act.row)
            if draft is not None and draft.request_id and (draft.platform, draft.person) == (act.platform, act.person):
                return Reply(text("reply.already_started"), changed=False)
            found = _own_draft(tx.connection, act)
            if isinstance(found, Reply):
                return found
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            child, _ = self.requests.submit(tx, act, _submission(act, found))
            template_rows.sent(tx, found.id, child)
            return Reply(text("guide.sent"))

        return await self.requests.ledger.write(body)

    async def _drop(self, act: Act) -> Reply:
        def body(tx: Tx) -> Reply:
            draft = _own_draft(tx.connection, act)
            if isinstance(draft, Reply):
                return draft
            template_rows.drop_draft(tx, draft.id)
            return Reply(text("guide.dropped"))

        return await self.requests.ledger.write(body)


def _own_draft(connection: Connection, act: Act) -> PromptDraft | Reply:
    """The presser's own unsent wording, or the reply that says why there is none."""
    draft = template_rows.draft(connection, act.row)
    if draft is None or draft.request_id:
        return Reply(text("guide.over"), changed=False)
    if (draft.platform, draft.person) != (act.platform, act.person):
        return Reply(text("guide.not_yours"), changed=False)
    return draft


def _written_already(connection: Connection, made: PromptDraft, start: Start | None) -> PromptDraft | None:
    """The wording that the same form made before, so that sending the form twice makes one wording. Without `start`, because what the form
    started from is gone, the use case can't be compared: only the form's first submission knew it."""

    def same(one: PromptDraft) -> bool:
        if start is None:
            return {**one.parts, "use": ""} == {**made.parts, "use": ""}
        return (one.wording, one.template, one.options) == (made.wording, made.template, made.options)

    return next((one for one in template_rows.unsent(connection, made.platform, made.person) if same(one)), None)


def _start_of(connection: Connection, act: Act) -> Start | Reply | None:
    """Look up what a form starts from by its row: a use case, a template, or a wording; None if it's gone."""
    if act.row in _USE_OF:
        return Start({"use": _USE_OF[act.row]})
    template = template_rows.with_id(connection, act.platform, act.community, act.row)
    if template is not None:
        return _from_template(template)
    if template_rows.draft(connection, act.row) is None:
        return None
    draft = _own_draft(connection, act)
    return draft if isinstance(draft, Reply) else Start(draft.parts, draft.template, draft.options, draft.id)


def _from_template(template: PromptTemplate) -> Start:
    return Start(template.parts, template.name, {"size": template.size, "quality": template.quality})


def _form_of(row: str, start: Start) -> Form:
    usual = {} if start.draft else {"constraints": CONSTRAINTS}
    values = {**dataclasses.asdict(PromptParts()), **usual, **{name: words for name, words in start.parts.items() if words}}
    uses = [Choice(USES[name], text(f"guide.use.{name}")) for name in USES]
    if values["use"] not in USES.values():
        uses.insert(0, Choice(values["use"], values["use"][:75]))
    fields = [FormField("use", text("guide.part.use"), FieldKind.CHOICE, values["use"], tuple(uses), required=False, spare=True)]
    fields += [
        FormField(
            name,
            text(f"guide.part.{name}"),
            FieldKind.PARAGRAPH if name == "constraints" else FieldKind.LINE,
            value=values[name],
            required=name == "subject",
            max_length=PART_MAX,
            hint=text(f"guide.hint.{name}"),
        )
        for name in ("subject", "scene", "style", "composition", "constraints")
    ]
    title = text("guide.title_template", name=start.template)[:45] if start.template else text("guide.title")
    return Form(ActionName.GUIDE, row, title, tuple(fields), text("guide.submit"), text("guide.form_text"))


def _options(draft: PromptDraft) -> dict[str, str | None]:
    """The options of a wording; a ratio in its composition is its size unless another one was chosen."""
    chosen: dict[str, str | None] = {name: draft.options.get(name) or None for name in _OPTIONS}
    return {**chosen, "size": chosen["size"] or ratio_in(str(draft.parts.get("composition", "")))}


def _with_value(field: FormField, value: str) -> FormField:
    known = not field.choices or value in {one.value for one in field.choices}
    choices = field.choices if known else (Choice(value, value), *field.choices[:24])
    return dataclasses.replace(field, value=value, choices=choices, spare=False)


def _submission(act: Act, draft: PromptDraft) -> Submission:
    options = _options(draft)
    return Submission(
        person=Person(act.person, act.person_name),
        place=Place(act.platform, act.community, act.channel, None, act.reply),
        prompt=draft.wording,
        size=options["size"],
        quality=options["quality"],
        count=options["count"],
        model=options["model"],
        private=act.action is ActionName.GUIDE_SEND_PRIVATE,
        template=draft.template,
        caption=options["caption"] or "",
    )
