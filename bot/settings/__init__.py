"""Operator settings from the environment and `.env`, validated once at start.

`load` returns a frozen Settings or raises SettingsProblem with one clear sentence per problem; `service_problems` lists what a real run
lacks. Adapter settings are checked by each plugin's `problems`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot import egress
from bot.providers.services.registry import NATIVE, base_url_of
from bot.settings import dotenv, names, secret_files
from bot.settings.model import KNOWN, NBILITY_BASE_URL, PRECEDENCE, VARIABLES, Settings
from bot.settings.values import Wrong, is_open_http
from bot.texts import text
from bot.texts.phrases import listed

__all__ = ["KNOWN", "Settings", "SettingsProblem", "load", "service_problems"]


DISCORD_ANSWER_S = 840
"""Seconds. Discord lets a bot edit its answer for 15 minutes; one minute is kept for delivery."""


class SettingsProblem(Exception):
    """Invalid settings. Each of `problems` names the variable, what is wrong and what to do; never a secret's value."""

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load(
    env: Mapping[str, str],
    file: Path | None = None,
    *,
    others: Collection[str] = (),
    service: bool = True,
    written: dotenv.EnvFile | None = None,
) -> Settings:
    """Load settings from the environment, a `.env` file and files of secrets. The environment wins; an empty value counts as not set.

    `others` are the adapters' variables, so that a misspelt one can be told from an unrelated one. `service=False` ignores the image
    service's variables: the demo brings its own service and must start whatever is set. `written` is the file's content, if it isn't yet
    what is on the disk.
    """
    written = written or (dotenv.read(file) if file is not None else dotenv.EnvFile())
    merged = {**written.values, **{name: value for name, raw in env.items() if (value := dotenv.stripped(raw))}}
    known = KNOWN | frozenset(others)
    kept = secret_files.read(merged, known)
    merged, known = merged | kept.values, known | secret_files.names(known)
    said = _about_names(file, written.values, merged, known)
    problems, warnings = [*written.problems, *kept.problems, *said[0]], [*written.warnings, *kept.warnings, *said[1]]

    chosen = {name: merged[name] for name in VARIABLES if name in merged and name not in PRECEDENCE}
    used: dict[str, str] = {}
    if service:
        used, doubtful = _service(merged)
        warnings += doubtful
        chosen |= {name: merged[source] for name, source in used.items()}
        if "IMAGE_BASE_URL" not in used and used.get("IMAGE_API_KEY") == "NBILITY_API_KEY":
            chosen["IMAGE_BASE_URL"] = NBILITY_BASE_URL
        if "IMAGE_BASE_URL" not in used and (address := base_url_of(merged.get("IMAGE_SERVICE", "").lower())):
            chosen["IMAGE_BASE_URL"] = address
    try:
        values: dict[str, Any] = {VARIABLES[name]: value for name, value in chosen.items()}
        settings = Settings(**values, env=merged, used=used, doubts=tuple(warnings), warnings=tuple(warnings))
    except ValidationError as error:
        raise SettingsProblem([*problems, *_sentences(error, used)]) from None
    if problems:
        raise SettingsProblem(problems)
    return _finished(settings)


def _about_names(
    file: Path | None, written: Mapping[str, str], merged: Mapping[str, str], known: Collection[str]
) -> tuple[list[str], list[str]]:
    """Problems and warnings about the names of variables: overruled by the environment, misspelt, or unknown."""
    problems: list[str] = []
    warnings: list[str] = []
    for name in sorted(known & written.keys() & merged.keys()):
        if merged[name] != written[name]:
            warnings.append(text("settings.environment_wins", name=name, file=file))
    for wrong, right in names.misspelt(merged.keys(), known):
        sentence = text("settings.misspelt", wrong=wrong, right=right)
        (problems if wrong in written and right not in merged else warnings).append(sentence)
    for name in sorted(written.keys() - known):
        if names.meant(name, known) is None:
            warnings.append(text("settings.stranger", name=name, file=file))
    return problems, warnings


