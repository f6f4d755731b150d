"""Doctor's look at communities' own keys: how many there are, and whether they can be read. Counts only; nobody's service is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.adapter import Finding
from bot.cli import layers
from bot.cli.ladder import Subject
from bot.domain.own_services import CommunityKeys
from bot.texts import text


async def own_keys(subject: Subject) -> AsyncIterator[Finding]:
    """Whether keys of communities can be stored and read; nothing if there are none and none may be set."""
    from bot.ledger import own_rows, read_only
    from bot.requests.own_services import keys_in
    from bot.vault.cipher import Cipher, VaultProblem

    settings, what = subject.settings, text("doctor.own_keys")
    if not read_only.is_there(settings.ledger):
        return
    now = subject.ports.now()
    having, rows = read_only.look(settings.ledger, lambda c: (own_rows.everyone(c), own_rows.sealed(c, now)))
    allowed = settings.community_keys != CommunityKeys.OFF
    if not having and not allowed:
        return
    if not settings.encryption_keys:
        yield Finding(False, what, text("doctor.own_keys_closed", count=len(having)), layer=layers.CONFIGURATION)
        return
    try:
        read = keys_in(rows, Cipher(settings.encryption_keys))
    except VaultProblem as problem:
        yield Finding(False, what, str(problem), layer=layers.CONFIGURATION)
        return
    if lost := sum(one.name not in read for one in having.values()):
        yield Finding(False, what, text("doctor.own_keys_lost", lost=lost, count=len(having)), layer=layers.CONFIGURATION)
        return
    yield Finding(True, what, text("doctor.own_keys_ok" if allowed else "doctor.own_keys_off", count=len(having)))
