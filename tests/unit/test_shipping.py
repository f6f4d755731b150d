"""The files that ship the bot agree with the project: locks, copied paths, settings, license, and what the docs promise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bench.memory import MOST_MB
from bot.settings import KNOWN
from bot.settings.secret_files import names
from scripts import dockerfile_steps

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def locked(path: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name.lower(): version for name, version in found}


_WITH_LIMITS = ("deploy/compose.postgres.yaml", "deploy/imagine-bot.service")


def test_the_image_gets_the_versions_that_the_tests_ran_with_and_nothing_for_tests() -> None:
    everything, image = locked("requirements.lock"), locked("deploy/requirements.lock")
    assert image.items() <= everything.items(), "run: make lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        re.split(r"[\[<>=!~;]", line, maxsplit=1)[0].lower()
        for line in [*project["dependencies"], *project["optional-dependencies"]["web"], *project["optional-dependencies"]["captions"]]
    }
    assert {name.replace(".", "-") for name in wanted} <= image.keys()
    assert not image.keys() & {"pytest", "playwright", "mypy", "scikit-learn", "hypothesis"}


def test_everything_that_the_dockerfile_copies_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, flags=re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    for path in copied:
        assert (ROOT / path).exists(), path
        assert f"!{path}" in ignored, path
    assert ignored[1] == "*"


def test_every_step_of_the_dockerfile_is_one_that_the_script_runs_or_names() -> None:
    stages = dockerfile_steps.read(DOCKERFILE)
    assert [stage.name for stage in stages] == ["build", ""]
    words = [word for stage in stages for word, _ in stage.steps]
    assert set(words) <= {"WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    made = dockerfile_steps.Build(ROOT / "elsewhere", {"PATH": "/bin"})
    assert (
        made.mapped("python -m venv /opt/imagine-bot && cd /src")
        == f"python -m venv {ROOT}/elsewhere/opt/imagine-bot && cd {ROOT}/elsewhere/src"
    )
    assert made.mapped("/usr/src /database http://x/data.json") == "/usr/src /database http://x/data.json"
    made.step("HEALTHCHECK", dict(stages[1].steps)["HEALTHCHECK"], ROOT)
    assert "/healthz" in made.facts["HEALTHCHECK"]


def test_every_variable_of_the_shipped_files_is_a_setting() -> None:
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    unit = (ROOT / "deploy" / "imagine-bot.service").read_text(encoding="utf-8")
    used = set(re.findall(r"^\s+([A-Z][A-Z_]+): ", compose, flags=re.MULTILINE)) | set(re.findall(r"\b([A-Z][A-Z_]+)=", unit + DOCKERFILE))
    assert used - {"PATH", "HOME", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"} <= KNOWN | names(KNOWN)


def test_the_image_runs_without_rights_and_stops_as_the_docs_say() -> None:
    assert re.search(r"^USER 10001$", DOCKERFILE, flags=re.MULTILINE)
    assert "STOPSIGNAL SIGTERM" in DOCKERFILE
    assert "libfribidi0" in DOCKERFILE, "complex scripts on pictures need it"
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for line in ("read_only: true", "no-new-privileges:true", "stop_grace_period: 45s"):
        assert line in compose
    assert "TimeoutStopSec=45" in (ROOT / "deploy" / "imagine-bot.service").read_text(encoding="utf-8")


def test_the_limits_of_memory_leave_room_for_the_most_that_the_bot_takes() -> None:
    shipped = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("compose.yaml", *_WITH_LIMITS)}
    for name, words in shipped.items():
        found = re.search(r"(?:mem_limit: |MemoryMax=)(\d+)G", words, re.IGNORECASE)
        assert found, name
        assert int(found[1]) * 1000 > MOST_MB, name


def test_the_license_is_the_one_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == (ROOT / "LICENSE").read_text(encoding="utf-8").partition(" License")[0] == "MIT"
