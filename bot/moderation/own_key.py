"""A community's own key and service, in /imagine-settings: administrators set, replace and remove it. Nobody can read the key again.

The key is checked live before it's stored; a wrong one is a sentence, and nothing is stored. What's stored is encrypted.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.chat.handlers import Handlers
from bot.chat.views import Act, ActionName, Button, ButtonStyle, Choice, Fact, FieldKind, Form, FormField, Pressers, Reply, View
from bot.domain.own_services import CHANGED, SETTING, VAULT, CommunityKeys, OwnService, ends_of, name_for, own_service_of
from bot.domain.requests import Person
from bot.ledger import act_rows, case_rows, own_rows, settings_rows, vault_rows
from bot.ledger.store import Tx
from bot.messages import own_notices
from bot.messages.own_notices import ROW
from bot.moderation.community import Community, WrongValue, form_button
from bot.moderation.typed_lines import one_line
from bot.observe import hide
from bot.providers.services.registry import SERVICES
from bot.requests.own_address import WrongAddress, read_address
from bot.requests.own_check import MODEL, CheckRate, KeyCheck, check
from bot.requests.own_services import OwnServices, as_sealed, from_sealed
from bot.texts import joined, text
from bot.texts.phrases import listed, moment
from bot.vault import VaultProblem

MOST_MODELS = 10
KEY_LEAST, KEY_MOST = 16, 500
"""Characters of a key. A shorter one, or one without letters and digits, couldn't be redacted from logs without deleting ordinary words."""


