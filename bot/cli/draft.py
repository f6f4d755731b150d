"""Draft settings of `imagine-bot init`: the answers given so far, and doctor's own checks of each, before anything is written."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.adapter import Finding, SetupQuestion, SetupStep
from bot.cli import checks, keys, layers, other_services, reach, service
from bot.cli.ladder import DoctorRung, Subject, walk
from bot.ports import SystemPorts
from bot.settings import Settings, SettingsProblem, dotenv, env_edit, load, service_problems
from bot.settings.model import PRECEDENCE
from bot.texts import text

if TYPE_CHECKING:
    from bot.adapter import Plugin

ADDRESS, KEY, MODEL = "IMAGE_BASE_URL", "IMAGE_API_KEY", "IMAGE_MODEL"
SECOND = ("FALLBACK_BASE_URL", "FALLBACK_API_KEY", "FALLBACK_MODELS")
"""Settings of the second image service, which is optional."""
EXAMPLE = ".env.example"


@dataclass(slots=True)
class SettingsDraft:
    """The current settings file, the environment, and the answers."""

    file: Path
    env: Mapping[str, str]
    adapters: Mapping[str, Plugin]
    answers: dict[str, str] = field(default_factory=dict)
    """Variable -> new value; empty to remove it."""
    models: Sequence[str] = ()
    """The service's models, once it has listed them."""
    shown: list[Finding] = field(default_factory=list)
    """Findings that were reported already."""
    notes: list[str] = field(default_factory=list)

    @property
    def variables(self) -> Mapping[str, str]:
        return {name: about for plugin in self.adapters.values() for name, about in plugin.variables.items()}

    def content(self) -> str:
        """The file that `init` would write. A new one starts from the example beside it, if there is one, because that explains every
        line."""
        example = self.file.parent / EXAMPLE
        if self.file.exists():
            before = self.file.read_bytes().decode("utf-8-sig")
        else:
            before = example.read_text(encoding="utf-8") if example.is_file() else text("init.new_file")
        return env_edit.edited(before, self.answers, {**self.variables, **_abouts()})

    def settings(self, without: Sequence[str] = ()) -> Settings:
        """The settings that a start would read from it, optionally without some variables. Raises SettingsProblem."""
        written = dotenv.read(self.file)
        if not written.problems:
            written = dotenv.parse(self.content(), self.file)
        values = {name: value for name, value in written.values.items() if name not in without}
        env = {name: value for name, value in self.env.items() if name not in self.answers and name not in without}
        return load(env, self.file, others=self.variables.keys(), written=replace(written, values=values))

    def present(self, variable: str) -> str:
        """The value that this setting has now, under whichever name and from whichever source; empty if it's in its default."""
        merged = dict(dotenv.parse(self.content(), self.file).values)
        merged |= {name: value for name, raw in self.env.items() if name not in self.answers and (value := dotenv.stripped(raw))}
        with contextlib.suppress(SettingsProblem):  # what's wrong with it is said once it's checked
            merged = {**self.settings().env, **merged}
        return next((merged[name] for name in PRECEDENCE.get(variable, (variable,)) if merged.get(name)), "")

    def answer(self, variable: str, value: str) -> None:
        """Store an answer, unless it's the current value or the default."""
        present = self.present(variable)
        usual = Settings.model_fields[variable.lower()].default if variable in (ADDRESS, MODEL) else ""
        if value != present and (present or value != usual):
            self.answers[variable] = value

    def subject(self) -> Subject:
        return Subject(self.settings(), self.file, self.adapters, SystemPorts())


@dataclass(frozen=True, slots=True)
class CheckedStep:
    """Questions with the check of their answers."""

    questions: Sequence[SetupQuestion]
    rungs: Sequence[DoctorRung]
    platform: Plugin | None = None
    setup: SetupStep | None = None

    async def check(self, draft: SettingsDraft) -> list[Finding]:
        """The findings for the present answers; those that were already reported as fine are left out."""
        try:
            subject = draft.subject()
        except SettingsProblem as problem:
            named = [one for one in problem.problems if any(question.variable in one for question in self.questions)]
            return [Finding(False, text("doctor.settings"), one, layer=layers.KEY) for one in named or problem.problems]
        found = [one async for one in walk(self.rungs, subject)]
        draft.models = list(subject.models or draft.models)
        draft.notes += [note for note in subject.notes if note not in draft.notes]
        new = [one for one in found if not one.ok or (one not in draft.shown and not one.skipped)]
        draft.shown += [one for one in new if one.ok]
        return new


