"""Runs the Dockerfile's steps in order in a clean folder, as a user without rights, where `docker build` isn't at hand.

    python scripts/dockerfile_steps.py [DOCKERFILE]

Every step is read from the file. A path of the image is the same path below the folder. What needs root there (apt-get, useradd) is named
and left out. Afterwards the image's own command runs with its environment and its health check: bad before, good while it runs, and
SIGTERM ends it with 0.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
USER = 10001
"""As in the Dockerfile; only used if this runs as root."""
OURS = re.compile(r"(?<![\w.-])/(opt/imagine-bot|src|data)(?=[/\s:\"']|$)")
"""Paths of the image that the steps make."""
NETWORK = re.compile(r"PIP_|SSL_CERT_|REQUESTS_CA_BUNDLE$|(?:https?|no|all)_proxy$", re.IGNORECASE)
"""Variables that pip needs to reach its index from this machine."""
FOR_ROOT = ("apt-get ", "useradd ", "rm -rf /var/lib/apt")
START, END = 60, 45
"""Seconds for a start, and compose.yaml's `stop_grace_period`."""


@dataclass
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def read(content: str) -> list[Stage]:
    """The stages of a Dockerfile; continued lines are joined."""
    stages: list[Stage] = []
    lines = "\n".join(line for line in content.splitlines() if not line.lstrip().startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base, name))
        elif word:
            stages[-1].steps.append((word, " ".join(rest.split())))
    return stages


def as_user() -> dict[str, Any]:
    """Arguments of subprocess that make a command run without rights."""
    return {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}


@dataclass
class Build:
    """A stage's file system in a folder, its environment and its working directory."""

    root: Path
    env: dict[str, str]
    here: str = "/"
    facts: dict[str, str] = field(default_factory=dict)
    """HEALTHCHECK, ENTRYPOINT and CMD."""

    def place(self, path: str) -> Path:
        return self.root / os.path.join(self.here, path).lstrip("/")

    def mapped(self, words: str) -> str:
        return OURS.sub(lambda found: f"{self.root}/{found[1]}", words)

    def step(self, word: str, rest: str, earlier: Path) -> None:
        """Do one step; `earlier` is where the stage before is now."""
        match word:
            case "WORKDIR":
                self.here = rest
                _folder(self.place(rest))
            case "COPY":
                self.copy(shlex.split(rest), earlier)
            case "RUN":
                for command in rest.split(" && "):
                    self.run(command.strip())
            case "ENV":
                for name, value in (one.split("=", 1) for one in shlex.split(rest)):
                    self.env[name] = self.mapped(value.replace("$PATH", self.env["PATH"]))
            case "HEALTHCHECK" | "ENTRYPOINT" | "CMD":
                self.facts[word] = rest[rest.index("[") :]
            case "USER":
                assert rest == str(USER), f"the image runs as {rest}"
            case _:
                print(f"     {word} {rest}: nothing to do here")

    def copy(self, words: list[str], earlier: Path) -> None:
        source = ROOT
        if words[0].startswith("--from="):
            source, words = earlier, words[1:]
        for one in words[:-1]:
            target = self.place(words[-1])
            target = target / Path(one).name if words[-1].endswith("/") else target
            target.parent.mkdir(parents=True, exist_ok=True)
            if (found := source / one.lstrip("/")).is_dir():
                ignored = None if source != ROOT else shutil.ignore_patterns("__pycache__")
                shutil.copytree(found, target, symlinks=True, ignore=ignored)
            else:
                shutil.copy2(found, target)
            _given(target)

    def run(self, command: str) -> None:
        if command.startswith(FOR_ROOT):
            print(f"     needs root, left out: {command}")
            return
        command = re.sub(r"--(?:owner|group) \w+ ", "", self.mapped(command))
        print(f"     {command}", flush=True)
        subprocess.run(["sh", "-c", command], cwd=self.place("."), env=self.env, check=True, **as_user())


def build(content: str, folder: Path) -> Build:
    """All stages; the last one's file system stays."""
    root, before = folder / "image", folder / "before"
    python = folder / "python"
    for made in (folder, python):
        _folder(made)
    (python / "python").symlink_to(_usable(Path(sys.base_prefix), folder / "runtime") / "bin" / f"python3.{sys.version_info.minor}")
    made = Build(root, {})
    for stage in read(content):
        print(f"FROM {stage.base} {stage.name}")
        wanted = f"python:{sys.version_info.major}.{sys.version_info.minor}"
        if not stage.base.startswith(wanted):
            print(f"     this is {wanted}, so the versions may differ")
        if root.exists():
            root.rename(before)
        _folder(root)
        network = {name: value for name, value in os.environ.items() if NETWORK.match(name)}
        made = Build(root, {**network, "PATH": f"{python}:/usr/bin:/bin", "HOME": str(folder)})
        for word, rest in stage.steps:
            made.step(word, rest, before)
    return made


def lives(made: Build) -> None:
    """Run the image's command until its health check is good, then end it."""
    entry, usual = json.loads(made.facts["ENTRYPOINT"]), json.loads(made.facts["CMD"])
    program = [str(made.root / "opt/imagine-bot/bin" / entry[0]), *entry[1:]]
    subprocess.run(["chmod", "-R", "a-w", made.root / "opt"], check=True)  # read_only: true
    env = {
        **made.env,
        "HEALTH_PORT": str(_free()),
        "IMAGE_API_KEY": "sandbox",
        "IMAGE_BASE_URL": f"http://127.0.0.1:{_free()}/v1",
        "WEB_PORT": "0",
    }
    assert _health(made, env) != 0, "the health check is good without a bot"
    bot = subprocess.Popen([*program, *usual], cwd=made.place("."), env=env, stderr=subprocess.PIPE, text=True, **as_user())
    for _ in range(START):
        if bot.poll() is not None or _health(made, env) == 0:
            break
        time.sleep(1)
    healthy = bot.poll() is None and _health(made, env) == 0
    bot.send_signal(signal.SIGTERM)
    _, said = bot.communicate(timeout=END)
    assert healthy, f"the health check never was good:\n{said}"
    assert bot.returncode == 0, said
    print("     the health check is bad without the bot and good with it; SIGTERM ends it with 0")


def _health(made: Build, env: dict[str, str]) -> int:
    command = json.loads(made.facts["HEALTHCHECK"])
    command[0] = str(made.root / "opt/imagine-bot/bin" / command[0])
    return subprocess.run(command, cwd=made.place("."), env=env, capture_output=True, check=False, **as_user()).returncode


def _usable(prefix: Path, copy_to: Path) -> Path:
    """Where this Python is for the user without rights: copied if it lies in a home that nobody else enters."""
    if not as_user() or all(one.stat().st_mode & stat.S_IXOTH for one in (prefix, *prefix.parents)):
        return prefix
    shutil.copytree(prefix, copy_to, symlinks=True, ignore=shutil.ignore_patterns("test", "__pycache__", "site-packages", "*.a"))
    return copy_to


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True)
    _given(path)


def _given(path: Path) -> None:
    """Make the user without rights the owner."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{USER}:{USER}", path], check=True)


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "Dockerfile"
    with tempfile.TemporaryDirectory(prefix="imagine-bot-image-") as folder:
        Path(folder).chmod(0o755)
        made = build(file.read_text(encoding="utf-8"), Path(folder))
        lives(made)
    print("the Dockerfile's steps work")


if __name__ == "__main__":
    main()
