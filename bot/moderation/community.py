"""A community's own settings: moderators' channel, moderators, allowed channels, budgets, defaults, retention.

Administrators change them, checked live. An invalid value is answered with a sentence and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.catalogue.model import Model
from bot.catalogue.sizes import label
from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Button, ButtonStyle, Choice, Fact, FieldKind, Form, FormField, Pressers, Reply, View
from bot.domain.own_services import CommunityKeys, own_service_of
from bot.domain.publishing import Results, results_of
from bot.domain.requests import Person, is_direct
from bot.domain.visitor import Visitor
from bot.domain.zones import zone_named
from bot.ledger import act_rows, case_rows, settings_rows
from bot.ledger.store import Ledger, Tx
from bot.messages.own_notices import ROW as OWN_ROW
from bot.moderation.access import AccessCheck, AccessLevel
from bot.prompts.normalise import UnusableText, normalise
from bot.requests.rules import Rules
from bot.texts import keys, languages, own_name, text
from bot.texts.phrases import listed, money

R = TypeVar("R")
RETENTION_DAYS = 30
"""Default retention of a closed case's texts."""
REASONS_MAX, REASON_LENGTH = 20, 100
IDS_MAX = 50

SECTIONS = {"people": "settings22people", "results": "settings2results", "money": "settings222money", "pictures": "settingspictures"}
"""Section -> the row id its button carries. Other buttons carry ledger ids; these have the same form but name a settings page."""
TEMPLATES_ROW = "settingstemplate"
"""Row of the button that lists the templates, and of the form for a new one."""
TIERS_ROW = "settings222tiers"
"""The same for tiers."""
_SECTION_OF = {row: section for section, row in SECTIONS.items()}
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_MENTION = re.compile(r"<[#@!&]*([A-Za-z0-9_.:-]+)(?:\|[^>]*)?>")


LANGUAGE = "language"
"""The setting of the language in which messages for several readers are said (`bot/messages/readers.py`)."""
ZONE = "zone"
"""The setting of the time zone in which a community's members are told times."""


class WrongValue(Exception):
    """An invalid value, with its sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def deny_reasons(connection: Connection, platform: str, community: str) -> tuple[Choice, ...]:
    """The choices for a denial: the community's own list, or the built-in one."""
    own = settings_rows.of_community(connection, platform, community).get("deny_reasons")
    if isinstance(own, list) and own:
        return tuple(Choice(str(one), str(one)) for one in own)
    return tuple(Choice(key.removeprefix("case.reason."), text(key)) for key in keys("case.reason."))


def retention_days(connection: Connection, platform: str, community: str) -> int:
    """Days to keep the texts of a closed case."""
    own = settings_rows.of_community(connection, platform, community).get("retention_days")
    return own if isinstance(own, int) else RETENTION_DAYS