@dataclass(frozen=True, slots=True)
class OwnKey:
    """Action handlers for a community's own key."""

    community: Community
    services: OwnServices | None
    rate: CheckRate = field(default_factory=CheckRate)

    @property
    def handlers(self) -> Handlers:
        actions = {ActionName.OWN_KEY: self._show, ActionName.OWN_KEY_EDIT: self._save, ActionName.OWN_KEY_REMOVE: self._remove}
        return self.community.for_administrators(Handlers(actions, {ActionName.OWN_KEY_EDIT: self._form}))

    @property
    def _mode(self) -> CommunityKeys:
        return CommunityKeys.OFF if self.services is None else self.community.rules.community_keys

    async def _own(self, act: Act) -> OwnService | None:
        return own_service_of(await self.community.ledger.read(lambda c: settings_rows.of_community(c, act.platform, act.community)))

    def _closed(self) -> str:
        """Why no key can be set now; empty if one can."""
        if self._mode is CommunityKeys.OFF:
            return text("own.switched_off")
        return "" if self.services is not None and self.services.keys_can_be_stored else text("own.no_encryption")

    async def _show(self, act: Act) -> Reply:
        own = await self._own(act)
        known = await self.community.ledger.read(lambda c: own_notices.outage(c, act.platform, act.community))
        wrong = own_notices.sentence(known, own.host, own.key_ends) if own is not None and known and not known.get("over") else ""
        return Reply(text("own.title"), changed=False, view=_view(own, self._mode, self._closed(), wrong))

    async def _form(self, act: Act) -> Form | Reply:
        closed = self._closed()
        return Reply(closed, changed=False) if closed else _filled(await self._own(act))

    async def _save(self, act: Act) -> Reply:
        if closed := self._closed():
            return Reply(closed, changed=False)
        assert self.services is not None
        old = await self._own(act)
        try:
            wanted = _read(act.values)
            key = _key(act.values) or await self._kept_key(wanted, old)
        except WrongValue as problem:
            return Reply(problem.sentence, changed=False)
        with self.rate.turn(f"{act.platform}:{act.community}", self.community.ledger.now()) as may:
            if not may:
                return Reply(text("own.too_often"), changed=False)
            found = await asyncio.create_task(self._checked(wanted, key), name="own-key-check")
        if found.problem:
            facts = {name: listed(value) if isinstance(value, list) else value for name, value in found.facts.items()}
            return Reply(text(f"own.problem_{found.problem}", **facts), changed=False)
        if refused := await self.community.refused(act):  # the check takes a while
            return refused
        said, name = await self.community.ledger.write(lambda tx: self._store(tx, act, wanted, key, old, proven=found.proven))
        if name:
            self.services.conceal(name, key)
        return said

    async def _checked(self, wanted: OwnService, key: str) -> KeyCheck:
        """What the service says of the key. A task of its own: only there is the key, which may be anything, kept out of the log."""
        assert self.services is not None
        hide(key)
        try:
            provider = self.services.connect(wanted, key)
        except ValueError:
            return KeyCheck("not_api", facts={"host": wanted.host, "status": "-"})
        try:
            return await check(provider, wanted)
        finally:
            await provider.aclose()

    async def _kept_key(self, wanted: OwnService, old: OwnService | None) -> str:
        """The stored key, if only the models change. It never goes to another address than the one for which it was given."""
        if self.services is None or old is None or (old.api, old.base_url) != (wanted.api, wanted.base_url):
            raise WrongValue(text("own.key_needed"))
        try:
            entry = await self.services.vault.get(VAULT, old.name)
        except VaultProblem:
            entry = None
        found = None if entry is None else from_sealed(entry.value)
        if found is None:
            raise WrongValue(text("own.key_needed"))
        return found[1]

    def _store(self, tx: Tx, act: Act, wanted: OwnService, key: str, old: OwnService | None, *, proven: bool) -> tuple[Reply, str]:
        """Store it, unless the community's key isn't the one anymore that the form was about. Returns the answer, and the new name."""
        assert self.services is not None
        if not act_rows.claim_act(tx, act.event_key):
            return Reply(text("reply.already_done"), changed=False), ""
        own = settings_rows.of_community(tx.connection, act.platform, act.community)
        there = own_service_of(own)
        if (None if there is None else there.name) != (None if old is None else old.name):
            return Reply(text("own.changed_meanwhile"), changed=False), ""
        name = name_for(wanted.api, tx.new_id())
        made = OwnService(name, wanted.api, wanted.base_url, wanted.models, ends_of(key), act.person, tx.now, act.person_name[:80])
        vault_rows.put(tx, VAULT, name, self.services.vault.seal(VAULT, name, as_sealed(replace(made, set_by_name=""), key)))
        _changed(tx, act, {**own, SETTING: made.as_stored()}, "replaced" if SETTING in own else "set", made)
        return Reply(text("own.saved" if proven else "own.saved_unproven", host=made.host)), name

    async def _remove(self, act: Act) -> Reply:
        def body(tx: Tx) -> Reply:
            own = settings_rows.of_community(tx.connection, act.platform, act.community)
            gone = own_service_of(own)
            if gone is None or not act_rows.claim_act(tx, act.event_key):
                return Reply(text("own.none_to_remove"), changed=False)
            _changed(tx, act, {name: value for name, value in own.items() if name != SETTING}, "removed", gone)
            needed = vault_rows.get(tx.connection, VAULT, gone.name, tx.now) is not None
            now = text("own.removed_required" if self._mode is CommunityKeys.REQUIRED else "own.removed")
            return Reply(joined(" ", (text("own.gone_later" if needed else "own.gone"), now)))

        return await self.community.ledger.write(body)


def _changed(tx: Tx, act: Act, values: Mapping[str, Any], how: str, service: OwnService) -> None:
    settings_rows.replace(tx, act.platform, act.community, values, act.person)
    facts = {"changed": [SETTING], "how": how, "service": service.api, "host": service.host}
    case_rows.write_audit(tx, "", act.community, Person(act.person, ""), "settings", facts=facts)
    own_notices.end_outage(tx, act.platform, act.community)
    own_rows.forget_unneeded(tx)
    tx.wake(CHANGED, f"{act.platform}:{act.community}")