def service_problems(settings: Settings, file: Path | None = None) -> list[str]:
    """What a run with a real image service lacks, one sentence each."""
    if settings.image_api_key is not None:
        if said := _fallback_problems(settings):
            return said
        if settings.image_service in NATIVE and "IMAGE_MODEL" not in settings.used:
            return [text("settings.missing_model", service=settings.image_service, file=file or ".env")]
        return []
    near = [wrong for wrong, right in names.misspelt(settings.env.keys(), KNOWN) if right in PRECEDENCE["IMAGE_API_KEY"]]
    if near:
        return [text("settings.missing_key_misspelt", wrong=near[0], right=names.meant(near[0], KNOWN), file=file or ".env")]
    return [text("settings.missing_key", file=file or ".env")]


def _fallback_problems(settings: Settings) -> list[str]:
    """What a fallback lacks: it needs an address, a key, and the models that its operator declares equal."""
    given = {
        "FALLBACK_BASE_URL": settings.fallback_url,
        "FALLBACK_API_KEY": settings.fallback_api_key,
        "FALLBACK_MODELS": settings.fallback_models,
    }
    missing = [name for name, value in given.items() if not value]
    if len(missing) == len(given) and settings.fallback_service is None:
        return []
    offered = settings.image_models or (settings.image_model,)
    strange = [name for name in settings.fallback_models if name not in offered]
    said = [text("settings.fallback_lacks", name=name) for name in missing]
    return said or [text("settings.fallback_unknown", value=name, offered=listed(tuple(offered), None)) for name in strange]


def _service(merged: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The variable that provides each image service value, and warnings about variables that are ignored."""
    used: dict[str, str] = {}
    warnings: list[str] = []
    for setting, candidates in PRECEDENCE.items():
        present = [name for name in candidates if name in merged]
        if setting in ("IMAGE_API_KEY", "IMAGE_BASE_URL") and merged.get("IMAGE_SERVICE", "").lower() in NATIVE:
            # A key is sent to its own service only, and no other variable names the key of this one.
            present = [name for name in present if name == setting]
        if setting == "IMAGE_BASE_URL":
            unrelated = [name for name in present if _leads_elsewhere(name, used.get("IMAGE_API_KEY"))]
            warnings += [text("settings.other_family", name=name, key=used["IMAGE_API_KEY"]) for name in unrelated]
            present = [name for name in present if name not in unrelated]
        if present:
            used[setting] = present[0]
            others = [name for name in present[1:] if merged[name].rstrip("/") != merged[present[0]].rstrip("/")]
            warnings += [text("settings.disagree", used=present[0], other=name) for name in others]
    return used, warnings


def _leads_elsewhere(address: str, key: str | None) -> bool:
    """Whether this address belongs to a different service than the key. A key is only sent to its own service, or where IMAGE_BASE_URL
    says."""
    if key is None or "IMAGE" in (address.partition("_")[0], key.partition("_")[0]):
        return False
    return address.partition("_")[0] != key.partition("_")[0]


def _sentences(error: ValidationError, used: Mapping[str, str]) -> list[str]:
    sentences = []
    for one in error.errors():
        variable = str(one["loc"][0]).upper()
        name = used.get(variable, variable)
        wrong = one.get("ctx", {}).get("error")
        sentences.append(wrong.sentence(name) if isinstance(wrong, Wrong) else text("settings.unusable", name=name))
    return sentences


def _finished(settings: Settings) -> Settings:
    """Make relative folders absolute, and add warnings that depend on several values."""
    said = [*settings.warnings, *egress.warnings(settings.env)]
    if settings.request_deadline_s > DISCORD_ANSWER_S:
        said.append(text("settings.deadline_long", name="REQUEST_DEADLINE_S", high=DISCORD_ANSWER_S))
    if settings.image_models and "IMAGE_MODEL" in settings.used and settings.image_model not in settings.image_models:
        said.append(text("settings.model_not_offered", model=settings.image_model, first=settings.image_models[0]))
    if settings.fallback_api_key is not None and is_open_http(settings.fallback_url or ""):
        said.append(text("settings.open_http", name="FALLBACK_BASE_URL"))
    if is_open_http(settings.image_base_url) and settings.image_api_key is not None:
        name = settings.used.get("IMAGE_BASE_URL", "IMAGE_BASE_URL")
        said.append(text("settings.open_http", name=name))
    return settings.model_copy(update={"data_dir": settings.data_dir.absolute(), "warnings": tuple(said)})