def service_steps(draft: SettingsDraft) -> list[CheckedStep]:
    """Address, key and model of the image service, in the order in which one needs the other."""
    return [
        CheckedStep([SetupQuestion(ADDRESS, text("init.address"), default=default_address(draft))], [reach.way]),
        CheckedStep([SetupQuestion(KEY, text("init.key"), secret=True)], [_key_shape, service.key_and_address]),
        CheckedStep([SetupQuestion(MODEL, text("init.model"), default="")], [_quiet(service.key_and_address), service.model]),
    ]


def second_step(draft: SettingsDraft) -> CheckedStep:
    """Address, key and equal models of the second image service, checked together with doctor's own checks."""
    model = draft.present(MODEL) or default_model(draft)
    usual = {"FALLBACK_MODELS": f"{model}={model}"}
    asked = [
        SetupQuestion(name, text(f"init.second_{name.removeprefix('FALLBACK_').lower()}"), name == SECOND[1], default=usual.get(name, ""))
        for name in SECOND
    ]
    return CheckedStep(asked, [_second_lacks, other_services.others])


def platform_steps(plugin: Plugin) -> list[CheckedStep]:
    """What this platform's own steps ask, each checked with its doctor."""
    asked: Sequence[SetupStep] = getattr(plugin, "setup", list)()
    return [CheckedStep(one.questions, [checks.running, partial(checks.platform, plugin)], plugin, one) for one in asked]


def address_is_wrong(finding: Finding) -> bool:
    """Whether a failed check of the key says that the address is at fault and not the key."""
    return not finding.ok and finding.layer in (layers.CONFIGURATION, layers.NETWORK)


def better_address(draft: SettingsDraft, finding: Finding) -> str:
    """The address that this finding suggests; empty if it suggests none."""
    address = draft.present(ADDRESS) or default_address(draft)
    wanted = f"{address.rstrip('/')}/v1"
    return wanted if wanted in finding.fix or wanted in finding.sentence else ""


def default_model(draft: SettingsDraft) -> str:
    """The model to suggest: the bot's default if the service has it, else one of the service's that draws by its name."""
    usual = str(Settings.model_fields["image_model"].default)
    if not draft.models or usual in draft.models:
        return usual
    return next((name for name in sorted(draft.models) if "image" in name), draft.models[0])


def same_host(one: str, other: str) -> bool:
    return urlsplit(one).hostname == urlsplit(other).hostname


def default_address(draft: SettingsDraft) -> str:
    """The address in effect if nothing else is answered."""
    try:
        return draft.settings().image_base_url
    except SettingsProblem:
        return str(Settings.model_fields["image_base_url"].default)


def _quiet(rung: DoctorRung) -> DoctorRung:
    """A check that only fills the subject: its findings were reported before."""

    async def look(subject: Subject) -> AsyncIterator[Finding]:
        notes = list(subject.notes)
        async for finding in rung(subject):
            if not finding.ok:
                yield finding
        subject.notes[:] = notes

    return look


async def _key_shape(subject: Subject) -> AsyncIterator[Finding]:
    said = keys.misshapen(subject.settings)
    lacking = [] if subject.settings.image_api_key is not None else service_problems(subject.settings, subject.file)
    for sentence in [*lacking, *([said] if said else [])]:
        yield Finding(False, text("doctor.settings"), sentence, layer=layers.KEY)


async def _second_lacks(subject: Subject) -> AsyncIterator[Finding]:
    """Whether anything of the second service is missing, or names a model that isn't offered."""
    for sentence in service_problems(subject.settings, subject.file):
        yield Finding(False, text("doctor.settings"), sentence, layer=layers.CONFIGURATION)


def _abouts() -> Mapping[str, str]:
    return {name: text(f"settings.about.{name}") for name in (ADDRESS, KEY, MODEL, *SECOND)}
