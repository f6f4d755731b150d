"""Doctor's checks of the image services beside the configured one: further keys, and the second service. They cost nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from bot.adapter import Finding
from bot.cli import reach, service
from bot.cli.ladder import DoctorRung, Subject, walk
from bot.settings import Settings
from bot.settings.rules import key_name
from bot.texts import text


@dataclass(frozen=True, slots=True)
class OtherChecked:
    """A further service, as if it were the configured one."""

    name: str
    """As in `Request.service`."""
    shown: str
    settings: Settings
    rungs: Sequence[DoctorRung]


def others_of(settings: Settings) -> list[OtherChecked]:
    found = []
    for number, key in enumerate(settings.image_independent_api_keys, 2):
        used = {**settings.used, "IMAGE_API_KEY": "IMAGE_INDEPENDENT_API_KEYS"}
        there = settings.model_copy(update={"image_api_key": key, "used": used})
        found.append(OtherChecked(key_name(number), text("doctor.further_key", number=number), there, [service.key_and_address]))
    if settings.fallback_url is not None and settings.fallback_api_key is not None:
        names = {"IMAGE_BASE_URL": "FALLBACK_BASE_URL", "IMAGE_API_KEY": "FALLBACK_API_KEY", "IMAGE_MODEL": "FALLBACK_MODELS"}
        base = {
            "image_base_url": settings.fallback_url,
            "image_api_key": settings.fallback_api_key,
            "image_service": settings.fallback_service,
            "image_dialect_file": None,
            "used": {**settings.used, **names},
        }
        for model in dict.fromkeys(settings.fallback_models.values()):
            there = settings.model_copy(update={**base, "image_model": model})
            rungs = [reach.way, service.key_and_address, service.model]
            found.append(OtherChecked("fallback", text("doctor.second_service", model=model), there, rungs))
    return found


async def others(subject: Subject) -> AsyncIterator[Finding]:
    """All of them; what one of them shows says nothing for the layers of the configured one."""
    for one in others_of(subject.settings):
        there = Subject(one.settings, subject.file, subject.adapters, subject.ports, every=subject.every)
        async for finding in walk(one.rungs, there):
            said = [_named(words, one.settings) for words in (finding.sentence, finding.reason, finding.fix)]
            yield replace(finding, what=f"{one.shown}: {finding.what}", sentence=said[0], reason=said[1], fix=said[2])
        subject.notes += [f"{one.shown}: {note}" for note in there.notes]


def _named(words: str, settings: Settings) -> str:
    """The same words about the variables that set this service."""
    for usual, actual in settings.used.items():
        if actual.startswith(("FALLBACK_", "IMAGE_INDEPENDENT_")):
            words = words.replace(usual, actual) if actual not in words else words
    return words