@dataclass(frozen=True, slots=True)
class Community:
    """Action handlers for /imagine-settings."""

    ledger: Ledger
    rules: Rules
    access: AccessCheck
    changed: Callable[[Tx], None]
    """Called in the transaction that changed a setting; cards may have to move."""

    def here(self, own: Mapping[str, object]) -> Community:
        """The same with the rules of the community with these settings, which may have a service of its own."""
        return replace(self, rules=self.rules.in_community(own))

    @property
    def handlers(self) -> Handlers:
        return self.for_administrators(Handlers({ActionName.SETTINGS: self.submit}, {ActionName.SETTINGS: self.form}))

    async def overview(self, visitor: Visitor) -> Form | Reply:
        if refused := await self.refused(visitor):
            return refused
        own = await self.ledger.read(lambda c: settings_rows.of_community(c, visitor.platform, visitor.community))
        pages = [
            Button(ActionName.SETTINGS, row, text(f"case.settings.page_{section}"), opens_form=True) for section, row in SECTIONS.items()
        ]
        offers_keys = self.rules.community_keys is not CommunityKeys.OFF or own_service_of(own) is not None
        view = View(
            title=text("case.settings.title"),
            text=(text("case.settings.how"),),
            facts=tuple(Fact(text(f"case.settings.{name}"), shown) for name, shown in self.here(own)._shown(own).items()),
            buttons=(
                *pages,
                Button(ActionName.TEMPLATES, TEMPLATES_ROW, text("template.title")),
                Button(ActionName.TIERS, TIERS_ROW, text("tier.title")),
                *([Button(ActionName.OWN_KEY, OWN_ROW, text("own.title"))] if offers_keys else []),
            ),
            final=True,
        )
        return Reply(text("case.settings.title"), changed=False, view=view)

    async def form(self, act: Act) -> Form | Reply:
        """The form of one settings page."""
        section = _SECTION_OF.get(act.row)
        if section is None:
            return Reply(text("reply.unknown_button"), changed=False)
        own = await self.ledger.read(lambda c: settings_rows.of_community(c, act.platform, act.community))
        here = self.here(own)
        fields = {"people": here._people, "results": here._results, "money": here._money, "pictures": here._pictures}[section](own)
        title = text(f"case.settings.page_{section}")
        return Form(ActionName.SETTINGS, act.row, title, fields, text("case.settings.submit"), text(f"case.settings.text_{section}"))

    async def submit(self, act: Act) -> Reply:
        """Validate the page's values and save all of them or none."""
        section = _SECTION_OF.get(act.row)
        if section is None:
            return Reply(text("reply.unknown_button"), changed=False)

        def body(tx: Tx) -> Reply:
            if not act_rows.claim_act(tx, act.event_key):
                return Reply(text("reply.already_done"), changed=False)
            own = dict(settings_rows.of_community(tx.connection, act.platform, act.community))
            here = self.here(own)
            try:
                read = {name: here._read(name, act.values.get(name, "")) for name in here._fields(section)}
            except WrongValue as problem:
                return Reply(problem.sentence, changed=False)
            values = {name: value for name, value in {**own, **read}.items() if value is not None}
            settings_rows.replace(tx, act.platform, act.community, values, act.person)
            different = sorted(name for name in read if own.get(name) != read[name])
            case_rows.write_audit(tx, "", act.community, Person(act.person, ""), "settings", facts={"changed": different})
            self.changed(tx)
            return Reply(text("case.settings.saved"))

        return await self.ledger.write(body)

    def for_administrators(self, handlers: Handlers) -> Handlers:
        """The same handlers for administrators; others are told why not."""

        def guarded(handler: Callable[[Act], Awaitable[R]]) -> Callable[[Act], Awaitable[R | Reply]]:
            async def ask_first(act: Act) -> R | Reply:
                return await self.refused(act) or await handler(act)

            return ask_first

        actions = {name: guarded(handler) for name, handler in handlers.actions.items()}
        return Handlers(actions, {name: guarded(maker) for name, maker in handlers.forms.items()})

    async def refused(self, asker: Visitor | Act) -> Reply | None:
        """Why this person may not change the settings here; None for administrators. A refused press is in the audit log."""
        if is_direct(asker.community):
            return Reply(text("case.settings.not_here"), changed=False)
        if await self.access.of(asker.platform, asker.community, asker.person, AccessLevel.ADMINISTRATOR) is AccessLevel.ADMINISTRATOR:
            return None
        if isinstance(asker, Act):
            who, why = Person(asker.person, ""), {"why": "not_administrator"}
            await self.ledger.write(lambda tx: case_rows.write_audit(tx, "", asker.community, who, "settings", "refused", why))
        return Reply(text("case.settings.not_administrator"), changed=False)

    def _people(self, own: Mapping[str, object]) -> tuple[FormField, ...]:
        fields = (_field(name, plain(own.get(name)), required=False) for name in _FIELDS["people"] if name not in (LANGUAGE, ZONE))
        choices = (Choice("", text("case.settings.empty_language")), *(Choice(one, own_name(one)) for one in sorted(languages())))
        chosen = FormField(LANGUAGE, text("case.settings.language"), FieldKind.CHOICE, plain(own.get(LANGUAGE)), choices, required=False)
        return (*fields, chosen, _field(ZONE, plain(own.get(ZONE)), required=False))

    def _results(self, own: Mapping[str, object]) -> tuple[FormField, ...]:
        choices = tuple(Choice(one.value, text(f"case.settings.results_{one.value}")) for one in Results)
        first = FormField("results", text("case.settings.results"), FieldKind.CHOICE, results_of(own).value, choices)
        return (first, *(_field(name, plain(own.get(name)), required=False) for name in _FIELDS["results"][1:]))

    def _money(self, own: Mapping[str, object]) -> tuple[FormField, ...]:
        return tuple(
            FormField(
                name,
                text(f"case.settings.{name}"),
                value=dollars(own.get(name)),
                required=False,
                max_length=12,
                hint=text("case.settings.hint_money", most=_limit(getattr(self.rules.limits, name.removeprefix("budget_")))),
            )
            for name in _FIELDS["money"]
        )

    def _pictures(self, own: Mapping[str, object]) -> tuple[FormField, ...]:
        reasons = own.get("deny_reasons")
        offered = listed(list(self.rules.models))
        hint = text("case.settings.hint_models", offered=offered)
        models = FormField("models", text("case.settings.models"), value=plain(own.get("models")), required=False, hint=hint)
        return (
            *([models] if self.rules.models else ()),
            *size_and_quality(self.rules.model, plain(own.get("size")), plain(own.get("quality"))),
            _field("retention_days", str(own.get("retention_days", RETENTION_DAYS)), max_length=4),
            _field(
                "deny_reasons",
                "\n".join(reasons) if isinstance(reasons, list) else "",
                kind=FieldKind.PARAGRAPH,
                required=False,
                max_length=REASONS_MAX * (REASON_LENGTH + 1),
            ),
        )

    def _fields(self, section: str) -> tuple[str, ...]:
        """The settings of a section; models only if the operator offers several."""
        return tuple(name for name in _FIELDS[section] if name != "models" or self.rules.models)

    def _shown(self, own: Mapping[str, object]) -> dict[str, str]:
        """Every setting, formatted for people."""
        shown, no_budget = dict[str, str](), "unlimited" if self.rules.limits.own_key else "default"
        for name in (name for section in _FIELDS for name in self._fields(section)):
            value = own.get(name)
            if name.startswith("budget_"):
                shown[name] = money(value) if isinstance(value, int) else text(f"case.settings.{no_budget}")
            elif name == "retention_days":
                shown[name] = text("case.settings.days", days=value if isinstance(value, int) else RETENTION_DAYS)
            elif name == "results":
                shown[name] = text(f"case.settings.results_{results_of(own).value}")
            elif isinstance(value, list):
                shown[name] = listed([str(one) for one in value])
            elif name == LANGUAGE and value in languages():
                shown[name] = own_name(str(value))
            else:
                shown[name] = str(value) if value else text(f"case.settings.empty_{name}")
        return shown

    def _read(self, name: str, typed: str) -> object:
        """Parse one value; None for "not set". Raises WrongValue."""
        try:
            words = normalise(typed[:5000])
        except UnusableText:
            words = ""
        if name == "retention_days":
            return _days(words)
        if not words:
            return None
        if name.startswith("budget_"):
            return read_micros(words, getattr(self.rules.limits, name.removeprefix("budget_")))
        if name == "results":
            chosen = _one_of(words, list(Results))
            return None if chosen == Results.PUBLIC else chosen
        if name == "size":
            return _one_of(words, self.rules.model.sizes.popular)
        if name == "quality":
            return _one_of(words, self.rules.model.qualities)
        if name == LANGUAGE:
            return _one_of(words, sorted(languages()), len(languages()))
        if name == ZONE:
            return _zone(words)
        if name == "models":
            several = dict.fromkeys(one for one in re.split(r"[\s,;]+", words) if one)
            return [_one_of(one, list(self.rules.models)) for one in several] or None
        if name == "deny_reasons":
            return _reasons(words)
        ids = read_ids(words)
        return ids[0] if name in ("moderators_channel", "reviews_channel") else ids


