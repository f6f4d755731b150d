"""A community's tiers, in /imagine-settings: administrators write, change and delete them, and see what each can cost.

A wrong value is answered with a sentence and changes nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.catalogue.check import check_size
from bot.catalogue.model import AUTO
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, ButtonStyle, Fact, FieldKind, Form, FormField, Reply, View
from bot.domain.requests import Person
from bot.ledger import act_rows, case_rows, settings_rows
from bot.ledger.store import Tx
from bot.moderation.community import TIERS_ROW, Community, WrongValue, dollars, form_button, plain, read_ids, read_micros
from bot.moderation.typed_lines import labelled, one_line
from bot.requests.rules import Rules
from bot.requests.tiers import Tier, as_stored, cost_range, tiers_of, within
from bot.texts import joined, text
from bot.texts.phrases import duration, listed, money, size

NAME_MAX, MOST, PAUSE_MAX = 40, 10, 86400
"""Characters of a name, tiers of a community, and seconds of a pause."""
_LINES_MAX = 2000
LINES = ("models", "largest", "qualities", "day", "month", "pause")


@dataclass(frozen=True, slots=True)
class Tiers:
    community: Community

    @property
    def handlers(self) -> Handlers:
        actions = {ActionName.TIERS: self._list, ActionName.TIER_EDIT: self._save}
        return self.community.for_administrators(Handlers(actions, {ActionName.TIER_EDIT: self._form}))

    async def _own(self, act: Act) -> Mapping[str, Any]:
        return await self.community.ledger.read(lambda c: settings_rows.of_community(c, act.platform, act.community))

    async def _list(self, act: Act) -> Reply:
        own = await self._own(act)
        return Reply(text("tier.title"), changed=False, view=_list_view(own, self.community.here(own).rules))

    async def _form(self, act: Act) -> Form | Reply:
        own = await self._own(act)
        found = next((one for one in tiers_of(own) if one.id == act.row), None)
        if found is None and act.row != TIERS_ROW:
            return Reply(text("tier.gone"), changed=False)
        return _filled(act.row, found, self.community.here(own).rules)

    async def _save(self, act: Act) -> Reply:
        def body(tx: Tx) -> Reply:
            own = settings_rows.of_community(tx.connection, act.platform, act.community)
            known, rules = tiers_of(own), self.community.here(own).rules
            old = next((one for one in known if one.id == act.row), None)
            if old is None and act.row != TIERS_ROW:
                return Reply(text("tier.gone"), changed=False)
            others = [one for one in known if one is not old]
            if old is not None and act.values.get("delete") == "true":
                _store(tx, act, own, others)
                return Reply(text("tier.deleted", name=old.name))
            try:
                tier = _read(act.values, others, rules)
            except WrongValue as problem:
                return Reply(problem.sentence, changed=False)
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            tier = dataclasses.replace(tier, id=tx.new_id() if old is None else old.id)
            _store(tx, act, own, [*others, tier])
            return Reply(joined(" ", (text("tier.saved", name=tier.name), _cost(within(own, tier, rules), rules))))

        return await self.community.ledger.write(body)


def _store(tx: Tx, act: Act, own: Mapping[str, Any], tiers: list[Tier]) -> None:
    settings_rows.replace(tx, act.platform, act.community, {**own, "tiers": as_stored(tiers)}, act.person)
    case_rows.write_audit(tx, "", act.community, Person(act.person, ""), "settings", facts={"changed": ["tiers"]})


def _list_view(own: Mapping[str, Any], rules: Rules) -> View:
    known = tiers_of(own)
    new = form_button(ActionName.TIER_EDIT, TIERS_ROW, text("tier.new"), ButtonStyle.PRIMARY)
    buttons = (new, *(form_button(ActionName.TIER_EDIT, one.id, text("template.change", name=one.name)) for one in known))
    facts = [Fact(one.name, _summary(one, own, rules)) for one in known]
    if all(one.who for one in known):
        facts.append(Fact(text("tier.others"), _cost(own, rules)))
    lines = (text("tier.how"), *(() if known else (text("tier.none"),)))
    return View(title=text("tier.title"), text=lines, facts=tuple(facts), buttons=buttons, final=True)


def _summary(tier: Tier, own: Mapping[str, Any], rules: Rules) -> str:
    shown = {
        "models": listed(list(tier.models)),
        "largest": size(tier.largest),
        "qualities": listed(list(tier.qualities)),
        "day": "" if tier.day is None else money(tier.day),
        "month": "" if tier.month is None else money(tier.month),
        "pause": duration(tier.pause) if tier.pause else "",
    }
    lines = [text("tier.line", name=text(f"tier.line_{name}"), value=value) for name, value in shown.items() if value]
    who = listed(list(tier.who)) if tier.who else text("tier.everyone")
    return joined(" · ", (who, *lines, _cost(within(own, tier, rules), rules)))


def _cost(own: Mapping[str, Any], rules: Rules) -> str:
    least, most = cost_range(own, rules)
    return text("tier.costs", least=money(least), most=money(most)) if least != most else text("tier.costs_one", price=money(most))


def _filled(row: str, tier: Tier | None, rules: Rules) -> Form:
    own = tier or Tier("", "")
    values = {
        "models": plain(list(own.models)),
        "largest": own.largest,
        "qualities": plain(list(own.qualities)),
        "day": dollars(own.day),
        "month": dollars(own.month),
        "pause": str(own.pause or ""),
    }
    lines = joined("\n", (text("tier.line", name=text(f"tier.line_{name}"), value=values[name]) for name in _lines(rules)))
    delete = FormField("delete", text("tier.delete"), FieldKind.SWITCH, "false", required=False)
    fields = (
        FormField("name", text("template.name"), value=own.name, max_length=200, hint=text("tier.hint_name", most=NAME_MAX)),
        FormField("tier_who", text("tier.who"), value=plain(list(own.who)), required=False, hint=text("tier.hint_who")),
        FormField(
            "allows", text("tier.allows"), FieldKind.PARAGRAPH, lines, required=False, max_length=_LINES_MAX, hint=text("tier.hint_allows")
        ),
        *([] if tier is None else [delete]),
    )
    title = text("tier.change_title" if tier else "tier.new")
    return Form(ActionName.TIER_EDIT, row, title, fields, text("case.settings.submit"), text("tier.form_text"))


def _lines(rules: Rules) -> tuple[str, ...]:
    """What a tier can set; models only if the operator offers several."""
    return tuple(one for one in LINES if one != "models" or rules.models)


def _read(values: Mapping[str, str], others: list[Tier], rules: Rules) -> Tier:
    """The tier as typed. Raises WrongValue."""
    name = one_line(values.get("name", ""))
    if not name:
        raise WrongValue(text("tier.no_name"))
    if len(name) > NAME_MAX:
        raise WrongValue(text("template.name_too_long", length=len(name), most=NAME_MAX))
    if any(one.name.casefold() == name.casefold() for one in others):
        raise WrongValue(text("tier.name_taken", name=name))
    if len(others) >= MOST:
        raise WrongValue(text("tier.too_many", most=MOST))
    who = one_line(values.get("tier_who", ""))
    typed = labelled(values.get("allows", ""), _lines(rules), "tier.line_")
    found = {name: one_line(value) for name, value in typed.items()}
    return Tier(
        "",
        name,
        tuple(read_ids(who)) if who else (),
        models=_among(found.get("models", ""), list(rules.models)),
        largest=_largest(found.get("largest", ""), rules),
        qualities=_among(found.get("qualities", ""), _qualities(rules)),
        day=_limit(found.get("day", ""), rules.limits.member_day),
        month=_limit(found.get("month", ""), rules.limits.member_month),
        pause=_pause(found.get("pause", "")),
    )


def _qualities(rules: Rules) -> list[str]:
    models = [rules.model, *rules.models.values()]
    return list(dict.fromkeys(one for model in models for one in model.qualities if one != AUTO))


def _among(words: str, allowed: list[str]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(one for one in re.split(r"[\s,;，、]+", words) if one))
    wrong = next((one for one in chosen if one not in allowed), None)
    if wrong is not None:
        raise WrongValue(text("case.settings.wrong_choice", value=wrong[:40], allowed=listed(allowed)))
    return chosen


def _largest(words: str, rules: Rules) -> str:
    if not words:
        return ""
    found = [check_size(model, words) for model in (rules.model, *rules.models.values())]
    good = next((one for one in found if isinstance(one, str) and one != AUTO), None)
    if good is None:
        raise WrongValue(text("case.settings.wrong_choice", value=words[:40], allowed=listed(list(rules.model.sizes.popular))))
    return good


def _limit(words: str, most: int | None) -> int | None:
    return read_micros(words, most) if words else None


def _pause(words: str) -> int:
    if not words:
        return 0
    if not (words.isascii() and words.isdigit() and len(words) < 10 and int(words) <= PAUSE_MAX):
        raise WrongValue(text("tier.wrong_pause", value=words[:20], most=PAUSE_MAX))
    return int(words)
