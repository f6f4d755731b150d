"""What a service says that people read later, without the key that it was called with: some repeat what they were sent."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from bot.domain.outcome import Applied, Outcome
from bot.observe.redact import REMOVED
from bot.observe.secret_spellings import SecretFinder
from bot.providers.port import REQUEST_ID_HEADERS

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """The service's own id of a request; None if it states none."""
    return next((headers[name] for name in REQUEST_ID_HEADERS if _REQUEST_ID.fullmatch(headers.get(name, ""))), None)


def without_key(outcome: Outcome, auth: Mapping[str, str]) -> Outcome:
    """The outcome with the service's id, its name of the model, and its wordings free of the key, in whichever spelling."""
    finder = SecretFinder([value.rpartition(" ")[2] for value in auth.values()])
    named, applied = outcome.provider_request_id, outcome.applied
    pictures = tuple(
        dataclasses.replace(one, revised_prompt=finder.without(one.revised_prompt, REMOVED)) if one.revised_prompt else one
        for one in outcome.pictures
    )
    return dataclasses.replace(
        outcome,
        pictures=pictures,
        provider_request_id=None if named is None or finder.is_in(named) else named,
        applied=Applied(*("" if finder.is_in(one) else one for one in (applied.quality, applied.model))),
    )