def _one_of(words: str, allowed: Sequence[str], most: int = 8) -> str:
    """The words, if they're one of these. Raises WrongValue, which names `most` of them."""
    if words in allowed:
        return words
    raise WrongValue(text("case.settings.wrong_choice", value=words[:40], allowed=listed(list(allowed), most)))


_FIELDS: Mapping[str, tuple[str, ...]] = {
    "people": ("moderators_channel", "moderators", "channels", LANGUAGE, ZONE),
    "results": ("results", "reviewers", "reviews_channel"),
    "money": ("budget_member_day", "budget_member_month", "budget_community_day", "budget_community_month"),
    "pictures": ("models", "size", "quality", "retention_days", "deny_reasons"),
}


def form_button(action: ActionName, row: str, label: str, style: ButtonStyle = ButtonStyle.PLAIN) -> Button:
    """A button for administrators that opens a form."""
    return Button(action, row, label, style, opens_form=True, pressers=Pressers(administrators=True))


def size_and_quality(model: Model, size: str, quality: str) -> tuple[FormField, FormField]:
    """The choices of a default size and a default quality."""
    default = Choice("", text("case.settings.default"))
    sizes = (default, *(Choice(one, label(one)) for one in model.sizes.popular))[:25]
    qualities = (default, *(Choice(one, one) for one in model.qualities))
    return (
        FormField("size", text("case.settings.size"), FieldKind.CHOICE, size, sizes, required=False),
        FormField("quality", text("case.settings.quality"), FieldKind.CHOICE, quality, qualities, required=False),
    )