def _view(own: OwnService | None, mode: CommunityKeys, closed: str, wrong: str) -> View:
    """Who set which key when, never the key itself."""
    state = "" if own is not None else text("own.none_required" if mode is CommunityKeys.REQUIRED else "own.none")
    edit = form_button(ActionName.OWN_KEY_EDIT, ROW, text("own.replace" if own else "own.set"), ButtonStyle.PRIMARY)
    label, who = text("button.own_key_remove"), Pressers(administrators=True)
    remove = Button(ActionName.OWN_KEY_REMOVE, ROW, label, ButtonStyle.DANGER, pressers=who)
    buttons = (*([] if closed else [edit]), *([remove] if own else []))
    lines = tuple(one for one in (text("own.how"), state, wrong, closed) if one)
    return View(title=text("own.title"), text=lines, facts=() if own is None else _facts(own), buttons=buttons, final=True)


def _facts(own: OwnService) -> tuple[Fact, ...]:
    shown = {
        "service": own.api,
        "address": own.base_url,
        "models": listed(list(own.models), None),
        "key": text("own.ends", ends=own.key_ends) if own.key_ends else text("own.stored"),
        "by": own.set_by_name or own.set_by,
        "at": moment(own.set_at),
    }
    return tuple(Fact(text(f"own.{name}"), value) for name, value in shown.items())


def _filled(own: OwnService | None) -> Form:
    choices = tuple(Choice(one, one) for one in sorted(SERVICES))
    hint = text("own.hint_keep" if own else "own.hint_key")
    fields = (
        FormField("own_api", text("own.service"), FieldKind.CHOICE, own.api if own else "openai", choices),
        FormField(
            "own_address",
            text("own.address"),
            value=own.base_url if own else "",
            required=False,
            max_length=300,
            hint=text("own.hint_address"),
        ),
        FormField(
            "own_models", text("own.models"), value=", ".join(own.models) if own else "", max_length=1000, hint=text("own.hint_models")
        ),
        FormField("own_key", text("own.key"), FieldKind.SECRET, required=own is None, max_length=KEY_MOST, hint=hint),
    )
    title = text("own.replace" if own else "own.set")
    return Form(ActionName.OWN_KEY_EDIT, ROW, title, fields, text("case.settings.submit"), text("own.form_text"))


def _read(values: Mapping[str, str]) -> OwnService:
    """The service as typed, without its key. Raises WrongValue."""
    api = values.get("own_api", "").strip().lower()
    if api not in SERVICES:
        raise WrongValue(text("case.settings.wrong_choice", value=api[:40], allowed=listed(sorted(SERVICES), None)))
    try:
        address = read_address(one_line(values.get("own_address", "")), api)
    except WrongAddress as problem:
        raise WrongValue(text(f"own.wrong_{problem.key}")) from None
    models = tuple(dict.fromkeys(one for one in re.split(r"[\s,;，、]+", one_line(values.get("own_models", ""))) if one))
    wrong = next((one for one in models if not MODEL.fullmatch(one)), None)
    if wrong is not None:
        raise WrongValue(text("own.wrong_models", value=wrong[:40], most=MOST_MODELS))
    if not 1 <= len(models) <= MOST_MODELS:
        raise WrongValue(text("own.wrong_count", count=len(models), most=MOST_MODELS))
    return OwnService("", api, address, models, "", "", 0.0)


def _key(values: Mapping[str, str]) -> str:
    """The key as typed; empty if none is. Raises WrongValue, which never quotes it."""
    key = values.get("own_key", "").strip()
    usable = key.isascii() and all("!" <= one <= "~" for one in key) and not key.lower().startswith("bearer") and "://" not in key
    usable = usable and any(one.isalpha() for one in key) and any(one.isdigit() for one in key)
    if key and not (usable and KEY_LEAST <= len(key) <= KEY_MOST):
        raise WrongValue(text("own.wrong_key", least=KEY_LEAST))
    return key