def _field(name: str, value: str, **more: Any) -> FormField:
    return FormField(name, text(f"case.settings.{name}"), value=value, hint=text(f"case.settings.hint_{name}"), **more)


def read_ids(words: str) -> list[str]:
    found = [one.lstrip("#@") for one in re.split(r"[\s,;]+", _MENTION.sub(r" \1 ", words)) if one.strip("#@")]
    wrong = next((one for one in found if not _ID.fullmatch(one)), None)
    if wrong is not None or not found or len(found) > IDS_MAX:
        raise WrongValue(text("case.settings.wrong_id", value=(wrong or words)[:40]))
    return found


def _zone(words: str) -> str:
    if (found := zone_named(words)) is None:
        raise WrongValue(text("case.settings.wrong_zone", value=words[:40]))
    return found


def _days(words: str) -> int:
    if not words:
        return RETENTION_DAYS
    if not (words.isascii() and words.isdigit() and 1 <= int(words[:5]) <= 3650):
        raise WrongValue(text("case.settings.wrong_days", value=words[:20]))
    return int(words)


def read_micros(words: str, limit: int | None) -> int:
    try:
        micros = int(Decimal(words.lstrip("$")) * 1_000_000)
    except (InvalidOperation, ValueError, OverflowError):
        micros = -1
    if not re.fullmatch(r"\$?[0-9]{1,7}(\.[0-9]{1,6})?", words, flags=re.ASCII) or micros < 0:
        raise WrongValue(text("case.settings.wrong_money", value=words[:20]))
    if limit is not None and micros > limit:
        raise WrongValue(text("case.settings.too_much", value=money(micros), most=money(limit)))
    return micros


def _reasons(words: str) -> list[str]:
    found = list(dict.fromkeys(" ".join(line.split()) for line in words.splitlines() if line.strip()))
    if len(found) > REASONS_MAX or any(len(one) > REASON_LENGTH for one in found):
        raise WrongValue(text("case.settings.wrong_reasons", most=REASONS_MAX, length=REASON_LENGTH))
    return found


def plain(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


def dollars(value: object) -> str:
    return f"{Decimal(value) / 1_000_000:.2f}" if isinstance(value, int) else ""


def _limit(value: object) -> str:
    return money(value) if isinstance(value, int) else text("case.settings.unlimited")
